//! What is set for an account, a row for each part, which leads to the page where it is changed.

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;
use gtk::pango;

use super::super::super::{a11y, setup_words};
use super::super::Output;
use super::Shown;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Description, Part, Setup};

/// The rows; hidden while nothing is known of the account.
pub(super) struct Settings {
    group: adw::PreferencesGroup,
    rows: Vec<(Part, adw::ActionRow)>,
    beside: gtk::Label,
    shown: RefCell<Option<Description>>,
}

impl Settings {
    /// Puts its rows at the end of `column`; `account` is the one that is shown.
    pub(super) fn new(
        column: &gtk::Box,
        account: &Shown,
        meant: impl Fn(Output) + Clone + 'static,
    ) -> Self {
        let group = adw::PreferencesGroup::builder()
            .title(gettext("Settings"))
            .visible(false)
            .build();
        column.append(&group);
        let texts = [
            (Part::SignIn, gettext("Sign-in"), "edit-sign-in"),
            (Part::Server, gettext("Server"), "edit-server"),
            (Part::Delivery, gettext("Delivery"), "edit-delivery"),
            (Part::Copies, gettext("Copies on server"), "edit-copies"),
            (Part::Schedule, gettext("Schedule"), "edit-schedule"),
        ];
        let rows = texts.into_iter().map(|(part, title, name)| {
            let row = adw::ActionRow::builder()
                .title(title)
                .subtitle_lines(4)
                .activatable(true)
                .build();
            row.set_use_markup(false);
            row.set_widget_name(name);
            let arrow = gtk::Image::builder()
                .icon_name("go-next-symbolic")
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build();
            row.add_suffix(&arrow);
            let (meant, account) = (meant.clone(), Rc::clone(account));
            row.connect_activated(move |_| {
                if let Some((id, _)) = account.borrow().clone() {
                    meant(Output::Edit(id, part));
                }
            });
            group.add(&row);
            (part, row)
        });
        let rows = rows.collect();
        let expert = adw::ActionRow::builder()
            .title(gettext("Edit in Expert Mode"))
            .subtitle(gettext("Every option of the file, and the file itself"))
            .activatable(true)
            .build();
        expert.set_use_markup(false);
        expert.set_widget_name("edit-expert");
        a11y::set_description(&expert, &expert.subtitle().unwrap_or_default());
        expert.add_suffix(&super::super::super::arrow());
        let (to, whose) = (meant.clone(), Rc::clone(account));
        expert.connect_activated(move |_| {
            if let Some((id, _)) = whose.borrow().clone() {
                to(Output::Expert(id));
            }
        });
        group.add(&expert);
        let beside = gtk::Label::builder()
            .wrap(true)
            .wrap_mode(pango::WrapMode::WordChar)
            .xalign(0.0)
            .margin_top(9)
            .margin_start(12)
            .margin_end(12)
            .visible(false)
            .css_classes(["caption", "quiet"])
            .name("set-beside")
            .build();
        group.add(&beside);
        Self {
            group,
            rows,
            beside,
            shown: RefCell::default(),
        }
    }

    /// Shows what is set, or nothing.
    pub(super) fn show(&self, description: Option<&Description>) {
        if self.shown.borrow().as_ref() == description {
            return;
        }
        self.group.set_visible(description.is_some());
        if let Some(description) = description {
            for (part, row) in &self.rows {
                let hidden: Vec<&str> = description.hidden(*part).collect();
                row.set_sensitive(hidden.is_empty());
                let text = match hidden.is_empty() {
                    true => text(*part, &description.setup),
                    false => why_not(&hidden),
                };
                row.set_subtitle(&text);
                a11y::set_description(row, &text);
            }
            let text = below(description);
            self.beside.set_text(&text);
            self.beside.set_visible(!text.is_empty());
        }
        *self.shown.borrow_mut() = description.cloned();
    }
}

/// What stands below the rows: a row that cannot be opened is pale, and no key leads there.
fn below(description: &Description) -> String {
    let mut words: Vec<&str> = description.hidden.iter().map(|h| h.keyword).collect();
    words.dedup();
    let lines = [
        (why_not(&words), !words.is_empty()),
        (
            fill(
                &gettext("Also set in the file, and left as it is: {options}"),
                &[("options", &description.beside.join(", "))],
            ),
            !description.beside.is_empty(),
        ),
    ];
    let lines = lines.into_iter().filter(|(_, is_there)| *is_there);
    lines.map(|(line, _)| line).collect::<Vec<_>>().join("\n")
}

fn text(part: Part, setup: &Setup) -> String {
    let text = match part {
        Part::Server => return setup_words::server(setup),
        Part::SignIn => return setup_words::sign_in(setup),
        Part::Delivery => return setup_words::delivery(setup),
        Part::Copies => setup_words::copies(setup),
        Part::Schedule => setup_words::schedule(setup),
    };
    // Alone they are sentences.
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

fn why_not(options: &[&str]) -> String {
    let text = gettext("This account uses settings that only the file can show: {options}");
    fill(&text, &[("options", &options.join(", "))])
}
