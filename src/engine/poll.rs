//! One poll of one account: the way of a message as code. Each stage hands one value to the next.

pub(super) mod choice;
mod ended;
pub(super) mod folder;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use super::aliases::Asked;
use super::api::{Cause, State, What};
use super::board::Board;
use super::close::Sink;
use super::hold::Patience;
use super::meter::Meter;
use super::secrets::Secrets;
use super::session::{self, Session};
use super::transfer::Tally;
use super::trouble::{Fault, of_server, status};
use crate::base::text::quiet;
use crate::rc::account::Target;
use crate::rc::{Account, Globals};
use crate::store::{self, Entry, Mailbox, Record};
use crate::transit::Listed;
use ended::{Open, Waiting};

pub use ended::Ended;
pub(in crate::engine) use folder::{pop3_mailbox, record_names};

/// How long a stopped poll may take to settle what it has handed over.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// What every poll of a run shares.
#[derive(Clone)]
pub struct Surroundings {
    /// Global settings of the rc file.
    pub globals: Arc<Globals>,
    /// The record of delivered mail.
    pub record: Arc<Record>,
    /// Where progress is shown.
    pub board: Board,
    /// Passwords that are not in the rc file.
    pub secrets: Arc<Secrets>,
    /// Our host name.
    pub own_name: Arc<str>,
    /// This very program, for `mda "postrider ..."`.
    pub program: Arc<PathBuf>,
    /// The program runs as root: no in-process Maildir.
    pub is_root: bool,
    /// Only look: nothing is fetched, marked or recorded (`--check`).
    pub only_check: bool,
}

impl Surroundings {
    /// Whom a session asks and tells.
    pub fn company(&self, is_asked: bool) -> session::Company<'_> {
        session::Company {
            secrets: &self.secrets,
            board: &self.board,
            is_asked,
        }
    }
}

/// What is to be polled, and why.
pub struct Order {
    /// Whose mail.
    pub account: Arc<Account>,
    /// A keyword of it that this version cannot act on.
    pub unsupported: Option<String>,
    /// Somebody asked for it; it is not a poll of the schedule.
    pub is_asked: bool,
    /// What it does.
    pub way: Way,
}

/// What a poll does with what it finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// What the account says.
    #[default]
    Usual,
    /// Everything that is not on record is fetched, read elsewhere or not.
    Everything,
    /// Nothing is fetched: all that is there is on record from now on.
    MarkKnown,
    /// The smallest message that would be fetched, and no other.
    One {
        /// Read elsewhere or not.
        of_all: bool,
    },
}

/// Polls one account. `turn` keeps other polls away from the mailbox; they get it once everything that was handed over is
/// settled and remembered, which may be after this one has ended.
pub async fn run(
    around: &Surroundings,
    order: &Order,
    stop: &CancellationToken,
    turn: OwnedMutexGuard<()>,
) -> Ended {
    let account = &*order.account;
    around.board.log(Some(&account.id), What::Started);
    let mut poll = Poll {
        around,
        account,
        way: order.way,
        stop,
        meter: Meter::new(Instant::now()),
        sink: None,
        tally: Tally::default(),
        fetched: 0,
        waiting: Waiting::default(),
        asked: Asked::default(),
        on_the_way: HashSet::new(),
        folder_fault: None,
        undeleted: Vec::new(),
        mailboxes: Vec::new(),
        patience: Patience::new(account, &around.globals, order.is_asked),
        is_asked: order.is_asked,
    };
    let result = match (&order.unsupported, &account.local.refusal) {
        (_, Some(sentence)) => Err(Fault::yours(Cause::Keys(sentence.clone()), status::SYNTAX)),
        (Some(word), None) => Err(Fault::yours(
            Cause::Unsupported(word.clone()),
            status::SYNTAX,
        )),
        (None, None) => tokio::select! {
            result = poll.all() => result,
            () = overdue(stop) => Err(Fault::passing(Cause::Stopped, status::OK)),
        },
    };
    let file = poll.sink.as_ref().and_then(Sink::last_file);
    if let Some(sink) = poll.sink.take().filter(Sink::has_open) {
        tokio::spawn(async move {
            sink.settled().await;
            drop(turn);
        });
    }
    let progress = poll.meter.read(Instant::now());
    let open = poll.open();
    Ended {
        open,
        file,
        way: order.way,
        ..Ended::new(result, &poll.tally, poll.waiting, progress)
    }
}

/// Some time after the stop, whatever hangs.
async fn overdue(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(STOP_GRACE).await;
}

