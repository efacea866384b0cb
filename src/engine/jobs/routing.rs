//! Who would get a message by an account that need not be saved, and the headers of messages that
//! wait for it. The server is only looked at, and nothing is recorded.

use std::fs::File;
use std::path::PathBuf;

use super::Context;
use super::failed::{About, Result, failed, refused_text, setup};
use super::heads::heads;
use super::sign_in::{close, look, looking, open};
use super::trial::PATIENCE;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::Cause;
use crate::engine::api::job::Outcome;
use crate::engine::api::routing::{RouteWish, Routes, Spot, Waiting, WaitingMessage};
use crate::engine::routing::{Router, header};
use crate::engine::source::All;
use crate::engine::trouble::{Fault, status};
use crate::rc::Account;
use crate::transit::{self, Listed};

/// Most headers that are read.
const MOST: usize = 20;

/// See [`Job::Route`](crate::engine::api::job::Job::Route).
pub async fn run(context: &Context, wish: &RouteWish) -> Result<Outcome> {
    let all = all(context, &wish.of)?;
    let account = account(&all, &wish.of)?;
    let mut router = Router::new(account, &all.globals.postmaster, wish.dns);
    let mut routed = Vec::with_capacity(wish.headers.len());
    for message in &wish.headers {
        // Reading from memory does not fail.
        let header = header(&mut &message[..]).map_err(|error| setup(error.to_string()))?;
        routed.push(router.route(&header).await);
    }
    Ok(Outcome::Routed(Box::new(Routes {
        routed,
        warnings: warnings(&all, account),
    })))
}

fn all(context: &Context, of: &Spot) -> Result<All> {
    let options = &context.options;
    let all = options.source.all_of(of.text.expose(), &options.places);
    all.map_err(|halt| refused_text(&halt, &options.source.name()))
}

fn account<'a>(all: &'a All, of: &Spot) -> Result<&'a Account> {
    let none = || failed(Fault::yours(Cause::NoAccount, status::SYNTAX));
    all.at(of.entry, of.user).ok_or_else(none)
}

/// Why it is not checked.
fn warnings(all: &All, account: &Account) -> Vec<String> {
    let unable = all.unsupported.iter().filter(|(id, _)| *id == account.id);
    let text = gettext("{account} is not polled: this version cannot do “{keyword}”.");
    let unable = unable.map(|(id, word)| fill(&text, &[("account", id), ("keyword", word)]));
    unable.chain(account.local.refusal.clone()).collect()
}

/// The account, if its server may be looked at.
pub(super) fn to_look_at(context: &Context, of: &Spot) -> Result<Account> {
    let all = all(context, of)?;
    let mut account = account(&all, of)?.clone();
    if let Some(sentence) = warnings(&all, &account).into_iter().next() {
        return Err(setup(sentence));
    }
    account.timeout = account.timeout.min(PATIENCE);
    Ok(account)
}

/// See [`Job::ReadHeader`](crate::engine::api::job::Job::ReadHeader).
pub async fn read(path: PathBuf) -> Result<Outcome> {
    let shown = path.display().to_string();
    let work = move || File::open(path).and_then(|mut file| header(&mut file));
    let read = tokio::task::spawn_blocking(work).await;
    let read = read.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    match read {
        Ok(header) => Ok(Outcome::Header(header.lines.to_vec())),
        Err(error) => {
            let text = gettext("{path} cannot be used: {what}.");
            let values: [(&str, &dyn std::fmt::Display); 2] = [("path", &shown), ("what", &error)];
            Err(setup(fill(&text, &values)))
        }
    }
}

/// See [`Job::SampleHeaders`](crate::engine::api::job::Job::SampleHeaders).
pub async fn waiting(context: &Context, of: &Spot) -> Result<Outcome> {
    let account = to_look_at(context, of)?;
    let about = About::of(&account);
    let mut session = open(context, &about, &account, &mut ()).await?;
    let mut found = Waiting::default();
    let mut folders: Vec<Option<&Vec<u8>>> = account.folders.iter().map(Some).collect();
    if folders.is_empty() {
        folders.push(None);
    }
    for folder in folders {
        let survey = look(&mut session, &account, folder, looking()).await?;
        found.total = found.total.saturating_add(survey.total);
        let room = MOST.saturating_sub(found.messages.len());
        let newest: Vec<&Listed> = survey.listed.iter().rev().take(room).collect();
        let (mut heads, error) = heads(&mut session, &newest, |_| {}).await;
        for listed in newest {
            match heads.remove(&listed.number).flatten() {
                Some(header) => {
                    let about = transit::rewrite(&header, &account, &account.host);
                    found.messages.push(WaitingMessage {
                        header: header.lines.to_vec(),
                        from: about.from,
                        subject: about.subject,
                    });
                }
                None => found.refused = found.refused.saturating_add(1),
            }
        }
        // What came is worth something.
        if let Some(error) = error.filter(|_| found.messages.is_empty()) {
            let fault = crate::engine::trouble::of_server(error, &account, session.port);
            return Err(failed(fault));
        }
    }
    close(session).await;
    Ok(Outcome::Waiting(Box::new(found)))
}
