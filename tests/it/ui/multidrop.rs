//! Several recipients of one mailbox, in the editor over a real engine: who gets a message and why
//! is the same as `postrider route` says of the file that is saved, and samples tell what changes.

use postrider::engine::{Asks, File, Handle, Options, Rhythm, Source, start};
use postrider::net::World;
use postrider::rc::Overrides;
use postrider::store::Places;
use tokio::runtime::Runtime;
use tokio::sync::broadcast::Receiver;

use super::*;
use crate::support::home::Home;
use crate::support::journey::program;
use crate::support::mailbox::Message;
use crate::support::server::Server;

const RC: &str = "# One mailbox for all\nset postmaster chief\n\npoll mx.example proto pop3 no dns\n    user office password \"s3cret\" is ann\n";

const MAPPED: &str = "Received: from far by mx.example; Mon\nFrom: z@far.example\nSubject: For Bernd\nTo: Bernd\n <bernd@example.org>\n\nThe body.\n";
const UNKNOWN: &str = "From: z@far.example\nSubject: For nobody\nTo: zoe@mx.example\n";
const LOCAL: &str =
    "From: z@far.example\nSubject: For the boss\nCc: boss@corp.example, x@far.example\n";

/// The window, and the engine of a home of its own.
pub struct Page {
    pub desk: Desk,
    home: Home,
    runtime: Runtime,
    handle: Handle,
    events: Receiver<Event>,
}

impl Page {
    pub fn open(rc: &str, width: i32) -> Self {
        Self::open_in(Runtime::new().unwrap(), rc, width)
    }

    pub fn open_in(runtime: Runtime, rc: &str, width: i32) -> Self {
        let home = Home::own();
        home.rc(rc);
        let (handle, events) = {
            let _inside = runtime.enter();
            start(runtime.handle(), options(&home))
        };
        let mut page = Self {
            desk: Desk::open(Snapshot::default(), width),
            home,
            runtime,
            handle,
            events,
        };
        page.desk.act("show-editor");
        page.until("the file", |desk| !desk.all("editor-structure").is_empty());
        page
    }

    /// Carries what the window and the engine say to each other until it holds.
    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&Desk) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !holds(&self.desk) {
            assert!(
                Instant::now() < end,
                "not within 20 s: {what}: {:?}",
                self.desk.texts()
            );
            while let Ok(command) = self.desk.commands.try_recv() {
                self.handle.send(command);
            }
            while let Ok(event) = self.events.try_recv() {
                self.desk.app.emit(Msg::Event(event));
            }
            let waker = glib::timeout_add_local_once(Duration::from_millis(10), || {});
            glib::MainContext::default().iteration(true);
            if glib::MainContext::default()
                .find_source_by_id(&waker)
                .is_some()
            {
                waker.remove();
            }
        }
    }

    fn shows(&mut self, part: &str) {
        self.until(part, |desk| desk.shows(part));
    }

    /// Selects the line at that place of the list.
    pub fn select(&mut self, place: u32) {
        let list = self.desk.find::<gtk::ListView>("editor-list");
        let model = list.model().and_downcast::<gtk::SingleSelection>();
        model.unwrap().set_selected(place);
        self.desk.settle();
    }

    pub fn turn(&self, page: &str) {
        let choice = self.desk.find::<gtk::DropDown>("editor-page");
        let model = choice.model().and_downcast::<gtk::StringList>().unwrap();
        let at = (0..model.n_items()).find(|at| model.string(*at).is_some_and(|s| s == page));
        choice.set_selected(at.unwrap_or_else(|| panic!("{page}")));
        self.desk.settle();
    }

    /// The several lines of an option.
    fn set_lines(&self, option: &str, text: &str) {
        let row = self.desk.find::<gtk::Widget>(&format!("option-{option}"));
        let mut view = None;
        collect(&row, &mut |widget| {
            view = view
                .take()
                .or_else(|| widget.downcast_ref::<gtk::TextView>().cloned());
        });
        view.unwrap().buffer().set_text(text);
        self.desk.settle();
    }

    fn entry(&self, name: &str, nth: usize) -> gtk::Entry {
        self.desk.all(name)[nth].clone().downcast().unwrap()
    }

    fn paste(&mut self, text: &str) {
        let view = self.desk.find::<gtk::TextView>("try-text");
        view.buffer().set_text(text);
        self.desk.settle();
    }

    fn chips(&self) -> Vec<String> {
        let chips = self.desk.all("try-chip");
        chips.iter().flat_map(texts_of).collect()
    }

    /// Tries a message and waits for who gets it.
    fn tries(&mut self, text: &str, names: &[&str]) {
        self.paste(text);
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let seen = self.chips();
            if seen == names && self.can_keep() {
                return;
            }
            assert!(Instant::now() < end, "{seen:?}, not {names:?}");
            let soon = Instant::now() + Duration::from_millis(50);
            self.until("a while", |_| Instant::now() > soon);
        }
    }

    fn can_keep(&self) -> bool {
        self.desk.find::<gtk::Button>("try-keep").is_sensitive()
    }

    /// Keeps it; so many samples are there then.
    fn keeps(&mut self, count: usize) {
        self.desk.press("try-keep");
        self.until("a sample", |desk| words(desk) == vec!["Passed"; count]);
    }

    /// The steps, each with its title.
    fn steps(&self) -> Vec<(String, String)> {
        let pair = |row: &gtk::Widget| {
            let texts = texts_of(row);
            (texts[0].clone(), texts[1].clone())
        };
        self.desk.all("try-step").iter().map(pair).collect()
    }

    fn saves(&mut self) {
        self.desk.press("editor-save");
        self.until("the review", |desk| !desk.all("review").is_empty());
        self.until("samples", |desk| !desk.shows("being checked…"));
        self.desk.press("review-save");
        self.shows(" saved");
    }

    /// What `postrider route` says of the file that was saved.
    fn route(&self, message: &str) -> String {
        self.home.write("message", message);
        let run = self.home.run(program(), &["route", "message"]);
        self.runtime.block_on(run).out
    }
}

