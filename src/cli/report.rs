//! `postrider report [SERVER ...]`: everything to know of an installation, fit to be shown to others:
//! passwords are masked, the home directory is `~`. With servers named, a look into their mailboxes is
//! added as it goes over the line; nothing is fetched.

use std::ffi::OsString;

use super::{fetch, say};
use crate::base::i18n::gettext;
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::File;
use crate::engine::api::words;
use crate::engine::oneshot::report::{Look, Report, report};
use crate::rc::Document;
use crate::rc::document::Span;
use crate::rc::shown::Lines;

/// Runs one invocation; `args` begin behind `report`.
pub fn run(args: &[OsString]) -> u8 {
    let (file, servers) = match args {
        [option, file, servers @ ..] if option == "--rc" => (Some(file.clone()), servers),
        servers => (None, servers),
    };
    if servers
        .iter()
        .any(|word| word.to_string_lossy().starts_with('-'))
    {
        say::err(gettext("Usage: postrider report [--rc FILE] [SERVER ...]"));
        return super::USAGE;
    }
    match report(file.clone().map(|file| File::Path(file.into()))) {
        Ok(report) => lines(&report)
            .into_iter()
            .for_each(|line| say::out(tilde(&line))),
        Err(halt) => {
            say::err(format!(
                "postrider: {}",
                words::halt_advice(&halt, "~/.fetchmailrc")
            ));
            return 6;
        }
    }
    if servers.is_empty() {
        return 0;
    }
    let mut head = Vec::new();
    section(&mut head, "A look into the mailboxes");
    head.into_iter().for_each(say::out);
    let mut words: Vec<OsString> = ["--check", "--nodetach", "-v", "-v"]
        .map(OsString::from)
        .into();
    if let Some(file) = file {
        words.extend(["-f".into(), file]);
    }
    words.extend(servers.iter().cloned());
    fetch::run("postrider", &words)
}

fn lines(report: &Report) -> Vec<String> {
    let mut out = vec![
        format!("# Postrider {}", crate::VERSION),
        format!("edition: {}", edition()),
        format!("system: {}", system()),
        format!("host: {}", report.own_name),
    ];
    section(&mut out, &format!("Configuration: {}", report.rc_path));
    match &report.rc {
        Ok(bytes) => out.extend(masked(bytes, report.has_errors)),
        Err(sentence) => out.push(sentence.clone()),
    }
    if !report.errors.is_empty() {
        section(&mut out, "What is odd about it");
        out.extend(report.errors.iter().cloned());
    }
    section(&mut out, "Accounts");
    for (id, target) in &report.accounts {
        out.push(format!("{id}: delivered to {target}"));
    }
    section(&mut out, "On record");
    match &report.record {
        Ok(looks) if looks.is_empty() => out.push("nothing".to_owned()),
        Ok(looks) => out.extend(looks.iter().flat_map(on_record)),
        Err(sentence) => out.push(sentence.clone()),
    }
    out
}

fn section(out: &mut Vec<String>, title: &str) {
    out.extend([String::new(), format!("## {title}")]);
}

fn edition() -> &'static str {
    match cfg!(feature = "desktop") {
        true => "desktop",
        false => "headless",
    }
}

fn system() -> String {
    let names = rustix::system::uname();
    let word = |name: &std::ffi::CStr| quiet(name.to_bytes(), QUIET_MAX);
    let release = std::fs::read("/etc/os-release").unwrap_or_default();
    let release = String::from_utf8_lossy(&release).into_owned();
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.unwrap_or_default().trim_matches('"');
    let kernel = [names.sysname(), names.release(), names.machine()].map(word);
    format!("{} {}", kernel.join(" "), quiet(name.as_bytes(), QUIET_MAX))
}

/// The lines of the file with every secret masked.
fn masked(bytes: &[u8], has_errors: bool) -> Vec<String> {
    let document = Document::parse(bytes);
    // With errors every line is masked as strictly as one that cannot be read.
    let all = Span {
        start: 0,
        end: bytes.len() as u32,
    };
    let lines = Lines::new(&document, Vec::from_iter(has_errors.then_some(all)));
    let starts = lines.starts();
    let shown = starts.iter().map(|start| lines.whole(lines.at(*start)));
    let mut shown: Vec<String> = shown.take(LINES).collect();
    if starts.len() > LINES {
        shown.push(format!("({} lines more)", starts.len() - LINES));
    }
    shown
}

fn on_record(look: &Look) -> Vec<String> {
    let account = quiet(&look.mailbox.account, QUIET_MAX);
    let folder = look.mailbox.folder.as_deref();
    let folder = folder.map_or_else(String::new, |name| format!(" ({})", quiet(name, QUIET_MAX)));
    let mut out = vec![format!(
        "{account}{folder}: {} delivered and kept, {} delivered and to be deleted, {} held, {} with some of their recipients",
        look.kept,
        look.pending.len(),
        look.held.len(),
        look.partly
    )];
    let uid = |uid: &[u8]| quiet(uid, QUIET_MAX);
    for one in look.pending.iter().take(SHOWN) {
        out.push(format!("  to be deleted: {}", uid(one.as_bytes())));
    }
    for (one, held) in look.held.iter().take(SHOWN) {
        let at = jiff::Timestamp::from_second(held.retry_at)
            .map_or_else(|_| String::new(), |t| t.to_string());
        let tries = held.tries;
        out.push(format!(
            "  held: {}, tried {tries} times, next {at}",
            uid(one.as_bytes())
        ));
    }
    out
}

/// The home directory says who somebody is.
fn tilde(line: &str) -> String {
    match std::env::var("HOME") {
        Ok(home) if home.len() > 1 => line.replace(&home, "~"),
        _ => line.to_owned(),
    }
}

/// Most lines of the file that are shown.
const LINES: usize = 1000;

/// Most messages of a mailbox that are named.
const SHOWN: usize = 20;
