//! Dialogues: what the listener says, what we send, what the driver hears.

mod chunks;
mod opening;
mod refusals;
mod session;
mod sign_in;

use super::*;
use crate::mail::Envelope;
use crate::mail::envelope::BodyType;
use crate::proto::machine::{Error, Machine, Reason, Step};
use bytes::Bytes;

/// A machine and everything it has sent and told.
struct Talk<M: Machine> {
    machine: M,
    sent: String,
    /// The same as a transcript shows it.
    shown: String,
    told: Vec<M::Event>,
    end: Option<Result<(), Error>>,
}

impl<M: Machine> Talk<M> {
    fn with(machine: M) -> Self {
        Self {
            machine,
            sent: String::new(),
            shown: String::new(),
            told: Vec::new(),
            end: None,
        }
    }

    fn run(&mut self) {
        while self.end.is_none() {
            match self.machine.step() {
                Ok(Step::Input) => return,
                Ok(Step::Send(out)) => {
                    self.shown.push_str(&format!("{out:?}"));
                    self.sent.push_str(&out.bytes.escape_ascii().to_string());
                }
                Ok(Step::Event(event)) => self.told.push(event),
                Ok(Step::Done) => self.end = Some(Ok(())),
                Ok(Step::StartTls) => {
                    self.sent = "<TLS>".to_owned();
                    return;
                }
                Err(error) => self.end = Some(Err(error)),
            }
        }
    }

    fn hear(&mut self, wire: &str) {
        self.machine.inbox().extend_from_slice(wire.as_bytes());
        self.run();
    }

    /// What was sent since the last call.
    fn sent(&mut self) -> String {
        self.run();
        std::mem::take(&mut self.sent).replace("\\r\\n", "|")
    }

    /// Plays lines `C: ` and `S: ` of a dialogue; `TLS` is a handshake that succeeds.
    fn play(&mut self, dialogue: &str) {
        for line in dialogue.lines().map(str::trim).filter(|l| !l.is_empty()) {
            match line.split_at_checked(3) {
                Some(("C: ", text)) => {
                    let sent = self.sent();
                    assert_eq!(sent, format!("{text}|"), "in {dialogue}");
                }
                Some(("S: ", text)) => {
                    assert_eq!(self.sent(), "", "before {line} in {dialogue}");
                    self.hear(&(text.replace('|', "\r\n") + "\r\n"));
                }
                _ => {
                    assert_eq!(self.sent(), "<TLS>", "in {dialogue}");
                    self.machine.tls_started();
                }
            }
        }
    }
}

/// A session that is open, with these extensions.
fn opened(hello: Hello, offers: &[&str]) -> Opened {
    let mut talk = Talk::with(Opening::new("me.test", hello, false));
    talk.hear("220 hi\r\n");
    let mut reply = String::from("250-there\r\n");
    for offer in offers {
        reply.push_str(&format!("250-{offer}\r\n"));
    }
    talk.hear(&(reply + "250 HELP\r\n"));
    assert_eq!(talk.end, Some(Ok(())));
    talk.machine.finish()
}

impl Talk<Session> {
    fn open(hello: Hello, offers: &[&str]) -> Self {
        Self::with(Session::new(opened(hello, offers), vec![571, 450]))
    }

    fn fates(&mut self) -> Vec<(u64, &'static str, u16)> {
        self.run();
        std::mem::take(&mut self.told)
            .into_iter()
            .filter_map(|event| match event {
                Event::Go => None,
                Event::Ended { id, fate } => Some(match fate {
                    Fate::Taken => (id, "taken", 0),
                    Fate::Divided(answers) => {
                        let refused = answers.iter().flatten().count();
                        (id, "divided", refused.try_into().unwrap())
                    }
                    Fate::LastResort(replies) => (id, "last resort", replies[0].code),
                    Fate::Temporary(reply) => (id, "temporary", reply.code),
                    Fate::Permanent(reply) => (id, "permanent", reply.code),
                }),
            })
            .collect()
    }

    fn begin(&mut self, id: u64, to: &[&str]) {
        assert!(self.machine.takes_message());
        self.machine.begin(id, envelope(to));
    }

    fn body(&mut self, text: &'static str) {
        assert!(self.machine.takes_body());
        self.machine.chunk(Bytes::from_static(text.as_bytes()));
        self.machine.finish();
    }
}

fn envelope(to: &[&str]) -> Envelope {
    Envelope {
        sender: b"s@x".to_vec(),
        recipients: to.iter().map(|r| r.as_bytes().to_vec()).collect(),
        last_resort: None,
        body: BodyType::EightBit,
        size: Some(99),
    }
}
