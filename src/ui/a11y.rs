//! Accessible names on GTK 4.8, and the walk that finds widgets without one (`ui.md` section 16).

use std::ffi::c_int;

use gtk::glib;
use gtk::glib::translate::{IntoGlib, ToGlibPtr, from_glib};
use gtk::prelude::*;

use crate::base::i18n::gettext;

// gtk4-rs gives these calls only from GTK 4.10 on, though the C functions exist since 4.0 and the
// program must run on 4.8. They can go when 4.10 is the oldest GTK supported.
#[allow(unsafe_code)]
unsafe extern "C" {
    fn gtk_accessible_update_property_value(
        accessible: *mut gtk::ffi::GtkAccessible,
        count: c_int,
        properties: *const gtk::ffi::GtkAccessibleProperty,
        values: *const glib::gobject_ffi::GValue,
    );
    fn gtk_accessible_update_state_value(
        accessible: *mut gtk::ffi::GtkAccessible,
        count: c_int,
        states: *const gtk::ffi::GtkAccessibleState,
        values: *const glib::gobject_ffi::GValue,
    );
    fn gtk_test_accessible_has_property(
        accessible: *mut gtk::ffi::GtkAccessible,
        property: gtk::ffi::GtkAccessibleProperty,
    ) -> glib::ffi::gboolean;
}

/// Names `widget` for screen readers.
pub fn set_label(widget: &impl IsA<gtk::Widget>, text: &str) {
    set(widget, gtk::AccessibleProperty::Label, text);
}

/// Describes `widget` beyond its name, for screen readers.
pub fn set_description(widget: &impl IsA<gtk::Widget>, text: &str) {
    set(widget, gtk::AccessibleProperty::Description, text);
}

/// Says the value of a progress bar in words.
pub fn set_value_text(widget: &impl IsA<gtk::Widget>, text: &str) {
    set(widget, gtk::AccessibleProperty::ValueText, text);
}

/// Names an icon-only button for screen readers and, by the same words, for the pointer.
pub fn name_button(button: &impl IsA<gtk::Widget>, text: &str) {
    set_label(button, text);
    button.as_ref().set_tooltip_text(Some(text));
}

/// Names the line of a list or table that has the focus, which GTK 4.8 does not do by what is in it.
/// `child` is all that the line holds.
pub fn name_line(child: &impl IsA<gtk::Widget>, text: &str) {
    if let Some(line) = child.as_ref().parent() {
        set_label(&line, text);
    }
}

/// Names an expander by its own words, which GTK 4.8 does not.
pub fn name_expander(expander: &gtk::Expander) {
    set_label(expander, &expander.label().unwrap_or_default());
}

/// Names the list that libadwaita builds inside a group without a title, or inside a row that
/// expands.
pub fn name_rows(widget: &impl IsA<gtk::Widget>, text: &str) {
    for child in children(widget.as_ref()) {
        if child.is::<gtk::ListBox>() {
            set_label(&child, text);
        }
        name_rows(&child, text);
    }
}

/// Shows a dialogue whose responses are all there. It is named by its heading and its buttons by
/// what stands on them, which libadwaita 1.2 does for neither.
pub fn present(dialog: &adw::MessageDialog) {
    use adw::prelude::*;
    set_label(dialog, &dialog.heading().unwrap_or_default());
    name_buttons(dialog.as_ref());
    dialog.present();
}

fn name_buttons(widget: &gtk::Widget) {
    for child in children(widget) {
        match words_on(&child).filter(|_| child.is::<gtk::Button>()) {
            Some(words) => set_label(&child, &words),
            None => name_buttons(&child),
        }
    }
}

/// The text of the first label in `widget`.
fn words_on(widget: &gtk::Widget) -> Option<glib::GString> {
    match widget.downcast_ref::<gtk::Label>() {
        Some(label) => Some(label.text()),
        None => children(widget).find_map(|child| words_on(&child)),
    }
}

/// A button with a letter underlined. One that underlines its own label (`use-underline`) is read
/// out twice: its label names it as the button around it, and as the one that the letter presses.
pub fn mnemonic_button(text: &str) -> gtk::Button {
    let label = gtk::Label::with_mnemonic(text);
    let button = gtk::Button::builder()
        .child(&label)
        .css_classes(["text-button"])
        .build();
    set_label(&button, &label.text());
    button
}

/// Puts another text on a [`mnemonic_button`].
pub fn set_mnemonic(button: &gtk::Button, text: &str) {
    if let Some(label) = button.child().and_downcast::<gtk::Label>() {
        label.set_text_with_mnemonic(text);
        set_label(button, &label.text());
    }
}

