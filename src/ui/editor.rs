//! The expert editor: every option of the file, the source beside it (`ui.md` sections 7 to 9).
//!
//! It reads and writes nothing itself: [`Output::Start`] lets the engine read the file and look a
//! text over, [`Output::Save`] lets it write. [`model`] decides everything and is pure.

mod changing;
mod checks;
mod files;
mod finder;
mod findings;
mod folders;
mod frame;
mod going;
mod hints;
mod input;
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

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

use adw::prelude::*;
use relm4::{Component, ComponentParts, ComponentSender};

use crate::base::i18n::gettext;
use crate::engine::api::AccountId;
use crate::engine::api::job::JobId;
use crate::engine::api::saving::{Base, Which};
use crate::rc::option::Page;
use crate::rc::settings::Value;
use checks::Whom;
use finder::Finder;
use frame::{Frame, Front, Room};
pub use input::Kept;
pub(super) use input::{Input, Output};
use list::List;
use model::tree::{Lines, Node};
use model::{Model, Row};
use multidrop::Multidrop;
use page::Pages;
use source::Source;

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
    /// Reads the file again that could not be read; hidden where it could.
    again: gtk::Button,
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
        let list = list(to);
        let pages = pages(to);
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
        let again = work::again(to);
        trouble.set_child(Some(&again));
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
            again,
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
            Input::Toggle(entry) => self.toggle(entry),
            Input::Turn(page) => self.turn(page),
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
            Input::GoToAccount(id) => self.go_to_account(id, root, &sender),
            Input::Typed(change, length) => self.typed(change, length, &sender),
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
            Input::SkipReview(yes) => self.skip_review(yes, &sender),
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
            Input::GoToState(at) => self.step(move |model| model.go_to_state(at), &sender),
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

/// The structure at the side.
fn list(to: &relm4::Sender<Input>) -> List {
    let to = to.clone();
    let tell = move |told| {
        to.emit(match told {
            list::Told::Selected(node) => Input::Select(node),
            list::Told::Toggle(entry) => Input::Toggle(entry),
            list::Told::Opened => Input::Open,
        });
    };
    List::new(tell, &frame::structure_menu())
}

/// The pages of what is selected there.
fn pages(to: &relm4::Sender<Input>) -> Pages {
    let (says, wishes, turns) = (to.clone(), to.clone(), to.clone());
    Pages::new(
        to,
        Rc::new(move |row, deed| says.emit(Input::Option(Box::new(row.clone()), deed))),
        Rc::new(move |entry, wish| wishes.emit(Input::Special(entry, wish))),
        move |page| turns.emit(Input::Turn(page)),
    )
}

impl Editor {
    /// Says whether there is a list to go back to, when that has changed.
    fn tell_back(&mut self, sender: &ComponentSender<Self>) {
        let can = self.frame.back(false) && self.model.is_some();
        if can != self.can_go_back {
            self.can_go_back = can;
            let _ = sender.output(Output::CanGoBack(can));
        }
    }
}
