//! What somebody does about findings: see what a fix would change, not hear of one again, change a word
//! that nobody knows. And whether a command could be run.

use std::time::Instant;

use relm4::ComponentSender;

use super::model::Row;
use super::{Editor, Output};
use crate::base::i18n::gettext;
use crate::engine::api::job::{Job, JobId};
use crate::rc::document::Span;
use crate::rc::settings::Value;

impl Editor {
    /// A finding is to be told no more; or (`None`) all of them again.
    pub(super) fn ignore(&mut self, key: Option<String>, sender: &ComponentSender<Self>) {
        match key {
            Some(key) => drop(self.kept.ignored.insert(key)),
            None => self.kept.ignored.clear(),
        }
        if let Some(model) = &mut self.model {
            model.ignore(&self.kept.ignored);
        }
        let _ = sender.output(Output::Remember(self.kept.clone()));
        // What was left out is found again.
        self.changed(sender);
    }

    /// Shows what the fix of the finding with that number would change.
    pub(super) fn preview(&self, at: usize) {
        let hints = self.pages.hints();
        let finding = hints.finding(at);
        let lines = self.model.as_ref().zip(finding);
        if let Some(lines) = lines.and_then(|(model, finding)| model.preview(&finding)) {
            hints.preview(at, &lines);
        }
    }

    /// A word that nobody knows is another one, or gone.
    pub(super) fn unknown(&mut self, span: Span, word: &str, sender: &ComponentSender<Self>) {
        let Some(model) = &mut self.model else { return };
        let done = model.replace_unknown(span, word, Instant::now());
        self.settle(done, sender);
    }

    /// Asks whether a command could be run.
    pub(super) fn check_command(&mut self, row: Row, sender: &ComponentSender<Self>) {
        let Some(Value::Text(command)) = &row.value else {
            return;
        };
        if self.owner.is_some() {
            // What this process finds says nothing of what that user may run.
            let text = gettext("This can only be tried for your own file.");
            return self.pages.tell(row.at, row.id, &text);
        }
        let (id, command) = (JobId::new(), command.clone());
        self.commands.insert(id, row);
        let _ = sender.output(Output::Start(id, Box::new(Job::CheckCommand(command))));
    }
}
