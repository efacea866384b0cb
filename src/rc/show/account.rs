//! One account: a heading, then a sentence an option, in fetchmail's order.

use std::borrow::Cow;

use super::Extent;
use super::global::shown;
use crate::base::i18n::{fill, gettext, gettext_noop, ngettext};
use crate::rc::account::{Auth, LocalName, Protocol};
use crate::rc::dump::{Facts, Python, View};
use crate::rc::option::Id;
use crate::rc::resolve::{Case, Layers};
use crate::rc::settings::Value;

/// Where a sentence comes from.
enum Source {
    /// A flag: on and off.
    Flag(Id, &'static str, &'static str),
    /// A flag: only if on, or only in a verbose report if off.
    On(Id, &'static str, Option<&'static str>),
    /// `{value}` where it was said; what is told of its absence in a verbose report.
    Text(Id, &'static str, Option<&'static str>),
    /// `{value}`, the strings of a list.
    List(Id, &'static str),
    /// `{count}` where it is above 0; the same in a verbose report.
    Count(Id, &'static str, &'static str),
    /// Several options together.
    Together(fn(&Teller, &mut dyn FnMut(String))),
}
use Source::{Count, Flag, List, On, Text, Together};

/// How the server is reached and asked.
const SERVER: &[Source] = &[
    Text(Id::Via, gettext_noop("Mail is retrieved via {value}"), None),
    Together(interval),
    Together(true_name),
    Together(polled),
    Together(password),
    Together(protocol),
    Together(auth),
    Text(
        Id::Principal,
        gettext_noop("Mail service principal: {value}"),
        None,
    ),
    On(Id::Ssl, gettext_noop("TLS from the first byte."), None),
    Text(Id::Sslproto, gettext_noop("TLS version: {value}."), None),
    Flag(
        Id::Sslcertck,
        gettext_noop("The server's certificate is checked."),
        gettext_noop("The server's certificate is not checked."),
    ),
    Text(
        Id::Sslcertfile,
        gettext_noop("File of trusted certificates: {value}"),
        None,
    ),
    Text(
        Id::Sslcertpath,
        gettext_noop("Directory of trusted certificates: {value}"),
        None,
    ),
    Text(
        Id::Sslcommonname,
        gettext_noop("Name expected in the certificate: {value}"),
        None,
    ),
    Text(
        Id::Sslfingerprint,
        gettext_noop("Fingerprint expected of the certificate: {value}"),
        None,
    ),
    Together(timeout),
];

/// What is retrieved: not told of protocols that only wake the server up.
const RETRIEVAL: &[Source] = &[
    Together(folders),
    Flag(
        Id::Fetchall,
        gettext_noop("All messages are retrieved (--all on)."),
        gettext_noop("Only new messages are retrieved (--all off)."),
    ),
    Flag(
        Id::Keep,
        gettext_noop("Retrieved messages stay on the server (--keep on)."),
        gettext_noop("Retrieved messages do not stay on the server (--keep off)."),
    ),
    Flag(
        Id::Flush,
        gettext_noop("Old messages are deleted first (--flush on)."),
        gettext_noop("Old messages are not deleted first (--flush off)."),
    ),
    Flag(
        Id::Limitflush,
        gettext_noop("Messages over the limit are deleted first (--limitflush on)."),
        gettext_noop("Messages over the limit are not deleted first (--limitflush off)."),
    ),
    Flag(
        Id::Rewrite,
        gettext_noop("Addresses without a domain are completed (--norewrite off)."),
        gettext_noop("Addresses without a domain stay so (--norewrite on)."),
    ),
    Together(strip_cr),
    Flag(
        Id::Forcecr,
        gettext_noop("Lines are made to end in carriage return and line feed (forcecr on)."),
        gettext_noop("Line ends get no carriage returns (forcecr off)."),
    ),
    Flag(
        Id::Pass8bits,
        gettext_noop("Bodies are declared as 8 bits, whatever they say (pass8bits on)."),
        gettext_noop("Bodies are declared as they say (pass8bits off)."),
    ),
    Flag(
        Id::Mimedecode,
        gettext_noop("MIME encodings are decoded (mimedecode on)."),
        gettext_noop("MIME encodings stay (mimedecode off)."),
    ),
    Flag(
        Id::Idle,
        gettext_noop("The server tells of new mail between checks (idle on)."),
        gettext_noop("The server is not waited for between checks (idle off)."),
    ),
    Flag(
        Id::Dropstatus,
        gettext_noop("Status lines are removed (dropstatus on)"),
        gettext_noop("Status lines stay (dropstatus off)"),
    ),
    Flag(
        Id::Dropdelivered,
        gettext_noop("Delivered-To lines are removed (dropdelivered on)"),
        gettext_noop("Delivered-To lines stay (dropdelivered off)"),
    ),
    Count(
        Id::Limit,
        gettext_noop("The largest message has {count} octets (--limit {count})."),
        gettext_noop("Messages may have any size (--limit 0)."),
    ),
    Together(warnings),
    Count(
        Id::Fetchlimit,
        gettext_noop("At most {count} messages are retrieved at once (--fetchlimit {count})."),
        gettext_noop("Any number of messages is retrieved at once (--fetchlimit 0)."),
    ),
    Together(size_limit),
    Together(fast_uidl),
    Count(
        Id::Batchlimit,
        gettext_noop("A connection to the listener takes {count} messages."),
        gettext_noop("A connection to the listener takes any number of messages (--batchlimit 0)."),
    ),
    Count(
        Id::Expunge,
        gettext_noop("Deletions are made final every {count} messages (--expunge {count})."),
        gettext_noop("Deletions are made final in the end (--expunge 0)."),
    ),
];

/// Where mail goes.
const DELIVERY: &[Source] = &[
    Together(domains),
    Together(target),
    Text(
        Id::Smtpaddress,
        gettext_noop("Recipients without a domain get {value}"),
        None,
    ),
    Text(
        Id::Smtpname,
        gettext_noop("The listener is given the recipient {value}"),
        None,
    ),
    Together(antispam),
    Text(
        Id::Preconnect,
        gettext_noop("Before connecting, “{value}” is run."),
        Some(gettext_noop("No command is run before connecting.")),
    ),
    Text(
        Id::Postconnect,
        gettext_noop("After the connection, “{value}” is run."),
        Some(gettext_noop("No command is run after the connection.")),
    ),
    Together(drop),
    Text(
        Id::Interface,
        gettext_noop("Checked only while the interface {value} is up."),
        Some(gettext_noop("No network interface is required.")),
    ),
    Text(
        Id::Monitor,
        gettext_noop("Checked only while the interface {value} is in use."),
        Some(gettext_noop("No network interface is watched.")),
    ),
    Text(
        Id::Plugin,
        gettext_noop("The connection to the server is made by {value} (--plugin {value})."),
        Some(gettext_noop(
            "No command makes the connection to the server.",
        )),
    ),
    Text(
        Id::Plugout,
        gettext_noop("The connection to the listener is made by {value} (--plugout {value})."),
        Some(gettext_noop(
            "No command makes the connection to the listener.",
        )),
    ),
    Together(saved),
    On(
        Id::Tracepolls,
        gettext_noop("The Received line names the account."),
        Some(gettext_noop("The Received line does not name the account.")),
    ),
    Together(bad_header),
    Text(
        Id::Properties,
        gettext_noop("Text for scripts: “{value}”."),
        None,
    ),
];

/// Recipients found in headers.
const MULTIDROP: &[Source] = &[
    Flag(
        Id::Dns,
        gettext_noop("The name service is asked about recipients' hosts."),
        gettext_noop("The name service is not asked about recipients' hosts."),
    ),
    Flag(
        Id::Checkalias,
        gettext_noop("Recipients' hosts are compared with the server by address."),
        gettext_noop("Recipients' hosts are compared with the server by name."),
    ),
    Together(envelope),
    Text(
        Id::Qvirtual,
        gettext_noop("The prefix {value} is taken off recipients"),
        None,
    ),
    List(Id::Aka, gettext_noop("Other names of the server: {value}")),
    List(Id::Localdomains, gettext_noop("Local domains: {value}")),
];

/// An account, and who listens.
struct Teller<'a> {
    view: View<'a>,
    extent: Extent,
}

