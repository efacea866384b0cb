//! The SMTP part of a look ([`crate::proto::look`]): EHLO, STARTTLS, EHLO, QUIT; for submission
//! and ODMR too, which differ in their ports only.

use bytes::{Bytes, BytesMut};

use super::reply::{Replies, Reply};
use crate::proto::look::{Depth, Desk, StartTls};
use crate::proto::machine::Error;

/// Our name here says nothing about whoever asks.
const EHLO: &str = "EHLO localhost";

#[derive(Default)]
pub(in crate::proto) struct Talk {
    replies: Replies,
    stage: Stage,
}

/// What is waited for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Greeting,
    Hello,
    StartTls,
    Goodbye,
}

impl Talk {
    /// Understands one reply; false if it has not come yet.
    pub fn hear(&mut self, inbox: &mut BytesMut, desk: &mut Desk) -> Result<bool, Error> {
        let Some(reply) = self.replies.take(inbox, "SMTP")? else {
            return Ok(false);
        };
        let lines: Vec<&[u8]> = reply.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let joint: &[u8] = if n + 1 < lines.len() { b"-" } else { b" " };
            desk.heard([reply.code.to_string().as_bytes(), joint, line].concat())?;
        }
        match self.stage {
            Stage::Greeting if !reply.is_good() => {
                desk.found.is_turned_away = true;
                desk.end();
            }
            Stage::Greeting | Stage::Hello if desk.depth == Depth::UntilTls => {
                self.until_tls(&reply, desk);
            }
            Stage::Greeting => self.hello(desk),
            Stage::Hello => self.listed(&reply, desk)?,
            Stage::StartTls if reply.code == 220 => desk.agreed(inbox.is_empty()),
            Stage::StartTls => {
                let words = [reply.code.to_string().as_bytes(), b" ", &reply.words].concat();
                desk.found.starttls = Some(StartTls::Refused(words.into()));
                self.leave(desk);
            }
            Stage::Goodbye => desk.end(),
        }
        Ok(true)
    }

    pub fn secured(&mut self, desk: &mut Desk) {
        self.hello(desk);
    }

    /// STARTTLS without EHLO before it is refused by many (RFC 3207 section 4).
    fn until_tls(&mut self, reply: &Reply, desk: &mut Desk) {
        if self.stage == Stage::Greeting {
            self.hello(desk);
        } else if reply.is_good() {
            self.begin_tls(desk);
        } else {
            self.leave(desk);
        }
    }

    fn hello(&mut self, desk: &mut Desk) {
        self.stage = Stage::Hello;
        desk.say(EHLO);
    }

    fn listed(&mut self, reply: &Reply, desk: &mut Desk) -> Result<(), Error> {
        if !reply.is_good() && desk.is_guessed {
            // FTP and others greet with 220 too.
            desk.found.speech = None;
        }
        let lines = reply.lines().skip(1).filter(|_| reply.is_good());
        let listed: Vec<Bytes> = lines.map(Bytes::copy_from_slice).collect();
        match desk.list_for_tls(listed, b"STARTTLS")? {
            true => self.begin_tls(desk),
            false => self.leave(desk),
        }
        Ok(())
    }

    fn begin_tls(&mut self, desk: &mut Desk) {
        self.stage = Stage::StartTls;
        desk.say("STARTTLS");
    }

    fn leave(&mut self, desk: &mut Desk) {
        self.stage = Stage::Goodbye;
        desk.leave("QUIT");
    }
}
