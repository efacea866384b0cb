//! The window: header, how far the list is, the list, and the page of a file in its place.

use adw::prelude::*;
use gtk::{gdk, glib};

use super::super::a11y;
use super::Input;
use super::list::List;
use super::model::{Model, Stage};
use super::page::Page;
use crate::base::i18n::{fill, gettext, ngettext};

/// The widgets.
pub(super) struct Frame {
    /// The list.
    pub list: List,
    /// The page of a file.
    pub page: Page,
    stack: gtk::Stack,
    toasts: adw::ToastOverlay,
    back: gtk::Button,
    look: gtk::Button,
    search: gtk::SearchEntry,
    absent: gtk::ToggleButton,
    bar: gtk::ProgressBar,
    status: gtk::Label,
    nothing: adw::StatusPage,
    middle: gtk::Stack,
}

impl Frame {
    /// Fills `window`.
    pub(super) fn new(window: &adw::Window, to: &relm4::Sender<Input>) -> Self {
        let icon = |icon: &str, name: &str, title: &str, input: fn() -> Input| {
            let button = gtk::Button::builder().icon_name(icon).name(name).build();
            a11y::name_button(&button, title);
            let to = to.clone();
            button.connect_clicked(move |_| to.emit(input()));
            button
        };
        let this = Self {
            list: List::new(to),
            page: Page::new(to),
            stack: gtk::Stack::builder()
                .vexpand(true)
                .transition_type(gtk::StackTransitionType::SlideLeftRight)
                .build(),
            toasts: adw::ToastOverlay::new(),
            back: icon(
                "go-previous-symbolic",
                "users-back",
                &gettext("Back"),
                || Input::Back,
            ),
            look: icon("view-refresh-symbolic", "users-look", "", || {
                Input::LookOrStop
            }),
            search: gtk::SearchEntry::builder()
                .placeholder_text(gettext("User, server or address"))
                .hexpand(true)
                .name("users-search")
                .build(),
            absent: gtk::ToggleButton::builder()
                .icon_name("contact-new-symbolic")
                .name("users-absent")
                .build(),
            bar: gtk::ProgressBar::builder().name("users-progress").build(),
            status: gtk::Label::builder()
                .xalign(0.0)
                .wrap(true)
                .css_classes(["caption", "quiet"])
                .accessible_role(gtk::AccessibleRole::Status)
                .name("users-status")
                .build(),
            nothing: adw::StatusPage::builder()
                .icon_name("system-users-symbolic")
                .build(),
            middle: gtk::Stack::builder().vexpand(true).build(),
        };
        a11y::set_label(&this.search, &gettext("Search the Files"));
        a11y::set_label(&this.bar, &gettext("Users looked at"));
        a11y::name_button(&this.absent, &gettext("Show Users Without a File"));
        let typed = to.clone();
        this.search
            .connect_search_changed(move |entry| typed.emit(Input::Wanted(entry.text().into())));
        let toggled = to.clone();
        this.absent
            .connect_toggled(move |button| toggled.emit(Input::Absent(button.is_active())));
        this.fill(window);
        keys(window, &this.search, to);
        this
    }

    fn fill(&self, window: &adw::Window) {
        let header = adw::HeaderBar::new();
        header.pack_start(&self.back);
        header.pack_start(&self.look);
        header.pack_end(&self.absent);
        self.back.set_visible(false);
        let scroll = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .child(&self.list.view)
            .build();
        self.middle.add_named(&self.nothing, Some("nothing"));
        self.middle.add_named(&scroll, Some("list"));
        let top = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .margin_top(9)
            .margin_bottom(6)
            .margin_start(12)
            .margin_end(12)
            .build();
        top.append(&self.search);
        top.append(&self.bar);
        top.append(&self.status);
        let all = gtk::Box::new(gtk::Orientation::Vertical, 0);
        all.append(&top);
        all.append(&self.middle);
        self.stack.add_named(&all, Some("all"));
        self.stack.add_named(&self.page.root, Some("one"));
        self.toasts.set_child(Some(&self.stack));
        let column = gtk::Box::new(gtk::Orientation::Vertical, 0);
        column.append(&header);
        column.append(&self.toasts);
        window.set_content(Some(&column));
    }

