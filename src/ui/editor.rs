//! The expert editor: every option of the file, the source beside it (`ui.md` sections 7 to 9).
//!
//! It reads and writes nothing itself: [`Output::Start`] lets the engine read the file and look a
//! text over, [`Output::Save`] lets it write. [`model`] decides everything and is pure.

mod checks;
mod files;
mod finder;
mod findings;
mod folders;
mod frame;
mod going;
mod hints;
mod later;
mod list;
pub(crate) mod model;
mod multidrop;
mod owner;
mod page;
mod review;
mod rows;
mod show;
mod source;
mod special;
mod words;
mod work;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use adw::prelude::*;
use relm4::{Component, ComponentParts, ComponentSender};

use crate::base::i18n::gettext;
use crate::engine::api::AccountId;
use crate::engine::api::job::users::Whose;
use crate::engine::api::job::{Job, JobId, Outcome};
use crate::engine::api::saving::{Base, Saved, Version, Which};
use crate::rc::diagnostic::Diagnostic;
use crate::rc::document::Span;
use crate::rc::edit::{self, At, Change, Refused};
use crate::rc::option::Page;
use crate::rc::settings::Value;
use checks::Whom;
use finder::Finder;
use frame::{Frame, Front, Room};
use list::List;
use model::search::Hit;
use model::tree::{Lines, Node};
use model::{Model, Row};
use multidrop::{Multidrop, Told};
use page::Pages;
use rows::Deed;
use source::Source;
use special::Wish;

/// What the editor is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The page came to the front.
    Shown,
    /// The file may be another one now.
    FileChanged,
    /// What came of a job.
    Done(JobId, Box<Outcome>),
    /// How a save went.
    Saved(Saved),
    /// The page has another width.
    Size(i32),
    /// Another line of the list was selected.
    Select(Node),
    /// A line of the list was opened.
    Open,
    /// Users of an entry are to be shown, or no longer.
    Toggle(usize),
    /// Another page of the node.
    Turn(Page),
    /// Something is done with an option.
    Option(Box<Row>, Deed),
    /// Something about an entry itself.
    Special(usize, Wish),
    /// A new server.
    AddServer,
    /// A new user.
    AddUser,
    /// The same once more.
    Duplicate,
    /// Down (true) or up.
    Move(bool),
    /// Take it out.
    Remove,
    /// One step back.
    Undo,
    /// One step forth.
    Redo,
    /// To the next hint, or the one before.
    Hint(bool),
    /// What would make a finding go away.
    Fix(Box<Diagnostic>),
    /// The same for the first finding here that has one.
    FixFirst,
    /// Look for an option, or no longer.
    Search(bool),
    /// Something else is looked for.
    Searched,
    /// Escape: end the search, or put the source away.
    Escape,
    /// To the user of an account, as soon as the file is there.
    GoToAccount(AccountId),
    /// To an option that was found.
    GoTo(Hit),
    /// Bytes were replaced in the source, where the file was so long.
    Typed(Change, u32),
    /// Show secrets in the source, or no longer.
    Secrets(bool),
    /// The person has been asked.
    MaySeeSecrets,
    /// The cursor of the source is at that byte.
    Cursor(u32),
    /// The button for the source was pressed.
    ToggleSource,
    /// The key for the source.
    PressSource,
    /// Time to look the text over, if it is still that one.
    LookOver(u64),
    /// Show what saving would change.
    Review,
    /// Save it.
    Save(Which),
    /// Save it, and check.
    SaveAndCheck,
    /// The review is not wanted, or wanted again, where nothing is dangerous.
    SkipReview(bool),
    /// The other of the two.
    ToggleReview,
    /// Check.
    Check(Whom),
    /// Pause checking in the background, or go on.
    TogglePause,
    /// The engine polls nothing by itself, or does again.
    Paused(bool),
    /// To the row that says how often accounts are checked.
    Interval,
    /// A line of the source is to be named.
    AskLine,
    /// To that line of the source.
    GoToLine(u32),
    /// To the first error.
    GoToTrouble,
    /// Show the states the file has had.
    History,
    /// To one of them.
    GoToState(usize),
    /// Whether words of later releases may be written.
    MayWriteLater(bool),
    /// A finding is to be told no more here.
    Ignore(String),
    /// All findings are to be told again.
    StopIgnoring,
    /// What a fix would change is to be shown, of the finding with that number.
    Preview(usize),
    /// A word that nobody knows is another one, or (empty) gone.
    Unknown(Span, String),
    /// Whether a command could be run.
    CheckCommand(Box<Row>),
    /// Something is done about the folders of the server.
    Folders(folders::Told),
    /// Something is done about several recipients.
    Multidrop(Told),
    /// To the list, where it is not beside the pages.
    Back,
    /// Read the file again, whatever was changed here.
    Reread,
    /// Open another user's file, at a server.
    OpenOf(Box<Whose>, Option<usize>),
    /// Open one's own.
    OpenOwn,
    /// Something is done about files.
    File(files::Deed),
    /// The same as either, whatever was changed here.
    Discard(Option<Box<Whose>>, Option<usize>),
}

