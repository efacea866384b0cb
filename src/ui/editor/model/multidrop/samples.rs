//! Samples held against the file as it is now: who got such a message, and who would get it. Pure.

use std::collections::HashMap;

use super::account;
use super::steps::listed;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::routing::{Dns, Routed};
use crate::engine::api::samples::{Sample, Samples};
use crate::rc::AccountId;
use crate::rc::resolve::Numbered;

/// What came of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is not known yet.
    Open,
    /// The same people get it.
    Same,
    /// These get it now.
    Changed(Vec<Vec<u8>>),
    /// It cannot be told: DNS does not answer, or the file cannot be used.
    Unknown,
}

/// Whether a result is what is expected. The order of recipients means nothing.
pub(crate) fn compare(sample: &Sample, routed: &Routed) -> Verdict {
    let routing = &routed.routing;
    let sorted = |names: &[Vec<u8>]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    match sorted(&sample.expected) == sorted(&routing.recipients) {
        _ if routing.is_deferred => Verdict::Unknown,
        true => Verdict::Same,
        false => Verdict::Changed(routing.recipients.clone()),
    }
}

/// A result in words.
pub(crate) fn sentence(sample: &Sample, verdict: &Verdict) -> String {
    let was = listed(&sample.expected);
    let text = match verdict {
        Verdict::Open => gettext("{name}: being checked"),
        Verdict::Same => gettext("{name}: still goes to {was}"),
        Verdict::Changed(_) => gettext("{name}: was {was}, now {now}"),
        Verdict::Unknown => gettext("{name}: it cannot be told whether {was} would get it"),
    };
    let now = match verdict {
        Verdict::Changed(now) => listed(now),
        _ => String::new(),
    };
    fill(
        &text,
        &[("name", &sample.name), ("was", &was), ("now", &now)],
    )
}

/// One job: samples of an account that are to be routed alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    /// The account, as samples name it.
    pub key: AccountId,
    /// Its entry in the file as it is now.
    pub entry: usize,
    /// Its user there.
    pub user: usize,
    /// Whether DNS is asked.
    pub dns: Dns,
    /// The headers.
    pub headers: Vec<Vec<u8>>,
}

/// All samples, and what came of them.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    samples: Samples,
    verdicts: HashMap<(AccountId, Vec<u8>), Verdict>,
    /// They were not gone through yet for the file as it is now.
    is_doubtful: bool,
}

impl Kept {
    /// These are there now. What is known of them stays.
    pub(crate) fn take(&mut self, samples: Samples) {
        self.samples = samples;
        let samples = &self.samples;
        let is_kept = |key: &(AccountId, Vec<u8>)| {
            let of = samples.of(&key.0);
            of.iter().any(|sample| sample.header == key.1)
        };
        self.verdicts.retain(|key, _| is_kept(key));
    }

    /// Who stands for users who are not named.
    pub(crate) fn login(&self) -> &str {
        &self.samples.login
    }

