//! The accounts page: states, commands, trouble, empty states.

use postrider::engine::api::{Halt, State};

use super::*;

#[gtk::test]
fn states_are_said_in_words() {
    let desk = Desk::open(sample::all(), 980);
    for part in [
        "Fetching 12 of 40 · 3.1 of 9.8 MB",
        "12 of 40 · 3.1 of 9.8 MB · 20 s left",
        "3 new · last at",
        "Sign-in was refused",
        "nothing new · next in ",
        "The server is not answering · trying again in 8 min (failed 3 times)",
        "Connecting to news.example…",
        "Waiting for its turn",
        "Not checked automatically (skip)",
    ] {
        assert!(desk.shows(part), "{part}: {:#?}", desk.texts());
    }
}

#[gtk::test]
fn the_button_of_a_row_checks_or_stops_it() {
    let mut desk = Desk::open(sample::all(), 980);
    let buttons = desk.all("row-check");
    assert_eq!(buttons.len(), 8);
    let press = |n: usize| {
        buttons[n]
            .downcast_ref::<gtk::Button>()
            .unwrap()
            .emit_clicked()
    };
    press(0);
    let stop = Command::Stop {
        ids: Some(vec![sample::fetching().id]),
    };
    assert_eq!(desk.command(), stop);
    press(2);
    let check = Command::Check {
        ids: Some(vec![sample::refused().id]),
    };
    assert_eq!(desk.command(), check);
}

#[gtk::test]
fn the_page_follows_the_selection_and_says_what_is_wrong() {
    let mut desk = Desk::open(sample::all(), 980);
    let list = desk.find::<gtk::ListView>("accounts");
    let selection = list.model().and_downcast::<gtk::SingleSelection>().unwrap();
    assert!(desk.all("trouble").is_empty());
    selection.set_selected(2);
    desk.until("the trouble", || !desk.all("trouble").is_empty());
    assert!(desk.shows("The user name or the password is not accepted."));
    assert!(desk.shows("Failed 3 times in a row, first at"));
    assert!(desk.shows("The server said"));
    assert!(desk.all("trouble-words").is_empty(), "folded at first");
    let mut expander = None;
    collect(&desk.find::<gtk::Widget>("trouble"), &mut |widget| {
        expander = expander
            .clone()
            .or(widget.downcast_ref::<gtk::Expander>().cloned());
    });
    expander.unwrap().set_expanded(true);
    desk.until("the words", || !desk.all("trouble-words").is_empty());
    let words = desk.find::<gtk::Label>("trouble-words").text();
    assert_eq!(
        words,
        "NO [AUTHENTICATIONFAILED] Invalid <b>credentials</b> & \"more\""
    );
    desk.shot("wide-trouble");
    desk.press("account-check");
    let check = Command::Check {
        ids: Some(vec![sample::refused().id]),
    };
    assert_eq!(desk.command(), check);
    desk.act("check-selected");
    assert_eq!(desk.command(), check);
}

#[gtk::test]
fn new_mail_is_marked_as_seen() {
    let mut desk = Desk::open(sample::all(), 980);
    let list = desk.find::<gtk::ListView>("accounts");
    let selection = list.model().and_downcast::<gtk::SingleSelection>().unwrap();
    assert!(desk.all("account-seen").is_empty());
    selection.set_selected(1);
    desk.until("the button", || !desk.all("account-seen").is_empty());
    desk.press("account-seen");
    let ids = Some(vec![sample::all().accounts[1].id.clone()]);
    assert_eq!(desk.command(), Command::Ack { ids });
}

#[gtk::test]
fn an_event_changes_its_row_and_a_reload_keeps_the_selection() {
    let desk = Desk::open(sample::all(), 980);
    let list = desk.find::<gtk::ListView>("accounts");
    let selection = list.model().and_downcast::<gtk::SingleSelection>().unwrap();
    selection.set_selected(3);
    let mut changed = sample::all().accounts[3].clone();
    changed.state = State::Connecting;
    desk.event(Event::Account(changed));
    assert!(desk.shows("Connecting to imap.shop.example…"));
    let mut all = sample::all();
    all.accounts.remove(0);
    desk.event(Event::Loaded(all));
    assert_eq!(selection.selected(), 2);
    // Left over from before the reload.
    desk.event(Event::Account(sample::fetching()));
    assert_eq!(selection.n_items(), 7);
}

