//! One poll of one account: the way of a message as code. Each stage hands one value to the next.

mod choice;
mod ended;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use super::api::{AccountId, Cause, State, What, Why};
use super::board::Board;
use super::close::Sink;
use super::meter::Meter;
use super::session::{self, Session};
use super::transfer::{Tally, Transfer};
use super::trouble::{Fault, of_server, status};
use crate::base::i18n::{fill, ngettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::deliver;
use crate::proto;
use crate::rc::account::Target;
use crate::rc::{Account, Globals};
use crate::retrieve::{Error, Survey, Want};
use crate::store::{self, Entry, Mailbox, Record};
use crate::transit::{Listed, Stamp};
use choice::Choice;
use ended::Waiting;

pub use ended::Ended;

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
    /// Our host name.
    pub own_name: Arc<str>,
    /// This very program, for `mda "postrider ..."`.
    pub program: Arc<PathBuf>,
    /// The program runs as root: no in-process Maildir.
    pub is_root: bool,
    /// Only look: nothing is fetched, marked or recorded (`--check`).
    pub only_check: bool,
}

/// Polls one account. `unsupported` names a keyword of it that this version cannot act on. `turn`
/// keeps other polls away from the mailbox; they get it once everything that was handed over is
/// settled and remembered, which may be after this one has ended.
pub async fn run(
    around: &Surroundings,
    account: &Account,
    unsupported: Option<&str>,
    stop: &CancellationToken,
    turn: OwnedMutexGuard<()>,
) -> Ended {
    around.board.log(Some(&account.id), What::Started);
    let mut poll = Poll {
        around,
        account,
        stop,
        meter: Meter::new(Instant::now()),
        sink: None,
        tally: Tally::default(),
        fetched: 0,
        waiting: Waiting::default(),
        folder_fault: None,
        undeleted: Vec::new(),
    };
    let result = match unsupported {
        Some(word) => Err(Fault::yours(
            Cause::Unsupported(word.to_owned()),
            status::SYNTAX,
        )),
        None => tokio::select! {
            result = poll.all() => result,
            () = overdue(stop) => Err(Fault::passing(Cause::Stopped, status::OK)),
        },
    };
    if let Some(sink) = poll.sink.take().filter(Sink::has_open) {
        tokio::spawn(async move {
            sink.settled().await;
            drop(turn);
        });
    }
    let progress = poll.meter.read(Instant::now());
    Ended::new(result, &poll.tally, poll.waiting, progress)
}

/// Some time after the stop, whatever hangs.
async fn overdue(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(STOP_GRACE).await;
}

struct Poll<'a> {
    around: &'a Surroundings,
    account: &'a Account,
    stop: &'a CancellationToken,
    meter: Meter,
    sink: Option<Sink>,
    tally: Tally,
    /// Messages asked for so far in this poll (`fetchlimit`).
    fetched: u32,
    waiting: Waiting,
    /// The first folder that was of no use; the others are served all the same.
    folder_fault: Option<Fault>,
    /// POP3: the server is asked to delete some of these, and says at the end which have gone.
    undeleted: Vec<(Mailbox, Vec<Listed>)>,
}

