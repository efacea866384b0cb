//! Settings to accounts: built-in values, then `defaults`, then the entry, then the command line.
//! A list is inherited whole or not at all; lists of the command line are added (as in 6.4.37).

pub(in crate::rc) mod check;
pub mod site;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::rc::account::{Account, AccountId, Auth, Globals, Protocol};
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::Document;
use crate::rc::draft::Draft;
use crate::rc::option::{Act, Id, Kind, Scope, Support};
use crate::rc::resolve::site::Site;
use crate::rc::settings::{self, Entry, Overrides, Setting, Settings, Stanzas, Value};

/// What the file alone does not tell.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Who runs the program (cli.md section 4).
    pub invoking_user: String,
    /// Whether that is the superuser.
    pub is_root: bool,
    /// Directory of the rc file, which relative file names in it belong to.
    pub rc_dir: Option<PathBuf>,
    /// Servers named on the command line; empty for all.
    pub servers: Vec<String>,
}

/// What a run works on.
#[derive(Clone, Debug)]
pub struct Config {
    /// Global settings.
    pub globals: Globals,
    /// In file order: all, or those of the servers named (whose `skip` is lifted). Servers named
    /// that no entry has come last, made on the fly.
    pub accounts: Vec<Account>,
    /// What is worth saying and stops nothing.
    pub advice: Vec<Diagnostic>,
    /// Accounts that must not be polled, each with the keyword that this version cannot obey.
    pub unsupported: Vec<(AccountId, String)>,
}

/// Resolves a file and a command line.
///
/// # Errors
/// Everything that is wrong with the file (exit status 5); advice is left out then.
pub fn resolve(
    document: &Document,
    overrides: &Overrides,
    around: &Surroundings,
) -> Result<Config, Vec<Diagnostic>> {
    let whole = whole(document, overrides, around);
    let mut diagnostics = whole.diagnostics;
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        diagnostics.retain(|d| d.severity == Severity::Error);
        return Err(diagnostics);
    }
    Ok(Config {
        globals: whole.globals,
        accounts: whole
            .accounts
            .into_iter()
            .map(|said| said.account)
            .collect(),
        advice: diagnostics,
        unsupported: whole.unsupported,
    })
}

/// All there is to know about a file, wrong or not: for those who look at it, not for polling.
pub struct Whole {
    /// What the file says.
    pub stanzas: Stanzas,
    /// Global settings.
    pub globals: Globals,
    /// Accounts and where they are said.
    pub accounts: Vec<Said>,
    /// Errors and advice, as a run would tell them.
    pub diagnostics: Vec<Diagnostic>,
    /// As in [`Config`].
    pub unsupported: Vec<(AccountId, String)>,
}

/// An account and its numbers in the file.
pub struct Said {
    /// The account.
    pub account: Account,
    /// Number of its entry; `None` for one made on the fly.
    pub entry: Option<usize>,
    /// Number of its user in the entry.
    pub nth: usize,
}

/// Resolves as far as that is possible.
pub fn whole(document: &Document, overrides: &Overrides, around: &Surroundings) -> Whole {
    let (stanzas, mut diagnostics) = settings::read(document);
    let mut resolver = Resolver {
        overrides,
        around,
        defaults: stanzas.defaults.as_ref(),
        globals: globals(&stanzas, overrides, around),
        accounts: Vec::new(),
        unsupported: Vec::new(),
        ordinals: HashMap::new(),
        check: check::Check::new(document, &mut diagnostics),
    };
    resolver.check.overrides(overrides);
    resolver.entries(&stanzas.entries);
    let (globals, accounts, unsupported) =
        (resolver.globals, resolver.accounts, resolver.unsupported);
    Whole {
        stanzas,
        globals,
        accounts,
        diagnostics,
        unsupported,
    }
}

struct Resolver<'a> {
    overrides: &'a Overrides,
    around: &'a Surroundings,
    defaults: Option<&'a Entry>,
    globals: Globals,
    accounts: Vec<Said>,
    unsupported: Vec<(AccountId, String)>,
    ordinals: HashMap<(String, String), u32>,
    check: check::Check<'a>,
}

