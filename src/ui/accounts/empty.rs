//! What stands in place of the list when there are no accounts: why, and the way out.

use adw::prelude::*;
use gtk::glib;

use super::Output;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::{Halt, words};

/// A page about `halt` (or a file without accounts) whose buttons call `meant`.
pub(super) fn page(
    halt: Option<&Halt>,
    rc_path: &str,
    meant: impl Fn(Output) + Clone + 'static,
) -> adw::StatusPage {
    let (icon, title, text) = match halt {
        None => (
            "mail-read-symbolic",
            gettext("No Accounts Yet"),
            gettext("Set one up and your mail is collected here."),
        ),
        Some(Halt::NoFile) => (
            "mail-read-symbolic",
            gettext("No Accounts Yet"),
            gettext("Set one up and your mail is collected here."),
        ),
        Some(halt @ Halt::Syntax(_)) => (
            "dialog-warning-symbolic",
            words::halt_headline(halt),
            fill(
                &gettext("Correct {path} with a text editor, then reload."),
                &[("path", &rc_path)],
            ),
        ),
        Some(halt) => (
            "dialog-warning-symbolic",
            words::halt_headline(halt),
            words::halt_advice(halt, rc_path),
        ),
    };
    // Title and description of a status page are markup in libadwaita 1.2.
    let page = adw::StatusPage::builder()
        .icon_name(icon)
        .title(glib::markup_escape_text(&title))
        .description(glib::markup_escape_text(&text))
        .vexpand(true)
        .build();
    page.set_widget_name("empty");
    let below = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(24)
        .build();
    if let Some(Halt::Syntax(errors)) = halt {
        below.append(&problems(errors));
    }
    below.append(&buttons(halt, meant));
    let clamp = adw::Clamp::builder()
        .maximum_size(600)
        .child(&below)
        .build();
    page.set_child(Some(&clamp));
    page
}

/// Set up and examine where nothing is there yet, reload where something is wrong.
fn buttons(halt: Option<&Halt>, meant: impl Fn(Output) + Clone + 'static) -> gtk::Box {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(12)
        .halign(gtk::Align::Center)
        .build();
    let add = |label: String, name: &str, class: &str, what: fn() -> Output| {
        let button = gtk::Button::builder()
            .label(label)
            .css_classes(["pill", class])
            .name(name)
            .build();
        let meant = meant.clone();
        button.connect_clicked(move |_| meant(what()));
        column.append(&button);
    };
    if matches!(halt, None | Some(Halt::NoFile)) {
        add(
            gettext("Set Up an Account"),
            "empty-set-up",
            "suggested-action",
            || Output::SetUp,
        );
        add(
            gettext("Just Examine a Server"),
            "empty-examine",
            "flat",
            || Output::Examine,
        );
        add(gettext("Reload"), "reload", "flat", || Output::Reload);
    } else {
        add(gettext("Reload"), "reload", "suggested-action", || {
            Output::Reload
        });
    }
    super::super::fact::wrap_buttons(&column);
    column
}

/// The errors of the file, one a row; the rest of very many is counted.
fn problems(errors: &[String]) -> gtk::ListBox {
    const MOST: usize = 50;
    let list = gtk::ListBox::builder()
        .selection_mode(gtk::SelectionMode::None)
        .css_classes(["boxed-list"])
        .name("problems")
        .build();
    super::a11y::set_label(&list, &gettext("Problems"));
    let add = |text: &str, class: &str| {
        let label = gtk::Label::builder()
            .label(text)
            .wrap(true)
            .wrap_mode(gtk::pango::WrapMode::WordChar)
            .selectable(true)
            .xalign(0.0)
            .margin_top(10)
            .margin_bottom(10)
            .margin_start(12)
            .margin_end(12)
            .css_classes([class])
            .build();
        list.append(&label);
    };
    for error in errors.iter().take(MOST) {
        add(error, "words");
    }
    if errors.len() > MOST {
        let more = gettext("… and {n} more");
        add(&fill(&more, &[("n", &(errors.len() - MOST))]), "dim-label");
    }
    list
}
