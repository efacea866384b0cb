//! W6: what stays on the server, and when it is checked.

use std::cell::Cell;

use adw::prelude::*;

use super::model::answers::{RHYTHMS, Sink};
use super::model::{Field, Flag, Model, Page, Pick};
use super::rows::{Leaf, Meant, Sheet, combo, describe, entry, fill_in, mark, put, radio, switch};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text::size;
use crate::engine::api::job::{FirstTime, Part, Protocol, Rhythm};

/// The page.
pub(super) struct Copies {
    sheet: Sheet,
    filled: Cell<u64>,
    after: adw::PreferencesGroup,
    keep: gtk::CheckButton,
    delete: gtk::CheckButton,
    delete_row: adw::ActionRow,
    first: adw::ComboRow,
    first_note: gtk::Label,
    rhythm: adw::ComboRow,
    rhythms: Cell<usize>,
    rhythm_note: gtk::Label,
    has_limit: gtk::Switch,
    limit_row: adw::ActionRow,
    limit: adw::EntryRow,
    error: gtk::Label,
}

impl Copies {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(Page::Copies.name(), &gettext("Copies and Schedule"), "");
        let after = sheet.group(&gettext("After fetching"));
        let (row, keep) = radio(
            &gettext("Leave messages on the server"),
            &gettext("Other devices still find them there."),
            "keep",
            Pick::Keep(true),
            None,
            meant,
        );
        after.add(&row);
        let (delete_row, delete) = radio(
            &gettext("Delete from the server once delivered"),
            "",
            "delete",
            Pick::Keep(false),
            Some(&keep),
            meant,
        );
        after.add(&delete_row);
        let group = sheet.group("");
        let words = [
            gettext("Only new messages"),
            gettext("Everything on the server"),
        ];
        let first = combo(
            &gettext("The first time"),
            "",
            "first-time",
            &words,
            meant,
            |n| {
                Pick::FirstTime(if n == 1 {
                    FirstTime::Everything
                } else {
                    FirstTime::OnlyNew
                })
            },
        );
        group.add(&first);
        let words: Vec<String> = RHYTHMS.into_iter().map(rhythm_text).collect();
        let rhythm = combo(&gettext("Check"), "", "rhythm", &words, meant, |n| {
            Pick::Rhythm(n as usize)
        });
        group.add(&rhythm);
        let (limit_row, has_limit) = switch(
            &gettext("Skip large messages"),
            &gettext("They stay on the server."),
            "has-limit",
            Flag::HasLimit,
            meant,
        );
        group.add(&limit_row);
        let limit = entry(&gettext("Larger than (MB)"), "limit", Field::Limit, meant);
        limit.set_input_purpose(gtk::InputPurpose::Digits);
        group.add(&limit);
        let error = sheet.error("limit-error");
        let note = |name: &str| {
            let label = super::rows::paragraph("", "caption");
            label.add_css_class("quiet");
            label.set_margin_start(12);
            label.set_widget_name(name);
            sheet.column.append(&label);
            label
        };
        let (first_note, rhythm_note) = (note("first-note"), note("rhythm-note"));
        Self {
            sheet,
            filled: Cell::new(u64::MAX),
            after,
            keep,
            delete,
            delete_row,
            first,
            first_note,
            rhythm,
            rhythms: Cell::new(RHYTHMS.len()),
            rhythm_note,
            has_limit,
            limit_row,
            limit,
            error,
        }
    }
}

impl Copies {
    /// A rhythm that somebody wrote into the file is listed behind those that are offered.
    fn list(&self, rhythms: &[Rhythm]) {
        if self.rhythms.replace(rhythms.len()) == rhythms.len() {
            return;
        }
        let own = rhythms.last().copied().map(rhythm_text).unwrap_or_default();
        if let Some(words) = self.rhythm.model().and_downcast::<gtk::StringList>() {
            words.append(&own);
        }
    }
}

