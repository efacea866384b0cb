//! The files of the editor, on a disk, with this test in place of the engine.

use std::fs;
use std::path::{Path, PathBuf};

use gtk::gio;
use postrider::base::Secret;
use postrider::engine::api::job::{Beside, DraftText, DumpText, FileDone, Outcome, RcText};
use postrider::engine::api::saving::{Base, Saved, Unsaved, Version, Which};
use postrider::engine::api::{Event, Halt};
use postrider::rc::dump::read::{self as dump, Usual};
use postrider::rc::lint::{self, Facts};
use postrider::rc::{Document, export};

use super::editor::FILE;
use super::*;

/// The editor with a disk.
struct Disk {
    desk: Desk,
    dir: tempfile::TempDir,
}

impl Disk {
    fn open(text: Option<&str>, width: i32) -> Self {
        Self::with(text, None, width)
    }

    fn with(text: Option<&str>, draft: Option<&str>, width: i32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [(".fetchmailrc", text), (".fetchmailrc.draft", draft)] {
            if let Some(text) = text {
                fs::write(dir.path().join(name), text).unwrap();
            }
        }
        let desk = Desk::open(Snapshot::default(), width);
        let mut disk = Self { desk, dir };
        disk.desk.act("show-editor");
        disk.serve();
        disk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn own(&self) -> PathBuf {
        self.at(".fetchmailrc")
    }

    fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.at(name)).ok()
    }

    /// Does all that is asked for, as the engine does it, until nothing is.
    fn serve(&mut self) {
        let mut is_quiet = 0;
        // What was typed is looked over after a while.
        while is_quiet < 5 {
            self.desk.settle();
            is_quiet += 1;
            while let Some(command) = self.desk.heard() {
                is_quiet = 0;
                match command {
                    Command::Start { id, job } => self.job(id, *job),
                    Command::SaveRc { version, which } => {
                        let saved = save(&self.own(), &version, which);
                        self.desk.event(Event::Saved(saved));
                    }
                    other => panic!("{other:?}"),
                }
            }
            for id in std::mem::take(&mut self.desk.besides) {
                is_quiet = 0;
                self.ends(id, FileDone::Beside(self.beside()));
            }
        }
    }

    fn job(&self, id: JobId, job: Job) {
        match job {
            Job::ReadRc => {
                let text = Outcome::RcRead(Box::new(read(&self.own())));
                self.desk.event(Event::JobDone { id, outcome: text });
            }
            Job::Lint(text) => {
                let found = lint::check(&Document::parse(text.expose()), &Facts::default());
                let outcome = Outcome::Linted(found);
                self.desk.event(Event::JobDone { id, outcome });
            }
            Job::File { path, wish } => {
                let path = path.unwrap_or(self.own());
                let done = self.done(&path, wish);
                self.ends(id, done);
            }
            other => panic!("{other:?}"),
        }
    }

    fn done(&self, path: &Path, wish: FileWish) -> FileDone {
        match wish {
            FileWish::Read => FileDone::Read(read(path)),
            FileWish::Save(version, which) => FileDone::Saved(save(path, &version, which)),
            FileWish::Put(bytes) => {
                fs::write(path, bytes.expose()).unwrap();
                FileDone::Put
            }
            FileWish::Lint => {
                let document = Document::parse(fs::read(path).unwrap());
                FileDone::Linted(lint::check(&document, &Facts::default()))
            }
            FileWish::Undump => {
                let usual = Usual {
                    user: b"ann",
                    is_root: false,
                    idfile: b"/home/ann/.fetchids",
                };
                let taken = dump::read(&fs::read(path).unwrap(), &usual).unwrap();
                FileDone::Undumped(DumpText {
                    bytes: Secret::new(taken.text),
                    left_out: taken.left_out,
                })
            }
            FileWish::DropDraft(base) => {
                let draft = self.at(".fetchmailrc.draft");
                assert_eq!(base, Base::of(&fs::read(&draft).unwrap()));
                fs::remove_file(draft).unwrap();
                FileDone::Dropped
            }
            FileWish::LookBeside => FileDone::Beside(self.beside()),
        }
    }

    fn ends(&self, id: JobId, done: FileDone) {
        let outcome = Outcome::File(Box::new(done));
        self.desk.event(Event::JobDone { id, outcome });
    }

    fn beside(&self) -> Beside {
        let draft = fs::read(self.at(".fetchmailrc.draft")).ok();
        Beside {
            draft: draft.map(|bytes| DraftText {
                bytes: Secret::new(bytes),
                written: std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
            }),
            system: None,
        }
    }

    /// What the source shows, secrets as dots.
    fn source(&self) -> String {
        let buffer = self.desk.find::<gtk::TextView>("editor-text").buffer();
        let (start, end) = buffer.bounds();
        buffer.text(&start, &end, true).into()
    }

    /// Types over what stands in the source.
    fn replaces(&mut self, from: &str, to: &str) {
        let buffer = self.desk.find::<gtk::TextView>("editor-text").buffer();
        let shown = self.source();
        let at = shown
            .find(from)
            .unwrap_or_else(|| panic!("{from}: {shown}"));
        let at = shown[..at].chars().count() as i32;
        let end = at + from.chars().count() as i32;
        buffer.delete(
            &mut buffer.iter_at_offset(at),
            &mut buffer.iter_at_offset(end),
        );
        buffer.insert(&mut buffer.iter_at_offset(at), to);
        self.serve();
    }

    /// Another program writes the file.
    fn others_write(&mut self, text: &str) {
        fs::write(self.own(), text).unwrap();
    }

    fn saves(&mut self) {
        self.desk.press("editor-save");
        self.desk
            .until("the review", || !self.desk.all("review").is_empty());
        self.desk.press("review-save");
        self.serve();
    }

    /// Does what a file action of the menu does.
    fn acts(&self, name: &str) {
        let editor = self.desk.find::<gtk::Widget>("editor");
        editor
            .activate_action(&format!("editor-file.{name}"), None)
            .unwrap();
        self.desk.settle();
    }

    /// Chooses a file in the dialogue that is open.
    fn chooses(&mut self, name: &str) {
        let find = || {
            let all = gtk::Window::list_toplevels().into_iter();
            let mut dialogs = all.filter_map(|w| w.downcast::<gtk::FileChooserDialog>().ok());
            dialogs.find(|dialog| dialog.is_mapped())
        };
        self.desk.until("the dialogue", || find().is_some());
        let dialog = find().unwrap();
        match dialog.action() {
            gtk::FileChooserAction::Save => {
                let dir = gio::File::for_path(self.dir.path());
                dialog.set_current_folder(Some(&dir)).unwrap();
                dialog.set_current_name(name);
            }
            _ => drop(dialog.set_file(&gio::File::for_path(self.at(name)))),
        }
        let path = self.at(name);
        self.desk.until("chosen", || {
            dialog.file().and_then(|file| file.path()).as_ref() == Some(&path)
        });
        dialog.response(gtk::ResponseType::Accept);
        self.serve();
    }

    fn shots(&self, window: &str, name: &str) {
        let window = self.desk.find::<gtk::Window>(window);
        let style = adw::StyleManager::default();
        for (scheme, tint) in [
            (adw::ColorScheme::ForceLight, "light"),
            (adw::ColorScheme::ForceDark, "dark"),
        ] {
            style.set_color_scheme(scheme);
            self.desk.shot_of(&window, &format!("{name}-{tint}"));
        }
        style.set_color_scheme(adw::ColorScheme::Default);
    }
}

