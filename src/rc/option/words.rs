//! Words of the file that are no options: statements, noise, protocols, ways to sign in.

use crate::rc::account::{Auth, Protocol};
use crate::rc::option::Support;

/// Words that shape statements.
const STRUCTURE: [&str; 8] = [
    "set", "poll", "server", "skip", "defaults", "no", "here", "there",
];

/// Words without meaning.
const NOISE: [&str; 5] = ["and", "with", "has", "wants", "options"];

/// Whether a statement begins with the word.
pub fn begins_statement(word: &[u8]) -> bool {
    matches!(word, b"set" | b"poll" | b"server" | b"skip" | b"defaults")
}

/// A way to talk to a server.
pub struct ProtocolWord {
    /// The word in the file and on the command line.
    pub word: &'static str,
    /// What it means.
    pub protocol: Protocol,
    /// What this version does about it.
    pub support: Support,
    /// What a list of choices shows; the key of its translation.
    pub label: &'static str,
    /// What to know about it; the key of its translation.
    pub note: &'static str,
}

impl ProtocolWord {
    const fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }
}

const fn speaks(word: &'static str, protocol: Protocol, support: Support) -> ProtocolWord {
    ProtocolWord {
        word,
        protocol,
        support,
        label: "",
        note: "",
    }
}

/// Protocols.
#[rustfmt::skip]
pub static PROTOCOLS: [ProtocolWord; 10] = [
    speaks("auto", Protocol::Auto, Support::Acts)
        .label("Find out")
        .note("IMAP first, then POP3"),
    speaks("pop2", Protocol::Pop2, Support::Refuses)
        .label("POP2")
        .note("removed; packages of fetchmail 6.4 are built without it"),
    speaks("pop3", Protocol::Pop3, Support::Acts)
        .label("POP3")
        .note("one mailbox; messages are told apart by their ids"),
    speaks("sdps", Protocol::Sdps, Support::Refuses)
        .label("SDPS (POP3 at Demon Internet)")
        .note("POP3 with the envelope of each message"),
    speaks("apop", Protocol::Apop, Support::Acts)
        .label("APOP (POP3, hashed password)")
        .note("weak by now; prefer POP3 with encryption"),
    speaks("rpop", Protocol::Rpop, Support::Refuses)
        .label("RPOP")
        .note("removed; it trusts the port a connection comes from"),
    speaks("kpop", Protocol::Kpop, Support::Refuses)
        .label("KPOP (POP3 with Kerberos)")
        .note("POP3 on port 1109 with a Kerberos ticket"),
    speaks("imap", Protocol::Imap, Support::Acts)
        .label("IMAP")
        .note("folders, and marks for what was read"),
    speaks("etrn", Protocol::Etrn, Support::Refuses)
        .label("ETRN")
        .note("asks a mail server to send its queue to this computer"),
    speaks("odmr", Protocol::Odmr, Support::Refuses)
        .label("ODMR (ATRN)")
        .note("collects the queue of a domain, also without a fixed address"),
];

/// The protocol of a word of the file: all lower or all upper case.
pub fn protocol(word: &[u8]) -> Option<Protocol> {
    let is_name = |name: &str| word == name.as_bytes() || word == name.to_uppercase().as_bytes();
    PROTOCOLS
        .iter()
        .find(|row| is_name(row.word))
        .map(|row| row.protocol)
}

/// A way to sign in.
pub struct Method {
    /// Its words; the first is the one to write.
    pub words: &'static [&'static str],
    /// What it means.
    pub auth: Auth,
    /// What this version does about it.
    pub support: Support,
    /// A word of releases after 6.4.37.
    pub is_later: bool,
    /// What a list of choices shows; the key of its translation.
    pub label: &'static str,
    /// What to know about it; the key of its translation.
    pub note: &'static str,
}

impl Method {
    const fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }
}

const fn method(words: &'static [&'static str], auth: Auth, support: Support) -> Method {
    Method {
        words,
        auth,
        support,
        is_later: false,
        label: "",
        note: "",
    }
}

const fn later(words: &'static [&'static str], auth: Auth, support: Support) -> Method {
    Method {
        words,
        auth,
        support,
        is_later: true,
        label: "",
        note: "",
    }
}

