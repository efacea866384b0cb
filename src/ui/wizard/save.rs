//! W8: what was chosen, what will be written, and saving it.

use adw::prelude::*;

use super::super::diff::Diff;
use super::message::Message;
use super::model::editing::parts_of;
use super::model::sign_in::of_other;
use super::model::{Deed, Flag, Model, Page, Work};
use super::rows::{Leaf, Meant, Sheet, action, button, describe, put, status, switch};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{FileChange, Part};
use crate::ui::setup_words;

/// A row about a page, and the button that leads there.
type Summary = (adw::ActionRow, gtk::Button);

/// The page.
pub(super) struct Save {
    sheet: Sheet,
    server: Summary,
    sign_in: Summary,
    delivery: Summary,
    copies: Summary,
    file: adw::ActionRow,
    notes: gtk::Label,
    more: adw::PreferencesGroup,
    expander: gtk::Expander,
    diff: Diff,
    login: gtk::Switch,
    notices: gtk::Switch,
    message: Message,
}

impl Save {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(Page::Save.name(), &gettext("Save"), "");
        let message = Message::new("save-problem", meant);
        sheet.column.append(&message.root);
        let group = sheet.group("");
        let row = |title: String, name: &str, page: Page| {
            let row = action(&title, "");
            row.set_widget_name(name);
            let change = button(
                &gettext("Change"),
                &format!("change-{name}"),
                Deed::Change(page),
                meant,
            );
            let label = fill(&gettext("Change: {what}"), &[("what", &title)]);
            super::super::a11y::set_label(&change, &label);
            row.add_suffix(&change);
            group.add(&row);
            (row, change)
        };
        let server = row(gettext("Server"), "summary-server", Page::Server);
        let sign_in = row(gettext("Sign-in"), "summary-sign-in", Page::Address);
        let delivery = row(gettext("Delivery"), "summary-delivery", Page::Delivery);
        let copies = row(
            gettext("Copies and schedule"),
            "summary-copies",
            Page::Copies,
        );
        let notes = status("save-notes");
        notes.set_wrap_mode(gtk::pango::WrapMode::WordChar);
        sheet.column.append(&notes);
        let files = sheet.group("");
        let file = action(&gettext("Configuration"), "");
        file.set_widget_name("summary-file");
        files.add(&file);
        let diff = Diff::new("diff");
        diff.root.set_margin_top(6);
        let expander = gtk::Expander::builder()
            .label(gettext("What will be written"))
            .child(&diff.root)
            .name("what-is-written")
            .build();
        super::super::a11y::name_expander(&expander);
        sheet.column.append(&expander);
        let more = sheet.group("");
        let (row, login) = switch(
            &gettext("Start at login"),
            &gettext("Checks your mail without a window."),
            "start-at-login",
            Flag::StartAtLogin,
            meant,
        );
        more.add(&row);
        let (row, notices) = switch(
            &gettext("Show notifications"),
            "",
            "notifications",
            Flag::Notifications,
            meant,
        );
        more.add(&row);
        Self {
            sheet,
            server,
            sign_in,
            delivery,
            copies,
            file,
            notes,
            more,
            expander,
            diff,
            login,
            notices,
            message,
        }
    }

    /// Of an account that is there: nothing about the program, and the diff open.
    fn show_kind(&self, model: &Model) {
        let Some(editing) = &model.editing else {
            return;
        };
        put(&self.sheet.title, &gettext("Review Changes"));
        self.more.set_visible(false);
        let pages = [
            (&self.server, Page::Server),
            (&self.sign_in, Page::Address),
            (&self.delivery, Page::Delivery),
            (&self.copies, Page::Copies),
        ];
        for ((_, change), page) in pages {
            let is_shown = |part: &Part| !editing.is_hidden(*part);
            change.set_sensitive(parts_of(page).iter().any(is_shown));
        }
    }

    fn show_preview(&self, model: &Model) {
        let preview = match &model.preview {
            Work::Done(Ok(preview)) => Some(preview),
            _ => None,
        };
        if preview.is_some() && !self.expander.is_visible() && model.editing.is_some() {
            self.expander.set_expanded(true);
        }
        self.expander.set_visible(preview.is_some());
        let notes = preview.map(|preview| preview.notes.join("\n"));
        put(&self.notes, &notes.unwrap_or_default());
        self.notes.set_visible(!self.notes.text().is_empty());
        let Some(preview) = preview else {
            describe(&self.file, "");
            return;
        };
        describe(&self.file, &file_text(&preview.rc));
        let mut diff = preview.rc.diff.clone();
        if let Some(local) = &preview.local {
            diff = format!("{diff}\n{}\n{}", local.path.display(), local.diff);
        }
        self.diff.show(&diff);
    }
}

impl Leaf for Save {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        let answers = &model.answers;
        let setup = model.draft().setup;
        describe(&self.server.0, &setup_words::server(&setup));
        describe(&self.sign_in.0, &setup_words::sign_in(&setup));
        describe(&self.delivery.0, &setup_words::delivery(&setup));
        describe(&self.copies.0, &setup_words::copies_and_schedule(&setup));
        self.show_kind(model);
        self.show_preview(model);
        self.login.set_active(answers.starts_at_login);
        self.notices.set_active(answers.notifies);
        let failed = match (&model.saving, &model.preview) {
            (Work::Done(Err(failed)), _) | (_, Work::Done(Err(failed))) => {
                Some(of_other(model, failed))
            }
            _ => None,
        };
        self.message.show(failed.as_ref());
    }
}

fn file_text(change: &FileChange) -> String {
    let path = change.path.display();
    match change.is_new {
        true => fill(&gettext("{path} is created"), &[("path", &path)]),
        false => fill(
            &gettext("{path} is changed; a copy is kept as {path}~"),
            &[("path", &path)],
        ),
    }
}
