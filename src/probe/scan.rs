//! Which versions of TLS a port takes: a few short connections, side by side, each with a hello by
//! hand (`net::tls`). A server that is asked for a version at most answers with the best it has, so
//! one connection tells of all old versions where there are none.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::report::{self, Outcome, Row, StartTls};
use super::slots::Way;
use super::visit::{Around, speech};
use crate::base::i18n::{fill, gettext};
use crate::net::tls::{Answer, Version};
use crate::proto::look::{self, Depth, Look};

/// Longest wait for all of it; what is not found out by then stays unknown.
const LONGEST: Duration = Duration::from_secs(5);

/// What is known of each version, from the oldest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    versions: [Option<bool>; 5],
    /// At a hello that offered this at most the server ended the connection without a word.
    closed_at: Option<Version>,
}

impl Known {
    fn note(&mut self, version: Version, is_taken: bool) {
        for (slot, known) in self.versions.iter_mut().zip(Version::ALL) {
            if known == version {
                *slot = Some(is_taken);
            }
        }
    }

    fn is_taken(&self, version: Version) -> Option<bool> {
        let mut known = self.versions.iter().zip(Version::ALL);
        known.find_map(|(taken, one)| taken.filter(|_| one == version))
    }

    /// `best` was the most that was offered, and this was the answer. What is left to ask for.
    fn learn(&mut self, best: Version, answer: Answer) -> Option<Version> {
        let taken = match answer {
            Answer::Takes(version) if version <= best => Some(version),
            Answer::Refuses => None,
            Answer::Closes => {
                self.closed_at = Some(best);
                return None;
            }
            _ => return None,
        };
        // TLS 1.3 is offered alone.
        let least = if best == Version::TLS13 {
            best
        } else {
            Version::SSL3
        };
        for version in Version::ALL {
            let is_ruled_out = taken.is_none_or(|taken| version > taken);
            if version <= best && version >= least && is_ruled_out {
                self.note(version, false);
            }
        }
        self.note(taken?, true);
        taken?.older().filter(|_| best != Version::TLS13)
    }

    fn merge(&mut self, other: Self) {
        for (slot, known) in self.versions.iter_mut().zip(other.versions) {
            *slot = slot.or(known);
        }
        self.closed_at = self.closed_at.or(other.closed_at);
    }

    /// Dovecot 2.3, and Courier and Mailutils for SSL 3.0, hang up on a hello that is too old. That is
    /// a refusal where the server speaks a newer version with us.
    fn understand_silence(&mut self) {
        if let Some(best) = self.closed_at.take().filter(|best| best.is_weak()) {
            let mut refused = Self::default();
            refused.learn(best, Answer::Refuses);
            self.merge(refused);
        }
    }

    fn list(self) -> Vec<report::Version> {
        Version::ALL
            .into_iter()
            .zip(self.versions)
            .map(|(version, is_taken)| report::Version {
                name: version.name(),
                is_taken,
                is_weak: version.is_weak(),
            })
            .collect()
    }
}

/// Whether there is anything to find out about a port.
pub(super) fn is_due(row: &Row) -> bool {
    row.tls.is_some() || matches!(row.outcome, Outcome::TlsFailed(_))
}

/// Finds it out. Of the row it needs no more than what is known after the handshake.
pub(super) async fn scan(around: &Around, row: &Row, way: &Way) -> Known {
    let mut known = Known::default();
    let negotiated = row
        .tls
        .as_ref()
        .and_then(|tls| Version::named(&tls.version));
    // What a handshake has told: rustls offers both.
    if let Some(version) = negotiated {
        known.note(version, true);
        if version == Version::TLS12 {
            known.note(Version::TLS13, false);
        }
    }
    let end = Instant::now() + around.timeout.min(LONGEST);
    let asking = Asking {
        around,
        row,
        way,
        end,
    };
    // The longest way first: room for connections is given in this order.
    let (mut old, one) = match negotiated {
        Some(Version::TLS13) => {
            tokio::join!(
                asking.down_from(Version::TLS11),
                asking.once(Version::TLS12)
            )
        }
        Some(_) => (asking.down_from(Version::TLS11).await, Known::default()),
        None => tokio::join!(
            asking.down_from(Version::TLS12),
            asking.once(Version::TLS13)
        ),
    };
    let speaks_newer = match negotiated {
        // It might hang up on every hello made by hand, or on connections that are too many.
        Some(Version::TLS13) => one.is_taken(Version::TLS12).is_some(),
        Some(_) => true,
        None => false,
    };
    if speaks_newer {
        old.understand_silence();
    }
    known.merge(one);
    known.merge(old);
    known
}

