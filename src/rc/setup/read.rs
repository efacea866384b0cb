//! An account of the file as the set-up that would write it, and what of it a set-up cannot say.
//! The reverse of [`super::write`]; pure, and for looking only: whoever changes an account changes
//! the options that differ ([`super::change`]), so what is not told here stays as it is.

use std::path::PathBuf;

use super::write::{Basis, Refused, SOON, Text, USUAL};
use super::{Delivery, FirstTime, PasswordPlace, Rhythm, Setup, Trust, maildir_command, words};
use crate::base::i18n::{fill, gettext};
use crate::rc::account::{Auth, Protocol, Target};
use crate::rc::local::Local;
use crate::rc::option::{Id, Scope};
use crate::rc::resolve::Whole;
use crate::rc::{Account, AccountId};

/// What one page shows of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Host, port, protocol, encryption, and whom to trust.
    Server,
    /// User name, way to sign in, place of the password.
    SignIn,
    /// Where mail goes.
    Delivery,
    /// What stays on the server, and what is left there.
    Copies,
    /// When it is checked.
    Schedule,
}

/// An option with a value that no set-up has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// Whose page cannot show it, and must not change anything.
    pub part: Part,
    /// The option's name in the file (or in `accounts.toml`).
    pub keyword: &'static str,
}

/// An account as it can be shown on plain pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// As far as a set-up can say it. Of a part that is hidden it says the nearest thing, which
    /// must be given back unchanged. The address is the user name if that is one; a password that
    /// is neither in the file nor printed by a command is asked for.
    pub setup: Setup,
    /// What it cannot say.
    pub hidden: Vec<Hidden>,
    /// Options that hold for the account and stand on no page; they stay whatever is changed.
    pub beside: Vec<&'static str>,
    /// The other users of the same entry, who share its server.
    pub others: Vec<AccountId>,
}

impl Described {
    /// The options that keep a part from being shown; none if it can be.
    pub fn hidden(&self, part: Part) -> impl Iterator<Item = &'static str> {
        let of_part = self.hidden.iter().filter(move |hidden| hidden.part == part);
        of_part.map(|hidden| hidden.keyword)
    }
}

/// The account of that name.
///
/// # Errors
/// The file has errors, or there is no such account.
pub fn describe(id: &AccountId, basis: &Basis) -> Result<Described, Refused> {
    let text = Text::new(basis.rc);
    let state = State::read(&text, basis)?;
    let nth = state.position(id).ok_or_else(|| nobody(id))?;
    Ok(state.describe(nth, basis))
}

/// Somebody has taken it out meanwhile.
pub(super) fn nobody(id: &AccountId) -> Refused {
    let text = gettext("There is no account {account} in the configuration file any more.");
    fill(&text, &[("account", id)]).into()
}

/// A file as it is read, with the keys of `accounts.toml` laid over its accounts.
pub(super) struct State {
    /// The file.
    pub whole: Whole,
    /// Its accounts, in the order of `whole.accounts`.
    pub accounts: Vec<Account>,
}

impl State {
    /// Reads both files.
    pub fn read(text: &Text, basis: &Basis) -> Result<Self, Refused> {
        Self::with(text, basis.local, basis)
    }

    /// The same with another `accounts.toml`.
    pub fn with(text: &Text, local: &str, basis: &Basis) -> Result<Self, Refused> {
        let whole = text.read(basis)?;
        let accounts = whole.accounts.iter().map(|found| found.account.clone());
        let mut accounts: Vec<Account> = accounts.collect();
        let keys = Local::parse(local);
        if keys.findings.iter().any(|finding| finding.is_fatal) {
            let sentence =
                gettext("accounts.toml has an error. Correct it with a text editor first.");
            return Err(sentence.into());
        }
        keys.bind(
            "accounts.toml",
            |rc| rc == basis.rc_name,
            accounts.as_mut_slice(),
        );
        Ok(Self { whole, accounts })
    }

