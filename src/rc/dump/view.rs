//! What the functions of the option table see of an account, and answers several of them share.

use std::borrow::Cow;
use std::path::Path;

use crate::base::Secret;
use crate::rc::account::{Auth, LocalName, Protocol};
use crate::rc::dump::Python;
use crate::rc::option::Id;
use crate::rc::option::server::TIMEOUT;
use crate::rc::resolve::{Case, Effective, Surroundings};
use crate::rc::settings::Value;

/// Finds something by two names.
pub type Lookup<'a, T> = &'a dyn Fn(&[u8], &[u8]) -> T;

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
    pub netrc: Lookup<'a, Option<Secret>>,
    /// The UIDs remembered for a user at a host.
    pub saved: Lookup<'a, Vec<Vec<u8>>>,
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

    /// That number, negative and absent ones as 0.
    pub fn count(&self, id: Id) -> u32 {
        self.effective.value(id).map_or(0, Value::count)
    }

    /// The flag, by its default if it was not said.
    pub fn flag(&self, id: Id) -> bool {
        match self.effective.value(id) {
            Some(value) => value.flag(),
            None => matches!(id, Id::Rewrite | Id::Sslcertck | Id::Dns),
        }
    }

    /// Seconds between cycles; 0 for a single run.
    pub fn poll_interval(&self) -> u32 {
        match self.facts.only_check {
            true => 0,
            false => self.count(Id::Daemon),
        }
    }

    /// The log file; one that is not there does not count.
    pub fn logfile(&self) -> Option<&'a [u8]> {
        let value = self.effective.value(Id::Logfile)?;
        let counts = !self.facts.without_log && (self.facts.is_file)(&value.path());
        counts.then(|| value.text())
    }

    /// Whether the system log is written to: a log file takes its place.
    pub fn uses_syslog(&self) -> bool {
        self.flag(Id::Syslog) && self.logfile().is_none()
    }

    /// The id file.
    pub fn idfile(&self) -> &'a [u8] {
        let usual = self.facts.idfile.as_os_str().as_encoded_bytes();
        self.text(Id::Idfile).unwrap_or(usual)
    }

    /// Who gets mail that fits nobody else.
    pub fn postmaster(&self) -> &'a [u8] {
        self.text(Id::Postmaster)
            .unwrap_or(match self.around.is_root {
                true => b"postmaster",
                false => self.invoking_user(),
            })
    }

    /// Longest silence of the server in seconds.
    pub fn timeout(&self) -> u32 {
        match self.number(Id::Timeout) {
            // On the command line 0 means this, in the file -1.
            None | Some(-1 | 0) => TIMEOUT.as_secs() as u32,
            Some(seconds) => u32::try_from(seconds).unwrap_or(0),
        }
    }

    /// Whether carriage returns are removed: with a delivery program, unless it was said.
    pub fn strips_cr(&self) -> bool {
        match self.effective.value(Id::Stripcr) {
            Some(value) => value.flag(),
            None => self.effective.value(Id::Mda).is_some(),
        }
    }

    /// `bad-header accept`; its opposite is as good as unsaid.
    pub fn accepts_bad_headers(&self) -> bool {
        self.effective.value(Id::BadHeader).is_some()
    }

    /// The protocol as fetchmail names it. POP2 is not in the packaged one.
    pub fn protocol_name(&self) -> &'static str {
        match self.protocol() {
            Protocol::Auto => "auto",
            Protocol::Pop2 => "unknown?!?",
            Protocol::Pop3 | Protocol::Sdps | Protocol::Kpop => "POP3",
            Protocol::Apop => "APOP",
            Protocol::Rpop => "RPOP",
            Protocol::Imap => "IMAP",
            Protocol::Etrn => "ETRN",
            Protocol::Odmr => "ODMR",
        }
    }

    /// Local names and whether `*` is one; the invoking user stands in where there is no name
    /// (rcfile.md section 8, example 14).
    pub fn local_names(&self) -> (Cow<'a, [LocalName]>, bool) {
        let (names, wildcard) = match self.effective.value(Id::Is) {
            Some(Value::Names { names, wildcard }) => (&names[..], *wildcard),
            _ => (&[][..], false),
        };
        if !names.is_empty() {
            return (names.into(), wildcard);
        }
        let name = LocalName::plain(self.invoking_user());
        (vec![name].into(), wildcard)
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

/// Whether nothing is said to the server that is a password.
pub(super) fn needs_no_password(auth: Auth, protocol: Protocol) -> bool {
    use Auth::{External, Gssapi, KerberosV4, KerberosV5, Otp, Ssh};
    protocol == Protocol::Etrn
        || matches!(
            auth,
            Otp | KerberosV4 | KerberosV5 | Gssapi | Ssh | External
        )
}
