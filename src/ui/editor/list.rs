//! The list of what the file consists of: general settings, defaults, servers, and users below them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, gio, glib, pango};

use super::super::a11y;
use super::super::actions::keys::{self, Scope};
use super::frame::has_focus;
use super::model::tree::{Line, Node};
use crate::base::i18n::{fill, gettext, ngettext};

/// A line with what was found there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// The line.
    pub line: Rc<Line>,
    /// Errors and warnings.
    pub hints: u32,
}

/// What somebody does with the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Another line is selected.
    Selected(Node),
    /// Users of this entry are to be shown, or no longer.
    Toggle(usize),
    /// A line was opened: to its pages, where they are not beside it.
    Opened,
}

type Tell = Rc<dyn Fn(Told)>;

/// The list.
pub(super) struct List {
    /// To be put into the layout.
    pub root: gtk::ScrolledWindow,
    view: gtk::ListView,
    store: gio::ListStore,
    selection: gtk::SingleSelection,
    lines: Rc<RefCell<Vec<Shown>>>,
    rows: Rows,
    fills: Rc<Cell<bool>>,
}

/// Those on the screen.
type Rows = Rc<RefCell<Vec<gtk::ListItem>>>;

impl List {
    /// Empty.
    pub(super) fn new(tell: impl Fn(Told) + 'static, menu: &gio::Menu) -> Self {
        let tell: Tell = Rc::new(tell);
        let store = gio::ListStore::new::<glib::BoxedAnyObject>();
        let selection = gtk::SingleSelection::new(Some(store.clone()));
        selection.set_autoselect(false);
        let lines: Rc<RefCell<Vec<Shown>>> = Rc::default();
        let fills: Rc<Cell<bool>> = Rc::default();
        let (of, quiet, to) = (Rc::clone(&lines), Rc::clone(&fills), Rc::clone(&tell));
        selection.connect_selected_notify(move |selection| {
            let node = of
                .borrow()
                .get(selection.selected() as usize)
                .map(|s| s.line.node);
            if let Some(node) = node.filter(|_| !quiet.get()) {
                to(Told::Selected(node));
            }
        });
        let rows = Rows::default();
        let view = gtk::ListView::new(Some(selection.clone()), Some(factory(&rows)));
        view.set_widget_name("editor-list");
        view.add_css_class("navigation-sidebar");
        a11y::set_label(&view, &gettext("Servers and users"));
        let to = Rc::clone(&tell);
        view.connect_activate(move |_, _| to(Told::Opened));
        let root = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .vexpand(true)
            .width_request(220)
            .child(&view)
            .build();
        let this = Self {
            root,
            view,
            store,
            selection,
            lines,
            rows,
            fills,
        };
        this.toggles(&tell);
        this.keys(&tell);
        keys::listen(&this.view, Scope::List);
        this.menu(menu);
        this
    }

    fn toggles(&self, tell: &Tell) {
        let actions = gio::SimpleActionGroup::new();
        let toggle = gio::SimpleAction::new("toggle-users", Some(glib::VariantTy::UINT32));
        let to = Rc::clone(tell);
        toggle.connect_activate(move |_, entry| {
            if let Some(entry) = entry.and_then(|entry| entry.get::<u32>()) {
                to(Told::Toggle(entry as usize));
            }
        });
        actions.add_action(&toggle);
        self.root.insert_action_group("servers", Some(&actions));
    }

    /// Right shows the users of a server, Left hides them.
    fn keys(&self, tell: &Tell) {
        let keys = gtk::EventControllerKey::new();
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let (lines, selection, to) = (
            Rc::clone(&self.lines),
            self.selection.clone(),
            Rc::clone(tell),
        );
        keys.connect_key_pressed(move |_, key, _, state| {
            let opens = match key {
                gdk::Key::Right => true,
                gdk::Key::Left => false,
                _ => return glib::Propagation::Proceed,
            };
            let at = selection.selected() as usize;
            let line = lines.borrow().get(at).map(|shown| Line::clone(&shown.line));
            match line {
                Some(Line {
                    node: Node::Server(entry),
                    is_open: Some(is_open),
                    ..
                }) if is_open != opens && state.is_empty() => to(Told::Toggle(entry)),
                _ => return glib::Propagation::Proceed,
            }
            glib::Propagation::Stop
        });
        self.view.add_controller(keys);
    }

