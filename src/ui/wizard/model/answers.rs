//! What a person has filled in, and the account it describes.

use std::path::PathBuf;

use super::{Field, Flag, Pick};
use crate::base::Secret;
use crate::engine::api::job::{
    Candidate, Delivery, Draft, FirstTime, Method, PasswordPlace, Protocol, Rhythm, Security,
    Setup, Trust, UserForm,
};

/// Where the password is kept, before its details.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // as in `PasswordPlace`
pub(crate) enum Place {
    #[default]
    Keyring,
    File,
    Command,
    Netrc,
    Ask,
}

/// By hand: the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // told by `ui.md`
pub(crate) enum ProtocolWish {
    #[default]
    Detect,
    Imap,
    Pop3,
}

/// By hand: the protection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // told by `ui.md`
pub(crate) enum SecurityWish {
    #[default]
    Detect,
    Tls,
    StartTls,
    None,
}

/// By hand: the way to sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // told by `ui.md`
pub(crate) enum MethodWish {
    #[default]
    Automatic,
    Password,
    CramMd5,
    Apop,
    Gssapi,
    Ntlm,
    OAuth2,
    Certificate,
}

impl MethodWish {
    /// All of them, as they are listed.
    pub(crate) const ALL: [Self; 8] = [
        Self::Automatic,
        Self::Password,
        Self::CramMd5,
        Self::Apop,
        Self::Gssapi,
        Self::Ntlm,
        Self::OAuth2,
        Self::Certificate,
    ];

    /// This release can do it.
    pub(crate) fn is_there(self) -> bool {
        matches!(
            self,
            Self::Automatic | Self::Password | Self::CramMd5 | Self::Apop
        )
    }

    fn word(self) -> Option<&'static str> {
        match self {
            Self::Automatic => None,
            Self::Password => Some("password"),
            Self::CramMd5 => Some("cram-md5"),
            Self::Apop => Some("apop"),
            Self::Gssapi => Some("gssapi"),
            Self::Ntlm => Some("ntlm"),
            Self::OAuth2 => Some("oauthbearer"),
            Self::Certificate => Some("external"),
        }
    }
}

/// Where mail goes, before its details.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // as in `Delivery`
pub(crate) enum Sink {
    #[default]
    Maildir,
    Listener,
    Program,
    Lmtp,
    Watch,
}

/// The rhythms offered.
pub(crate) const RHYTHMS: [Rhythm; 8] = [
    Rhythm::Minutes(2),
    Rhythm::Minutes(5),
    Rhythm::Minutes(10),
    Rhythm::Minutes(15),
    Rhythm::Minutes(30),
    Rhythm::Minutes(60),
    Rhythm::Idle,
    Rhythm::Asked,
];

/// Everything filled in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answers {
    /// Of an account that is changed: a rhythm that is not among [`RHYTHMS`], listed behind them.
    pub own_rhythm: Option<Rhythm>,
    /// Of an account that is changed; no page shows them.
    pub folders: Vec<Vec<u8>>,
    pub address: String,
    pub password: Secret,
    pub look_online: bool,
    pub place: Place,
    pub password_command: String,
    /// The server found that is meant; `None`: by hand.
    pub card: Option<usize>,
    pub protocol: ProtocolWish,
    pub host: String,
    pub security: SecurityWish,
    /// Empty: the usual one.
    pub port: String,
    /// Empty: the address.
    pub user: String,
    pub method: MethodWish,
    pub confirmed: bool,
    pub accepts_plain: bool,
    pub trust: Trust,
    pub sink: Sink,
    pub maildir: String,
    pub local_user: String,
    pub program: String,
    pub lmtp: String,
    pub keep: bool,
    pub first_time: FirstTime,
    /// Index into [`RHYTHMS`].
    pub rhythm: usize,
    pub has_limit: bool,
    /// Megabytes.
    pub limit: String,
    pub starts_at_login: bool,
    pub notifies: bool,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            own_rhythm: None,
            folders: Vec::new(),
            address: String::new(),
            password: Secret::new(""),
            look_online: true,
            place: Place::default(),
            password_command: String::new(),
            card: None,
            protocol: ProtocolWish::default(),
            host: String::new(),
            security: SecurityWish::default(),
            port: String::new(),
            user: String::new(),
            method: MethodWish::default(),
            confirmed: false,
            accepts_plain: false,
            trust: Trust::default(),
            sink: Sink::default(),
            maildir: String::new(),
            local_user: String::new(),
            program: String::new(),
            lmtp: String::new(),
            keep: true,
            first_time: FirstTime::default(),
            rhythm: 2,
            has_limit: false,
            limit: "20".to_owned(),
            starts_at_login: true,
            notifies: true,
        }
    }
}

