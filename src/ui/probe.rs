//! Autoprobe: someone names a server or an address and sees, as it comes, what is offered there
//! (`ui.md` section 11).
//!
//! It asks nothing itself: [`Output::Start`] lets the engine do so, and reports come back as
//! [`Input::Progress`] and [`Input::Done`]. Nothing secret is sent, but where somebody asks for that
//! (`trying`).

mod apply;
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
mod show;
mod state;
mod table;
mod trying;
mod verdict;
mod words;
mod work;

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use adw::prelude::*;
use relm4::{Component, ComponentParts, ComponentSender};

use crate::base::i18n::gettext;
use crate::engine::api::job::report::{Report, Shown};
use crate::engine::api::job::{Amendment, Candidate, Job, JobId, Outcome, Progress, Request};
use crate::engine::api::{AccountId, ServerFacts};
use form::Form;
use history::History;
use pages::Pages;
use results::{Results, Room};
use trying::Trying;
use work::Work;

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
    /// Open the window in which signing in is tried.
    Try,
    /// Something was typed there.
    TryChanged,
    /// Enter in one of its fields.
    TryEntered,
    /// Its button: sign in, or stop.
    TryNow,
    /// It was closed.
    TryClosed,
    /// The way that is shown is to be that of the account at this place of the list.
    Apply(usize),
    /// The account at this place is to say this option.
    Use(usize, String),
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
    /// Change an account that is there, once its person has seen how.
    Amend(Box<Amendment>),
    /// Say this for a moment.
    Say(String),
    /// Whether there is a list to go back to.
    CanGoBack(bool),
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
    /// Signing in is tried, in a window.
    trying: Option<Trying>,
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
        let model = Self {
            form,
            pages,
            results,
            work: Work::None,
            request: None,
            report: None,
            history: History::default(),
            accounts,
            trying: None,
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
            Input::Progress(id, progress) if self.tries(id) => self.try_goes_on(&progress),
            Input::Done(id, outcome) if self.tries(id) => self.try_ended(*outcome),
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
            Input::Try => self.open_trying(root, &sender),
            Input::TryChanged => self.try_changed(),
            Input::TryEntered => self.try_entered(&sender),
            Input::TryNow => self.try_now(&sender),
            Input::TryClosed => self.try_closed(&sender),
            Input::Apply(place) => {
                if let (Some(choice), Some((id, facts))) = (self.choice(), self.accounts.get(place))
                {
                    let what = Amendment::reaching(id.clone(), &choice.candidate, &facts.host);
                    let _ = sender.output(Output::Amend(Box::new(what)));
                }
            }
            Input::Use(place, option) => {
                if let Some((id, _)) = self.accounts.get(place) {
                    let what = Amendment::with_flag(id.clone(), &option);
                    let _ = sender.output(Output::Amend(Box::new(what)));
                }
            }
        }
        self.tell_back(&sender);
    }
}
