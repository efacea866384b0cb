//! Autoprobe: someone names a server or an address and sees, as it comes, what is offered there
//! (`ui.md` section 11).
//!
//! It asks nothing itself: [`Output::Start`] lets the engine do so, and reports come back as
//! [`Input::Progress`] and [`Input::Done`]. Nothing secret is sent.

mod compare;
mod detail;
mod facts;
mod form;
mod history;
mod hosts;
mod input;
mod keep;
mod lines;
mod pages;
mod results;
#[cfg(test)]
mod sample;
mod state;
mod table;
mod verdict;
mod words;

use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use adw::prelude::*;
use gtk::glib;
use relm4::{Component, ComponentParts, ComponentSender};

use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::found::Found;
use crate::engine::api::job::report::{Choice, Report, Shown};
use crate::engine::api::job::{
    Candidate, JOB_SILENCE, Job, JobId, Outcome, Progress, Request, Wish,
};
use crate::engine::api::{AccountId, ServerFacts, report_text, words as common};
use form::Form;
use history::History;
use input::Target;
use pages::Pages;
use results::{Results, Room};
use state::Notice;

/// What the page is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The accounts there are, and how they reach their servers.
    Accounts(Vec<(AccountId, ServerFacts)>),
    /// Examine this, as if it had been typed; with nothing, let the person type.
    Examine(String),
    /// The cursor into the server field.
    Focus,
    /// The text of the field has changed.
    Typed,
    /// Examine what the field says.
    Start,
    /// The button: examine, or stop while something is under way.
    StartOrStop,
    /// Escape: stop, or back from the page of a port.
    Escape,
    /// Some time has passed: is the job still alive?
    Look(JobId),
    /// How far a job is.
    Progress(JobId, Box<Progress>),
    /// What came of a job.
    Done(JobId, Box<Outcome>),
    /// The page has another size.
    Size(i32, i32),
    /// Another port is selected; by the person, or because the list changed.
    Selected(bool),
    /// The selected port was opened.
    Open,
    /// The port at that place was opened.
    OpenAt(i32),
    /// From the page of a port to the list.
    Back,
    /// One of the servers of an address.
    Pick(hosts::Host),
    /// Another of the ways is looked at.
    Choose(usize),
    /// Sort by the column of that name; downwards.
    Sort(String, bool),
    /// The same once more.
    Again,
    /// Show what has changed since the previous report, or no longer.
    Compare,
    /// A report of this session.
    Show(usize),
    /// Show these certificates.
    Certificates(Box<Shown>),
    /// The report to the clipboard.
    Copy,
    /// The lines for the file to the clipboard.
    CopyRc,
    /// The report to a file.
    Save,
    /// How that ended: the file, or why not.
    Saved(Result<PathBuf, String>),
    /// The way that is shown becomes an account.
    SetUp,
}

/// What the person meant.
#[derive(Debug)]
pub(super) enum Output {
    /// Begin this work; what comes of it is wanted here.
    Start(JobId, Box<Job>),
    /// End it.
    Cancel(JobId),
    /// Set up an account that uses this.
    SetUp(Box<Candidate>),
    /// Say this for a moment.
    Say(String),
    /// Whether there is a list to go back to.
    CanGoBack(bool),
}

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    None,
    Discovering(JobId),
    Probing(JobId),
}

impl Work {
    fn id(self) -> Option<JobId> {
        match self {
            Self::None => None,
            Self::Discovering(id) | Self::Probing(id) => Some(id),
        }
    }
}

/// The component.
pub(super) struct Probe {
    form: Form,
    pages: Pages,
    results: Results,
    work: Work,
    request: Option<Request>,
    report: Option<Rc<Report>>,
    history: History,
    accounts: Vec<(AccountId, ServerFacts)>,
    /// Which of the ways is looked at.
    chosen: usize,
    /// The person has selected a port: it stays selected.
    has_selected: bool,
    /// When the status line changed last: a screen reader reads each change.
    said: Option<Instant>,
    /// When the job was heard of last.
    heard: Instant,
    /// What was told last by [`Output::CanGoBack`].
    can_go_back: bool,
}

