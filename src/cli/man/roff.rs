//! man(7) markup, and how text is kept from being taken for it.

use std::fmt::Write;

/// A page in the making.
pub(super) struct Page {
    out: String,
}

impl Page {
    pub(super) fn new(head: &str) -> Self {
        Self {
            out: format!(
                ".\\\" Made by `postrider man` from the tables of the program; do not edit.\n{head}"
            ),
        }
    }

    /// Markup as it is.
    pub(super) fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    pub(super) fn section(&mut self, title: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, ".SH {title}");
    }

    pub(super) fn subsection(&mut self, title: &str) {
        let _ = writeln!(self.out, ".SS \"{}\"", escape(title));
    }

    /// A line with a bold name and what follows it.
    pub(super) fn call(&mut self, name: &str, rest: &str) {
        let line = format!("{} {}", bold(name), escape(rest));
        let _ = writeln!(self.out, "{}", line.trim_end());
    }

    /// A bold tag and its paragraph.
    pub(super) fn item(&mut self, tag: &str, text: &str) {
        self.tagged(&bold(tag), text);
    }

    /// A tag in markup and its paragraph.
    pub(super) fn tagged(&mut self, tag: &str, text: &str) {
        let _ = writeln!(self.out, ".TP\n{tag}\n{}", escape(text));
    }

    /// A line of text that continues the paragraph.
    pub(super) fn text(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}", escape(text));
    }

    /// A line break.
    pub(super) fn new_line(&mut self) {
        self.out.push_str(".br\n");
    }

    pub(super) fn done(self) -> String {
        self.out
    }
}

/// Bold text; the font is put back behind it.
pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escape(text))
}

/// Slanted text.
pub(super) fn slanted(text: &str) -> String {
    format!("\\fI{}\\fR", escape(text))
}

/// No character of a text is markup, none is replaced by a prettier one, and all are ASCII.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '"' => out.push_str("\\(dq"),
            '~' => out.push_str("\\(ti"),
            '^' => out.push_str("\\(ha"),
            '`' => out.push_str("\\(ga"),
            c if !c.is_ascii() => {
                let _ = write!(out, "\\[u{:04X}]", u32::from(c));
            }
            c => out.push(c),
        }
    }
    if out.starts_with('.') {
        out.insert_str(0, "\\&");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_what_it_is() {
        let check = |text: &str, expected: &str| assert_eq!(escape(text), expected);
        check("a-b", "a\\-b");
        check(".SH x", "\\&.SH x");
        check("'br", "\\(aqbr");
        check("\\fB", "\\efB");
        check("~/“x”", "\\(ti/\\[u201C]x\\[u201D]");
    }
}
