//! The table of rules: what `lint`, the manual and the window know about each kind of finding. The
//! ids are those of the manual; a slug tells findings of one id apart, and never changes.

use crate::base::i18n::gettext_noop;
use crate::rc::diagnostic::Severity::{self, Error, Hint, Warning};

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `L01` and so on.
    pub id: &'static str,
    /// Its readable name.
    pub slug: &'static str,
    /// How grave a finding is.
    pub severity: Severity,
    /// A headline: the key of its translation.
    pub title: &'static str,
    /// Why it matters and what to do: the key of its translation.
    pub explanation: &'static str,
}

/// The row of a slug. A slug that is not in the table is a syntax error.
pub fn of(slug: &str) -> &'static Rule {
    let row = RULES.iter().find(|rule| rule.slug == slug);
    row.unwrap_or(&RULES[0])
}

const fn rule(
    id: &'static str,
    slug: &'static str,
    severity: Severity,
    title: &'static str,
    explanation: &'static str,
) -> Rule {
    Rule {
        id,
        slug,
        severity,
        title,
        explanation,
    }
}

/// Every rule, in the order of the manual.
#[rustfmt::skip]
pub static RULES: [Rule; 73] = [
    rule("L01", "syntax", Error, gettext_noop("Syntax error"),
        gettext_noop("Neither fetchmail nor Postrider can read the file beyond doubt, so nothing is checked for mail until it is corrected.")),
    rule("L01", "unknown-word", Error, gettext_noop("Unknown word"),
        gettext_noop("Where an option is expected, a word stands that is none. It may be misspelt, written in capitals, or the rest of a value that needs quotes.")),
    rule("L01", "keyword-value", Error, gettext_noop("A keyword where a value is expected"),
        gettext_noop("A value that is spelled like a keyword is taken for the keyword. In quotes it is a value.")),
    rule("L01", "digits-value", Error, gettext_noop("A number where a text is expected"),
        gettext_noop("A value of digits only is taken for a number. In quotes it is a text.")),
    rule("L01", "number-value", Error, gettext_noop("A text where a number is expected"),
        gettext_noop("This option takes a number, written without quotes, units or an equals sign.")),
    rule("L01", "missing-value", Error, gettext_noop("A value is missing"),
        gettext_noop("The option is not followed by the value it needs.")),
    rule("L01", "protocol-word", Error, gettext_noop("Unknown protocol"),
        gettext_noop("Protocols are written in small letters only or in capitals only: auto, pop3, imap, apop, kpop, etrn, odmr, sdps.")),
    rule("L01", "auth-word", Error, gettext_noop("Unknown way to sign in"),
        gettext_noop("auth is followed by one of: any, password, cram-md5, gssapi, kerberos_v5, ntlm, msn, otp, external, ssh.")),
    rule("L01", "no-negation", Error, gettext_noop("An option that cannot be negated"),
        gettext_noop("Only options that switch something on or off have a form with no. Remove the option instead.")),
    rule("L01", "server-option-after-user", Error, gettext_noop("Server option after user options"),
        gettext_noop("All options of the server stand before the first user and before every option of a user. This is the most common mistake in these files.")),
    rule("L01", "open-quote", Hint, gettext_noop("A quote that is not closed"),
        gettext_noop("A quote begins here and is closed only lines later, or never; everything up to there is one value.")),
    rule("L01", "interface", Error, gettext_noop("Malformed interface"),
        gettext_noop("interface is followed by the name of a device, a slash and an address, and perhaps another slash and a mask.")),
    rule("L01", "too-large", Error, gettext_noop("The file is too large"),
        gettext_noop("No configuration is that large. Check that it is the right file.")),
    rule("L01", "too-many", Hint, gettext_noop("Very many findings"),
        gettext_noop("The first ten thousand are told. Correct some of them and look again.")),
    rule("L01", "too-many-accounts", Error, gettext_noop("Too many accounts"),
        gettext_noop("Each account takes memory while it is polled. Divide them among several files.")),
    rule("L01", "byte-order-mark", Warning, gettext_noop("Byte order mark"),
        gettext_noop("An editor has put an invisible mark before the first word. Postrider passes over it; fetchmail refuses the file.")),
    rule("L01", "comment-at-end", Warning, gettext_noop("Comment at the end without a line end"),
        gettext_noop("fetchmail does not recognise a comment that no line end follows, and refuses the file. Postrider reads it.")),
    rule("L01", "quotes-in-value", Warning, gettext_noop("Quotes that belong to the value"),
        gettext_noop("A quoted value ends at the first quote of its kind. If something is attached to that quote, the whole is taken as it stands, quotes included. Put the value in quotes of the other kind.")),
    rule("L01", "comment-in-option", Warning, gettext_noop("A comment where a value is expected"),
        gettext_noop("# begins a comment even there, and the next word becomes the value. A value that begins with # needs quotes.")),
    rule("L01", "option-in-list", Warning, gettext_noop("An option inside a list"),
        gettext_noop("A list of names goes on until a word that fetchmail 6.4 knows as a keyword. A word of later releases is taken for one more name.")),
    rule("L02", "later-word", Warning, gettext_noop("A word of later releases"),
        gettext_noop("Postrider understands it, but fetchmail 6.4 would refuse the whole file.")),
    rule("L02", "no-effect", Warning, gettext_noop("An option without effect"),
        gettext_noop("The option is kept and understood, but this version of Postrider does not act on it.")),
    rule("L02", "unsupported", Warning, gettext_noop("An option that keeps the account from being checked"),
        gettext_noop("This version of Postrider cannot do what the option asks for. Because leaving it out could lose, misdeliver or expose mail, the account is not checked at all.")),
    rule("L02", "kerberos4", Error, gettext_noop("Kerberos 4"),
        gettext_noop("Version 4 of Kerberos is no longer safe and no longer available. In the file, auth kerberos means version 4; write kerberos_v5 or gssapi.")),
    rule("L03", "file-exposed", Error, gettext_noop("Others can read the file"),
        gettext_noop("The file may hold passwords, so it must be readable and writable by its owner only. fetchmail and Postrider refuse it otherwise.")),
    rule("L03", "file-owner", Error, gettext_noop("The file belongs to somebody else"),
        gettext_noop("The file must belong to the user who checks mail with it. fetchmail and Postrider refuse it otherwise.")),
    rule("L04", "late-defaults", Error, gettext_noop("Defaults after the first server"),
        gettext_noop("The defaults entry must be the first of the entries, because it holds for those that follow.")),
    rule("L04", "second-defaults", Warning, gettext_noop("A second defaults entry"),
        gettext_noop("A second defaults entry straight after the first is taken for a server with the name defaults, which hardly anybody has.")),
    rule("L04", "defaults-users", Warning, gettext_noop("Several users among the defaults"),
        gettext_noop("Only the options of the first user of the defaults entry hold for the other entries.")),
    rule("L05", "user-option-before-user", Error, gettext_noop("User option before the user"),
        gettext_noop("Options that belong to a user follow the word user. Before it they may stand only in an entry that names no user at all.")),
    rule("L06", "same-label", Warning, gettext_noop("Two entries of the same name"),
        gettext_noop("Both are checked, but on a command line, in a log and in a list they cannot be told apart. With via, an entry can have a name of its own and still reach the same server.")),
    rule("L07", "port", Hint, gettext_noop("The old word port"),
        gettext_noop("port still works; its successor service takes the same number, or a name.")),
    rule("L08", "ssl-port", Warning, gettext_noop("Port and encryption disagree"),
        gettext_noop("Ports 993 and 995 are encrypted from the first byte and need ssl. Ports 143 and 110 are not; ssl makes no connection there.")),
    rule("L08", "service", Error, gettext_noop("Impossible port"),
        gettext_noop("A port is a number from 1 to 65535, or the name of a service.")),
    rule("L08", "rpop-port", Error, gettext_noop("RPOP without a privileged port"),
        gettext_noop("RPOP trusts the port of the caller, which must be below 1024.")),
    rule("L10", "plain-password", Warning, gettext_noop("The password is sent in the clear"),
        gettext_noop("An empty sslproto forbids encryption, so anybody on the way to the server can read the password and the mail.")),
    rule("L10", "may-be-plain", Warning, gettext_noop("The password may be sent in the clear"),
        gettext_noop("Encryption is used only if the server offers it, and somebody on the way can hide the offer. Then password and mail are readable.")),
    rule("L11", "unchecked-certificate", Warning, gettext_noop("The server's certificate is not checked"),
        gettext_noop("Without the check somebody on the way can pretend to be the server. If its certificate cannot be checked, pin it by its fingerprint.")),
    rule("L12", "keep-without-uidl", Warning, gettext_noop("Messages are kept but not remembered"),
        gettext_noop("A POP3 server does not tell which messages were fetched before. With uidl, fetchmail remembers them; without it, what is kept may be fetched again or missed. Postrider always remembers.")),
    rule("L13", "old-tls", Warning, gettext_noop("An old version of TLS"),
        gettext_noop("SSL 2, SSL 3, TLS 1.0 and TLS 1.1 are broken and switched off nearly everywhere. Let the two sides choose a newer one.")),
    rule("L14", "md5-fingerprint", Hint, gettext_noop("A fingerprint by MD5"),
        gettext_noop("fetchmail 6.4 knows fingerprints by MD5 only, which is weak. Postrider also takes SHA-256, 32 pairs of digits.")),
    rule("L15", "bad-fingerprint", Warning, gettext_noop("A malformed fingerprint"),
        gettext_noop("A fingerprint is written in pairs of hexadecimal digits with colons between them: 16 pairs for MD5, 20 for SHA-1, 32 for SHA-256.")),
    rule("L16", "apop", Hint, gettext_noop("APOP without encryption"),
        gettext_noop("APOP hides the password with MD5, which can be undone by somebody on the way. Encryption protects password and mail.")),
    rule("L20", "flush", Warning, gettext_noop("Old messages are deleted unread"),
        gettext_noop("flush deletes every message that the server marks as seen before anything is fetched, also those another program has read there.")),
    rule("L21", "fetchall-keep", Warning, gettext_noop("Everything is fetched again each time"),
        gettext_noop("fetchall takes old messages too, and keep leaves them there, so every round delivers all of them once more.")),
    rule("L22", "limitflush", Warning, gettext_noop("limitflush without a limit"),
        gettext_noop("limitflush deletes messages over the size limit, and there is no limit.")),
    rule("L23", "idle-folders", Hint, gettext_noop("Push for several folders"),
        gettext_noop("Classic fetchmail can wait for new mail in one folder only and refuses such a file. Postrider can wait in several.")),
    rule("L23", "idle-pop3", Hint, gettext_noop("Push with POP3"),
        gettext_noop("Only IMAP can wait for new mail on the server; with POP3 idle has no effect.")),
    rule("L24", "idle-several", Warning, gettext_noop("Push beside other accounts"),
        gettext_noop("Classic fetchmail refuses idle with more than one account, because it would wait there for ever. This does not hold for Postrider.")),
    rule("L30", "multidrop-envelope", Warning, gettext_noop("Recipients are guessed"),
        gettext_noop("For several recipients the file must say which header names the real one. Without envelope it is guessed from Received, which fails with mailing lists and blind copies.")),
    rule("L30", "envelope-received", Warning, gettext_noop("Recipients are guessed from Received"),
        gettext_noop("Received lines do not reliably name the recipient. Look at a message for a header such as Delivered-To, X-Original-To or X-Envelope-To.")),
    rule("L31", "multidrop-program", Warning, gettext_noop("Several recipients, one delivery"),
        gettext_noop("The program takes one recipient at a time, so a message to several people reaches one. Deliver by SMTP or LMTP, or use one entry for each person.")),
    rule("L32", "localdomains", Warning, gettext_noop("Local domains without an envelope header"),
        gettext_noop("Addresses in local domains are delivered as they are found, so the header they are found in must be the right one. Say which with envelope.")),
    rule("L33", "local-name-at", Warning, gettext_noop("A local name with a domain"),
        gettext_noop("Names after is or to are names of local mailboxes. One with @ is handed on as an address, which may send the mail out again.")),
    rule("L34", "no-postmaster", Warning, gettext_noop("Several recipients and no postmaster"),
        gettext_noop("Mail whose recipient is not found goes to the postmaster. Without one in the file it goes to whoever runs the program.")),
    rule("L35", "leaving", Hint, gettext_noop("A word that is going to be removed"),
        gettext_noop("fetchmail 7 is announced to remove dns, checkalias and recipients from Received. List other names of the server with aka.")),
    rule("L40", "lmtp-port", Error, gettext_noop("LMTP on the port of SMTP"),
        gettext_noop("LMTP has no port of its own: name one behind a slash, or a socket, for every host of smtphost. Port 25 speaks SMTP.")),
    rule("L41", "mda-quotes", Error, gettext_noop("Quotes around an expansion"),
        gettext_noop("%T, %F, %s and %h are put in quotes by themselves. Quotes around them undo those, so that a sender could run commands.")),
    rule("L42", "mda-reads-headers", Warning, gettext_noop("The program reads recipients from the header"),
        gettext_noop("The header names everybody the message was sent to. A program that believes it sends the message to them again.")),
    rule("L43", "mda-missing", Warning, gettext_noop("The delivery program cannot be run"),
        gettext_noop("Nothing can be delivered until the program is there and may be executed. The mail stays on the server.")),
    rule("L44", "several-ways", Warning, gettext_noop("Several ways of delivery"),
        gettext_noop("Only one is taken: bsmtp before mda before SMTP or LMTP. Keep the one that is meant.")),
    rule("L45", "folder-not-writable", Warning, gettext_noop("The folder cannot be written"),
        gettext_noop("Nothing can be delivered into it. The mail stays on the server.")),
    rule("L46", "procmail", Hint, gettext_noop("procmail"),
        gettext_noop("procmail is hardly maintained any more. maildrop or the delivery program of Dovecot do the same work.")),
    rule("L50", "short-daemon", Warning, gettext_noop("Checked very often"),
        gettext_noop("Many providers lock accounts that sign in more than once a minute. Five minutes are common.")),
    rule("L51", "interval-alone", Hint, gettext_noop("interval with a single server"),
        gettext_noop("interval leaves rounds out. With one server only, a longer time between rounds does the same.")),
    rule("L52", "short-timeout", Warning, gettext_noop("A very short timeout"),
        gettext_noop("Servers often need more than fifteen seconds, for a name look-up or a full mailbox. The session is then given up in the middle.")),
    rule("L53", "password-in-file", Warning, gettext_noop("The password stands in the file"),
        gettext_noop("This computer has a keyring, where a password is encrypted. In the file it is readable for backups and for everybody who gets at the disk.")),
    rule("L53", "password-of-dots", Warning, gettext_noop("The password is nothing but dots"),
        gettext_noop("Dots are shown in the place of a password, in the editor and in exported files. Copied from there they are a password of six dots; write the real one.")),
    rule("L54", "app-password", Warning, gettext_noop("An app password is needed"),
        gettext_noop("The provider does not take the usual password from mail programs. Make an app password on its web pages.")),
    rule("L54", "oauth-only", Warning, gettext_noop("Passwords are not accepted"),
        gettext_noop("The provider lets mail programs sign in through the browser only (OAuth 2.0).")),
    rule("L54", "off-by-default", Hint, gettext_noop("Access must be switched on"),
        gettext_noop("The provider has this protocol switched off until it is switched on in the settings of its web pages.")),
    rule("L55", "better-server", Warning, gettext_noop("The provider has another server for this"),
        gettext_noop("The provider names another server for its mailboxes; the one in the file may be gone or be meant for something else.")),
    rule("L55", "better-encryption", Warning, gettext_noop("The provider has better encryption"),
        gettext_noop("The provider's server is encrypted from the first byte, which cannot be undone by somebody on the way.")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_complete() {
        for pair in RULES.windows(2) {
            assert!(pair[0].id <= pair[1].id, "{pair:?}");
        }
        for rule in &RULES {
            assert_eq!(
                RULES.iter().filter(|r| r.slug == rule.slug).count(),
                1,
                "{rule:?}"
            );
            assert_eq!(of(rule.slug), rule);
            let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.slug.chars().all(is_slug), "{rule:?}");
            assert!(
                rule.explanation.ends_with('.') && !rule.title.ends_with('.'),
                "{rule:?}"
            );
        }
        assert_eq!(of("no such rule").slug, "syntax");
    }
}
