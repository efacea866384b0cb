//! For bash, with or without the bash-completion package. Readline takes `--opt=value` apart at
//! the equals sign, so the option in question is looked for one or two words back.

use std::fmt::Write;

use super::{Flag, Values, Verb};

/// The script.
pub(super) fn script(verbs: &[Verb]) -> String {
    let mut out = String::from(HEAD);
    let names: Vec<&str> = verbs.iter().map(|verb| verb.name).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "    if [[ $COMP_CWORD -eq 1 ]]; then\n        \
         _postrider_words -W '{} --version'\n        \
         return\n    \
         fi",
        names.join(" ")
    );
    out.push_str(OPTION);
    letters(&mut out, verbs);
    out.push_str("    case $verb$option in\n");
    for verb in verbs {
        for flag in verb.flags.iter().filter(|flag| flag.values != Values::None) {
            let names: Vec<String> = flag.names().map(|n| format!("{}{n}", verb.name)).collect();
            arm(&mut out, &names.join("|"), &flag.values);
        }
    }
    out.push_str("    esac\n    case $verb in\n");
    for verb in verbs {
        let names: Vec<String> = verb.flags.iter().flat_map(Flag::names).collect();
        let _ = writeln!(
            out,
            "    {})\n        options='{}'",
            verb.name,
            names.join(" ")
        );
        if verb.operand != Values::None && verb.operand != Values::Free {
            let offer = offer(&verb.operand);
            let _ = writeln!(out, "        [[ $cur == -* ]] || {{ {offer}; return; }}");
        }
        out.push_str("        ;;\n");
    }
    out.push_str(TAIL);
    out
}

/// Letters bundled before one that takes an argument: `-kp` asks for what `-p` does.
fn letters(out: &mut String, verbs: &[Verb]) {
    let flags = || verbs.iter().flat_map(|verb| &verb.flags);
    let class = |takes: bool| -> String {
        let wanted = flags().filter(|flag| (flag.values != Values::None) == takes);
        wanted.filter_map(|flag| flag.short).collect()
    };
    let _ = writeln!(
        out,
        "    [[ $option =~ ^-[{}]+([{}])$ ]] && option=-${{BASH_REMATCH[1]}}",
        class(false),
        class(true)
    );
}

fn arm(out: &mut String, pattern: &str, values: &Values) {
    let _ = writeln!(
        out,
        "    {pattern})\n        {}\n        return ;;",
        offer(values)
    );
}

/// The command that proposes values.
fn offer(values: &Values) -> String {
    match values {
        Values::None | Values::Free => ":".to_owned(),
        Values::File => "_postrider_files -f".to_owned(),
        Values::Directory => "_postrider_files -d".to_owned(),
        Values::Program => "_postrider_words -c".to_owned(),
        Values::Service => "_postrider_words -s".to_owned(),
        Values::Words(words) => format!("_postrider_words -W '{}'", words.join(" ")),
    }
}

const HEAD: &str = r#"# Completions of postrider for bash; made by `postrider completions bash`.

# What begins like the word in work, which readline may have glued to its option.
_postrider_words() {
    mapfile -t COMPREPLY < <(compgen -P "$glued" "$@" -- "$cur")
}

_postrider_files() {
    compopt -o filenames 2>/dev/null
    _postrider_words "$1"
}

_postrider() {
    local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} option='' options='' glued=''
    COMPREPLY=()
"#;

const OPTION: &str = r#"    local before=${COMP_WORDS[COMP_CWORD - 1]}
    if [[ $cur == = ]]; then
        option=$before cur=''
    elif [[ $before == = && $COMP_CWORD -gt 2 ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $cur == --*=* ]]; then
        option=${cur%%=*} glued=${cur%%=*}= cur=${cur#*=}
    elif [[ $before == -* ]]; then
        option=$before
    fi
"#;

const TAIL: &str = r#"    esac
    [[ $cur == -* ]] && _postrider_words -W "$options"
}

complete -F _postrider postrider
"#;
