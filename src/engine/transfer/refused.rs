//! Messages that were not taken: what is remembered of them, and reports on those that are let go.
//!
//! A report is delivered by the same sink, between two messages. It carries the memo of the message it
//! is about: the record learns that the message is settled when the report has been accepted, and only
//! then the server's copy goes.

use super::outcome::Disposals;
use super::{Course, Flying, Letter};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::{What, Why};
use crate::engine::clock;
use crate::store::Entry;
use crate::transit::{
    Addressee, Bounced, Outcome, Passage, Refusal, Report, Rules, Sequel, bounce, sequel,
};

/// A report to be made on a message.
pub(super) struct Notice {
    letter: Letter,
    report: Report,
    why: Why,
}

impl Course<'_, '_> {
    /// What follows from an outcome of this message.
    pub(super) fn sequel(&self, outcome: &Outcome, letter: &Letter) -> Sequel {
        let rules = Rules {
            account: self.on.account,
            globals: self.on.globals,
            may_answer: letter.may_answer && bounce::may_be_told(&letter.sender),
        };
        sequel(outcome, &letter.recipients, &rules)
    }

    /// A message that never went to the sink, or that the sink did not take.
    pub(super) fn follow(
        &mut self,
        letter: Letter,
        sequel: Sequel,
        why: Why,
        todo: &mut Disposals,
    ) {
        match sequel {
            Sequel::Over => {
                self.on.tally.let_go += 1;
                todo.settle(&letter);
                self.say_let_go(&letter, why, None);
            }
            Sequel::Stays { is_final, refusal } => {
                // With 0 nobody has answered: that says nothing of this message.
                if is_final || refusal.code != 0 {
                    self.hold(&letter, is_final, todo);
                }
                self.on.tally.not_taken += 1;
                self.on.tally.refusal = Some(refusal);
                self.left(letter.place, Some(letter.octets), why);
            }
            Sequel::Report(report) => {
                self.notices.push_back(Notice {
                    letter,
                    report,
                    why,
                });
            }
        }
    }

    /// It waits on its server, by the schedule.
    fn hold(&self, letter: &Letter, is_final: bool, todo: &mut Disposals) {
        let Some(uid) = letter.memo.uid.clone() else {
            return;
        };
        let before = self.on.view.held(&uid);
        let held = self.on.patience.next(before, is_final);
        todo.entries.push(Entry::Held {
            mailbox: letter.memo.mailbox.clone(),
            uid,
            held,
        });
    }

    /// Gives the sink the reports that wait, if it has no message in hand.
    pub(super) async fn send_notices(&mut self) {
        while !self.is_ending && !self.is_in_body() {
            let Some(notice) = self.notices.pop_front() else {
                return;
            };
            if !self.send_notice(notice).await {
                return self.sink_is_gone().await;
            }
        }
    }

    /// `false` when the sink has ended.
    async fn send_notice(&mut self, notice: Notice) -> bool {
        let Notice {
            letter,
            report,
            why,
        } = notice;
        let id = clock::unique();
        let bounced = Bounced {
            own_name: self.on.own_name,
            to: report.to,
            address: match report.to {
                Addressee::Sender => &letter.sender,
                Addressee::Postmaster => &self.on.globals.postmaster,
            },
            refused: &report.refused,
            header: &letter.header,
            date: &clock::rfc5322_now(),
            id: &id,
        };
        let (envelope, text) = (bounced.envelope(), bounced.message());
        let Some(ticket) = self.on.sink.begin(envelope, letter.memo.clone()).await else {
            return false;
        };
        let passage = Passage::new(self.on.account, None);
        let is_up =
            self.on.sink.write_all(text, passage).await && self.on.sink.finish(ticket).await;
        let report = Some((report, why));
        self.flying.insert(ticket, Flying { letter, report });
        is_up
    }

    /// What became of a report. If its writer's address is refused for good, the postmaster gets it;
    /// if nobody takes it, the message stays.
    pub(super) fn reported(
        &mut self,
        letter: Letter,
        (report, why): (Report, Why),
        outcome: &Outcome,
        todo: &mut Disposals,
    ) {
        let first = report.refused.first().map(|(_, refusal)| refusal.clone());
        let refusal = first.unwrap_or_else(|| Refusal {
            code: 0,
            words: Vec::new(),
        });
        let has_postmaster = !self.on.globals.postmaster.is_empty();
        match outcome {
            Outcome::Delivered => {
                self.on.tally.let_go += u32::from(!letter.is_with_some);
                todo.dispose(&letter);
                let whom = match report.to {
                    Addressee::Sender => &letter.sender,
                    Addressee::Postmaster => &self.on.globals.postmaster,
                };
                let whom = quiet(whom, QUIET_MAX);
                self.say_let_go(&letter, why, Some(whom));
            }
            Outcome::Refused(_) if report.to == Addressee::Sender && has_postmaster => {
                let report = Report {
                    to: Addressee::Postmaster,
                    ..report
                };
                self.notices.push_back(Notice {
                    letter,
                    report,
                    why,
                });
            }
            Outcome::Deferred(_) | Outcome::Refused(_) | Outcome::Partly(_) => {
                let stays = Sequel::Stays {
                    refusal,
                    is_final: true,
                };
                self.follow(letter, stays, why, todo);
            }
        }
    }

    fn say_let_go(&self, letter: &Letter, why: Why, told: Option<String>) {
        let what = What::LetGo {
            number: (letter.place, self.on.total),
            why,
            told,
            is_with_some: letter.is_with_some,
        };
        self.on.board.log(Some(&self.on.account.id), what);
    }
}

/// A refusal in the words of the log.
pub(super) fn why(refusal: &Refusal, permanent: bool) -> Why {
    Why::NotTaken {
        code: refusal.code,
        words: quiet(&refusal.words, QUIET_MAX),
        permanent,
    }
}
