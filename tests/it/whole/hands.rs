//! A person at the keyboard of a stage, and one who has a screen reader do it.

use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::timeout;
use zbus::export::futures_core::Stream;
use zbus::zvariant::OwnedValue;
use zbus::{MatchRule, MessageStream};

use super::reader::{Place, Reader, State, Thing};
use super::stage::{PATIENCE, Stage, until};
use crate::support::home::Home;

/// The keyboard, and a window manager that gives it to the window in front.
pub struct Hands {
    display: String,
    pub reader: Reader,
    /// The title of the window they are at.
    pub window: &'static str,
    focus: MessageStream,
    _manager: Child,
}

/// What a signal about a state says: which state, and 1 or 0.
type Change = (
    String,
    i32,
    i32,
    OwnedValue,
    std::collections::HashMap<String, OwnedValue>,
);

impl Hands {
    /// At the keyboard of `stage`.
    pub async fn on(stage: &Stage, home: &Home) -> Self {
        let reader = Reader::on(stage).await;
        let manager = stage
            .command(home, Path::new("/usr/bin/openbox"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a window manager");
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface("org.a11y.atspi.Event.Object")
            .and_then(|rule| rule.member("StateChanged"))
            .expect("names")
            .build();
        // By a line of its own: signals that nobody takes would keep the answers back.
        let signals = Reader::on(stage).await.bus;
        let focus = MessageStream::for_match_rule(rule, &signals, Some(1000));
        Self {
            display: stage.display.clone(),
            focus: focus.await.expect("signals"),
            reader,
            window: WIZARD,
            _manager: manager,
        }
    }

    /// Presses keys, by their X names: `Tab`, `ctrl+a`.
    pub async fn key(&self, key: &str) {
        self.xdotool(&["key", "--clearmodifiers", key]).await;
    }

    /// Types into what has the focus, in place of what is there.
    pub async fn write(&self, text: &str) {
        self.key("ctrl+a").await;
        self.xtype(text).await;
    }

    /// Types where the cursor is.
    pub async fn xtype(&self, text: &str) {
        self.xdotool(&["type", "--clearmodifiers", "--delay", "2", text])
            .await;
    }

    async fn xdotool(&self, args: &[&str]) {
        let done = Command::new("xdotool")
            .env("DISPLAY", &self.display)
            .args(args)
            .status()
            .await
            .expect("xdotool");
        assert!(done.success(), "xdotool {args:?}");
    }

    /// Goes from control to control until one of that name has the focus.
    pub async fn go_to(&mut self, name: &str) {
        let mut met = Vec::new();
        for _ in 0..40 {
            self.key("Tab").await;
            let Some(place) = self.focused().await else {
                continue;
            };
            let found = self.reader.name(&place).await.unwrap_or_default();
            if found.contains(name) {
                return;
            }
            met.push(found);
        }
        panic!("no way to “{name}” by Tab, only to {met:?}");
    }

    /// Presses Tab; the name that is read out then.
    pub async fn tab(&mut self) -> String {
        let place = self.step("Tab").await;
        self.reader.name(&place).await.unwrap_or_default()
    }

    /// Presses a key that moves the focus; where it is then.
    pub async fn step(&mut self, key: &str) -> Place {
        self.key(key).await;
        let told = async {
            loop {
                if let Some(place) = self.focused().await {
                    return place;
                }
            }
        };
        timeout(PATIENCE, told).await.expect("told of the focus")
    }

    /// Waits until this name is read out, because what has it has got the focus.
    #[track_caller]
    pub fn hears(&mut self, name: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let mut heard = Vec::new();
            let told = async {
                while heard.last().is_none_or(|last| last != name) {
                    if let Some(place) = self.focused().await {
                        heard.push(self.reader.name(&place).await.unwrap_or_default());
                    }
                }
            };
            let in_time = timeout(PATIENCE, told).await.is_ok();
            assert!(
                in_time,
                "{caller}: “{name}” was not read out, but {heard:?}"
            );
        }
    }

    /// Waits until nothing more is told of the focus.
    pub async fn settle(&mut self) {
        self.focused().await;
    }

    /// What has got the focus; `None` when nothing has for a moment.
    async fn focused(&mut self) -> Option<Place> {
        let mut at = None;
        let mut patience = Duration::from_millis(400);
        while let Ok(Some(Ok(message))) = timeout(patience, self.signal()).await {
            let body = message.body();
            let Ok((what, is_on, ..)) = body.deserialize::<Change>() else {
                continue;
            };
            let header = message.header();
            if let (Some(sender), Some(path)) = (header.sender(), header.path())
                && what == "focused"
                && is_on == 1
            {
                at = Some((sender.to_string(), path.to_owned().into()));
                patience = Duration::from_millis(30);
            }
        }
        at
    }

    async fn signal(&mut self) -> Option<zbus::Result<zbus::Message>> {
        poll_fn(|context| Pin::new(&mut self.focus).poll_next(context)).await
    }

    /// Everything on the page of the wizard with this heading, or, without one, in its window.
    /// Pages that are not shown are there for a screen reader too (GTK 4.8), one after the other.
    pub async fn page(&self, heading: &str) -> Vec<Thing> {
        let mut things = self.reader.window(self.window).await;
        if heading.is_empty() {
            return things;
        }
        let is_heading = |thing: &Thing| thing.role == "heading";
        let at = things
            .iter()
            .position(|thing| is_heading(thing) && thing.name == heading);
        let Some(at) = at else { return Vec::new() };
        let mut page = things.split_off(at);
        let end = page.iter().skip(1).position(is_heading);
        page.truncate(end.map_or(page.len(), |end| end + 1));
        page
    }

    /// Waits for words on that page.
    pub async fn sees(&self, heading: &str, words: &str) {
        until(&format!("“{words}” on “{heading}”"), async || {
            let things = self.page(heading).await;
            things.iter().any(|thing| thing.name.contains(words))
        })
        .await;
    }

    /// Has the screen reader press the button of that name, once it can be pressed.
    pub async fn press(&self, heading: &str, name: &str) {
        until(
            &format!("“{name}” pressed on “{heading}”"),
            async || {
                let things = self.page(heading).await;
                let buttons = things.iter().filter(|thing| {
                    let is_button = ["checkbox", "menu item"].contains(&thing.role.as_str())
                        || thing.role.contains("button");
                    is_button && thing.name.contains(name) && thing.is(State::Sensitive)
                });
                // What opens a menu stands around a button of that name.
                for button in buttons {
                    let action = "org.a11y.atspi.Action";
                    let done = self.reader.ask(&button.place, action, "DoAction", &0_i32);
                    if done.await.unwrap_or_default() {
                        return true;
                    }
                }
                false
            },
        )
        .await;
    }

    /// What the source pane of the editor says; empty when there is none.
    pub async fn source(&self) -> String {
        let things = self.page("").await;
        let Some(source) = things.iter().find(|thing| thing.name == SOURCE) else {
            return String::new();
        };
        let text = "org.a11y.atspi.Text";
        let range = (0_i32, -1_i32);
        let said = self.reader.ask(&source.place, text, "GetText", &range);
        said.await.unwrap_or_default()
    }

    /// Has the screen reader write into the field of that name.
    pub async fn fill(&self, heading: &str, name: &str, text: &str) {
        until(
            &format!("“{name}” filled on “{heading}”"),
            async || {
                let things = self.page(heading).await;
                let field = things
                    .iter()
                    .find(|thing| thing.role.contains("text") && thing.name.contains(name));
                let Some(field) = field else { return false };
                let editable = "org.a11y.atspi.EditableText";
                let done = self
                    .reader
                    .ask(&field.place, editable, "SetTextContents", &text);
                done.await.unwrap_or_default()
            },
        )
        .await;
    }
}

/// What the source pane is called.
pub const SOURCE: &str = "Source of the configuration";

/// The title of the wizard's window.
pub const WIZARD: &str = "Set Up an Account";
