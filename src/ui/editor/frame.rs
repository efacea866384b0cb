//! The editor's layout: a bar above, below it list, pages and source, side by side or one at a time.

use std::cell::Cell;

use adw::prelude::*;
use gtk::gio;

use super::super::a11y;
use super::super::actions::keys::{self, Scope};
use super::Input;
use super::checks::Whom;
use super::multidrop::Told;
use crate::base::i18n::{fill, gettext, ngettext};

/// How much room there is (`ui.md` section 20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// All side by side.
    Wide,
    /// The source in the place of the list.
    Medium,
    /// One at a time.
    Narrow,
}

impl Room {
    /// By width.
    pub(super) fn of(width: i32) -> Self {
        match width {
            860.. => Self::Wide,
            600..860 => Self::Medium,
            _ => Self::Narrow,
        }
    }
}

/// What is in front where there is room for one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// The list of servers and users.
    List,
    /// The options.
    Pages,
    /// The text.
    Source,
}

/// The bar and the panes.
pub(super) struct Frame {
    /// To be shown while there is a file.
    pub root: gtk::Box,
    list: gtk::Widget,
    pages: gtk::Widget,
    source: gtk::Widget,
    undo: gtk::Button,
    redo: gtk::Button,
    save: gtk::Button,
    hints: gtk::Label,
    hint_buttons: [gtk::Button; 2],
    toggle: gtk::ToggleButton,
    room: Cell<Room>,
    front: Cell<Front>,
    fills: std::rc::Rc<Cell<bool>>,
}

impl Frame {
    /// Around these panes.
    pub(super) fn new(
        to: &relm4::Sender<Input>,
        list: &impl IsA<gtk::Widget>,
        pages: &impl IsA<gtk::Widget>,
        source: &impl IsA<gtk::Widget>,
    ) -> Self {
        let root = vertical();
        let fills = std::rc::Rc::new(Cell::new(false));
        let bar = gtk::Box::builder()
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(6)
            .margin_end(6)
            .build();
        let button = |icon: &str, name: &str, title: &str, input: fn() -> Input| {
            let button = gtk::Button::builder()
                .icon_name(icon)
                .css_classes(["flat"])
                .name(name)
                .build();
            a11y::name_button(&button, title);
            let to = to.clone();
            button.connect_clicked(move |_| to.emit(input()));
            bar.append(&button);
            button
        };
        bar.append(&add_menu());
        let undo = button(
            "edit-undo-symbolic",
            "editor-undo",
            &gettext("Undo"),
            || Input::Undo,
        );
        let redo = button(
            "edit-redo-symbolic",
            "editor-redo",
            &gettext("Redo"),
            || Input::Redo,
        );
        let hints = gtk::Label::builder()
            .hexpand(true)
            .xalign(0.5)
            .ellipsize(gtk::pango::EllipsizeMode::End)
            .css_classes(["caption", "quiet"])
            .name("editor-hints")
            .accessible_role(gtk::AccessibleRole::Status)
            .build();
        let middle = gtk::Box::builder().hexpand(true).build();
        middle.append(&hints);
        bar.append(&middle);
        let hint_buttons = [
            button(
                "go-up-symbolic",
                "hint-before",
                &gettext("Previous Hint"),
                || Input::Hint(false),
            ),
            button(
                "go-down-symbolic",
                "hint-next",
                &gettext("Next Hint"),
                || Input::Hint(true),
            ),
        ];
        let toggle = gtk::ToggleButton::builder()
            .icon_name("view-dual-symbolic")
            .css_classes(["flat"])
            .name("editor-source")
            .active(true)
            .build();
        a11y::name_button(&toggle, &gettext("Source"));
        let (on, quiet) = (to.clone(), fills.clone());
        toggle.connect_toggled(move |_| {
            if !quiet.get() {
                on.emit(Input::ToggleSource);
            }
        });
        bar.append(&toggle);
        button(
            "system-search-symbolic",
            "editor-find",
            &gettext("Search the Options"),
            || Input::Search(true),
        );
        bar.append(&more_menu());
        let save = gtk::Button::builder()
            .label(gettext("Save…"))
            .css_classes(["suggested-action"])
            .name("editor-save")
            .build();
        let on = to.clone();
        save.connect_clicked(move |_| on.emit(Input::Review));
        bar.append(&save);
        root.append(&bar);
        root.append(&gtk::Separator::new(gtk::Orientation::Horizontal));
        let panes = gtk::Box::builder().vexpand(true).build();
        panes.append(list);
        panes.append(&gtk::Separator::new(gtk::Orientation::Vertical));
        panes.append(pages);
        panes.append(&gtk::Separator::new(gtk::Orientation::Vertical));
        panes.append(source);
        root.append(&panes);
        let this = Self {
            root,
            list: list.clone().upcast(),
            pages: pages.clone().upcast(),
            source: source.clone().upcast(),
            undo,
            redo,
            save,
            hints,
            hint_buttons,
            toggle,
            // Until it is known; a window that opens narrow would be made wider else.
            room: Cell::new(Room::Narrow),
            front: Cell::new(Front::List),
            fills,
        };
        this.arrange();
        this
    }

