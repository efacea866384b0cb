//! Options of a user entry (rcfile.md section 4.3; later words: section 10).

use crate::rc::account::Protocol;
use crate::rc::dump::Python;
use crate::rc::option::{Id, Keyword, Kind, Negation, Scope, Switch, arg, bare, off, on, string};
use crate::rc::settings::Value;

const fn word(id: Id, kind: Kind, words: &'static [&'static str]) -> Keyword {
    Keyword::new(Scope::User, id, kind, words)
}

const fn flag(id: Id, words: &'static [&'static str]) -> Keyword {
    word(id, Kind::Flag, words)
        .no(Negation::RunOn)
        .default("no")
}

const KEEP: &[Switch] = &[on(Some(b'k'), &["keep"]), off(Some(b'K'), &["nokeep"])];
const SSLCERTCK: &[Switch] = &[on(None, &["sslcertck"]), off(None, &["nosslcertck"])];
const SSLMODES: &[&str] = &["none", "starttls=may", "starttls=must", "wrapped"];

/// The declarations.
#[rustfmt::skip]
pub static WORDS: &[Keyword] = &[
    word(Id::User, Kind::User, &["user", "username"])
        .cli(&[arg(Some(b'u'), &["username", "user"])])
        .help("user name on the server")
        .dump_as(&[string("remote", |v| Python::Text(v.remote().into()))])
        .account(|d, v| d.account.user = v.text().to_vec()),
    word(Id::Password, Kind::Secret, &["password", "pass"])
        .help("password")
        .dump_as(&[string("password", |v| v.password())])
        .account(|d, v| d.account.password = v.secret()),
    word(Id::Is, Kind::Names, &["is", "to"])
        .help("who gets the mail here")
        .dump_as(&[bare("localnames", |v| {
            let (names, wildcard) = v.local_names();
            Python::Names { names, wildcard }
        })])
        .account(|d, v| if let Value::Names { names, wildcard } = v {
            d.account.wildcard = *wildcard;
            d.account.local_names = names.clone();
        }),
    word(Id::Folder, Kind::List, &["folder", "folders"])
        .cli(&[arg(Some(b'r'), &["folder"])])
        .help("mailboxes to retrieve from")
        .dump("mailboxes")
        .account(|d, v| d.account.folders = v.list().to_vec()),
    word(Id::Smtphost, Kind::List, &["smtphost", "smtp"])
        .cli(&[arg(Some(b'S'), &["smtphost"])]).default("localhost")
        .help("listeners to deliver to, tried in order")
        .dump_as(&[string("smtphunt", |v| Python::List(match v.effective.value(Id::Smtphost) {
            Some(hosts) => hosts.list().into(),
            None => vec![b"localhost".to_vec()].into(),
        }))])
        .account(|d, v| d.hosts = v.strings()),
    word(Id::Fetchdomains, Kind::List, &["fetchdomains"])
        .cli(&[arg(None, &["fetchdomains"])])
        .help("domains to ask mail for").warns()
        .dump_as(&[string("fetchdomains", |v| {
            Python::List(match (v.effective.value(Id::Fetchdomains), v.protocol()) {
                (Some(domains), _) => domains.list().into(),
                (None, Protocol::Etrn | Protocol::Odmr) => {
                    vec![(v.facts.host)().into_bytes()].into()
                }
                (None, _) => Vec::new().into(),
            })
        })])
        .account(|d, v| d.account.fetch_domains = v.strings()),
    word(Id::Smtpaddress, Kind::Text, &["smtpaddress"])
        .cli(&[arg(Some(b'D'), &["smtpaddress"])])
        .help("domain put behind recipients without one")
        .dump("smtpaddress")
        .account(|d, v| d.account.smtp_address = Some(v.string())),
    word(Id::Smtpname, Kind::Text, &["smtpname"])
        .cli(&[arg(None, &["smtpname"])])
        .help("recipient given to the listener, whatever the message says")
        .dump("smtpname")
        .account(|d, v| d.account.smtp_name = Some(v.text().to_vec())),
    word(Id::Antispam, Kind::Numbers, &["antispam"])
        .cli(&[arg(Some(b'Z'), &["antispam"])])
        .help("reply codes of the listener that mean spam").warns()
        .dump("antispam")
        .account(|d, v| d.account.antispam = match v.numbers() {
            [-1] => Vec::new(),
            codes => codes.to_vec(),
        }),
    word(Id::Mda, Kind::Command, &["mda"])
        .cli(&[arg(Some(b'm'), &["mda"])])
        .help("command that delivers a message")
        .dump("mda")
        .account(|d, v| d.mda = Some(v.text().to_vec())),
    word(Id::Bsmtp, Kind::Path, &["bsmtp"])
        .cli(&[arg(None, &["bsmtp"])])
        .help("file to append messages to as batch SMTP").refuses()
        .dump("bsmtp")
        .account(|d, v| d.bsmtp = Some(v.path())),
    word(Id::Lmtp, Kind::Flag, &["lmtp"])
        .cli(&[on(None, &["lmtp"])]).default("no")
        .help("deliver by LMTP")
        .dump("lmtp")
        .account(|d, v| d.is_lmtp = v.flag()),
    word(Id::Preconnect, Kind::Command, &["preconnect", "pre"])
        .help("command run before each connection").refuses()
        .dump("preconnect")
        .account(|d, v| d.account.preconnect = Some(v.text().to_vec())),
    word(Id::Postconnect, Kind::Command, &["postconnect", "post"])
        .help("command run after each connection").refuses()
        .dump("postconnect")
        .account(|d, v| d.account.postconnect = Some(v.text().to_vec())),
    flag(Id::Keep, &["keep"]).cli(KEEP)
        .help("leave messages on the server")
        .dump("keep")
        .account(|d, v| d.account.keep = v.flag()),
    flag(Id::Flush, &["flush"]).cli(&[on(Some(b'F'), &["flush"])])
        .help("delete old messages from the server first")
        .dump("flush")
        .account(|d, v| d.account.flush = v.flag()),
    flag(Id::Limitflush, &["limitflush"]).cli(&[on(None, &["limitflush"])])
        .help("delete messages over the size limit")
        .dump("limitflush")
        .account(|d, v| d.account.limit_flush = v.flag()),
    flag(Id::Fetchall, &["fetchall"]).cli(&[on(Some(b'a'), &["fetchall", "all"])])
        .help("retrieve old messages, too")
        .dump("fetchall")
        .account(|d, v| d.account.fetch_all = v.flag()),
    flag(Id::Rewrite, &["rewrite"]).cli(&[off(Some(b'n'), &["norewrite"])]).default("yes")
        .help("complete addresses that lack a domain")
        .dump("rewrite")
        .account(|d, v| d.account.rewrite = v.flag()),
    flag(Id::Stripcr, &["stripcr"]).default("")
        .help("remove carriage returns")
        .dump_as(&[bare("stripcr", |v| Python::Bool(v.strips_cr()))])
        .account(|d, v| d.strip_cr = Some(v.flag())),
    flag(Id::Forcecr, &["forcecr"])
        .help("end lines with carriage return and line feed")
        .dump("forcecr")
        .account(|d, v| d.account.force_cr = v.flag()),
    flag(Id::Pass8bits, &["pass8bits", "pass8"])
        .help("tell the listener that the body has 8 bits").warns()
        .dump("pass8bits")
        .account(|d, v| d.account.pass_8bits = v.flag()),
    flag(Id::Dropstatus, &["dropstatus"])
        .help("remove Status headers")
        .dump("dropstatus")
        .account(|d, v| d.account.drop_status = v.flag()),
    flag(Id::Dropdelivered, &["dropdelivered"])
        .help("remove Delivered-To headers")
        .dump("dropdelivered")
        .account(|d, v| d.account.drop_delivered = v.flag()),
    flag(Id::Mimedecode, &["mimedecode", "mimedec"])
        .help("decode MIME encodings").warns()
        .dump("mimedecode")
        .account(|d, v| d.account.mime_decode = v.flag()),
    flag(Id::Idle, &["idle"]).cli(&[on(None, &["idle"])])
        .help("wait for new mail on the server").warns()
        .dump("idle")
        .account(|d, v| d.account.idle = v.flag()),
    flag(Id::Ssl, &["ssl"]).no(Negation::Spaced).cli(&[on(None, &["ssl"])])
        .help("TLS from the first byte")
        .dump("ssl")
        .account(|d, v| d.account.tls.implicit = v.flag()),
    word(Id::Sslkey, Kind::Path, &["sslkey"]).cli(&[arg(None, &["sslkey"])])
        .help("key of the client certificate").refuses()
        .dump("sslkey")
        .account(|d, v| d.account.tls.key = Some(v.path())),
    word(Id::Sslcert, Kind::Path, &["sslcert"]).cli(&[arg(None, &["sslcert"])])
        .help("client certificate").refuses()
        .dump("sslcert")
        .account(|d, v| d.account.tls.cert = Some(v.path())),
    word(Id::Sslproto, Kind::Text, &["sslproto"]).cli(&[arg(None, &["sslproto"])])
        .help("TLS version; '' for no STARTTLS")
        .dump("sslproto")
        .account(|d, v| d.account.tls.proto = Some(v.string().to_ascii_lowercase())),
    flag(Id::Sslcertck, &["sslcertck"]).no(Negation::Spaced).cli(SSLCERTCK).default("yes")
        .help("check the server's certificate")
        .dump("sslcertck")
        .account(|d, v| d.account.tls.check = v.flag()),
    word(Id::Sslcertfile, Kind::Path, &["sslcertfile"]).cli(&[arg(None, &["sslcertfile"])])
        .help("file of trusted certificates")
        .dump("sslcertfile")
        .account(|d, v| d.account.tls.cert_file = Some(v.path())),
    word(Id::Sslcertpath, Kind::Path, &["sslcertpath"]).cli(&[arg(None, &["sslcertpath"])])
        .help("directory of trusted certificates")
        .dump("sslcertpath")
        .account(|d, v| d.account.tls.cert_path = Some(v.path())),
    word(Id::Sslcommonname, Kind::Text, &["sslcommonname"]).cli(&[arg(None, &["sslcommonname"])])
        .help("name expected in the server's certificate")
        .dump("sslcommonname")
        .account(|d, v| d.account.tls.common_name = Some(v.string())),
    word(Id::Sslfingerprint, Kind::Text, &["sslfingerprint"]).cli(&[arg(None, &["sslfingerprint"])])
        .help("fingerprint of the server's certificate")
        .dump("sslfingerprint")
        .account(|d, v| d.account.tls.fingerprint = Some(v.string())),
    word(Id::Limit, Kind::Number, &["limit"]).cli(&[arg(Some(b'l'), &["limit"])])
        .help("octets of the largest message to retrieve").default("0")
        .dump("limit")
        .account(|d, v| d.account.limit = v.bound().map(u64::from)),
    word(Id::Warnings, Kind::Number, &["warnings"]).cli(&[arg(Some(b'w'), &["warnings"])])
        .help("seconds between warnings about large messages").default("3600").warns()
        .dump("warnings")
        .account(|d, v| d.account.warnings = v.count()),
    word(Id::Fetchlimit, Kind::Number, &["fetchlimit"]).cli(&[arg(Some(b'B'), &["fetchlimit"])])
        .help("most messages to retrieve at once").default("0")
        .dump("fetchlimit")
        .account(|d, v| d.account.fetch_limit = v.bound()),
    word(Id::Fetchsizelimit, Kind::Number, &["fetchsizelimit"])
        .cli(&[arg(None, &["fetchsizelimit"])])
        .help("how many sizes to ask for at once").default("100").warns()
        .dump("fetchsizelimit")
        .account(|d, v| d.account.fetch_size_limit = v.count()),
    word(Id::Fastuidl, Kind::Number, &["fastuidl"]).cli(&[arg(None, &["fastuidl"])])
        .help("how often to search for new messages by halves").default("4").warns()
        .dump("fastuidl")
        .account(|d, v| d.account.fast_uidl = v.count()),
    word(Id::Batchlimit, Kind::Number, &["batchlimit"]).cli(&[arg(Some(b'b'), &["batchlimit"])])
        .help("most messages for one connection to the listener").default("0")
        .dump("batchlimit")
        .account(|d, v| d.account.batch_limit = v.bound()),
    word(Id::Expunge, Kind::Number, &["expunge"]).cli(&[arg(Some(b'e'), &["expunge"])])
        .help("deletions between expunges")
        .dump("expunge")
        .account(|d, v| d.account.expunge = Some(v.count())),
    word(Id::Properties, Kind::Text, &["properties"])
        .help("text for scripts that read the configuration")
        .dump("properties"),
    word(Id::Passwordfile, Kind::Path, &["passwordfile"])
        .later().cli(&[arg(None, &["passwordfile"])])
        .help("file that holds the password").refuses(),
    word(Id::Passwordfd, Kind::Number, &["passwordfd"])
        .later().cli(&[arg(None, &["passwordfd"])])
        .help("open file that holds the password").refuses(),
    word(Id::Passwordeval, Kind::Command, &["passwordeval", "passeval"])
        .later().cli(&[arg(None, &["passwordeval"])])
        .help("command that prints the password").refuses(),
    word(Id::PwmdSocket, Kind::Text, &["pwmd_socket"]).later()
        .help("where the password manager daemon listens").refuses(),
    word(Id::PwmdSocketArgs, Kind::Text, &["pwmd_socket_args"]).later()
        .help("arguments for the password manager daemon").refuses(),
    word(Id::PwmdFile, Kind::Text, &["pwmd_file"]).later()
        .help("file of the password manager daemon").refuses(),
    word(Id::PinentryTimeout, Kind::Number, &["pinentry_timeout"]).later()
        .help("seconds to wait for a passphrase").warns(),
    flag(Id::Forceidle, &["forceidle"]).later().cli(&[on(None, &["forceidle"])])
        .help("wait for new mail even where the server does not offer it").warns(),
    // Its last three values promise a protection that `ssl` and `sslproto` cannot say exactly.
    word(Id::Sslmode, Kind::Choice(SSLMODES), &["sslmode"]).later().cli(&[arg(None, &["sslmode"])])
        .help("how the connection is protected").refuses(),
    word(Id::Sslprotover, Kind::Text, &["sslprotover", "sslprotocolversion"]).later()
        .cli(&[arg(None, &["sslprotocolversion"])])
        .help("TLS version").refuses(),
    word(Id::Moveto, Kind::Text, &["moveto"]).later()
        .help("folder on the server that retrieved messages are moved to").refuses(),
];
