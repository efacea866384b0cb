//! The window's work with the engine.

use relm4::ComponentSender;

use super::model::{Stage, ran};
use super::{Admin, Output, Run};
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::engine::api::job::users::{Deed, Ran, Rewrite, Whose};
use crate::engine::api::job::{Failed, Job, JobId, Outcome, Progress};
use crate::engine::api::saving::{Base, Version};
use crate::engine::api::words;

impl Admin {
    fn start(job: Job, sender: &ComponentSender<Self>) -> JobId {
        let id = JobId::new();
        let _ = sender.output(Output::Start(id, Box::new(job)));
        id
    }

    /// Looks at all users, or ends that.
    pub(super) fn look_or_stop(&mut self, sender: &ComponentSender<Self>) {
        if let Some(id) = self.looking {
            let _ = sender.output(Output::Cancel(id));
            return;
        }
        self.model.begin();
        self.looking = Some(Self::start(Job::UsersFiles, sender));
        self.show_list();
    }

    /// Looks at one file again.
    pub(super) fn look_again(&mut self, whose: Box<Whose>, sender: &ComponentSender<Self>) {
        self.again.push(Self::start(Job::LookAs(whose), sender));
    }

    /// How far a job is.
    pub(super) fn hear(&mut self, id: JobId, progress: Progress) {
        match progress {
            Progress::Users { done, of, found } if self.looking == Some(id) => {
                self.model.take(found);
                self.model.stage = Stage::Looking(done, of);
                self.show_list();
                self.show_page();
            }
            Progress::Said(lines) => {
                if let Some(run) = self.run.as_ref().filter(|run| run.job() == Some(id)) {
                    run.say(&lines);
                }
            }
            _ => {}
        }
    }

    /// What came of a job.
    pub(super) fn done(&mut self, id: JobId, outcome: Outcome, sender: &ComponentSender<Self>) {
        if self.looking == Some(id) {
            self.looking = None;
            self.model.stage = match outcome {
                Outcome::Everybody(all) => {
                    self.model.take(all.files);
                    if all.is_cut { Stage::Cut } else { Stage::Done }
                }
                Outcome::Failed(failed) => Stage::Failed(sentence(&failed)),
                _ => Stage::Stopped,
            };
            self.show_list();
        } else if let Some(place) = self.again.iter().position(|again| *again == id) {
            self.again.swap_remove(place);
            if let Outcome::Looked(file) = outcome {
                self.model.take(vec![*file]);
                self.show_list();
            }
        } else if self.run.as_ref().is_some_and(|run| run.job() == Some(id)) {
            self.run_ended(&outcome, sender);
        } else if self.doing == Some(id) {
            self.doing = None;
            self.frame.say(&match outcome {
                Outcome::Ran(how) => ran(how),
                Outcome::Written(_) => gettext("An empty file was made"),
                Outcome::Failed(failed) => sentence(&failed),
                _ => gettext("Stopped"),
            });
            if let Some(whose) = self.whose() {
                self.look_again(whose, sender);
            }
        }
        self.show_page();
    }

    fn run_ended(&mut self, outcome: &Outcome, sender: &ComponentSender<Self>) {
        let Some(run) = &mut self.run else { return };
        let (text, is_well) = match outcome {
            Outcome::Ran(how) => (ran(*how), matches!(how, Ran::Ended(0 | 1))),
            Outcome::Failed(failed) => (sentence(failed), false),
            _ => (gettext("Stopped"), false),
        };
        run.ended(&text, is_well);
        let whose = run.whose.clone();
        self.look_again(whose, sender);
    }

    /// Checks, starts or stops by the file that is shown.
    pub(super) fn act(&mut self, deed: Deed, sender: &ComponentSender<Self>) {
        let Some(whose) = self.whose().filter(|_| self.doing.is_none()) else {
            return;
        };
        if let Deed::Check(server) = deed {
            return self.check(whose, server, sender);
        }
        self.doing = Some(Self::start(Job::RunAs(whose, deed), sender));
        self.show_page();
    }

    /// Checks in a window of its own; one check at a time.
    pub(super) fn check(
        &mut self,
        whose: Box<Whose>,
        server: Option<String>,
        sender: &ComponentSender<Self>,
    ) {
        if let Some(open) = self.run.take_if(|run| run.job().is_none()) {
            open.close();
        }
        if let Some(open) = &self.run {
            return open.present();
        }
        let job = Job::RunAs(whose.clone(), Deed::Check(server));
        let id = Self::start(job, sender);
        self.run = Some(Run::open(&self.window, whose, id, sender.input_sender()));
    }

    /// Makes an empty file for the user that is shown.
    pub(super) fn make(&mut self, sender: &ComponentSender<Self>) {
        let Some(whose) = self.whose().filter(|_| self.doing.is_none()) else {
            return;
        };
        let new = Rewrite {
            whose: *whose,
            version: Version {
                base: Base::NONE,
                bytes: Secret::new(Vec::new()),
            },
            is_draft: false,
        };
        self.doing = Some(Self::start(Job::WriteAs(Box::new(new)), sender));
        self.show_page();
    }

    /// The window goes: nobody is left to see what is under way.
    pub(super) fn leave(&mut self, sender: &ComponentSender<Self>) {
        let run = self.run.take();
        let jobs = self.looking.take().into_iter();
        for id in jobs.chain(run.as_ref().and_then(Run::job)) {
            let _ = sender.output(Output::Cancel(id));
        }
        if let Some(run) = run {
            run.close();
        }
    }
}

fn sentence(failed: &Failed) -> String {
    match &failed.unsaved {
        Some(unsaved) => unsaved.to_string(),
        None => words::advice(failed.cause()),
    }
}
