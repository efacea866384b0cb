//! The files of all users, for the administrator: a window with a list, a page for each file, and
//! what can be done by it. Nothing is looked at here: [`Output::Start`] lets the engine do it, as
//! the user whose file it is.

mod frame;
mod list;
mod model;
mod output;
mod page;
mod starting;
mod work;

use adw::prelude::*;
use relm4::{Component, ComponentParts, ComponentSender};

use crate::base::i18n::gettext;
use crate::engine::api::job::users::{Deed, Whose};
use crate::engine::api::job::{Job, JobId, Outcome, Progress};
use frame::Frame;
use model::{Key, Model};
use output::Output as Run;

/// What the window is told.
#[derive(Debug)]
pub(super) enum Input {
    /// Come to the front.
    Present,
    /// Look at all users, or no longer.
    LookOrStop,
    /// How far a job is.
    Progress(JobId, Box<Progress>),
    /// What came of a job.
    Done(JobId, Box<Outcome>),
    /// Something else is looked for.
    Wanted(String),
    /// Show users without a file, or no longer.
    Absent(bool),
    /// A line of the list was opened.
    Open(u32),
    /// Back to the list.
    Back,
    /// Open the file in the editor, at a server.
    Edit(Option<usize>),
    /// Make an empty file.
    Make,
    /// Check, start or stop.
    Do(Deed),
    /// Check by this file, whatever is shown.
    CheckOf(Box<Whose>, Option<String>),
    /// Ask how often, then start.
    AskToStart,
    /// End the check that is shown.
    StopRun,
    /// Its window was closed.
    RunClosed,
    /// This file may be another one now.
    Changed(Box<Whose>),
    /// The window was closed.
    Closed,
}

/// What it wants of the main window.
#[derive(Debug)]
pub(super) enum Output {
    /// Begin this work; what comes of it is wanted here.
    Start(JobId, Box<Job>),
    /// End it.
    Cancel(JobId),
    /// Open the file in the editor, at a server.
    Edit(Box<Whose>, Option<usize>),
    /// It is gone.
    Closed,
}

/// The component.
pub(super) struct Admin {
    window: adw::Window,
    model: Model,
    frame: Frame,
    /// Whose page is in front.
    shown: Option<Key>,
    /// All users are being looked at.
    looking: Option<JobId>,
    /// Single files being looked at again.
    again: Vec<JobId>,
    /// Something is being done by the file that is shown.
    doing: Option<JobId>,
    /// A check, in its own window.
    run: Option<Run>,
}

impl Component for Admin {
    type CommandOutput = ();
    type Input = Input;
    type Output = Output;
    type Init = gtk::Window;
    type Root = adw::Window;
    type Widgets = ();

    fn init_root() -> Self::Root {
        adw::Window::builder()
            .title(gettext("Files of All Users"))
            .default_width(720)
            .default_height(640)
            .width_request(360)
            .height_request(420)
            .name("all-users")
            .build()
    }

    fn init(
        parent: gtk::Window,
        root: adw::Window,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        // Not above the main window at all times: what is opened in the editor is to be seen.
        root.set_application(parent.application().as_ref());
        let to = sender.input_sender();
        let closed = to.clone();
        root.connect_close_request(move |_| {
            closed.emit(Input::Closed);
            gtk::glib::Propagation::Proceed
        });
        let model = Self {
            frame: Frame::new(&root, to),
            window: root,
            model: Model::default(),
            shown: None,
            looking: None,
            again: Vec::new(),
            doing: None,
            run: None,
        };
        model.window.present();
        to.emit(Input::LookOrStop);
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, message: Input, sender: ComponentSender<Self>, _: &Self::Root) {
        match message {
            Input::Present => self.window.present(),
            Input::LookOrStop => self.look_or_stop(&sender),
            Input::Progress(id, progress) => self.hear(id, *progress),
            Input::Done(id, outcome) => self.done(id, *outcome, &sender),
            Input::Wanted(text) => {
                self.model.wanted = text;
                self.show_list();
            }
            Input::Absent(is_on) => {
                self.model.shows_absent = is_on;
                self.show_list();
            }
            Input::Open(place) => {
                let file = self.frame.list.at(place);
                self.shown = file.map(|file| Key::of(&file.whose));
                self.show_page();
                self.frame.turn(self.shown.is_some());
            }
            Input::Back => {
                self.shown = None;
                self.frame.turn(false);
            }
            Input::Edit(server) => {
                if let Some(whose) = self.whose() {
                    let _ = sender.output(Output::Edit(whose, server));
                }
            }
            Input::Make => self.make(&sender),
            Input::Do(deed) => self.act(deed, &sender),
            Input::CheckOf(whose, server) => self.check(whose, server, &sender),
            Input::AskToStart => starting::ask(&self.window, sender.input_sender()),
            Input::StopRun => {
                if let Some(id) = self.run.as_ref().and_then(Run::job) {
                    let _ = sender.output(Output::Cancel(id));
                }
            }
            Input::RunClosed => {
                if let Some(id) = self.run.take().as_ref().and_then(Run::job) {
                    let _ = sender.output(Output::Cancel(id));
                }
            }
            Input::Changed(whose) => self.look_again(whose, &sender),
            Input::Closed => {
                self.leave(&sender);
                let _ = sender.output(Output::Closed);
            }
        }
    }
}

impl Admin {
    /// The file whose page is in front.
    fn whose(&self) -> Option<Box<Whose>> {
        let file = self.model.find(self.shown.as_ref()?)?;
        Some(Box::new(file.whose.clone()))
    }

    fn show_list(&self) {
        self.frame.show(&self.model);
    }

    fn show_page(&self) {
        let file = self.shown.as_ref().and_then(|key| self.model.find(key));
        if let Some(file) = file {
            self.frame.page.show(file, self.doing.is_some());
        }
    }
}
