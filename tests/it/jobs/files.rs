//! The files of an editor: others than the one that is polled by, drafts, dumps. The rc file is
//! left alone.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use postrider::base::Secret;
use postrider::engine::api::Cause;
use postrider::engine::api::job::{FileDone, FileWish, Job, Outcome};
use postrider::engine::api::saving::{Base, Unsaved, Version, Which};
use postrider::engine::api::{Command, Event};

use super::Bench;

const RC: &str = "poll a proto pop3 user x\n";

impl Bench {
    async fn file(&mut self, name: Option<&str>, wish: FileWish) -> FileDone {
        let path = name.map(|name| self.path(name));
        match self.run(Job::File { path, wish }).await {
            Outcome::File(done) => *done,
            other => panic!("{other:?}"),
        }
    }

    /// The sentence of a job that came to nothing.
    async fn fails(&mut self, name: &str, wish: FileWish) -> String {
        let path = Some(self.path(name));
        let Outcome::Failed(failed) = self.run(Job::File { path, wish }).await else {
            panic!("it did not fail");
        };
        match failed.cause() {
            Cause::Setup(sentence) => sentence.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn mode(&self, name: &str) -> u32 {
        let about = fs::metadata(self.path(name)).unwrap();
        about.permissions().mode() & 0o777
    }
}

fn version(base: &[u8], text: &str) -> Version {
    Version {
        base: Base::of(base),
        bytes: Secret::new(text),
    }
}

#[tokio::test]
async fn another_file_is_read_and_written_as_itself() {
    let mut bench = Bench::new(RC).await;
    let path = bench.path("other");
    fs::write(&path, "poll b user y\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let FileDone::Read(text) = bench.file(Some("other"), FileWish::Read).await else {
        panic!("not read");
    };
    assert_eq!(
        (&text.path, text.bytes.expose()),
        (&path, &b"poll b user y\n"[..])
    );
    let wish = FileWish::Save(version(b"poll b user y\n", "poll c user y\n"), Which::Rc);
    let FileDone::Saved(saved) = bench.file(Some("other"), wish.clone()).await else {
        panic!("not saved");
    };
    assert_eq!(saved.result, Ok(Base::of(b"poll c user y\n")));
    assert_eq!(fs::read(&path).unwrap(), b"poll c user y\n");
    assert_eq!(bench.mode("other"), 0o600);
    // It is another one by now.
    let FileDone::Saved(saved) = bench.file(Some("other"), wish).await else {
        panic!("no answer");
    };
    assert!(
        matches!(saved.result, Err(Unsaved::Changed(_))),
        "{saved:?}"
    );
    let bad = FileWish::Save(version(b"poll c user y\n", "poll c frob\n"), Which::Rc);
    let FileDone::Saved(saved) = bench.file(Some("other"), bad).await else {
        panic!("no answer");
    };
    assert!(matches!(saved.result, Err(Unsaved::Errors(_))), "{saved:?}");
    assert!(
        bench
            .fails("nowhere", FileWish::Read)
            .await
            .contains("nowhere")
    );
    fs::create_dir(bench.path("folder")).unwrap();
    assert!(
        bench
            .fails("folder", FileWish::Read)
            .await
            .contains("ordinary")
    );
    let FileDone::Linted(found) = bench.file(Some("other"), FileWish::Lint).await else {
        panic!("not looked over");
    };
    assert!(found.iter().all(|finding| finding.slug != "file-exposed"));
    let rc = fs::read_to_string(bench.path(".fetchmailrc")).unwrap();
    assert_eq!(rc, RC);
}

#[tokio::test]
async fn copies_are_private() {
    let mut bench = Bench::new(RC).await;
    let put = || FileWish::Put(Secret::new("poll z\n"));
    assert_eq!(bench.file(Some("copy"), put()).await, FileDone::Put);
    assert_eq!(bench.mode("copy"), 0o600);
    fs::write(bench.path("there"), "older").unwrap();
    fs::set_permissions(bench.path("there"), fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(bench.file(Some("there"), put()).await, FileDone::Put);
    assert_eq!(bench.mode("there"), 0o600);
    assert_eq!(fs::read(bench.path("there")).unwrap(), b"poll z\n");
    assert_eq!(fs::read(bench.path("there~")).unwrap(), b"older");
    fs::create_dir(bench.path("folder")).unwrap();
    assert!(bench.fails("folder", put()).await.contains("ordinary"));
}

#[tokio::test]
async fn drafts_are_found_and_go() {
    let mut bench = Bench::new(RC).await;
    let beside = |done: FileDone| match done {
        FileDone::Beside(beside) => beside.draft.map(|draft| draft.bytes),
        other => panic!("{other:?}"),
    };
    let found = beside(bench.file(None, FileWish::LookBeside).await);
    assert_eq!(found, None);
    bench.handle.send(Command::SaveRc {
        version: version(b"", "poll a frob\n"),
        which: Which::Draft,
    });
    bench.until(|event| matches!(event, Event::Saved(_))).await;
    assert_eq!(bench.mode(".fetchmailrc.draft"), 0o600);
    let found = beside(bench.file(None, FileWish::LookBeside).await);
    assert_eq!(found, Some(Secret::new("poll a frob\n")));
    // Not another one than was seen.
    let drop = |text: &[u8]| FileWish::DropDraft(Base::of(text));
    bench.file(None, drop(b"poll b\n")).await;
    assert!(bench.path(".fetchmailrc.draft").exists());
    bench.file(None, drop(b"poll a frob\n")).await;
    assert!(!bench.path(".fetchmailrc.draft").exists());
    // A link is none.
    symlink(bench.path(".fetchmailrc"), bench.path(".fetchmailrc.draft")).unwrap();
    let found = beside(bench.file(None, FileWish::LookBeside).await);
    assert_eq!(found, None);
    bench.file(None, drop(RC.as_bytes())).await;
    assert_eq!(fs::read_to_string(bench.path(".fetchmailrc")).unwrap(), RC);
}

#[tokio::test]
async fn a_dump_becomes_a_file() {
    let mut bench = Bench::new(RC).await;
    let dump = "fetchmailrc = {'servers': [{\"pollname\": \"d\", \"auth\": \"any\", 'newer': 1, 'users': [{\"remote\": \"x\"}]}]}";
    fs::write(bench.path("dump"), dump).unwrap();
    let FileDone::Undumped(taken) = bench.file(Some("dump"), FileWish::Undump).await else {
        panic!("not read");
    };
    assert_eq!(taken.bytes.expose(), b"poll d\n    user x\n");
    assert_eq!(taken.left_out, ["newer"]);
    fs::write(
        bench.path("dump"),
        "fetchmailrc = {'passwords_masked':TRUE}",
    )
    .unwrap();
    let sentence = bench.fails("dump", FileWish::Undump).await;
    assert!(sentence.contains("masked"), "{sentence}");
    assert_eq!(fs::read_to_string(bench.path(".fetchmailrc")).unwrap(), RC);
}