/// What results depend on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// Server and sign-in; everything else is as at the beginning.
    pub server: Draft,
    /// All of it.
    pub all: Draft,
}

impl Answers {
    /// Takes a text; whether it is another one.
    pub(super) fn put(&mut self, field: Field, text: String) -> bool {
        let slot = match field {
            Field::Password | Field::PasswordAgain => {
                let is_other = self.password.expose() != text.as_bytes();
                self.password = Secret::new(text);
                return is_other;
            }
            Field::Address => &mut self.address,
            Field::PasswordCommand => &mut self.password_command,
            Field::Host => &mut self.host,
            Field::Port => &mut self.port,
            Field::User => &mut self.user,
            Field::Maildir => &mut self.maildir,
            Field::LocalUser => &mut self.local_user,
            Field::Program => &mut self.program,
            Field::Lmtp => &mut self.lmtp,
            Field::Limit => &mut self.limit,
        };
        let is_other = *slot != text;
        *slot = text;
        if is_other && field == Field::Host {
            // What was accepted was accepted of another server.
            self.trust = Trust::Authorities;
            self.accepts_plain = false;
        }
        is_other
    }

    /// Turns a switch.
    pub(super) fn set(&mut self, flag: Flag, is_on: bool) {
        *match flag {
            Flag::LookOnline => &mut self.look_online,
            Flag::Confirmed => &mut self.confirmed,
            Flag::AcceptsPlain => &mut self.accepts_plain,
            Flag::HasLimit => &mut self.has_limit,
            Flag::StartAtLogin => &mut self.starts_at_login,
            Flag::Notifications => &mut self.notifies,
        } = is_on;
    }

    /// Chooses one of several.
    pub(super) fn pick(&mut self, pick: Pick) {
        match pick {
            Pick::Place(place) => self.place = place,
            Pick::Card(None) => self.card = None,
            Pick::Card(Some(_)) | Pick::Filter(_) => {}
            Pick::Protocol(wish) => self.protocol = wish,
            Pick::Security(wish) => self.security = wish,
            Pick::Method(wish) if wish.is_there() => self.method = wish,
            Pick::Method(_) => {}
            Pick::Delivery(sink) => self.sink = sink,
            Pick::Keep(keep) => self.keep = keep,
            Pick::FirstTime(first) => self.first_time = first,
            Pick::Rhythm(index) => self.rhythm = index.min(self.rhythms().len() - 1),
        }
    }

    /// Takes over a card.
    pub(super) fn choose(&mut self, index: usize, card: &Candidate) {
        self.card = Some(index);
        self.take_in(card);
    }

    /// Fills in what a candidate says.
    pub(super) fn take_in(&mut self, card: &Candidate) {
        self.put(Field::Host, card.host.clone());
        self.protocol = match card.protocol {
            Protocol::Imap => ProtocolWish::Imap,
            Protocol::Pop3 => ProtocolWish::Pop3,
        };
        self.security = match card.security {
            Security::Tls => SecurityWish::Tls,
            Security::StartTls => SecurityWish::StartTls,
            Security::None => SecurityWish::None,
        };
        let usual = Candidate::usual_port(card.protocol, card.security);
        self.port = if card.port == usual {
            String::new()
        } else {
            card.port.to_string()
        };
        let address = self.address.trim().to_owned();
        self.user = match &card.user {
            UserForm::Address => String::new(),
            form => form.of(&address),
        };
        self.method = method(&card.methods);
    }

