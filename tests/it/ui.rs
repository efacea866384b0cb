//! The window in process: launched with a channel in place of the engine, acted on, looked at.
//!
//! `GSK_RENDERER=cairo GTK_A11Y=test xvfb-run -a dbus-run-session -- cargo test --test it ui::`
//! With `POSTRIDER_SHOTS=DIR` each test also leaves pictures there; with `POSTRIDER_LARGE=1` all text is
//! twice as large.

mod accounts;
mod activity;
mod admin;
mod desktop;
mod editor;
mod files;
mod folders;
mod keys;
mod large;
mod looks;
mod multidrop;
mod probe;
mod pseudo;
mod question;
mod sample;
mod window;
mod wizard;
mod working;

use std::time::{Duration, Instant};

use adw::prelude::*;
use gtk::glib;
use postrider::engine::api::job::{FileWish, Job, JobId};
use postrider::engine::api::samples::SampleWish;
use postrider::engine::api::{AccountId, Command, Event, Snapshot};
use postrider::ui::{self, App, Init, Kept, Msg, Out, a11y};
use relm4::{Component, ComponentController, Controller};
use tokio::sync::mpsc;

/// A window on a virtual screen, and the engine's end of its channel.
pub struct Desk {
    app: Controller<App>,
    commands: mpsc::UnboundedReceiver<Command>,
    outs: mpsc::UnboundedReceiver<Out>,
    /// Accounts whose settings the window wants to know; nobody has told it.
    describes: Vec<(JobId, AccountId)>,
    /// The editor wants to know what lies beside its file; nobody has told it.
    besides: Vec<JobId>,
}

impl Desk {
    /// Shows `first` in a window of that width.
    pub fn open(first: Snapshot, width: i32) -> Self {
        adw::init().unwrap();
        ui::prepare();
        if std::env::var_os("POSTRIDER_LARGE").is_some()
            && let Some(settings) = gtk::Settings::default()
        {
            settings.set_gtk_xft_dpi(2 * 96 * 1024);
        }
        let (to_engine, commands) = mpsc::unbounded_channel();
        let (say, outs) = mpsc::unbounded_channel();
        let init = Init {
            commands: to_engine,
            first,
            editor: Kept::default(),
        };
        let app = App::builder()
            .launch(init)
            .connect_receiver(move |_, out| drop(say.send(out)));
        app.widget().set_default_size(width, 680);
        app.emit(Msg::Present(None));
        let desk = Self {
            app,
            commands,
            outs,
            describes: Vec::new(),
            besides: Vec::new(),
        };
        desk.until("on the screen", || desk.app.widget().is_mapped());
        desk.settle();
        desk
    }

    /// The window.
    pub fn window(&self) -> &adw::ApplicationWindow {
        self.app.widget()
    }

    /// The engine says `event`.
    pub fn event(&self, event: Event) {
        self.app.emit(Msg::Event(event));
        self.settle();
    }

    /// The program around the window says `message`.
    pub fn tell(&self, message: Msg) {
        self.app.emit(message);
        self.settle();
    }

