//! The folders of a user chosen from those of the server; the engine asks it.

mod window;

use gtk::prelude::*;
use relm4::ComponentSender;

use super::model::Row;
use super::model::folders::{choices, value};
use super::multidrop::sentences;
use super::{Editor, Input, Output};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Job, JobId, Outcome};
use crate::engine::api::routing::Spot;
use crate::rc::edit::{At, Which};
use window::Choosing;

/// What somebody does in the window.
#[derive(Debug)]
pub(in crate::ui) enum Told {
    /// The server is to be asked once more.
    Again,
    /// These are chosen, in the order of what was shown.
    Chosen(Vec<bool>),
    /// The window was closed.
    Closed,
}

/// A choice that is open.
pub(super) struct Open {
    window: Choosing,
    row: Row,
    /// Of which state of the text.
    count: u64,
    /// The server is being asked.
    asking: Option<JobId>,
}

impl Editor {
    /// Opens the window, and asks the server.
    pub(super) fn choose_folders(
        &mut self,
        row: &Row,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        if self.login_of_owner().is_some() {
            // It signs in from here and would run the commands of the file: never for another user.
            let text = gettext("The server can be asked with your own file only.");
            let _ = sender.output(Output::Say(text));
            return;
        }
        let Some(parent) = root.root().and_downcast::<gtk::Window>() else {
            return;
        };
        let to = sender.input_sender().clone();
        let window = Choosing::open(&parent, move |told| to.emit(Input::Folders(told)));
        self.folders = Some(Open {
            window,
            row: row.clone(),
            count: self.count,
            asking: None,
        });
        self.ask_for_folders(sender);
    }

    fn ask_for_folders(&mut self, sender: &ComponentSender<Self>) {
        let (Some(open), Some(model)) = (&mut self.folders, &self.model) else {
            return;
        };
        let At::User(Which::Entry(entry), user) = open.row.at else {
            return;
        };
        let of = Spot {
            text: Secret::new(model.now().document.bytes()),
            entry,
            user,
        };
        let id = JobId::new();
        open.asking = Some(id);
        open.window.wait();
        let job = Box::new(Job::FoldersOf(Box::new(of)));
        let _ = sender.output(Output::Start(id, job));
    }

    /// Somebody does something in the window.
    pub(super) fn on_folders(
        &mut self,
        told: Told,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        match told {
            Told::Again => self.ask_for_folders(sender),
            Told::Chosen(ticks) => {
                if let Some(open) = self.folders.take() {
                    self.take_folders(&open, &ticks, root, sender);
                }
            }
            Told::Closed => {
                let asking = self.folders.take().and_then(|open| open.asking);
                if let Some(id) = asking {
                    let _ = sender.output(Output::Cancel(id));
                }
            }
        }
    }

    fn take_folders(
        &mut self,
        open: &Open,
        ticks: &[bool],
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        let said = value(open.row.value.as_ref(), open.window.choices(), ticks);
        let Some(said) = said else { return };
        if open.count != self.count {
            let text = gettext("The text was changed meanwhile. Choose the folders again.");
            let _ = sender.output(Output::Say(text));
            return;
        }
        self.say(&open.row, said, root, sender);
    }

    /// What came of the question; anything else is given back.
    pub(super) fn folders_done(&mut self, id: JobId, outcome: Outcome) -> Option<Outcome> {
        let open = self.folders.as_mut();
        let Some(open) = open.filter(|open| open.asking == Some(id)) else {
            return Some(outcome);
        };
        open.asking = None;
        match outcome {
            Outcome::Folders(there) => {
                let all = choices(open.row.value.as_ref(), &there);
                open.window.show(all);
            }
            Outcome::Failed(failed) => {
                let mut told = sentences(&failed);
                let words = &failed.trouble.words;
                if !words.is_empty() {
                    let text = gettext("The server said: {words}");
                    told.push(fill(&text, &[("words", words)]));
                }
                open.window.fail(&told);
            }
            _ => {}
        }
        None
    }
}