struct Poll<'a> {
    around: &'a Surroundings,
    account: &'a Account,
    way: Way,
    stop: &'a CancellationToken,
    meter: Meter,
    sink: Option<Sink>,
    tally: Tally,
    /// Messages asked for so far in this poll (`fetchlimit`).
    fetched: u32,
    waiting: Waiting,
    asked: Asked,
    on_the_way: HashSet<[u8; 12]>,
    /// The first folder that was of no use; the others are served all the same.
    folder_fault: Option<Fault>,
    /// POP3: the server is asked to delete some of these, and says at the end which have gone.
    undeleted: Vec<(Mailbox, Vec<Listed>)>,
    /// What was looked into.
    mailboxes: Vec<Mailbox>,
    patience: Patience,
    /// Somebody asked for it.
    is_asked: bool,
}

impl Poll<'_> {
    /// Nothing is fetched, marked, deleted or recorded: `--check`, or an account that is watched.
    fn is_look(&self) -> bool {
        self.around.only_check || (self.account.local.watch && self.way != Way::MarkKnown)
    }

    async fn all(&mut self) -> Result<(), Fault> {
        self.around
            .board
            .change(&self.account.id, |a| a.state = State::Connecting);
        let nobody = &mut ();
        let opened = tokio::select! {
            session = session::open(self.account, self.around.company(self.is_asked), nobody) => session,
            () = self.stop.cancelled() => Err(Fault::passing(Cause::Stopped, status::OK)),
        };
        let mut session = opened?;
        let result = self.folders(&mut session).await;
        if !self.tally.is_cut {
            let closed = self.close(session).await;
            return result.and(closed);
        }
        result
    }

    async fn folders(&mut self, session: &mut Session) -> Result<(), Fault> {
        let mut folders: Vec<Option<&[u8]>> = self
            .account
            .folders
            .iter()
            .map(|f| Some(f.as_slice()))
            .collect();
        if folders.is_empty() {
            folders.push(None);
        }
        if session.protocol == "POP3" && !self.account.folders.is_empty() {
            let word = "folder (POP3 has only one mailbox)".to_owned();
            return Err(Fault::yours(Cause::Unsupported(word), status::SYNTAX));
        }
        for folder in folders {
            self.folder(session, folder).await?;
            if let Some(fault) = self.tally.fault.take() {
                return Err(fault);
            }
        }
        self.folder_fault.take().map_or(Ok(()), Err)
    }

    /// Signs off; what the server confirms as deleted is forgotten.
    async fn close(&mut self, session: Session) -> Result<(), Fault> {
        let port = session.port;
        let gone = session
            .maildrop
            .close()
            .await
            .map_err(|error| of_server(error, self.account, port))?;
        for (mailbox, listed) in std::mem::take(&mut self.undeleted) {
            self.forget(&mailbox, &listed, &gone).await?;
        }
        if !self.is_look() {
            self.around.record.checkpoint().await.map_err(unrecorded)?;
        }
        Ok(())
    }

    /// What the record says is still to be done; nothing if nothing was looked into.
    fn open(&self) -> Option<Open> {
        let mut open = Open::default();
        for mailbox in &self.mailboxes {
            let view = self.around.record.mailbox_view(mailbox);
            let (held, _) = view.waiting(self.patience.now());
            open.held = open
                .held
                .saturating_add(held.try_into().unwrap_or(u32::MAX));
            let pending = view.pending().len().try_into().unwrap_or(u32::MAX);
            open.pending = open.pending.saturating_add(pending);
        }
        (!self.mailboxes.is_empty()).then_some(open)
    }

    async fn forget(
        &self,
        mailbox: &Mailbox,
        listed: &[Listed],
        gone: &[u32],
    ) -> Result<(), Fault> {
        let gone: HashSet<u32> = gone.iter().copied().collect();
        let entries = listed
            .iter()
            .filter(|listed| gone.contains(&listed.number))
            .filter_map(|listed| listed.uid.clone())
            .map(|uid| Entry::Gone {
                mailbox: mailbox.clone(),
                uid,
            })
            .collect();
        self.around.record.commit(entries).await.map_err(unrecorded)
    }
}

fn unrecorded(error: store::Error) -> Fault {
    Fault::yours(Cause::Record(error.to_string()), status::FILES)
}

/// Where an account's mail goes, for display.
pub fn target_words(target: &Target) -> String {
    match target {
        Target::Smtp(hosts) => format!("SMTP {}", hosts.join(", ")),
        Target::Lmtp(hosts) => format!("LMTP {}", hosts.join(", ")),
        Target::Mda(command) => quiet(command, 100),
        Target::Bsmtp(path) => path.display().to_string(),
    }
}
