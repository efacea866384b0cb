//! The actions of the main window with their [`keys`], the primary menu, and the About window.

pub mod keys;

use gtk::gio;
use gtk::prelude::*;

use crate::base::i18n::{gettext, gettext_noop};
use crate::engine::api::job::users::is_administrator;
use keys::{Scope, TABLE};

/// Gives `window` all its actions and their keys; each calls `act` with the action's name.
pub(super) fn install(
    window: &adw::ApplicationWindow,
    act: impl Fn(&'static str) + Clone + 'static,
) {
    let names = TABLE
        .iter()
        .filter_map(|key| key.action.strip_prefix("win."));
    for name in names {
        let act = act.clone();
        let simple = gio::SimpleAction::new(name, None);
        simple.connect_activate(move |_, _| act(name));
        window.add_action(&simple);
    }
    keys::listen(window, Scope::Window);
}

/// The menu behind the button at the end of the header bar.
pub(super) fn primary_menu() -> gio::Menu {
    let menu = gio::Menu::new();
    let section = |names: &[(&str, &str)]| {
        let part = gio::Menu::new();
        for (name, title) in names {
            part.append(Some(&gettext(title)), Some(&format!("win.{name}")));
        }
        menu.append_section(None, &part);
    };
    section(&[("set-up", gettext_noop("Set Up an Account"))]);
    section(&[
        ("ack", gettext_noop("Mark All as Seen")),
        ("reload", gettext_noop("Reload the Configuration")),
    ]);
    if is_administrator() {
        section(&[("all-users", gettext_noop("Files of All Users…"))]);
    }
    section(&[
        ("shortcuts", gettext_noop("Keyboard Shortcuts")),
        ("about", gettext_noop("About Postrider")),
    ]);
    section(&[("quit", gettext_noop("Quit"))]);
    menu
}

/// Shows who made it, the release, and what a report of a fault needs.
pub(super) fn show_about(parent: &adw::ApplicationWindow, rc_path: &str) {
    let details = format!(
        "Postrider {}\nGTK {}.{}.{}\nlibadwaita {}.{}.{}\nConfiguration: {rc_path}\n",
        crate::VERSION,
        gtk::major_version(),
        gtk::minor_version(),
        gtk::micro_version(),
        adw::major_version(),
        adw::minor_version(),
        adw::micro_version(),
    );
    let about = adw::AboutWindow::builder()
        .application_name("Postrider")
        .application_icon(crate::APP_ID)
        .version(crate::VERSION)
        .developer_name(gettext("The Postrider authors"))
        .comments(gettext(
            "Collects mail from your providers and delivers it to this computer.",
        ))
        .license_type(gtk::License::Gpl30)
        .debug_info(details)
        .debug_info_filename("postrider.txt")
        .transient_for(parent)
        .modal(true)
        .build();
    about.present();
}
