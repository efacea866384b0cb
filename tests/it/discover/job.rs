//! Discovery as a job of the engine: with a person's own tables, told step by step, stopped.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use postrider::engine::api::job::{Job, JobId, Outcome, Progress, Wish};
use postrider::engine::api::{Command, Event};
use postrider::engine::{self, File, Handle, Options, Rhythm, Source};
use postrider::net::World;
use postrider::probe::found::Found;
use postrider::rc::Overrides;
use postrider::store::Places;
use tokio::sync::broadcast::Receiver;

use super::names::Manner;
use super::stage::{Reply, Service, Stage, settings, ways, wish};

/// An engine that polls nobody, in a home of its own.
fn engine(home: &tempfile::TempDir, world: World) -> (Handle, Receiver<Event>) {
    let env = |name: &str| (name == "HOME").then(|| home.path().into());
    let options = Options {
        source: Source {
            file: File::Text(b"set daemon 3600\n".to_vec()),
            overrides: Overrides::default(),
            servers: Vec::new(),
            user: "ada".into(),
            is_root: false,
        },
        rhythm: Rhythm::Desktop,
        only_check: false,
        serial: false,
        places: Places::from_env(env, 1000, |_| None).unwrap(),
        program: PathBuf::from(env!("CARGO_BIN_EXE_postrider")),
        world,
        asks: postrider::engine::Asks::Nobody,
        keyring: false,
    };
    engine::start(&tokio::runtime::Handle::current(), options)
}

/// The outcome of a job, and what was told before it.
async fn outcome(events: &mut Receiver<Event>, job: JobId) -> (Outcome, Vec<Found>) {
    let mut told = Vec::new();
    let wait = async {
        loop {
            match events.recv().await.unwrap() {
                Event::JobDone { id, outcome } if id == job => return outcome,
                Event::Job {
                    id,
                    progress: Progress::Discover(found),
                } if id == job => told.push(*found),
                _ => {}
            }
        }
    };
    let limit = Duration::from_secs(30);
    let outcome = tokio::time::timeout(limit, wait).await.unwrap();
    (outcome, told)
}

fn start(engine: &Handle, wish: Wish) -> JobId {
    let id = JobId::new();
    let job = Box::new(Job::Discover(wish));
    engine.send(Command::Start { id, job });
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_and_ends() {
    let mut stage = Stage::new();
    let page = Reply::xml(&settings("mail.example.org"));
    stage.autoconfig("example.org", page).await;
    let home = tempfile::tempdir().unwrap();
    let (engine, mut events) = engine(&home, stage.world().await);
    let id = start(&engine, wish("example.org"));
    let (outcome, told) = outcome(&mut events, id).await;
    let Outcome::Discovered(found) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(ways(&found), ["Imap mail.example.org 993 Tls"]);
    assert!(found.is_done && !told.is_empty());
    assert!(told.iter().all(|found| !found.is_done));
}

#[tokio::test(flavor = "multi_thread")]
async fn own_tables_are_read_and_broken_ones_told() {
    let mut stage = Stage::new();
    let home = tempfile::tempdir().unwrap();
    let tables = home.path().join(".local/share/postrider/providers.d");
    fs::create_dir_all(&tables).unwrap();
    let put = |name: &str, text: &str| {
        let path = tables.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    put("a.toml", "[[provider]]\nname = 3\n");
    put(
        "b.toml",
        "[[provider]]\nname = \"Mine\"\ndomains = [\"gmail.com\"]\n\
         [provider.imap]\nhost = \"imap.mine.example\"\nport = 993\ntls = \"implicit\"\n",
    );
    let (engine, mut events) = engine(&home, stage.world().await);
    let id = start(&engine, wish("gmail.com"));
    let (outcome, _) = outcome(&mut events, id).await;
    let Outcome::Discovered(found) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(ways(&found), ["Imap imap.mine.example 993 Tls"]);
    let notes = &found.steps[0].notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("a.toml, line 2"), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_stopped_and_refuses_what_is_no_domain() {
    let mut stage = Stage::new();
    stage.names.manner = Manner::Silent;
    stage
        .serve("autoconfig.example.org", 443, Service::Mute)
        .await;
    let home = tempfile::tempdir().unwrap();
    let (engine, mut events) = engine(&home, stage.world().await);
    let id = start(&engine, wish("example.org"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    engine.send(Command::Cancel(id));
    let (ended, _) = outcome(&mut events, id).await;
    assert_eq!(ended, Outcome::Cancelled);
    let id = start(&engine, wish("ann@example.org"));
    let (ended, _) = outcome(&mut events, id).await;
    assert!(matches!(ended, Outcome::Failed(_)), "{ended:?}");
}
