//! How a poll ended: one fault and fetchmail's exit status.

use std::path::PathBuf;

use crate::engine::api::{Cause, Progress};
use crate::engine::poll::Way;
use crate::engine::transfer::Tally;
use crate::engine::trouble::{Fault, status};

/// How a poll ended.
#[derive(Debug)]
pub struct Ended {
    /// fetchmail's exit status.
    pub status: u8,
    /// What went wrong.
    pub fault: Option<Fault>,
    /// Messages delivered.
    pub delivered: u32,
    /// Octets of them.
    pub bytes: u64,
    /// How far it came.
    pub progress: Progress,
    /// What is still to be done; `None` if that was not found out.
    pub open: Option<Open>,
    /// What it did.
    pub way: Way,
    /// The file of the last message, as it was called in a Maildir's `tmp/`.
    pub file: Option<PathBuf>,
}

/// What the record says is still to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Messages that were not taken and wait on the server.
    pub held: u32,
    /// Messages delivered whose deletion is not confirmed.
    pub pending: u32,
}

/// New mail that was not fetched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waiting {
    /// Found by `--check`.
    pub seen: u32,
    /// Left because of `fetchlimit`.
    pub left: u32,
}

impl Ended {
    /// Of a poll that was stopped before its turn came.
    pub fn stopped() -> Self {
        Self {
            status: status::NO_MAIL,
            fault: Some(Fault::passing(Cause::Stopped, status::OK)),
            delivered: 0,
            bytes: 0,
            progress: Progress::default(),
            open: None,
            way: Way::Usual,
            file: None,
        }
    }

    /// From what the transfers brought and what ended the poll.
    pub fn new(
        result: Result<(), Fault>,
        tally: &Tally,
        waiting: Waiting,
        progress: Progress,
    ) -> Self {
        let fault = result.err().or_else(|| undelivered(tally));
        let status = match &fault {
            Some(fault) if fault.cause != Cause::Stopped => fault.status,
            _ if waiting.seen > 0 => status::OK,
            _ if waiting.left > 0 => status::LIMIT,
            _ if tally.delivered > 0 || tally.let_go > 0 => status::OK,
            _ => status::NO_MAIL,
        };
        Self {
            status,
            fault,
            delivered: tally.delivered,
            bytes: tally.bytes,
            progress,
            open: None,
            way: Way::Usual,
            file: None,
        }
    }
}

/// Messages that were fetched and not taken, or not given, do not end a poll but are told. The
/// exit status of fetchmail for the former is 0 (cli.md section 3, Traps).
fn undelivered(tally: &Tally) -> Option<Fault> {
    if tally.not_taken > 0 {
        let cause = Cause::NotDelivered {
            count: tally.not_taken,
        };
        let words = tally
            .refusal
            .as_ref()
            .map_or(&b""[..], |refusal| &refusal.words);
        return Some(Fault::yours(cause, status::OK).said(words));
    }
    let fault = Fault::passing(Cause::Withheld(tally.withheld), status::SERVER);
    (tally.withheld > 0).then_some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let check = |result, delivered, not_taken, withheld, waiting: (u32, u32), expected| {
            let tally = Tally {
                delivered,
                not_taken,
                withheld,
                ..Tally::default()
            };
            let waiting = Waiting {
                seen: waiting.0,
                left: waiting.1,
            };
            let ended = Ended::new(result, &tally, waiting, Progress::default());
            let cause = ended.fault.map(|fault| fault.cause);
            assert_eq!((ended.status, cause), expected);
        };
        let fault = |cause, status| Err(Fault::passing(cause, status));
        let stopped = || fault(Cause::Stopped, status::OK);
        check(Ok(()), 0, 0, 0, (0, 0), (1, None));
        check(Ok(()), 2, 0, 0, (0, 0), (0, None));
        check(Ok(()), 2, 0, 0, (0, 3), (13, None));
        check(Ok(()), 0, 0, 0, (2, 1), (0, None));
        let busy = Some(Cause::Busy);
        check(fault(Cause::Busy, 14), 2, 0, 0, (0, 0), (14, busy));
        let refused = Some(Cause::NotDelivered { count: 1 });
        check(Ok(()), 0, 1, 1, (0, 0), (0, refused));
        check(Ok(()), 2, 0, 1, (0, 0), (7, Some(Cause::Withheld(1))));
        check(stopped(), 2, 0, 0, (0, 0), (0, Some(Cause::Stopped)));
        check(stopped(), 0, 0, 0, (0, 0), (1, Some(Cause::Stopped)));
    }
}
