//! Where accounts come from: the rc file, its command-line overrides, and when to read it again.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::api::Halt;
use crate::base::i18n::{fill, gettext};
use crate::net;
use crate::rc::account::Protocol;
use crate::rc::local::Local;
use crate::rc::{self, Account, AccountId, Config, Diagnostic, Document, Globals, Overrides};
use crate::store::rcfile::{self, RcError, Stamp};
use crate::store::{Places, local};

/// What is read and how it is understood.
#[derive(Clone, Debug)]
pub struct Source {
    /// The rc file, or bytes already read (`-f -`).
    pub file: File,
    /// What the command line sets for all accounts.
    pub overrides: Overrides,
    /// Servers named on the command line; empty means all that are not `skip`.
    pub servers: Vec<String>,
    /// Name of the invoking user: default of remote and local names.
    pub user: String,
    /// Whether that user is root.
    pub is_root: bool,
}

/// Where the rc text is.
#[derive(Clone, Debug)]
pub enum File {
    /// A file, tested for owner and mode.
    Path(PathBuf),
    /// Standard input, read once.
    Text(Vec<u8>),
}

/// The text of an rc file.
#[derive(Debug)]
pub struct Text {
    /// As it is.
    pub bytes: Vec<u8>,
    /// What is odd about its permissions.
    pub warning: Option<String>,
}

/// A configuration that can be polled.
#[derive(Debug)]
pub struct Loaded {
    /// Resolved accounts and globals.
    pub config: Config,
    /// Sentences worth saying.
    pub advice: Vec<String>,
}

/// All accounts of a text.
#[derive(Debug)]
pub struct All {
    /// In the order of the text.
    pub accounts: Vec<Account>,
    /// The number of each one's entry, and of its user in there.
    numbers: Vec<(Option<usize>, usize)>,
    /// Global settings.
    pub globals: Globals,
    /// Accounts that are not polled, each with the keyword that this version cannot obey.
    pub unsupported: Vec<(AccountId, String)>,
}

impl All {
    /// The account of a user, by numbers.
    pub fn at(&self, entry: usize, user: usize) -> Option<&Account> {
        let place = self.numbers.iter().position(|n| *n == (Some(entry), user));
        self.accounts.get(place?)
    }
}

/// What the files looked like from outside when they were last read, or tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    rc: Option<Stamp>,
    local: Option<Stamp>,
}

impl Source {
    /// Path of the file for display; `-` for standard input.
    pub fn name(&self) -> String {
        match &self.file {
            File::Path(path) => path.display().to_string(),
            File::Text(_) => "-".to_owned(),
        }
    }

    /// Reads and resolves. Without a file the accounts are those of the command line.
    /// `places` says where `accounts.toml` is, whose keys are laid over the accounts.
    pub fn load(&self, places: &Places) -> Result<Loaded, Halt> {
        let mut advice = Vec::new();
        let bytes = match self.read(true)? {
            Some(text) => {
                advice.extend(text.warning);
                text.bytes
            }
            None if !self.servers.is_empty() => Vec::new(),
            None => return Err(Halt::NoFile),
        };
        let refusal = |errors: Vec<Diagnostic>| self.refusal(&errors);
        let mut config = self.resolve(&bytes, &self.servers).map_err(refusal)?;
        match self.servers.is_empty() {
            true => mark_shared(&mut config.accounts, None),
            // What was not asked for has left its UIDs in the record too.
            false => {
                let all = self.resolve(&bytes, &[]).map_err(refusal)?;
                mark_shared(&mut config.accounts, Some(&all.accounts));
            }
        }
        advice.extend(self.bind_local(places, &mut config.accounts)?);
        advice.extend(
            config
                .advice
                .iter()
                .map(|d| d.in_file(&self.name()).to_string()),
        );
        for (id, word) in &config.unsupported {
            let text = gettext("{account} is not polled: this version cannot do “{keyword}”.");
            advice.push(fill(&text, &[("account", id), ("keyword", word)]));
        }
        Ok(Loaded { config, advice })
    }

