//! `postrider probe`: what a mail server speaks, how it is protected, what to use. The report's
//! words are the engine's.

use std::ffi::OsString;
use std::time::Duration;

use super::{say, screen};
use crate::base::i18n::{fill, gettext};
use crate::base::text::plain;
use crate::engine::api::job::found::{Found, State};
use crate::engine::api::job::report::{Outcome, Report};
use crate::engine::api::job::{Family, Request};
use crate::engine::api::report_text::{self, Format, Tone};
use crate::engine::api::words;
use crate::engine::oneshot::probe;

/// The statuses: something can be used; nothing answers, or nothing of use does.
const FOUND: u8 = 0;
const NOTHING: u8 = 2;

/// Longest time-out in seconds.
const LONGEST: u64 = 600;

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    request: Request,
    json: bool,
    is_verbose: bool,
}

/// Runs one invocation; `args` begin behind `probe`.
pub fn run(args: &[OsString]) -> u8 {
    let Some(mut typed) = parse(args) else {
        say::err(gettext(
            "Usage: postrider probe HOST [--json] [--timeout SECONDS] [--port N]... [--imap] [--pop3] [--smtp] [--etrn] [--odmr] [--ca FILE] [--ipv4 | --ipv6] [--plugin COMMAND] [-v]",
        ));
        return super::USAGE;
    };
    if typed.request.host.contains('@')
        && let Err(sentence) = turn_to_best(&mut typed)
    {
        say::err(format!("postrider: {sentence}"));
        return NOTHING;
    }
    let is_live = !typed.json && screen::is_drawable();
    let told = probe::run(&typed.request, |report| {
        if is_live && !report.rows.is_empty() {
            say::draw(&live(report));
        }
    });
    if is_live {
        say::draw(&[]);
    }
    match told {
        Ok(report) => {
            print(&report, &typed);
            status(&report)
        }
        Err(sentence) => {
            say::err(format!("postrider: {sentence}"));
            NOTHING
        }
    }
}

/// From a mail address to its best server; all that were found are told beside the report. Whom
/// was asked is told on demand, and what was odd about the answers where it came to nothing too.
fn turn_to_best(typed: &mut Typed) -> Result<(), String> {
    let found = probe::find(&typed.request.host)?;
    let is_aimed = probe::aim(&mut typed.request, &found);
    if typed.is_verbose {
        let asked: Vec<&str> = found
            .steps
            .iter()
            .flat_map(|step| &step.asked)
            .map(|name| &**name)
            .collect();
        let text = gettext("Asked: {names}");
        say::err(fill(&text, &[("names", &asked.join(", "))]));
    }
    if typed.is_verbose || !is_aimed {
        odd(&found).into_iter().for_each(say::err);
    }
    for card in &found.candidates {
        let (protocol, server) = (words::protocol(card.protocol), words::server(card));
        say::err(format!(
            "{protocol}: {server} ({})",
            words::source(&card.source)
        ));
    }
    if is_aimed {
        return Ok(());
    }
    let text = gettext("No settings found for {domain}. Name the mail server itself.");
    Err(fill(&text, &[("domain", &found.domain)]))
}

/// What the sources have said that is no settings, each sentence once.
fn odd(found: &Found) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for step in &found.steps {
        let failed = match &step.state {
            State::Failed(sentence) => Some(sentence),
            _ => None,
        };
        for sentence in step.notes.iter().chain(failed) {
            if !sentences.contains(sentence) {
                sentences.push(sentence.clone());
            }
        }
    }
    sentences
}

fn status(report: &Report) -> u8 {
    match probe::is_usable(report) {
        true => FOUND,
        false => NOTHING,
    }
}

fn print(report: &Report, typed: &Typed) {
    if typed.json {
        say::out(report_text::render(report, Format::Json, false));
        return;
    }
    let is_colourful =
        screen::is_drawable() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let paint = |tone: Tone, text: &str| {
        let text = plain(text);
        match colour(tone).filter(|_| is_colourful) {
            Some(code) => format!("\x1b[{code}m{text}\x1b[0m"),
            None => text.into_owned(),
        }
    };
    report_text::summary(report, &paint)
        .lines()
        .for_each(say::styled);
    if typed.is_verbose {
        say::page(&report_text::details(report));
    }
}

fn colour(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Good => Some("32"),
        Tone::Warning => Some("33"),
        Tone::Bad => Some("31"),
        Tone::Faint => Some("2"),
        Tone::Plain => None,
    }
}

