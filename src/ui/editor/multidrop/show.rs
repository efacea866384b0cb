//! What is shown of the names, the users and the samples.

use gtk::prelude::*;

use super::super::super::shell::vertical;
use super::super::super::{a11y, fact};
use super::super::model::multidrop;
use super::super::model::tree::Node;
use super::super::model::{Model, Origin};
use super::Multidrop;
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::rc::Account;
use crate::rc::option::{self, Id};

impl Multidrop {
    /// Shows the way to here, on the page of a user, or nothing.
    pub(super) fn show_link(&self, visit: Option<(usize, usize)>) {
        self.link.set_visible(visit.is_some());
        self.visits.set(visit.unwrap_or_default());
    }

    /// Shows the part for an entry as it is now, or nothing.
    pub(super) fn show(&mut self, model: &Model, entry: Option<usize>) {
        self.body.set_visible(entry.is_some());
        let was_shown = std::mem::replace(&mut self.is_shown, entry.is_some());
        let Some(entry) = entry else { return };
        let count = model.users(entry).max(1);
        let user = match self.entry == Some(entry) {
            true => self.user.min(count - 1),
            false => 0,
        };
        if (self.entry, self.user) != (Some(entry), user) || !was_shown {
            (self.entry, self.user) = (Some(entry), user);
            self.later();
        }
        self.show_users(model, entry, count);
        let row = model.row(Node::User(entry, user), option::keyword(Id::Is));
        if let Some(row) = row {
            let (value, is_inherited) = (row.value.as_ref(), row.origin == Origin::Defaults);
            self.names.show((entry, user), value, is_inherited);
        }
        let facts = self.facts(model);
        if let Some(found) = multidrop::account(&facts.now, entry, user) {
            let account = &found.account;
            self.show_single(account);
            self.table.show(&self.kept.of(facts.names.key(&account.id)));
        }
    }

    /// What one recipient means, and what would make it several.
    fn show_single(&self, account: &Account) {
        self.single.set_visible(!account.is_multidrop());
        if !account.is_multidrop() {
            let only = account.local_names.first();
            let only = only.map_or(&account.user, |name| &name.remote);
            let text = gettext(
                "One recipient: no header is looked at, every message goes to {name}. Add another name, or switch on every other name, and recipients are found in the headers.",
            );
            let text = fill(&text, &[("name", &quiet(only, QUIET_MAX))]);
            if self.single.text() != text {
                self.single.set_text(&text);
            }
        }
    }

    fn show_users(&self, model: &Model, entry: usize, count: usize) {
        self.users.set_visible(count > 1);
        let names: Vec<String> = (0..count)
            .map(|user| model.user_name(entry, user))
            .collect();
        let shown = self.who.model().and_downcast::<gtk::StringList>();
        let is_same = shown.is_some_and(|shown| {
            let all = (0..shown.n_items()).filter_map(|at| shown.string(at));
            all.map(String::from).eq(names.iter().cloned())
        });
        self.fills.set(true);
        if !is_same {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.who.set_model(Some(&gtk::StringList::new(&names)));
            if let Some(inner) = self.who.first_child() {
                a11y::set_label(&inner, &gettext("User"));
            }
        }
        self.who
            .set_selected(u32::try_from(self.user).unwrap_or_default());
        self.fills.set(false);
    }

    /// What saving means for the samples, to be put into the review; it follows what comes of them.
    pub(in crate::ui::editor) fn review(&mut self, model: &Model) -> gtk::Box {
        let root = vertical(6);
        root.set_widget_name("review-samples");
        self.review.set(Some(&root));
        self.show_review(model);
        root
    }

    /// The same once more, as it is now.
    pub(super) fn show_review(&mut self, model: &Model) {
        let Some(root) = self.review.upgrade() else {
            return;
        };
        fact::empty(&root);
        if self.kept.is_empty() {
            return;
        }
        let facts = self.facts(model);
        let told = self.kept.summary(&facts.names, &facts.now);
        for (sentence, is_warning) in told.unwrap_or_default() {
            let (icon, class) = match is_warning {
                true => ("dialog-warning-symbolic", "wait"),
                false => ("dialog-information-symbolic", "quiet"),
            };
            root.append(&fact::point(icon, class, &sentence));
        }
    }
}
