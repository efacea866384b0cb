//! The record over restarts, crashes and damage.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;

use super::*;

/// A home with an id file, a state directory and a Maildir.
struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(dir.path().join("Maildir").join(part)).expect("a Maildir");
        }
        Self { dir }
    }

    fn idfile(&self) -> PathBuf {
        self.dir.path().join(".fetchids")
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn journal(&self) -> PathBuf {
        recovery::journal_path(&self.idfile(), &self.state()).expect("a path")
    }

    fn mail(&self, name: &str) -> PathBuf {
        self.dir.path().join("Maildir").join(name)
    }

    fn record(&self) -> Record {
        Record::open(&self.idfile(), &self.state()).expect("the record opens")
    }

    fn write_ids(&self, text: impl AsRef<[u8]>) {
        fs::write(self.idfile(), text).expect("an id file");
        fs::set_permissions(self.idfile(), PermissionsExt::from_mode(0o600)).expect("chmod");
    }

    fn ids(&self) -> String {
        fs::read_to_string(self.idfile()).unwrap_or_default()
    }
}

fn commit(record: &Record, batch: Vec<Entry>) {
    wait(record.commit(batch)).expect("a commit");
}

fn checkpoint(record: &Record) {
    wait(record.checkpoint()).expect("a checkpoint");
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

fn pop() -> Mailbox {
    Mailbox::new(b"me", b"example.org", None)
}

fn inbox() -> Mailbox {
    Mailbox::new(b"me", b"example.org", Some(b"INBOX"))
}

fn uid(text: &str) -> Uid {
    Uid::new(text.as_bytes())
}

fn delivered(mailbox: &Mailbox, text: &str, deletes: bool) -> Entry {
    Entry::Delivered {
        mailbox: mailbox.clone(),
        uid: uid(text),
        deletes,
    }
}

fn gone(mailbox: &Mailbox, text: &str) -> Entry {
    Entry::Gone {
        mailbox: mailbox.clone(),
        uid: uid(text),
    }
}

fn validity(mailbox: &Mailbox, validity: u32) -> Entry {
    Entry::Validity {
        mailbox: mailbox.clone(),
        validity,
    }
}

#[test]
fn what_is_known_follows_to_another_name() {
    let home = Home::new();
    let record = home.record();
    let (old, new) = (inbox(), Mailbox::new(b"me", b"new.org", Some(b"INBOX")));
    let known = |record: &Record, mailbox: &Mailbox, text: &str| record.known(mailbox, &uid(text));
    commit(
        &record,
        vec![
            validity(&old, 7),
            delivered(&old, "1", false),
            delivered(&old, "2", true),
            delivered(&pop(), "a", true),
        ],
    );
    let other = Mailbox::new(b"you", b"new.org", None);
    for (from, to) in [(&old, &new), (&pop(), &other)] {
        wait(record.follow(from, to)).expect("it follows");
    }
    drop(record);
    let record = home.record();
    for text in ["1", "2"] {
        assert_eq!(
            known(&record, &new, text),
            Known::Delivered,
            "never deleted"
        );
    }
    assert_eq!(known(&record, &old, "2"), Known::DeletePending, "it stays");
    assert_eq!(known(&record, &other, "a"), Known::Delivered);
    assert_eq!(record.mailbox_view(&new).validity(), Some(7));
    // A folder that is known to be another one.
    let third = Mailbox::new(b"me", b"third.org", Some(b"INBOX"));
    commit(&record, vec![validity(&third, 8)]);
    wait(record.follow(&old, &third)).expect("nothing to do");
    assert_eq!(known(&record, &third, "1"), Known::New);
    assert_eq!(record.mailbox_view(&third).validity(), Some(8));
}

#[test]
fn remembers_over_a_restart() {
    let check = |checkpoints: bool| {
        let home = Home::new();
        let record = home.record();
        commit(
            &record,
            vec![delivered(&pop(), "a", false), delivered(&pop(), "b", true)],
        );
        commit(
            &record,
            vec![validity(&inbox(), 7), delivered(&inbox(), "5", true)],
        );
        if checkpoints {
            checkpoint(&record);
            assert_eq!(home.ids(), "me@example.org a\nme@example.org b\n");
        }
        drop(record);
        let record = home.record();
        assert_eq!(record.known(&pop(), &uid("a")), Known::Delivered);
        assert_eq!(record.known(&pop(), &uid("b")), Known::DeletePending);
        assert_eq!(record.known(&pop(), &uid("c")), Known::New);
        assert_eq!(record.known(&pop(), &uid("5")), Known::New);
        let view = record.mailbox_view(&inbox());
        assert_eq!(view.known(&uid("5")), Known::DeletePending);
        assert_eq!(
            (view.validity(), view.has_baseline(), view.len()),
            (Some(7), false, 1)
        );
    };
    check(false);
    check(true);
}

#[test]
fn names_compare_as_the_field_does() {
    let home = Home::new();
    let record = home.record();
    commit(
        &record,
        vec![
            delivered(&pop(), "a", false),
            delivered(&inbox(), "1", false),
        ],
    );
    let check = |user: &str, host: &str, folder: Option<&str>, text: &str, expected| {
        let mailbox = Mailbox::new(user.as_bytes(), host.as_bytes(), folder.map(str::as_bytes));
        assert_eq!(record.known(&mailbox, &uid(text)), expected, "{mailbox:?}");
    };
    check("ME", "Example.ORG", None, "a", Known::Delivered);
    check("me", "example.org", Some("inbox"), "1", Known::Delivered);
    check("me", "example.org", Some("INBOX/x"), "1", Known::New);
    check("me", "example.org", Some("INBOX"), "a", Known::New);
    check("you", "example.org", None, "a", Known::New);
}

#[test]
fn a_view_sees_what_became_durable() {
    let home = Home::new();
    let record = home.record();
    let view = record.mailbox_view(&pop());
    assert!(view.is_empty());
    commit(
        &record,
        vec![delivered(&pop(), "a", true), delivered(&pop(), "b", false)],
    );
    assert_eq!(view.pending(), [uid("a")]);
    assert_eq!(view.absent(&[uid("b"), uid("c")]), [uid("a")]);
    commit(&record, vec![gone(&pop(), "a")]);
    assert_eq!((view.len(), view.pending()), (1, vec![]));
}

#[test]
fn another_validity_voids_the_folder() {
    let home = Home::new();
    let record = home.record();
    let other = Mailbox::new(b"me", b"example.org", Some(b"Other"));
    let known = vec![uid("1"), uid("2")];
    commit(
        &record,
        vec![Entry::Baseline {
            mailbox: inbox(),
            validity: 7,
            known,
        }],
    );
    commit(
        &record,
        vec![delivered(&inbox(), "3", true), delivered(&other, "3", true)],
    );
    commit(&record, vec![validity(&inbox(), 7)]);
    let view = record.mailbox_view(&inbox());
    assert_eq!((view.len(), view.has_baseline()), (3, true));
    commit(
        &record,
        vec![validity(&inbox(), 8), delivered(&inbox(), "2", false)],
    );
    drop(record);
    let record = home.record();
    let view = record.mailbox_view(&inbox());
    assert_eq!(
        (view.validity(), view.has_baseline(), view.len()),
        (Some(8), false, 1)
    );
    assert_eq!(view.known(&uid("2")), Known::Delivered);
    assert_eq!(record.known(&other, &uid("3")), Known::DeletePending);
}

#[test]
fn refused_mail_waits_and_is_never_in_the_id_file() {
    let home = Home::new();
    let record = home.record();
    let held = Held {
        tries: 2,
        retry_at: 1_800_000_000,
        options: 77,
    };
    let entry = |text: &str| Entry::Held {
        mailbox: pop(),
        uid: uid(text),
        held,
    };
    commit(
        &record,
        vec![entry("a"), entry("b"), entry("c"), entry("d")],
    );
    commit(
        &record,
        vec![delivered(&pop(), "b", false), gone(&pop(), "c")],
    );
    checkpoint(&record);
    assert_eq!(home.ids(), "me@example.org b\n");
    drop(record);
    for _ in 0..2 {
        let record = home.record();
        let view = record.mailbox_view(&pop());
        assert_eq!(
            (view.held(&uid("a")), view.known(&uid("a"))),
            (Some(held), Known::New)
        );
        assert_eq!((view.held(&uid("b")), view.held(&uid("c"))), (None, None));
        assert_eq!(view.waiting(1_799_999_999), (2, Some(1_800_000_000)));
        assert_eq!(view.waiting(1_800_000_000), (0, None));
        assert_eq!(view.absent(&[uid("b"), uid("d")]), [uid("a")]);
        drop(record);
        reopen_rewritten(&home);
    }
}

#[test]
fn who_has_it_is_remembered_until_all_have() {
    let home = Home::new();
    let served = |text: &str, names: &[&str]| Entry::Served {
        mailbox: pop(),
        uid: uid(text),
        recipients: names.iter().map(|name| name.as_bytes().to_vec()).collect(),
    };
    let record = home.record();
    commit(
        &record,
        vec![served("a", &["x", "y z"]), served("b", &["x"])],
    );
    commit(
        &record,
        vec![served("a", &["y z", ""]), delivered(&pop(), "b", false)],
    );
    drop(record);
    for _ in 0..2 {
        let record = home.record();
        let view = record.mailbox_view(&pop());
        assert_eq!(view.served(&uid("a")), [&b"x"[..], b"y z", b""]);
        assert_eq!(view.served(&uid("b")), Vec::<Vec<u8>>::new());
        assert_eq!(view.known(&uid("a")), Known::New);
        assert_eq!(view.absent(&[uid("b")]), [uid("a")]);
        drop(record);
        reopen_rewritten(&home);
    }
    let record = home.record();
    commit(&record, vec![gone(&pop(), "a")]);
    assert!(record.mailbox_view(&pop()).served(&uid("a")).is_empty());
}

#[test]
fn sizes_are_those_of_what_is_to_be_deleted() {
    let home = Home::new();
    let sized = |text: &str, size| Entry::Sized {
        mailbox: pop(),
        uid: uid(text),
        size,
    };
    let record = home.record();
    commit(
        &record,
        vec![
            delivered(&pop(), "a", true),
            delivered(&pop(), "b", true),
            sized("a", 7),
            sized("b", u64::MAX),
        ],
    );
    commit(
        &record,
        vec![gone(&pop(), "b"), delivered(&pop(), "a", true)],
    );
    drop(record);
    for _ in 0..2 {
        let record = home.record();
        let view = record.mailbox_view(&pop());
        assert_eq!(
            (view.size(&uid("a")), view.size(&uid("b"))),
            (Some(7), None)
        );
        drop(record);
        reopen_rewritten(&home);
    }
}

#[test]
fn known_things_cost_no_write() {
    let home = Home::new();
    let record = home.record();
    let batch = || {
        vec![
            validity(&inbox(), 7),
            delivered(&inbox(), "1", false),
            gone(&pop(), "x"),
        ]
    };
    commit(&record, batch());
    let size = || fs::metadata(home.journal()).map(|m| m.len()).ok();
    let before = size();
    commit(&record, batch());
    assert_eq!(size(), before);
    // Each says nothing new before the batch, but not within it.
    commit(
        &record,
        vec![delivered(&inbox(), "2", false), gone(&inbox(), "2")],
    );
    assert_eq!(record.known(&inbox(), &uid("2")), Known::New);
}

#[test]
fn unusable_uids_are_refused() {
    let home = Home::new();
    let record = home.record();
    let check = |length: usize, expected: Result<(), Error>| {
        let entry = delivered(&pop(), &"x".repeat(length), true);
        assert_eq!(wait(record.commit(vec![entry])), expected, "{length}");
    };
    check(0, Err(Error::Uid));
    check(1, Ok(()));
    check(UID_MAX, Ok(()));
    check(UID_MAX + 1, Err(Error::Uid));
    assert_eq!(record.mailbox_view(&pop()).len(), 2);
}

#[test]
fn the_id_file_of_fetchmail_is_taken_over() {
    let home = Home::new();
    home.write_ids("Me@Example.org a\nyou@other  1 \nodd line\nme@example.org b\n");
    let record = home.record();
    assert_eq!(record.known(&pop(), &uid("a")), Known::Delivered);
    assert_eq!(record.known(&pop(), &uid("b")), Known::Delivered);
    checkpoint(&record);
    let text = "Me@Example.org a\nyou@other  1 \nodd line\nme@example.org b\n";
    assert_eq!(home.ids(), text, "nothing changed, nothing is written");
    commit(
        &record,
        vec![gone(&pop(), "a"), delivered(&pop(), "c", false)],
    );
    checkpoint(&record);
    assert_eq!(
        home.ids(),
        "me@example.org b\nme@example.org c\nyou@other  1 \nodd line\n"
    );
    drop(record);
    // fetchmail ran in between: what it says counts, marks it knows nothing of go with the UID.
    home.write_ids("me@example.org c\nme@example.org d\n");
    let record = home.record();
    let view = record.mailbox_view(&pop());
    let known: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .map(|u| view.known(&uid(u)))
        .collect();
    assert_eq!(
        known,
        [Known::New, Known::New, Known::Delivered, Known::Delivered]
    );
    commit(&record, vec![gone(&pop(), "c"), gone(&pop(), "d")]);
    checkpoint(&record);
    assert!(!home.idfile().exists(), "nothing left to remember");
}

#[test]
fn what_the_id_file_cannot_say_stays_in_the_journal() {
    let home = Home::new();
    let strange = Mailbox::new(b"a@b c", b"h", None);
    let record = home.record();
    commit(
        &record,
        vec![
            delivered(&strange, "1", false),
            delivered(&pop(), "two words", true),
        ],
    );
    checkpoint(&record);
    assert_eq!(home.ids(), "");
    drop(record);
    for _ in 0..2 {
        // Twice: read from lines as they came, and from the journal written anew.
        reopen_rewritten(&home);
        let record = home.record();
        assert_eq!(record.known(&strange, &uid("1")), Known::Delivered);
        assert_eq!(
            record.known(&pop(), &uid("two words")),
            Known::DeletePending
        );
    }
}

/// Opens with an intent that is not decided, so that the journal is written anew.
fn reopen_rewritten(home: &Home) {
    let file = home.mail("tmp/left");
    let record = home.record();
    let mailbox = pop();
    commit(
        &record,
        vec![Entry::Intent {
            mailbox,
            uid: None,
            file,
            deletes: false,
        }],
    );
    drop(record);
    drop(home.record());
}

#[test]
fn grown_journals_are_shortened() {
    let home = Home::new();
    let record = home.record();
    commit(&record, vec![validity(&inbox(), 7)]);
    for n in 1..=3000u32 {
        let entry = Entry::Delivered {
            mailbox: inbox(),
            uid: n.into(),
            deletes: n > 2000,
        };
        let pop = delivered(&pop(), &format!("p{n}"), n % 2 == 0);
        commit_quick(&record, vec![entry, pop]);
    }
    let size = || fs::metadata(home.journal()).map_or(0, |m| m.len());
    assert!(size() > 128 << 10);
    checkpoint(&record);
    assert!(size() < 32 << 10, "{}", size());
    drop(record);
    let record = home.record();
    let (folder, pop) = (record.mailbox_view(&inbox()), record.mailbox_view(&pop()));
    assert_eq!((folder.len(), folder.pending().len()), (3000, 1000));
    assert_eq!((pop.len(), pop.pending().len()), (3000, 1500));
}

fn commit_quick(record: &Record, batch: Vec<Entry>) {
    // One runtime per commit would be most of the time.
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    }
    RUNTIME
        .with(|runtime| runtime.block_on(record.commit(batch)))
        .expect("a commit");
}

