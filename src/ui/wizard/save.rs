//! W8: what was chosen, what will be written, and saving it.

use adw::prelude::*;

use super::super::diff::Diff;
use super::message::Message;
use super::model::answers::{Place, RHYTHMS, Sink};
use super::model::sign_in::of_other;
use super::model::{Deed, Flag, Model, Page, Work};
use super::rows::{Leaf, Meant, Sheet, action, button, describe, switch};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::{
    Candidate, FileChange, Protocol, Rhythm, Security, Source, UserForm,
};
use crate::engine::api::words;

/// The page.
pub(super) struct Save {
    sheet: Sheet,
    server: adw::ActionRow,
    sign_in: adw::ActionRow,
    delivery: adw::ActionRow,
    copies: adw::ActionRow,
    file: adw::ActionRow,
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
            row
        };
        let server = row(gettext("Server"), "summary-server", Page::Server);
        let sign_in = row(gettext("Sign-in"), "summary-sign-in", Page::Address);
        let delivery = row(gettext("Delivery"), "summary-delivery", Page::Delivery);
        let copies = row(
            gettext("Copies and schedule"),
            "summary-copies",
            Page::Copies,
        );
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
            expander,
            diff,
            login,
            notices,
            message,
        }
    }

    fn show_preview(&self, model: &Model) {
        let preview = match &model.preview {
            Work::Done(Ok(preview)) => Some(preview),
            _ => None,
        };
        self.expander.set_visible(preview.is_some());
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
        describe(&self.server, &server_text(model));
        let place = match answers.place {
            Place::Keyring => gettext("password in the keyring"),
            Place::File => gettext("password in the configuration file"),
            Place::Command => gettext("password from a command"),
            Place::Netrc => gettext("password in ~/.netrc"),
            Place::Ask => gettext("password asked for after each start"),
        };
        let text = gettext("{user}, {place}");
        describe(
            &self.sign_in,
            &fill(&text, &[("user", &answers.user()), ("place", &place)]),
        );
        describe(&self.delivery, &delivery_text(model));
        describe(&self.copies, &copies_text(model));
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

fn server_text(model: &Model) -> String {
    let answers = &model.answers;
    let card = Candidate {
        protocol: answers.protocol().unwrap_or(Protocol::Imap),
        host: answers.host.trim().to_owned(),
        port: answers.port().unwrap_or_default(),
        security: answers.security().unwrap_or(Security::Tls),
        methods: Vec::new(),
        user: UserForm::Address,
        source: Source::Person,
        is_weak: false,
    };
    format!(
        "{}: {}",
        words::protocol(card.protocol),
        words::server(&card)
    )
}

fn delivery_text(model: &Model) -> String {
    let answers = &model.answers;
    let local: &dyn std::fmt::Display = &answers.local_user.trim();
    match answers.sink {
        Sink::Maildir => answers.maildir.trim().to_owned(),
        Sink::Listener => fill(
            &gettext("This computer's mail system, to {user}"),
            &[("user", local)],
        ),
        Sink::Program => answers.program.trim().to_owned(),
        Sink::Lmtp => fill(
            &gettext("LMTP at {place}, to {user}"),
            &[("place", &answers.lmtp.trim()), ("user", local)],
        ),
        Sink::Watch => gettext("Nowhere; mail is only counted"),
    }
}

fn copies_text(model: &Model) -> String {
    let answers = &model.answers;
    let kept = match (answers.sink, answers.keep) {
        (Sink::Watch, _) => gettext("everything stays on the server"),
        (_, true) => gettext("messages stay on the server"),
        (_, false) => gettext("messages are deleted from the server"),
    };
    let when = match RHYTHMS.get(answers.rhythm) {
        Some(Rhythm::Minutes(n)) => {
            let text = ngettext(
                "checked every {n} minute",
                "checked every {n} minutes",
                u64::from(*n),
            );
            fill(&text, &[("n", n)])
        }
        Some(Rhythm::Idle) => gettext("checked as soon as mail arrives"),
        _ => gettext("checked only when asked"),
    };
    fill(
        &gettext("{kept}; {when}"),
        &[("kept", &kept), ("when", &when)],
    )
}
