//! The administrator's window of all users' files, with this test in place of the engine.

use postrider::base::Secret;
use postrider::engine::api::job::users::{
    Deed, Everybody, FileState, Ran, Refusal, Running, ServerLine, Summary, User, UsersFile, Whose,
    is_administrator,
};
use postrider::engine::api::job::{Job, JobId, Outcome, Progress, RcText};
use postrider::engine::api::saving::Base;

use super::*;

const RC: &str = "poll mail.example.org proto imap\n    user ann password s3cret is ann here\npoll pop.example.net proto pop3 user ann2 is ann here\n";

fn user(name: &str, uid: u32) -> User {
    User {
        name: name.into(),
        uid,
        gid: uid,
        groups: vec![uid],
        home: format!("/home/{name}").into(),
    }
}

fn server(label: &str, remote: &str, local: &str) -> ServerLine {
    ServerLine {
        label: label.into(),
        protocol: "IMAP".into(),
        is_skipped: false,
        users: vec![(remote.into(), vec![local.into()])],
    }
}

fn file(name: &str, uid: u32, state: FileState) -> UsersFile {
    UsersFile {
        whose: Whose::of(user(name, uid)),
        state,
        running: None,
    }
}

fn seen(servers: Vec<ServerLine>, errors: usize, hints: usize) -> FileState {
    FileState::Seen(Box::new(Summary {
        servers,
        errors,
        hints,
        owner: 1000,
        ..Summary::default()
    }))
}

/// Files as they may be found.
fn everybody() -> Vec<UsersFile> {
    let ann = vec![
        server("mail.example.org", "ann", "ann"),
        server("pop.example.net", "ann2", "ann"),
    ];
    let mut bob = file(
        "bob",
        1001,
        seen(
            vec![server(
                "imap.provider.example",
                "bob@provider.example",
                "bob",
            )],
            0,
            0,
        ),
    );
    bob.running = Some(Running {
        pid: Some(4711),
        interval: Some(300),
    });
    let long = "a.very.long.name.of.a.server.that.fits.into.no.narrow.window.example";
    vec![
        UsersFile {
            whose: Whose::system("/etc/fetchmailrc".as_ref(), user("root", 0)),
            state: FileState::Absent { can_make: true },
            running: None,
        },
        file("ann", 1000, seen(ann, 0, 2)),
        bob,
        file(
            "cleo",
            1002,
            FileState::Refused(Refusal::Link(".fetchmailrc".into())),
        ),
        file("dan", 1003, seen(vec![server(long, "dan", "dan")], 2, 1)),
        file("eve", 1004, FileState::Refused(Refusal::Foreign(0))),
        file(
            "<b>\u{202e}fay</b>",
            1005,
            FileState::Refused(Refusal::Silent),
        ),
        file("gil", 1006, FileState::Absent { can_make: true }),
        file("hans", 1007, FileState::Absent { can_make: false }),
    ]
}

/// The main window, the other one, and its list of files.
struct Office {
    desk: Desk,
}

impl Office {
    fn open(width: i32) -> Self {
        let mut desk = Desk::open(Snapshot::default(), 1200);
        desk.act("all-users");
        let id = asked(&mut desk, |job| *job == Job::UsersFiles);
        let found = everybody();
        let progress = Progress::Users {
            done: 4,
            of: 9,
            found: found[..4].to_vec(),
        };
        desk.event(Event::Job { id, progress });
        let office = Self { desk };
        let window = office.window();
        window.set_default_size(width, 640);
        office.desk.settle();
        assert!(office.desk.shows("4 of 9 users looked at"));
        office
            .desk
            .shot_of(&window, &format!("users-looking-{width}"));
        let all = Everybody {
            files: found,
            is_cut: false,
        };
        office.ends(id, Outcome::Everybody(Box::new(all)));
        office
    }

    fn window(&self) -> gtk::Window {
        self.desk.find("all-users")
    }

    fn ends(&self, id: JobId, outcome: Outcome) {
        self.desk.event(Event::JobDone { id, outcome });
    }

    /// Opens the page of the user at that place of the list.
    fn turn(&self, place: u32) {
        let list = self.desk.find::<gtk::ListView>("users");
        list.emit_by_name::<()>("activate", &[&place]);
        self.desk.settle();
    }

    fn asked(&mut self, is_meant: impl Fn(&Job) -> bool) -> JobId {
        asked(&mut self.desk, is_meant)
    }

    /// The file is looked at again, and is like this now.
    fn looks_again(&mut self, file: UsersFile) {
        let id = self.asked(|job| matches!(job, Job::LookAs(_)));
        self.ends(id, Outcome::Looked(Box::new(file)));
    }
}