/// `auth` of later releases that is a protocol to 6.4.37 and to us: POP3 by way of APOP.
pub const APOP: &str = "apop";

/// Ways to sign in. `kerberos` is version 4 in the file, 5 on the command line.
#[rustfmt::skip]
pub static METHODS: [Method; 13] = [
    method(&["any"], Auth::Any, Support::Acts)
        .label("Best available")
        .note("the strongest method both sides know"),
    method(&["password"], Auth::Password, Support::Acts)
        .label("Password")
        .note("sends the password itself, which is safe only over an encrypted connection"),
    method(
        &["kerberos_v4", "kerberos4", "kerberos"],
        Auth::KerberosV4,
        Support::Refuses,
    )
        .label("Kerberos 4")
        .note("removed; read by editors, refused when mail is fetched"),
    method(
        &["kerberos_v5", "kerberos5"],
        Auth::KerberosV5,
        Support::Refuses,
    )
        .label("Kerberos 5")
        .note("a ticket in place of a password"),
    method(&["gssapi"], Auth::Gssapi, Support::Refuses)
        .label("Kerberos by GSSAPI")
        .note("a ticket in place of a password; what IMAP and POP3 servers offer today"),
    method(&["cram-md5", "cram"], Auth::CramMd5, Support::Acts)
        .label("CRAM-MD5")
        .note("the password is not sent, but the server must keep it readable"),
    method(&["otp", "opie"], Auth::Otp, Support::Refuses)
        .label("One-time password (OTP)")
        .note("each password is used once"),
    method(&["ntlm"], Auth::Ntlm, Support::Refuses)
        .label("NTLM")
        .note("Microsoft servers; weak by now"),
    method(&["msn"], Auth::Msn, Support::Refuses)
        .label("NTLM for MSN")
        .note("the form of NTLM that POP3 servers of MSN took"),
    method(&["ssh"], Auth::Ssh, Support::Refuses)
        .label("None (inside ssh)")
        .note("nobody signs in, for the program that makes the connection has done so"),
    method(&["external"], Auth::External, Support::Refuses)
        .label("Own certificate")
        .note("the certificate of the TLS connection tells who you are"),
    later(&["implicit"], Auth::Ssh, Support::Refuses)
        .label("None")
        .note("new name of ssh"),
    later(&["oauthbearer"], Auth::OauthBearer, Support::Refuses)
        .label("OAuth 2.0 token")
        .note("a token of the provider in place of a password; it runs out after about an hour"),
];

/// The way to sign in that a word of the file names.
pub fn auth(word: &[u8]) -> Option<&'static Method> {
    METHODS
        .iter()
        .find(|method| method.words.iter().any(|name| name.as_bytes() == word))
}

/// All words for ways to sign in.
pub fn method_words() -> impl Iterator<Item = &'static str> {
    METHODS
        .iter()
        .flat_map(|method| method.words.iter().copied())
}

/// The word for a way to sign in.
pub fn auth_name(auth: Auth) -> &'static str {
    let method = METHODS.iter().find(|method| method.auth == auth);
    method
        .and_then(|method| method.words.first())
        .copied()
        .unwrap_or_default()
}

/// The word for a protocol, and what this version does about it.
pub fn protocol_name(protocol: Protocol) -> (&'static str, Support) {
    let row = PROTOCOLS.iter().find(|row| row.protocol == protocol);
    row.map_or(("", Support::Refuses), |row| (row.word, row.support))
}

/// Bare words that fetchmail's lexer does not take for strings, options aside; with each whether
/// it may stand anywhere and means nothing.
pub(super) fn reserved() -> impl Iterator<Item = (Vec<u8>, bool)> {
    let word = |word: &&str| (word.as_bytes().to_vec(), NOISE.contains(word));
    let structure = STRUCTURE.iter().chain(&NOISE).map(word);
    let protocols = PROTOCOLS
        .iter()
        .flat_map(|row| [row.word.to_owned(), row.word.to_uppercase()]);
    let methods = METHODS
        .iter()
        .filter(|method| !method.is_later)
        .flat_map(|method| method.words);
    let methods = methods.map(|word| (*word).to_owned());
    let choices = ["accept", "reject"].map(str::to_owned);
    let others = protocols.chain(methods).chain(choices);
    structure.chain(others.map(|word| (word.into_bytes(), false)))
}
