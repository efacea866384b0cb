//! What each answer of the listener changes.

use super::body::Body;
use super::{Asked, Session, Stage};
use crate::proto::smtp::Reply;
use crate::proto::smtp::sealed::fate_of;
use crate::proto::smtp::transaction::{Data, Transaction};

impl Session {
    /// Reads every whole reply there is, so that no answer can be taken for one to a command that
    /// was sent after it came.
    pub(super) fn read(&mut self) {
        while !self.has_failed() {
            match self.replies.take(&mut self.inbox, self.hello.label()) {
                Ok(Some(reply)) => self.take_reply(reply),
                Ok(None) => return,
                Err(error) => self.fail(error),
            }
        }
    }

    fn take_reply(&mut self, mut reply: Reply) {
        reply.is_spam = self.antispam.contains(&i32::from(reply.code));
        let Some(asked) = self.expected.pop_front() else {
            return self.unasked(reply);
        };
        if reply.code == 421 {
            return self.closing(Some(asked), reply);
        }
        match asked {
            Asked::Mail | Asked::Rcpt | Asked::Chunk(_) if reply.is_go_ahead() => {
                self.fail(reply.out_of_place());
            }
            Asked::Mail => self.envelope_answered(reply, Transaction::mail_answered),
            Asked::Rcpt => self.envelope_answered(reply, Transaction::rcpt_answered),
            Asked::Data => self.data_answered(reply),
            Asked::Chunk(id) => self.chunk_answered(id, reply),
            Asked::End => self.end_answered(reply),
            Asked::Rset if reply.is_good() => self.advance(),
            Asked::Rset => self.fail(reply.out_of_place()),
            Asked::Quit => self.stage = Stage::Over,
        }
    }

    fn envelope_answered(&mut self, reply: Reply, note: fn(&mut Transaction, Reply)) {
        if let Some(current) = &mut self.current {
            note(current, reply);
        }
        self.advance();
    }

    fn data_answered(&mut self, reply: Reply) {
        let Some(current) = &mut self.current else {
            return;
        };
        match (current.verdict(), reply.is_go_ahead()) {
            (None, true) => {
                current.data = Data::Dotted;
                self.go(Body::default());
            }
            (None, false) if reply.is_good() => self.fail(reply.out_of_place()),
            (None, false) => self.reject(fate_of(reply)),
            (Some(fate), false) => self.reject(fate),
            // A listener that takes the data of a message without recipients: the only way not to
            // send any, not even a dot, is to hang up (contract.md, Pipelining rules).
            (Some(fate), true) => {
                let id = current.id;
                self.current = None;
                self.end(id, fate);
                self.stage = Stage::Over;
            }
        }
        // A second try need not wait for the answer to RSET.
        self.advance();
    }

    /// A refused chunk ends the message; what is said of those sent behind it is of no account
    /// (RFC 3030 section 2).
    fn chunk_answered(&mut self, id: u64, reply: Reply) {
        if !reply.is_good() && self.current.as_ref().is_some_and(|c| c.id == id) {
            self.current = None;
            self.end(id, fate_of(reply));
            self.say(b"RSET".to_vec(), Asked::Rset);
        }
        self.advance();
    }

    fn end_answered(&mut self, reply: Reply) {
        if reply.is_go_ahead() || reply.code == 221 {
            return self.fail(reply.out_of_place());
        }
        if let Some(sealed) = &mut self.sealed
            && let Some(fate) = sealed.answered(reply)
        {
            let id = sealed.id;
            self.sealed = None;
            self.end(id, fate);
        }
        self.advance();
    }

    /// 421: the listener hangs up; whatever is under way is put off in its words, but for a message
    /// that it refuses for good with them (`antispam`).
    fn closing(&mut self, asked: Option<Asked>, reply: Reply) {
        let put_off = Reply {
            is_spam: false,
            ..reply.clone()
        };
        let (of_end, of_envelope) = match asked {
            Some(Asked::End) => (reply, put_off),
            Some(Asked::Mail | Asked::Rcpt | Asked::Data | Asked::Chunk(_)) => (put_off, reply),
            _ => (put_off.clone(), put_off),
        };
        if let Some(sealed) = self.sealed.take() {
            self.end(sealed.id, fate_of(of_end));
        }
        if let Some(current) = self.current.take() {
            self.end(current.id, fate_of(of_envelope));
        }
        self.stage = Stage::Over;
    }

    /// A listener may say that it closes (421) at any time; any other surplus reply means that
    /// replies and commands no longer match.
    fn unasked(&mut self, reply: Reply) {
        if reply.code == 421 {
            self.closing(None, reply);
        } else {
            self.fail(reply.out_of_place());
        }
    }
}
