//! Where an account was said: the one place that knows how options of its layers are found, for
//! findings and fixes.

use crate::rc::account::Account;
use crate::rc::diagnostic::Place;
use crate::rc::document::{Document, Span};
use crate::rc::edit::{At, Which};
use crate::rc::option::Id;
use crate::rc::settings::{Entry, Placed, Setting, Settings};

/// An account and what it was made of.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The account.
    pub account: &'a Account,
    /// Its entry.
    pub entry: &'a Entry,
    /// Where the statement of the entry begins: what its places are counted from.
    pub start: u32,
    /// Its user; empty if the entry says nothing about users.
    pub user: &'a Settings,
    /// The `defaults`, of which the first user counts.
    pub defaults: Option<&'a Placed>,
    /// The number of the entry in the file; `None` for one made on the fly.
    pub index: Option<usize>,
    /// The number of the user in the entry.
    pub nth: usize,
}

impl<'a> Site<'a> {
    /// What was said about an option, and where: by the user, the entry, or the defaults.
    pub fn said(&self, id: Id) -> Option<(&'a Setting, At)> {
        let own = |settings: &'a Settings, at| settings.find(id).zip(at);
        own(self.user, self.user_at())
            .or_else(|| own(&self.entry.server, self.server_at()))
            .or_else(|| {
                let defaults = self.defaults?;
                let user = defaults.users.first();
                user.and_then(|user| own(user, Some(At::User(Which::Defaults, 0))))
                    .or_else(|| own(&defaults.server, Some(At::Server(Which::Defaults))))
            })
    }

    /// Where the user's own options are written.
    pub fn user_at(&self) -> Option<At> {
        self.index
            .map(|index| At::User(Which::Entry(index), self.nth))
    }

    /// Where the entry's own server options are written.
    pub fn server_at(&self) -> Option<At> {
        self.index.map(|index| At::Server(Which::Entry(index)))
    }

    /// Where the first of these options was said, else the head of the entry; nothing for an
    /// entry that is not in the file.
    pub fn place(&self, document: &Document, ids: &[Id]) -> Option<Place> {
        let said = ids.iter().find_map(|id| self.span(*id));
        let span = said.unwrap_or(self.entry.head.after(self.start));
        (!span.is_empty()).then(|| document.place(span))
    }

    /// Where an option stands in the document.
    fn span(&self, id: Id) -> Option<Span> {
        let (setting, at) = self.said(id)?;
        let start = match at {
            At::Server(Which::Defaults) | At::User(Which::Defaults, _) => self.defaults?.start,
            _ => self.start,
        };
        setting.origin.map(|span| span.after(start))
    }
}