    /// All accounts of the file, whoever may read it, and the postmaster.
    pub fn unchecked(&self, places: &Places) -> Result<(Vec<Account>, Vec<u8>), Halt> {
        let text = self.read(false)?.ok_or(Halt::NoFile)?;
        let all = self.all_of(&text.bytes, places)?;
        Ok((all.accounts, all.globals.postmaster))
    }

    /// All accounts of a text, be it in the file or not, with the keys of `accounts.toml` laid over
    /// them.
    pub(super) fn all_of(&self, bytes: &[u8], places: &Places) -> Result<All, Halt> {
        let document = Document::parse(bytes);
        let whole = rc::resolve::whole(&document, &self.overrides, &self.around(&[]));
        rc::resolve::usable(whole.diagnostics).map_err(|errors| self.refusal(&errors))?;
        let numbers = whole.accounts.iter().map(|said| (said.entry, said.nth));
        let numbers = numbers.collect();
        let accounts = whole.accounts.into_iter().map(|said| said.account);
        let mut accounts: Vec<Account> = accounts.collect();
        self.bind_local(places, &mut accounts)?;
        Ok(All {
            accounts,
            numbers,
            globals: whole.globals,
            unsupported: whole.unsupported,
        })
    }

    /// The text; `None` if there is no file. Owner and mode are tested if `checks`.
    pub fn read(&self, checks: bool) -> Result<Option<Text>, Halt> {
        let path = match &self.file {
            File::Text(bytes) => {
                return Ok(Some(Text {
                    bytes: bytes.clone(),
                    warning: None,
                }));
            }
            File::Path(path) => path,
        };
        match rcfile::read(path, checks) {
            Ok(found) => Ok(Some(Text {
                bytes: found.bytes,
                warning: found.warning,
            })),
            Err(RcError::Missing { .. }) => Ok(None),
            Err(error) => Err(Halt::Unreadable(error.to_string())),
        }
    }

    /// Who runs the program and what was typed, as the reader of the file wants it.
    pub fn around(&self, servers: &[String]) -> rc::Surroundings {
        rc::Surroundings {
            invoking_user: self.user.clone(),
            is_root: self.is_root,
            rc_dir: match &self.file {
                File::Path(path) => path.parent().map(Into::into),
                File::Text(_) => None,
            },
            servers: servers.to_vec(),
            knows_service: Some(|name| net::service::port_of(name).is_some()),
        }
    }

    /// Errors of the file, as sentences with their place.
    pub fn refusal(&self, errors: &[Diagnostic]) -> Halt {
        Halt::Syntax(self.sentences(errors))
    }

    fn sentences(&self, errors: &[Diagnostic]) -> Vec<String> {
        let sentence = |error: &Diagnostic| error.in_file(&self.name()).to_string();
        errors.iter().map(sentence).collect()
    }

    /// What the files look like now. To be asked before they are read: a change in between is
    /// then seen the next time. Standard input never changes.
    pub fn seen(&self, places: &Places) -> Seen {
        Seen {
            local: places.accounts_toml().and_then(|path| Stamp::of(&path)),
            rc: match &self.file {
                File::Path(path) => Stamp::of(path),
                File::Text(_) => None,
            },
        }
    }

    /// The errors of a text that is not in the file yet; all entries count.
    pub(in crate::engine) fn check(&self, bytes: &[u8]) -> Result<(), Vec<String>> {
        match self.resolve(bytes, &[]) {
            Ok(_) => Ok(()),
            Err(errors) => Err(self.sentences(&errors)),
        }
    }

