//! Drafts: offered where there is one, opened as a step, and gone when they are saved or not wanted.

use std::time::{Instant, SystemTime};

use relm4::ComponentSender;

use super::super::Editor;
use super::{Deed, Why, ask};
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::engine::api::job::{Beside, DraftText, FileWish};
use crate::engine::api::saving::{Base, Which};

/// A draft, and whether the text came from it or went there.
pub(super) struct Draft {
    /// What it says.
    pub text: DraftText,
    is_used: bool,
}

impl Editor {
    /// What lies beside the file is looked for.
    pub(in crate::ui::editor) fn look_beside(&mut self, sender: &ComponentSender<Self>) {
        if self.owner.is_none() {
            let path = self.files.other.clone();
            self.file_job(Why::Beside, path, FileWish::LookBeside, sender);
        }
    }

    pub(super) fn beside(&mut self, beside: Beside) {
        let used = self.files.draft.as_ref().filter(|draft| draft.is_used);
        let used = used.map(|draft| draft.text.bytes.clone());
        self.files.system = beside.system;
        self.files.draft = beside.draft.map(|text| Draft {
            is_used: used.as_ref() == Some(&text.bytes),
            text,
        });
        self.show_files();
    }

    pub(super) fn open_draft(&mut self, sender: &ComponentSender<Self>) {
        let (Some(model), Some(draft)) = (&mut self.model, &mut self.files.draft) else {
            return;
        };
        draft.is_used = true;
        let name = gettext("Open the draft");
        if model.put(name, draft.text.bytes.expose(), Instant::now()) {
            self.changed(sender);
        }
    }

    pub(super) fn ask_drop(&self, sender: &ComponentSender<Self>) {
        let Some(window) = self.window() else { return };
        let heading = gettext("Discard the Draft?");
        let body = gettext("It is removed from the disk. What is open here stays.");
        ask(
            &window,
            &heading,
            &body,
            "draft-question",
            Deed::DropDraft,
            sender,
        );
    }

    pub(super) fn drop_draft(&mut self, sender: &ComponentSender<Self>) {
        if let Some(draft) = self.files.draft.take() {
            let base = Base::of(draft.text.bytes.expose());
            let path = self.files.other.clone();
            self.file_job(Why::DropDraft, path, FileWish::DropDraft(base), sender);
            self.show_files();
        }
    }

    /// This is on the disk now: as the file, or as a draft of it.
    pub(in crate::ui::editor) fn files_saved(
        &mut self,
        bytes: Vec<u8>,
        which: Which,
        sender: &ComponentSender<Self>,
    ) {
        // Drafts of others lie where only their owner may look.
        if self.owner.is_some() {
            return;
        }
        if which == Which::Draft {
            self.files.draft = Some(Draft {
                text: DraftText {
                    bytes: Secret::new(bytes),
                    written: SystemTime::now(),
                },
                is_used: true,
            });
            self.show_files();
        } else if self.files.draft.as_ref().is_some_and(|draft| draft.is_used) {
            // One that nobody has looked at stays.
            self.drop_draft(sender);
        }
    }
}
