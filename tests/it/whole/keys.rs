//! The keys of the editor in the real program, pressed on a keyboard. The tables of what is
//! pressed and of what there is are held against each other.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use postrider::ui::keys::{Part, TABLE};
use tokio::net::TcpListener;

use super::hands::Hands;
use super::reader::{Place, State, Thing};
use super::stage::{PATIENCE, Stage};
use super::{desktop, journey, write_rc};

/// Two servers that are not checked by themselves. The old word of the first can be mended, and
/// the second has several recipients.
const ENTRIES: &str = "\
skip one.example via 127.0.0.1 proto imap port PORT
    user \"ann\" password \"x\" is ann here

skip two.example proto pop3
    envelope \"X-Original-To\"
    localdomains example.net
    user \"catchall\" password \"x\" to bob carl here
";

const SOURCE: &str = "Source of the configuration";
const LIST: &str = "list “Servers and users”";

/// The main window with the editor in front.
struct Keyboard {
    hands: Hands,
    source: Place,
    /// Keys that were pressed, by accelerator.
    pressed: RefCell<BTreeSet<&'static str>>,
}

impl Keyboard {
    /// Waits until it holds; else tells where the person is.
    async fn until(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let wait = async {
            while !condition().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            let (at, line) = (self.focus().await, self.selected().await);
            let text = self.text().await;
            panic!("never came true: {what}; at “{at}”, in the list “{line}”:\n{text}");
        }
    }

    /// Presses an accelerator of the table.
    async fn press(&self, accelerator: &'static str) {
        self.pressed.borrow_mut().insert(accelerator);
        self.hands.key(&x_name(accelerator)).await;
    }

    async fn things(&self) -> Vec<Thing> {
        self.hands.page("").await
    }

    /// What stands in the source.
    async fn text(&self) -> String {
        let all = (0_i32, -1_i32);
        let reader = &self.hands.reader;
        let said = reader.ask(&self.source, "org.a11y.atspi.Text", "GetText", &all);
        said.await.unwrap_or_default()
    }

    /// Waits until the source says exactly that.
    #[track_caller]
    fn says(&self, text: &str) -> impl Future<Output = ()> {
        let what = format!("{}: {text}", std::panic::Location::caller());
        async move { self.until(&what, async || self.text().await == text).await }
    }

    /// Waits until what has the focus is called so.
    #[track_caller]
    fn is_at(&self, name: &str) -> impl Future<Output = ()> {
        let what = format!("{}: the focus at {name}", std::panic::Location::caller());
        async move { self.until(&what, async || self.focus().await == name).await }
    }

    /// The name of what has the focus; of a line of the list that of what is in it.
    async fn focus(&self) -> String {
        let reader = &self.hands.reader;
        let mut told = reader.glance(&self.source.0, State::Focused).await;
        if let (Some((name, _)), true) = (told.pop(), told.is_empty()) {
            return name;
        }
        let things = self.things().await;
        let at = things.iter().position(|thing| thing.is(State::Focused));
        let Some(at) = at else { return String::new() };
        let is_line = things[at].path.ends_with(LIST);
        things[at + usize::from(is_line)].name.clone()
    }

    /// By Tab to a control of that name.
    async fn tab_to(&self, name: &str) {
        let mut met = Vec::new();
        for _ in 0..30 {
            let before = self.focus().await;
            if before == name {
                return;
            }
            self.hands.key("Tab").await;
            for _ in 0..8 {
                tokio::time::sleep(Duration::from_millis(25)).await;
                if self.focus().await != before {
                    break;
                }
            }
            met.push(before);
        }
        panic!("no way to “{name}”, only to {met:?}");
    }

    /// The line of the list that is selected.
    async fn selected(&self) -> String {
        let reader = &self.hands.reader;
        let mut told = reader.glance(&self.source.0, State::Selected).await;
        told.retain(|(name, around)| {
            !name.is_empty() && LIST.contains(around.as_str()) && !around.is_empty()
        });
        if let (Some((name, _)), true) = (told.pop(), told.is_empty()) {
            return name;
        }
        let things = self.things().await;
        let at = things
            .iter()
            .position(|thing| thing.path.ends_with(LIST) && thing.is(State::Selected));
        let line = at.and_then(|at| things.get(at + 1));
        line.map(|line| line.name.clone()).unwrap_or_default()
    }

