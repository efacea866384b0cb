//! W4: signing in, step by step, and what to do when it is refused.

mod card;

use std::cell::Cell;

use adw::prelude::*;

use super::super::steps::{Steps, success};
use super::message::Message;
use super::model::sign_in::{of_sign_in, takes_authority};
use super::model::{Deed, Field, Flag, Model, Page, Work};
use super::rows::{Leaf, Meant, Sheet, button, fill_in, mark, password, put, status, tick};
use crate::base::i18n::{fill, gettext};
use card::Card;

/// The page.
pub(super) struct SignIn {
    sheet: Sheet,
    filled: Cell<u64>,
    password: adw::PasswordEntryRow,
    error: gtk::Label,
    ask: adw::PreferencesGroup,
    steps: Steps,
    list: adw::PreferencesGroup,
    result: gtk::Label,
    message: Message,
    card: Card,
    plain: (adw::ActionRow, gtk::CheckButton),
    plain_group: adw::PreferencesGroup,
    skip: gtk::Button,
}

impl SignIn {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(Page::SignIn.name(), &gettext("Sign In"), " ");
        let ask = sheet.group("");
        let password = password(
            &gettext("Password"),
            "password-again",
            Field::PasswordAgain,
            meant,
        );
        ask.add(&password);
        let error = sheet.error("password-again-error");
        let result = status("sign-in-result");
        result.add_css_class("heading");
        sheet.column.append(&result);
        let message = Message::new("sign-in-problem", meant);
        sheet.column.append(&message.root);
        let plain_group = sheet.group("");
        let plain = tick(
            &gettext("I accept that the password can be read on the way"),
            "accept-plain-late",
            Flag::AcceptsPlain,
            meant,
        );
        plain_group.add(&plain.0);
        let card = Card::new(meant);
        sheet.column.append(&card.root);
        // Above the steps, where it is seen in a narrow window too.
        let skip = button(
            &gettext("Save Without Testing…"),
            "skip-test",
            Deed::SkipTest,
            meant,
        );
        skip.add_css_class("flat");
        skip.set_halign(gtk::Align::Center);
        sheet.column.append(&skip);
        let list = sheet.group("");
        let steps = Steps::new(&list);
        Self {
            sheet,
            filled: Cell::new(u64::MAX),
            password,
            error,
            ask,
            steps,
            list,
            result,
            message,
            card,
            plain,
            plain_group,
            skip,
        }
    }
}

impl Leaf for SignIn {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        let answers = &model.answers;
        let whom = gettext("As {user} at {host}");
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("user", &answers.user()), ("host", &answers.host.trim())];
        put(&self.sheet.lead, &fill(&whom, &values));
        self.ask
            .set_visible(model.wants_password() && !model.sign_in.is_running());
        if self.filled.replace(model.filled) != model.filled {
            let password = String::from_utf8_lossy(answers.password.expose());
            fill_in(&self.password, &password);
        }
        let error = model
            .error(Field::PasswordAgain)
            .filter(|_| self.ask.is_visible());
        mark(&self.password, &self.error, error.as_deref());
        self.list.set_visible(!model.steps.is_empty());
        self.steps.show(&model.steps);
        let is_tried = matches!(model.sign_in, Work::Done(Ok(_)));
        self.skip.set_visible(model.editing.is_some() && !is_tried);
        let (failed, result) = match &model.sign_in {
            Work::Done(Err(failed)) => (Some(&**failed), String::new()),
            Work::Done(Ok(done)) => (None, success(done)),
            Work::Running(_) => (None, gettext("Signing in…")),
            Work::Idle => (None, String::new()),
        };
        self.result.set_visible(!result.is_empty());
        put(&self.result, &result);
        let problem = failed.map(|failed| of_sign_in(model, failed));
        self.message.show(problem.as_ref());
        let wants_tick = problem
            .as_ref()
            .is_some_and(|problem| problem.needs_plain_tick);
        self.plain_group.set_visible(wants_tick);
        self.plain.1.set_active(answers.accepts_plain);
        let has_card = problem.as_ref().is_some_and(|problem| problem.has_card);
        let shown = failed
            .and_then(|failed| failed.shown.as_deref())
            .filter(|_| has_card);
        self.card.show(
            shown,
            answers.host.trim(),
            failed.is_some_and(takes_authority),
        );
    }

    fn focus(&self, field: Field) -> bool {
        field == Field::PasswordAgain && self.password.grab_focus()
    }
}