    /// The protocol, once it is known.
    pub(crate) fn protocol(&self) -> Option<Protocol> {
        match self.protocol {
            ProtocolWish::Detect => None,
            ProtocolWish::Imap => Some(Protocol::Imap),
            ProtocolWish::Pop3 => Some(Protocol::Pop3),
        }
    }

    /// The protection, once it is known.
    pub(crate) fn security(&self) -> Option<Security> {
        match self.security {
            SecurityWish::Detect => None,
            SecurityWish::Tls => Some(Security::Tls),
            SecurityWish::StartTls => Some(Security::StartTls),
            SecurityWish::None => Some(Security::None),
        }
    }

    /// The port: as written, or the usual one.
    pub(crate) fn port(&self) -> Option<u16> {
        match self.port.trim() {
            "" => Some(Candidate::usual_port(
                self.protocol().unwrap_or(Protocol::Imap),
                self.security().unwrap_or(Security::Tls),
            )),
            text => text.parse().ok().filter(|port| *port > 0),
        }
    }

    /// The remote user.
    pub(crate) fn user(&self) -> String {
        match self.user.trim() {
            "" => self.address.trim().to_owned(),
            user => user.to_owned(),
        }
    }

    /// What is before the `@` of the address.
    pub(crate) fn local_part(&self) -> &str {
        let address = self.address.trim();
        address.rsplit_once('@').map_or(address, |(local, _)| local)
    }

