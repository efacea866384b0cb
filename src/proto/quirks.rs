//! Known server programs and their oddities (`data/servers.toml`): which rows fit what a server has
//! said. What is advised, in words, is `probe`'s; the table is read here because the engine acts on
//! some of its rows.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use memchr::memmem;
use serde::Deserialize;

use super::look::Speech;

/// One row; see the head of the table for its fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // told by the table
pub struct Quirk {
    pub name: String,
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    speech: Option<Only>,
    #[serde(default)]
    greeting: Vec<String>,
    #[serde(default)]
    said: Vec<String>,
    #[serde(default)]
    capability: Vec<String>,
    #[serde(default = "yes")]
    is_program: bool,
    #[serde(default)]
    before: Option<String>,
    #[serde(default)]
    only: Option<String>,
    #[serde(default)]
    pub option: String,
    #[serde(default)]
    pub reference: String,
    #[serde(default)]
    pub year: u16,
    #[serde(default)]
    pub warning: bool,
    #[serde(default)]
    engine: Option<Engine>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Only {
    Imap,
    Pop3,
    Pop2,
    Smtp,
}

/// What the engine does differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Engine {
    Retr,
}

/// How a row was found to fit; from the surest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// What the server says of itself.
    Said,
    /// Its greeting.
    Greeting,
    /// Its capabilities.
    Capabilities,
}

/// What a server has said.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// Its language.
    pub speech: Option<Speech>,
    /// Its first line.
    pub greeting: &'a [u8],
    /// Names it gives to itself.
    pub said: Vec<&'a [u8]>,
    /// The version it gives of itself.
    pub version: Option<&'a [u8]>,
    /// Its capability lines.
    pub capabilities: Vec<&'a [u8]>,
}

/// A row that fits.
#[derive(Clone, Debug)]
pub struct Match {
    /// Which.
    pub quirk: &'static Quirk,
    /// How.
    pub by: By,
    /// The version told, if any.
    pub version: Option<String>,
}

impl Match {
    /// It tells which program answers, and not only a trouble.
    pub fn is_program(&self) -> bool {
        self.quirk.is_program
    }

    /// The trouble of the row is one of this version, as far as it is told.
    pub fn is_affected(&self) -> bool {
        let Some(version) = self.version.as_deref().map(numbers) else {
            return true;
        };
        if let Some(only) = &self.quirk.only {
            return version == numbers(only);
        }
        match &self.quirk.before {
            Some(before) => version < numbers(before),
            None => true,
        }
    }
}

/// The table, read at the first call.
pub fn all() -> &'static [Quirk] {
    #[derive(Deserialize)]
    struct Table {
        server: Vec<Quirk>,
    }
    static TABLE: LazyLock<Vec<Quirk>> = LazyLock::new(|| {
        match toml::from_str::<Table>(include_str!("../../data/servers.toml")) {
            Ok(table) => table.server,
            // A test reads the table, so this is not shipped.
            Err(error) => {
                tracing::error!(%error, "the table of servers");
                Vec::new()
            }
        }
    });
    &TABLE
}

/// The rows that fit, in the order of the table.
pub fn matches(facts: &Facts<'_>) -> Vec<Match> {
    all().iter().filter_map(|quirk| fit(quirk, facts)).collect()
}

/// Whether whole messages must be asked for with RETR, because TOP cuts them (Q18; fetchmail looks
/// for the same words).
pub fn wants_retr(greeting: &[u8]) -> bool {
    let facts = Facts {
        speech: Some(Speech::Pop3),
        greeting,
        ..Facts::default()
    };
    all()
        .iter()
        .filter(|quirk| quirk.engine == Some(Engine::Retr))
        .any(|quirk| fit(quirk, &facts).is_some())
}

fn fit(quirk: &'static Quirk, facts: &Facts<'_>) -> Option<Match> {
    let is_there = match quirk.speech {
        None => true,
        Some(only) => facts.speech == Some(only.into()),
    };
    if !is_there {
        return None;
    }
    let found = |patterns: &[String], text: &[u8]| {
        patterns
            .iter()
            .find_map(|p| Some(memmem::find(text, p.as_bytes())? + p.len()))
    };
    if facts
        .said
        .iter()
        .any(|text| found(&quirk.said, text).is_some())
    {
        let version = facts.version.and_then(first_version).or_else(|| {
            let mut said = facts.said.iter();
            said.find_map(|text| text.get(found(&quirk.said, text)?..))
                .and_then(first_version)
        });
        return Some(Match {
            quirk,
            by: By::Said,
            version,
        });
    }
    if let Some(end) = found(&quirk.greeting, facts.greeting) {
        return Some(Match {
            quirk,
            by: By::Greeting,
            version: facts.greeting.get(end..).and_then(version_behind),
        });
    }
    let has = |word: &String| {
        let listed = |line: &&[u8]| line.eq_ignore_ascii_case(word.as_bytes());
        facts.capabilities.iter().any(listed)
    };
    let is_listed = !quirk.capability.is_empty() && quirk.capability.iter().all(has);
    is_listed.then_some(Match {
        quirk,
        by: By::Capabilities,
        version: None,
    })
}

impl From<Only> for Speech {
    fn from(only: Only) -> Self {
        match only {
            Only::Imap => Self::Imap,
            Only::Pop3 => Self::Pop3,
            Only::Pop2 => Self::Pop2,
            Only::Smtp => Self::Smtp,
        }
    }
}

/// The version behind a name. The word right behind it may have four numbers: Sendmail 8.17.1.9.
fn version_behind(text: &[u8]) -> Option<String> {
    let next = text.strip_prefix(b" ").unwrap_or_default();
    let word = next.split(|b| matches!(b, b' ' | b'/')).next();
    let word = word.and_then(|word| std::str::from_utf8(word).ok());
    match word.filter(|word| word.parse::<Ipv4Addr>().is_ok()) {
        Some(word) => Some(word.to_owned()),
        None => first_version(text),
    }
}

/// The first word that is a version (`2.53`, `v1.48`, `(2.3.4)`) among the next few. A bare number
/// or an address is none: Gmail's greeting names the client's.
fn first_version(text: &[u8]) -> Option<String> {
    let words = text.split(|b| matches!(b, b' ' | b'(' | b')' | b'/' | b',' | b';' | b'[' | b']'));
    words
        .filter(|word| !word.is_empty())
        .take(4)
        .find_map(|word| {
            let word = word.strip_prefix(b"v").unwrap_or(word);
            let word = word.strip_prefix(b"V").unwrap_or(word);
            let dots = word.iter().filter(|b| **b == b'.').count();
            let is_version = word.len() <= VERSION_MAX
                && word.first().is_some_and(u8::is_ascii_digit)
                && dots > 0
                && word
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'));
            let text = std::str::from_utf8(word).ok()?.trim_end_matches('.');
            let is_address = text.parse::<Ipv4Addr>().is_ok();
            (is_version && !is_address).then(|| text.to_owned())
        })
}

/// Longest version: Debian's Cyrus has `3.6.1-Debian-3.6.1-4+deb12u4`.
const VERSION_MAX: usize = 40;

/// The numbers of a version, to compare.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests;
