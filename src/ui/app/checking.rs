//! Checks that are watched, and checking in the background: on, off.

use relm4::{ComponentController, ComponentSender};

use super::super::editor;
use super::super::transcript::{Transcript, Wish};
use super::{App, Msg};
use crate::base::i18n::gettext;
use crate::engine::api::saving::{Version, Which};
use crate::engine::api::{AccountId, Command, Spoken};

impl App {
    /// Checks accounts before the person's eyes; `None`: all that are checked by themselves.
    pub(super) fn watch(
        &mut self,
        wanted: Option<Vec<AccountId>>,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        let ids = match wanted {
            None => self.scheduled.clone(),
            Some(wanted) => {
                let ids = self.ids.iter();
                let is_meant = |id: &&AccountId| wanted.iter().any(|one| means(one, id));
                ids.filter(is_meant).cloned().collect()
            }
        };
        if self.halted.is_some() || ids.is_empty() {
            // The bar says why.
            let text = gettext("There is nothing that can be checked.");
            return self.widgets.toast(&text);
        }
        self.unwatch();
        let to = sender.input_sender().clone();
        self.transcript = Some(Transcript::new(root, ids, move |wish| {
            to.emit(Msg::Watched(WatchWish(wish)));
        }));
        self.check_watched();
    }

    fn check_watched(&self) {
        let Some(ids) = self.transcript.as_ref().map(Transcript::ids) else {
            return;
        };
        // Of all it was wanted only for polls that begin with a save.
        self.send(Command::Record {
            ids: None,
            is_on: false,
        });
        self.send(Command::Record {
            ids: Some(ids.clone()),
            is_on: true,
        });
        self.send(Command::Check { ids: Some(ids) });
    }

    /// The file is saved and read; then accounts of it are checked. Whatever is polled at once
    /// because it has changed, is listened to as well.
    pub(super) fn save_and_watch(&mut self, version: Version, ids: Option<Vec<AccountId>>) {
        self.watch_when_loaded = Some(ids);
        self.send(Command::Record {
            ids: None,
            is_on: true,
        });
        self.send(Command::SaveRc {
            version,
            which: Which::Rc,
        });
    }

    /// It was not saved: nothing is checked.
    pub(super) fn not_saved(&mut self) {
        if self.watch_when_loaded.take().is_some() {
            self.send(Command::Record {
                ids: None,
                is_on: false,
            });
        }
    }

    fn unwatch(&mut self) {
        if let Some(open) = self.transcript.take() {
            self.send(Command::Record {
                ids: Some(open.ids()),
                is_on: false,
            });
            open.close();
        }
    }

    /// From the window of a check.
    pub(super) fn watched(&mut self, WatchWish(wish): WatchWish) {
        let Some(open) = &mut self.transcript else {
            return;
        };
        let ids = open.ids();
        match wish {
            Wish::Stop => self.send(Command::Stop { ids: Some(ids) }),
            Wish::Again => {
                open.begin(ids);
                self.check_watched();
            }
            Wish::Close => self.unwatch(),
        }
    }

    /// Something was said in a poll.
    pub(super) fn overheard(&mut self, id: &AccountId, lines: &[Spoken]) {
        if let Some(open) = &mut self.transcript {
            open.hear(id, lines);
        }
    }

    /// The engine polls nothing by itself, or does again.
    pub(super) fn paused(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
        self.editor.emit(editor::Input::Paused(is_paused));
        self.show_bar();
    }
}

/// What the window of a check wants, kept private to the window.
#[derive(Debug)]
pub struct WatchWish(Wish);

/// Whether a name from a text means an account. Who is not named there is called after who runs the
/// program.
fn means(said: &AccountId, id: &AccountId) -> bool {
    let is_place = said.label == id.label && said.ordinal == id.ordinal;
    is_place && (said.user == id.user || said.user.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_not_named_is_meant_by_place() {
        let id = |user: &str, ordinal| AccountId {
            label: "h".into(),
            user: user.into(),
            ordinal,
        };
        assert!(means(&id("", 0), &id("ann", 0)));
        assert!(means(&id("ann", 1), &id("ann", 1)));
        assert!(!means(&id("ann", 0), &id("ann", 1)));
        assert!(!means(&id("bob", 0), &id("ann", 0)));
    }
}