    /// Lays the keys of `accounts.toml` over the accounts and returns what is worth saying. A file
    /// that cannot be read, or where it cannot be told whom it binds, might bind any of them.
    fn bind_local(&self, places: &Places, accounts: &mut [Account]) -> Result<Vec<String>, Halt> {
        let Some(path) = places.accounts_toml() else {
            return Ok(Vec::new());
        };
        let bytes = local::read(&path).map_err(|error| Halt::Unreadable(error.to_string()))?;
        let Some(bytes) = bytes else {
            return Ok(Vec::new());
        };
        let name = path.display().to_string();
        let read = Local::of_bytes(&bytes);
        if read.findings.iter().any(|finding| finding.is_fatal) {
            let fatal = read.findings.iter().filter(|finding| finding.is_fatal);
            return Err(Halt::Syntax(fatal.map(|f| f.in_file(&name)).collect()));
        }
        let lost = read.bind(&name, |rc| self.is_meant_by(rc, places), accounts);
        // What is not polled in this run is not lost.
        let lost = lost.iter().filter(|_| self.servers.is_empty());
        let said = read.findings.iter().chain(lost);
        let mut advice: Vec<String> = said.map(|finding| finding.in_file(&name)).collect();
        advice.extend(accounts.iter().filter(|a| a.has_two_pins()).map(|account| {
            let text = gettext(
                "{account} has one SHA-256 fingerprint in the configuration and another in {path}; no certificate fits both. Remove one.",
            );
            fill(&text, &[("account", &account.id), ("path", &name)])
        }));
        Ok(advice)
    }

    /// Whether `rc` of an entry means the file that is polled by. `~/` is the home of fetchmail's
    /// files; what is relative is taken against it, for `accounts.toml` has no directory of rc
    /// files. Two names of one file are one.
    pub(super) fn is_meant_by(&self, rc: Option<&str>, places: &Places) -> bool {
        let File::Path(ours) = &self.file else {
            return rc == Some("-");
        };
        let home = places.home.clone().unwrap_or_default();
        let named = match rc {
            None => places.rcfile(),
            Some(rc) => Some(home.join(rc.strip_prefix("~/").unwrap_or(rc))),
        };
        let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
        named.is_some_and(|named| real(&named).ok() == real(ours).ok())
    }

    fn resolve(&self, bytes: &[u8], servers: &[String]) -> Result<Config, Vec<Diagnostic>> {
        let document = Document::parse(bytes);
        rc::resolve(&document, &self.overrides, &self.around(servers))
    }
}

/// Marks accounts whose POP3 UIDs the id file cannot tell from those of another of `all` (or of
/// themselves): the same user and host, another port.
pub(super) fn mark_shared(accounts: &mut [Account], all: Option<&[Account]>) {
    let key = |a: &Account| (a.user.clone(), a.host.to_ascii_lowercase());
    let door = |a: &Account| (a.service.clone(), a.tls.implicit);
    let mut doors: HashMap<_, HashSet<_>> = HashMap::new();
    for account in all.unwrap_or(accounts) {
        if account.protocol != Protocol::Imap {
            doors.entry(key(account)).or_default().insert(door(account));
        }
    }
    for account in accounts {
        account.shares_uids = doors
            .get(&key(account))
            .is_some_and(|doors| doors.len() > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_port_of_the_same_host_shares_uids() {
        let account = |host: &str, port: &str, protocol| Account {
            host: host.into(),
            service: Some(port.into()),
            protocol,
            ..Account::example()
        };
        let check = |others: &[Account], expected: bool| {
            let mut accounts = vec![account("a", "1110", Protocol::Pop3)];
            let all = [&accounts, others].concat();
            mark_shared(&mut accounts, Some(&all));
            assert_eq!(accounts[0].shares_uids, expected);
        };
        check(&[], false);
        check(&[account("a", "1110", Protocol::Pop3)], false);
        check(&[account("A", "2110", Protocol::Pop3)], true);
        check(&[account("b", "2110", Protocol::Pop3)], false);
        check(&[account("a", "2143", Protocol::Imap)], false);
    }
}
