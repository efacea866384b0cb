//! What follows from an outcome: for the server's copy, and for whoever wrote the message
//! (engine.md sections 10 and 17).
//!
//! Unlike fetchmail 6.4.37: as long as a message stays on the server nobody is told that it bounced;
//! where one is refused for good and let go, a report has been accepted first (rule R1), which goes to
//! the postmaster where the writer must not or shall not get one.

use super::{Outcome, Refusal};
use crate::rc::{Account, Globals};

/// What follows from an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sequel {
    /// It is settled: the server's copy is deleted, or marked with `keep`.
    Over,
    /// It stays for another try.
    Stays {
        /// What was said.
        refusal: Refusal,
        /// A refusal for good, not for now.
        is_final: bool,
    },
    /// It is settled once somebody has accepted a report.
    Report(Report),
}

/// Of whom somebody is to be told that they do not get a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who is told.
    pub to: Addressee,
    /// Who does not get it, and what was said.
    pub refused: Vec<(Vec<u8>, Refusal)>,
}

/// Who is told of mail that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// Whoever wrote it.
    Sender,
    /// Whoever looks after the mail here.
    Postmaster,
}

/// What may be done about refused mail.
pub struct Rules<'a> {
    /// Whose mail.
    pub account: &'a Account,
    /// `softbounce`, `bouncemail`, `spambounce`, `postmaster`.
    pub globals: &'a Globals,
    /// The sender may be sent a report: there is one, and the message was written by a person
    /// (threats.md A18).
    pub may_answer: bool,
}

/// Decides from one outcome. `recipients` are those the sink was given.
pub fn sequel(outcome: &Outcome, recipients: &[Vec<u8>], rules: &Rules) -> Sequel {
    match outcome {
        Outcome::Delivered => Sequel::Over,
        Outcome::Deferred(refusal) => Sequel::Stays {
            refusal: refusal.clone(),
            is_final: false,
        },
        Outcome::Refused(refusal) if rules.globals.soft_bounce => Sequel::Stays {
            refusal: refusal.clone(),
            is_final: true,
        },
        Outcome::Refused(refusal) => {
            let all = recipients.iter();
            let refused = all.map(|name| (name.clone(), refusal.clone()));
            rules.report(refused.collect())
        }
        Outcome::Partly(shares) => match shares.put_off.first() {
            Some((_, refusal)) => Sequel::Stays {
                refusal: refusal.clone(),
                is_final: false,
            },
            // `softbounce` is about messages as a whole: these have been delivered.
            None => rules.report(shares.refused.clone()),
        },
    }
}

impl Rules<'_> {
    /// One report for all who are not passed over in silence.
    fn report(&self, mut refused: Vec<(Vec<u8>, Refusal)>) -> Sequel {
        refused.retain(|(_, refusal)| !self.is_silent(refusal));
        let is_for_sender = self.may_answer
            && self.globals.bounce_mail
            && !refused.iter().all(|(_, r)| r.code == FORGED);
        let to = match is_for_sender {
            true => Addressee::Sender,
            false => Addressee::Postmaster,
        };
        let has_reader = to == Addressee::Sender || !self.globals.postmaster.is_empty();
        match refused.is_empty() || !has_reader {
            true => Sequel::Over,
            false => Sequel::Report(Report { to, refused }),
        }
    }

    fn is_silent(&self, refusal: &Refusal) -> bool {
        self.account.antispam.contains(&refusal.code) && !self.globals.spam_bounce
    }
}

/// "Mailbox name not allowed": listeners say it of senders that do not exist, to whom fetchmail sends
/// no report.
const FORGED: i32 = 553;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transit::Shares;

    fn no(code: i32) -> Refusal {
        Refusal {
            code,
            words: b"no".to_vec(),
        }
    }

    /// In short: what follows for one recipient, or for two of whom one was served.
    fn check(code: i32, set: &[&str], expected: &str) {
        let mut account = Account::example();
        let mut globals = Globals::example();
        let mut outcome = Outcome::Refused(no(code));
        let mut may_answer = true;
        for word in set {
            match *word {
                "nosoft" => globals.soft_bounce = false,
                "nobounce" => globals.bounce_mail = false,
                "spambounce" => globals.spam_bounce = true,
                "nobody" => globals.postmaster.clear(),
                "list" => may_answer = false,
                "spam" => account.antispam = vec![571, code],
                "partly" => {
                    outcome = Outcome::Partly(Shares {
                        served: vec![b"a".to_vec()],
                        put_off: Vec::new(),
                        refused: vec![(b"b".to_vec(), no(code))],
                    });
                }
                "later" => {
                    outcome = Outcome::Partly(Shares {
                        served: vec![b"a".to_vec()],
                        put_off: vec![(b"c".to_vec(), no(450))],
                        refused: vec![(b"b".to_vec(), no(code))],
                    });
                }
                other => unreachable!("{other}"),
            }
        }
        let rules = Rules {
            account: &account,
            globals: &globals,
            may_answer,
        };
        let got = match sequel(&outcome, &[b"b".to_vec()], &rules) {
            Sequel::Over => "over".to_owned(),
            Sequel::Stays { refusal, is_final } => format!("stays {} {is_final}", refusal.code),
            Sequel::Report(report) => {
                assert_eq!(report.refused, [(b"b".to_vec(), no(code))]);
                format!("{:?}", report.to)
            }
        };
        assert_eq!(got, expected, "{code} {set:?}");
    }

    #[test]
    fn refused_mail_stays_unless_it_may_go() {
        check(550, &[], "stays 550 true");
        check(550, &["spam"], "stays 550 true");
        check(550, &["nosoft"], "Sender");
        check(552, &["nosoft"], "Sender");
        check(553, &["nosoft"], "Postmaster");
        check(550, &["nosoft", "list"], "Postmaster");
        check(550, &["nosoft", "nobounce"], "Postmaster");
        check(550, &["nosoft", "nobounce", "nobody"], "over");
        check(550, &["nosoft", "nobody"], "Sender");
        check(550, &["nosoft", "spam"], "over");
        check(451, &["nosoft", "spam"], "over");
        check(550, &["nosoft", "spam", "spambounce"], "Sender");
        check(
            550,
            &["nosoft", "spam", "spambounce", "nobounce"],
            "Postmaster",
        );
    }

    #[test]
    fn whoever_was_served_is_not_served_again() {
        check(550, &["partly"], "Sender");
        check(550, &["partly", "spam"], "over");
        check(550, &["partly", "list"], "Postmaster");
        check(550, &["partly", "list", "nobody"], "over");
        check(550, &["later"], "stays 450 false");
    }

    #[test]
    fn delivered_mail_goes_and_what_was_put_off_stays() {
        let (account, globals) = (Account::example(), Globals::example());
        let rules = Rules {
            account: &account,
            globals: &globals,
            may_answer: true,
        };
        assert_eq!(sequel(&Outcome::Delivered, &[], &rules), Sequel::Over);
        let stays = Sequel::Stays {
            refusal: no(450),
            is_final: false,
        };
        assert_eq!(sequel(&Outcome::Deferred(no(450)), &[], &rules), stays);
    }
}
