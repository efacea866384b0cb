//! What capabilities mean, in one phrase each.

use crate::base::i18n::{gettext, gettext_noop};

/// The meaning of a capability as it is listed; empty if it is not known here.
pub fn meaning(listed: &str) -> String {
    let upper = listed.to_ascii_uppercase();
    let first = upper.split(' ').next().unwrap_or_default();
    if let Some((_, text)) = MEANINGS.iter().find(|(word, _)| *word == upper) {
        return gettext(text);
    }
    // One of a family, or several: `AUTH=SCRAM-SHA-256-PLUS`, `AUTH PLAIN LOGIN`.
    if first.starts_with("AUTH=SCRAM-") {
        return gettext(PROOF);
    }
    if first == "AUTH" && upper.contains(' ') {
        return gettext(WAYS);
    }
    // `AUTH=PLAIN`, `SIZE 1000`
    let name = first.split_once('=').map_or(first, |(name, _)| name);
    let found = MEANINGS.iter().find(|(word, _)| *word == name);
    found.map_or_else(String::new, |(_, text)| gettext(text))
}

const PROOF: &str = gettext_noop("sign in with a proof of the password");
const WAYS: &str = gettext_noop("ways to sign in");

/// Longer words before those they begin with. RFC numbers are in the IANA registries.
const MEANINGS: &[(&str, &str)] = &[
    (
        "IMAP4REV1",
        gettext_noop("the IMAP that every program speaks"),
    ),
    ("IMAP4REV2", gettext_noop("the newer IMAP")),
    ("IMAP4", gettext_noop("an old IMAP")),
    (
        "STARTTLS",
        gettext_noop("encryption can begin inside the conversation"),
    ),
    (
        "STLS",
        gettext_noop("encryption can begin inside the conversation"),
    ),
    (
        "LOGINDISABLED",
        gettext_noop("no password is taken without encryption"),
    ),
    (
        "AUTH=PLAIN",
        gettext_noop("sign in with the password itself"),
    ),
    (
        "AUTH=LOGIN",
        gettext_noop("sign in with the password itself, the old way"),
    ),
    ("AUTH=CRAM-MD5", PROOF),
    ("AUTH=CRAM-SHA1", PROOF),
    ("AUTH=CRAM-SHA256", PROOF),
    ("AUTH=DIGEST-MD5", PROOF),
    (
        "AUTH=ANONYMOUS",
        gettext_noop("come in as a guest, without a mailbox"),
    ),
    ("AUTH=GS2-KRB5", gettext_noop("sign in with Kerberos")),
    ("AUTH=GSSAPI", gettext_noop("sign in with Kerberos")),
    ("AUTH=NTLM", gettext_noop("sign in with a Windows account")),
    ("AUTH=XOAUTH2", gettext_noop("sign in with the browser")),
    ("AUTH=OAUTHBEARER", gettext_noop("sign in with the browser")),
    (
        "AUTH=EXTERNAL",
        gettext_noop("sign in with a client certificate"),
    ),
    ("AUTH", gettext_noop("a way to sign in")),
    (
        "SASL-IR",
        gettext_noop("signing in takes one round trip less"),
    ),
    ("SASL", WAYS),
    ("USER", gettext_noop("sign in with the password itself")),
    ("APOP", PROOF),
    ("UIDL", gettext_noop("messages have names that last")),
    ("TOP", gettext_noop("headers can be fetched alone")),
    (
        "PIPELINING",
        gettext_noop("commands need not wait for answers"),
    ),
    (
        "EXPIRE 0",
        gettext_noop("mail must not be left on the server"),
    ),
    ("EXPIRE NEVER", gettext_noop("mail may stay on the server")),
    // GNU Mailutils 3.15 leaves the blank out.
    ("EXPIRENEVER", gettext_noop("mail may stay on the server")),
    ("EXPIRE", gettext_noop("mail stays for so many days")),
    ("LOGIN-DELAY", gettext_noop("seconds between two sign-ins")),
    ("RESP-CODES", gettext_noop("refusals say why")),
    (
        "AUTH-RESP-CODE",
        gettext_noop("tells a wrong password from other troubles"),
    ),
    ("IMPLEMENTATION", gettext_noop("the program's name")),
    ("LANG", gettext_noop("messages in other languages")),
    ("UTF8", gettext_noop("names in any script")),
    ("IDLE", gettext_noop("new mail is told at once")),
    (
        "NOTIFY",
        gettext_noop("tells what happens in several folders"),
    ),
    ("MOVE", gettext_noop("messages can be moved")),
    (
        "UIDPLUS",
        gettext_noop("deletes exactly the messages that are meant"),
    ),
    (
        "CONDSTORE",
        gettext_noop("changes since the last time can be asked for"),
    ),
    ("QRESYNC", gettext_noop("catches up quickly after a break")),
    ("COMPRESS", gettext_noop("the line can be compressed")),
    (
        "NAMESPACE",
        gettext_noop("tells one's own folders from others'"),
    ),
    ("LITERAL+", gettext_noop("long values need not wait")),
    ("LITERAL-", gettext_noop("long values need not wait")),
    ("ID", gettext_noop("says which program it is")),
    ("ENABLE", gettext_noop("extensions can be switched on")),
    (
        "UNSELECT",
        gettext_noop("a folder can be left without side effects"),
    ),
    (
        "CHILDREN",
        gettext_noop("folders say whether they have subfolders"),
    ),
    ("LIST-EXTENDED", gettext_noop("richer folder lists")),
    (
        "LIST-STATUS",
        gettext_noop("folder lists with numbers of messages"),
    ),
    (
        "SPECIAL-USE",
        gettext_noop("names the folders for sent mail, drafts, spam"),
    ),
    ("SORT", gettext_noop("the server sorts")),
    ("ESORT", gettext_noop("short answers to sorted searches")),
    ("THREAD", gettext_noop("the server finds threads")),
    ("ESEARCH", gettext_noop("short answers to searches")),
    (
        "SEARCHRES",
        gettext_noop("results of a search can be used again"),
    ),
    ("WITHIN", gettext_noop("searches by age")),
    ("BINARY", gettext_noop("parts come decoded")),
    (
        "CATENATE",
        gettext_noop("messages can be put together on the server"),
    ),
    (
        "MULTIAPPEND",
        gettext_noop("stores several messages at once"),
    ),
    (
        "APPENDLIMIT",
        gettext_noop("largest message that can be stored"),
    ),
    ("QUOTA", gettext_noop("tells how full the mailbox is")),
    ("ACL", gettext_noop("folders can be shared")),
    ("ACL2", gettext_noop("folders can be shared")),
    ("RIGHTS", gettext_noop("folders can be shared")),
    ("METADATA", gettext_noop("notes on folders")),
    (
        "OBJECTID",
        gettext_noop("messages keep a name when they are moved"),
    ),
    ("PREVIEW", gettext_noop("first words of a message")),
    (
        "LOGIN-REFERRALS",
        gettext_noop("may point to another server"),
    ),
    (
        "MAILBOX-REFERRALS",
        gettext_noop("may point to another server"),
    ),
    ("X-GM-EXT-1", gettext_noop("Gmail's labels and searches")),
    (
        "ETRN",
        gettext_noop("sends waiting mail of a domain when asked"),
    ),
    (
        "ATRN",
        gettext_noop("hands waiting mail over on the same connection"),
    ),
    ("SIZE", gettext_noop("largest message taken")),
    (
        "8BITMIME",
        gettext_noop("letters beyond ASCII pass unchanged"),
    ),
    ("SMTPUTF8", gettext_noop("addresses in any script")),
    ("CHUNKING", gettext_noop("messages come in pieces")),
    ("DSN", gettext_noop("tells what became of a message")),
    (
        "ENHANCEDSTATUSCODES",
        gettext_noop("answers carry finer codes"),
    ),
    ("VRFY", gettext_noop("confirms addresses")),
    ("EXPN", gettext_noop("tells who is on a mailing list")),
    ("VERB", gettext_noop("tells more of what it does")),
    ("DELIVERBY", gettext_noop("mail may have a deadline")),
    ("PRDR", gettext_noop("answers for each recipient")),
    (
        "PIPECONNECT",
        gettext_noop("commands need not wait for the greeting"),
    ),
    ("HELP", gettext_noop("has a help text")),
    ("CAPA", gettext_noop("tells what it can do")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_explained() {
        let check =
            |listed: &str, expected: &str| assert_eq!(meaning(listed), expected, "{listed}");
        check("uidl", "messages have names that last");
        check("AUTH=cram-md5", "sign in with a proof of the password");
        check("AUTH=X-NEW", "a way to sign in");
        check("AUTH PLAIN LOGIN", "ways to sign in");
        check("AUTH=SCRAM-SHA-256-PLUS", PROOF);
        check("EXPIRENEVER", "mail may stay on the server");
        check("SASL PLAIN", "ways to sign in");
        check("EXPIRE 0", "mail must not be left on the server");
        check("EXPIRE 30", "mail stays for so many days");
        check("COMPRESS=DEFLATE", "the line can be compressed");
        check("SIZE 1000", "largest message taken");
        check("X-UNHEARD-OF", "");
        check("", "");
    }

    #[test]
    fn no_word_twice() {
        for (n, (word, _)) in MEANINGS.iter().enumerate() {
            assert!(
                MEANINGS[n + 1..].iter().all(|(other, _)| other != word),
                "{word}"
            );
        }
    }
}
