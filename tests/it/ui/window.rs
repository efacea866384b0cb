//! Header bar, bar, keys, closing and quitting.

use postrider::engine::api::{Halt, State};

use super::*;

fn idle() -> Snapshot {
    let mut all = sample::all();
    for account in &mut all.accounts {
        account.state = State::Idle;
    }
    all
}

#[gtk::test]
fn check_now_becomes_stop_while_something_is_checked() {
    let mut desk = Desk::open(idle(), 980);
    assert!(desk.shows("Check Now"));
    desk.press("check");
    assert_eq!(desk.command(), Command::Check { ids: None });
    desk.event(Event::Account(sample::fetching()));
    assert!(desk.shows("Stop"));
    desk.press("check");
    assert_eq!(desk.command(), Command::Stop { ids: None });
    let mut done = sample::fetching();
    done.state = State::Idle;
    desk.event(Event::Account(done));
    desk.press("check");
    assert_eq!(desk.command(), Command::Check { ids: None });
}

#[gtk::test]
fn keys_do_what_the_menu_does() {
    let mut desk = Desk::open(idle(), 980);
    desk.act("check");
    assert_eq!(desk.command(), Command::Check { ids: None });
    desk.act("stop");
    assert_eq!(desk.command(), Command::Stop { ids: None });
    desk.act("ack");
    assert_eq!(desk.command(), Command::Ack { ids: None });
    desk.act("reload");
    assert_eq!(desk.command(), Command::Reload);
    desk.tell(Msg::Check(Some("pop.hub.example".to_owned())));
    let ids = Some(vec![sample::id("carla", "pop.hub.example")]);
    assert_eq!(desk.command(), Command::Check { ids });
}

#[gtk::test]
fn the_most_urgent_thing_stands_in_the_bar() {
    let mut all = idle();
    all.advice = vec!["One remark.".to_owned()];
    let mut desk = Desk::open(all.clone(), 980);
    desk.tell(Msg::Tray(false));
    assert!(desk.shows("One remark."));
    desk.is_named();
    desk.press("notice-settle");
    assert!(desk.shows("The system cannot show tray icons."));
    desk.press("notice-settle");
    desk.until("no bar", || !desk.shows("tray icons"));
    all.halted = Some(Halt::Locked { pid: Some(4711) });
    desk.event(Event::Loaded(all.clone()));
    assert!(desk.shows("process 4711"));
    assert!(!desk.find::<gtk::Button>("check").is_sensitive());
    desk.shot("wide-locked");
    desk.press("notice-settle");
    assert_eq!(desk.command(), Command::Reload);
    all.halted = Some(Halt::Syntax(vec!["~/.fetchmailrc:3:8: <b>&\"".to_owned()]));
    desk.event(Event::Loaded(all));
    assert!(desk.shows("has an error. Checking is stopped."));
    desk.press("notice-details");
    let dialog = toplevel::<adw::MessageDialog>();
    assert!(
        texts_of(dialog.upcast_ref())
            .iter()
            .any(|t| t == "~/.fetchmailrc:3:8: <b>&\"")
    );
    dialog.response("reload");
    assert_eq!(desk.command(), Command::Reload);
}

#[gtk::test]
fn closing_hides_and_showing_again_shows() {
    let mut desk = Desk::open(idle(), 980);
    desk.act("close");
    desk.until("hidden", || !desk.window().is_visible());
    assert!(desk.is_silent(), "the engine goes on");
    desk.tell(Msg::Present(None));
    desk.until("shown", || desk.window().is_mapped());
}

#[gtk::test]
fn quitting_lets_the_engine_end_first() {
    let mut desk = Desk::open(idle(), 980);
    desk.act("quit");
    assert_eq!(desk.command(), Command::Shutdown);
    assert!(!desk.window().is_visible());
    assert_eq!(desk.out(), None);
    desk.event(Event::Ended);
    assert_eq!(desk.out(), Some(Out::Quit));
}

#[gtk::test]
fn quitting_while_mail_is_fetched_asks() {
    let mut desk = Desk::open(sample::all(), 980);
    desk.act("quit");
    let dialog = toplevel::<adw::MessageDialog>();
    assert!(
        texts_of(dialog.upcast_ref())
            .iter()
            .any(|t| t == "Stop fetching mail?")
    );
    dialog.response("keep");
    assert!(desk.is_silent());
    desk.act("quit");
    toplevel::<adw::MessageDialog>().response("quit");
    assert_eq!(desk.command(), Command::Shutdown);
}

#[gtk::test]
fn yielding_keeps_the_window_that_is_looked_at() {
    let mut desk = Desk::open(idle(), 980);
    desk.tell(Msg::Yield);
    assert_eq!(desk.command(), Command::Shutdown);
    desk.event(Event::Ended);
    assert!(desk.window().is_visible());
    assert!(desk.shows("Checking has stopped."));
    assert!(!desk.find::<gtk::Button>("check").is_sensitive());
    desk.act("quit");
    assert_eq!(desk.out(), Some(Out::Quit));
}

#[gtk::test]
fn shortcuts_and_about_open() {
    let desk = Desk::open(idle(), 980);
    desk.act("shortcuts");
    let shortcuts = toplevel::<gtk::ShortcutsWindow>();
    desk.until("shown", || shortcuts.is_mapped());
    shortcuts.destroy();
    desk.act("about");
    let about = toplevel::<adw::AboutWindow>();
    assert_eq!(about.version(), postrider::VERSION);
    about.destroy();
}

/// The youngest window of that type.
fn toplevel<W: IsA<gtk::Widget>>() -> W {
    let windows = gtk::Window::list_toplevels();
    windows
        .into_iter()
        .rev()
        .find_map(|w| w.downcast().ok())
        .unwrap()
}
