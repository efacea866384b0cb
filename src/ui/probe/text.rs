//! A report as a text to keep or to send: plain, Markdown, JSON. Pure, and the one place where the
//! window makes it. Addresses of the local network are masked on demand.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::facts::{self, Item, Section};
use super::words::{self, Column};
use crate::base::i18n::{fill, gettext};
use crate::engine::api;
use crate::engine::api::job::report::{Report, Row};

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For reading and mail.
    Text,
    /// For trackers of faults.
    Markdown,
    /// For programs.
    Json,
}

impl Format {
    /// By the ending of a file's name; text if it has none that says more.
    pub(super) fn of(name: &str) -> Self {
        match name.rsplit_once('.').map(|(_, end)| end) {
            Some(end) if end.eq_ignore_ascii_case("md") => Self::Markdown,
            Some(end) if end.eq_ignore_ascii_case("json") => Self::Json,
            _ => Self::Text,
        }
    }
}

/// The whole report.
pub(super) fn report_text(report: &Report, format: Format, mask_local: bool) -> String {
    let text = match format {
        Format::Json => format!("{:#}\n", value(report)),
        Format::Text => Writer::new(false).whole(report),
        Format::Markdown => Writer::new(true).whole(report),
    };
    if mask_local { masked(&text) } else { text }
}

/// The difference between the two formats for reading.
struct Writer {
    out: String,
    is_markdown: bool,
}

impl Writer {
    fn new(is_markdown: bool) -> Self {
        Self {
            out: String::new(),
            is_markdown,
        }
    }

    fn whole(mut self, report: &Report) -> String {
        let title = gettext("Report about {host}");
        self.heading(1, &fill(&title, &[("host", &report.host)]));
        self.fact(
            &gettext("Examined"),
            &api::words::clock(report.at, std::time::SystemTime::UNIX_EPOCH),
        );
        let addresses: Vec<String> = report.addresses.iter().map(ToString::to_string).collect();
        self.fact(&gettext("Addresses"), &addresses.join(", "));
        self.fact(
            &gettext("Name of the address"),
            report.reverse.as_deref().unwrap_or_default(),
        );
        if let Some(failure) = &report.failure {
            let notice = super::state::failure(&report.host, failure);
            self.fact(&notice.headline, &notice.text);
        }
        if let Some(notice) = super::state::notice(report) {
            self.fact(&notice.headline, &notice.text);
        }
        self.choices(report);
        for row in &report.rows {
            self.row(report, row);
        }
        self.out
    }

    fn choices(&mut self, report: &Report) {
        for (place, choice) in report.choices.iter().enumerate() {
            let title = match place {
                0 => gettext("Recommended: {way}"),
                _ => gettext("Also possible: {way}"),
            };
            self.heading(
                2,
                &fill(&title, &[("way", &words::choice(&choice.candidate))]),
            );
            for reason in &choice.reasons {
                self.point("+", reason);
            }
            for drawback in &choice.drawbacks {
                self.point("-", drawback);
            }
            self.block(choice.rc.trim_end());
        }
    }

    fn row(&mut self, report: &Report, row: &Row) {
        let mut title = format!(
            "{} {}, {}",
            Column::Port.title(),
            row.port,
            words::service(row.service)
        );
        if let Some(address) = row.address {
            title.push_str(&format!(", {address}"));
        }
        self.heading(2, &title);
        for section in facts::sections(report, row) {
            if section.id != "place" {
                self.section(&section);
            }
        }
    }

    fn section(&mut self, section: &Section) {
        self.heading(3, &section.title);
        for item in &section.items {
            match item {
                Item::Fact { title, value, .. } => self.fact(title, value),
                Item::Words { text, .. } => self.block(text),
                Item::Capability {
                    word,
                    meaning,
                    note,
                } => {
                    let mut text = word.clone();
                    for more in [meaning, note].into_iter().filter(|more| !more.is_empty()) {
                        text.push_str(&format!(" – {more}"));
                    }
                    self.point("*", &text);
                }
                Item::Advice(advice) => {
                    self.point("*", &format!("{}: {}", advice.server, advice.text));
                }
                Item::Certificates(shown) => {
                    for certificate in &shown.chain {
                        self.fact(&certificate.subject, &certificate.sha256);
                    }
                }
                Item::Said(lines) => {
                    let lines: Vec<String> = lines.iter().map(facts::dialogue).collect();
                    self.block(&lines.join("\n"));
                }
            }
        }
    }