fn asked(desk: &mut Desk, is_meant: impl Fn(&Job) -> bool) -> JobId {
    match desk.command() {
        Command::Start { id, job } if is_meant(&job) => id,
        other => panic!("{other:?}"),
    }
}

/// Whoever is not the administrator has no such window.
fn is_for_others(width: i32) -> bool {
    if is_administrator() {
        return false;
    }
    let mut desk = Desk::open(Snapshot::default(), width);
    desk.act("all-users");
    assert!(desk.is_silent() && desk.all("all-users").is_empty());
    true
}

#[gtk::test]
fn all_users_are_listed() {
    for width in [720, 360] {
        if is_for_others(width) {
            return;
        }
        let office = Office::open(width);
        let desk = &office.desk;
        assert!(desk.shows("6 files"));
        assert!(
            desk.shows("IMAP mail.example.org: ann for ann\nIMAP pop.example.net: ann2 for ann")
        );
        assert!(desk.shows(".fetchmailrc is a symbolic link, which is not followed."));
        assert!(desk.shows("The file belongs to another user (number 0)."));
        assert!(desk.shows("<b>\u{fffd}fay</b>"));
        assert!(desk.shows("2 errors, 1 hint"));
        assert!(desk.shows("Checks every 300 s in the background (process 4711)"));
        assert!(!desk.shows("gil"));
        desk.is_named();
        desk.shot_of(&office.window(), &format!("users-{width}"));
        desk.find::<gtk::ToggleButton>("users-absent")
            .set_active(true);
        desk.until("those without", || desk.shows("gil"));
        assert!(desk.shows("The whole computer") && !desk.shows("hans"));
        desk.find::<gtk::SearchEntry>("users-search")
            .set_text("PROVIDER");
        desk.until("one", || desk.shows("1 file") && !desk.shows("gil"));
        assert!(desk.shows("bob"));
    }
}

#[gtk::test]
fn a_list_is_stopped_and_begun_anew() {
    if is_for_others(720) {
        return;
    }
    let mut desk = Desk::open(Snapshot::default(), 720);
    desk.act("all-users");
    let id = asked(&mut desk, |job| *job == Job::UsersFiles);
    let found = everybody()[..2].to_vec();
    let progress = Progress::Users {
        done: 2,
        of: 9,
        found,
    };
    desk.event(Event::Job { id, progress });
    desk.press("users-look");
    assert_eq!(desk.command(), Command::Cancel(id));
    let outcome = Outcome::Cancelled;
    desk.event(Event::JobDone { id, outcome });
    assert!(desk.shows("1 file; not all users were looked at"));
    desk.press("users-look");
    let again = asked(&mut desk, |job| *job == Job::UsersFiles);
    // Closed: nobody wants it any more.
    desk.find::<gtk::Window>("all-users").close();
    desk.settle();
    assert_eq!(desk.command(), Command::Cancel(again));
    assert!(desk.all("all-users").is_empty());
}

#[gtk::test]
fn a_user_is_checked() {
    if is_for_others(720) {
        return;
    }
    for width in [720, 360] {
        let mut office = Office::open(width);
        office.turn(1);
        assert!(office.desk.shows("ann") && office.desk.shows("/home/ann/.fetchmailrc"));
        office.desk.is_named();
        office
            .desk
            .shot_of(&office.window(), &format!("users-ann-{width}"));
        let checks = office.desk.all("user-server-check");
        checks[1]
            .downcast_ref::<gtk::Button>()
            .unwrap()
            .emit_clicked();
        let only = Deed::Check(Some("pop.example.net".into()));
        let id = office.asked(|job| {
            matches!(job, Job::RunAs(whose, deed) if *deed == only && whose.keeper.name == "ann")
        });
        let lines = [
            "postrider: ann2@pop.example.net: connecting",
            "<i>not markup</i>",
        ];
        let progress = Progress::Said(lines.map(str::to_owned).into());
        office.desk.event(Event::Job { id, progress });
        let buffer = office.desk.find::<gtk::TextView>("run-text").buffer();
        let (start, end) = buffer.bounds();
        assert_eq!(buffer.text(&start, &end, true), lines.join("\n") + "\n");
        office.desk.is_named();
        let run = office.desk.find::<gtk::Window>("run");
        run.set_default_size(width.min(680), 480);
        office.desk.settle();
        office.desk.shot_of(&run, &format!("users-run-{width}"));
        office.desk.press("run-stop");
        assert_eq!(office.desk.command(), Command::Cancel(id));
        let many = (0..200).map(|n| format!("line {n}")).collect();
        let progress = Progress::Said(many);
        office.desk.event(Event::Job { id, progress });
        let place = office.desk.find::<gtk::TextView>("run-text").vadjustment();
        let place = place.unwrap();
        assert!(place.value() + place.page_size() + 1.0 > place.upper() && place.value() > 100.0);
        office.ends(id, Outcome::Ran(Ran::Ended(3)));
        assert!(office.desk.shows("The check ended with status 3"));
        office.looks_again(everybody().swap_remove(1));
        office
            .desk
            .shot_of(&run, &format!("users-run-over-{width}"));
        run.close();
        office.desk.settle();
        assert!(office.desk.is_silent());
        office.desk.press("users-back");
        assert!(office.desk.shows("6 files"));
    }
}

