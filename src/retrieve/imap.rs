//! IMAP driver: moves the bytes of [`proto::imap`](crate::proto::imap) and turns its events into
//! those of a maildrop. UIDs are the numbers of a session here. No protocol in this file.

use super::{Error, Fetched, SignIn, Survey, Want};
use crate::mail::Uid;
use crate::net::Conn;
use crate::proto::imap::response::FolderName;
use crate::proto::imap::{Event, Found, Login, Mark, Method, Session};
use crate::proto::{self, Onlooker, Reason, Watched};
use crate::rc::account::Auth;
use crate::transit::{Disposition, Listed};

/// An IMAP maildrop: a connection that has been signed in.
pub struct Imap {
    conn: Conn,
    session: Session,
}

impl Imap {
    /// Greeting, TLS if wanted, sign-in.
    pub async fn open(conn: Conn, sign_in: SignIn) -> Result<Self, Error> {
        Self::open_watched(conn, sign_in, &mut |_, _| ()).await
    }

    /// The same, with somebody who is told how far it is.
    pub async fn open_watched(
        mut conn: Conn,
        sign_in: SignIn,
        onlooker: Onlooker<'_>,
    ) -> Result<Self, Error> {
        let method = method(sign_in.auth)?;
        let is_protected = conn.is_protected();
        let mut login = Login::new(sign_in.credentials, method, sign_in.tls, is_protected);
        let mut watched = Watched {
            machine: &mut login,
            onlooker,
        };
        if let Some(never) = conn.next(&mut watched).await? {
            match never {}
        }
        let session = login.into_session();
        Ok(Self { conn, session })
    }

    /// Whether the line is encrypted.
    pub fn is_protected(&self) -> bool {
        self.conn.is_protected()
    }

    /// Opens `folder` and lists its new messages, or all. Must only be called when idle. After
    /// [`Reason::Folder`] another folder may be tried.
    pub async fn survey(&mut self, folder: &[u8], want: Want) -> Result<Survey, Error> {
        self.session.survey(folder, want.all, want.read_only);
        loop {
            match self.event().await? {
                Event::Surveyed(found) => return Ok(survey(found, want.all)),
                Event::NotSurveyed(error) => return Err(error.into()),
                _ => {}
            }
        }
    }

    /// It can tell of new mail as it comes; known once a folder was surveyed.
    pub fn can_idle(&self) -> bool {
        self.session.can_idle()
    }

    /// The folders of the mailbox. Must only be called when idle.
    pub async fn folders(&mut self) -> Result<Vec<FolderName>, Error> {
        self.session.list_folders();
        loop {
            if let Event::Folders(told) = self.event().await? {
                return Ok(told?);
            }
        }
    }

    /// Queues the fetching of these headers. Must only be called when idle.
    pub fn request_headers(&mut self, numbers: &[u32]) {
        self.session.request_headers(numbers);
    }

    /// Queues the fetching of these messages.
    pub fn request(&mut self, numbers: &[u32]) {
        self.session.request(numbers);
    }

    /// Queues marking these messages; they go when the folder is left.
    pub fn dispose(&mut self, numbers: &[u32], what: Disposition) {
        match what {
            Disposition::Delete => self.session.mark(numbers, Mark::Deleted),
            Disposition::MarkSeen => self.session.mark(numbers, Mark::Seen),
            Disposition::Leave => {}
        }
    }

    /// The next thing that came.
    pub async fn next(&mut self) -> Result<Fetched, Error> {
        loop {
            let fetched = match self.event().await? {
                Event::Begin { uid, size } => Fetched::Begin {
                    number: uid,
                    size: Some(size),
                },
                Event::Chunk(chunk) => Fetched::Chunk(chunk),
                Event::End { uid } => Fetched::End { number: uid },
                Event::Refused { uid, reply } => Fetched::Refused { number: uid, reply },
                Event::Marked { uids, mark, done } => Fetched::Disposed {
                    numbers: uids,
                    what: disposition(mark),
                    done,
                },
                Event::Idle => Fetched::Idle,
                Event::Surveyed(_) | Event::NotSurveyed(_) | Event::Left(_) | Event::Folders(_) => {
                    continue;
                }
            };
            return Ok(fetched);
        }
    }

    /// Expunges what was deleted. Must only be called when idle.
    pub async fn leave(&mut self) -> Result<Vec<u32>, Error> {
        self.session.leave();
        loop {
            if let Event::Left(gone) = self.event().await? {
                return Ok(gone);
            }
        }
    }

    /// Expunges what was deleted and logs out. Once it is known what has gone, an ugly end of the
    /// session changes nothing.
    pub async fn close(mut self) -> Result<Vec<u32>, Error> {
        self.session.close();
        let mut gone = None;
        loop {
            match (self.conn.next(&mut self.session).await, gone) {
                (Ok(Some(Event::Left(uids))), _) => gone = Some(uids),
                (Ok(Some(_)), before) => gone = before,
                (Ok(None), before) => return Ok(before.unwrap_or_default()),
                (Err(error), None) => return Err(error),
                (Err(error), Some(uids)) => {
                    tracing::debug!(%error, "LOGOUT was not answered");
                    return Ok(uids);
                }
            }
        }
    }

    async fn event(&mut self) -> Result<Event, Error> {
        let event = self.conn.next(&mut self.session).await?;
        event.ok_or(Error::Proto(proto::Error::Closed))
    }
}

fn survey(found: Found, is_all: bool) -> Survey {
    // Without UIDVALIDITY a UID says nothing about the next session.
    let is_named = found.uid_validity.is_some();
    let deleted = found.listed.iter().filter(|item| item.is_deleted);
    let deleted = deleted.map(|item| item.uid).collect();
    let listed = |item| listed(item, is_named);
    let listed: Vec<_> = found.listed.into_iter().map(listed).collect();
    let candidates = u32::try_from(listed.len()).unwrap_or(u32::MAX);
    Survey {
        total: found.total,
        old: if is_all {
            0
        } else {
            found.total.saturating_sub(candidates)
        },
        octets: None,
        uid_validity: found.uid_validity,
        is_read_only: found.is_read_only,
        listed,
        deleted,
    }
}

fn listed(item: proto::imap::session::Item, is_named: bool) -> Listed {
    Listed {
        number: item.uid,
        place: item.seq,
        uid: is_named.then(|| Uid::from(item.uid)),
        size: item.size,
        is_seen: item.is_seen,
    }
}

fn disposition(mark: Mark) -> Disposition {
    match mark {
        Mark::Deleted => Disposition::Delete,
        Mark::Seen => Disposition::MarkSeen,
    }
}

/// The methods built so far; the others of `auth` cannot be used with IMAP.
fn method(auth: Auth) -> Result<Method, Error> {
    match auth {
        Auth::Any => Ok(Method::Any),
        Auth::Password => Ok(Method::Password),
        Auth::CramMd5 => Ok(Method::CramMd5),
        Auth::Ssh => Ok(Method::Preauth),
        _ => Err(Error::Proto(proto::Error::Refused {
            reason: Reason::NoMethod,
            reply: Vec::new(),
        })),
    }
}

#[cfg(test)]
mod tests;