/// What the person meant.
#[derive(Debug)]
pub(super) enum Output {
    /// Begin this work; what comes of it is wanted here.
    Start(JobId, Box<Job>),
    /// What comes of this is not wanted any more.
    Cancel(JobId),
    /// Write this.
    Save(Box<Version>, Which),
    /// Write this; when it is read, check these (`None`: all that are checked by themselves).
    SaveAndCheck(Box<Version>, Option<Vec<AccountId>>),
    /// Check these.
    Check(Option<Vec<AccountId>>),
    /// Pause checking in the background, or go on.
    Pause(bool),
    /// Know this in later runs.
    Remember(Kept),
    /// Say this for a moment.
    Say(String),
    /// Whether there is a list to go back to.
    CanGoBack(bool),
    /// A user's file was written.
    WrittenOf(Box<Whose>),
    /// Check by a user's file, all servers or one.
    CheckOf(Box<Whose>, Option<String>),
}

/// What is remembered from one run to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Findings that are not told, by [`Diagnostic::key`].
    pub ignored: BTreeSet<String>,
    /// What changes nothing dangerous is saved without being shown before.
    pub saves_without_review: bool,
}

/// The component.
pub(super) struct Editor {
    model: Option<Model>,
    path: PathBuf,
    base: Base,
    node: Node,
    page: Page,
    closed: HashSet<usize>,
    lines: Lines,
    stack: gtk::Stack,
    frame: Frame,
    list: List,
    pages: Pages,
    finder: Finder,
    source: Source,
    multidrop: Multidrop,
    trouble: adw::StatusPage,
    /// The file is being read.
    reading: Option<JobId>,
    /// The text is being looked over; and which one, by count.
    linting: Option<(JobId, u64)>,
    /// Counts the states the text had.
    count: u64,
    /// What was handed to be written.
    saving: Option<(model::history::Revision, Which)>,
    review: Option<adw::Window>,
    can_go_back: bool,
    /// Who is to be shown when the file is there.
    wanted: Option<AccountId>,
    /// Somebody has agreed that secrets are shown.
    may_see_secrets: bool,
    /// Somebody has agreed that words of later releases are written.
    may_write_later: bool,
    /// What that was asked for.
    asked: Option<(Row, Option<Value>)>,
    kept: Kept,
    /// Who is checked next.
    whom: Whom,
    is_paused: bool,
    states: frame::States,
    /// Commands that are looked at, and whose.
    commands: HashMap<JobId, Row>,
    /// Whose file it is, if it is not one's own.
    owner: Option<owner::Owner>,
    banner: owner::Banner,
    files: files::Files,
    /// Folders are being chosen.
    folders: Option<folders::Open>,
}

impl Component for Editor {
    type CommandOutput = ();
    type Input = Input;
    type Output = Output;
    type Init = Kept;
    type Root = gtk::Box;
    type Widgets = ();

    fn init_root() -> Self::Root {
        gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .name("editor")
            .build()
    }

