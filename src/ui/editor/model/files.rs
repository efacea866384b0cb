//! A whole file in the place of another: each is one step. Pure.

use std::time::Instant;

use super::Model;
use super::history::Revision;
use crate::base::i18n::gettext;
use crate::rc::document::Document;
use crate::rc::fmt;

impl Model {
    /// Of a file that is not there yet.
    pub(crate) fn create() -> Self {
        Self {
            is_new: true,
            ..Self::open(b"")
        }
    }

    /// Whether the text is another one than was read or saved.
    pub(crate) fn has_edits(&self) -> bool {
        self.now().document != self.saved().document
    }

    /// Another text, as a step of that name. Returns whether it is another one.
    pub(crate) fn put(&mut self, name: String, bytes: &[u8], now: Instant) -> bool {
        let revision = Revision::read(bytes);
        let is_other = revision.document != self.now().document;
        if is_other {
            self.take(name, None, revision, now);
        }
        is_other
    }

    /// What is in the file by now is shown; what was changed here can be had back.
    pub(crate) fn reread(&mut self, bytes: &[u8], now: Instant) {
        self.is_in_the_file(bytes);
        self.put(gettext("Read the file again"), bytes, now);
    }

    /// What was put together of this text and another in the file is shown.
    pub(crate) fn merged(&mut self, result: &Document, theirs: &[u8], now: Instant) {
        self.is_in_the_file(theirs);
        self.put(gettext("Merge with the file"), &result.bytes(), now);
    }

    /// Another program has written this.
    pub(crate) fn is_in_the_file(&mut self, bytes: &[u8]) {
        self.saved = Revision::read(bytes);
        self.is_new = false;
    }

    /// The file is not there any more: saving makes it.
    pub(crate) fn is_gone(&mut self) {
        self.is_in_the_file(b"");
        self.is_new = true;
    }

    /// The text in its canonical layout. Returns whether it was in another.
    pub(crate) fn format(&mut self, now: Instant) -> Result<bool, fmt::Refused> {
        let bytes = fmt::format(&self.now().document)?;
        Ok(self.put(gettext("Format the file"), &bytes, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(model: &Model) -> String {
        String::from_utf8(model.now().document.bytes()).unwrap()
    }

    #[test]
    fn a_new_file_can_be_saved_empty() {
        let mut model = Model::create();
        assert!(model.is_changed() && !model.has_edits());
        model.is_saved(Revision::read(b""));
        assert!(!model.is_changed());
        model.is_gone();
        assert!(model.is_changed());
    }

    #[test]
    fn each_is_one_step() {
        let now = Instant::now();
        let mut model = Model::open(b"poll a user x\n");
        assert!(model.put("draft".into(), b"poll b user x\n", now));
        assert!(!model.put("draft".into(), b"poll b user x\n", now));
        assert_eq!(model.history().undoable(), Some("draft"));
        model.reread(b"poll c user x\n", now);
        assert_eq!(
            (text(&model).as_str(), model.is_changed()),
            ("poll c user x\n", false)
        );
        assert!(model.undo());
        assert_eq!(
            (text(&model).as_str(), model.is_changed()),
            ("poll b user x\n", true)
        );
        let result = Document::parse("poll d user x\n");
        model.merged(&result, b"poll e user x\n", now);
        assert_eq!(model.history().undoable(), Some("Merge with the file"));
        assert_eq!(model.saved().document.bytes(), b"poll e user x\n");
        assert!(model.is_changed() && model.undo());
        assert_eq!(model.format(now).ok(), Some(true));
        assert_eq!(text(&model), "poll b\n    user x\n");
        assert_eq!(model.format(now).ok(), Some(false));
    }
}
