//! The keyboard map: every key and what it does, in one table. Windows and pages take their
//! accelerators from it, and the shortcuts window shows it (`ui.md` section 18).

use gtk::glib;
use gtk::prelude::*;

use crate::base::i18n::{gettext, gettext_noop};

/// Where a key is heard. An inner place hears it before those around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The main window, after whatever has the focus.
    Window,
    /// The editor while it is shown, before whatever has the focus.
    Editor,
    /// The list of servers and users.
    List,
    /// The page of several recipients.
    Recipients,
    /// Nowhere in particular: a widget hears it by itself.
    Itself,
}

/// Under which heading the shortcuts window shows a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Everywhere.
    General,
    /// From page to page.
    Pages,
    /// The page of that name.
    Activity,
    /// The page of that name.
    Autoprobe,
    /// The pages of a file.
    Editor,
    /// Servers and users of the file.
    Entries,
}

impl Part {
    /// In the order of the shortcuts window.
    pub const ALL: [Self; 6] = [
        Self::General,
        Self::Pages,
        Self::Editor,
        Self::Entries,
        Self::Activity,
        Self::Autoprobe,
    ];

    /// The heading; translated when shown.
    pub const fn title(self) -> &'static str {
        match self {
            Self::General => gettext_noop("General"),
            Self::Pages => gettext_noop("Pages"),
            Self::Activity => gettext_noop("Activity"),
            Self::Autoprobe => gettext_noop("Autoprobe"),
            Self::Editor => gettext_noop("Editor"),
            Self::Entries => gettext_noop("Servers and Users in the Editor"),
        }
    }
}

/// One thing to be done from the keyboard.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its heading.
    pub part: Part,
    /// Where it is heard.
    pub scope: Scope,
    /// The action with its group; empty where a widget hears the key by itself.
    pub action: &'static str,
    /// Accelerators, the one shown first.
    pub keys: &'static [&'static str],
    /// What it is called; translated when shown.
    pub title: &'static str,
}

/// A key of the main window.
const fn window(
    part: Part,
    action: &'static str,
    keys: &'static [&'static str],
    title: &'static str,
) -> Key {
    Key {
        part,
        scope: Scope::Window,
        action,
        keys,
        title,
    }
}

/// A key of the editor.
const fn editor(
    part: Part,
    action: &'static str,
    keys: &'static [&'static str],
    title: &'static str,
) -> Key {
    Key {
        scope: Scope::Editor,
        ..window(part, action, keys, title)
    }
}

/// A key that a widget hears by itself.
const fn itself(part: Part, keys: &'static [&'static str], title: &'static str) -> Key {
    Key {
        scope: Scope::Itself,
        ..window(part, "", keys, title)
    }
}

use Part::{Activity, Autoprobe, Editor, Entries, General, Pages};

/// The table, in the order of the shortcuts window. What has no key is an action of the menu.
pub const TABLE: &[Key] = &[
    window(
        General,
        "win.check",
        &["F5", "<Control>r"],
        gettext_noop("Check Now"),
    ),
    window(
        General,
        "win.check-selected",
        &["<Shift>F5"],
        gettext_noop("Check the Selected Account"),
    ),
    window(
        General,
        "win.stop",
        &["<Control>period"],
        gettext_noop("Stop Checking"),
    ),
    window(
        General,
        "win.pause",
        &["<Control>p"],
        gettext_noop("Pause Background Checking, or Go On"),
    ),
    window(
        General,
        "win.ack",
        &["<Control>m"],
        gettext_noop("Mark All as Seen"),
    ),
    window(
        General,
        "win.set-up",
        &["<Control>n"],
        gettext_noop("Set Up an Account"),
    ),
    window(
        Pages,
        "win.show-accounts",
        &["<Control>1"],
        gettext_noop("Accounts"),
    ),
    window(
        Pages,
        "win.show-activity",
        &["<Control>2"],
        gettext_noop("Activity"),
    ),
    window(
        Pages,
        "win.show-probe",
        &["<Control>3"],
        gettext_noop("Autoprobe"),
    ),
    window(
        Pages,
        "win.show-editor",
        &["<Control>4"],
        gettext_noop("Editor"),
    ),
    window(General, "win.back", &["<Alt>Left"], gettext_noop("Back")),
    window(
        General,
        "win.escape",
        &["Escape"],
        gettext_noop("End a Search, or Close What Was Opened"),
    ),
    window(
        General,
        "win.reload",
        &["<Control><Shift>r"],
        gettext_noop("Reload the Configuration"),
    ),
    itself(General, &["F10"], gettext_noop("Main Menu")),
    window(
        General,
        "win.shortcuts",
        &["F1", "<Control>question"],
        gettext_noop("Keyboard Shortcuts"),
    ),
    window(
        General,
        "win.close",
        &["<Control>w"],
        gettext_noop("Close the Window (Keeps Checking)"),
    ),
    window(General, "win.quit", &["<Control>q"], gettext_noop("Quit")),
    // In the menu for the administrator alone.
    window(
        General,
        "win.all-users",
        &[],
        gettext_noop("Files of All Users…"),
    ),
    window(General, "win.about", &[], gettext_noop("About Postrider")),
    editor(
        Editor,
        "editor-file.open",
        &["<Control>o"],
        gettext_noop("Open Another File"),
    ),
    editor(
        Editor,
        "editor.save",
        &["<Control>s"],
        gettext_noop("Review the Changes and Save"),
    ),
    editor(Editor, "editor.undo", &["<Control>z"], gettext_noop("Undo")),
    editor(
        Editor,
        "editor.redo",
        &["<Control><Shift>z"],
        gettext_noop("Redo"),
    ),
    editor(
        Editor,
        "editor.search",
        &["<Control>f"],
        gettext_noop("Search the Options"),
    ),
    editor(
        Editor,
        "editor.source",
        &["F9"],
        gettext_noop("Show or Hide the Source"),
    ),
    editor(
        Editor,
        "editor.line",
        &["<Control>g"],
        gettext_noop("Go to a Line of the Source"),
    ),
    editor(
        Editor,
        "editor.next-hint",
        &["F8"],
        gettext_noop("Next Hint"),
    ),
    editor(
        Editor,
        "editor.previous-hint",
        &["<Shift>F8"],
        gettext_noop("Previous Hint"),
    ),
    editor(
        Editor,
        "editor.fix",
        &["<Control>period"],
        gettext_noop("Apply the Fix That Is Offered"),
    ),
    editor(
        Editor,
        "editor.check-shown",
        &["<Shift>F5"],
        gettext_noop("Check What Is Shown"),
    ),
    Key {
        scope: Scope::Recipients,
        ..editor(
            Editor,
            "editor.try",
            ENTER,
            gettext_noop("See Who Gets the Message That Is Tried"),
        )
    },
    editor(
        Entries,
        "editor.duplicate",
        &["<Control>d"],
        gettext_noop("Duplicate"),
    ),
    editor(
        Entries,
        "editor.move-up",
        &["<Alt>Up"],
        gettext_noop("Move Up"),
    ),
    editor(
        Entries,
        "editor.move-down",
        &["<Alt>Down"],
        gettext_noop("Move Down"),
    ),
    Key {
        scope: Scope::List,
        ..editor(
            Entries,
            "editor.remove",
            &["Delete"],
            gettext_noop("Remove (in the List)"),
        )
    },
    itself(
        Entries,
        &["Right", "Left"],
        gettext_noop("Show or Hide the Users of a Server"),
    ),
    itself(
        Entries,
        &["<Shift>F10", "Menu"],
        gettext_noop("What Can Be Done with an Entry"),
    ),
    window(
        Activity,
        "win.search",
        &["<Control>f"],
        gettext_noop("Search the Activity"),
    ),
    window(
        Activity,
        "win.copy",
        &["<Control><Shift>c"],
        gettext_noop("Copy the Report or the Selected Lines"),
    ),
    window(
        Autoprobe,
        "win.probe-focus",
        &["<Control>l"],
        gettext_noop("Name a Server to Examine"),
    ),
    window(
        Autoprobe,
        "win.probe-start",
        ENTER,
        gettext_noop("Examine the Server"),
    ),
];