fn read(path: &Path) -> RcText {
    let bytes = fs::read(path).ok();
    RcText {
        path: path.to_owned(),
        base: bytes.as_ref().map_or(Base::NONE, |bytes| Base::of(bytes)),
        bytes: Secret::new(bytes.unwrap_or_default()),
    }
}

fn save(path: &Path, version: &Version, which: Which) -> Saved {
    let mut path = path.to_owned();
    let bytes = version.bytes.expose();
    let result = match which {
        Which::Draft => {
            path.as_mut_os_string().push(".draft");
            fs::write(&path, bytes).map(|()| Base::of(bytes)).unwrap()
        }
        _ if read(&path).base != version.base => {
            let why = Unsaved::Changed(format!("{} was changed", path.display()));
            let result = Err(why);
            return Saved {
                which,
                path,
                result,
            };
        }
        _ => fs::write(&path, bytes).map(|()| Base::of(bytes)).unwrap(),
    };
    let result = Ok(result);
    Saved {
        which,
        path,
        result,
    }
}

fn file(from: &str, to: &str) -> String {
    other(FILE, from, to)
}

fn other(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[gtk::test]
fn what_another_program_changed_is_merged() {
    let mut disk = Disk::open(Some(FILE), 1200);
    disk.replaces("fetchall", "fetchall flush");
    disk.others_write(&file("bob is bob", "bob is bob keep fetchlimit 9"));
    disk.desk.press("editor-save");
    disk.desk.press("review-save");
    disk.serve();
    disk.desk.is_named();
    assert!(disk.desk.shows("Nothing is left to choose"));
    assert!(disk.desk.shows("Changed here") && disk.desk.shows("Changed by the other program"));
    assert!(!disk.desk.texts().iter().any(|text| text.contains("s3cret")));
    disk.shots("merge", "merge-wide");
    disk.desk.press("merge-use");
    disk.serve();
    assert!(disk.desk.all("merge").is_empty());
    assert!(disk.source().contains("flush") && disk.source().contains("fetchlimit 9"));
    disk.saves();
    let both = other(FILE, "fetchall", "fetchall flush");
    let both = other(&both, "bob is bob", "bob is bob keep fetchlimit 9");
    assert_eq!(disk.text(".fetchmailrc").as_deref(), Some(&both[..]));
    // One step.
    disk.desk.press("editor-undo");
    disk.serve();
    assert!(disk.source().contains("flush") && !disk.source().contains("fetchlimit 9"));
}

#[gtk::test]
fn a_conflict_is_chosen() {
    let mut disk = Disk::open(Some(FILE), 1200);
    disk.replaces("daemon 300", "daemon 600");
    disk.replaces("proto pop3", "proto imap");
    let theirs = other(
        &file("daemon 300", "daemon 900"),
        "timeout 60",
        "timeout 99",
    );
    disk.others_write(&theirs);
    // The engine has seen it.
    disk.desk.event(Event::Loaded(Snapshot::default()));
    disk.serve();
    assert!(
        disk.desk.shows("1 part to choose"),
        "{:?}",
        disk.desk.texts()
    );
    assert!(disk.desk.shows("General: daemon"));
    assert!(!disk.desk.find::<gtk::Button>("merge-use").is_sensitive());
    disk.desk.is_named();
    disk.shots("merge", "merge-conflict");
    let choices = |name: &str| {
        let mut found = Vec::new();
        for window in windows() {
            collect(window.upcast_ref(), &mut |widget| {
                if widget.widget_name().starts_with(name) {
                    found.extend(widget.downcast_ref::<gtk::CheckButton>().cloned());
                }
            });
        }
        assert_eq!(found.len(), 1, "{name}");
        found.remove(0)
    };
    choices("merge-theirs-").set_active(true);
    choices("merge-mine-").set_active(true);
    disk.desk.settle();
    assert!(disk.desk.shows("Nothing is left to choose"));
    disk.desk.press("merge-use");
    disk.serve();
    disk.saves();
    let expected = other(
        &file("daemon 300", "daemon 600"),
        "timeout 60",
        "timeout 99",
    );
    let expected = other(&expected, "proto pop3", "proto imap");
    assert_eq!(disk.text(".fetchmailrc").as_deref(), Some(&expected[..]));
}

#[gtk::test]
fn mine_can_be_kept_as_a_draft_or_given_up() {
    let mut disk = Disk::open(Some(FILE), 1200);
    disk.replaces("daemon 300", "daemon 600");
    let theirs = file("daemon 300", "daemon 900");
    disk.others_write(&theirs);
    disk.desk.event(Event::Loaded(Snapshot::default()));
    disk.serve();
    disk.desk.press("merge-draft");
    disk.serve();
    let mine = file("daemon 300", "daemon 600");
    assert_eq!(disk.text(".fetchmailrc.draft"), Some(mine));
    // Put off: it is told again when it is to be saved.
    disk.desk.event(Event::Loaded(Snapshot::default()));
    disk.serve();
    assert!(disk.desk.all("merge").is_empty());
    disk.saves();
    disk.desk.press("merge-discard");
    disk.serve();
    assert!(disk.source().contains("daemon 900"));
    assert!(!disk.desk.find::<gtk::Button>("editor-save").is_sensitive());
    // It was one step, too.
    disk.desk.press("editor-undo");
    disk.serve();
    assert!(disk.source().contains("daemon 600"));
}

#[gtk::test]
fn a_draft_is_opened_and_goes() {
    let draft = file("daemon 300", "daemon 77");
    let mut disk = Disk::with(Some(FILE), Some(&draft), 1200);
    assert!(disk.desk.shows("There is a draft from 2023-11-1"));
    disk.desk.is_named();
    disk.desk.shot("draft");
    disk.desk.press("draft-open");
    disk.serve();
    assert!(disk.source().contains("daemon 77"));
    assert!(disk.desk.shows("The draft from"));
    disk.desk.press("editor-undo");
    disk.serve();
    assert!(disk.source().contains("daemon 300"));
    disk.desk.press("editor-redo");
    disk.serve();
    disk.saves();
    assert_eq!(disk.text(".fetchmailrc"), Some(draft));
    assert_eq!(disk.text(".fetchmailrc.draft"), None);
    assert!(disk.desk.all("draft-open").is_empty());
    // What has errors can only be kept as a draft, and that be discarded.
    disk.replaces("daemon 77", "daemon x");
    disk.desk.press("editor-save");
    disk.desk.press("review-draft");
    disk.serve();
    assert!(
        disk.text(".fetchmailrc.draft")
            .unwrap()
            .contains("daemon x")
    );
    disk.desk.press("draft-discard");
    disk.desk.is_named();
    disk.desk.press_text("Discard");
    disk.serve();
    assert_eq!(disk.text(".fetchmailrc.draft"), None);
    assert!(disk.source().contains("daemon x"));
}

#[gtk::test]
fn a_draft_that_nobody_opened_stays() {
    let draft = file("daemon 300", "daemon 77");
    let mut disk = Disk::with(Some(FILE), Some(&draft), 360);
    assert!(disk.desk.shows("There is a draft"));
    assert!(disk.desk.window().width() <= 360);
    disk.desk.shot("draft-narrow");
    disk.desk.press("editor-source");
    disk.replaces("daemon 300", "daemon 88");
    disk.saves();
    assert_eq!(disk.text(".fetchmailrc.draft"), Some(draft));
    assert!(disk.desk.shows("There is a draft"));
}

#[gtk::test]
fn another_file_is_edited_as_itself() {
    let mut disk = Disk::open(Some(FILE), 1200);
    fs::write(disk.at("second"), "poll second user x\n").unwrap();
    disk.acts("open");
    disk.chooses("second");
    assert!(
        disk.desk
            .shows("second is open. Mail is not checked by this file here.")
    );
    assert_eq!(disk.source(), "poll second user x\n");
    disk.desk.is_named();
    disk.desk.shot("other-file");
    disk.replaces("user x", "user y");
    disk.desk.press("editor-save");
    assert!(disk.desk.all("review-save-and-check").is_empty());
    disk.desk.press("review-save");
    disk.serve();
    assert_eq!(disk.text("second").as_deref(), Some("poll second user y\n"));
    assert_eq!(disk.text(".fetchmailrc").as_deref(), Some(FILE));
    // It is compared, too.
    disk.replaces("user y", "user z");
    fs::write(disk.at("second"), "set daemon 5\npoll second user y\n").unwrap();
    disk.saves();
    disk.desk.press("merge-use");
    disk.serve();
    disk.saves();
    let both = "set daemon 5\npoll second user z\n";
    assert_eq!(disk.text("second").as_deref(), Some(both));
    // Back, which is asked about where something would be lost.
    disk.replaces("user z", "user q");
    disk.desk.press("file-own");
    disk.desk.press_text("Discard");
    disk.serve();
    assert!(disk.source().contains("mail.example.org"));
    assert!(disk.desk.all("file-own").is_empty());
}

#[gtk::test]
fn a_dump_is_imported() {
    let mut disk = Disk::open(Some(FILE), 1200);
    let dump = "fetchmailrc = {\n'poll_interval': 120, 'newer': 1, 'servers': [{\"pollname\": \"d\", \"auth\": \"any\", \
                'users': [{\"remote\": \"ann\", \"password\": \"tiger\"}]}]}\n";
    fs::write(disk.at("dump"), dump).unwrap();
    disk.acts("import");
    disk.chooses("dump");
    assert!(disk.desk.shows("newer"));
    disk.desk.is_named();
    disk.desk.press_text("Close");
    let expected = "set daemon 120\n\npoll d\n    user ann\n        password ••••••\n";
    assert_eq!(disk.source(), expected);
    assert_eq!(disk.text(".fetchmailrc").as_deref(), Some(FILE));
    disk.desk.press("editor-undo");
    disk.serve();
    assert!(disk.source().contains("mail.example.org"));
}

#[gtk::test]
fn copies_exports_and_checks() {
    let mut disk = Disk::open(Some(FILE), 1200);
    disk.replaces("daemon 300", "daemon 301");
    disk.acts("export");
    disk.chooses("report.txt");
    let report = disk.text("report.txt").unwrap();
    assert!(!report.contains("s3cret") && report.contains("password •••••• ssl"));
    let document = Document::parse(file("daemon 300", "daemon 301"));
    assert_eq!(report.as_bytes(), export::without_secrets(&document));
    disk.acts("copy");
    disk.chooses("copy");
    assert_eq!(disk.text("copy"), Some(file("daemon 300", "daemon 301")));
    fs::write(disk.at("bad"), "poll a frobnicate\n").unwrap();
    disk.acts("check");
    disk.chooses("bad");
    assert!(disk.desk.shows("Line 1: "), "{:?}", disk.desk.texts());
    disk.desk.is_named();
    disk.shots("file-findings", "findings");
    disk.desk.press("file-findings-close");
    // Laid out anew, as one step.
    disk.acts("format");
    disk.serve();
    assert!(
        disk.source()
            .contains("poll mail.example.org # the old one\n    proto imap\n")
    );
    disk.acts("reload");
    disk.serve();
    assert!(disk.source().contains("daemon 300"));
    disk.desk.press("editor-undo");
    disk.serve();
    assert!(disk.source().contains("daemon 301"));
}

#[gtk::test]
fn without_a_file() {
    for width in [1200, 360] {
        let mut disk = Disk::open(None, width);
        assert!(disk.desk.shows("No Configuration File"));
        assert!(disk.desk.shows("Start with the wizard or an empty file."));
        assert!(disk.desk.window().width() <= width);
        disk.desk.is_named();
        disk.desk.shot(&format!("no-file-{width}"));
        disk.desk.press("file-create");
        disk.serve();
        // Even empty it can be saved.
        disk.saves();
        assert_eq!(disk.text(".fetchmailrc").as_deref(), Some(""));
    }
    let mut disk = Disk::open(None, 1200);
    disk.others_write(FILE);
    disk.desk.event(Event::Loaded(Snapshot {
        halted: Some(Halt::NoFile),
        ..Snapshot::default()
    }));
    disk.serve();
    assert!(disk.source().contains("mail.example.org"));
}

#[gtk::test]
fn merging_in_a_narrow_window() {
    let mut disk = Disk::open(Some(FILE), 360);
    disk.desk.press("editor-source");
    disk.replaces("daemon 300", "daemon 600");
    disk.replaces("proto pop3", "proto imap");
    let theirs = other(&file("daemon 300", "daemon 900"), "keep\n", "no keep\n");
    disk.others_write(&theirs);
    disk.desk.event(Event::Loaded(Snapshot::default()));
    disk.serve();
    let window = disk.desk.find::<gtk::Window>("merge");
    assert!(window.width() <= 360, "{}", window.width());
    disk.shots("merge", "merge-narrow");
}
