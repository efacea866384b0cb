//! Starting the engine and holding on to it.

use std::path::PathBuf;

use tokio::sync::{broadcast, mpsc};

use super::api::{Command, Event, Halt, Snapshot};
use super::board::Board;
use super::schedule::Scheduler;
use super::source::{File, Source};
use crate::base::i18n::{fill, gettext};
use crate::net::World;
use crate::rc::Overrides;
use crate::store::{Places, keyring, user};

/// How the engine is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// What to poll.
    pub source: Source,
    /// Once, or again and again.
    pub rhythm: Rhythm,
    /// Only look (`--check`).
    pub only_check: bool,
    /// One account after another, in file order (`--serial`).
    pub serial: bool,
    /// Who answers questions.
    pub asks: Asks,
    /// Passwords are looked for in the keyring of the session.
    pub keyring: bool,
    /// Where state lives.
    pub places: Places,
    /// This very program, for `mda "postrider ..."`.
    pub program: PathBuf,
    /// Names and trust; the system's own but in tests.
    pub world: World,
}

impl Options {
    /// Options of this process: places and user by its environment, the rc file where fetchmail
    /// looks for it unless `file` names one. An error is a sentence (fetchmail status 23).
    pub fn from_environment(file: Option<File>, rhythm: Rhythm) -> Result<Self, String> {
        for name in ["QMAILINJECT", "NULLMAILER_FLAGS"] {
            if std::env::var_os(name).is_some_and(|value| !value.is_empty()) {
                let text = gettext("The variable {name} is set. Unset it: it breaks delivery.");
                return Err(fill(&text, &[("name", &name)]));
            }
        }
        let places = Places::of_process().map_err(|error| error.to_string())?;
        let file = match file.or_else(|| places.rcfile().map(File::Path)) {
            Some(file) => file,
            None => {
                return Err(gettext(
                    "There is no home directory to look for .fetchmailrc in.",
                ));
            }
        };
        let source = Source {
            file,
            overrides: Overrides::default(),
            servers: Vec::new(),
            user: user::invoking(),
            is_root: rustix::process::geteuid().is_root() || rustix::process::getuid().is_root(),
        };
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        // The window's program delivers through its sister.
        let program = match program.file_name() {
            Some(name) if name == "postrider-desktop" => program.with_file_name("postrider"),
            _ => program,
        };
        Ok(Self {
            source,
            rhythm,
            only_check: false,
            serial: false,
            asks: Asks::Nobody,
            keyring: keyring::has_bus(),
            places,
            program,
            world: World::system(),
        })
    }
}

/// Who answers an [`Event::Question`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    /// Nobody: an account without a password is in trouble.
    #[default]
    Nobody,
    /// A window: whenever something is wanted.
    Anytime,
    /// A terminal: before the first poll, as fetchmail does.
    First {
        /// There is one. Otherwise nothing is polled when a password is missing.
        is_there: bool,
    },
}

/// When accounts are polled by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Once, then the engine ends.
    Once,
    /// At once and then every so many seconds; `None`: as the file says, and once if it does not.
    Daemon(Option<u32>),
    /// As the file says, else every ten minutes; the engine stays whatever happens.
    Desktop,
}

/// A running engine. Cheap to clone; the engine ends by [`Command::Shutdown`] or when all
/// handles are gone.
#[derive(Clone)]
pub struct Handle {
    commands: mpsc::UnboundedSender<Command>,
    board: Board,
}

/// Starts the engine on this runtime. Subscribe before looking at the snapshot, so that nothing
/// falls between the two; the first events come after the caller's next await.
pub fn start(
    runtime: &tokio::runtime::Handle,
    options: Options,
) -> (Handle, broadcast::Receiver<Event>) {
    let (commands, inbox) = mpsc::unbounded_channel();
    let board = Board::default();
    let events = board.subscribe();
    let running = runtime.spawn(Scheduler::new(options, board.clone(), inbox).run());
    let watched = board.clone();
    runtime.spawn(async move {
        if let Err(error) = running.await {
            broke(&watched, &error);
        }
    });
    (Handle { commands, board }, events)
}

/// The engine panicked, as it does where the system gives it no thread. Nobody must wait for it.
fn broke(board: &Board, error: &tokio::task::JoinError) {
    tracing::error!(%error, "the engine broke");
    let sentence = gettext("Postrider could not go on and has stopped. Start it again.");
    board.load(Snapshot {
        halted: Some(Halt::State(sentence)),
        ..board.snapshot()
    });
    board.tell(Event::Ended);
}

impl Handle {
    /// Asks for something. Silently nothing once the engine has ended.
    pub fn send(&self, command: Command) {
        // The engine has said `Ended` to whoever listens.
        let _ = self.commands.send(command);
    }

    /// The events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.board.subscribe()
    }

    /// Whether accounts are polled again and again; known once the rc file was read.
    pub fn is_daemon(&self) -> bool {
        self.board.interval() > 0
    }

    /// How things stand.
    pub fn snapshot(&self) -> Snapshot {
        self.board.snapshot()
    }
}
