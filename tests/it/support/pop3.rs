//! The POP3 half of [`super::server`]: RFC 1939, CAPA (RFC 2449), STLS (RFC 2595), AUTH
//! (RFC 5034), response codes (RFC 3206).

use std::io;

use super::login::{self, Sasl};
use super::server::Shared;
use super::store::Stored;
use super::wire::{DotStuffer, Wire};

struct Session<'a> {
    shared: &'a Shared,
    stamp: String,
    asked_user: Option<String>,
    user: Option<String>,
    drop: Vec<Stored>,
    deleted: Vec<bool>,
    validity: u32,
}

/// Serves one connection until it ends.
pub async fn serve(wire: &mut Wire, shared: &Shared, number: usize) -> io::Result<()> {
    let mut session = Session {
        shared,
        stamp: format!("<{number}.1763800000@mail.example.org>"),
        asked_user: None,
        user: None,
        drop: Vec::new(),
        deleted: Vec::new(),
        validity: 0,
    };
    let stamp = if wire.manner.pipelining {
        session.stamp.as_str()
    } else {
        ""
    };
    wire.say(&format!("+OK mail.example.org ready {stamp}"))
        .await?;
    while let Some(line) = wire.line().await? {
        let line = String::from_utf8_lossy(&line).into_owned();
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        if !session
            .command(wire, &verb.to_ascii_uppercase(), rest)
            .await?
        {
            return Ok(());
        }
    }
    Ok(())
}