    fn init(kept: Kept, root: gtk::Box, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let to = sender.input_sender();
        let list = {
            let to = to.clone();
            let tell = move |told| {
                to.emit(match told {
                    list::Told::Selected(node) => Input::Select(node),
                    list::Told::Toggle(entry) => Input::Toggle(entry),
                    list::Told::Opened => Input::Open,
                });
            };
            List::new(tell, &frame::structure_menu())
        };
        let pages = {
            let (says, wishes, turns) = (to.clone(), to.clone(), to.clone());
            Pages::new(
                to,
                Rc::new(move |row, deed| says.emit(Input::Option(Box::new(row.clone()), deed))),
                Rc::new(move |entry, wish| wishes.emit(Input::Special(entry, wish))),
                move |page| turns.emit(Input::Turn(page)),
            )
        };
        let multidrop = Multidrop::new(to);
        pages.add_below(&multidrop.root);
        let source = Source::new(to);
        let finder = Finder::new(to);
        let middle = gtk::Box::new(gtk::Orientation::Vertical, 0);
        middle.append(&pages.root);
        middle.append(&finder.root);
        let frame = Frame::new(to, &list.root, &middle, &source.root);
        let trouble = adw::StatusPage::builder()
            .icon_name("document-edit-symbolic")
            .title(gettext("Reading the Configuration…"))
            .vexpand(true)
            .build();
        let stack = gtk::Stack::builder().vexpand(true).build();
        stack.add_named(&trouble, Some("trouble"));
        stack.add_named(&frame.root, Some("file"));
        let banner = owner::Banner::new(to);
        root.append(&frame::ruler(to));
        root.append(&banner.root);
        let files = files::Files::new(&root, &stack, to);
        root.append(&stack);
        let states = frame::actions(&root, to);
        let always = !kept.saves_without_review;
        states.always_review.set_state(&always.to_variant());
        let model = Self {
            model: None,
            path: PathBuf::new(),
            base: Base::NONE,
            node: Node::General,
            page: Page::Schedule,
            closed: HashSet::new(),
            lines: Lines::default(),
            stack,
            frame,
            list,
            pages,
            finder,
            source,
            multidrop,
            trouble,
            reading: None,
            linting: None,
            count: 0,
            saving: None,
            review: None,
            can_go_back: false,
            wanted: None,
            may_see_secrets: false,
            may_write_later: false,
            asked: None,
            kept,
            whom: Whom::All,
            is_paused: false,
            states,
            commands: HashMap::new(),
            owner: None,
            banner,
            files,
            folders: None,
        };
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, message: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match message {
            Input::Shown => self.shown(&sender),
            Input::FileChanged => self.file_changed(&sender),
            Input::Reread => self.file_deed(files::Deed::Reload, &sender),
            Input::File(deed) => self.file_deed(deed, &sender),
            Input::OpenOf(whose, server) => self.open_of(Some(whose), server, root, &sender),
            Input::OpenOwn => self.open_of(None, None, root, &sender),
            Input::Discard(whose, server) => self.turn_to_file(whose, server, &sender),
            Input::Done(id, outcome) => {
                if !self.written(id, &outcome, &sender) {
                    self.done(id, *outcome, &sender);
                }
            }
            Input::Saved(saved) => self.saved(&saved, &sender),
            Input::Size(width) => self.frame.set_room(Room::of(width)),
            Input::Select(node) => self.go(node),
            Input::Open => self.frame.bring(Front::Pages),
            Input::Toggle(entry) => {
                if !self.closed.remove(&entry) {
                    self.closed.insert(entry);
                }
                self.show();
            }
            Input::Turn(page) => {
                self.page = page;
                self.show();
            }
            Input::Option(row, deed) => self.on_option(&row, deed, root, &sender),
            Input::Special(entry, wish) => self.special(entry, &wish, &sender),
            Input::AddServer => self.shift(&sender, |m, node, now| m.add_server(node, now)),
            Input::AddUser => self.shift(&sender, |m, node, now| m.add_user(node, now)),
            Input::Duplicate => self.shift(&sender, |m, node, now| m.duplicate(node, now)),
            Input::Remove => self.shift(&sender, |m, node, now| m.remove(node, now)),
            Input::Move(is_down) => {
                self.shift(&sender, |m, node, now| m.shift(node, is_down, now));
            }
            Input::Undo => self.step(Model::undo, &sender),
            Input::Redo => self.step(Model::redo, &sender),
            Input::Hint(is_next) => self.hint(is_next),
            Input::Fix(finding) => self.fix(&finding, &sender),
            Input::FixFirst => self.fix_first(&sender),
            Input::Search(is_open) => self.search(is_open),
            Input::Searched => self.searched(),
            Input::Escape => self.escape(),
            Input::GoTo(hit) => self.go_to(&hit),
            Input::GoToAccount(id) => {
                if !self.is_own() {
                    self.open_of(None, None, root, &sender);
                }
                self.wanted = Some(id);
                self.go_to_wanted();
            }
            Input::Typed(change, length) => {
                self.source.heard();
                if let Some(model) = &mut self.model {
                    // Something else came in between: what was typed there is not known any more.
                    if model.now().document.len() == length {
                        model.type_in(change, Instant::now());
                    }
                    self.changed(&sender);
                }
            }
            Input::Secrets(is_on) => self.secrets(is_on, root, &sender),
            Input::MaySeeSecrets => {
                self.may_see_secrets = true;
                self.secrets(true, root, &sender);
            }
            Input::Cursor(at) => self.follow(at),
            Input::ToggleSource => self.frame.toggle_source(),
            Input::PressSource => self.frame.press_source(),
            Input::LookOver(count) => self.look_over(count, &sender),
            Input::Review if self.needs_no_review() => self.save(Which::Rc, &sender),
            Input::Review => self.review(root, &sender),
            Input::Save(which) => self.save(which, &sender),
            Input::SaveAndCheck => self.save_and_check(&sender),
            Input::SkipReview(yes) => {
                self.kept.saves_without_review = yes;
                self.states.always_review.set_state(&(!yes).to_variant());
                let _ = sender.output(Output::Remember(self.kept.clone()));
            }
            Input::ToggleReview => {
                sender.input(Input::SkipReview(!self.kept.saves_without_review));
            }
            Input::Check(whom) => self.check(whom, root, &sender),
            Input::TogglePause => self.toggle_pause(&sender),
            Input::Paused(is_paused) => self.paused(is_paused),
            Input::Interval => self.go_to_interval(),
            Input::AskLine => self.ask_line(root, &sender),
            Input::GoToLine(line) => self.go_to_line(line),
            Input::GoToTrouble => self.go_to_trouble(),
            Input::History => self.show_history(root, sender.input_sender()),
            Input::GoToState(at) => {
                self.step(move |model| model.go_to_state(at), &sender);
            }
            Input::MayWriteLater(may) => self.may_write_later(may, root, &sender),
            Input::Ignore(key) => self.ignore(Some(key), &sender),
            Input::StopIgnoring => self.ignore(None, &sender),
            Input::Preview(at) => self.preview(at),
            Input::Unknown(span, word) => self.unknown(span, &word, &sender),
            Input::CheckCommand(row) => self.check_command(*row, &sender),
            Input::Folders(told) => self.on_folders(told, root, &sender),
            Input::Multidrop(told) => self.on_multidrop(told, root, &sender),
            Input::Back => {
                self.frame.back(true);
            }
        }
        self.tell_back(&sender);
    }
}