/// Puts into the row what was found out.
pub(super) fn put(around: &Around, row: &mut Row, known: Known) {
    match &mut row.tls {
        Some(tls) => tls.versions = known.list(),
        None => only_old(around, row, known),
    }
}

/// One port that is asked.
struct Asking<'a> {
    around: &'a Around,
    row: &'a Row,
    way: &'a Way,
    end: Instant,
}

impl Asking<'_> {
    /// What this one version at most leads to.
    async fn once(&self, best: Version) -> Known {
        let mut found = Known::default();
        found.learn(best, self.answer(best).await);
        found
    }

    /// This one, and if the server takes it or an older one, all that are older than that, side by
    /// side.
    async fn down_from(&self, best: Version) -> Known {
        let mut found = Known::default();
        let next = found.learn(best, self.answer(best).await);
        let then = next.and_then(Version::older);
        let last = then.and_then(Version::older);
        let each = async |version: Option<Version>| match version {
            Some(version) => self.once(version).await,
            None => Known::default(),
        };
        let (next, then, last) = tokio::join!(each(next), each(then), each(last));
        for one in [next, then, last] {
            found.merge(one);
        }
        found
    }

    async fn answer(&self, best: Version) -> Answer {
        let asked = ask(self.around, self.row, self.way, best);
        timeout_at(self.end, asked).await.unwrap_or(Answer::Unclear)
    }
}

/// Where a handshake failed because the server is too old, the sentence says so.
fn only_old(around: &Around, row: &mut Row, known: Known) {
    let is_taken = |version: &report::Version| version.is_taken == Some(true);
    let taken: Vec<report::Version> = known.list().into_iter().filter(is_taken).collect();
    if taken.is_empty() || taken.iter().any(|version| !version.is_weak) {
        return;
    }
    let names: Vec<&str> = taken.iter().map(|version| version.name).collect();
    let sentence = fill(
        &gettext(
            "{host} takes {versions} only, which is no longer safe and not built in here. It can be \
             reached through another program with the “plugin” keyword.",
        ),
        &[("host", &around.host), ("versions", &names.join(", "))],
    );
    if let Some(StartTls::Failed(why)) = &mut row.starttls {
        why.clone_from(&sentence);
    }
    row.outcome = Outcome::TlsFailed(sentence);
}

/// One connection, one answer.
async fn ask(around: &Around, row: &Row, way: &Way, best: Version) -> Answer {
    let is_inside = matches!(row.starttls, Some(StartTls::Works | StartTls::Failed(_)));
    let speech = speech(row.service);
    let Ok(peer) = around.peer(row.port, speech) else {
        return Answer::Unclear;
    };
    let Ok((mut conn, _slot, _)) = around.slots.connect(&peer, way).await else {
        return Answer::Unclear;
    };
    if is_inside {
        let mut look = Look::new(speech, false, Depth::UntilTls);
        while let Ok(Some(_)) = conn.next(&mut look).await {}
        if look.found().starttls != Some(look::StartTls::Agreed) {
            return Answer::Unclear;
        }
    }
    conn.ask_version(best).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_add_up() {
        let check = |answers: &[(Version, Answer)], expected: &str| {
            let mut known = Known::default();
            for (best, answer) in answers {
                known.learn(*best, *answer);
            }
            known.understand_silence();
            let shown: String = known
                .versions
                .iter()
                .map(|known| known.map_or('?', |is_taken| if is_taken { '+' } else { '-' }))
                .collect();
            assert_eq!(shown, expected, "{answers:?}");
        };
        use Answer::{Closes, Refuses, Takes, Unclear};
        use Version as V;
        check(&[(V::TLS11, Refuses)], "---??");
        check(&[(V::TLS11, Takes(V::TLS11))], "??+??");
        check(&[(V::TLS11, Takes(V::TLS10))], "?+-??");
        check(&[(V::TLS11, Takes(V::TLS10)), (V::SSL3, Refuses)], "-+-??");
        check(&[(V::TLS12, Takes(V::TLS12))], "???+?");
        check(&[(V::TLS13, Refuses)], "????-");
        check(&[(V::TLS13, Takes(V::TLS13))], "????+");
        check(&[(V::TLS11, Takes(V::TLS12))], "?????");
        check(&[(V::TLS11, Unclear)], "?????");
        check(&[(V::TLS11, Closes)], "---??");
        check(&[(V::TLS11, Takes(V::TLS10)), (V::SSL3, Closes)], "-+-??");
        check(&[(V::TLS12, Closes)], "?????");
    }
}
