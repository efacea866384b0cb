//! The root of the window: the only component that talks to the engine.

mod all_users;
mod amending;
mod asking;
mod checking;
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
use super::bar::Notice;
pub use super::editor::Kept;
use super::editor::{self, Editor};
use super::probe::{self, Probe};
use super::transcript::Transcript;
use super::wizard::{self, Wizard};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::{Job, JobId, Outcome, Part, QuestionId, Undo};
use crate::engine::api::{AccountId, AccountStatus, Command, Event, Halt, Snapshot, State, words};
pub use all_users::AdminWish;
pub use checking::WatchWish;
pub use set_up::WizardWish;
use window::Widgets;

/// What the window starts with.
#[derive(Debug)]
pub struct Init {
    /// To the engine.
    pub commands: UnboundedSender<Command>,
    /// What is so at the start; later changes come as [`Msg::Event`].
    pub first: Snapshot,
    /// What the editor has been told in earlier runs.
    pub editor: Kept,
}

/// What the window is told, by the engine, the tray, the program's start and itself.
// Nearly all are `Event`, the largest: a box would cost more than it spares.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub enum Msg {
    /// Something happened in the engine.
    Event(Event),
    /// Show the window, in front; with the activation token of the click that asked, if any.
    Present(Option<String>),
    /// Poll the account of this label or address now; `None`: all.
    Check(Option<String>),
    /// Show what the server of this name, or those of this address, offer.
    Probe(String),
    /// End the program, with a question if mail is being fetched.
    Quit,
    /// End the program at once: what is under way is stopped in order.
    QuitNow,
    /// Another program wants to fetch: end the engine, and the program unless it is looked at.
    Yield,
    /// Whether there is a place for a tray icon.
    Tray(bool),
    /// An action of a key or a menu.
    #[doc(hidden)]
    Act(&'static str),
    /// From the accounts page.
    #[doc(hidden)]
    Account(AccountWish),
    /// From the activity page.
    #[doc(hidden)]
    Activity(ActivityWish),
    /// From the Autoprobe page.
    #[doc(hidden)]
    Autoprobe(ProbeWish),
    /// From the editor.
    #[doc(hidden)]
    Editor(EditorWish),
    /// From the window of a check.
    #[doc(hidden)]
    Watched(WatchWish),
    /// From the wizard.
    #[doc(hidden)]
    Wizard(Box<WizardWish>),
    /// From the window of all users' files.
    #[doc(hidden)]
    Admin(AdminWish),
    /// Take back what the wizard wrote.
    #[doc(hidden)]
    Undo(Box<Undo>),
    /// Change the account as was shown.
    #[doc(hidden)]
    Amend,
    /// The first button of the bar.
    #[doc(hidden)]
    BarDetails,
    /// The second button of the bar.
    #[doc(hidden)]
    BarSettle,
}

/// What the accounts page wants, kept private to the window.
#[derive(Debug)]
pub struct AccountWish(accounts::Output);

/// What the activity page wants, kept private to the window.
#[derive(Debug)]
pub struct ActivityWish(activity::Output);

/// What the Autoprobe page wants, kept private to the window.
#[derive(Debug)]
pub struct ProbeWish(probe::Output);

/// What the editor wants, kept private to the window.
#[derive(Debug)]
pub struct EditorWish(editor::Output);

/// Which part of the window asked for a job and hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Wizard,
    Probe,
    Editor,
    /// The window of all users' files.
    Admin,
    /// The window, for single options of an account.
    Amend,
    /// The window itself.
    Window,
    /// The window, for a change that is taken back.
    Change,
    /// The accounts page, which shows what is described.
    Accounts,
    /// Whoever wants to change that part of an account.
    Edit(Part),
}

