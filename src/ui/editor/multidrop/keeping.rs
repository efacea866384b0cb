//! Samples: read, kept, removed, and gone through at every change; the engine does the work.

use relm4::ComponentSender;

use super::super::Editor;
use super::super::model::multidrop::account;
use super::super::model::multidrop::samples::Verdict;
use super::work::{sentences, start};
use super::{Output, Tried};
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::engine::api::job::{Job, JobId, Outcome};
use crate::engine::api::routing::{RouteWish, Spot};
use crate::engine::api::samples::{Sample, SampleWish, Samples};
use crate::rc::AccountId;

type Sender = ComponentSender<Editor>;

impl Editor {
    /// Goes through all samples for the text as it is now.
    pub(super) fn check_samples(&mut self, sender: &Sender) {
        let Some(model) = &self.model else { return };
        if let Some((id, _)) = self.multidrop.checking.take() {
            let _ = sender.output(Output::Cancel(id));
        }
        self.multidrop.checked = Some(self.count);
        let facts = self.multidrop.facts(model);
        let works = self.multidrop.kept.begin(&facts.names, &facts.now);
        self.multidrop.queue = works.into();
        self.check_next(sender);
        self.show_multidrop();
    }

    fn check_next(&mut self, sender: &Sender) {
        let Some(model) = &self.model else { return };
        let Some(work) = self.multidrop.queue.pop_front() else {
            return;
        };
        let wish = RouteWish {
            of: Spot {
                text: Secret::new(model.now().document.bytes()),
                entry: work.entry,
                user: work.user,
            },
            headers: work.headers.clone(),
            dns: work.dns,
        };
        let id = start(Job::Route(Box::new(wish)), sender);
        self.multidrop.checking = Some((id, work));
    }

    /// What came of a job about samples; another's is given back.
    pub(super) fn samples_done(
        &mut self,
        id: JobId,
        outcome: Outcome,
        sender: &Sender,
    ) -> Option<Outcome> {
        let multidrop = &mut self.multidrop;
        if let Some((_, work)) = multidrop.checking.take_if(|(job, _)| *job == id) {
            let routed = match &outcome {
                Outcome::Routed(routes) => &routes.routed[..],
                _ => &[],
            };
            multidrop.kept.learn(&work, routed);
            self.check_next(sender);
            self.show_multidrop();
            return None;
        }
        if multidrop.keeping != Some(id) {
            return Some(outcome);
        }
        multidrop.keeping = None;
        match outcome {
            Outcome::Samples(samples) => {
                multidrop.kept.take(*samples);
                multidrop.table.fail("");
                multidrop.checked = None;
                multidrop.forget();
                self.show_multidrop();
            }
            Outcome::Failed(failed) => multidrop.table.fail(&sentences(&failed).join("\n")),
            _ => {}
        }
        if let Some(wish) = self.multidrop.wishes.pop_front() {
            self.wish_samples(wish, sender);
        }
        None
    }

    /// Shows a sample as the message to try.
    pub(super) fn load_sample(&mut self, at: usize) {
        if let Some((sample, _)) = self.sample(at) {
            self.load_message(&sample.name, sample.header);
            self.multidrop.typed.stands_alone();
            self.multidrop.dns = sample.dns;
            self.multidrop.message.set_dns(sample.dns);
        }
    }

    /// Reads the samples.
    pub(in crate::ui::editor) fn read_samples(&mut self, sender: &Sender) {
        match self.login_of_owner() {
            // Samples are kept with one's own file alone.
            Some(login) => {
                let of = Vec::new();
                self.multidrop.kept.take(Samples { login, of });
                self.multidrop.checked = None;
                self.multidrop.forget();
                self.show_multidrop();
            }
            None => self.wish_samples(SampleWish::Read, sender),
        }
    }

    /// Another file comes: what is under way about samples of this one concerns nobody any more.
    pub(in crate::ui::editor) fn leave_samples(&mut self) {
        self.multidrop.keeping = None;
        self.multidrop.wishes.clear();
    }

    /// Accounts may have got other names with what was saved: their samples go along. To be asked
    /// before the saved state is forgotten.
    pub(in crate::ui::editor) fn samples_follow(&mut self, sender: &Sender) {
        let Some(model) = &self.model else { return };
        if self.multidrop.kept.is_empty() {
            return;
        }
        let names = self.multidrop.facts(model).names.0.clone();
        self.multidrop.facts = None;
        if !names.is_empty() {
            self.wish_samples(SampleWish::Follow(names), sender);
        }
    }

    /// One after the other, so that what is shown last is what is there.
    fn wish_samples(&mut self, wish: SampleWish, sender: &Sender) {
        if self.login_of_owner().is_some() {
            let text = gettext("Samples are kept with your own file only.");
            return self.multidrop.table.fail(&text);
        }
        match self.multidrop.keeping {
            Some(_) => self.multidrop.wishes.push_back(wish),
            None => {
                let id = start(Job::Samples(Box::new(wish)), sender);
                self.multidrop.keeping = Some(id);
            }
        }
    }

    /// The message that was tried becomes a sample.
    pub(super) fn keep_sample(&mut self, sender: &Sender) {
        let Some(Tried {
            header,
            dns,
            routed: Some(routed),
        }) = &self.multidrop.tried
        else {
            return;
        };
        let sample = Sample {
            name: self.multidrop.typed.name(&routed.subject),
            header: header.clone(),
            dns: *dns,
            expected: routed.routing.recipients.clone(),
        };
        self.put_sample(sample, sender);
    }

    fn put_sample(&mut self, sample: Sample, sender: &Sender) {
        if let Some(key) = self.key() {
            self.wish_samples(SampleWish::Keep(key, sample), sender);
        }
    }

    /// Who gets a sample now is right.
    pub(super) fn expect(&mut self, at: usize, sender: &Sender) {
        if let Some((sample, Verdict::Changed(expected))) = self.sample(at) {
            self.put_sample(Sample { expected, ..sample }, sender);
        }
    }

    /// Removes a sample.
    pub(super) fn forget_sample(&mut self, at: usize, sender: &Sender) {
        if let (Some((sample, _)), Some(key)) = (self.sample(at), self.key()) {
            self.wish_samples(SampleWish::Forget(key, sample.header), sender);
        }
    }

    fn sample(&mut self, at: usize) -> Option<(Sample, Verdict)> {
        let key = self.key()?;
        self.multidrop.kept.of(&key).into_iter().nth(at)
    }

    /// What samples call the account that is shown.
    fn key(&mut self) -> Option<AccountId> {
        let facts = self.multidrop.facts(self.model.as_ref()?);
        let found = account(&facts.now, self.multidrop.entry?, self.multidrop.user)?;
        Some(facts.names.key(&found.account.id).clone())
    }
}
