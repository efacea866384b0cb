//! One folder: survey, select, transfer, leave.

use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::choice::{self, Choice};
use super::{Poll, Way, unrecorded};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::deliver;
use crate::engine::api::{AccountId, Cause, State, What, Why};
use crate::engine::close::Sink;
use crate::engine::session::{self, Session};
use crate::engine::transfer::Transfer;
use crate::engine::trouble::{Fault, of_server, status};
use crate::proto::{self, Credentials};
use crate::rc::Account;
use crate::retrieve::{Error, Survey, Want};
use crate::store::{Entry, Mailbox};
use crate::transit::{Listed, Stamp};

impl Poll<'_> {
    /// Survey, select, transfer, leave.
    pub(super) async fn folder(
        &mut self,
        session: &mut Session,
        folder: Option<&[u8]>,
    ) -> Result<(), Fault> {
        let (account, port) = (self.account, session.port);
        let fault = |error| of_server(error, account, port);
        let is_all = matches!(self.way, Way::Everything | Way::One { of_all: true });
        let wants_all = is_all || self.way == Way::MarkKnown;
        let want = Want {
            all: account.fetch_all || account.flush || wants_all,
            read_only: self.is_look(),
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
        let mut survey = match surveyed {
            Ok(survey) => survey,
            Err(error) => return self.unsurveyed(folder, error, port),
        };
        let mailbox = mailbox_of(session, account, folder);
        if is_all {
            survey.as_if_unread();
        }
        let mut choice = self.choose(&mailbox, &survey).await?;
        match self.way {
            Way::MarkKnown => return self.mark_known(session, &mailbox, &survey).await,
            // POP3 tells nothing of what was read: what is there counts as known the first time.
            Way::One { of_all: false } if mailbox.folder.is_none() => return Ok(()),
            Way::One { .. } if self.fetched > 0 => return Ok(()),
            Way::One { .. } => choice.keep_smallest(),
            Way::Usual | Way::Everything => {}
        }
        self.say_found(folder, &survey, &choice);
        if self.is_look() {
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

    /// Puts all that is there on record.
    async fn mark_known(
        &mut self,
        session: &mut Session,
        mailbox: &Mailbox,
        survey: &Survey,
    ) -> Result<(), Fault> {
        let named = survey.listed.iter().filter_map(|listed| listed.uid.clone());
        let entries: Vec<_> = named
            .map(|uid| Entry::Delivered {
                mailbox: mailbox.clone(),
                uid,
                deletes: false,
            })
            .chain(std::iter::once(Entry::Awaited {
                mailbox: mailbox.clone(),
                is_open: false,
            }))
            .collect();
        if entries.len() <= survey.total as usize {
            let sentence = gettext(
                "The server gives its messages no lasting names. They cannot be told from new ones later.",
            );
            return Err(Fault::yours(Cause::Setup(sentence), status::PROTOCOL));
        }
        let record = &self.around.record;
        record.commit(entries).await.map_err(unrecorded)?;
        let gone = session.maildrop.leave().await;
        gone.map_err(|error| {
            self.tally.is_cut = true;
            of_server(error, self.account, session.port)
        })?;
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
            globals: &self.around.globals,
            own_name: &self.around.own_name,
            view: self.around.record.mailbox_view(mailbox),
            patience: self.patience,
            asked: &mut self.asked,
            on_the_way: &mut self.on_the_way,
            record: &self.around.record,
            board: &self.around.board,
            meter: &mut self.meter,
            tally: &mut self.tally,
            stop: self.stop,
        }
        .run(choice.fetch, &delete)
        .await;
    }

    fn open_sink(&self) -> Sink {
        let around = self.around;
        let settings = sink_settings(
            self.account,
            &around.own_name,
            around.is_root,
            &around.program,
        );
        let (delivery, reports) = deliver::open(&self.account.target, settings);
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
        if !self.is_look() {
            let entries = choice::learn(mailbox, survey, &view, self.account);
            record.commit(entries).await.map_err(unrecorded)?;
        }
        let limit = self.account.fetch_limit;
        let room = limit.map(|limit| limit.saturating_sub(self.fetched));
        let patience = self.patience;
        if !self.mailboxes.contains(mailbox) {
            self.mailboxes.push(mailbox.clone());
        }
        Ok(Choice::new(
            mailbox,
            survey,
            &view,
            self.account,
            room,
            patience,
        ))
    }

    fn say_found(&mut self, folder: Option<&[u8]>, survey: &Survey, choice: &Choice) {
        let old = survey.old.saturating_add(choice.old);
        let count = u32::try_from(choice.fetch.len()).unwrap_or(u32::MAX);
        self.fetched = self.fetched.saturating_add(count);
        if self.is_look() {
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
                number: (listed.place, survey.total),
                why: Why::Oversized,
            };
            board.log(Some(id), what);
        }
        if let (1.., Some(next)) = (choice.held, choice.next_try) {
            let next = UNIX_EPOCH + Duration::from_secs(u64::try_from(next).unwrap_or(0));
            let count = choice.held;
            board.log(Some(id), What::Held { count, next });
        }
        if self.account.local.watch && count > 0 {
            let note = What::Note(watch_note(count, &self.account.id));
            board.log(Some(id), note);
        }
        if let (Some(limit), 1..) = (self.account.fetch_limit, choice.left) {
            board.log(Some(id), What::Note(limit_note(limit, choice.left, id)));
        }
    }
}

