//! The manual page, made from the option table: `postrider man | man -l -`.

use std::fmt::Write;

use super::parse::usage::options;
use crate::rc::lint::rules::RULES;
use crate::rc::option::{self, Keyword, Scope, Support};

/// The page in man(7) markup. English: it is a file that is installed once for everybody.
pub fn page() -> String {
    let mut out = format!(".TH POSTRIDER 1 \"\" \"Postrider {}\"\n", crate::VERSION);
    out.push_str(HEAD);
    out.push_str(".SH OPTIONS OF FETCH\n");
    for option in options() {
        tagged(&mut out, &option.names, &option.help);
    }
    out.push_str(FILE);
    for (scope, title) in SCOPES {
        let _ = writeln!(out, ".SS {title}");
        for keyword in option::all().filter(|keyword| keyword.scope == scope) {
            tagged(&mut out, &keyword.words.join(", "), &meaning(keyword));
        }
    }
    out.push_str(LINT);
    for rule in &RULES {
        let tag = format!("{} {} ({})", rule.id, rule.slug, rule.severity.name());
        tagged(
            &mut out,
            &tag,
            &format!("{}. {}", rule.title, rule.explanation),
        );
    }
    out.push_str(TAIL);
    out
}

fn meaning(keyword: &Keyword) -> String {
    let mut text = keyword.help.to_owned();
    if !keyword.default.is_empty() {
        let _ = write!(text, " (default: {})", keyword.default);
    }
    text.push_str(match keyword.support {
        Support::Acts => "",
        Support::Warns => ". Has no effect in this version",
        Support::Refuses => ". An account with it is not polled by this version",
    });
    text
}

fn tagged(out: &mut String, tag: &str, text: &str) {
    let _ = writeln!(out, ".TP\n.B {}\n{}", escape(tag), escape(text));
}

/// No word of a text is markup.
fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    match text.chars().next() {
        Some('.' | '\'') => format!("\\&{text}"),
        _ => text,
    }
}

const SCOPES: [(Scope, &str); 3] = [
    (Scope::Global, "Global (after set)"),
    (Scope::Server, "Server options"),
    (Scope::User, "User options"),
];

const HEAD: &str = r#".SH NAME
postrider \- fetch mail from POP3 and IMAP servers and deliver it
.SH SYNOPSIS
.B postrider fetch
[options] [server ...]
.br
.B postrider deliver \-\-maildir
folder
.br
.B postrider lint
.RB [ \-\-explain | \-\-json | \-\-fix " [" \-\-all "] | " \-\-write " [" \-\-all ]]
[file]
.br
.B postrider
.SH DESCRIPTION
Without arguments Postrider opens its window.
.B postrider fetch
reads ~/.fetchmailrc as fetchmail 6.4 does, polls its accounts side by side, delivers what it finds,
and deletes it on the server only after the delivery is durable and remembered.
.B postrider deliver
delivers one message from standard input into a Maildir; as an
.B mda
in the file it is done without starting a program.
"#;

const FILE: &str = r#".SH THE FILE
Keywords of ~/.fetchmailrc (or the file of
.BR \-\-fetchmailrc ).
It must belong to the user and be readable by nobody else.
"#;

const LINT: &str = r#".SH LINT
.B postrider lint
looks a file over: the one named, standard input for \-, else ~/.fetchmailrc. It reads a file whoever
may read it, runs nothing and asks no server. Each finding begins with
FILE:LINE:COLUMN: severity: sentence [rule slug]; the lines of the file below it are shown with every
password masked. The status is 0 if nothing was found, 1 for advice, 5 for errors, 6 if the file
cannot be read.
.TP
.B \-\-explain
Say with each finding why it matters.
.TP
.B \-\-fix
Print what the safe fixes would change as a unified diff, passwords masked; with
.B \-\-all
those too that a person must choose. It is for reading, not for patch(1).
.TP
.B \-\-write
Make these fixes, save the file (private, mode 600) and report what is left. A safe fix changes no
meaning beyond its finding.
.TP
.B \-\-json
Print one line of JSON: version (1), file (or file_base64, for a name that is not UTF\-8), diagnostics.
Each has severity (error, warning, hint), rule, slug, message, explain; line, column, end_line,
end_column from 1, the end being the first column behind, unless it is about the file as a whole;
account (label, user, ordinal) where it is about one; and fix where a program can make one: title,
safe, and changes, each with start and end in bytes from 0 and the text with (or with_base64, for one
that is not UTF\-8). A fix without changes is made by saving; changes are left out where a password is
in them. Columns count characters where the line is UTF\-8, bytes where it is not. Fields are added,
never renamed.
.SS Rules
"#;

const TAIL: &str = r#".SH EXIT STATUS
.TP
.B 0
At least one message was delivered (or waits, with \-\-check).
.TP
.B 1
There was no mail.
.TP
.B 2
The server could not be reached, was silent, or TLS failed.
.TP
.B 3
Sign\-in was refused, or no password is known.
.TP
.B 4
The server broke the protocol or refused a command.
.TP
.B 5
Bad arguments or configuration.
.TP
.B 6
A file has wrong permissions or cannot be read or written.
.TP
.B 8
Another instance is running.
.TP
.B 9
The mailbox is in use.
.TP
.B 10
No listener takes mail, or the folder cannot be written.
.TP
.B 13
fetchlimit was reached.
.TP
.B 14
The server is busy.
.PP
With several accounts: 0 if any delivered mail, else the status of the last one. A message that
the listener or program did not take stays on the server and is named on standard error; the status
stays 0 as with fetchmail, unless
.B \-\-strict\-status
is given.
.SH DIFFERENCES FROM FETCHMAIL
Accounts are polled side by side
.RB ( \-\-serial
restores the order of the file). Messages delivered are remembered by their unique ids, also on IMAP. A CR
inside a line of a message is kept. Refused mail always stays on the server.
.B auto
goes on to POP3 when IMAP cannot be reached.
.SH FILES
~/.fetchmailrc, ~/.fetchids, ~/.fetchmail.pid,
$XDG_STATE_HOME/postrider/ (the record of deliveries)
.SH SEE ALSO
.BR fetchmail (1)
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_has_its_place() {
        let page = page();
        for keyword in option::all() {
            let tag = escape(&keyword.words.join(", "));
            assert!(page.contains(&format!(".B {tag}\n")), "{tag}");
        }
        assert!(page.lines().all(|line| !line.starts_with('\'')));
    }
}
