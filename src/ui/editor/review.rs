//! What saving would change, before it does: the lines that come and go, and what that means.

use adw::prelude::*;
use relm4::ComponentSender;

use super::super::diff::Diff;
use super::super::shell::{self, Look};
use super::super::{a11y, fact};
use super::model::effects::{Effect, effects};
use super::{Editor, Input, Output};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::saving::{Base, Which};
use crate::rc::diagnostic::Severity;
use crate::rc::diff;

impl Editor {
    /// Whether it can be saved without being shown before: the person wants it so, and nothing that
    /// changes is dangerous.
    pub(super) fn needs_no_review(&self) -> bool {
        let Some(model) = &self.model else {
            return false;
        };
        let is_grave = || {
            let effects = effects(model.saved(), model.now());
            effects.iter().any(|effect| effect.is_grave)
        };
        // What is not one's own is always shown before it is written.
        self.kept.saves_without_review
            && self.is_own()
            && model.is_changed()
            && self.saving.is_none()
            && model.error().is_none()
            && !is_grave()
            && self.multidrop.is_well(model)
    }

    /// The review is not wanted, or wanted again, where nothing is dangerous.
    pub(super) fn skip_review(&mut self, yes: bool, sender: &ComponentSender<Self>) {
        self.kept.saves_without_review = yes;
        self.states.always_review.set_state(&(!yes).to_variant());
        let _ = sender.output(Output::Remember(self.kept.clone()));
    }

    /// Opens the window, if there is anything to save.
    pub(super) fn review(&mut self, root: &gtk::Box, sender: &ComponentSender<Self>) {
        let (Some(model), Some(parent)) = (&self.model, root.root().and_downcast::<gtk::Window>())
        else {
            return;
        };
        if !model.is_changed() || self.saving.is_some() {
            return;
        }
        let (old, new) = (&model.saved().document, &model.now().document);
        let errors = model
            .found()
            .iter()
            .filter(|f| f.severity == Severity::Error);
        let errors = errors.count();
        let effects = effects(model.saved(), model.now());
        let column = shell::column(12);
        let text = match self.base == Base::NONE {
            true => gettext("{path} is made with this."),
            false => gettext("This is changed in {path}; a copy is kept as {path}~."),
        };
        let path = self.path.display();
        column.append(&fact::verbatim(&fill(&text, &[("path", &path)]), &["body"]));
        for Effect { sentence, is_grave } in &effects {
            let (icon, class) = match *is_grave {
                true => ("dialog-warning-symbolic", "wait"),
                false => ("dialog-information-symbolic", "quiet"),
            };
            column.append(&fact::point(icon, class, sentence));
        }
        column.append(&self.multidrop.review(model));
        column.append(&checks(errors, model.found().len() - errors));
        let lines = Diff::new("review-diff");
        lines.show(&diff::of_rc(&old.bytes(), &new.bytes()));
        column.append(&lines.root);
        // Nothing is checked by another file.
        if errors == 0 && self.files.other.is_none() {
            column.append(&ends(self.kept.saves_without_review, sender));
        }
        let window = frame(&parent, &column, errors, sender);
        window.present();
        self.review = Some(window);
    }
}

/// The button that saves and checks, and whether small changes are shown at all.
fn ends(saves_without_review: bool, sender: &ComponentSender<Editor>) -> gtk::Box {
    let column = shell::vertical(9);
    let check = a11y::mnemonic_button(&gettext("Save and _Check"));
    check.set_widget_name("review-save-and-check");
    check.set_halign(gtk::Align::Start);
    let to = sender.input_sender().clone();
    check.connect_clicked(move |_| to.emit(Input::SaveAndCheck));
    column.append(&check);
    let words = gtk::Label::builder()
        .label(gettext("_Do not show this where nothing dangerous changes"))
        .use_underline(true)
        .wrap(true)
        .xalign(0.0)
        .build();
    let skip = gtk::CheckButton::builder()
        .child(&words)
        .active(saves_without_review)
        .name("review-skip")
        .build();
    words.set_mnemonic_widget(Some(&skip));
    a11y::set_label(&skip, &words.text());
    let to = sender.input_sender().clone();
    skip.connect_toggled(move |skip| to.emit(Input::SkipReview(skip.is_active())));
    column.append(&skip);
    column
}

/// What looking it over has found.
fn checks(errors: usize, others: usize) -> gtk::Box {
    let count = |one: &str, many: &str, n: usize| {
        let n = n as u64;
        fill(&ngettext(one, many, n), &[("n", &n)])
    };
    match (errors, others) {
        (0, 0) => fact::point(
            "emblem-ok-symbolic",
            "well",
            &gettext("Nothing to find fault with"),
        ),
        (0, n) => fact::point(
            "dialog-information-symbolic",
            "quiet",
            &count("{n} hint", "{n} hints", n),
        ),
        (n, _) => fact::point(
            "dialog-error-symbolic",
            "error",
            &count(
                "{n} error: it cannot be used like this, only kept as a draft.",
                "{n} errors: it cannot be used like this, only kept as a draft.",
                n,
            ),
        ),
    }
}

fn frame(
    parent: &gtk::Window,
    column: &gtk::Box,
    errors: usize,
    sender: &ComponentSender<Editor>,
) -> adw::Window {
    let look = Look {
        title: &gettext("Review Changes"),
        name: "review",
        leave: (&gettext("_Cancel"), "review-cancel"),
        size: (640, Some(560)),
        widest: 720,
    };
    let (window, header) = shell::window(parent, &look, column);
    let (label, name, which) = match errors {
        0 => (gettext("_Save"), "review-save", Which::Rc),
        _ => (gettext("Save as _Draft"), "review-draft", Which::Draft),
    };
    let save = a11y::mnemonic_button(&label);
    save.set_widget_name(name);
    save.add_css_class("suggested-action");
    let to = sender.input_sender().clone();
    save.connect_clicked(move |_| to.emit(Input::Save(which)));
    header.pack_end(&save);
    window.set_default_widget(Some(&save));
    save.grab_focus();
    window
}
