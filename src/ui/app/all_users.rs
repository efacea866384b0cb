//! The administrator's window of all users' files and the main window: who opens it, its jobs, and
//! what follows from them.

use adw::prelude::*;
use relm4::{Component, ComponentController, ComponentSender};

use super::super::admin::{self, Admin};
use super::super::editor;
use super::{App, Asker, Msg};
use crate::engine::api::Command;
use crate::engine::api::job::users::{Whose, is_administrator};
use crate::engine::api::job::{JobId, Outcome, Progress};

/// What the window wants, kept private to the main window.
#[derive(Debug)]
pub struct AdminWish(admin::Output);

impl App {
    /// Opens it, or brings it to the front.
    pub(super) fn all_users(
        &mut self,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        if !is_administrator() {
            return;
        }
        if let Some(open) = &self.admin {
            open.emit(admin::Input::Present);
            return;
        }
        let window = Admin::builder()
            .launch(root.clone().upcast())
            .forward(sender.input_sender(), |out| Msg::Admin(AdminWish(out)));
        self.admin = Some(window);
    }

    pub(super) fn on_admin(&mut self, AdminWish(wish): AdminWish, root: &adw::ApplicationWindow) {
        match wish {
            admin::Output::Start(id, job) => self.start(id, *job, Asker::Admin),
            admin::Output::Cancel(id) => self.send(Command::Cancel(id)),
            admin::Output::Edit(whose, server) => {
                self.widgets.show_page("editor");
                self.editor.emit(editor::Input::OpenOf(whose, server));
                root.present();
            }
            admin::Output::Closed => {
                if let Some(window) = self.admin.take() {
                    self.jobs.retain(|_, asker| *asker != Asker::Admin);
                    window.widget().destroy();
                }
            }
        }
    }

    /// The editor has a user's file, by which is to be checked.
    pub(super) fn check_of(
        &mut self,
        whose: Box<Whose>,
        server: Option<String>,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        self.all_users(root, sender);
        if let Some(window) = &self.admin {
            window.emit(admin::Input::CheckOf(whose, server));
        }
    }

    pub(super) fn tell_admin_progress(&self, id: JobId, progress: Box<Progress>) {
        if let Some(window) = &self.admin {
            window.emit(admin::Input::Progress(id, progress));
        }
    }

    pub(super) fn tell_admin(&self, id: JobId, outcome: Outcome) {
        if let Some(window) = &self.admin {
            window.emit(admin::Input::Done(id, Box::new(outcome)));
        }
    }

    /// The editor has written a user's file.
    pub(super) fn users_file_changed(&self, whose: Box<Whose>) {
        if let Some(window) = &self.admin {
            window.emit(admin::Input::Changed(whose));
        }
    }
}
