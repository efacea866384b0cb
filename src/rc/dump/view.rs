//! What the functions of the option table see of an account, and answers several of them share.

use std::borrow::Cow;
use std::path::Path;

use crate::base::Secret;
use crate::rc::account::{Auth, Protocol};
use crate::rc::dump::Python;
use crate::rc::option::Id;
use crate::rc::resolve::{Case, Effective, Surroundings};
use crate::rc::settings::Value;

/// What is shown and stands neither in the file nor on the command line.
pub struct Facts<'a> {
    /// The id file when none is named.
    pub idfile: &'a Path,
    /// Whether a file is there: fetchmail passes over a log file that is not.
    pub is_file: &'a dyn Fn(&Path) -> bool,
    /// Log files are passed over altogether (`--nodetach`).
    pub without_log: bool,
    /// The run is not a daemon whatever the file says (`--check`).
    pub only_check: bool,
    /// The full name of this computer.
    pub host: &'a dyn Fn() -> String,
    /// The password `.netrc` has for a machine and a user.
    pub netrc: &'a dyn Fn(&[u8], &[u8]) -> Option<Secret>,
    /// Passwords are shown.
    pub show_passwords: bool,
}

/// An account, or the global settings.
pub struct View<'a> {
    /// What holds.
    pub effective: &'a Effective<'a>,
    /// Who runs the program.
    pub around: &'a Surroundings,
    /// What else is shown.
    pub facts: &'a Facts<'a>,
    case: Option<&'a Case<'a>>,
}

impl<'a> View<'a> {
    /// The global settings.
    pub fn of_globals(
        effective: &'a Effective<'a>,
        around: &'a Surroundings,
        facts: &'a Facts<'a>,
    ) -> Self {
        let case = None;
        Self {
            effective,
            around,
            facts,
            case,
        }
    }

    /// An account.
    pub fn of_case(case: &'a Case<'a>, around: &'a Surroundings, facts: &'a Facts<'a>) -> Self {
        Self {
            effective: &case.effective,
            around,
            facts,
            case: Some(case),
        }
    }

    /// The poll name.
    pub fn label(&self) -> &'a [u8] {
        self.case.map_or(&[], |case| &case.entry.label)
    }

    /// The entry is a `poll`, not a `skip`; what the command line names does not count.
    pub fn is_polled(&self) -> bool {
        self.case.is_some_and(|case| case.entry.is_active)
    }

    /// The string said for `id`.
    pub fn text(&self, id: Id) -> Option<&'a [u8]> {
        self.effective.value(id).map(Value::text)
    }

    /// That string, or another.
    pub fn text_or(&self, id: Id, other: &'a [u8]) -> Python<'a> {
        Python::Text(Cow::Borrowed(self.text(id).unwrap_or(other)))
    }

    /// The number said for `id`.
    pub fn number(&self, id: Id) -> Option<i32> {
        self.effective.value(id).map(Value::number)
    }

    /// Who runs the program.
    pub fn invoking_user(&self) -> &'a [u8] {
        self.around.invoking_user.as_bytes()
    }

    /// The user name on the server.
    pub fn remote(&self) -> &'a [u8] {
        self.text(Id::User).unwrap_or(self.invoking_user())
    }

    /// The protocol.
    pub fn protocol(&self) -> Protocol {
        match self.effective.value(Id::Proto) {
            Some(Value::Protocol(protocol)) => *protocol,
            _ => Protocol::Auto,
        }
    }

    /// The way to sign in.
    pub fn auth(&self) -> Auth {
        match self.effective.value(Id::Auth) {
            Some(Value::Auth(auth)) => *auth,
            _ => Auth::Any,
        }
    }

    /// The port, however it was said.
    pub fn service(&self) -> Option<Cow<'a, [u8]>> {
        let port = || Some(Cow::Owned(self.number(Id::Port)?.to_string().into_bytes()));
        self.text(Id::Service).map(Cow::Borrowed).or_else(port)
    }

    /// The password: of the file, or, for an account that this run would poll, the user name where
    /// none is needed, else that of `.netrc` (cli.md section 5).
    pub fn password(&self) -> Python<'a> {
        if let Some(Value::Secret(secret)) = self.effective.value(Id::Password) {
            return Python::Secret(Cow::Borrowed(secret.expose()));
        }
        if !self
            .case
            .is_some_and(|case| case.is_wanted && case.is_active)
        {
            return Python::None;
        }
        if needs_no_password(self.auth(), self.protocol()) {
            return Python::Text(Cow::Borrowed(self.remote()));
        }
        let of_via = || (self.facts.netrc)(self.text(Id::Via)?, self.remote());
        let found = (self.facts.netrc)(self.label(), self.remote()).or_else(of_via);
        found.map_or(Python::None, |secret| {
            Python::Secret(Cow::Owned(secret.expose().to_vec()))
        })
    }
}

fn needs_no_password(auth: Auth, protocol: Protocol) -> bool {
    use Auth::{External, Gssapi, KerberosV4, KerberosV5, Otp, Ssh};
    protocol == Protocol::Etrn
        || matches!(
            auth,
            Otp | KerberosV4 | KerberosV5 | Gssapi | Ssh | External
        )
}