impl Poll<'_> {
    async fn all(&mut self) -> Result<(), Fault> {
        self.around
            .board
            .change(&self.account.id, |a| a.state = State::Connecting);
        let opened = tokio::select! {
            session = session::open(self.account, &self.around.board) => session,
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

    /// Survey, select, transfer, leave.
    async fn folder(&mut self, session: &mut Session, folder: Option<&[u8]>) -> Result<(), Fault> {
        let (account, port) = (self.account, session.port);
        let fault = |error| of_server(error, account, port);
        let want = Want {
            all: account.fetch_all || account.flush,
            read_only: self.around.only_check,
            uids: true,
            by_top: !account.fetch_all && (!account.keep || account.uidl),
        };
        let surveyed = tokio::select! {
            survey = session.maildrop.survey(folder, want) => survey,
            () = self.stop.cancelled() => {
                self.tally.is_cut = true;
                return Err(Fault::passing(Cause::Stopped, status::OK));
            }
        };
        let survey = match surveyed {
            Ok(survey) => survey,
            Err(error) => return self.unsurveyed(folder, error, port),
        };
        let mailbox = mailbox(account, session, folder);
        let choice = self.choose(&mailbox, &survey).await?;
        self.say_found(folder, &survey, &choice);
        if self.around.only_check {
            return Ok(());
        }
        let is_nameless = |listed: &Listed| listed.uid.is_none();
        if survey.is_read_only
            && !choice.fetch.is_empty()
            && (!account.keep || choice.fetch.iter().any(is_nameless))
        {
            // Nothing could be deleted or told apart: the same mail would come again and again.
            let fault = Fault::passing(Cause::Locked, status::BUSY_MAILBOX);
            self.folder_fault.get_or_insert(fault);
            return Ok(());
        }
        let listed: Vec<Listed> = choice.fetch.iter().chain(&choice.delete).cloned().collect();
        self.transfer(session, &mailbox, folder, &survey, choice)
            .await;
        if self.tally.is_cut {
            return Ok(());
        }
        let gone = session.maildrop.leave().await.map_err(|error| {
            self.tally.is_cut = true;
            fault(error)
        })?;
        self.forget(&mailbox, &listed, &gone).await?;
        if mailbox.folder.is_none() {
            self.undeleted.push((mailbox, listed));
        }
        Ok(())
    }

    /// A folder that cannot be opened is that folder's trouble (quirk Q26). Only a refusal leaves a
    /// session that can be signed off.
    fn unsurveyed(&mut self, folder: Option<&[u8]>, error: Error, port: u16) -> Result<(), Fault> {
        self.tally.is_cut = !matches!(error, Error::Proto(proto::Error::Refused { .. }));
        let fault = of_server(error, self.account, port);
        let cause = match fault.cause {
            Cause::Folder(_) => Cause::Folder(quiet(folder.unwrap_or(b"INBOX"), 100)),
            Cause::Locked => Cause::Locked,
            _ => return Err(fault),
        };
        let fault = Fault { cause, ..fault };
        self.folder_fault.get_or_insert(fault);
        Ok(())
    }

    async fn transfer(
        &mut self,
        session: &mut Session,
        mailbox: &Mailbox,
        folder: Option<&[u8]>,
        survey: &Survey,
        choice: Choice,
    ) {
        if choice.fetch.is_empty() && choice.delete.is_empty() {
            return;
        }
        self.around
            .board
            .change(&self.account.id, |a| a.state = State::Fetching);
        let stamp = (!self.around.globals.invisible).then(|| self.stamp(session, folder));
        let sink = match self.sink.take() {
            Some(sink) => sink,
            None => self.open_sink(),
        };
        let delete: Vec<u32> = choice.delete.iter().map(|listed| listed.number).collect();
        Transfer {
            account: self.account,
            mailbox: mailbox.clone(),
            total: survey.total,
            maildrop: &mut session.maildrop,
            port: session.port,
            sink: self.sink.insert(sink),
            stamp,
            server: &self.account.host,
            board: &self.around.board,
            meter: &mut self.meter,
            tally: &mut self.tally,
            stop: self.stop,
        }
        .run(choice.fetch, &delete)
        .await;
    }

    fn open_sink(&self) -> Sink {
        let account = self.account;
        let settings = deliver::Settings {
            own_name: self.around.own_name.to_string(),
            smtp_address: account.smtp_address.clone(),
            smtp_name: account.smtp_name.clone(),
            batch_limit: account.batch_limit,
            timeout: account.timeout,
            host: account.host.clone(),
            force_shell: self.around.is_root,
            program: self.around.program.to_path_buf(),
        };
        let (delivery, reports) = deliver::open(&account.target, settings);
        Sink::new(delivery, reports, &self.around.record)
    }

    fn stamp(&self, session: &Session, folder: Option<&[u8]>) -> Stamp {
        let account = self.account;
        let address = session.address.filter(|_| account.dns);
        Stamp {
            server: account.host.clone(),
            address: address.map(|a| a.ip().to_canonical().to_string()),
            own_name: self.around.own_name.to_string(),
            protocol: session.protocol,
            trace: account.trace_polls.then(|| {
                let word = |text: &str| quiet(text.as_bytes(), QUIET_MAX);
                (word(&account.id.label), word(&account.id.user))
            }),
            folder: folder.map(|f| quiet(f, 100)),
        }
    }

    /// Decides on every candidate by the record, which first learns of a new UIDVALIDITY and
    /// drops what is no longer on the server.
    async fn choose(&mut self, mailbox: &Mailbox, survey: &Survey) -> Result<Choice, Fault> {
        let record = &self.around.record;
        let view = record.mailbox_view(mailbox);
        if !self.around.only_check {
            let entries = choice::learn(mailbox, survey, &view, self.account);
            record.commit(entries).await.map_err(unrecorded)?;
        }
        let limit = self.account.fetch_limit;
        let room = limit.map(|limit| limit.saturating_sub(self.fetched));
        Ok(Choice::new(mailbox, survey, &view, self.account, room))
    }

    fn say_found(&mut self, folder: Option<&[u8]>, survey: &Survey, choice: &Choice) {
        let old = survey.old.saturating_add(choice.old);
        let count = u32::try_from(choice.fetch.len()).unwrap_or(u32::MAX);
        self.fetched = self.fetched.saturating_add(count);
        if self.around.only_check {
            self.waiting.seen = self.waiting.seen.saturating_add(count);
        }
        self.waiting.left = self.waiting.left.saturating_add(choice.left);
        self.meter
            .surveyed(survey.total, old, count, choice.octets());
        let progress = self.meter.read(Instant::now());
        let (id, board) = (&self.account.id, &self.around.board);
        board.change(id, |a| a.progress = progress);
        let what = What::Found {
            folder: folder.map(|f| quiet(f, 100)),
            total: survey.total,
            old,
            octets: survey.octets,
        };
        board.log(Some(id), what);
        for listed in &choice.oversized {
            let what = What::Left {
                octets: listed.size,
                number: (listed.number, survey.total),
                why: Why::Oversized,
            };
            board.log(Some(id), what);
        }
        if let (Some(limit), 1..) = (self.account.fetch_limit, choice.left) {
            board.log(Some(id), What::Note(limit_note(limit, choice.left, id)));
        }
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
        if !self.around.only_check {
            self.around.record.checkpoint().await.map_err(unrecorded)?;
        }
        Ok(())
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

/// Names a mailbox for the record. IMAP UIDs are small numbers that another server behind another
/// port (a tunnel's) gives too; the id file, which keeps those of POP3, knows no ports.
fn mailbox(account: &Account, session: &Session, folder: Option<&[u8]>) -> Mailbox {
    let host = account.host.as_bytes();
    match (session.protocol, session.port) {
        ("IMAP", 143 | 993) => Mailbox::new(&account.user, host, folder.or(Some(b"INBOX"))),
        ("IMAP", port) => {
            let host = [host, format!(":{port}").as_bytes()].concat();
            Mailbox::new(&account.user, &host, folder.or(Some(b"INBOX")))
        }
        _ => Mailbox::new(&account.user, host, None),
    }
}

fn limit_note(limit: u32, left: u32, id: &AccountId) -> String {
    let text = ngettext(
        "fetchlimit {limit} reached; {left} message left on server {server} account {user}",
        "fetchlimit {limit} reached; {left} messages left on server {server} account {user}",
        u64::from(left),
    );
    let about: [(&str, &dyn std::fmt::Display); 4] = [
        ("limit", &limit),
        ("left", &left),
        ("server", &id.label),
        ("user", &id.user),
    ];
    fill(&text, &about)
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