/// What the window says to the program around it.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
    /// The engine has ended and the person wants to quit.
    Quit,
    /// What the editor is to know in later runs.
    Remember(Kept),
    /// What a person wants of the program beyond its accounts.
    Prefer {
        /// Start at login.
        starts_at_login: bool,
        /// Show notices of new mail.
        notifies: bool,
    },
}

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
            Msg::Quit if self.busy.is_empty() => self.quit(root, &sender),
            Msg::Quit => self.ask_to_quit(root, &sender),
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

    fn hear(
        &mut self,
        event: Event,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match event {
            Event::Loaded(all) => {
                self.take(&all);
                self.probe.emit(probe::Input::Accounts(servers(&all)));
                self.editor.emit(editor::Input::FileChanged);
                self.accounts.emit(accounts::Input::Load(Box::new(all)));
                if let Some(ids) = self.watch_when_loaded.take() {
                    self.watch(ids, root, sender);
                }
            }
            Event::Account(status) => {
                self.note_busy(&status);
                if let Some(open) = &mut self.transcript {
                    open.status(&status);
                }
                self.accounts
                    .emit(accounts::Input::Account(Box::new(status)));
            }
            Event::Activity(entry) => {
                if let Some(open) = &mut self.transcript {
                    open.entry(&entry);
                }
                self.activity.emit(activity::Input::Entry(Box::new(entry)));
            }
            Event::Saved(saved) => {
                if saved.result.is_err() {
                    self.not_saved();
                }
                self.editor.emit(editor::Input::Saved(saved));
            }
            Event::Wire { id, lines } => self.overheard(&id, &lines),
            Event::Paused(is_paused) => self.paused(is_paused),
            Event::RcChanged | Event::Arrived { .. } | Event::CycleEnded => {}
            Event::Job { id, progress } => {
                let progress = Box::new(progress);
                match (self.jobs.get(&id), &self.wizard) {
                    (Some(Asker::Wizard), Some(wizard)) => {
                        wizard.emit(wizard::Input::Progress(id, progress));
                    }
                    (Some(Asker::Probe), _) => {
                        self.probe.emit(probe::Input::Progress(id, progress));
                    }
                    (Some(Asker::Admin), _) => self.tell_admin_progress(id, progress),
                    _ => {}
                }
            }
            Event::JobDone { id, outcome } => self.job_done(id, outcome, root, sender),
            Event::Question(question) => self.ask(&question, root),
            Event::Unasked(id) => self.unasked(id),
            Event::Ended => {
                let open: Vec<JobId> = self.jobs.keys().copied().collect();
                for id in open {
                    self.job_done(id, Outcome::Cancelled, root, sender);
                }
                self.ended(sender);
            }
        }
    }

    fn job_done(
        &mut self,
        id: JobId,
        outcome: Outcome,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match (self.jobs.remove(&id), outcome) {
            (Some(Asker::Wizard), outcome) => {
                if let Some(wizard) = &self.wizard {
                    wizard.emit(wizard::Input::Done(id, Box::new(outcome)));
                }
            }
            (Some(Asker::Probe), outcome) => {
                self.probe.emit(probe::Input::Done(id, Box::new(outcome)));
            }
            (Some(Asker::Editor), outcome) => {
                self.editor.emit(editor::Input::Done(id, Box::new(outcome)));
            }
            (Some(Asker::Admin), outcome) => self.tell_admin(id, outcome),
            (Some(Asker::Accounts), Outcome::Described(description)) => {
                self.accounts.emit(accounts::Input::Described(description));
            }
            (Some(Asker::Edit(part)), Outcome::Described(description)) => {
                self.edit(description, part, root, sender);
            }
            (Some(Asker::Change), Outcome::Undone) => {
                self.widgets.toast(&gettext("The changes were taken back"));
            }
            (Some(Asker::Amend), outcome) => self.amended(outcome, root, sender),
            (Some(Asker::Window), Outcome::Undone) => {
                self.widgets
                    .toast(&gettext("The account was taken out again"));
            }
            (Some(Asker::Window | Asker::Change | Asker::Edit(_)), Outcome::Failed(failed)) => {
                let why = match &failed.unsaved {
                    Some(unsaved) => unsaved.to_string(),
                    None => words::headline(failed.cause()),
                };
                self.widgets.toast(&why);
            }
            _ => {}
        }
    }

    fn take(&mut self, all: &Snapshot) {
        self.ids = all.accounts.iter().map(|a| a.id.clone()).collect();
        let scheduled = all.accounts.iter().filter(|a| a.state != State::Skipped);
        self.scheduled = scheduled.map(|a| a.id.clone()).collect();
        self.is_paused = all.is_paused;
        self.editor.emit(editor::Input::Paused(all.is_paused));
        let busy = all.accounts.iter().filter(|a| a.state.is_busy());
        self.busy = busy.map(|a| a.id.clone()).collect();
        self.halted = all.halted.clone();
        self.stale = all.stale.clone();
        self.advice = all.advice.clone();
        self.rc_path = all.rc_path.clone();
        self.show_check();
        self.show_bar();
    }

    fn note_busy(&mut self, status: &AccountStatus) {
        let was_idle = self.busy.is_empty();
        if status.state.is_busy() {
            self.busy.insert(status.id.clone());
        } else {
            self.busy.remove(&status.id);
        }
        if was_idle != self.busy.is_empty() {
            self.show_check();
        }
    }

    fn show_check(&self) {
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

    fn show_bar(&self) {
        self.widgets.bar.show(self.notice().as_ref(), &self.rc_path);
    }

    fn show_details(&self, root: &adw::ApplicationWindow, sender: &ComponentSender<Self>) {
        let Some(notice) = self.notice() else { return };
        let Some((heading, text)) = notice.details(&self.rc_path) else {
            return;
        };
        let to = sender.input_sender().clone();
        window::show_text(root, &heading, &text, move || to.emit(Msg::Act("reload")));
    }

    /// The second button: reload, or do not show this again.
    fn settle(&mut self) {
        match self.notice() {
            Some(Notice::Halt(_) | Notice::Stale(_)) => self.send(Command::Reload),
            Some(Notice::Advice(_)) => self.advice.clear(),
            Some(Notice::Paused) => self.send(Command::Resume),
            Some(Notice::NoTray) => self.lacks_tray = false,
            None => {}
        }
        self.show_bar();
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

    fn on_account(&mut self, wish: accounts::Output, sender: &ComponentSender<Self>) {
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

    fn on_activity(&self, wish: &activity::Output) {
        match wish {
            activity::Output::CheckAll => self.check(None),
            activity::Output::Searching(is_on) => self.widgets.search.set_active(*is_on),
            activity::Output::Copied(lines) => {
                let text = ngettext("{n} line copied", "{n} lines copied", u64::from(*lines));
                self.widgets.toast(&fill(&text, &[("n", lines)]));
            }
        }
    }

    fn on_probe(
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
}

impl App {
    fn on_editor(
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

/// The accounts and how they reach their servers.
fn servers(all: &Snapshot) -> Vec<(AccountId, crate::engine::api::ServerFacts)> {
    let pairs = all.accounts.iter();
    pairs.map(|a| (a.id.clone(), a.server.clone())).collect()
}
