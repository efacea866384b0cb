//! Plain lines, in the forms that scripts read (cli.md section 10).

use crate::base::i18n::{fill, gettext};
use crate::engine::api::{AccountId, Cause, Entry, Trouble, What, Why, words};

/// A line and where it goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// Standard output.
    Out(String),
    /// Standard error.
    Err(String),
}

/// What is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Manner<'a> {
    /// Name in front of messages.
    pub program: &'a str,
    /// A daemon says nothing of empty mailboxes.
    pub is_daemon: bool,
    /// Errors only.
    pub is_silent: bool,
    /// Everything.
    pub is_verbose: bool,
}

/// The lines of one log entry.
pub fn lines(entry: &Entry, manner: Manner<'_>) -> Vec<Line> {
    let is_shown = !manner.is_silent;
    let program = manner.program;
    let Some(id) = &entry.id else {
        // Of the engine itself.
        return match &entry.what {
            What::Note(text) => vec![Line::Err(format!("{program}: {text}"))],
            _ => Vec::new(),
        };
    };
    match &entry.what {
        What::Failed(trouble) => failed(program, id, trouble),
        What::Left {
            octets,
            number,
            why,
        } => left(manner, id, *octets, *number, why),
        What::Note(text) => vec![Line::Err(format!("{program}: {text}"))],
        // Mail that nobody gets is always named.
        What::Discarded { .. } | What::LetGo { .. } | What::Held { .. } => {
            vec![Line::Err(format!(
                "{program}: {id}: {}",
                words::entry(entry)
            ))]
        }
        _ if !is_shown => Vec::new(),
        What::Found {
            folder,
            total,
            old,
            octets,
        } => found(manner, id, folder.as_deref(), (*total, *old), *octets),
        What::Delivered {
            octets,
            number,
            deletes,
            ..
        } => {
            let fate = if *deletes { "flushed" } else { "not flushed" };
            let (at, of) = number;
            vec![Line::Out(format!(
                "reading message {id}:{at} of {of} ({octets} octets) {fate}"
            ))]
        }
        What::Started | What::SignedIn { .. } | What::Finished { .. } if manner.is_verbose => {
            vec![Line::Out(format!(
                "{program}: {id}: {}",
                words::entry(entry)
            ))]
        }
        What::Started | What::SignedIn { .. } | What::Finished { .. } => Vec::new(),
    }
}

/// fetchmail's count line; English and stable, since scripts read it.
fn found(
    manner: Manner<'_>,
    id: &AccountId,
    folder: Option<&str>,
    (total, old): (u32, u32),
    octets: Option<u64>,
) -> Vec<Line> {
    let AccountId { user, label, .. } = id;
    let folder = folder.map(|f| format!(" (folder {f})")).unwrap_or_default();
    if total == 0 {
        let is_shown = manner.is_verbose || !manner.is_daemon;
        let line = format!("{}: No mail for {user} at {label}{folder}", manner.program);
        return if is_shown {
            vec![Line::Out(line)]
        } else {
            Vec::new()
        };
    }
    let noun = if total == 1 { "message" } else { "messages" };
    let seen = if old > 0 {
        format!(" ({old} seen)")
    } else {
        String::new()
    };
    let octets = octets.map(|n| format!(" ({n} octets)")).unwrap_or_default();
    vec![Line::Out(format!(
        "{total} {noun}{seen} for {user} at {label}{folder}{octets}."
    ))]
}

fn left(
    manner: Manner<'_>,
    id: &AccountId,
    octets: Option<u64>,
    (at, of): (u32, u32),
    why: &Why,
) -> Vec<Line> {
    let octets = octets.map(|n| format!(" ({n} octets)")).unwrap_or_default();
    match why {
        Why::Oversized if manner.is_silent => Vec::new(),
        Why::Oversized => vec![Line::Out(format!(
            "skipping message {id}:{at}{octets} (oversized) not flushed"
        ))],
        // Undelivered mail is always named (contract: The file stays fetchmail's, 8).
        _ => {
            let entry = Entry {
                at: std::time::SystemTime::UNIX_EPOCH,
                id: Some(id.clone()),
                what: What::Left {
                    octets: None,
                    number: (at, of),
                    why: why.clone(),
                },
            };
            let sentence = words::entry(&entry);
            vec![Line::Err(format!(
                "{}: {id}: {sentence}{octets}",
                manner.program
            ))]
        }
    }
}

fn failed(program: &str, id: &AccountId, trouble: &Trouble) -> Vec<Line> {
    let headline = words::headline(&trouble.cause);
    let advice = words::advice(&trouble.cause);
    let mut line = format!("{program}: {id}: {headline}");
    if !advice.is_empty() {
        line.push_str(". ");
        line.push_str(&advice);
    }
    let mut lines = vec![Line::Err(line)];
    if !trouble.words.is_empty() && !matches!(trouble.cause, Cause::NotDelivered { .. }) {
        let text = gettext("The answer was: {words}");
        let text = fill(&text, &[("words", &trouble.words)]);
        lines.push(Line::Err(format!("{program}: {id}: {text}")));
    }
    if let Some(name) = status_name(trouble.status) {
        lines.push(Line::Err(format!(
            "{program}: Query status={} ({name})",
            trouble.status
        )));
    }
    lines
}

/// fetchmail's names of statuses; none for success and no mail.
fn status_name(status: u8) -> Option<&'static str> {
    Some(match status {
        2 => "SOCKET",
        3 => "AUTHFAIL",
        4 => "PROTOCOL",
        5 => "SYNTAX",
        6 => "IOERR",
        7 => "ERROR",
        8 => "EXCLUDE",
        9 => "LOCKBUSY",
        10 => "SMTP",
        11 => "DNS",
        12 => "BSMTP",
        13 => "MAXFETCH",
        14 => "SERVERBUSY",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_scripts_rely_on() {
        let manner = Manner {
            program: "fetchmail",
            is_daemon: false,
            is_silent: false,
            is_verbose: false,
        };
        let check = |what: What, manner: Manner<'_>, expected: &[Line]| {
            let entry = Entry {
                at: std::time::SystemTime::UNIX_EPOCH,
                id: Some(AccountId {
                    label: "pop.example".into(),
                    user: "anna".into(),
                    ordinal: 0,
                }),
                what,
            };
            assert_eq!(lines(&entry, manner), expected);
        };
        let found = |folder: Option<&str>, total, old, octets| What::Found {
            folder: folder.map(Into::into),
            total,
            old,
            octets,
        };
        let out = |s: &str| [Line::Out(s.to_owned())];
        check(
            found(None, 1, 0, Some(9)),
            manner,
            &out("1 message for anna at pop.example (9 octets)."),
        );
        check(
            found(None, 3, 2, None),
            manner,
            &out("3 messages (2 seen) for anna at pop.example."),
        );
        check(
            found(Some("Junk"), 3, 0, None),
            manner,
            &out("3 messages for anna at pop.example (folder Junk)."),
        );
        check(
            found(None, 0, 0, None),
            manner,
            &out("fetchmail: No mail for anna at pop.example"),
        );
        check(
            found(None, 0, 0, None),
            Manner {
                is_daemon: true,
                ..manner
            },
            &[],
        );
        check(
            found(None, 1, 0, None),
            Manner {
                is_silent: true,
                ..manner
            },
            &[],
        );
        let delivered = What::Delivered {
            from: String::new(),
            subject: String::new(),
            octets: 7,
            number: (1, 2),
            deletes: true,
        };
        check(
            delivered,
            manner,
            &out("reading message anna@pop.example:1 of 2 (7 octets) flushed"),
        );
    }
}
