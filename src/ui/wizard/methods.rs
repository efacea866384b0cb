//! The ways to sign in, folded: on the server page of a new account, on the sign-in page of one that
//! is there.

use adw::prelude::*;

use super::super::a11y;
use super::model::answers::MethodWish;
use super::model::sign_in::why_not;
use super::model::{Model, Pick};
use super::rows::{Meant, radio};
use crate::base::i18n::gettext;

/// An expander with a choice for each.
pub(super) struct Methods {
    /// To be put into a group.
    pub root: adw::ExpanderRow,
    radios: Vec<(MethodWish, adw::ActionRow, gtk::CheckButton)>,
}

impl Methods {
    /// Names of its parts begin with `name`.
    pub(super) fn new(name: &str, title: &str, meant: &Meant) -> Self {
        let root = adw::ExpanderRow::builder().title(title).build();
        a11y::name_rows(&root, title);
        root.set_use_markup(false);
        root.set_widget_name(&format!("{name}s"));
        let mut leader: Option<gtk::CheckButton> = None;
        let radios = MethodWish::ALL
            .into_iter()
            .map(|method| {
                let subtitle = why_not(method).unwrap_or_default();
                let name = format!("{name}-{method:?}").to_lowercase();
                let pick = Pick::Method(method);
                let (row, check) = radio(
                    &label(method),
                    &subtitle,
                    &name,
                    pick,
                    leader.as_ref(),
                    meant,
                );
                row.set_sensitive(method.is_there());
                leader.get_or_insert_with(|| check.clone());
                root.add_row(&row);
                (method, row, check)
            })
            .collect();
        Self { root, radios }
    }

    /// Shows which is chosen.
    pub(super) fn show(&self, model: &Model) {
        for (method, row, check) in &self.radios {
            if *method == model.answers.method {
                if !check.is_active() {
                    check.set_active(true);
                }
                self.root.set_subtitle(&row.title());
            }
        }
    }
}

fn label(method: MethodWish) -> String {
    match method {
        MethodWish::Automatic => gettext("Automatic"),
        MethodWish::Password => gettext("Password"),
        MethodWish::CramMd5 => gettext("Challenge (CRAM-MD5)"),
        MethodWish::Apop => gettext("Challenge (APOP, POP3 only)"),
        MethodWish::Gssapi => gettext("Kerberos (GSSAPI)"),
        MethodWish::Ntlm => "NTLM".to_owned(),
        MethodWish::OAuth2 => gettext("Sign-in in the browser (OAuth 2.0)"),
        MethodWish::Certificate => gettext("Certificate"),
    }
}
