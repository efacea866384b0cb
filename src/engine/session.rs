//! From an account to an open maildrop: address, protection, sign-in.

use std::net::SocketAddr;

use super::api::job::Stage;
use super::api::{Cause, What};
use super::board::Board;
use super::secrets::{Given, Secrets};
use super::trouble::{Fault, of_server, status};
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::base::text::{QUIET_MAX, quiet};
use crate::net::{self, Conn, Peer, tls};
use crate::proto::{Credentials, Phase, Reason, TlsPolicy};
use crate::rc::Account;
use crate::rc::account::{Auth, Protocol};
use crate::retrieve::{Maildrop, SignIn, imap::Imap, pop3::Pop3};

/// A maildrop and what the poll has to know of its connection.
pub struct Session {
    /// Signed in.
    pub maildrop: Maildrop,
    /// Which protocol it speaks: `POP3` or `IMAP`.
    pub protocol: &'static str,
    /// The server's address.
    pub address: Option<SocketAddr>,
    /// The port connected to.
    pub port: u16,
}

/// Whom a session asks for passwords, and whom it tells.
#[derive(Clone, Copy)]
pub struct Company<'c> {
    /// Passwords that are not in the rc file.
    pub secrets: &'c Secrets,
    /// Where progress is shown.
    pub board: &'c Board,
    /// A person wants this, and may be asked for the password.
    pub is_asked: bool,
}

/// Who wants to know how far the opening of a session is. A stage ends when the next begins.
pub trait Onlooker: Send {
    /// This stage begins.
    fn begins(&mut self, stage: Stage);
    /// This stage has ended well: a few quiet words on it.
    fn ended(&mut self, stage: Stage, words: String);
}

/// Nobody.
impl Onlooker for () {
    fn begins(&mut self, _: Stage) {}
    fn ended(&mut self, _: Stage, _: String) {}
}

/// Connects and signs in. With `auto`, IMAP comes first and POP3 follows when nothing answers
/// there or it is not IMAP (better than fetchmail on purpose: contract, 6).
pub async fn open(
    account: &Account,
    company: Company<'_>,
    onlooker: &mut dyn Onlooker,
) -> Result<Session, Fault> {
    let kinds = kinds(account)?;
    if !needs_password(account) {
        let refused = crate::proto::Error::Refused {
            reason: Reason::NoMethod,
            reply: Vec::new(),
        };
        return Err(of_server(net::Error::Proto(refused), account, 0));
    }
    let Company {
        secrets,
        board,
        is_asked,
    } = company;
    let given = secrets.for_poll(account, board, is_asked).await?;
    let fault = match open_with(account, kinds, &given, company, onlooker).await {
        Err(fault) if fault.cause == Cause::SignIn => fault,
        done => return done,
    };
    let again = secrets.refused(account, &given, &fault, is_asked).await;
    let given = again.ok_or(fault)?;
    let done = open_with(account, kinds, &given, company, onlooker).await;
    if let Err(fault) = &done
        && fault.cause == Cause::SignIn
    {
        secrets.forget(account, &given, fault);
    }
    done
}

/// What is spoken, and what is tried where that fails.
fn kinds(account: &Account) -> Result<(Kind, Option<Kind>), Fault> {
    let kinds = match account.protocol {
        Protocol::Imap => (Kind::Imap, None),
        Protocol::Pop3 | Protocol::Apop => (Kind::Pop3, None),
        Protocol::Auto => (Kind::Imap, Some(Kind::Pop3)),
        other => {
            let word = format!("proto {other:?}").to_lowercase();
            return Err(Fault::yours(Cause::Unsupported(word), status::SYNTAX));
        }
    };
    if account.tls.pin_sha256.is_some() && is_never_protected(account) {
        let sentence = gettext(
            "accounts.toml names a certificate (pin_sha256), but sslproto '' asks for a connection without TLS. Remove one of the two.",
        );
        return Err(Fault::yours(Cause::Keys(sentence), status::SYNTAX));
    }
    Ok(kinds)
}

/// With this password.
async fn open_with(
    account: &Account,
    (first, second): (Kind, Option<Kind>),
    given: &Given,
    company: Company<'_>,
    onlooker: &mut dyn Onlooker,
) -> Result<Session, Fault> {
    let sign_in = sign_in(account, given.secret.clone());
    let opened = open_as(account, first, &sign_in, company, onlooker).await;
    match (opened, second) {
        (Err(fault), Some(second)) if matches!(fault.status, status::SOCKET | status::PROTOCOL) => {
            let again = open_as(account, second, &sign_in, company, onlooker).await;
            // When neither answers, the first failure is the one worth telling.
            again.map_err(|second| {
                if second.status == status::SOCKET {
                    fault
                } else {
                    second
                }
            })
        }
        (done, _) => done,
    }
}

fn is_never_protected(account: &Account) -> bool {
    !account.tls.implicit && tls::policy(&account.tls) == TlsPolicy::Never
}

#[derive(Clone, Copy)]
enum Kind {
    Pop3,
    Imap,
}

