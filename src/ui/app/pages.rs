//! What the pages want.

use adw::prelude::*;
use relm4::{ComponentController, ComponentSender};

use super::super::{accounts, activity, editor, probe};
use super::{App, Asker, Msg, Out};
use crate::base::i18n::{fill, ngettext};
use crate::engine::api::Command;
use crate::engine::api::job::{Job, JobId};

impl App {
    pub(super) fn on_account(&mut self, wish: accounts::Output, sender: &ComponentSender<Self>) {
        match wish {
            accounts::Output::Check(id) => self.send(Command::Check {
                ids: Some(vec![id]),
            }),
            accounts::Output::Stop(id) => self.send(Command::Stop {
                ids: Some(vec![id]),
            }),
            accounts::Output::Ack(id) => self.send(Command::Ack {
                ids: Some(vec![id]),
            }),
            accounts::Output::Reload => self.send(Command::Reload),
            accounts::Output::SetUp => sender.input(Msg::Act("set-up")),
            accounts::Output::Examine => sender.input(Msg::Probe(String::new())),
            accounts::Output::Describe(id) => {
                self.start(JobId::new(), Job::Describe(id), Asker::Accounts);
            }
            accounts::Output::Edit(id, part) => {
                self.start(JobId::new(), Job::Describe(id), Asker::Edit(part));
            }
            accounts::Output::Expert(id) => {
                self.widgets.show_page("editor");
                self.editor.emit(editor::Input::GoToAccount(id));
            }
            accounts::Output::CanGoBack(can) => self.widgets.set_can_go_back("accounts", can),
        }
    }

    pub(super) fn on_activity(&self, wish: &activity::Output) {
        match wish {
            activity::Output::CheckAll => self.check(None),
            activity::Output::Searching(is_on) => self.widgets.search.set_active(*is_on),
            activity::Output::Copied(lines) => {
                let text = ngettext("{n} line copied", "{n} lines copied", u64::from(*lines));
                self.widgets.toast(&fill(&text, &[("n", lines)]));
            }
        }
    }

    pub(super) fn on_probe(
        &mut self,
        wish: probe::Output,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match wish {
            probe::Output::Start(id, job) => {
                self.start(id, *job, Asker::Probe);
            }
            probe::Output::Cancel(id) => self.send(Command::Cancel(id)),
            probe::Output::Say(text) => self.widgets.toast(&text),
            probe::Output::CanGoBack(can) => self.widgets.set_can_go_back("probe", can),
            probe::Output::Amend(what) => self.propose(*what),
            probe::Output::SetUp(candidate) => self.set_up(Some(*candidate), root, sender),
        }
    }
    pub(super) fn on_editor(
        &mut self,
        wish: editor::Output,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match wish {
            editor::Output::Check(ids) => self.watch(ids, root, sender),
            editor::Output::SaveAndCheck(version, ids) => self.save_and_watch(*version, ids),
            editor::Output::Remember(kept) => drop(sender.output(Out::Remember(kept))),
            editor::Output::Pause(is_on) => self.send(match is_on {
                true => Command::Pause,
                false => Command::Resume,
            }),
            editor::Output::Start(id, job) => self.start(id, *job, Asker::Editor),
            editor::Output::Cancel(id) => self.send(Command::Cancel(id)),
            editor::Output::Save(version, which) => self.send(Command::SaveRc {
                version: *version,
                which,
            }),
            editor::Output::Say(text) => self.widgets.toast(&text),
            editor::Output::CanGoBack(can) => self.widgets.set_can_go_back("editor", can),
            editor::Output::WrittenOf(whose) => self.users_file_changed(whose),
            editor::Output::CheckOf(whose, server) => self.check_of(whose, server, root, sender),
        }
    }
}