#[test]
fn it_may_be_shared_between_tasks() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Record>();
    shared::<View>();
}

#[test]
fn one_writer_at_a_time() {
    let home = Home::new();
    let record = home.record();
    let second = Record::open(&home.idfile(), &home.state());
    assert_eq!(
        second.err(),
        Some(Error::Busy {
            path: home.journal()
        })
    );
    commit(&record, vec![delivered(&pop(), "a", false)]);
    drop(record);
    assert_eq!(home.record().known(&pop(), &uid("a")), Known::Delivered);
}

/// A child of this process has the lock too until it has become another program.
#[test]
fn a_lock_that_is_held_for_a_moment_is_waited_for() {
    let home = Home::new();
    drop(home.record());
    let journal = fs::File::open(home.journal()).expect("a journal");
    journal.try_lock().expect("nobody has it");
    let (idfile, state) = (home.idfile(), home.state());
    let (begun, begins) = std::sync::mpsc::channel();
    let opening = std::thread::spawn(move || {
        begun.send(()).expect("somebody waits");
        Record::open(&idfile, &state)
    });
    begins.recv().expect("a thread");
    std::thread::yield_now();
    drop(journal);
    assert!(opening.join().expect("no panic").is_ok());
}

#[test]
fn no_journal_no_record() {
    let home = Home::new();
    fs::write(home.state(), "in the way").expect("a file");
    let refused = Record::open(&home.idfile(), &home.state()).err();
    assert!(
        matches!(refused, Some(Error::Disk { is_full: false, .. })),
        "{refused:?}"
    );
}

