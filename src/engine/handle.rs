//! Starting the engine and holding on to it.

use std::path::PathBuf;

use tokio::sync::{broadcast, mpsc};

use super::api::{Command, Event, Snapshot};
use super::board::Board;
use super::schedule::Scheduler;
use super::source::Source;
use crate::store::Places;

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
    /// Where state lives.
    pub places: Places,
    /// This very program, for `mda "postrider ..."`.
    pub program: PathBuf,
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
pub fn start(runtime: &tokio::runtime::Handle, options: Options) -> (Handle, broadcast::Receiver<Event>) {
    let (commands, inbox) = mpsc::unbounded_channel();
    let board = Board::default();
    let events = board.subscribe();
    runtime.spawn(Scheduler::new(options, board.clone(), inbox).run());
    (Handle { commands, board }, events)
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

    /// How things stand.
    pub fn snapshot(&self) -> Snapshot {
        self.board.snapshot()
    }
}
