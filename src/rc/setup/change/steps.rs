//! The edits: which options of a set-up differ from another's, and saying those.

use super::Work;
use crate::base::Secret;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::rc::edit::{At, Edit, Which};
use crate::rc::option::Id;
use crate::rc::settings::{Settings, Value};
use crate::rc::setup::words::{self, Word};
use crate::rc::setup::write::{Refused, free_label, group};
use crate::rc::setup::{PasswordPlace, Rhythm, Setup};

/// An option that is to say something else, or nothing.
pub(super) struct Step {
    id: Id,
    to: Option<Value>,
}

impl Work<'_> {
    /// All edits from one set-up to the other.
    pub(super) fn change(
        &mut self,
        old: &Setup,
        new: &Setup,
        password: Option<&Secret>,
    ) -> Result<(), Refused> {
        let (of_server, _) = self.inherited();
        let is_other = |word: &Word| word.id != Id::Uidl;
        let of = |setup: &Setup| words::server(setup).into_iter().filter(is_other).collect();
        let (own, _) = self.said()?;
        let (before, after): (Vec<Word>, Vec<Word>) = (of(old), of(new));
        let steps = steps(&before, &after, &own, &of_server);
        let is_active = words::is_active(new);
        let comes_to_be_watched = words::is_watch(new) && !words::is_watch(old);
        // What `pause` or `watch` decides may stand as either, and stays so.
        let toggles = self.account().is_active != is_active
            && (comes_to_be_watched || words::is_active(old) || is_active);
        let moves = old.host != new.host;
        if self.is_shared() && (moves || toggles || !steps.is_empty()) {
            self.split(&new.host)?;
        } else if moves {
            self.rename(new)?;
        }
        self.carry_out(At::Server(Which::Entry(self.at.0)), steps)?;
        if toggles {
            self.text.edit(&Edit::SetActive {
                entry: self.at.0,
                is_active,
            })?;
        }
        self.keep_uids(old, new)?;
        self.change_user(old, new, password)
    }

    fn change_user(
        &mut self,
        old: &Setup,
        new: &Setup,
        password: Option<&Secret>,
    ) -> Result<(), Refused> {
        let at = At::User(Which::Entry(self.at.0), self.at.1);
        let (_, inherited) = self.inherited();
        let (_, own) = self.said()?;
        let known = self.account().password.clone();
        let typed = password.cloned().or_else(|| known.clone());
        let mut of_old = Setup {
            delivery: new.delivery.clone(),
            ..old.clone()
        };
        if old.delivery != new.delivery {
            // What is watched is kept whatever the file says.
            of_old.keep = self.account().keep;
        }
        let before = words::user(&of_old, known.as_ref());
        let after = words::user(new, typed.as_ref());
        let mut steps = steps(&before, &after, &own, &inherited);
        if old.delivery != new.delivery && !words::is_watch(new) {
            steps.extend(delivery(&after, &own, &inherited));
        }
        if old.password == PasswordPlace::File && new.password != PasswordPlace::File {
            steps.retain(|step| step.id != Id::Password);
            let to = None;
            steps.extend(own.find(Id::Password).map(|_| Step {
                id: Id::Password,
                to,
            }));
        }
        if old.rhythm == Rhythm::Idle && new.rhythm != Rhythm::Idle {
            let is_inherited = inherited.find(Id::Idle).is_some();
            steps.push(Step {
                id: Id::Idle,
                to: is_inherited.then_some(Value::Flag(false)),
            });
        }
        if old.user != new.user {
            self.text
                .say(at, Id::User, Value::Text(new.user.as_bytes().to_vec()))?;
        }
        self.carry_out(at, steps)
    }

    pub(super) fn carry_out(&mut self, at: At, steps: Vec<Step>) -> Result<(), Refused> {
        for Step { id, to } in steps {
            match to {
                Some(value) => self.text.say(at, id, value)?,
                None => self.text.edit(&Edit::Unset { at, id })?,
            }
        }
        Ok(())
    }

    /// Another host: `via` where that is said, else another name for the entry.
    fn rename(&mut self, new: &Setup) -> Result<(), Refused> {
        let at = At::Server(Which::Entry(self.at.0));
        let (own, _) = self.said()?;
        let (inherited, _) = self.inherited();
        let host = Value::Text(new.host.as_bytes().to_vec());
        if own.find(Id::Via).or(inherited.find(Id::Via)).is_some() {
            return self.text.say(at, Id::Via, host);
        }
        let label = free_label(new, &self.before.whole);
        let is_host = label == new.host;
        self.text.edit(&Edit::RenameEntry {
            entry: self.at.0,
            label: label.into(),
        })?;
        match is_host {
            true => Ok(()),
            false => self.text.say(at, Id::Via, host),
        }
    }

    /// Without `uidl` fetchmail would fetch what stays on a POP3 server again and again. It harms
    /// none of the other users, so nobody has to leave for it.
    fn keep_uids(&mut self, old: &Setup, new: &Setup) -> Result<(), Refused> {
        let begins = old.keep != new.keep || old.is_imap != new.is_imap;
        if new.is_imap || !new.keep || !begins || self.account().uidl {
            return Ok(());
        }
        if self.is_shared() && self.at.0 == self.was_at.0 {
            let text = gettext(
                "“uidl” is written for all users of {server}: without it fetchmail would fetch again what stays there.",
            );
            self.notes
                .push(fill(&text, &[("server", &self.account().id.label)]));
        }
        let at = At::Server(Which::Entry(self.at.0));
        self.text.say(at, Id::Uidl, Value::Flag(true))
    }

    /// Says who has stayed behind.
    pub(super) fn note_split(&mut self) {
        let entry = Some(self.was_at.0);
        let all = self.before.whole.accounts.iter();
        let others = all.filter(|found| found.entry == entry).count() - 1;
        let text = ngettext(
            "{n} other account shares the entry “{entry}” and stays as it is; this one gets an entry of its own.",
            "{n} other accounts share the entry “{entry}” and stay as they are; this one gets an entry of its own.",
            others as u64,
        );
        let label = self.account().id.label.clone();
        self.notes
            .push(fill(&text, &[("n", &others), ("entry", &label)]));
    }
}

