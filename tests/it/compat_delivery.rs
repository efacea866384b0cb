//! What is delivered, to whom, what is deleted and how it ends: the same rc file, the same mailbox
//! and the same listener, with the installed fetchmail and with ours (`tests/corpus/delivery`).
//!
//! Left out of the comparison: names and versions of the programs, dates, the order of messages, and
//! the blanks with which fetchmail fills the place of a longer encoding.
//! A case that differs on purpose says why, and fails once it does not differ any more.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::support::home::Home;
use super::support::journey::{Journey, PASSWORD, program};
use super::support::mailbox::Message;
use super::support::sink::{Received, Sink};

/// A case of the corpus.
#[derive(Debug, Default)]
struct Case {
    name: String,
    server: String,
    user: String,
    globals: String,
    sink: Vec<(String, String)>,
    is_mda: bool,
    is_bsmtp: bool,
    differs: Option<String>,
    /// With `differs`: what ours comes to, as [`brief`] puts it.
    ours: String,
    messages: Vec<Vec<u8>>,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    status: i32,
    left: usize,
    delivered: Vec<String>,
}

/// `key: value` lines, an empty line, messages with `%` lines between them. `\r`, `\0`, `\x..` and a
/// `\` at the end of a line (no line end) can be written.
fn parse(text: &str) -> Vec<Case> {
    let blocks = text.split("%%\n").filter(|block| !block.trim().is_empty());
    blocks.map(case).collect()
}

fn case(block: &str) -> Case {
    let (head, messages) = block.split_once("\n\n").unwrap_or((block, ""));
    let mut case = Case::default();
    for line in head.lines().filter(|line| !line.starts_with('#')) {
        let (key, value) = line.split_once(": ").unwrap_or((line, ""));
        match key {
            "name" => case.name = value.to_owned(),
            "server" => case.server = value.to_owned(),
            "user" => case.user = value.to_owned(),
            "set" => writeln!(case.globals, "set {value}").unwrap(),
            "mda" => case.is_mda = true,
            "bsmtp" => case.is_bsmtp = true,
            "ours" => case.ours = value.to_owned(),
            "differs" => case.differs = Some(value.to_owned()),
            "sink" => {
                let (step, reply) = value.split_once(" => ").unwrap();
                case.sink.push((step.to_owned(), reply.to_owned()));
            }
            _ => panic!("{key} in {block}"),
        }
    }
    case.messages = messages.split("\n%\n").map(message).collect();
    case
}

