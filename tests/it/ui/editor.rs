//! The expert editor, with this test in place of the engine.

use postrider::base::Secret;
use postrider::engine::api::job::{Failed, Job, JobId, Outcome, RcText};
use postrider::engine::api::saving::{Base, Saved, Version, Which};
use postrider::engine::api::{Cause, Who};
use postrider::rc::lint::{self, Facts};
use postrider::rc::option::{self, Id, Scope};
use postrider::rc::outline::Outline;
use postrider::rc::{Document, Surroundings};

use super::*;

pub const FILE: &str = "# Mail of the family\nset daemon 300\nset postmaster ann\n\ndefaults\n    timeout 60\n    keep\n\npoll mail.example.org # the old one\n    proto imap\n    user \"ann@example.org\" is ann here\n    password \"s3cret\" ssl\n    user bob is bob\n    no keep\n\nskip pop.other.example proto pop3\n    envelope \"X-Original-To\"\n    localdomains example.net\n    user catchall to \"a@example.net\"=ann bob *\n    fetchall\n";

/// The editor, and the file that it has been given.
pub struct Page {
    pub desk: Desk,
}

impl Page {
    pub fn open(text: &str, width: i32) -> Self {
        let mut page = Self::open_quietly(text, width);
        page.looks_over();
        page
    }

    /// The same, and the text is not looked over yet.
    pub fn open_quietly(text: &str, width: i32) -> Self {
        let desk = Desk::open(Snapshot::default(), width);
        let mut page = Self { desk };
        page.desk.act("show-editor");
        let id = page.asked(|job| matches!(job, Job::ReadRc));
        page.ends(id, read(text));
        page.desk
            .until("the file", || !page.desk.all("editor-structure").is_empty());
        page
    }

    /// The id of the next job, which must be such a one.
    pub fn asked(&mut self, is_meant: impl Fn(&Job) -> bool) -> JobId {
        match self.desk.command() {
            Command::Start { id, job } if is_meant(&job) => id,
            other => panic!("{other:?}"),
        }
    }

    pub fn ends(&self, id: JobId, outcome: Outcome) {
        self.desk.event(Event::JobDone { id, outcome });
    }

    /// The text is looked over, as the engine does it; returns the text.
    pub fn looks_over(&mut self) -> String {
        let Command::Start { id, job } = self.desk.command() else {
            panic!("no job")
        };
        let Job::Lint(text) = *job else {
            panic!("{job:?}")
        };
        let facts = Facts {
            around: Surroundings {
                invoking_user: "ann".into(),
                ..Surroundings::default()
            },
            ..Facts::default()
        };
        let found = lint::check(&Document::parse(text.expose()), &facts);
        self.ends(id, Outcome::Linted(found));
        String::from_utf8(text.expose().to_vec()).unwrap()
    }