/// One line while it goes on.
fn live(report: &Report) -> Vec<String> {
    let is_over = |outcome: &Outcome| !matches!(outcome, Outcome::Waiting | Outcome::Working);
    let done = report
        .rows
        .iter()
        .filter(|row| is_over(&row.outcome))
        .count();
    let text = gettext("Asking {host}: {done} of {all} ports");
    let all = report.rows.len();
    vec![fill(
        &text,
        &[("host", &report.host), ("done", &done), ("all", &all)],
    )]
}

/// Protocols that are named are the only ones asked for; ports that are named come on top of them,
/// and without protocols they are the only ones.
fn parse(args: &[OsString]) -> Option<Typed> {
    let mut request = Request::new("");
    let (mut json, mut is_verbose, mut is_option) = (false, false, true);
    let (mut host, mut named) = (None, Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let word = arg.to_str()?;
        let is_named = is_option && word.len() > 1 && word.starts_with('-');
        let (name, joined) = match word.split_once('=').filter(|_| is_named) {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let mut value = || {
            joined
                .map(str::to_owned)
                .or_else(|| args.next()?.to_str().map(str::to_owned))
        };
        match name {
            _ if !is_named && host.is_some() => return None,
            _ if !is_named => host = Some(word.to_owned()),
            "--timeout" => request.timeout = seconds(&value()?)?,
            "--port" => request
                .ports
                .push(value()?.parse().ok().filter(|port| *port != 0)?),
            "--ca" => request.ca_file = Some(value()?.into()),
            "--plugin" => request.plugin = Some(value()?),
            _ if joined.is_some() => return None,
            "--" => is_option = false,
            "--json" => json = true,
            "-v" | "--verbose" => is_verbose = true,
            "--ipv4" | "--ipv6" if request.family != Family::Any => return None,
            "--ipv4" => request.family = Family::V4,
            "--ipv6" => request.family = Family::V6,
            "--imap" | "--pop3" | "--smtp" | "--etrn" | "--odmr" => named.push(name.to_owned()),
            _ => return None,
        }
    }
    request.host = host.filter(|host| !host.is_empty())?;
    let is_named = |word: &str| named.iter().any(|name| name == word);
    if !named.is_empty() {
        request.imap = is_named("--imap");
        request.pop3 = is_named("--pop3");
        request.pop2 = false;
        request.smtp = is_named("--smtp") || is_named("--etrn");
        request.odmr = is_named("--odmr");
    }
    request.only_ports = named.is_empty() && !request.ports.is_empty();
    Some(Typed {
        request,
        json,
        is_verbose,
    })
}

fn seconds(word: &str) -> Option<Duration> {
    let seconds: u64 = word.parse().ok()?;
    (1..=LONGEST)
        .contains(&seconds)
        .then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Option<Typed> {
        let args: Vec<OsString> = words.split_whitespace().map(Into::into).collect();
        parse(&args)
    }

    #[test]
    fn arguments() {
        let check = |words: &str, change: fn(&mut Typed)| {
            let mut expected = Typed {
                request: Request::new("h"),
                json: false,
                is_verbose: false,
            };
            change(&mut expected);
            assert_eq!(parsed(words), Some(expected), "{words}");
        };
        check("h", |_| ());
        check("--json -v h", |t| (t.json, t.is_verbose) = (true, true));
        check("h --timeout 3", |t| {
            t.request.timeout = Duration::from_secs(3)
        });
        check("--timeout=3 h", |t| {
            t.request.timeout = Duration::from_secs(3)
        });
        check("h --port 1143 --port=2143", |t| {
            (t.request.ports, t.request.only_ports) = (vec![1143, 2143], true);
        });
        check("h --imap --port 1143", |t| {
            (t.request.pop3, t.request.pop2, t.request.ports) = (false, false, vec![1143]);
        });
        check("h --etrn --odmr", |t| {
            (t.request.imap, t.request.pop3, t.request.pop2) = (false, false, false);
            (t.request.smtp, t.request.odmr) = (true, true);
        });
        check("h --ipv6", |t| t.request.family = Family::V6);
        check("h --ca x.pem", |t| t.request.ca_file = Some("x.pem".into()));
        check("h --plugin=nc", |t| {
            t.request.plugin = Some("nc".to_owned())
        });
        check("-- h", |_| ());
    }

    #[test]
    fn what_is_refused() {
        for words in [
            "",
            "--json",
            "a b",
            "h --port",
            "h --port 0",
            "h --port 70000",
            "h --timeout 0",
            "h --timeout 601",
            "h --timeout x",
            "h --json=1",
            "h --user x",
            "h --password x",
            "h --ipv4 --ipv6",
            "-x h",
        ] {
            assert_eq!(parsed(words), None, "{words}");
        }
    }
}
