//! What the window is told and what it says.

use tokio::sync::mpsc::UnboundedSender;

use super::super::editor::Kept;
use super::super::{accounts, activity, editor, probe};
use super::{AdminWish, WatchWish, WizardWish};
use crate::engine::api::job::Undo;
use crate::engine::api::{Command, Event, Snapshot};

/// What the window starts with.
#[derive(Debug)]
pub struct Init {
    /// To the engine.
    pub commands: UnboundedSender<Command>,
    /// What is so at the start; later changes come as [`Msg::Event`].
    pub first: Snapshot,
    /// What the editor has been told in earlier runs.
    pub editor: Kept,
}

/// What the window is told, by the engine, the tray, the program's start and itself.
// Nearly all are `Event`, the largest: a box would cost more than it spares.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub enum Msg {
    /// Something happened in the engine.
    Event(Event),
    /// Show the window, in front; with the activation token of the click that asked, if any.
    Present(Option<String>),
    /// Poll the account of this label or address now; `None`: all.
    Check(Option<String>),
    /// Show what the server of this name, or those of this address, offer.
    Probe(String),
    /// End the program, with a question if mail is being fetched.
    Quit,
    /// End the program at once: what is under way is stopped in order.
    QuitNow,
    /// Another program wants to fetch: end the engine, and the program unless it is looked at.
    Yield,
    /// Whether there is a place for a tray icon.
    Tray(bool),
    /// An action of a key or a menu.
    #[doc(hidden)]
    Act(&'static str),
    /// From the accounts page.
    #[doc(hidden)]
    Account(AccountWish),
    /// From the activity page.
    #[doc(hidden)]
    Activity(ActivityWish),
    /// From the Autoprobe page.
    #[doc(hidden)]
    Autoprobe(ProbeWish),
    /// From the editor.
    #[doc(hidden)]
    Editor(EditorWish),
    /// From the window of a check.
    #[doc(hidden)]
    Watched(WatchWish),
    /// From the wizard.
    #[doc(hidden)]
    Wizard(Box<WizardWish>),
    /// From the window of all users' files.
    #[doc(hidden)]
    Admin(AdminWish),
    /// Take back what the wizard wrote.
    #[doc(hidden)]
    Undo(Box<Undo>),
    /// Change the account as was shown.
    #[doc(hidden)]
    Amend,
    /// The first button of the bar.
    #[doc(hidden)]
    BarDetails,
    /// The second button of the bar.
    #[doc(hidden)]
    BarSettle,
}

/// What the accounts page wants, kept private to the window.
#[derive(Debug)]
pub struct AccountWish(pub(super) accounts::Output);

/// What the activity page wants, kept private to the window.
#[derive(Debug)]
pub struct ActivityWish(pub(super) activity::Output);

/// What the Autoprobe page wants, kept private to the window.
#[derive(Debug)]
pub struct ProbeWish(pub(super) probe::Output);

/// What the editor wants, kept private to the window.
#[derive(Debug)]
pub struct EditorWish(pub(super) editor::Output);

/// What the window says to the program around it.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
    /// The engine has ended and the person wants to quit.
    Quit,
    /// What the editor is to know in later runs.
    Remember(Kept),
    /// What a person wants of the program beyond its accounts.
    Prefer {
        /// Start at login.
        starts_at_login: bool,
        /// Show notices of new mail.
        notifies: bool,
    },
}