#[gtk::test]
fn the_background_is_started_and_stopped() {
    if is_for_others(720) {
        return;
    }
    let mut office = Office::open(720);
    office.turn(1);
    office.desk.press("user-start");
    office.desk.until("the question", || {
        !office.desk.all("start-seconds").is_empty()
    });
    office.desk.is_named();
    let dialog = office.desk.find::<gtk::Window>("start");
    office.desk.shot_of(&dialog, "users-start");
    office
        .desk
        .find::<gtk::SpinButton>("start-seconds")
        .set_value(600.0);
    dialog
        .downcast::<adw::MessageDialog>()
        .unwrap()
        .response("start");
    office.desk.settle();
    let id = office.asked(|job| matches!(job, Job::RunAs(_, Deed::Start(600))));
    assert!(!office.desk.find::<gtk::Button>("user-check").is_sensitive());
    office.ends(id, Outcome::Ran(Ran::Started(77)));
    assert!(office.desk.shows("Checking in the background (process 77)"));
    let mut ann = everybody().swap_remove(1);
    ann.running = Some(Running {
        pid: Some(77),
        interval: Some(600),
    });
    office.looks_again(ann);
    assert!(office.desk.all("user-start").is_empty());
    assert!(
        office
            .desk
            .shows("Checks every 600 s in the background (process 77)")
    );
    office.desk.press("user-stop");
    let id = office.asked(|job| matches!(job, Job::RunAs(_, Deed::Stop)));
    office.ends(id, Outcome::Ran(Ran::Stopped));
    office.looks_again(everybody().swap_remove(1));
    assert!(office.desk.all("user-stop").is_empty());
}

#[gtk::test]
fn what_is_refused_offers_nothing() {
    if is_for_others(360) {
        return;
    }
    let office = Office::open(360);
    office.turn(3);
    assert!(office.desk.shows("cleo"));
    assert!(!office.desk.all("user-trouble").is_empty());
    for button in [
        "user-edit",
        "user-check",
        "user-start",
        "user-stop",
        "user-make",
    ] {
        assert!(office.desk.all(button).is_empty(), "{button}");
    }
    office.desk.is_named();
    office.desk.shot_of(&office.window(), "users-refused-360");
}

#[gtk::test]
fn a_file_is_made() {
    if is_for_others(720) {
        return;
    }
    let mut office = Office::open(720);
    office
        .desk
        .find::<gtk::ToggleButton>("users-absent")
        .set_active(true);
    office.desk.settle();
    office.turn(7);
    assert!(office.desk.shows("gil"));
    office.desk.press("user-make");
    let id = office.asked(|job| {
        matches!(job, Job::WriteAs(new) if new.version.bytes.expose().is_empty()
            && new.version.base == Base::NONE && new.whose.keeper.name == "gil")
    });
    office.ends(id, Outcome::Written(Base::of(b"")));
    office.looks_again(file("gil", 1006, seen(Vec::new(), 0, 0)));
    assert!(office.desk.shows("Nothing in it") && !office.desk.all("user-edit").is_empty());
}

/// Opens the file of Ann at its second server.
fn edit(office: &mut Office) {
    office.turn(1);
    let rows = office.desk.all("user-server");
    rows[1].emit_by_name::<()>("activated", &[]);
    office.desk.settle();
    let id = office.asked(|job| matches!(job, Job::ReadAs(whose) if whose.keeper.name == "ann"));
    let text = RcText {
        path: "/home/ann/.fetchmailrc".into(),
        bytes: Secret::new(RC),
        base: Base::of(RC.as_bytes()),
    };
    office.ends(id, Outcome::RcRead(Box::new(text)));
    let desk = &office.desk;
    desk.until("the file", || !desk.all("editor-structure").is_empty());
}

/// The text is looked over for Ann, as it comes.
fn looks_over(office: &mut Office) {
    let lint = |job: &Job| matches!(job, Job::LintAs(it) if it.whose.keeper.name == "ann");
    let id = office.asked(lint);
    office.ends(id, Outcome::Linted(Vec::new()));
}