#[gtk::test]
fn names_with_markup_are_shown_as_they_are() {
    let hostile = "<b>&\"";
    let mut all = sample::all();
    all.accounts.truncate(1);
    all.accounts[0].id = sample::id(hostile, hostile);
    all.accounts[0].state = State::Connecting;
    all.accounts[0].target = format!("{hostile}/Maildir");
    all.advice = vec![hostile.to_owned()];
    let desk = Desk::open(all, 980);
    desk.event(Event::Activity(sample::entry(sample::mail(
        1, hostile, hostile,
    ))));
    let texts = desk.texts();
    let has = |text: &str| assert!(texts.iter().any(|t| t == text), "{text}: {texts:#?}");
    has("<b>&\"@<b>&\"");
    has("Connecting to <b>&\"…");
    has("<b>&\"/Maildir");
    has(hostile);
    desk.act("show-activity");
    assert!(desk.shows("“<b>&\"” from <b>&\" ("));
}

#[gtk::test]
fn without_accounts_the_way_out_is_shown() {
    let check = |halt: Option<Halt>, parts: &[&str], name: &str| {
        let first = Snapshot {
            halted: halt,
            ..sample::halted(Halt::NoFile)
        };
        let mut desk = Desk::open(first, 760);
        for part in parts {
            assert!(desk.shows(part), "{part}: {:#?}", desk.texts());
        }
        desk.is_named();
        desk.shot(name);
        assert!(!desk.find::<gtk::Button>("check").is_sensitive());
        desk.press("reload");
        let mut command = desk.command();
        // Without a file the wizard comes by itself and looks around.
        if matches!(command, Command::Start { .. }) {
            command = desk.command();
        }
        assert_eq!(command, Command::Reload);
    };
    check(
        None,
        &[
            "No Accounts Yet",
            "Set one up and your mail is collected here.",
        ],
        "empty-none",
    );
    check(
        Some(Halt::NoFile),
        &["No Accounts Yet", "Bring Your Mail Home"],
        "empty-nofile",
    );
    let sentence = "~/.fetchmailrc can be read by others (<b>&\"). It holds passwords.";
    check(
        Some(Halt::Unreadable(sentence.to_owned())),
        &[sentence],
        "empty-unreadable",
    );
    let errors = vec![
        "~/.fetchmailrc:3:8: “imapp” is not a protocol.".to_owned(),
        "~/.fetchmailrc:9:1: <b>&\" is not a keyword.".to_owned(),
    ];
    let parts = ["has errors", ":3:8:", "<b>&\" is not"];
    check(Some(Halt::Syntax(errors)), &parts, "empty-syntax");
    check(
        Some(Halt::Locked { pid: Some(4711) }),
        &["process 4711"],
        "empty-locked",
    );
    check(
        Some(Halt::State("The disk is read-only.".to_owned())),
        &["read-only"],
        "empty-state",
    );
}

#[gtk::test]
fn the_countdown_stands_still_out_of_sight() {
    let mut all = sample::all();
    all.accounts.truncate(1);
    all.accounts[0].state = State::Idle;
    all.accounts[0].next_check = Some(sample::ahead(30));
    let desk = Desk::open(all, 980);
    let line = || {
        desk.texts()
            .into_iter()
            .find(|t| t.contains("next in"))
            .unwrap()
    };
    let before = line();
    desk.until("a second passes", || line() != before);
    desk.act("show-activity");
    let mut labels = Vec::new();
    collect(desk.window().upcast_ref(), &mut |widget| {
        if let Some(label) = widget.downcast_ref::<gtk::Label>()
            && label.text().contains("next in")
        {
            labels.push(label.clone());
        }
    });
    let before: Vec<_> = labels.iter().map(|l| l.text()).collect();
    assert!(!before.is_empty());
    let end = Instant::now() + Duration::from_millis(1300);
    desk.until("more than a second", || Instant::now() >= end);
    let after: Vec<_> = labels.iter().map(|l| l.text()).collect();
    assert_eq!(before, after);
}

/// A timer ran out while the main loop was busy, and leaving the page took it off once more.
#[gtk::test]
fn leaving_the_page_when_the_countdown_is_due_is_harmless() {
    let mut all = sample::all();
    all.accounts.truncate(1);
    all.accounts[0].next_check = Some(sample::ahead(90));
    let desk = Desk::open(all, 980);
    for page in ["show-activity", "show-accounts"].repeat(3) {
        // Long enough for the timer to be due together with what follows.
        std::thread::sleep(Duration::from_millis(1050));
        desk.act(page);
    }
    desk.until("it still lives", || desk.shows("12 of 40"));
    let mut changed = sample::fetching();
    changed.progress.done = 13;
    desk.event(Event::Account(changed));
    desk.until("it still listens", || desk.shows("13 of 40"));
}
