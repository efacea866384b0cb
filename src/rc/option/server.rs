//! Options of a server entry (rcfile.md section 4.2; later words: section 10).

use std::time::Duration;

use crate::rc::account::{Auth, BadHeader, EnvelopeSource};
use crate::rc::dump::Python;
use crate::rc::option::words::{APOP, auth_name};
use crate::rc::option::{Id, Keyword, Kind, Negation, Scope, arg, bare, on, spaced, string};
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
        .dump("via")
        .account(|d, v| d.account.host = v.string()),
    word(Id::Proto, Kind::Protocol, &["proto", "protocol"])
        .cli(&[arg(Some(b'p'), &["protocol", "proto"])]).default("auto")
        .help("the protocol to retrieve mail with")
        .dump_as(&[string("protocol", |v| Python::word(v.protocol_name()))])
        .account(|d, v| if let Value::Protocol(p) = v { d.account.protocol = *p }),
    word(Id::Localdomains, Kind::List, &["localdomains", "local"])
        .help("domains to take as local")
        .dump("localdomains")
        .account(|d, v| d.account.local_domains = v.list().to_vec()),
    word(Id::Service, Kind::Service, &["service"])
        .cli(&[arg(Some(b'P'), &["service", "port"])])
        .help("service name or port to connect to")
        .dump_as(&[string("service", |v| v.service().map_or(Python::None, Python::Text))])
        .account(|d, v| d.account.service = Some(v.string())),
    word(Id::Port, Kind::Number, &["port"])
        .help("port to connect to")
        .account(|d, v| d.account.service = Some(v.number().to_string())),
    word(Id::Auth, Kind::Auth, &["auth", "authenticate", "preauth", "preauthenticate"])
        .cli(&[arg(None, &["auth"])]).default("any")
        .help("the way to sign in")
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
        .dump_as(&[bare("timeout", |v| Python::Int(v.timeout()))])
        .account(|d, v| d.account.timeout = match v.count() {
            0 => TIMEOUT,
            seconds => Duration::from_secs(u64::from(seconds)),
        }),
    word(Id::Envelope, Kind::Envelope, &["envelope"]).no(Negation::RunOn)
        .cli(&[arg(Some(b'E'), &["envelope"])]).default("Received")
        .help("header that names the recipient")
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
        .dump("qvirtual")
        .account(|d, v| d.account.qvirtual = Some(v.text().to_vec())),
    word(Id::Aka, Kind::List, &["aka"])
        .help("other names of the server")
        .dump("aka")
        .account(|d, v| d.account.aka = v.strings()),
    word(Id::Interface, Kind::Text, &["interface"])
        .cli(&[arg(Some(b'I'), &["interface"])])
        .help("check only while this network interface is up").refuses()
        .dump("interface")
        .account(|d, v| d.account.interface = Some(v.string())),
    word(Id::Monitor, Kind::Text, &["monitor"])
        .cli(&[arg(Some(b'M'), &["monitor"])])
        .help("check only while this network interface is in use").refuses()
        .dump("monitor")
        .account(|d, v| d.account.monitor = Some(v.string())),
    word(Id::Plugin, Kind::Command, &["plugin"])
        .cli(&[arg(None, &["plugin"])])
        .help("command that makes the connection to the server").refuses()
        .dump("plugin")
        .account(|d, v| d.account.plugin = Some(v.text().to_vec())),
    word(Id::Plugout, Kind::Command, &["plugout"])
        .cli(&[arg(None, &["plugout"])])
        .help("command that makes the connection to the listener").refuses()
        .dump("plugout")
        .account(|d, v| d.account.plugout = Some(v.text().to_vec())),
    word(Id::Dns, Kind::Flag, &["dns"]).no(Negation::RunOn).default("yes")
        .help("ask the name service about host names in headers")
        .dump("dns")
        .account(|d, v| d.account.dns = v.flag()),
    word(Id::Checkalias, Kind::Flag, &["checkalias"]).no(Negation::RunOn).default("no")
        .help("compare host names by their addresses")
        .account(|d, v| d.account.check_alias = v.flag()),
    word(Id::Uidl, Kind::Flag, &["uidl"]).no(Negation::RunOn)
        .cli(&[on(Some(b'U'), &["uidl"])]).default("no")
        .help("tell new from old by message identities")
        .dump("uidl")
        .account(|d, v| d.account.uidl = v.flag()),
    word(Id::Interval, Kind::Number, &["interval"]).default("0")
        .help("check only every so many cycles")
        .dump("interval")
        .account(|d, v| d.account.interval = v.count()),
    word(Id::Tracepolls, Kind::Flag, &["tracepolls"]).no(Negation::Spaced)
        .cli(&[on(None, &["tracepolls"])]).default("no")
        .help("name the account in the Received line")
        .dump("tracepolls")
        .account(|d, v| d.account.trace_polls = v.flag()),
    word(Id::Principal, Kind::Text, &["principal"])
        .cli(&[arg(None, &["principal"])])
        .help("Kerberos 4 principal").warns()
        .dump("principal"),
    word(Id::Esmtpname, Kind::Text, &["esmtpname"])
        .help("user name towards the listener").warns()
        .dump_as(&[string("esmtpname", |v| v.text_or(Id::Esmtpname, v.invoking_user()))])
        .account(|d, v| d.account.esmtp_name = Some(v.text().to_vec())),
    word(Id::Esmtppassword, Kind::Secret, &["esmtppassword"])
        .help("password towards the listener").warns()
        .dump_as(&[string("esmtppassword", |v| match v.effective.value(Id::Esmtppassword) {
            Some(Value::Secret(secret)) => Python::Secret(secret.expose().into()),
            _ => Python::Absent,
        })])
        .account(|d, v| d.account.esmtp_password = v.secret()),
    word(Id::BadHeader, Kind::Choice(&["accept", "reject"]), &["bad-header"])
        .cli(&[arg(None, &["bad-header"])]).default("reject")
        .help("what to do with messages whose header is malformed")
        .dump_as(&[spaced("badheader", |v| Python::Bool(v.accepts_bad_headers()))])
        .account(|d, v| d.account.bad_header = match v.choice() {
            "accept" => BadHeader::Accept,
            _ => BadHeader::Reject,
        }),
    word(Id::RetrieveError, Kind::Choice(&["abort", "continue", "markseen"]), &["retrieve-error"])
        .later().cli(&[arg(None, &["retrieve-error"])])
        .help("what to do when a message cannot be retrieved").warns(),
    word(Id::Idletimeout, Kind::Number, &["idletimeout"])
        .later().cli(&[arg(None, &["idletimeout"])])
        .help("seconds after which IDLE is begun anew").warns(),
];