    /// Selects the line at that place of the list.
    pub fn select(&self, place: u32) {
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

    /// A widget of that kind in the row of an option.
    pub fn control<W: IsA<gtk::Widget>>(&self, option: &str) -> W {
        let row = self.desk.find::<gtk::Widget>(&format!("option-{option}"));
        let mut found = None;
        collect(&row, &mut |widget| {
            if found.is_none() {
                found = widget.downcast_ref::<W>().cloned();
            }
        });
        found.unwrap_or_else(|| panic!("{option}"))
    }

    pub fn saves(&mut self) -> String {
        self.desk.press("editor-save");
        self.desk
            .until("the review", || !self.desk.all("review").is_empty());
        self.desk.press("review-save");
        let Command::SaveRc { version, which } = self.desk.command() else {
            panic!("not saved")
        };
        assert_eq!(which, Which::Rc);
        let Version { bytes, .. } = version;
        self.desk.event(Event::Saved(Saved {
            which,
            path: "/home/ann/.fetchmailrc".into(),
            result: Ok(Base::of(bytes.expose())),
        }));
        String::from_utf8(bytes.expose().to_vec()).unwrap()
    }
}

pub fn read(text: &str) -> Outcome {
    Outcome::RcRead(Box::new(RcText {
        path: "/home/ann/.fetchmailrc".into(),
        bytes: Secret::new(text),
        base: Base::of(text.as_bytes()),
    }))
}

pub fn file(from: &str, to: &str) -> String {
    assert!(FILE.contains(from), "{from}");
    FILE.replacen(from, to, 1)
}

#[gtk::test]
fn an_option_is_changed_and_taken_back() {
    let mut page = Page::open(FILE, 1200);
    assert!(page.desk.shows("mail.example.org") && page.desk.shows("pop.other.example"));
    page.select(3);
    assert!(page.desk.shows("ann@example.org at mail.example.org"));
    page.turn("Copies on server");
    let keep = page.control::<gtk::Switch>("keep");
    assert!(keep.is_active(), "from the defaults");
    page.desk.is_named();
    page.desk.shot("editor-copies");
    keep.set_active(false);
    assert_eq!(
        page.looks_over(),
        file("\"s3cret\" ssl\n", "\"s3cret\" ssl\n    no keep\n")
    );
    page.desk.press("editor-undo");
    assert_eq!(page.looks_over(), FILE);
    assert!(keep.is_active());
    page.desk.press("editor-redo");
    page.looks_over();
    assert!(!page.control::<gtk::Switch>("keep").is_active());
    let saved = page.saves();
    assert_eq!(
        saved,
        file("\"s3cret\" ssl\n", "\"s3cret\" ssl\n    no keep\n")
    );
    assert!(page.desk.shows("/home/ann/.fetchmailrc saved"));
    assert!(!page.desk.find::<gtk::Button>("editor-save").is_sensitive());
}

#[gtk::test]
fn options_are_found() {
    let mut page = Page::open(FILE, 1200);
    page.select(5);
    page.desk.act("search");
    let field = page.desk.find::<gtk::SearchEntry>("editor-search");
    field.set_text("original");
    page.desk.until("a hit", || {
        page.desk.shows("Header that names the recipient")
    });
    page.desk.shot("editor-search");
    page.desk.is_named();
    field.emit_activate();
    page.desk.settle();
    assert!(page.desk.all("editor-search").is_empty());
    let line = page.control::<gtk::Entry>("envelope");
    assert_eq!(line.text(), "X-Original-To");
    line.set_text("2 Delivered-To");
    assert_eq!(
        page.looks_over(),
        file("\"X-Original-To\"", "2 \"Delivered-To\"")
    );
    line.set_text("two words");
    assert!(page.desk.shows("Enter the name of a header"));
    page.desk.act("search");
    field.set_text("no such thing");
    page.desk
        .until("nothing", || page.desk.shows("No Option Found"));
}

#[gtk::test]
fn the_source_is_live() {
    let mut page = Page::open(FILE, 1200);
    let view = page.desk.find::<gtk::TextView>("editor-text");
    let buffer = view.buffer();
    let text = |buffer: &gtk::TextBuffer| {
        let (start, end) = buffer.bounds();
        buffer.text(&start, &end, true).to_string()
    };
    assert_eq!(text(&buffer), file("\"s3cret\"", "••••••"));
    // Typed here, shown on the page.
    page.select(2);
    view.grab_focus();
    let at = text(&buffer).find("proto imap").unwrap() as i32;
    let mut iter = buffer.iter_at_offset(at);
    buffer.insert(&mut iter, "timeout 9 ");
    assert_eq!(
        page.looks_over(),
        file("proto imap", "timeout 9 proto imap")
    );
    assert_eq!(page.control::<gtk::Entry>("timeout").text(), "9");
    // Set on the page, shown here.
    page.control::<gtk::Entry>("timeout").set_text("77");
    assert_eq!(
        page.looks_over(),
        file("proto imap", "timeout 77 proto imap")
    );
    assert!(text(&buffer).contains("timeout 77 proto imap"));
    page.desk.shot("editor-source");
    // What cannot be read is said, and the pages wait.
    let mut iter = buffer.iter_at_offset(at);
    buffer.insert(&mut iter, "nonsense ");
    page.looks_over();
    assert!(page.desk.shows("Line 10: "), "{:?}", page.desk.texts());
    assert!(!page.control::<gtk::Entry>("timeout").is_sensitive());
    page.desk.shot("editor-broken");
    page.desk.press("editor-undo");
    page.looks_over();
    assert!(page.control::<gtk::Entry>("timeout").is_sensitive());
    // The password is replaced whole, and becomes dots when the cursor leaves it.
    let shown = text(&buffer);
    let dots = shown[..shown.find("••••••").unwrap()].chars().count() as i32;
    let (mut from, mut to) = (buffer.iter_at_offset(dots), buffer.iter_at_offset(dots + 6));
    buffer.delete(&mut from, &mut to);
    buffer.place_cursor(&buffer.iter_at_offset(dots));
    buffer.insert_at_cursor("\"zebra\"");
    let now = page.looks_over();
    assert!(now.contains("password \"zebra\" ssl"), "{now}");
    assert!(text(&buffer).contains("zebra"));
    buffer.place_cursor(&buffer.start_iter());
    page.desk.until("dots", || !text(&buffer).contains("zebra"));
    assert!(text(&buffer).contains("password •••••• ssl"));
    page.desk.is_named();
}

#[gtk::test]
fn passwords_are_shown_to_who_wants_to_see_them() {
    let page = Page::open(FILE, 1200);
    let buffer = page.desk.find::<gtk::TextView>("editor-text").buffer();
    let text = || {
        let (start, end) = buffer.bounds();
        buffer.text(&start, &end, true).to_string()
    };
    let toggle = page.desk.find::<gtk::ToggleButton>("editor-secrets");
    toggle.set_active(true);
    page.desk.until("the question", || {
        !page.desk.all("editor-secrets-question").is_empty()
    });
    assert!(!text().contains("s3cret") && !toggle.is_active());
    page.desk.is_named();
    page.desk.press_text("Show");
    page.desk.until("shown", || text().contains("s3cret"));
    assert!(toggle.is_active());
    toggle.set_active(false);
    page.desk.until("hidden", || !text().contains("s3cret"));
    // Not asked twice.
    toggle.set_active(true);
    page.desk.until("shown", || text().contains("s3cret"));
}

/// A file that cannot be read at first is read when it is asked for, or has become another one.
#[gtk::test]
fn a_file_that_could_not_be_read_is_read_again() {
    let desk = Desk::open(Snapshot::default(), 1200);
    let mut page = Page { desk };
    page.desk.act("show-editor");
    let fails = |page: &mut Page| {
        let id = page.asked(|job| matches!(job, Job::ReadRc));
        let trouble = sample::trouble(Who::You, Cause::Internal("it is a directory".into()), "");
        page.ends(id, Outcome::Failed(Box::new(Failed::new(trouble))));
        page.desk.settle();
        assert!(page.desk.shows("The Configuration Cannot Be Read"));
    };
    fails(&mut page);
    page.desk.is_named();
    page.desk.shot("editor-unreadable");
    page.desk.press("editor-again");
    fails(&mut page);
    page.desk.event(Event::Loaded(Snapshot::default()));
    let id = page.asked(|job| matches!(job, Job::ReadRc));
    page.ends(id, read(FILE));
    page.desk
        .until("the file", || !page.desk.all("editor-structure").is_empty());
}

/// What was changed is not lost: a person is asked, and who ends the program from outside gets a draft.
#[gtk::test]
fn what_is_not_saved_is_asked_for_or_kept() {
    let mut page = Page::open(FILE, 1200);
    page.desk.tell(Msg::Act("keep-draft"));
    page.select(0);
    page.control::<gtk::Entry>("daemon").set_text("900");
    let text = page.looks_over();
    page.desk.tell(Msg::Quit);
    page.desk.until("the question", || {
        !page.desk.all("discard-question").is_empty()
    });
    page.desk.is_named();
    page.desk.press_text("Keep Editing");
    page.desk.tell(Msg::Act("keep-draft"));
    let Command::SaveRc { version, which } = page.desk.command() else {
        panic!("no draft")
    };
    assert_eq!(which, Which::Draft);
    assert_eq!(version.bytes.expose(), text.as_bytes());
}

/// What is typed and taken away again is no password, and half a number no other one.
#[gtk::test]
fn slips_of_the_keyboard_change_nothing() {
    let mut page = Page::open(FILE, 1200);
    page.select(3);
    let dots = page.control::<gtk::PasswordEntry>("password");
    dots.grab_focus();
    dots.set_text("a");
    assert!(page.looks_over().contains("password \"a\""));
    dots.set_text("");
    assert_eq!(page.looks_over(), FILE);
    page.select(0);
    let every = page.control::<gtk::Entry>("daemon");
    every.grab_focus();
    every.set_text("90");
    assert!(page.looks_over().contains("daemon 90"));
    every.set_text("90m");
    page.desk.event(Event::Loaded(Snapshot::default()));
    page.desk.settle();
    assert_eq!(every.text(), "90m");
}

#[gtk::test]
fn what_one_user_says_all_can_say() {
    let mut page = Page::open(FILE, 1200);
    page.select(3);
    page.turn("Encryption");
    page.desk.press("option-share");
    assert_eq!(page.looks_over(), file("no keep\n", "no keep\n    ssl\n"));
    // The cursor in an option leads the source there.
    page.control::<gtk::Switch>("ssl").grab_focus();
    let buffer = page.desk.find::<gtk::TextView>("editor-text").buffer();
    page.desk.settle();
    let at = buffer.iter_at_offset(buffer.cursor_position());
    assert_eq!(at.line() + 1, 12);
}

#[gtk::test]
fn pictures() {
    for (width, name) in [(1200, "wide"), (720, "medium"), (360, "narrow")] {
        let page = Page::open(FILE, width);
        let is_large = std::env::var_os("POSTRIDER_LARGE").is_some();
        assert!(
            is_large || page.desk.window().width() <= width,
            "nothing asks for more"
        );
        let dark = adw::StyleManager::default();
        for scheme in [adw::ColorScheme::ForceLight, adw::ColorScheme::ForceDark] {
            dark.set_color_scheme(scheme);
            let tint = if dark.is_dark() { "dark" } else { "light" };
            page.desk.shot(&format!("editor-{name}-{tint}"));
        }
        dark.set_color_scheme(adw::ColorScheme::Default);
        if width < 600 {
            page.select(3);
            page.turn("Copies on server");
            page.desk.shot("editor-narrow-copies");
            page.desk.act("back");
            page.select(5);
            page.desk.shot("editor-narrow-server");
        }
        if width > 600 {
            let lines = [
                "General", "Defaults", "mail", "ann", "bob", "pop", "catchall",
            ];
            for (place, line) in (0..).zip(lines) {
                page.select(place);
                page.desk.shot(&format!("editor-{name}-{place}-{line}"));
            }
            page.select(5);
            page.turn("Several recipients (multidrop)");
            page.desk.shot(&format!("editor-{name}-several"));
        }
    }
}

/// What to set an option to, as somebody types it.
fn sample(keyword: &option::Keyword) -> &'static str {
    use option::{Id, Kind};
    match (keyword.id, keyword.kind) {
        (Id::Interface, _) => "eth0/192.0.2.1",
        (Id::Monitor, _) => "eth0",
        (Id::Sslproto, _) => "tls1.2+",
        (Id::Sslfingerprint, _) => "D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E",
        (_, Kind::Number) => "7",
        (_, Kind::Numbers) => "571\n550",
        (_, Kind::Service) => "1993",
        (_, Kind::List) => "one\ntwo words",
        (_, Kind::Names) => "ann\nx=y\n*",
        (_, Kind::Envelope) => "1 X-Original-To",
        (_, Kind::Command) => "cat '%T' \"x\"",
        (_, Kind::Path) => "/tmp/x y",
        _ => "word",
    }
}

