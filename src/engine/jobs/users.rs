//! Other users' files, for the administrator. This process touches none of them: everything is done
//! by children that are those users (`agent`), a few at a time, each for a bounded time.

mod agent;
mod database;
mod file;
mod run;

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::Context;
use super::failed::Result;
use crate::engine::api::job::users::{Everybody, FileState, Refusal, User, UsersFile, Whose};
use crate::engine::api::job::{Outcome, Progress};
use crate::engine::oneshot::agent::{Answer, Verb};
pub use file::{lint, read, write};
pub use run::run;

/// How many users are looked at side by side.
const ABREAST: usize = 4;
/// How often it is told how far it is.
const PACE: Duration = Duration::from_millis(150);

/// See [`Job::UsersFiles`](crate::engine::api::job::Job::UsersFiles).
pub async fn list(context: &Context) -> Result<Outcome> {
    let (users, is_cut) = database::users(context).await?;
    let root = User::root(&users);
    let system = Whose::system(&context.options.places.system_rc, root);
    let all = std::iter::once(system).chain(users.iter().cloned().map(Whose::of));
    let mut waiting: Vec<(usize, Whose)> = all.enumerate().collect();
    waiting.reverse();
    let of = waiting.len();
    let mut looks = JoinSet::new();
    let mut found: Vec<(usize, UsersFile)> = Vec::new();
    let (mut told, mut last) = (0, None::<Instant>);
    loop {
        while looks.len() < ABREAST
            && let Some((place, whose)) = waiting.pop()
        {
            let (context, users) = (context.clone(), users.clone());
            looks.spawn(async move { (place, look(&context, whose, &users).await) });
        }
        match looks.join_next().await {
            Some(Ok(file)) => found.push(file),
            Some(Err(error)) => tracing::error!(%error, "a look at a user broke"),
            None => break,
        }
        if last.is_none_or(|last| last.elapsed() >= PACE) {
            last = Some(Instant::now());
            let news = found.iter().skip(told).map(|(_, file)| file.clone());
            let (done, news) = (found.len(), news.collect());
            told = done;
            let found = news;
            context.progress(Progress::Users { done, of, found });
        }
    }
    found.sort_by_key(|(place, _)| *place);
    let files = found.into_iter().map(|(_, file)| file).collect();
    let everybody = Everybody { files, is_cut };
    Ok(Outcome::Everybody(Box::new(everybody)))
}

/// See [`Job::LookAs`](crate::engine::api::job::Job::LookAs).
pub async fn again(context: &Context, whose: Whose) -> Result<Outcome> {
    let (users, _) = database::users(context).await?;
    let file = look(context, whose, &users).await;
    Ok(Outcome::Looked(Box::new(file)))
}

async fn look(context: &Context, whose: Whose, users: &[User]) -> UsersFile {
    let (answer, _) = agent::ask(context, &whose, Verb::Look, None).await;
    let (state, running) = match answer {
        Answer::Seen(summary, running) => (FileState::Seen(summary), running),
        Answer::Absent(can_make, running) => (FileState::Absent { can_make }, running),
        // As many users that programs have of their own.
        Answer::Refused(Refusal::NoHome, running) => {
            (FileState::Absent { can_make: false }, running)
        }
        Answer::Refused(refusal, running) => (FileState::Refused(refusal), running),
        _ => (FileState::Refused(odd()), None),
    };
    let mut file = UsersFile {
        whose,
        state,
        running,
    };
    if file.whose.is_system {
        find_runner(context, &mut file, users).await;
    }
    file
}

/// Of the file of the whole computer: whoever it belongs to fetches by it.
async fn find_runner(context: &Context, file: &mut UsersFile, users: &[User]) {
    file.running = None;
    let FileState::Seen(summary) = &file.state else {
        return;
    };
    let owner = users.iter().find(|user| user.uid == summary.owner).cloned();
    let Some(owner) = owner else { return };
    let own = Whose::of(owner.clone());
    let (answer, _) = agent::ask(context, &own, Verb::Look, None).await;
    if let Answer::Seen(_, running) | Answer::Absent(_, running) | Answer::Refused(_, running) =
        answer
    {
        file.running = running;
    }
    file.whose.runner = Some(owner);
}

/// An answer to another question.
fn odd() -> Refusal {
    Refusal::Unable("an odd answer".to_owned())
}