/// What the samples say of themselves.
fn words(desk: &Desk) -> Vec<String> {
    let words = desk.all("sample-word");
    words.iter().flat_map(texts_of).collect()
}

fn options(home: &Home) -> Options {
    let own = home.path().to_owned();
    let env = move |name: &str| (name == "HOME").then(|| own.clone().into_os_string());
    Options {
        source: Source {
            file: File::Path(home.path().join(".fetchmailrc")),
            overrides: Overrides::default(),
            servers: vec!["nothing is polled".into()],
            user: "ada".into(),
            is_root: false,
        },
        rhythm: Rhythm::Desktop,
        only_check: false,
        serial: false,
        places: Places::from_env(env, 1000, |_| None).unwrap(),
        program: program().to_owned(),
        world: World::system(),
        asks: Asks::Nobody,
        keyring: false,
    }
}

/// A page of a mailbox that has become one for several people.
fn several(width: i32) -> Page {
    let mut page = Page::open(RC, width);
    page.select(2);
    page.turn("Several recipients (multidrop)");
    page.shows("One recipient: no header is looked at, every message goes to ann.");
    page.desk.press("names-add");
    page.entry("name-remote", 1).set_text("bernd");
    page.desk.settle();
    page.entry("name-local", 1).set_text("bb");
    page.set_lines("aka", "example.org");
    page.set_lines("localdomains", "corp.example");
    page.until("several", |desk| desk.all("multidrop-single").is_empty());
    page
}

