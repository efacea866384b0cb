//! A report in Markdown: what servers said can be no markup.

use super::table::table;
use super::{text, words};
use crate::base::i18n::gettext;
use crate::engine::api::job::report::{Report, Row};

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let mut out = format!("# {}\n\n", escaped(&report.host));
    let addresses: Vec<String> = report.addresses.iter().map(ToString::to_string).collect();
    let date = words::moment(report.at, "%Y-%m-%d %H:%M UTC");
    let known = addresses.into_iter().chain(report.reverse.clone());
    let about: Vec<String> = known.chain([date]).collect();
    out.push_str(&format!("{}\n", escaped(&about.join(", "))));
    out.push_str(&rows(report));
    let remarks = text::remarks(report);
    list(&mut out, remarks.iter().map(|one| escaped(one)));
    let known = text::known(report);
    if !known.is_empty() {
        out.push_str(&format!(
            "\n## {}\n",
            gettext("What is known of such servers")
        ));
        list(
            &mut out,
            known
                .iter()
                .map(|(ports, one)| escaped(&text::advised(one, ports))),
        );
    }
    out.push_str(&recommendation(report));
    for row in report.rows.iter().filter(|row| !row.lines.is_empty()) {
        out.push_str(&port(row));
    }
    out
}

fn rows(report: &Report) -> String {
    let (head, rows) = table(report);
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = String::from("\n");
    out.push_str(&line(head.iter().map(|title| escaped(title)).collect()));
    out.push_str(&line(head.iter().map(|_| "---".to_owned()).collect()));
    for row in &rows {
        out.push_str(&line(row.iter().map(|cell| escaped(&cell.text)).collect()));
    }
    out
}

fn recommendation(report: &Report) -> String {
    let mut out = format!("\n## {}\n", gettext("Recommendation"));
    if let Some(sentence) = words::verdict(report) {
        out.push_str(&format!("\n{}\n", escaped(&sentence)));
    }
    for (n, choice) in report.choices.iter().enumerate() {
        let title = match n {
            0 => text::advised_way(&choice.candidate),
            _ => words::way(&choice.candidate),
        };
        out.push_str(&format!("\n**{}**\n", escaped(&title)));
        let all = choice.reasons.iter().chain(&choice.drawbacks);
        list(&mut out, all.map(|one| escaped(one)));
        out.push('\n');
        choice
            .rc
            .lines()
            .for_each(|line| out.push_str(&format!("    {line}\n")));
    }
    out
}

fn port(row: &Row) -> String {
    let mut out = format!(
        "\n## {} {}\n",
        row.port,
        escaped(&words::service(row.service))
    );
    let facts = text::facts(row);
    let facts = facts
        .iter()
        .map(|(name, value)| format!("{name}: {}", escaped(value)));
    list(&mut out, facts);
    for (title, listed) in [
        (gettext("Capabilities in the clear"), &row.before),
        (gettext("Capabilities inside TLS"), &row.after),
    ] {
        if !listed.is_empty() {
            out.push_str(&format!("\n{title}:\n"));
            list(
                &mut out,
                listed.iter().map(|one| escaped(&text::capability(one))),
            );
        }
    }
    // An indented block has no end that a line could forge.
    out.push_str(&format!("\n{}:\n\n", gettext("What was said")));
    text::transcript(row)
        .iter()
        .for_each(|line| out.push_str(&format!("    {line}\n")));
    out
}

fn list(out: &mut String, items: impl Iterator<Item = String>) {
    let before = out.len();
    out.push('\n');
    items.for_each(|item| out.push_str(&format!("- {item}\n")));
    if out.len() == before + 1 {
        out.truncate(before);
    }
}

/// Nothing in it is markup (CommonMark 0.31 section 2.4); HTML neither.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '!' | '@'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
