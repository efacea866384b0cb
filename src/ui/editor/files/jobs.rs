//! What comes of the jobs about files.

use std::time::Instant;

use relm4::ComponentSender;

use super::super::super::ask::tell;
use super::super::Editor;
use super::{Why, check};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Failed, FileDone, Job, JobId, Outcome, RcText};
use crate::engine::api::saving::{Saved, Unsaved, Version, Which};
use crate::engine::api::words;

impl Editor {
    /// What came of a job, if it was one about files.
    pub(in crate::ui::editor) fn file_done(
        &mut self,
        id: JobId,
        outcome: Outcome,
        sender: &ComponentSender<Self>,
    ) -> Option<Outcome> {
        let Some(why) = self.files.jobs.remove(&id) else {
            return Some(outcome);
        };
        match outcome {
            Outcome::Failed(failed) => self.file_failed(why, &failed, sender),
            Outcome::RcRead(text) => self.file_read(&why, &text, sender),
            Outcome::File(done) => self.file_came(why, *done, sender),
            _ if matches!(why, Why::Save(_)) => self.saving = None,
            _ => {}
        }
        None
    }

    fn file_read(&mut self, why: &Why, text: &RcText, sender: &ComponentSender<Self>) {
        match why {
            Why::Compare(is_asked) => self.compare(text, *is_asked, sender),
            Why::Reload => {
                if let Some(model) = &mut self.model {
                    self.base = text.base;
                    model.reread(text.bytes.expose(), Instant::now());
                    self.changed(sender);
                    self.look_beside(sender);
                }
            }
            Why::Open => self.open_read(text, sender),
            _ => {}
        }
    }

    /// Another file is edited from now on; one's own by another way is one's own.
    fn open_read(&mut self, text: &RcText, sender: &ComponentSender<Self>) {
        let is_own = self.files.own.as_ref() == Some(&text.path);
        if is_own {
            return self.turn_to_file(None, None, sender);
        }
        self.forget_file();
        self.leave_owner();
        self.files.other = Some(text.path.clone());
        self.open(text, sender);
    }

    fn file_came(&mut self, why: Why, done: FileDone, sender: &ComponentSender<Self>) {
        match (why, done) {
            (why, FileDone::Read(text)) => self.file_read(&why, &text, sender),
            (_, FileDone::Saved(saved)) => self.saved(&saved, sender),
            (_, FileDone::Beside(beside)) => self.beside(beside),
            (Why::Put(path), FileDone::Put) => {
                let text = fill(&gettext("{path} saved"), &[("path", &path.display())]);
                self.mention(&text, sender);
            }
            (Why::Check(path), FileDone::Linted(found)) => {
                if let Some(window) = self.window() {
                    check::show(&window, &path, &found);
                }
            }
            (Why::Import, FileDone::Undumped(dump)) => {
                self.begin();
                let name = gettext("Import a dump");
                let Some(model) = &mut self.model else { return };
                model.put(name, dump.bytes.expose(), Instant::now());
                self.changed(sender);
                self.imported(&dump.left_out, sender);
            }
            (Why::DropDraft, FileDone::Dropped) => {
                self.mention(&gettext("The draft was removed"), sender);
            }
            _ => {}
        }
    }

    fn imported(&self, left_out: &[String], sender: &ComponentSender<Self>) {
        let Some(window) = self.window().filter(|_| !left_out.is_empty()) else {
            let text = gettext("The dump was imported. Nothing is saved yet.");
            return self.mention(&text, sender);
        };
        let text = gettext("The dump has options that this version does not know: {keys}.");
        let heading = gettext("Not Everything Was Imported");
        let body = fill(&text, &[("keys", &left_out.join(", "))]);
        tell(&window, &heading, &body, "import-left-out");
    }

    fn file_failed(&mut self, why: Why, failed: &Failed, sender: &ComponentSender<Self>) {
        let sentence = words::advice(failed.cause());
        let heading = match why {
            Why::Save(which) => {
                let result = Err(failed.unsaved.clone().unwrap_or(Unsaved::Refused(sentence)));
                let saved = Saved {
                    which,
                    path: self.path.clone(),
                    result,
                };
                return self.saved(&saved, sender);
            }
            // Nobody has asked for it.
            Why::Beside | Why::Compare(false) => return,
            Why::Open | Why::Reload | Why::Compare(true) => gettext("The File Cannot Be Read"),
            Why::Put(_) => gettext("The File Was Not Written"),
            Why::Import => gettext("The Dump Cannot Be Imported"),
            Why::Check(_) => gettext("The File Cannot Be Checked"),
            Why::DropDraft => gettext("The Draft Was Not Removed"),
        };
        if let Some(window) = self.window() {
            tell(&window, &heading, &sentence, "file-trouble");
        }
    }

    /// Writes the other file, if there is one; gives back what is to be written to one's own.
    pub(in crate::ui::editor) fn write_other(
        &mut self,
        version: Version,
        which: Which,
        sender: &ComponentSender<Self>,
    ) -> Option<Version> {
        let Some(path) = self.files.other.clone() else {
            return Some(version);
        };
        let wish = crate::engine::api::job::FileWish::Save(version, which);
        let job = Job::File {
            path: Some(path),
            wish,
        };
        self.file_start(Why::Save(which), job, sender);
        None
    }
}
