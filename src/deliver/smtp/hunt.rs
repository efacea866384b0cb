//! The hunt for a listener: the list is tried in order until one greets, takes our hello and lets us
//! sign in.
//!
//! fetchmail speaks no TLS to listeners and tells its password to whoever listens. Here STARTTLS is
//! used where it is offered, except to this very computer; without a verified certificate it
//! protects from eavesdroppers only, so the mail goes and the password does not.

use std::time::Duration;

use super::listener::{Dial, Listener};
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::deliver::{Error, Settings};
use crate::net::{self, Conn};
use crate::proto::smtp::{Hello, Opened, Opening, Session, SignIn};
use crate::proto::{self, Credentials, Reason};

/// An open session.
pub struct Line {
    /// The connection.
    pub conn: Conn,
    /// The protocol on it.
    pub session: Session,
    /// With whom.
    pub listener: Listener,
    /// Messages begun on it.
    pub messages: u32,
}

/// The hunt list of an account.
pub struct Hunt {
    listeners: Vec<Listener>,
    is_lmtp: bool,
    own_name: String,
    timeout: Duration,
    sign_in: Option<Credentials>,
    antispam: Vec<i32>,
    dial: Dial,
}

/// Why a listener was not won, and what may be tried on another connection.
struct Missed {
    error: net::Error,
    again: Option<Again>,
}

enum Again {
    /// It hung up on EHLO.
    WithHelo,
    /// TLS did not come about.
    WithoutTls,
}

impl Hunt {
    /// Reads the list; an empty one means `localhost`.
    pub fn new(hosts: &[String], is_lmtp: bool, settings: &Settings, dial: Dial) -> Self {
        let mut listeners: Vec<_> = hosts
            .iter()
            .map(|host| Listener::parse(host, is_lmtp))
            .collect();
        if listeners.is_empty() {
            listeners.push(Listener::parse("localhost", is_lmtp));
        }
        Self {
            listeners,
            is_lmtp,
            own_name: settings.own_name.clone(),
            timeout: settings.timeout,
            sign_in: settings.sign_in.clone(),
            antispam: settings.antispam.clone(),
            dial,
        }
    }

    /// A session with the first listener, in the list's order, that can be used.
    pub async fn connect(&self) -> Result<Line, Error> {
        let mut tried = Vec::new();
        for listener in &self.listeners {
            match self.reach(listener).await {
                Ok(line) => return Ok(line),
                Err(error) => {
                    tracing::debug!(%listener, %error, "the listener cannot be used");
                    tried.push(format!("{listener}: {}", told(&error)));
                }
            }
        }
        Err(Error::NoListener { tried })
    }

    async fn reach(&self, listener: &Listener) -> Result<Line, net::Error> {
        let mut hello = match listener {
            Listener::Unix(_) => Hello::Lhlo,
            _ if self.is_lmtp => Hello::Lhlo,
            _ => Hello::Ehlo,
        };
        let mut wants_tls = true;
        let (conn, opened) = loop {
            let Missed { error, again } = match self.greet(listener, hello, wants_tls).await {
                Ok(won) => break won,
                Err(missed) => missed,
            };
            match again {
                Some(Again::WithHelo) => hello = Hello::Helo,
                Some(Again::WithoutTls) => {
                    tracing::warn!(%listener, %error, "no TLS with the listener; going on without");
                    wants_tls = false;
                }
                None => return Err(error),
            }
        };
        self.sign_in(listener, conn, opened).await
    }

    /// Connects and says hello, over TLS where that can be had.
    async fn greet(
        &self,
        listener: &Listener,
        hello: Hello,
        wants_tls: bool,
    ) -> Result<(Conn, Opened), Missed> {
        let dialled = (self.dial)(listener, self.timeout, hello.label()).await;
        let mut conn = dialled.map_err(|error| Missed { error, again: None })?;
        let wants_tls = wants_tls && !is_here(listener, &conn);
        let mut opening = Opening::new(self.own_name.as_str(), hello, wants_tls);
        conn.set_timeout(OPENING.max(self.timeout));
        let error = match conn.next(&mut opening).await {
            Ok(Some(never)) => match never {},
            Ok(None) => return Ok((conn, opening.finish())),
            Err(error) => error,
        };
        let hung_up = matches!(
            error,
            net::Error::Proto(proto::Error::Closed) | net::Error::Dropped { .. }
        );
        let again = if opening.is_new_to_tls() {
            Some(Again::WithoutTls)
        } else if hung_up && hello == Hello::Ehlo && opening.is_saying_hello() {
            Some(Again::WithHelo)
        } else {
            None
        };
        Err(Missed { error, again })
    }

    async fn sign_in(
        &self,
        listener: &Listener,
        mut conn: Conn,
        mut opened: Opened,
    ) -> Result<Line, net::Error> {
        if let Some(credentials) = &self.sign_in {
            let is_safe = is_here(listener, &conn) || conn.tls().is_some_and(|tls| tls.is_verified);
            let mut sign_in = SignIn::new(opened, credentials.clone(), is_safe)?;
            if let Some(never) = conn.next(&mut sign_in).await? {
                match never {}
            }
            opened = sign_in.finish();
        }
        Ok(Line {
            conn,
            session: Session::new(opened, self.antispam.clone()),
            listener: listener.clone(),
            messages: 0,
        })
    }
}

/// Whether the way to the listener does not leave this computer.
fn is_here(listener: &Listener, conn: &Conn) -> bool {
    let is_loopback = |address: std::net::SocketAddr| address.ip().to_canonical().is_loopback();
    matches!(listener, Listener::Unix(_)) || conn.address().is_some_and(is_loopback)
}

/// An error with the listener's own words made quiet.
fn told(error: &net::Error) -> String {
    let net::Error::Proto(proto::Error::Refused { reason, reply }) = error else {
        return quiet(error.to_string().as_bytes(), QUIET_MAX);
    };
    let reply = quiet(reply, QUIET_MAX);
    match reason {
        Reason::SignIn => fill(
            &gettext("it refuses the sign-in with esmtpname and esmtppassword: {reply}"),
            &[("reply", &reply)],
        ),
        Reason::NoMethod => gettext(
            "it wants the password itself, which is only told to this computer or over TLS with a certificate that can be verified; if it takes mail without a sign-in, remove esmtppassword",
        ),
        _ => reply,
    }
}

/// How long each answer up to the first message may take (RFC 5321 section 4.5.3.2).
const OPENING: Duration = Duration::from_secs(300);
