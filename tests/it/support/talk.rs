//! A tiny protocol for tests of the pump: start TLS perhaps, say lines, hear lines.

use bytes::BytesMut;
use postrider::proto::machine::take_line;
use postrider::proto::{Error, Line, Machine, Outgoing, Step};

/// Sends `says` at once and tells each line it hears; done after `wants` lines.
#[derive(Default)]
pub struct Talk {
    pub starts_tls: bool,
    pub says: Vec<u8>,
    pub wants: usize,
    pub expects_close: bool,
    inbox: BytesMut,
    is_closed: bool,
}

impl Talk {
    /// One line there, one line back.
    pub fn ping() -> Self {
        Self {
            says: b"ping\r\n".to_vec(),
            wants: 1,
            ..Self::default()
        }
    }

    /// The same with TLS first.
    pub fn after_tls(mut self) -> Self {
        self.starts_tls = true;
        self
    }

    /// The same with as many lines to hear.
    pub fn hearing(mut self, lines: usize) -> Self {
        self.wants = lines;
        self
    }
}

impl Machine for Talk {
    type Event = Vec<u8>;

    fn inbox(&mut self) -> &mut BytesMut {
        &mut self.inbox
    }

    fn step(&mut self) -> Result<Step<Vec<u8>>, Error> {
        if std::mem::take(&mut self.starts_tls) {
            return Ok(Step::StartTls);
        }
        if !self.says.is_empty() {
            let says = std::mem::take(&mut self.says);
            return Ok(Step::Send(Outgoing::plain(says)));
        }
        if self.wants == 0 || self.is_closed {
            return Ok(Step::Done);
        }
        match take_line(&mut self.inbox, 8192)? {
            Line::Whole(line) => {
                self.wants -= 1;
                Ok(Step::Event(line.to_vec()))
            }
            Line::Partial => Ok(Step::Input),
        }
    }

    fn peer_closed(&mut self) -> Result<(), Error> {
        self.is_closed = self.expects_close;
        if self.expects_close {
            Ok(())
        } else {
            Err(Error::Closed)
        }
    }
}
