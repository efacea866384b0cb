//! The window of a check that is watched: what is said to the servers and listeners, line by line as
//! it is said, and how each account came out of it. It decides nothing; secrets and bodies are masked
//! before they get here, and there is no way to unmask them.

use std::collections::HashMap;

use adw::prelude::*;
use gtk::glib;

use super::{a11y, shell};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::{AccountId, AccountStatus, Entry, Said, Spoken, What, words};

/// Lines that are kept; of more the oldest go.
const MOST: i32 = 20_000;

/// What the person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// End the check.
    Stop,
    /// Check the same again.
    Again,
    /// The window is closed: nobody listens any more.
    Close,
}

/// How far an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Its poll has not begun.
    Ahead,
    /// It is under way.
    Running,
    /// It is over.
    Over,
}

/// The window.
pub(super) struct Transcript {
    window: adw::Window,
    view: gtk::TextView,
    state: gtk::Label,
    spinner: gtk::Spinner,
    stop: gtk::Button,
    again: gtk::Button,
    courses: HashMap<AccountId, Course>,
    /// Whose line was the last one.
    last: Option<AccountId>,
}

impl Transcript {
    /// Of these accounts; shown above `parent`.
    pub(super) fn new(
        parent: &impl IsA<gtk::Window>,
        ids: Vec<AccountId>,
        wish: impl Fn(Wish) + Clone + 'static,
    ) -> Self {
        let view = view();
        let state = gtk::Label::builder()
            .xalign(0.0)
            .hexpand(true)
            .wrap(true)
            .wrap_mode(gtk::pango::WrapMode::WordChar)
            .name("transcript-state")
            .accessible_role(gtk::AccessibleRole::Status)
            .build();
        let spinner = gtk::Spinner::new();
        a11y::set_label(&spinner, &gettext("Busy"));
        let stop = a11y::mnemonic_button(&gettext("_Stop"));
        stop.set_widget_name("transcript-stop");
        let again = a11y::mnemonic_button(&gettext("Check _Again"));
        again.set_widget_name("transcript-again");
        let copy = gtk::Button::builder()
            .icon_name("edit-copy-symbolic")
            .name("transcript-copy")
            .build();
        a11y::name_button(&copy, &gettext("Copy the Conversation"));
        let window = frame(
            parent,
            &ids,
            &view,
            [
                spinner.upcast_ref(),
                stop.upcast_ref(),
                again.upcast_ref(),
                copy.upcast_ref(),
            ],
            &state,
        );
        let buffer = view.buffer();
        copy.connect_clicked(move |copy| {
            let text = buffer.text(&buffer.start_iter(), &buffer.end_iter(), false);
            copy.clipboard().set_text(&text);
        });
        for (button, meant) in [(&stop, Wish::Stop), (&again, Wish::Again)] {
            let wish = wish.clone();
            button.connect_clicked(move |_| wish(meant));
        }
        window.connect_close_request(move |_| {
            wish(Wish::Close);
            glib::Propagation::Proceed
        });
        let mut this = Self {
            window,
            view,
            state,
            spinner,
            stop,
            again,
            courses: HashMap::new(),
            last: None,
        };
        this.begin(ids);
        this.window.present();
        this
    }

    /// The check begins, or does again.
    pub(super) fn begin(&mut self, ids: Vec<AccountId>) {
        self.courses = ids.into_iter().map(|id| (id, Course::Ahead)).collect();
        self.show_state();
    }

    /// Whom it is about.
    pub(super) fn ids(&self) -> Vec<AccountId> {
        self.courses.keys().cloned().collect()
    }

    /// In front of the others.
    pub(super) fn close(self) {
        self.window.destroy();
    }

    /// Something was said.
    pub(super) fn hear(&mut self, id: &AccountId, lines: &[Spoken]) {
        if !self.courses.contains_key(id) {
            return;
        }
        let is_at_end = self.is_at_end();
        self.name(id);
        for line in lines {
            let (tag, text) = text_of(line);
            self.append(tag, &text);
        }
        if is_at_end {
            self.to_end();
        }
    }

    /// An account is elsewhere than before.
    pub(super) fn status(&mut self, status: &AccountStatus) {
        let is_busy = status.state.is_busy();
        let Some(course) = self.courses.get_mut(&status.id) else {
            return;
        };
        match (*course, is_busy) {
            (Course::Ahead, true) => *course = Course::Running,
            (Course::Running, false) => *course = Course::Over,
            _ => return,
        }
        self.show_state();
    }

    /// Something for the log: how a check came out is said here too.
    pub(super) fn entry(&mut self, entry: &Entry) {
        let Some(id) = entry.id.as_ref().filter(|id| self.courses.contains_key(id)) else {
            return;
        };
        let tag = match entry.what {
            What::Finished { .. } => "result",
            What::Failed(_) => "trouble",
            _ => return,
        };
        let is_at_end = self.is_at_end();
        self.last = None;
        self.append(tag, &format!("{id}: {}", words::entry(entry)));
        if is_at_end {
            self.to_end();
        }
    }