    /// Whether there are none at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.samples.of.is_empty()
    }

    /// Those of an account, and what came of them.
    pub(crate) fn of(&self, key: &AccountId) -> Vec<(Sample, Verdict)> {
        let verdict = |sample: &Sample| {
            let found = self.verdicts.get(&(key.clone(), sample.header.clone()));
            found.cloned().unwrap_or(Verdict::Open)
        };
        let samples = self.samples.of(key).iter();
        samples.map(|s| (s.clone(), verdict(s))).collect()
    }

    /// The file is another one: what is known is not to be relied on.
    pub(crate) fn doubt(&mut self) {
        self.is_doubtful = true;
    }

    /// Begins anew: nothing is known. Returns what is to be found out.
    pub(crate) fn begin(&mut self, names: &Names, now: &[Numbered]) -> Vec<Work> {
        self.verdicts.clear();
        self.is_doubtful = false;
        let mut works = Vec::new();
        for (key, samples) in &self.samples.of {
            let Some((entry, user)) = names.place(key, now) else {
                continue;
            };
            for dns in [Dns::Ask, Dns::IsNot, Dns::Is] {
                let alike = samples.iter().filter(|sample| sample.dns == dns);
                let headers: Vec<_> = alike.map(|sample| sample.header.clone()).collect();
                if !headers.is_empty() {
                    works.push(Work {
                        key: key.clone(),
                        entry,
                        user,
                        dns,
                        headers,
                    });
                }
            }
        }
        works
    }

    /// What came of some; nothing if they could not be routed.
    pub(crate) fn learn(&mut self, work: &Work, routed: &[Routed]) {
        for (nth, header) in work.headers.iter().enumerate() {
            let samples = self.samples.of(&work.key);
            let Some(sample) = samples.iter().find(|sample| sample.header == *header) else {
                continue;
            };
            let verdict = match routed.get(nth) {
                Some(routed) => compare(sample, routed),
                None => Verdict::Unknown,
            };
            let key = (work.key.clone(), header.clone());
            self.verdicts.insert(key, verdict);
        }
    }

    /// Whether all of them in the file as it is now still go to the same people.
    pub(crate) fn is_well(&self, names: &Names, now: &[Numbered]) -> bool {
        let keys = self.samples.of.iter().map(|(key, _)| key);
        let mut here = keys.filter(|key| names.place(key, now).is_some());
        !self.is_doubtful && here.all(|key| self.of(key).iter().all(|(_, v)| *v == Verdict::Same))
    }

    /// What saving means for them: sentences, and whether each is a warning. `None`: there are
    /// none in the file as it is now.
    pub(crate) fn summary(&self, names: &Names, now: &[Numbered]) -> Option<Vec<(String, bool)>> {
        let keys = self.samples.of.iter().map(|(key, _)| key);
        let here = keys.filter(|key| names.place(key, now).is_some());
        let mut all: Vec<(Sample, Verdict)> = here.flat_map(|key| self.of(key)).collect();
        if self.is_doubtful {
            all.iter_mut()
                .for_each(|(_, verdict)| *verdict = Verdict::Open);
        }
        summary(&all)
    }
}

fn summary(all: &[(Sample, Verdict)]) -> Option<Vec<(String, bool)>> {
    if all.is_empty() {
        return None;
    }
    if all.iter().any(|(_, verdict)| *verdict == Verdict::Open) {
        return Some(vec![(gettext("The samples are being checked…"), false)]);
    }
    let same = all.iter().filter(|(_, verdict)| *verdict == Verdict::Same);
    let n = same.count() as u64;
    let mut told = Vec::new();
    for (sample, verdict) in all {
        if *verdict != Verdict::Same {
            told.push((sentence(sample, verdict), true));
        }
    }
    if n > 0 {
        let text = ngettext(
            "{n} sample still goes to the same people",
            "{n} samples still go to the same people",
            n,
        );
        told.push((fill(&text, &[("n", &n)]), false));
    }
    Some(told)
}

/// Accounts that have got other names since the file was saved: each with its old one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names(pub(crate) Vec<(AccountId, AccountId)>);

impl Names {
    /// An account whose name is gone, and one that is new in its place, are the same.
    pub(crate) fn between(old: &[Numbered], new: &[Numbered]) -> Self {
        let has = |all: &[Numbered], id: &AccountId| all.iter().any(|a| a.account.id == *id);
        let pairs = old.iter().filter_map(|before| {
            let after = account(new, before.entry?, before.nth)?;
            let (from, to) = (&before.account.id, &after.account.id);
            let is_renamed = !has(new, from) && !has(old, to);
            is_renamed.then(|| (from.clone(), to.clone()))
        });
        Self(pairs.collect())
    }

    /// What samples call an account that is called `id` now.
    pub(crate) fn key<'a>(&'a self, id: &'a AccountId) -> &'a AccountId {
        let found = self.0.iter().find(|(_, to)| to == id);
        found.map_or(id, |(from, _)| from)
    }

    /// Where the account is that samples call `key`.
    fn place(&self, key: &AccountId, now: &[Numbered]) -> Option<(usize, usize)> {
        let found = now.iter().find(|said| self.key(&said.account.id) == key)?;
        Some((found.entry?, found.nth))
    }
}

#[cfg(test)]
mod tests;