/// What must be said otherwise so that `after` holds where `before` did; what is equal stays
/// unwritten, or written, as it is.
fn steps(before: &[Word], after: &[Word], own: &Settings, inherited: &Settings) -> Vec<Step> {
    let says = |settings: &Settings, id| settings.find(group(id, settings)).is_some();
    let is_said = |id: Id| says(own, id) || says(inherited, id);
    let mut steps = Vec::new();
    for word in after {
        let old = before.iter().find(|old| old.id == word.id);
        let is_equal = old.is_some_and(|old| old.value == word.value);
        // The usual value may have become another one, by another protocol.
        let held_unsaid = old.is_some_and(|old| old.is_default && !word.is_default);
        if is_equal && (!held_unsaid || is_said(word.id)) {
            continue;
        }
        let goes = word.is_default && !says(inherited, word.id);
        match goes {
            true if says(own, word.id) => steps.push(Step {
                id: word.id,
                to: None,
            }),
            true => {}
            false => steps.push(Step {
                id: word.id,
                to: Some(word.value.clone()),
            }),
        }
    }
    let is_gone = |old: &&Word| !after.iter().any(|word| word.id == old.id) && says(own, old.id);
    steps.extend(before.iter().filter(is_gone).map(|old| Step {
        id: old.id,
        to: None,
    }));
    steps
}

/// Where mail goes is said by several options, one above the other: all that are not wanted go.
fn delivery(after: &[Word], own: &Settings, inherited: &Settings) -> Vec<Step> {
    let step = |id: Id| {
        let said = own.find(id).map(|setting| &setting.value);
        let word = after.iter().find(|word| word.id == id);
        let wanted = word.filter(|word| !word.is_default || inherited.find(id).is_some());
        let wanted = wanted.map(|word| &word.value);
        let is_kept = wanted == said || (id == Id::Is && wanted.is_none());
        (!is_kept).then(|| Step {
            id,
            to: wanted.cloned(),
        })
    };
    let ids = [Id::Is, Id::Mda, Id::Bsmtp, Id::Lmtp, Id::Smtphost];
    ids.into_iter().filter_map(step).collect()
}