    async fn selects(&self, name: &str) {
        self.until(&format!("{name} selected"), async || {
            self.selected().await.starts_with(name)
        })
        .await;
    }

    /// To a line of the list: out of the field of the search, which comes before the list.
    async fn go(&self, name: &str) {
        self.press("<Control>f").await;
        self.is_at("Search the Options").await;
        self.hands.key("shift+Tab").await;
        self.until("the focus in the list", async || {
            let things = self.things().await;
            let has = things.iter().find(|thing| thing.is(State::Focused));
            has.is_some_and(|thing| thing.path.ends_with(LIST))
        })
        .await;
        self.press("Escape").await;
        self.hands.key("Home").await;
        self.selects("General").await;
        for _ in 0..10 {
            let before = self.selected().await;
            if before.starts_with(name) {
                return;
            }
            self.hands.key("Down").await;
            self.until("another line", async || self.selected().await != before)
                .await;
        }
        panic!("no line {name}");
    }

    /// Waits for a window of that title, and closes it by Escape.
    async fn opens(&self, title: &str) {
        self.has_window(title, true).await;
        self.press("Escape").await;
        self.has_window(title, false).await;
    }

    async fn has_window(&self, title: &str, is_there: bool) {
        self.until(&format!("“{title}”: {is_there}"), async || {
            self.hands.reader.window(title).await.is_empty() != is_there
        })
        .await;
    }

    /// Whether Tab leads from the field of the search into the source.
    async fn has_source(&self) -> bool {
        self.press("<Control>f").await;
        self.is_at("Search the Options").await;
        let mut is_met = false;
        for _ in 0..3 {
            self.hands.key("Tab").await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            is_met |= self.focus().await == SOURCE;
        }
        self.press("Escape").await;
        is_met
    }
}

/// How X calls an accelerator.
fn x_name(accelerator: &str) -> String {
    accelerator
        .replace("<Control>", "ctrl+")
        .replace("<Shift>", "shift+")
        .replace("<Alt>", "alt+")
}

/// Every key of the editor does what it says; and those that it shares with other pages do the
/// other thing there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_of_the_editor() {
    let journey = journey(0).await;
    // It takes connections, and says nothing.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = mute.local_addr().unwrap().port();
    write_rc(&journey, &ENTRIES.replace("PORT", &port.to_string()));
    let stage = Stage::set(&journey.home).await;
    let mut program = stage.start(&journey.home, desktop(), &[]);
    let mut hands = Hands::on(&stage, &journey.home).await;
    hands.window = "Postrider";
    hands.sees("", "one.example").await;
    hands.key("ctrl+4").await;
    hands.sees("", "two.example, skip").await;
    let things = hands.page("").await;
    let source = things.into_iter().find(|thing| thing.name == SOURCE);
    let keyboard = Keyboard {
        hands,
        source: source.expect("the source").place,
        pressed: RefCell::default(),
    };
    let text = keyboard.text().await;
    assert!(text.contains("skip two.example"), "{text}");

    entries(&keyboard, &text).await;
    fields(&keyboard, &text).await;
    panes(&keyboard).await;
    hints(&keyboard, &text, port).await;
    recipients(&keyboard).await;
    windows(&keyboard).await;
    elsewhere(&keyboard, &text).await;

    let pressed = keyboard.pressed.take();
    let missed = TABLE
        .iter()
        .filter(|key| matches!(key.part, Part::Editor | Part::Entries))
        .flat_map(|key| key.keys)
        .filter(|key| !pressed.contains(*key));
    assert_eq!(missed.collect::<Vec<_>>(), [] as [&&str; 0]);
    program.start_kill().unwrap();
    program.wait().await.unwrap();
}

