//! `postrider completions SHELL`: what can be typed, from the tables, as a script for a shell.
//!
//! Made by hand: clap_complete's script for bash completes neither `--proto=i` nor
//! `--fetchmailrc=` nor a file as operand, which are the usual ways to type here. English: the
//! scripts are files that are installed once for everybody.

mod bash;
mod fish;
mod zsh;

use super::commands::{COMMANDS, Operand, SHELLS};
use super::parse::usage::{Takes, options};
use super::say;
use crate::base::i18n::{fill, gettext};
use crate::rc::option::words::{APOP, METHODS, PROTOCOLS};
use crate::rc::option::{Id, Keyword, Kind};

/// Prints the script for the shell in `args`.
pub(super) fn run(args: &[impl AsRef<str>]) -> u8 {
    let shell = match args {
        [shell] => shell.as_ref(),
        _ => "",
    };
    match script(shell) {
        Some(script) => {
            say::page(&script);
            0
        }
        None => {
            let text = gettext("Usage: postrider completions {shells}");
            say::err(fill(&text, &[("shells", &SHELLS.join("|"))]));
            super::USAGE
        }
    }
}

/// The script for one of [`SHELLS`].
pub fn script(shell: &str) -> Option<String> {
    let verbs = verbs();
    match shell {
        "bash" => Some(bash::script(&verbs)),
        "zsh" => Some(zsh::script(&verbs)),
        "fish" => Some(fish::script(&verbs)),
        _ => None,
    }
}

/// A command and what may follow it.
struct Verb {
    name: &'static str,
    help: &'static str,
    flags: Vec<Flag>,
    operand: Values,
}

/// An option.
struct Flag {
    short: Option<char>,
    long: Vec<&'static str>,
    help: String,
    values: Values,
    /// It may be said again.
    repeats: bool,
}

impl Flag {
    /// `-k`, `--keep`: all its names.
    fn names(&self) -> impl Iterator<Item = String> + '_ {
        let short = self.short.iter().map(|letter| format!("-{letter}"));
        short.chain(self.long.iter().map(|name| format!("--{name}")))
    }
}

/// What can be proposed for a word.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    /// There is no word.
    None,
    /// There is one that only the person knows.
    Free,
    File,
    Directory,
    Program,
    Service,
    Words(Vec<&'static str>),
}

impl From<Operand> for Values {
    fn from(operand: Operand) -> Self {
        match operand {
            Operand::None => Values::None,
            Operand::Text => Values::Free,
            Operand::File => Values::File,
            Operand::Directory => Values::Directory,
            Operand::Word(words) => Values::Words(words.to_vec()),
        }
    }
}

fn verbs() -> Vec<Verb> {
    let verb = |command: &'static super::commands::Command| Verb {
        name: command.name,
        help: command.help,
        flags: match command.name {
            "fetch" => fetch_flags(),
            _ => command.options.iter().map(own_flag).collect(),
        },
        operand: command.operand.into(),
    };
    COMMANDS.iter().map(verb).collect()
}

fn own_flag(choice: &'static super::commands::Choice) -> Flag {
    Flag {
        short: None,
        long: vec![choice.long],
        help: choice.help.to_owned(),
        values: choice.operand.into(),
        repeats: false,
    }
}

fn fetch_flags() -> Vec<Flag> {
    let flag = |option: super::parse::usage::Described| Flag {
        short: option.short,
        long: option.long.to_vec(),
        help: option.help,
        values: values(option.takes),
        repeats: match option.takes {
            // Twice for more.
            Takes::Nothing => option.short == Some('v'),
            Takes::Placeholder(_) => false,
            Takes::Value(keyword) => keyword.kind.is_list(),
        },
    };
    options(str::to_owned).map(flag).collect()
}

fn values(takes: Takes) -> Values {
    match takes {
        Takes::Nothing => Values::None,
        Takes::Placeholder("FILE") => Values::File,
        Takes::Placeholder(words) if words.contains('|') => {
            Values::Words(words.split('|').collect())
        }
        Takes::Placeholder(_) => Values::Free,
        Takes::Value(keyword) => of_keyword(keyword),
    }
}

fn of_keyword(keyword: &Keyword) -> Values {
    match keyword.kind {
        Kind::Path if keyword.id == Id::Sslcertpath => Values::Directory,
        Kind::Path => Values::File,
        Kind::Command => Values::Program,
        Kind::Service => Values::Service,
        Kind::Protocol => Values::Words(PROTOCOLS.iter().map(|row| row.word).collect()),
        Kind::Auth => {
            let words = METHODS.iter().flat_map(|method| method.words).copied();
            Values::Words(words.chain([APOP]).collect())
        }
        Kind::Choice(words) => Values::Words(words.to_vec()),
        Kind::Text if matches!(keyword.id, Id::Sslproto | Id::Sslprotover) => {
            Values::Words(vec!["auto", "tls1.2", "tls1.2+", "tls1.3", "tls1.3+"])
        }
        _ => Values::Free,
    }
}
