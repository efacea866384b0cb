//! The root of the window: the only component that talks to the engine.

mod all_users;
mod amending;
mod asking;
mod checking;
mod hearing;
mod jobs;
mod message;
mod notices;
mod pages;
mod quit;
mod set_up;
mod window;

use std::collections::{HashMap, HashSet};

use adw::prelude::*;
use relm4::{Component, ComponentController, ComponentParts, ComponentSender, Controller};
use tokio::sync::mpsc::UnboundedSender;

use super::accounts::{self, Accounts};
use super::actions;
use super::activity::{self, Activity};
use super::admin::Admin;
pub use super::editor::Kept;
use super::editor::{self, Editor};
use super::probe::{self, Probe};
use super::transcript::Transcript;
use super::wizard::Wizard;
use crate::engine::api::job::{JobId, QuestionId};
use crate::engine::api::{AccountId, Command, Halt, ServerFacts, Snapshot};
pub use all_users::AdminWish;
pub use checking::WatchWish;
use jobs::Asker;
pub use message::{AccountWish, ActivityWish, EditorWish, Init, Msg, Out, ProbeWish};
pub use set_up::WizardWish;
use window::Widgets;

/// The window.
pub struct App {
    commands: UnboundedSender<Command>,
    widgets: Widgets,
    accounts: Controller<Accounts>,
    activity: Controller<Activity>,
    probe: Controller<Probe>,
    editor: Controller<Editor>,
    wizard: Option<Controller<Wizard>>,
    admin: Option<Controller<Admin>>,
    amending: Option<amending::Amending>,
    /// What the engine waits for.
    questions: HashMap<QuestionId, (adw::MessageDialog, asking::Answer)>,
    /// Jobs that are not over.
    jobs: HashMap<JobId, Asker>,
    /// It has been on the screen.
    was_shown: bool,
    /// The check that is watched.
    transcript: Option<Transcript>,
    /// What is to be checked when the file that was just saved is read.
    watch_when_loaded: Option<Option<Vec<AccountId>>>,
    ids: Vec<AccountId>,
    /// Those that are checked by themselves.
    scheduled: Vec<AccountId>,
    is_paused: bool,
    busy: HashSet<AccountId>,
    halted: Option<Halt>,
    stale: Option<Halt>,
    advice: Vec<String>,
    rc_path: String,
    lacks_tray: bool,
    is_quitting: bool,
    /// Gone when the engine is.
    has_ended: bool,
}

impl Component for App {
    type CommandOutput = ();
    type Input = Msg;
    type Output = Out;
    type Init = Init;
    type Root = adw::ApplicationWindow;
    type Widgets = ();

    fn init_root() -> Self::Root {
        adw::ApplicationWindow::builder()
            .title("Postrider")
            .default_width(980)
            .default_height(680)
            .width_request(360)
            .height_request(420)
            .hide_on_close(true)
            .icon_name(crate::APP_ID)
            .build()
    }

    fn init(init: Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let accounts = Accounts::builder()
            .launch(init.first.clone())
            .forward(sender.input_sender(), |out| Msg::Account(AccountWish(out)));
        let activity = Activity::builder()
            .launch(())
            .forward(sender.input_sender(), |out| {
                Msg::Activity(ActivityWish(out))
            });
        let probe = Probe::builder()
            .launch(servers(&init.first))
            .forward(sender.input_sender(), |out| Msg::Autoprobe(ProbeWish(out)));
        let editor = Editor::builder()
            .launch(init.editor)
            .forward(sender.input_sender(), |out| Msg::Editor(EditorWish(out)));
        let pages = window::Pages {
            accounts: accounts.widget(),
            activity: activity.widget(),
            probe: probe.widget(),
            editor: editor.widget(),
        };
        let widgets = Widgets::new(&root, pages, &sender);
        let act = sender.input_sender().clone();
        actions::install(&root, move |name| act.emit(Msg::Act(name)));
        let mut model = Self {
            commands: init.commands,
            widgets,
            accounts,
            activity,
            probe,
            editor,
            wizard: None,
            admin: None,
            amending: None,
            questions: HashMap::new(),
            jobs: HashMap::new(),
            was_shown: false,
            transcript: None,
            watch_when_loaded: None,
            ids: Vec::new(),
            scheduled: Vec::new(),
            is_paused: false,
            busy: HashSet::new(),
            halted: None,
            stale: None,
            advice: Vec::new(),
            rc_path: String::new(),
            lacks_tray: false,
            is_quitting: false,
            has_ended: false,
        };
        model.take(&init.first);
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, message: Msg, sender: ComponentSender<Self>, root: &Self::Root) {
        match message {
            Msg::Event(event) => self.hear(event, root, &sender),
            Msg::Present(token) => {
                if let Some(token) = token {
                    root.set_startup_id(&token);
                }
                root.present();
                // Who starts it without any configuration wants to set up mail.
                let is_first = !std::mem::replace(&mut self.was_shown, true);
                if is_first && self.halted == Some(Halt::NoFile) {
                    self.set_up(None, root, &sender);
                }
            }
            Msg::Admin(wish) => self.on_admin(wish, root),
            Msg::Wizard(wish) => self.on_wizard(*wish, root, &sender),
            Msg::Undo(undo) => self.undo(*undo),
            Msg::Amend => self.amend(),
            Msg::Check(label) => self.check(label.as_deref()),
            Msg::Probe(text) => {
                root.present();
                self.widgets.show_page("probe");
                self.probe.emit(probe::Input::Examine(text));
            }
            Msg::Quit if self.editor.model().has_edits() => self.ask_to_discard(root, &sender),
            Msg::Quit => self.quit_unless_busy(root, &sender),
            Msg::Yield if root.is_visible() => self.send(Command::Shutdown),
            Msg::QuitNow | Msg::Yield => self.quit(root, &sender),
            Msg::Tray(has_place) => {
                self.lacks_tray = !has_place;
                self.show_bar();
            }
            Msg::Act(name) => self.act(name, root, &sender),
            Msg::Account(AccountWish(wish)) => self.on_account(wish, &sender),
            Msg::Activity(ActivityWish(wish)) => self.on_activity(&wish),
            Msg::Autoprobe(ProbeWish(wish)) => self.on_probe(wish, root, &sender),
            Msg::Editor(EditorWish(wish)) => self.on_editor(wish, root, &sender),
            Msg::Watched(wish) => self.watched(wish),
            Msg::BarDetails => self.show_details(root, &sender),
            Msg::BarSettle => self.settle(),
        }
    }
}

