//! The list of all users' files and what is said of each. Pure.

mod said;

use std::collections::BTreeMap;

use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::users::{FileState, Refusal, UsersFile, Whose};

pub(super) use said::{counts, icon, line, ran, running, trouble, users};

/// The first number of a person; below are the users that programs have.
const PEOPLE: u32 = 1000;

/// Names a file: that of the computer, or that of the user of this name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// Of the whole computer.
    Computer,
    /// Of a user.
    User(String),
}

impl Key {
    /// Of this file.
    pub(super) fn of(whose: &Whose) -> Self {
        match whose.is_system {
            true => Self::Computer,
            false => Self::User(whose.keeper.name.clone()),
        }
    }
}

/// How far the list is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// Users are looked at: so many of so many.
    Looking(usize, usize),
    /// All were.
    #[default]
    Done,
    /// There are more than are looked at.
    Cut,
    /// It was ended before.
    Stopped,
    /// It came to nothing: why.
    Failed(String),
}

/// What is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    files: BTreeMap<Key, UsersFile>,
    /// How far it is.
    pub stage: Stage,
    /// Only names, servers and addresses that hold this are shown.
    pub wanted: String,
    /// Users who have no file are shown too.
    pub shows_absent: bool,
}

impl Model {
    /// Begins anew.
    pub(super) fn begin(&mut self) {
        self.files.clear();
        self.stage = Stage::Looking(0, 0);
    }

    /// Files were found, or looked at again.
    pub(super) fn take(&mut self, found: Vec<UsersFile>) {
        let named = found.into_iter().map(|file| (Key::of(&file.whose), file));
        self.files.extend(named);
    }

    /// The file of this name.
    pub(super) fn find(&self, key: &Key) -> Option<&UsersFile> {
        self.files.get(key)
    }

    /// What is shown, in order.
    pub(super) fn shown(&self) -> Vec<&UsersFile> {
        let wanted = self.wanted.trim().to_lowercase();
        let files = self.files.values().filter(|file| self.has_place(file));
        files
            .filter(|file| wanted.is_empty() || holds(file, &wanted))
            .collect()
    }

    fn has_place(&self, file: &UsersFile) -> bool {
        let whose = &file.whose;
        match &file.state {
            FileState::Seen(_) => true,
            FileState::Absent { can_make } => *can_make && self.shows_absent,
            FileState::Refused(refusal) => {
                let home = whose.keeper.home.file_name().unwrap_or_default();
                let home = quiet(home.as_encoded_bytes(), QUIET_MAX);
                let is_of_home = match refusal {
                    Refusal::Link(name) => *name == home,
                    refusal => *refusal == Refusal::Denied,
                };
                // Users of programs have odd homes, which concern nobody.
                let is_program = !whose.is_system && (1..PEOPLE).contains(&whose.keeper.uid);
                !(is_of_home && is_program) || self.shows_absent
            }
        }
    }
}

/// Whether something of it holds the words, which are in lower case.
fn holds(file: &UsersFile, wanted: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    if has(&said::title(&file.whose)) || has(&file.whose.path.to_string_lossy()) {
        return true;
    }
    let FileState::Seen(summary) = &file.state else {
        return false;
    };
    summary.servers.iter().any(|server| {
        let mut names = server
            .users
            .iter()
            .flat_map(|(remote, local)| std::iter::once(remote).chain(local));
        has(&server.label) || names.any(|name| has(name))
    })
}

pub(super) use said::title;

#[cfg(test)]
mod tests;
