//! The POP3 maildrop: drives `proto::pop3` over a connection and speaks the words of a transfer.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use super::{Disposition, Error, Fetched, Listed, SignIn, Survey, Want};
use crate::net::Conn;
use crate::proto::pop3::{self, Event, Login, Method, Session};
use crate::proto::{self, Onlooker, Watched};
use crate::rc::account::Auth;

/// A POP3 maildrop, signed in.
pub struct Pop3 {
    conn: Conn,
    session: Session,
    by_top: bool,
    /// Between `Begin` and `End`.
    is_inside: bool,
    /// What needs no word from the server; not told in the middle of a message.
    ready: VecDeque<Fetched>,
    /// Marked by DELE; gone when QUIT is agreed to.
    deleted: Vec<u32>,
}

impl Pop3 {
    /// Signs in over a fresh connection.
    pub async fn open(conn: Conn, sign_in: SignIn) -> Result<Self, Error> {
        Self::open_watched(conn, sign_in, &mut |_, _| ()).await
    }

    /// The same, with somebody who is told how far it is.
    pub async fn open_watched(
        mut conn: Conn,
        sign_in: SignIn,
        onlooker: Onlooker<'_>,
    ) -> Result<Self, Error> {
        let method = method(&sign_in);
        let is_protected = conn.is_protected();
        let mut login = Login::new(sign_in.credentials, method, sign_in.tls, is_protected);
        let mut watched = Watched {
            machine: &mut login,
            onlooker,
        };
        if let Some(never) = conn.next(&mut watched).await? {
            match never {}
        }
        if method == Method::Apop && !conn.is_protected() {
            tracing::warn!("APOP without TLS: whoever listens can try passwords at leisure");
        }
        Ok(Self {
            conn,
            session: Session::new(login.finish()),
            by_top: false,
            is_inside: false,
            ready: VecDeque::new(),
            deleted: Vec::new(),
        })
    }

    /// Whether the line is encrypted.
    pub fn is_protected(&self) -> bool {
        self.conn.is_protected()
    }

    /// Lists the mailbox. POP3 knows no old messages: all are candidates.
    pub async fn survey(&mut self, want: Want) -> Result<Survey, Error> {
        self.by_top = want.by_top;
        self.session.survey(want.uids);
        loop {
            match self.conn.next(&mut self.session).await? {
                Some(Event::Surveyed(survey)) => return Ok(listed(survey, want)),
                Some(event) => {
                    let fetched = self.fetched(event);
                    self.ready.extend(fetched);
                }
                None => return Err(proto::Error::Closed.into()),
            }
        }
    }

    /// Queues the fetching of headers.
    pub fn request_headers(&mut self, numbers: &[u32]) {
        for number in numbers {
            self.session.head(*number);
        }
    }

    /// Queues the fetching of messages.
    pub fn request(&mut self, numbers: &[u32]) {
        for number in numbers {
            self.session.fetch(*number, self.by_top);
        }
    }

    /// Queues what is to happen to the server's copies. Only deletion is the server's business:
    /// it marks as seen what RETR gave, if it marks at all.
    pub fn dispose(&mut self, numbers: &[u32], what: Disposition) {
        match what {
            Disposition::Delete => numbers.iter().for_each(|n| self.session.delete(*n)),
            Disposition::MarkSeen | Disposition::Leave if numbers.is_empty() => {}
            Disposition::MarkSeen | Disposition::Leave => self.ready.push_back(Fetched::Disposed {
                numbers: numbers.to_vec(),
                what,
                done: true,
            }),
        }
    }

    /// The next thing that came. Cancel-safe.
    pub async fn next(&mut self) -> Result<Fetched, Error> {
        loop {
            if !self.is_inside
                && let Some(fetched) = self.ready.pop_front()
            {
                return Ok(fetched);
            }
            if self.session.is_idle() {
                return Ok(Fetched::Idle);
            }
            match self.conn.next(&mut self.session).await? {
                Some(event) => {
                    if let Some(fetched) = self.fetched(event) {
                        return Ok(fetched);
                    }
                }
                None => return Err(proto::Error::Closed.into()),
            }
        }
    }

    /// Says QUIT and gives the numbers that are gone by it. What was requested and has not come is
    /// waited for and thrown away.
    pub async fn close(mut self) -> Result<Vec<u32>, Error> {
        self.session.quit();
        loop {
            match self.conn.next(&mut self.session).await {
                Ok(Some(Event::Quit { done: true })) => return Ok(self.deleted),
                Ok(Some(Event::Quit { done: false })) => return Ok(Vec::new()),
                Ok(Some(event)) => drop(self.fetched(event)),
                Ok(None) => return Ok(Vec::new()),
                // Nothing depended on the answer.
                Err(error) if self.deleted.is_empty() && is_hang_up(&error) => {
                    return Ok(Vec::new());
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// In the words of a transfer; `None` for what only the driver wants to know.
    fn fetched(&mut self, event: Event) -> Option<Fetched> {
        self.is_inside = matches!(event, Event::Begin(_) | Event::Chunk(_));
        Some(match event {
            Event::Begin(number) => Fetched::Begin { number, size: None },
            Event::Chunk(bytes) => Fetched::Chunk(bytes),
            Event::End(number) => Fetched::End { number },
            Event::Refused { number, reply } => Fetched::Refused {
                number,
                reply: reply.to_vec(),
            },
            Event::Deleted { numbers, done } => {
                if done {
                    self.deleted.extend(&numbers);
                }
                let what = Disposition::Delete;
                Fetched::Disposed {
                    numbers,
                    what,
                    done,
                }
            }
            Event::Surveyed(_) | Event::Quit { .. } => return None,
        })
    }
}

fn method(sign_in: &SignIn) -> Method {
    match sign_in.auth {
        _ if sign_in.wants_apop => Method::Apop,
        Auth::Any => Method::Any,
        Auth::Password => Method::Password,
        Auth::CramMd5 => Method::CramMd5,
        Auth::Ssh => Method::Done,
        Auth::KerberosV4
        | Auth::KerberosV5
        | Auth::Gssapi
        | Auth::Otp
        | Auth::Ntlm
        | Auth::Msn
        | Auth::External
        | Auth::OauthBearer => Method::Unsupported,
    }
}

fn listed(found: pop3::Survey, want: Want) -> Survey {
    let uids = found.uids.filter(|_| want.uids);
    let mut uids = uids.unwrap_or_default().into_iter();
    let mut sizes = found.sizes.unwrap_or_default().into_iter();
    let listed = (1..=found.total).map(|number| Listed {
        number,
        place: number,
        uid: uids.next().flatten(),
        size: sizes.next().flatten(),
        is_seen: false,
    });
    Survey {
        total: found.total,
        octets: found.octets,
        listed: listed.collect(),
        ..Survey::default()
    }
}

fn is_hang_up(error: &Error) -> bool {
    matches!(
        error,
        Error::Dropped { .. } | Error::Proto(proto::Error::Closed)
    )
}
