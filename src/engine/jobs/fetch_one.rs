//! Fetches the smallest message that would be fetched, by a poll like any other: it is delivered
//! by the real sink and put on record, so that it does not come a second time. The server keeps it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::sync::broadcast::Receiver;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Context;
use super::failed::{About, Result, failed, halted, of_session, setup};
use super::trial::Trial;
use crate::base::i18n::gettext;
use crate::engine::api::job::{Draft, Failed, Fetched, FirstTime, Outcome};
use crate::engine::api::{Cause, Event, Halt, What, Why};
use crate::engine::board::Board;
use crate::engine::poll::{self, Ended, Order, Surroundings, Way, target_words};
use crate::engine::trouble::{Fault, status};
use crate::rc::Globals;
use crate::rc::account::Target;
use crate::store::{Lock, LockError, Record};

/// How long it may take: the server, the listener or program.
const LIMIT: Duration = Duration::from_secs(110);

/// How long it may take until what was handed over is settled.
const SETTLING: Duration = Duration::from_secs(8);

/// See [`Job::FetchOne`](crate::engine::api::job::Job::FetchOne).
pub async fn run(context: &Context, draft: &Draft) -> Result<Outcome> {
    let Trial {
        mut account,
        globals,
    } = Trial::new(context, draft).await?;
    if account.local.watch {
        let sentence = gettext("The account is only watched: nothing is fetched.");
        return Err(setup(sentence));
    }
    // What is tried must not be lost.
    account.keep = true;
    account.flush = false;
    account.limit_flush = false;
    let (around, lock) = surroundings(context, globals).await?;
    let mut events = around.board.subscribe();
    let way = match draft.setup.first_time {
        FirstTime::OnlyNew => Way::One { of_all: false },
        FirstTime::Everything => Way::One { of_all: true },
    };
    let order = Order {
        account: Arc::new(account),
        unsupported: None,
        is_asked: true,
        way,
    };
    let (ended, is_late) = polled(&around, &order, &context.stop).await;
    if lock.is_some()
        && let Err(error) = around.record.checkpoint().await
    {
        tracing::warn!(%error, "the record");
    }
    let told = told(&mut events);
    // The record before the lock: whoever takes the lock finds it free.
    drop(around);
    drop(lock);
    match outcome(context, ended, &order, draft, told).await {
        Ok(Outcome::Cancelled) if is_late => Err(setup(gettext(
            "It took too long. What was delivered meanwhile stays delivered.",
        ))),
        done => done,
    }
}

/// Polls; whether it took too long. What was handed to the sink is settled then, and on record.
async fn polled(around: &Surroundings, order: &Order, stop: &CancellationToken) -> (Ended, bool) {
    let mailbox: Arc<Mutex<()>> = Arc::default();
    let turn = mailbox.clone().lock_owned().await;
    let mut poll = std::pin::pin!(poll::run(around, order, stop, turn));
    let done = tokio::select! {
        ended = &mut poll => (ended, false),
        () = sleep(LIMIT) => {
            stop.cancel();
            (poll.await, true)
        }
    };
    // A poll that was stopped gives its turn back when everything is settled.
    if timeout(SETTLING, mailbox.lock()).await.is_err() {
        tracing::warn!("a message was handed over, and what became of it is not on record");
    }
    done
}

/// What a poll needs: that of the engine, with a board that nobody looks at; or its own, for as
/// long as the engine has none.
async fn surroundings(context: &Context, globals: Globals) -> Result<(Surroundings, Option<Lock>)> {
    let board = Board::default();
    if let Some(around) = &context.around {
        let around = Surroundings {
            board,
            only_check: false,
            ..around.clone()
        };
        return Ok((around, None));
    }
    let options = context.options.clone();
    let places = options.places.clone();
    let (idfile, pidfile) = (globals.idfile.clone(), globals.pidfile.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let path = pidfile.unwrap_or_else(|| places.pidfile());
        let lock = Lock::take(&path, None).map_err(|error| match error {
            LockError::Held { holder } => Halt::Locked { pid: holder.pid },
            other => Halt::State(other.to_string()),
        })?;
        let idfile = idfile.unwrap_or_else(|| places.idfile());
        let record = Record::open(&idfile, &places.state_dir);
        let record = record.map_err(|error| Halt::State(error.to_string()))?;
        Ok((lock, record))
    });
    let opened = opened
        .await
        .unwrap_or_else(|error| Err(Halt::State(error.to_string())));
    let (lock, record) = opened.map_err(|halt| halted(&halt, &options.source.name()))?;
    let around = Surroundings {
        globals: Arc::new(globals),
        record: Arc::new(record),
        board,
        secrets: context.secrets.clone(),
        own_name: context.own_name.clone(),
        program: Arc::new(options.program.clone()),
        is_root: options.source.is_root,
        only_check: false,
    };
    Ok((around, Some(lock)))
}

/// What the poll said of the message.
#[derive(Default)]
struct Told {
    delivered: Option<(String, String, u64)>,
    /// Why it was not delivered: the sink's words.
    refused: Option<String>,
}

fn told(events: &mut Receiver<Event>) -> Told {
    let mut told = Told::default();
    while let Ok(event) = events.try_recv() {
        let Event::Activity(entry) = event else {
            continue;
        };
        match entry.what {
            What::Delivered {
                from,
                subject,
                octets,
                ..
            } => told.delivered = Some((from, subject, octets)),
            What::Left {
                why: Why::NotTaken { words, .. },
                ..
            } => told.refused = Some(words),
            _ => {}
        }
    }
    told
}

async fn outcome(
    context: &Context,
    ended: Ended,
    order: &Order,
    draft: &Draft,
    told: Told,
) -> Result<Outcome> {
    let account = &*order.account;
    if let Some((from, subject, octets)) = told.delivered {
        let target = match &ended.file {
            Some(file) => super::deliver::delivered_file(file).display().to_string(),
            None => target(&account.target, &account.local_names),
        };
        return Ok(Outcome::Fetched(Some(Box::new(Fetched {
            from,
            subject,
            octets,
            target,
        }))));
    }
    match ended.fault {
        None => Ok(Outcome::Fetched(None)),
        Some(fault) if fault.cause == Cause::Stopped => Ok(Outcome::Cancelled),
        Some(fault) if matches!(fault.cause, Cause::NotDelivered { .. }) => {
            let words = told.refused.unwrap_or_default();
            let fault = Fault {
                status: status::DELIVERY,
                ..fault
            };
            Err(Box::new(Failed {
                details: words,
                ..*failed(fault)
            }))
        }
        Some(fault) => Err(of_session(context, fault, account, &About::from(&draft.setup)).await),
    }
}

/// A listener and recipient, or a program.
fn target(target: &Target, names: &[crate::rc::account::LocalName]) -> String {
    let words = target_words(target);
    match (target, names) {
        (Target::Smtp(_) | Target::Lmtp(_), [name]) => {
            let name = crate::base::text::quiet(&name.local, crate::base::text::QUIET_MAX);
            format!("{words}: {name}")
        }
        _ => words,
    }
}
