//! Manual page, completions and option reference in `data/` are what the tables say, and shells and
//! formatters take them. To write them anew: `make generated`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use postrider::cli::{completions, man, reference};

use super::tidy::{root, short};

const MAN: &str = "data/man/postrider.1";
const BASH: &str = "data/completions/postrider.bash";
const ZSH: &str = "data/completions/_postrider";
const FISH: &str = "data/completions/postrider.fish";

#[test]
fn files_are_what_the_tables_say() {
    let completions = |shell| completions::script(shell).unwrap();
    let wanted = [
        (MAN, man::page()),
        (BASH, completions("bash")),
        (ZSH, completions("zsh")),
        (FISH, completions("fish")),
        ("data/options.md", reference::page()),
    ];
    for (name, wanted) in wanted {
        let path = root().join(name);
        if std::env::var_os("POSTRIDER_UPDATE").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &wanted).unwrap();
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        let name = short(&path);
        assert!(found == wanted, "{name} is stale: run `make generated`");
    }
}

#[test]
fn the_commands_print_them() {
    let check = |args: &[&str], file: &str| {
        let printed = run(Command::new(env!("CARGO_BIN_EXE_postrider")).args(args)).unwrap();
        let wanted = fs::read(root().join(file)).unwrap();
        assert!(printed.stdout == wanted, "postrider {args:?}");
        assert!(printed.status.success());
    };
    check(&["man"], MAN);
    check(&["completions", "bash"], BASH);
    check(&["completions", "zsh"], ZSH);
    check(&["completions", "fish"], FISH);
    for args in [&["completions"][..], &["completions", "csh"]] {
        let printed = run(Command::new(env!("CARGO_BIN_EXE_postrider")).args(args)).unwrap();
        assert_eq!(printed.status.code(), Some(5));
        assert!(printed.stdout.is_empty());
    }
}

/// Those that are not installed are passed over, except for bash.
#[test]
fn shells_and_formatters_take_them() {
    let check = |program: &str, args: &[&str], file: &str| {
        let path = root().join(file);
        let Some(output) = run(Command::new(program).args(args).arg(path)) else {
            assert_ne!(program, "bash");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}");
        assert!(said.is_empty(), "{program}: {said}");
    };
    check("bash", &["-n"], BASH);
    check("zsh", &["-n"], ZSH);
    check("fish", &["-n"], FISH);
    check("groff", &["-ww", "-z", "-man", "-Tutf8"], MAN);
    check("mandoc", &["-Tlint", "-Werror"], MAN);
}

/// The output, or nothing if there is no such program.
fn run(command: &mut Command) -> Option<Output> {
    command.stdin(Stdio::null()).output().ok()
}

/// What readline would offer: `line` is taken apart as readline does, at `=` too.
const ASK: &str = r#"
source "$1"
COMP_LINE=$2
COMP_WORDS=($(printf %s "$COMP_LINE" | sed 's/=/ = /g'))
[[ $COMP_LINE == *[\ =] ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_postrider postrider
printf '%s\n' "${COMPREPLY[@]}"
"#;

#[test]
fn bash_offers_what_can_be_typed() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["rc file", "rules"] {
        fs::write(dir.path().join(name), "").unwrap();
    }
    fs::create_dir(dir.path().join("runs")).unwrap();
    let check = |line: &str, expected: &[&str]| {
        assert_eq!(offers(dir.path(), line), expected, "{line}");
    };
    check("postrider fe", &["fetch"]);
    check("postrider fetch --prot", &["--protocol", "--proto"]);
    check("postrider fetch --proto i", &["imap"]);
    check("postrider fetch --proto=i", &["imap"]);
    check("postrider fetch -p i", &["imap"]);
    check("postrider fetch -kvp i", &["imap"]);
    check("postrider fetch -k i", &[]);
    check("postrider fetch --auth cram", &["cram-md5", "cram"]);
    check("postrider fetch --bad-header ", &["accept", "reject"]);
    check("postrider fetch --log-format=", &["json", "text"]);
    check("postrider fetch -f r", &["rc file", "rules", "runs"]);
    check("postrider fetch --fetchmailrc=rc", &["rc file"]);
    check("postrider fetch --sslcertpath r", &["runs"]);
    check("postrider fetch --timeout ", &[]);
    let of_lint = ["--explain", "--json", "--fix", "--write", "--all"];
    check("postrider lint --", &of_lint);
    check("postrider fmt --w", &["--write"]);
    check("postrider lint ru", &["rules", "runs"]);
    check("postrider deliver --maildir=", &["runs"]);
    check("postrider completions f", &["fish"]);
}

fn offers(dir: &Path, line: &str) -> Vec<String> {
    let script = root().join(BASH);
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", ASK, "bash"])
        .arg(script)
        .arg(line);
    let output = run(bash.current_dir(dir)).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut offers: Vec<String> = text.lines().map(str::to_owned).collect();
    offers.retain(|offer| !offer.is_empty());
    // Files come in the order of the directory.
    if offers.iter().any(|offer| offer.starts_with('r')) {
        offers.sort();
    }
    offers
}
