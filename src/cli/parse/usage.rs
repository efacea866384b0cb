//! The help text, made from the tables.

use std::fmt::Write;

use crate::base::i18n::{fill, gettext, gettext_noop};
use crate::cli::parse::general::GENERAL;
use crate::rc::option::{self, Keyword, Kind, Sets, Support, Switch};

/// What `--help` prints; `program` is how the person calls it, as `postrider fetch`.
pub fn usage(program: &str) -> String {
    let mut out = fill(
        &gettext("usage: {program} [options] [server ...]"),
        &[("program", &program)],
    );
    out.push_str("\n\n");
    for option in options(gettext) {
        let indent = if option.short.is_some() {
            "  "
        } else {
            "      "
        };
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

/// One option of the command line, for help, manual and completions.
pub struct Described {
    /// The letter.
    pub short: Option<char>,
    /// Long names without dashes.
    pub long: &'static [&'static str],
    /// What follows it.
    pub takes: Takes,
    /// `-k, --keep` with the placeholder of its argument.
    pub names: String,
    /// One line.
    pub help: String,
}

/// What follows an option.
#[derive(Clone, Copy)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// What this placeholder stands for.
    Placeholder(&'static str),
    /// The value of a keyword.
    Value(&'static Keyword),
}

/// How a text is translated; English stays when the result is a file for everybody.
pub type Translate = fn(&str) -> String;

/// Every option, in the order of the manual.
pub fn options(translate: Translate) -> impl Iterator<Item = Described> {
    let general = GENERAL.iter().map(move |declared| {
        let takes = declared.argument.map_or(Takes::Nothing, Takes::Placeholder);
        describe(
            declared.short,
            declared.long,
            takes,
            translate(declared.help),
        )
    });
    let of_keyword = move |keyword: &'static Keyword| {
        let describe = move |switch| describe_switch(keyword, switch, translate);
        keyword.switches.iter().map(describe)
    };
    general.chain(option::all().flat_map(of_keyword))
}

/// One way to say `keyword` on the command line.
pub fn describe_switch(
    keyword: &'static Keyword,
    switch: &'static Switch,
    translate: Translate,
) -> Described {
    let takes = match switch.sets {
        Sets::Value => Takes::Value(keyword),
        Sets::On | Sets::Off => Takes::Nothing,
    };
    describe(
        switch.short,
        switch.long,
        takes,
        help(keyword, switch, translate),
    )
}

fn help(keyword: &Keyword, switch: &Switch, translate: Translate) -> String {
    let help = translate(keyword.help);
    let has_on = keyword.switches.iter().any(|other| other.sets == Sets::On);
    let help = match switch.sets {
        Sets::Off if has_on => fill(
            &translate(gettext_noop("the opposite of --{option}")),
            &[("option", &keyword.name())],
        ),
        // TRANSLATORS: help of an option that switches something off.
        Sets::Off => fill(&translate(gettext_noop("not: {help}")), &[("help", &help)]),
        Sets::On | Sets::Value => help,
    };
    match keyword.support {
        Support::Acts => help,
        Support::Warns => fill(
            &translate(gettext_noop("{help} (no effect yet)")),
            &[("help", &help)],
        ),
        Support::Refuses => fill(
            &translate(gettext_noop("{help} (not supported yet)")),
            &[("help", &help)],
        ),
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

fn describe(
    short: Option<u8>,
    long: &'static [&'static str],
    takes: Takes,
    help: String,
) -> Described {
    let short = short.map(char::from);
    let letter = short.map(|letter| format!("-{letter}"));
    let words = long.iter().map(|name| format!("--{name}"));
    let mut names = letter
        .into_iter()
        .chain(words)
        .collect::<Vec<_>>()
        .join(", ");
    let argument = match takes {
        Takes::Nothing => None,
        Takes::Placeholder(name) => Some(name),
        Takes::Value(keyword) => Some(argument(keyword.kind)),
    };
    if let Some(argument) = argument {
        names.push(' ');
        names.push_str(argument);
    }
    Described {
        short,
        long,
        takes,
        names,
        help,
    }
}
