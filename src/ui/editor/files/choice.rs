//! Files that somebody chooses, and what is done with them.

use std::path::PathBuf;

use relm4::ComponentSender;

use super::super::super::choose;
use super::super::model::Model;
use super::super::{Editor, Input};
use super::{Deed, Purpose, Why, ask};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::FileWish;
use crate::rc::export;

impl Editor {
    pub(super) fn choose(&self, purpose: Purpose, sender: &ComponentSender<Self>) {
        let to = sender.input_sender().clone();
        let chosen = move |path| to.emit(Input::File(Deed::Chosen(purpose, path)));
        let own = self.path.file_name().unwrap_or_default().to_string_lossy();
        // A name that is seen among others.
        let own = own.trim_start_matches('.');
        match purpose {
            Purpose::Open => choose::file(&self.stack, &gettext("Open a Configuration"), chosen),
            Purpose::Import => choose::file(&self.stack, &gettext("Import a Dump"), chosen),
            Purpose::Check => choose::file(&self.stack, &gettext("Check a File"), chosen),
            Purpose::Copy => {
                let name = format!("{own}-copy");
                choose::place(&self.stack, &gettext("Save a Copy"), &name, chosen);
            }
            Purpose::Export => {
                let name = format!("{own}-without-secrets.txt");
                choose::place(
                    &self.stack,
                    &gettext("Export Without Secrets"),
                    &name,
                    chosen,
                );
            }
        }
    }

    pub(super) fn chosen(
        &mut self,
        purpose: Purpose,
        path: PathBuf,
        sender: &ComponentSender<Self>,
    ) {
        let text = self.model.as_ref().map(|model| &model.now().document);
        match (purpose, text) {
            (Purpose::Open, _) => self.open_other(path, sender),
            (Purpose::Import, _) => {
                self.file_job(Why::Import, Some(path), FileWish::Undump, sender);
            }
            (Purpose::Check, _) => {
                let why = Why::Check(path.clone());
                self.file_job(why, Some(path), FileWish::Lint, sender);
            }
            (Purpose::Copy, Some(text)) => {
                let wish = FileWish::Put(Secret::new(text.bytes()));
                self.file_job(Why::Put(path.clone()), Some(path), wish, sender);
            }
            (Purpose::Export, Some(text)) => {
                let wish = FileWish::Put(Secret::new(export::without_secrets(text)));
                self.file_job(Why::Put(path.clone()), Some(path), wish, sender);
            }
            (Purpose::Copy | Purpose::Export, None) => {}
        }
    }

    /// Edits another file; asks first if that would lose changes.
    fn open_other(&mut self, path: PathBuf, sender: &ComponentSender<Self>) {
        let is_changed = self.model.as_ref().is_some_and(Model::is_changed);
        let Some(window) = self.window().filter(|_| is_changed) else {
            return self.file_deed(Deed::Open(path), sender);
        };
        let text = gettext("{path} was changed here and is not saved.");
        let body = fill(&text, &[("path", &self.path.display())]);
        let heading = gettext("Discard the Changes?");
        let deed = Deed::Open(path);
        ask(&window, &heading, &body, "editor-discard", deed, sender);
    }
}