impl App {
    fn send(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::debug!("the engine is gone");
        }
    }

    fn check(&self, label: Option<&str>) {
        let ids = label.map(|label| {
            let is_meant =
                |id: &&AccountId| id.label == label || id.user == label || id.to_string() == label;
            self.ids.iter().filter(is_meant).cloned().collect()
        });
        self.send(Command::Check { ids });
    }

    fn act(&mut self, name: &str, root: &adw::ApplicationWindow, sender: &ComponentSender<Self>) {
        match name {
            "check" => self.check(None),
            "check-or-stop" if self.busy.is_empty() => self.check(None),
            "stop" | "check-or-stop" => self.send(Command::Stop { ids: None }),
            "check-selected" => self.accounts.emit(accounts::Input::CheckSelected),
            "pause" if self.is_paused => self.send(Command::Resume),
            "pause" => self.send(Command::Pause),
            "ack" => self.send(Command::Ack { ids: None }),
            "reload" => self.send(Command::Reload),
            "back" if self.widgets.shows("editor") => self.editor.emit(editor::Input::Back),
            "back" if self.widgets.shows("probe") => self.probe.emit(probe::Input::Back),
            "set-up" => self.set_up(None, root, sender),
            "all-users" => self.all_users(root, sender),
            "back" => self.accounts.emit(accounts::Input::Back),
            "show-accounts" => self.widgets.show_page("accounts"),
            "show-activity" => self.widgets.show_page("activity"),
            "show-probe" => self.widgets.show_page("probe"),
            "show-editor" => self.widgets.show_page("editor"),
            "editor-shown" => self.editor.emit(editor::Input::Shown),
            "probe-focus" => {
                self.widgets.show_page("probe");
                self.probe.emit(probe::Input::Focus);
            }
            "probe-start" if self.widgets.shows("probe") => self.probe.emit(probe::Input::Start),
            "copy" if self.widgets.shows("probe") => self.probe.emit(probe::Input::Copy),
            "copy" if self.widgets.shows("activity") => {
                self.activity.emit(activity::Input::Copy);
            }
            "search" if self.widgets.shows("editor") => {
                self.editor.emit(editor::Input::Search(true));
            }
            "search" => {
                self.widgets.show_page("activity");
                self.activity.emit(activity::Input::Search(true));
            }
            "search-on" => self.activity.emit(activity::Input::Search(true)),
            "search-off" => self.activity.emit(activity::Input::Search(false)),
            "escape" => self.escape(),
            "quit-discarding" => self.quit_unless_busy(root, sender),
            "keep-draft" => self.keep_draft(),
            "shortcuts" => actions::keys::show(root),
            "about" => actions::show_about(root, &self.rc_path),
            "close" => root.close(),
            "quit" => sender.input(Msg::Quit),
            _ => tracing::debug!(name, "unknown action"),
        }
    }

    /// Ends a search or closes what was opened, on the page that is in front.
    fn escape(&self) {
        if self.widgets.shows("editor") {
            self.editor.emit(editor::Input::Escape);
        } else if self.widgets.shows("probe") {
            self.probe.emit(probe::Input::Escape);
        } else if self.widgets.shows("activity") {
            self.activity.emit(activity::Input::Search(false));
        }
    }
}

/// The accounts and how they reach their servers.
fn servers(all: &Snapshot) -> Vec<(AccountId, ServerFacts)> {
    let pairs = all.accounts.iter();
    pairs.map(|a| (a.id.clone(), a.server.clone())).collect()
}
