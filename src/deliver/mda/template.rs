//! The command of `mda`: its expansions, and the one form that needs no shell.
//!
//! Addresses come from strangers and end up in a shell's command line, so each expansion is
//! quoted with no way out (threats.md A14).

use std::path::PathBuf;

use crate::deliver::Error;
use crate::mail::Envelope;

/// A command whose expansions stand where they can be made safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Vec<u8>),
    Value { of: Of, is_quoted: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Recipients,
    Sender,
    Host,
}

impl Template {
    /// Reads `%T`, `%s`, `%F`, `%h`; any other `%` stands for itself. A quote or backslash directly
    /// before an expansion would undo the quotes it gets, so it is an error (fetchmail(1), mda).
    pub fn parse(command: &[u8]) -> Result<Self, Error> {
        let mut pieces = Vec::new();
        let mut text = Vec::new();
        let mut quotes = Quotes::default();
        let mut rest = command.iter().copied().peekable();
        while let Some(byte) = rest.next() {
            let of = (byte == b'%').then(|| rest.peek().copied().and_then(expansion));
            let Some(of) = of.flatten() else {
                quotes.pass(byte);
                text.push(byte);
                continue;
            };
            rest.next();
            if matches!(text.last(), Some(b'\'' | b'"' | b'\\' | b'`')) {
                return Err(Error::Command {
                    what: "a quote stands directly before a % expansion, which is quoted by itself"
                        .to_owned(),
                });
            }
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            let is_quoted = quotes.is_inside();
            pieces.push(Piece::Value { of, is_quoted });
        }
        pieces.push(Piece::Text(text));
        Ok(Self(pieces))
    }

    /// The command line for one message.
    pub fn expand(&self, envelope: &Envelope, host: &str) -> Vec<u8> {
        let mut line = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => line.extend_from_slice(text),
                Piece::Value { of, is_quoted } => {
                    let value = match of {
                        Of::Recipients => joined(&envelope.recipients),
                        // Within quotes of the command these are no text to every shell.
                        Of::Sender if *is_quoted && envelope.sender == b"<>" => Vec::new(),
                        Of::Sender => harmless(&envelope.sender),
                        Of::Host => harmless(host.as_bytes()),
                    };
                    line.push(b'\'');
                    line.extend(value.into_iter().map(|b| match b {
                        _ if *is_quoted && !is_plain(b) => b'_',
                        b'\'' => b'_',
                        _ if b.is_ascii_control() => b'_',
                        _ => b,
                    }));
                    line.push(b'\'');
                }
            }
        }
        line
    }
}

fn expansion(letter: u8) -> Option<Of> {
    match letter {
        b'T' | b's' => Some(Of::Recipients),
        b'F' => Some(Of::Sender),
        b'h' => Some(Of::Host),
        _ => None,
    }
}

fn joined(names: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<_> = names.iter().map(|name| harmless(name)).collect();
    names.join(&b' ')
}

/// A name that looks like an option does not act as one.
fn harmless(name: &[u8]) -> Vec<u8> {
    let mut name = name.to_vec();
    if let Some(first @ b'-') = name.first_mut() {
        *first = b'_';
    }
    name
}

/// Bytes that mean nothing to a shell, whatever quotes they stand in: inside quotes of the
/// command, our single quotes close or do nothing.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"@._+-=:,/ ".contains(&byte)
}

/// Whether the place reached in the command is inside quotes, by the shell's rules.
#[derive(Default)]
struct Quotes {
    open: Option<u8>,
    is_escaped: bool,
}

impl Quotes {
    fn pass(&mut self, byte: u8) {
        if std::mem::take(&mut self.is_escaped) {
            return;
        }
        match (self.open, byte) {
            (Some(b'\''), b'\'') => self.open = None,
            (Some(b'\''), _) => {}
            (_, b'\\') => self.is_escaped = true,
            (Some(open), _) if open == byte => self.open = None,
            (None, b'\'' | b'"' | b'`') => self.open = Some(byte),
            _ => {}
        }
    }

    fn is_inside(&self) -> bool {
        self.open.is_some()
    }
}

/// The folder of a command that is exactly `postrider deliver --maildir PATH`: such mail is
/// delivered without a process for each message (contract.md, In-process delivery).
pub fn maildir_of(command: &[u8], force_shell: bool) -> Option<PathBuf> {
    if force_shell {
        return None;
    }
    let mut rest = std::str::from_utf8(command).ok()?.trim();
    let (program, after) = rest.split_once([' ', '\t'])?;
    let is_ours = match program.rsplit_once('/') {
        None => program == NAME,
        Some((_, name)) => name == NAME && program.starts_with('/'),
    };
    rest = after.trim_start();
    for word in ["deliver", "--maildir"] {
        let after = rest.strip_prefix(word)?;
        rest = after.strip_prefix([' ', '\t'])?.trim_start();
    }
    let path = unquoted(rest)?;
    let is_simple = |text: &str| !text.chars().any(|c| c.is_control() || SHELL.contains(c));
    (is_ours && is_simple(path.0) && is_simple(program)).then(|| located(path))?
}

