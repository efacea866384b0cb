//! A terminal: a live line for each account that is busy, below the lines that stay.

use std::io::{self, Write};

use super::lines::Line;
use crate::engine::api::{Snapshot, words};

/// Most live lines; the rest is summed up in one.
const LIVE_MAX: usize = 12;

/// Draws on standard output.
#[derive(Default)]
pub struct Screen {
    drawn: usize,
}

impl Screen {
    /// Prints lines that stay, above the live ones.
    pub fn keep(&mut self, lines: &[Line]) {
        self.erase();
        for line in lines {
            match line {
                Line::Out(text) => println!("{text}"),
                Line::Err(text) => eprintln!("{text}"),
            }
        }
    }

    /// Draws the live lines anew; `width` is the terminal's.
    pub fn draw(&mut self, all: &Snapshot, width: usize) {
        self.erase();
        let busy: Vec<_> = all.accounts.iter().filter(|a| a.state.is_busy()).collect();
        let now = std::time::SystemTime::now();
        let mut lines: Vec<String> = busy
            .iter()
            .take(LIVE_MAX)
            .map(|account| {
                format!(
                    "{}: {}",
                    words::title(&account.id),
                    words::status_line(account, now)
                )
            })
            .collect();
        if busy.len() > LIVE_MAX {
            lines.push(format!("… +{}", busy.len() - LIVE_MAX));
        }
        self.drawn = lines.len();
        let mut out = io::stdout().lock();
        for line in lines {
            let cut: String = line.chars().take(width.saturating_sub(1).max(20)).collect();
            // A terminal that is gone has no effect on mail (threats.md section 5).
            let _ = writeln!(out, "{cut}");
        }
        let _ = out.flush();
    }

    /// Takes the live lines away.
    pub fn erase(&mut self) {
        if self.drawn > 0 {
            let mut out = io::stdout().lock();
            let _ = write!(out, "\x1b[{}A\x1b[J", self.drawn);
            let _ = out.flush();
            self.drawn = 0;
        }
    }
}
