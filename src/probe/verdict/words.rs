//! Reasons and drawbacks of a way, as sentences.

use super::Way;
use crate::base::i18n::{fill, gettext};
use crate::probe::candidate::{Method, Protocol, Security};
use crate::probe::report::{Problem, Report, StartTls};

/// Best first.
pub(super) fn reasons(way: &Way<'_>) -> Vec<String> {
    let mut out = Vec::new();
    match way.security {
        Security::Tls if !way.has_bad_certificate() => out.push(gettext(
            "Encrypted from the first byte, and the certificate is good.",
        )),
        Security::StartTls if !way.has_bad_certificate() => out.push(gettext(
            "Encrypted before anything is said that matters, and the certificate is good.",
        )),
        _ => {}
    }
    out.push(match way.protocol {
        Protocol::Imap => gettext("IMAP knows folders and which messages are read."),
        Protocol::Pop3 => gettext("POP3 is simple and enough to empty a mailbox."),
    });
    let lists = |word: &str| {
        let all = way.row.after.iter().chain(&way.row.before);
        all.into_iter()
            .any(|capability| capability.word.eq_ignore_ascii_case(word))
    };
    if lists("IDLE") {
        out.push(gettext("New mail is told at once."));
    }
    if lists("UIDL") {
        out.push(gettext(
            "Messages have names that last, so mail can be left on the server.",
        ));
    }
    out
}

/// Worst first.
pub(super) fn drawbacks(way: &Way<'_>) -> Vec<String> {
    let mut out = Vec::new();
    match way.security {
        Security::None => out.push(in_the_clear(way)),
        Security::Tls | Security::StartTls => {
            if let Some(problem) = way
                .row
                .tls
                .as_ref()
                .and_then(|tls| tls.shown.problem.as_ref())
            {
                out.push(of_certificate(problem));
            }
        }
    }
    let weak = way.row.tls.iter().flat_map(|tls| &tls.versions);
    let weak: Vec<&str> = weak
        .filter(|version| version.is_weak && version.is_taken == Some(true))
        .map(|version| version.name)
        .collect();
    if !weak.is_empty() {
        out.push(fill(
            &gettext("The server still takes {versions}, which nobody should use any more."),
            &[("versions", &weak.join(", "))],
        ));
    }
    let methods = Report::methods(way.row);
    if !methods.is_empty() && methods.iter().all(|method| *method == Method::OAuth2) {
        out.push(gettext(
            "It takes no password: the sign-in goes through the browser.",
        ));
    }
    let is_pop3 = way.protocol == Protocol::Pop3;
    let listed = way.row.after.iter().chain(&way.row.before);
    let mut listed = listed
        .map(|capability| capability.word.to_ascii_uppercase())
        .peekable();
    if is_pop3 && listed.peek().is_some() && !listed.any(|word| word == "UIDL") {
        out.push(gettext(
            "Messages have no names that last: mail left on the server comes again.",
        ));
    }
    let warnings = way.row.advice.iter().filter(|advice| advice.is_warning);
    out.extend(warnings.map(|advice| advice.text.clone()));
    out
}

fn in_the_clear(way: &Way<'_>) -> String {
    match &way.row.starttls {
        Some(StartTls::Refused(_)) => gettext(
            "Encryption is offered and refused. Everything, the password too, would be sent \
             readable.",
        ),
        Some(StartTls::Failed(_)) => gettext(
            "Encryption is offered and does not come about. Everything, the password too, would \
             be sent readable.",
        ),
        _ => gettext("Nothing is encrypted: everything, the password too, is sent readable."),
    }
}

/// What is wrong with a certificate: a sentence.
pub fn of_certificate(problem: &Problem) -> String {
    match problem {
        Problem::UnknownIssuer(issuer) if !issuer.is_empty() => fill(
            &gettext(
                "The certificate was issued by “{issuer}”, which this computer does not know.",
            ),
            &[("issuer", issuer)],
        ),
        Problem::UnknownIssuer(_) => {
            gettext("The certificate was issued by somebody whom this computer does not know.")
        }
        Problem::SelfSigned => gettext("The server has signed its certificate itself."),
        Problem::WrongName { wanted, .. } => fill(
            &gettext("The certificate is for another server than “{wanted}”."),
            &[("wanted", wanted)],
        ),
        Problem::Expired(_) => gettext("The certificate has expired. The provider must renew it."),
        Problem::NotYetValid(_) => {
            gettext("The certificate is not valid yet. The clock of this computer may be wrong.")
        }
        Problem::Purpose => gettext("The certificate is not meant for servers."),
        Problem::NotPinned => {
            gettext("The certificate is not the one that the account is bound to.")
        }
        Problem::Weak(sentence) | Problem::Other(sentence) => sentence.clone(),
    }
}
