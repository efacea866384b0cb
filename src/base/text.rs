//! Text from outside, made safe to show (rule R10: quiet text), and figures for people.

use std::borrow::Cow;

/// Longest piece of foreign text shown in one place, in characters.
pub const QUIET_MAX: usize = 200;

/// Makes text of a server or a message safe for a terminal, a list or a notice: bytes that are
/// not UTF-8 are replaced, control characters (C0, C1, DEL) and bidirectional controls become
/// `U+FFFD`, runs of white space become one blank, and it is cut at `max` characters with `…`.
pub fn quiet(bytes: &[u8], max: usize) -> String {
    let text: Cow<'_, str> = String::from_utf8_lossy(bytes);
    let mut out = String::new();
    let mut count = 0;
    let mut blank = false;
    for c in text.trim().chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if count + usize::from(blank) >= max {
            out.push('…');
            return out;
        }
        if blank && !out.is_empty() {
            out.push(' ');
            count += 1;
        }
        blank = false;
        out.push(if is_disruptive(c) { '\u{fffd}' } else { c });
        count += 1;
    }
    out
}

/// Makes one line safe to write as it is: what [`quiet`] takes for disruptive becomes `U+FFFD`,
/// line ends too; blanks and length stay.
pub fn plain(line: &str) -> Cow<'_, str> {
    let is_odd = |c: char| c != '\t' && is_disruptive(c);
    if line.contains(is_odd) {
        line.replace(is_odd, "\u{fffd}").into()
    } else {
        line.into()
    }
}

fn is_disruptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{061c}')
}

/// A size as people write it: `812 B`, `9.8 kB`, `31 MB` (powers of 1000).
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 || value >= 9.95 {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_neutralises() {
        let check = |raw: &[u8], expected: &str| assert_eq!(quiet(raw, 10), expected);
        check(b"plain", "plain");
        check(b"\x1b[31mred", "\u{fffd}[31mred");
        check("a\u{202e}b".as_bytes(), "a\u{fffd}b");
        check(b"a \r\n\t b", "a b");
        check(b"0123456789abc", "0123456789…");
        check(b"\xff\xfe", "\u{fffd}\u{fffd}");
    }

    #[test]
    fn plain_lines() {
        let check = |raw: &str, expected: &str| assert_eq!(plain(raw), expected);
        check("  two  blanks\tand ü", "  two  blanks\tand ü");
        check(
            "a\x1b[2Jb\r\nc\u{202e}",
            "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\u{fffd}",
        );
    }

    #[test]
    fn sizes() {
        let check = |n, expected: &str| assert_eq!(size(n), expected);
        check(0, "0 B");
        check(999, "999 B");
        check(1_000, "1.0 kB");
        check(9_949, "9.9 kB");
        check(31_400_000, "31 MB");
        check(u64::MAX, "18446744 TB");
    }
}