    /// Which account it is.
    pub fn position(&self, id: &AccountId) -> Option<usize> {
        self.accounts.iter().position(|account| account.id == *id)
    }

    /// Entry and user of an account.
    pub fn place(&self, nth: usize) -> Option<(usize, usize)> {
        let found = self.whole.accounts.get(nth)?;
        Some((found.entry?, found.nth))
    }

    /// See [`describe`].
    pub fn describe(&self, nth: usize, basis: &Basis) -> Described {
        let account = &self.accounts[nth];
        let (setup, mut hidden) = of_account(account, self.whole.globals.daemon, basis);
        let mut beside = self.beside(nth);
        beside.extend(odd_names(account, basis).then_some("is"));
        hidden.sort_by_key(|hidden| hidden.part as u8);
        hidden.dedup();
        beside.retain(|word| !hidden.iter().any(|hidden| hidden.keyword == *word));
        Described {
            setup,
            hidden,
            beside,
            others: self.others(nth),
        }
    }

    /// The other users of its entry.
    fn others(&self, nth: usize) -> Vec<AccountId> {
        let entry = self.whole.accounts[nth].entry;
        let all = self.whole.accounts.iter().zip(&self.accounts).enumerate();
        all.filter(|(at, (found, _))| *at != nth && found.entry == entry)
            .map(|(_, (_, account))| account.id.clone())
            .collect()
    }