    /// The menu of a line, by the second button or the Menu key.
    fn menu(&self, menu: &gio::Menu) {
        let popover = gtk::PopoverMenu::from_model(Some(menu));
        popover.set_parent(&self.view);
        popover.set_has_arrow(false);
        popover.set_halign(gtk::Align::Start);
        let gone = popover.clone();
        self.view.connect_destroy(move |_| gone.unparent());
        let open = Rc::new(move |x: f64, y: f64| {
            popover.set_pointing_to(Some(&gdk::Rectangle::new(x as i32, y as i32, 1, 1)));
            popover.popup();
        });
        let click = gtk::GestureClick::builder().button(3).build();
        let at = Rc::clone(&open);
        click.connect_pressed(move |_, _, x, y| at(x, y));
        self.view.add_controller(click);
        let keys = gtk::EventControllerKey::new();
        keys.connect_key_pressed(move |_, key, _, state| {
            let is_menu = key == gdk::Key::Menu
                || key == gdk::Key::F10 && state.contains(gdk::ModifierType::SHIFT_MASK);
            if is_menu {
                open(12.0, 12.0);
                return glib::Propagation::Stop;
            }
            glib::Propagation::Proceed
        });
        self.view.add_controller(keys);
    }

    /// Shows these lines, with `node` selected. Who is in the list stays there, at the selected line.
    pub(super) fn show(&self, lines: Vec<Shown>, node: Node) {
        self.fills.set(true);
        let has_focus = has_focus(&self.view);
        let before = self.lines.replace(lines);
        let now = self.lines.borrow();
        let nodes = |of: &[Shown]| of.iter().map(|shown| shown.line.node).collect::<Vec<_>>();
        let is_same_shape = nodes(&before) == nodes(&now);
        match is_same_shape {
            true => self.rewrite(&before, &now),
            false => self.splice(&before, &now),
        }
        let at = now.iter().position(|shown| shown.line.node == node);
        let at = at.and_then(|at| u32::try_from(at).ok());
        let at = at.unwrap_or(gtk::INVALID_LIST_POSITION);
        drop(now);
        let is_same_place = self.selection.selected() == at;
        if !is_same_place {
            self.selection.set_selected(at);
        }
        self.fills.set(false);
        if has_focus && !(is_same_shape && is_same_place) {
            self.reveal();
            self.focus_selected();
        }
    }

    /// The same lines, some of which say something else: the rows on the screen stay.
    fn rewrite(&self, before: &[Shown], now: &[Shown]) {
        for (at, (before, now)) in (0_u32..).zip(before.iter().zip(now)) {
            if before == now {
                continue;
            }
            let item = self.store.item(at);
            if let Some(item) = item.and_downcast::<glib::BoxedAnyObject>() {
                item.replace(now.clone());
            }
            let rows = self.rows.borrow();
            let shown = rows.iter().filter(|row| row.position() == at);
            for child in shown.filter_map(gtk::ListItem::child) {
                bind(&child, now);
            }
        }
    }

    /// Other lines: what is the same before and behind them stays.
    fn splice(&self, before: &[Shown], now: &[Shown]) {
        let same = before
            .iter()
            .zip(now.iter())
            .take_while(|(a, b)| a == b)
            .count();
        let rest = before.len().min(now.len()) - same;
        let behind = before.iter().rev().zip(now.iter().rev());
        let behind = behind.take(rest).take_while(|(a, b)| a == b).count();
        let gone = before.len() - same - behind;
        let come: Vec<glib::BoxedAnyObject> = now[same..now.len() - behind]
            .iter()
            .map(|line| glib::BoxedAnyObject::new(line.clone()))
            .collect();
        if gone > 0 || !come.is_empty() {
            let at = u32::try_from(same).unwrap_or(u32::MAX);
            self.store
                .splice(at, u32::try_from(gone).unwrap_or(0), &come);
        }
    }

    /// Gives the selected line the focus.
    fn focus_selected(&self) {
        let at = self.selection.selected();
        let row = self
            .rows
            .borrow()
            .iter()
            .find(|row| row.position() == at)
            .cloned();
        let around = row.and_then(|row| row.child()?.parent());
        if let Some(around) = around {
            around.grab_focus();
        }
    }

