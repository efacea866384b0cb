//! The engine's one-off jobs, asked for through its door as a window does: each with servers that
//! behave and servers that do not. What a job must leave alone is compared before and after.

mod adopt;
mod check_once;
mod deliver;
mod dry_run;
mod editing;
mod files;
mod routing;
mod sign_in;

use std::path::{Path, PathBuf};
use std::time::Duration;

use postrider::base::Secret;
use postrider::engine::api::job::{
    Delivery, Draft, Failed, FirstTime, Job, JobId, Outcome, PasswordPlace, Progress, Setup, Trust,
};
use postrider::engine::api::{Command, Event};
use postrider::engine::{File, Handle, Options, Rhythm, Source, start};
use postrider::net::World;
use postrider::rc::Overrides;
use postrider::rc::setup::Rhythm as Check;
use postrider::store::Places;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

use crate::support::home::Home;
use crate::support::mailbox::Message;
use crate::support::server::Server;

const POSTRIDER: &str = env!("CARGO_BIN_EXE_postrider");

/// A home, a mail server, and an engine as the window runs it.
struct Bench {
    home: Home,
    server: Server,
    handle: Handle,
    events: Receiver<Event>,
}

impl Bench {
    /// With this rc file; none if it is empty.
    async fn new(rc: &str) -> Self {
        Self::with(Server::start().await, rc).await
    }

    async fn with(server: Server, rc: &str) -> Self {
        server.store.add_user("ada", "secret");
        let home = Home::own();
        if !rc.is_empty() {
            home.rc(rc);
        }
        let (handle, events) = engine(&home);
        let mut bench = Self {
            home,
            server,
            handle,
            events,
        };
        bench.until(|event| matches!(event, Event::Loaded(_))).await;
        bench
    }

    /// Another engine over what this one has left.
    async fn restart(&mut self) {
        self.handle.send(Command::Shutdown);
        self.until(|event| matches!(event, Event::Ended)).await;
        (self.handle, self.events) = engine(&self.home);
        self.until(|event| matches!(event, Event::Loaded(_))).await;
    }

    fn fill(&self, count: usize) {
        let messages = (0..count).map(Message::numbered);
        self.server.store.add("ada", "INBOX", messages);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The account of the server's IMAP, or POP3, without TLS, into `~/Maildir`.
    fn setup(&self, is_imap: bool) -> Setup {
        Setup {
            address: "ada@example.org".into(),
            host: "localhost".into(),
            port: match is_imap {
                true => self.server.imap,
                false => self.server.pop3,
            },
            is_imap,
            is_implicit_tls: false,
            is_plain: true,
            user: "ada".into(),
            method: None,
            trust: Trust::Authorities,
            password: PasswordPlace::File,
            delivery: Delivery::Maildir(self.path("Maildir")),
            keep: true,
            first_time: FirstTime::OnlyNew,
            rhythm: Check::Asked,
            limit: None,
            folders: Vec::new(),
        }
    }

    fn draft(&self, is_imap: bool) -> Draft {
        draft(self.setup(is_imap))
    }

    /// The next event that is looked for.
    async fn until(&mut self, mut is_it: impl FnMut(&Event) -> bool) -> Event {
        let work = async {
            loop {
                let event = self.events.recv().await.unwrap();
                if is_it(&event) {
                    return event;
                }
            }
        };
        timeout(Duration::from_secs(60), work).await.unwrap()
    }

    fn begin(&self, job: Job) -> JobId {
        let id = JobId::new();
        let job = Box::new(job);
        self.handle.send(Command::Start { id, job });
        id
    }

    /// What comes of a job, and what it told on the way.
    async fn watch(&mut self, job: Job) -> (Outcome, Vec<Progress>) {
        let started = self.begin(job);
        let mut told = Vec::new();
        loop {
            let event = self.until(|_| true).await;
            match event {
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

    /// What the server has: UIDs and flags.
    fn state(&self) -> Vec<(u32, Vec<String>)> {
        let messages = self.server.store.messages("ada", "INBOX");
        let state = messages
            .into_iter()
            .map(|stored| (stored.uid, stored.flags.into_iter().collect()));
        state.collect()
    }

    fn read(&self, path: impl AsRef<Path>) -> Option<String> {
        std::fs::read_to_string(self.home.path().join(path)).ok()
    }
}

/// An engine as the window runs it, over this home.
fn engine(home: &Home) -> (Handle, Receiver<Event>) {
    let own = home.path().to_owned();
    let env = move |name: &str| (name == "HOME").then(|| own.clone().into_os_string());
    let options = Options {
        source: Source {
            file: File::Path(home.path().join(".fetchmailrc")),
            overrides: Overrides::default(),
            servers: Vec::new(),
            user: "ada".into(),
            is_root: false,
        },
        rhythm: Rhythm::Desktop,
        only_check: false,
        serial: false,
        places: Places::from_env(env, 1000, |_| None).unwrap(),
        program: PathBuf::from(POSTRIDER),
        world: World::system(),
        asks: postrider::engine::Asks::Nobody,
        keyring: false,
    };
    start(&tokio::runtime::Handle::current(), options)
}

fn draft(setup: Setup) -> Draft {
    Draft::new(setup, Some(Secret::new("secret")))
}