    /// For the room there is.
    pub(super) fn set_room(&self, room: Room) {
        if self.room.replace(room) != room {
            // Beside the list and the pages, or only when it is asked for.
            self.set_source(room == Room::Wide);
            self.arrange();
        }
    }

    /// Brings a pane to the front, where only one is.
    pub(super) fn bring(&self, front: Front) {
        self.front.set(front);
        if self.room.get() == Room::Medium && front == Front::Source {
            self.set_source(true);
        }
        self.arrange();
    }

    /// Shows the source, or no longer.
    pub(super) fn toggle_source(&self) {
        if self.room.get() == Room::Narrow {
            let is_source = self.front.get() == Front::Source;
            self.front.set(if is_source {
                Front::Pages
            } else {
                Front::Source
            });
        }
        self.arrange();
    }

    /// The source is to be seen, if it is not.
    pub(super) fn show_source(&self) {
        self.set_source(true);
        self.arrange();
    }

    fn set_source(&self, is_on: bool) {
        self.fills.set(true);
        self.toggle.set_active(is_on);
        self.fills.set(false);
    }

    /// Whether there is something to go back to; goes there if `goes`.
    pub(super) fn back(&self, goes: bool) -> bool {
        let can = self.room.get() == Room::Narrow && self.front.get() != Front::List;
        if can && goes {
            self.bring(match self.front.get() {
                Front::Source => Front::Pages,
                _ => Front::List,
            });
        }
        can
    }

    fn arrange(&self) {
        let front = self.front.get();
        // F8 does the same where there is no room for them.
        let has_room = self.room.get() != Room::Narrow;
        for button in &self.hint_buttons {
            button.set_visible(has_room);
        }
        // The list says how much was found where.
        self.hints.set_visible(has_room);
        let has_source = self.toggle.is_active();
        let (list, pages, source) = match self.room.get() {
            Room::Wide => (true, true, has_source),
            Room::Medium => (!has_source, true, has_source),
            Room::Narrow => {
                self.set_source(front == Front::Source);
                (
                    front == Front::List,
                    front == Front::Pages,
                    front == Front::Source,
                )
            }
        };
        let loses_focus = has_focus(&self.source) && !source;
        let show = |pane: &gtk::Widget, is_shown: bool, is_last: bool| {
            pane.set_visible(is_shown);
            let line = if is_last {
                pane.prev_sibling()
            } else {
                pane.next_sibling()
            };
            if let Some(line) = line {
                line.set_visible(is_shown && self.room.get() != Room::Narrow);
            }
        };
        show(&self.list, list, false);
        show(&self.source, source, true);
        self.pages.set_visible(pages);
        self.list.set_hexpand(self.room.get() == Room::Narrow);
        self.source.set_hexpand(true);
        if loses_focus {
            let next = if pages { &self.pages } else { &self.list };
            next.child_focus(gtk::DirectionType::TabForward);
        }
    }

    /// What can be undone and redone, by name, and whether there is anything to save.
    pub(super) fn show_history(&self, undo: Option<&str>, redo: Option<&str>, is_changed: bool) {
        let tell = |button: &gtk::Button, name: Option<&str>, bare: String, full: String| {
            button.set_sensitive(name.is_some());
            let words = match name {
                Some(name) if !name.is_empty() => fill(&full, &[("what", &name)]),
                _ => bare,
            };
            a11y::name_button(button, &words);
        };
        tell(&self.undo, undo, gettext("Undo"), gettext("Undo: {what}"));
        tell(&self.redo, redo, gettext("Redo"), gettext("Redo: {what}"));
        self.save.set_sensitive(is_changed);
    }

    /// How much was found.
    pub(super) fn show_hints(&self, errors: usize, others: usize) {
        let count = |one: &str, many: &str, n: usize| {
            let n = n as u64;
            fill(&ngettext(one, many, n), &[("n", &n)])
        };
        let text = match (errors, others) {
            (0, 0) => gettext("Nothing to find fault with"),
            (0, n) => count("{n} hint", "{n} hints", n),
            (n, _) => count("{n} error", "{n} errors", n),
        };
        if self.hints.text() != text {
            self.hints.set_text(&text);
        }
    }
}

/// What can be done with servers and users.
pub(super) fn structure_menu() -> gio::Menu {
    let menu = gio::Menu::new();
    let section = |items: &[(String, &str)]| {
        let part = gio::Menu::new();
        for (title, action) in items {
            part.append(Some(title), Some(&format!("editor.{action}")));
        }
        menu.append_section(None, &part);
    };
    section(&[
        (gettext("Add _Server"), "add-server"),
        (gettext("Add _User"), "add-user"),
    ]);
    section(&[
        (gettext("_Duplicate"), "duplicate"),
        (gettext("Move U_p"), "move-up"),
        (gettext("Move _Down"), "move-down"),
    ]);
    section(&[(gettext("_Remove"), "remove")]);
    menu
}