    fn beside(&self, nth: usize) -> Vec<&'static str> {
        let stanzas = &self.whole.stanzas;
        let (entry, user) = self.place(nth).unwrap_or((usize::MAX, 0));
        let own = stanzas.entries.get(entry);
        let mut found: Vec<(Id, &'static str)> = Vec::new();
        let own = own.map(|entry| (&**entry, user));
        let defaults = stanzas.defaults.as_ref().map(|entry| (&**entry, 0));
        for (entry, user) in own.into_iter().chain(defaults) {
            let of_user = entry.users.get(user).into_iter();
            let all = std::iter::once(&entry.server).chain(of_user);
            for setting in all.flat_map(|settings| settings.iter()) {
                let keyword = setting.keyword;
                if keyword.scope != Scope::Global && !is_shown(keyword.id) {
                    found.push((keyword.id, keyword.name()));
                }
            }
        }
        let mut names = Vec::new();
        for (_, name) in found {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// Options that the pages stand for.
fn is_shown(id: Id) -> bool {
    matches!(
        id,
        Id::Via
            | Id::Proto
            | Id::Service
            | Id::Port
            | Id::Auth
            | Id::Uidl
            | Id::User
            | Id::Password
            | Id::Is
            | Id::Mda
            | Id::Lmtp
            | Id::Smtphost
            | Id::Ssl
            | Id::Sslfingerprint
            | Id::Sslcertck
            | Id::Sslcommonname
            | Id::Sslcertfile
            | Id::Keep
            | Id::Limit
            | Id::Idle
    )
}

/// A local name beside a program, which no page shows.
fn odd_names(account: &Account, basis: &Basis) -> bool {
    let login = basis.around.invoking_user.as_bytes();
    let is_login = |name: &crate::rc::account::LocalName| name.local == login;
    matches!(account.target, Target::Mda(_)) && !account.local_names.iter().all(is_login)
}

/// The set-up, and what it leaves out.
fn of_account(account: &Account, daemon: u32, basis: &Basis) -> (Setup, Vec<Hidden>) {
    let mut hidden = Vec::new();
    let mut hide = |part: Part, keyword: &'static str| hidden.push(Hidden { part, keyword });
    let is_imap = match account.protocol {
        Protocol::Imap => true,
        Protocol::Pop3 | Protocol::Apop => false,
        other => {
            hide(Part::Server, "proto");
            matches!(other, Protocol::Auto)
        }
    };
    let is_plain = account.tls.proto.as_deref() == Some("") && !account.tls.implicit;
    let trust = trust(account, is_plain, &mut hide);
    let method = method(account, &mut hide);
    let delivery = delivery(account, basis, &mut hide);
    for (is_so, keyword) in [
        (account.plugin.is_some(), "plugin"),
        (
            account.tls.implicit && account.tls.proto.as_deref() == Some(""),
            "sslproto",
        ),
    ] {
        if is_so {
            hide(Part::Server, keyword);
        }
    }
    for (is_so, keyword) in [
        (account.flush, "flush"),
        (account.limit_flush, "limitflush"),
    ] {
        if is_so {
            hide(Part::Copies, keyword);
        }
    }
    let port = words::port_of(account).or_else(|| known_port(account.service.as_deref()?));
    if port.is_none() {
        hide(Part::Server, "service");
    }
    let user = match std::str::from_utf8(&account.user) {
        Ok(user) => user.to_owned(),
        Err(_) => {
            hide(Part::SignIn, "user");
            String::from_utf8_lossy(&account.user).into_owned()
        }
    };
    let is_watch = account.local.watch;
    let setup = Setup {
        address: if user.contains('@') {
            user.clone()
        } else {
            String::new()
        },
        host: account.host.clone(),
        port: port.unwrap_or_default(),
        is_imap,
        is_implicit_tls: account.tls.implicit,
        is_plain,
        user,
        method,
        trust,
        password: match (&account.password, &account.local.password_command) {
            (Some(_), _) => PasswordPlace::File,
            (None, Some(command)) => PasswordPlace::Command(command.clone()),
            (None, None) => PasswordPlace::Ask,
        },
        delivery,
        keep: account.keep || is_watch,
        first_time: FirstTime::OnlyNew,
        rhythm: rhythm(account, daemon),
        limit: account.limit,
        folders: account.folders.clone(),
    };
    (setup, hidden)
}

fn known_port(service: &str) -> Option<u16> {
    Some(match service {
        "imap" | "imap2" => 143,
        "imaps" => 993,
        "pop3" | "pop-3" => 110,
        "pop3s" => 995,
        _ => return None,
    })
}

fn trust(account: &Account, is_plain: bool, hide: &mut impl FnMut(Part, &'static str)) -> Trust {
    let tls = &account.tls;
    if is_plain {
        return Trust::Authorities;
    }
    let hex = |pin: [u8; 32]| {
        let octets = pin.iter().map(|octet| format!("{octet:02X}"));
        octets.collect::<Vec<_>>().join(":")
    };
    if tls.fingerprint.is_some() || tls.pin_sha256.is_some() {
        if tls.cert_file.is_some() {
            hide(Part::Server, "sslcertfile");
        }
        return Trust::Pin {
            md5: tls.fingerprint.clone().unwrap_or_default(),
            sha256: tls.pin_sha256.map(hex).unwrap_or_default(),
            is_chain_trusted: tls.check,
            // Without a trusted chain it is not looked at.
            name: tls.common_name.clone().filter(|_| tls.check),
        };
    }
    for (is_so, keyword) in [
        (!tls.check, "sslcertck"),
        (tls.common_name.is_some(), "sslcommonname"),
    ] {
        if is_so {
            hide(Part::Server, keyword);
        }
    }
    match &tls.cert_file {
        Some(file) => Trust::Authority(file.clone()),
        None => Trust::Authorities,
    }
}

fn method(account: &Account, hide: &mut impl FnMut(Part, &'static str)) -> Option<String> {
    if account.local.sasl.is_some() {
        hide(Part::SignIn, "sasl");
    }
    match (account.auth, account.protocol) {
        (Auth::Any, Protocol::Apop) => Some("apop".to_owned()),
        (Auth::Any, _) => None,
        (Auth::Password, _) => Some("password".to_owned()),
        (Auth::CramMd5, _) => Some("cram-md5".to_owned()),
        _ => {
            hide(Part::SignIn, "auth");
            None
        }
    }
}

fn delivery(
    account: &Account,
    basis: &Basis,
    hide: &mut impl FnMut(Part, &'static str),
) -> Delivery {
    let login = &basis.around.invoking_user;
    if account.is_multidrop() {
        hide(Part::Delivery, "is");
    }
    if account.local.watch {
        return Delivery::Watch;
    }
    let user = match account.local_names.first() {
        Some(name) if !name.is_pair => String::from_utf8(name.local.clone()).ok(),
        _ => None,
    };
    let is_mda = matches!(account.target, Target::Mda(_));
    if user.is_none() && !is_mda {
        hide(Part::Delivery, "is");
    }
    let user = user.unwrap_or_else(|| login.clone());
    match &account.target {
        Target::Mda(command) => match (maildir(command), std::str::from_utf8(command)) {
            (Some(folder), _) => Delivery::Maildir(folder),
            (None, Ok(command)) => Delivery::Program(command.to_owned()),
            (None, Err(_)) => {
                hide(Part::Delivery, "mda");
                Delivery::Program(String::from_utf8_lossy(command).into_owned())
            }
        },
        Target::Smtp(hosts) => {
            if hosts.iter().any(|host| host != "localhost") || hosts.len() > 1 {
                hide(Part::Delivery, "smtphost");
            }
            Delivery::Listener(user)
        }
        Target::Lmtp(hosts) => {
            if hosts.len() > 1 {
                hide(Part::Delivery, "smtphost");
            }
            Delivery::Lmtp(hosts.first().cloned().unwrap_or_default(), user)
        }
        Target::Bsmtp(_) => {
            hide(Part::Delivery, "bsmtp");
            Delivery::Listener(user)
        }
    }
}

/// The folder, if the command is the very one that a set-up writes for it.
fn maildir(command: &[u8]) -> Option<PathBuf> {
    let text = std::str::from_utf8(command).ok()?;
    let rest = text.strip_prefix("postrider deliver --maildir '")?;
    let folder = PathBuf::from(rest.strip_suffix('\'')?);
    let is_of_shell = |c: char| super::check::OF_SHELL.contains(c);
    let is_plain = folder.is_absolute() && !folder.to_str()?.contains(is_of_shell);
    (is_plain && maildir_command(&folder) == text).then_some(folder)
}

/// As the desktop checks it. What is no whole number of minutes is told rounded up.
fn rhythm(account: &Account, daemon: u32) -> Rhythm {
    if account.local.pause || !account.is_active && !account.local.watch {
        return Rhythm::Asked;
    }
    let general = if daemon > 0 { daemon } else { USUAL };
    let seconds = match account.local.every {
        Some(every) => every,
        None if account.idle => return Rhythm::Idle,
        None => general.saturating_mul(account.interval.max(1)),
    };
    Rhythm::Minutes(seconds.div_ceil(60).max(1))
}

/// What reading a written set-up gives: some of its words say nothing, or the same as others.
pub fn normal(setup: &Setup) -> Setup {
    let mut normal = setup.clone();
    normal.first_time = FirstTime::OnlyNew;
    normal.address = match setup.user.contains('@') {
        true => setup.user.clone(),
        false => String::new(),
    };
    if matches!(
        setup.password,
        PasswordPlace::Keyring | PasswordPlace::Netrc
    ) {
        normal.password = PasswordPlace::Ask;
    }
    if setup.rhythm == Rhythm::Idle {
        normal.rhythm = Rhythm::Minutes(SOON / 60);
    }
    if setup.is_plain {
        normal.is_implicit_tls = false;
        normal.trust = Trust::Authorities;
    }
    if let Trust::Pin {
        is_chain_trusted,
        name,
        sha256,
        ..
    } = &mut normal.trust
    {
        name.take_if(|_| !*is_chain_trusted);
        let digits: Vec<char> = sha256.chars().filter(|c| *c != ':').collect();
        let octets = digits.chunks(2).map(|octet| octet.iter().collect());
        *sha256 = octets
            .collect::<Vec<String>>()
            .join(":")
            .to_ascii_uppercase();
    }
    normal.keep |= words::is_watch(setup);
    normal
}

#[cfg(test)]
pub(super) mod tests;