/// In the list: entries are doubled, moved, removed, and all of it is taken back.
async fn entries(keyboard: &Keyboard, text: &str) {
    keyboard.go("one.example, skip").await;
    keyboard.press("<Alt>Down").await;
    keyboard
        .until("it is the second", async || {
            let text = keyboard.text().await;
            text.find("skip two.example") < text.find("skip one.example")
        })
        .await;
    keyboard.press("<Alt>Up").await;
    keyboard
        .until("it is the first again", async || {
            let text = keyboard.text().await;
            text.find("skip one.example") < text.find("skip two.example")
        })
        .await;
    for _ in 0..2 {
        keyboard.press("<Control>z").await;
    }
    keyboard.says(text).await;
    keyboard.press("Delete").await;
    let is_gone = async || !keyboard.text().await.contains("one.example");
    keyboard.until("it is gone", is_gone).await;
    keyboard.press("<Control>z").await;
    keyboard.says(text).await;
    keyboard.press("<Control><Shift>z").await;
    keyboard.until("it is gone once more", is_gone).await;
    keyboard.press("<Control>z").await;
    keyboard.says(text).await;
    // A user of a server is doubled, too.
    keyboard.go("ann").await;
    keyboard.press("<Control>d").await;
    keyboard
        .until("two of them", async || {
            keyboard.text().await.matches("password").count() == 3
        })
        .await;
    keyboard.press("<Control>z").await;
    keyboard.says(text).await;
    // The users of a server, hidden and shown; the menu.
    keyboard.go("two.example, skip").await;
    for (key, words) in [("Left", "Show"), ("Right", "Hide")] {
        keyboard.press(key).await;
        let words = format!("{words} the Users of two.example");
        keyboard.hands.sees("", &words).await;
    }
    for key in ["<Shift>F10", "Menu"] {
        keyboard.press(key).await;
        keyboard.is_at("Add Server").await;
        keyboard.press("Escape").await;
        keyboard
            .until("the menu closed", async || {
                keyboard.focus().await != "Add Server"
            })
            .await;
    }
}

/// In a field Delete deletes text, and what was typed is taken back from there.
async fn fields(keyboard: &Keyboard, text: &str) {
    keyboard.go("two.example, skip").await;
    keyboard.tab_to("Label or server name").await;
    keyboard.hands.key("Home").await;
    keyboard.press("Delete").await;
    let cut = text.replace("two.example", "wo.example");
    keyboard.says(&cut).await;
    // A key of the entry itself is not for those around it; those of the editor are.
    keyboard.press("<Control>z").await;
    keyboard.says(text).await;
    keyboard.press("<Control><Shift>z").await;
    keyboard.says(&cut).await;
    keyboard.press("<Control>z").await;
    keyboard.says(text).await;
    keyboard.press("<Alt>Up").await;
    keyboard
        .until("it is the first", async || {
            let text = keyboard.text().await;
            text.find("skip two.example") < text.find("skip one.example")
        })
        .await;
    keyboard.press("<Control>z").await;
    keyboard.says(text).await;
}

/// The source is put away and shown, and gone to; the search opens and closes.
async fn panes(keyboard: &Keyboard) {
    keyboard.press("<Control>g").await;
    keyboard.has_window("Go to Line", true).await;
    keyboard.hands.write("2").await;
    keyboard.hands.key("Return").await;
    keyboard.is_at(SOURCE).await;
    keyboard.selects("one.example, skip").await;
    let reader = &keyboard.hands.reader;
    let caret = ("org.a11y.atspi.Text", "CaretOffset");
    let properties = "org.freedesktop.DBus.Properties";
    let at: Option<zbus::zvariant::OwnedValue> = reader
        .ask(&keyboard.source, properties, "Get", &caret)
        .await;
    let at = at.and_then(|at| i32::try_from(at).ok()).unwrap();
    let text = keyboard.text().await;
    let before: String = text.chars().take(at as usize).collect();
    assert_eq!(before.lines().count(), 1, "{before}");
    // Back and forth, from within it.
    // Put away while somebody is in it, the source hands the focus on.
    keyboard.press("F9").await;
    keyboard.is_at("Page").await;
    assert!(!keyboard.has_source().await);
    keyboard.press("F9").await;
    assert!(keyboard.has_source().await);
    keyboard.press("<Control>f").await;
    keyboard.is_at("Search the Options").await;
    keyboard.hands.write("timeout").await;
    keyboard.hands.sees("", " › ").await;
    keyboard.press("Escape").await;
    keyboard
        .until("the field left", async || {
            keyboard.focus().await != "Search the Options"
        })
        .await;
    keyboard.press("<Control>f").await;
    keyboard.is_at("Search the Options").await;
    keyboard.hands.key("Return").await;
    keyboard.is_at("Give up after silence of").await;
}

