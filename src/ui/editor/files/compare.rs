//! Another program has changed the file meanwhile: what it has made of it, and what was made of it
//! here, are put together part by part.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Instant;

use adw::prelude::*;
use relm4::ComponentSender;

use super::super::super::{a11y, fact, shell};
use super::super::model::Model;
use super::super::{Editor, Input};
use super::{Deed, Why, over, parts};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::RcText;
use crate::engine::api::saving::{Base, Version, Which};
use crate::rc::document::Document;
use crate::rc::merge::{Merge, Side};

/// What is compared, and the window that shows it.
pub(super) struct Compared {
    /// The window.
    pub window: adw::Window,
    merge: Merge,
    theirs: RcText,
}

/// What was chosen so far, by the number of the part.
pub(super) type Choices = Rc<RefCell<HashMap<usize, Side>>>;

impl Editor {
    /// Reads the file, to see what another program has made of it. With `is_asked` somebody waits
    /// for the answer.
    pub(in crate::ui::editor) fn look_for_changes(
        &mut self,
        is_asked: bool,
        sender: &ComponentSender<Self>,
    ) {
        let is_under_way = |why: &Why| matches!(why, Why::Compare(asked) if *asked || !is_asked);
        if !self.files.jobs.values().any(is_under_way) {
            self.file_start(Why::Compare(is_asked), self.read_job(), sender);
        }
    }

    /// The page came to the front: what was changed meanwhile is told now.
    pub(in crate::ui::editor) fn look_if_it_waits(&mut self, sender: &ComponentSender<Self>) {
        if std::mem::take(&mut self.files.waits) {
            self.look_for_changes(false, sender);
        }
    }

    /// The file as it is now.
    pub(in crate::ui::editor) fn compare(
        &mut self,
        text: &RcText,
        is_asked: bool,
        sender: &ComponentSender<Self>,
    ) {
        let Some(model) = &mut self.model else { return };
        // What was shown and put off is not shown again until somebody asks, or it is another.
        let is_known = self.files.compared.as_ref().is_some_and(|shown| {
            shown.theirs.base == text.base && (!is_asked || shown.window.is_visible())
        });
        if text.base == self.base || is_known || self.saving.is_some() {
            return;
        }
        if text.base == Base::NONE {
            self.base = text.base;
            model.is_gone();
            self.show();
            let text = gettext("{path} is not there any more. Saving makes it anew.");
            let text = fill(&text, &[("path", &self.path.display())]);
            return self.mention(&text, sender);
        }
        let theirs = Document::parse(text.bytes.expose());
        if model.now().document == theirs || !model.has_edits() {
            self.base = text.base;
            model.reread(text.bytes.expose(), Instant::now());
            return self.changed(sender);
        }
        if !is_asked && !self.stack.is_mapped() {
            self.files.waits = true;
            return;
        }
        let merge = Merge::new(&model.saved().document, &model.now().document, &theirs);
        self.show_merge(merge, text.clone(), sender);
    }

    fn show_merge(&mut self, merge: Merge, theirs: RcText, sender: &ComponentSender<Self>) {
        if let Some(shown) = self.files.compared.take() {
            shown.window.destroy();
        }
        let (Some(model), Some(parent)) = (&self.model, self.window()) else {
            return;
        };
        let use_it = a11y::mnemonic_button(&gettext("_Use Result"));
        use_it.set_widget_name("merge-use");
        use_it.add_css_class("suggested-action");
        let choices = Choices::default();
        let column = shell::column(12);
        let text = gettext(
            "{path} was changed by another program while it was changed here. What only one of the two has changed is taken from there.",
        );
        let text = fill(&text, &[("path", &self.path.display())]);
        column.append(&fact::verbatim(&text, &["body"]));
        let left = fact::verbatim("", &["heading"]);
        left.set_widget_name("merge-left");
        column.append(&left);
        let count = merge.conflicts().count();
        let (mine, chosen, button) = (left.clone(), choices.clone(), use_it.clone());
        let tell = move || {
            let open = (count - chosen.borrow().len()) as u64;
            let words = match open {
                0 => gettext("Nothing is left to choose"),
                n => ngettext("{n} part to choose", "{n} parts to choose", n),
            };
            mine.set_text(&fill(&words, &[("n", &open)]));
            button.set_sensitive(open == 0);
        };
        tell();
        let documents = [
            &model.saved().document,
            &model.now().document,
            &theirs_of(&theirs),
        ];
        column.append(&parts::list(&merge, documents, &choices, Rc::new(tell)));
        let title = gettext("The File Was Changed by Another Program");
        let cancel = gettext("_Cancel");
        let leave = (cancel.as_str(), "merge-close");
        let (window, header) = over::window(&parent, &title, "merge", leave, &column);
        column.append(&ways_out(&window, sender));
        header.pack_end(&use_it);
        let to = sender.input_sender().clone();
        use_it.connect_clicked(move |_| {
            to.emit(Input::File(Deed::Merge(choices.borrow().clone())));
        });
        window.present();
        self.files.compared = Some(Compared {
            window,
            merge,
            theirs,
        });
    }

    /// What was put together is the text now, and the other program's is what it is compared with.
    pub(super) fn merge(&mut self, choices: &HashMap<usize, Side>, sender: &ComponentSender<Self>) {
        let (Some(shown), Some(model)) = (&self.files.compared, &mut self.model) else {
            return;
        };
        let choice = |part| choices.get(&part).copied().unwrap_or(Side::Mine);
        let Some(result) = shown.merge.result(choice) else {
            let text = gettext("These parts do not go together. Choose one side for all of them.");
            return self.mention(&text, sender);
        };
        self.base = shown.theirs.base;
        model.merged(&result, shown.theirs.bytes.expose(), Instant::now());
        self.close_merge();
        self.changed(sender);
    }

    /// What was compared is settled, one way or another.
    pub(in crate::ui::editor) fn close_merge(&mut self) {
        if let Some(shown) = self.files.compared.take() {
            shown.window.destroy();
        }
    }

    /// What was changed here of the person's own file and would be lost, as a draft.
    pub(in crate::ui) fn as_draft(&self) -> Option<Version> {
        let model = self.model.as_ref().filter(|_| self.is_own())?;
        model.has_edits().then(|| Version {
            base: Base::NONE,
            bytes: Secret::new(model.now().document.bytes()),
        })
    }

    /// Whether there is something that was changed here only.
    pub(in crate::ui) fn has_edits(&self) -> bool {
        self.model.as_ref().is_some_and(Model::has_edits)
    }
}

fn theirs_of(text: &RcText) -> Document {
    Document::parse(text.bytes.expose())
}

/// What else can be done than putting both together.
fn ways_out(window: &adw::Window, sender: &ComponentSender<Editor>) -> gtk::Box {
    let column = shell::vertical(6);
    column.append(&gtk::Separator::new(gtk::Orientation::Horizontal));
    let button = |label: &str, name: &str, input: fn() -> Input| {
        let button = a11y::mnemonic_button(label);
        button.set_widget_name(name);
        button.set_halign(gtk::Align::Start);
        let (to, weak) = (sender.input_sender().clone(), window.downgrade());
        button.connect_clicked(move |_| {
            if let Some(window) = weak.upgrade() {
                window.close();
            }
            to.emit(input());
        });
        column.append(&button);
        button
    };
    button(&gettext("Save Mine as a _Draft"), "merge-draft", || {
        Input::Save(Which::Draft)
    });
    let text = gettext("_Discard Mine and Read Again");
    let discard = button(&text, "merge-discard", || Input::Reread);
    discard.add_css_class("destructive-action");
    fact::wrap_buttons(&column);
    column
}
