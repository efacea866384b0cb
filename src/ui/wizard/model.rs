//! What the wizard knows and what follows from what a person does: no widget, no engine, no clock.
//! [`Model::update`] takes an [`Input`] and gives back what is to be done about it.

pub(super) mod answers;
pub(super) mod check;
mod moves;
mod results;
pub(super) mod sign_in;

use crate::engine::api::job::{
    Adopted, Around, Candidate, DryRun, Failed, Fetched, FirstTime, Found, Hint, Job, JobId,
    Outcome, Preview, Progress, Report, SignInStep, SignedIn,
};
use answers::{Answers, Asked};

/// The pages in their order (`ui.md` section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Page {
    /// W0
    Welcome,
    /// W1
    Address,
    /// W2
    Discovery,
    /// W3
    Server,
    /// W4
    SignIn,
    /// W5
    Delivery,
    /// W6
    Copies,
    /// W7
    TryIt,
    /// W8
    Save,
}

impl Page {
    /// In their order.
    pub(super) const ALL: [Self; 9] = [
        Self::Welcome,
        Self::Address,
        Self::Discovery,
        Self::Server,
        Self::SignIn,
        Self::Delivery,
        Self::Copies,
        Self::TryIt,
        Self::Save,
    ];

    /// The widget's name, and what tests and readers know it by.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Address => "address-page",
            Self::Discovery => "discovery",
            Self::Server => "server-page",
            Self::SignIn => "sign-in",
            Self::Delivery => "delivery",
            Self::Copies => "copies",
            Self::TryIt => "try-it",
            Self::Save => "save",
        }
    }

    /// Its number among the steps that are counted, and how many there are.
    pub(super) fn step(self) -> Option<(u32, u32)> {
        let number = match self {
            Self::Welcome => return None,
            Self::Address => 1,
            Self::Discovery | Self::Server => 2,
            Self::SignIn => 3,
            Self::Delivery => 4,
            Self::Copies => 5,
            Self::TryIt => 6,
            Self::Save => 7,
        };
        Some((number, 7))
    }
}

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
}

/// Work of the engine for one page, with the inputs it was begun for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Work<T> {
    /// Not begun, or forgotten because its inputs have changed.
    Idle,
    /// Under way.
    Running(JobId),
    /// Over.
    Done(T),
}

impl<T> Work<T> {
    /// The result.
    pub(super) fn done(&self) -> Option<&T> {
        match self {
            Self::Done(result) => Some(result),
            _ => None,
        }
    }

    /// It is this job.
    pub(super) fn is(&self, id: JobId) -> bool {
        matches!(self, Self::Running(running) if *running == id)
    }

    /// Under way.
    pub(super) fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }
}

/// A result, or why there is none.
pub(crate) type Tried<T> = Result<T, Box<Failed>>;

/// All of it.
#[derive(Debug)]
pub(crate) struct Model {
    /// In front.
    pub page: Page,
    /// Where the way back leads, in order.
    pub trail: Vec<Page>,
    /// What was filled in.
    pub answers: Answers,
    /// Fields whose errors are shown.
    pub visited: Vec<Field>,
    /// What this computer has.
    pub around: Option<Around>,
    around_job: Option<JobId>,
    /// Discovery as far as it is.
    pub found: Option<Found>,
    /// Discovery.
    pub discovery: Work<()>,
    /// "Test Server" as far as it is.
    pub report: Option<Report>,
    /// "Test Server".
    pub probe: Work<()>,
    /// Steps of signing in.
    pub steps: Vec<SignInStep>,
    /// Signing in.
    pub sign_in: Work<Tried<SignedIn>>,
    signed_in_for: Option<Asked>,
    /// The way on was pressed while a tick was missing.
    pub tried_to_go_on: bool,
    /// The other form of the user name was tried.
    pub tried_other_user: bool,
    /// Seconds until it is tried again by itself (mailbox in use).
    pub again_in: Option<u32>,
    /// It goes on by itself when the network is back.
    pub waits_for_network: bool,
    /// The test message.
    pub test: Work<Tried<String>>,
    /// The dry run.
    pub dry: Work<Tried<DryRun>>,
    /// How far it is.
    pub dry_progress: (u32, u32),
    dry_for: Option<Asked>,
    /// Which of its messages are listed.
    pub filter: Filter,
    /// "Fetch One Now".
    pub one: Work<Tried<Option<Fetched>>>,
    /// What will be written.
    pub preview: Work<Tried<Preview>>,
    /// Writing.
    pub saving: Work<Tried<()>>,
    /// Making the rc file private, or taking a file over.
    pub file: Work<Tried<()>>,
    /// Grows whenever fields may have got other texts than those typed into them: only then are the
    /// entries on the screen written to, so that nobody's typing is ever overwritten.
    pub filled: u64,
    is_touched: bool,
    /// Domain and whether online, of the discovery shown.
    searched: Option<(String, bool)>,
    goes_on_after_probe: bool,
}