/// The heading and the sentences.
pub fn lines(
    case: &Case,
    layers: &Layers,
    facts: &Facts,
    extent: Extent,
    line: &mut dyn FnMut(&str),
) {
    let view = View::of_case(case, layers.around(), facts);
    let teller = Teller { view, extent };
    let text = gettext("Options for retrieving from {account}:");
    let (user, label) = (shown(teller.view.remote()), shown(teller.view.label()));
    line(&fill(&text, &[("account", &format!("{user}@{label}"))]));
    // Names of a verbose report stand further in.
    let mut indented = |text: String| match text.starts_with('\t') {
        true => line(&text),
        false => line(&format!("  {text}")),
    };
    teller.tell(SERVER, &mut indented);
    if !teller.only_wakes() {
        teller.tell(RETRIEVAL, &mut indented);
    }
    teller.tell(DELIVERY, &mut indented);
}

impl Teller<'_> {
    fn tell(&self, sources: &[Source], line: &mut dyn FnMut(String)) {
        for source in sources {
            match source {
                Flag(id, on, off) => line(gettext(if self.view.flag(*id) { on } else { off })),
                On(id, on, off) => match (self.view.flag(*id), off) {
                    (true, _) => line(gettext(on)),
                    (false, Some(off)) if self.extent.is_verbose => line(gettext(off)),
                    _ => {}
                },
                Text(id, text, unsaid) => match (self.view.text(*id), unsaid) {
                    (Some(value), _) => line(value_in(text, &shown(value))),
                    (None, Some(unsaid)) if self.extent.is_verbose => line(gettext(unsaid)),
                    _ => {}
                },
                List(id, text) => {
                    if let Some(list) = self.view.effective.value(*id) {
                        line(value_in(text, &words(list.list())));
                    }
                }
                Count(id, text, none) => match self.view.count(*id) {
                    count @ 1.. => line(fill(&gettext(text), &[("count", &count)])),
                    0 if self.extent.is_verbose => line(gettext(none)),
                    0 => {}
                },
                Together(tell) => tell(self, line),
            }
        }
    }

    /// ETRN and ODMR make the server send; nothing is retrieved.
    fn only_wakes(&self) -> bool {
        matches!(self.view.protocol(), Protocol::Etrn | Protocol::Odmr)
    }
}

