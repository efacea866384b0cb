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
    for declared in &GENERAL {
        line(
            &mut out,
            declared.short,
            declared.long,
            declared.argument,
            &gettext(declared.help),
        );
    }
    for keyword in option::all() {
        for switch in keyword.switches {
            let argument = (switch.sets == Sets::Value).then(|| argument(keyword.kind));
            line(
                &mut out,
                switch.short,
                switch.long,
                argument,
                &help(keyword, switch),
            );
        }
    }
    out
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

fn line(out: &mut String, short: Option<u8>, long: &[&str], argument: Option<&str>, help: &str) {
    let mut names = short
        .map(|letter| format!("-{}, ", char::from(letter)))
        .unwrap_or_default();
    names.push_str(
        &long
            .iter()
            .map(|name| format!("--{name}"))
            .collect::<Vec<_>>()
            .join(", "),
    );
    if let Some(argument) = argument {
        names.push(' ');
        names.push_str(argument);
    }
    let indent = if short.is_some() { "  " } else { "      " };
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{indent}{names:width$}  {help}",
        width = 34 - indent.len()
    );
}