impl Leaf for Copies {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        let answers = &model.answers;
        let fetches = answers.sink != Sink::Watch;
        self.after.set_visible(fetches);
        self.first.set_visible(fetches && model.editing.is_none());
        let can = |part| {
            let editing = model.editing.as_ref();
            !editing.is_some_and(|editing| editing.is_hidden(part))
        };
        self.after.set_sensitive(can(Part::Copies));
        self.limit_row.set_sensitive(can(Part::Copies));
        self.limit.set_sensitive(can(Part::Copies));
        self.rhythm.set_sensitive(can(Part::Schedule));
        self.limit_row.set_visible(fetches);
        let chosen = if answers.keep {
            &self.keep
        } else {
            &self.delete
        };
        if !chosen.is_active() {
            chosen.set_active(true);
        }
        describe(
            &self.delete_row,
            &match answers.keep {
                true => String::new(),
                false => gettext("There is then only one copy: on this computer."),
            },
        );
        self.first
            .set_selected(u32::from(answers.first_time == FirstTime::Everything));
        let first = first_note(model).filter(|_| self.first.get_visible());
        self.first_note.set_visible(first.is_some());
        put(&self.first_note, &first.unwrap_or_default());
        self.list(&answers.rhythms());
        self.rhythm.set_selected(answers.rhythm as u32);
        let note = rhythm_note(model);
        self.rhythm_note.set_visible(note.is_some());
        put(&self.rhythm_note, &note.unwrap_or_default());
        self.has_limit.set_active(answers.has_limit);
        self.limit.set_visible(answers.has_limit && fetches);
        if self.filled.replace(model.filled) != model.filled {
            fill_in(&self.limit, &answers.limit);
        }
        let error = model
            .error(Field::Limit)
            .filter(|_| self.limit.is_visible());
        mark(&self.limit, &self.error, error.as_deref());
    }

    fn focus(&self, field: Field) -> bool {
        field == Field::Limit && self.limit.grab_focus()
    }
}

/// How much the first check will bring.
fn first_note(model: &Model) -> Option<String> {
    let done = model.sign_in.done()?.as_ref().ok()?;
    let (count, octets) = match model.answers.first_time {
        FirstTime::Everything => (done.total, done.octets),
        FirstTime::OnlyNew if model.answers.protocol() == Some(Protocol::Pop3) => {
            return Some(gettext(
                "What is on the server now counts as known and stays there. Mail is fetched from the next message on.",
            ));
        }
        FirstTime::OnlyNew => (done.new, None),
    };
    let text = match octets {
        Some(_) => ngettext(
            "The first check fetches {n} message ({size}).",
            "The first check fetches {n} messages ({size}).",
            u64::from(count),
        ),
        None => ngettext(
            "The first check fetches {n} message.",
            "The first check fetches {n} messages.",
            u64::from(count),
        ),
    };
    let size = octets.map(size).unwrap_or_default();
    Some(fill(&text, &[("n", &count), ("size", &size)]))
}

/// What the rhythm chosen needs.
fn rhythm_note(model: &Model) -> Option<String> {
    let can_idle = matches!(&model.sign_in.done(), Some(Ok(done)) if done.can_idle);
    let is_idle = model.answers.chosen_rhythm() == Rhythm::Idle;
    (is_idle && model.editing.is_none()).then(|| match can_idle {
        true => gettext("The server tells of new mail; until this version listens to it, it is checked every two minutes."),
        false => gettext("The server has not said that it can tell of new mail; it is checked every two minutes."),
    })
}

fn rhythm_text(rhythm: Rhythm) -> String {
    match rhythm {
        Rhythm::Minutes(n) => {
            let text = ngettext("Every {n} minute", "Every {n} minutes", u64::from(n));
            fill(&text, &[("n", &n)])
        }
        Rhythm::Idle => gettext("As soon as it arrives"),
        Rhythm::Asked => gettext("Only when asked"),
    }
}
