//! A report to be read.

use super::table::{Tone, table};
use super::words;
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::Candidate;
use crate::engine::api::job::report::{
    Advice, Capability, Choice, Report, Row, Shown, Speaker, Version,
};
use crate::probe::verdict::of_certificate;

/// Host, table, certificates in trouble, what is known, what to use.
pub(super) fn summary(report: &Report, paint: &dyn Fn(Tone, &str) -> String) -> String {
    let mut out = head(report);
    if !report.rows.is_empty() {
        out.push('\n');
        out.push_str(&rows(report, paint));
    }
    for sentence in remarks(report) {
        out.push_str(&format!("\n{sentence}\n"));
    }
    let advice = known(report);
    if !advice.is_empty() {
        out.push_str(&format!(
            "\n{}\n",
            gettext("What is known of such servers:")
        ));
        for (ports, one) in &advice {
            out.push_str(&format!("  {}\n", advised(one, ports)));
        }
    }
    out.push_str(&recommendation(report));
    out
}

/// `mail.example.org (192.0.2.1, mx7.example.org)`, and when.
fn head(report: &Report) -> String {
    let mut known: Vec<String> = report.addresses.iter().map(ToString::to_string).collect();
    known.extend(report.reverse.clone());
    known.retain(|word| *word != report.host);
    let host = quiet(report.host.as_bytes(), QUIET_MAX);
    let mut out = match known.is_empty() {
        true => host,
        false => format!("{host} ({})", known.join(", ")),
    };
    let text = match report.is_done {
        true => gettext("asked on {date}, took {time}"),
        false => gettext("asked on {date}, not finished after {time}"),
    };
    let date = words::moment(report.at, "%Y-%m-%d %H:%M UTC");
    let time = words::duration(report.took);
    out.push('\n');
    out.push_str(&fill(&text, &[("date", &date), ("time", &time)]));
    out.push('\n');
    out
}

/// The table in columns.
fn rows(report: &Report, paint: &dyn Fn(Tone, &str) -> String) -> String {
    let (head, rows) = table(report);
    let length = |text: &str| text.chars().count();
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(n, title)| {
            let cells = rows.iter().filter_map(|row| row.get(n));
            let widest = cells.map(|cell| length(&cell.text)).max().unwrap_or(0);
            // A column in which nothing stands is left out.
            if widest == 0 {
                0
            } else {
                widest.max(length(title))
            }
        })
        .collect();
    let line = |cells: &[(Tone, &str)]| {
        let mut out = String::new();
        let mut gap = 0;
        for ((tone, text), width) in cells.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            out.push_str(&" ".repeat(gap));
            out.push_str(&if text.is_empty() {
                String::new()
            } else {
                paint(*tone, text)
            });
            gap = width - length(text) + 2;
        }
        out.push('\n');
        out.lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect::<String>()
    };
    let titles: Vec<(Tone, &str)> = head.iter().map(|t| (Tone::Faint, t.as_str())).collect();
    let mut out = line(&titles);
    for row in &rows {
        let cells: Vec<(Tone, &str)> = row.iter().map(|c| (c.tone, c.text.as_str())).collect();
        out.push_str(&line(&cells));
    }
    out
}

/// What a port is called in a sentence.
fn place(row: &Row, report: &Report) -> String {
    match row.address.filter(|_| report.addresses.len() > 1) {
        Some(address) => format!("{} ({address})", row.port),
        None => row.port.to_string(),
    }
}

/// Sentences about single ports: what failed and why, certificates in trouble. The same said of
/// several is said once.
pub(super) fn remarks(report: &Report) -> Vec<String> {
    let mut said: Vec<(Vec<String>, String)> = Vec::new();
    let mut say = |row: &Row, sentence: String| {
        let port = place(row, report);
        match said.iter_mut().find(|(_, known)| *known == sentence) {
            Some((ports, _)) if ports.contains(&port) => {}
            Some((ports, _)) => ports.push(port),
            None => said.push((vec![port], sentence)),
        }
    };
    for row in &report.rows {
        let (word, why) = words::outcome(&row.outcome);
        if !why.is_empty() {
            say(row, format!("{word}: {why}"));
        }
        if let Some(problem) = row.tls.as_ref().and_then(|tls| tls.shown.problem.as_ref()) {
            say(row, of_certificate(problem));
        }
    }
    let text = gettext("Port {ports}: {sentence}");
    said.iter()
        .map(|(ports, sentence)| {
            fill(
                &text,
                &[("ports", &ports.join(", ")), ("sentence", sentence)],
            )
        })
        .collect()
}

