//! What the wizard knows and what follows from what a person does: no widget, no engine, no clock.
//! [`Model::update`] takes an [`Input`] and gives back what is to be done about it.

pub(super) mod answers;
pub(super) mod check;
pub(super) mod editing;
mod moves;
mod results;
pub(super) mod sign_in;
mod talk;

use crate::engine::api::job::{
    Around, Candidate, DryRun, Failed, Fetched, Found, Hint, Job, JobId, Preview, Report,
    SignInStep, SignedIn,
};
use answers::{Answers, Asked};
pub(crate) use editing::Editing;
pub(crate) use talk::{Deed, Effect, Field, Filter, Flag, Input, Pick, Saved};

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
    /// The account that is changed; `None`: a new one is set up.
    pub editing: Option<Box<Editing>>,
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
    /// Saving does not check the account.
    waits: bool,
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
            editing: None,
            waits: false,
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
            Input::Close if self.has_news() => vec![Effect::AskToLeave],
            Input::Close | Input::Leave => self.leave(),
        }
    }

    /// Something would be lost by leaving.
    fn has_news(&self) -> bool {
        match &self.editing {
            Some(_) => self.is_changed(),
            None => self.is_touched,
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
