//! W7: what a check would fetch. Nothing is fetched, marked or deleted by looking.

use std::cell::RefCell;

use adw::prelude::*;

use super::message::Message;
use super::model::answers::Sink;
use super::model::sign_in::of_other;
use super::model::{Deed, Filter, Input, Model, Page, Pick, Work};
use super::rows::{Leaf, Meant, Sheet, action, button, put, status};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text::size;
use crate::engine::api::job::{DryRun, Fetched, Seen, Skip};
use crate::engine::api::words;

/// The page.
pub(super) struct TryIt {
    sheet: Sheet,
    status: gtk::Label,
    bar: gtk::ProgressBar,
    filters: gtk::Box,
    toggles: Vec<(Filter, gtk::ToggleButton)>,
    list: gtk::ListBox,
    listed: RefCell<(Vec<Seen>, Filter)>,
    stop: gtk::Button,
    one: gtk::Button,
    one_spinner: gtk::Spinner,
    one_result: gtk::Label,
    message: Message,
}

impl TryIt {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(
            Page::TryIt.name(),
            &gettext("Try It"),
            &gettext("Nothing is fetched, marked or deleted by looking."),
        );
        let status = status("dry-status");
        status.add_css_class("heading");
        sheet.column.append(&status);
        let bar = gtk::ProgressBar::builder().name("dry-progress").build();
        super::super::a11y::set_label(&bar, &gettext("Reading headers"));
        sheet.column.append(&bar);
        let stop = button(&gettext("Stop"), "dry-stop", Deed::Stop, meant);
        stop.set_halign(gtk::Align::Center);
        sheet.column.append(&stop);
        let message = Message::new("dry-problem", meant);
        sheet.column.append(&message.root);
        let below = gtk::Box::builder().spacing(10).build();
        let one = button(
            &gettext("Fetch One Now"),
            "fetch-one",
            Deed::FetchOne,
            meant,
        );
        let one_spinner = gtk::Spinner::new();
        super::super::a11y::set_label(&one_spinner, &gettext("Fetching"));
        below.append(&one);
        below.append(&one_spinner);
        sheet.column.append(&below);
        let one_result = super::rows::status("one-result");
        sheet.column.append(&one_result);
        let (filters, toggles) = filters(meant);
        sheet.column.append(&filters);
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .css_classes(["boxed-list"])
            .name("dry-list")
            .build();
        super::super::a11y::set_label(&list, &gettext("Messages"));
        sheet.column.append(&list);
        Self {
            sheet,
            status,
            bar,
            filters,
            toggles,
            list,
            listed: RefCell::default(),
            stop,
            one,
            one_spinner,
            one_result,
            message,
        }
    }

    fn show_list(&self, run: Option<&DryRun>, filter: Filter) {
        let messages = run.map_or(&[][..], |run| &run.messages);
        let wanted: Vec<Seen> = messages
            .iter()
            .filter(|seen| is_in(seen, filter))
            .cloned()
            .collect();
        let has_both = messages.iter().any(|seen| seen.skip.is_some())
            && messages.iter().any(|seen| seen.skip.is_none());
        self.filters.set_visible(has_both);
        for (of, toggle) in &self.toggles {
            if *of == filter && !toggle.is_active() {
                toggle.set_active(true);
            }
        }
        self.list.set_visible(!wanted.is_empty());
        if *self.listed.borrow() == (wanted.clone(), filter) {
            return;
        }
        while let Some(row) = self.list.first_child() {
            self.list.remove(&row);
        }
        for seen in &wanted {
            self.list.append(&row(seen));
        }
        *self.listed.borrow_mut() = (wanted, filter);
    }
}

fn filters(meant: &Meant) -> (gtk::Box, Vec<(Filter, gtk::ToggleButton)>) {
    let linked = gtk::Box::builder()
        .css_classes(["linked"])
        .halign(gtk::Align::Center)
        .build();
    let mut leader: Option<gtk::ToggleButton> = None;
    let words = [
        (Filter::All, gettext("All"), "filter-all"),
        (Filter::Fetch, gettext("Would Fetch"), "filter-fetch"),
        (Filter::Skip, gettext("Would Skip"), "filter-skip"),
    ];
    let toggles = words.into_iter().map(|(filter, label, name)| {
        let toggle = gtk::ToggleButton::builder().label(label).name(name).build();
        toggle.set_group(leader.as_ref());
        leader.get_or_insert_with(|| toggle.clone());
        let to = meant.clone();
        toggle.connect_active_notify(move |toggle| {
            if toggle.is_active() {
                to(Input::Pick(Pick::Filter(filter)));
            }
        });
        linked.append(&toggle);
        (filter, toggle)
    });
    let toggles = toggles.collect();
    (linked, toggles)
}