    fn show_state(&self) {
        let open = self
            .courses
            .values()
            .filter(|c| **c != Course::Over)
            .count();
        let text = match open {
            0 => gettext("The check is over."),
            n => {
                let n = n as u64;
                let text = ngettext("{n} account to go…", "{n} accounts to go…", n);
                fill(&text, &[("n", &n)])
            }
        };
        self.state.set_text(&text);
        self.spinner.set_spinning(open > 0);
        self.spinner.set_visible(open > 0);
        self.stop.set_visible(open > 0);
        self.again.set_visible(open == 0);
    }

    /// Says whose lines follow, where there are several.
    fn name(&mut self, id: &AccountId) {
        if self.courses.len() > 1 && self.last.as_ref() != Some(id) {
            self.append("whose", &id.to_string());
        }
        self.last = Some(id.clone());
    }

    fn append(&self, tag: &str, text: &str) {
        let buffer = self.view.buffer();
        let mut end = buffer.end_iter();
        buffer.insert_with_tags_by_name(&mut end, &format!("{text}\n"), &[tag]);
        let more = buffer.line_count() - MOST;
        if more > 0
            && let Some(mut until) = buffer.iter_at_line(more)
        {
            buffer.delete(&mut buffer.start_iter(), &mut until);
        }
    }

    fn is_at_end(&self) -> bool {
        let place = self.view.vadjustment();
        place.is_none_or(|a| a.value() + a.page_size() + 40.0 >= a.upper())
    }

    fn to_end(&self) {
        let buffer = self.view.buffer();
        buffer.place_cursor(&buffer.end_iter());
        self.view.scroll_mark_onscreen(&buffer.get_insert());
    }
}

/// A line as it is shown, and which kind it is.
fn text_of(line: &Spoken) -> (&'static str, String) {
    let at = words::moment(line.at);
    match &line.said {
        Said::Sent { protocol, text } => ("sent", format!("{at} {protocol} C: {text}")),
        Said::Received { protocol, text } => ("received", format!("{at} {protocol} S: {text}")),
        Said::Note(text) => ("note", format!("{at} {text}")),
        Said::LeftOut(count) => {
            let n = u64::from(*count);
            let text = ngettext("… {n} line is not shown", "… {n} lines are not shown", n);
            ("note", fill(&text, &[("n", &n)]))
        }
    }
}

fn view() -> gtk::TextView {
    let view = gtk::TextView::builder()
        .editable(false)
        .monospace(true)
        .wrap_mode(gtk::WrapMode::WordChar)
        .accepts_tab(false)
        .top_margin(6)
        .bottom_margin(12)
        .left_margin(9)
        .right_margin(9)
        .vexpand(true)
        .name("transcript-text")
        .build();
    a11y::set_label(&view, &gettext("What is said"));
    view.set_direction(gtk::TextDirection::Ltr);
    let table = view.buffer().tag_table();
    let tag = |name: &str, weight: i32, style: gtk::pango::Style| {
        table.add(
            &gtk::TextTag::builder()
                .name(name)
                .weight(weight)
                .style(style)
                // What wraps goes on under what was said.
                .indent(-24)
                .left_margin(33)
                .build(),
        );
    };
    let plain = gtk::pango::Style::Normal;
    tag("sent", 600, plain);
    tag("received", 400, plain);
    tag("note", 400, gtk::pango::Style::Italic);
    tag("whose", 800, plain);
    tag("result", 800, plain);
    tag("trouble", 800, plain);
    view
}

fn frame(
    parent: &impl IsA<gtk::Window>,
    ids: &[AccountId],
    view: &gtk::TextView,
    [spinner, stop, again, copy]: [&gtk::Widget; 4],
    state: &gtk::Label,
) -> adw::Window {
    let whom = match ids {
        [one] => one.to_string(),
        many => {
            let n = many.len() as u64;
            fill(&ngettext("{n} account", "{n} accounts", n), &[("n", &n)])
        }
    };
    let title = adw::WindowTitle::new(&gettext("Check"), &super::markup(&whom));
    let header = adw::HeaderBar::builder().title_widget(&title).build();
    header.pack_start(stop);
    header.pack_start(again);
    header.pack_end(copy);
    let scroll = gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .vexpand(true)
        .child(view)
        .build();
    let below = gtk::Box::builder()
        .spacing(9)
        .margin_top(6)
        .margin_bottom(6)
        .margin_start(9)
        .margin_end(9)
        .build();
    below.append(spinner);
    below.append(state);
    let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
    content.append(&header);
    content.append(&scroll);
    content.append(&below);
    let window = adw::Window::builder()
        .title(gettext("Check"))
        .transient_for(parent)
        .default_width(760)
        .default_height(560)
        .width_request(360)
        .content(&content)
        .name("transcript")
        .build();
    shell::close_on_escape(&window);
    window
}
