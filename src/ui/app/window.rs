//! The window's frame: header bar, bar, pages, and how they change with the width.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use adw::prelude::*;
use gtk::{glib, pango};
use relm4::ComponentSender;

use super::super::ask::{Question, Weight};
use super::super::bar::Bar;
use super::super::{a11y, actions};
use super::{App, Msg};
use crate::base::i18n::gettext;

/// What [`App`] changes in the frame.
pub(super) struct Widgets {
    /// The one slot above the pages.
    pub bar: Bar,
    /// Opens the search on the activity page.
    pub search: gtk::ToggleButton,
    stack: adw::ViewStack,
    toasts: adw::ToastOverlay,
    check: gtk::Button,
    face: adw::ButtonContent,
    title: adw::ViewSwitcherTitle,
    back: gtk::Button,
    /// The pages that have something to go back to.
    deep: Rc<RefCell<HashSet<&'static str>>>,
}

/// The pages, in the order of the switcher.
pub(super) struct Pages<'p> {
    /// The accounts and the page of each.
    pub accounts: &'p gtk::Stack,
    /// What happened.
    pub activity: &'p gtk::Box,
    /// Autoprobe.
    pub probe: &'p gtk::Box,
    /// The file.
    pub editor: &'p gtk::Box,
}

impl Widgets {
    /// Fills `root`.
    pub(super) fn new(
        root: &adw::ApplicationWindow,
        pages: Pages,
        sender: &ComponentSender<App>,
    ) -> Self {
        let stack = adw::ViewStack::new();
        let page = stack.add_titled(pages.accounts, Some("accounts"), &gettext("Accounts"));
        page.set_icon_name(Some("system-users-symbolic"));
        let page = stack.add_titled(pages.activity, Some("activity"), &gettext("Activity"));
        page.set_icon_name(Some("view-list-symbolic"));
        let page = stack.add_titled(pages.probe, Some("probe"), &gettext("Autoprobe"));
        page.set_icon_name(Some("network-server-symbolic"));
        let page = stack.add_titled(pages.editor, Some("editor"), &gettext("Editor"));
        page.set_icon_name(Some("document-edit-symbolic"));
        let to = sender.input_sender().clone();
        stack.connect_visible_child_notify(move |stack| {
            if stack.visible_child_name().as_deref() == Some("editor") {
                to.emit(Msg::Act("editor-shown"));
            }
        });
        let title = adw::ViewSwitcherTitle::builder()
            .stack(&stack)
            .title("Postrider")
            .build();
        let (check, face) = check_button(sender);
        let back = button(
            sender,
            "go-previous-symbolic",
            "back",
            &gettext("Back"),
            "back",
        );
        back.set_visible(false);
        let search = search_toggle(sender, &stack);
        let header = adw::HeaderBar::builder().title_widget(&title).build();
        header.pack_start(&back);
        let set_up = button(
            sender,
            "list-add-symbolic",
            "set-up",
            &gettext("Set Up an Account"),
            "set-up",
        );
        // There is no room for both where one thing is shown at a time.
        back.bind_property("visible", &set_up, "visible")
            .invert_boolean()
            .sync_create()
            .build();
        header.pack_start(&set_up);
        header.pack_start(&check);
        header.pack_end(&menu_button());
        header.pack_end(&search);
        let to = |message: fn() -> Msg| {
            let to = sender.input_sender().clone();
            move || to.emit(message())
        };
        let bar = Bar::new(to(|| Msg::BarDetails), to(|| Msg::BarSettle));
        let toasts = adw::ToastOverlay::new();
        toasts.set_child(Some(&stack));
        toasts.set_vexpand(true);
        let below = adw::ViewSwitcherBar::builder().stack(&stack).build();
        title
            .bind_property("title-visible", &below, "reveal")
            .sync_create()
            .build();
        let column = gtk::Box::new(gtk::Orientation::Vertical, 0);
        column.append(&header);
        column.append(&bar.root);
        column.append(&toasts);
        column.append(&below);
        root.set_content(Some(&column));
        let this = Self {
            bar,
            search,
            stack,
            toasts,
            check,
            face,
            title,
            back,
            deep: Rc::default(),
        };
        this.narrow(&header);
        let (back, deep) = (this.back.clone(), this.deep.clone());
        this.stack
            .connect_visible_child_notify(move |stack| show_back(&back, stack, &deep.borrow()));
        this
    }

    /// When the switcher has moved to the bottom, the check button shows its icon only. The
    /// switcher moves while sizes are given out: what changes the button's size then would be
    /// left without one, and not be drawn at all. Before the first time there are no words
    /// either, or a window that opens narrow would be made wider for them.
    fn narrow(&self, header: &adw::HeaderBar) {
        let update = {
            let (face, header) = (self.face.clone(), header.downgrade());
            move |title: &adw::ViewSwitcherTitle| {
                let (face, title, header) = (face.clone(), title.clone(), header.clone());
                glib::idle_add_local_once(move || {
                    show_words(&face, &title);
                    // Where there is little room, a window is closed and nothing else.
                    if let Some(header) = header.upgrade() {
                        let only_close = title.is_title_visible().then_some(":close");
                        header.set_decoration_layout(only_close);
                    }
                });
            }
        };
        self.title.connect_title_visible_notify(update.clone());
        self.title.connect_map(update);
    }

