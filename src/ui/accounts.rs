//! The accounts: a list of all, and a page about the selected one (`ui.md` section 4).
//!
//! Items of the list hold an [`AccountStatus`] each; an event changes one item and redraws the
//! row that shows it, if any. A countdown runs only while the page is on the screen.

mod empty;
mod list;
mod page;
mod row;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use adw::prelude::*;
use gtk::glib;
use relm4::{Component, ComponentParts, ComponentSender};

use super::a11y;
use crate::base::i18n::gettext;
use crate::engine::api::job::{Description, Part};
use crate::engine::api::{AccountId, AccountStatus, Snapshot};
use list::List;
use page::Page;

/// What the page is told.
#[derive(Debug)]
pub(super) enum Input {
    /// Everything is new.
    Load(Box<Snapshot>),
    /// One account has changed.
    Account(Box<AccountStatus>),
    /// Time has passed.
    Tick,
    /// The page came onto the screen or left it.
    Shown(bool),
    /// The list and the page stand side by side no longer, or again.
    Folded(bool),
    /// Another account was selected.
    Selected,
    /// The selected account was opened.
    Opened,
    /// From the page to the list.
    Back,
    /// The list or the page came to the front while folded.
    Moved,
    /// Check the selected account.
    CheckSelected,
    /// Select this account, as soon as it is there.
    Select(AccountId),
    /// What is set for an account, as asked for by [`Output::Describe`].
    Described(Box<Description>),
}

/// What the person meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Poll this account.
    Check(AccountId),
    /// End its poll.
    Stop(AccountId),
    /// Its new mail has been seen.
    Ack(AccountId),
    /// Read the rc file again.
    Reload,
    /// Set up an account.
    SetUp,
    /// Examine a server.
    Examine,
    /// Whether there is a list to go back to.
    CanGoBack(bool),
    /// Tell what is set for this account.
    Describe(AccountId),
    /// Change this part of this account.
    Edit(AccountId, Part),
    /// Show everything that the file says about it.
    Expert(AccountId),
}

/// The component.
pub(super) struct Accounts {
    stack: gtk::Stack,
    leaflet: adw::Leaflet,
    list: List,
    page: Page,
    is_shown: bool,
    /// To be selected when it comes.
    wanted: Option<AccountId>,
    /// Whose settings were asked for since the files were read last, and what they are.
    described: (Option<AccountId>, Option<Box<Description>>),
    ticker: Rc<RefCell<Option<Ticker>>>,
}

/// A timer that has not run out, and whether it is the quick one.
struct Ticker {
    source: glib::SourceId,
    is_quick: bool,
}

impl Component for Accounts {
    type CommandOutput = ();
    type Input = Input;
    type Output = Output;
    type Init = Snapshot;
    type Root = gtk::Stack;
    type Widgets = ();

    fn init_root() -> Self::Root {
        gtk::Stack::new()
    }

    fn init(
        first: Snapshot,
        stack: gtk::Stack,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let output = sender.output_sender().clone();
        let meant = move |out| output.emit(out);
        let list = List::new(meant.clone());
        let page = Page::new(meant);
        let leaflet = side_by_side(&list.view, &page.root);
        stack.add_named(&leaflet, Some("accounts"));
        connect(&stack, &leaflet, &list, &sender);
        let mut model = Self {
            stack,
            leaflet,
            list,
            page,
            is_shown: false,
            wanted: None,
            described: (None, None),
            ticker: Rc::default(),
        };
        model.load(first, &sender);
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, message: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match message {
            Input::Load(all) => self.load(*all, &sender),
            Input::Account(status) => self.change(*status, &sender),
            Input::Tick => {
                self.redraw();
                self.wind(&sender);
            }
            Input::Shown(is_shown) => self.show(is_shown, &sender),
            Input::Folded(is_folded) => {
                self.list.view.set_single_click_activate(is_folded);
                self.tell_back(&sender);
            }
            Input::Selected => {
                self.redraw_page();
                self.ask_settings(&sender);
            }
            Input::Described(description) => {
                if self.described.0.as_ref() == Some(&description.id) {
                    self.page.show_settings(Some(&description));
                    self.described.1 = Some(description);
                }
            }
            Input::Opened => {
                self.redraw_page();
                self.leaflet.navigate(adw::NavigationDirection::Forward);
            }
            Input::Back => {
                self.leaflet.navigate(adw::NavigationDirection::Back);
            }
            Input::Moved => self.tell_back(&sender),
            Input::Select(id) => {
                self.wanted = Some(id);
                self.select_wanted();
            }
            Input::CheckSelected => {
                if let Some(id) = self.list.with_selected(|status| status.id.clone()) {
                    let _ = sender.output(Output::Check(id));
                }
            }
        }
    }

    fn shutdown(&mut self, (): &mut (), _output: relm4::Sender<Output>) {
        self.stop_ticker();
    }
}

impl Accounts {
    fn load(&mut self, all: Snapshot, sender: &ComponentSender<Self>) {
        if let Some(old) = self.stack.child_by_name("empty") {
            self.stack.remove(&old);
        }
        let is_empty = all.accounts.is_empty();
        if is_empty {
            let output = sender.output_sender().clone();
            let page = empty::page(all.halted.as_ref(), &all.rc_path, move |out| {
                output.emit(out);
            });
            self.stack.add_named(&page, Some("empty"));
        }
        self.list.load(all.accounts);
        // The file may say something else now.
        self.described.0 = None;
        self.select_wanted();
        self.stack
            .set_visible_child_name(if is_empty { "empty" } else { "accounts" });
        self.redraw();
        self.tell_back(sender);
        self.wind(sender);
        self.ask_settings(sender);
    }