async fn open_as(
    account: &Account,
    kind: Kind,
    sign_in: &SignIn,
    company: Company<'_>,
    onlooker: &mut dyn Onlooker,
) -> Result<Session, Fault> {
    let label = match kind {
        Kind::Pop3 => "POP3",
        Kind::Imap => "IMAP",
    };
    let port = port(account, kind)?;
    let fault = |error| of_server(error, account, port);
    let peer = Peer {
        host: account.host.clone(),
        port,
        implicit_tls: account.tls.implicit,
        tls: tls::Setup::new(&account.tls).map_err(fault)?,
        timeout: account.timeout,
        label,
    };
    let sign_in = sign_in.clone();
    let conn = connect(&peer, onlooker).await.map_err(fault)?;
    let address = conn.address();
    let mut told = Told::new(onlooker, conn.is_protected());
    let mut phase = |phase, greeting: &[u8]| told.phase(phase, greeting);
    let maildrop = match kind {
        Kind::Pop3 => {
            let opened = Pop3::open_watched(conn, sign_in, &mut phase).await;
            Maildrop::Pop3(opened.map_err(fault)?)
        }
        Kind::Imap => {
            let opened = Imap::open_watched(conn, sign_in, &mut phase).await;
            Maildrop::Imap(opened.map_err(fault)?)
        }
    };
    told.ended();
    let protected = maildrop.is_protected();
    company
        .board
        .log(Some(&account.id), What::SignedIn { protected });
    Ok(Session {
        maildrop,
        protocol: label,
        address,
        port,
    })
}

/// Name, connection, TLS where it comes first.
async fn connect(peer: &Peer, onlooker: &mut dyn Onlooker) -> Result<Conn, net::Error> {
    onlooker.begins(Stage::FindAddress);
    let addresses = net::connect::look_up(peer).await?;
    let shown = addresses.first().map(|a| a.ip().to_canonical().to_string());
    onlooker.ended(Stage::FindAddress, shown.unwrap_or_default());
    onlooker.begins(Stage::Connect);
    let mut conn = net::connect::connect_to(peer, &addresses).await?;
    let shown = conn.address().map(|a| a.to_string()).unwrap_or_default();
    onlooker.ended(Stage::Connect, shown);
    if peer.implicit_tls {
        onlooker.begins(Stage::Secure);
        conn.secure().await?;
        let version = conn.tls().map_or("", |session| session.version);
        onlooker.ended(Stage::Secure, version.to_owned());
    }
    Ok(conn)
}

/// Turns the phases of a machine into stages.
struct Told<'o> {
    onlooker: &'o mut dyn Onlooker,
    stage: Option<Stage>,
    /// TLS is on from the first byte.
    is_implicit: bool,
    has_greeted: bool,
}

impl<'o> Told<'o> {
    fn new(onlooker: &'o mut dyn Onlooker, is_implicit: bool) -> Self {
        Self {
            onlooker,
            stage: None,
            is_implicit,
            has_greeted: false,
        }
    }

    fn phase(&mut self, phase: Phase, greeting: &[u8]) {
        let stage = match phase {
            Phase::Greeting => Stage::Greeting,
            Phase::Securing => Stage::Secure,
            Phase::SigningIn => Stage::SignIn,
        };
        if self.stage == Some(stage) {
            return;
        }
        if !self.has_greeted && !greeting.is_empty() {
            self.has_greeted = true;
            self.onlooker
                .ended(Stage::Greeting, quiet(greeting, QUIET_MAX));
        }
        if self.stage == Some(Stage::Secure) && !self.is_implicit {
            self.onlooker.ended(Stage::Secure, "STARTTLS".to_owned());
        }
        self.stage = Some(stage);
        self.onlooker.begins(stage);
    }

    fn ended(&mut self) {
        self.onlooker.ended(Stage::SignIn, String::new());
    }
}

/// Whether the account signs in by a password, in a way that this version knows.
pub fn needs_password(account: &Account) -> bool {
    matches!(account.auth, Auth::Any | Auth::Password | Auth::CramMd5)
}

fn sign_in(account: &Account, password: Secret) -> SignIn {
    SignIn {
        credentials: Credentials {
            user: account.user.clone(),
            password,
        },
        auth: account.auth,
        wants_apop: account.protocol == Protocol::Apop,
        tls: if account.tls.implicit {
            TlsPolicy::Never
        } else {
            tls::policy(&account.tls)
        },
    }
}

/// The port IMAP is spoken on.
pub(super) fn imap_port(account: &Account) -> Option<u16> {
    port(account, Kind::Imap).ok()
}

/// The port of its protocol; 0 if its service is none.
pub(super) fn own_port(account: &Account) -> u16 {
    let kind = match account.protocol {
        Protocol::Pop3 | Protocol::Apop => Kind::Pop3,
        _ => Kind::Imap,
    };
    port(account, kind).unwrap_or(0)
}

/// The port by `service`/`port`: a number, a well-known name, or the protocol's own.
fn port(account: &Account, kind: Kind) -> Result<u16, Fault> {
    let Some(service) = account.service.as_deref() else {
        return Ok(match (kind, account.tls.implicit) {
            (Kind::Pop3, false) => 110,
            (Kind::Pop3, true) => 995,
            (Kind::Imap, false) => 143,
            (Kind::Imap, true) => 993,
        });
    };
    match net::service::port_of(service) {
        Some(port) if port > 0 => Ok(port),
        _ => Err(Fault::yours(
            Cause::Unsupported(format!("service {service}")),
            status::SYNTAX,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports() {
        let check = |service: Option<&str>, implicit: bool, kind: Kind, expected: Option<u16>| {
            let mut account = Account::example();
            account.service = service.map(Into::into);
            account.tls.implicit = implicit;
            assert_eq!(port(&account, kind).ok(), expected);
        };
        check(None, false, Kind::Pop3, Some(110));
        check(None, true, Kind::Imap, Some(993));
        check(Some("2110"), false, Kind::Pop3, Some(2110));
        check(Some("imaps"), true, Kind::Imap, Some(993));
        check(Some("0"), false, Kind::Pop3, None);
        check(Some("70000"), false, Kind::Pop3, None);
        check(Some("nonsense"), false, Kind::Pop3, None);
    }
}
