//! The bar above the pages, and the button that checks: what they say follows from the state.

use relm4::ComponentSender;

use super::super::bar::Notice;
use super::{App, Msg, window};
use crate::engine::api::Command;

impl App {
    pub(super) fn show_check(&self) {
        let can_check = self.halted.is_none() && !self.ids.is_empty() && !self.has_ended;
        self.widgets.show_check(!self.busy.is_empty(), can_check);
    }

    fn notice(&self) -> Option<Notice> {
        let has_accounts = !self.ids.is_empty();
        Notice::choose(
            self.halted.as_ref(),
            self.stale.as_ref(),
            has_accounts,
            &self.advice,
            self.is_paused,
            self.lacks_tray,
        )
    }

    pub(super) fn show_bar(&self) {
        self.widgets.bar.show(self.notice().as_ref(), &self.rc_path);
    }

    pub(super) fn show_details(
        &self,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        let Some(notice) = self.notice() else { return };
        let Some((heading, text)) = notice.details(&self.rc_path) else {
            return;
        };
        let to = sender.input_sender().clone();
        window::show_text(root, &heading, &text, move || to.emit(Msg::Act("reload")));
    }

    /// The second button: reload, or do not show this again.
    pub(super) fn settle(&mut self) {
        match self.notice() {
            Some(Notice::Halt(_) | Notice::Stale(_)) => self.send(Command::Reload),
            Some(Notice::Advice(_)) => self.advice.clear(),
            Some(Notice::Paused) => self.send(Command::Resume),
            Some(Notice::NoTray) => self.lacks_tray = false,
            None => {}
        }
        self.show_bar();
    }
}