/// The path, and whether it stood in quotes.
fn unquoted(word: &str) -> Option<(&str, bool)> {
    for quote in ['\'', '"'] {
        if let Some(open) = word.strip_prefix(quote) {
            return Some((open.strip_suffix(quote)?, true));
        }
    }
    (!word.contains(char::is_whitespace)).then_some((word, false))
}

fn located((path, was_quoted): (&str, bool)) -> Option<PathBuf> {
    match path.strip_prefix("~/") {
        // A shell leaves a quoted ~ alone, but nobody who writes it means that.
        Some(below) => Some(PathBuf::from(std::env::var_os("HOME")?).join(below)),
        None if path.is_empty() || (path.starts_with('~') && !was_quoted) => None,
        None => std::path::absolute(path).ok(),
    }
}

/// Whether the command's first word is our own bare name.
pub fn is_our_own(command: &[u8]) -> bool {
    let mut words = command
        .split(u8::is_ascii_whitespace)
        .filter(|w| !w.is_empty());
    words.next() == Some(NAME.as_bytes())
}

/// What the program is called in commands.
const NAME: &str = "postrider";

/// Characters a shell would act on, and the percent sign.
const SHELL: &str = "%$`\\\"'|&;<>()*?[]#!{}";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::sample::envelope;

    fn expand(command: &str, sender: &str, to: &[&str]) -> String {
        let envelope = envelope(sender, to);
        let template = Template::parse(command.as_bytes()).unwrap();
        String::from_utf8(template.expand(&envelope, "pop.test")).unwrap()
    }

    #[test]
    fn expansions_are_quoted() {
        let check = |command: &str, expected: &str| {
            assert_eq!(expand(command, "s@x", &["joe", "ann"]), expected);
        };
        check("mda -f %F -d %T", "mda -f 's@x' -d 'joe ann'");
        check("mda %s at %h", "mda 'joe ann' at 'pop.test'");
        check("mda 100% %d %%", "mda 100% %d %%");
        check("mda %", "mda %");
        check("sh -c \"mda %F\"", "sh -c \"mda 's@x'\"");
    }

    #[test]
    fn addresses_do_not_get_out() {
        let check = |command: &str, sender: &str, expected: &str| {
            assert_eq!(expand(command, sender, &["joe"]), expected);
        };
        check("mda %F", "a'; rm -rf /;'", "mda 'a_; rm -rf /;_'");
        check("mda %F", "$(id)`id`", "mda '$(id)`id`'");
        check("mda %F", "-oQ/tmp", "mda '_oQ/tmp'");
        check("mda %F", "a\nb", "mda 'a_b'");
        check("mda %F", "", "mda ''");
        check("mda %F", "<>", "mda '<>'");
        check("sh -c \"mda %F\"", "<>", "sh -c \"mda ''\"");
        check("sh -c \"mda %F\"", "$(id)\"x", "sh -c \"mda '__id__x'\"");
        check("sh -c 'mda %F'", "$(id);x", "sh -c 'mda '__id__x''");
        check("mda \\\" %F", "$x", "mda \\\" '$x'");
        let names = expand("mda %T", "", &["-a", "-b"]);
        assert_eq!(names, "mda '_a _b'");
    }

    #[test]
    fn quotes_before_an_expansion_are_refused() {
        for command in ["mda '%T'", "mda \"%F\"", "mda \\%s", "mda `%h`"] {
            let result = Template::parse(command.as_bytes());
            assert!(matches!(result, Err(Error::Command { .. })), "{command}");
        }
        assert!(Template::parse(b"mda '%d' \"%x\"").is_ok());
    }

    #[test]
    fn commands_done_in_process() {
        let check = |command: &str, expected: &str| {
            let found = maildir_of(command.as_bytes(), false);
            assert_eq!(found, Some(PathBuf::from(expected)), "{command}");
            assert_eq!(maildir_of(command.as_bytes(), true), None);
        };
        check("postrider deliver --maildir /m", "/m");
        check("  /usr/bin/postrider  deliver\t--maildir  /m/x ", "/m/x");
        check("postrider deliver --maildir '/a b'", "/a b");
        check("postrider deliver --maildir \"/a b\"", "/a b");
    }

    #[test]
    fn commands_left_to_the_shell() {
        for command in [
            "postrider deliver --maildir",
            "postrider deliver --maildir ",
            "postrider deliver --maildir /a /b",
            "postrider deliver --maildir /a; id",
            "postrider deliver --maildir /$USER",
            "postrider deliver --maildir /m/%T",
            "postrider deliver --maildir '/a'b",
            "postrider deliver --maildir '/a",
            "postrider deliver --maildir /a*",
            "postrider deliver --maildir ~ann/m",
            "postrider deliver --maildir /a | tee x",
            "postrider deliver --mbox /a",
            "./postrider deliver --maildir /a",
            "bin/postrider deliver --maildir /a",
            "procmail",
            "",
        ] {
            assert_eq!(maildir_of(command.as_bytes(), false), None, "{command}");
        }
    }

    #[test]
    fn our_own_name() {
        assert!(is_our_own(b" postrider deliver --maildir %T"));
        assert!(!is_our_own(b"/bin/postrider x"));
        assert!(!is_our_own(b""));
    }
}
