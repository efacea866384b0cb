//! What a check would fetch: survey, the decision of a real poll, and the headers of the newest
//! messages. The server is only looked at and nothing is recorded.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Context;
use super::failed::{About, Result};
use super::heads::heads;
use super::sign_in::{close, look, looking, open};
use super::trial::Trial;
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::aliases::Asked;
use crate::engine::api::Trouble;
use crate::engine::api::job::{Draft, DryRun, FirstTime, Outcome, Progress, Seen, Skip};
use crate::engine::hold::Patience;
use crate::engine::poll::choice::Choice;
use crate::engine::poll::folder::mailbox_of;
use crate::engine::session::Session;
use crate::engine::trouble::of_server;
use crate::rc::Account;
use crate::rc::account::Target;
use crate::retrieve::{Error, Survey};
use crate::store::View;
use crate::transit::stamp::full_address;
use crate::transit::{self, Header, Listed};

/// Most headers that are read.
const MOST: usize = 50;
/// Shortest time between two words on how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// See [`Job::DryRun`](crate::engine::api::job::Job::DryRun).
pub async fn run(context: &Context, draft: &Draft) -> Result<Outcome> {
    let trial = Trial::new(context, draft).await?;
    let account = &trial.account;
    let mut session = open(context, &About::from(&draft.setup), account, &mut ()).await?;
    let mut seen = Look::new(context, &trial, draft.setup.first_time);
    let mut folders: Vec<Option<&Vec<u8>>> = account.folders.iter().map(Some).collect();
    if folders.is_empty() {
        folders.push(None);
    }
    for folder in folders {
        let survey = look(&mut session, account, folder, looking()).await;
        let survey = match survey {
            Ok(survey) => survey,
            // What was seen so far is worth something.
            Err(failed) if !seen.run.messages.is_empty() => {
                seen.run.cut = Some(failed.trouble);
                return Ok(seen.outcome());
            }
            Err(failed) => return Err(failed),
        };
        if let Err(trouble) = seen.folder(&mut session, folder, survey).await {
            seen.run.cut = Some(trouble);
            return Ok(seen.outcome());
        }
    }
    close(session).await;
    Ok(seen.outcome())
}

/// What was seen so far.
struct Look<'c> {
    context: &'c Context,
    account: &'c Account,
    postmaster: &'c [u8],
    patience: Patience,
    first_time: FirstTime,
    asked: Asked,
    told: Option<Instant>,
    /// Headers that were asked for.
    of: u32,
    run: DryRun,
}

impl<'c> Look<'c> {
    fn new(context: &'c Context, trial: &'c Trial, first_time: FirstTime) -> Self {
        Self {
            context,
            account: &trial.account,
            postmaster: &trial.globals.postmaster,
            patience: Patience::new(&trial.account, &trial.globals, true),
            first_time,
            asked: Asked::default(),
            told: None,
            of: 0,
            run: DryRun {
                total: 0,
                fetch: 0,
                octets: Some(0),
                messages: Vec::new(),
                cut: None,
            },
        }
    }

    fn outcome(self) -> Outcome {
        Outcome::DryRun(Box::new(self.run))
    }

    async fn folder(
        &mut self,
        session: &mut Session,
        folder: Option<&Vec<u8>>,
        survey: Survey,
    ) -> std::result::Result<(), Trouble> {
        let mailbox = mailbox_of(session, self.account, folder.map(Vec::as_slice));
        let view = match &self.context.around {
            Some(around) => around.record.mailbox_view(&mailbox),
            None => View::blank(&mailbox),
        };
        let (as_polled, skips) = self.as_polled(session.protocol, &survey);
        let room = self
            .account
            .fetch_limit
            .map(|limit| limit.saturating_sub(self.run.fetch));
        let patience = self.patience;
        let choice = Choice::new(&mailbox, &as_polled, &view, self.account, room, patience);
        self.run.total = self.run.total.saturating_add(survey.total);
        let count = u32::try_from(choice.fetch.len()).unwrap_or(u32::MAX);
        self.run.fetch = self.run.fetch.saturating_add(count);
        let sums = self.run.octets.zip(choice.octets());
        self.run.octets = sums.map(|(sum, more)| sum.saturating_add(more));
        let fetched: HashSet<u32> = choice.fetch.iter().map(|listed| listed.number).collect();
        let oversized: HashSet<u32> = choice.oversized.iter().map(|l| l.number).collect();
        let skip = |number: u32| match number {
            _ if fetched.contains(&number) => None,
            _ if oversized.contains(&number) => Some(Skip::Oversized),
            _ => Some(skips.get(&number).copied().unwrap_or(Skip::Old)),
        };
        let room = MOST.saturating_sub(self.run.messages.len());
        let newest: Vec<&Listed> = survey.listed.iter().rev().take(room).collect();
        let (mut heads, error) = self.heads(session, &newest).await;
        for listed in newest {
            let Some(header) = heads.remove(&listed.number) else {
                continue;
            };
            let seen = self.seen(listed, header, skip(listed.number)).await;
            self.run.messages.push(seen);
        }
        let port = session.port;
        error.map_or(Ok(()), |error| {
            Err(of_server(error, self.account, port).first())
        })
    }

