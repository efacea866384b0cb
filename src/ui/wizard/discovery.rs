//! W2: looking for settings, source by source.

use std::cell::RefCell;
use std::time::Duration;

use adw::prelude::*;

use super::message::Message;
use super::model::sign_in::{Problem, Way};
use super::model::{Deed, Model, Page};
use super::rows::{Leaf, Meant, Sheet, action, button, describe, put, status};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::Found;
use crate::engine::api::job::found::{Progress, State, Step};

/// The page.
pub(super) struct Discovery {
    sheet: Sheet,
    status: gtk::Label,
    rows: Vec<Row>,
    message: Message,
    stop: gtk::Button,
    last: RefCell<Option<Found>>,
}

struct Row {
    step: Step,
    row: adw::ActionRow,
    icon: gtk::Image,
    spinner: gtk::Spinner,
    time: gtk::Label,
}

impl Discovery {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(Page::Discovery.name(), &gettext("Looking for Settings"), "");
        let status = status("discovery-status");
        sheet.column.append(&status);
        let group = sheet.group("");
        let rows = Step::ALL
            .into_iter()
            .map(|step| Row::new(step, &group))
            .collect();
        let message = Message::new("discovery-problem", meant);
        sheet.column.append(&message.root);
        let buttons = gtk::Box::builder()
            .spacing(6)
            .halign(gtk::Align::Center)
            .build();
        let stop = button(&gettext("Stop"), "discovery-stop", Deed::Stop, meant);
        buttons.append(&stop);
        buttons.append(&button(
            &gettext("Enter Settings Myself"),
            "by-hand",
            Deed::ByHand,
            meant,
        ));
        sheet.column.append(&buttons);
        Self {
            sheet,
            status,
            rows,
            message,
            stop,
            last: RefCell::default(),
        }
    }
}

impl Leaf for Discovery {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        let found = model.found.as_ref();
        self.stop.set_visible(model.discovery.is_running());
        let is_offline = !model.discovery.is_running()
            && found.is_some_and(|found| found.is_offline && found.candidates.is_empty());
        self.message.show(is_offline.then(offline).as_ref());
        if self.last.borrow().as_ref() == found {
            return;
        }
        self.last.replace(found.cloned());
        let steps = found.map_or(&[][..], |found| &found.steps);
        for row in &self.rows {
            row.show(steps.iter().find(|progress| progress.step == row.step));
        }
        let is_over =
            |progress: &&Progress| !matches!(progress.state, State::Waiting | State::Working);
        let done = steps.iter().filter(is_over).count();
        let text = ngettext(
            "Looking for settings… {done} of {n} done",
            "Looking for settings… {done} of {n} done",
            steps.len() as u64,
        );
        put(
            &self.status,
            &match found {
                Some(found) if found.is_done => gettext("The search is over."),
                _ => fill(&text, &[("done", &done), ("n", &Step::ALL.len())]),
            },
        );
    }
}

fn offline() -> Problem {
    let way = |label: String, deed| Way { label, deed };
    Problem {
        headline: gettext("You are offline"),
        text: gettext("The search goes on by itself when the network is back."),
        words: String::new(),
        details: String::new(),
        ways: vec![
            way(gettext("Try Again"), Deed::TryAgain),
            way(gettext("Use Built-in List Only"), Deed::OnlyTable),
        ],
        has_card: false,
        needs_plain_tick: false,
    }
}

impl Row {
    fn new(step: Step, group: &adw::PreferencesGroup) -> Self {
        let row = action(&title(step), "");
        row.set_widget_name(&format!("step-{step:?}").to_lowercase());
        let icon = gtk::Image::builder()
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let spinner = gtk::Spinner::new();
        super::super::a11y::set_label(&spinner, &gettext("Looking"));
        let front = gtk::Stack::new();
        front.add_named(&icon, Some("icon"));
        front.add_named(&spinner, Some("spinner"));
        row.add_prefix(&front);
        let time = gtk::Label::builder()
            .css_classes(["caption", "quiet", "figure"])
            .build();
        row.add_suffix(&time);
        group.add(&row);
        Self {
            step,
            row,
            icon,
            spinner,
            time,
        }
    }

    fn show(&self, progress: Option<&Progress>) {
        let state = progress.map_or(&State::Waiting, |progress| &progress.state);
        let (icon, class, text) = match state {
            State::Waiting => ("content-loading-symbolic", "quiet", gettext("Waiting")),
            State::Working => ("", "", gettext("Looking…")),
            State::Found(n) => (
                "emblem-ok-symbolic",
                "well",
                fill(
                    &ngettext("{n} way found", "{n} ways found", *n as u64),
                    &[("n", n)],
                ),
            ),
            State::Nothing => ("list-remove-symbolic", "quiet", gettext("Nothing there")),
            State::Failed(why) => ("dialog-warning-symbolic", "wait", why.clone()),
            State::Skipped => (
                "media-skip-forward-symbolic",
                "quiet",
                gettext("Not needed"),
            ),
        };
        let is_working = *state == State::Working;
        self.spinner.set_spinning(is_working);
        if let Some(front) = self.spinner.parent().and_downcast::<gtk::Stack>() {
            front.set_visible_child_name(if is_working { "spinner" } else { "icon" });
        }
        if !is_working {
            super::super::icons::put(&self.icon, (icon, class));
        }
        describe(&self.row, &text);
        let took = progress.map_or(Duration::ZERO, |progress| progress.took);
        put(
            &self.time,
            &match took.is_zero() {
                true => String::new(),
                false => fill(
                    &gettext("{seconds} s"),
                    &[("seconds", &format!("{:.1}", took.as_secs_f64()))],
                ),
            },
        );
    }
}

/// What a source is called.
pub(super) fn title(step: Step) -> String {
    match step {
        Step::BuiltIn => gettext("Built-in list"),
        Step::Provider => gettext("Provider's settings page"),
        Step::Database => gettext("Thunderbird database"),
        Step::Srv => gettext("DNS service records"),
        Step::Mx => gettext("Mail exchanger"),
        Step::Guess => gettext("Common server names"),
    }
}
