//! Settings to accounts: built-in values, then `defaults`, then the entry, then the command line.
//! A list is inherited whole or not at all; lists of the command line are added (as in 6.4.37).

pub(in crate::rc) mod check;
mod effective;
mod layers;
pub mod site;

pub use effective::{Effective, Layer, Said};
pub use layers::{Case, Layers};

use std::collections::HashMap;
use std::path::PathBuf;

use crate::rc::account::{Account, AccountId, Globals};
use crate::rc::diagnostic::{Diagnostic, Severity};
use crate::rc::document::Document;
use crate::rc::draft::Draft;
use crate::rc::option::{Act, Support};
use crate::rc::settings::{self, Overrides, Stanzas};

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
    /// Tells whether the system knows a service by this name; unset, every name is believed.
    pub knows_service: Option<fn(&str) -> bool>,
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
    Ok(Config {
        globals: whole.globals,
        advice: usable(whole.diagnostics)?,
        accounts: whole
            .accounts
            .into_iter()
            .map(|said| said.account)
            .collect(),
        unsupported: whole.unsupported,
    })
}

/// All there is to know about a file, wrong or not: for those who look at it, not for polling.
#[derive(Debug)]
pub struct Whole {
    /// What the file says.
    pub stanzas: Stanzas,
    /// Global settings.
    pub globals: Globals,
    /// Accounts and where they are said.
    pub accounts: Vec<Numbered>,
    /// Errors and advice, as a run would tell them.
    pub diagnostics: Vec<Diagnostic>,
    /// As in [`Config`].
    pub unsupported: Vec<(AccountId, String)>,
}

/// An account and its numbers in the file.
#[derive(Debug)]
pub struct Numbered {
    /// The account.
    pub account: Account,
    /// Number of its entry; `None` for one made on the fly.
    pub entry: Option<usize>,
    /// Number of its user in the entry.
    pub nth: usize,
}

/// Resolves as far as that is possible.
pub fn whole(document: &Document, overrides: &Overrides, around: &Surroundings) -> Whole {
    let (stanzas, found) = settings::read(document);
    let layers = Layers::new(&stanzas, overrides, around);
    let globals = layers.globals();
    let (mut accounts, mut unable) = (Vec::new(), Vec::new());
    let diagnostics = checked(document, &layers, found, &globals, |case, account| {
        let words = unsupported(&case.effective, &account);
        unable.extend(words.map(|word| (account.id.clone(), word)));
        accounts.push(Numbered {
            account,
            entry: case.index,
            nth: case.nth,
        });
    });
    Whole {
        globals,
        accounts,
        diagnostics,
        unsupported: unable,
        stanzas,
    }
}

/// The findings, if the file can be used; else its errors alone.
///
/// # Errors
/// Everything that is wrong.
pub fn usable(mut found: Vec<Diagnostic>) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    if crate::rc::outline::has_errors(&found) {
        found.retain(|d| d.severity == Severity::Error);
        return Err(found);
    }
    Ok(found)
}

/// Makes the accounts one by one, checks each that is wanted and hands it on. Those not wanted
/// still count among equals, so that an account has the same name in every run. Returns all that
/// was found; with an error among it, what was handed on is worth nothing.
pub fn checked(
    document: &Document,
    layers: &Layers,
    mut found: Vec<Diagnostic>,
    globals: &Globals,
    mut each: impl FnMut(&Case, Account),
) -> Vec<Diagnostic> {
    let mut ordinals: HashMap<(String, String), u32> = HashMap::new();
    let known = layers.around().knows_service;
    let knows_service = |name: &str| known.is_none_or(|known| known(name));
    let mut check = check::Check::new(document, &knows_service, &mut found);
    check.overrides(layers.overrides());
    for (count, case) in layers.cases().enumerate() {
        if count >= ACCOUNTS_MAX {
            check.too_many(ACCOUNTS_MAX);
            break;
        }
        let draft = draft(&case, layers.around());
        let lacks_port = draft.is_lmtp_without_port();
        let mut account = draft.finish(&layers.around().invoking_user);
        account.is_active = case.is_active;
        let equals = (account.id.label.clone(), account.id.user.clone());
        let ordinal = ordinals.entry(equals).or_default();
        account.id.ordinal = *ordinal;
        *ordinal += 1;
        if case.is_wanted {
            check.account(&layers.site(&case, &account), globals, lacks_port);
            each(&case, account);
        }
    }
    found
}

/// Most accounts of a file: each takes a kilobyte and more (threats.md section 6).
const ACCOUNTS_MAX: usize = if cfg!(test) { 2_000 } else { 100_000 };

fn draft(case: &Case, around: &Surroundings) -> Draft {
    let mut draft = Draft::new(&case.entry.label, &around.invoking_user);
    for said in case.effective.iter() {
        if let Act::Account(act) = said.keyword.act {
            act(&mut draft, &said.value);
        }
    }
    draft
}

/// What keeps an account from being polled.
fn unsupported<'a>(
    effective: &'a Effective,
    account: &'a Account,
) -> impl Iterator<Item = String> + use<'a> {
    let is_refused =
        |said: &&Said| said.keyword.support == Support::Refuses && !said.value.is_off();
    let refused = effective.iter().filter(is_refused);
    let keywords = refused.map(|said| said.keyword.name().to_owned());
    keywords.chain(check::unsupported_values(account))
}

#[cfg(test)]
mod tests;
