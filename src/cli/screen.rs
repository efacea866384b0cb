//! A terminal: a live line for each account that is busy, below the lines that stay.

use std::time::SystemTime;

use super::say;
use crate::engine::api::{Snapshot, words};

/// Most live lines; the rest is summed up in one.
const LIVE_MAX: usize = 12;

/// Columns and rows of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    columns: usize,
    rows: usize,
}

impl Size {
    /// As the terminal on standard output says; some say 0, which means that they do not know.
    pub fn of_terminal() -> Self {
        let size = rustix::termios::tcgetwinsize(io_stdout());
        size.map_or(Self::new(0, 0), |size| Self::new(size.ws_col, size.ws_row))
    }

    /// Columns.
    pub fn columns(self) -> usize {
        self.columns
    }

    fn new(columns: u16, rows: u16) -> Self {
        let or = |n: u16, usual| if n == 0 { usual } else { usize::from(n) };
        Self {
            columns: or(columns, 80),
            rows: or(rows, 24),
        }
    }
}

fn io_stdout() -> std::io::Stdout {
    std::io::stdout()
}

/// Whether standard output is a terminal that can be drawn on.
pub fn is_drawable() -> bool {
    let is_able = std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
    is_able && std::io::IsTerminal::is_terminal(&io_stdout())
}

/// Draws the live lines anew.
pub fn draw(all: &Snapshot, size: Size) {
    say::draw(&live(all, size, SystemTime::now()));
}

/// Takes the live lines away.
pub fn erase() {
    say::draw(&[]);
}

fn live(all: &Snapshot, size: Size, now: SystemTime) -> Vec<String> {
    let busy: Vec<_> = all.accounts.iter().filter(|a| a.state.is_busy()).collect();
    // One row is the cursor's; lines that have scrolled away cannot be taken back.
    let room = LIVE_MAX.min(size.rows.saturating_sub(1));
    let shown = if busy.len() > room {
        room.saturating_sub(1)
    } else {
        busy.len()
    };
    let mut lines: Vec<String> = busy
        .iter()
        .take(shown)
        .map(|account| {
            let name = words::title(&account.id);
            let line = format!("{name}: {}", words::status_line(account, now));
            line.chars().take(size.columns.saturating_sub(1)).collect()
        })
        .collect();
    if busy.len() > shown && room > 0 {
        lines.push(format!("… +{}", busy.len() - shown));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::{AccountId, AccountStatus, State};

    fn busy(count: usize) -> Snapshot {
        let account = |n| {
            AccountStatus::fresh(
                AccountId {
                    label: "mail.example".into(),
                    user: format!("user{n}"),
                    ordinal: 0,
                },
                if n == 0 {
                    State::Idle
                } else {
                    State::Connecting
                },
                String::new(),
            )
        };
        Snapshot {
            accounts: (0..=count).map(account).collect(),
            ..Snapshot::default()
        }
    }

    #[test]
    fn lines_fit_the_terminal() {
        let check = |count, columns, rows, expected: usize, last: &str| {
            let size = Size::new(columns, rows);
            let lines = live(&busy(count), size, SystemTime::UNIX_EPOCH);
            assert_eq!(lines.len(), expected, "{lines:?}");
            assert_eq!(lines.last().map_or("", String::as_str), last);
        };
        check(0, 80, 24, 0, "");
        check(
            1,
            80,
            24,
            1,
            "user1@mail.example: Connecting to mail.example…",
        );
        check(
            1,
            0,
            0,
            1,
            "user1@mail.example: Connecting to mail.example…",
        );
        check(1, 10, 24, 1, "user1@mai");
        check(1, 1, 24, 1, "");
        check(
            12,
            80,
            24,
            12,
            "user12@mail.example: Connecting to mail.example…",
        );
        check(13, 80, 24, 12, "… +2");
        check(9, 80, 5, 4, "… +6");
        check(9, 80, 2, 1, "… +9");
        check(9, 80, 1, 0, "");
    }
}
