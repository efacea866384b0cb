//! The help text, made from the tables.

use std::fmt::Write;

use crate::base::i18n::{fill, gettext};
use crate::cli::parse::general::GENERAL;
use crate::rc::option::{self, Keyword, Kind, Sets, Support, Switch};

/// What `--help` prints; `program` is how the person calls it, as `postrider fetch`.
pub fn usage(program: &str) -> String {
    let mut out = fill(
        &gettext("usage: {program} [options] [server ...]"),
        &[("program", &program)],
    );
    out.push_str("\n\n");
    for option in options() {
        let indent = if option.has_letter { "  " } else { "      " };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{indent}{names:width$}  {help}",
            names = option.names,
            width = 34 - indent.len(),
            help = option.help
        );
    }
    out
}

/// One option of the command line, for the help and for the manual.
pub struct Described {
    /// `-k, --keep` with the placeholder of its argument.
    pub names: String,
    /// It has a letter.
    pub has_letter: bool,
    /// One line.
    pub help: String,
}

/// Every option, in the order of the manual.
pub fn options() -> impl Iterator<Item = Described> {
    let general = GENERAL.iter().map(|declared| {
        describe(
            declared.short,
            declared.long,
            declared.argument,
            gettext(declared.help),
        )
    });
    let of_keyword = |keyword: &'static Keyword| {
        keyword.switches.iter().map(move |switch| {
            let argument = (switch.sets == Sets::Value).then(|| argument(keyword.kind));
            describe(switch.short, switch.long, argument, help(keyword, switch))
        })
    };
    general.chain(option::all().flat_map(of_keyword))
}

fn help(keyword: &Keyword, switch: &Switch) -> String {
    let help = gettext(keyword.help);
    let has_on = keyword.switches.iter().any(|other| other.sets == Sets::On);
    let help = match switch.sets {
        Sets::Off if has_on => fill(
            &gettext("the opposite of --{option}"),
            &[("option", &keyword.name())],
        ),
        // TRANSLATORS: help of an option that switches something off.
        Sets::Off => fill(&gettext("not: {help}"), &[("help", &help)]),
        Sets::On | Sets::Value => help,
    };
    match keyword.support {
        Support::Acts => help,
        Support::Warns => fill(&gettext("{help} (no effect yet)"), &[("help", &help)]),
        Support::Refuses => fill(&gettext("{help} (not supported yet)"), &[("help", &help)]),
    }
}

/// Placeholders are part of the command language and not translated.
fn argument(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "N",
        Kind::Numbers => "N,N...",
        Kind::Path => "FILE",
        Kind::Command => "COMMAND",
        Kind::Service => "PORT",
        Kind::List => "NAME,NAME...",
        Kind::Protocol => "PROTOCOL",
        Kind::Auth | Kind::Choice(_) => "WORD",
        Kind::Flag | Kind::Text | Kind::Secret | Kind::Names | Kind::Envelope | Kind::User => {
            "TEXT"
        }
    }
}

fn describe(short: Option<u8>, long: &[&str], argument: Option<&str>, help: String) -> Described {
    let letter = short.map(|letter| format!("-{}", char::from(letter)));
    let words = long.iter().map(|name| format!("--{name}"));
    let mut names = letter
        .into_iter()
        .chain(words)
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(argument) = argument {
        names.push(' ');
        names.push_str(argument);
    }
    Described {
        names,
        has_letter: short.is_some(),
        help,
    }
}
