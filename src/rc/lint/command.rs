//! Delivery commands, as far as they can be understood without a shell.

/// Characters that make a word more than itself to a shell.
const SHELL: &[u8] = b"$`\\\"'|&;<>()*?[]#{}~=!\n";

/// The words of a command, up to the first that a shell would act on.
pub fn words(command: &[u8]) -> impl Iterator<Item = &[u8]> {
    command
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
}

/// The program a command runs, if that is plain to see.
pub fn program(command: &[u8]) -> Option<&[u8]> {
    let word = words(command).next()?;
    let is_plain = !word.iter().any(|b| SHELL.contains(b));
    let is_own = [
        &b"exec"[..],
        b"cd",
        b"test",
        b"[",
        b"if",
        b"for",
        b"while",
        b"case",
        b"eval",
        b"set",
        b".",
        b":",
        b"command",
        b"umask",
        b"export",
        b"read",
        b"trap",
        b"true",
        b"false",
    ];
    (is_plain && !is_own.contains(&word)).then_some(word)
}

/// The program's name without its directory; of the last program where the command is plain.
pub fn name(command: &[u8]) -> &[u8] {
    let word = program(command).unwrap_or_default();
    word.rsplit(|b| *b == b'/').next().unwrap_or_default()
}

/// Whether the command is given the recipients.
pub fn names_recipients(command: &[u8]) -> bool {
    command.windows(2).any(|pair| matches!(pair, b"%T" | b"%s"))
}

/// Whether the program takes one recipient at a time.
pub fn takes_one(command: &[u8]) -> bool {
    let one = [
        &b"maildrop"[..],
        b"dovecot-lda",
        b"deliver",
        b"postrider",
        b"mail.local",
        b"bogofilter",
    ];
    !names_recipients(command) || one.contains(&name(command))
}

/// Whether the program looks for recipients in the header: `sendmail -t` and its namesakes.
pub fn reads_headers(command: &[u8]) -> bool {
    let like_sendmail = [
        &b"sendmail"[..],
        b"exim",
        b"exim4",
        b"msmtp",
        b"ssmtp",
        b"esmtp",
        b"postfix",
        b"dma",
    ];
    match name(command) {
        b"qmail-inject" | b"nullmailer-inject" | b"new-inject" => {
            !words(command).any(|word| word == b"-a")
        }
        name if like_sendmail.contains(&name) => words(command).skip(1).any(is_t),
        _ => false,
    }
}

/// `-t`, or with the `i` that often goes with it.
fn is_t(word: &[u8]) -> bool {
    matches!(word, b"-t" | b"-ti" | b"-it")
}

/// The same command with recipients as arguments, where the program takes them so.
pub fn with_recipients(command: &[u8]) -> Option<Vec<u8>> {
    if name(command).ends_with(b"inject") || command.iter().any(|b| b"|&;<>`$\"'\\".contains(b)) {
        return None;
    }
    let mut kept: Vec<&[u8]> = Vec::new();
    for word in words(command) {
        match word {
            b"-t" => {}
            b"-ti" | b"-it" => kept.push(b"-i"),
            word => kept.push(word),
        }
    }
    if !names_recipients(command) {
        kept.extend([&b"--"[..], b"%T"]);
    }
    Some(kept.join(&b' '))
}

/// Whether a quote, or what else would undo the quoting, stands directly before an expansion.
pub fn quotes_expansions(command: &[u8]) -> bool {
    let is_quote = |b: u8| b"'\"\\`".contains(&b);
    command.windows(3).any(|three| match three {
        [quote, b'%', letter] => is_quote(*quote) && b"TFsh".contains(letter),
        _ => false,
    })
}

/// The command without such quotes, where one closes each directly behind the expansion.
pub fn without_quotes(command: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = command;
    while let Some((first, tail)) = rest.split_first() {
        match rest {
            [open @ (b'\'' | b'"'), b'%', letter, close, after @ ..]
                if open == close && b"TFsh".contains(letter) =>
            {
                out.extend([b'%', *letter]);
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    (!quotes_expansions(&out)).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs() {
        let check = |command: &str, expected: Option<&str>| {
            let found = program(command.as_bytes()).map(String::from_utf8_lossy);
            assert_eq!(found.as_deref(), expected, "{command}");
        };
        check("/usr/bin/procmail -d %T", Some("/usr/bin/procmail"));
        check("  maildrop", Some("maildrop"));
        check("exec procmail", None);
        check("\"/a b/c\" x", None);
        check("X=1 procmail", None);
        check("~/bin/x", None);
        check("", None);
        assert_eq!(name(b"/usr/bin/procmail -d"), b"procmail");
    }

    #[test]
    fn recipients() {
        let check = |command: &str, expected: Option<&str>| {
            let command = command.as_bytes();
            let found = reads_headers(command)
                .then(|| with_recipients(command))
                .flatten();
            assert_eq!(
                found.as_deref().map(String::from_utf8_lossy).as_deref(),
                expected
            );
        };
        check("/usr/sbin/sendmail -t", Some("/usr/sbin/sendmail -- %T"));
        check("sendmail -ti -f %F", Some("sendmail -i -f %F -- %T"));
        check("sendmail -i -f %F -- %T", None);
        check("procmail -t", None);
        check("sendmail -t 'x y'", None);
        assert!(reads_headers(b"/var/qmail/bin/qmail-inject"));
        assert!(!reads_headers(b"/var/qmail/bin/qmail-inject -a -- %T"));
        assert!(takes_one(b"maildrop -d %T") && takes_one(b"x") && !takes_one(b"procmail -d %T"));
    }

    #[test]
    fn quotes() {
        let check = |command: &str, is_quoted, expected: Option<&str>| {
            let command = command.as_bytes();
            assert_eq!(quotes_expansions(command), is_quoted);
            let found = without_quotes(command);
            assert_eq!(
                found.as_deref().map(String::from_utf8_lossy).as_deref(),
                expected
            );
        };
        check("x -d '%T' -f \"%F\"", true, Some("x -d %T -f %F"));
        check("x '%d' %T", false, Some("x '%d' %T"));
        check("x '%T y'", true, None);
        check("x \\%T", true, None);
    }
}
