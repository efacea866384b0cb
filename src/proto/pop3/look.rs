//! The POP3 part of a look ([`crate::proto::look`]): CAPA, STLS, CAPA, QUIT. A POP2 server gets
//! QUIT at once.

use bytes::{Bytes, BytesMut};

use super::LINE;
use super::reply::{Reply, broken};
use crate::proto::look::{CAPABILITIES_MAX, Depth, Desk, Speech, StartTls};
use crate::proto::machine::{Error, Line, take_line};

#[derive(Default)]
pub(in crate::proto) struct Talk {
    stage: Stage,
    listed: Vec<Bytes>,
}

/// What is waited for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Greeting,
    Capa,
    List,
    Stls,
    Goodbye,
}

impl Talk {
    /// Understands one line; false if it has not come yet.
    pub fn hear(&mut self, inbox: &mut BytesMut, desk: &mut Desk) -> Result<bool, Error> {
        if self.stage == Stage::List {
            return self.list(inbox, desk);
        }
        let Some(reply) = Reply::take(inbox)? else {
            return Ok(false);
        };
        let (line, is_ok) = match reply {
            Reply::Ok(line) => (line, true),
            Reply::Err(line) => (line, false),
            Reply::Continue(line) => {
                let line: Bytes = [b"+", line.as_ref()].concat().into();
                desk.heard(line.clone())?;
                if self.stage == Stage::Greeting && desk.found.speech == Some(Speech::Pop2) {
                    self.leave(desk);
                    return Ok(true);
                }
                return Err(broken("neither +OK nor -ERR", &line));
            }
        };
        desk.heard(line.clone())?;
        match self.stage {
            Stage::Greeting if is_ok && desk.depth == Depth::UntilTls => self.begin_tls(desk),
            Stage::Greeting if is_ok => self.ask(desk),
            Stage::Greeting => {
                desk.found.is_turned_away = true;
                desk.end();
            }
            Stage::Capa if is_ok => self.stage = Stage::List,
            // Unknown before RFC 2449: nothing is listed, which means nothing.
            Stage::Capa => self.all_listed(desk)?,
            Stage::Stls if is_ok => desk.agreed(inbox.is_empty()),
            Stage::Stls => {
                desk.found.starttls = Some(StartTls::Refused(line));
                self.leave(desk);
            }
            Stage::List => {}
            Stage::Goodbye => desk.end(),
        }
        Ok(true)
    }

    pub fn secured(&mut self, desk: &mut Desk) {
        self.ask(desk);
    }

    fn list(&mut self, inbox: &mut BytesMut, desk: &mut Desk) -> Result<bool, Error> {
        let Line::Whole(line) = take_line(inbox, LINE)? else {
            return Ok(false);
        };
        desk.heard(line.clone())?;
        if line.as_ref() == b"." {
            self.all_listed(desk)?;
            return Ok(true);
        }
        self.listed.push(line);
        if self.listed.len() > CAPABILITIES_MAX {
            desk.list(std::mem::take(&mut self.listed))?;
        }
        Ok(true)
    }

    fn ask(&mut self, desk: &mut Desk) {
        self.listed.clear();
        self.stage = Stage::Capa;
        desk.say("CAPA");
    }

    fn all_listed(&mut self, desk: &mut Desk) -> Result<(), Error> {
        let listed = std::mem::take(&mut self.listed);
        match desk.list_for_tls(listed, b"STLS")? {
            true => self.begin_tls(desk),
            false => self.leave(desk),
        }
        Ok(())
    }

    fn begin_tls(&mut self, desk: &mut Desk) {
        self.stage = Stage::Stls;
        desk.say("STLS");
    }

    fn leave(&mut self, desk: &mut Desk) {
        self.stage = Stage::Goodbye;
        desk.leave("QUIT");
    }
}
