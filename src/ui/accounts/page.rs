//! The page about one account: what it does, what is wrong, what it did.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::SystemTime;

use adw::prelude::*;
use gtk::pango;

use super::super::a11y;
use super::Output;
use super::row::{set_text, show_progress, show_state};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text;
use crate::engine::api::{AccountId, AccountStatus, Trouble, Who, words};

/// The widgets.
pub(super) struct Page {
    /// To be put into the leaflet.
    pub root: gtk::ScrolledWindow,
    head: Head,
    trouble: TroubleBox,
    facts: Facts,
    shown: Rc<RefCell<Option<(AccountId, bool)>>>,
}

/// Icon, name, status line, progress, buttons.
struct Head {
    icon: gtk::Image,
    spinner: gtk::Spinner,
    title: gtk::Label,
    line: gtk::Label,
    progress: gtk::ProgressBar,
    check: gtk::Button,
    seen: gtk::Button,
}

/// What went wrong.
struct TroubleBox {
    root: gtk::Box,
    icon: gtk::Image,
    headline: gtk::Label,
    advice: gtk::Label,
    since: gtk::Label,
    said: gtk::Expander,
    words: gtk::Label,
}

/// The rows below.
struct Facts {
    messages: adw::ActionRow,
    checks: adw::ActionRow,
    last: adw::ActionRow,
    waiting: adw::ActionRow,
    server: adw::ActionRow,
    user: adw::ActionRow,
    target: adw::ActionRow,
}

impl Page {
    /// A page whose buttons call `meant`.
    pub(super) fn new(meant: impl Fn(Output) + Clone + 'static) -> Self {
        let shown = Rc::<RefCell<Option<(AccountId, bool)>>>::default();
        let head = Head::new();
        let trouble = TroubleBox::new();
        let (of_check, of_seen) = (shown.clone(), shown.clone());
        let seen = meant.clone();
        head.check.connect_clicked(move |_| {
            if let Some((id, is_busy)) = of_check.borrow().clone() {
                meant(if is_busy {
                    Output::Stop(id)
                } else {
                    Output::Check(id)
                });
            }
        });
        head.seen.connect_clicked(move |_| {
            if let Some((id, _)) = of_seen.borrow().clone() {
                seen(Output::Ack(id));
            }
        });
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(24)
            .margin_top(30)
            .margin_bottom(30)
            .margin_start(12)
            .margin_end(12)
            .build();
        column.append(&head.widget());
        column.append(&trouble.root);
        let facts = Facts::new(&column);
        let clamp = adw::Clamp::builder()
            .maximum_size(600)
            .child(&column)
            .build();
        let root = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .width_request(300)
            .child(&clamp)
            .name("account")
            .build();
        Self {
            root,
            head,
            trouble,
            facts,
            shown,
        }
    }

    /// Shows `status` as of `now`.
    pub(super) fn show(&self, status: &AccountStatus, now: SystemTime) {
        *self.shown.borrow_mut() = Some((status.id.clone(), status.state.is_busy()));
        self.head.show(status, now);
        self.trouble.show(status.trouble.as_ref(), now);
        self.facts.show(status, now);
    }
}

impl Head {
    fn new() -> Self {
        let centred = |class: &str| {
            gtk::Label::builder()
                .wrap(true)
                .wrap_mode(pango::WrapMode::WordChar)
                .justify(gtk::Justification::Center)
                .css_classes([class])
                .build()
        };
        let button = |class: &str, name: &str| {
            gtk::Button::builder()
                .css_classes(["pill", class])
                .name(name)
                .build()
        };
        let this = Self {
            icon: gtk::Image::builder()
                .pixel_size(48)
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
            spinner: gtk::Spinner::builder()
                .width_request(48)
                .height_request(48)
                .build(),
            title: centred("title-2"),
            line: centred("figure"),
            progress: gtk::ProgressBar::builder().margin_top(6).build(),
            check: button("suggested-action", "account-check"),
            seen: button("flat", "account-seen"),
        };
        this.title.set_widget_name("account-title");
        this.line.set_widget_name("account-line");
        this.seen.set_label(&gettext("Mark as Seen"));
        a11y::set_label(&this.spinner, &gettext("Checking"));
        this
    }

