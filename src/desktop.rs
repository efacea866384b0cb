//! Window, tray, notices and engine in one process: who is started when, who hears of what, and
//! how all of it ends.
//!
//! The engine runs on a runtime of its own, made before the first window; GTK keeps the main
//! thread. One `adw::Application` makes sure that a second start speaks to the first.

mod notify;
mod options;
mod pictures;
mod prefs;
mod signals;
mod tray;

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use adw::prelude::*;
use gtk::{gio, glib};
use relm4::{Component, ComponentController, Controller, Sender};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{broadcast, mpsc};

use crate::engine::api::{Command, Event, Snapshot};
use crate::ui::{self, App, Init, Msg, Out};

/// The engine as the desktop sees it.
#[derive(Clone)]
pub struct EngineDoor {
    /// Takes a command; never blocks.
    pub send: Arc<dyn Fn(Command) + Send + Sync>,
    /// Another ear for everything the engine tells from now on.
    pub subscribe: Arc<dyn Fn() -> broadcast::Receiver<Event> + Send + Sync>,
    /// Everything there is to show, now.
    pub snapshot: Arc<dyn Fn() -> Snapshot + Send + Sync>,
}

/// How long the last notices may take to be withdrawn, and tasks to end.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// Runs the desktop program with `args` (the program's name first); `open` starts the engine on
/// the runtime it is given, in the first program of this user only.
pub fn run(args: &[String], open: impl FnOnce(&Handle) -> EngineDoor + 'static) -> ExitCode {
    let app = adw::Application::new(
        Some(crate::APP_ID),
        gio::ApplicationFlags::HANDLES_COMMAND_LINE,
    );
    options::declare(&app);
    let desk = Rc::new(RefCell::new(None::<Desk>));
    let open = RefCell::new(Some(open));
    let made = desk.clone();
    app.connect_startup(move |app| {
        let Some(open) = open.take() else { return };
        match Desk::new(app, open) {
            Ok(desk) => *made.borrow_mut() = Some(desk),
            Err(error) => {
                tracing::error!(%error, "no threads for the engine");
                app.quit();
            }
        }
    });
    let asked = desk.clone();
    app.connect_command_line(move |_, line| {
        if let Some(desk) = asked.borrow().as_ref() {
            options::messages(line)
                .into_iter()
                .for_each(|message| desk.tell(message));
        }
        glib::ExitCode::SUCCESS
    });
    let raised = desk.clone();
    app.connect_activate(move |_| {
        if let Some(desk) = raised.borrow().as_ref() {
            desk.tell(Msg::Present(None));
        }
    });
    let code = app.run_with_args(args);
    if let Some(desk) = desk.take() {
        desk.end();
    }
    ExitCode::from(code.get())
}

/// What lives from the first start to the end.
struct Desk {
    window: Controller<App>,
    runtime: Runtime,
    notices: tokio::task::JoinHandle<()>,
    /// Keeps the program alive without a window on the screen.
    _hold: gio::ApplicationHoldGuard,
}

impl Desk {
    fn new(
        app: &adw::Application,
        open: impl FnOnce(&Handle) -> EngineDoor,
    ) -> std::io::Result<Self> {
        ui::prepare();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("engine")
            .enable_all()
            .build()?;
        let door = open(runtime.handle());
        // Subscribed first: what happens before the snapshot is told twice rather than never.
        let (events, news) = ((door.subscribe)(), (door.subscribe)());
        let first = (door.snapshot)();
        let (commands, orders) = mpsc::unbounded_channel();
        let init = Init {
            commands,
            first: first.clone(),
            editor: prefs::kept(),
        };
        let quit = app.clone();
        let window = App::builder()
            .launch(init)
            .connect_receiver(move |_, out| match out {
                Out::Quit => quit.quit(),
                Out::Remember(kept) => prefs::keep(&kept),
                Out::Prefer {
                    starts_at_login,
                    notifies,
                } => prefs::take(starts_at_login, notifies),
            });
        app.add_window(window.widget());
        add_actions(app, window.sender());
        let to_window = window.sender().clone();
        runtime.spawn(carry(orders, door.clone()));
        runtime.spawn(forward(events, door.clone(), to_window.clone()));
        runtime.spawn(signals::watch(to_window.clone()));
        runtime.spawn(tray::keep(
            door.clone(),
            pictures::draw(),
            to_window.clone(),
        ));
        let notices = runtime.spawn(notify::keep(door, news, first, to_window));
        Ok(Self {
            window,
            runtime,
            notices,
            _hold: app.hold(),
        })
    }

    fn tell(&self, message: Msg) {
        self.window.emit(message);
    }

    /// The notices go, then the tasks.
    fn end(self) {
        let notices = self.notices;
        let _ = self
            .runtime
            .block_on(async { tokio::time::timeout(LAST_WAIT, notices).await });
        self.runtime.shutdown_timeout(LAST_WAIT);
    }
}

/// Actions other programs may ask for over D-Bus (desktop file, `--quit`).
fn add_actions(app: &adw::Application, window: &Sender<Msg>) {
    let add = |name: &str, message: fn() -> Msg| {
        let action = gio::SimpleAction::new(name, None);
        let to = window.clone();
        action.connect_activate(move |_, _| to.emit(message()));
        app.add_action(&action);
    };
    add("check-now", || Msg::Check(None));
    add("probe", || Msg::Probe(String::new()));
    add("quit", || Msg::Quit);
}

/// What the window orders reaches the engine.
async fn carry(mut orders: mpsc::UnboundedReceiver<Command>, door: EngineDoor) {
    while let Some(command) = orders.recv().await {
        (door.send)(command);
    }
}

/// What the engine tells reaches the window; after a gap everything is told anew.
async fn forward(mut events: broadcast::Receiver<Event>, door: EngineDoor, window: Sender<Msg>) {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(broadcast::error::RecvError::Lagged(_)) => Event::Loaded((door.snapshot)()),
            Err(broadcast::error::RecvError::Closed) => Event::Ended,
        };
        let is_last = event == Event::Ended;
        if window.send(Msg::Event(event)).is_err() || is_last {
            return;
        }
    }
}
