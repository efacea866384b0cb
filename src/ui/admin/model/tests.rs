use super::*;
use crate::engine::api::job::users::{Ran, Running, ServerLine, Summary, User};

fn user(name: &str, uid: u32) -> User {
    User {
        name: name.into(),
        uid,
        gid: uid,
        groups: vec![uid],
        home: format!("/home/{name}").into(),
    }
}

fn file(name: &str, uid: u32, state: FileState) -> UsersFile {
    UsersFile {
        whose: Whose::of(user(name, uid)),
        state,
        running: None,
    }
}

fn seen(servers: usize) -> FileState {
    let server = |n| ServerLine {
        label: format!("mail{n}.example.org"),
        protocol: "IMAP".into(),
        is_skipped: n == 1,
        users: vec![("Ann@example.org".into(), vec!["ann".into(), "bob".into()])],
    };
    FileState::Seen(Box::new(Summary {
        servers: (0..servers).map(server).collect(),
        hints: 1,
        ..Summary::default()
    }))
}

fn names(model: &Model) -> Vec<String> {
    let shown = model.shown().into_iter();
    shown.map(|file| title(&file.whose)).collect()
}

#[test]
fn who_is_shown() {
    let mut model = Model::default();
    model.begin();
    let refused = |refusal| FileState::Refused(refusal);
    let link = |name: &str| refused(Refusal::Link(name.into()));
    let computer = UsersFile {
        whose: Whose::system("/etc/fetchmailrc".as_ref(), user("root", 0)),
        state: FileState::Absent { can_make: true },
        running: None,
    };
    model.take(vec![
        file("zoe", 1001, seen(1)),
        file("bin", 2, link("bin")),
        file("ann", 1000, link("ann")),
        file("exim", 101, link(".fetchmailrc")),
        computer,
    ]);
    model.take(vec![
        file("bob", 1002, FileState::Absent { can_make: true }),
        file("nobody", 65534, FileState::Absent { can_make: false }),
        file("_apt", 42, refused(Refusal::Denied)),
        file("cat", 1003, refused(Refusal::Denied)),
    ]);
    assert_eq!(names(&model), ["ann", "cat", "exim", "zoe"]);
    model.shows_absent = true;
    let all = [
        "The whole computer",
        "_apt",
        "ann",
        "bin",
        "bob",
        "cat",
        "exim",
        "zoe",
    ];
    assert_eq!(names(&model), all);
    model.wanted = " ANN@ex ".into();
    assert_eq!(names(&model), ["zoe"]);
    model.wanted = "/etc/".into();
    assert_eq!(names(&model), ["The whole computer"]);
    model.take(vec![file("zoe", 1001, seen(2))]);
    model.wanted = "mail1".into();
    assert_eq!(names(&model), ["zoe"]);
    model.begin();
    assert!(names(&model).is_empty());
}

#[test]
fn what_is_said() {
    let mut zoe = file("zoe", 1001, seen(5));
    let first = "IMAP mail0.example.org: Ann@example.org for ann, bob\n\
                 IMAP mail1.example.org: Ann@example.org for ann, bob (skip)\n\
                 IMAP mail2.example.org: Ann@example.org for ann, bob\nand 2 more";
    assert_eq!(line(&zoe), (first.to_owned(), "1 hint".to_owned()));
    assert_eq!(icon(&zoe).1, "well");
    zoe.running = Some(Running {
        pid: Some(12),
        interval: Some(300),
    });
    if let FileState::Seen(summary) = &mut zoe.state {
        summary.exposed = Some(0o644);
        summary.errors = 2;
    }
    assert_eq!(
        line(&zoe).1,
        "Others can get at it (mode 0644). Saving it in the editor mends that. · 2 errors, 1 hint · Checks every 300 s in the background (process 12)"
    );
    assert_eq!(icon(&zoe).1, "wait");
    let odd = file(
        "a\u{202e}\u{1b}[2J",
        5000,
        FileState::Refused(Refusal::NotRegular),
    );
    assert_eq!(title(&odd.whose), "a\u{fffd}\u{fffd}[2J");
    assert_eq!(line(&odd).0, "It is not an ordinary file.");
    assert!(ran(Ran::Ended(3)).contains('3') && ran(Ran::NotStarted(5)).contains('5'));
}
