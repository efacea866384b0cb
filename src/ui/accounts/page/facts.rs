//! Counters of one account, and where its mail comes from and goes.

use std::time::SystemTime;

use adw::prelude::*;

use super::super::super::a11y;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text;
use crate::engine::api::{AccountStatus, words};

/// The rows below.
pub(super) struct Facts {
    messages: adw::ActionRow,
    checks: adw::ActionRow,
    last: adw::ActionRow,
    waiting: adw::ActionRow,
    open: adw::ActionRow,
    server: adw::ActionRow,
    user: adw::ActionRow,
    target: adw::ActionRow,
    account: adw::PreferencesGroup,
}

impl Facts {
    /// Puts its rows at the end of `column`.
    pub(super) fn new(column: &gtk::Box) -> Self {
        let group = |title: &str| {
            let group = adw::PreferencesGroup::builder().title(title).build();
            column.append(&group);
            group
        };
        let row = |group: &adw::PreferencesGroup, title: String, name: &str| {
            let row = adw::ActionRow::builder()
                .title(title)
                .subtitle_lines(3)
                .build();
            row.set_use_markup(false);
            row.set_widget_name(name);
            group.add(&row);
            row
        };
        let since = group(&gettext("Since Postrider Started"));
        let account = group(&gettext("Account"));
        Self {
            messages: row(&since, gettext("Fetched"), "fact-messages"),
            checks: row(&since, gettext("Checks"), "fact-checks"),
            last: row(&since, gettext("Last check"), "fact-last"),
            waiting: row(&since, gettext("Found on the server"), "fact-waiting"),
            open: row(&since, gettext("Unfinished"), "fact-open"),
            server: row(&account, gettext("Server"), "fact-server"),
            user: row(&account, gettext("User name"), "fact-user"),
            target: row(&account, gettext("Delivered to"), "fact-target"),
            account,
        }
    }

    /// The settings tell the same and more, once they are known.
    pub(super) fn spare_account(&self, has_settings: bool) {
        self.account.set_visible(!has_settings);
    }

    /// Shows `status` as of `now`.
    pub(super) fn show(&self, status: &AccountStatus, now: SystemTime) {
        let put = |row: &adw::ActionRow, value: Option<String>| {
            row.set_visible(value.is_some());
            let value = value.unwrap_or_default();
            if row.subtitle().as_deref() != Some(&value) {
                row.set_subtitle(&value);
                a11y::set_description(row, &value);
            }
        };
        let totals = status.totals;
        let messages = ngettext(
            "{n} message, {size}",
            "{n} messages, {size}",
            u64::from(totals.messages),
        );
        let size = text::size(totals.bytes);
        put(
            &self.messages,
            Some(fill(&messages, &[("n", &totals.messages), ("size", &size)])),
        );
        let checks = match totals.failures {
            0 => totals.checks.to_string(),
            n => fill(
                &gettext("{all}, {n} of them failed"),
                &[("all", &totals.checks), ("n", &n)],
            ),
        };
        put(&self.checks, Some(checks));
        put(
            &self.last,
            status.last_check.map(|at| {
                let took = words::took(status.progress.elapsed);
                match status.state.is_busy() || status.progress.elapsed.is_zero() {
                    true => words::clock(at, now),
                    false => fill(
                        &gettext("{time}, took {span}"),
                        &[("time", &words::clock(at, now)), ("span", &took)],
                    ),
                }
            }),
        );
        put(
            &self.waiting,
            status.progress.waiting.map(|(all, old)| {
                let text = ngettext(
                    "{n} message, {old} of them old",
                    "{n} messages, {old} of them old",
                    u64::from(all),
                );
                fill(&text, &[("n", &all), ("old", &old)])
            }),
        );
        put(&self.open, words::open(status));
        put(&self.server, Some(status.id.label.clone()));
        put(&self.user, Some(status.id.user.clone()));
        put(
            &self.target,
            Some(status.target.clone()).filter(|target| !target.is_empty()),
        );
    }
}
