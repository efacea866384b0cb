//! W1: the address and the password.

use std::cell::Cell;

use adw::prelude::*;

use super::methods::Methods;
use super::model::answers::Place;
use super::model::{Deed, Field, Flag, Model, Page, Pick};
use super::rows::{
    Leaf, Meant, Sheet, action, button, describe, entry, fill_in, mark, password, put, radio,
    switch,
};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::Keyring;

/// The page.
pub(super) struct Address {
    sheet: Sheet,
    filled: Cell<u64>,
    address: adw::EntryRow,
    user: adw::EntryRow,
    user_error: gtk::Label,
    methods: Methods,
    caption: gtk::Label,
    /// Only for new accounts.
    lookup: adw::ActionRow,
    by_hand: gtk::Button,
    password: adw::PasswordEntryRow,
    error: gtk::Label,
    existing: adw::ActionRow,
    hint: adw::ActionRow,
    notes: adw::PreferencesGroup,
    open: gtk::Button,
    online: gtk::Switch,
    places: adw::ExpanderRow,
    radios: Vec<(Place, adw::ActionRow, gtk::CheckButton)>,
    command: adw::EntryRow,
    command_error: gtk::Label,
}

impl Address {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(Page::Address.name(), &gettext("Your Address"), "");
        let group = sheet.group("");
        let address = entry(&gettext("Email address"), "address", Field::Address, meant);
        address.set_input_purpose(gtk::InputPurpose::Email);
        let password = password(&gettext("Password"), "password", Field::Password, meant);
        let user = entry(&gettext("User name"), "user-name", Field::User, meant);
        group.add(&address);
        group.add(&user);
        group.add(&password);
        let error = sheet.error("address-error");
        let user_error = sheet.error("user-name-error");
        let caption = super::rows::paragraph(
            &gettext("Not sent until you have confirmed the server."),
            "caption",
        );
        caption.add_css_class("quiet");
        caption.set_margin_start(12);
        sheet.column.append(&caption);
        let notes = sheet.group("");
        let existing = action(&gettext("This address is already set up."), "");
        existing.set_widget_name("existing");
        existing.add_suffix(&button(
            &gettext("Open It"),
            "open-existing",
            Deed::OpenExisting,
            meant,
        ));
        let hint = action("", "");
        hint.set_widget_name("hint");
        let open = gtk::Button::builder()
            .label(gettext("Open Page…"))
            .name("hint-open")
            .valign(gtk::Align::Center)
            .build();
        hint.add_suffix(&open);
        notes.add(&existing);
        notes.add(&hint);
        let more = sheet.group("");
        let (row, online) = switch(
            &gettext("Look up settings online"),
            &gettext(
                "Sends only the part after @ to your provider and to the Thunderbird settings database. Never the password or the full address.",
            ),
            "look-online",
            Flag::LookOnline,
            meant,
        );
        more.add(&row);
        let lookup = row;
        let places = adw::ExpanderRow::builder()
            .title(gettext("Where to keep the password"))
            .build();
        super::super::a11y::name_rows(&places, &places.title());
        places.set_use_markup(false);
        places.set_widget_name("places");
        let radios = Self::places(&places, meant);
        let command = entry(
            &gettext("Command"),
            "password-command",
            Field::PasswordCommand,
            meant,
        );
        places.add_row(&command);
        more.add(&places);
        let methods = Methods::new("own-method", &gettext("Way to sign in"), meant);
        more.add(&methods.root);
        let command_error = sheet.error("password-command-error");
        let by_hand = button(
            &gettext("Enter Settings Myself"),
            "by-hand",
            Deed::ByHand,
            meant,
        );
        by_hand.add_css_class("flat");
        by_hand.set_halign(gtk::Align::Center);
        sheet.column.append(&by_hand);
        let to = meant.clone();
        let shown = hint.clone();
        open.connect_clicked(move |_| {
            if let Some(page) = shown.tooltip_text() {
                to(super::model::Input::Do(Deed::Open(page.into())));
            }
        });
        Self {
            sheet,
            filled: Cell::new(u64::MAX),
            address,
            user,
            user_error,
            methods,
            caption,
            lookup,
            by_hand,
            password,
            error,
            existing,
            hint,
            notes,
            open,
            online,
            places,
            radios,
            command,
            command_error,
        }
    }

    fn places(
        expander: &adw::ExpanderRow,
        meant: &Meant,
    ) -> Vec<(Place, adw::ActionRow, gtk::CheckButton)> {
        let texts = [
            (
                Place::Keyring,
                gettext("Keyring"),
                gettext("Kept by your session, locked with it."),
            ),
            (
                Place::File,
                gettext("In the configuration file"),
                gettext("Readable only by you. Other programs that use the file need no more."),
            ),
            (
                Place::Command,
                gettext("Run a command"),
                gettext("Its first line of output is the password, as with “pass”."),
            ),
            (
                Place::Netrc,
                gettext("In ~/.netrc"),
                gettext("It is read there; you write it yourself."),
            ),
            (Place::Ask, gettext("Ask after each start"), String::new()),
        ];
        let mut leader: Option<gtk::CheckButton> = None;
        texts
            .into_iter()
            .map(|(place, title, subtitle)| {
                let name = format!("place-{place:?}").to_lowercase();
                let pick = Pick::Place(place);
                let (row, check) = radio(&title, &subtitle, &name, pick, leader.as_ref(), meant);
                leader.get_or_insert_with(|| check.clone());
                expander.add_row(&row);
                (place, row, check)
            })
            .collect()
    }

    /// Of an account that is there it is the page about its sign-in.
    fn show_kind(&self, model: &Model) {
        let is_new = model.editing.is_none();
        self.address.set_visible(is_new);
        self.lookup.set_visible(is_new);
        self.by_hand.set_visible(is_new);
        self.user.set_visible(!is_new);
        self.methods.root.set_visible(!is_new);
        self.methods.show(model);
        if is_new {
            return;
        }
        put(&self.sheet.title, &gettext("Sign-In"));
        self.password
            .set_title(&gettext("New password (empty: as it is)"));
        put(
            &self.caption,
            &gettext("A password that is typed here takes the place of the one that is kept."),
        );
        let error = model.error(Field::User);
        mark(&self.user, &self.user_error, error.as_deref());
    }

    fn show_hint(&self, model: &Model) {
        let is_new = model.editing.is_none();
        let hint = super::hints::of_domain(model.answers.domain()).filter(|_| is_new);
        self.hint.set_visible(hint.is_some());
        let Some((text, page)) = hint else { return };
        self.hint.set_title(&text);
        self.open.set_visible(page.is_some());
        self.hint.set_tooltip_text(page.as_deref());
    }

    fn show_places(&self, model: &Model) {
        let answers = &model.answers;
        let keyring = model.around.as_ref().map(|around| around.keyring);
        for (place, row, check) in &self.radios {
            if *place == answers.place && !check.is_active() {
                check.set_active(true);
            }
            if *place == Place::Keyring {
                let is_there = keyring != Some(Keyring::Missing);
                row.set_sensitive(is_there);
                if !is_there {
                    describe(row, &gettext("No keyring service is running."));
                }
            }
            if *place == answers.place {
                self.places.set_subtitle(&row.title());
            }
        }
        self.command.set_visible(answers.place == Place::Command);
        let error = model.error(Field::PasswordCommand);
        let error = error.filter(|_| answers.place == Place::Command);
        if error.is_some() {
            self.places.set_expanded(true);
        }
        mark(&self.command, &self.command_error, error.as_deref());
    }
}

