//! The engine as a whole, in this process or as the program, at moments that are hard on it.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use postrider::engine::api::{Command, Event, What};
use postrider::engine::{Asks, File, Handle, Options, Rhythm, Source, start};
use postrider::net::World;
use postrider::rc::Overrides;
use postrider::store::Places;
use tokio::sync::broadcast::Receiver;
use tokio::time::{sleep, timeout};

use crate::support::home::Home;
use crate::support::mailbox::Message;
use crate::support::server::Server;

const POSTRIDER: &str = env!("CARGO_BIN_EXE_postrider");

async fn server(count: usize) -> Server {
    let server = Server::start().await;
    server.store.add_user("ada", "secret");
    let messages = (0..count).map(Message::numbered);
    server.store.add("ada", "INBOX", messages);
    server
}

/// An entry for the server's port of `proto`, with `rest` behind it.
fn entry(proto: &str, port: u16, rest: &str) -> String {
    format!(
        "poll work via localhost proto {proto} port {port} user ada password secret sslproto '' {rest}\n"
    )
}

fn engine(home: &Home, rc: &str, rhythm: Rhythm) -> (Handle, Receiver<Event>) {
    let own = home.path().to_owned();
    let env = move |name: &str| (name == "HOME").then(|| own.clone().into_os_string());
    let options = Options {
        source: Source {
            file: File::Text(rc.as_bytes().to_vec()),
            overrides: Overrides::default(),
            servers: Vec::new(),
            user: "ada".into(),
            is_root: false,
        },
        rhythm,
        only_check: false,
        serial: false,
        asks: Asks::Nobody,
        keyring: false,
        places: Places::from_env(env, 1000, |_| None).unwrap(),
        program: PathBuf::from(POSTRIDER),
        world: World::system(),
    };
    start(&tokio::runtime::Handle::current(), options)
}

async fn finished(events: &mut Receiver<Event>) -> What {
    let work = async {
        loop {
            if let Event::Activity(entry) = events.recv().await.unwrap()
                && matches!(entry.what, What::Finished { .. } | What::Failed(_))
            {
                return entry.what;
            }
        }
    };
    timeout(Duration::from_secs(60), work).await.unwrap()
}

/// A delivery command that takes a message and then waits until it is let go.
struct Gate {
    fifo: PathBuf,
}

impl Gate {
    fn new(home: &Home) -> (Self, String) {
        let fifo = home.path().join("gate");
        let mode = rustix::fs::Mode::from_raw_mode(0o666);
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        std::fs::set_permissions(&fifo, std::os::unix::fs::PermissionsExt::from_mode(0o666))
            .unwrap();
        let dir = home.path().display();
        let command = format!("mda 'cat > {dir}/taken.$$; read x < {dir}/gate'");
        (Self { fifo }, command)
    }

    /// Waits until a command stands before it, and opens it for this one when `lets` says so.
    async fn wait(&self) -> std::fs::File {
        let work = async {
            loop {
                // Without a reader a FIFO cannot be opened so.
                let options = OpenOptions::new()
                    .write(true)
                    .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
                    .open(&self.fifo);
                match options {
                    Ok(file) => return file,
                    Err(_) => sleep(Duration::from_millis(5)).await,
                }
            }
        };
        timeout(Duration::from_secs(60), work).await.unwrap()
    }
}

fn taken(home: &Home) -> usize {
    let files = std::fs::read_dir(home.path()).unwrap().flatten();
    files
        .filter(|file| file.file_name().to_string_lossy().starts_with("taken."))
        .count()
}