impl Page {
    /// Sets an option by the widget that is there for it.
    fn sets(&self, keyword: &option::Keyword) {
        use option::Kind;
        let name = keyword.name();
        match keyword.kind {
            Kind::Flag => {
                let switch = self.control::<gtk::Switch>(name);
                switch.set_active(!switch.is_active());
            }
            Kind::Secret => self
                .control::<gtk::PasswordEntry>(name)
                .set_text("pass \"word\""),
            Kind::Protocol | Kind::Auth | Kind::Choice(_) => {
                let choice = self.control::<gtk::DropDown>(name);
                let first = u32::from(choice.selected() == 0);
                choice.set_selected(first);
            }
            kind if kind.is_list() => {
                let view = self.control::<gtk::TextView>(name);
                view.buffer().set_text(sample(keyword));
            }
            _ => self.control::<gtk::Entry>(name).set_text(sample(keyword)),
        }
    }
}

/// Whether fetchmail takes the file.
fn fetchmail_takes(text: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rc");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let run = std::process::Command::new("fetchmail")
        .args(["--configdump", "--nosyslog", "-f"])
        .arg(&path)
        .output()
        .expect("fetchmail");
    run.status.success()
}

/// Every keyword of the table has its row, is found there, says what was set, in words that
/// fetchmail takes, and is taken back whole.
#[gtk::test]
fn every_keyword_can_be_set() {
    const SMALL: &str = "# one\npoll h.example proto pop3 # two\n    user ann # three\n";
    let mut page = Page::open(SMALL, 1200);
    let mut refused = Vec::new();
    let mut last = String::new();
    for keyword in option::all() {
        let place = match keyword.scope {
            Scope::Global => 0,
            Scope::Server => 2,
            Scope::User => 3,
        };
        page.select(place);
        page.turn(keyword.page.title());
        page.sets(keyword);
        page.desk.settle();
        if !page.desk.all("editor-later").is_empty() {
            page.desk.press_text("Write It");
            page.sets(keyword);
        }
        let name = keyword.name();
        // What the one before has left to be looked over comes first.
        let (text, stanzas) = loop {
            let text = page.looks_over();
            let stanzas = Outline::read(&Document::parse(&text)).stanzas();
            let said = match keyword.scope {
                Scope::Global => stanzas.globals.find(keyword.id),
                Scope::Server => stanzas.entries[0].server.find(keyword.id),
                Scope::User => stanzas.entries[0].users[0].find(keyword.id),
            };
            if said.is_some() && text != SMALL && text != last {
                break (text, stanzas);
            }
        };
        for comment in ["# one\n", "# two\n", "# three\n"] {
            assert!(text.contains(comment), "{name}: {text}");
        }
        // What of this computer or of other options they need is not there.
        let needs_more = ["interface", "monitor", "lmtp"].contains(&name) || keyword.is_later;
        if !needs_more && !fetchmail_takes(&text) {
            refused.push(text.clone());
        }
        // That all of it is taken back, the next text shows.
        let others = [
            &stanzas.globals,
            &stanzas.entries[0].server,
            &stanzas.entries[0].users[0],
        ];
        let count: usize = others.iter().map(|settings| settings.iter().count()).sum();
        let known = 2 + usize::from(![Id::Proto, Id::User].contains(&keyword.id));
        assert_eq!(count, known, "{name}: {text}");
        page.desk.press("editor-undo");
        last = text;
    }
    assert_eq!(refused, Vec::<String>::new());
}
