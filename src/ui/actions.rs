//! Everything that has a key: one table for accelerators and the shortcuts window, the primary
//! menu, and the About window (`ui.md` section 18).

use gtk::prelude::*;
use gtk::{gio, glib};

use crate::base::i18n::{gettext, gettext_noop};
use crate::engine::api::job::users::is_administrator;

/// One thing to be done from the keyboard or a menu.
struct Action {
    /// Its name in the group `win`.
    name: &'static str,
    /// Keys, the one shown first.
    keys: &'static [&'static str],
    /// What it is called; translated when shown.
    title: &'static str,
}

/// In the order of the shortcuts window.
const ACTIONS: &[Action] = &[
    Action {
        name: "check",
        keys: &["F5", "<Control>r"],
        title: gettext_noop("Check Now"),
    },
    Action {
        name: "check-selected",
        keys: &["<Shift>F5"],
        title: gettext_noop("Check the Selected Account"),
    },
    Action {
        name: "stop",
        keys: &["<Control>period"],
        title: gettext_noop("Stop Checking"),
    },
    Action {
        name: "ack",
        keys: &["<Control>m"],
        title: gettext_noop("Mark All as Seen"),
    },
    Action {
        name: "set-up",
        keys: &["<Control>n"],
        title: gettext_noop("Set Up an Account"),
    },
    Action {
        name: "show-accounts",
        keys: &["<Control>1"],
        title: gettext_noop("Accounts"),
    },
    Action {
        name: "show-activity",
        keys: &["<Control>2"],
        title: gettext_noop("Activity"),
    },
    Action {
        name: "show-probe",
        keys: &["<Control>3"],
        title: gettext_noop("Autoprobe"),
    },
    Action {
        name: "show-editor",
        keys: &["<Control>4"],
        title: gettext_noop("Editor"),
    },
    Action {
        name: "probe-focus",
        keys: &["<Control>l"],
        title: gettext_noop("Name a Server to Examine"),
    },
    Action {
        name: "probe-start",
        keys: &["<Control>Return", "<Control>KP_Enter"],
        title: gettext_noop("Examine the Server"),
    },
    Action {
        name: "copy",
        keys: &["<Control><Shift>c"],
        title: gettext_noop("Copy the Report or the Selected Lines"),
    },
    Action {
        name: "search",
        keys: &["<Control>f"],
        title: gettext_noop("Search the Activity"),
    },
    Action {
        name: "back",
        keys: &["<Alt>Left"],
        title: gettext_noop("Back"),
    },
    Action {
        name: "reload",
        keys: &["<Control><Shift>r"],
        title: gettext_noop("Reload the Configuration"),
    },
    Action {
        name: "shortcuts",
        keys: &["<Control>question"],
        title: gettext_noop("Keyboard Shortcuts"),
    },
    Action {
        name: "close",
        keys: &["<Control>w"],
        title: gettext_noop("Close the Window (Keeps Checking)"),
    },
    Action {
        name: "quit",
        keys: &["<Control>q"],
        title: gettext_noop("Quit"),
    },
    // In the menu for the administrator alone.
    Action {
        name: "all-users",
        keys: &[],
        title: gettext_noop("Files of All Users…"),
    },
    Action {
        name: "about",
        keys: &[],
        title: gettext_noop("About Postrider"),
    },
];

/// Gives `window` all actions and their keys; each calls `act` with the action's name.
pub(super) fn install(
    window: &adw::ApplicationWindow,
    act: impl Fn(&'static str) + Clone + 'static,
) {
    let keys = gtk::ShortcutController::new();
    keys.set_scope(gtk::ShortcutScope::Managed);
    for action in ACTIONS {
        let act = act.clone();
        let simple = gio::SimpleAction::new(action.name, None);
        simple.connect_activate(move |_, _| act(action.name));
        window.add_action(&simple);
        for key in action.keys {
            let trigger = gtk::ShortcutTrigger::parse_string(key);
            let named = gtk::NamedAction::new(&format!("win.{}", action.name));
            keys.add_shortcut(gtk::Shortcut::new(trigger, Some(named)));
        }
    }
    window.add_controller(keys);
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

/// Shows the table above. GTK 4.8 fills this window from a description only.
pub(super) fn show_shortcuts(parent: &adw::ApplicationWindow) {
    let mut rows = String::new();
    for action in ACTIONS.iter().filter(|a| !a.keys.is_empty()) {
        rows.push_str(&format!(
            r#"<child><object class="GtkShortcutsShortcut"><property name="title">{}</property>
            <property name="accelerator">{}</property></object></child>"#,
            glib::markup_escape_text(&gettext(action.title)),
            glib::markup_escape_text(&action.keys.join(" ")),
        ));
    }
    let builder = gtk::Builder::from_string(&format!(
        r#"<interface><object class="GtkShortcutsWindow" id="window"><property name="modal">1</property>
        <child><object class="GtkShortcutsSection"><property name="max-height">14</property>
        <child><object class="GtkShortcutsGroup">{rows}</object></child></object></child></object></interface>"#
    ));
    if let Some(window) = builder.object::<gtk::ShortcutsWindow>("window") {
        window.set_transient_for(Some(parent));
        window.present();
    }
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