#[test]
fn an_open_id_file_is_refused() {
    let home = Home::new();
    home.write_ids("me@example.org a\n");
    fs::set_permissions(home.idfile(), PermissionsExt::from_mode(0o644)).expect("chmod");
    let refused = Record::open(&home.idfile(), &home.state()).err();
    assert!(matches!(refused, Some(Error::Refused(_))), "{refused:?}");
}

#[test]
fn damaged_files_are_set_aside_and_what_can_be_read_is_kept() {
    let home = Home::new();
    home.write_ids(b"me@example.org a\n\0\0\0\0\nme@example.org b\n");
    let record = home.record();
    assert_eq!(home.ids(), "me@example.org a\nme@example.org b\n");
    commit(&record, vec![delivered(&inbox(), "1", true)]);
    commit(&record, vec![delivered(&inbox(), "3", true)]);
    drop(record);
    let mut bytes = fs::read(home.journal()).expect("a journal");
    let at = bytes
        .windows(5)
        .position(|w| w == b"d 1:1")
        .expect("it was written");
    bytes[at + 2] = b'2';
    fs::write(home.journal(), &bytes).expect("damage");
    let record = home.record();
    let view = record.mailbox_view(&inbox());
    assert_eq!(view.known(&uid("1")), Known::New);
    assert_eq!(view.known(&uid("2")), Known::New);
    assert_eq!(view.known(&uid("3")), Known::DeletePending);
    assert_eq!(record.known(&pop(), &uid("b")), Known::Delivered);
    for path in [home.idfile(), home.journal()] {
        let aside = PathBuf::from(format!("{}.damaged-1", path.display()));
        assert!(aside.exists(), "{}", aside.display());
    }
}

