//! The command line: what was typed becomes an engine that runs in this process, or one piece
//! of work done at once. Nothing here knows protocols or sockets.

mod ask;
mod commands;
pub mod completions;
mod deliver;
mod described;
mod exit;
mod fetch;
mod fmt;
mod lines;
mod lint;
pub mod man;
pub mod parse;
mod probe;
pub mod reference;
mod report;
mod route;
mod say;
mod screen;
mod secret;
mod trace;

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::base::i18n::{fill, gettext};
use crate::engine::oneshot::agent;
use crate::rc::Document;

/// fetchmail's status for bad arguments.
const USAGE: u8 = 5;

/// Runs the command line; `args` begin with the program's name.
pub fn main(args: Vec<OsString>) -> ExitCode {
    let mut args = args.into_iter();
    let program = args.next().map(base_name).unwrap_or_default();
    let rest: Vec<OsString> = args.collect();
    if program == "fetchmail" {
        return fetch::run(&program, &rest).into();
    }
    let words: Vec<_> = rest.iter().map(|word| word.to_string_lossy()).collect();
    let status = match words.first().map(AsRef::as_ref) {
        None | Some("app") => start_desktop(rest.get(1..).unwrap_or_default()),
        Some("fetch") => fetch::run("postrider", &rest[1..]),
        Some("deliver") => deliver::run(&rest[1..]),
        Some("completions") => completions::run(&words[1..]),
        Some("lint") => lint::run(&rest[1..]),
        Some("fmt") => fmt::run(&rest[1..]),
        Some("probe") => probe::run(&rest[1..]),
        Some("report") => report::run(&rest[1..]),
        Some("route") => route::run(&rest[1..]),
        Some("secret") => secret::run(&rest[1..]),
        // Of our own programs alone, for an administrator; no part of any help.
        Some(agent::WORD) => agent::run(&rest[1..]),
        Some("man" | "help" | "--help" | "-h" | "-?" | "--version" | "-V") if words.len() > 1 => {
            usage().lines().for_each(say::err);
            USAGE
        }
        Some("man") => {
            say::page(&man::page());
            0
        }
        Some("help" | "--help" | "-h" | "-?") => {
            say::page(&usage());
            0
        }
        Some("--version" | "-V") => {
            say::out(format!("Postrider {}", crate::VERSION));
            0
        }
        Some(word) => {
            let text = gettext("postrider: unknown command “{word}”");
            say::err(fill(&text, &[("word", &word)]));
            usage().lines().for_each(say::err);
            USAGE
        }
    };
    status.into()
}

fn base_name(program: OsString) -> String {
    let name = Path::new(&program)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_default()
}

/// An rc file that comes by standard input. Of one that is too large so much is read that it is
/// refused.
fn standard_input() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = Document::MAX as u64 + 1;
    std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn usage() -> String {
    gettext(
        "Postrider fetches your mail and delivers it to this computer.

Usage:
  postrider                    open the window
  postrider fetch [OPTIONS] [SERVER…]
                               check for mail in the terminal, as fetchmail does;
                               “postrider fetch --help” lists the options
  postrider deliver --maildir FOLDER | --mbox FILE
                               deliver one message from standard input
  postrider lint [--explain | --json | --fix [--all] | --write [--all]] [FILE]
                               what is wrong with the accounts' file or could be better,
                               with fixes as a diff, or made
  postrider fmt [--write] [FILE]
                               the accounts' file in a tidy layout, passwords included;
                               printed, or saved in its place
  postrider probe HOST [--json] [--timeout SECONDS] [--port N]… [--imap] [--pop3] [--smtp]
                  [--etrn] [--odmr] [--ca FILE] [--ipv4 | --ipv6] [--plugin COMMAND] [-v]
                               what a mail server speaks, how it is protected and what to
                               use; no name or password is sent
  postrider route [--rc FILE] [--server LABEL] [--user NAME] [--dns ask|yes|no] [--json] [MESSAGE]
                               who would get a message of a mailbox with several recipients,
                               and why
  postrider secret set|show-source|clear LABEL USER
                               keep an account’s password in the keyring, say where it
                               comes from, or take it out
  postrider report [--rc FILE] [SERVER…]
                               what to show whoever helps you: versions, the accounts'
                               file with its passwords masked, what is unfinished
  postrider man                the manual page, for “man -l”
  postrider completions bash|zsh|fish
                               completions for a shell
  postrider help               this page
  postrider --version          the release

Accounts stand in ~/.fetchmailrc.",
    )
}

/// Starts the desktop program found beside this one. The headless edition has none: it prints
/// its help instead.
fn start_desktop(args: &[OsString]) -> u8 {
    let desktop = std::env::current_exe().ok().and_then(|own| {
        let beside = own.with_file_name("postrider-desktop");
        beside.is_file().then_some(beside)
    });
    let Some(desktop) = desktop else {
        say::page(&usage());
        return 0;
    };
    match Command::new(&desktop).args(args).status() {
        Ok(status) => status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(1),
        Err(error) => {
            say::err(format!("postrider: {}: {error}", desktop.display()));
            1
        }
    }
}
