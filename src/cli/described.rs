//! An option of the table in words, for manual and reference. English throughout: both are files
//! that are installed once for everybody.

use super::parse::usage::describe_switch;
use crate::rc::option::{Keyword, Kind, Negation, Support};

/// What follows it in the file; empty for a flag.
pub fn argument(kind: Kind) -> String {
    let word = match kind {
        Kind::Flag => "",
        Kind::Number => "N",
        Kind::Numbers => "N ...",
        Kind::Text | Kind::Secret => "TEXT",
        Kind::Path => "FILE",
        Kind::Command => "COMMAND",
        Kind::Service => "PORT",
        Kind::List => "NAME ...",
        Kind::Names => "NAME[=NAME] ... [here]",
        Kind::Protocol => "PROTOCOL",
        Kind::Auth => "METHOD",
        Kind::Choice(words) => return words.join("|"),
        Kind::Envelope => "[N] HEADER",
        Kind::User => "NAME [there]",
    };
    word.to_owned()
}

/// The ways to take it back: `no keep`, `nokeep`.
pub fn negated(keyword: &Keyword) -> Vec<String> {
    if keyword.negation == Negation::None {
        return Vec::new();
    }
    let apart = keyword.words.iter().map(|word| format!("no {word}"));
    apart.chain(keyword.run_ons()).collect()
}

/// Its options on the command line: `-k, --keep`.
pub fn switches(keyword: &'static Keyword) -> Vec<String> {
    let names = |switch| describe_switch(keyword, switch, str::to_owned).names;
    keyword.switches.iter().map(names).collect()
}

/// What this release does not do about it, if anything.
pub fn shortfall(keyword: &Keyword) -> Option<&'static str> {
    match keyword.support {
        Support::Acts => None,
        Support::Warns => Some("Has no effect in this release."),
        Support::Refuses => Some("An account with it is not polled by this release."),
    }
}
