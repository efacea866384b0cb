//! What a window does with the engine and a keyring. Which session bus there is the environment
//! tells, so the engine runs in a process of its own: this very program, with one test.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use postrider::base::Secret;
use postrider::engine::api::job::{
    Ask, Draft, Job, JobId, Outcome, PasswordPlace, SecretSource, SecretWish, Setup,
};
use postrider::engine::api::{AccountId, Cause, Command, Event, What};
use postrider::engine::{Asks, File, Handle, Options, Rhythm, Source, start};
use postrider::net::World;
use postrider::rc::Overrides;
use postrider::store::Places;
use postrider::store::keyring::{self, Name, State};
use tokio::sync::broadcast::Receiver;

use super::fake::{Item, Keyring};
use crate::support::home::Home;
use crate::support::journey::{PASSWORD, program};
use crate::support::mailbox::Message;
use crate::support::server::Server;

/// Set where there is a bus for [`inside`].
const INSIDE: &str = "POSTRIDER_TEST_INSIDE";

#[tokio::test]
async fn unlocked_by_a_yes() {
    let home = Home::own();
    let bus = Keyring::start(&home);
    let pairs = [
        ("application", "postrider"),
        ("server", "localhost"),
        ("user", "ada"),
        ("protocol", "imap"),
    ];
    bus.change(|state| {
        state.is_locked = true;
        state.items[2] = Some(Item {
            attributes: pairs
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
            label: String::new(),
            secret: PASSWORD.into(),
        });
    });
    let ended = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "secrets::window::inside"])
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .env(INSIDE, "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let shown = [ended.stdout, ended.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    assert!(ended.status.success(), "{shown}");
    assert!(shown.contains("1 passed"), "{shown}");
    assert_eq!(bus.state.lock().unwrap().unlocks, 1);
    assert_eq!(bus.items(), []);
}

/// What the keyring has follows an account that gets another server, and comes back with it.
#[tokio::test]
async fn passwords_go_along() {
    let home = Home::own();
    let bus = Keyring::start(&home);
    let ended = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "secrets::window::inside_moving"])
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .env(INSIDE, "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let shown = [ended.stdout, ended.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    assert!(ended.status.success(), "{shown}");
    assert!(shown.contains("1 passed"), "{shown}");
}

#[tokio::test]
#[ignore = "begun by passwords_go_along"]
async fn inside_moving() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let keyring = keyring::Keyring::default();
    let name = |server: &str| Name {
        server: server.into(),
        user: "ada".into(),
        protocol: "imap",
    };
    let found = async |server: &str| keyring.find(&name(server)).await.unwrap();
    let secret = Some(Secret::new(PASSWORD));
    keyring
        .set(&name("localhost"), &Secret::new(PASSWORD))
        .await
        .unwrap();
    let mut window = Window::with_file(true).await;
    assert_eq!(window.finished().await, 1);
    let describe = Job::Describe(window.id.clone());
    let Outcome::Described(described) = window.run(describe).await else {
        panic!("not described");
    };
    assert_eq!(described.source, SecretSource::Keyring);
    assert_eq!(described.setup.password, PasswordPlace::Keyring);
    let change = |change: fn(&mut Setup)| {
        let mut draft = Draft::new(described.setup.clone(), None);
        draft.replaces = Some(described.id.clone());
        change(&mut draft.setup);
        Job::Adopt(draft)
    };
    let undo = async |window: &mut Window, job| {
        let Outcome::Adopted(adopted) = window.run(job).await else {
            panic!("not adopted");
        };
        adopted.undo
    };
    let moved = undo(&mut window, change(|s| s.host = "127.0.0.1".into())).await;
    assert_eq!(
        (found("localhost").await, found("127.0.0.1").await),
        (None, secret.clone())
    );
    let back = Job::Undo(Box::new(moved));
    assert_eq!(window.run(back).await, Outcome::Undone);
    assert_eq!(
        (found("localhost").await, found("127.0.0.1").await),
        (secret.clone(), None)
    );
    // From the keyring into the file, unseen, and back.
    let into = undo(&mut window, change(|s| s.password = PasswordPlace::File)).await;
    assert_eq!(found("localhost").await, None);
    let rc = std::fs::read_to_string(window.home.path().join(".fetchmailrc")).unwrap();
    assert!(rc.contains(PASSWORD), "{rc}");
    let back = Job::Undo(Box::new(into));
    assert_eq!(window.run(back).await, Outcome::Undone);
    assert_eq!(found("localhost").await, secret);
    // Another option leaves it alone, and so does taking that back.
    let kept = undo(&mut window, change(|s| s.keep = true)).await;
    assert_eq!(found("localhost").await, secret);
    let back = Job::Undo(Box::new(kept));
    assert_eq!(window.run(back).await, Outcome::Undone);
    assert_eq!(found("localhost").await, secret);
}

