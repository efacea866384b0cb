//! Passwords in the keyring of the session: the Secret Service of freedesktop.org, over D-Bus.
//!
//! Every call is bounded and says what is in the way. No dialogue appears by itself: only
//! [`Keyring::unlock`], and [`Keyring::set`] where there is no keyring to put something into, may
//! lead to one, and both are for when a person has asked. No file stands in for a missing service:
//! a password must not lie where nobody expects it.

mod work;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use oo7::dbus::{Service, ServiceError};
use oo7::zbus;
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use crate::base::Secret;
use crate::base::i18n::{fill, gettext};

/// How long an answer may take, a service that D-Bus has yet to start included.
pub const WAIT: Duration = Duration::from_secs(2);
/// How long a dialogue of the keyring may stand before nobody is expected to answer it.
pub const DIALOGUE: Duration = Duration::from_secs(100);

/// Which password: the attributes of its entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// Whom the account connects to: `via`, else the poll name.
    pub server: String,
    /// The remote user, as text: D-Bus knows nothing else.
    pub user: String,
    /// `imap`, `pop3` …
    pub protocol: &'static str,
}

impl Name {
    /// What a person reads in a keyring program.
    fn label(&self) -> String {
        let text = gettext("Mail password of {user} at {server} (Postrider)");
        fill(&text, &[("user", &self.user), ("server", &self.server)])
    }

    fn attributes(&self) -> [(&'static str, &str); 4] {
        let [application, server, user] = self.mailbox();
        [application, server, user, ("protocol", self.protocol)]
    }

    /// Those that stay when an account changes over from one protocol to another.
    fn mailbox(&self) -> [(&'static str, &str); 3] {
        [
            ("application", "postrider"),
            ("server", &self.server),
            ("user", &self.user),
        ]
    }

    /// D-Bus refuses text with a NUL, and ends the connection for it.
    fn can_be_said(&self) -> bool {
        !self.user.contains('\0') && !self.server.contains('\0')
    }
}

/// Why the keyring is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// No service answers.
    #[error("{}", gettext("No keyring service is running."))]
    Missing,
    /// It must be unlocked first.
    #[error("{}", gettext("The keyring is locked."))]
    Locked,
    /// It does not answer in time.
    #[error("{}", gettext("The keyring does not answer."))]
    Late,
    /// A person has closed its dialogue without a yes, or nobody was there.
    #[error(
        "{}",
        gettext("The keyring stays locked, because its question was not answered.")
    )]
    Dismissed,
    /// Something else: the service's words.
    #[error("{}", fill(&gettext("The keyring could not do it: {what}."), &[("what", what)]))]
    Other {
        /// The words.
        what: String,
    },
}

/// How things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It answers, and its entries can be read.
    Open,
    /// It answers, and must be unlocked first.
    Locked,
    /// Nobody answers.
    Missing,
}

/// Whether the environment tells of a session bus. Without one nobody is asked, so that a job of
/// cron does not wait.
pub fn has_bus() -> bool {
    let is_set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    is_set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || is_set("XDG_RUNTIME_DIR").is_some_and(|dir| Path::new(&dir).join("bus").exists())
}

/// The keyring of the session bus.
#[derive(Debug, Default)]
pub struct Keyring {
    /// The connection, once there was one. It is made anew when it fails: the service may have
    /// been started again.
    service: Mutex<Option<Arc<Held>>>,
}

impl Keyring {
    /// How things stand. A service that does not answer in time counts as missing.
    pub async fn state(&self) -> State {
        match self.bounded(WAIT, work::is_locked).await {
            Ok(Some(true)) => State::Locked,
            Ok(_) => State::Open,
            Err(error) => {
                tracing::debug!(%error, "no keyring");
                State::Missing
            }
        }
    }

    /// The password, if there is one. [`KeyringError::Locked`] only where it may be in there: some
    /// services show what a locked keyring has, others do not.
    pub async fn find(&self, name: &Name) -> Result<Option<Secret>, KeyringError> {
        let find = |service| work::find(service, name.clone());
        self.bounded(WAIT, find).await
    }