#[test]
fn after_a_failed_write_the_journal_is_made_anew() {
    let home = Home::new();
    let (memory, mut writer) = recovery::open(&home.idfile(), &home.state()).expect("it opens");
    writer.journal = fs::File::open(home.journal()).expect("for reading only");
    let memory = Arc::new(Mutex::new(memory));
    let (jobs, queue) = mpsc::channel();
    let shared = memory.clone();
    let thread = std::thread::spawn(move || writer.run(&shared, &queue));
    let record = Record {
        memory,
        jobs: Some(jobs),
        writer: Some(thread),
        messages: (home.idfile(), Mutex::new(None)),
    };
    let refused = wait(record.commit(vec![delivered(&pop(), "a", true)]));
    assert!(matches!(refused, Err(Error::Disk { .. })), "{refused:?}");
    assert_eq!(record.known(&pop(), &uid("a")), Known::New);
    commit(&record, vec![delivered(&pop(), "b", true)]);
    drop(record);
    let record = home.record();
    assert_eq!(record.known(&pop(), &uid("a")), Known::New);
    assert_eq!(record.known(&pop(), &uid("b")), Known::DeletePending);
}

#[test]
fn unfinished_deliveries_are_decided_by_the_disk() {
    let check = |place: &str, deletes: bool, expected: Known| {
        let home = Home::new();
        let record = home.record();
        let file = home.mail("tmp/100.1_1.host");
        let (mailbox, one) = (pop(), Some(uid("a")));
        commit(
            &record,
            vec![Entry::Intent {
                mailbox,
                uid: one,
                file: file.clone(),
                deletes,
            }],
        );
        drop(record);
        if !place.is_empty() {
            fs::write(home.mail(place), "mail").expect("a message");
        }
        for _ in 0..2 {
            let record = home.record();
            assert_eq!(record.known(&pop(), &uid("a")), expected, "{place}");
        }
        assert!(!file.exists(), "{place}");
        let moved = !place.is_empty() && !place.starts_with("tmp");
        assert_eq!(home.mail(place).is_file(), moved, "{place}");
    };
    check("new/100.1_1.host", true, Known::DeletePending);
    check("new/100.1_1.host", false, Known::Delivered);
    check("new/100.1_1.host,S=4711", true, Known::DeletePending);
    check("cur/100.1_1.host,S=4711:2,S", false, Known::Delivered);
    check("new/100.1_1.host2,S=4711", true, Known::New);
    check("cur/100.1_1.host:2,S", true, Known::DeletePending);
    check("cur/100.1_1.host", true, Known::DeletePending);
    check("cur/100.1_1.host2:2,S", true, Known::New);
    check("tmp/100.1_1.host", true, Known::New);
    check("", true, Known::New);
}

