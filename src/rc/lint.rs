//! What is wrong with a file, and what is worth saying about it (the rules of [`rules`]).
//!
//! Pure: what only the system knows comes as [`Facts`]. What a run says when it loads a file is
//! found in `settings::read` and `resolve::check` and not found again here.

mod command;
mod delivery;
pub mod facts;
mod file;
pub mod fix;
mod multidrop;
mod provider;
mod retrieval;
pub mod rules;
mod safety;
mod syntax;

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::rc::account::{AccountId, Target};
use crate::rc::diagnostic::{Diagnostic, Fix, MOST, Severity};
use crate::rc::document::{Document, Span};
use crate::rc::option::Id;
use crate::rc::resolve::site::Site;
use crate::rc::resolve::{self, Numbered as Said, Surroundings, Whole};
use crate::rc::settings::{Overrides, Settings};
pub use command::program as program_of;
pub use facts::Facts;

/// Everything there is to say about a file, in the order of the file.
pub fn check(document: &Document, facts: &Facts) -> Vec<Diagnostic> {
    let mut whole = resolve::whole(document, &Overrides::default(), &facts.around);
    let mut found = std::mem::take(&mut whole.diagnostics);
    syntax::fix(document, &whole.stanzas, &mut found);
    let broken = Broken::of(&whole, &found);
    let mut lint = Lint {
        document,
        facts,
        whole: &whole,
        found: Vec::new(),
        has_said_postmaster: false,
    };
    lint.found = broken.without_guesses(&whole, found);
    file::check(&mut lint, &broken);
    let mut unsupported: HashMap<&AccountId, Vec<&str>> = HashMap::new();
    for (id, keyword) in &whole.unsupported {
        unsupported.entry(id).or_default().push(keyword);
    }
    for said in whole.accounts.iter().filter(|said| !broken.has(said)) {
        if lint.is_full() {
            break;
        }
        let Some(site) = lint.site(said) else {
            continue;
        };
        for keyword in unsupported.get(&said.account.id).into_iter().flatten() {
            file::unsupported(&mut lint, &site, keyword);
        }
        safety::check(&mut lint, &site);
        retrieval::check(&mut lint, &site);
        multidrop::check(&mut lint, &site);
        delivery::check(&mut lint, &site);
        provider::check(&mut lint, &site);
    }
    let mut found = lint.found;
    found.sort_by_key(|d| (d.place.map(|place| place.span), d.severity));
    found
}

/// The delivery commands of a file, about which [`Facts`] want to know more.
pub fn commands(document: &Document, around: &Surroundings) -> BTreeSet<Vec<u8>> {
    let whole = resolve::whole(document, &Overrides::default(), around);
    let accounts = whole.accounts.into_iter();
    accounts
        .filter_map(|said| match said.account.target {
            Target::Mda(command) => Some(command),
            _ => None,
        })
        .collect()
}

/// What a rule looks at, and where its findings go.
struct Lint<'a> {
    document: &'a Document,
    facts: &'a Facts,
    whole: &'a Whole,
    found: Vec<Diagnostic>,
    /// What is said once for the whole file.
    has_said_postmaster: bool,
}

impl<'a> Lint<'a> {
    /// More is not told of one file.
    fn is_full(&self) -> bool {
        self.found.len() > MOST
    }

    fn site(&self, said: &'a Said) -> Option<Site<'a>> {
        static NOBODY: std::sync::LazyLock<Settings> = std::sync::LazyLock::new(Settings::default);
        let entry = self.whole.stanzas.entries.get(said.entry?)?;
        Some(Site {
            account: &said.account,
            entry,
            user: entry.users.get(said.nth).unwrap_or(&NOBODY),
            defaults: self.whole.stanzas.defaults.as_ref(),
            start: entry.start,
            index: said.entry,
            nth: said.nth,
        })
    }

    /// A finding about an account, marked at the first of these options that is said.
    fn about(&self, site: &Site, slug: &'static str, text: &'static str, ids: &[Id]) -> Diagnostic {
        let place = site.place(self.document, ids);
        Diagnostic::found(slug, text, place).about(&site.account.id)
    }

    /// The same, as it is.
    fn say(&mut self, site: &Site, slug: &'static str, text: &'static str, ids: &[Id]) {
        let finding = self.about(site, slug, text, ids);
        self.found.push(finding);
    }

    /// The same with a fix.
    fn say_fixed(
        &mut self,
        site: &Site,
        slug: &'static str,
        text: &'static str,
        ids: &[Id],
        fix: impl Into<Option<Fix>>,
    ) {
        let finding = self.about(site, slug, text, ids);
        self.found.push(finding.fixed(fix));
    }
}

/// Entries with an error in them. What they leave unsaid may stand in what could not be read, so
/// nothing is concluded from them.
struct Broken {
    entries: HashSet<usize>,
    is_all: bool,
}

impl Broken {
    fn of(whole: &Whole, found: &[Diagnostic]) -> Self {
        let mut broken = Self {
            entries: HashSet::new(),
            is_all: false,
        };
        let heads: Vec<Span> = whole
            .stanzas
            .entries
            .iter()
            .map(|entry| entry.head())
            .collect();
        let is_error = |d: &&Diagnostic| d.severity == Severity::Error && d.account.is_none();
        for place in found.iter().filter(is_error).filter_map(|d| d.place) {
            let behind = heads.partition_point(|head| head.start <= place.span.start);
            match behind.checked_sub(1) {
                Some(index) => drop(broken.entries.insert(index)),
                None => broken.is_all = true,
            }
        }
        broken.is_all |= found.iter().any(|d| d.slug == "late-defaults");
        broken
    }

    fn has(&self, said: &Said) -> bool {
        self.is_all
            || said
                .entry
                .is_some_and(|index| self.entries.contains(&index))
    }

    /// What was found, without what was concluded from broken entries.
    fn without_guesses(&self, whole: &Whole, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let is_broken: HashSet<&AccountId> = whole
            .accounts
            .iter()
            .filter(|said| self.has(said))
            .map(|said| &said.account.id)
            .collect();
        found.retain(|d| d.account.as_ref().is_none_or(|id| !is_broken.contains(id)));
        found
    }
}

#[cfg(test)]
mod tests;
