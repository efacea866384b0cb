//! The set-up wizard (`ui.md` section 5): a window of pages from an address to an account that is
//! saved. [`model`] decides everything; pages show it and say what the person does; the engine's
//! work is asked for through the main window, which alone speaks to the engine.

mod address;
mod copies;
mod delivery;
mod discovery;
mod frame;
mod hints;
mod message;
mod methods;
mod model;
mod rows;
mod save;
mod server;
mod sign_in;
mod try_it;
mod welcome;

use std::rc::Rc;
use std::time::Duration;

use adw::prelude::*;
use gtk::{gio, glib};
use relm4::{Component, ComponentParts, ComponentSender};

use crate::engine::api::job::{Candidate, Description, Job, JobId, Outcome, Part, Progress};
use crate::engine::api::{AccountId, words};
use frame::Frame;
use model::{Effect, Model, Page};
pub(super) use model::{Input as Told, Saved};
use rows::Meant;

/// How long "all good" is seen before the next page comes.
const PAUSE: Duration = Duration::from_millis(400);

/// What the wizard starts with.
pub(super) struct Init {
    /// The window it belongs to.
    pub parent: gtk::Window,
    /// Nothing is configured yet.
    pub is_first: bool,
    /// A way to a mailbox that was found elsewhere.
    pub candidate: Option<Candidate>,
    /// An account that is to be changed, and the part that is shown first.
    pub editing: Option<(Box<Description>, Part)>,
}

/// What it is told.
#[derive(Debug)]
pub(super) enum Input {
    /// By a page or a timer.
    Model(Told),
    /// How far a job is.
    Progress(JobId, Box<Progress>),
    /// A job is over.
    Done(JobId, Box<Outcome>),
    /// 400 ms have passed since everything went well.
    GoOn,
    /// Come to the front.
    Present,
}

/// What it wants of the main window.
#[derive(Debug)]
pub(super) enum Output {
    /// Begin a job and tell of it.
    Start(JobId, Box<Job>),
    /// End a job.
    Cancel(JobId),
    /// The account is saved.
    Saved(Box<Saved>),
    /// Examine a server instead.
    Examine(String),
    /// Show an account.
    ShowAccount(AccountId),
    /// It is gone.
    Closed,
}

/// The component.
pub(super) struct Wizard {
    model: Model,
    frame: Frame,
    window: adw::Window,
    meant: Meant,
    ticker: Option<glib::SourceId>,
    monitor: Option<(gio::NetworkMonitor, glib::SignalHandlerId)>,
}

impl Component for Wizard {
    type CommandOutput = ();
    type Input = Input;
    type Output = Output;
    type Init = Init;
    type Root = adw::Window;
    type Widgets = ();

    fn init_root() -> Self::Root {
        adw::Window::builder()
            .title(crate::base::i18n::gettext("Set Up an Account"))
            .default_width(600)
            .default_height(680)
            .width_request(360)
            .height_request(420)
            .name("wizard")
            .build()
    }

    fn init(init: Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        root.set_transient_for(Some(&init.parent));
        let to = sender.input_sender().clone();
        let meant: Meant = Rc::new(move |told| to.emit(Input::Model(told)));
        let whose = init.editing.as_ref();
        let whose = whose.map(|(described, _)| words::title(&described.id));
        let frame = Frame::new(&root, whose.as_deref(), &meant);
        let mut model = Model::new(init.is_first);
        if let Some((description, part)) = init.editing {
            root.set_title(Some(&crate::base::i18n::gettext("Edit Account")));
            model.with_account(*description, part);
        }
        if let Some(candidate) = init.candidate {
            model.with_candidate(candidate);
        }
        let to = sender.input_sender().clone();
        let monitor = gio::NetworkMonitor::default();
        let handler = monitor.connect_network_changed(move |_, is_there| {
            to.emit(Input::Model(Told::Network(is_there)));
        });
        let mut wizard = Self {
            frame,
            window: root,
            meant,
            ticker: None,
            monitor: Some((monitor, handler)),
            model,
        };
        let first = wizard.model.begin();
        wizard.carry_out(first, &sender);
        wizard.frame.show(&wizard.model);
        wizard.frame.go(wizard.model.page);
        if wizard.model.page == Page::Address && wizard.model.editing.is_none() {
            wizard.frame.focus(Page::Address, model::Field::Address);
        }
        wizard.window.present();
        ComponentParts {
            model: wizard,
            widgets: (),
        }
    }

    fn update(&mut self, message: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        let told = match message {
            Input::Model(told) => told,
            Input::Progress(id, progress) => Told::Progress(id, progress),
            Input::Done(id, outcome) => Told::Done(id, outcome),
            Input::GoOn if self.model.page == Page::Discovery => Told::Primary,
            Input::GoOn => return,
            Input::Present => {
                self.window.present();
                return;
            }
        };
        let effects = self.model.update(told);
        // A page is filled before it is shown, and before the cursor goes there.
        self.frame.show(&self.model);
        self.carry_out(effects, &sender);
        self.count_down(&sender);
    }

    fn shutdown(&mut self, (): &mut (), _output: relm4::Sender<Output>) {
        if let Some((monitor, handler)) = self.monitor.take() {
            monitor.disconnect(handler);
        }
        if let Some(ticker) = self.ticker.take() {
            ticker.remove();
        }
    }
}

impl Wizard {
    fn carry_out(&self, effects: Vec<Effect>, sender: &ComponentSender<Self>) {
        let say = |output| drop(sender.output(output));
        for effect in effects {
            match effect {
                Effect::Start(id, job) => say(Output::Start(id, job)),
                Effect::Cancel(id) => say(Output::Cancel(id)),
                Effect::Go(page) => self.frame.go(page),
                Effect::Focus(field) => self.frame.focus(self.model.page, field),
                Effect::Rest => self.frame.rest(self.model.page),
                Effect::Open(page) => open_link(&self.window, &page),
                Effect::AskToLeave => {
                    let is_change = self.model.editing.is_some();
                    frame::ask_to_leave(&self.window, is_change, &self.meant);
                }
                Effect::Saved(saved) => say(Output::Saved(saved)),
                Effect::Examine(host) => {
                    say(Output::Examine(host));
                    say(Output::Closed);
                }
                Effect::ShowAccount(id) => say(Output::ShowAccount(id)),
                Effect::Close => say(Output::Closed),
                Effect::GoOnSoon => {
                    let to = sender.input_sender().clone();
                    glib::timeout_add_local_once(PAUSE, move || to.emit(Input::GoOn));
                }
            }
        }
    }

    /// A timer ticks only while something counts down.
    fn count_down(&mut self, sender: &ComponentSender<Self>) {
        match (self.model.again_in, &self.ticker) {
            (Some(_), None) => {
                let to = sender.input_sender().clone();
                self.ticker = Some(glib::timeout_add_seconds_local(1, move || {
                    to.emit(Input::Model(Told::Tick));
                    glib::ControlFlow::Continue
                }));
            }
            (None, Some(_)) => {
                if let Some(ticker) = self.ticker.take() {
                    ticker.remove();
                }
            }
            _ => {}
        }
    }
}

/// Only pages of the table of providers and https come here.
fn open_link(window: &adw::Window, page: &str) {
    if page.starts_with("https://") {
        gtk::show_uri(Some(window), page, gtk::gdk::CURRENT_TIME);
    }
}
