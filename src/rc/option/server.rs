//! Options of a server entry (rcfile.md section 4.2; later words: section 10).

use std::time::Duration;

use crate::rc::account::{Auth, BadHeader, EnvelopeSource};
use crate::rc::dump::Python;
use crate::rc::option::words::{APOP, auth_name};
use crate::rc::option::{Id, Keyword, Kind, Negation, Page, Scope, arg, bare, on, spaced, string};
use crate::rc::settings::Value;

const fn word(id: Id, kind: Kind, words: &'static [&'static str]) -> Keyword {
    Keyword::new(Scope::Server, id, kind, words)
}

/// Longest silence of a server when nothing is said.
pub const TIMEOUT: Duration = Duration::from_secs(300);

/// The declarations. `localdomains`, `qvirtual`, `dns` and `checkalias` matter to accounts with
/// several local names only, which are refused as a whole in this version.
#[rustfmt::skip]
pub static WORDS: &[Keyword] = &[
    word(Id::Via, Kind::Text, &["via"])
        .help("the host to connect to, when the entry's name is only a label")
        .label("Real server name").page(Page::Server, 1)
        .about("The host to connect to. With it the name of the entry is only a label, so that \
            several entries can lead to one host. The certificate is expected for this name.")
        .synonyms(&["host", "address", "label", "hostname"])
        .related(&[Id::Sslcommonname, Id::Aka])
        .dump("via")
        .account(|d, v| d.account.host = v.string()),
    word(Id::Proto, Kind::Protocol, &["proto", "protocol"])
        .cli(&[arg(Some(b'p'), &["protocol", "proto"])]).default("auto")
        .help("the protocol to retrieve mail with")
        .label("Protocol").page(Page::Server, 2)
        .about("How to talk to the server. With auto IMAP is tried first, then POP3. IMAP keeps \
            folders and marks on the server; POP3 knows one mailbox only. ETRN and ODMR ask a \
            mail server to hand over a queue.")
        .synonyms(&["imap", "pop3", "pop", "type"])
        .related(&[Id::Service, Id::Auth, Id::Fetchdomains])
        .dump_as(&[string("protocol", |v| Python::word(v.protocol_name()))])
        .account(|d, v| if let Value::Protocol(p) = v { d.account.protocol = *p }),
    word(Id::Localdomains, Kind::List, &["localdomains", "local"])
        .help("domains to take as local")
        .label("Domains delivered as they are").page(Page::SeveralRecipients, 4)
        .about("Recipients in these domains, and in those below them, are passed on with their \
            full address instead of being looked up among the local names.")
        .synonyms(&["multidrop", "domain", "pass through"])
        .related(&[Id::Envelope, Id::Aka])
        .dump("localdomains")
        .account(|d, v| d.account.local_domains = v.list().to_vec()),
    word(Id::Service, Kind::Service, &["service"])
        .cli(&[arg(Some(b'P'), &["service", "port"])])
        .help("service name or port to connect to")
        .label("Port or service").page(Page::Server, 3)
        .about("The port to connect to, by number or by the name of a service of this system. \
            The default follows from the protocol and from encryption: 110 or 995 for POP3, \
            143 or 993 for IMAP.")
        .synonyms(&["number", "tcp", "993", "995", "143", "110"])
        .related(&[Id::Proto, Id::Port, Id::Ssl])
        .dump_as(&[string("service", |v| v.service().map_or(Python::None, Python::Text))])
        .account(|d, v| d.account.service = Some(v.string())),
    word(Id::Port, Kind::Number, &["port"])
        .help("port to connect to")
        .label("Port number").page(Page::Server, 4)
        .about("The port to connect to, as a number. It sets the same value as service, which \
            also takes names and is the word to use in new files.")
        .synonyms(&["service", "tcp"])
        .notes(&["obsolete spelling of service"])
        .related(&[Id::Service])
        .account(|d, v| d.account.service = Some(v.number().to_string())),
    word(Id::Auth, Kind::Auth, &["auth", "authenticate", "preauth", "preauthenticate"])
        .cli(&[arg(None, &["auth"])]).default("any")
        .help("the way to sign in")
        .label("Sign-in method").page(Page::SignInMethod, 1)
        .about("How to prove who you are. With any, the strongest method that the server and \
            this program know is used. A named method is used alone: if it fails, no weaker \
            one is tried.")
        .synonyms(&["authentication", "login", "kerberos", "oauth", "cram", "ntlm", "sasl"])
        .notes(&["kerberos means version 4 in the file and version 5 on the command line",
            "implicit, apop and oauthbearer: not in 6.4; 6.5 and later"])
        .related(&[Id::Proto, Id::Password, Id::Principal])
        // fetchmail knows no word for `external` here.
        .dump_as(&[string("auth", |v| match v.auth() {
            Auth::External => Python::Absent,
            auth => Python::word(auth_name(auth)),
        })])
        .account(|d, v| match v {
            Value::Auth(auth) => (d.account.auth, d.wants_apop) = (*auth, false),
            _ => d.wants_apop = v.choice() == APOP,
        }),
    word(Id::Timeout, Kind::Number, &["timeout"])
        .cli(&[arg(Some(b't'), &["timeout"])]).default("300")
        .help("seconds of silence after which a server is given up")
        .label("Give up after silence of").page(Page::Server, 5)
        .about("Seconds without a sign of life after which a server is given up until the next \
            round. 0 means 300. A slow server that prepares large mailboxes may need more.")
        .synonyms(&["wait", "hang", "slow", "seconds", "silence"])
        .related(&[Id::Idletimeout])
        .dump_as(&[bare("timeout", |v| Python::Int(v.timeout()))])
        .account(|d, v| d.account.timeout = match v.count() {
            0 => TIMEOUT,
            seconds => Duration::from_secs(u64::from(seconds)),
        }),
    word(Id::Envelope, Kind::Envelope, &["envelope"]).no(Negation::RunOn)
        .cli(&[arg(Some(b'E'), &["envelope"])]).default("Received")
        .help("header that names the recipient")
        .label("Header that names the recipient").page(Page::SeveralRecipients, 1)
        .about("For one mailbox that collects the mail of several people: the header in which \
            the server noted for whom a message came. A number before the name skips that many \
            such headers. Without the right header, recipients are guessed from To and Cc, and \
            mail of lists and blind copies goes astray. With no envelope such a header is \
            never used.")
        .synonyms(&["multidrop", "recipient", "delivered-to", "x-original-to", "catch-all"])
        .related(&[Id::Qvirtual, Id::Is, Id::Aka, Id::Localdomains, Id::Dropdelivered])
        .dump_as(&[
            string("envelope", |v| match v.effective.value(Id::Envelope) {
                None => Python::word("Received"),
                Some(Value::Envelope { name: Some(name), .. }) => Python::Text(name.into()),
                _ => Python::None,
            }),
            bare("envskip", |v| Python::Int(match v.effective.value(Id::Envelope) {
                Some(Value::Envelope { skip, .. }) => *skip,
                _ => 0,
            })),
        ])
        .account(|d, v| d.account.envelope = match v {
            Value::Envelope { skip, name: Some(name) } => EnvelopeSource::Header {
                name: name.clone(), skip: *skip, is_explicit: true,
            },
            _ => EnvelopeSource::Disabled,
        }),
    word(Id::Qvirtual, Kind::Text, &["qvirtual"])
        .cli(&[arg(Some(b'Q'), &["qvirtual"])])
        .help("prefix to take off recipients")
        .label("Prefix to remove").page(Page::SeveralRecipients, 2)
        .about("Text that the provider puts before each recipient of a collecting mailbox; it \
            is taken off before names are compared. qmail hosts write one such as \
            mbox-userstr-.")
        .synonyms(&["multidrop", "qmail", "prefix"])
        .related(&[Id::Envelope])
        .dump("qvirtual")
        .account(|d, v| d.account.qvirtual = Some(v.text().to_vec())),
    word(Id::Aka, Kind::List, &["aka"])
        .help("other names of the server")
        .label("Other names of the server").page(Page::SeveralRecipients, 3)
        .about("Further names of the mail server. A recipient at one of them, or at a host \
            below it, counts as one of this server. The names also select the entry on the \
            command line. They are not inherited from defaults.")
        .synonyms(&["alias", "hostname", "multidrop", "names"])
        .related(&[Id::Via, Id::Envelope, Id::Localdomains, Id::Dns, Id::Checkalias])
        .dump("aka")
        .account(|d, v| d.account.aka = v.strings()),
    word(Id::Interface, Kind::Text, &["interface"])
        .cli(&[arg(Some(b'I'), &["interface"])])
        .help("check only while this network interface is up").refuses()
        .label("Only when this network is up").page(Page::NetworkConditions, 1)
        .about("Checks only while a network device is up and has an address, written \
            DEVICE/ADDRESS or DEVICE/ADDRESS/MASK; otherwise the entry is passed over. It \
            works with IPv4.")
        .synonyms(&["network", "vpn", "device", "ppp", "dial-up", "link"])
        .related(&[Id::Monitor])
        .dump("interface")
        .account(|d, v| d.account.interface = Some(v.string())),
    word(Id::Monitor, Kind::Text, &["monitor"])
        .cli(&[arg(Some(b'M'), &["monitor"])])
        .help("check only while this network interface is in use").refuses()
        .label("Skip when this link is otherwise idle").page(Page::NetworkConditions, 2)
        .about("In the background, an entry is passed over while nothing else has used this \
            network device since the last check, so that checking mail does not keep a dialled \
            line open.")
        .synonyms(&["network", "device", "dial-up", "link", "traffic"])
        .related(&[Id::Interface])
        .dump("monitor")
        .account(|d, v| d.account.monitor = Some(v.string())),
    word(Id::Plugin, Kind::Command, &["plugin"])
        .cli(&[arg(None, &["plugin"])])
        .help("command that makes the connection to the server").refuses()
        .label("Connect through a program (server)").page(Page::Commands, 1)
        .about("A program whose input and output stand for the connection to the server, for \
            example ssh. %h and %p become host and port. It is started without a shell, and \
            whatever it does with the data is out of our hands.")
        .synonyms(&["ssh", "tunnel", "proxy", "socks", "program"])
        .related(&[Id::Plugout, Id::Preconnect])
        .dump("plugin")
        .account(|d, v| d.account.plugin = Some(v.text().to_vec())),
    word(Id::Plugout, Kind::Command, &["plugout"])
        .cli(&[arg(None, &["plugout"])])
        .help("command that makes the connection to the listener").refuses()
        .label("Connect through a program (delivery)").page(Page::Commands, 2)
        .about("A program whose input and output stand for the connection to the receiving mail \
            system. %h and %p become host and port. It is started without a shell.")
        .synonyms(&["tunnel", "proxy", "smtp", "program"])
        .related(&[Id::Plugin, Id::Smtphost])
        .dump("plugout")
        .account(|d, v| d.account.plugout = Some(v.text().to_vec())),
    word(Id::Dns, Kind::Flag, &["dns"]).no(Negation::RunOn).default("yes")
        .help("ask the name service about host names in headers")
        .label("Ask DNS whether a host is the server").page(Page::SeveralRecipients, 5)
        .about("When recipients of a collecting mailbox are compared, the name service tells \
            whether a host is another name of the server. Switched off, only the names listed \
            are compared, which is faster and works without a network.")
        .synonyms(&["multidrop", "lookup", "alias", "resolver"])
        .notes(&["removed in 7"])
        .related(&[Id::Aka, Id::Checkalias])
        .dump("dns")
        .account(|d, v| d.account.dns = v.flag()),
    word(Id::Checkalias, Kind::Flag, &["checkalias"]).no(Negation::RunOn).default("no")
        .help("compare host names by their addresses")
        .label("Compare by address, not by name").page(Page::SeveralRecipients, 6)
        .about("Hosts of recipients also count as the server if they have the same network \
            address. It helps where the name service gives no canonical name, and misleads \
            where many names share an address.")
        .synonyms(&["multidrop", "alias", "ip", "address"])
        .notes(&["removed in 7"])
        .related(&[Id::Dns, Id::Aka])
        .account(|d, v| d.account.check_alias = v.flag()),
    word(Id::Uidl, Kind::Flag, &["uidl"]).no(Negation::RunOn)
        .cli(&[on(Some(b'U'), &["uidl"])]).default("no")
        .help("tell new from old by message identities")
        .label("Recognise fetched messages by id (POP3)").page(Page::Server, 8)
        .about("Tells new messages from old by identities that are remembered in a file, not by \
            what the server keeps count of. fetchmail needs it to leave POP3 mail on the \
            server without fetching it again; Postrider remembers identities in any case.")
        .synonyms(&["duplicates", "seen", "id", "pop3", "unique"])
        .notes(&["always on from 7"])
        .related(&[Id::Idfile, Id::Keep, Id::Fastuidl])
        .dump("uidl")
        .account(|d, v| d.account.uidl = v.flag()),
    word(Id::Interval, Kind::Number, &["interval"]).default("0")
        .help("check only every so many cycles")
        .label("Only every n-th round").page(Page::Server, 7)
        .about("The entry is checked in the first round and then in every n-th one. 0 or 1 \
            means every round. It matters only when the program keeps running.")
        .synonyms(&["rhythm", "schedule", "less often", "cycle"])
        .related(&[Id::Daemon])
        .dump("interval")
        .account(|d, v| d.account.interval = v.count()),
    word(Id::Tracepolls, Kind::Flag, &["tracepolls"]).no(Negation::Spaced)
        .cli(&[on(None, &["tracepolls"])]).default("no")
        .help("name the account in the Received line")
        .label("Note the account in Received headers").page(Page::Server, 11)
        .about("Adds the names of the entry and of the account to the Received line, so that \
            filters can sort by the account a message came through. Recipients of forwarded \
            mail can read both.")
        .synonyms(&["trace", "header", "filter", "sort"])
        .related(&[Id::Invisible])
        .dump("tracepolls")
        .account(|d, v| d.account.trace_polls = v.flag()),
    word(Id::Principal, Kind::Text, &["principal"])
        .cli(&[arg(None, &["principal"])])
        .help("Kerberos 4 principal").warns()
        .label("Kerberos principal").page(Page::SignInMethod, 2)
        .about("The Kerberos 4 identity of the server, written name, name.instance or \
            name.instance@REALM, where it differs from the usual one.")
        .synonyms(&["kerberos", "ticket", "realm"])
        .related(&[Id::Auth])
        .dump("principal"),
    word(Id::Esmtpname, Kind::Text, &["esmtpname"])
        .help("user name towards the listener")
        .label("Name for the receiving mail system").page(Page::SignInMethod, 3)
        .about("The user name for signing in to the receiving mail system. It is used only \
            together with a password; not set, it is the name of the user who runs the program.")
        .synonyms(&["smtp", "login", "user", "relay"])
        .related(&[Id::Esmtppassword, Id::Smtphost])
        .dump_as(&[string("esmtpname", |v| v.text_or(Id::Esmtpname, v.invoking_user()))])
        .account(|d, v| d.account.esmtp_name = Some(v.text().to_vec())),
    word(Id::Esmtppassword, Kind::Secret, &["esmtppassword"])
        .help("password towards the listener")
        .label("Password for the receiving mail system").page(Page::SignInMethod, 4)
        .about("The password for signing in to the receiving mail system, if that offers it. The \
            password itself is sent only to this computer, or over TLS with a certificate that \
            can be verified. It stands readable in the file, which therefore must belong to you \
            alone.")
        .synonyms(&["smtp", "login", "secret", "relay"])
        .related(&[Id::Esmtpname])
        .dump_as(&[string("esmtppassword", |v| match v.effective.value(Id::Esmtppassword) {
            Some(Value::Secret(secret)) => Python::Secret(secret.expose().into()),
            _ => Python::Absent,
        })])
        .account(|d, v| d.account.esmtp_password = v.secret()),
    word(Id::BadHeader, Kind::Choice(&["accept", "reject"]), &["bad-header"])
        .cli(&[arg(None, &["bad-header"])]).default("reject")
        .help("what to do with messages whose header is malformed")
        .label("Messages with broken headers").page(Page::Server, 9)
        .about("What to do with a message whose header contains a line that is none. With \
            reject it is not delivered and stays on the server; with accept it is delivered as \
            it came.")
        .synonyms(&["malformed", "corrupt", "reject", "accept", "invalid"])
        .notes(&["since 6.3.15"])
        .related(&[Id::RetrieveError])
        .dump_as(&[spaced("badheader", |v| Python::Bool(v.accepts_bad_headers()))])
        .account(|d, v| d.account.bad_header = match v.choice() {
            "accept" => BadHeader::Accept,
            _ => BadHeader::Reject,
        }),
    word(Id::RetrieveError, Kind::Choice(&["abort", "continue", "markseen"]), &["retrieve-error"])
        .later().cli(&[arg(None, &["retrieve-error"])])
        .help("what to do when a message cannot be retrieved").warns()
        .label("When one message cannot be read").page(Page::Server, 10)
        .about("What to do when the server fails while it sends a message: abort ends the check \
            of this account, continue goes on with the next message, markseen also marks the \
            message so that it is not asked for again.")
        .synonyms(&["corrupt", "abort", "skip", "broken"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::BadHeader]),
    word(Id::Idletimeout, Kind::Number, &["idletimeout"])
        .later().cli(&[arg(None, &["idletimeout"])])
        .help("seconds after which IDLE is begun anew").warns()
        .label("Renew push connection after").page(Page::Server, 6)
        .about("Seconds after which waiting for new mail is begun anew, for servers and routers \
            that drop silent connections sooner than the usual half hour.")
        .synonyms(&["push", "renew", "seconds", "connection"])
        .notes(&["not in 6.4; 6.5 and later"])
        .related(&[Id::Idle, Id::Forceidle, Id::Timeout]),
];
