//! One mailbox for several people (`ui.md` section 10): below the options of the page the names, a
//! place to try a message, and the samples that every change is held against.

mod message;
mod names;
mod result;
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

use super::super::{a11y, fact};
use super::Input;
use super::model::Model;
use super::model::multidrop::samples::{Kept, Names, Work};
use super::model::multidrop::{self as model, Typed};
use super::rows::label;
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::JobId;
use crate::engine::api::routing::{Dns, Routed};
use crate::rc::option::Id;
use crate::rc::resolve::Numbered;
use crate::rc::settings::Value;
use message::Message;
use names::NameList;
use result::Answer;
use table::Table;
use taking::Taking;

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
    who: gtk::DropDown,
    single: gtk::Label,
    names: NameList,
    message: Message,
    answer: Answer,
    table: Table,
    fills: Rc<Cell<bool>>,
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
    /// Shows nothing yet.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let to = to.clone();
        let tell: Tell = Rc::new(move |told| to.emit(Input::Multidrop(told)));
        let fills = Rc::new(Cell::new(false));
        let visits = Rc::new(Cell::new((0, 0)));
        let link = gtk::Button::builder()
            .label(gettext("Names, and Try a Message…"))
            .halign(gtk::Align::Start)
            .name("multidrop-visit")
            .build();
        let (on, of) = (Rc::clone(&tell), Rc::clone(&visits));
        link.connect_clicked(move |_| {
            let (entry, user) = of.get();
            on(Told::Visit(entry, user));
        });
        let who = gtk::DropDown::from_strings(&[]);
        who.set_widget_name("multidrop-user");
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
        let body = column(18);
        body.append(&who);
        body.append(&single);
        body.append(names.root());
        body.append(&message.root);
        body.append(&answer.root);
        body.append(&table.root);
        let root = column(0);
        root.append(&link);
        root.append(&body);
        Self {
            root,
            tell,
            link,
            visits,
            body,
            who,
            single,
            names,
            message,
            answer,
            table,
            fills,
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
        if self.entry.is_some() || !self.kept.is_empty() {
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
        let login = self.kept.login();
        let now = model::accounts(model.now(), login);
        let names = match model.is_changed() {
            true => Names::between(&model::accounts(model.saved(), login), &now),
            false => Names::default(),
        };
        let facts = Rc::new(Facts { now, names });
        self.facts = Some(Rc::clone(&facts));
        facts
    }

    /// Shows the way to here, on the page of a user, or nothing.
    fn show_link(&self, visit: Option<(usize, usize)>) {
        self.link.set_visible(visit.is_some());
        self.visits.set(visit.unwrap_or_default());
    }

    /// Shows the part for an entry as it is now, or nothing.
    fn show(&mut self, model: &Model, entry: Option<usize>) {
        self.body.set_visible(entry.is_some());
        let Some(entry) = entry else { return };
        let count = model.users(entry).max(1);
        let user = match self.entry == Some(entry) {
            true => self.user.min(count - 1),
            false => 0,
        };
        if (self.entry, self.user) != (Some(entry), user) {
            (self.entry, self.user) = (Some(entry), user);
            self.later();
        }
        self.show_users(model, entry, count);
        let facts = self.facts(model);
        let keyword = crate::rc::option::keyword(Id::Is);
        let node = super::model::tree::Node::User(entry, user);
        if let Some(row) = model.row(node, keyword) {
            let is_inherited = row.origin == super::model::Origin::Defaults;
            self.names
                .show((entry, user), row.value.as_ref(), is_inherited);
        }
        let Some(found) = model::account(&facts.now, entry, user) else {
            return;
        };
        let account = &found.account;
        self.single.set_visible(!account.is_multidrop());
        if !account.is_multidrop() {
            let only = account.local_names.first();
            let only = only.map_or(&account.user, |name| &name.remote);
            let text = gettext(
                "One recipient: no header is looked at, every message goes to {name}. Add another name, or switch on every other name, and recipients are found in the headers.",
            );
            let text = fill(&text, &[("name", &quiet(only, QUIET_MAX))]);
            if self.single.text() != text {
                self.single.set_text(&text);
            }
        }
        self.table.show(self.kept.of(facts.names.key(&account.id)));
    }

    fn show_users(&self, model: &Model, entry: usize, count: usize) {
        self.who.set_visible(count > 1);
        let names: Vec<String> = (0..count)
            .map(|user| model.user_name(entry, user))
            .collect();
        let shown = self.who.model().and_downcast::<gtk::StringList>();
        let is_same = shown.is_some_and(|shown| {
            let all = (0..shown.n_items()).filter_map(|at| shown.string(at));
            all.map(String::from).eq(names.iter().cloned())
        });
        self.fills.set(true);
        if !is_same {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.who.set_model(Some(&gtk::StringList::new(&names)));
            if let Some(inner) = self.who.first_child() {
                a11y::set_label(&inner, &gettext("User"));
            }
        }
        self.who
            .set_selected(u32::try_from(self.user).unwrap_or_default());
        self.fills.set(false);
    }

    /// What saving means for the samples, to be put into the review; it follows what comes of them.
    pub(super) fn review(&mut self, model: &Model) -> gtk::Box {
        let root = column(6);
        root.set_widget_name("review-samples");
        self.review.set(Some(&root));
        self.show_review(model);
        root
    }

    fn show_review(&mut self, model: &Model) {
        let Some(root) = self.review.upgrade() else {
            return;
        };
        fact::empty(&root);
        if self.kept.is_empty() {
            return;
        }
        let facts = self.facts(model);
        let told = self.kept.summary(&facts.names, &facts.now);
        for (sentence, is_warning) in told.unwrap_or_default() {
            let (icon, class) = match is_warning {
                true => ("dialog-warning-symbolic", "wait"),
                false => ("dialog-information-symbolic", "quiet"),
            };
            root.append(&fact::point(icon, class, &sentence));
        }
    }
}

fn column(spacing: i32) -> gtk::Box {
    gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(spacing)
        .build()
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
