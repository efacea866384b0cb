//! The page about one account: what it does, what is wrong, what it did.

mod facts;
mod settings;
mod trouble;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::SystemTime;

use adw::prelude::*;
use gtk::pango;

use super::super::{a11y, fact};
use super::Output;
use super::row::{set_text, show_progress, show_state};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::Description;
use crate::engine::api::{AccountId, AccountStatus, words};
use facts::Facts;
use settings::Settings;
use trouble::TroubleBox;

/// The widgets.
pub(super) struct Page {
    /// To be put into the leaflet.
    pub root: gtk::ScrolledWindow,
    head: Head,
    trouble: TroubleBox,
    facts: Facts,
    settings: Settings,
    shown: Shown,
}

/// Which account is shown, and whether it is being polled.
type Shown = Rc<RefCell<Option<(AccountId, bool)>>>;

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

impl Page {
    /// A page whose buttons call `meant`.
    pub(super) fn new(meant: impl Fn(Output) + Clone + 'static) -> Self {
        let shown = Shown::default();
        let head = Head::new();
        let trouble = TroubleBox::new();
        let (of_check, of_seen) = (shown.clone(), shown.clone());
        let (seen, of_settings) = (meant.clone(), meant.clone());
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
        let settings = Settings::new(&column, &shown, of_settings);
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
            settings,
            shown,
        }
    }

    /// Shows what is set for the account; nothing while that is not known.
    pub(super) fn show_settings(&self, description: Option<&Description>) {
        self.settings.show(description);
        self.facts.spare_account(description.is_some());
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
        a11y::set_label(&this.progress, &gettext("Fetching"));
        this.check.set_label(&gettext("Check Now"));
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
        fact::wrap_buttons(&buttons);
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
