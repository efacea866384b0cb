//! W4: signing in, step by step, and what to do when it is refused.

mod card;

use std::cell::Cell;

use adw::prelude::*;

use super::message::Message;
use super::model::sign_in::{of_sign_in, takes_authority};
use super::model::{Deed, Field, Flag, Model, Page, Work};
use super::rows::{
    Leaf, Meant, Sheet, action, button, describe, fill_in, mark, password, put, status, tick,
};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::{SignedIn, Stage, StageState};
use card::Card;

/// The page.
pub(super) struct SignIn {
    sheet: Sheet,
    filled: Cell<u64>,
    password: adw::PasswordEntryRow,
    error: gtk::Label,
    ask: adw::PreferencesGroup,
    steps: Vec<Row>,
    list: adw::PreferencesGroup,
    result: gtk::Label,
    message: Message,
    card: Card,
    plain: (adw::ActionRow, gtk::CheckButton),
    plain_group: adw::PreferencesGroup,
    skip: gtk::Button,
}

struct Row {
    stage: Stage,
    row: adw::ActionRow,
    icon: gtk::Image,
    spinner: gtk::Spinner,
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
        let steps = Stage::ALL
            .into_iter()
            .map(|stage| Row::new(stage, &list))
            .collect();
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
        for row in &self.steps {
            let step = model.steps.iter().find(|step| step.stage == row.stage);
            row.show(step.map_or((StageState::Waiting, ""), |step| (step.state, &step.words)));
        }
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

fn success(done: &SignedIn) -> String {
    let text = ngettext(
        "Signed in. {n} message is waiting, {new} of them new.",
        "Signed in. {n} messages are waiting, {new} of them new.",
        u64::from(done.total),
    );
    match done.total {
        0 => gettext("Signed in. The mailbox is empty."),
        n => fill(&text, &[("n", &n), ("new", &done.new)]),
    }
}

impl Row {
    fn new(stage: Stage, group: &adw::PreferencesGroup) -> Self {
        let row = action(&title(stage), "");
        row.set_widget_name(&format!("stage-{stage:?}").to_lowercase());
        row.set_activatable(false);
        let icon = gtk::Image::builder()
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let spinner = gtk::Spinner::new();
        super::super::a11y::set_label(&spinner, &gettext("Under way"));
        let front = gtk::Stack::new();
        front.add_named(&icon, Some("icon"));
        front.add_named(&spinner, Some("spinner"));
        row.add_prefix(&front);
        group.add(&row);
        Self {
            stage,
            row,
            icon,
            spinner,
        }
    }

    fn show(&self, (state, words): (StageState, &str)) {
        let (icon, class, text) = match state {
            StageState::Waiting => ("content-loading-symbolic", "quiet", String::new()),
            StageState::Working => ("", "", gettext("Under way…")),
            StageState::Done => ("emblem-ok-symbolic", "well", gettext("Done")),
            StageState::Skipped => (
                "media-skip-forward-symbolic",
                "quiet",
                gettext("Not needed"),
            ),
            StageState::Failed => ("dialog-error-symbolic", "error", gettext("Failed")),
        };
        let is_working = state == StageState::Working;
        self.spinner.set_spinning(is_working);
        if let Some(front) = self.spinner.parent().and_downcast::<gtk::Stack>() {
            front.set_visible_child_name(if is_working { "spinner" } else { "icon" });
        }
        if !is_working {
            super::super::icons::put(&self.icon, (icon, class));
        }
        describe(&self.row, if words.is_empty() { &text } else { words });
    }
}

fn title(stage: Stage) -> String {
    match stage {
        Stage::FindAddress => gettext("Find the address"),
        Stage::Connect => gettext("Connect"),
        Stage::Secure => gettext("Secure the line"),
        Stage::Greeting => gettext("Read the greeting"),
        Stage::SignIn => gettext("Sign in"),
        Stage::OpenMailbox => gettext("Open the mailbox"),
    }
}
