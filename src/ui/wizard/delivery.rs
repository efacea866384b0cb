//! W5: where the mail goes.

use std::cell::{Cell, RefCell};

use adw::prelude::*;

use super::message::Message;
use super::model::answers::Sink;
use super::model::sign_in::of_other;
use super::model::{Deed, Field, Input, Model, Page, Pick, Work};
use super::rows::{Leaf, Meant, Sheet, button, describe, entry, fill_in, mark, put, radio, status};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Around, Place};

/// The page.
pub(super) struct Delivery {
    sheet: Sheet,
    filled: Cell<u64>,
    radios: Vec<(Sink, adw::ActionRow, gtk::CheckButton)>,
    maildir: adw::EntryRow,
    local_user: adw::EntryRow,
    program: adw::EntryRow,
    lmtp: adw::EntryRow,
    error: gtk::Label,
    presets: gtk::FlowBox,
    preset_names: RefCell<Vec<String>>,
    test: gtk::Button,
    spinner: gtk::Spinner,
    result: gtk::Label,
    message: Message,
    meant: Meant,
}

impl Delivery {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(
            Page::Delivery.name(),
            &gettext("Where Should the Mail Go?"),
            "",
        );
        let group = sheet.group("");
        let radios = Self::sinks(&group, meant);
        let fields = sheet.group("");
        let maildir = entry(&gettext("Folder"), "maildir", Field::Maildir, meant);
        maildir.add_suffix(&choose_button(&maildir));
        let local_user = entry(
            &gettext("User of this computer"),
            "local-user",
            Field::LocalUser,
            meant,
        );
        let program = entry(&gettext("Command"), "program", Field::Program, meant);
        let lmtp = entry(
            &gettext("Socket, or host and port"),
            "lmtp",
            Field::Lmtp,
            meant,
        );
        for row in [&maildir, &program, &lmtp, &local_user] {
            fields.add(row);
        }
        let error = sheet.error("delivery-error");
        let presets = gtk::FlowBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .column_spacing(6)
            .row_spacing(6)
            .max_children_per_line(3)
            .name("presets")
            .build();
        super::super::a11y::set_label(&presets, &gettext("Programs found"));
        sheet.column.append(&presets);
        let below = gtk::Box::builder().spacing(10).build();
        let test = button(
            &gettext("Deliver a Test Message"),
            "test-delivery",
            Deed::TestDelivery,
            meant,
        );
        let spinner = gtk::Spinner::new();
        super::super::a11y::set_label(&spinner, &gettext("Delivering"));
        below.append(&test);
        below.append(&spinner);
        sheet.column.append(&below);
        let result = status("test-result");
        sheet.column.append(&result);
        let message = Message::new("delivery-problem", meant);
        sheet.column.append(&message.root);
        Self {
            sheet,
            filled: Cell::new(u64::MAX),
            radios,
            maildir,
            local_user,
            program,
            lmtp,
            error,
            presets,
            preset_names: RefCell::default(),
            test,
            spinner,
            result,
            message,
            meant: meant.clone(),
        }
    }

    fn sinks(
        group: &adw::PreferencesGroup,
        meant: &Meant,
    ) -> Vec<(Sink, adw::ActionRow, gtk::CheckButton)> {
        let texts = [
            (
                Sink::Maildir,
                gettext("Mail folder (Maildir)"),
                gettext("One file for each message. Most mail programs can open it."),
            ),
            (
                Sink::Listener,
                gettext("This computer's mail system"),
                String::new(),
            ),
            (
                Sink::Program,
                gettext("A program"),
                gettext("A delivery program such as maildrop gets each message."),
            ),
            (
                Sink::Lmtp,
                gettext("LMTP"),
                gettext("A mail store on this computer, such as Dovecot or Cyrus."),
            ),
            (
                Sink::Watch,
                gettext("Nothing, only watch"),
                gettext("Mail is counted and stays where it is. Nothing is fetched."),
            ),
        ];
        let mut leader: Option<gtk::CheckButton> = None;
        texts
            .into_iter()
            .map(|(sink, title, subtitle)| {
                let name = format!("sink-{sink:?}").to_lowercase();
                let pick = Pick::Delivery(sink);
                let (row, check) = radio(&title, &subtitle, &name, pick, leader.as_ref(), meant);
                leader.get_or_insert_with(|| check.clone());
                group.add(&row);
                (sink, row, check)
            })
            .collect()
    }

    fn show_around(&self, around: Option<&Around>, chosen: Sink) {
        let listener = around.and_then(|around| around.listener.as_deref());
        for (sink, row, check) in &self.radios {
            if *sink == Sink::Listener {
                row.set_visible(listener.is_some() || chosen == Sink::Listener);
                match listener {
                    Some(banner) => describe(row, banner),
                    None => describe(
                        row,
                        &gettext("Nothing answers on port 25 of this computer."),
                    ),
                }
            }
            if *sink == chosen && !check.is_active() {
                check.set_active(true);
            }
        }
        let programs = around.map_or(&[][..], |around| &around.programs);
        self.presets
            .set_visible(chosen == Sink::Program && !programs.is_empty());
        if *self.preset_names.borrow() == programs {
            return;
        }
        while let Some(child) = self.presets.first_child() {
            self.presets.remove(&child);
        }
        for program in programs {
            let button = gtk::Button::builder().label(short(program)).build();
            button.set_tooltip_text(Some(program));
            let (to, text) = (self.meant.clone(), program.clone());
            button.connect_clicked(move |_| to(Input::Do(Deed::Preset(text.clone()))));
            self.presets.append(&button);
            if let Some(around) = button.parent() {
                around.set_focusable(false);
            }
        }
        *self.preset_names.borrow_mut() = programs.to_vec();
    }

    fn show_fields(&self, model: &Model) {
        let (answers, sink) = (&model.answers, model.answers.sink);
        self.maildir.set_visible(sink == Sink::Maildir);
        self.program.set_visible(sink == Sink::Program);
        self.lmtp.set_visible(sink == Sink::Lmtp);
        // Of an account that is there, what a program is given as recipient stands in the file.
        let is_local = match sink {
            Sink::Listener | Sink::Lmtp => true,
            Sink::Program => model.editing.is_none(),
            Sink::Maildir | Sink::Watch => false,
        };
        self.local_user.set_visible(is_local);
        if self.filled.replace(model.filled) != model.filled {
            fill_in(&self.maildir, &answers.maildir);
            fill_in(&self.program, &answers.program);
            fill_in(&self.lmtp, &answers.lmtp);
            fill_in(&self.local_user, &answers.local_user);
        }
        let mut wrong = None;
        for (field, row) in [
            (Field::Maildir, &self.maildir),
            (Field::Program, &self.program),
            (Field::Lmtp, &self.lmtp),
            (Field::LocalUser, &self.local_user),
        ] {
            let error = model.error(field).filter(|_| row.is_visible());
            mark(row, &self.error, error.as_deref());
            wrong = wrong.or(error);
        }
        self.error.set_visible(wrong.is_some());
        put(&self.error, &wrong.unwrap_or_default());
        let place = model.around.as_ref().map(|around| &around.maildir);
        let is_proposed = place.is_some_and(|(path, _)| path.as_os_str() == answers.maildir.trim());
        let note = match place.filter(|_| is_proposed).map(|(_, place)| place) {
            Some(Place::Free) => gettext("Folder (it is made)"),
            Some(Place::Maildir) => gettext("Folder (a Maildir already)"),
            _ => gettext("Folder"),
        };
        self.maildir.set_title(&note);
    }
}