/// What is known of the servers, each once, with the ports it is about.
pub(super) fn known(report: &Report) -> Vec<(Vec<u16>, Advice)> {
    let mut out: Vec<(Vec<u16>, Advice)> = Vec::new();
    for row in &report.rows {
        for one in &row.advice {
            match out.iter_mut().find(|(_, known)| known == one) {
                Some((ports, _)) if ports.contains(&row.port) => {}
                Some((ports, _)) => ports.push(row.port),
                None => out.push((vec![row.port], one.clone())),
            }
        }
    }
    out
}

/// `Port 110, Maillennium: …  Option: fetchall. (fetchmailconf, 2003)`
pub(super) fn advised(advice: &Advice, ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    let about = match advice.server.is_empty() {
        true => ports.join(", "),
        false => format!("{}, {}", ports.join(", "), advice.server),
    };
    let text = gettext("Port {ports}: {sentence}");
    let mut out = fill(&text, &[("ports", &about), ("sentence", &advice.text)]);
    if !advice.option.is_empty() {
        let text = gettext("Option: {option}.");
        out.push(' ');
        out.push_str(&fill(&text, &[("option", &advice.option)]));
    }
    format!("{out} [{}]", advice.reference)
}

fn recommendation(report: &Report) -> String {
    let mut out = String::new();
    if let Some(sentence) = words::verdict(report) {
        out.push_str(&format!("\n{sentence}\n"));
    }
    let Some((best, others)) = report.choices.split_first() else {
        return out;
    };
    let text = advised_way(&best.candidate);
    out.push_str(&format!("\n{text}\n"));
    out.push_str(&arguments(best));
    out.push_str(&format!(
        "\n{}\n\n",
        gettext("In ~/.fetchmailrc, with your user name for NAME:")
    ));
    best.rc
        .lines()
        .for_each(|line| out.push_str(&format!("  {line}\n")));
    if !others.is_empty() {
        out.push_str(&format!("\n{}\n", gettext("Possible too:")));
        for other in others {
            out.push_str(&format!("  {}\n", words::way(&other.candidate)));
            let drawbacks = other.drawbacks.iter();
            drawbacks.for_each(|one| out.push_str(&format!("    - {one}\n")));
        }
    }
    out
}

/// What to do with the best of the ways; one that is not safe is not called advisable.
pub(super) fn advised_way(candidate: &Candidate) -> String {
    let text = match candidate.is_weak {
        false => gettext("Use {way}."),
        true => gettext("No safe way was found. The best there is: {way}."),
    };
    fill(&text, &[("way", &words::way(candidate))])
}

fn arguments(choice: &Choice) -> String {
    let reasons = choice.reasons.iter().map(|one| format!("  + {one}\n"));
    let drawbacks = choice.drawbacks.iter().map(|one| format!("  - {one}\n"));
    let mut out: String = reasons.chain(drawbacks).collect();
    let methods: Vec<String> = choice
        .candidate
        .methods
        .iter()
        .copied()
        .map(words::method)
        .collect();
    if !methods.is_empty() {
        let text = gettext("Sign in by: {methods}.");
        out.push_str(&format!(
            "  {}\n",
            fill(&text, &[("methods", &methods.join(", "))])
        ));
    }
    out
}

/// Port by port.
pub(super) fn details(report: &Report) -> String {
    let rows = report.rows.iter().filter(|row| !row.lines.is_empty());
    rows.map(|row| {
        let title = format!("{} {}", place(row, report), words::service(row.service));
        let mut out = format!("\n== {title} ==\n");
        for (name, value) in facts(row) {
            out.push_str(&format!("{name}: {value}\n"));
        }
        for (name, listed) in [
            (gettext("Capabilities in the clear"), &row.before),
            (gettext("Capabilities inside TLS"), &row.after),
        ] {
            if !listed.is_empty() {
                out.push_str(&format!("{name}:\n"));
                listed
                    .iter()
                    .for_each(|one| out.push_str(&format!("  {}\n", capability(one))));
            }
        }
        out.push_str(&format!("{}:\n", gettext("What was said")));
        transcript(row)
            .iter()
            .for_each(|line| out.push_str(&format!("  {line}\n")));
        out
    })
    .collect()
}