impl Editor {
    fn on_option(
        &mut self,
        row: &Row,
        deed: Deed,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        if let Deed::Choose = deed {
            return self.choose_folders(row, root, sender);
        }
        let Some(model) = &mut self.model else { return };
        match (deed, row.at, &row.value) {
            (Deed::Say(value), ..) => self.say(row, value, root, sender),
            (Deed::Check, ..) => sender.input(Input::CheckCommand(Box::new(row.clone()))),
            (Deed::Share, At::User(edit::Which::Entry(entry), _), Some(value)) => {
                let done = model.say_for_all(entry, row.id, value, Instant::now());
                self.settle(done, sender);
            }
            (Deed::Enter, ..) => {
                if let Some(span) = model.place(row.at, row.id) {
                    self.source.reveal(span);
                }
            }
            (Deed::Share | Deed::Choose, ..) => {}
        }
    }

    fn say(
        &mut self,
        row: &Row,
        value: Option<Value>,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        if self.asks_first(row, value.as_ref(), root, sender) {
            return;
        }
        let Some(model) = &mut self.model else { return };
        if let Err(refused) = model.say(row, value, Instant::now()) {
            self.pages.refuse(row.at, row.id, &refused.to_string());
            return;
        }
        self.changed(sender);
    }

    fn fix(&mut self, finding: &Diagnostic, sender: &ComponentSender<Self>) {
        let Some(model) = &mut self.model else { return };
        let done = model.fix(finding, Instant::now());
        self.settle(done, sender);
    }

    fn fix_first(&mut self, sender: &ComponentSender<Self>) {
        let Some(model) = &self.model else { return };
        let here = model.found_at(self.node);
        let fixable = |found: &&Diagnostic| found.fix.as_ref().is_some_and(|f| !f.edits.is_empty());
        if let Some(finding) = here.into_iter().find(fixable).cloned() {
            self.fix(&finding, sender);
        }
    }

    fn special(&mut self, entry: usize, wish: &Wish, sender: &ComponentSender<Self>) {
        let Some(model) = &mut self.model else { return };
        let now = Instant::now();
        let done = match wish {
            Wish::Rename(label) => model.rename(entry, label, now),
            Wish::SetActive(is_active) => model.set_active(entry, *is_active, now),
        };
        self.settle(done, sender);
    }

    /// Makes an edit of the structure and goes where it leads.
    fn shift(
        &mut self,
        sender: &ComponentSender<Self>,
        how: impl Fn(&mut Model, Node, Instant) -> Result<Node, Refused>,
    ) {
        let Some(model) = &mut self.model else { return };
        let done = how(model, self.node, Instant::now());
        let done = done.map(|node| self.turn_to(node));
        self.settle(done, sender);
        self.list.reveal();
    }

    fn settle(&mut self, done: Result<(), Refused>, sender: &ComponentSender<Self>) {
        match done {
            Ok(()) => self.changed(sender),
            Err(refused) => {
                self.show();
                let _ = sender.output(Output::Say(refused.to_string()));
            }
        }
    }

    fn step(&mut self, how: impl FnOnce(&mut Model) -> bool, sender: &ComponentSender<Self>) {
        if self.model.as_mut().is_some_and(how) {
            self.changed(sender);
        }
    }

    fn tell_back(&mut self, sender: &ComponentSender<Self>) {
        let can = self.frame.back(false) && self.model.is_some();
        if can != self.can_go_back {
            self.can_go_back = can;
            let _ = sender.output(Output::CanGoBack(can));
        }
    }
}