fn value_in(text: &str, value: &str) -> String {
    fill(&gettext(text), &[("value", &value)])
}

fn words(list: &[Vec<u8>]) -> String {
    let words: Vec<String> = list.iter().map(|word| shown(word)).collect();
    words.join(" ")
}

type Line<'l> = &'l mut dyn FnMut(String);

fn interval(teller: &Teller, line: Line) {
    if let cycles @ 2.. = teller.view.count(Id::Interval) {
        let text = ngettext(
            "The server is checked every {count} cycle.",
            "The server is checked every {count} cycles.",
            cycles.into(),
        );
        line(fill(&text, &[("count", &cycles)]));
    }
}

fn true_name(teller: &Teller, line: Line) {
    let name = teller.view.text(Id::Via).unwrap_or(teller.view.label());
    line(value_in(
        gettext_noop("True name of server is {value}."),
        &shown(name),
    ));
}

fn polled(teller: &Teller, line: Line) {
    if teller.extent.is_verbose {
        line(gettext(match teller.view.is_polled() {
            true => gettext_noop("Checked when no server is named."),
            false => gettext_noop("Not checked when no server is named."),
        }));
    }
}

fn password(teller: &Teller, line: Line) {
    let value = match teller.view.password() {
        Python::Secret(secret) if teller.view.facts.show_passwords => shown(&secret),
        Python::Secret(_) => "******".to_owned(),
        Python::None => return line(gettext("The password will be asked for.")),
        _ => return,
    };
    if teller.extent.is_verbose {
        line(value_in(gettext_noop("Password: {value}"), &value));
    }
}

fn protocol(teller: &Teller, line: Line) {
    let view = &teller.view;
    let mut text = value_in(gettext_noop("Protocol is {value}"), view.protocol_name());
    match view.service() {
        Some(service) => {
            let service = shown(&service);
            text += &value_in(gettext_noop(" (using service {value})"), &service);
        }
        None if teller.extent.is_verbose => text += &gettext(" (using default port)"),
        None => {}
    }
    if view.flag(Id::Uidl) {
        text += &gettext(" (forcing UIDL use)");
    }
    line(text + ".");
}