    /// The first button: check, or stop while something is checked.
    pub(super) fn show_check(&self, is_busy: bool, can_check: bool) {
        let (icon, text) = if is_busy {
            ("media-playback-stop-symbolic", gettext("Stop"))
        } else {
            ("mail-send-receive-symbolic", gettext("Check Now"))
        };
        self.face.set_icon_name(icon);
        self.face.set_tooltip_text(Some(&text));
        show_words(&self.face, &self.title);
        a11y::name_button(&self.check, &text);
        self.check.set_sensitive(is_busy || can_check);
    }

    /// Whether that page is in front.
    pub(super) fn shows(&self, name: &str) -> bool {
        self.stack.visible_child_name().as_deref() == Some(name)
    }

    /// Brings `accounts`, `activity`, `probe` or `editor` to the front.
    pub(super) fn show_page(&self, name: &str) {
        self.stack.set_visible_child_name(name);
    }

    /// Shows or hides the way back to the list of `page`, while that is in front.
    pub(super) fn set_can_go_back(&self, page: &'static str, can: bool) {
        if can {
            self.deep.borrow_mut().insert(page);
        } else {
            self.deep.borrow_mut().remove(page);
        }
        show_back(&self.back, &self.stack, &self.deep.borrow());
    }

    /// Says `text` for a moment.
    pub(super) fn toast(&self, text: &str) {
        self.add_toast(adw::Toast::new(&glib::markup_escape_text(text)));
    }

    /// Says something for a while, with a button.
    pub(super) fn add_toast(&self, toast: adw::Toast) {
        let overlay = self.toasts.downgrade();
        // The next one comes when this one is gone.
        toast.connect_dismissed(move |_| {
            let overlay = overlay.clone();
            glib::idle_add_local_once(move || {
                if let Some(overlay) = overlay.upgrade() {
                    a11y::name_toast(&overlay, &gettext("Close"));
                }
            });
        });
        self.toasts.add_toast(toast);
        a11y::name_toast(&self.toasts, &gettext("Close"));
    }
}

/// What the button does in words, where there is room for them.
fn show_words(face: &adw::ButtonContent, title: &adw::ViewSwitcherTitle) {
    let has_room = title.is_mapped() && !title.is_title_visible();
    let text = face.tooltip_text().filter(|_| has_room);
    face.set_label(&text.unwrap_or_default());
}

fn show_back(back: &gtk::Button, stack: &adw::ViewStack, deep: &HashSet<&'static str>) {
    let page = stack.visible_child_name();
    back.set_visible(page.is_some_and(|page| deep.contains(page.as_str())));
}

fn check_button(sender: &ComponentSender<App>) -> (gtk::Button, adw::ButtonContent) {
    let face = adw::ButtonContent::new();
    let check = gtk::Button::builder().child(&face).name("check").build();
    let to = sender.input_sender().clone();
    check.connect_clicked(move |_| to.emit(Msg::Act("check-or-stop")));
    (check, face)
}

fn button(
    sender: &ComponentSender<App>,
    icon: &str,
    name: &str,
    title: &str,
    action: &'static str,
) -> gtk::Button {
    let button = gtk::Button::builder().icon_name(icon).name(name).build();
    a11y::name_button(&button, title);
    let to = sender.input_sender().clone();
    button.connect_clicked(move |_| to.emit(Msg::Act(action)));
    button
}

/// Visible with the page it is for.
fn search_toggle(sender: &ComponentSender<App>, stack: &adw::ViewStack) -> gtk::ToggleButton {
    let toggle = gtk::ToggleButton::builder()
        .icon_name("system-search-symbolic")
        .name("search")
        .visible(false)
        .build();
    a11y::name_button(&toggle, &gettext("Search the Activity"));
    let to = sender.input_sender().clone();
    toggle.connect_toggled(move |toggle| {
        to.emit(Msg::Act(if toggle.is_active() {
            "search-on"
        } else {
            "search-off"
        }));
    });
    let shown = toggle.clone();
    stack.connect_visible_child_notify(move |stack| {
        shown.set_visible(stack.visible_child_name().as_deref() == Some("activity"));
    });
    toggle
}

fn menu_button() -> gtk::MenuButton {
    let menu = gtk::MenuButton::builder()
        .icon_name("open-menu-symbolic")
        .menu_model(&actions::primary_menu())
        .primary(true)
        .name("menu")
        .build();
    a11y::name_button(&menu, &gettext("Main Menu"));
    menu
}

/// A dialog with a text that may be long and foreign, and **Reload**.
pub(super) fn show_text(
    root: &adw::ApplicationWindow,
    heading: &str,
    text: &str,
    reload: impl Fn() + 'static,
) {
    let label = gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .selectable(true)
        .xalign(0.0)
        .build();
    let scroll = gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .propagate_natural_height(true)
        .max_content_height(320)
        .child(&label)
        .build();
    let question = Question {
        heading,
        body: "",
        name: "details",
        no: ("close", &gettext("_Close")),
        yes: ("reload", &gettext("_Reload")),
        weight: Weight::Meant,
    };
    question.ask_with(root, Some(&scroll), reload);
}