/// The name of a command's program.
fn short(command: &str) -> String {
    let name = command.split_whitespace().next().unwrap_or_default();
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    fill(&gettext("Use {program}"), &[("program", &name)])
}

fn choose_button(entry: &adw::EntryRow) -> gtk::Button {
    let choose = gtk::Button::builder()
        .icon_name("folder-open-symbolic")
        .css_classes(["flat"])
        .valign(gtk::Align::Center)
        .name("choose-maildir")
        .build();
    super::super::a11y::name_button(&choose, &gettext("Choose a Folder"));
    let entry = entry.downgrade();
    choose.connect_clicked(move |button| {
        let entry = entry.clone();
        super::super::choose::folder(button, &gettext("Choose a Folder"), move |path| {
            if let Some(entry) = entry.upgrade() {
                entry.set_text(&path.to_string_lossy());
            }
        });
    });
    choose
}

impl Leaf for Delivery {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        self.show_around(model.around.as_ref(), model.answers.sink);
        self.show_fields(model);
        let is_running = model.test.is_running();
        self.test.set_visible(model.answers.sink != Sink::Watch);
        self.test.set_sensitive(!is_running);
        self.spinner.set_spinning(is_running);
        self.spinner.set_visible(is_running);
        let (seen, failed) = match &model.test {
            Work::Done(Ok(seen)) => (Some(seen), None),
            Work::Done(Err(failed)) => (None, Some(of_other(model, failed))),
            _ => (None, None),
        };
        self.result.set_visible(seen.is_some());
        let text = seen.map(|seen| fill(&gettext("Delivered: {where}"), &[("where", seen)]));
        put(&self.result, &text.unwrap_or_default());
        self.message.show(failed.as_ref());
    }

    fn focus(&self, field: Field) -> bool {
        match field {
            Field::Maildir => self.maildir.grab_focus(),
            Field::LocalUser => self.local_user.grab_focus(),
            Field::Program => self.program.grab_focus(),
            Field::Lmtp => self.lmtp.grab_focus(),
            _ => false,
        }
    }
}
