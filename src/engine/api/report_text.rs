//! A probe's report in words: for a terminal, for a person's clipboard, for a file, for programs.
//! Pure; terminal and window both ask here, so that they say the same. It finds nothing out and
//! ranks nothing.

mod json;
mod markdown;
mod mask;
mod table;
mod text;
mod words;

use super::job::report::Report;

pub use table::{Cell, Tone, table};
pub use words::{outcome, protection, service, way};

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For reading and for a mail.
    Text,
    /// For a forum or an issue.
    Markdown,
    /// For programs; one line. Documented in the manual: fields are added, never renamed.
    Json,
}

/// The whole report. With `masks_local` nobody learns from it how the local network is numbered or
/// named.
pub fn render(report: &Report, format: Format, masks_local: bool) -> String {
    let shown = match masks_local {
        true => &mask::masked(report),
        false => report,
    };
    let written = match format {
        Format::Text => {
            let plain = |_: Tone, text: &str| text.to_owned();
            format!("{}{}", text::summary(shown, &plain), text::details(shown))
        }
        Format::Markdown => markdown::page(shown),
        Format::Json => json::report(shown),
    };
    match masks_local {
        true => mask::text(&written),
        false => written,
    }
}

/// What matters of it: table, what is known, what to use. `paint` may colour the cells of the table,
/// which are quiet.
pub fn summary(report: &Report, paint: &dyn Fn(Tone, &str) -> String) -> String {
    text::summary(report, paint)
}

/// The rest: what each port said, and how.
pub fn details(report: &Report) -> String {
    text::details(report)
}

#[cfg(test)]
mod tests;