impl Session<'_> {
    /// Answers one command; false when the session is over.
    async fn command(&mut self, wire: &mut Wire, verb: &str, rest: &str) -> io::Result<bool> {
        match (verb, self.user.is_some()) {
            ("QUIT", _) => {
                if wire.manner.refuses_expunge && self.marked().next().is_some() {
                    wire.say("-ERR some deleted messages not removed").await?;
                    return Ok(false);
                }
                self.update();
                wire.say("+OK bye").await?;
                return Ok(false);
            }
            ("CAPA", _) if wire.manner.capa => self.capa(wire).await?,
            ("STLS", false) if wire.manner.offers_starttls && !wire.is_protected() => {
                wire.say("+OK begin TLS").await?;
                wire.send(wire.manner.injects.as_bytes()).await?;
                wire.start_tls(&self.shared.tls).await?;
                self.asked_user = None;
            }
            ("USER" | "PASS" | "APOP" | "AUTH", false) if self.is_barred(wire) => {
                wire.say("-ERR [AUTH] not before TLS").await?;
            }
            ("USER", false) => {
                self.asked_user = Some(rest.to_owned());
                wire.say("+OK").await?;
            }
            ("PASS", false) => {
                let user = self.asked_user.take().unwrap_or_default();
                let found = login::check(&self.shared.store, user.as_bytes(), rest.as_bytes());
                self.enter(wire, found).await?;
            }
            ("APOP", false) if wire.manner.pipelining => {
                let (user, digest) = rest.split_once(' ').unwrap_or((rest, ""));
                let found = login::check_apop(&self.shared.store, user, &self.stamp, digest);
                self.enter(wire, found).await?;
            }
            ("AUTH", false) => self.auth(wire, rest).await?,
            (_, true) => return self.transaction(wire, verb, rest).await.map(|()| true),
            _ => wire.say("-ERR unknown command, or not now").await?,
        }
        Ok(true)
    }

    fn is_barred(&self, wire: &Wire) -> bool {
        wire.manner.login_needs_tls && !wire.is_protected()
    }

    async fn capa(&self, wire: &mut Wire) -> io::Result<()> {
        let mut lines = vec![
            "+OK".to_owned(),
            "RESP-CODES".to_owned(),
            "AUTH-RESP-CODE".to_owned(),
        ];
        let manner = &wire.manner;
        let offers = [
            (manner.top, "TOP"),
            (manner.uidl, "UIDL"),
            (manner.pipelining, "PIPELINING"),
            (
                manner.offers_starttls && !wire.is_protected() && self.user.is_none(),
                "STLS",
            ),
            (!self.is_barred(wire), "USER"),
        ];
        lines.extend(
            offers
                .iter()
                .filter(|(on, _)| *on)
                .map(|(_, name)| (*name).to_owned()),
        );
        if !self.is_barred(wire) && !manner.mechanisms.is_empty() {
            lines.push(format!("SASL {}", manner.mechanisms.join(" ")));
        }
        lines.push(".".to_owned());
        wire.say(&lines.join("\r\n")).await
    }

    async fn auth(&mut self, wire: &mut Wire, rest: &str) -> io::Result<()> {
        let (mechanism, initial) = match rest.split_once(' ') {
            Some((mechanism, initial)) => (mechanism, Some(initial.as_bytes())),
            None => (rest, None),
        };
        if mechanism.is_empty() {
            let list = wire.manner.mechanisms.join("\r\n");
            return wire.say(&format!("+OK\r\n{list}\r\n.")).await;
        }
        match login::sasl(wire, &self.shared.store, mechanism, initial).await? {
            Sasl::Accepted(user) => self.enter(wire, Some(user)).await,
            Sasl::Rejected => self.enter(wire, None).await,
            Sasl::Cancelled => wire.say("-ERR cancelled").await,
            Sasl::Unknown => wire.say("-ERR no such mechanism").await,
        }
    }

    async fn enter(&mut self, wire: &mut Wire, user: Option<String>) -> io::Result<()> {
        let Some(user) = user else {
            return wire.say("-ERR [AUTH] Authentication failed.").await;
        };
        if let Some(line) = wire.manner.refuses_login.clone() {
            return wire.say(&line).await;
        }
        self.drop = self.shared.store.messages(&user, "INBOX");
        self.deleted = vec![false; self.drop.len()];
        let folder = |folder: &mut super::store::Folder| folder.uid_validity;
        self.validity = self.shared.store.with(&user, "INBOX", folder).unwrap_or(0);
        self.user = Some(user);
        wire.say("+OK Logged in.").await
    }

    /// The UPDATE state: only now are messages gone (RFC 1939 section 6).
    fn update(&mut self) {
        if let Some(user) = &self.user {
            let gone: Vec<u32> = self.marked().map(|(_, stored)| stored.uid).collect();
            self.shared.store.remove(user, "INBOX", &gone);
        }
    }

    fn marked(&self) -> impl Iterator<Item = (usize, &Stored)> {
        let all = self.drop.iter().zip(&self.deleted).enumerate();
        all.filter(|(_, (_, gone))| **gone)
            .map(|(i, (stored, _))| (i, stored))
    }

    fn present(&self) -> impl Iterator<Item = (usize, &Stored)> {
        let all = self.drop.iter().zip(&self.deleted).enumerate();
        all.filter(|(_, (_, gone))| !**gone)
            .map(|(i, (stored, _))| (i, stored))
    }

    /// The message of this number, if it is there and not deleted.
    fn pick(&self, text: &str) -> Option<(usize, Stored)> {
        let index = text.trim().parse::<usize>().ok()?.checked_sub(1)?;
        let stored = self.drop.get(index)?;
        (!self.deleted[index]).then(|| (index, stored.clone()))
    }

    async fn transaction(&mut self, wire: &mut Wire, verb: &str, rest: &str) -> io::Result<()> {
        let first = rest.split(' ').next().unwrap_or("");
        match verb {
            "NOOP" => wire.say("+OK").await,
            "RSET" => {
                self.deleted.fill(false);
                wire.say("+OK").await
            }
            "STAT" => {
                let octets: u64 = self.present().map(|(_, s)| s.message.size()).sum();
                let count = self.present().count();
                wire.say(&format!("+OK {count} {octets}")).await
            }
            "LAST" => wire.say("+OK 0").await,
            "LIST" => {
                let error = wire.manner.size_error;
                self.listing(wire, rest, |s| {
                    s.message.size().saturating_add_signed(error).to_string()
                })
                .await
            }
            "UIDL" if wire.manner.uidl => {
                let validity = self.validity;
                self.listing(wire, rest, |stored| unique_id(stored, validity))
                    .await
            }
            "RETR" => self.retrieve(wire, first, None).await,
            "TOP" if wire.manner.top => {
                let lines = rest.split(' ').nth(1).and_then(|n| n.parse::<u64>().ok());
                self.retrieve(wire, first, Some(lines.unwrap_or(0))).await
            }
            "DELE" => match self.pick(first) {
                Some(_) if wire.manner.refuses_delete => wire.say("-ERR read-only").await,
                Some((index, _)) => {
                    self.deleted[index] = true;
                    wire.say("+OK Marked to be deleted.").await
                }
                None => wire.say("-ERR There's no such message").await,
            },
            _ => wire.say("-ERR unknown command").await,
        }
    }

    async fn listing(
        &self,
        wire: &mut Wire,
        rest: &str,
        show: impl Fn(&Stored) -> String,
    ) -> io::Result<()> {
        if rest.is_empty() {
            wire.say(&format!("+OK {} messages", self.present().count()))
                .await?;
            for (index, stored) in self.present() {
                wire.say(&format!("{} {}", index + 1, show(stored))).await?;
            }
            return wire.say(".").await;
        }
        match self.pick(rest) {
            Some((index, stored)) => {
                wire.say(&format!("+OK {} {}", index + 1, show(&stored)))
                    .await
            }
            None => wire.say("-ERR There's no such message").await,
        }
    }

    /// RETR, or TOP with so many lines of the body.
    async fn retrieve(&self, wire: &mut Wire, number: &str, lines: Option<u64>) -> io::Result<()> {
        let Some((_, stored)) = self.pick(number) else {
            return wire.say("-ERR There's no such message").await;
        };
        if wire.manner.refuses_messages.contains(&stored.uid) {
            return wire.say("-ERR [SYS/TEMP] cannot read this message").await;
        }
        wire.say(&format!("+OK {} octets", stored.message.size()))
            .await?;
        let breaks = wire.manner.closes_in_message == Some(stored.uid);
        let mut left = if breaks {
            stored.message.size() / 2
        } else {
            u64::MAX
        };
        let mut stuffer = DotStuffer::default();
        let mut wanted = Wanted::new(lines);
        for piece in stored.message.pieces() {
            let piece = wanted.cut(piece);
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            left -= most as u64;
            wire.send(&stuffer.stuff(piece.slice(..most))).await?;
            if left == 0 {
                wire.flush().await?;
                wire.cut().await;
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            if wanted.is_enough() {
                break;
            }
        }
        wire.send(stuffer.end()).await
    }
}