fn message(text: &str) -> Vec<u8> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let mut out = Vec::new();
    for line in text.split('\n') {
        let (line, has_end) = match line.strip_suffix('\\') {
            Some(line) => (line, false),
            None => (line, true),
        };
        let mut rest = line;
        while let Some((before, behind)) = rest.split_once('\\') {
            out.extend_from_slice(before.as_bytes());
            let length = match behind.as_bytes().first() {
                Some(b'r') => {
                    out.push(b'\r');
                    1
                }
                Some(b'x') => {
                    out.push(u8::from_str_radix(&behind[1..3], 16).unwrap());
                    3
                }
                _ => {
                    out.push(b'\\');
                    1
                }
            };
            rest = &behind[length..];
        }
        out.extend_from_slice(rest.as_bytes());
        if has_end {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

async fn run(case: &Case, program: &Path, first: &[&str]) -> Outcome {
    let messages = case.messages.iter().cloned().map(Message::new);
    let journey = Journey::with(messages).await;
    let sink = Sink::smtp().await;
    for (step, reply) in &case.sink {
        sink.answer(step, &reply.replace("\\r\\n", "\r\n"));
    }
    let target = match case.is_mda {
        true => "mda \"cat >> mail; echo To: %T From: %F >> mail\"".to_owned(),
        false if case.is_bsmtp => "bsmtp mail".to_owned(),
        false => format!("smtphost 127.0.0.1/{}", sink.port),
    };
    let rc = format!(
        "{}poll localhost proto pop3 port {} {}\n user ada password '{PASSWORD}' {} sslproto '' {target}\n",
        case.globals, journey.server.pop3, case.server, case.user
    );
    journey.home.rc(&rc);
    let ended = journey.home.run(program, first).await;
    let mut delivered = match case.is_mda || case.is_bsmtp {
        true => of_file(&journey.home),
        false => sink.received().iter().map(shown).collect(),
    };
    delivered.sort();
    Outcome {
        status: ended.status,
        left: journey.left(),
        delivered,
    }
}

fn of_file(home: &Home) -> Vec<String> {
    let mail = fs::read(home.path().join("mail")).unwrap_or_default();
    vec![plain(&mail)]
        .into_iter()
        .filter(|mail| !mail.is_empty())
        .collect()
}

fn shown(received: &Received) -> String {
    let Received {
        sender,
        recipients,
        octets,
    } = received;
    // Parameters are advice, and hidden ones may differ.
    let mut named: Vec<&str> = Vec::new();
    for recipient in recipients {
        // A recipient named twice gets one copy here (on purpose).
        if !named.contains(&recipient.as_str()) {
            named.push(recipient);
        }
    }
    format!("MAIL {sender}\nRCPT {}\n{}", named.join(" "), plain(octets))
}

/// Without what names the program, the computer and the time.
fn plain(octets: &[u8]) -> String {
    let text = octets
        .escape_ascii()
        .to_string()
        .replace("\\r\\n", "\\r\\n\n")
        .replace("\\n", "\\n\n")
        .replace("\\r\\n\n\n", "\\r\\n\n");
    let mut out = String::new();
    for line in text.lines() {
        let is_stamp = line.contains("(fetchmail-") || line.contains("(postrider-");
        if is_stamp {
            let head = line.split(" with ").nth(1).unwrap_or_default();
            let protocol = head.split(' ').next().unwrap_or_default();
            let rest = line.split_once("polling").map_or("", |(_, rest)| rest);
            writeln!(out, "<by us with {protocol} {rest}>").unwrap();
        } else if line.contains("; ") && line.contains("-drop)") || line.contains("(by default)") {
            writeln!(out, "{}", line.split("; ").next().unwrap_or_default()).unwrap();
        } else if line.starts_with("\\t") && line.contains(" +0000") {
            out.push_str("<date>\n");
        } else if let Some(end) = line.strip_prefix("Content-Transfer-Encoding: 8bit") {
            writeln!(out, "Content-Transfer-Encoding: 8bit{}", end.trim_start()).unwrap();
        } else {
            writeln!(out, "{line}").unwrap();
        }
    }
    out
}

/// How many messages are left, and the recipients of each that was delivered.
fn brief(outcome: &Outcome) -> String {
    let rcpt = |text: &String| {
        text.lines()
            .find_map(|line| line.strip_prefix("RCPT ").map(str::to_owned))
    };
    let mut all: Vec<String> = outcome.delivered.iter().filter_map(rcpt).collect();
    all.sort();
    format!("{} left; {}", outcome.left, all.join(" | "))
}

/// What differs.
fn told(ours: &Outcome, theirs: &Outcome) -> String {
    let only = |a: &Outcome, b: &Outcome| -> Vec<String> {
        let missing = a.delivered.iter().filter(|one| !b.delivered.contains(one));
        missing.cloned().collect()
    };
    let (o, t) = ((ours.status, ours.left), (theirs.status, theirs.left));
    let (mine, yours) = (only(ours, theirs), only(theirs, ours));
    format!("ours {o:?} {mine:#?}\ntheirs {t:?} {yours:#?}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_as_fetchmail() {
    let fetchmail = Path::new("/usr/bin/fetchmail");
    if !fetchmail.exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "fetchmail 6 must be installed for this test"
        );
        return;
    }
    let wanted = std::env::var("COMPAT_CASE").unwrap_or_default();
    let mut failures = Vec::new();
    let (mut count, mut differing) = (0, 0);
    let texts = include_str!("../corpus/delivery/routing.txt").to_owned()
        + "%%\n"
        + include_str!("../corpus/delivery/messages.txt")
        + "%%\n"
        + include_str!("../corpus/delivery/outcomes.txt")
        + "%%\n"
        + include_str!("../corpus/delivery/transform.txt");
    for case in parse(&texts)
        .iter()
        .filter(|case| case.name.contains(&wanted))
    {
        let (ours, theirs) =
            tokio::join!(run(case, program(), &["fetch"]), run(case, fetchmail, &[]));
        // A case in which neither program could deliver would compare nothing.
        let is_idle = theirs.status == 5 || (case.is_mda && theirs.delivered.is_empty());
        assert!(!is_idle, "{}: fetchmail did nothing: {theirs:?}", case.name);
        count += case.messages.len();
        differing += usize::from(case.differs.is_some());
        match (&case.differs, ours == theirs) {
            (None, false) => {
                failures.push(format!("{}: {}", case.name, told(&ours, &theirs)));
            }
            (Some(reason), true) => {
                failures.push(format!("{}: does not differ: {reason}", case.name))
            }
            (Some(_), false) if brief(&ours) != case.ours => {
                failures.push(format!(
                    "{}: {}, not {}",
                    case.name,
                    brief(&ours),
                    case.ours
                ));
            }
            _ => {}
        }
    }
    println!("{count} messages, {differing} cases differ on purpose");
    assert!(
        failures.is_empty(),
        "{} of the cases:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
    assert!(count >= 120 || !wanted.is_empty(), "{count} messages");
}