fn auth(teller: &Teller, line: Line) {
    let name = match teller.view.auth() {
        Auth::Any => return line(gettext("Every way to sign in is tried.")),
        // The way in is the connection's own.
        Auth::Ssh => return line(gettext("The connection itself signs in.")),
        Auth::Password => "PASSWORD",
        Auth::KerberosV4 => "Kerberos 4",
        Auth::KerberosV5 => "Kerberos 5",
        Auth::Gssapi => "GSSAPI",
        Auth::CramMd5 => "CRAM-MD5",
        Auth::Otp => "OTP",
        Auth::Ntlm => "NTLM",
        Auth::Msn => "MSN",
        Auth::External => "EXTERNAL",
        Auth::OauthBearer => "OAUTHBEARER",
    };
    line(value_in(gettext_noop("Signing in by {value} only."), name));
}

fn timeout(teller: &Teller, line: Line) {
    let seconds = teller.view.timeout();
    let text = ngettext(
        "A server may be silent for {count} second",
        "A server may be silent for {count} seconds",
        seconds.into(),
    );
    let usual = match seconds {
        300 => gettext(" (default)."),
        _ => ".".to_owned(),
    };
    line(fill(&text, &[("count", &seconds)]) + &usual);
}

fn folders(teller: &Teller, line: Line) {
    match teller.view.effective.value(Id::Folder) {
        Some(list) => line(value_in(
            gettext_noop("Mailboxes: {value}"),
            &words(list.list()),
        )),
        None => line(gettext("The server's default mailbox.")),
    }
}

fn strip_cr(teller: &Teller, line: Line) {
    line(gettext(match teller.view.strips_cr() {
        true => gettext_noop("Carriage returns are removed (stripcr on)."),
        false => gettext_noop("Carriage returns stay (stripcr off)."),
    }));
}

fn warnings(teller: &Teller, line: Line) {
    let said = teller.view.effective.value(Id::Warnings);
    let count = said.map_or(3600, Value::count);
    if said.is_some() || teller.extent.is_verbose {
        let text =
            gettext("Large messages are told of every {count} seconds (--warnings {count}).");
        line(fill(&text, &[("count", &count)]));
    }
}

fn size_limit(teller: &Teller, line: Line) {
    let said = teller.view.effective.value(Id::Fetchsizelimit);
    match said.map_or(100, Value::count) {
        0 if !teller.extent.is_verbose => {}
        0 => line(gettext(
            "All sizes are asked for at once (--fetchsizelimit 0).",
        )),
        count => {
            let text = gettext("{count} sizes are asked for at once (--fetchsizelimit {count}).");
            line(fill(&text, &[("count", &count)]));
        }
    }
}

fn fast_uidl(teller: &Teller, line: Line) {
    let said = teller.view.effective.value(Id::Fastuidl);
    match said.map_or(4, Value::count) {
        0 if !teller.extent.is_verbose => {}
        0 => line(gettext(
            "New messages are searched one by one (--fastuidl 0).",
        )),
        1 => line(gettext(
            "New messages are always searched by halves (--fastuidl 1).",
        )),
        count => {
            let text = gettext(
                "New messages are searched by halves in {part} of {count} checks (--fastuidl {count}).",
            );
            line(fill(&text, &[("part", &(count - 1)), ("count", &count)]));
        }
    }
}

fn domains(teller: &Teller, line: Line) {
    if !teller.only_wakes() {
        return;
    }
    let text = gettext_noop("Mail is asked for these domains: {value}");
    match teller.view.effective.value(Id::Fetchdomains) {
        Some(list) => line(value_in(text, &words(list.list()))),
        None => line(value_in(text, &(teller.view.facts.host)()) + &gettext(" (default)")),
    }
}

