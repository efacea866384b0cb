//! The steps of signing in, a row each, and what came of them in a sentence.

use adw::prelude::*;

use super::{a11y, icons};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::{SignInStep, SignedIn, Stage, StageState};

/// The rows; they stand in the group they were made for.
pub(super) struct Steps(Vec<Row>);

struct Row {
    stage: Stage,
    row: adw::ActionRow,
    icon: gtk::Image,
    spinner: gtk::Spinner,
}

impl Steps {
    /// Puts a row for each step into `group`.
    pub(super) fn new(group: &adw::PreferencesGroup) -> Self {
        let rows = Stage::ALL.into_iter().map(|stage| Row::new(stage, group));
        Self(rows.collect())
    }

    /// How far it is; a step that is not among `steps` has not begun.
    pub(super) fn show(&self, steps: &[SignInStep]) {
        for row in &self.0 {
            let step = steps.iter().find(|step| step.stage == row.stage);
            row.show(step.map_or((StageState::Waiting, ""), |step| (step.state, &step.words)));
        }
    }
}

impl Row {
    fn new(stage: Stage, group: &adw::PreferencesGroup) -> Self {
        let row = adw::ActionRow::builder()
            .title_lines(2)
            .subtitle_lines(4)
            .activatable(false)
            .build();
        row.set_use_markup(false);
        row.set_title(&title(stage));
        row.set_widget_name(&format!("stage-{stage:?}").to_lowercase());
        let icon = gtk::Image::builder()
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let spinner = gtk::Spinner::new();
        a11y::set_label(&spinner, &gettext("Under way"));
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
            icons::put(&self.icon, (icon, class));
        }
        let text = if words.is_empty() { &text } else { words };
        if self.row.subtitle().unwrap_or_default() != text {
            self.row.set_subtitle(text);
            a11y::set_description(&self.row, text);
        }
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

/// It went well: how much mail is there.
pub(super) fn success(done: &SignedIn) -> String {
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
