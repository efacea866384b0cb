//! What to use, best first, with reasons and drawbacks; whether the network seems to block mail.
//! Pure: it reads the rows and nothing else.
//!
//! Encrypted goes before not, a good certificate before a bad one, TLS before STARTTLS, IMAP before
//! POP3. A port whose certificate is in trouble is shown with it, and nothing in the clear is ever
//! ranked above it.

mod lines;
mod words;

pub use lines::options;
pub use words::of_certificate;

use std::cmp::Reverse;

use super::candidate::{Candidate, Protocol, Security, Source, UserForm};
use super::report::{Choice, Outcome, Report, Row, Service, StartTls};

/// Fills in what follows from the rows: choices, and whether ports are blocked.
pub(super) fn conclude(report: &mut Report) {
    report.choices = choices(report);
    report.is_blocked = is_blocked(&report.rows);
}

/// Whether something was found that mail can be fetched with, or that can be asked for it.
pub fn is_usable(report: &Report) -> bool {
    let is_asked = |row: &Row| {
        matches!(
            row.service,
            Service::Smtp | Service::Submission | Service::Odmr
        ) && row.outcome == Outcome::Answered
    };
    !report.choices.is_empty() || report.rows.iter().any(is_asked)
}

/// Several ports time out everywhere, and nothing at all answers: it may be this network. A host
/// that drops what it does not offer looks the same port by port, but answers on others.
fn is_blocked(rows: &[Row]) -> bool {
    let mut silent: Vec<u16> = rows
        .iter()
        .filter(|row| row.outcome == Outcome::TimedOut && row.times.connect.is_none())
        .map(|row| row.port)
        .collect();
    silent.dedup();
    let is_alive = |row: &Row| {
        row.times.connect.is_some() || matches!(row.outcome, Outcome::Answered | Outcome::Refused)
    };
    silent.len() >= 2 && !rows.iter().any(is_alive)
}

/// A way that a row offers.
struct Way<'a> {
    row: &'a Row,
    protocol: Protocol,
    security: Security,
}

impl Way<'_> {
    fn has_bad_certificate(&self) -> bool {
        self.security != Security::None
            && self
                .row
                .tls
                .as_ref()
                .is_none_or(|tls| tls.shown.problem.is_some())
    }

    /// From the best.
    fn rank(&self) -> (bool, bool, Security, Protocol, bool) {
        (
            self.security == Security::None,
            self.has_bad_certificate(),
            self.security,
            self.protocol,
            // The usual port before others.
            self.row.port != Candidate::usual_port(self.protocol, self.security),
        )
    }
}

fn choices(report: &Report) -> Vec<Choice> {
    let mut ways: Vec<Way<'_>> = report.rows.iter().filter_map(way).collect();
    // Of the addresses of a port the one that does best stands for it.
    ways.sort_by_key(|way| (way.rank(), Reverse(way.row.mechanisms.len())));
    let mut seen = Vec::new();
    ways.retain(|way| {
        let is_new = !seen.contains(&way.row.port);
        seen.push(way.row.port);
        is_new
    });
    ways.iter().map(|way| choice(way, report)).collect()
}

/// The way a row offers, if mail can be fetched there.
fn way(row: &Row) -> Option<Way<'_>> {
    let protocol = row.protocol()?;
    if row.outcome != Outcome::Answered && !matches!(row.outcome, Outcome::TlsFailed(_)) {
        return None;
    }
    let security = match (&row.starttls, row.service) {
        (_, Service::Imaps | Service::Pop3s) => Security::Tls,
        (Some(StartTls::Works), _) => Security::StartTls,
        // Somebody is in between: nothing of this row is recommended.
        (Some(StartTls::Injects), _) => return None,
        _ if row.needs_tls => return None,
        _ => Security::None,
    };
    // Agreed on a protection that did not come about, or never heard of it.
    if security != Security::None && row.tls.is_none() {
        return None;
    }
    let is_silent = row.before.is_empty() && row.after.is_empty();
    let can_sign_in = is_silent || !row.mechanisms.is_empty() || row.apop.is_some();
    can_sign_in.then_some(Way {
        row,
        protocol,
        security,
    })
}

fn choice(way: &Way<'_>, report: &Report) -> Choice {
    let candidate = Candidate {
        protocol: way.protocol,
        host: report.host.clone(),
        port: way.row.port,
        security: way.security,
        methods: Report::methods(way.row),
        user: UserForm::Address,
        source: Source::Probe,
        is_weak: way.security == Security::None || way.has_bad_certificate(),
    };
    Choice {
        reasons: words::reasons(way),
        drawbacks: words::drawbacks(way),
        rc: lines::rc(&candidate),
        candidate,
    }
}

#[cfg(test)]
mod tests;
