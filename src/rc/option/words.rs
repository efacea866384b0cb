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

/// Protocols: the word in the file and on the command line, and what this version does about it.
pub const PROTOCOLS: [(&str, Protocol, Support); 10] = [
    ("auto", Protocol::Auto, Support::Acts),
    ("pop2", Protocol::Pop2, Support::Refuses),
    ("pop3", Protocol::Pop3, Support::Acts),
    ("sdps", Protocol::Sdps, Support::Refuses),
    ("apop", Protocol::Apop, Support::Acts),
    ("rpop", Protocol::Rpop, Support::Refuses),
    ("kpop", Protocol::Kpop, Support::Refuses),
    ("imap", Protocol::Imap, Support::Acts),
    ("etrn", Protocol::Etrn, Support::Refuses),
    ("odmr", Protocol::Odmr, Support::Refuses),
];

/// The protocol of a word of the file: all lower or all upper case.
pub fn protocol(word: &[u8]) -> Option<Protocol> {
    let is_name = |name: &str| word == name.as_bytes() || word == name.to_uppercase().as_bytes();
    PROTOCOLS
        .iter()
        .find(|(name, ..)| is_name(name))
        .map(|(_, protocol, _)| *protocol)
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
}

const fn method(words: &'static [&'static str], auth: Auth, support: Support) -> Method {
    Method {
        words,
        auth,
        support,
        is_later: false,
    }
}

const fn later(words: &'static [&'static str], auth: Auth, support: Support) -> Method {
    Method {
        words,
        auth,
        support,
        is_later: true,
    }
}

/// `auth` of later releases that is a protocol to 6.4.37 and to us: POP3 by way of APOP.
pub const APOP: &str = "apop";

/// Ways to sign in. `kerberos` is version 4 in the file, 5 on the command line.
pub const METHODS: [Method; 13] = [
    method(&["any"], Auth::Any, Support::Acts),
    method(&["password"], Auth::Password, Support::Acts),
    method(
        &["kerberos_v4", "kerberos4", "kerberos"],
        Auth::KerberosV4,
        Support::Refuses,
    ),
    method(
        &["kerberos_v5", "kerberos5"],
        Auth::KerberosV5,
        Support::Refuses,
    ),
    method(&["gssapi"], Auth::Gssapi, Support::Refuses),
    method(&["cram-md5", "cram"], Auth::CramMd5, Support::Acts),
    method(&["otp", "opie"], Auth::Otp, Support::Refuses),
    method(&["ntlm"], Auth::Ntlm, Support::Refuses),
    method(&["msn"], Auth::Msn, Support::Refuses),
    method(&["ssh"], Auth::Ssh, Support::Refuses),
    method(&["external"], Auth::External, Support::Refuses),
    later(&["implicit"], Auth::Ssh, Support::Refuses),
    later(&["oauthbearer"], Auth::OauthBearer, Support::Refuses),
];

/// The way to sign in that a word of the file names.
pub fn auth(word: &[u8]) -> Option<&'static Method> {
    METHODS
        .iter()
        .find(|method| method.words.iter().any(|name| name.as_bytes() == word))
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
    let row = PROTOCOLS.iter().find(|(_, p, _)| *p == protocol);
    row.map_or(("", Support::Refuses), |(name, _, support)| {
        (name, *support)
    })
}

/// Bare words that fetchmail's lexer does not take for strings, options aside; with each whether
/// it may stand anywhere and means nothing.
pub(super) fn reserved() -> impl Iterator<Item = (Vec<u8>, bool)> {
    let word = |word: &&str| (word.as_bytes().to_vec(), NOISE.contains(word));
    let structure = STRUCTURE.iter().chain(&NOISE).map(word);
    let protocols = PROTOCOLS
        .iter()
        .flat_map(|(name, ..)| [(*name).to_owned(), name.to_uppercase()]);
    let methods = METHODS
        .iter()
        .filter(|method| !method.is_later)
        .flat_map(|method| method.words);
    let methods = methods.map(|word| (*word).to_owned());
    let choices = ["accept", "reject"].map(str::to_owned);
    let others = protocols.chain(methods).chain(choices);
    structure.chain(others.map(|word| (word.into_bytes(), false)))
}
