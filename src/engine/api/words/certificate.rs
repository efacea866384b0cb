//! What is wrong with a server's certificate (`ui.md` section 17, M-CERT-…).

use std::time::SystemTime;

use crate::base::i18n::{fill, gettext};
use crate::probe::report::Problem;

/// Headline and sentence.
pub fn certificate(problem: &Problem) -> (String, String) {
    match problem {
        Problem::UnknownIssuer(issuer) => (
            gettext("The certificate is not trusted"),
            fill(
                &gettext("It was issued by “{issuer}”, which this computer does not know."),
                &[("issuer", issuer)],
            ),
        ),
        Problem::SelfSigned => (
            gettext("The certificate is not trusted"),
            gettext("The server has issued it to itself, so nobody vouches for it."),
        ),
        Problem::WrongName { wanted, found } => (
            gettext("The certificate is for another server"),
            fill(
                &gettext("Wanted “{wanted}”, found {found}."),
                &[("wanted", wanted), ("found", &names(found))],
            ),
        ),
        Problem::Expired(until) => (
            gettext("The certificate has expired"),
            fill(
                &gettext("It was valid until {date}. The provider must renew it."),
                &[("date", &date(*until))],
            ),
        ),
        Problem::NotYetValid(from) => (
            gettext("This computer's clock may be wrong"),
            fill(
                &gettext(
                    "It shows {now}, but the certificate is valid from {date} on. Certificates cannot be checked.",
                ),
                &[("now", &date(SystemTime::now())), ("date", &date(*from))],
            ),
        ),
        Problem::Weak(what) => (
            gettext("The certificate is too weak"),
            fill(
                &gettext("It relies on {what}, which can be forged. The provider must renew it."),
                &[("what", what)],
            ),
        ),
        Problem::Purpose => (
            gettext("The certificate is not meant for servers"),
            gettext("The provider must use another one."),
        ),
        Problem::NotPinned => (
            gettext("The certificate has changed"),
            gettext("It differs from the one you accepted."),
        ),
        Problem::Other(sentence) => (
            gettext("The certificate was not accepted"),
            sentence.clone(),
        ),
    }
}

/// The first few names, quoted.
fn names(found: &[String]) -> String {
    const MOST: usize = 4;
    if found.is_empty() {
        return gettext("no name at all");
    }
    let mut text: Vec<String> = found
        .iter()
        .take(MOST)
        .map(|name| format!("“{name}”"))
        .collect();
    if found.len() > MOST {
        text.push("…".to_owned());
    }
    text.join(", ")
}

/// A day and time of the calendar.
pub fn date(at: SystemTime) -> String {
    match jiff::Timestamp::try_from(at) {
        Ok(at) => {
            let at = at.to_zoned(jiff::tz::TimeZone::system());
            at.strftime("%Y-%m-%d %H:%M").to_string()
        }
        Err(_) => "?".to_owned(),
    }
}
