//! Where an account's password comes from when it is polled (contract, "Secrets"): the rc file,
//! then the command of `accounts.toml`, then `.netrc`, which is read anew each time. Nothing here
//! asks a person.

mod command;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::api::job::QuestionId;
use super::api::{AccountId, Cause, What};
use super::board::Board;
use super::trouble::{Fault, status};
use crate::base::Secret;
use crate::rc::Account;
use crate::store::netrc;
use crate::store::rcfile::Stamp;

/// The sources that accounts share.
#[derive(Debug, Default)]
pub struct Secrets {
    netrc: Option<PathBuf>,
    /// The `.netrc` whose oddities were told already: each version is told of once.
    told: Mutex<Option<Stamp>>,
    /// Typed since the program started.
    typed: Mutex<HashMap<AccountId, Secret>>,
}

impl Secrets {
    /// With this `.netrc`, if there is a home.
    pub fn new(netrc: Option<PathBuf>) -> Self {
        Self {
            netrc,
            told: Mutex::default(),
            typed: Mutex::default(),
        }
    }

    /// The password of an account.
    pub async fn password(&self, account: &Account, board: &Board) -> Result<Secret, Fault> {
        if let Some(password) = &account.password {
            return Ok(password.clone());
        }
        // It binds: where it fails, no other source stands in.
        if let Some(command) = &account.local.password_command {
            return command::password(command)
                .await
                .map_err(|what| Fault::yours(Cause::PasswordCommand(what), status::SIGN_IN));
        }
        let found = self.netrc.as_deref().and_then(|path| {
            let netrc = self.read(path, board)?;
            let label = account.id.label.as_bytes();
            netrc.password_for(label, account.host.as_bytes(), &account.user)
        });
        let found = found.or_else(|| self.typed().get(&account.id).cloned());
        found.ok_or_else(|| Fault::yours(Cause::NoPassword, status::SIGN_IN))
    }

    /// Keeps a password for as long as the program runs.
    pub fn keep_in_memory(&self, id: &AccountId, secret: Secret) {
        self.typed().insert(id.clone(), secret);
    }

    /// Forgets what was typed.
    pub fn forget(&self, id: &AccountId) {
        self.typed().remove(id);
    }

    fn typed(&self) -> MutexGuard<'_, HashMap<AccountId, Secret>> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody has answered a question. One that is not open is no trouble: it was withdrawn.
    pub fn answer(&self, _id: QuestionId, _value: Option<Secret>) {}

    /// The file is small and local: reading it holds nobody up.
    fn read(&self, path: &Path, board: &Board) -> Option<netrc::Netrc> {
        let stamp = Stamp::of(path);
        let uid = rustix::process::geteuid().as_raw();
        let (netrc, said) = match netrc::read(path, uid) {
            Ok(found) => found.map_or((None, Vec::new()), |(netrc, said)| (Some(netrc), said)),
            Err(error) => (None, vec![error.to_string()]),
        };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != stamp {
            *told = stamp;
            for sentence in said {
                board.log(None, What::Note(sentence));
            }
        }
        netrc
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::engine::api::Event;

    #[tokio::test]
    async fn the_file_comes_before_netrc_and_oddities_are_told_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".netrc");
        let secrets = Secrets::new(Some(path.clone()));
        let board = Board::default();
        let mut events = board.subscribe();
        let mut account = Account::example();
        let check = async |account: &Account, expected: Option<&str>| {
            let found = secrets.password(account, &board).await.ok();
            let expected = expected.map(Secret::new);
            assert!(
                found == expected,
                "{:?}",
                found.map(|f| f.expose().to_vec())
            );
        };
        check(&account, Some("secret")).await;
        account.password = Some(Secret::new(""));
        check(&account, Some("")).await;
        account.password = None;
        check(&account, None).await;
        let write = |text: &str, mode: u32| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        write("machine work login remote password n\n", 0o644);
        check(&account, Some("n")).await;
        check(&account, Some("n")).await;
        write("machine mail.example.org login remote password v\n", 0o600);
        check(&account, Some("v")).await;
        write("machine work login remote password n\n", 0o666);
        check(&account, None).await;
        check(&account, None).await;
        let mut told = Vec::new();
        while let Ok(Event::Activity(entry)) = events.try_recv() {
            told.push(entry.what);
        }
        let words = ["can read it", "can write to it"];
        assert_eq!(told.len(), words.len(), "{told:?}");
        for (what, word) in told.iter().zip(words) {
            assert!(
                matches!(what, What::Note(text) if text.contains(word)),
                "{what:?}"
            );
        }
    }
}