    /// What is behind the `@` of the address.
    pub(crate) fn domain(&self) -> &str {
        let address = self.address.trim();
        address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The account described, as far as it is.
    pub(crate) fn setup(&self) -> Setup {
        let security = self.security().unwrap_or(Security::Tls);
        Setup {
            address: self.address.trim().to_owned(),
            host: self.host.trim().trim_end_matches('.').to_owned(),
            port: self.port().unwrap_or_default(),
            is_imap: self.protocol().unwrap_or(Protocol::Imap) == Protocol::Imap,
            is_implicit_tls: security == Security::Tls,
            is_plain: security == Security::None,
            user: self.user(),
            method: self.method.word().map(str::to_owned),
            trust: self.trust.clone(),
            password: match self.place {
                Place::Keyring => PasswordPlace::Keyring,
                Place::File => PasswordPlace::File,
                Place::Command => PasswordPlace::Command(self.password_command.trim().to_owned()),
                Place::Netrc => PasswordPlace::Netrc,
                Place::Ask => PasswordPlace::Ask,
            },
            delivery: self.delivery(),
            keep: self.keep,
            first_time: self.first_time,
            rhythm: self.chosen_rhythm(),
            limit: self.has_limit.then(|| octets(&self.limit)).flatten(),
            folders: self.folders.clone(),
        }
    }

    /// The rhythms that can be chosen.
    pub(crate) fn rhythms(&self) -> Vec<Rhythm> {
        RHYTHMS.into_iter().chain(self.own_rhythm).collect()
    }

    /// The one that is.
    pub(crate) fn chosen_rhythm(&self) -> Rhythm {
        let rhythms = self.rhythms();
        let chosen = rhythms.get(self.rhythm).or(rhythms.last());
        chosen.copied().unwrap_or(Rhythm::Asked)
    }

    fn delivery(&self) -> Delivery {
        let local = self.local_user.trim().to_owned();
        match self.sink {
            Sink::Maildir => Delivery::Maildir(PathBuf::from(self.maildir.trim())),
            Sink::Listener => Delivery::Listener(local),
            Sink::Program => Delivery::Program(self.program.trim().to_owned()),
            Sink::Lmtp => Delivery::Lmtp(self.lmtp.trim().to_owned(), local),
            Sink::Watch => Delivery::Watch,
        }
    }

    /// The draft for the engine.
    pub(crate) fn draft(&self) -> Draft {
        let is_typed = !self.password.expose().is_empty();
        Draft::new(self.setup(), is_typed.then(|| self.password.clone()))
    }

    /// What results depend on, now.
    pub(super) fn asked(&self) -> Asked {
        let all = self.draft();
        let mut server = all.clone();
        server.setup = Setup {
            delivery: Delivery::Watch,
            keep: true,
            first_time: FirstTime::OnlyNew,
            rhythm: Rhythm::Asked,
            limit: None,
            ..server.setup
        };
        Asked { server, all }
    }
}

/// Megabytes, with up to six places behind the point, as octets.
pub(super) fn octets(text: &str) -> Option<u64> {
    let text = text.trim();
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 6 || !is_number(whole) || !is_number(part) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let part: u64 = format!("{part:0<6}").parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(part)
}

/// The other way.
fn megabytes(octets: u64) -> String {
    let text = format!("{}.{:06}", octets / 1_000_000, octets % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Answers {
    /// What the pages show of an account that is there.
    pub(super) fn of(setup: &Setup) -> Self {
        let protocol = if setup.is_imap {
            Protocol::Imap
        } else {
            Protocol::Pop3
        };
        let (security, wish) = match setup {
            Setup { is_plain: true, .. } => (Security::None, SecurityWish::None),
            Setup {
                is_implicit_tls: true,
                ..
            } => (Security::Tls, SecurityWish::Tls),
            _ => (Security::StartTls, SecurityWish::StartTls),
        };
        let is_usual = setup.port == Candidate::usual_port(protocol, security);
        let known = RHYTHMS.iter().position(|rhythm| *rhythm == setup.rhythm);
        let by_word = |method: &&MethodWish| method.word() == setup.method.as_deref();
        let mut answers = Self {
            own_rhythm: known.is_none().then_some(setup.rhythm),
            rhythm: known.unwrap_or(RHYTHMS.len()),
            folders: setup.folders.clone(),
            address: setup.address.clone(),
            protocol: match protocol {
                Protocol::Imap => ProtocolWish::Imap,
                Protocol::Pop3 => ProtocolWish::Pop3,
            },
            host: setup.host.clone(),
            security: wish,
            port: if is_usual {
                String::new()
            } else {
                setup.port.to_string()
            },
            user: setup.user.clone(),
            method: MethodWish::ALL
                .iter()
                .find(by_word)
                .copied()
                .unwrap_or_default(),
            accepts_plain: setup.is_plain,
            trust: setup.trust.clone(),
            keep: setup.keep,
            has_limit: setup.limit.is_some(),
            ..Self::default()
        };
        if let Some(limit) = setup.limit {
            answers.limit = megabytes(limit);
        }
        answers.place = match &setup.password {
            PasswordPlace::Keyring => Place::Keyring,
            PasswordPlace::File => Place::File,
            PasswordPlace::Command(command) => {
                answers.password_command.clone_from(command);
                Place::Command
            }
            PasswordPlace::Netrc => Place::Netrc,
            PasswordPlace::Ask => Place::Ask,
        };
        answers.take_delivery(&setup.delivery);
        answers
    }

    fn take_delivery(&mut self, delivery: &Delivery) {
        self.sink = match delivery {
            Delivery::Maildir(folder) => {
                self.maildir = folder.display().to_string();
                Sink::Maildir
            }
            Delivery::Listener(user) => {
                self.local_user.clone_from(user);
                Sink::Listener
            }
            Delivery::Program(command) => {
                self.program.clone_from(command);
                Sink::Program
            }
            Delivery::Lmtp(address, user) => {
                self.lmtp.clone_from(address);
                self.local_user.clone_from(user);
                Sink::Lmtp
            }
            Delivery::Watch => Sink::Watch,
        };
    }
}

/// Only a method that nothing else can stand in for is fixed.
fn method(methods: &[Method]) -> MethodWish {
    match methods {
        [Method::Apop] => MethodWish::Apop,
        _ => MethodWish::Automatic,
    }
}
