//! What the engine tells, and what of it the window keeps for itself.

use relm4::{ComponentController, ComponentSender};

use super::super::{accounts, activity, editor, probe};
use super::{App, servers};
use crate::engine::api::job::{JobId, Outcome};
use crate::engine::api::{AccountStatus, Event, Snapshot, State};

impl App {
    /// Something happened in the engine.
    pub(super) fn hear(
        &mut self,
        event: Event,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match event {
            Event::Loaded(all) => {
                self.take(&all);
                self.probe.emit(probe::Input::Accounts(servers(&all)));
                self.editor.emit(editor::Input::FileChanged);
                self.accounts.emit(accounts::Input::Load(Box::new(all)));
                if let Some(ids) = self.watch_when_loaded.take() {
                    self.watch(ids, root, sender);
                }
            }
            Event::Account(status) => {
                self.note_busy(&status);
                if let Some(open) = &mut self.transcript {
                    open.status(&status);
                }
                self.accounts
                    .emit(accounts::Input::Account(Box::new(status)));
            }
            Event::Activity(entry) => {
                if let Some(open) = &mut self.transcript {
                    open.entry(&entry);
                }
                self.activity.emit(activity::Input::Entry(Box::new(entry)));
            }
            Event::Saved(saved) => {
                if saved.result.is_err() {
                    self.not_saved();
                }
                self.editor.emit(editor::Input::Saved(saved));
            }
            Event::Wire { id, lines } => self.overheard(&id, &lines),
            Event::Paused(is_paused) => self.paused(is_paused),
            Event::RcChanged | Event::Arrived { .. } | Event::CycleEnded => {}
            Event::Job { id, progress } => self.job_goes_on(id, progress),
            Event::JobDone { id, outcome } => self.job_done(id, outcome, root, sender),
            Event::Question(question) => self.ask(&question, root),
            Event::Unasked(id) => self.unasked(id),
            Event::Ended => {
                let open: Vec<JobId> = self.jobs.keys().copied().collect();
                for id in open {
                    self.job_done(id, Outcome::Cancelled, root, sender);
                }
                self.ended(sender);
            }
        }
    }

    /// Everything is replaced.
    pub(super) fn take(&mut self, all: &Snapshot) {
        self.ids = all.accounts.iter().map(|a| a.id.clone()).collect();
        let scheduled = all.accounts.iter().filter(|a| a.state != State::Skipped);
        self.scheduled = scheduled.map(|a| a.id.clone()).collect();
        self.is_paused = all.is_paused;
        self.editor.emit(editor::Input::Paused(all.is_paused));
        let busy = all.accounts.iter().filter(|a| a.state.is_busy());
        self.busy = busy.map(|a| a.id.clone()).collect();
        self.halted = all.halted.clone();
        self.stale = all.stale.clone();
        self.advice = all.advice.clone();
        self.rc_path = all.rc_path.clone();
        self.show_check();
        self.show_bar();
    }

    fn note_busy(&mut self, status: &AccountStatus) {
        let was_idle = self.busy.is_empty();
        if status.state.is_busy() {
            self.busy.insert(status.id.clone());
        } else {
            self.busy.remove(&status.id);
        }
        if was_idle != self.busy.is_empty() {
            self.show_check();
        }
    }
}
