//! Widths, themes and names of everything at once.

use super::*;

fn fill(desk: &Desk) {
    for entry in sample::morning() {
        desk.tell(Msg::Event(Event::Activity(entry)));
    }
}

#[gtk::test]
fn wide_and_dark() {
    let desk = Desk::open(sample::all(), 980);
    fill(&desk);
    desk.is_named();
    desk.shot("wide-accounts");
    desk.act("show-activity");
    desk.is_named();
    desk.shot("wide-activity");
    let style = adw::StyleManager::default();
    style.set_color_scheme(adw::ColorScheme::ForceDark);
    desk.shot("dark-activity");
    desk.act("show-accounts");
    desk.shot("dark-accounts");
    style.set_color_scheme(adw::ColorScheme::Default);
}

#[gtk::test]
fn narrow_shows_one_thing_at_a_time() {
    let desk = Desk::open(sample::all(), 360);
    fill(&desk);
    assert!(desk.window().width() <= 360, "nothing asks for more");
    assert!(desk.all("account").is_empty(), "the list alone");
    desk.is_named();
    desk.shot("narrow-list");
    let list = desk.find::<gtk::ListView>("accounts");
    list.emit_by_name::<()>("activate", &[&2u32]);
    desk.until("the page is shown", || desk.all("accounts").is_empty());
    desk.until("a way back", || !desk.all("back").is_empty());
    desk.is_named();
    desk.shot("narrow-page");
    desk.press("back");
    desk.until("the list again", || !desk.all("accounts").is_empty());
    desk.act("show-activity");
    assert!(desk.window().width() <= 360, "nothing asks for more");
    desk.shot("narrow-activity");
}

#[gtk::test]
fn many_accounts_stay_quick() {
    let many = (0..10_000).map(|n| {
        sample::account(
            &format!("user{n}"),
            "mail.example",
            postrider::engine::api::State::Idle,
        )
    });
    let first = Snapshot {
        accounts: many.collect(),
        ..Snapshot::default()
    };
    let start = Instant::now();
    let desk = Desk::open(first, 980);
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    let mut count = 0;
    collect(desk.window().upcast_ref(), &mut |_| count += 1);
    assert!(count < 20_000, "{count} widgets");
    let start = Instant::now();
    for n in 0..1_000 {
        let user = format!("user{n}");
        let busy = postrider::engine::api::State::Connecting;
        desk.app.emit(Msg::Event(Event::Account(sample::account(
            &user,
            "mail.example",
            busy,
        ))));
    }
    desk.until("the row shows it", || {
        desk.shows("Connecting to mail.example")
    });
    desk.settle();
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}
