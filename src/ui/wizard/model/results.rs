//! What the engine tells, and what follows from it.

use super::answers::{ProtocolWish, SecurityWish, Sink};
use super::{Effect, Field, Model, Page, Saved, Work};
use crate::engine::api::Cause;
use crate::engine::api::job::{
    Around, Candidate, Failed, JobId, Keyring, Outcome, Progress, Rhythm, Security,
};

impl Model {
    pub(super) fn progress(&mut self, id: JobId, progress: Progress) {
        match progress {
            Progress::Discover(found) if self.discovery.is(id) => self.found = Some(*found),
            Progress::Probe(report) if self.probe.is(id) => self.report = Some(*report),
            Progress::SignIn(steps) if self.sign_in.is(id) => self.steps = steps,
            Progress::DryRun { done, of } if self.dry.is(id) => self.dry_progress = (done, of),
            _ => {}
        }
    }

    pub(super) fn done(&mut self, id: JobId, outcome: Outcome) -> Vec<Effect> {
        if self.around_job == Some(id) {
            if let Outcome::Around(around) = outcome {
                self.take_around(*around);
            }
            return Vec::new();
        }
        if self.discovery.is(id) {
            return self.discovered(outcome);
        }
        if self.probe.is(id) {
            return self.probed(outcome);
        }
        if self.sign_in.is(id) {
            return self.signed_in(outcome);
        }
        if self.saving.is(id) {
            return self.saved(outcome);
        }
        if self.file.is(id) {
            return self.filed(outcome);
        }
        self.tried(id, outcome);
        Vec::new()
    }

    /// The test message, the dry run, the one message, the preview.
    fn tried(&mut self, id: JobId, outcome: Outcome) {
        if self.test.is(id) {
            self.test = match outcome {
                Outcome::Delivered(seen) => Work::Done(Ok(seen)),
                other => ended(other),
            };
        } else if self.dry.is(id) {
            self.dry = match outcome {
                Outcome::DryRun(run) => Work::Done(Ok(*run)),
                other => ended(other),
            };
        } else if self.one.is(id) {
            self.one = match outcome {
                Outcome::Fetched(one) => Work::Done(Ok(one.map(|one| *one))),
                other => ended(other),
            };
        } else if self.preview.is(id) {
            self.preview = match outcome {
                Outcome::Previewed(preview) => Work::Done(Ok(*preview)),
                other => ended(other),
            };
        }
    }

    /// What this computer has decides what is proposed, unless the person was quicker.
    fn take_around(&mut self, around: Around) {
        let answers = &mut self.answers;
        if answers.maildir.is_empty() {
            answers.maildir = around.maildir.0.display().to_string();
        }
        if answers.local_user.is_empty() {
            answers.local_user = around.login.clone();
        }
        if answers.lmtp.is_empty()
            && let Some(socket) = &around.lmtp
        {
            answers.lmtp = socket.display().to_string();
        }
        if answers.program.is_empty()
            && let Some(first) = around.programs.first()
        {
            answers.program = first.clone();
        }
        let is_new = self.editing.is_none();
        if is_new && !self.trail.contains(&Page::Delivery) {
            answers.sink = match (&around.listener, &around.lmtp) {
                (Some(_), _) => Sink::Listener,
                (None, Some(_)) => Sink::Lmtp,
                (None, None) => Sink::Maildir,
            };
        }
        if is_new && around.keyring == Keyring::Missing && answers.place == Default::default() {
            answers.place = super::answers::Place::File;
        }
        self.around = Some(around);
    }

    fn discovered(&mut self, outcome: Outcome) -> Vec<Effect> {
        self.discovery = Work::Done(());
        self.filled += 1;
        match outcome {
            Outcome::Discovered(found) => self.found = Some(*found),
            Outcome::Cancelled => {}
            Outcome::Failed(failed) => {
                tracing::debug!(cause = ?failed.trouble.cause, "discovery failed");
            }
            _ => return Vec::new(),
        }
        if self.page != Page::Discovery {
            return Vec::new();
        }
        let found = self.found.as_ref();
        if found.is_some_and(|found| found.is_offline && found.candidates.is_empty()) {
            self.waits_for_network = true;
            return Vec::new();
        }
        let first = self
            .usable()
            .next()
            .map(|(index, card)| (index, card.clone()));
        match first {
            Some((index, card)) => {
                self.answers.confirmed = false;
                self.answers.choose(index, &card);
                vec![Effect::GoOnSoon]
            }
            None => {
                self.answers.card = None;
                let mut effects = self.go(Page::Server);
                effects.push(Effect::Focus(Field::Host));
                effects
            }
        }
    }

