//! For fish: one `complete` line an option; more long names of the same get lines of their own.

use std::fmt::Write;

use super::{Flag, Values, Verb};

/// The script.
pub(super) fn script(verbs: &[Verb]) -> String {
    let mut out = String::from(HEAD);
    for verb in verbs {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "complete -c postrider -n __postrider_needs_command -a {} -d '{}'",
            verb.name,
            escape(verb.help)
        );
    }
    for verb in verbs {
        let _ = writeln!(out, "\n# {}", verb.name);
        let head = format!("complete -c postrider -n '__postrider_is {}'", verb.name);
        for flag in &verb.flags {
            option(&mut out, &head, flag);
        }
        if let Some(values) = action(&verb.operand) {
            let _ = writeln!(out, "{head} {values}");
        }
    }
    out
}

fn option(out: &mut String, head: &str, flag: &Flag) {
    let values = match &flag.values {
        Values::None => String::new(),
        values => format!(" -r {}", action(values).unwrap_or_else(|| "-f".to_owned())),
    };
    let help = escape(&flag.help);
    let mut short = flag.short.map(|letter| format!(" -s '{letter}'"));
    for name in &flag.long {
        let short = short.take().unwrap_or_default();
        let _ = writeln!(out, "{head}{short} -l {name}{values} -d '{help}'");
    }
}

fn action(values: &Values) -> Option<String> {
    match values {
        Values::None | Values::Free => None,
        Values::File => Some("-F".to_owned()),
        Values::Directory => Some("-f -a '(__fish_complete_directories)'".to_owned()),
        Values::Program => Some("-f -a '(__fish_complete_command)'".to_owned()),
        Values::Service => Some("-f".to_owned()),
        Values::Words(words) => Some(format!("-f -a '{}'", words.join(" "))),
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

const HEAD: &str = r#"# Completions of postrider for fish; made by `postrider completions fish`.

function __postrider_needs_command
    test (count (commandline -opc)) -eq 1
end

function __postrider_is
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = $argv[1]
end

complete -c postrider -f
"#;
