//! Why a certificate is refused, for the log and for people (ui.md section 17, M-CERT-*).

use jiff::Timestamp;

use crate::base::i18n::{fill, gettext};

/// What is wrong with a certificate. `Display` is for the log; [`Refusal::sentence`] for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it cannot be read")]
    Malformed,
    #[error("it was issued by {issuer:?}, which is not known here")]
    UnknownIssuer { issuer: String },
    #[error("the server has signed it itself")]
    SelfSigned,
    #[error("no certificates of authorities were found on this computer")]
    NoRoots,
    /// Seconds since 1970.
    #[error("it expired on {}", day(*until))]
    Expired { until: i64 },
    /// Seconds since 1970.
    #[error("it is valid from {}, and the clock shows {}", day(*from), day(*now))]
    NotYetValid { from: i64, now: i64 },
    #[error("wanted {wanted:?}, found {found:?}")]
    WrongName { wanted: String, found: Vec<String> },
    #[error("its fingerprint is {found}, not the one wanted")]
    Changed { found: String },
    #[error("it is not meant for servers")]
    WrongPurpose,
    #[error("its signature is wrong or of a kind that is not safe")]
    Signature,
    #[error("an authority in its chain may not vouch for it")]
    NotAllowed,
}

impl Refusal {
    /// A whole sentence for people.
    pub(super) fn sentence(&self, host: &str) -> String {
        let say = |text: String| fill(&text, &[("host", &host)]);
        match self {
            Self::Malformed => say(gettext("The certificate of {host} cannot be read.")),
            Self::UnknownIssuer { issuer } if issuer.is_empty() => say(gettext(
                "The certificate of {host} is not trusted: this computer does not know who \
                 issued it.",
            )),
            Self::UnknownIssuer { issuer } => fill(
                &gettext(
                    "The certificate of {host} is not trusted: it was issued by “{issuer}”, \
                     which this computer does not know.",
                ),
                &[("host", &host), ("issuer", issuer)],
            ),
            Self::SelfSigned => say(gettext(
                "The certificate of {host} is not trusted: the server has signed it itself.",
            )),
            Self::NoRoots => say(gettext(
                "The certificate of {host} cannot be checked: this computer has no list of \
                 certificate authorities.",
            )),
            Self::Expired { until } => fill(
                &gettext(
                    "The certificate of {host} has expired: it was valid until {day}. The \
                     provider must renew it.",
                ),
                &[("host", &host), ("day", &day(*until))],
            ),
            Self::NotYetValid { from, now } => fill(
                &gettext(
                    "The certificate of {host} is not valid before {day}. This computer's clock \
                     shows {today} and may be wrong.",
                ),
                &[("host", &host), ("day", &day(*from)), ("today", &day(*now))],
            ),
            Self::WrongName { wanted, found } => wrong_name(host, wanted, found),
            Self::Changed { found } => fill(
                &gettext(
                    "The certificate of {host} is not the one that sslfingerprint names: its \
                     fingerprint is {found}.",
                ),
                &[("host", &host), ("found", found)],
            ),
            Self::WrongPurpose => say(gettext(
                "The certificate of {host} is not meant for servers.",
            )),
            Self::Signature => say(gettext(
                "The certificate of {host} is not trusted: a signature is wrong or of a kind \
                 that is no longer safe.",
            )),
            Self::NotAllowed => say(gettext(
                "The certificate of {host} is not trusted: an authority in its chain may not \
                 vouch for it.",
            )),
        }
    }
}

fn wrong_name(host: &str, wanted: &str, found: &[String]) -> String {
    /// More names than this tell nothing more.
    const SHOWN: usize = 5;
    if found.is_empty() {
        return fill(
            &gettext(
                "The certificate of {host} is for another server: wanted “{wanted}”, found no \
                 name.",
            ),
            &[("host", &host), ("wanted", &wanted)],
        );
    }
    let mut list: Vec<String> = found.iter().take(SHOWN).map(|n| format!("“{n}”")).collect();
    if found.len() > SHOWN {
        list.push("…".to_owned());
    }
    fill(
        &gettext(
            "The certificate of {host} is for another server: wanted “{wanted}”, found {found}.",
        ),
        &[
            ("host", &host),
            ("wanted", &wanted),
            ("found", &list.join(", ")),
        ],
    )
}

/// `2026-11-22`, or the number itself for a date out of all reason.
fn day(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(
        |_| seconds.to_string(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_within_reason() {
        let names = |n: usize| (0..n).map(|i| format!("n{i}")).collect::<Vec<_>>();
        let check = |found: usize, expected: &str| {
            let sentence = wrong_name("h", "w", &names(found));
            assert!(sentence.ends_with(expected), "{sentence}");
        };
        check(0, "found no name.");
        check(1, "found “n0”.");
        check(6, "“n3”, “n4”, ….");
    }

    #[test]
    fn days() {
        let check = |seconds, expected: &str| assert_eq!(day(seconds), expected);
        check(0, "1970-01-01");
        check(i64::MAX, "9223372036854775807");
    }
}