/// The delivery outlives the stopped poll; the next poll of the mailbox waits for it, and deletes
/// what it would else have fetched a second time.
#[tokio::test]
async fn a_poll_waits_for_what_a_stopped_one_handed_over() {
    let (home, server) = (Home::own(), server(1).await);
    let (gate, mda) = Gate::new(&home);
    let rc = entry("pop3", server.pop3, &mda);
    let (handle, mut events) = engine(&home, &rc, Rhythm::Desktop);
    let mut open = gate.wait().await;
    handle.send(Command::Stop { ids: None });
    assert!(matches!(
        finished(&mut events).await,
        What::Finished { count: 0, .. }
    ));
    handle.send(Command::Check { ids: None });
    let again = async {
        while server.connections() < 2 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let again = timeout(Duration::from_millis(300), again).await;
    assert!(again.is_err(), "two polls of one mailbox at once");
    open.write_all(b"go\n").unwrap();
    assert!(matches!(
        finished(&mut events).await,
        What::Finished { count: 0, .. }
    ));
    assert_eq!((taken(&home), server.store.count("ada", "INBOX")), (1, 0));
    handle.send(Command::Shutdown);
}

#[tokio::test]
async fn sigterm_finishes_what_was_handed_over() {
    let (home, server) = (Home::new(), server(2).await);
    let (gate, mda) = Gate::new(&home);
    home.rc(&entry("pop3", server.pop3, &mda));
    let mut command = home.command(Path::new(POSTRIDER));
    command.arg("fetch").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut open = gate.wait().await;
    let pid = rustix::process::Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    open.write_all(b"go\n").unwrap();
    drop(open);
    // The second was handed over too, unless the stop was quicker.
    let letting = async {
        loop {
            let _ = gate.wait().await.write_all(b"go\n");
        }
    };
    let status = tokio::select! {
        status = child.wait() => status.unwrap(),
        () = letting => unreachable!(),
    };
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
    let before = taken(&home);
    assert!(before >= 1);
    assert!(!home.path().join(".fetchmail.pid").exists());
    // Nothing comes twice.
    home.rc(&entry("pop3", server.pop3, "mda 'cat > taken.$$'"));
    let ended = home.run(Path::new(POSTRIDER), &["fetch"]).await;
    assert!(matches!(ended.status, 0 | 1), "{}", ended.err);
    assert_eq!((taken(&home), server.store.count("ada", "INBOX")), (2, 0));
}

#[tokio::test]
async fn mail_without_names_goes_once_into_a_maildir() {
    let (home, server) = (Home::own(), server(30).await);
    server.manner(|m| m.uidl = false);
    let mda = format!(
        "mda 'postrider deliver --maildir {}/Mail'",
        home.path().display()
    );
    let rc = entry("pop3", server.pop3, &mda);
    for _ in 0..2 {
        let (_handle, mut events) = engine(&home, &rc, Rhythm::Once);
        finished(&mut events).await;
        while events.recv().await.unwrap() != Event::Ended {}
    }
    assert_eq!(home.maildir("Mail").len(), 30);
    assert_eq!(server.store.count("ada", "INBOX"), 0);
}

#[tokio::test]
async fn auto_takes_what_answers() {
    let (home, server) = (Home::own(), server(1).await);
    for port in [server.pop3, server.imap] {
        let rc = entry("auto", port, "keep mda 'cat > taken.$$'");
        let rc = rc.replace("taken", &format!("{}/taken.{port}", home.path().display()));
        let (_handle, mut events) = engine(&home, &rc, Rhythm::Once);
        let what = finished(&mut events).await;
        assert!(matches!(what, What::Finished { count: 1, .. }), "{what:?}");
        while events.recv().await.unwrap() != Event::Ended {}
    }
    assert_eq!(taken(&home), 2);
}

#[tokio::test]
async fn a_folder_of_no_use_does_not_keep_the_others_waiting() {
    let (home, server) = (Home::new(), server(2).await);
    let mda = format!("mda 'cat > {}/taken.$$'", home.path().display());
    let rest = format!("folder nothing,INBOX {mda}");
    home.rc(&entry("imap", server.imap, &rest));
    let ended = home.run(Path::new(POSTRIDER), &["fetch"]).await;
    assert_eq!(ended.status, 4, "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("nothing"), "{}", ended.err);
    assert_eq!((taken(&home), server.store.count("ada", "INBOX")), (2, 0));
    // One that can only be read is left alone, and told of.
    server
        .store
        .add("ada", "INBOX", [Message::text("A: b\n\nc\n")]);
    server.manner(|m| m.read_only = true);
    let ended = home.run(Path::new(POSTRIDER), &["fetch"]).await;
    assert!(matches!(ended.status, 4 | 9), "{}", ended.err);
    assert_eq!((taken(&home), server.store.count("ada", "INBOX")), (2, 1));
}

#[tokio::test]
async fn a_look_changes_nothing() {
    let (home, server) = (Home::new(), server(2).await);
    let ports = [("imap", server.imap), ("pop3", server.pop3)];
    for (proto, port) in ports {
        home.rc(&entry(proto, port, "mda 'cat > taken.$$'"));
        for _ in 0..2 {
            let ended = home.run(Path::new(POSTRIDER), &["fetch", "-c"]).await;
            assert_eq!(ended.status, 0, "{}", ended.err);
            assert!(ended.out.contains("2 messages for ada"), "{}", ended.out);
        }
    }
    assert!(!home.path().join(".fetchids").exists());
    let stored = server.store.messages("ada", "INBOX");
    assert!(stored.iter().all(|stored| stored.flags.is_empty()));
    assert_eq!((taken(&home), stored.len()), (0, 2));
}

#[tokio::test]
async fn the_limit_is_told() {
    let (home, server) = (Home::new(), server(3).await);
    let mda = format!("mda 'cat > {}/taken.$$'", home.path().display());
    home.rc(&entry("pop3", server.pop3, &format!("fetchlimit 2 {mda}")));
    let ended = home.run(Path::new(POSTRIDER), &["fetch"]).await;
    assert_eq!(ended.status, 13);
    let line = "fetchlimit 2 reached; 1 message left on server work account ada";
    assert!(ended.err.contains(line), "{}", ended.err);
    assert_eq!((taken(&home), server.store.count("ada", "INBOX")), (2, 1));
}