#[gtk::test]
fn who_gets_a_message_and_what_a_change_does() {
    let mut page = several(1200);
    page.shows("No Samples");
    let mut said = Vec::new();
    let messages: [(&str, &[&str]); 3] = [
        (MAPPED, &["bb"]),
        (UNKNOWN, &["Last resort: chief"]),
        (LOCAL, &["boss@corp.example"]),
    ];
    for (nth, (message, names)) in messages.into_iter().enumerate() {
        page.tries(message, names);
        said.push(page.steps());
        page.keeps(nth + 1);
        page.desk.is_named();
        page.desk.shot(&format!("multidrop-{nth}"));
    }
    assert!(page.desk.shows("For Bernd: still goes to bb"));
    assert!(said[1].iter().any(|(title, _)| title == "Header added"));
    page.saves();
    // The command line says the same.
    for ((message, names), steps) in messages.into_iter().zip(&said) {
        let out = page.route(message);
        let name = names[0].trim_start_matches("Last resort: ");
        assert!(out.starts_with(&format!("{name}\t")), "{out}");
        for (title, text) in steps {
            if ["Host", "Name", "Prefix", "In the end"].contains(&title.as_str()) {
                assert!(out.contains(text), "{text}: {out}");
            }
        }
        assert!(steps.iter().any(|(title, _)| title == "Host"), "{steps:?}");
    }
    let rc = std::fs::read_to_string(page.home.path().join(".fetchmailrc")).unwrap();
    assert!(!rc.contains("Subject"), "samples are not in it: {rc}");
    // A change is seen, in words; undone, all is well again.
    page.entry("name-local", 1).set_text("carl");
    page.shows("For Bernd: was bb, now carl");
    assert_eq!(words(&page.desk), ["Changed", "Passed", "Passed"]);
    page.desk.shot("multidrop-changed");
    page.desk.press("editor-save");
    page.until("the review", |desk| !desk.all("review").is_empty());
    page.shows("2 samples still go to the same people");
    assert!(page.desk.shows("For Bernd: was bb, now carl"));
    let review = page.desk.find::<gtk::Window>("review");
    page.desk.shot_of(&review, "multidrop-review");
    page.desk.is_named();
    // Even who wants no review gets one then.
    let skip = page.desk.find::<gtk::CheckButton>("review-skip");
    skip.set_active(true);
    page.desk.press("review-cancel");
    page.desk.press("editor-save");
    page.until("the review", |desk| !desk.all("review").is_empty());
    let skip = page.desk.find::<gtk::CheckButton>("review-skip");
    assert!(skip.is_active());
    skip.set_active(false);
    page.desk.press("review-cancel");
    page.desk.press("editor-undo");
    page.until("well", |desk| words(desk) == ["Passed"; 3]);
    // What holds now is right.
    page.desk.press("editor-redo");
    page.shows("now carl");
    page.desk.press("sample-expect");
    page.until("expected", |desk| words(desk) == ["Passed"; 3]);
    assert!(page.desk.shows("For Bernd: still goes to carl"));
    // Samples go along with a name that is saved, and go when they are removed.
    page.turn("Server");
    page.desk
        .find::<gtk::Entry>("entry-label")
        .set_text("mx2.example");
    page.turn("Several recipients (multidrop)");
    page.until("kept", |desk| words(desk).len() == 3);
    page.saves();
    page.until("kept", |desk| words(desk).len() == 3);
    let kept = page.desk.all("sample-remove").len();
    for left in (0..kept).rev() {
        let first = page.desk.all("sample-remove").remove(0);
        first.downcast::<gtk::Button>().unwrap().emit_clicked();
        page.until("removed", |desk| words(desk).len() == left);
    }
    page.shows("No Samples");
}

#[gtk::test]
fn steps_lead_to_what_decides_them() {
    let mut page = several(1200);
    page.tries(MAPPED, &["bb"]);
    let buffer = page.desk.find::<gtk::TextView>("try-text").buffer();
    let used = buffer.tag_table().lookup("used").unwrap();
    let marked: Vec<bool> = (0..6)
        .map(|line| buffer.iter_at_line(line).unwrap().has_tag(&used))
        .collect();
    assert_eq!(marked, [false, false, false, true, true, false]);
    let list = page.desk.find::<gtk::ListBox>("try-steps");
    let open = |page: &Page, title: &str| {
        let at = page.steps().iter().position(|(seen, _)| seen == title);
        let row = list.row_at_index(at.unwrap() as i32).unwrap();
        list.emit_by_name::<()>("row-activated", &[&row]);
        page.desk.settle();
    };
    open(&page, "bernd@example.org");
    assert_eq!(buffer.iter_at_offset(buffer.cursor_position()).line(), 3);
    open(&page, "Host");
    let focus = gtk::prelude::GtkWindowExt::focus(page.desk.window()).unwrap();
    let row = page.desk.find::<gtk::Widget>("option-aka");
    assert!(focus.is_ancestor(&row), "{focus:?}");
    open(&page, "Name");
    let focus = gtk::prelude::GtkWindowExt::focus(page.desk.window()).unwrap();
    assert!(focus.is_ancestor(&page.entry("name-remote", 0)));
    open(&page, "Handed over by");
    assert!(page.desk.shows("office at mx.example"));
    // And back, by the page of the user.
    page.desk.press("multidrop-visit");
    assert!(!page.desk.all("names").is_empty());
    // What DNS says can be assumed.
    page.set_lines("aka", "");
    let dns = page.desk.find::<gtk::Widget>("option-dns");
    collect(&dns, &mut |widget| {
        if let Some(switch) = widget.downcast_ref::<gtk::Switch>() {
            switch.set_active(true);
        }
    });
    page.desk
        .find::<gtk::CheckButton>("dns-yes")
        .set_active(true);
    page.until("is", |desk| desk.shows("example.org is mx.example by DNS"));
    page.desk
        .find::<gtk::CheckButton>("dns-no")
        .set_active(true);
    page.until("is not", |desk| desk.shows("Last resort: chief"));
    // The same once more would be a copy.
    page.desk
        .find::<gtk::CheckButton>("dns-yes")
        .set_active(true);
    let copy = format!("Message-ID: <1@far.example>\n{MAPPED}");
    page.tries(&copy, &["bb"]);
    page.paste("");
    page.until("nothing", |desk| desk.all("try-result").is_empty());
    page.tries(&copy, &["bb"]);
    page.shows("the same by Message-ID, writer and date");
    page.paste("");
    page.paste(UNKNOWN);
    page.until("another", |desk| !desk.shows("by Message-ID"));
    // A file that cannot be used tells nothing, and says why.
    let source = page.desk.find::<gtk::TextView>("editor-text").buffer();
    source.insert(&mut source.start_iter(), "nonsense\n");
    page.until("no answer", |desk| desk.shows("It cannot be told"));
    assert!(!page.can_keep());
    reveal(&page.desk, "try-text");
    page.desk.shot("multidrop-broken");
}

