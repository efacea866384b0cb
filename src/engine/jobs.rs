//! One-off work for a front end (`api::job`): each job is a task of its own that ends with exactly
//! one outcome, can be cancelled, and never touches the accounts that are polled. What it leaves to
//! do for the scheduler it says in its [`End`].

mod adopt;
mod around;
mod deliver;
mod describe;
mod discover;
mod dry_run;
mod editor;
mod failed;
mod fetch_one;
mod file;
mod files;
mod folders;
mod follow;
mod heads;
mod import;
mod preview;
mod probe;
mod routing;
mod samples;
mod secret;
mod sign_in;
mod trial;
mod undo;
mod users;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::api::job::{Job, JobId, Outcome, Progress};
use super::api::{AccountId, Cause, Event};
use super::board::Board;
use super::handle::Options;
use super::poll::{Surroundings, Way};
use super::secrets::Secrets;
use super::trouble::{Fault, status};
use failed::{Result, failed};

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct End {
    /// Files were written: read them.
    pub reload: bool,
    /// An account that was written, and how it begins.
    pub first: Option<First>,
}

/// How an account begins that was just written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct First {
    /// Which.
    pub id: AccountId,
    /// What its first poll does.
    pub way: Way,
    /// It is not polled before its time.
    pub waits: bool,
}

/// The jobs under way.
#[derive(Default)]
pub(super) struct Jobs {
    tasks: JoinSet<(JobId, End)>,
    stops: HashMap<JobId, CancellationToken>,
    /// Who is told when one breaks.
    names: HashMap<tokio::task::Id, (JobId, Board)>,
}

impl Jobs {
    /// Begins one.
    pub fn start(&mut self, context: Context, job: Job) {
        let (id, board, stop) = (context.id, context.board.clone(), context.stop.clone());
        self.stops.insert(id, stop.clone());
        let is_dropped = !ends_itself(&job);
        self.spawn(id, board, async move {
            // A job that ends by itself when it is cancelled has the first word: a probe tells what
            // it has found so far.
            tokio::select! {
                biased;
                done = run(context, job) => done,
                () = stop.cancelled(), if is_dropped => (Outcome::Cancelled, End::default()),
            }
        });
    }

    fn spawn(
        &mut self,
        id: JobId,
        board: Board,
        work: impl Future<Output = (Outcome, End)> + Send + 'static,
    ) {
        let told = board.clone();
        let task = self.tasks.spawn(async move {
            let (outcome, end) = work.await;
            board.tell(Event::JobDone { id, outcome });
            (id, end)
        });
        self.names.insert(task.id(), (id, told));
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
        match self.tasks.join_next_with_id().await? {
            Ok((task, (id, end))) => {
                self.names.remove(&task);
                self.stops.remove(&id);
                Some(end)
            }
            Err(error) => {
                tracing::error!(%error, "a job broke");
                if let Some((id, board)) = self.names.remove(&error.id()) {
                    self.stops.remove(&id);
                    let outcome = broke(error.to_string());
                    board.tell(Event::JobDone { id, outcome });
                }
                Some(End::default())
            }
        }
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }
}

/// Files are written whole or not at all, and a message that is with its sink is settled: such a
/// job is not dropped in the middle.
fn ends_itself(job: &Job) -> bool {
    matches!(
        job,
        Job::Adopt(_)
            | Job::Amend { .. }
            | Job::Undo(_)
            | Job::FetchOne(_)
            | Job::Import(_)
            | Job::Samples(_)
            | Job::MakePrivate
            | Job::WriteAs(_)
            | Job::RunAs(..)
    )
}

/// A bug of ours.
fn broke(what: String) -> Outcome {
    let fault = Fault::passing(Cause::Internal(what), status::INTERNAL);
    Outcome::Failed(failed(fault))
}

async fn run(context: Context, job: Job) -> (Outcome, End) {
    let done = match job {
        Job::LookAround => Ok(around::run(&context).await),
        Job::TrySignIn(draft) => sign_in::run(&context, &draft).await,
        Job::ListFolders(draft) => folders::run(&context, &draft).await,
        Job::DryRun(draft) => dry_run::run(&context, &draft).await,
        Job::FetchOne(draft) => fetch_one::run(&context, &draft).await,
        Job::TestDelivery(draft) => deliver::run(&context, &draft).await,
        Job::Describe(id) => describe::run(&context, &id).await,
        Job::Preview(draft) => preview::run(&context, &draft).await,
        Job::Adopt(draft) => return whole(adopt::adopt(&context, &draft).await),
        Job::Amend { what, is_dry: true } => preview::amended(&context, &what),
        Job::Amend { what, .. } => return whole(adopt::amend(&context, &what).await),
        Job::Undo(undo) => return whole(undo::run(&context, &undo).await),
        Job::ReadRc => editor::read(&context),
        Job::Lint(text) => editor::lint(&context, text).await,
        Job::File { path, wish } => file::run(&context, path, wish).await,
        Job::CheckCommand(command) => editor::check_command(command).await,
        Job::Route(wish) => routing::run(&context, &wish).await,
        Job::SampleHeaders(of) => routing::waiting(&context, &of).await,
        Job::FoldersOf(of) => folders::of(&context, &of).await,
        Job::ReadHeader(path) => routing::read(path).await,
        Job::Samples(wish) => samples::run(&context, *wish).await,
        Job::Import(path) => return whole(import::import(&context, &path).await),
        Job::MakePrivate => return whole(import::make_private(&context).await),
        Job::Probe(request) => return probe::run(&context, &request).await,
        Job::Discover(wish) => return discover::run(&context, wish).await,
        Job::Secret { id, what } => Ok(secret::run(&context, &id, what).await),
        Job::UsersFiles => users::list(&context).await,
        Job::LookAs(whose) => users::again(&context, *whose).await,
        Job::ReadAs(whose) => users::read(&context, &whose).await,
        Job::WriteAs(new) => users::write(&context, *new).await,
        Job::LintAs(draught) => users::lint(*draught).await,
        Job::RunAs(whose, deed) => users::run(&context, &whose, deed).await,
    };
    (done.unwrap_or_else(Outcome::Failed), End::default())
}

/// With what it leaves to do.
fn whole(done: Result<(Outcome, End)>) -> (Outcome, End) {
    done.unwrap_or_else(|failed| (Outcome::Failed(failed), End::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_job_that_breaks_ends_like_any_other() {
        let (mut jobs, board, id) = (Jobs::default(), Board::default(), JobId::new());
        let mut events = board.subscribe();
        jobs.spawn(id, board, async { panic!("on purpose") });
        assert_eq!(jobs.next().await, Some(End::default()));
        let Ok(Event::JobDone { id: done, outcome }) = events.try_recv() else {
            panic!("nothing was told");
        };
        assert_eq!(done, id);
        let is_internal = |outcome: &Outcome| match outcome {
            Outcome::Failed(failed) => matches!(failed.cause(), Cause::Internal(_)),
            _ => false,
        };
        assert!(is_internal(&outcome), "{outcome:?}");
        assert!(events.try_recv().is_err() && jobs.is_empty());
    }
}