    /// Turns the main loop until it holds; fails after twenty seconds.
    pub fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        let context = glib::MainContext::default();
        while !holds() {
            assert!(Instant::now() < end, "not within 20 s: {what}");
            let waker = glib::timeout_add_local_once(Duration::from_millis(20), || {});
            context.iteration(true);
            if glib::MainContext::default()
                .find_source_by_id(&waker)
                .is_some()
            {
                waker.remove();
            }
        }
    }

    /// Turns the main loop until messages are done, as far as one can tell, and what they changed
    /// has been drawn.
    pub fn settle(&self) {
        let end = Instant::now() + Duration::from_millis(120);
        self.until("settled", || Instant::now() >= end);
        let window = self.window();
        let Some(clock) = window.frame_clock().filter(|_| window.is_mapped()) else {
            return;
        };
        let before = clock.frame_counter();
        self.until("drawn", || {
            window.queue_draw();
            clock.frame_counter() >= before + 2 || !window.is_mapped()
        });
    }

    /// The next command to the engine.
    pub fn command(&mut self) -> Command {
        let mut got = None;
        let end = Instant::now() + Duration::from_secs(5);
        while got.is_none() {
            assert!(Instant::now() < end, "no command within 5 s");
            glib::MainContext::default().iteration(false);
            got = self.heard();
        }
        got.unwrap()
    }

    /// A command, if there is one; what an account page wants to know is put aside.
    fn heard(&mut self) -> Option<Command> {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Start { id, job } if matches!(*job, Job::Describe(_)) => {
                    if let Job::Describe(account) = *job {
                        self.describes.push((id, account));
                    }
                }
                Command::Start { id, job } if is_look(&job) => self.besides.push(id),
                // The editor asks for samples with each file; most tests have none.
                Command::Start { job, .. } if is_reading(&job) => {}
                other => return Some(other),
            }
        }
        None
    }

    /// The next account whose settings are wanted.
    pub fn described(&mut self) -> (JobId, AccountId) {
        let end = Instant::now() + Duration::from_secs(5);
        while self.describes.is_empty() {
            assert!(Instant::now() < end, "not asked within 5 s");
            glib::MainContext::default().iteration(false);
            assert_eq!(self.heard(), None);
        }
        self.describes.remove(0)
    }

    /// No command has come.
    pub fn is_silent(&mut self) -> bool {
        self.settle();
        self.heard().is_none()
    }

    /// What the window said to the program.
    pub fn out(&mut self) -> Option<Out> {
        self.settle();
        self.outs.try_recv().ok()
    }

    /// All widgets on the screen of that name, in any window.
    pub fn all(&self, name: &str) -> Vec<gtk::Widget> {
        let mut found = Vec::new();
        for window in windows() {
            collect(window.upcast_ref(), &mut |widget| {
                if widget.widget_name() == name && widget.is_mapped() {
                    found.push(widget.clone());
                }
            });
        }
        found
    }

    /// The one widget on the screen of that name.
    pub fn find<W: IsA<gtk::Widget>>(&self, name: &str) -> W {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "{name}");
        all.into_iter().next().unwrap().downcast().unwrap()
    }

    /// Presses the button of that name.
    pub fn press(&self, name: &str) {
        self.find::<gtk::Button>(name).emit_clicked();
        self.settle();
    }

    /// Presses the first button on the screen that shows `text`.
    pub fn press_text(&self, text: &str) {
        let mut found = None;
        for window in windows() {
            collect(window.upcast_ref(), &mut |widget| {
                if let Some(button) = widget.downcast_ref::<gtk::Button>()
                    && widget.is_mapped()
                    && texts_of(widget).iter().any(|t| t == text)
                    && found.is_none()
                {
                    found = Some(button.clone());
                }
            });
        }
        found.expect(text).emit_clicked();
        self.settle();
    }

    /// Does what a key or menu entry does.
    pub fn act(&self, name: &str) {
        gtk::prelude::WidgetExt::activate_action(self.window(), &format!("win.{name}"), None)
            .unwrap();
        self.settle();
    }

    /// All texts on the screen.
    pub fn texts(&self) -> Vec<String> {
        windows()
            .iter()
            .flat_map(|window| texts_of(window.upcast_ref()))
            .collect()
    }

    /// Whether a text on the screen contains `part`.
    pub fn shows(&self, part: &str) -> bool {
        self.texts().iter().any(|text| text.contains(part))
    }

    /// Every widget a screen reader needs to name has a name.
    pub fn is_named(&self) {
        if !a11y::can_walk() {
            assert!(std::env::var_os("CI").is_none(), "needs GTK_A11Y=test");
            eprintln!("skipped: names can only be read back with GTK_A11Y=test");
            return;
        }
        for window in windows() {
            assert_eq!(a11y::unnamed(&window), [] as [&str; 0]);
        }
    }

    /// Leaves a picture of the window if pictures are wanted.
    pub fn shot(&self, name: &str) {
        self.shot_of(self.window().upcast_ref(), name);
    }

    /// Leaves a picture of another window.
    pub fn shot_of(&self, window: &gtk::Window, name: &str) {
        let Some(dir) = std::env::var_os("POSTRIDER_SHOTS") else {
            return;
        };
        self.settle();
        let paintable = gtk::WidgetPaintable::new(Some(window));
        let mut node = None;
        self.until("a frame", || {
            let snapshot = gtk::Snapshot::new();
            paintable.snapshot(&snapshot, window.width().into(), window.height().into());
            node = snapshot.to_node();
            node.is_some()
        });
        let renderer = gtk::prelude::NativeExt::renderer(window).unwrap();
        let path = std::path::Path::new(&dir).join(format!("{name}.png"));
        renderer
            .render_texture(node.unwrap(), None)
            .save_to_png(path)
            .unwrap();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for window in windows() {
            window.destroy();
        }
    }
}

fn is_look(job: &Job) -> bool {
    matches!(
        job,
        Job::File {
            wish: FileWish::LookBeside,
            ..
        }
    )
}

fn is_reading(job: &Job) -> bool {
    matches!(job, Job::Samples(wish) if **wish == SampleWish::Read)
}

/// The windows on the screen.
fn windows() -> Vec<gtk::Window> {
    let all = gtk::Window::list_toplevels().into_iter();
    let windows = all.filter_map(|widget| widget.downcast::<gtk::Window>().ok());
    windows.filter(|window| window.is_mapped()).collect()
}

/// Calls `see` for `widget` and everything below it.
fn collect(widget: &gtk::Widget, see: &mut dyn FnMut(&gtk::Widget)) {
    see(widget);
    for child in a11y::children(widget) {
        collect(&child, see);
    }
}

/// The visible texts below `widget`.
fn texts_of(widget: &gtk::Widget) -> Vec<String> {
    let mut texts = Vec::new();
    collect(widget, &mut |widget| {
        if let Some(label) = widget.downcast_ref::<gtk::Label>()
            && label.is_mapped()
            && !label.text().is_empty()
        {
            texts.push(label.text().into());
        }
    });
    texts
}