impl Leaf for Address {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        let answers = &model.answers;
        if self.filled.replace(model.filled) != model.filled {
            fill_in(&self.address, &answers.address);
            fill_in(&self.user, &answers.user);
            let password = String::from_utf8_lossy(answers.password.expose());
            fill_in(&self.password, &password);
            fill_in(&self.command, &answers.password_command);
        }
        mark(
            &self.address,
            &self.error,
            model.error(Field::Address).as_deref(),
        );
        self.online.set_active(answers.look_online);
        self.show_kind(model);
        let existing = model.existing().filter(|_| model.editing.is_none());
        self.existing.set_visible(existing.is_some());
        if let Some(id) = existing {
            let text = gettext("Its server is {server}.");
            describe(&self.existing, &fill(&text, &[("server", &id.label)]));
        }
        self.show_hint(model);
        self.notes
            .set_visible(self.existing.get_visible() || self.hint.get_visible());
        self.show_places(model);
    }

    fn focus(&self, field: Field) -> bool {
        match field {
            Field::Address => self.address.grab_focus(),
            Field::User => self.user.grab_focus(),
            Field::Password => self.password.grab_focus(),
            Field::PasswordCommand => {
                self.places.set_expanded(true);
                self.command.grab_focus()
            }
            _ => false,
        }
    }
}