/// What a sink needs to know beside its target.
pub(in crate::engine) fn sink_settings(
    account: &Account,
    own_name: &str,
    is_root: bool,
    program: &Path,
) -> deliver::Settings {
    deliver::Settings {
        own_name: own_name.to_owned(),
        smtp_address: account.smtp_address.clone(),
        smtp_name: account.smtp_name.clone(),
        antispam: account.antispam.clone(),
        sign_in: listener_credentials(account),
        batch_limit: account.batch_limit,
        timeout: account.timeout,
        host: account.host.clone(),
        force_shell: is_root,
        program: program.to_owned(),
    }
}

/// The name of a mailbox in the record.
pub(in crate::engine) fn mailbox_of(
    session: &Session,
    account: &Account,
    folder: Option<&[u8]>,
) -> Mailbox {
    match session.protocol {
        "IMAP" => imap_mailbox(account, session.port, folder),
        _ => pop3_mailbox(account),
    }
}

/// The name of a POP3 mailbox in the record.
pub(in crate::engine) fn pop3_mailbox(account: &Account) -> Mailbox {
    Mailbox::new(&account.user, account.host.as_bytes(), None)
}

/// The names in the record of what one account has and another one becomes, where they differ; for
/// both protocols, since `auto` may be either.
pub(in crate::engine) fn record_names(from: &Account, to: &Account) -> Vec<(Mailbox, Mailbox)> {
    let imap = |account: &Account, folder: Option<&[u8]>| {
        imap_mailbox(account, session::imap_port(account).unwrap_or(143), folder)
    };
    let mut folders: Vec<Option<&[u8]>> = to.folders.iter().map(|f| Some(f.as_slice())).collect();
    if folders.is_empty() {
        folders.push(None);
    }
    let names = folders
        .into_iter()
        .map(|folder| (imap(from, folder), imap(to, folder)));
    let names = std::iter::once((pop3_mailbox(from), pop3_mailbox(to))).chain(names);
    names.filter(|(from, to)| from != to).collect()
}

/// Who signs in to the listener; nobody without a password, as with fetchmail.
fn listener_credentials(account: &Account) -> Option<Credentials> {
    let password = account.esmtp_password.clone()?;
    let user = account.esmtp_name.clone()?;
    let is_empty = user.is_empty() || password.expose().is_empty();
    (!is_empty).then_some(Credentials { user, password })
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

fn watch_note(count: u32, id: &AccountId) -> String {
    let text = ngettext(
        "{count} message waits for {user} on server {server}, which is only watched",
        "{count} messages wait for {user} on server {server}, which is only watched",
        u64::from(count),
    );
    let about: [(&str, &dyn std::fmt::Display); 3] =
        [("count", &count), ("user", &id.user), ("server", &id.label)];
    fill(&text, &about)
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