#[test]
fn a_maildir_out_of_reach_leaves_the_question_open() {
    let home = Home::new();
    let record = home.record();
    let file = home.mail("tmp/1");
    let (mailbox, one) = (pop(), Some(uid("a")));
    commit(
        &record,
        vec![Entry::Intent {
            mailbox,
            uid: one,
            file,
            deletes: true,
        }],
    );
    drop(record);
    fs::write(home.mail("new/1"), "mail").expect("a message");
    let away = home.dir.path().join("away");
    fs::rename(home.dir.path().join("Maildir"), &away).expect("unmounted");
    assert_eq!(home.record().known(&pop(), &uid("a")), Known::New);
    fs::rename(&away, home.dir.path().join("Maildir")).expect("mounted");
    assert_eq!(home.record().known(&pop(), &uid("a")), Known::DeletePending);
}

#[test]
fn only_files_in_tmp_are_removed() {
    let home = Home::new();
    let record = home.record();
    let precious = home.dir.path().join("precious");
    fs::write(&precious, "mine").expect("a file");
    std::os::unix::fs::symlink(&precious, home.mail("tmp/link")).expect("a link");
    for file in [precious.clone(), home.mail("tmp/link")] {
        let (mailbox, uid) = (pop(), None);
        commit(
            &record,
            vec![Entry::Intent {
                mailbox,
                uid,
                file,
                deletes: true,
            }],
        );
    }
    drop(record);
    drop(home.record());
    assert_eq!(fs::read_to_string(&precious).ok().as_deref(), Some("mine"));
    assert!(home.mail("tmp/link").symlink_metadata().is_ok());
}

