//! What the page shows of a report, and what becomes of it: kept, compared, copied, saved.

use std::rc::Rc;
use std::time::SystemTime;

use adw::prelude::*;
use relm4::ComponentSender;

use super::work::Work;
use super::{Output, Probe, compare, keep, pages, state};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::{Choice, Report};
use crate::engine::api::{report_text, words as common};

impl Probe {
    /// The report is over and becomes a part of the session's history.
    pub(super) fn keep(&mut self, report: Rc<Report>) {
        self.history.push(report.clone());
        self.show_report(report);
        if let Some(best) = self.choice().map(|choice| choice.candidate.port)
            && !self.has_selected
        {
            self.results.lines.select(|row| row.port == best);
            self.show_detail();
        }
    }

    pub(super) fn show_report(&mut self, report: Rc<Report>) {
        let is_running = self.work != Work::None;
        self.report = Some(report.clone());
        match &report.failure {
            Some(failure) if report.rows.is_empty() => {
                self.pages.failure(&state::failure(&report.host, failure));
                return;
            }
            _ => self.pages.results(),
        }
        self.results.show(&report, is_running);
        let can_compare = report.is_done && self.history.before(&report).is_some();
        self.results.set_can_compare(can_compare);
        self.redraw();
    }

    /// What depends on the accounts and on what is chosen.
    pub(super) fn redraw(&self) {
        let Some(report) = self.report.as_deref() else {
            return;
        };
        self.results.recommend(report, self.chosen, &self.accounts);
        self.show_detail();
        self.show_changes();
    }

    pub(super) fn show_detail(&self) {
        if let Some(report) = self.report.as_deref() {
            self.results.show_detail(report, &self.accounts);
        }
    }

    pub(super) fn show_changes(&self) {
        let Some(report) = self.report.as_deref() else {
            return;
        };
        let before = self.history.before(report);
        let shown = before.filter(|_| self.results.compares()).map(|before| {
            let time = common::clock(before.at, SystemTime::now());
            let heading = fill(&gettext("Since {time}"), &[("time", &time)]);
            (heading, compare::changes(before, report))
        });
        self.results.show_changes(shown);
    }

    pub(super) fn choice(&self) -> Option<&Choice> {
        self.report.as_ref()?.choices.get(self.chosen)
    }

    pub(super) fn show_history(&self, sender: &ComponentSender<Self>) {
        let is_free = self.work == Work::None;
        pages::fill_history(
            &self.form.past,
            self.history.all(),
            is_free,
            sender.input_sender(),
        );
    }

    pub(super) fn copy(&self, root: &gtk::Box, sender: &ComponentSender<Self>) {
        if let Some(report) = &self.report {
            let text =
                report_text::render(report, report_text::Format::Text, self.form.hides_local());
            root.clipboard().set_text(&text);
            self.say(&gettext("Report copied"), sender);
        }
    }

    pub(super) fn save(&self, root: &gtk::Box, sender: &ComponentSender<Self>) {
        if let Some(report) = &self.report {
            let parent = root.root().and_downcast::<gtk::Window>();
            let hides = self.form.hides_local();
            keep::ask(
                parent.as_ref(),
                report.clone(),
                hides,
                sender.input_sender(),
            );
        }
    }

    pub(super) fn say(&self, text: &str, sender: &ComponentSender<Self>) {
        let _ = sender.output(Output::Say(text.to_owned()));
    }

    pub(super) fn tell_back(&mut self, sender: &ComponentSender<Self>) {
        let can = self.results.is_page() && self.pages.shows_results();
        if can != self.can_go_back {
            self.can_go_back = can;
            let _ = sender.output(Output::CanGoBack(can));
        }
    }
}