fn add_menu() -> gtk::MenuButton {
    let button = gtk::MenuButton::builder()
        .icon_name("list-add-symbolic")
        .css_classes(["flat"])
        .menu_model(&structure_menu())
        .name("editor-structure")
        .build();
    a11y::name_button(&button, &gettext("Servers and Users"));
    button
}

/// What else can be done.
fn more_menu() -> gtk::MenuButton {
    let menu = gio::Menu::new();
    let section = |items: &[(String, &str)]| {
        let part = gio::Menu::new();
        for (title, action) in items {
            part.append(Some(title), Some(&format!("editor.{action}")));
        }
        menu.append_section(None, &part);
    };
    menu.append_submenu(Some(&gettext("_File")), &super::files::menu());
    section(&[
        (gettext("_Check What Is Shown"), "check-shown"),
        (gettext("Check _All"), "check-all"),
    ]);
    section(&[
        (gettext("_Pause Background Checking"), "pause"),
        (gettext("_Interval of Background Checking"), "interval"),
    ]);
    section(&[
        (gettext("_History"), "history"),
        (gettext("_Go to Line…"), "line"),
        (gettext("_Stop Ignoring Hints"), "stop-ignoring"),
        (gettext("Show Changes before Each _Save"), "always-review"),
    ]);
    let button = gtk::MenuButton::builder()
        .icon_name("view-more-symbolic")
        .css_classes(["flat"])
        .menu_model(&menu)
        .name("editor-more")
        .build();
    a11y::name_button(&button, &gettext("More"));
    button
}

/// Actions that are on or off.
pub(super) struct States {
    /// Checking in the background is paused.
    pub pause: gio::SimpleAction,
    /// What saving changes is always shown before.
    pub always_review: gio::SimpleAction,
    /// Not on or off, but only there while findings are ignored.
    pub stop_ignoring: gio::SimpleAction,
}

/// The actions of the menus and of the keys, within the editor.
pub(super) fn actions(root: &gtk::Box, to: &relm4::Sender<Input>) -> States {
    let group = gio::SimpleActionGroup::new();
    type Row = (&'static str, fn() -> Input);
    let rows: [Row; 20] = [
        ("add-server", || Input::AddServer),
        ("add-user", || Input::AddUser),
        ("duplicate", || Input::Duplicate),
        ("move-up", || Input::Move(false)),
        ("move-down", || Input::Move(true)),
        ("remove", || Input::Remove),
        ("undo", || Input::Undo),
        ("redo", || Input::Redo),
        ("save", || Input::Review),
        ("next-hint", || Input::Hint(true)),
        ("previous-hint", || Input::Hint(false)),
        ("fix", || Input::FixFirst),
        ("search", || Input::Search(true)),
        ("source", || Input::PressSource),
        ("check-shown", || Input::Check(Whom::Shown)),
        ("check-all", || Input::Check(Whom::All)),
        ("interval", || Input::Interval),
        ("history", || Input::History),
        ("line", || Input::AskLine),
        ("try", || Input::Multidrop(Told::Now)),
    ];
    let stop_ignoring = gio::SimpleAction::new("stop-ignoring", None);
    let on = to.clone();
    stop_ignoring.connect_activate(move |_, _| on.emit(Input::StopIgnoring));
    group.add_action(&stop_ignoring);
    // Their states follow what is told.
    let toggle = |name: &str, input: fn() -> Input| {
        let action = gio::SimpleAction::new_stateful(name, None, &false.to_variant());
        let to = to.clone();
        action.connect_activate(move |_, _| to.emit(input()));
        group.add_action(&action);
        action
    };
    let states = States {
        pause: toggle("pause", || Input::TogglePause),
        always_review: toggle("always-review", || Input::ToggleReview),
        stop_ignoring,
    };
    for (name, input) in rows {
        let action = gio::SimpleAction::new(name, None);
        let to = to.clone();
        action.connect_activate(move |_, _| to.emit(input()));
        group.add_action(&action);
    }
    root.insert_action_group("editor", Some(&group));
    keys::listen(root, Scope::Editor);
    states
}

impl Frame {
    /// As if the button for the source had been pressed.
    pub(super) fn press_source(&self) {
        self.toggle.set_active(!self.toggle.is_active());
    }

    /// Puts the source away, where something else has its place.
    pub(super) fn close_source(&self) {
        if self.room.get() != Room::Wide && self.toggle.is_active() {
            self.press_source();
        }
    }
}

/// Whether the focus is in it.
pub(super) fn has_focus(widget: &impl IsA<gtk::Widget>) -> bool {
    let flags = widget.state_flags();
    flags.contains(gtk::StateFlags::FOCUS_WITHIN)
}

fn vertical() -> gtk::Box {
    gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .build()
}

/// Hears of each change of width of what it is put into. A drawing area inside an overlay asks for
/// no room of its own.
pub(super) fn ruler(to: &relm4::Sender<Input>) -> gtk::Overlay {
    let ruler = gtk::DrawingArea::builder()
        .can_target(false)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    let to = to.clone();
    ruler.connect_resize(move |_, width, _| to.emit(Input::Size(width)));
    gtk::Overlay::builder().child(&ruler).build()
}