    /// Brings the selected line into view.
    pub(super) fn reveal(&self) {
        let at = self.selection.selected();
        if at != gtk::INVALID_LIST_POSITION {
            let target = at.to_variant();
            if let Err(error) = self
                .view
                .activate_action("list.scroll-to-item", Some(&target))
            {
                tracing::debug!(%error, "scrolling the list");
            }
        }
    }
}

fn factory(rows: &Rows) -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    let made = Rc::clone(rows);
    factory.connect_setup(move |_, object| {
        if let Some(item) = object.downcast_ref::<gtk::ListItem>() {
            item.set_child(Some(&blank()));
            made.borrow_mut().push(item.clone());
        }
    });
    let gone = Rc::clone(rows);
    factory.connect_teardown(move |_, object| gone.borrow_mut().retain(|row| row != object));
    factory.connect_bind(|_, object| {
        let Some(item) = object.downcast_ref::<gtk::ListItem>() else {
            return;
        };
        let shown = item.item().and_downcast::<glib::BoxedAnyObject>();
        if let (Some(shown), Some(child)) = (shown, item.child()) {
            bind(&child, &shown.borrow::<Shown>());
        }
    });
    factory
}

/// The button for the users, the name, a word, the number of hints.
fn blank() -> gtk::Box {
    let line = gtk::Box::builder().spacing(6).build();
    let toggle = gtk::Button::builder()
        .css_classes(["flat", "small"])
        .valign(gtk::Align::Center)
        .focusable(false)
        .build();
    let name = gtk::Label::builder()
        .xalign(0.0)
        .hexpand(true)
        .ellipsize(pango::EllipsizeMode::Middle)
        .build();
    line.append(&toggle);
    line.append(&name);
    for classes in [&["caption", "quiet"][..], &["caption", "wait", "figure"]] {
        line.append(&gtk::Label::builder().css_classes(classes.to_vec()).build());
    }
    line
}

/// The action that shows or hides the users of an entry.
const TOGGLE: &str = "servers.toggle-users";

fn bind(child: &gtk::Widget, shown: &Shown) {
    let Shown { line, hints } = shown;
    let parts: Vec<gtk::Widget> =
        std::iter::successors(child.first_child(), gtk::Widget::next_sibling).collect();
    let [toggle, name, word, count] = &parts[..] else {
        return;
    };
    let indent = match line.node {
        Node::User(..) => 34,
        Node::Server(_) => 0,
        _ => 6,
    };
    child.set_margin_start(indent);
    child.set_opacity(if line.is_pale { 0.65 } else { 1.0 });
    toggle.set_visible(line.is_open.is_some());
    if let (Some(button), Node::Server(entry)) = (toggle.downcast_ref::<gtk::Button>(), line.node) {
        let (icon, words) = match line.is_open {
            Some(true) => ("pan-down-symbolic", gettext("Hide the Users of {server}")),
            _ => ("pan-end-symbolic", gettext("Show the Users of {server}")),
        };
        button.set_icon_name(icon);
        let number = u32::try_from(entry).unwrap_or(u32::MAX);
        button.set_action_target_value(Some(&number.to_variant()));
        button.set_action_name(Some(TOGGLE));
        a11y::name_button(button, &fill(&words, &[("server", &line.name)]));
    }
    let put = |widget: &gtk::Widget, text: &str| {
        if let Some(label) = widget.downcast_ref::<gtk::Label>() {
            label.set_text(text);
            label.set_visible(!text.is_empty());
        }
    };
    put(name, &line.name);
    name.set_tooltip_text(Some(&line.name));
    put(word, &line.word);
    let text = match hints {
        0 => String::new(),
        n => format!("⚠ {n}"),
    };
    put(count, &text);
    let mut spoken = vec![line.name.clone()];
    spoken.extend(Some(line.word.clone()).filter(|word| !word.is_empty()));
    if *hints > 0 {
        let text = ngettext("{n} hint", "{n} hints", u64::from(*hints));
        spoken.push(fill(&text, &[("n", hints)]));
    }
    a11y::set_label(child, &spoken.join(", "));
}
