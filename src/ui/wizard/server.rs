//! W3: which server, from what was found or by hand.

mod manual;
mod texts;

use std::cell::RefCell;

use adw::prelude::*;

use super::model::{Deed, Field, Flag, Model, Page, Pick};
use super::rows::{Leaf, Meant, Sheet, action, button, describe, mark, put, radio, tick};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::found::State;
use crate::engine::api::job::{Candidate, Method, Security};
use crate::engine::api::words;
use manual::Manual;

/// The page.
pub(super) struct Server {
    sheet: Sheet,
    cards: adw::PreferencesGroup,
    shown: RefCell<(Vec<Candidate>, Vec<Card>)>,
    by_hand: gtk::CheckButton,
    by_hand_row: adw::ActionRow,
    leader: gtk::CheckButton,
    edit: gtk::Button,
    sources: gtk::Label,
    none: adw::ActionRow,
    notes: adw::PreferencesGroup,
    ticks: adw::PreferencesGroup,
    confirmed: (adw::ActionRow, gtk::CheckButton),
    plain: (adw::ActionRow, gtk::CheckButton),
    tick_error: gtk::Label,
    manual: Manual,
    meant: Meant,
}

struct Card {
    index: usize,
    row: adw::ActionRow,
    check: gtk::CheckButton,
}

impl Server {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(
            Page::Server.name(),
            &gettext("Your Mail Server"),
            &gettext("The password is sent to this server and to nobody else."),
        );
        let notes = sheet.group("");
        let none = action(
            "",
            &gettext("Enter them yourself, or ask your provider for “IMAP” or “POP3” settings."),
        );
        none.set_widget_name("nothing-found");
        notes.add(&none);
        let sources = super::rows::paragraph("", "caption");
        sources.add_css_class("quiet");
        sources.set_widget_name("sources");
        sheet.column.append(&sources);
        let cards = sheet.group("");
        // It is never seen: whatever is chosen, every radio button has a leader that stays.
        let leader = gtk::CheckButton::new();
        let (by_hand_row, by_hand) = radio(
            &gettext("Other settings"),
            &gettext("Enter server, port and encryption yourself."),
            "card-by-hand",
            Pick::Card(None),
            Some(&leader),
            meant,
        );
        let edit = button(&gettext("Edit"), "edit-card", Deed::Edit, meant);
        edit.set_halign(gtk::Align::End);
        sheet.column.append(&edit);
        let manual = Manual::new(&sheet, meant);
        let ticks = sheet.group("");
        let confirmed = tick(
            &gettext("I have checked these settings with my provider"),
            "confirmed",
            Flag::Confirmed,
            meant,
        );
        let plain = tick(
            &gettext("I accept this risk"),
            "accept-plain",
            Flag::AcceptsPlain,
            meant,
        );
        ticks.add(&confirmed.0);
        ticks.add(&plain.0);
        let tick_error = sheet.error("tick-error");
        Self {
            sheet,
            cards,
            shown: RefCell::default(),
            by_hand,
            by_hand_row,
            leader,
            edit,
            sources,
            none,
            notes,
            ticks,
            confirmed,
            plain,
            tick_error,
            manual,
            meant: meant.clone(),
        }
    }

    /// Cards are made anew only when what was found has changed.
    fn show_cards(&self, model: &Model) {
        let usable: Vec<(usize, Candidate)> = model
            .usable()
            .map(|(index, card)| (index, card.clone()))
            .collect();
        let found: Vec<Candidate> = usable.iter().map(|(_, card)| card.clone()).collect();
        if self.shown.borrow().0 != found {
            let old = std::mem::take(&mut *self.shown.borrow_mut());
            for card in old.1 {
                self.cards.remove(&card.row);
            }
            if self.by_hand_row.parent().is_some() {
                self.cards.remove(&self.by_hand_row);
            }
            let address = model.answers.address.trim();
            let cards = usable.iter().enumerate().map(|(n, (index, card))| {
                let made = Card::new(*index, card, n == 0, address, &self.leader, &self.meant);
                self.cards.add(&made.row);
                made
            });
            let cards = cards.collect();
            self.cards.add(&self.by_hand_row);
            *self.shown.borrow_mut() = (found, cards);
        }
        let shown = self.shown.borrow();
        for card in &shown.1 {
            if model.answers.card == Some(card.index) && !card.check.is_active() {
                card.check.set_active(true);
            }
        }
        if model.answers.card.is_none() && !self.by_hand.is_active() {
            self.by_hand.set_active(true);
        }
        self.cards.set_visible(!shown.1.is_empty());
        self.edit.set_visible(model.answers.card.is_some());
    }

    fn show_notes(&self, model: &Model) {
        let found = model
            .found
            .as_ref()
            .filter(|_| !model.discovery.is_running());
        let is_empty = found.is_some_and(|found| found.candidates.is_empty());
        self.notes.set_visible(is_empty);
        let domain = model.answers.domain();
        self.none.set_title(&fill(
            &gettext("No settings found for {domain}"),
            &[("domain", &domain)],
        ));
        let failed = found.map_or(0, |found| {
            let is_failed = |state: &State| matches!(state, State::Failed(_));
            found
                .steps
                .iter()
                .filter(|step| is_failed(&step.state))
                .count()
        });
        self.sources.set_visible(failed > 0);
        let asked = found.map_or(0, |found| {
            let is_asked = |state: &State| !matches!(state, State::Skipped | State::Waiting);
            found
                .steps
                .iter()
                .filter(|step| is_asked(&step.state))
                .count()
        });
        let text = ngettext(
            "{n} of {all} sources could not be reached.",
            "{n} of {all} sources could not be reached.",
            failed as u64,
        );
        put(
            &self.sources,
            &fill(&text, &[("n", &failed), ("all", &asked)]),
        );
    }

    fn show_ticks(&self, model: &Model) {
        let is_weak = model.is_weak();
        let is_plain = model.answers.security() == Some(Security::None);
        self.ticks.set_visible(is_weak || is_plain);
        self.confirmed.0.set_visible(is_weak);
        self.confirmed.1.set_active(model.answers.confirmed);
        describe(
            &self.confirmed.0,
            &gettext("Whoever controls this network could have made them up."),
        );
        self.plain.0.set_visible(is_plain);
        self.plain.1.set_active(model.answers.accepts_plain);
        describe(
            &self.plain.0,
            &gettext("Not encrypted: everything including your password is sent readable."),
        );
        let error = (model.lacks_tick() && model.tried_to_go_on)
            .then(|| gettext("Set the tick to go on, or choose other settings."));
        mark(&self.ticks, &self.tick_error, error.as_deref());
    }
}

