//! Headers kept with an account, and who is to get such messages: a change of the file is held
//! against them. They are kept in a private file of their own, never in the rc file.

use super::AccountId;
use super::routing::Dns;

/// Most samples of an account.
pub const MOST: usize = 100;

/// A header and its recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it is called, for display: a file's name, or the subject.
    pub name: String,
    /// All header lines.
    pub header: Vec<u8>,
    /// Whether DNS is asked.
    pub dns: Dns,
    /// Who is to get it, in order.
    pub expected: Vec<Vec<u8>>,
}

/// All samples there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Samples {
    /// The name that stands for a user who is not named: who runs the program.
    pub login: String,
    /// By account.
    pub of: Vec<(AccountId, Vec<Sample>)>,
}

impl Samples {
    /// Those of an account.
    pub fn of(&self, id: &AccountId) -> &[Sample] {
        let found = self.of.iter().find(|(known, _)| known == id);
        found.map_or(&[], |(_, samples)| samples)
    }
}

/// What is to happen to samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleWish {
    /// Nothing: they are wanted.
    Read,
    /// Keep this one; one of the same header goes.
    Keep(AccountId, Sample),
    /// Forget the one with this header.
    Forget(AccountId, Vec<u8>),
    /// Accounts have got other names.
    Follow(Vec<(AccountId, AccountId)>),
}
