//! A window over the editor with something to read, and buttons in its bar.

use adw::prelude::*;

use super::super::super::{a11y, certificate, fact};
use crate::base::i18n::gettext;

/// The window with `column` in it; the bar has a button that closes it.
pub(super) fn window(
    parent: &gtk::Window,
    title: &str,
    name: &str,
    close: &str,
    column: &gtk::Box,
) -> (adw::Window, adw::HeaderBar) {
    let clamp = adw::Clamp::builder()
        .maximum_size(760)
        .child(column)
        .build();
    let scroll = gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .vexpand(true)
        .child(&clamp)
        .build();
    let window = adw::Window::builder()
        .title(title)
        .transient_for(parent)
        .modal(true)
        .default_width(parent.width().clamp(360, 700))
        .default_height(580)
        .width_request(360)
        .name(name)
        .build();
    // The bar has no room for it between the buttons of a narrow window.
    let words = gtk::Label::new(None);
    column.prepend(&fact::verbatim(title, &["title-4"]));
    let header = adw::HeaderBar::builder()
        .show_start_title_buttons(false)
        .show_end_title_buttons(false)
        .title_widget(&words)
        .build();
    let button = a11y::mnemonic_button(close);
    button.set_widget_name(&format!("{name}-close"));
    let weak = window.downgrade();
    button.connect_clicked(move |_| {
        if let Some(window) = weak.upgrade() {
            window.close();
        }
    });
    header.pack_start(&button);
    let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
    content.append(&header);
    content.append(&scroll);
    window.set_content(Some(&content));
    certificate::close_on_escape(&window);
    (window, header)
}

/// What such a window is filled with.
pub(super) fn column() -> gtk::Box {
    gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(12)
        .margin_top(18)
        .margin_bottom(18)
        .margin_start(12)
        .margin_end(12)
        .build()
}

/// The label of a button that only closes.
pub(super) fn close() -> String {
    gettext("_Close")
}
