//! One-off work for a front end (`api::job`): each job is a task of its own that ends with exactly
//! one outcome, can be cancelled, and never touches the accounts that are polled. What it leaves to
//! do for the scheduler it says in its [`End`].

mod probe;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::api::job::{Failed, Job, JobId, Outcome, Progress};
use super::api::{Cause, Event};
use super::board::Board;
use super::handle::Options;
use super::poll::Surroundings;
use super::secrets::Secrets;
use super::trouble::{Fault, status};

/// What jobs work with.
#[derive(Clone)]
pub(super) struct Context {
    /// How the engine runs: files, places, program, the world outside.
    pub options: Arc<Options>,
    /// Where progress is told.
    pub board: Board,
    /// Passwords.
    pub secrets: Arc<Secrets>,
    /// Our host name.
    pub own_name: Arc<str>,
    /// What polls share; `None` while nothing can be polled.
    pub around: Option<Surroundings>,
    /// Which job this is.
    pub id: JobId,
    /// Ends it.
    pub stop: CancellationToken,
}

impl Context {
    /// Tells how far the job is.
    pub fn progress(&self, progress: Progress) {
        self.board.tell(Event::Job {
            id: self.id,
            progress,
        });
    }
}

/// What a finished job leaves to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct End {
    /// Files were written: read them.
    pub reload: bool,
}

/// The jobs under way.
#[derive(Default)]
pub(super) struct Jobs {
    tasks: JoinSet<(JobId, End)>,
    stops: HashMap<JobId, CancellationToken>,
}

impl Jobs {
    /// Begins one.
    pub fn start(&mut self, context: Context, job: Job) {
        self.stops.insert(context.id, context.stop.clone());
        self.tasks.spawn(async move {
            let (id, board, stop) = (context.id, context.board.clone(), context.stop.clone());
            // A job that ends by itself when it is cancelled has the first word: a probe tells what
            // it has found so far.
            let (outcome, end) = tokio::select! {
                biased;
                done = run(context, job) => done,
                () = stop.cancelled() => (Outcome::Cancelled, End::default()),
            };
            board.tell(Event::JobDone { id, outcome });
            (id, end)
        });
    }

    /// Ends one.
    pub fn cancel(&self, id: JobId) {
        if let Some(stop) = self.stops.get(&id) {
            stop.cancel();
        }
    }

    /// Ends all.
    pub fn cancel_all(&self) {
        self.stops.values().for_each(CancellationToken::cancel);
    }

    /// Waits for the next to end; `None` at once if there is none.
    pub async fn next(&mut self) -> Option<End> {
        match self.tasks.join_next().await? {
            Ok((id, end)) => {
                self.stops.remove(&id);
                Some(end)
            }
            Err(error) => {
                tracing::error!(%error, "a job broke");
                Some(End::default())
            }
        }
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }
}

async fn run(context: Context, job: Job) -> (Outcome, End) {
    match job {
        Job::Probe(request) => probe::run(&context, &request).await,
        other => unsupported(&other),
    }
}

fn unsupported(job: &Job) -> (Outcome, End) {
    let word = format!("{job:?}");
    let fault = Fault::yours(Cause::Unsupported(word), status::SYNTAX);
    (
        Outcome::Failed(Box::new(Failed::new(fault.first()))),
        End::default(),
    )
}
