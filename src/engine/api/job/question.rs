//! What the engine asks back.

use crate::engine::api::AccountId;

/// Something the engine cannot go on without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Names it in the answer.
    pub id: QuestionId,
    /// What is asked.
    pub what: Ask,
}

/// Names a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId(pub u64);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The password of an account: nothing else has it. The answer is the password.
    Password {
        /// Whose.
        id: AccountId,
        /// At which server.
        host: String,
        /// The last answer was refused by the server.
        is_again: bool,
    },
    /// The keyring is locked: may its own dialogue be shown? Any answer is a yes.
    Unlock {
        /// Whose password is wanted.
        id: AccountId,
    },
}
