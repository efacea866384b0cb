//! What is to be remembered, as statements of the journal, and statements as its bytes.

use std::path::Path;

use crate::mail::Uid;
use crate::store::journal::{Batch, Line, Word};
use crate::store::record::{Entry, Mailbox, UID_MAX};
use crate::store::{Error, Known};

/// The journal's statements for a batch; [`Error::Uid`] if one cannot be made.
pub(super) fn of(batch: Vec<Entry>) -> Result<Vec<Line>, Error> {
    let mut lines: Vec<Line> = Vec::with_capacity(batch.len());
    for entry in batch {
        match entry {
            Entry::Intent {
                mailbox,
                uid,
                file,
                deletes,
            } => {
                uid.as_ref().map_or(Ok(()), usable)?;
                lines.push(Line::Intent {
                    mailbox,
                    uid,
                    deletes,
                    file,
                });
            }
            Entry::Delivered {
                mailbox,
                uid,
                deletes,
            } => {
                let state = if deletes {
                    Known::DeletePending
                } else {
                    Known::Delivered
                };
                known(&mut lines, mailbox, state, vec![uid])?;
            }
            Entry::Gone { mailbox, uid } => known(&mut lines, mailbox, Known::New, vec![uid])?,
            Entry::Held { mailbox, uid, held } => {
                usable(&uid)?;
                lines.push(Line::Held { mailbox, uid, held });
            }
            Entry::Served {
                mailbox,
                uid,
                recipients,
            } => {
                usable(&uid)?;
                lines.push(Line::Served {
                    mailbox,
                    uid,
                    recipients,
                });
            }
            Entry::Sized { mailbox, uid, size } => {
                usable(&uid)?;
                match lines.last_mut() {
                    Some(Line::Sized { mailbox: m, sizes }) if *m == mailbox => {
                        sizes.push((uid, size));
                    }
                    _ => lines.push(Line::Sized {
                        mailbox,
                        sizes: vec![(uid, size)],
                    }),
                }
            }
            Entry::Settled { file } => lines.push(Line::Settled { file }),
            Entry::Baseline {
                mailbox,
                validity,
                known: uids,
            } => {
                if mailbox.folder.is_some() {
                    let mailbox = mailbox.clone();
                    lines.push(Line::Validity {
                        mailbox,
                        validity,
                        has_baseline: true,
                    });
                }
                known(&mut lines, mailbox, Known::Delivered, uids)?;
            }
            Entry::Awaited { mailbox, is_open } => lines.push(Line::Awaited { mailbox, is_open }),
            Entry::Validity { mailbox, validity } => {
                lines.push(Line::Validity {
                    mailbox,
                    validity,
                    has_baseline: false,
                });
            }
        }
    }
    Ok(lines)
}

/// Adds UIDs to the line before if it says the same of the same mailbox.
fn known(
    lines: &mut Vec<Line>,
    mailbox: Mailbox,
    state: Known,
    uids: Vec<Uid>,
) -> Result<(), Error> {
    uids.iter().try_for_each(usable)?;
    let words = uids.into_iter().map(Word::One);
    match lines.last_mut() {
        Some(Line::Known {
            mailbox: m,
            state: s,
            uids,
        }) if *m == mailbox && *s == state => {
            uids.extend(words);
        }
        _ => lines.push(Line::Known {
            mailbox,
            state,
            uids: words.collect(),
        }),
    }
    Ok(())
}

fn usable(uid: &Uid) -> Result<(), Error> {
    let length = uid.as_bytes().len();
    if (1..=UID_MAX).contains(&length) {
        Ok(())
    } else {
        Err(Error::Uid)
    }
}

/// Writes a statement into a batch.
pub(super) fn put(batch: &mut Batch, line: &Line) {
    match line {
        Line::Intent {
            mailbox,
            uid,
            deletes,
            file,
        } => {
            batch.intent(mailbox, uid.as_ref(), *deletes, Path::new(file));
        }
        Line::Settled { file } => batch.settled(file),
        Line::Held { mailbox, uid, held } => batch.held(mailbox, uid.as_bytes(), held),
        Line::Served {
            mailbox,
            uid,
            recipients,
        } => batch.served(mailbox, uid.as_bytes(), recipients),
        Line::Sized { mailbox, sizes } => {
            batch.sized(mailbox, sizes.iter().map(|(uid, n)| (uid.as_bytes(), *n)));
        }
        Line::Known {
            mailbox,
            state,
            uids,
        } => {
            let ones = uids.iter().filter_map(|word| match word {
                Word::One(uid) => Some(uid.as_bytes()),
                // Ranges are only read, never made here.
                Word::Range(..) => None,
            });
            batch.known(mailbox, *state, ones);
        }
        Line::Validity {
            mailbox,
            validity,
            has_baseline,
        } => {
            batch.validity(mailbox, *validity, *has_baseline);
        }
        Line::Awaited { mailbox, is_open } => batch.awaited(mailbox, *is_open),
        Line::IdfileWritten => batch.idfile_written(),
    }
}
