//! W0: nothing is configured yet.

use adw::prelude::*;

use super::message::Message;
use super::model::sign_in::of_other;
use super::model::{Deed, Input, Model, Page, Work};
use super::rows::{Leaf, Meant, Sheet, action, button, describe};
use crate::base::i18n::{fill, gettext, ngettext};

/// The page.
pub(super) struct Welcome {
    sheet: Sheet,
    found: adw::PreferencesGroup,
    row: adw::ActionRow,
    use_it: gtk::Button,
    mend: gtk::Button,
    message: Message,
}

impl Welcome {
    /// Its widgets.
    pub(super) fn new(meant: &Meant) -> Self {
        let sheet = Sheet::new(
            Page::Welcome.name(),
            &gettext("Bring Your Mail Home"),
            &gettext(
                "Postrider collects mail from your providers and delivers it to this computer.",
            ),
        );
        sheet.title.add_css_class("title-1");
        let found = sheet.group(&gettext("Found on this computer"));
        let row = action("", "");
        let use_it = button(&gettext("Use It"), "use-found", Deed::UseFound, meant);
        let mend = button(
            &gettext("Make It Private"),
            "make-private",
            Deed::MakePrivate,
            meant,
        );
        row.add_suffix(&mend);
        row.add_suffix(&use_it);
        found.add(&row);
        let message = Message::new("welcome-problem", meant);
        sheet.column.append(&message.root);
        let choices = sheet.group("");
        for (title, subtitle, name, deed) in [
            (
                gettext("Use an Existing File…"),
                gettext("A configuration of fetchmail from elsewhere is taken over."),
                "use-file",
                None,
            ),
            (
                gettext("Just Examine a Server"),
                gettext("Find out what a mail server offers. Nothing secret is sent."),
                "examine",
                Some(Deed::Examine),
            ),
        ] {
            let row = action(&title, &subtitle);
            row.set_widget_name(name);
            row.set_activatable(true);
            row.add_suffix(&super::super::arrow());
            let to = meant.clone();
            row.connect_activated(move |row| match &deed {
                Some(deed) => to(Input::Do(deed.clone())),
                None => choose_file(row, &to),
            });
            choices.add(&row);
        }
        Self {
            sheet,
            found,
            row,
            use_it,
            mend,
            message,
        }
    }
}

fn choose_file(from: &adw::ActionRow, meant: &Meant) {
    let to = meant.clone();
    let title = gettext("Use an Existing File");
    super::super::choose::file(from, &title, move |path| to(Input::Do(Deed::UseFile(path))));
}

impl Leaf for Welcome {
    fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    fn show(&self, model: &Model) {
        let failed = match &model.file {
            Work::Done(Err(failed)) => Some(of_other(model, failed)),
            _ => None,
        };
        self.message.show(failed.as_ref());
        let rc = model.around.as_ref().map(|around| &around.rc);
        let holds = rc.and_then(|rc| rc.holds.map(|holds| (rc, holds)));
        let trouble = rc.and_then(|rc| rc.trouble.as_ref());
        self.found.set_visible(holds.is_some() || trouble.is_some());
        let Some(rc) = rc else { return };
        self.row.set_title(&rc.path.display().to_string());
        self.use_it
            .set_visible(holds.is_some() && trouble.is_none());
        self.mend.set_visible(rc.is_open_to_others);
        let text = match (trouble, holds) {
            (Some(trouble), _) => trouble.clone(),
            (None, Some((_, (entries, users)))) => {
                let servers = ngettext("{n} server", "{n} servers", entries as u64);
                let servers = fill(&servers, &[("n", &entries)]);
                let text = ngettext("{servers}, {n} user", "{servers}, {n} users", users as u64);
                fill(&text, &[("servers", &servers), ("n", &users)])
            }
            (None, None) => String::new(),
        };
        describe(&self.row, &text);
    }
}
