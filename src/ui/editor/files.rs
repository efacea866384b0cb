//! The files of the editor beside the one it has: drafts, other files, dumps, copies, and what
//! another program has made of it meanwhile. All reading and writing is the engine's
//! ([`Job::File`]).

mod check;
mod choice;
mod compare;
mod draft;
mod jobs;
mod menu;
mod notices;
mod over;
mod parts;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use adw::prelude::*;
use gtk::gio;
use relm4::ComponentSender;

use super::super::ask::{Question, Weight};
use super::model::Model;
use super::model::tree::Node;
use super::{Editor, Input, Output};
use crate::base::i18n::gettext;
use crate::engine::api::job::{FileWish, Job, JobId};
use crate::engine::api::saving::{Base, Which};
use crate::rc::document::Document;
use crate::rc::merge::Side;
use draft::Draft;
pub(super) use menu::menu;

/// What a file is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Purpose {
    /// To be edited.
    Open,
    /// To be written with the text.
    Copy,
    /// To be written with the text without its secrets.
    Export,
    /// To be imported: it is a dump.
    Import,
    /// To be looked over.
    Check,
}

/// What somebody does.
#[derive(Clone, Debug)]
pub(in crate::ui) enum Deed {
    /// A file is to be chosen.
    Choose(Purpose),
    /// It has been.
    Chosen(Purpose, PathBuf),
    /// Edit that file, whatever was changed here.
    Open(PathBuf),
    /// Edit the file of the whole system.
    System,
    /// Read the file again.
    Reload,
    /// Lay the text out anew.
    Format,
    /// Begin a file that is not there.
    Create,
    /// Edit the draft.
    OpenDraft,
    /// Take the draft away, after a question.
    AskDrop,
    /// The same without.
    DropDraft,
    /// Use what was put together, with what was chosen for each conflict.
    Merge(HashMap<usize, Side>),
}

/// What a job was begun for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    /// Whether another program has changed the file. Somebody waits for the answer, or nobody.
    Compare(bool),
    Reload,
    Open,
    Beside,
    Save(Which),
    Put(PathBuf),
    Import,
    Check(PathBuf),
    DropDraft,
}

/// What the editor knows of files.
pub(super) struct Files {
    /// The file that is edited, if it is not one's own.
    pub other: Option<PathBuf>,
    /// One's own, as soon as it is known.
    pub own: Option<PathBuf>,
    jobs: HashMap<JobId, Why>,
    draft: Option<Draft>,
    system: Option<PathBuf>,
    notices: notices::Notices,
    menu: menu::States,
    compared: Option<compare::Compared>,
    /// What another program has changed is compared when the page comes to the front.
    waits: bool,
}

impl Files {
    /// Nothing beside the file; `root` is the editor, and `stack` where the file stands in it.
    pub(super) fn new(root: &gtk::Box, stack: &gtk::Stack, to: &relm4::Sender<Input>) -> Self {
        let notices = notices::Notices::new(to);
        root.append(&notices.root);
        stack.add_named(&notices::empty(to), Some("none"));
        Self {
            other: None,
            own: None,
            jobs: HashMap::new(),
            draft: None,
            system: None,
            notices,
            menu: menu::actions(root, to),
            compared: None,
            waits: false,
        }
    }
}

impl Editor {
    /// Somebody does something about files.
    pub(super) fn file_deed(&mut self, deed: Deed, sender: &ComponentSender<Self>) {
        match deed {
            Deed::Choose(purpose) => self.choose(purpose, sender),
            Deed::Chosen(purpose, path) => self.chosen(purpose, path, sender),
            Deed::Open(path) => {
                self.files.waits = false;
                self.file_job(Why::Open, Some(path), FileWish::Read, sender);
            }
            Deed::System => {
                if let Some(path) = self.files.system.clone() {
                    self.chosen(Purpose::Open, path, sender);
                }
            }
            Deed::Reload => self.reload(sender),
            Deed::Format => self.format(sender),
            Deed::Create => {
                self.begin();
                self.changed(sender);
            }
            Deed::OpenDraft => self.open_draft(sender),
            Deed::AskDrop => self.ask_drop(sender),
            Deed::DropDraft => self.drop_draft(sender),
            Deed::Merge(choices) => self.merge(&choices, sender),
        }
    }

