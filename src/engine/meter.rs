//! How far a poll is, how fast, and how long it will take.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::api::Progress;

/// The rate is that of this last stretch of time.
const STRETCH: Duration = Duration::from_secs(5);
/// Samples are at least this far apart.
const STEP: Duration = Duration::from_millis(100);

/// Counts one poll.
pub struct Meter {
    progress: Progress,
    started: Instant,
    samples: VecDeque<(Instant, u64)>,
}

impl Meter {
    /// A poll begins.
    pub fn new(now: Instant) -> Self {
        Self {
            progress: Progress::default(),
            started: now,
            samples: VecDeque::new(),
        }
    }

    /// The survey of a folder is known: adds what is to be fetched from it.
    pub fn surveyed(&mut self, total: u32, old: u32, fetch: u32, octets: Option<u64>) {
        let progress = &mut self.progress;
        let waiting = progress.waiting.unwrap_or_default();
        progress.waiting = Some((
            waiting.0.saturating_add(total),
            waiting.1.saturating_add(old),
        ));
        progress.of_bytes = match (progress.of, progress.of_bytes, octets) {
            (None, _, octets) => octets,
            (Some(_), Some(before), Some(octets)) => Some(before.saturating_add(octets)),
            (Some(_), ..) => None,
        };
        progress.of = Some(progress.of.unwrap_or(0).saturating_add(fetch));
    }

    /// Octets came.
    pub fn received(&mut self, octets: u64, now: Instant) {
        self.progress.bytes += octets;
        let is_due = self.samples.back().is_none_or(|(at, _)| now - *at >= STEP);
        if is_due {
            self.samples.push_back((now, self.progress.bytes));
            while self
                .samples
                .front()
                .is_some_and(|(at, _)| now - *at > STRETCH)
            {
                self.samples.pop_front();
            }
        }
    }

    /// A message was delivered.
    pub fn delivered(&mut self) {
        self.progress.done += 1;
    }

    /// How things stand now.
    pub fn read(&self, now: Instant) -> Progress {
        let mut progress = self.progress;
        progress.elapsed = now - self.started;
        if let (Some((from, before)), Some((to, after))) =
            (self.samples.front(), self.samples.back())
            && to > from
        {
            progress.rate = (after - before) as f64 / (*to - *from).as_secs_f64();
        }
        let open = progress
            .of_bytes
            .map(|all| all.saturating_sub(progress.bytes));
        progress.left = match open {
            Some(open) if progress.rate >= 1.0 => Some(Duration::from_secs_f64(
                (open as f64 / progress.rate).min(1e9),
            )),
            _ => None,
        };
        progress
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left() {
        let start = Instant::now();
        let mut meter = Meter::new(start);
        meter.surveyed(10, 4, 6, Some(6_000));
        for step in 1..=20 {
            meter.received(100, start + Duration::from_millis(100 * step));
        }
        let progress = meter.read(start + Duration::from_secs(2));
        assert_eq!((progress.bytes, progress.of), (2_000, Some(6)));
        assert_eq!(progress.rate.round(), 1000.0);
        assert_eq!(progress.left, Some(Duration::from_secs(4)));
        meter.surveyed(1, 0, 1, None);
        assert_eq!(meter.read(start).of_bytes, None);
        assert_eq!(meter.read(start).waiting, Some((11, 4)));
    }
}
