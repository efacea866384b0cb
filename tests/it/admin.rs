//! Other users' files: looked at, read, written and fetched by as those users, and never through a
//! link. As root there are two users of this test's own, whom no password database knows; whoever
//! else runs it is both users, which tries all but the change of users.

mod files;
mod runs;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use postrider::base::Secret;
use postrider::engine::api::job::users::{
    Deed, Everybody, FileState, Ran, Refusal, Rewrite, Summary, UsersFile, Whose,
};
use postrider::engine::api::job::{Failed, Job, JobId, Outcome, Progress, RcText};
use postrider::engine::api::saving::{Base, Unsaved, Version};
use postrider::engine::api::{Cause, Command, Event};
use postrider::engine::{Asks, File, Handle, Options, Rhythm, Source, start};
use postrider::net::World;
use postrider::rc::Overrides;
use postrider::store::Places;
use tempfile::TempDir;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

/// A group that only Bob is in, besides his own.
const CLUB: u32 = 65529;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The user numbers of Ann and Bob.
fn numbers() -> [u32; 2] {
    match is_root() {
        true => [65530, 65531],
        false => [rustix::process::geteuid().as_raw(); 2],
    }
}

/// A path of the program that both users reach.
fn program(dir: &Path) -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_postrider"));
    let other = dir.join("postrider");
    // Not copied unless it must be: what has just been written may be open in a child of another
    // test, and is not run then.
    if !is_root() {
        built.to_owned()
    } else {
        if fs::hard_link(built, &other).is_err() {
            fs::copy(built, &other).unwrap();
        }
        other
    }
}

/// A computer with two users, and the administrator's engine.
struct House {
    dir: TempDir,
    passwd: String,
    handle: Handle,
    events: Receiver<Event>,
}

impl House {
    /// With these lines of a password database besides Ann and Bob.
    fn new(others: &str) -> Self {
        Self::with(others, true)
    }

    /// The same, or with the users that the system knows.
    fn with(others: &str, is_ours: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let at = dir.path().display();
        let [ann, bob] = numbers();
        let (ann_group, bob_group) = match is_root() {
            true => (ann, bob),
            false => {
                let own = rustix::process::getegid().as_raw();
                (own, own)
            }
        };
        let passwd = format!(
            "ann:x:{ann}:{ann_group}::{at}/ann:/bin/sh\nbob:x:{bob}:{bob_group}::{at}/bob:/bin/sh\n{others}"
        );
        let passwd = passwd.replace("HOUSE", &at.to_string());
        fs::write(dir.path().join("passwd"), &passwd).unwrap();
        fs::write(dir.path().join("group"), format!("club:x:{CLUB}:bob\n")).unwrap();
        let places = {
            let home = dir.path().join("admin");
            fs::create_dir(&home).unwrap();
            let env = move |name: &str| (name == "HOME").then(|| home.clone().into_os_string());
            let mut places = Places::from_env(env, 1000, |_| None).unwrap();
            places.passwd = is_ours.then(|| dir.path().join("passwd"));
            places.system_rc = dir.path().join("fetchmailrc");
            places
        };
        let program = program(dir.path());
        let options = Options {
            source: Source {
                file: File::Path(dir.path().join("admin/.fetchmailrc")),
                overrides: Overrides::default(),
                servers: Vec::new(),
                user: "root".into(),
                is_root: true,
            },
            rhythm: Rhythm::Desktop,
            only_check: false,
            serial: false,
            places,
            program,
            world: World::system(),
            asks: Asks::Nobody,
            keyring: false,
        };
        let (handle, events) = start(&tokio::runtime::Handle::current(), options);
        let house = Self {
            dir,
            passwd,
            handle,
            events,
        };
        for user in ["ann", "bob"] {
            house.make_home(user);
        }
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn number(&self, user: &str) -> u32 {
        numbers()[usize::from(user == "bob")]
    }

    fn give(&self, path: &Path, user: &str) {
        if is_root() {
            let number = Some(self.number(user));
            chown(path, number, number).unwrap();
        }
    }

    fn make_home(&self, user: &str) {
        let home = self.path(user);
        fs::create_dir(&home).unwrap();
        fs::set_permissions(&home, PermissionsExt::from_mode(0o700)).unwrap();
        self.give(&home, user);
    }

    /// Gives a user a file, mode 0600.
    fn rc(&self, user: &str, text: &str) -> PathBuf {
        let path = self.path(user).join(".fetchmailrc");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        self.give(&path, user);
        path
    }

    fn begin(&self, job: Job) -> JobId {
        let id = JobId::new();
        let job = Box::new(job);
        self.handle.send(Command::Start { id, job });
        id
    }

    async fn next(&mut self) -> Event {
        let event = timeout(Duration::from_secs(60), self.events.recv()).await;
        event.expect("nothing within a minute").unwrap()
    }

    /// What comes of a job, and what it told on the way.
    async fn watch(&mut self, job: Job) -> (Outcome, Vec<Progress>) {
        let started = self.begin(job);
        let mut told = Vec::new();
        loop {
            match self.next().await {
                Event::Job { id, progress } if id == started => told.push(progress),
                Event::JobDone { id, outcome } if id == started => return (outcome, told),
                _ => {}
            }
        }
    }

    async fn run(&mut self, job: Job) -> Outcome {
        self.watch(job).await.0
    }

    async fn failed(&mut self, job: Job) -> Failed {
        match self.run(job).await {
            Outcome::Failed(failed) => *failed,
            other => panic!("{other:?}"),
        }
    }

    /// The list of all.
    async fn list(&mut self) -> Everybody {
        match self.run(Job::UsersFiles).await {
            Outcome::Everybody(everybody) => *everybody,
            other => panic!("{other:?}"),
        }
    }

    /// A user's line in the list.
    async fn of(&mut self, user: &str) -> UsersFile {
        let files = self.list().await.files.into_iter();
        let mut files = files.filter(|file| !file.whose.is_system);
        files.find(|file| file.whose.keeper.name == user).unwrap()
    }

    async fn whose(&mut self, user: &str) -> Box<Whose> {
        Box::new(self.of(user).await.whose)
    }

    async fn refusal(&mut self, user: &str) -> Refusal {
        match self.of(user).await.state {
            FileState::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    async fn summary(&mut self, user: &str) -> Summary {
        match self.of(user).await.state {
            FileState::Seen(summary) => *summary,
            other => panic!("{other:?}"),
        }
    }

    async fn read(&mut self, user: &str) -> RcText {
        let whose = self.whose(user).await;
        match self.run(Job::ReadAs(whose)).await {
            Outcome::RcRead(text) => *text,
            other => panic!("{other:?}"),
        }
    }

    /// A job that writes `text` over what was read.
    async fn rewrite(&mut self, user: &str, base: Base, text: &str) -> Job {
        Job::WriteAs(Box::new(Rewrite {
            whose: *self.whose(user).await,
            version: Version {
                base,
                bytes: Secret::new(text),
            },
            is_draft: false,
        }))
    }

    /// Owner, group and mode.
    fn look(&self, name: &str) -> (u32, u32, u32) {
        let metadata = fs::symlink_metadata(self.path(name)).unwrap();
        (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777)
    }
}

/// The sentence of a job that failed.
fn sentence(failed: &Failed) -> String {
    match failed.cause() {
        Cause::Setup(sentence) => sentence.clone(),
        other => panic!("{other:?}"),
    }
}