    /// To the page of a file, or back to the list.
    pub(super) fn turn(&self, is_page: bool) {
        self.stack
            .set_visible_child_name(if is_page { "one" } else { "all" });
        self.back.set_visible(is_page);
        self.absent.set_visible(!is_page);
        self.look.set_visible(!is_page);
        let first: &gtk::Widget = match is_page {
            true => self.page.root.upcast_ref(),
            false => self.list.view.upcast_ref(),
        };
        first.child_focus(gtk::DirectionType::TabForward);
    }

    /// Shows the list and how far it is.
    pub(super) fn show(&self, model: &Model) {
        let shown = model.shown();
        self.list.show(&shown);
        let is_looking = matches!(model.stage, Stage::Looking(..));
        let (icon, name) = match is_looking {
            true => ("media-playback-stop-symbolic", gettext("Stop")),
            false => ("view-refresh-symbolic", gettext("Look Again")),
        };
        self.look.set_icon_name(icon);
        a11y::name_button(&self.look, &name);
        self.bar.set_visible(is_looking);
        if let Stage::Looking(done, of) = model.stage {
            self.bar.set_fraction(done as f64 / of.max(1) as f64);
        }
        let text = status(&model.stage, shown.len());
        if self.status.text() != text {
            a11y::set_value_text(&self.bar, &text);
            self.status.set_text(&text);
        }
        self.middle.set_visible_child_name(match shown.is_empty() {
            true => "nothing",
            false => "list",
        });
        self.nothing.set_title(&match is_looking {
            true => gettext("Looking…"),
            false => gettext("No File Found"),
        });
    }

    /// Says something for a moment.
    pub(super) fn say(&self, text: &str) {
        let toast = adw::Toast::new(&glib::markup_escape_text(text));
        self.toasts.add_toast(toast);
        a11y::name_toast(&self.toasts, &gettext("Close"));
    }
}

fn status(stage: &Stage, shown: usize) -> String {
    let shown = shown as u64;
    let files = || fill(&ngettext("{n} file", "{n} files", shown), &[("n", &shown)]);
    match stage {
        Stage::Looking(_, 0) => gettext("Reading the password database…"),
        Stage::Looking(done, of) => {
            let text = gettext("{done} of {of} users looked at");
            fill(&text, &[("done", done), ("of", of)])
        }
        Stage::Done => files(),
        Stage::Cut => {
            let text = gettext("{files}; there are more users than are looked at");
            fill(&text, &[("files", &files())])
        }
        Stage::Stopped => {
            let text = gettext("{files}; not all users were looked at");
            fill(&text, &[("files", &files())])
        }
        Stage::Failed(why) => why.clone(),
    }
}

/// Escape leads back, then closes; Control+F searches, F5 looks again.
fn keys(window: &adw::Window, search: &gtk::SearchEntry, to: &relm4::Sender<Input>) {
    let keys = gtk::EventControllerKey::new();
    let (to, weak, search) = (to.clone(), window.downgrade(), search.clone());
    keys.connect_key_pressed(move |_, key, _, state| {
        let is_held = |held: gdk::ModifierType| state.contains(held);
        let is_page = !search.is_mapped();
        match key {
            gdk::Key::Escape if is_page => to.emit(Input::Back),
            gdk::Key::Left if is_page && is_held(gdk::ModifierType::ALT_MASK) => {
                to.emit(Input::Back);
            }
            gdk::Key::Escape if !search.text().is_empty() => search.set_text(""),
            gdk::Key::Escape => {
                if let Some(window) = weak.upgrade() {
                    window.close();
                }
            }
            gdk::Key::f if !is_page && is_held(gdk::ModifierType::CONTROL_MASK) => {
                search.grab_focus();
            }
            gdk::Key::F5 if !is_page => to.emit(Input::LookOrStop),
            _ => return glib::Propagation::Proceed,
        }
        glib::Propagation::Stop
    });
    window.add_controller(keys);
}
