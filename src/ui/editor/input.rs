//! What the editor is told and what it tells.

use std::collections::BTreeSet;

use super::checks::Whom;
use super::files;
use super::folders;
use super::model::Row;
use super::model::search::Hit;
use super::model::tree::Node;
use super::multidrop::Told;
use super::rows::Deed;
use super::special::Wish;
use crate::engine::api::AccountId;
use crate::engine::api::job::users::Whose;
use crate::engine::api::job::{Job, JobId, Outcome};
use crate::engine::api::saving::{Saved, Version, Which};
use crate::rc::diagnostic::Diagnostic;
use crate::rc::document::Span;
use crate::rc::edit::Change;
use crate::rc::option::Page;

/// What the editor is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// The page came to the front.
    Shown,
    /// The file may be another one now.
    FileChanged,
    /// What came of a job.
    Done(JobId, Box<Outcome>),
    /// How a save went.
    Saved(Saved),
    /// The page has another width.
    Size(i32),
    /// Another line of the list was selected.
    Select(Node),
    /// A line of the list was opened.
    Open,
    /// Users of an entry are to be shown, or no longer.
    Toggle(usize),
    /// Another page of the node.
    Turn(Page),
    /// Something is done with an option.
    Option(Box<Row>, Deed),
    /// Something about an entry itself.
    Special(usize, Wish),
    /// A new server.
    AddServer,
    /// A new user.
    AddUser,
    /// The same once more.
    Duplicate,
    /// Down (true) or up.
    Move(bool),
    /// Take it out.
    Remove,
    /// One step back.
    Undo,
    /// One step forth.
    Redo,
    /// To the next hint, or the one before.
    Hint(bool),
    /// What would make a finding go away.
    Fix(Box<Diagnostic>),
    /// The same for the first finding here that has one.
    FixFirst,
    /// Look for an option, or no longer.
    Search(bool),
    /// Something else is looked for.
    Searched,
    /// Escape: end the search, or put the source away.
    Escape,
    /// To the user of an account, as soon as the file is there.
    GoToAccount(AccountId),
    /// To an option that was found.
    GoTo(Hit),
    /// Bytes were replaced in the source, where the file was so long.
    Typed(Change, u32),
    /// Show secrets in the source, or no longer.
    Secrets(bool),
    /// The person has been asked.
    MaySeeSecrets,
    /// The cursor of the source is at that byte.
    Cursor(u32),
    /// The button for the source was pressed.
    ToggleSource,
    /// The key for the source.
    PressSource,
    /// Time to look the text over, if it is still that one.
    LookOver(u64),
    /// Show what saving would change.
    Review,
    /// Save it.
    Save(Which),
    /// Save it, and check.
    SaveAndCheck,
    /// The review is not wanted, or wanted again, where nothing is dangerous.
    SkipReview(bool),
    /// The other of the two.
    ToggleReview,
    /// Check.
    Check(Whom),
    /// Pause checking in the background, or go on.
    TogglePause,
    /// The engine polls nothing by itself, or does again.
    Paused(bool),
    /// To the row that says how often accounts are checked.
    Interval,
    /// A line of the source is to be named.
    AskLine,
    /// To that line of the source.
    GoToLine(u32),
    /// To the first error.
    GoToTrouble,
    /// Show the states the file has had.
    History,
    /// To one of them.
    GoToState(usize),
    /// Whether words of later releases may be written.
    MayWriteLater(bool),
    /// A finding is to be told no more here.
    Ignore(String),
    /// All findings are to be told again.
    StopIgnoring,
    /// What a fix would change is to be shown, of the finding with that number.
    Preview(usize),
    /// A word that nobody knows is another one, or (empty) gone.
    Unknown(Span, String),
    /// Whether a command could be run.
    CheckCommand(Box<Row>),
    /// Something is done about the folders of the server.
    Folders(folders::Told),
    /// Something is done about several recipients.
    Multidrop(Told),
    /// To the list, where it is not beside the pages.
    Back,
    /// Read the file again, whatever was changed here.
    Reread,
    /// Open another user's file, at a server.
    OpenOf(Box<Whose>, Option<usize>),
    /// Open one's own.
    OpenOwn,
    /// Something is done about files.
    File(files::Deed),
    /// The same as either, whatever was changed here.
    Discard(Option<Box<Whose>>, Option<usize>),
}

/// What the person meant.
#[derive(Debug)]
pub(in crate::ui) enum Output {
    /// Begin this work; what comes of it is wanted here.
    Start(JobId, Box<Job>),
    /// What comes of this is not wanted any more.
    Cancel(JobId),
    /// Write this.
    Save(Box<Version>, Which),
    /// Write this; when it is read, check these (`None`: all that are checked by themselves).
    SaveAndCheck(Box<Version>, Option<Vec<AccountId>>),
    /// Check these.
    Check(Option<Vec<AccountId>>),
    /// Pause checking in the background, or go on.
    Pause(bool),
    /// Know this in later runs.
    Remember(Kept),
    /// Say this for a moment.
    Say(String),
    /// Whether there is a list to go back to.
    CanGoBack(bool),
    /// A user's file was written.
    WrittenOf(Box<Whose>),
    /// Check by a user's file, all servers or one.
    CheckOf(Box<Whose>, Option<String>),
}

/// What is remembered from one run to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Findings that are not told, by [`Diagnostic::key`].
    pub ignored: BTreeSet<String>,
    /// What changes nothing dangerous is saved without being shown before.
    pub saves_without_review: bool,
}