    /// The cards that can be chosen: those in the clear only if there is no other.
    pub(crate) fn usable(&self) -> impl Iterator<Item = (usize, &Candidate)> {
        let cards = self
            .found
            .as_ref()
            .map_or(&[][..], |found| &found.candidates);
        let has_safe = cards.iter().any(|card| card.security != Security::None);
        let is_shown = move |card: &Candidate| !has_safe || card.security != Security::None;
        cards
            .iter()
            .enumerate()
            .filter(move |(_, card)| is_shown(card))
    }

    /// "Test Server": the open fields are filled in with what was found.
    fn probed(&mut self, outcome: Outcome) -> Vec<Effect> {
        self.probe = Work::Done(());
        self.filled += 1;
        if let Outcome::Probed(report) = outcome {
            self.report = Some(*report);
        }
        let goes_on = std::mem::take(&mut self.goes_on_after_probe);
        let choice = self
            .report
            .as_ref()
            .and_then(|report| report.choices.first());
        let Some(choice) = choice.map(|choice| choice.candidate.clone()) else {
            return Vec::new();
        };
        let answers = &mut self.answers;
        let (user, method) = (answers.user.clone(), answers.method);
        let was_plain = answers.security == SecurityWish::None;
        answers.take_in(&Candidate {
            host: answers.host.trim().to_owned(),
            ..choice
        });
        (answers.user, answers.method) = (user, method);
        // Never less protection than was asked for, and none only if the person has said so.
        if answers.security == SecurityWish::None && !was_plain {
            return Vec::new();
        }
        match goes_on && self.page == Page::Server {
            true => self.go_on(),
            false => Vec::new(),
        }
    }

    fn signed_in(&mut self, outcome: Outcome) -> Vec<Effect> {
        self.sign_in = match outcome {
            Outcome::SignedIn(done) => {
                self.steps.clone_from(&done.steps);
                if self.editing.is_none() && !done.can_idle && self.rhythm() == Rhythm::Idle {
                    self.answers.rhythm = 2;
                }
                Work::Done(Ok(*done))
            }
            Outcome::Failed(failed) => {
                if !failed.steps.is_empty() {
                    self.steps.clone_from(&failed.steps);
                }
                self.note_failure(&failed);
                Work::Done(Err(failed))
            }
            _ => Work::Idle,
        };
        match &self.sign_in {
            Work::Done(Err(failed)) if *failed.cause() == Cause::SignIn => {
                vec![Effect::Focus(Field::PasswordAgain)]
            }
            Work::Done(_) => vec![Effect::Rest],
            Work::Idle => {
                self.steps.clear();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// What is tried again by itself.
    fn note_failure(&mut self, failed: &Failed) {
        match failed.cause() {
            Cause::Locked => self.try_later(),
            Cause::Dns(_) => self.waits_for_network = true,
            _ => {}
        }
    }

    fn rhythm(&self) -> Rhythm {
        self.answers.chosen_rhythm()
    }

    fn saved(&mut self, outcome: Outcome) -> Vec<Effect> {
        let Outcome::Adopted(adopted) = outcome else {
            self.saving = ended(outcome);
            return Vec::new();
        };
        self.saving = Work::Done(Ok(()));
        vec![
            Effect::Saved(Box::new(Saved {
                adopted: *adopted,
                starts_at_login: self.answers.starts_at_login,
                notifies: self.answers.notifies,
                is_change: self.editing.is_some(),
            })),
            Effect::Close,
        ]
    }

    fn filed(&mut self, outcome: Outcome) -> Vec<Effect> {
        match outcome {
            Outcome::Imported => {
                self.file = Work::Done(Ok(()));
                vec![Effect::Close]
            }
            other => {
                self.file = ended(other);
                Vec::new()
            }
        }
    }

    /// The page shows what a probe found, but it could not be taken over.
    pub(crate) fn probe_found_nothing(&self) -> bool {
        let report = self.report.as_ref().filter(|report| report.is_done);
        matches!(self.probe, Work::Done(()))
            && report.is_none_or(|report| report.choices.is_empty())
    }

    /// Whether the open fields were filled in by asking the server.
    pub(crate) fn was_detected(&self) -> bool {
        matches!(self.probe, Work::Done(()))
            && self
                .report
                .as_ref()
                .is_some_and(|report| !report.choices.is_empty())
            && self.answers.protocol != ProtocolWish::Detect
    }
}

/// A job that failed or was cancelled.
fn ended<T>(outcome: Outcome) -> Work<super::Tried<T>> {
    match outcome {
        Outcome::Failed(failed) => Work::Done(Err(failed)),
        _ => Work::Idle,
    }
}
