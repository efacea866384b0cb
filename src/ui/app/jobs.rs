//! The jobs of all parts of the window: who asked for one hears of it.

use relm4::{ComponentController, ComponentSender};

use super::super::{accounts, editor, probe, wizard};
use super::App;
use crate::base::i18n::gettext;
use crate::engine::api::job::{Job, JobId, Outcome, Part, Progress};
use crate::engine::api::{Command, words};

/// Which part of the window asked for a job and hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    Wizard,
    Probe,
    Editor,
    /// The window of all users' files.
    Admin,
    /// The window, for single options of an account.
    Amend,
    /// The window itself.
    Window,
    /// The window, for a change that is taken back.
    Change,
    /// The accounts page, which shows what is described.
    Accounts,
    /// Whoever wants to change that part of an account.
    Edit(Part),
}

impl App {
    /// Begins a job; its asker hears of it.
    pub(super) fn start(&mut self, id: JobId, job: Job, asker: Asker) {
        self.jobs.insert(id, asker);
        let job = Box::new(job);
        self.send(Command::Start { id, job });
    }

    /// How far a job is.
    pub(super) fn job_goes_on(&self, id: JobId, progress: Progress) {
        let progress = Box::new(progress);
        match (self.jobs.get(&id), &self.wizard) {
            (Some(Asker::Wizard), Some(wizard)) => {
                wizard.emit(wizard::Input::Progress(id, progress));
            }
            (Some(Asker::Probe), _) => {
                self.probe.emit(probe::Input::Progress(id, progress));
            }
            (Some(Asker::Admin), _) => self.tell_admin_progress(id, progress),
            _ => {}
        }
    }

    /// What came of a job.
    pub(super) fn job_done(
        &mut self,
        id: JobId,
        outcome: Outcome,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match (self.jobs.remove(&id), outcome) {
            (Some(Asker::Wizard), outcome) => {
                if let Some(wizard) = &self.wizard {
                    wizard.emit(wizard::Input::Done(id, Box::new(outcome)));
                }
            }
            (Some(Asker::Probe), outcome) => {
                self.probe.emit(probe::Input::Done(id, Box::new(outcome)));
            }
            (Some(Asker::Editor), outcome) => {
                self.editor.emit(editor::Input::Done(id, Box::new(outcome)));
            }
            (Some(Asker::Admin), outcome) => self.tell_admin(id, outcome),
            (Some(Asker::Accounts), Outcome::Described(description)) => {
                self.accounts.emit(accounts::Input::Described(description));
            }
            (Some(Asker::Edit(part)), Outcome::Described(description)) => {
                self.edit(description, part, root, sender);
            }
            (Some(Asker::Change), Outcome::Undone) => {
                self.widgets.toast(&gettext("The changes were taken back"));
            }
            (Some(Asker::Amend), outcome) => self.amended(outcome, root, sender),
            (Some(Asker::Window), Outcome::Undone) => {
                self.widgets
                    .toast(&gettext("The account was taken out again"));
            }
            (Some(Asker::Window | Asker::Change | Asker::Edit(_)), Outcome::Failed(failed)) => {
                let why = match &failed.unsaved {
                    Some(unsaved) => unsaved.to_string(),
                    None => words::headline(failed.cause()),
                };
                self.widgets.toast(&why);
            }
            _ => {}
        }
    }
}
