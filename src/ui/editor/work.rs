//! The editor's work with the engine: reading the file, looking a text over, saving.

use std::time::Duration;

use adw::prelude::*;
use gtk::glib;
use relm4::ComponentSender;

use super::super::ask;
use super::model::Model;
use super::{Editor, Input, Output};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Failed, FileDone, JobId, Outcome, RcText};
use crate::engine::api::saving::{Base, Saved, Unsaved, Version, Which};
use crate::engine::api::words;

/// How long nobody types before a text is looked over (`ui.md` section 7).
const PAUSE: Duration = Duration::from_millis(300);

impl Editor {
    /// Reads the file.
    pub(super) fn read(&mut self, sender: &ComponentSender<Self>) {
        let id = JobId::new();
        self.reading = Some(id);
        let job = Box::new(self.read_job());
        let _ = sender.output(Output::Start(id, job));
    }

    /// Another program may have changed the file. What was changed here stays, and is compared.
    pub(super) fn file_changed(&mut self, sender: &ComponentSender<Self>) {
        let was_read = !self.path.as_os_str().is_empty() || self.again.get_visible();
        if !self.is_own() || !was_read || self.saving.is_some() {
            return;
        }
        match self.has_edits() {
            true => self.look_for_changes(false, sender),
            false => self.read(sender),
        }
    }

    /// What came of a job.
    pub(super) fn done(&mut self, id: JobId, outcome: Outcome, sender: &ComponentSender<Self>) {
        let Some(outcome) = self.multidrop_done(id, outcome, sender) else {
            return;
        };
        let Some(outcome) = self.folders_done(id, outcome) else {
            return;
        };
        let Some(outcome) = self.file_done(id, outcome, sender) else {
            return;
        };
        if self.reading == Some(id) {
            self.reading = None;
            match outcome {
                Outcome::RcRead(text) => self.open(&text, sender),
                Outcome::File(done) => {
                    if let FileDone::Read(text) = *done {
                        self.open(&text, sender);
                    }
                }
                Outcome::Failed(failed) => self.cannot_read(&failed),
                _ => {}
            }
        } else if let Some(row) = self.commands.remove(&id) {
            if let Outcome::CommandChecked(sentence) = outcome {
                self.pages.tell(row.at, row.id, &sentence);
            }
        } else if let Some((_, count)) = self.linting.filter(|(job, _)| *job == id) {
            self.linting = None;
            if let (Outcome::Linted(found), Some(model)) = (outcome, &mut self.model)
                && count == self.count
            {
                model.looked_over(found);
                self.show();
            } else {
                self.look_later(sender);
            }
        }
    }

    pub(super) fn open(&mut self, text: &RcText, sender: &ComponentSender<Self>) {
        if self.has_edits() {
            // Somebody has typed meanwhile.
            return self.compare(text, false, sender);
        }
        if self.is_own() {
            self.files.own = Some(text.path.clone());
        }
        let is_same = self
            .model
            .as_ref()
            .is_some_and(|model| model.saved().document.bytes() == text.bytes.expose());
        self.path.clone_from(&text.path);
        self.base = text.base;
        let is_begun = self.model.as_ref().is_some_and(Model::is_changed);
        if self.is_own() && text.base == Base::NONE && !is_begun {
            return self.show_none(sender);
        }
        if !is_same || (is_begun && text.base != Base::NONE) {
            let mut model = Model::open(text.bytes.expose());
            model.ignore(&self.kept.ignored);
            self.model = Some(model);
        }
        self.again.set_visible(false);
        self.stack.set_visible_child_name("file");
        self.changed(sender);
        self.read_samples(sender);
        self.look_beside(sender);
        self.go_to_wanted();
        self.go_to_wanted_server();
    }

    fn cannot_read(&self, failed: &Failed) {
        self.again.set_visible(true);
        self.trouble
            .set_title(&gettext("The Configuration Cannot Be Read"));
        let text = words::advice(failed.cause());
        self.trouble
            .set_description(Some(&super::super::markup(&text)));
    }

    /// The text is another one.
    pub(super) fn changed(&mut self, sender: &ComponentSender<Self>) {
        self.count += 1;
        self.multidrop.forget();
        self.show();
        self.look_later(sender);
    }

    fn look_later(&self, sender: &ComponentSender<Self>) {
        let (to, count) = (sender.input_sender().clone(), self.count);
        glib::timeout_add_local_once(PAUSE, move || to.emit(Input::LookOver(count)));
    }

    /// Nobody has typed for a while.
    pub(super) fn look_over(&mut self, count: u64, sender: &ComponentSender<Self>) {
        let Some(model) = &self.model else { return };
        if count != self.count || self.linting.is_some() {
            return;
        }
        let id = JobId::new();
        self.linting = Some((id, count));
        let text = Secret::new(model.now().document.bytes());
        let job = Box::new(self.lint_job(text));
        let _ = sender.output(Output::Start(id, job));
    }

    /// Hands the text over to be written.
    pub(super) fn save(&mut self, which: Which, sender: &ComponentSender<Self>) {
        if let Some(window) = self.review.take() {
            window.destroy();
        }
        let Some(model) = &self.model else { return };
        let now = model.now().clone();
        let base = match which {
            Which::Draft => Base::NONE,
            _ => self.base,
        };
        let version = Version {
            base,
            bytes: Secret::new(now.document.bytes()),
        };
        self.saving = Some((now, which));
        self.write(version, which, sender);
    }

    /// How a save went.
    pub(super) fn saved(&mut self, saved: &Saved, sender: &ComponentSender<Self>) {
        let Some((revision, which)) = self.saving.take_if(|(_, which)| *which == saved.which)
        else {
            return;
        };
        let path = saved.path.display();
        match (&saved.result, which) {
            (Ok(base), Which::Rc) => {
                self.base = *base;
                let bytes = revision.document.bytes();
                if self.is_own() {
                    self.samples_follow(sender);
                }
                if let Some(model) = &mut self.model {
                    model.is_saved(revision);
                }
                self.files_saved(bytes, which, sender);
                self.show();
                let text = fill(&gettext("{path} saved"), &[("path", &path)]);
                let _ = sender.output(Output::Say(text));
            }
            (Ok(_), _) => {
                self.files_saved(revision.document.bytes(), which, sender);
                let text = fill(&gettext("Draft saved as {path}"), &[("path", &path)]);
                let _ = sender.output(Output::Say(text));
            }
            (Err(Unsaved::Changed(_)), _) => self.look_for_changes(true, sender),
            (Err(why), _) => self.unsaved(why),
        }
    }

    fn unsaved(&self, why: &Unsaved) {
        let Some(window) = self.stack.root().and_downcast::<gtk::Window>() else {
            return;
        };
        let heading = gettext("The configuration was not saved");
        ask::tell(&window, &heading, &why.to_string(), "editor-unsaved");
    }
}

/// The button for a file that could not be read; hidden until then.
pub(super) fn again(to: &relm4::Sender<Input>) -> gtk::Button {
    let again = super::super::a11y::mnemonic_button(&gettext("_Try Again"));
    again.set_widget_name("editor-again");
    again.set_halign(gtk::Align::Center);
    again.set_visible(false);
    let to = to.clone();
    again.connect_clicked(move |_| to.emit(Input::FileChanged));
    again
}
