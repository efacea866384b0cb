//! The probes of this session, newest first. Nothing of it is written anywhere.

use std::rc::Rc;
use std::time::SystemTime;

use super::words;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::Report;
use crate::engine::api::words::clock;

/// More are forgotten.
const KEPT: usize = 30;

/// What was found before.
#[derive(Debug, Default)]
pub(super) struct History {
    all: Vec<Rc<Report>>,
}

impl History {
    /// Keeps a report that is over.
    pub(super) fn push(&mut self, report: Rc<Report>) {
        self.all.insert(0, report);
        self.all.truncate(KEPT);
    }

    /// Newest first.
    pub(super) fn all(&self) -> &[Rc<Report>] {
        &self.all
    }

    /// The report about the same host before `now`; it must have come to something.
    pub(super) fn before(&self, now: &Report) -> Option<&Rc<Report>> {
        self.all
            .iter()
            .filter(|old| !old.rows.is_empty() && old.at < now.at)
            .find(|old| old.host.eq_ignore_ascii_case(&now.host))
    }
}

/// Host, time and best choice, as an entry of the menu.
pub(super) fn entry(report: &Report, now: SystemTime) -> String {
    let best = report.choices.first();
    let best = best.map_or_else(
        || gettext("nothing usable"),
        |c| words::choice(&c.candidate),
    );
    fill(
        &gettext("{host}, {time}: {best}"),
        &[
            ("host", &report.host),
            ("time", &clock(report.at, now)),
            ("best", &best),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_one_before_is_of_the_same_host_and_older() {
        let mut history = History::default();
        let at = |host: &str, seconds: u64| {
            let mut report = sample::report(host);
            report.at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            Rc::new(report)
        };
        for (host, seconds) in [("a.example", 10), ("b.example", 20), ("A.example", 30)] {
            history.push(at(host, seconds));
        }
        let check = |history: &History, host: &str, seconds: u64, expected: Option<u64>| {
            let found = history.before(&at(host, seconds));
            let time = found.map(|r| {
                r.at.duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap_or_default()
            });
            assert_eq!(time.map(|t| t.as_secs()), expected);
        };
        check(&history, "a.example", 40, Some(30));
        check(&history, "a.example", 30, Some(10));
        check(&history, "a.example", 10, None);
        check(&history, "c.example", 40, None);
        let mut failed = sample::report("c.example");
        failed.rows.clear();
        history.push(Rc::new(failed));
        check(&history, "c.example", 40, None);
        for n in 0..100 {
            history.push(at("d.example", n));
        }
        assert_eq!(history.all().len(), KEPT);
    }
}