#[test]
fn ended_intents_are_not_asked_again() {
    let check = |ending: fn(&Path) -> Entry, name: &str| {
        let home = Home::new();
        let record = home.record();
        let file = home.mail("tmp/1");
        let (mailbox, one) = (pop(), Some(uid("a")));
        let intent = Entry::Intent {
            mailbox,
            uid: one,
            file: file.clone(),
            deletes: true,
        };
        commit(&record, vec![intent]);
        commit(&record, vec![ending(&file)]);
        drop(record);
        // A file of that name now belongs to somebody else.
        fs::write(&file, "another's").expect("a message");
        drop(home.record());
        assert!(file.exists(), "{name}");
    };
    check(|file| Entry::Settled { file: file.into() }, "settled");
    check(|_| delivered(&pop(), "a", true), "delivered");
    check(|_| gone(&pop(), "a"), "gone");
}

#[test]
fn commits_that_queue_together_all_get_their_answer() {
    let home = Home::new();
    let record = home.record();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let batches: Vec<_> = (0..200)
            .map(|n| record.commit(vec![delivered(&pop(), &format!("{n}x"), false)]))
            .collect();
        let mut waiting: Vec<_> = batches.into_iter().map(Box::pin).collect();
        let all = std::future::poll_fn(|cx| {
            waiting.retain_mut(|w| match w.as_mut().poll(cx) {
                std::task::Poll::Ready(done) => {
                    done.expect("a commit");
                    false
                }
                std::task::Poll::Pending => true,
            });
            if waiting.is_empty() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        });
        all.await;
    });
    assert_eq!(record.mailbox_view(&pop()).len(), 200);
}

/// One mailbox: validity, baseline, UIDs, refused ones.
type Picture = (
    Option<u32>,
    bool,
    Vec<(Vec<u8>, Known)>,
    Vec<(Uid, Held)>,
    Vec<(Uid, Vec<Vec<u8>>)>,
);