/// Stable as long as the message exists; not a number, as on many servers.
pub fn unique_id(stored: &Stored, validity: u32) -> String {
    format!("{:08x}{validity:08x}", stored.uid)
}

/// How much of a message TOP wants: the header, the empty line, so many lines of body.
struct Wanted {
    /// Lines of body still wanted, once the empty line has come; `None`: everything.
    lines: Option<u64>,
    in_body: bool,
    line_length: usize,
}

impl Wanted {
    fn new(lines: Option<u64>) -> Self {
        Self {
            lines,
            in_body: false,
            line_length: 0,
        }
    }

    fn is_enough(&self) -> bool {
        self.in_body && self.lines == Some(0)
    }

    /// The part of the next piece that is wanted.
    fn cut(&mut self, piece: bytes::Bytes) -> bytes::Bytes {
        if self.lines.is_none() {
            return piece;
        }
        for (at, octet) in piece.iter().enumerate() {
            if self.is_enough() {
                return piece.slice(..at);
            }
            match octet {
                b'\n' if self.in_body => self.lines = self.lines.map(|n| n - 1),
                b'\n' => {
                    self.in_body = self.line_length == 0;
                    self.line_length = 0;
                }
                b'\r' => {}
                _ => self.line_length += 1,
            }
        }
        piece
    }
}
