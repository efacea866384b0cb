//! One mailbox for several people (`ui.md` section 10): below the options of the page the names, a
//! place to try a message, and the samples that every change is held against.

mod keeping;
mod message;
mod names;
mod result;
mod show;
mod table;
mod taking;
mod work;

use std::cell::Cell;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use gtk::glib;
use gtk::prelude::*;

use super::super::actions::keys::{self, Scope};
use super::super::shell::vertical;
use super::super::{a11y, choices};
use super::model::Model;
use super::model::multidrop::samples::{Kept, Names, Work};
use super::model::multidrop::{self as model, Typed};
use super::rows::label;
use super::{Input, Output};
use crate::base::i18n::gettext;
use crate::engine::api::job::JobId;
use crate::engine::api::routing::{Dns, Routed};
use crate::engine::api::samples::SampleWish;
use crate::rc::option::Id;
use crate::rc::resolve::Numbered;
use crate::rc::settings::Value;
use message::Message;
use names::NameList;
use result::Answer;
use table::Table;
use taking::Taking;
pub(super) use work::sentences;

/// How long nothing is changed before a message is tried.
const PAUSE: Duration = Duration::from_millis(200);

/// What somebody does here.
#[derive(Debug)]
pub(in crate::ui) enum Told {
    /// From a page of a user to the names of that user.
    Visit(usize, usize),
    /// Another user of the entry is meant.
    Chosen(usize),
    /// The list of names says this.
    Names(Option<Value>),
    /// This stands where a message is typed.
    Typed(String),
    /// Something else is said of DNS.
    Dns(Dns),
    /// Nothing was changed for a while, if this still counts.
    Pause(u64),
    /// A message from a file is wanted.
    Open,
    /// This file was chosen.
    Opened(PathBuf),
    /// A message from the mailbox is wanted.
    Take,
    /// This one was chosen: what it is called, and its header.
    Loaded(String, Vec<u8>),
    /// The window to choose from was closed.
    NotTaken,
    /// Try it at once.
    Now,
    /// Keep the message with its recipients.
    Keep,
    /// Show this sample.
    Load(usize),
    /// Who gets this sample now is right.
    Expect(usize),
    /// Remove this sample.
    Forget(usize),
    /// To an option.
    Option(Id),
    /// To a line of the header, from 1.
    Line(u32),
}

/// Who hears of it.
type Tell = Rc<dyn Fn(Told)>;

/// What is known of the accounts of a state.
struct Facts {
    now: Vec<Numbered>,
    names: Names,
}

impl Facts {
    fn of(model: &Model, login: &str) -> Self {
        let now = model::accounts(model.now(), login);
        let names = match model.is_changed() {
            true => Names::between(&model::accounts(model.saved(), login), &now),
            false => Names::default(),
        };
        Self { now, names }
    }
}

/// What was tried.
struct Tried {
    header: Vec<u8>,
    dns: Dns,
    routed: Option<Routed>,
}

/// The part of the page.
pub(super) struct Multidrop {
    /// To be put below the options.
    pub root: gtk::Box,
    tell: Tell,
    link: gtk::Button,
    visits: Rc<Cell<(usize, usize)>>,
    body: gtk::Box,
    users: gtk::Box,
    who: gtk::DropDown,
    single: gtk::Label,
    names: NameList,
    message: Message,
    answer: Answer,
    table: Table,
    fills: Rc<Cell<bool>>,
    /// The page of an entry is shown: this one was last.
    is_shown: bool,
    entry: Option<usize>,
    user: usize,
    typed: Typed,
    dns: Dns,
    kept: Kept,
    facts: Option<Rc<Facts>>,
    stamp: u64,
    /// The message that is being routed, and what was routed last.
    routing: Option<JobId>,
    tried: Option<Tried>,
    /// Samples are being read or written.
    keeping: Option<JobId>,
    /// What is to be done about them then.
    wishes: VecDeque<SampleWish>,
    /// Samples that are being routed, and what comes then.
    checking: Option<(JobId, Work)>,
    queue: VecDeque<Work>,
    /// Samples were gone through for this state of the text.
    checked: Option<u64>,
    /// A file is being read, and what it is called.
    opening: Option<(JobId, String)>,
    taking: Option<(JobId, Taking)>,
    /// Where the review says what becomes of samples.
    review: glib::WeakRef<gtk::Box>,
}

