//! Everything the command line writes goes through here. A terminal or pipe that is gone has no
//! effect on mail (threats.md section 5), no line can be forged or move the cursor (rule R10), and
//! live lines make room for those that stay.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::lines::Line;
use crate::base::text::plain;

/// Live lines that stand below the others on the terminal.
static LIVE: Mutex<usize> = Mutex::new(0);

/// A line that stays.
pub fn line(line: &Line) {
    let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
    erase(&mut live);
    // What cannot be written is not worth a mail.
    let _ = match line {
        Line::Out(text) => writeln!(io::stdout(), "{}", plain(text)),
        Line::Err(text) => writeln!(io::stderr(), "{}", plain(text)),
    };
}

/// A line on standard output.
pub fn out(text: impl Into<String>) {
    line(&Line::Out(text.into()));
}

/// A line on standard error.
pub fn err(text: impl Into<String>) {
    line(&Line::Err(text.into()));
}

/// Text for programs, on standard output as it is; the buffer is emptied. `false` when nobody
/// reads it any more.
pub fn bytes(text: &mut Vec<u8>) -> bool {
    let mut out = io::stdout().lock();
    let is_written = out.write_all(text).and_then(|()| out.flush()).is_ok();
    text.clear();
    is_written
}

/// A line on standard output whose pieces are [`plain`] already, with colours between them.
pub fn styled(text: &str) {
    let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
    erase(&mut live);
    let _ = writeln!(io::stdout(), "{text}");
}

/// Our own text of several lines, on standard output.
pub fn page(text: &str) {
    text.lines().for_each(out);
}

/// Draws live lines in the place of those before. They never wrap, whatever the width of their
/// characters.
pub fn draw(lines: &[String]) {
    let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
    erase(&mut live);
    if lines.is_empty() {
        return;
    }
    let mut text = "\x1b[?7l".to_owned();
    for line in lines {
        text.push_str(&plain(line));
        text.push('\n');
    }
    text.push_str("\x1b[?7h");
    *live = lines.len();
    let mut out = io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn erase(live: &mut usize) {
    let lines = std::mem::take(live);
    if lines > 0 {
        let mut out = io::stdout();
        let _ = write!(out, "\x1b[{lines}A\x1b[J").and_then(|()| out.flush());
    }
}
