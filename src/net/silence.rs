//! How long a peer has been silent, counted across calls of the pump that were cancelled.

use std::time::Duration;

use memchr::memchr;
use tokio::time::Instant;

/// Octets without a line end that count as a sign of life. A peer that drips fewer than these in
/// one timeout is as good as silent (threats.md A12).
const DRIP: usize = 512;
/// How long a driver that comes back late waits for bytes that may be there already.
const GRACE: Duration = Duration::from_secs(1);

/// The clock of one connection. A driver that waits for several things at once and comes back
/// does not start it anew.
#[derive(Debug, Default)]
pub(super) struct Silence {
    since: Option<Instant>,
    /// When a driver that came back after the end of patience gives up.
    last_moment: Option<Instant>,
    /// Octets come without a line end since then.
    dripped: usize,
}

impl Silence {
    /// When it has lasted longer than `limit`; `None` for never. A driver that comes back after
    /// that gets a moment once, because bytes may be there that the system has not told us of yet.
    pub(super) fn end(&mut self, limit: Duration) -> Option<Instant> {
        let now = Instant::now();
        let end = self.since.get_or_insert(now).checked_add(limit)?;
        if now < end {
            return Some(end);
        }
        Some(*self.last_moment.get_or_insert(now + GRACE))
    }

    /// The peer has sent these octets.
    pub(super) fn came(&mut self, bytes: &[u8]) {
        self.dripped += bytes.len();
        if self.dripped >= DRIP || memchr(b'\n', bytes).is_some() {
            self.broken();
        }
    }

    /// The peer is alive, or was just told something that it needs time to answer.
    pub(super) fn broken(&mut self) {
        *self = Self::default();
    }
}