impl Leaf for Server {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        self.show_notes(model);
        self.show_cards(model);
        self.manual.show(model);
        self.show_ticks(model);
    }

    fn focus(&self, field: Field) -> bool {
        self.manual.focus(field)
    }
}

impl Card {
    fn new(
        index: usize,
        card: &Candidate,
        is_best: bool,
        address: &str,
        leader: &gtk::CheckButton,
        meant: &Meant,
    ) -> Self {
        let pick = Pick::Card(Some(index));
        let name = format!("card-{index}");
        let protocol = words::protocol(card.protocol);
        let title = match is_best {
            true => fill(
                &gettext("{protocol} (recommended)"),
                &[("protocol", &protocol)],
            ),
            false => protocol,
        };
        let from = gettext("Known from: {source}");
        let lines = [
            words::server(card),
            texts::sign_in(card, address),
            texts::consequence(card.protocol),
            fill(&from, &[("source", &words::source(&card.source))]),
        ];
        let (row, check) = radio(&title, &lines.join("\n"), &name, pick, Some(leader), meant);
        row.set_subtitle_lines(6);
        if card.is_weak {
            let icon = gtk::Image::from_icon_name("dialog-warning-symbolic");
            icon.add_css_class("wait");
            super::super::a11y::set_label(&icon, &gettext("Not sure"));
            row.add_suffix(&icon);
        }
        if card.methods.first() == Some(&Method::OAuth2) && card.methods.len() == 1 {
            row.set_sensitive(false);
            let why =
                gettext("Takes only a sign-in in the browser, which this version cannot do yet.");
            describe(&row, &[lines[0].clone(), why].join("\n"));
        }
        Self { index, row, check }
    }
}