fn is_in(seen: &Seen, filter: Filter) -> bool {
    match filter {
        Filter::All => true,
        Filter::Fetch => seen.skip.is_none(),
        Filter::Skip => seen.skip.is_some(),
    }
}

/// One message. What it says is foreign: text, never markup.
fn row(seen: &Seen) -> adw::ActionRow {
    let subject = match seen.subject.is_empty() {
        true => gettext("(no subject)"),
        false => seen.subject.clone(),
    };
    let mut parts = vec![seen.from.clone()];
    parts.extend(
        seen.date
            .map(|at| words::clock(at, std::time::SystemTime::now())),
    );
    parts.extend(seen.octets.map(size));
    parts.retain(|part| !part.is_empty());
    let fate = match seen.skip {
        None if seen.to.is_empty() => String::new(),
        None => fill(
            &gettext("would go to {names}"),
            &[("names", &seen.to.join(", "))],
        ),
        Some(Skip::Old) => gettext("would be skipped: read or fetched before"),
        Some(Skip::Oversized) => gettext("would be skipped: too large"),
        Some(Skip::Deleted) => gettext("would be skipped: marked as deleted"),
    };
    let mut text = parts.join(" · ");
    if !fate.is_empty() {
        text.push('\n');
        text.push_str(&fate);
    }
    let row = action(&subject, &text);
    row.set_title_lines(1);
    row
}

impl Leaf for TryIt {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        let is_running = model.dry.is_running();
        self.stop.set_visible(is_running);
        self.bar.set_visible(is_running);
        let (done, of) = model.dry_progress;
        let text = ngettext(
            "{done} of {n} header read",
            "{done} of {n} headers read",
            u64::from(of),
        );
        let text = fill(&text, &[("done", &done), ("n", &of)]);
        if of > 0 {
            self.bar.set_fraction(f64::from(done) / f64::from(of));
        }
        super::super::a11y::set_value_text(&self.bar, &text);
        let (run, failed) = match &model.dry {
            Work::Done(Ok(run)) => (Some(run), None),
            Work::Done(Err(failed)) => (None, Some(failed)),
            _ => (None, None),
        };
        put(
            &self.status,
            &match (run, is_running) {
                (Some(run), _) => summary(run),
                (None, true) => gettext("Looking into the mailbox…"),
                (None, false) => String::new(),
            },
        );
        self.status.set_visible(run.is_some() || is_running);
        self.show_list(run, model.filter);
        let one_failed = match &model.one {
            Work::Done(Err(failed)) => Some(failed),
            _ => None,
        };
        let cut = run
            .and_then(|run| run.cut.clone())
            .map(|trouble| Box::new(crate::engine::api::job::Failed::new(trouble)));
        let problem = failed.or(one_failed).or(cut.as_ref());
        self.message
            .show(problem.map(|failed| of_other(model, failed)).as_ref());
        let can = run.is_some_and(|run| run.fetch > 0) && model.answers.sink != Sink::Watch;
        let is_fetching = model.one.is_running();
        self.one.set_visible(can);
        self.one
            .set_sensitive(!is_fetching && model.one.done().is_none_or(Result::is_err));
        self.one_spinner.set_visible(is_fetching);
        self.one_spinner.set_spinning(is_fetching);
        let fetched = match &model.one {
            Work::Done(Ok(one)) => Some(fetched_text(one.as_ref())),
            _ => None,
        };
        self.one_result.set_visible(fetched.is_some());
        put(&self.one_result, &fetched.unwrap_or_default());
    }
}

fn summary(run: &DryRun) -> String {
    if run.total == 0 {
        return gettext("The mailbox is empty. That is fine.");
    }
    let on_server = ngettext(
        "{n} message on the server",
        "{n} messages on the server",
        u64::from(run.total),
    );
    let on_server = fill(&on_server, &[("n", &run.total)]);
    match run.octets.filter(|_| run.fetch > 0) {
        Some(octets) => fill(
            &gettext("{messages}, {n} would be fetched ({size})"),
            &[
                ("messages", &on_server),
                ("n", &run.fetch),
                ("size", &size(octets)),
            ],
        ),
        None => fill(
            &gettext("{messages}, {n} would be fetched"),
            &[("messages", &on_server), ("n", &run.fetch)],
        ),
    }
}

fn fetched_text(one: Option<&Fetched>) -> String {
    let Some(one) = one else {
        return gettext("There was nothing to fetch.");
    };
    let subject = match one.subject.is_empty() {
        true => gettext("(no subject)"),
        false => one.subject.clone(),
    };
    fill(
        &gettext("“{subject}” was delivered: {where}. It stays on the server."),
        &[("subject", &subject), ("where", &one.target)],
    )
}