/// A capability with its meaning.
pub(super) fn capability(one: &Capability) -> String {
    match one.meaning.is_empty() {
        true => one.word.clone(),
        false => format!("{} — {}", one.word, one.meaning),
    }
}

/// Each line with its milliseconds: `C:` ours, `S:` theirs, `*` what happened.
pub(super) fn transcript(row: &Row) -> Vec<String> {
    let line = |line: &crate::engine::api::job::report::Line| {
        let by = match line.by {
            Speaker::Client => "C:",
            Speaker::Server => "S:",
            Speaker::Note => "* ",
        };
        format!("{:>5} {by} {}", line.at.as_millis(), line.text)
    };
    row.lines.iter().map(line).collect()
}

/// Names and values of what is known of a port.
pub(super) fn facts(row: &Row) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let (word, why) = words::outcome(&row.outcome);
    let result = if why.is_empty() {
        word
    } else {
        format!("{word}: {why}")
    };
    out.push((gettext("Result"), result));
    if !row.greeting.is_empty() {
        out.push((gettext("Greeting"), row.greeting.clone()));
    }
    if let Some(apop) = &row.apop {
        let text = match apop.is_valid {
            true => gettext("{stamp}, may be used"),
            false => {
                gettext("{stamp}, must not be used: it has not the form of a message identifier")
            }
        };
        out.push((
            gettext("APOP stamp"),
            fill(&text, &[("stamp", &apop.stamp)]),
        ));
    }
    if let Some(software) = &row.software {
        let (name, by) = words::software(software);
        out.push((gettext("Server"), format!("{name} ({by})")));
    }
    out.extend(starttls(row).map(|value| ("STARTTLS".to_owned(), value)));
    if let Some(tls) = &row.tls {
        let mut value = format!("{}, {}", tls.version, tls.cipher);
        value.extend(tls.alpn.iter().map(|name| format!(", ALPN {name}")));
        out.push(("TLS".to_owned(), value));
        if !tls.versions.is_empty() {
            let all: Vec<String> = tls.versions.iter().map(version).collect();
            out.push((gettext("Versions of TLS"), all.join(", ")));
        }
        out.extend(certificates(&tls.shown));
    }
    if !row.mechanisms.is_empty() {
        out.push((gettext("Sign-in"), row.mechanisms.join(", ")));
    }
    if row.needs_tls {
        out.push((gettext("Password"), gettext("not taken without TLS")));
    }
    out
}

fn starttls(row: &Row) -> Option<String> {
    use crate::engine::api::job::report::StartTls;
    Some(match row.starttls.as_ref()? {
        StartTls::NotNeeded => return None,
        StartTls::NotOffered => gettext("not offered"),
        StartTls::Works => gettext("works"),
        StartTls::Refused(words) => fill(&gettext("refused: {words}"), &[("words", words)]),
        StartTls::Failed(why) => fill(&gettext("fails: {why}"), &[("why", why)]),
        StartTls::Injects => gettext(
            "something was said in the clear behind the agreement, so somebody may be in between",
        ),
    })
}

fn version(version: &Version) -> String {
    let text = match (version.is_taken, version.is_weak) {
        (Some(true), true) => gettext("{version} yes (weak)"),
        (Some(true), false) => gettext("{version} yes"),
        (Some(false), _) => gettext("{version} no"),
        (None, _) => gettext("{version} not known"),
    };
    fill(&text, &[("version", &version.name)])
}

fn certificates(shown: &Shown) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if let Some(problem) = &shown.problem {
        out.push((gettext("Problem"), of_certificate(problem)));
    }
    let text = gettext(
        "{subject}; issued by {issuer}; {from} to {until}; for {names}; {key}, {signature}; SHA-256 {sha256}",
    );
    for one in &shown.chain {
        let names = one.names.join(", ");
        let line = fill(
            &text,
            &[
                ("subject", &one.subject),
                ("issuer", &one.issuer),
                ("from", &words::day(one.from)),
                ("until", &words::day(one.until)),
                (
                    "names",
                    &if names.is_empty() {
                        "-".to_owned()
                    } else {
                        names
                    },
                ),
                ("key", &one.key),
                ("signature", &one.signature),
                ("sha256", &one.sha256),
            ],
        );
        out.push((gettext("Certificate"), line));
    }
    out
}