impl Component for Probe {
    type CommandOutput = ();
    type Input = Input;
    type Output = Output;
    type Init = Vec<(AccountId, ServerFacts)>;
    type Root = gtk::Box;
    type Widgets = ();

    fn init_root() -> Self::Root {
        gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .name("probe")
            .build()
    }

    fn init(
        accounts: Self::Init,
        root: gtk::Box,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let to = sender.input_sender();
        let form = Form::new(to);
        let results = Results::new(to);
        let pages = Pages::new(&results.root);
        root.append(&pages::ruler(to));
        root.append(&form.root);
        root.append(&pages.stack);
        pages::on_escape(&root, to);
        let model = Self {
            form,
            pages,
            results,
            work: Work::None,
            request: None,
            report: None,
            history: History::default(),
            accounts,
            chosen: 0,
            has_selected: false,
            said: None,
            heard: Instant::now(),
            can_go_back: false,
        };
        model.show_history(&sender);
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, message: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match message {
            Input::Accounts(accounts) => {
                self.accounts = accounts;
                self.redraw();
            }
            Input::Examine(text) if text.trim().is_empty() => self.form.focus(),
            Input::Examine(text) => {
                self.form.entry.set_text(&text);
                self.start(&sender);
            }
            Input::Focus => self.form.focus(),
            Input::Typed => self.form.typed(),
            Input::Start => self.start(&sender),
            Input::StartOrStop if self.work == Work::None => self.start(&sender),
            Input::StartOrStop => self.stop(&sender),
            Input::Escape if !self.results.close() => self.stop(&sender),
            Input::Escape => {}
            Input::Progress(id, progress) if self.work.id() == Some(id) => self.hear(*progress),
            Input::Done(id, outcome) if self.work.id() == Some(id) => {
                self.done(*outcome, &sender);
            }
            Input::Look(id) if self.work.id() == Some(id) => self.look(id, &sender),
            Input::Progress(..) | Input::Done(..) | Input::Look(_) => {}
            Input::Size(width, height) => self.results.set_room(Room::of(width), (width, height)),
            Input::Selected(by_person) => {
                self.has_selected |= by_person;
                self.show_detail();
            }
            Input::Open => self.results.open(),
            Input::OpenAt(place) => {
                self.results.lines.select_at(place);
                self.has_selected = true;
                self.show_detail();
                self.results.open();
            }
            Input::Back => {
                self.results.close();
            }
            Input::Pick(host) => self.pick(&host, &sender),
            Input::Choose(chosen) => {
                self.chosen = chosen;
                self.redraw();
            }
            Input::Sort(by, is_down) => self.results.sort(&by, is_down),
            Input::Again => {
                if let Some(request) = self.request.clone().filter(|_| self.work == Work::None) {
                    self.probe(request, &sender);
                }
            }
            Input::Compare => self.show_changes(),
            Input::Show(place) => {
                if let Some(old) = self.history.all().get(place).cloned()
                    && self.work == Work::None
                {
                    self.form.entry.set_text(&old.host);
                    self.request = Some(Request::new(old.host.clone()));
                    self.show_report(old);
                }
            }
            Input::Certificates(shown) => {
                if let (Some(window), Some(report)) =
                    (root.root().and_downcast::<gtk::Window>(), &self.report)
                {
                    super::certificate::show(&window, &shown, &report.host);
                }
            }
            Input::Copy => self.copy(root, &sender),
            Input::CopyRc => {
                if let Some(choice) = self.choice() {
                    root.clipboard().set_text(&choice.rc);
                    self.say(&gettext("Lines copied"), &sender);
                }
            }
            Input::Save => self.save(root, &sender),
            Input::Saved(result) => {
                let text = keep::ended(&result);
                self.say(&text, &sender);
            }
            Input::SetUp => {
                if let Some(choice) = self.choice() {
                    let wanted = Box::new(choice.candidate.clone());
                    let _ = sender.output(Output::SetUp(wanted));
                }
            }
        }
        self.tell_back(&sender);
    }
}

