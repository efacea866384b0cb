//! From the greeting to the listener's list of extensions: hello, STARTTLS where it is wanted and
//! offered, hello again (RFC 5321 section 4.1.4, RFC 3207, RFC 2033).
//!
//! TLS towards a listener is a gift, not a demand: fetchmail has none. So a refused STARTTLS is
//! gone on without, here; what a failed handshake means, and whether a secret may be said
//! afterwards, is not decided here.

use std::convert::Infallible;

use bytes::BytesMut;

use super::Capabilities;
use super::reply::{Replies, Reply, broken};
use crate::proto::machine::{Error, Machine, Outgoing, Step};

/// How to say hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hello {
    /// ESMTP, with HELO in the same session if EHLO is refused.
    Ehlo,
    /// SMTP of the old kind only: for a listener that hangs up on EHLO.
    Helo,
    /// LMTP.
    Lhlo,
}

impl Hello {
    fn verb(self) -> &'static str {
        match self {
            Self::Ehlo => "EHLO",
            Self::Helo => "HELO",
            Self::Lhlo => "LHLO",
        }
    }

    /// Name of the protocol in transcripts.
    pub fn label(self) -> &'static str {
        match self {
            Self::Lhlo => "LMTP",
            Self::Ehlo | Self::Helo => "SMTP",
        }
    }
}

/// A session that has been opened: what the next machine goes on with.
pub struct Opened {
    /// Bytes that came behind the last answer.
    pub inbox: BytesMut,
    /// As listed last, inside TLS where there is TLS.
    pub offered: Capabilities,
    /// How hello was said first.
    pub hello: Hello,
}

/// The machine that opens a session.
pub struct Opening {
    own_name: String,
    hello: Hello,
    wants_tls: bool,
    stage: Stage,
    inbox: BytesMut,
    replies: Replies,
    out: Option<Outgoing>,
    offered: Capabilities,
    has_tls: bool,
}

/// What the next reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Greeting,
    Hello(Hello),
    StartTls,
    Handshake,
    Done,
}

impl Opening {
    /// Waits for the greeting. `own_name` is what we call ourselves; with `wants_tls` STARTTLS is
    /// said where it is offered.
    pub fn new(own_name: impl Into<String>, hello: Hello, wants_tls: bool) -> Self {
        Self {
            own_name: own_name.into(),
            hello,
            wants_tls,
            stage: Stage::Greeting,
            inbox: BytesMut::new(),
            replies: Replies::default(),
            out: None,
            offered: Capabilities::default(),
            has_tls: false,
        }
    }

    /// What was learned; for when the machine is done.
    pub fn finish(self) -> Opened {
        Opened {
            inbox: self.inbox,
            offered: self.offered,
            hello: self.hello,
        }
    }

    /// Whether the listener has greeted and our first hello is not answered yet.
    pub fn is_saying_hello(&self) -> bool {
        matches!(self.stage, Stage::Hello(_)) && !self.has_tls
    }

    /// Whether TLS has been agreed on and nothing has come through it yet: what goes wrong now, TLS
    /// may be the cause of.
    pub fn is_new_to_tls(&self) -> bool {
        self.stage == Stage::Handshake || (self.has_tls && self.stage != Stage::Done)
    }

    fn on_reply(&mut self, reply: &Reply) -> Result<(), Error> {
        match self.stage {
            _ if reply.code == 421 => Err(reply.refusal()),
            Stage::Greeting if reply.is_good() => self.say_hello(self.hello),
            Stage::Hello(said) if reply.is_good() => {
                if said != Hello::Helo {
                    self.offered = Capabilities::read(reply);
                }
                self.listed()
            }
            Stage::Hello(Hello::Ehlo) if reply.code / 100 == 5 => self.say_hello(Hello::Helo),
            Stage::Greeting | Stage::Hello(_) => Err(reply.refusal()),
            Stage::StartTls if reply.code == 220 => self.agreed(),
            Stage::StartTls if matches!(reply.code, 400..=599) => {
                tracing::warn!(
                    code = reply.code,
                    "the listener offers STARTTLS and refuses it; going on without"
                );
                self.stage = Stage::Done;
                Ok(())
            }
            Stage::StartTls | Stage::Handshake | Stage::Done => Err(reply.out_of_place()),
        }
    }

    fn listed(&mut self) -> Result<(), Error> {
        if self.wants_tls && self.offered.starttls {
            self.say("STARTTLS".to_owned(), Stage::StartTls)
        } else {
            self.stage = Stage::Done;
            Ok(())
        }
    }

    /// Whatever lies behind the agreement came in the clear and must not be used (threats.md A3).
    fn agreed(&mut self) -> Result<(), Error> {
        if !self.inbox.is_empty() {
            return Err(Error::Injection);
        }
        self.stage = Stage::Handshake;
        Ok(())
    }

    fn say_hello(&mut self, hello: Hello) -> Result<(), Error> {
        let command = format!("{} {}", hello.verb(), self.own_name);
        self.say(command, Stage::Hello(hello))
    }

    /// All that was asked is answered, so whatever still lies in the inbox answers nothing.
    fn say(&mut self, command: String, stage: Stage) -> Result<(), Error> {
        if !self.inbox.is_empty() {
            return Err(broken("data that nobody asked for", &self.inbox));
        }
        self.stage = stage;
        self.out = Some(Outgoing::plain(command + "\r\n"));
        Ok(())
    }
}

impl Machine for Opening {
    type Event = Infallible;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }

    fn step(&mut self) -> Result<Step<Infallible>, Error> {
        loop {
            if let Some(outgoing) = self.out.take() {
                return Ok(Step::Send(outgoing));
            }
            match self.stage {
                Stage::Done => return Ok(Step::Done),
                Stage::Handshake => return Ok(Step::StartTls),
                _ => match self.replies.take(&mut self.inbox, self.hello.label())? {
                    Some(reply) => self.on_reply(&reply)?,
                    None => return Ok(Step::Input),
                },
            }
        }
    }

    /// What was listed before the handshake is forgotten (RFC 3207 section 4.2).
    fn tls_started(&mut self) {
        self.wants_tls = false;
        self.has_tls = true;
        self.offered = Capabilities::default();
        let command = format!("{} {}\r\n", self.hello.verb(), self.own_name);
        self.stage = Stage::Hello(self.hello);
        self.out = Some(Outgoing::plain(command));
    }
}