    fn window(&self) -> Option<gtk::Window> {
        self.stack.root().and_downcast::<gtk::Window>()
    }

    /// Whether the file is one that mail is checked by in this window.
    pub(super) fn is_own(&self) -> bool {
        self.owner.is_none() && self.files.other.is_none()
    }

    fn file_job(
        &mut self,
        why: Why,
        path: Option<PathBuf>,
        wish: FileWish,
        sender: &ComponentSender<Self>,
    ) {
        self.file_start(why, Job::File { path, wish }, sender);
    }

    fn file_start(&mut self, why: Why, job: Job, sender: &ComponentSender<Self>) {
        let id = JobId::new();
        self.files.jobs.insert(id, why);
        let _ = sender.output(Output::Start(id, Box::new(job)));
    }

    /// Everything about the file that was edited is forgotten.
    pub(super) fn forget_file(&mut self) {
        if let Some(compared) = self.files.compared.take() {
            compared.window.destroy();
        }
        // What is still under way is about another file.
        self.leave_samples();
        self.files.jobs.clear();
        (self.files.draft, self.files.other) = (None, None);
        (self.linting, self.reading, self.saving) = (None, None, None);
        (self.model, self.base, self.node) = (None, Base::NONE, Node::General);
        self.closed.clear();
        self.files.notices.show(None, None, false);
    }

    /// An empty file, if there is none.
    fn begin(&mut self) {
        if self.model.is_none() {
            let mut model = Model::create();
            model.ignore(&self.kept.ignored);
            self.model = Some(model);
            self.base = Base::NONE;
            self.stack.set_visible_child_name("file");
        }
    }

    /// There is no file: nothing to show but ways to one.
    pub(super) fn show_none(&mut self, sender: &ComponentSender<Self>) {
        self.model = None;
        self.stack.set_visible_child_name("none");
        self.look_beside(sender);
        self.show_files();
    }

    fn reload(&mut self, sender: &ComponentSender<Self>) {
        match self.model {
            Some(_) => self.file_start(Why::Reload, self.read_job(), sender),
            None => self.read(sender),
        }
    }

    fn format(&mut self, sender: &ComponentSender<Self>) {
        let Some(model) = &mut self.model else { return };
        match model.format(Instant::now()) {
            Ok(true) => self.changed(sender),
            Ok(false) => self.mention(&gettext("The file is laid out like this already"), sender),
            Err(refused) => self.mention(&refused.to_string(), sender),
        }
    }

    fn mention(&self, text: &str, sender: &ComponentSender<Self>) {
        let _ = sender.output(Output::Say(text.to_owned()));
    }

    /// The lines above the file, and what the menu offers.
    pub(super) fn show_files(&self) {
        let model = self.model.as_ref();
        // Asked at each keystroke: bytes are only looked at where there is a draft as long as they are.
        let is = |draft: &Draft, document: &Document| {
            let bytes = draft.text.bytes.expose();
            bytes.len() == document.len() as usize && document.bytes() == bytes
        };
        let saved = model.map(|model| &model.saved().document);
        let draft = self.files.draft.as_ref();
        let draft = draft.filter(|draft| !saved.is_some_and(|saved| is(draft, saved)));
        let now = model.map(|model| &model.now().document);
        let is_open = draft.zip(now).is_some_and(|(draft, now)| is(draft, now));
        let written = draft.map(|draft| draft.text.written);
        let other = self.files.other.as_deref();
        self.files.notices.show(other, written, is_open);
        self.files
            .menu
            .show(model.is_some(), self.files.system.is_some());
    }
}

/// Asks whether something may be discarded.
fn ask(
    window: &gtk::Window,
    heading: &str,
    body: &str,
    name: &str,
    deed: Deed,
    sender: &ComponentSender<Editor>,
) {
    let question = Question {
        heading,
        body,
        name,
        no: ("keep", &gettext("_Keep")),
        yes: ("discard", &gettext("_Discard")),
        weight: Weight::Grave,
    };
    let to = sender.input_sender().clone();
    question.ask(window, move || to.emit(Input::File(deed.clone())));
}

/// An action of the menu.
fn action(name: &str, to: &relm4::Sender<Input>, deed: Deed) -> gio::SimpleAction {
    let action = gio::SimpleAction::new(name, None);
    let to = to.clone();
    action.connect_activate(move |_, _| to.emit(Input::File(deed.clone())));
    action
}