/// Names what libadwaita 1.2 builds into an entry row: the pencil, the eye, and the text that has
/// the focus in place of the row. That one it does not show to readers at all, so that they say
/// nothing when the cursor comes.
pub fn name_entry(row: &impl IsA<adw::EntryRow>) {
    use adw::prelude::*;
    let row: &adw::EntryRow = row.upcast_ref();
    name_inside_entry(row.upcast_ref());
    let Ok(text) = row.delegate().and_dynamic_cast::<gtk::Text>() else {
        return;
    };
    text.set_property("accessible-role", gtk::AccessibleRole::TextBox);
    set_label(&text, &row.title());
    let text = text.downgrade();
    row.connect_title_notify(move |row| {
        if let Some(text) = text.upgrade() {
            set_label(&text, &row.title());
        }
    });
}

/// Names the pictures and buttons inside an entry.
pub fn name_inside_entry(widget: &gtk::Widget) {
    for child in children(widget) {
        if child.is::<gtk::Image>() {
            set_label(&child, &gettext("Edit"));
        } else if child.is::<gtk::Button>() {
            // The picture on it stays without one: it would be read out too.
            set_label(&child, &gettext("Show or hide"));
        } else {
            name_inside_entry(&child);
        }
    }
}

/// Names the button that closes a toast, which libadwaita 1.2 leaves without a name.
pub fn name_toast(overlay: &adw::ToastOverlay, text: &str) {
    use adw::prelude::*;
    let toasts = children(overlay.as_ref()).filter(|child| Some(child) != overlay.child().as_ref());
    for part in toasts.flat_map(|toast| children(&toast)) {
        let is_bare = part.downcast_ref::<gtk::Button>();
        if is_bare.is_some_and(|button| button.label().is_none()) {
            set_label(&part, text);
        }
    }
}

/// Says whether what stands in `widget` can be used.
pub fn set_invalid(widget: &impl IsA<gtk::Widget>, is_invalid: bool) {
    let state = gtk::AccessibleState::Invalid.into_glib();
    let invalid = if is_invalid {
        gtk::AccessibleInvalidState::True
    } else {
        gtk::AccessibleInvalidState::False
    };
    // GTK collects this state as an integer, not as its enumeration.
    let value = invalid.into_glib().to_value();
    // SAFETY: as in `set`, with one state in place of one property.
    #[allow(unsafe_code)]
    unsafe {
        gtk_accessible_update_state_value(
            accessible(widget.as_ref()),
            1,
            &state,
            value.to_glib_none().0,
        );
    }
}

fn set(widget: &impl IsA<gtk::Widget>, property: gtk::AccessibleProperty, text: &str) {
    let value = text.to_value();
    // SAFETY: one property and one value are passed, as the count says; GTK copies the value
    // before it returns; the widget is borrowed for the whole call, which is on the main thread
    // because widgets cannot leave it. Every GtkWidget is a GtkAccessible.
    #[allow(unsafe_code)]
    unsafe {
        gtk_accessible_update_property_value(
            accessible(widget.as_ref()),
            1,
            &property.into_glib(),
            value.to_glib_none().0,
        );
    }
}

/// The interface pointer, valid as long as the widget is.
fn accessible(widget: &gtk::Widget) -> *mut gtk::ffi::GtkAccessible {
    let pointer: *mut gtk::ffi::GtkWidget = widget.to_glib_none().0;
    pointer.cast()
}

/// The widgets on the screen below `root` that a screen reader could not name: buttons, entries, lists, bars
/// and the like that have neither a label of their own nor visible text. Empty is good.
///
/// Needs an accessibility context to read back what was set (`GTK_A11Y=test`, or a real one);
/// see [`can_walk`].
pub fn unnamed(root: &impl IsA<gtk::Widget>) -> Vec<String> {
    let mut found = Vec::new();
    walk(root.as_ref(), &mut found);
    found
}

/// Whether names can be read back here; not with `GTK_A11Y=none`.
pub fn can_walk() -> bool {
    let probe = gtk::Button::new();
    set_label(&probe, "x");
    has_label(&probe)
}