    /// Has the settings of the selected account told, while somebody looks. What was told of it
    /// before stands until then.
    fn ask_settings(&mut self, sender: &ComponentSender<Self>) {
        let selected = self.list.with_selected(|status| status.id.clone());
        let Some(id) = selected.filter(|_| self.is_shown) else {
            return;
        };
        let told = self.described.1.as_ref();
        if told.is_some_and(|told| told.id != id) {
            self.described.1 = None;
            self.page.show_settings(None);
        }
        if self.described.0.as_ref() != Some(&id) {
            self.described.0 = Some(id.clone());
            let _ = sender.output(Output::Describe(id));
        }
    }

    /// Once it is in the list.
    fn select_wanted(&mut self) {
        if let Some(id) = &self.wanted
            && self.list.select(id)
        {
            self.wanted = None;
            self.redraw_page();
            self.leaflet.navigate(adw::NavigationDirection::Forward);
        }
    }

    fn change(&mut self, status: AccountStatus, sender: &ComponentSender<Self>) {
        let now = SystemTime::now();
        let is_soon = self.is_shown && is_near(&status, now);
        let is_selected = self.list.change(status, now);
        if is_selected {
            self.redraw_page();
        }
        if is_soon && !self.ticker.borrow().as_ref().is_some_and(|t| t.is_quick) {
            self.wind(sender);
        }
    }

    fn show(&mut self, is_shown: bool, sender: &ComponentSender<Self>) {
        self.is_shown = is_shown;
        if is_shown {
            self.redraw();
            self.wind(sender);
            self.ask_settings(sender);
        } else {
            self.stop_ticker();
        }
    }

    fn redraw(&self) {
        self.list.redraw(SystemTime::now());
        self.redraw_page();
    }

    fn redraw_page(&self) {
        let now = SystemTime::now();
        self.list
            .with_selected(|status| self.page.show(status, now));
    }

    fn tell_back(&self, sender: &ComponentSender<Self>) {
        let is_list = self.leaflet.visible_child_name().as_deref() == Some("list");
        let has_accounts = self.stack.visible_child_name().as_deref() == Some("accounts");
        let can = has_accounts && self.leaflet.is_folded() && !is_list;
        let _ = sender.output(Output::CanGoBack(can));
    }

    /// Sets the timer anew: each second while a countdown is in its last minute, else each
    /// minute; not at all while the page is out of sight.
    fn wind(&mut self, sender: &ComponentSender<Self>) {
        self.stop_ticker();
        if !self.is_shown {
            return;
        }
        let now = SystemTime::now();
        let is_quick = self.list.any(|status| is_near(status, now));
        let pause = Duration::from_secs(if is_quick { 1 } else { 60 });
        let input = sender.input_sender().clone();
        // A timer that has run out is gone at once, before its message is read: removing it then
        // would be an error.
        let run_out = self.ticker.clone();
        let source = glib::timeout_add_local_once(pause, move || {
            run_out.take();
            input.emit(Input::Tick);
        });
        self.ticker.replace(Some(Ticker { source, is_quick }));
    }

    fn stop_ticker(&mut self) {
        let running = self.ticker.take();
        if let Some(ticker) = running {
            ticker.source.remove();
        }
    }
}

/// Whether the account's countdown is (or will be before the next minute's tick) in seconds.
fn is_near(status: &AccountStatus, now: SystemTime) -> bool {
    let near = Duration::from_secs(120);
    status
        .next_check
        .and_then(|next| next.duration_since(now).ok())
        .is_some_and(|left| left < near)
}

fn side_by_side(list: &gtk::ListView, page: &impl IsA<gtk::Widget>) -> adw::Leaflet {
    let leaflet = adw::Leaflet::builder().can_navigate_back(true).build();
    let scroll = gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .width_request(320)
        .child(list)
        .build();
    a11y::set_label(list, &gettext("Accounts"));
    leaflet.append(&scroll).set_name(Some("list"));
    let line = gtk::Separator::new(gtk::Orientation::Vertical);
    leaflet.append(&line).set_navigatable(false);
    leaflet.append(page).set_name(Some("page"));
    page.set_hexpand(true);
    leaflet
}

fn connect(
    stack: &gtk::Stack,
    leaflet: &adw::Leaflet,
    list: &List,
    sender: &ComponentSender<Accounts>,
) {
    let tell = |input: fn() -> Input| {
        let to = sender.input_sender().clone();
        move || to.emit(input())
    };
    let (shown, hidden) = (tell(|| Input::Shown(true)), tell(|| Input::Shown(false)));
    stack.connect_map(move |_| shown());
    stack.connect_unmap(move |_| hidden());
    let to = sender.input_sender().clone();
    leaflet.connect_folded_notify(move |leaflet| to.emit(Input::Folded(leaflet.is_folded())));
    let moved = tell(|| Input::Moved);
    leaflet.connect_visible_child_notify(move |_| moved());
    let selected = tell(|| Input::Selected);
    list.selection.connect_selected_notify(move |_| selected());
    let opened = tell(|| Input::Opened);
    list.view.connect_activate(move |_, _| opened());
}
