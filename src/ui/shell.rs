//! What small windows and pages are put together from, so that all of them are alike.

use adw::prelude::*;
use gtk::glib;

use super::a11y;

/// No window is narrower than this, and a page of its own has room in it.
const NARROWEST: i32 = 360;

/// The height at which a window that takes what it needs begins to scroll.
const HIGHEST: i32 = 560;

/// How a small window above another one is to be.
pub(super) struct Look<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Label and name of the button that closes it, at the start of the bar.
    pub leave: (&'a str, &'a str),
    /// Its width, as far as the window below has room; and its height, `None`: what it needs.
    pub size: (i32, Option<i32>),
    /// What is in it is no wider than this.
    pub widest: i32,
}

/// The window with `column` in it, and its bar, for more buttons.
pub(super) fn window(
    parent: &impl IsA<gtk::Window>,
    look: &Look<'_>,
    column: &gtk::Box,
) -> (adw::Window, adw::HeaderBar) {
    let (width, height) = look.size;
    let scroll = scroll(column, look.widest);
    if height.is_none() {
        scroll.set_propagate_natural_height(true);
        scroll.set_max_content_height(HIGHEST);
    }
    let window = adw::Window::builder()
        .title(look.title)
        .transient_for(parent)
        .modal(true)
        .default_width(parent.as_ref().width().clamp(NARROWEST, width))
        .default_height(height.unwrap_or(-1))
        .width_request(NARROWEST)
        .name(look.name)
        .build();
    let header = adw::HeaderBar::builder()
        .show_start_title_buttons(false)
        .show_end_title_buttons(false)
        .build();
    let (label, name) = look.leave;
    header.pack_start(&leave(&window, label, name));
    let content = vertical(0);
    content.append(&header);
    content.append(&scroll);
    window.set_content(Some(&content));
    close_on_escape(&window);
    (window, header)
}

/// A button that closes `window`.
fn leave(window: &adw::Window, label: &str, name: &str) -> gtk::Button {
    let button = a11y::mnemonic_button(label);
    button.set_widget_name(name);
    let weak = window.downgrade();
    button.connect_clicked(move |_| {
        if let Some(window) = weak.upgrade() {
            window.close();
        }
    });
    button
}

/// Escape closes `window`.
pub(super) fn close_on_escape(window: &adw::Window) {
    let keys = gtk::EventControllerKey::new();
    let weak = window.downgrade();
    keys.connect_key_pressed(move |_, key, _, _| {
        if key != gtk::gdk::Key::Escape {
            return glib::Propagation::Proceed;
        }
        if let Some(window) = weak.upgrade() {
            window.close();
        }
        glib::Propagation::Stop
    });
    window.add_controller(keys);
}

/// `child` in the middle, no wider than that, scrolled up and down.
pub(super) fn scroll(child: &impl IsA<gtk::Widget>, widest: i32) -> gtk::ScrolledWindow {
    let clamp = adw::Clamp::builder()
        .maximum_size(widest)
        .child(child)
        .build();
    gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .vexpand(true)
        .child(&clamp)
        .build()
}

/// What such a window is filled with: one thing below the other, with room around them.
pub(super) fn column(spacing: i32) -> gtk::Box {
    let column = vertical(spacing);
    column.set_margin_top(18);
    column.set_margin_bottom(18);
    column.set_margin_start(12);
    column.set_margin_end(12);
    column
}

/// One thing below the other.
pub(super) fn vertical(spacing: i32) -> gtk::Box {
    gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(spacing)
        .build()
}