#[gtk::test]
fn a_message_is_taken_from_the_mailbox() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start());
    server.store.add_user("office", "s3cret");
    let messages = [MAPPED, UNKNOWN].map(Message::text);
    server.store.add("office", "INBOX", messages);
    let rc = format!(
        "set postmaster chief\npoll localhost proto imap port {} no dns aka example.org\n    user one is one\n    user office password s3cret sslproto '' is ann bernd=bb here\n",
        server.imap
    );
    let mut page = Page::open_in(runtime, &rc, 900);
    page.select(2);
    page.turn("Several recipients (multidrop)");
    assert!(page.desk.shows("One recipient"));
    page.desk
        .find::<gtk::DropDown>("multidrop-user")
        .set_selected(1);
    page.until("two names", |desk| desk.all("name-remote").len() == 2);
    page.desk.press("try-take");
    page.until("two messages", |desk| desk.all("take-message").len() == 2);
    page.desk.is_named();
    let window = page.desk.find::<gtk::Window>("take");
    page.desk.shot_of(&window, "multidrop-take");
    let list = page.desk.find::<gtk::ListBox>("take-list");
    let row = list.row_at_index(1).unwrap();
    list.emit_by_name::<()>("row-activated", &[&row]);
    page.until("closed", |desk| desk.all("take").is_empty());
    page.until("bernd", |desk| {
        desk.all("try-chip").iter().flat_map(texts_of).eq(["bb"])
    });
    let flags = server.store.messages("office", "INBOX");
    assert!(flags.iter().all(|message| message.flags.is_empty()));
    let said = server.transcript().join("\n");
    assert!(
        !said.contains("SELECT") && !said.contains("STORE"),
        "{said}"
    );
}

#[gtk::test]
fn pictures_of_several_recipients() {
    for (width, name) in [(1200, "wide"), (360, "narrow")] {
        let mut page = match width {
            360 => Page::open(RC, width),
            _ => several(width),
        };
        if width == 360 {
            page.select(2);
            page.turn("Several recipients (multidrop)");
            page.entry("name-local", 0).set_text("anna");
            page.desk
                .find::<gtk::Switch>("names-everyone")
                .set_active(true);
        }
        let names: &[&str] = match width {
            360 => &["zoe"],
            _ => &["Last resort: chief"],
        };
        page.tries(UNKNOWN, names);
        page.keeps(1);
        page.tries(
            LOCAL,
            if width == 360 {
                &["Last resort: chief"]
            } else {
                &["boss@corp.example"]
            },
        );
        page.keeps(2);
        let is_large = std::env::var_os("POSTRIDER_LARGE").is_some();
        assert!(is_large || page.desk.window().width() <= width);
        page.desk.is_named();
        let dark = adw::StyleManager::default();
        for scheme in [adw::ColorScheme::ForceLight, adw::ColorScheme::ForceDark] {
            dark.set_color_scheme(scheme);
            let tint = if dark.is_dark() { "dark" } else { "light" };
            for (place, widget) in ["names", "try-text", "try-steps", "samples"]
                .into_iter()
                .enumerate()
            {
                reveal(&page.desk, widget);
                page.desk.shot(&format!("several-{name}-{tint}-{place}"));
            }
        }
        dark.set_color_scheme(adw::ColorScheme::Default);
    }
}

/// Scrolls a widget to the top.
fn reveal(desk: &Desk, name: &str) {
    let widget = desk.find::<gtk::Widget>(name);
    let mut scroll = widget.ancestor(gtk::ScrolledWindow::static_type());
    while let Some(outer) = scroll
        .as_ref()
        .and_then(|s| s.parent())
        .and_then(|p| p.ancestor(gtk::ScrolledWindow::static_type()))
    {
        scroll = Some(outer);
    }
    let scroll = scroll.and_downcast::<gtk::ScrolledWindow>().unwrap();
    let adjustment = scroll.vadjustment();
    let (_, y) = widget.translate_coordinates(&scroll, 0.0, 0.0).unwrap();
    adjustment.set_value(adjustment.value() + y - 40.0);
    desk.settle();
}
