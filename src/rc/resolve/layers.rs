//! Which accounts there are, and for each the layers of its options.

use crate::rc::account::{Account, Globals};
use crate::rc::document::Span;
use crate::rc::draft::built_in_globals;
use crate::rc::option::{self, Act, Id, Scope};
use crate::rc::resolve::Surroundings;
use crate::rc::resolve::effective::{Effective, Layer, Said};
use crate::rc::resolve::site::Site;
use crate::rc::settings::{Entry, Overrides, Setting, Settings, Stanzas, Value};

/// A file and a command line, ready to be laid over each other.
#[derive(Debug)]
pub struct Layers<'a> {
    stanzas: &'a Stanzas,
    overrides: &'a Overrides,
    around: &'a Surroundings,
    inherited: Vec<Said<'a>>,
    /// For servers of the command line that no entry of the file means.
    made: Vec<Entry>,
}

/// One server entry with one of its users.
#[derive(Debug)]
pub struct Case<'a> {
    /// The entry; of the file, or made for a server of the command line.
    pub entry: &'a Entry,
    /// Its user; nothing said if the entry has none.
    pub user: &'a Settings,
    /// Where the statement of the entry begins.
    pub start: u32,
    /// What holds.
    pub effective: Effective<'a>,
    /// Not `skip`, or named on the command line.
    pub is_active: bool,
    /// Named on the command line, or no server is named.
    pub is_wanted: bool,
    /// The number of the entry in the file; `None` for one made.
    pub index: Option<usize>,
    /// The number of the user in the entry.
    pub nth: usize,
    /// It begins its entry.
    pub is_first: bool,
    /// It ends its entry.
    pub is_last: bool,
}

impl<'a> Layers<'a> {
    /// Of a file that was read, and what was typed.
    pub fn new(stanzas: &'a Stanzas, overrides: &'a Overrides, around: &'a Surroundings) -> Self {
        let of_user = stanzas.defaults.iter().filter_map(|d| d.users.first());
        let defaults = stanzas.defaults.iter().map(|d| &d.server).chain(of_user);
        let start = stanzas
            .defaults
            .as_ref()
            .map_or(0, |defaults| defaults.start);
        let inherited = defaults
            .flat_map(Settings::iter)
            .filter_map(|setting| {
                let rc_dir = around.rc_dir.as_deref();
                Said::new(setting, Layer::Defaults, start, rc_dir).inherited()
            })
            .collect();
        let mut made: Vec<Entry> = Vec::new();
        for server in &around.servers {
            let entries = stanzas.entries.iter().map(|entry| &**entry);
            let is_there = entries.chain(&made).any(|e| names(e, server));
            if !is_there {
                made.push(entry(server));
            }
        }
        Self {
            stanzas,
            overrides,
            around,
            inherited,
            made,
        }
    }

    /// What was typed.
    pub fn overrides(&self) -> &'a Overrides {
        self.overrides
    }

    /// What neither file nor command line tells.
    pub fn around(&self) -> &'a Surroundings {
        self.around
    }

    /// All accounts in file order, then those made for servers of the command line.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        let entries = self.stanzas.entries.iter().enumerate();
        let entries = entries.map(|(index, entry)| (&**entry, entry.start, Some(index)));
        entries
            .chain(self.made.iter().map(|entry| (entry, 0, None)))
            .flat_map(move |(entry, start, index)| {
                let servers = &self.around.servers;
                let is_named = servers.iter().any(|server| names(entry, server));
                let users = if entry.users.is_empty() {
                    &NOBODY[..]
                } else {
                    &entry.users
                };
                let last = users.len() - 1;
                users.iter().enumerate().map(move |(at, user)| Case {
                    entry,
                    user,
                    start,
                    effective: self.effective(entry, start, user),
                    is_active: is_named || entry.is_active,
                    is_wanted: is_named || servers.is_empty(),
                    index,
                    nth: at,
                    is_first: at == 0,
                    is_last: at == last,
                })
            })
    }

    /// Where an account was said.
    pub fn site<'b>(&'b self, case: &'b Case, account: &'b Account) -> Site<'b> {
        Site {
            account,
            entry: case.entry,
            start: case.start,
            user: case.user,
            defaults: self.stanzas.defaults.as_ref(),
            index: case.index,
            nth: case.nth,
        }
    }

    fn effective<'b>(&'b self, entry: &'b Entry, start: u32, user: &'b Settings) -> Effective<'b> {
        let mut effective = Effective::default();
        for said in &self.inherited {
            effective.lay(said.again());
        }
        for setting in entry.server.iter().chain(user.iter()) {
            effective.lay(self.said(setting, Layer::Entry, start));
        }
        for setting in self.overrides.iter() {
            if setting.keyword.scope != Scope::Global {
                effective.lay(self.said(setting, Layer::Line, 0));
            }
        }
        effective
    }

    /// What holds after `set` and the command line.
    pub fn effective_globals(&self) -> Effective<'_> {
        let mut effective = Effective::default();
        for setting in self.stanzas.globals.iter() {
            effective.lay(self.said(setting, Layer::Entry, 0));
        }
        for setting in self.overrides.iter() {
            if setting.keyword.scope == Scope::Global {
                effective.lay(self.said(setting, Layer::Line, 0));
            }
        }
        effective
    }

    /// The global settings.
    pub fn globals(&self) -> Globals {
        let mut globals = built_in_globals(self.around);
        for said in self.effective_globals().iter() {
            if let Act::Global(act) = said.keyword.act {
                act(&mut globals, &said.value);
            }
        }
        globals
    }

    fn said<'b>(&'b self, setting: &'b Setting, layer: Layer, start: u32) -> Said<'b> {
        Said::new(setting, layer, start, self.around.rc_dir.as_deref())
    }
}

static NOBODY: [Settings; 1] = [Settings::NONE];

/// Whether a server named on the command line means this entry: its name exactly, or one of its
/// `aka` whatever the case.
fn names(entry: &Entry, server: &str) -> bool {
    let aka = entry
        .server
        .find(Id::Aka)
        .map(|setting| setting.value.list());
    let is_server = |name: &Vec<u8>| name.eq_ignore_ascii_case(server.as_bytes());
    entry.label == server.as_bytes() || aka.unwrap_or_default().iter().any(is_server)
}

/// An entry for a server that no entry of the file means.
fn entry(server: &str) -> Entry {
    let mut settings = Settings::default();
    if let Some(found) = option::find(Scope::Server, b"via") {
        settings.say(Setting {
            keyword: found.keyword,
            value: Value::Text(server.as_bytes().to_vec()),
            origin: None,
        });
    }
    Entry {
        label: server.as_bytes().to_vec(),
        is_active: true,
        head: Span { start: 0, end: 0 },
        server: settings,
        users: Vec::new(),
    }
}