fn walk(widget: &gtk::Widget, found: &mut Vec<String>) {
    if !widget.is_mapped() {
        return;
    }
    if wants_name(widget) && !has_label(widget) && !has_text(widget) && !is_named_by_row(widget) {
        let around = std::iter::successors(widget.parent(), gtk::Widget::parent);
        let around: Vec<&str> = around.map(|widget| widget.type_().name()).collect();
        found.push(format!(
            "{} “{}” in {}",
            widget.type_(),
            widget.widget_name(),
            around.join(" in ")
        ));
    }
    // What the toolkit builds inside these carries the outer name.
    if widget.is::<gtk::MenuButton>()
        || widget.is::<gtk::SearchEntry>()
        || widget.is::<adw::EntryRow>()
        || widget.is::<adw::ComboRow>()
        || widget.is::<adw::ViewSwitcher>()
        || widget.is::<adw::ViewSwitcherBar>()
    {
        return;
    }
    for child in children(widget) {
        walk(&child, found);
    }
}

fn wants_name(widget: &gtk::Widget) -> bool {
    let is_control = widget.is::<gtk::Button>()
        || widget.is::<gtk::MenuButton>()
        || widget.is::<gtk::Entry>()
        || widget.is::<gtk::SearchEntry>()
        || widget.is::<gtk::PasswordEntry>()
        || widget.is::<gtk::Switch>()
        || widget.is::<gtk::CheckButton>()
        || widget.is::<gtk::SpinButton>()
        || widget.is::<gtk::Expander>()
        || widget.is::<gtk::DropDown>()
        || is_line(widget);
    let is_view = widget.is::<gtk::ListView>()
        || (widget.is::<gtk::ListBox>() && !is_titled(widget))
        || widget.is::<gtk::ColumnView>()
        || widget.is::<gtk::TextView>()
        || widget.is::<gtk::ProgressBar>()
        || widget.is::<gtk::LevelBar>()
        || widget.is::<gtk::InfoBar>()
        || widget.is::<gtk::Spinner>()
        || widget.is::<gtk::DrawingArea>();
    // Window buttons come and go with the desktop's settings; GTK names them itself.
    let is_window_part = widget
        .ancestor(gtk::WindowControls::static_type())
        .is_some();
    let is_decoration = widget.property::<gtk::AccessibleRole>("accessible-role")
        == gtk::AccessibleRole::Presentation;
    (is_control || is_view) && !is_window_part && !is_decoration
}

/// What has the focus in a list; the type is GTK's own. On a drop-down and above the columns of a
/// table it is only drawn.
fn is_line(widget: &gtk::Widget) -> bool {
    widget.type_().name() == "GtkListItemWidget"
        && widget.ancestor(gtk::Button::static_type()).is_none()
        && !widget
            .parent()
            .is_some_and(|above| above.is::<gtk::ColumnView>())
}

/// A group's title names the list in it.
fn is_titled(list: &gtk::Widget) -> bool {
    use adw::prelude::*;
    let group = list.ancestor(adw::PreferencesGroup::static_type());
    let group = group.and_downcast::<adw::PreferencesGroup>();
    group.is_some_and(|group| !group.title().is_empty())
}

/// A row's title names the widget it activates.
fn is_named_by_row(widget: &gtk::Widget) -> bool {
    use adw::prelude::*;
    let row = widget.ancestor(adw::ActionRow::static_type());
    let row = row.and_downcast::<adw::ActionRow>();
    row.is_some_and(|row| {
        !row.title().is_empty() && row.activatable_widget().as_ref() == Some(widget)
    })
}

fn has_label(widget: &impl IsA<gtk::Widget>) -> bool {
    // SAFETY: as in `set`; the function only looks.
    #[allow(unsafe_code)]
    unsafe {
        let label = gtk::AccessibleProperty::Label.into_glib();
        from_glib(gtk_test_accessible_has_property(
            accessible(widget.as_ref()),
            label,
        ))
    }
}

/// Whether a button has words of its own. Lists and bars are not named by what they contain, nor,
/// with GTK 4.8, is a button by a label that was put into it.
fn has_text(widget: &gtk::Widget) -> bool {
    let words = if let Some(button) = widget.downcast_ref::<gtk::Button>() {
        button.label()
    } else {
        let button = widget.downcast_ref::<gtk::CheckButton>();
        button.and_then(CheckButtonExt::label)
    };
    words.is_some_and(|words| !words.is_empty())
}

/// Names the lists that GTK and libadwaita build inside a table or a combo row, which they leave
/// without a name.
pub fn name_inner_lists(widget: &impl IsA<gtk::Widget>, text: &str) {
    for child in children(widget.as_ref()) {
        if child.is::<gtk::ListView>() {
            set_label(&child, text);
        }
        name_inner_lists(&child, text);
    }
}

/// The children of `widget`, in order.
pub fn children(widget: &gtk::Widget) -> impl Iterator<Item = gtk::Widget> + use<> {
    std::iter::successors(widget.first_child(), |child| child.next_sibling())
}
