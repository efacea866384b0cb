//! What the model is told, and what it says: fields, switches, choices, buttons, effects.

use super::{Page, answers};
use crate::engine::api::job::{Adopted, FirstTime, Job, JobId, Outcome, Progress};

/// A field with text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // told by `ui.md`
pub(crate) enum Field {
    Address,
    Password,
    /// On the sign-in page, where it is the same password.
    PasswordAgain,
    PasswordCommand,
    Host,
    Port,
    User,
    Maildir,
    LocalUser,
    Program,
    Lmtp,
    Limit,
}

/// A switch or a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // told by `ui.md`
pub(crate) enum Flag {
    LookOnline,
    /// "I have checked these settings with my provider."
    Confirmed,
    /// "I accept this risk."
    AcceptsPlain,
    HasLimit,
    StartAtLogin,
    Notifications,
}

/// One of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// Where the password is kept.
    Place(answers::Place),
    /// One of the servers found; `None`: entered by hand.
    Card(Option<usize>),
    /// By hand.
    Protocol(answers::ProtocolWish),
    /// By hand.
    Security(answers::SecurityWish),
    /// By hand.
    Method(answers::MethodWish),
    /// Where mail goes.
    Delivery(answers::Sink),
    /// Messages stay on the server.
    Keep(bool),
    /// What is new the first time.
    FirstTime(FirstTime),
    /// Index into [`answers::RHYTHMS`].
    Rhythm(usize),
    /// Which messages of the dry run are listed.
    Filter(Filter),
}

/// Which messages of the dry run are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // told by `ui.md`
pub(crate) enum Filter {
    #[default]
    All,
    Fetch,
    Skip,
}

/// A button that is not the way on or back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Take a file that is there already: this one.
    UseFile(std::path::PathBuf),
    /// The file found is to be used.
    UseFound,
    /// The rc file is to be closed to others.
    MakePrivate,
    /// Examine a server instead.
    Examine,
    /// The address is set up: show it.
    OpenExisting,
    /// To the server page, to be filled in by hand.
    ByHand,
    /// Fill the card's settings in to change them.
    Edit,
    /// Ask the server (manual).
    TestServer,
    /// End what is under way.
    Stop,
    /// Once more.
    TryAgain,
    /// With the table of providers only.
    OnlyTable,
    /// With what is before the `@`.
    TryUser(String),
    /// To the user name on the server page.
    ChangeUser,
    /// Open this page in the browser.
    Open(String),
    /// To the server page.
    ToServer,
    /// With this server name.
    UseName(String),
    /// Go on without TLS (after the tick).
    UsePlain,
    /// Only this certificate will do.
    Pin,
    /// An authority's file was chosen.
    Authority(std::path::PathBuf),
    /// Deliver a test message.
    TestDelivery,
    /// This command for the program.
    Preset(String),
    /// Fetch one message.
    FetchOne,
    /// To the delivery page.
    ToDelivery,
    /// To a page from the summary.
    Change(Page),
    /// To the summary though the changed sign-in was not tried.
    SkipTest,
    /// Save, and check when its time has come.
    SaveOnly,
}

/// What the wizard is told.
#[derive(Debug)]
pub(crate) enum Input {
    /// A field has another text.
    Text(Field, String),
    /// The cursor has left a field, or Enter was pressed in it: its error may be shown.
    Left(Field),
    /// A switch or tick.
    Flag(Flag, bool),
    /// One of several.
    Pick(Pick),
    /// The way on.
    Primary,
    /// The way back.
    Back,
    /// A page came to the front by a gesture.
    Swiped(Page),
    /// A button.
    Do(Deed),
    /// The engine: how far a job is.
    Progress(JobId, Box<Progress>),
    /// The engine: a job is over.
    Done(JobId, Box<Outcome>),
    /// A second has passed.
    Tick,
    /// Whether there is a network.
    Network(bool),
    /// The window is to be closed.
    Close,
    /// Closed though something was typed.
    Leave,
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// Begin a job.
    Start(JobId, Box<Job>),
    /// End a job.
    Cancel(JobId),
    /// Bring this page to the front.
    Go(Page),
    /// Put the cursor there.
    Focus(Field),
    /// What had the focus may be gone: to the title, where Enter is the way on.
    Rest,
    /// Open a page in the browser.
    Open(String),
    /// Ask whether to leave; something was typed.
    AskToLeave,
    /// Take the window away.
    Close,
    /// The account is saved.
    Saved(Box<Saved>),
    /// Examine a server (its name if one was typed).
    Examine(String),
    /// Show this account in the main window.
    ShowAccount(crate::engine::api::AccountId),
    /// Wait 400 ms, then go on: everything went well.
    GoOnSoon,
}

/// What the end leaves to do for the program around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    /// What was written, and the way back.
    pub adopted: Adopted,
    /// Start the program at login.
    pub starts_at_login: bool,
    /// Show notices of new mail.
    pub notifies: bool,
    /// The account was there before.
    pub is_change: bool,
}
