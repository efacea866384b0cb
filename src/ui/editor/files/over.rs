//! A window over the editor with something to read, and buttons in its bar.

use adw::prelude::*;

use super::super::super::fact;
use super::super::super::shell::{self, Look};

/// The window with `column` in it; the bar has a button that closes it, of that label and name.
pub(super) fn window(
    parent: &gtk::Window,
    title: &str,
    name: &str,
    leave: (&str, &str),
    column: &gtk::Box,
) -> (adw::Window, adw::HeaderBar) {
    // The bar has no room for it between the buttons of a narrow window.
    column.prepend(&fact::verbatim(title, &["title-4"]));
    let look = Look {
        title,
        name,
        leave,
        size: (700, Some(580)),
        widest: 760,
    };
    let (window, header) = shell::window(parent, &look, column);
    header.set_title_widget(Some(&gtk::Label::new(None)));
    (window, header)
}