fn target(teller: &Teller, line: Line) {
    let view = &teller.view;
    if let Some(file) = view.text(Id::Bsmtp) {
        return line(value_in(
            gettext_noop("Messages are appended to {value} as BSMTP"),
            &shown(file),
        ));
    }
    if let Some(command) = view.text(Id::Mda) {
        return line(value_in(
            gettext_noop("Messages are delivered by “{value}”."),
            &shown(command),
        ));
    }
    let text = match view.flag(Id::Lmtp) {
        true => gettext_noop("Messages are forwarded by LMTP to: {value}"),
        false => gettext_noop("Messages are forwarded by SMTP to: {value}"),
    };
    match view.effective.value(Id::Smtphost) {
        Some(hosts) => line(value_in(text, &words(hosts.list()))),
        None => line(value_in(text, "localhost") + &gettext(" (default)")),
    }
}

fn antispam(teller: &Teller, line: Line) {
    let codes = teller.view.effective.value(Id::Antispam);
    match codes.map_or(&[][..], Value::numbers) {
        [] | [-1] if !teller.extent.is_verbose => {}
        [] | [-1] => line(gettext("No reply of the listener means spam")),
        codes => {
            let codes: Vec<String> = codes.iter().map(i32::to_string).collect();
            let text = gettext_noop("Replies of the listener that mean spam: {value}");
            line(value_in(text, &codes.join(" ")));
        }
    }
}

fn drop(teller: &Teller, line: Line) {
    if teller.only_wakes() {
        return;
    }
    let (names, wildcard) = teller.view.local_names();
    let is_multidrop = wildcard || names.len() > 1;
    let count = names.len();
    let text = match is_multidrop {
        true => ngettext(
            "Multi-drop mode: {count} local name.",
            "Multi-drop mode: {count} local names.",
            count as u64,
        ),
        false => ngettext(
            "Single-drop mode: {count} local name.",
            "Single-drop mode: {count} local names.",
            count as u64,
        ),
    };
    line(fill(&text, &[("count", &count)]));
    if teller.extent.is_verbose {
        names
            .iter()
            .for_each(|name| line(format!("\t{}", pair(name))));
        wildcard.then(|| line("\t*".to_owned()));
    }
    if is_multidrop {
        teller.tell(MULTIDROP, line);
    }
}

fn pair(name: &LocalName) -> String {
    let local = shown(&name.local);
    if !name.is_pair {
        return local;
    }
    format!("{} -> {local}", shown(&name.remote))
}

fn envelope(teller: &Teller, line: Line) {
    let (name, skip) = match teller.view.effective.value(Id::Envelope) {
        Some(Value::Envelope { name, skip }) => (name.as_deref().map(Cow::Borrowed), *skip),
        _ => (Some(Cow::Borrowed(&b"Received"[..])), 0),
    };
    let Some(name) = name else {
        return line(gettext("No header names the recipient."));
    };
    line(value_in(
        gettext_noop("The recipient is named by the header {value}"),
        &shown(&name),
    ));
    if skip > 0 {
        let text = gettext("Headers of that name passed over: {count}");
        line(fill(&text, &[("count", &skip)]));
    }
}

fn saved(teller: &Teller, line: Line) {
    use Protocol::{Apop, Kpop, Pop3, Rpop, Sdps};
    let view = &teller.view;
    let is_kept = matches!(view.protocol(), Pop3 | Sdps | Apop | Rpop | Kpop);
    if !is_kept && !view.flag(Id::Uidl) {
        return;
    }
    let host = view.text(Id::Via).unwrap_or(view.label());
    let uids = (view.facts.saved)(view.remote(), host);
    if uids.is_empty() {
        return line(gettext("No UIDs are remembered."));
    }
    let text = ngettext(
        "{count} UID is remembered.",
        "{count} UIDs are remembered.",
        uids.len() as u64,
    );
    line(fill(&text, &[("count", &uids.len())]));
    if teller.extent.is_verbose {
        uids.iter()
            .for_each(|uid| line(format!("\t{}", shown(uid))));
    }
}

fn bad_header(teller: &Teller, line: Line) {
    match teller.view.accepts_bad_headers() {
        true => line(gettext("Messages with a malformed header are delivered.")),
        false if teller.extent.is_verbose => {
            line(gettext("Messages with a malformed header are rejected."));
        }
        false => {}
    }
}
