//! The keyboard map: what the table says, and what is shown of it. The keys themselves are pressed
//! in the real program (`whole::keys`).

use std::collections::{BTreeMap, BTreeSet};

use gtk::glib::translate::IntoGlib;
use postrider::engine::api::job::Job;
use postrider::ui::keys::{Part, Scope, TABLE};

use super::editor::{FILE, Page};
use super::*;

/// An accelerator as GTK understands it.
fn parsed(accelerator: &str) -> (u32, gtk::gdk::ModifierType) {
    let parsed = gtk::accelerator_parse(accelerator);
    let (key, held) = parsed.unwrap_or_else(|| panic!("{accelerator}"));
    (gtk::gdk::Key::to_lower(&key).into_glib(), held)
}

#[gtk::test]
fn every_key_is_one_and_means_one_thing_in_its_place() {
    gtk::init().unwrap();
    let mut taken: BTreeMap<(u32, u32), Vec<(Scope, &str)>> = BTreeMap::new();
    for key in TABLE {
        for accelerator in key.keys {
            assert!(gtk::ShortcutTrigger::parse_string(accelerator).is_some());
            let (code, held) = parsed(accelerator);
            let others = taken.entry((code, held.bits())).or_default();
            // Right, Left and the like are heard in one place each.
            let is_taken = others.iter().any(|(scope, _)| *scope == key.scope);
            assert!(!is_taken, "{accelerator}: {others:?} and {}", key.title);
            others.push((key.scope, key.action));
        }
    }
    // What means another thing inside the editor, and nothing else does.
    let shared: BTreeSet<Vec<&str>> = taken
        .into_values()
        .filter(|all| all.len() > 1)
        .map(|all| all.into_iter().map(|(_, action)| action).collect())
        .collect();
    let expected = [
        vec!["win.check-selected", "editor.check-shown"],
        vec!["win.stop", "editor.fix"],
        vec!["editor.search", "win.search"],
        vec!["editor.try", "win.probe-start"],
    ];
    assert_eq!(shared, BTreeSet::from(expected));
}

#[gtk::test]
fn every_key_is_in_the_shortcuts_window() {
    let desk = Desk::open(Snapshot::default(), 980);
    desk.act("shortcuts");
    let find = || {
        windows()
            .into_iter()
            .find(|w| w.is::<gtk::ShortcutsWindow>())
    };
    desk.until("the window", || find().is_some());
    desk.settle();
    let window = find().unwrap();
    let mut titles = BTreeSet::new();
    let mut groups = Vec::new();
    collect(window.upcast_ref(), &mut |widget| {
        if let Some(shortcut) = widget.downcast_ref::<gtk::ShortcutsShortcut>() {
            titles.insert(shortcut.title().unwrap_or_default().to_string());
            assert!(shortcut.accelerator().is_some_and(|keys| !keys.is_empty()));
        } else if let Some(group) = widget.downcast_ref::<gtk::ShortcutsGroup>() {
            groups.push(group.title().unwrap_or_default().to_string());
        }
    });
    for key in TABLE.iter().filter(|key| !key.keys.is_empty()) {
        assert!(titles.contains(key.title), "{}", key.title);
    }
    for part in Part::ALL {
        assert!(groups.contains(&part.title().to_owned()), "{part:?}");
    }
    desk.shot_of(&window, "shortcuts");
}

#[gtk::test]
fn checking_is_paused_and_resumed_from_any_page() {
    let mut desk = Desk::open(Snapshot::default(), 980);
    desk.act("pause");
    assert_eq!(desk.command(), Command::Pause);
    desk.event(Event::Paused(true));
    assert!(desk.shows("Checking in the background is paused."));
    desk.act("pause");
    assert_eq!(desk.command(), Command::Resume);
}

#[gtk::test]
fn escape_ends_a_search_and_puts_the_source_away() {
    let page = Page::open(FILE, 700);
    page.desk.act("search");
    assert_eq!(page.desk.all("editor-search").len(), 1);
    page.desk.act("escape");
    assert!(page.desk.all("editor-search").is_empty());
    // There is room for the list or the source.
    page.desk
        .find::<gtk::ToggleButton>("editor-source")
        .set_active(true);
    page.desk.settle();
    assert!(page.desk.all("editor-list").is_empty());
    page.desk.act("escape");
    assert!(page.desk.all("source").is_empty());
    assert_eq!(page.desk.all("editor-list").len(), 1);
    page.desk.act("show-activity");
    page.desk.act("search");
    let bar = page.desk.find::<gtk::ToggleButton>("search");
    assert!(bar.is_active());
    page.desk.act("escape");
    assert!(!bar.is_active());
}

#[gtk::test]
fn a_message_is_tried_at_once() {
    let mut page = Page::open(FILE, 1200);
    page.select(5);
    page.turn("Several recipients (multidrop)");
    let text = page.desk.find::<gtk::TextView>("try-text");
    text.buffer().set_text("X-Original-To: ann@example.net\n");
    let begun = Instant::now();
    gtk::prelude::WidgetExt::activate_action(&text, "editor.try", None).unwrap();
    page.asked(|job| matches!(job, Job::Route(_)));
    assert!(
        begun.elapsed() < Duration::from_millis(150),
        "without the pause"
    );
}
