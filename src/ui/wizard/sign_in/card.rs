//! The certificate that was not accepted, so that a person can compare it with what the provider
//! says.

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;

use super::super::model::{Deed, Input};
use super::super::rows::{Meant, action, describe};
use crate::base::i18n::gettext;
use crate::engine::api::job::Shown;
use crate::engine::api::words;

/// The widgets; hidden while the certificate is no trouble.
pub(super) struct Card {
    /// To be put into the page.
    pub root: adw::PreferencesGroup,
    wanted: adw::ActionRow,
    names: adw::ActionRow,
    issuer: adw::ActionRow,
    dates: adw::ActionRow,
    sha256: adw::ActionRow,
    md5: adw::ActionRow,
    authority: gtk::Button,
    shown: Rc<RefCell<Option<(Shown, String)>>>,
}

impl Card {
    /// Shows nothing yet.
    pub(super) fn new(meant: &Meant) -> Self {
        let root = adw::PreferencesGroup::builder()
            .title(gettext("Certificate"))
            .name("certificate")
            .visible(false)
            .build();
        let row = |title: String, name: &str| {
            let row = action(&title, "");
            row.set_widget_name(name);
            row.set_subtitle_lines(8);
            root.add(&row);
            row
        };
        let shown = Rc::<RefCell<Option<(Shown, String)>>>::default();
        let chain = gtk::Button::builder()
            .label(gettext("Show Chain"))
            .name("show-chain")
            .valign(gtk::Align::Center)
            .build();
        let of_chain = shown.clone();
        chain.connect_clicked(move |button| {
            let parent = button.root().and_downcast::<gtk::Window>();
            if let (Some(parent), Some((shown, host))) = (parent, &*of_chain.borrow()) {
                super::super::super::certificate::show(&parent, shown, host);
            }
        });
        let authority = gtk::Button::builder()
            .label(gettext("Trust This Authority…"))
            .name("trust-authority")
            .valign(gtk::Align::Center)
            .build();
        let to = meant.clone();
        authority.connect_clicked(move |button| {
            let to = to.clone();
            let title = gettext("Choose the Authority's Certificate");
            super::super::super::choose::file(button, &title, move |path| {
                to(Input::Do(Deed::Authority(path)));
            });
        });
        let buttons = gtk::FlowBox::builder()
            .selection_mode(gtk::SelectionMode::None)
            .column_spacing(6)
            .row_spacing(6)
            .margin_top(6)
            .max_children_per_line(2)
            .build();
        super::super::super::a11y::set_label(&buttons, &gettext("What can be done"));
        for button in [&authority, &chain] {
            buttons.append(button);
            // The box around a button takes no focus of its own, and goes with it.
            if let Some(around) = button.parent() {
                around.set_focusable(false);
                button
                    .bind_property("visible", &around, "visible")
                    .sync_create()
                    .build();
            }
        }
        Self {
            wanted: row(gettext("Name wanted"), "certificate-wanted"),
            names: row(gettext("Names in the certificate"), "certificate-names"),
            issuer: row(gettext("Issued by"), "certificate-issuer"),
            dates: row(gettext("Valid"), "certificate-dates"),
            sha256: row(gettext("Fingerprint (SHA-256)"), "certificate-sha256"),
            md5: {
                let md5 = row(gettext("Fingerprint, old form (MD5)"), "certificate-md5");
                root.add(&buttons);
                md5
            },
            root: root.clone(),
            authority,
            shown,
        }
    }

    /// Shows a certificate of `host`, or nothing.
    pub(super) fn show(&self, shown: Option<&Shown>, host: &str, takes_authority: bool) {
        let leaf = shown.and_then(|shown| shown.chain.first());
        self.root.set_visible(leaf.is_some());
        self.authority.set_visible(takes_authority);
        let (Some(shown), Some(leaf)) = (shown, leaf) else {
            return;
        };
        *self.shown.borrow_mut() = Some((shown.clone(), host.to_owned()));
        describe(&self.wanted, host);
        describe(&self.names, &leaf.names.join(", "));
        describe(&self.issuer, &leaf.issuer);
        let date =
            |at: Option<std::time::SystemTime>| at.map_or_else(|| "?".to_owned(), words::date);
        let dates = format!("{} – {}", date(leaf.from), date(leaf.until));
        describe(&self.dates, &dates);
        describe(&self.sha256, &in_lines(&leaf.sha256));
        describe(&self.md5, &in_lines(&leaf.md5));
    }
}

/// Eight octets a line: a fingerprint has no place to wrap at.
fn in_lines(fingerprint: &str) -> String {
    let octets: Vec<&str> = fingerprint.split(':').collect();
    let lines: Vec<String> = octets.chunks(8).map(|line| line.join(":")).collect();
    lines.join(":\n")
}
