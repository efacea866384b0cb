//! What an rc file says for a choice, in words that fetchmail 6.4 knows too.

use crate::probe::candidate::{Candidate, Protocol, Security};

/// An entry with `"NAME"` for the user and without a password. The name has to be there: what is said of
/// TLS belongs to a user, and nothing of a user may stand before his name. STARTTLS is demanded in so many words: to
/// fetchmail 6.4 the plain default means "if it is offered".
pub(super) fn rc(candidate: &Candidate) -> String {
    let protocol = match candidate.protocol {
        Protocol::Imap => "IMAP",
        Protocol::Pop3 => "POP3",
    };
    let mut out = format!("poll {} protocol {protocol}", word(&candidate.host));
    if candidate.port != Candidate::usual_port(candidate.protocol, candidate.security) {
        out.push_str(&format!(" service {}", candidate.port));
    }
    out.push_str("\n    user \"NAME\" ");
    out.push_str(match candidate.security {
        Security::Tls => "ssl",
        Security::StartTls => "sslproto \"tls1.2+\"",
        Security::None => "sslproto \"\"",
    });
    out
}

/// The same for an account that is there: options with their values, as `Job::Amend` of
/// `engine::api` takes them. `host`: whom the account connects to now.
pub fn options(candidate: &Candidate, host: &str) -> Vec<(String, Option<String>)> {
    let (protocol, security) = (candidate.protocol, candidate.security);
    let word = match protocol {
        Protocol::Imap => "imap",
        Protocol::Pop3 => "pop3",
    };
    let is_usual = candidate.port == Candidate::usual_port(protocol, security);
    let port = (!is_usual).then(|| candidate.port.to_string());
    let is_tls = security == Security::Tls;
    let mut options = vec![
        ("proto", Some(word.to_owned())),
        ("service", port),
        ("ssl", Some(if is_tls { "yes" } else { "no" }.to_owned())),
    ];
    match security {
        // A stricter version that the file may ask for stays.
        Security::Tls => {}
        Security::StartTls => options.push(("sslproto", Some("tls1.2+".to_owned()))),
        Security::None => options.push(("sslproto", Some(String::new()))),
    }
    let bare = |host: &str| host.trim_matches(['[', ']']).to_owned();
    if !bare(&candidate.host).eq_ignore_ascii_case(&bare(host)) {
        options.push(("via", Some(bare(&candidate.host))));
    }
    let owned = options.into_iter();
    owned
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A host name needs no quotes, anything else may.
fn word(host: &str) -> String {
    let host = host.trim_matches(['[', ']']);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let begins_well = host.starts_with(|c: char| c.is_ascii_alphabetic());
    if begins_well && host.contains('.') && host.chars().all(is_plain) {
        return host.to_owned();
    }
    let is_safe = |c: &char| !c.is_control() && !matches!(c, '"' | '\\');
    format!("\"{}\"", host.chars().filter(is_safe).collect::<String>())
}
