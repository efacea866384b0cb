//! The editor at work, with this test in place of the engine: checks that are watched, pausing,
//! going to lines and states, findings that are ignored, words that nobody knows.

use std::time::{Duration, SystemTime};

use postrider::engine::api::job::{Job, Outcome};
use postrider::engine::api::saving::{Base, Saved, Which};
use postrider::engine::api::{Entry, Said, Spoken, State, What};

use super::editor::{FILE, Page, file};
use super::sample::{account, id};
use super::*;

impl Page {
    /// What an action of the editor does.
    fn does(&self, name: &str) {
        let editor = self.desk.find::<gtk::Widget>("editor-structure");
        gtk::prelude::WidgetExt::activate_action(&editor, &format!("editor.{name}"), None).unwrap();
        self.desk.settle();
    }

    /// The engine has read the file, and so does the editor; what else is wanted meanwhile is passed
    /// over.
    fn loaded(&mut self, text: &str) {
        self.desk.event(Event::Loaded(all()));
        loop {
            match self.command() {
                Command::Start { id, job } if matches!(*job, Job::ReadRc) => {
                    self.ends(id, super::editor::read(text));
                    assert_eq!(self.looks_over(), text);
                    return;
                }
                Command::Start { .. } | Command::Record { .. } | Command::Check { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Shows each page of that line of the list, by whatever way leads there, and has a look at it.
    fn each_of(&self, place: u32, mut look: impl FnMut(u32)) {
        self.desk.act("back");
        self.desk.act("back");
        self.select(place);
        if self.desk.all("editor-page").is_empty() {
            let list = self.desk.find::<gtk::ListView>("editor-list");
            list.emit_by_name::<()>("activate", &[&place]);
        }
        self.desk
            .until("a page", || !self.desk.all("editor-page").is_empty());
        let choice = self.desk.find::<gtk::DropDown>("editor-page");
        for at in 0..choice.model().unwrap().n_items() {
            choice.set_selected(at);
            self.desk.settle();
            look(at);
        }
    }

    fn text(&self) -> String {
        let buffer = self.desk.find::<gtk::TextView>("editor-text").buffer();
        let (start, end) = buffer.bounds();
        buffer.text(&start, &end, true).into()
    }
}

fn all() -> Snapshot {
    let on = |user| account(user, "mail.example.org", State::Idle);
    Snapshot {
        accounts: vec![
            on("ann@example.org"),
            on("bob"),
            account("catchall", "pop.other.example", State::Skipped),
        ],
        ..Snapshot::default()
    }
}

fn heard(said: Said) -> Spoken {
    Spoken {
        at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
        said,
    }
}

fn line(is_sent: bool, text: &str) -> Spoken {
    let (protocol, text) = ("IMAP".to_owned(), text.to_owned());
    heard(match is_sent {
        true => Said::Sent { protocol, text },
        false => Said::Received { protocol, text },
    })
}

#[gtk::test]
fn a_check_is_watched_line_by_line() {
    let mut page = Page::open(FILE, 1200);
    page.loaded(FILE);
    // An account that is skipped is checked when it is asked for.
    page.select(5);
    page.does("check-shown");
    let bob = id("catchall", "pop.other.example");
    let record = |ids: Option<Vec<AccountId>>, is_on| Command::Record { ids, is_on };
    assert_eq!(page.command(), record(None, false));
    assert_eq!(page.command(), record(Some(vec![bob.clone()]), true));
    let ids = Some(vec![bob.clone()]);
    assert_eq!(page.command(), Command::Check { ids: ids.clone() });
    page.desk.is_named();
    let busy = |state| account("catchall", "pop.other.example", state);
    page.desk.event(Event::Account(busy(State::Connecting)));
    let lines = vec![
        heard(Said::Note("connected by TLS 1.3".into())),
        line(true, "A1 LOGIN catchall ••••••"),
        line(false, "A1 OK [CAPABILITY IMAP4rev1 IDLE] Logged in"),
        heard(Said::LeftOut(3)),
    ];
    page.desk.event(Event::Wire {
        id: bob.clone(),
        lines,
    });
    let said = |page: &Page| {
        let buffer = page.desk.find::<gtk::TextView>("transcript-text").buffer();
        let (start, end) = buffer.bounds();
        buffer.text(&start, &end, true).to_string()
    };
    let text = said(&page);
    assert!(
        text.contains("IMAP C: A1 LOGIN catchall ••••••\n"),
        "{text}"
    );
    assert!(text.contains("IMAP S: A1 OK"), "{text}");
    assert!(text.contains("… 3 lines are not shown"), "{text}");
    assert!(page.desk.shows("1 account to go…"));
    page.desk.press("transcript-stop");
    assert_eq!(page.command(), Command::Stop { ids: ids.clone() });
    page.desk.event(Event::Activity(Entry {
        at: SystemTime::now(),
        id: Some(bob.clone()),
        what: What::Finished {
            count: 2,
            bytes: 4100,
            took: Duration::from_secs(1),
        },
    }));
    page.desk.event(Event::Account(busy(State::Skipped)));
    assert!(page.desk.shows("The check is over."));
    assert!(said(&page).contains("catchall@pop.other.example: "));
    let window = page.desk.find::<gtk::Window>("transcript");
    page.desk.shot_of(&window, "transcript");
    page.desk.press("transcript-again");
    assert_eq!(page.command(), record(None, false));
    assert_eq!(page.command(), record(ids.clone(), true));
    assert_eq!(page.command(), Command::Check { ids: ids.clone() });
    // Nobody listens any more.
    window.close();
    page.desk.settle();
    assert_eq!(page.command(), record(ids, false));
}

impl Page {
    fn command(&mut self) -> Command {
        self.desk.command()
    }
}

#[gtk::test]
fn what_was_changed_is_saved_before_it_is_checked() {
    let mut page = Page::open(FILE, 1200);
    page.loaded(FILE);
    page.select(4);
    page.turn("Copies on server");
    page.control::<gtk::Switch>("keep").set_active(true);
    let now = page.looks_over();
    page.does("check-shown");
    page.desk
        .shot_of(&page.desk.find::<gtk::Window>("review"), "review-and-check");
    page.desk.press("review-save-and-check");
    // What is polled at once because it has changed is listened to.
    let all_on = Command::Record {
        ids: None,
        is_on: true,
    };
    assert_eq!(page.command(), all_on);
    let Command::SaveRc { version, which } = page.command() else {
        panic!("not saved")
    };
    assert_eq!((which, version.bytes.expose()), (Which::Rc, now.as_bytes()));
    page.desk.event(Event::Saved(Saved {
        which,
        path: "/home/ann/.fetchmailrc".into(),
        result: Ok(Base::of(now.as_bytes())),
    }));
    assert!(page.desk.all("transcript").is_empty());
    page.loaded(&now);
    assert!(!page.desk.all("transcript").is_empty());
    assert!(page.desk.shows("bob@mail.example.org"));
}

#[gtk::test]
fn small_changes_may_go_without_a_review() {
    let mut page = Page::open(FILE, 1200);
    page.select(2);
    page.control::<gtk::Entry>("timeout").set_text("9");
    page.looks_over();
    page.does("save");
    page.desk
        .find::<gtk::CheckButton>("review-skip")
        .set_active(true);
    page.desk.press("review-cancel");
    let kept = Kept {
        saves_without_review: true,
        ..Kept::default()
    };
    assert_eq!(page.desk.out(), Some(Out::Remember(kept)));
    page.does("save");
    assert!(matches!(page.command(), Command::SaveRc { .. }));
    page.desk.event(Event::Saved(Saved {
        which: Which::Rc,
        path: "/home/ann/.fetchmailrc".into(),
        result: Ok(Base::NONE),
    }));
    // What deletes mail is shown all the same.
    page.select(3);
    page.turn("Copies on server");
    page.control::<gtk::Switch>("keep").set_active(false);
    page.looks_over();
    page.does("save");
    assert!(page.desk.is_silent());
    assert!(page.desk.shows("messages will now be deleted"));
}

#[gtk::test]
fn background_checking_is_paused_and_resumed() {
    let mut page = Page::open(FILE, 1200);
    page.loaded(FILE);
    page.does("pause");
    assert_eq!(page.command(), Command::Pause);
    page.desk.event(Event::Paused(true));
    assert!(page.desk.shows("Checking in the background is paused."));
    page.desk.press("notice-settle");
    assert_eq!(page.command(), Command::Resume);
    page.desk.event(Event::Paused(false));
    assert!(!page.desk.shows("Checking in the background is paused."));
    page.does("interval");
    assert_eq!(page.control::<gtk::Entry>("daemon").text(), "300");
}

#[gtk::test]
fn lines_and_states() {
    let mut page = Page::open(FILE, 1200);
    page.does("line");
    page.desk.find::<gtk::Entry>("line-number").set_text("12");
    page.desk.is_named();
    page.desk.press_text("Go");
    let view = page.desk.find::<gtk::TextView>("editor-text");
    let buffer = view.buffer();
    page.desk.until("there", || {
        buffer.iter_at_offset(buffer.cursor_position()).line() + 1 == 12
    });
    assert!(view.has_focus());
    assert!(page.desk.shows("ann@example.org at mail.example.org"));
    page.select(2);
    page.control::<gtk::Entry>("timeout").set_text("9");
    page.looks_over();
    page.select(0);
    page.control::<gtk::Entry>("daemon").set_text("77");
    page.looks_over();
    page.does("history");
    let list = page.desk.find::<gtk::ListBox>("history-list");
    assert!(page.desk.shows("Change daemon") && page.desk.shows("As it was opened"));
    page.desk.is_named();
    page.desk
        .shot_of(&page.desk.find::<gtk::Window>("history"), "history");
    let oldest = list.row_at_index(2).unwrap();
    list.emit_by_name::<()>("row-activated", &[&oldest]);
    assert_eq!(page.looks_over(), FILE);
    page.does("history");
    let list = page.desk.find::<gtk::ListBox>("history-list");
    let newest = list.row_at_index(0).unwrap();
    list.emit_by_name::<()>("row-activated", &[&newest]);
    let now = page.looks_over();
    assert!(
        now.contains("set daemon 77") && now.contains("timeout 9"),
        "{now}"
    );
}

#[gtk::test]
fn findings_are_explained_and_ignored() {
    let mut page = Page::open("poll h.example proto pop3 user ann keep\n", 1200);
    page.select(3);
    let count = page.desk.all("editor-explain").len();
    assert!(count > 0, "{:?}", page.desk.texts());
    let explain = page.desk.all("editor-explain").remove(0);
    explain.downcast_ref::<gtk::MenuButton>().unwrap().popup();
    page.desk.settle();
    page.desk.is_named();
    page.desk.shot("editor-explained");
    page.desk.press("editor-ignore");
    page.looks_over();
    assert_eq!(page.desk.all("editor-explain").len(), count - 1);
    let Some(Out::Remember(kept)) = page.desk.out() else {
        panic!("not kept")
    };
    assert_eq!(kept.ignored.len(), 1);
    page.does("stop-ignoring");
    page.looks_over();
    assert_eq!(page.desk.all("editor-explain").len(), count);
    assert_eq!(page.desk.out(), Some(Out::Remember(Kept::default())));
}

#[gtk::test]
fn words_that_nobody_knows_stay_and_can_be_changed() {
    let text = file("no keep\n", "no keep frobnicate\n");
    let mut page = Page::open(&text, 1200);
    page.select(4);
    assert!(page.desk.shows("Line 14: "), "{:?}", page.desk.texts());
    page.turn("Other");
    let word = page.desk.find::<gtk::Entry>("unknown-word");
    assert_eq!(word.text(), "frobnicate");
    page.desk.is_named();
    page.desk.shot("editor-unknown");
    page.desk.press("editor-go-to-trouble");
    let buffer = page.desk.find::<gtk::TextView>("editor-text").buffer();
    let at = buffer.iter_at_offset(buffer.cursor_position());
    assert_eq!(at.line() + 1, 14);
    word.set_text("fetchall");
    page.desk.press("unknown-change");
    assert_eq!(page.looks_over(), file("no keep\n", "no keep fetchall\n"));
    assert!(page.desk.all("unknown-word").is_empty());
    page.desk.press("editor-undo");
    page.looks_over();
    page.desk.press("unknown-remove");
    assert_eq!(page.looks_over(), FILE);
}

#[gtk::test]
fn words_of_later_releases_are_written_after_a_question() {
    let mut page = Page::open(FILE, 1200);
    page.select(3);
    page.turn("Sign-in");
    page.control::<gtk::Entry>("passwordeval")
        .set_text("pass mail");
    page.desk.settle();
    page.desk.is_named();
    page.desk.press_text("Cancel");
    assert!(page.desk.is_silent());
    assert_eq!(page.control::<gtk::Entry>("passwordeval").text(), "");
    page.control::<gtk::Entry>("passwordeval")
        .set_text("pass mail");
    page.desk.settle();
    page.desk.press_text("Write It");
    assert!(page.looks_over().contains("passwordeval \"pass mail\""));
    page.desk
        .until("in the source", || page.text().contains("passwordeval"));
    // A command is looked at, not run.
    page.desk.find::<gtk::Button>("option-check").emit_clicked();
    let id = page.asked(|job| matches!(job, Job::CheckCommand(command) if command == b"pass mail"));
    page.ends(
        id,
        Outcome::CommandChecked("There is no program pass.".into()),
    );
    assert!(page.desk.shows("There is no program pass."));
}

/// The innermost widgets that ask for more room than a narrow window has.
pub fn wide(widget: &gtk::Widget, out: &mut Vec<String>) {
    let (least, ..) = widget.measure(gtk::Orientation::Horizontal, -1);
    if !widget.is_visible() || least <= 360 {
        return;
    }
    let count = out.len();
    for child in a11y::children(widget) {
        wide(&child, out);
    }
    if out.len() == count {
        let texts = texts_of(widget).join(" | ");
        let parent = widget.parent().map(|parent| parent.widget_name());
        out.push(format!(
            "{} {} in {:?}: {least} “{texts}”",
            widget.type_(),
            widget.widget_name(),
            parent.unwrap_or_default()
        ));
    }
}

/// Nothing asks for more than 360 px, also with text of twice the size; what is shown above each other
/// is scrolled.
#[gtk::test]
fn large_text_fits_a_narrow_window() {
    adw::init().unwrap();
    let settings = gtk::Settings::default().unwrap();
    let before = settings.gtk_xft_dpi();
    settings.set_gtk_xft_dpi(2 * 96 * 1024);
    let page = Page::open(FILE, 360);
    let mut found = Vec::new();
    let mut look = |what: &str| {
        let mut out = Vec::new();
        for window in windows() {
            let inner = a11y::children(window.upcast_ref());
            inner.for_each(|child| wide(&child, &mut out));
        }
        found.extend(out.into_iter().map(|one| format!("{what}: {one}")));
    };
    for name in ["accounts", "activity", "probe", "editor"] {
        page.desk.act(&format!("show-{name}"));
        look(name);
    }
    for place in [0u32, 1, 2, 3] {
        page.each_of(place, |at| look(&format!("page {at} of line {place}")));
    }
    page.desk.act("set-up");
    look("wizard");
    settings.set_gtk_xft_dpi(before);
    drop(page);
    found.sort();
    found.dedup();
    assert_eq!(found, [] as [&str; 0]);
}

/// What has the focus, one after the other, as somebody presses Tab.
fn ring(page: &Page) -> Vec<gtk::Widget> {
    let window = page.desk.window();
    gtk::prelude::GtkWindowExt::set_focus(window, gtk::Widget::NONE);
    let mut met: Vec<gtk::Widget> = Vec::new();
    for _ in 0..500 {
        window.child_focus(gtk::DirectionType::TabForward);
        let Some(focus) = gtk::prelude::RootExt::focus(window) else {
            continue;
        };
        if met.first() == Some(&focus) {
            return met;
        }
        if met.contains(&focus) {
            let names: Vec<_> = met.iter().map(|one| one.widget_name()).collect();
            panic!("a trap at {} after {names:?}", focus.widget_name());
        }
        met.push(focus);
    }
    panic!("no way round in 500 steps");
}

/// Controls that can be used and are not met. A list, and a group of radio buttons, is met at one
/// place; the keys of its own go on from there.
fn missed(page: &Page, met: &[gtk::Widget]) -> Vec<String> {
    let mut missed = Vec::new();
    collect(page.desk.window().upcast_ref(), &mut |widget| {
        let is_control = widget.is::<gtk::Button>()
            || widget.is::<gtk::Switch>()
            || widget.is::<gtk::TextView>()
            || widget.is::<gtk::Text>();
        let can_be_used = widget.is_mapped()
            && widget.is_sensitive()
            && widget.is_focusable()
            && widget.can_focus();
        let is_met = met
            .iter()
            .any(|one| one == widget || one.is_ancestor(widget));
        if is_control && can_be_used && !is_met {
            missed.push(format!("{} {}", widget.type_(), widget.widget_name()));
        }
    });
    missed
}

#[gtk::test]
fn every_control_is_reached_by_tab() {
    for width in [360, 1200] {
        let page = Page::open(FILE, width);
        page.desk.window().set_default_size(width, 420);
        let mut found = Vec::new();
        for place in [0u32, 1, 2, 3, 5] {
            page.each_of(place, |at| {
                let met = ring(&page);
                let missed = missed(&page, &met).into_iter();
                found.extend(missed.map(|one| format!("{width}, line {place}, page {at}: {one}")));
            });
        }
        assert_eq!(found, [] as [&str; 0]);
    }
}
