//! One poll of one account: the way of a message as code. Each stage hands one value to the next.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::api::{Cause, Progress, State, What};
use super::board::Board;
use super::close::Sink;
use super::meter::Meter;
use super::session::{self, Session};
use super::transfer::{Tally, Transfer};
use super::trouble::{Fault, of_server, status};
use crate::base::text::quiet;
use crate::deliver;
use crate::rc::account::Target;
use crate::rc::{Account, Globals};
use crate::retrieve::{Survey, Want};
use crate::store::{self, Entry, Mailbox, Record};
use crate::transit::{Known, Listed, Skip, Stamp, Verdict, select};

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

/// How a poll ended.
#[derive(Debug)]
pub struct Ended {
    /// fetchmail's exit status.
    pub status: u8,
    /// What went wrong.
    pub fault: Option<Fault>,
    /// Messages delivered.
    pub delivered: u32,
    /// Octets of them.
    pub bytes: u64,
    /// How far it came.
    pub progress: Progress,
}

/// Polls one account. `unsupported` names a keyword of it that this version cannot act on.
pub async fn run(
    around: &Surroundings,
    account: &Account,
    unsupported: Option<&str>,
    stop: &CancellationToken,
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
        waiting: 0,
        left: 0,
        gone: Vec::new(),
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
    poll.conclude(result)
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
    /// New messages found, for `--check`.
    waiting: u32,
    /// New messages left on the server because of `fetchlimit`.
    left: u32,
    /// Confirmed as deleted, by folder.
    gone: Vec<(Mailbox, Vec<Listed>)>,
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
        let mut first_fault = None;
        for folder in folders {
            match self.folder(session, folder).await {
                Ok(()) => {}
                // A folder that cannot be opened is that folder's trouble (quirk Q26).
                Err(Fault {
                    cause: Cause::Folder(_),
                    words,
                    ..
                }) => {
                    let name = quiet(folder.unwrap_or(b"INBOX"), 100);
                    let fault = Fault {
                        words,
                        ..Fault::yours(Cause::Folder(name), status::PROTOCOL)
                    };
                    first_fault.get_or_insert(fault);
                }
                Err(fault) => return Err(fault),
            }
            if let Some(fault) = self.tally.fault.take() {
                return Err(fault);
            }
        }
        first_fault.map_or(Ok(()), Err)
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
            survey = session.maildrop.survey(folder, want) => survey.map_err(fault),
            () = self.stop.cancelled() => {
                self.tally.is_cut = true;
                Err(Fault::passing(Cause::Stopped, status::OK))
            }
        };
        let survey = surveyed?;
        let mailbox = match session.protocol {
            "IMAP" => imap_mailbox(account, session.port, folder),
            _ => Mailbox::new(&account.user, account.host.as_bytes(), None),
        };
        let choice = self.choose(&mailbox, &survey).await?;
        self.say_found(folder, &survey, &choice);
        if self.around.only_check {
            return Ok(());
        }
        if survey.is_read_only && !account.keep && !choice.fetch.is_empty() {
            // Nothing could be deleted: the same mail would come again and again.
            return Err(Fault::passing(Cause::Locked, status::BUSY_MAILBOX));
        }
        let listed: Vec<Listed> = choice.fetch.iter().chain(&choice.delete).cloned().collect();
        self.transfer(session, &mailbox, folder, &survey, choice)
            .await?;
        if self.tally.is_cut {
            return Ok(());
        }
        let gone = session.maildrop.leave().await.map_err(|error| {
            self.tally.is_cut = true;
            fault(error)
        })?;
        self.forget(&mailbox, &listed, &gone).await?;
        self.gone.push((mailbox, listed));
        Ok(())
    }

    async fn transfer(
        &mut self,
        session: &mut Session,
        mailbox: &Mailbox,
        folder: Option<&[u8]>,
        survey: &Survey,
        choice: Choice,
    ) -> Result<(), Fault> {
        if choice.fetch.is_empty() && choice.delete.is_empty() {
            return Ok(());
        }
        self.around
            .board
            .change(&self.account.id, |a| a.state = State::Fetching);
        let stamp = (!self.around.globals.invisible).then(|| self.stamp(session, folder));
        let mut sink = match self.sink.take() {
            Some(sink) => sink,
            None => self.open_sink(),
        };
        let delete: Vec<u32> = choice.delete.iter().map(|listed| listed.number).collect();
        let tally = Transfer {
            account: self.account,
            mailbox: mailbox.clone(),
            total: survey.total,
            maildrop: &mut session.maildrop,
            port: session.port,
            sink: &mut sink,
            stamp,
            server: &self.account.host,
            board: &self.around.board,
            meter: &mut self.meter,
            stop: self.stop,
        }
        .run(choice.fetch, &delete)
        .await;
        self.sink = Some(sink);
        self.tally.add(tally);
        Ok(())
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
            trace: account
                .trace_polls
                .then(|| (account.id.label.clone(), account.id.user.clone())),
            folder: folder.map(|f| quiet(f, 100)),
        }
    }

    /// Decides on every candidate by the record, which first learns of a new UIDVALIDITY and
    /// drops what is no longer on the server.
    async fn choose(&mut self, mailbox: &Mailbox, survey: &Survey) -> Result<Choice, Fault> {
        let record = &self.around.record;
        let view = record.mailbox_view(mailbox);
        if !self.around.only_check {
            let entries = self.learn(mailbox, survey, &view);
            record.commit(entries).await.map_err(unrecorded)?;
        }
        let mut choice = Choice::default();
        for listed in &survey.listed {
            let known = listed
                .uid
                .as_ref()
                .map_or(store::Known::New, |uid| view.known(uid));
            match select(listed, known_word(known), self.account) {
                Verdict::Fetch if self.is_full() => choice.left += 1,
                Verdict::Fetch => {
                    self.fetched += 1;
                    choice.fetch.push(listed.clone());
                }
                Verdict::DeleteOnly => choice.delete.push(listed.clone()),
                Verdict::Skip(Skip::Old) => choice.old += 1,
                Verdict::Skip(Skip::Oversized) => {
                    choice.old += 1;
                    let why = super::api::Why::Oversized;
                    let what = What::Left {
                        octets: listed.size,
                        number: (listed.number, survey.total),
                        why,
                    };
                    self.around.board.log(Some(&self.account.id), what);
                }
            }
        }
        if mailbox.folder.is_some() && !self.account.keep {
            choice.add_pending(&view);
        }
        Ok(choice)
    }

    /// What a survey teaches the record: the folder's UIDVALIDITY, and which messages are no
    /// longer on the server, if it has listed all there are by name.
    fn learn(&self, mailbox: &Mailbox, survey: &Survey, view: &store::View) -> Vec<Entry> {
        let mut entries = Vec::new();
        if let Some(validity) = survey.uid_validity {
            entries.push(Entry::Validity {
                mailbox: mailbox.clone(),
                validity,
            });
        }
        let is_complete = mailbox.folder.is_none() || self.account.fetch_all || self.account.flush;
        if is_complete && survey.listed.iter().all(|listed| listed.uid.is_some()) {
            let uids = survey
                .listed
                .iter()
                .filter_map(|listed| listed.uid.as_ref());
            let gone = view.absent(uids).into_iter();
            entries.extend(gone.map(|uid| Entry::Gone {
                mailbox: mailbox.clone(),
                uid,
            }));
        }
        entries
    }

    fn is_full(&self) -> bool {
        self.account
            .fetch_limit
            .is_some_and(|limit| self.fetched >= limit)
    }

    fn say_found(&mut self, folder: Option<&[u8]>, survey: &Survey, choice: &Choice) {
        let old = survey.old.saturating_add(choice.old);
        let sizes = choice
            .fetch
            .iter()
            .map(|listed| listed.size)
            .sum::<Option<u64>>();
        let count = u32::try_from(choice.fetch.len()).unwrap_or(u32::MAX);
        self.waiting = self.waiting.saturating_add(count);
        self.left = self.left.saturating_add(choice.left);
        self.meter.surveyed(survey.total, old, count, sizes);
        let progress = self.meter.read(Instant::now());
        self.around
            .board
            .change(&self.account.id, |a| a.progress = progress);
        let what = What::Found {
            folder: folder.map(|f| quiet(f, 100)),
            total: survey.total,
            old,
            octets: survey.octets,
        };
        self.around.board.log(Some(&self.account.id), what);
    }

    /// Signs off; what the server confirms as deleted is forgotten.
    async fn close(&mut self, session: Session) -> Result<(), Fault> {
        let port = session.port;
        let gone = session
            .maildrop
            .close()
            .await
            .map_err(|error| of_server(error, self.account, port))?;
        for (mailbox, listed) in std::mem::take(&mut self.gone) {
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
        let gone: std::collections::HashSet<u32> = gone.iter().copied().collect();
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

    fn conclude(mut self, result: Result<(), Fault>) -> Ended {
        let tally = &self.tally;
        let fault = result.err().or_else(|| undelivered(tally));
        let status = match &fault {
            Some(fault) if fault.cause != Cause::Stopped => fault.status,
            _ if self.around.only_check && self.waiting > 0 => status::OK,
            _ if self.left > 0 => status::LIMIT,
            _ if tally.delivered > 0 => status::OK,
            _ => status::NO_MAIL,
        };
        let progress = self.meter.read(Instant::now());
        self.sink = None;
        Ended {
            status,
            fault,
            delivered: self.tally.delivered,
            bytes: self.tally.bytes,
            progress,
        }
    }
}

/// Messages that were fetched and not taken, or not given, do not end a poll but are told. The
/// exit status of fetchmail for the former is 0 (cli.md section 3, Traps).
fn undelivered(tally: &Tally) -> Option<Fault> {
    if tally.not_taken > 0 {
        let cause = Cause::NotDelivered {
            count: tally.not_taken,
        };
        let words = tally
            .refusal
            .as_ref()
            .map_or(&b""[..], |refusal| &refusal.words);
        return Some(Fault::yours(cause, status::OK).said(words));
    }
    let fault = Fault::passing(Cause::Withheld(tally.withheld), status::SERVER);
    (tally.withheld > 0).then_some(fault)
}

/// The name of an IMAP folder in the record. Unlike `.fetchids`, which knows no ports, it tells
/// servers apart that are reached by one host name, as tunnels on localhost are: their UIDs can be
/// the same, and a message must not pass for one of another server.
fn imap_mailbox(account: &Account, port: u16, folder: Option<&[u8]>) -> Mailbox {
    let mut host = account.host.clone();
    if !matches!(port, 143 | 993) {
        host.push_str(&format!(":{port}"));
    }
    let folder = folder.unwrap_or(b"INBOX");
    Mailbox::new(&account.user, host.as_bytes(), Some(folder))
}

fn unrecorded(error: store::Error) -> Fault {
    Fault::yours(Cause::Record(error.to_string()), status::FILES)
}

fn known_word(known: store::Known) -> Known {
    match known {
        store::Known::New => Known::New,
        store::Known::Delivered => Known::Delivered,
        store::Known::DeletePending => Known::DeletePending,
    }
}

/// What a poll does with what it found.
#[derive(Default)]
struct Choice {
    fetch: Vec<Listed>,
    delete: Vec<Listed>,
    /// Left because they are known or too large.
    old: u32,
    /// Left because of `fetchlimit`.
    left: u32,
}

impl Choice {
    /// IMAP messages whose deletion a crash has cut off: no survey lists them (they are marked
    /// seen or deleted), but their UIDs are their numbers.
    fn add_pending(&mut self, view: &store::View) {
        let pending = view.pending().into_iter().filter_map(|uid| {
            let number = std::str::from_utf8(uid.as_bytes()).ok()?.parse().ok()?;
            let is_listed = self.delete.iter().any(|listed| listed.number == number);
            (!is_listed).then_some(Listed {
                number,
                uid: Some(uid),
                size: None,
                is_seen: true,
            })
        });
        let pending: Vec<_> = pending.collect();
        self.delete.extend(pending);
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.bytes += other.bytes;
        self.not_taken += other.not_taken;
        self.withheld += other.withheld;
        self.is_cut |= other.is_cut;
        self.refusal = other.refusal.or(self.refusal.take());
        self.fault = self.fault.take().or(other.fault);
    }
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

impl Ended {
    /// Of a poll that was stopped before its turn came.
    pub fn stopped() -> Self {
        Self {
            status: status::NO_MAIL,
            fault: Some(Fault::passing(Cause::Stopped, status::OK)),
            delivered: 0,
            bytes: 0,
            progress: Progress::default(),
        }
    }
}