    /// What a poll would have surveyed, and why the rest is not in it.
    fn as_polled(&self, protocol: &str, survey: &Survey) -> (Survey, HashMap<u32, Skip>) {
        let mut polled = survey.clone();
        let mut skips = HashMap::new();
        match (self.first_time, protocol) {
            (FirstTime::Everything, _) => polled.as_if_unread(),
            (FirstTime::OnlyNew, "IMAP") => polled.listed.retain(|listed| {
                let is_deleted = survey.deleted.contains(&listed.number);
                let why = match is_deleted {
                    true => Some(Skip::Deleted),
                    false => listed.is_seen.then_some(Skip::Old),
                };
                skips.extend(why.map(|why| (listed.number, why)));
                why.is_none()
            }),
            // POP3 tells nothing of what was read: all that is there counts as known.
            (FirstTime::OnlyNew, _) => polled.listed.clear(),
        }
        (polled, skips)
    }

    /// The headers of these messages, as far as they came.
    async fn heads(
        &mut self,
        session: &mut Session,
        listed: &[&Listed],
    ) -> (HashMap<u32, Option<Header>>, Option<Error>) {
        self.of += u32::try_from(listed.len()).unwrap_or(u32::MAX);
        heads(session, listed, |come| self.tell(come)).await
    }

    fn tell(&mut self, come: usize) {
        let now = Instant::now();
        if self.told.is_some_and(|told| now - told < TOLD_EVERY) {
            return;
        }
        self.told = Some(now);
        let done = self.run.messages.len() + come;
        self.context.progress(Progress::DryRun {
            done: u32::try_from(done).unwrap_or(u32::MAX),
            of: self.of,
        });
    }

    async fn seen(&mut self, listed: &Listed, header: Option<Header>, skip: Option<Skip>) -> Seen {
        let mut seen = Seen {
            from: String::new(),
            subject: String::new(),
            date: None,
            octets: listed.size,
            to: Vec::new(),
            skip,
        };
        let Some(header) = header else {
            return seen;
        };
        let about = transit::rewrite(&header, self.account, &self.account.host);
        seen.date = date(&header);
        if skip.is_none() {
            let routed = self
                .asked
                .route(&about.clues, self.account, self.postmaster);
            let recipients = routed.await.recipients;
            // A listener is told a whole address, a program the name.
            let named = |name: &Vec<u8>| match self.account.target {
                Target::Smtp(_) | Target::Lmtp(_) => full_address(name, self.account),
                Target::Mda(_) | Target::Bsmtp(_) => name.clone(),
            };
            seen.to = recipients
                .iter()
                .map(|name| quiet(&named(name), QUIET_MAX))
                .collect();
        }
        (seen.from, seen.subject) = (about.from, about.subject);
        seen
    }
}

/// What the Date header says.
fn date(header: &Header) -> Option<SystemTime> {
    let mut fields = header.fields().filter_map(transit::header::split_field);
    let (_, body) = fields.find(|(name, _)| name.eq_ignore_ascii_case(b"Date"))?;
    let text = String::from_utf8_lossy(body);
    let seconds = mailparse::dateparse(text.trim()).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds.try_into().ok()?))
}
