//! Notices: one for each account and kind, replaced in place, withdrawn when its cause is gone
//! (`ui.md` section 14).

mod board;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Urgency};
use relm4::Sender;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::task::JoinHandle;

use super::EngineDoor;
use crate::base::i18n::gettext;
use crate::engine::api::{Event, Snapshot};
use crate::ui::Msg;
use board::{Board, Change, Key, Text};

/// Longer than this a notice server is not waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// A notice on the screen.
struct Shown {
    handle: Arc<NotificationHandle>,
    /// Waits for the person to press something on it.
    waits: JoinHandle<()>,
}

/// Announces what the engine tells until it ends, then withdraws everything.
///
/// `events` begin where `first` was taken, before a poll could end: what is missed here is never
/// told.
pub(super) async fn keep(
    door: EngineDoor,
    mut events: Receiver<Event>,
    first: Snapshot,
    window: Sender<Msg>,
) {
    let mut board = Board::new(&first);
    let mut screen = Screen {
        shown: HashMap::new(),
        takes_markup: None,
        window,
    };
    loop {
        let changes = match events.recv().await {
            Ok(Event::Ended) | Err(RecvError::Closed) => break,
            Ok(event) => board.hear(&event),
            Err(RecvError::Lagged(_)) => board.hear(&Event::Loaded((door.snapshot)())),
        };
        for change in changes {
            match change {
                Change::Show(Key::Arrived(_), _) if !super::prefs::notifies() => {}
                Change::Show(key, text) => screen.show(key, &text).await,
                Change::Withdraw(key) => screen.withdraw(&key).await,
            }
        }
    }
    let keys: Vec<Key> = screen.shown.keys().cloned().collect();
    for key in keys {
        screen.withdraw(&key).await;
    }
}

/// What is shown, by account and kind.
struct Screen {
    shown: HashMap<Key, Shown>,
    /// Whether the server reads markup in bodies; asked once.
    takes_markup: Option<bool>,
    window: Sender<Msg>,
}

impl Screen {
    async fn show(&mut self, key: Key, text: &Text) {
        let body = self.safe(&text.body).await;
        let mut notice = Notification::new();
        notice
            .appname("Postrider")
            .summary(&text.summary)
            .body(&body)
            .icon(crate::APP_ID)
            .urgency(Urgency::Normal)
            .hint(Hint::DesktopEntry(crate::APP_ID.to_owned()))
            .hint(Hint::Category(text.category.to_owned()))
            .action("default", &gettext("Open"))
            .action("open", &gettext("Open"));
        if let Some(name) = text.sound {
            notice.hint(Hint::SoundName(name.to_owned()));
        }
        let old = self.shown.remove(&key);
        if let Some(old) = old {
            old.waits.abort();
            notice.id(old.handle.id());
        }
        match tokio::time::timeout(PATIENCE, notice.show_async()).await {
            Ok(Ok(handle)) => {
                let handle = Arc::new(handle);
                let waits = tokio::spawn(wait(handle.clone(), self.window.clone()));
                self.shown.insert(key, Shown { handle, waits });
            }
            Ok(Err(error)) => tracing::debug!(%error, "no notice"),
            Err(_) => tracing::debug!("the notice server does not answer"),
        }
    }

    async fn withdraw(&mut self, key: &Key) {
        if let Some(old) = self.shown.remove(key) {
            old.waits.abort();
            // In a task of its own: the crate panics where the server has gone meanwhile.
            let closing = tokio::spawn(async move { old.handle.close_async().await });
            let _ = tokio::time::timeout(PATIENCE, closing).await;
        }
    }

    /// Escapes the text for servers that read markup, and for those that do not say.
    async fn safe(&mut self, body: &str) -> String {
        if self.takes_markup.is_none() {
            let asked = tokio::task::spawn_blocking(notify_rust::get_capabilities);
            let answer = tokio::time::timeout(PATIENCE, asked).await;
            self.takes_markup = match answer {
                Ok(Ok(Ok(can))) => Some(can.iter().any(|c| c == "body-markup")),
                _ => None,
            };
        }
        match self.takes_markup {
            Some(false) => body.to_owned(),
            _ => body
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
        }
    }
}

/// Opens the window when the person presses the notice or its button.
async fn wait(handle: Arc<NotificationHandle>, window: Sender<Msg>) {
    let answer = |answer: &NotificationResponse| match answer {
        NotificationResponse::Default | NotificationResponse::Action(_) => {
            window.emit(Msg::Present(None));
        }
        _ => {}
    };
    handle.wait_for_action_async(answer).await;
}