const ENTER: &[&str] = &["<Control>Return", "<Control>KP_Enter"];

/// Lets `widget` hear the keys of a scope.
pub(in crate::ui) fn listen(widget: &impl IsA<gtk::Widget>, scope: Scope) {
    let keys = gtk::ShortcutController::new();
    let (within, phase) = match scope {
        Scope::Window => (gtk::ShortcutScope::Managed, gtk::PropagationPhase::Bubble),
        Scope::Editor => (gtk::ShortcutScope::Managed, gtk::PropagationPhase::Capture),
        Scope::Recipients => (gtk::ShortcutScope::Local, gtk::PropagationPhase::Capture),
        Scope::List | Scope::Itself => (gtk::ShortcutScope::Local, gtk::PropagationPhase::Bubble),
    };
    keys.set_scope(within);
    keys.set_propagation_phase(phase);
    for key in TABLE.iter().filter(|key| key.scope == scope) {
        for accelerator in key.keys {
            let trigger = gtk::ShortcutTrigger::parse_string(accelerator);
            let action = gtk::NamedAction::new(key.action);
            keys.add_shortcut(gtk::Shortcut::new(trigger, Some(action)));
        }
    }
    widget.add_controller(keys);
}

/// Shows the table. GTK 4.8 fills this window from a description only.
pub(in crate::ui) fn show(parent: &adw::ApplicationWindow) {
    let groups: String = Part::ALL.into_iter().map(group).collect();
    let builder = gtk::Builder::from_string(&format!(
        r#"<interface><object class="GtkShortcutsWindow" id="window"><property name="modal">1</property>
        <child><object class="GtkShortcutsSection"><property name="max-height">14</property>
        {groups}</object></child></object></interface>"#
    ));
    if let Some(window) = builder.object::<gtk::ShortcutsWindow>("window") {
        window.set_title(Some(&gettext("Keyboard Shortcuts")));
        window.set_transient_for(Some(parent));
        window.present();
    }
}

fn group(part: Part) -> String {
    let rows = TABLE
        .iter()
        .filter(|key| key.part == part && !key.keys.is_empty());
    let rows: String = rows.map(row).collect();
    format!(
        r#"<child><object class="GtkShortcutsGroup"><property name="title">{}</property>{rows}</object></child>"#,
        glib::markup_escape_text(&gettext(part.title())),
    )
}

/// The keypad's Enter is not told apart.
fn row(key: &Key) -> String {
    let shown = key.keys.iter().filter(|key| !key.contains("KP_"));
    let shown: Vec<&str> = shown.copied().collect();
    format!(
        r#"<child><object class="GtkShortcutsShortcut"><property name="title">{}</property>
        <property name="accelerator">{}</property></object></child>"#,
        glib::markup_escape_text(&gettext(key.title)),
        glib::markup_escape_text(&shown.join(" ")),
    )
}