    /// Keeps a password in the place of one that is there. Where there is no keyring yet the
    /// service may ask for a new one's password.
    pub async fn set(&self, name: &Name, secret: &Secret) -> Result<(), KeyringError> {
        if !name.can_be_said() {
            let what = gettext("a name contains a NUL");
            return Err(KeyringError::Other { what });
        }
        let limit = match self.bounded(WAIT, work::is_locked).await? {
            Some(true) => return Err(KeyringError::Locked),
            Some(false) => WAIT,
            None => DIALOGUE,
        };
        let set = |service| work::set(service, name.clone(), secret.clone());
        self.bounded(limit, set).await
    }

    /// Forgets the password. `false`: there was none.
    pub async fn clear(&self, name: &Name) -> Result<bool, KeyringError> {
        let clear = |service| work::clear(service, name.clone());
        self.bounded(WAIT, clear).await
    }

    /// The account has got another name. `false`: there was no password, or the new name has one
    /// already, which stays.
    pub async fn rename(&self, from: &Name, to: &Name) -> Result<bool, KeyringError> {
        if !to.can_be_said() {
            return Ok(false);
        }
        let rename = |service| work::rename(service, from.clone(), to.clone());
        self.bounded(WAIT, rename).await
    }

    /// Has the service ask for the keyring's own password. Only when a person wants it.
    pub async fn unlock(&self) -> Result<(), KeyringError> {
        self.bounded(DIALOGUE, work::unlock).await
    }

    /// Does something with the service within `limit`; once more with a new connection when the
    /// old one is of no use.
    async fn bounded<T, F>(
        &self,
        limit: Duration,
        work: impl Fn(Arc<Held>) -> F,
    ) -> Result<T, KeyringError>
    where
        F: Future<Output = Result<T, Refusal>>,
    {
        let both = async {
            let known = self.service.lock().await.clone();
            if let Some(service) = known {
                match work(service).await {
                    Err(Refusal::Other(error)) => {
                        tracing::debug!(%error, "the keyring is asked anew");
                    }
                    done => return done.map_err(told),
                }
            }
            *self.service.lock().await = None;
            let service = Service::new().await.map_err(|error| {
                tracing::debug!(%error, "no keyring");
                KeyringError::Missing
            })?;
            let service = Arc::new(Held::new(service));
            *self.service.lock().await = Some(service.clone());
            work(service).await.map_err(told)
        };
        let done = tokio::time::timeout(limit, both).await;
        done.unwrap_or(Err(KeyringError::Late))
    }
}

/// The service, which says goodbye on its runtime when it is dropped, wherever that is.
#[derive(Debug)]
struct Held {
    service: Option<Service>,
    runtime: Handle,
}

impl Held {
    fn new(service: Service) -> Self {
        Self {
            service: Some(service),
            runtime: Handle::current(),
        }
    }

    /// Always there until it is dropped.
    fn service(&self) -> Result<&Service, Refusal> {
        self.service.as_ref().ok_or(Refusal::Dismissed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _guard = self.runtime.enter();
        self.service = None;
    }
}

/// Why one piece of work came to nothing.
enum Refusal {
    Locked,
    Dismissed,
    Other(oo7::dbus::Error),
}

impl From<oo7::dbus::Error> for Refusal {
    fn from(error: oo7::dbus::Error) -> Self {
        match error {
            oo7::dbus::Error::Service(ServiceError::IsLocked(_)) => Self::Locked,
            oo7::dbus::Error::Dismissed => Self::Dismissed,
            error => Self::Other(error),
        }
    }
}

fn told(refusal: Refusal) -> KeyringError {
    match refusal {
        Refusal::Locked => KeyringError::Locked,
        Refusal::Dismissed => KeyringError::Dismissed,
        Refusal::Other(error) => match &error {
            // It has gone meanwhile.
            oo7::dbus::Error::ZBus(zbus::Error::InputOutput(_)) => KeyringError::Missing,
            _ => KeyringError::Other {
                what: error.to_string(),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_labelled_for_people() {
        let name = Name {
            server: "mail.example.org".into(),
            user: "ada".into(),
            protocol: "imap",
        };
        let label = "Mail password of ada at mail.example.org (Postrider)";
        assert_eq!(name.label(), label);
        let expected = [
            ("application", "postrider"),
            ("server", "mail.example.org"),
            ("user", "ada"),
            ("protocol", "imap"),
        ];
        assert_eq!(name.attributes(), expected);
    }
}