    fn heading(&mut self, level: usize, text: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        if self.is_markdown {
            let text = self.inline(text);
            self.out
                .push_str(&format!("{} {text}\n\n", "#".repeat(level)));
        } else {
            self.out.push_str(text);
            self.out.push('\n');
            let line = match level {
                1 => "=",
                2 => "-",
                _ => "",
            };
            if !line.is_empty() {
                self.out.push_str(&line.repeat(text.chars().count()));
                self.out.push('\n');
            }
        }
    }

    fn fact(&mut self, title: &str, value: &str) {
        if !value.is_empty() {
            self.point("*", &format!("{title}: {value}"));
        }
    }

    fn point(&mut self, mark: &str, text: &str) {
        let text = self.inline(text);
        let mark = if self.is_markdown { "*" } else { mark };
        self.out.push_str(&format!("{mark} {text}\n"));
    }

    /// As it is, whatever characters it has.
    fn block(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        for line in text.lines() {
            self.out.push_str(&format!("    {line}\n"));
        }
        self.out.push('\n');
    }

    /// Foreign text cannot write Markdown of its own.
    fn inline(&self, text: &str) -> String {
        if !self.is_markdown {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(
                c,
                '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '|' | '&' | '!'
            ) {
                out.push('\\');
            }
            out.push(c);
        }
        out
    }
}

fn value(report: &Report) -> Value {
    let choice = |choice: &api::job::report::Choice| {
        json!({
            "protocol": words::protocol(choice.candidate.protocol).to_lowercase(),
            "host": choice.candidate.host,
            "port": choice.candidate.port,
            "security": match choice.candidate.security {
                api::job::Security::Tls => "tls",
                api::job::Security::StartTls => "starttls",
                api::job::Security::None => "none",
            },
            "reasons": choice.reasons,
            "drawbacks": choice.drawbacks,
            "rc": choice.rc,
        })
    };
    let names = |list: &[api::job::report::Capability]| -> Vec<String> {
        list.iter().map(|c| c.word.clone()).collect()
    };
    let row = |row: &Row| {
        json!({
            "port": row.port,
            "service": words::service(row.service),
            "address": row.address.map(|a| a.to_string()),
            "result": words::result(&row.outcome),
            "greeting": row.greeting,
            "before_tls": names(&row.before),
            "inside_tls": names(&row.after),
            "tls": row.tls.as_ref().map(|tls| json!({
                "version": tls.version,
                "cipher": tls.cipher,
                "alpn": tls.alpn,
                "fingerprints": tls.shown.chain.iter().map(|c| c.sha256.clone()).collect::<Vec<_>>(),
                "problem": tls.shown.problem.as_ref().map(words::problem_briefly),
            })),
            "mechanisms": row.mechanisms,
            "needs_tls": row.needs_tls,
            "server": row.software.as_ref().map(words::software),
            "transcript": row.lines.iter().map(facts::dialogue).collect::<Vec<_>>(),
        })
    };
    json!({
        "version": 1,
        "host": report.host,
        "addresses": report.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "reverse": report.reverse,
        "choices": report.choices.iter().map(choice).collect::<Vec<_>>(),
        "rows": report.rows.iter().map(row).collect::<Vec<_>>(),
        "is_blocked": report.is_blocked,
        "took_ms": u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
    })
}

/// `text` with each address of the local network replaced.
pub(super) fn masked(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '.' || c == ':';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(is_part) {
        let (before, from) = rest.split_at(begin);
        out.push_str(before);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(&hidden(word));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A word that may be an address, with a port or a full stop behind it.
fn hidden(word: &str) -> String {
    let bare = word.trim_end_matches(['.', ':']);
    let host = match bare.rsplit_once(':') {
        Some((host, _)) if host.parse::<std::net::Ipv4Addr>().is_ok() => host,
        _ => bare,
    };
    match host.parse::<IpAddr>() {
        Ok(address) if is_local(address) => {
            format!("(local address){}", &word[host.len()..])
        }
        _ => word.to_owned(),
    }
}

/// Of a network that others reach only from inside; this computer itself is no secret.
fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_local(IpAddr::V4(v4)),
            None => v6.is_unique_local() || v6.is_unicast_link_local(),
        },
    }
}

#[cfg(test)]
mod tests;