/// From hint to hint and back; what is offered is done.
async fn hints(keyboard: &Keyboard, text: &str, port: u16) {
    for (key, hinted) in [("<Shift>F8", "catchall"), ("F8", "one.example")] {
        keyboard.go("General").await;
        keyboard.press(key).await;
        keyboard.selects(hinted).await;
    }
    keyboard.press("<Control>period").await;
    let mended = text.replace(&format!("port {port}"), &format!("service {port}"));
    keyboard.says(&mended).await;
    keyboard.press("<Control>z").await;
    keyboard.says(text).await;
}

/// A message is tried at once, and no line is broken.
async fn recipients(keyboard: &Keyboard) {
    keyboard.go("two.example, skip").await;
    keyboard.press("<Control>f").await;
    keyboard.is_at("Search the Options").await;
    keyboard.hands.write("localdomains").await;
    keyboard.hands.sees("", "two.example › ").await;
    keyboard.hands.key("Return").await;
    let field = "Headers of a message";
    keyboard.tab_to(field).await;
    keyboard
        .hands
        .write("X-Original-To: carl@example.net")
        .await;
    for key in ["<Control>Return", "<Control>KP_Enter"] {
        keyboard.press(key).await;
    }
    keyboard.hands.sees("", "carl").await;
    let things = keyboard.things().await;
    let message = things.iter().find(|thing| thing.name == field).unwrap();
    let all = (0_i32, -1_i32);
    let reader = &keyboard.hands.reader;
    let said = reader.ask::<String>(&message.place, "org.a11y.atspi.Text", "GetText", &all);
    assert_eq!(said.await.unwrap(), "X-Original-To: carl@example.net");
}

/// What opens a window of its own.
async fn windows(keyboard: &Keyboard) {
    keyboard.press("<Control>o").await;
    keyboard.opens("Open a Configuration").await;
    keyboard.press("F1").await;
    keyboard.opens("Keyboard Shortcuts").await;
    keyboard.go("Defaults, none").await;
    keyboard.press("F10").await;
    keyboard.is_at("Set Up an Account").await;
    keyboard.press("Escape").await;
    keyboard.go("Defaults, none").await;
    keyboard.press("<Control>p").await;
    let paused = "Checking in the background is paused.";
    keyboard.hands.sees("", paused).await;
    keyboard.press("<Control>p").await;
    // There is something to save once something was changed.
    keyboard.go("one.example, skip").await;
    keyboard.press("<Control>d").await;
    keyboard
        .until("two of them", async || {
            keyboard.text().await.matches("one.example").count() == 2
        })
        .await;
    keyboard.press("<Control>s").await;
    keyboard.opens("Review Changes").await;
    keyboard.press("<Control>z").await;
    keyboard
        .until("one of them", async || {
            keyboard.text().await.matches("one.example").count() == 1
        })
        .await;
    keyboard.go("one.example, skip").await;
    keyboard.press("<Shift>F5").await;
    keyboard.opens("Check").await;
}

/// Away from the editor its keys change nothing there; Control and the full stop end a check.
async fn elsewhere(keyboard: &Keyboard, text: &str) {
    let hands = &keyboard.hands;
    hands.key("ctrl+1").await;
    for key in ["<Control>d", "<Alt>Down", "<Control><Shift>z", "Delete"] {
        keyboard.press(key).await;
    }
    keyboard.press("<Shift>F5").await;
    let is_checking = async || {
        let things = keyboard.things().await;
        things.iter().any(|thing| thing.name == "Stop Stop")
    };
    keyboard.until("a check", is_checking).await;
    keyboard.press("<Control>period").await;
    keyboard
        .until("no check", async || !is_checking().await)
        .await;
    hands.key("ctrl+4").await;
    keyboard.says(text).await;
}
