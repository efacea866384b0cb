//! Questions to a person: each is open once, however many wait for its answer, and is withdrawn
//! when nobody answers in time or nobody waits any more. Whether to ask at all is decided elsewhere.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::base::Secret;
use crate::engine::api::Event;
use crate::engine::api::job::{Ask, Question, QuestionId};
use crate::engine::board::Board;

/// How long a question stands.
pub(super) const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// The questions that are open.
#[derive(Default)]
pub(super) struct Asking {
    board: Board,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    last: u64,
    questions: Vec<Waiting>,
}

struct Waiting {
    question: Question,
    /// `Some` once it is answered; `Some(None)`: nobody will.
    answer: watch::Sender<Option<Option<Secret>>>,
}

impl Asking {
    pub fn new(board: Board) -> Self {
        Self {
            board,
            open: Mutex::default(),
        }
    }

    /// Asks, or waits for the answer with those who have asked already. `None`: there is none.
    pub async fn ask(&self, what: Ask) -> Option<Secret> {
        let (id, answer) = self.join(what);
        let _interest = Interest { asking: self, id };
        // Behind the interest, so that it is dropped before it when this future is.
        let mut answer = answer;
        let answered = answer.wait_for(Option::is_some);
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(value)) => value.clone().flatten(),
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// An answer has come. One to a question that is not open is no trouble: it was withdrawn.
    pub fn answer(&self, id: QuestionId, value: Option<Secret>) {
        let mut open = self.lock();
        let known = open.questions.iter().position(|w| w.question.id == id);
        let Some(at) = known else { return };
        let waiting = open.questions.swap_remove(at);
        drop(open);
        waiting.answer.send_replace(Some(value));
        self.board.tell(Event::Unasked(id));
    }

    fn join(&self, what: Ask) -> (QuestionId, watch::Receiver<Option<Option<Secret>>>) {
        let mut open = self.lock();
        let known = open.questions.iter();
        if let Some(waiting) = known.clone().find(|w| is_same(&w.question.what, &what)) {
            return (waiting.question.id, waiting.answer.subscribe());
        }
        open.last += 1;
        let id = QuestionId(open.last);
        let question = Question { id, what };
        let (answer, receiver) = watch::channel(None);
        open.questions.push(Waiting {
            question: question.clone(),
            answer,
        });
        drop(open);
        self.board.tell(Event::Question(question));
        (id, receiver)
    }

    /// A panic elsewhere while the lock was held leaves plain data behind: it is still good.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// There is one keyring, and an account has one password.
fn is_same(one: &Ask, other: &Ask) -> bool {
    match (one, other) {
        (Ask::Password { id, .. }, Ask::Password { id: wanted, .. }) => id == wanted,
        (Ask::Unlock { .. }, Ask::Unlock { .. }) => true,
        _ => false,
    }
}

/// Somebody waits for an answer, or did until now.
struct Interest<'a> {
    asking: &'a Asking,
    id: QuestionId,
}

impl Drop for Interest<'_> {
    fn drop(&mut self) {
        let mut open = self.asking.lock();
        let left = |w: &Waiting| w.question.id == self.id && w.answer.receiver_count() == 0;
        let Some(at) = open.questions.iter().position(left) else {
            return;
        };
        open.questions.swap_remove(at);
        drop(open);
        self.asking.board.tell(Event::Unasked(self.id));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::broadcast::Receiver;

    use super::*;
    use crate::rc::AccountId;

    fn password(label: &str) -> Ask {
        Ask::Password {
            id: AccountId {
                label: label.into(),
                user: "u".into(),
                ordinal: 0,
            },
            host: label.into(),
            is_again: false,
        }
    }

    async fn asked(events: &mut Receiver<Event>) -> QuestionId {
        match events.recv().await {
            Ok(Event::Question(question)) => question.id,
            other => panic!("{other:?}"),
        }
    }

    fn rig() -> (Arc<Asking>, Receiver<Event>) {
        let board = Board::default();
        let events = board.subscribe();
        (Arc::new(Asking::new(board)), events)
    }

    #[tokio::test]
    async fn one_question_for_all_who_want_to_know() {
        let (asking, mut events) = rig();
        let ask = |what: Ask| {
            let asking = asking.clone();
            tokio::spawn(async move { asking.ask(what).await })
        };
        let (first, second) = (ask(password("a")), ask(password("a")));
        let id = asked(&mut events).await;
        let other = ask(password("b"));
        let other_id = asked(&mut events).await;
        assert_ne!(id, other_id);
        // One of two goes: the question stays for the other.
        second.abort();
        assert!(second.await.is_err());
        asking.answer(id, Some(Secret::new("x")));
        assert_eq!(first.await.unwrap(), Some(Secret::new("x")));
        assert_eq!(events.recv().await.unwrap(), Event::Unasked(id));
        asking.answer(other_id, None);
        assert_eq!(other.await.unwrap(), None);
        assert_eq!(events.recv().await.unwrap(), Event::Unasked(other_id));
        asking.answer(id, Some(Secret::new("late")));
        assert!(events.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_question_nobody_waits_for_is_withdrawn() {
        let (asking, mut events) = rig();
        let waiting = asking.clone();
        let waiting = tokio::spawn(async move { waiting.ask(password("a")).await });
        let id = asked(&mut events).await;
        waiting.abort();
        assert_eq!(events.recv().await.unwrap(), Event::Unasked(id));
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_stands_for_a_while() {
        let (asking, mut events) = rig();
        let start = tokio::time::Instant::now();
        assert_eq!(asking.ask(password("a")).await, None);
        assert_eq!(start.elapsed().as_secs(), PATIENCE.as_secs());
        let id = asked(&mut events).await;
        assert_eq!(events.recv().await.unwrap(), Event::Unasked(id));
    }
}
