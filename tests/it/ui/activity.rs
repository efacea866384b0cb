//! The log: sentences, filter, search, bounds, copying.

use super::*;

fn open() -> Desk {
    let desk = Desk::open(sample::all(), 980);
    desk.act("show-activity");
    desk
}

fn lines(desk: &Desk) -> u32 {
    desk.find::<gtk::ListView>("log").model().unwrap().n_items()
}

#[gtk::test]
fn empty_it_offers_a_check() {
    let mut desk = open();
    assert!(desk.shows("Nothing Happened Yet"));
    desk.is_named();
    desk.press_text("Check Now");
    assert_eq!(desk.command(), Command::Check { ids: None });
}

#[gtk::test]
fn problems_and_search_narrow_it_down() {
    let desk = open();
    for entry in sample::morning() {
        desk.event(Event::Activity(entry));
    }
    assert_eq!(lines(&desk), 9);
    let problems = desk.find::<gtk::ToggleButton>("log-problems");
    problems.set_active(true);
    desk.settle();
    assert_eq!(lines(&desk), 2);
    problems.set_active(false);
    desk.act("search");
    desk.until("the field", || !desk.all("log-search").is_empty());
    let field = desk.find::<gtk::SearchEntry>("log-search");
    field.set_text("berg");
    desk.until("one line", || lines(&desk) == 1);
    assert!(desk.shows("Minutes of Tuesday"));
    desk.is_named();
    desk.shot("wide-search");
    field.set_text("no such thing");
    desk.until("nothing", || desk.shows("No Matching Entries"));
    desk.press_text("Clear Filter");
    desk.until("everything", || {
        !desk.all("log").is_empty() && lines(&desk) == 9
    });
}

#[gtk::test]
fn it_keeps_the_last_five_thousand() {
    let desk = open();
    for n in 0..5_600 {
        let entry = sample::entry(sample::mail(n, "a", "b"));
        desk.app.emit(Msg::Event(Event::Activity(entry)));
        // A flood in one piece would keep the window from being drawn.
        if n % 400 == 399 {
            desk.settle();
        }
    }
    desk.event(Event::Activity(sample::entry(sample::mail(
        9_999, "a", "the last",
    ))));
    desk.until("bounded", || desk.shows("the last"));
    let kept = lines(&desk);
    assert!((4_500..=5_000).contains(&kept), "{kept}");
}

#[gtk::test]
fn scrolled_up_it_stays_and_says_that_there_is_more() {
    let desk = open();
    for n in 0..200 {
        desk.app
            .emit(Msg::Event(Event::Activity(sample::entry(sample::mail(
                n, "a", "b",
            )))));
    }
    desk.until("the end", || desk.shows("Delivered 199 of 3"));
    let view = desk.find::<gtk::ListView>("log");
    let at = view.vadjustment().unwrap();
    desk.until("the end is in sight", || {
        at.value() > 100.0 && at.value() + at.page_size() + 50.0 > at.upper()
    });
    desk.settle();
    at.set_value(0.0);
    desk.settle();
    assert!(at.value() < 10.0);
    desk.event(Event::Activity(sample::entry(sample::mail(777, "a", "b"))));
    desk.until("the button", || desk.shows("New Entries"));
    assert!(at.value() < 10.0);
    desk.press("log-follow");
    desk.until("the end", || desk.shows("Delivered 777 of 3"));
    desk.until("no button", || !desk.shows("New Entries"));
}

#[gtk::test]
fn it_is_copied_as_text() {
    let desk = open();
    for entry in sample::morning() {
        desk.event(Event::Activity(entry));
    }
    desk.press("log-copy");
    desk.until("a word about it", || desk.shows("9 lines copied"));
    desk.press("log-clear");
    assert!(desk.shows("Nothing Happened Yet"));
}
