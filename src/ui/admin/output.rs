//! The window in which a check is followed line by line.

use std::cell::Cell;
use std::rc::Rc;

use adw::prelude::*;
use relm4::Sender;

use super::super::{a11y, icons, shell};
use super::Input;
use super::model::title;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::JobId;
use crate::engine::api::job::users::Whose;

/// Lines that are kept; what was said before is let go.
const KEPT: i32 = 5000;

/// The window and its check.
pub(super) struct Output {
    /// By whose file.
    pub whose: Box<Whose>,
    job: Cell<Option<JobId>>,
    window: adw::Window,
    buffer: gtk::TextBuffer,
    view: gtk::TextView,
    icon: gtk::Image,
    spinner: gtk::Spinner,
    status: gtk::Label,
    stop: gtk::Button,
    /// The last lines stay in sight.
    follows: Rc<Cell<bool>>,
}

impl Output {
    /// Opens it above `parent`, for a check that has begun.
    pub(super) fn open(
        parent: &adw::Window,
        whose: Box<Whose>,
        job: JobId,
        to: &Sender<Input>,
    ) -> Self {
        let buffer = gtk::TextBuffer::new(None);
        let view = gtk::TextView::builder()
            .buffer(&buffer)
            .editable(false)
            .cursor_visible(false)
            .monospace(true)
            .wrap_mode(gtk::WrapMode::WordChar)
            .left_margin(12)
            .right_margin(12)
            .css_classes(["transcript"])
            .name("run-text")
            .build();
        a11y::set_label(&view, &gettext("What the check says"));
        let spinner = gtk::Spinner::builder().spinning(true).build();
        a11y::set_label(&spinner, &gettext("Checking"));
        let stop = a11y::mnemonic_button(&gettext("_Stop"));
        stop.set_widget_name("run-stop");
        let on = to.clone();
        stop.connect_clicked(move |_| on.emit(Input::StopRun));
        let this = Self {
            window: adw::Window::builder()
                .title(fill(
                    &gettext("Check for {user}"),
                    &[("user", &title(&whose))],
                ))
                .transient_for(parent)
                .default_width(680)
                .default_height(480)
                .width_request(360)
                .height_request(300)
                .name("run")
                .build(),
            whose,
            job: Cell::new(Some(job)),
            buffer,
            view,
            icon: gtk::Image::builder()
                .visible(false)
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
            spinner,
            status: gtk::Label::builder()
                .label(gettext("Checking…"))
                .xalign(0.0)
                .wrap(true)
                .hexpand(true)
                .accessible_role(gtk::AccessibleRole::Status)
                .name("run-status")
                .build(),
            stop,
            follows: Rc::default(),
        };
        this.fill(to);
        this.window.present();
        this
    }

    fn fill(&self, to: &Sender<Input>) {
        let header = adw::HeaderBar::new();
        header.pack_start(&self.stop);
        // Margins of the view itself would count as lines to scroll by.
        let scroll = gtk::ScrolledWindow::builder()
            .vexpand(true)
            .margin_top(6)
            .margin_bottom(6)
            .child(&self.view)
            .build();
        // When its height is known, which is after the lines are there.
        let follows = self.follows.clone();
        scroll.vadjustment().connect_changed(move |place| {
            if follows.get() {
                place.set_value(place.upper() - place.page_size());
            }
        });
        let below = gtk::Box::builder()
            .spacing(9)
            .margin_top(9)
            .margin_bottom(9)
            .margin_start(12)
            .margin_end(12)
            .build();
        below.append(&self.spinner);
        below.append(&self.icon);
        below.append(&self.status);
        let column = gtk::Box::new(gtk::Orientation::Vertical, 0);
        column.append(&header);
        column.append(&scroll);
        column.append(&gtk::Separator::new(gtk::Orientation::Horizontal));
        column.append(&below);
        self.window.set_content(Some(&column));
        shell::close_on_escape(&self.window);
        let to = to.clone();
        self.window.connect_close_request(move |_| {
            to.emit(Input::RunClosed);
            gtk::glib::Propagation::Proceed
        });
    }

    /// In front of the others.
    pub(super) fn present(&self) {
        self.window.present();
    }

    /// The check, while it runs.
    pub(super) fn job(&self) -> Option<JobId> {
        self.job.get()
    }

    /// Lines it has said.
    pub(super) fn say(&self, lines: &[String]) {
        // Whoever reads farther up stays there.
        let place = self.view.vadjustment();
        let is_at_end = place.is_none_or(|a| a.value() + a.page_size() + 40.0 >= a.upper());
        self.follows.set(is_at_end);
        let mut end = self.buffer.end_iter();
        for line in lines {
            self.buffer.insert(&mut end, line);
            self.buffer.insert(&mut end, "\n");
        }
        let surplus = self.buffer.line_count() - KEPT;
        if let Some(mut from) = self
            .buffer
            .iter_at_line(surplus.max(0))
            .filter(|_| surplus > 0)
        {
            let mut start = self.buffer.start_iter();
            self.buffer.delete(&mut start, &mut from);
        }
    }

    /// It is over.
    pub(super) fn ended(&mut self, text: &str, is_well: bool) {
        self.job.set(None);
        self.spinner.set_visible(false);
        self.spinner.set_spinning(false);
        let look = match is_well {
            true => ("emblem-ok-symbolic", "well"),
            false => ("dialog-warning-symbolic", "wait"),
        };
        icons::put(&self.icon, look);
        self.icon.set_visible(true);
        self.status.set_text(text);
        self.stop.set_visible(false);
    }

    /// Takes the window away.
    pub(super) fn close(self) {
        self.window.destroy();
    }
}