#[tokio::test]
#[ignore = "begun by unlocked_by_a_yes"]
async fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let mut window = Window::open().await;
    // Nobody has asked for the first poll: no question.
    assert_eq!(window.failed().await, Cause::KeyringLocked);
    window.check();
    let Ask::Unlock { .. } = window.asked(None).await else {
        panic!("not asked whether to unlock");
    };
    assert_eq!(window.failed().await, Cause::KeyringLocked);
    window.check();
    window.asked(Some("")).await;
    assert_eq!(window.finished().await, 1);
    let source = Outcome::Secret;
    let keyring = source(SecretSource::Keyring);
    assert_eq!(window.secret(SecretWish::Source).await, keyring);
    // A refused password of the keyring is not asked for over it.
    let wrong = SecretWish::Set(Secret::new("wrong"));
    assert_eq!(window.secret(wrong).await, keyring);
    window.check();
    assert_eq!(window.failed().await, Cause::SignIn);
    let nowhere = source(SecretSource::Nowhere);
    assert_eq!(window.secret(SecretWish::Clear).await, nowhere);
    window.check();
    for (answer, expected) in [("wrong", false), (PASSWORD, true)] {
        match window.asked(Some(answer)).await {
            Ask::Password { is_again, .. } => assert_eq!(is_again, expected),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(window.finished().await, 0);
    let memory = source(SecretSource::Memory);
    assert_eq!(window.secret(SecretWish::Source).await, memory);
    let stranger = AccountId {
        label: "beta".into(),
        ..window.id.clone()
    };
    window.id = stranger;
    match window.secret(SecretWish::Source).await {
        Outcome::Failed(failed) => assert_eq!(*failed.cause(), Cause::NoAccount),
        other => panic!("{other:?}"),
    }
    renamed().await;
}

/// An entry goes with its account, and never over another one.
async fn renamed() {
    let keyring = keyring::Keyring::default();
    let name = |server: &str, user: &str| Name {
        server: server.into(),
        user: user.into(),
        protocol: "imap",
    };
    let (old, new) = (name("old", "ada"), name("new", "ada"));
    let secret = Secret::new("x");
    let found = async |name: &Name| keyring.find(name).await.unwrap();
    assert_eq!(keyring.state().await, State::Open);
    assert_eq!(keyring.rename(&old, &new).await, Ok(false));
    keyring.set(&old, &secret).await.unwrap();
    assert_eq!(keyring.rename(&old, &name("n\0", "ada")).await, Ok(false));
    assert_eq!(keyring.rename(&old, &new).await, Ok(true));
    assert_eq!(found(&old).await, None);
    assert_eq!(found(&new).await, Some(secret));
    keyring.set(&old, &Secret::new("y")).await.unwrap();
    assert_eq!(keyring.rename(&new, &old).await, Ok(false));
    assert_eq!(found(&old).await, Some(Secret::new("y")));
    for name in [old, new] {
        assert_eq!(keyring.clear(&name).await, Ok(true));
        assert_eq!(keyring.clear(&name).await, Ok(false));
    }
}

struct Window {
    handle: Handle,
    events: Receiver<Event>,
    id: AccountId,
    _server: Server,
    home: Home,
}

impl Window {
    async fn open() -> Self {
        Self::with_file(false).await
    }

    /// With the rc file on the disk, where it can be changed.
    async fn with_file(is_on_disk: bool) -> Self {
        let server = Server::start().await;
        server.store.add_user("ada", PASSWORD);
        server.store.add("ada", "INBOX", [Message::numbered(0)]);
        let home = Home::own();
        let rc = format!(
            "poll alpha via localhost proto imap port {} user ada sslproto '' \
             mda \"postrider deliver --maildir {}/Mail\"\n",
            server.imap,
            home.path().display()
        );
        let own = home.path().to_owned();
        let env = move |name: &str| (name == "HOME").then(|| own.clone().into_os_string());
        let options = Options {
            source: Source {
                file: match is_on_disk {
                    true => {
                        home.rc(&rc);
                        File::Path(home.path().join(".fetchmailrc"))
                    }
                    false => File::Text(rc.into_bytes()),
                },
                overrides: Overrides::default(),
                servers: Vec::new(),
                user: "ada".into(),
                is_root: false,
            },
            rhythm: Rhythm::Desktop,
            only_check: false,
            serial: false,
            asks: Asks::Anytime,
            keyring: true,
            places: Places::from_env(env, 1000, |_| None).unwrap(),
            program: PathBuf::from(program()),
            world: World::system(),
        };
        let (handle, events) = start(&tokio::runtime::Handle::current(), options);
        let id = AccountId {
            label: "alpha".into(),
            user: "ada".into(),
            ordinal: 0,
        };
        Self {
            handle,
            events,
            id,
            _server: server,
            home,
        }
    }

    fn check(&self) {
        self.handle.send(Command::Check { ids: None });
    }

    async fn next(&mut self) -> Event {
        let event = tokio::time::timeout(Duration::from_secs(60), self.events.recv()).await;
        event.expect("in time").expect("an event")
    }

    /// The next question, answered so. What ends a poll must not come before it.
    async fn asked(&mut self, answer: Option<&str>) -> Ask {
        loop {
            match self.next().await {
                Event::Question(question) => {
                    let (id, value) = (question.id, answer.map(Secret::new));
                    self.handle.send(Command::Answer { id, value });
                    return question.what;
                }
                Event::Activity(entry) => assert!(
                    !matches!(entry.what, What::Failed(_) | What::Finished { .. }),
                    "{entry:?}"
                ),
                _ => {}
            }
        }
    }

    async fn ended(&mut self) -> What {
        loop {
            match self.next().await {
                Event::Question(question) => panic!("{question:?}"),
                Event::Activity(entry)
                    if matches!(entry.what, What::Failed(_) | What::Finished { .. }) =>
                {
                    return entry.what;
                }
                _ => {}
            }
        }
    }

    async fn failed(&mut self) -> Cause {
        match self.ended().await {
            What::Failed(trouble) => trouble.cause,
            other => panic!("{other:?}"),
        }
    }

    async fn finished(&mut self) -> u32 {
        match self.ended().await {
            What::Finished { count, .. } => count,
            other => panic!("{other:?}"),
        }
    }

    async fn secret(&mut self, what: SecretWish) -> Outcome {
        let account = self.id.clone();
        self.run(Job::Secret { id: account, what }).await
    }

    async fn run(&mut self, job: Job) -> Outcome {
        let id = JobId::new();
        let job = Box::new(job);
        self.handle.send(Command::Start { id, job });
        loop {
            match self.next().await {
                Event::JobDone { id: done, outcome } if done == id => return outcome,
                _ => {}
            }
        }
    }
}
