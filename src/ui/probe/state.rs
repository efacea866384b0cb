//! What a report comes to as a whole: in place of results, above them, and in the status line.
//! Pure.

use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::report::{Failure, Outcome, Report};

/// A headline and what can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// Its icon.
    pub icon: &'static str,
    /// What happened.
    pub headline: String,
    /// Whole sentences.
    pub text: String,
}

/// Why there are no results at all.
pub(super) fn failure(host: &str, failure: &Failure) -> Notice {
    let warning = "dialog-warning-symbolic";
    match failure {
        Failure::UnknownHost => Notice {
            icon: "dialog-question-symbolic",
            headline: gettext("The server was not found"),
            text: fill(
                &gettext("There is no server called “{host}”. Check the spelling."),
                &[("host", &host)],
            ),
        },
        Failure::Lookup(words) => Notice {
            icon: warning,
            headline: gettext("Names cannot be looked up"),
            text: fill(
                &gettext("The name service answered: {words}"),
                &[("words", words)],
            ),
        },
        Failure::Offline => Notice {
            icon: "network-offline-symbolic",
            headline: gettext("You are offline"),
            text: gettext("Examine the server again when the network is back."),
        },
        Failure::Settings(sentence) => Notice {
            icon: warning,
            headline: gettext("The options cannot be used"),
            text: sentence.clone(),
        },
    }
}

/// Discovery has found no server for a domain.
pub(super) fn no_settings(domain: &str) -> Notice {
    Notice {
        icon: "dialog-question-symbolic",
        headline: fill(
            &gettext("No settings found for {domain}"),
            &[("domain", &domain)],
        ),
        text: gettext(
            "Enter the server yourself, or ask your provider for “IMAP” or “POP3” settings.",
        ),
    }
}

/// What is to be said above the results; only of what is over.
pub(super) fn notice(report: &Report) -> Option<Notice> {
    if report.is_blocked {
        return Some(Notice {
            icon: "network-offline-symbolic",
            headline: gettext("This network may block mail"),
            text: gettext(
                "Several ports time out from here. This network may block mail ports. \
                 Try another network.",
            ),
        });
    }
    if !report.is_done || report.rows.is_empty() {
        return None;
    }
    let count =
        |is_so: fn(&Outcome) -> bool| report.rows.iter().filter(|row| is_so(&row.outcome)).count();
    if count(|o| *o == Outcome::Stopped) > 0 {
        return Some(Notice {
            icon: "media-playback-stop-symbolic",
            headline: gettext("Stopped"),
            text: gettext("What was found until then is shown."),
        });
    }
    if count(|o| *o == Outcome::Answered) > 0 {
        return report.choices.is_empty().then(|| Notice {
            icon: "dialog-information-symbolic",
            headline: gettext("No mailbox can be fetched here"),
            text: gettext("The server answers, but offers neither IMAP nor POP3 that can be used."),
        });
    }
    let values: &[(&str, &dyn std::fmt::Display)] = &[("host", &report.host)];
    if count(|o| matches!(o, Outcome::NotThis(_))) > 0 {
        return Some(Notice {
            icon: "dialog-warning-symbolic",
            headline: gettext("This is not a mail server"),
            text: fill(
                &gettext(
                    "Something answers in place of “{host}”, but it does not speak a mail \
                     protocol. In a hotel or café, sign in to the network with a browser first.",
                ),
                values,
            ),
        });
    }
    if count(|o| matches!(o, Outcome::TlsFailed(_))) > 0 {
        return Some(Notice {
            icon: "channel-insecure-symbolic",
            headline: gettext("No encryption could be agreed on"),
            text: gettext("Select a port to see why."),
        });
    }
    Some(if count(|o| *o == Outcome::Refused) == report.rows.len() {
        Notice {
            icon: "action-unavailable-symbolic",
            headline: gettext("All ports are refused"),
            text: fill(
                &gettext(
                    "“{host}” exists, but nothing listens on the ports that were tried. \
                     The mail server may have another name or other ports.",
                ),
                values,
            ),
        }
    } else {
        Notice {
            icon: "dialog-warning-symbolic",
            headline: gettext("The server is not answering"),
            text: fill(
                &gettext("No mail port of “{host}” can be reached from here."),
                values,
            ),
        }
    })
}

/// How many rows are settled, of how many.
pub(super) fn settled(report: &Report) -> (usize, usize) {
    let is_open = |o: &Outcome| matches!(o, Outcome::Waiting | Outcome::Working);
    let open = report.rows.iter().filter(|r| is_open(&r.outcome)).count();
    (report.rows.len() - open, report.rows.len())
}

/// One line about how far it is, or how it ended.
pub(super) fn status(report: &Report) -> String {
    let (done, all) = settled(report);
    let answered = report.rows.iter();
    let answered = answered.filter(|r| r.outcome == Outcome::Answered).count();
    if report.is_done {
        let text = ngettext(
            "{n} of {all} port answered in {time}.",
            "{n} of {all} ports answered in {time}.",
            all as u64,
        );
        let time = crate::engine::api::words::took(report.took);
        return fill(&text, &[("n", &answered), ("all", &all), ("time", &time)]);
    }
    let text = ngettext(
        "Examining {host}… {n} of {all} port done",
        "Examining {host}… {n} of {all} ports done",
        all as u64,
    );
    fill(
        &text,
        &[
            ("host", &super::work::isolated(&report.host)),
            ("n", &done),
            ("all", &all),
        ],
    )
}

/// A copy in which nothing is under way any more.
pub(super) fn stopped(report: &Report) -> Report {
    let mut report = report.clone();
    for row in &mut report.rows {
        if matches!(row.outcome, Outcome::Waiting | Outcome::Working) {
            row.outcome = Outcome::Stopped;
        }
    }
    report.is_done = true;
    report
}

#[cfg(test)]
mod tests;