impl Resolver<'_> {
    fn entries(&mut self, entries: &[Entry]) {
        let mut is_unknown: Vec<bool> = vec![true; self.around.servers.len()];
        for (index, entry) in entries.iter().enumerate() {
            let mut is_named = false;
            for (server, unknown) in self.around.servers.iter().zip(&mut is_unknown) {
                if names(entry, server) {
                    is_named = true;
                    *unknown = false;
                }
            }
            let is_wanted = is_named || self.around.servers.is_empty();
            self.entry(entry, Some(index), is_named || entry.is_active, is_wanted);
        }
        for (server, _) in self
            .around
            .servers
            .iter()
            .zip(is_unknown)
            .filter(|(_, new)| *new)
        {
            let entry = Entry {
                label: server.clone().into_bytes(),
                is_active: true,
                head: crate::rc::document::Span { start: 0, end: 0 },
                server: Settings::default(),
                users: Vec::new(),
            };
            self.entry(&entry, None, true, true);
        }
    }

    /// All accounts of an entry. Those not wanted still count among equals, so that an account
    /// has the same name in every run.
    fn entry(&mut self, entry: &Entry, index: Option<usize>, is_active: bool, is_wanted: bool) {
        let nobody = [Settings::default()];
        let users = if entry.users.is_empty() {
            &nobody[..]
        } else {
            &entry.users
        };
        for (nth, user) in users.iter().enumerate() {
            let draft = self.draft(entry, user);
            let lacks_port = draft.is_lmtp_without_port();
            let mut account = draft.finish(&self.around.invoking_user);
            account.is_active = is_active;
            let equals = (account.id.label.clone(), account.id.user.clone());
            let ordinal = self.ordinals.entry(equals).or_default();
            account.id.ordinal = *ordinal;
            *ordinal += 1;
            if is_wanted {
                let site = Site {
                    account: &account,
                    entry,
                    user,
                    defaults: self.defaults,
                    index,
                    nth,
                };
                self.check.account(&site, &self.globals, lacks_port);
                self.unsupported(&account, entry, user);
                self.accounts.push(Said {
                    account,
                    entry: index,
                    nth,
                });
            }
        }
    }

    fn draft(&self, entry: &Entry, user: &Settings) -> Draft {
        let mut draft = Draft::new(&entry.label, &self.around.invoking_user);
        for setting in self.inherited() {
            if setting.keyword.id != Id::Aka {
                self.lay(&mut draft, setting, &setting.value);
            }
        }
        // SDPS is not inherited: `defaults proto sdps` is POP3 (rcfile.md section 5).
        if draft.account.protocol == Protocol::Sdps {
            draft.account.protocol = Protocol::Pop3;
        }
        for setting in entry.server.iter().chain(user.iter()) {
            self.lay(&mut draft, setting, &setting.value);
        }
        for setting in self.overrides.iter() {
            if setting.keyword.kind.is_list() {
                let id = setting.keyword.id;
                let said = entry.server.find(id).or_else(|| user.find(id));
                let said = said.or_else(|| self.inherited().find(|s| s.keyword.id == id));
                let mut value = said.map_or(setting.value.clone(), |said| said.value.clone());
                if said.is_some() {
                    value.add(setting.value.clone());
                }
                self.lay(&mut draft, setting, &value);
            } else {
                self.lay(&mut draft, setting, &setting.value);
            }
        }
        draft
    }

    /// Settings of `defaults`: server options, and those of its first user entry.
    fn inherited(&self) -> impl Iterator<Item = &Setting> {
        let users = self.defaults.and_then(|defaults| defaults.users.first());
        let server = self.defaults.map(|defaults| &defaults.server);
        server.into_iter().chain(users).flat_map(Settings::iter)
    }

    /// `auth any` and `bad-header reject` are as if nothing was said: they undo neither what the
    /// defaults say nor, on the command line, the file (as in 6.4.37).
    fn lay(&self, draft: &mut Draft, setting: &Setting, value: &Value) {
        let is_unsaid = match setting.keyword.id {
            Id::Auth => *value == Value::Auth(Auth::Any),
            Id::BadHeader => value.choice() == "reject",
            _ => false,
        };
        if is_unsaid {
            return;
        }
        if let Act::Account(act) = setting.keyword.act {
            act(
                draft,
                &absolute(setting, value, self.around.rc_dir.as_deref()),
            );
        }
    }

    /// Notes what keeps an account from being polled.
    fn unsupported(&mut self, account: &Account, entry: &Entry, user: &Settings) {
        let mut keywords: Vec<String> = Vec::new();
        let said = self
            .inherited()
            .chain(entry.server.iter())
            .chain(user.iter());
        for setting in said.chain(self.overrides.iter()) {
            let name = setting.keyword.name();
            let is_refused = setting.keyword.support == Support::Refuses && !setting.value.is_off();
            if is_refused && !keywords.iter().any(|known| known == name) {
                keywords.push(name.to_owned());
            }
        }
        keywords.extend(check::unsupported_values(account));
        let id = &account.id;
        self.unsupported
            .extend(keywords.into_iter().map(|keyword| (id.clone(), keyword)));
    }
}

/// Whether a server named on the command line means this entry: its name exactly, or one of its
/// `aka` whatever the case.
fn names(entry: &Entry, server: &str) -> bool {
    let aka = entry
        .server
        .find(Id::Aka)
        .map(|setting| setting.value.list())
        .unwrap_or_default();
    entry.label == server.as_bytes()
        || aka
            .iter()
            .any(|name| name.eq_ignore_ascii_case(server.as_bytes()))
}

fn globals(stanzas: &Stanzas, overrides: &Overrides, around: &Surroundings) -> Globals {
    let postmaster = if around.is_root {
        "postmaster"
    } else {
        &around.invoking_user
    };
    let mut globals = Globals {
        daemon: 0,
        logfile: None,
        idfile: None,
        pidfile: None,
        postmaster: postmaster.as_bytes().to_vec(),
        bounce_mail: true,
        spam_bounce: false,
        soft_bounce: true,
        syslog: false,
        invisible: false,
        show_dots: false,
        properties: None,
    };
    let typed = overrides
        .iter()
        .filter(|setting| setting.keyword.scope == Scope::Global);
    for setting in stanzas.globals.iter().chain(typed) {
        if let Act::Global(act) = setting.keyword.act {
            act(
                &mut globals,
                &absolute(setting, &setting.value, around.rc_dir.as_deref()),
            );
        }
    }
    globals
}

/// The value; a relative file name said in the file is taken against the file's directory. Empty
/// names, `-`, and names of the command line stay as they are.
fn absolute(setting: &Setting, value: &Value, rc_dir: Option<&Path>) -> Value {
    use std::os::unix::ffi::OsStrExt;
    let path = value.text();
    match rc_dir {
        Some(dir)
            if setting.keyword.kind == Kind::Path
                && setting.origin.is_some()
                && !path.is_empty()
                && path != b"-" =>
        {
            Value::Text(dir.join(value.path()).as_os_str().as_bytes().to_vec())
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests;
