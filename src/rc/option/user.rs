//! Options of a user entry (rcfile.md section 4.3; later words: section 10).

use crate::rc::account::Protocol;
use crate::rc::dump::Python;
use crate::rc::option::{
    Id, Keyword, Kind, Negation, Page, Scope, Switch, arg, bare, off, on, string,
};
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
        .label("User name on the server").page(Page::SignIn, 1)
        .about("The name to sign in with, often the whole mail address. It begins the part of \
            an entry that belongs to this user. The default is the name of the user who runs \
            the program.")
        .synonyms(&["login", "account", "name", "address"])
        .related(&[Id::Password, Id::Is])
        .dump_as(&[string("remote", |v| Python::Text(v.remote().into()))])
        .account(|d, v| d.account.user = v.text().to_vec()),
    word(Id::Password, Kind::Secret, &["password", "pass"])
        .help("password")
        .label("Password").page(Page::SignIn, 2)
        .about("The password for the server. It stands readable in the file, which therefore \
            must belong to you alone. Many providers want a password made for one program \
            instead of the one you type on their page.")
        .synonyms(&["secret", "login", "credential"])
        .related(&[Id::User, Id::Auth, Id::Passwordeval, Id::Passwordfile])
        .dump_as(&[string("password", |v| v.password())])
        .account(|d, v| d.account.password = v.secret()),
    word(Id::Is, Kind::Names, &["is", "to"])
        .help("who gets the mail here")
        .label("Deliver to").page(Page::Delivery, 1)
        .about("Who gets the mail on this computer. Several names, pairs such as remote=local, \
            or * at the end for any name, make one mailbox serve several people. The default \
            is the user who runs the program.")
        .synonyms(&["recipient", "local", "user", "multidrop", "mapping"])
        .related(&[Id::User, Id::Envelope, Id::Smtpname])
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
        .label("Folders to fetch").page(Page::Folders, 1)
        .about("The folders of an IMAP account to take mail from, in this order. Without it \
            only INBOX is looked at. POP3 has no folders: there the option is an error. Names \
            with other than ASCII letters are written in the server's own form, modified \
            UTF-7.")
        .synonyms(&["mailbox", "inbox", "directory", "label"])
        .related(&[Id::Idle, Id::Moveto])
        .dump("mailboxes")
        .account(|d, v| d.account.folders = v.list().to_vec()),
    word(Id::Smtphost, Kind::List, &["smtphost", "smtp"])
        .cli(&[arg(Some(b'S'), &["smtphost"])]).default("localhost")
        .help("listeners to deliver to, tried in order")
        .label("Deliver to these hosts, in order").page(Page::Delivery, 2)
        .about("The mail systems to hand messages to; the first that answers gets them. Each is \
            written HOST, HOST/PORT or, for LMTP, the path of a socket. Without it, this \
            computer is asked on port 25.")
        .synonyms(&["listener", "relay", "mail server", "port 25", "mta"])
        .related(&[Id::Smtpaddress, Id::Smtpname, Id::Lmtp, Id::Mda, Id::Plugout, Id::Esmtpname,
            Id::Antispam, Id::Batchlimit])
        .dump_as(&[string("smtphunt", |v| Python::List(match v.effective.value(Id::Smtphost) {
            Some(hosts) => hosts.list().into(),
            None => vec![b"localhost".to_vec()].into(),
        }))])
        .account(|d, v| d.hosts = v.strings()),
    word(Id::Fetchdomains, Kind::List, &["fetchdomains"])
        .cli(&[arg(None, &["fetchdomains"])])
        .help("domains to ask mail for").warns()
        .label("Domains to request (ETRN/ODMR)").page(Page::WhatToFetch, 2)
        .about("The domains whose waiting mail is asked for with ETRN or ODMR. Without it, this \
            computer's own name is used.")
        .synonyms(&["etrn", "odmr", "queue"])
        .related(&[Id::Proto])
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
        .label("Domain for recipients").page(Page::Delivery, 3)
        .about("The domain that is put behind recipients which have none when mail is handed \
            over by SMTP or LMTP. The default is the name of the host that gets the mail.")
        .synonyms(&["domain", "rcpt", "at"])
        .related(&[Id::Smtphost, Id::Smtpname])
        .dump("smtpaddress")
        .account(|d, v| d.account.smtp_address = Some(v.string())),
    word(Id::Smtpname, Kind::Text, &["smtpname"])
        .cli(&[arg(None, &["smtpname"])])
        .help("recipient given to the listener, whatever the message says")
        .label("One fixed recipient").page(Page::Delivery, 4)
        .about("The full address that every message of this account is handed over for, \
            whatever its headers say.")
        .synonyms(&["recipient", "rcpt", "forward"])
        .related(&[Id::Smtphost, Id::Smtpaddress, Id::Is])
        .dump("smtpname")
        .account(|d, v| d.account.smtp_name = Some(v.text().to_vec())),
    word(Id::Antispam, Kind::Numbers, &["antispam"])
        .cli(&[arg(Some(b'Z'), &["antispam"])])
        .help("reply codes of the listener that mean spam")
        .label("Replies that mean \"spam\"").page(Page::Delivery, 8)
        .about("Reply codes of the receiving mail system that mean spam, such as 571. A message \
            refused with one of them is not reported to its sender. -1 alone means none.")
        .synonyms(&["spam", "junk", "571", "filter", "reject"])
        .related(&[Id::Spambounce, Id::Smtphost])
        .dump("antispam")
        .account(|d, v| d.account.antispam = match v.numbers() {
            [-1] => Vec::new(),
            codes => codes.to_vec(),
        }),
    word(Id::Mda, Kind::Command, &["mda"])
        .cli(&[arg(Some(b'm'), &["mda"])])
        .help("command that delivers a message")
        .label("Deliver with a program").page(Page::Delivery, 6)
        .about("A command for the shell that gets each message on its input; with status 0 the \
            message counts as delivered. %T becomes the recipient, %F the sender, both quoted \
            already: put no quotes around them. It takes precedence over the hosts to deliver \
            to.")
        .synonyms(&["procmail", "maildrop", "maildir", "sieve", "command", "pipe"])
        .related(&[Id::Smtphost, Id::Bsmtp, Id::Stripcr])
        .dump("mda")
        .account(|d, v| d.mda = Some(v.text().to_vec())),
    word(Id::Bsmtp, Kind::Path, &["bsmtp"])
        .cli(&[arg(None, &["bsmtp"])])
        .help("file to append messages to as batch SMTP")
        .label("Append to a batch file").page(Page::Delivery, 7)
        .about("Messages are appended to this file as a batch of SMTP commands, for another \
            program to work through; - stands for the standard output. It takes precedence \
            over programs and hosts.")
        .synonyms(&["batch", "uucp"])
        .related(&[Id::Mda])
        .dump("bsmtp")
        .account(|d, v| d.bsmtp = Some(v.path())),
    word(Id::Lmtp, Kind::Flag, &["lmtp"])
        .cli(&[on(None, &["lmtp"])]).default("no")
        .help("deliver by LMTP")
        .label("Speak LMTP").page(Page::Delivery, 5)
        .about("Hands mail over by LMTP, where each recipient is answered for. Each host must \
            then carry a port other than 25, or be the path of a socket.")
        .synonyms(&["dovecot", "cyrus", "protocol", "socket"])
        .related(&[Id::Smtphost])
        .dump("lmtp")
        .account(|d, v| d.is_lmtp = v.flag()),
    word(Id::Preconnect, Kind::Command, &["preconnect", "pre"])
        .help("command run before each connection").refuses()
        .label("Command before").page(Page::Commands, 1)
        .about("A command for the shell, run before each connection, for example to open a \
            tunnel. If it fails, the account is not checked and the run ends with status 5.")
        .synonyms(&["script", "hook", "tunnel", "vpn", "shell"])
        .related(&[Id::Postconnect, Id::Plugin])
        .dump("preconnect")
        .account(|d, v| d.account.preconnect = Some(v.text().to_vec())),
    word(Id::Postconnect, Kind::Command, &["postconnect", "post"])
        .help("command run after each connection").refuses()
        .label("Command after").page(Page::Commands, 2)
        .about("A command for the shell, run after each connection, also after one that failed. \
            If the command fails, a successful check ends with status 5.")
        .synonyms(&["script", "hook", "shell"])
        .related(&[Id::Preconnect])
        .dump("postconnect")
        .account(|d, v| d.account.postconnect = Some(v.text().to_vec())),
    flag(Id::Keep, &["keep"]).cli(KEEP)
        .help("leave messages on the server")
        .label("Leave messages on the server").page(Page::CopiesOnServer, 1)
        .about("Fetched messages stay on the server instead of being deleted. For fetchmail, \
            also choose to recognise POP3 messages by id, or they may come again. The mailbox \
            grows until somebody cleans it up.")
        .synonyms(&["leave", "copy", "delete", "remain", "store"])
        .related(&[Id::Fetchall, Id::Flush, Id::Uidl, Id::Idfile, Id::Expunge, Id::Moveto])
        .dump("keep")
        .account(|d, v| d.account.keep = v.flag()),
    flag(Id::Flush, &["flush"]).cli(&[on(Some(b'F'), &["flush"])])
        .help("delete old messages from the server first")
        .label("Delete seen messages before fetching").page(Page::CopiesOnServer, 2)
        .about("Deletes messages from the server that were fetched or read before. What another \
            program has read, but nobody has saved, is lost.")
        .synonyms(&["delete", "old", "clean", "danger", "remove"])
        .related(&[Id::Keep, Id::Fetchall, Id::Limitflush])
        .dump("flush")
        .account(|d, v| d.account.flush = v.flag()),
    flag(Id::Limitflush, &["limitflush"]).cli(&[on(None, &["limitflush"])])
        .help("delete messages over the size limit")
        .label("Delete oversized messages before fetching").page(Page::CopiesOnServer, 3)
        .about("Deletes messages over the size limit from the server without fetching them. \
            They are lost.")
        .synonyms(&["delete", "large", "size", "danger", "remove"])
        .notes(&["since 6.3.0"])
        .related(&[Id::Limit, Id::Flush])
        .dump("limitflush")
        .account(|d, v| d.account.limit_flush = v.flag()),
    flag(Id::Fetchall, &["fetchall"]).cli(&[on(Some(b'a'), &["fetchall", "all"])])
        .help("retrieve old messages, too")
        .label("Fetch messages already seen too").page(Page::WhatToFetch, 1)
        .about("Takes every message on the server, also those read or fetched before. Together \
            with leaving messages on the server, each check fetches all of them again.")
        .synonyms(&["old", "read", "seen", "everything"])
        .related(&[Id::Keep, Id::Flush])
        .dump("fetchall")
        .account(|d, v| d.account.fetch_all = v.flag()),
    flag(Id::Rewrite, &["rewrite"]).cli(&[off(Some(b'n'), &["norewrite"])]).default("yes")
        .help("complete addresses that lack a domain")
        .label("Complete short addresses").page(Page::MessageChanges, 1)
        .about("Addresses in headers that lack a domain get the name of the mail server, so \
            that answers find their way. Everything else in the header stays.")
        .synonyms(&["header", "address", "domain", "reply"])
        .related(&[Id::Dropstatus, Id::Dropdelivered])
        .dump("rewrite")
        .account(|d, v| d.account.rewrite = v.flag()),
    flag(Id::Stripcr, &["stripcr"]).default("")
        .help("remove carriage returns")
        .label("Remove carriage returns").page(Page::MessageChanges, 2)
        .about("Lines end with a line feed alone. It is on by default when a program delivers, \
            since most expect it, and off otherwise.")
        .synonyms(&["crlf", "line end", "newline"])
        .related(&[Id::Forcecr, Id::Mda])
        .dump_as(&[bare("stripcr", |v| Python::Bool(v.strips_cr()))])
        .account(|d, v| d.strip_cr = Some(v.flag())),
    flag(Id::Forcecr, &["forcecr"])
        .help("end lines with carriage return and line feed")
        .label("Force carriage returns").page(Page::MessageChanges, 3)
        .about("Lines end with carriage return and line feed, for mail systems that insist on \
            it. Removing carriage returns takes precedence.")
        .synonyms(&["crlf", "line end", "newline", "qmail"])
        .related(&[Id::Stripcr])
        .dump("forcecr")
        .account(|d, v| d.account.force_cr = v.flag()),
    flag(Id::Pass8bits, &["pass8bits", "pass8"])
        .help("tell the listener that the body has 8 bits").warns()
        .label("Announce 8-bit content").page(Page::MessageChanges, 4)
        .about("Tells the receiving mail system that each body may hold 8-bit text, whatever \
            the message says about itself, if that system can take it.")
        .synonyms(&["8bitmime", "umlauts", "encoding"])
        .related(&[Id::Mimedecode])
        .dump("pass8bits")
        .account(|d, v| d.account.pass_8bits = v.flag()),
    flag(Id::Dropstatus, &["dropstatus"])
        .help("remove Status headers")
        .label("Remove Status headers").page(Page::MessageChanges, 6)
        .about("Removes Status and X-Mozilla-Status headers, by which other programs had marked \
            the message read, so that your mail reader shows it as new.")
        .synonyms(&["header", "read", "mozilla"])
        .related(&[Id::Rewrite, Id::Dropdelivered])
        .dump("dropstatus")
        .account(|d, v| d.account.drop_status = v.flag()),
    flag(Id::Dropdelivered, &["dropdelivered"])
        .help("remove Delivered-To headers")
        .label("Remove Delivered-To headers").page(Page::MessageChanges, 7)
        .about("Removes Delivered-To headers, which some mail systems take for the sign of a \
            loop. The header that names the recipient is still looked at before.")
        .synonyms(&["header", "loop", "qmail", "postfix"])
        .related(&[Id::Rewrite, Id::Dropstatus, Id::Envelope])
        .dump("dropdelivered")
        .account(|d, v| d.account.drop_delivered = v.flag()),
    flag(Id::Mimedecode, &["mimedecode", "mimedec"])
        .help("decode MIME encodings").warns()
        .label("Decode MIME headers and text").page(Page::MessageChanges, 5)
        .about("Decodes quoted-printable text and encoded words in headers. Information on \
            character sets is lost and signatures break; mail readers do this better.")
        .synonyms(&["quoted-printable", "encoding", "umlauts", "header"])
        .related(&[Id::Pass8bits])
        .dump("mimedecode")
        .account(|d, v| d.account.mime_decode = v.flag()),
    flag(Id::Idle, &["idle"]).cli(&[on(None, &["idle"])])
        .help("wait for new mail on the server").warns()
        .label("Wait for new mail (push)").page(Page::Folders, 2)
        .about("Stays connected to an IMAP server, which tells of new mail at once. fetchmail \
            can do this for one folder of one account only.")
        .synonyms(&["push", "instant", "imap", "notify"])
        .related(&[Id::Forceidle, Id::Idletimeout, Id::Folder, Id::Daemon])
        .dump("idle")
        .account(|d, v| d.account.idle = v.flag()),
    flag(Id::Ssl, &["ssl"]).no(Negation::Spaced).cli(&[on(None, &["ssl"])])
        .help("TLS from the first byte")
        .label("Encrypt from the first byte").page(Page::Encryption, 1)
        .about("The connection is encrypted before anything is said, on port 993 for IMAP and \
            995 for POP3. Without it, encryption is begun with STARTTLS, and the server must \
            offer it unless certificate checking is off.")
        .synonyms(&["certificate", "tls", "encryption", "secure", "https", "implicit"])
        .related(&[Id::Sslmode, Id::Sslproto, Id::Sslcertck, Id::Service])
        .dump("ssl")
        .account(|d, v| d.account.tls.implicit = v.flag()),
    word(Id::Sslkey, Kind::Path, &["sslkey"]).cli(&[arg(None, &["sslkey"])])
        .help("key of the client certificate").refuses()
        .label("Own key").page(Page::Encryption, 11)
        .about("The private key, in PEM form, of your own certificate. Nobody else should be \
            able to read it.")
        .synonyms(&["certificate", "tls", "encryption", "client", "private"])
        .related(&[Id::Sslcert])
        .dump("sslkey")
        .account(|d, v| d.account.tls.key = Some(v.path())),
    word(Id::Sslcert, Kind::Path, &["sslcert"]).cli(&[arg(None, &["sslcert"])])
        .help("client certificate").refuses()
        .label("Own certificate").page(Page::Encryption, 10)
        .about("A certificate in PEM form by which the server recognises you. It goes with a \
            key; one file may hold both.")
        .synonyms(&["certificate", "tls", "encryption", "client", "smartcard"])
        .related(&[Id::Sslkey])
        .dump("sslcert")
        .account(|d, v| d.account.tls.cert = Some(v.path())),
    word(Id::Sslproto, Kind::Text, &["sslproto"]).cli(&[arg(None, &["sslproto"])])
        .help("TLS version; '' for no STARTTLS")
        .label("Allowed TLS versions").page(Page::Encryption, 3)
        .about("auto takes the newest version both sides know; tls1.2+ and tls1.3+ set the \
            oldest allowed, the same without the plus allow that one only. An empty value \
            turns STARTTLS off, so that the password may travel readable. Versions below 1.2 \
            are broken and not spoken here.")
        .synonyms(&["certificate", "tls", "encryption", "secure", "version", "starttls", "ssl3"])
        .notes(&["renamed sslprotocolversion in 7", "ssl2 is gone, ssl3 goes with 6.5"])
        .related(&[Id::Ssl, Id::Sslprotover])
        .dump("sslproto")
        .account(|d, v| d.account.tls.proto = Some(v.string().to_ascii_lowercase())),
    flag(Id::Sslcertck, &["sslcertck"]).no(Negation::Spaced).cli(SSLCERTCK).default("yes")
        .help("check the server's certificate")
        .label("Verify the server's certificate").page(Page::Encryption, 5)
        .about("The connection ends unless the server's certificate is valid, issued by a \
            trusted authority and made for its name. Switched off, anybody on the way can pose \
            as the server and read the password; without ssl the connection may even stay \
            unencrypted.")
        .synonyms(&["certificate", "tls", "encryption", "verify", "trust", "check", "insecure",
            "self-signed"])
        .notes(&["on by default since 6.4"])
        .related(&[Id::Ssl, Id::Sslcertfile, Id::Sslcertpath, Id::Sslcommonname,
            Id::Sslfingerprint])
        .dump("sslcertck")
        .account(|d, v| d.account.tls.check = v.flag()),
    word(Id::Sslcertfile, Kind::Path, &["sslcertfile"]).cli(&[arg(None, &["sslcertfile"])])
        .help("file of trusted certificates")
        .label("Trusted authorities: file").page(Page::Encryption, 6)
        .about("A file of certificates in PEM form to trust instead of the system's. Use it for \
            a server of your own authority, or with the certificate of the server itself.")
        .synonyms(&["certificate", "tls", "encryption", "ca", "authority", "trust", "self-signed"])
        .notes(&["since 6.3.17"])
        .related(&[Id::Sslcertck, Id::Sslcertpath])
        .dump("sslcertfile")
        .account(|d, v| d.account.tls.cert_file = Some(v.path())),
    word(Id::Sslcertpath, Kind::Path, &["sslcertpath"]).cli(&[arg(None, &["sslcertpath"])])
        .help("directory of trusted certificates")
        .label("Trusted authorities: directory").page(Page::Encryption, 7)
        .about("A directory of certificates in PEM form to trust instead of the system's.")
        .synonyms(&["certificate", "tls", "encryption", "ca", "authority", "trust"])
        .related(&[Id::Sslcertck, Id::Sslcertfile])
        .dump("sslcertpath")
        .account(|d, v| d.account.tls.cert_path = Some(v.path())),
    word(Id::Sslcommonname, Kind::Text, &["sslcommonname"]).cli(&[arg(None, &["sslcommonname"])])
        .help("name expected in the server's certificate")
        .label("Name expected in the certificate").page(Page::Encryption, 8)
        .about("The name the server's certificate must be made for, where it is not the name \
            connected to. Set it only if you know why the names differ: it decides who may \
            pose as the server.")
        .synonyms(&["certificate", "tls", "encryption", "hostname", "mismatch"])
        .notes(&["since 6.3.9"])
        .related(&[Id::Sslcertck, Id::Via])
        .dump("sslcommonname")
        .account(|d, v| d.account.tls.common_name = Some(v.string())),
    word(Id::Sslfingerprint, Kind::Text, &["sslfingerprint"]).cli(&[arg(None, &["sslfingerprint"])])
        .help("fingerprint of the server's certificate")
        .label("Accept only this certificate").page(Page::Encryption, 9)
        .about("The hash of the server's certificate: MD5 as fetchmail writes it, or SHA-1 or \
            SHA-256; case and colons do not matter. Any other certificate ends the connection, \
            also after the provider has renewed it in good faith.")
        .synonyms(&["certificate", "tls", "encryption", "pin", "hash", "md5", "sha256"])
        .notes(&["fetchmail itself takes only MD5"])
        .related(&[Id::Sslcertck])
        .dump("sslfingerprint")
        .account(|d, v| d.account.tls.fingerprint = Some(v.string())),
    word(Id::Limit, Kind::Number, &["limit"]).cli(&[arg(Some(b'l'), &["limit"])])
        .help("octets of the largest message to retrieve").default("0")
        .label("Skip messages larger than").page(Page::Limits, 1)
        .about("Messages of more octets than this stay on the server. 0 means no limit. The \
            size is the one the server announces.")
        .synonyms(&["size", "large", "big", "maximum", "megabytes"])
        .related(&[Id::Limitflush, Id::Warnings, Id::Fetchlimit])
        .dump("limit")
        .account(|d, v| d.account.limit = v.bound().map(u64::from)),
    word(Id::Warnings, Kind::Number, &["warnings"]).cli(&[arg(Some(b'w'), &["warnings"])])
        .help("seconds between warnings about large messages").default("3600").warns()
        .label("Mail about skipped ones every").page(Page::Limits, 2)
        .about("Seconds after which a mail lists again what was skipped for its size. It is \
            sent only while the program runs in the background.")
        .synonyms(&["size", "large", "oversized", "notice", "seconds"])
        .related(&[Id::Limit])
        .dump("warnings")
        .account(|d, v| d.account.warnings = v.count()),
    word(Id::Fetchlimit, Kind::Number, &["fetchlimit"]).cli(&[arg(Some(b'B'), &["fetchlimit"])])
        .help("most messages to retrieve at once").default("0")
        .label("At most per check").page(Page::Limits, 3)
        .about("The most messages that one check of the account takes; the rest waits for the \
            next. 0 means all. A run that stops for it ends with status 13.")
        .synonyms(&["maximum", "number", "count", "many"])
        .related(&[Id::Limit, Id::Batchlimit])
        .dump("fetchlimit")
        .account(|d, v| d.account.fetch_limit = v.bound()),
    word(Id::Fetchsizelimit, Kind::Number, &["fetchsizelimit"])
        .cli(&[arg(None, &["fetchsizelimit"])])
        .help("how many sizes to ask for at once").default("100").warns()
        .label("Ask sizes in groups of").page(Page::Limits, 5)
        .about("How many message sizes fetchmail asks the server for at a time. 0 means all at \
            once; with POP3 any other number means one by one.")
        .synonyms(&["size", "speed", "slow"])
        .related(&[Id::Fastuidl])
        .dump("fetchsizelimit")
        .account(|d, v| d.account.fetch_size_limit = v.count()),
    word(Id::Fastuidl, Kind::Number, &["fastuidl"]).cli(&[arg(None, &["fastuidl"])])
        .help("how often to search for new messages by halves").default("4").warns()
        .label("Quick search for new ids (POP3)").page(Page::Limits, 6)
        .about("How often the first new message is searched for by halves instead of asking for \
            all identities: 0 never, 1 always, else all but every n-th check. A message that \
            was put off may be taken for an old one until then.")
        .synonyms(&["uidl", "speed", "slow", "binary search", "pop3"])
        .related(&[Id::Uidl, Id::Fetchsizelimit])
        .dump("fastuidl")
        .account(|d, v| d.account.fast_uidl = v.count()),
    word(Id::Batchlimit, Kind::Number, &["batchlimit"]).cli(&[arg(Some(b'b'), &["batchlimit"])])
        .help("most messages for one connection to the listener").default("0")
        .label("New delivery connection every").page(Page::Limits, 4)
        .about("After this many messages, the connection to the receiving mail system is closed \
            and opened anew, so that it begins to work on them. 0 means never.")
        .synonyms(&["smtp", "connection", "queue"])
        .related(&[Id::Fetchlimit, Id::Smtphost])
        .dump("batchlimit")
        .account(|d, v| d.account.batch_limit = v.bound()),
    word(Id::Expunge, Kind::Number, &["expunge"]).cli(&[arg(Some(b'e'), &["expunge"])])
        .help("deletions between expunges")
        .label("Make deletions final every").page(Page::CopiesOnServer, 4)
        .about("After how many deletions fetchmail has the server carry them out: by default \
            after each one with IMAP, and at the end of the session with POP3; 0 means at the \
            end only. This release leaves the number unused: deletions are carried out \
            together, once the messages are recorded.")
        .synonyms(&["delete", "purge", "session", "commit"])
        .related(&[Id::Keep])
        .dump("expunge")
        .account(|d, v| d.account.expunge = Some(v.count())),
    word(Id::Properties, Kind::Text, &["properties"])
        .help("text for scripts that read the configuration")
        .label("Note for other programs").page(Page::Other, 1)
        .about("Text that is kept with the account for scripts which read the configuration. It \
            changes nothing about fetching mail.")
        .synonyms(&["comment", "script", "extension", "annotation"])
        .dump("properties"),
    word(Id::Passwordfile, Kind::Path, &["passwordfile"])
        .later().cli(&[arg(None, &["passwordfile"])])
        .help("file that holds the password").refuses()
        .label("File with the password").page(Page::SignIn, 4)
        .about("A file whose first line is the password, or the token for oauthbearer. Nobody \
            else should be able to read it.")
        .synonyms(&["secret", "token", "oauth"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::Password, Id::Passwordeval, Id::Passwordfd]),
    word(Id::Passwordfd, Kind::Number, &["passwordfd"])
        .later().cli(&[arg(None, &["passwordfd"])])
        .help("open file that holds the password").refuses()
        .label("Open file with the password").page(Page::SignIn, 5)
        .about("The number of an already open file from which the password is read, for \
            programs that start this one and hand a secret over.")
        .synonyms(&["secret", "descriptor", "pipe"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::Passwordeval, Id::Passwordfile]),
    word(Id::Passwordeval, Kind::Command, &["passwordeval", "passeval"])
        .later().cli(&[arg(None, &["passwordeval"])])
        .help("command that prints the password").refuses()
        .label("Command that prints the password").page(Page::SignIn, 3)
        .about("A command for the shell; the first line it prints is the password, or the token \
            for oauthbearer. So the secret can stay in a password manager.")
        .synonyms(&["secret", "command", "password manager", "token", "oauth"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::Password, Id::Passwordfile, Id::Passwordfd]),
    word(Id::PwmdSocket, Kind::Text, &["pwmd_socket"]).later()
        .help("where the password manager daemon listens").refuses()
        .label("Socket of the password manager daemon").page(Page::SignIn, 6)
        .about("Where the password manager daemon pwmd listens; the account's data is then \
            taken from it.")
        .synonyms(&["secret", "pwmd", "keyring"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::PwmdSocketArgs, Id::PwmdFile, Id::PinentryTimeout]),
    word(Id::PwmdSocketArgs, Kind::Text, &["pwmd_socket_args"]).later()
        .help("arguments for the password manager daemon").refuses()
        .label("Arguments for the password manager daemon").page(Page::SignIn, 7)
        .about("What to hand over when connecting to the password manager daemon pwmd, for \
            example for a remote one.")
        .synonyms(&["secret", "pwmd", "keyring"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::PwmdSocket]),
    word(Id::PwmdFile, Kind::Text, &["pwmd_file"]).later()
        .help("file of the password manager daemon").refuses()
        .label("Data file of the password manager daemon").page(Page::SignIn, 8)
        .about("Which data file of the password manager daemon pwmd holds the account.")
        .synonyms(&["secret", "pwmd", "keyring"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::PwmdSocket]),
    word(Id::PinentryTimeout, Kind::Number, &["pinentry_timeout"]).later()
        .help("seconds to wait for a passphrase").warns()
        .label("Wait for the pass phrase").page(Page::SignIn, 9)
        .about("Seconds after which the question for the pass phrase of the password manager \
            daemon is given up.")
        .synonyms(&["secret", "pwmd", "keyring", "prompt", "seconds"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::PwmdSocket]),
    flag(Id::Forceidle, &["forceidle"]).later().cli(&[on(None, &["forceidle"])])
        .help("wait for new mail even where the server does not offer it").warns()
        .label("Wait for new mail even if not offered").page(Page::Folders, 3)
        .about("Waits for new mail with IDLE although the server does not offer it in its list. \
            Some servers forget to; others answer with an error.")
        .synonyms(&["push", "instant", "imap"])
        .notes(&["not in 6.4; 6.5 and later"])
        .related(&[Id::Idle, Id::Idletimeout]),
    // Its last three values promise a protection that `ssl` and `sslproto` cannot say exactly.
    word(Id::Sslmode, Kind::Choice(SSLMODES), &["sslmode"]).later().cli(&[arg(None, &["sslmode"])])
        .help("how the connection is protected").refuses()
        .label("How the connection is encrypted").page(Page::Encryption, 2)
        .about("none means in the clear, starttls=may encrypts if the server offers it, \
            starttls=must insists, wrapped encrypts from the first byte. With the first two a \
            password may travel readable.")
        .synonyms(&["certificate", "tls", "encryption", "secure", "starttls"])
        .notes(&["not in 6.4; 7 and later", "replaces ssl and the empty sslproto"])
        .related(&[Id::Ssl, Id::Sslprotover]),
    word(Id::Sslprotover, Kind::Text, &["sslprotover", "sslprotocolversion"]).later()
        .cli(&[arg(None, &["sslprotocolversion"])])
        .help("TLS version").refuses()
        .label("Allowed TLS versions (new word)").page(Page::Encryption, 4)
        .about("The version part of sslproto in later releases: auto, or the oldest or only \
            version allowed. It does not decide whether STARTTLS is used; sslmode does.")
        .synonyms(&["certificate", "tls", "encryption", "secure", "version"])
        .notes(&["not in 6.4; 7 and later"])
        .related(&[Id::Sslproto, Id::Sslmode]),
    word(Id::Moveto, Kind::Text, &["moveto"]).later()
        .help("folder on the server that retrieved messages are moved to").refuses()
        .label("Move fetched messages to").page(Page::Folders, 4)
        .about("A folder on the IMAP server that fetched messages are moved to, instead of \
            being deleted or left in place.")
        .synonyms(&["archive", "mailbox", "move"])
        .notes(&["not in 6.4; 6.6 and later"])
        .related(&[Id::Folder, Id::Keep]),
];
