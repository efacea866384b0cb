//! The menu of the file actions.

use adw::prelude::*;
use gtk::gio;

use super::super::Input;
use super::{Deed, Purpose, action};
use crate::base::i18n::gettext;

/// Actions that are not always to be had.
pub(super) struct States {
    /// They need a text.
    of_text: Vec<gio::SimpleAction>,
    /// It needs the file of the system.
    system: gio::SimpleAction,
}

impl States {
    /// Offers what can be had.
    pub(super) fn show(&self, has_text: bool, has_system: bool) {
        self.of_text.iter().for_each(|a| a.set_enabled(has_text));
        self.system.set_enabled(has_system);
    }
}

/// What can be done with files.
pub(in crate::ui::editor) fn menu() -> gio::Menu {
    let menu = gio::Menu::new();
    let section = |items: &[(String, &str)]| {
        let part = gio::Menu::new();
        for (title, action) in items {
            part.append(Some(title), Some(&format!("editor-file.{action}")));
        }
        menu.append_section(None, &part);
    };
    section(&[
        (gettext("_Open…"), "open"),
        (gettext("System-_wide File"), "system"),
        (gettext("_Reload"), "reload"),
    ]);
    section(&[
        (gettext("Save a _Copy…"), "copy"),
        (gettext("Export Without _Secrets…"), "export"),
        (gettext("_Import fetchmail’s Dump…"), "import"),
    ]);
    section(&[
        (gettext("C_heck a File…"), "check"),
        (gettext("_Format"), "format"),
    ]);
    menu
}

/// The actions of the menu, within the editor.
pub(super) fn actions(root: &gtk::Box, to: &relm4::Sender<Input>) -> States {
    let group = gio::SimpleActionGroup::new();
    let add = |name: &str, deed: Deed| {
        let action = action(name, to, deed);
        group.add_action(&action);
        action
    };
    add("open", Deed::Choose(Purpose::Open));
    add("import", Deed::Choose(Purpose::Import));
    add("check", Deed::Choose(Purpose::Check));
    add("reload", Deed::Reload);
    let states = States {
        of_text: vec![
            add("copy", Deed::Choose(Purpose::Copy)),
            add("export", Deed::Choose(Purpose::Export)),
            add("format", Deed::Format),
        ],
        system: add("system", Deed::System),
    };
    states.show(false, false);
    root.insert_action_group("editor-file", Some(&group));
    states
}