impl Model {
    /// At the beginning: `is_first` when nothing is configured.
    pub(super) fn new(is_first: bool) -> Self {
        Self {
            page: if is_first {
                Page::Welcome
            } else {
                Page::Address
            },
            trail: Vec::new(),
            answers: Answers::default(),
            visited: Vec::new(),
            around: None,
            around_job: None,
            found: None,
            discovery: Work::Idle,
            report: None,
            probe: Work::Idle,
            steps: Vec::new(),
            sign_in: Work::Idle,
            signed_in_for: None,
            tried_to_go_on: false,
            tried_other_user: false,
            again_in: None,
            waits_for_network: false,
            test: Work::Idle,
            dry: Work::Idle,
            dry_progress: (0, 0),
            dry_for: None,
            filter: Filter::All,
            one: Work::Idle,
            preview: Work::Idle,
            saving: Work::Idle,
            file: Work::Idle,
            filled: 0,
            is_touched: false,
            searched: None,
            goes_on_after_probe: false,
        }
    }

    /// What to do first.
    pub(super) fn begin(&mut self) -> Vec<Effect> {
        let id = JobId::new();
        self.around_job = Some(id);
        vec![Effect::Start(id, Box::new(Job::LookAround))]
    }

    /// At the server page, with a way to a mailbox that somebody else has found (Autoprobe).
    pub(super) fn with_candidate(&mut self, candidate: Candidate) {
        self.answers.take_in(&candidate);
        self.page = Page::Server;
        self.answers.card = None;
    }

    /// What a person or the engine does, and what follows.
    pub(super) fn update(&mut self, input: Input) -> Vec<Effect> {
        let fills = matches!(
            input,
            Input::Primary
                | Input::Back
                | Input::Swiped(_)
                | Input::Do(_)
                | Input::Pick(Pick::Card(_))
        );
        self.filled += u64::from(fills);
        match input {
            Input::Text(field, text) => {
                self.type_text(field, text);
                Vec::new()
            }
            Input::Left(field) => {
                if !self.visited.contains(&field) {
                    self.visited.push(field);
                }
                Vec::new()
            }
            Input::Flag(flag, is_on) => {
                self.answers.set(flag, is_on);
                Vec::new()
            }
            Input::Pick(pick) => {
                self.pick(pick);
                Vec::new()
            }
            Input::Primary => self.go_on(),
            Input::Back => self.go_back(),
            Input::Swiped(page) => self.swiped(page),
            Input::Do(deed) => self.act(deed),
            Input::Progress(id, progress) => {
                self.progress(id, *progress);
                Vec::new()
            }
            Input::Done(id, outcome) => self.done(id, *outcome),
            Input::Tick => self.tick(),
            Input::Network(is_there) => self.network(is_there),
            Input::Close if self.is_touched => vec![Effect::AskToLeave],
            Input::Close | Input::Leave => self.leave(),
        }
    }

    /// What is known of the provider.
    pub(super) fn hint(&self) -> Option<&Hint> {
        self.found.as_ref()?.hint.as_ref()
    }

    /// The error of a field if it is to be shown now.
    pub(super) fn error(&self, field: Field) -> Option<String> {
        let is_visited = self.visited.contains(&field);
        is_visited
            .then(|| check::field(self, field).err())
            .flatten()
    }

    fn type_text(&mut self, field: Field, text: String) {
        if !self.answers.put(field, text) {
            return;
        }
        self.is_touched = true;
        // An error disappears while it is being mended; it comes back when the cursor leaves.
        self.visited.retain(|visited| *visited != field);
        self.forget_stale();
    }

    fn pick(&mut self, pick: Pick) {
        match pick {
            Pick::Filter(filter) => self.filter = filter,
            Pick::Card(Some(index)) => {
                let found = self.found.as_ref();
                if let Some(card) = found.and_then(|found| found.candidates.get(index)) {
                    let card = card.clone();
                    if self.answers.card != Some(index) {
                        self.answers.confirmed = false;
                        self.answers.accepts_plain = false;
                    }
                    self.answers.choose(index, &card);
                }
            }
            other => self.answers.pick(other),
        }
        self.forget_stale();
    }

    /// Results whose inputs have changed are of no use any more.
    fn forget_stale(&mut self) {
        let asked = self.answers.asked();
        if self
            .signed_in_for
            .as_ref()
            .is_some_and(|f| f.server != asked.server)
        {
            self.sign_in = Work::Idle;
            self.signed_in_for = None;
            self.steps.clear();
            self.again_in = None;
        }
        if self.dry_for.as_ref().is_some_and(|f| *f != asked) {
            self.dry = Work::Idle;
            self.one = Work::Idle;
            self.dry_for = None;
        }
    }
}