impl Probe {
    /// Examines what the field says, if it can be understood.
    fn start(&mut self, sender: &ComponentSender<Self>) {
        if self.work != Work::None {
            return;
        }
        let Some(target) = self.form.target() else {
            return;
        };
        match target {
            Target::Host { host, port } => {
                if let Some(request) = self.form.request(&host, port) {
                    self.probe(request, sender);
                }
            }
            Target::Domain(domain) => {
                let online = self.form.is_online();
                let text = gettext("Looking for settings…");
                self.begin(Work::Discovering, sender, |id| {
                    let wish = Wish {
                        domain,
                        online,
                        only_table: false,
                    };
                    Output::Start(id, Box::new(Job::Discover(wish)))
                });
                self.pages.busy(&text);
            }
        }
    }

    fn pick(&mut self, host: &hosts::Host, sender: &ComponentSender<Self>) {
        if self.work != Work::None {
            return;
        }
        if let Some(mut request) = self.form.request(&host.name, None) {
            request.ports.extend(&host.ports);
            self.form.entry.set_text(&host.name);
            self.probe(request, sender);
        }
    }

    fn probe(&mut self, request: Request, sender: &ComponentSender<Self>) {
        let text = fill(
            &gettext("Looking up {host}…"),
            &[("host", &isolated(&request.host))],
        );
        self.request = Some(request.clone());
        self.begin(Work::Probing, sender, |id| {
            Output::Start(id, Box::new(Job::Probe(request)))
        });
        self.pages.busy(&text);
    }

    fn begin(
        &mut self,
        work: impl FnOnce(JobId) -> Work,
        sender: &ComponentSender<Self>,
        start: impl FnOnce(JobId) -> Output,
    ) {
        let id = JobId::new();
        self.work = work(id);
        self.heard = Instant::now();
        look_later(id, LOOK, sender);
        self.report = None;
        self.chosen = 0;
        self.has_selected = false;
        self.said = None;
        self.results.close();
        self.results.lines.show(&[]);
        self.results.set_can_compare(false);
        self.form.set_running(true);
        self.show_history(sender);
        let _ = sender.output(start(id));
    }

    fn stop(&self, sender: &ComponentSender<Self>) {
        if let Some(id) = self.work.id() {
            let _ = sender.output(Output::Cancel(id));
            // Its end may have been missed when events came too fast to be read.
            let (to, gone) = (sender.input_sender().clone(), Box::new(Outcome::Cancelled));
            glib::timeout_add_local_once(GRACE, move || to.emit(Input::Done(id, gone)));
        }
    }

    /// A job without a word for too long is taken for dead: its end was missed.
    fn look(&mut self, id: JobId, sender: &ComponentSender<Self>) {
        if self.heard.elapsed() < JOB_SILENCE {
            look_later(id, LOOK, sender);
        } else {
            self.done(Outcome::Cancelled, sender);
        }
    }

    fn hear(&mut self, progress: Progress) {
        self.heard = Instant::now();
        match progress {
            Progress::Probe(report) => {
                // The name is still being looked up: nothing to show yet.
                if !report.rows.is_empty() {
                    self.show_report(Rc::new(*report));
                }
            }
            Progress::Discover(found) => {
                let now = Instant::now();
                if self.said.is_none_or(|at| now - at > QUIET) {
                    self.said = Some(now);
                    self.pages.busy(&hosts::status(&found));
                }
            }
            Progress::SignIn(_) | Progress::DryRun { .. } => {}
        }
    }

    fn done(&mut self, outcome: Outcome, sender: &ComponentSender<Self>) {
        self.work = Work::None;
        self.form.set_running(false);
        match outcome {
            Outcome::Probed(report) => self.keep(Rc::new(*report)),
            Outcome::Discovered(found) => self.offer(&found, sender),
            Outcome::Cancelled => match self.report.take() {
                Some(report) => self.keep(Rc::new(state::stopped(&report))),
                None => self.pages.nothing(),
            },
            Outcome::Failed(failed) => self.pages.failure(&Notice {
                icon: "dialog-warning-symbolic",
                headline: common::headline(failed.cause()),
                text: common::advice(failed.cause()),
            }),
            _ => self.pages.nothing(),
        }
        self.show_history(sender);
    }

