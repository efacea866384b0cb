//! The icon in the tray: what there is, at a glance, and a menu (`ui.md` section 13).
//!
//! Works without a tray as well: the icon appears when a host does, and the window says that
//! there is none.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use ksni::menu::{MenuItem, StandardItem};
use ksni::{Category, OfflineReason, Status, ToolTip, Tray, TrayMethods};
use relm4::Sender;
use tokio::sync::broadcast::error::RecvError;

use super::EngineDoor;
use super::pictures::Pictures;
use crate::base::i18n::gettext;
use crate::engine::api::{Command, Event, Halt, Snapshot, State, words};
use crate::ui::Msg;

/// The icon changes at most this often.
const PAUSE: Duration = Duration::from_millis(500);
/// A check shorter than this does not show.
const BRIEF: Duration = Duration::from_secs(2);
/// Failures in a row before trouble that mends itself shows.
const PATIENCE: u32 = 3;

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    /// Nothing to say.
    Idle,
    /// A check is under way.
    Polling,
    /// Mail has come since the person last looked.
    New,
    /// Something needs the person.
    Attention,
}

impl Mood {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Idle, Self::Polling, Self::New, Self::Attention];

    /// The icon's name.
    pub(super) fn icon(self) -> String {
        let state = match self {
            Self::Idle => "idle",
            Self::Polling => "polling",
            Self::New => "new",
            Self::Attention => "attention",
        };
        format!("{}-tray-{state}-symbolic", crate::APP_ID)
    }

    /// Its colour where it is drawn as pixels: enough contrast on black and on white.
    pub(super) fn colour(self) -> [u8; 3] {
        match self {
            Self::Idle | Self::Polling => [0x80, 0x80, 0x80],
            Self::New => [0x35, 0x84, 0xe4],
            Self::Attention => [0xe6, 0x61, 0x00],
        }
    }
}

/// All the tray shows at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Face {
    mood: Mood,
    /// First line of the menu, and tool tip.
    line: String,
    is_busy: bool,
    can_check: bool,
    new: bool,
}

/// What `all` looks like after something has been busy for `busy`.
fn face(all: &Snapshot, busy: Duration, now: SystemTime) -> Face {
    let is_busy = all.accounts.iter().any(|a| a.state.is_busy());
    let new = all.accounts.iter().any(|a| a.new > 0);
    let is_halted = match &all.halted {
        None | Some(Halt::NoFile | Halt::Locked { .. }) => false,
        Some(Halt::Unreadable(_) | Halt::Syntax(_) | Halt::State(_) | Halt::NoPassword(_)) => true,
    };
    let needs_you = all.accounts.iter().any(|a| a.state == State::NeedsYou);
    let fails = all.accounts.iter().any(|a| {
        a.state == State::WillRetry && a.trouble.as_ref().is_some_and(|t| t.tries >= PATIENCE)
    });
    let mood = if is_halted || all.stale.is_some() || needs_you {
        Mood::Attention
    } else if new {
        Mood::New
    } else if is_busy && busy >= BRIEF {
        Mood::Polling
    } else if fails {
        Mood::Attention
    } else {
        Mood::Idle
    };
    Face {
        mood,
        line: words::summary(all, now),
        is_busy,
        can_check: all.halted.is_none() && !all.accounts.is_empty(),
        new,
    }
}

/// The item on the bus.
struct Item {
    face: Face,
    pictures: Arc<Pictures>,
    door: EngineDoor,
    window: Sender<Msg>,
}

impl Tray for Item {
    fn id(&self) -> String {
        "postrider".to_owned()
    }

    fn title(&self) -> String {
        "Postrider".to_owned()
    }

    fn category(&self) -> Category {
        Category::Communications
    }

    fn status(&self) -> Status {
        match self.face.mood {
            Mood::Attention => Status::NeedsAttention,
            _ => Status::Active,
        }
    }

    fn icon_name(&self) -> String {
        if self.pictures.is_installed {
            self.face.mood.icon()
        } else {
            String::new()
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.pictures.of(self.face.mood)
    }

    fn attention_icon_name(&self) -> String {
        self.icon_name()
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.icon_pixmap()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: "Postrider".to_owned(),
            description: escaped(&self.face.line),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.open();
    }

    fn secondary_activate(&mut self, _x: i32, _y: i32) {
        (self.door.send)(Command::Check { ids: None });
    }

    fn watcher_online(&self) {
        self.window.emit(Msg::Tray(true));
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        self.window.emit(Msg::Tray(false));
        true
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let check = if self.face.is_busy {
            let stop = |item: &mut Self| (item.door.send)(Command::Stop { ids: None });
            entry(&gettext("Stop Checking"), true, stop)
        } else {
            let check = |item: &mut Self| (item.door.send)(Command::Check { ids: None });
            entry(&gettext("Check Now"), self.face.can_check, check)
        };
        let seen = |item: &mut Self| (item.door.send)(Command::Ack { ids: None });
        vec![
            entry(&self.face.line, false, |_| {}),
            entry(&gettext("Mark All as Seen"), self.face.new, seen),
            MenuItem::Separator,
            check,
            MenuItem::Separator,
            entry(&gettext("Open Postrider"), true, Self::open),
            entry(&gettext("Quit"), true, |item: &mut Self| {
                item.window.emit(Msg::Quit)
            }),
        ]
    }
}

impl Item {
    fn open(&mut self) {
        self.window
            .emit(Msg::Present(ksni::current_xdg_activation_token()));
    }
}

/// A menu entry. An underscore would mark the access key, so it is doubled.
fn entry(label: &str, enabled: bool, act: impl Fn(&mut Item) + Send + 'static) -> MenuItem<Item> {
    StandardItem {
        label: label.replace('_', "__"),
        enabled,
        activate: Box::new(act),
        ..StandardItem::default()
    }
    .into()
}

/// Tool tips may carry markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Shows the icon until the engine ends.
pub(super) async fn keep(door: EngineDoor, pictures: Arc<Pictures>, window: Sender<Msg>) {
    let mut events = (door.subscribe)();
    let look = |busy| face(&(door.snapshot)(), busy, SystemTime::now());
    let mut shown = look(Duration::ZERO);
    let item = Item {
        face: shown.clone(),
        pictures,
        door: door.clone(),
        window: window.clone(),
    };
    let handle = match item.assume_sni_available(true).spawn().await {
        Ok(handle) => handle,
        Err(error) => {
            tracing::info!(%error, "no tray");
            window.emit(Msg::Tray(false));
            return;
        }
    };
    let mut busy_since = None;
    loop {
        let limit = if shown.is_busy { BRIEF } else { Duration::MAX };
        match tokio::time::timeout(limit, events.recv()).await {
            Ok(Ok(Event::Ended) | Err(RecvError::Closed)) => break,
            Ok(Ok(Event::Activity(_))) => continue,
            Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => {}
        }
        let busy = busy_since.map_or(Duration::ZERO, |since: Instant| since.elapsed());
        let next = look(busy);
        busy_since = next
            .is_busy
            .then(|| busy_since.unwrap_or_else(Instant::now));
        if next != shown {
            shown = next.clone();
            handle.update(|item| item.face = next).await;
            tokio::time::sleep(PAUSE).await;
        }
    }
    handle.shutdown().await;
}

#[cfg(test)]
mod tests;
