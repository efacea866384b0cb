//! Options of a user entry (rcfile.md section 4.3; later words: section 10).

use crate::rc::option::{Id, Keyword, Kind, Negation, Scope, Switch, arg, off, on};
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
        .account(|d, v| d.account.user = v.text().to_vec()),
    word(Id::Password, Kind::Secret, &["password", "pass"])
        .help("password")
        .account(|d, v| d.account.password = v.secret()),
    word(Id::Is, Kind::Names, &["is", "to"])
        .help("who gets the mail here")
        // `*` is inherited apart from the names.
        .account(|d, v| if let Value::Names { names, wildcard } = v {
            d.account.wildcard |= *wildcard;
            if !names.is_empty() {
                d.account.local_names = names.clone();
            }
        }),
    word(Id::Folder, Kind::List, &["folder", "folders"])
        .cli(&[arg(Some(b'r'), &["folder"])])
        .help("mailboxes to retrieve from")
        .account(|d, v| d.account.folders = v.list().to_vec()),
    word(Id::Smtphost, Kind::List, &["smtphost", "smtp"])
        .cli(&[arg(Some(b'S'), &["smtphost"])]).default("localhost")
        .help("listeners to deliver to, tried in order")
        .account(|d, v| d.hosts = v.strings()),
    word(Id::Fetchdomains, Kind::List, &["fetchdomains"])
        .cli(&[arg(None, &["fetchdomains"])])
        .help("domains to ask mail for").warns()
        .account(|d, v| d.account.fetch_domains = v.strings()),
    word(Id::Smtpaddress, Kind::Text, &["smtpaddress"])
        .cli(&[arg(Some(b'D'), &["smtpaddress"])])
        .help("domain put behind recipients without one")
        .account(|d, v| d.account.smtp_address = Some(v.string())),
    word(Id::Smtpname, Kind::Text, &["smtpname"])
        .cli(&[arg(None, &["smtpname"])])
        .help("recipient given to the listener, whatever the message says")
        .account(|d, v| d.account.smtp_name = Some(v.text().to_vec())),
    word(Id::Antispam, Kind::Numbers, &["antispam"])
        .cli(&[arg(Some(b'Z'), &["antispam"])])
        .help("reply codes of the listener that mean spam").warns()
        .account(|d, v| d.account.antispam = match v.numbers() {
            [-1] => Vec::new(),
            codes => codes.to_vec(),
        }),
    word(Id::Mda, Kind::Command, &["mda"])
        .cli(&[arg(Some(b'm'), &["mda"])])
        .help("command that delivers a message")
        .account(|d, v| d.mda = Some(v.text().to_vec())),
    word(Id::Bsmtp, Kind::Path, &["bsmtp"])
        .cli(&[arg(None, &["bsmtp"])])
        .help("file to append messages to as batch SMTP").refuses()
        .account(|d, v| d.bsmtp = Some(v.path())),
    word(Id::Lmtp, Kind::Flag, &["lmtp"])
        .cli(&[on(None, &["lmtp"])]).default("no")
        .help("deliver by LMTP")
        .account(|d, v| d.is_lmtp = v.flag()),
    word(Id::Preconnect, Kind::Command, &["preconnect", "pre"])
        .help("command run before each connection").refuses()
        .account(|d, v| d.account.preconnect = Some(v.text().to_vec())),
    word(Id::Postconnect, Kind::Command, &["postconnect", "post"])
        .help("command run after each connection").refuses()
        .account(|d, v| d.account.postconnect = Some(v.text().to_vec())),
    flag(Id::Keep, &["keep"]).cli(KEEP)
        .help("leave messages on the server")
        .account(|d, v| d.account.keep = v.flag()),
    flag(Id::Flush, &["flush"]).cli(&[on(Some(b'F'), &["flush"])])
        .help("delete old messages from the server first")
        .account(|d, v| d.account.flush = v.flag()),
    flag(Id::Limitflush, &["limitflush"]).cli(&[on(None, &["limitflush"])])
        .help("delete messages over the size limit")
        .account(|d, v| d.account.limit_flush = v.flag()),
    flag(Id::Fetchall, &["fetchall"]).cli(&[on(Some(b'a'), &["fetchall", "all"])])
        .help("retrieve old messages, too")
        .account(|d, v| d.account.fetch_all = v.flag()),
    flag(Id::Rewrite, &["rewrite"]).cli(&[off(Some(b'n'), &["norewrite"])]).default("yes")
        .help("complete addresses that lack a domain")
        .account(|d, v| d.account.rewrite = v.flag()),
    flag(Id::Stripcr, &["stripcr"]).default("")
        .help("remove carriage returns")
        .account(|d, v| d.strip_cr = Some(v.flag())),
    flag(Id::Forcecr, &["forcecr"])
        .help("end lines with carriage return and line feed")
        .account(|d, v| d.account.force_cr = v.flag()),
    flag(Id::Pass8bits, &["pass8bits", "pass8"])
        .help("tell the listener that the body has 8 bits").warns()
        .account(|d, v| d.account.pass_8bits = v.flag()),
    flag(Id::Dropstatus, &["dropstatus"])
        .help("remove Status headers")
        .account(|d, v| d.account.drop_status = v.flag()),
    flag(Id::Dropdelivered, &["dropdelivered"])
        .help("remove Delivered-To headers")
        .account(|d, v| d.account.drop_delivered = v.flag()),
    flag(Id::Mimedecode, &["mimedecode", "mimedec"])
        .help("decode MIME encodings").warns()
        .account(|d, v| d.account.mime_decode = v.flag()),
    flag(Id::Idle, &["idle"]).cli(&[on(None, &["idle"])])
        .help("wait for new mail on the server").warns()
        .account(|d, v| d.account.idle = v.flag()),
    flag(Id::Ssl, &["ssl"]).no(Negation::Spaced).cli(&[on(None, &["ssl"])])
        .help("TLS from the first byte")
        .account(|d, v| d.account.tls.implicit = v.flag()),
    word(Id::Sslkey, Kind::Path, &["sslkey"]).cli(&[arg(None, &["sslkey"])])
        .help("key of the client certificate").refuses()
        .account(|d, v| d.account.tls.key = Some(v.path())),
    word(Id::Sslcert, Kind::Path, &["sslcert"]).cli(&[arg(None, &["sslcert"])])
        .help("client certificate").refuses()
        .account(|d, v| d.account.tls.cert = Some(v.path())),
    word(Id::Sslproto, Kind::Text, &["sslproto"]).cli(&[arg(None, &["sslproto"])])
        .help("TLS version; '' for no STARTTLS")
        .account(|d, v| d.account.tls.proto = Some(v.string().to_ascii_lowercase())),
    flag(Id::Sslcertck, &["sslcertck"]).no(Negation::Spaced).cli(SSLCERTCK).default("yes")
        .help("check the server's certificate")
        .account(|d, v| d.account.tls.check = v.flag()),
    word(Id::Sslcertfile, Kind::Path, &["sslcertfile"]).cli(&[arg(None, &["sslcertfile"])])
        .help("file of trusted certificates")
        .account(|d, v| d.account.tls.cert_file = Some(v.path())),
    word(Id::Sslcertpath, Kind::Path, &["sslcertpath"]).cli(&[arg(None, &["sslcertpath"])])
        .help("directory of trusted certificates")
        .account(|d, v| d.account.tls.cert_path = Some(v.path())),
    word(Id::Sslcommonname, Kind::Text, &["sslcommonname"]).cli(&[arg(None, &["sslcommonname"])])
        .help("name expected in the server's certificate")
        .account(|d, v| d.account.tls.common_name = Some(v.string())),
    word(Id::Sslfingerprint, Kind::Text, &["sslfingerprint"]).cli(&[arg(None, &["sslfingerprint"])])
        .help("fingerprint of the server's certificate")
        .account(|d, v| d.account.tls.fingerprint = Some(v.string())),
    word(Id::Limit, Kind::Number, &["limit"]).cli(&[arg(Some(b'l'), &["limit"])])
        .help("octets of the largest message to retrieve").default("0")
        .account(|d, v| d.account.limit = v.bound().map(u64::from)),
    word(Id::Warnings, Kind::Number, &["warnings"]).cli(&[arg(Some(b'w'), &["warnings"])])
        .help("seconds between warnings about large messages").default("3600").warns()
        .account(|d, v| d.account.warnings = v.count()),
    word(Id::Fetchlimit, Kind::Number, &["fetchlimit"]).cli(&[arg(Some(b'B'), &["fetchlimit"])])
        .help("most messages to retrieve at once").default("0")
        .account(|d, v| d.account.fetch_limit = v.bound()),
    word(Id::Fetchsizelimit, Kind::Number, &["fetchsizelimit"])
        .cli(&[arg(None, &["fetchsizelimit"])])
        .help("how many sizes to ask for at once").default("100").warns()
        .account(|d, v| d.account.fetch_size_limit = v.count()),
    word(Id::Fastuidl, Kind::Number, &["fastuidl"]).cli(&[arg(None, &["fastuidl"])])
        .help("how often to search for new messages by halves").default("4").warns()
        .account(|d, v| d.account.fast_uidl = v.count()),
    word(Id::Batchlimit, Kind::Number, &["batchlimit"]).cli(&[arg(Some(b'b'), &["batchlimit"])])
        .help("most messages for one connection to the listener").default("0")
        .account(|d, v| d.account.batch_limit = v.bound()),
    word(Id::Expunge, Kind::Number, &["expunge"]).cli(&[arg(Some(b'e'), &["expunge"])])
        .help("deletions between expunges")
        .account(|d, v| d.account.expunge = Some(v.count())),
    word(Id::Properties, Kind::Text, &["properties"])
        .help("text for scripts that read the configuration"),
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
