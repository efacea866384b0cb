//! Signs in and looks into the mailbox, step by step. Nothing is changed on the server.

use super::Context;
use super::failed::{About, Result, failed, of_session};
use super::trial::Trial;
use crate::engine::api::job::{
    Draft, Failed, Outcome, Progress, SignInStep, SignedIn, Stage, StageState,
};
use crate::engine::board::Board;
use crate::engine::session::{self, Company, Onlooker, Session};
use crate::engine::trouble::of_server;
use crate::net::tls;
use crate::proto::TlsPolicy;
use crate::rc::Account;
use crate::retrieve::{Survey, Want};

/// See [`Job::TrySignIn`](crate::engine::api::job::Job::TrySignIn).
pub async fn run(context: &Context, draft: &Draft) -> Result<Outcome> {
    let trial = Trial::new(context, draft).await?;
    let account = &trial.account;
    let mut steps = Steps::new(context, account);
    match all(context, draft, account, &mut steps).await {
        Ok(signed_in) => Ok(Outcome::SignedIn(Box::new(signed_in))),
        Err(failed) => Err(Box::new(Failed {
            steps: steps.broken(),
            ..*failed
        })),
    }
}

async fn all(
    context: &Context,
    draft: &Draft,
    account: &Account,
    steps: &mut Steps<'_>,
) -> Result<SignedIn> {
    let about = About::from(&draft.setup);
    let mut session = open(context, &about, account, steps).await?;
    steps.begins(Stage::OpenMailbox);
    let want = Want {
        all: false,
        ..looking()
    };
    let survey = look(&mut session, account, account.folders.first(), want).await?;
    steps.ended(Stage::OpenMailbox, String::new());
    let signed_in = SignedIn {
        steps: steps.list.clone(),
        total: survey.total,
        new: survey.listed.len().try_into().unwrap_or(u32::MAX),
        octets: survey.octets,
        can_idle: session.maildrop.can_idle(),
        has_uids: survey.listed.iter().all(|listed| listed.uid.is_some()),
        is_protected: session.maildrop.is_protected(),
    };
    close(session).await;
    Ok(signed_in)
}

/// What is asked of a mailbox that is only looked at.
pub fn looking() -> Want {
    Want {
        all: true,
        read_only: true,
        uids: true,
        by_top: true,
    }
}

/// Connects and signs in as a poll does.
pub async fn open(
    context: &Context,
    about: &About,
    account: &Account,
    onlooker: &mut dyn Onlooker,
) -> Result<Session> {
    // What a session says of an account is for those who are polled.
    let board = Board::default();
    let company = Company {
        secrets: &context.secrets,
        board: &board,
        is_asked: false,
    };
    match session::open(account, company, onlooker).await {
        Ok(session) => Ok(session),
        Err(fault) => Err(of_session(context, fault, account, about).await),
    }
}

/// Looks into a folder.
pub async fn look(
    session: &mut Session,
    account: &Account,
    folder: Option<&Vec<u8>>,
    want: Want,
) -> Result<Survey> {
    let port = session.port;
    let surveyed = session.maildrop.survey(folder.map(Vec::as_slice), want);
    let surveyed = surveyed.await;
    surveyed.map_err(|error| failed(of_server(error, account, port)))
}

/// Signs off; nothing depends on the answer.
pub async fn close(session: Session) {
    if let Err(error) = session.maildrop.close().await {
        tracing::debug!(%error, "signing off");
    }
}

/// The list of steps, told as it changes.
struct Steps<'c> {
    context: &'c Context,
    list: Vec<SignInStep>,
}

impl<'c> Steps<'c> {
    fn new(context: &'c Context, account: &Account) -> Self {
        let is_plain = !account.tls.implicit && tls::policy(&account.tls) == TlsPolicy::Never;
        let list = Stage::ALL.into_iter().map(|stage| SignInStep {
            stage,
            state: match stage {
                Stage::Secure if is_plain => StageState::Skipped,
                _ => StageState::Waiting,
            },
            words: String::new(),
        });
        Self {
            context,
            list: list.collect(),
        }
    }

    fn set(&mut self, stage: Stage, state: StageState, words: String) {
        if let Some(step) = self.list.iter_mut().find(|step| step.stage == stage) {
            (step.state, step.words) = (state, words);
        }
        self.context.progress(Progress::SignIn(self.list.clone()));
    }

    /// As they are when it has failed: what was under way is what broke.
    fn broken(mut self) -> Vec<SignInStep> {
        for step in &mut self.list {
            if step.state == StageState::Working {
                step.state = StageState::Failed;
            }
        }
        self.list
    }
}

impl Onlooker for Steps<'_> {
    fn begins(&mut self, stage: Stage) {
        self.set(stage, StageState::Working, String::new());
    }

    fn ended(&mut self, stage: Stage, words: String) {
        self.set(stage, StageState::Done, words);
    }
}