    /// The report is over and becomes a part of the session's history.
    fn keep(&mut self, report: Rc<Report>) {
        self.history.push(report.clone());
        self.show_report(report);
        if let Some(best) = self.choice().map(|choice| choice.candidate.port)
            && !self.has_selected
        {
            self.results.lines.select(|row| row.port == best);
            self.show_detail();
        }
    }

    fn offer(&self, found: &Found, sender: &ComponentSender<Self>) {
        if found.is_offline {
            self.pages.failure(&state::failure(
                "",
                &crate::engine::api::job::report::Failure::Offline,
            ));
        } else if found.candidates.is_empty() {
            self.pages.failure(&state::no_settings(&found.domain));
        } else {
            self.pages.hosts(&hosts::page(found, sender.input_sender()));
        }
    }

    fn show_report(&mut self, report: Rc<Report>) {
        let is_running = self.work != Work::None;
        self.report = Some(report.clone());
        match &report.failure {
            Some(failure) if report.rows.is_empty() => {
                self.pages.failure(&state::failure(&report.host, failure));
                return;
            }
            _ => self.pages.results(),
        }
        self.results.show(&report, is_running);
        let can_compare = report.is_done && self.history.before(&report).is_some();
        self.results.set_can_compare(can_compare);
        self.redraw();
    }

    /// What depends on the accounts and on what is chosen.
    fn redraw(&self) {
        let Some(report) = self.report.as_deref() else {
            return;
        };
        self.results.recommend(report, self.chosen, &self.accounts);
        self.show_detail();
        self.show_changes();
    }

    fn show_detail(&self) {
        if let Some(report) = self.report.as_deref() {
            self.results.show_detail(report);
        }
    }

    fn show_changes(&self) {
        let Some(report) = self.report.as_deref() else {
            return;
        };
        let before = self.history.before(report);
        let shown = before.filter(|_| self.results.compares()).map(|before| {
            let time = common::clock(before.at, SystemTime::now());
            let heading = fill(&gettext("Since {time}"), &[("time", &time)]);
            (heading, compare::changes(before, report))
        });
        self.results.show_changes(shown);
    }

    fn choice(&self) -> Option<&Choice> {
        self.report.as_ref()?.choices.get(self.chosen)
    }

    fn show_history(&self, sender: &ComponentSender<Self>) {
        let is_free = self.work == Work::None;
        pages::fill_history(
            &self.form.past,
            self.history.all(),
            is_free,
            sender.input_sender(),
        );
    }

    fn copy(&self, root: &gtk::Box, sender: &ComponentSender<Self>) {
        if let Some(report) = &self.report {
            let text =
                report_text::render(report, report_text::Format::Text, self.form.hides_local());
            root.clipboard().set_text(&text);
            self.say(&gettext("Report copied"), sender);
        }
    }

    fn save(&self, root: &gtk::Box, sender: &ComponentSender<Self>) {
        if let Some(report) = &self.report {
            let parent = root.root().and_downcast::<gtk::Window>();
            let hides = self.form.hides_local();
            keep::ask(
                parent.as_ref(),
                report.clone(),
                hides,
                sender.input_sender(),
            );
        }
    }

    fn say(&self, text: &str, sender: &ComponentSender<Self>) {
        let _ = sender.output(Output::Say(text.to_owned()));
    }

    fn tell_back(&mut self, sender: &ComponentSender<Self>) {
        let can = self.results.is_page() && self.pages.shows_results();
        if can != self.can_go_back {
            self.can_go_back = can;
            let _ = sender.output(Output::CanGoBack(can));
        }
    }
}

/// Status lines change no more often (`ui.md` section 16).
const QUIET: Duration = Duration::from_secs(2);

/// How long the end of a job may take once it is cancelled.
const GRACE: Duration = Duration::from_secs(5);

/// How often it is looked whether a job is still alive.
const LOOK: Duration = Duration::from_secs(30);

fn look_later(id: JobId, after: Duration, sender: &ComponentSender<Probe>) {
    let to = sender.input_sender().clone();
    glib::timeout_add_local_once(after, move || to.emit(Input::Look(id)));
}

/// A name inside a sentence keeps its own direction of writing.
fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}
