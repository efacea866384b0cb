//! The table of ports: cells with a tone each.

use crate::base::i18n::gettext;
use crate::engine::api::job::report::{Outcome, Report, Row, StartTls};

use super::words;

/// What a cell says at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// With care.
    Warning,
    /// Not as it should be.
    Bad,
    /// Of no importance.
    Faint,
    /// Neither.
    Plain,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Quiet.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// Head and rows; all have the same number of cells. The address has a column where there are
/// several.
pub fn table(report: &Report) -> (Vec<String>, Vec<Vec<Cell>>) {
    let has_addresses = report.addresses.len() > 1;
    let mut head = vec![gettext("Port")];
    head.extend(has_addresses.then(|| gettext("Address")));
    head.extend([
        gettext("Service"),
        gettext("Result"),
        gettext("Time"),
        gettext("Protection"),
        gettext("Certificate"),
        gettext("Sign-in"),
        gettext("Server"),
    ]);
    let rows = report.rows.iter().map(|row| cells(row, has_addresses));
    (head, rows.collect())
}

fn cells(row: &Row, has_addresses: bool) -> Vec<Cell> {
    let cell = |tone, text: String| Cell { text, tone };
    let mut out = vec![cell(Tone::Plain, row.port.to_string())];
    if has_addresses {
        let address = row.address.map_or_else(String::new, |a| a.to_string());
        out.push(cell(Tone::Faint, address));
    }
    let is_there = row.times.connect.is_some() && row.outcome != Outcome::TimedOut;
    let time = row.times.connect.filter(|_| is_there);
    out.extend([
        cell(Tone::Plain, words::service(row.service)),
        cell(result_tone(&row.outcome), words::outcome(&row.outcome).0),
        cell(
            Tone::Plain,
            time.map_or_else(String::new, |_| words::duration(row.times.all)),
        ),
        cell(protection_tone(row), words::protection(row)),
        certificate(row),
        sign_in(row),
        cell(
            Tone::Plain,
            row.software
                .as_ref()
                .map_or_else(String::new, |software| words::software(software).0),
        ),
    ]);
    out
}

fn result_tone(outcome: &Outcome) -> Tone {
    match outcome {
        Outcome::Answered => Tone::Good,
        Outcome::Refused | Outcome::Waiting | Outcome::Working | Outcome::Stopped => Tone::Faint,
        Outcome::TimedOut | Outcome::NotThis(_) => Tone::Warning,
        Outcome::TlsFailed(_) | Outcome::Failed(_) => Tone::Bad,
    }
}

fn protection_tone(row: &Row) -> Tone {
    match &row.starttls {
        Some(StartTls::NotNeeded | StartTls::Works) if row.tls.is_some() => Tone::Good,
        Some(StartTls::NotNeeded) | None => Tone::Plain,
        Some(StartTls::NotOffered) => Tone::Warning,
        _ => Tone::Bad,
    }
}

fn certificate(row: &Row) -> Cell {
    let Some(tls) = &row.tls else {
        return Cell {
            text: String::new(),
            tone: Tone::Plain,
        };
    };
    let (tone, text) = match &tls.shown.problem {
        None => (Tone::Good, gettext("good")),
        Some(_) => (Tone::Bad, gettext("bad")),
    };
    Cell { text, tone }
}

/// Most mechanisms in a cell: some servers list fifteen. The details have them all.
const MECHANISMS: usize = 5;

fn some(mechanisms: &[String]) -> String {
    match mechanisms.split_at_checked(MECHANISMS) {
        Some((first, [_, ..])) => format!("{}, …", first.join(", ")),
        _ => mechanisms.join(", "),
    }
}

fn sign_in(row: &Row) -> Cell {
    let mut mechanisms = row.mechanisms.clone();
    let has_apop = row.apop.as_ref().is_some_and(|apop| apop.is_valid);
    mechanisms.extend(has_apop.then(|| "APOP".to_owned()));
    match mechanisms.is_empty() && row.needs_tls {
        true => Cell {
            text: gettext("no password without TLS"),
            tone: Tone::Warning,
        },
        false => Cell {
            text: some(&mechanisms),
            tone: Tone::Plain,
        },
    }
}