    fn widget(&self) -> gtk::Box {
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .build();
        column.append(&self.icon);
        self.spinner.set_halign(gtk::Align::Center);
        column.append(&self.spinner);
        column.append(&self.title);
        column.append(&self.line);
        column.append(&self.progress);
        let buttons = gtk::Box::builder()
            .spacing(12)
            .halign(gtk::Align::Center)
            .margin_top(12)
            .build();
        buttons.append(&self.check);
        buttons.append(&self.seen);
        column.append(&buttons);
        column
    }

    fn show(&self, status: &AccountStatus, now: SystemTime) {
        show_state(&self.icon, &self.spinner, status);
        set_text(&self.title, &words::title(&status.id));
        show_progress(&self.progress, status);
        let figures = words::progress(&status.progress);
        let line = if self.progress.is_visible() {
            fill(&gettext("Fetching {progress}"), &[("progress", &figures)])
        } else {
            words::status_line(status, now)
        };
        set_text(&self.line, &line);
        if status.state.is_busy() {
            self.check.set_label(&gettext("Stop"));
            self.check.remove_css_class("suggested-action");
        } else {
            self.check.set_label(&gettext("Check Now"));
            self.check.add_css_class("suggested-action");
        }
        self.seen.set_visible(status.new > 0);
    }
}

impl TroubleBox {
    fn new() -> Self {
        let label = |class: &str| {
            gtk::Label::builder()
                .wrap(true)
                .wrap_mode(pango::WrapMode::WordChar)
                .xalign(0.0)
                .selectable(true)
                .css_classes([class])
                .build()
        };
        let this = Self {
            root: gtk::Box::builder()
                .spacing(14)
                .css_classes(["card", "trouble"])
                .build(),
            icon: gtk::Image::builder()
                .valign(gtk::Align::Start)
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
            headline: label("heading"),
            advice: label("body"),
            since: label("caption"),
            said: gtk::Expander::new(Some(&gettext("The server said"))),
            words: label("words"),
        };
        this.root.set_widget_name("trouble");
        this.words.set_widget_name("trouble-words");
        this.words.set_margin_top(6);
        this.since.add_css_class("quiet");
        this.said.set_child(Some(&this.words));
        let texts = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .hexpand(true)
            .build();
        texts.append(&this.headline);
        texts.append(&this.advice);
        texts.append(&this.said);
        texts.append(&this.since);
        this.root.append(&this.icon);
        this.root.append(&texts);
        this
    }

    fn show(&self, trouble: Option<&Trouble>, now: SystemTime) {
        self.root.set_visible(trouble.is_some());
        let Some(trouble) = trouble else { return };
        super::super::icons::put(
            &self.icon,
            match trouble.who {
                Who::You => ("dialog-warning-symbolic", "error"),
                Who::Retry => ("view-refresh-symbolic", "wait"),
            },
        );
        set_text(&self.headline, &words::headline(&trouble.cause));
        set_text(&self.advice, &words::advice(&trouble.cause));
        self.said.set_visible(!trouble.words.is_empty());
        set_text(&self.words, &trouble.words);
        let since = ngettext(
            "Failed once, at {time}",
            "Failed {n} times in a row, first at {time}",
            u64::from(trouble.tries.max(1)),
        );
        let time = words::clock(trouble.since, now);
        set_text(
            &self.since,
            &fill(&since, &[("n", &trouble.tries), ("time", &time)]),
        );
    }
}

impl Facts {
    fn new(column: &gtk::Box) -> Self {
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
            waiting: row(&since, gettext("On the server"), "fact-waiting"),
            server: row(&account, gettext("Server"), "fact-server"),
            user: row(&account, gettext("User name"), "fact-user"),
            target: row(&account, gettext("Delivered to"), "fact-target"),
        }
    }

    fn show(&self, status: &AccountStatus, now: SystemTime) {
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
        put(&self.server, Some(status.id.label.clone()));
        put(&self.user, Some(status.id.user.clone()));
        put(
            &self.target,
            Some(status.target.clone()).filter(|target| !target.is_empty()),
        );
    }
}
