//! Going to an account, to a line of the source, and to an earlier or later state of the file.

use adw::prelude::*;
use relm4::ComponentSender;

use super::super::ask::{Question, Weight};
use super::super::{a11y, shell};
use super::frame::Front;
use super::{Editor, Input};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::AccountId;
use crate::rc::document::Span;

impl Editor {
    /// To the user of an account of one's own file, as soon as that is there.
    pub(super) fn go_to_account(
        &mut self,
        id: AccountId,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        if !self.is_own() {
            self.open_of(None, None, root, sender);
        }
        self.wanted = Some(id);
        self.go_to_wanted();
    }

    /// To whom was asked for before the file was there.
    pub(super) fn go_to_wanted(&mut self) {
        let Some(model) = &self.model else { return };
        if let Some(node) = self.wanted.take().and_then(|id| model.find(&id)) {
            self.search(false);
            self.go(node);
            self.list.reveal();
        }
    }

    /// To a line of the source, from 1, with the cursor in it.
    pub(super) fn go_to_line(&mut self, line: u32) {
        let Some(model) = &self.model else { return };
        let start = model.line_start(line);
        if let Some(node) = model.node_at(start) {
            self.turn_to(node);
        }
        self.search(false);
        self.frame.bring(Front::Source);
        self.frame.show_source();
        self.show();
        self.source.reveal(Span { start, end: start });
        self.source.grab_focus();
    }

    /// To the first error.
    pub(super) fn go_to_trouble(&mut self) {
        let line = self.model.as_ref().and_then(|model| model.error()?.place);
        if let Some(place) = line {
            self.go_to_line(place.line);
            self.source.reveal(place.span);
        }
    }

    /// The states the file has had since it was opened, to choose one of.
    pub(super) fn show_history(&self, root: &gtk::Box, to: &relm4::Sender<Input>) {
        let (Some(model), Some(parent)) = (&self.model, root.root().and_downcast::<gtk::Window>())
        else {
            return;
        };
        let (names, now) = model.history().names();
        let list = gtk::ListBox::builder()
            .css_classes(["boxed-list"])
            .selection_mode(gtk::SelectionMode::None)
            .valign(gtk::Align::Start)
            .margin_top(12)
            .margin_bottom(12)
            .margin_start(12)
            .margin_end(12)
            .name("history-list")
            .build();
        a11y::set_label(&list, &gettext("History"));
        // The newest first.
        for (step, name) in names.iter().enumerate().rev() {
            list.append(&line(name, step == now, step > now));
        }
        let content = shell::vertical(0);
        content.append(&adw::HeaderBar::new());
        content.append(&shell::scroll(&list, 600));
        let window = adw::Window::builder()
            .title(gettext("History"))
            .transient_for(&parent)
            .modal(true)
            .default_width(420)
            .default_height(480)
            .width_request(360)
            .content(&content)
            .name("history")
            .build();
        let (to, weak, count) = (to.clone(), window.downgrade(), names.len());
        list.connect_row_activated(move |_, row| {
            let at = usize::try_from(row.index()).unwrap_or(0);
            to.emit(Input::GoToState(count.saturating_sub(at + 1)));
            if let Some(window) = weak.upgrade() {
                window.close();
            }
        });
        shell::close_on_escape(&window);
        window.present();
    }
}

fn line(name: &str, is_now: bool, is_undone: bool) -> gtk::ListBoxRow {
    let name = match name.is_empty() {
        true => gettext("As it was opened"),
        false => name.to_owned(),
    };
    let text = super::rows::label(&name, &[]);
    text.set_hexpand(true);
    let line = gtk::Box::builder()
        .spacing(9)
        .margin_top(9)
        .margin_bottom(9)
        .margin_start(12)
        .margin_end(12)
        .build();
    line.append(&text);
    let word = match (is_now, is_undone) {
        (true, _) => gettext("now"),
        (_, true) => gettext("undone"),
        _ => String::new(),
    };
    line.append(&super::rows::label(&word, &["caption", "quiet"]));
    let row = gtk::ListBoxRow::builder().child(&line).build();
    let spoken = match word.is_empty() {
        true => name,
        false => fill(
            &gettext("{name}, {word}"),
            &[("name", &name), ("word", &word)],
        ),
    };
    a11y::set_label(&row, &spoken);
    row
}

/// Asks for the number of a line, from 1 to `last`.
pub(super) fn ask(parent: &gtk::Window, last: u32, chosen: impl Fn(u32) + 'static) {
    let number = gtk::Entry::builder()
        .input_purpose(gtk::InputPurpose::Digits)
        .activates_default(true)
        .placeholder_text(format!("1–{}", last.max(1)))
        .name("line-number")
        .build();
    a11y::set_label(&number, &gettext("Line"));
    let question = Question {
        heading: &gettext("Go to Line"),
        body: "",
        name: "go-to-line",
        no: ("cancel", &gettext("_Cancel")),
        yes: ("go", &gettext("_Go")),
        weight: Weight::Meant,
    };
    let typed = number.clone();
    question.ask_with(parent, Some(&number), move || {
        if let Ok(line) = typed.text().trim().parse::<u32>() {
            chosen(line.clamp(1, last.max(1)));
        }
    });
    number.grab_focus();
}
