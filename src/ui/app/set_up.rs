//! The wizard and the main window: who opens it, its jobs, and what follows from a saved account.

use adw::prelude::*;
use gtk::glib;
use relm4::{Component, ComponentController, ComponentSender};

use super::super::wizard::{self, Saved, Wizard};
use super::{App, Asker, Msg, Out};
use crate::base::i18n::gettext;
use crate::engine::api::job::{Candidate, Description, Job, JobId, Part, Undo};
use crate::engine::api::{Command, Halt};

/// What the wizard wants, kept private to the window.
#[derive(Debug)]
pub struct WizardWish(pub(super) wizard::Output);

/// How long **Undo** is offered, in seconds.
const UNDO_FOR: u32 = 10;

impl App {
    /// Opens the wizard, or brings it to the front.
    pub(super) fn set_up(
        &mut self,
        candidate: Option<Candidate>,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        if let Some(open) = &self.wizard {
            open.emit(wizard::Input::Present);
            return;
        }
        let init = wizard::Init {
            parent: root.clone().upcast(),
            is_first: candidate.is_none() && self.halted == Some(Halt::NoFile),
            candidate,
            editing: None,
        };
        self.open(init, sender);
    }

    /// Opens the pages of an account that is there, at a part of it.
    pub(super) fn edit(
        &mut self,
        description: Box<Description>,
        part: Part,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        if let Some(open) = &self.wizard {
            open.emit(wizard::Input::Present);
            return;
        }
        let init = wizard::Init {
            parent: root.clone().upcast(),
            is_first: false,
            candidate: None,
            editing: Some((description, part)),
        };
        self.open(init, sender);
    }

    fn open(&mut self, init: wizard::Init, sender: &ComponentSender<Self>) {
        let wizard = Wizard::builder()
            .launch(init)
            .forward(sender.input_sender(), |out| {
                Msg::Wizard(Box::new(WizardWish(out)))
            });
        self.wizard = Some(wizard);
    }

    pub(super) fn on_wizard(
        &mut self,
        WizardWish(wish): WizardWish,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match wish {
            wizard::Output::Start(id, job) => self.start(id, *job, Asker::Wizard),
            wizard::Output::Cancel(id) => self.send(Command::Cancel(id)),
            wizard::Output::Saved(saved) => self.saved(*saved, sender),
            wizard::Output::Examine(host) => {
                root.present();
                sender.input(Msg::Probe(host));
            }
            wizard::Output::ShowAccount(id) => {
                self.widgets.show_page("accounts");
                self.accounts.emit(super::accounts::Input::Select(id));
            }
            wizard::Output::Closed => self.close_wizard(),
        }
    }

    fn close_wizard(&mut self) {
        if let Some(wizard) = self.wizard.take() {
            // Its jobs have nobody left to tell.
            self.jobs.retain(|_, asker| *asker != Asker::Wizard);
            wizard.widget().destroy();
        }
    }

    fn saved(&mut self, saved: Saved, sender: &ComponentSender<Self>) {
        let id = saved.adopted.id.clone();
        self.widgets.show_page("accounts");
        self.accounts.emit(super::accounts::Input::Select(id));
        if !saved.is_change {
            let _ = sender.output(Out::Prefer {
                starts_at_login: saved.starts_at_login,
                notifies: saved.notifies,
            });
        }
        let text = match &saved.adopted.only_in_memory {
            None if saved.is_change => gettext("Changes saved"),
            None => gettext("Account saved"),
            Some(_) => gettext("Account saved; the password is kept until Postrider ends"),
        };
        self.offer_undo(&text, saved.adopted.undo, sender);
    }

    /// Says `text` and offers to take back what was written.
    pub(super) fn offer_undo(&self, text: &str, undo: Undo, sender: &ComponentSender<Self>) {
        let toast = adw::Toast::builder()
            .title(glib::markup_escape_text(text))
            .button_label(gettext("Undo"))
            .timeout(UNDO_FOR)
            .build();
        let to = sender.input_sender().clone();
        toast.connect_button_clicked(move |_| to.emit(Msg::Undo(Box::new(undo.clone()))));
        self.widgets.add_toast(toast);
    }

    /// Takes back what the wizard wrote.
    pub(super) fn undo(&mut self, undo: Undo) {
        let asker = match &undo.former {
            Some((former, _)) => {
                self.accounts
                    .emit(super::accounts::Input::Select(former.clone()));
                Asker::Change
            }
            None => Asker::Window,
        };
        self.start(JobId::new(), Job::Undo(Box::new(undo)), asker);
    }
}
