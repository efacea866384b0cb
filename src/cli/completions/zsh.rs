//! For zsh: one `_arguments` specification for each name of an option.

use std::fmt::Write;

use super::{Flag, Values, Verb};

/// The script.
pub(super) fn script(verbs: &[Verb]) -> String {
    let mut out = String::from(HEAD);
    for verb in verbs {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "      '{}:{}'", verb.name, escape(verb.help));
    }
    out.push_str(CHOICE);
    for verb in verbs {
        let _ = write!(out, "    ({})\n      _arguments -s -S", verb.name);
        for flag in &verb.flags {
            for spec in specs(flag) {
                let _ = write!(out, " \\\n        {spec}");
            }
        }
        match &verb.operand {
            Values::None => {}
            Values::Free => out.push_str(" \\\n        '*: :'"),
            operand => {
                let _ = write!(out, " \\\n        '1: :{}'", action(operand));
            }
        }
        out.push_str("\n      ;;\n");
    }
    out.push_str(TAIL);
    out
}

fn specs(flag: &Flag) -> Vec<String> {
    let names: Vec<String> = flag.names().collect();
    let others = names.join(" ");
    let spec = |name: &String| {
        let before = match flag.repeats {
            true => "*".to_owned(),
            false => format!("({others})"),
        };
        // `-p+`: the argument may be glued on; `--proto=`: or follow an equals sign.
        let joint = match (&flag.values, name.starts_with("--")) {
            (Values::None, _) => "",
            (_, true) => "=",
            (_, false) => "+",
        };
        let value = match &flag.values {
            Values::None => String::new(),
            values => format!(": :{}", action(values)),
        };
        let help = escape(&flag.help);
        format!("'{before}{name}{joint}[{help}]{value}'")
    };
    names.iter().map(spec).collect()
}

fn action(values: &Values) -> String {
    match values {
        Values::None | Values::Free => String::new(),
        Values::File => "_files".to_owned(),
        Values::Directory => "_files -/".to_owned(),
        Values::Program => "_cmdstring".to_owned(),
        Values::Service => "_ports".to_owned(),
        Values::Words(words) => format!("({})", words.join(" ")),
    }
}

/// Text inside of single quotes, brackets and a specification with colons.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' => out.push_str("'\\''"),
            '[' | ']' | ':' | '\\' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

const HEAD: &str = r#"#compdef postrider
# Completions of postrider for zsh; made by `postrider completions zsh`.

_postrider() {
  local curcontext=$curcontext verb
  local -a commands
  if (( CURRENT == 2 )); then
    commands=(
"#;

const CHOICE: &str = r#"    )
    _describe -t commands command commands
    return
  fi
  verb=$words[2]
  shift words
  (( CURRENT-- ))
  curcontext="${curcontext%:*:*}:postrider-$verb:"
  case $verb in
"#;

const TAIL: &str = r#"  esac
}

if [[ $funcstack[1] == _postrider ]]; then
  _postrider "$@"
else
  compdef _postrider postrider
fi
"#;