/// What the record says, for comparing.
fn picture(record: &Record) -> Vec<Picture> {
    let look = |mailbox: Mailbox| {
        let view = record.mailbox_view(&mailbox);
        let mut uids: Vec<_> = view.read(|shelf| {
            shelf
                .uids
                .iter()
                .map(|(uid, state)| (uid.to_vec(), state))
                .collect()
        });
        uids.sort_by(|a, b| a.0.cmp(&b.0));
        let held = view.read(|shelf| shelf.held.clone()).into_iter().collect();
        let served = view
            .read(|shelf| shelf.served.clone())
            .into_iter()
            .collect();
        (view.validity(), view.has_baseline(), uids, held, served)
    };
    [pop(), Mailbox::new(b"a@b c", b"h", None), inbox()]
        .into_iter()
        .map(look)
        .collect()
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let mailbox = || prop::sample::select(vec![pop(), Mailbox::new(b"a@b c", b"h", None), inbox()]);
    let uid = || (1u32..12).prop_map(Uid::from);
    prop_oneof![
        4 => (mailbox(), uid(), any::<bool>())
            .prop_map(|(mailbox, uid, deletes)| Entry::Delivered { mailbox, uid, deletes }),
        2 => (mailbox(), uid(), 0u32..3).prop_map(|(mailbox, uid, tries)| Entry::Held {
            mailbox, uid, held: Held { tries, retry_at: 5, options: 6 }
        }),
        2 => (mailbox(), uid(), prop::collection::vec("[ab ]{0,2}", 0..3)).prop_map(
            |(mailbox, uid, names)| Entry::Served {
                mailbox, uid, recipients: names.into_iter().map(String::into_bytes).collect()
            }
        ),
        2 => (mailbox(), uid(), 0u64..3).prop_map(|(mailbox, uid, size)| Entry::Sized { mailbox, uid, size }),
        3 => (mailbox(), uid()).prop_map(|(mailbox, uid)| Entry::Gone { mailbox, uid }),
        1 => (mailbox(), any::<bool>()).prop_map(|(mailbox, is_open)| Entry::Awaited { mailbox, is_open }),
        1 => (1u32..3).prop_map(|validity| Entry::Validity { mailbox: inbox(), validity }),
        1 => (mailbox(), 1u32..3, prop::collection::vec(uid(), 0..4)).prop_map(
            |(mailbox, validity, known)| Entry::Baseline { mailbox, validity, known }
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_crash_leaves_the_batch_before_or_after(
        batches in prop::collection::vec(prop::collection::vec(any_entry(), 1..5), 1..6),
        checkpoints in prop::collection::vec(any::<bool>(), 6),
    ) {
        let home = Home::new();
        let record = home.record();
        let last = batches.len() - 1;
        let mut before = (picture(&record), 0);
        for (n, batch) in batches.into_iter().enumerate() {
            if n == last {
                let length = fs::metadata(home.journal()).map_or(0, |m| m.len());
                before = (picture(&record), length);
            }
            commit_quick(&record, batch);
            if n < last && checkpoints[n] {
                checkpoint(&record);
            }
        }
        let after = picture(&record);
        drop(record);
        let journal = fs::read(home.journal()).expect("a journal");
        for cut in usize::try_from(before.1)?..=journal.len() {
            fs::write(home.journal(), &journal[..cut]).expect("a crash");
            let replayed = picture(&home.record());
            let expected = if cut == journal.len() { &after } else { &before.0 };
            prop_assert_eq!(&replayed, expected, "cut at {} of {}", cut, journal.len());
        }
    }

    #[test]
    fn checkpoints_change_nothing(
        batches in prop::collection::vec(prop::collection::vec(any_entry(), 1..5), 1..12),
        checkpoints in prop::collection::vec(any::<bool>(), 12),
        restarts in prop::collection::vec(any::<bool>(), 12),
    ) {
        let (plain, home) = (Home::new(), Home::new());
        let reference = plain.record();
        let mut record = home.record();
        for (n, batch) in batches.into_iter().enumerate() {
            commit_quick(&reference, batch.clone());
            commit_quick(&record, batch);
            if checkpoints[n] {
                checkpoint(&record);
            }
            if restarts[n] {
                drop(record);
                if n % 2 == 0 {
                    reopen_rewritten(&home);
                }
                record = home.record();
            }
            prop_assert_eq!(picture(&record), picture(&reference));
        }
    }
}