/// What the editor does beside editing is done as the user too, or not at all: nothing of the
/// administrator's own accounts, and no command of the file.
#[gtk::test]
fn nothing_of_the_administrator_touches_a_users_file() {
    if is_for_others(720) {
        return;
    }
    let office = &mut Office::open(720);
    edit(office);
    looks_over(office);
    let does = |office: &Office, action: &str| {
        let inside = office.desk.find::<gtk::Widget>("editor-structure");
        gtk::prelude::WidgetExt::activate_action(&inside, &format!("editor.{action}"), None)
            .unwrap();
        office.desk.settle();
    };
    does(office, "check-shown");
    let only = Deed::Check(Some("pop.example.net".into()));
    let id = office.asked(
        |job| matches!(job, Job::RunAs(whose, deed) if *deed == only && whose.keeper.name == "ann"),
    );
    office.ends(id, Outcome::Ran(Ran::Ended(0)));
    office.looks_again(everybody().swap_remove(1));
    office.desk.find::<gtk::Window>("run").close();
    // Changed: written first, as she, and then checked.
    let view = office.desk.find::<gtk::TextView>("editor-text");
    view.buffer()
        .insert(&mut view.buffer().start_iter(), "# x\n");
    office.desk.settle();
    looks_over(office);
    does(office, "check-all");
    office
        .desk
        .until("the review", || !office.desk.all("review").is_empty());
    office.desk.press("review-save-and-check");
    let id = office.asked(|job| matches!(job, Job::WriteAs(_)));
    office.ends(id, Outcome::Written(Base::of(b"")));
    let mut seen = Vec::new();
    for _ in 0..2 {
        match office.desk.command() {
            Command::Start { job, .. } => seen.push(*job),
            other => panic!("{other:?}"),
        }
    }
    assert!(seen.iter().any(|job| matches!(job, Job::LookAs(_))));
    let all = |job: &Job| matches!(job, Job::RunAs(_, Deed::Check(None)));
    assert!(seen.iter().any(all), "{seen:?}");
    // Messages are not taken from her server by whoever looks on, and nothing is kept with his file.
    let choice = office.desk.find::<gtk::DropDown>("editor-page");
    let model = choice.model().and_downcast::<gtk::StringList>().unwrap();
    let is_meant = |at: &u32| model.string(*at).is_some_and(|s| s.contains("multidrop"));
    choice.set_selected((0..model.n_items()).find(is_meant).unwrap());
    office.desk.settle();
    office.desk.press("try-take");
    let text = "Messages can be taken with your own file only.";
    office.desk.until("the refusal", || office.desk.shows(text));
    assert!(office.desk.is_silent());
}

#[gtk::test]
fn a_file_is_edited_as_its_user() {
    if is_for_others(720) {
        return;
    }
    let office = &mut Office::open(720);
    edit(office);
    let desk = &office.desk;
    desk.until("the file", || !desk.all("editor-structure").is_empty());
    assert!(desk.shows("/home/ann/.fetchmailrc, read and written as ann"));
    let list = desk.find::<gtk::ListView>("editor-list");
    let model = list.model().and_downcast::<gtk::SingleSelection>().unwrap();
    assert_eq!(model.selected(), 4, "at the second server");
    desk.is_named();
    desk.shot("users-editor");
    // Looked over for her, and changed.
    let lint = |job: &Job| matches!(job, Job::LintAs(it) if it.whose.keeper.name == "ann");
    let id = office.asked(lint);
    office.ends(id, Outcome::Linted(Vec::new()));
    let view = office.desk.find::<gtk::TextView>("editor-text");
    let buffer = view.buffer();
    buffer.insert(&mut buffer.start_iter(), "# by the administrator\n");
    office.desk.settle();
    let id = office.asked(lint);
    office.ends(id, Outcome::Linted(Vec::new()));
    // Not left behind without a question.
    office.desk.press("editor-own-file");
    office.desk.until("the question", || {
        !office.desk.all("editor-discard").is_empty()
    });
    let dialog = office.desk.find::<gtk::Window>("editor-discard");
    dialog
        .downcast::<adw::MessageDialog>()
        .unwrap()
        .response("keep");
    office.desk.press("editor-save");
    office
        .desk
        .until("the review", || !office.desk.all("review").is_empty());
    office.desk.press("review-save");
    let expected = format!("# by the administrator\n{RC}");
    let id = office.asked(|job| {
        matches!(job, Job::WriteAs(new) if new.version.bytes.expose() == expected.as_bytes()
            && new.version.base == Base::of(RC.as_bytes()) && !new.is_draft)
    });
    office.ends(id, Outcome::Written(Base::of(expected.as_bytes())));
    assert!(office.desk.shows("/home/ann/.fetchmailrc saved"));
    office.looks_again(everybody().swap_remove(1));
    // And back to one's own.
    office.desk.press("editor-own-file");
    office.asked(|job| *job == Job::ReadRc);
    assert!(office.desk.all("editor-owner").is_empty());
}