impl Multidrop {
    /// Who stands for users who are not named.
    pub(super) fn login(&self) -> &str {
        self.kept.login()
    }

    /// Shows nothing yet.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let to = to.clone();
        let tell: Tell = Rc::new(move |told| to.emit(Input::Multidrop(told)));
        let fills = Rc::new(Cell::new(false));
        let visits = Rc::new(Cell::new((0, 0)));
        let words = gettext("Names, and Try a Message…");
        let link = gtk::Button::builder()
            .child(&label(&words, &[]))
            .halign(gtk::Align::Start)
            .name("multidrop-visit")
            .build();
        a11y::set_label(&link, &words);
        let (on, of) = (Rc::clone(&tell), Rc::clone(&visits));
        link.connect_clicked(move |_| {
            let (entry, user) = of.get();
            on(Told::Visit(entry, user));
        });
        let who = gtk::DropDown::from_strings(&[]);
        who.set_hexpand(true);
        choices::shorten(&who);
        who.set_widget_name("multidrop-user");
        choices::shorten(&who);
        a11y::set_label(&who, &gettext("User"));
        let (on, quiet) = (Rc::clone(&tell), Rc::clone(&fills));
        who.connect_selected_notify(move |who| {
            if !quiet.get() && who.selected() != gtk::INVALID_LIST_POSITION {
                on(Told::Chosen(who.selected() as usize));
            }
        });
        let single = label("", &[]);
        single.set_widget_name("multidrop-single");
        let on = Rc::clone(&tell);
        let names = NameList::new(move |value| on(Told::Names(value)));
        let message = Message::new(&tell);
        let answer = Answer::new(&tell);
        let table = Table::new(&tell);
        let body = vertical(18);
        keys::listen(&body, Scope::Recipients);
        let users = gtk::Box::builder().spacing(12).build();
        users.append(&heading(&gettext("User")));
        users.append(&who);
        body.append(&users);
        body.append(&single);
        body.append(names.root());
        body.append(&message.root);
        body.append(&answer.root);
        body.append(&table.root);
        let root = vertical(0);
        root.append(&link);
        root.append(&body);
        Self {
            root,
            tell,
            link,
            visits,
            body,
            users,
            who,
            single,
            names,
            message,
            answer,
            table,
            fills,
            is_shown: false,
            entry: None,
            user: 0,
            typed: Typed::default(),
            dns: Dns::default(),
            kept: Kept::default(),
            facts: None,
            stamp: 0,
            routing: None,
            tried: None,
            keeping: None,
            wishes: VecDeque::new(),
            checking: None,
            queue: VecDeque::new(),
            checked: None,
            opening: None,
            taking: None,
            review: glib::WeakRef::new(),
        }
    }

    /// The text is another one.
    pub(super) fn forget(&mut self) {
        self.facts = None;
        self.kept.doubt();
        if self.is_shown || !self.kept.is_empty() {
            self.later();
        }
    }

    /// A message is tried soon, unless something else is changed before.
    fn later(&mut self) {
        self.stamp += 1;
        let (tell, stamp) = (Rc::clone(&self.tell), self.stamp);
        glib::timeout_add_local_once(PAUSE, move || tell(Told::Pause(stamp)));
    }

    /// What is known of the accounts of the text as it is now.
    fn facts(&mut self, model: &Model) -> Rc<Facts> {
        if let Some(facts) = &self.facts {
            return Rc::clone(facts);
        }
        let facts = Rc::new(Facts::of(model, self.kept.login()));
        self.facts = Some(Rc::clone(&facts));
        facts
    }

    /// Whether saving changes nothing about samples, as far as that is known.
    pub(super) fn is_well(&self, model: &Model) -> bool {
        if self.kept.is_empty() {
            return true;
        }
        let facts = Facts::of(model, self.kept.login());
        self.kept.is_well(&facts.names, &facts.now)
    }
}

fn heading(text: &str) -> gtk::Label {
    label(text, &["heading"])
}

/// Things side by side, as far as there is room.
fn wrapping(most: u32) -> gtk::FlowBox {
    gtk::FlowBox::builder()
        .selection_mode(gtk::SelectionMode::None)
        .column_spacing(6)
        .row_spacing(6)
        .max_children_per_line(most)
        .build()
}
