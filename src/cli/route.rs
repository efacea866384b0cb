//! `postrider route`: the recipients of a message, one a line, each with the reason.

mod json;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};

use super::say;
use crate::base::i18n::gettext;
use crate::base::text::quiet;
use crate::engine::File;
use crate::engine::api::route_words::{self as why, SHOWN};
use crate::engine::api::routing::{Dns, Routed, Verdict};
use crate::engine::oneshot::route::{Request, route, sentence};

/// The statuses: somebody gets it, only the postmaster or nobody does, bad arguments or file, nothing
/// to read, DNS would have to say more.
const FOUND: u8 = 0;
const NOBODY: u8 = 1;
const UNREADABLE: u8 = 6;
const WAITS: u8 = 75;

/// What was typed.
struct Typed {
    request: Request,
    message: Option<OsString>,
    json: bool,
}

/// Runs one invocation; `args` begin behind `route`.
pub fn run(args: &[OsString]) -> u8 {
    let Some(typed) = parse(args) else {
        say::err(gettext(
            "Usage: postrider route [--rc FILE] [--server LABEL] [--user NAME] [--dns ask|yes|no] [--json] [MESSAGE]",
        ));
        return super::USAGE;
    };
    let mut message: Box<dyn Read> = match &typed.message {
        Some(path) if path != "-" => match fs::File::open(path) {
            Ok(file) => Box::new(file),
            Err(error) => {
                say::err(format!("postrider: {}: {error}", path.to_string_lossy()));
                return UNREADABLE;
            }
        },
        _ => Box::new(io::stdin().lock()),
    };
    match route(&typed.request, &mut message) {
        Err(halt) => {
            let sentence = sentence(&halt);
            sentence
                .lines()
                .for_each(|line| say::err(format!("postrider: {line}")));
            UNREADABLE
        }
        Ok(routed) if routed.is_empty() => {
            say::err(gettext("postrider: there is no such account."));
            UNREADABLE
        }
        Ok(routed) => {
            match typed.json {
                true => say::out(json::report(&routed)),
                false => report(&routed),
            }
            status(&routed)
        }
    }
}

fn parse(args: &[OsString]) -> Option<Typed> {
    let mut typed = Typed {
        request: Request {
            file: None,
            server: None,
            user: None,
            dns: Dns::Ask,
        },
        message: None,
        json: false,
    };
    let mut args = args.iter();
    let mut is_option = true;
    while let Some(arg) = args.next() {
        let word = arg
            .to_str()
            .filter(|word| is_option && word.starts_with("--"));
        let (name, joined) = match word.and_then(|word| word.split_once('=')) {
            Some((name, value)) => (Some(name), Some(OsString::from(value))),
            None => (word, None),
        };
        let mut value = || joined.clone().or_else(|| args.next().cloned());
        match name {
            Some("--") => is_option = false,
            Some("--json") if joined.is_none() => typed.json = true,
            Some("--rc") => typed.request.file = Some(File::Path(value()?.into())),
            Some("--server") => typed.request.server = Some(value()?.into_string().ok()?),
            Some("--user") => typed.request.user = Some(value()?.into_string().ok()?),
            Some("--dns") => typed.request.dns = dns(value()?.to_str()?)?,
            Some(_) => return None,
            None if typed.message.is_some() => return None,
            None => typed.message = Some(arg.clone()),
        }
    }
    Some(typed)
}

/// What `--dns` says: whether every host that DNS would be asked about is the mail server.
fn dns(word: &str) -> Option<Dns> {
    match word {
        "ask" => Some(Dns::Ask),
        "yes" => Some(Dns::Is),
        "no" => Some(Dns::IsNot),
        _ => None,
    }
}

fn status(routed: &[Routed]) -> u8 {
    let is_found =
        |routed: &Routed| !routed.routing.recipients.is_empty() && !routed.routing.is_last_resort;
    match routed {
        _ if routed.iter().any(|routed| routed.routing.is_deferred) => WAITS,
        _ if routed.iter().any(is_found) => FOUND,
        _ => NOBODY,
    }
}

/// A line for each recipient: name, tab, reason; then one for each address that leads to none, with
/// `-` for the name. With several accounts each is named above its lines.
fn report(routed: &[Routed]) {
    for one in routed {
        if routed.len() > 1 {
            say::out(format!("# {}", one.id));
        }
        lines(one).into_iter().for_each(say::out);
    }
}

fn lines(one: &Routed) -> Vec<String> {
    let routing = &one.routing;
    let mut out = Vec::new();
    for recipient in &routing.recipients {
        let by = routing
            .found
            .iter()
            .find(|found| matches!(&found.verdict, Verdict::Goes { to, .. } if to == recipient));
        let reason = match by.filter(|_| !routing.is_last_resort) {
            Some(found) => why::address(found, one),
            None => why::nobody(routing),
        };
        out.push(format!("{}\t{reason}", quiet(recipient, SHOWN)));
    }
    if routing.recipients.is_empty() {
        out.push(format!("-\t{}", why::nobody(routing)));
    }
    let others = routing
        .found
        .iter()
        .filter(|found| routing.is_last_resort || !matches!(found.verdict, Verdict::Goes { .. }));
    out.extend(others.map(|found| format!("-\t{}", why::address(found, one))));
    out
}
