//! fetchmail's exit status of a run (cli.md section 3).

use crate::engine::api::{AccountStatus, Cause, Halt, Snapshot};
use crate::engine::trouble::status;

/// 0 if any poll ever ended with success, else the status of the last account, in file order, that
/// was polled. With `strict` whatever failed counts before success (rule R8).
pub fn of_run(all: &Snapshot, strict: bool) -> u8 {
    if let Some(halt) = &all.halted {
        return of_halt(halt);
    }
    let polled = || {
        all.accounts
            .iter()
            .filter_map(|a| Some((a, a.last_status?)))
    };
    if strict
        && let Some(status) = polled()
            .filter_map(|(a, status)| honest(a, status))
            .next_back()
    {
        return status;
    }
    if polled().any(|(a, status)| status == status::OK || a.totals.successes > 0) {
        return status::OK;
    }
    polled()
        .next_back()
        .map_or(status::NO_MAIL, |(_, status)| status)
}

/// The status of an account with trouble; messages that were not taken count as a failure.
fn honest(account: &AccountStatus, status: u8) -> Option<u8> {
    let trouble = account.trouble.as_ref()?;
    Some(match trouble.cause {
        Cause::NotDelivered { .. } => status::DELIVERY,
        _ => status,
    })
}

/// Of a run that could not begin.
pub fn of_halt(halt: &Halt) -> u8 {
    match halt {
        Halt::NoFile | Halt::Syntax(_) => status::SYNTAX,
        Halt::Unreadable(_) | Halt::State(_) => status::FILES,
        Halt::Locked { .. } => status::LOCKED,
        Halt::NoPassword(_) => status::SIGN_IN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::{AccountId, State, Trouble, Who};

    fn account(status: Option<u8>, cause: Option<Cause>) -> AccountStatus {
        AccountStatus {
            trouble: cause.map(|cause| Trouble {
                who: Who::You,
                cause,
                words: String::new(),
                status: status.unwrap_or(0),
                tries: 1,
                since: std::time::SystemTime::UNIX_EPOCH,
            }),
            last_status: status,
            ..AccountStatus::fresh(
                AccountId {
                    label: "l".into(),
                    user: "u".into(),
                    ordinal: 0,
                },
                State::Idle,
                String::new(),
            )
        }
    }

    #[test]
    fn success_wins_else_the_last() {
        let check = |accounts: Vec<AccountStatus>, classic, strict| {
            let all = Snapshot {
                accounts,
                ..Snapshot::default()
            };
            assert_eq!((of_run(&all, false), of_run(&all, true)), (classic, strict));
        };
        let refused = || account(Some(3), Some(Cause::SignIn));
        check(vec![], 1, 1);
        check(vec![account(Some(1), None), refused()], 3, 3);
        check(vec![refused(), account(Some(1), None)], 1, 3);
        check(vec![account(Some(0), None), refused()], 0, 3);
        check(vec![refused(), account(None, None)], 3, 3);
        check(
            vec![account(Some(0), Some(Cause::NotDelivered { count: 1 }))],
            0,
            10,
        );
    }

    /// A daemon that fetched something once has not failed because the last poll found nothing.
    #[test]
    fn an_earlier_success_counts() {
        let mut earlier = account(Some(1), None);
        earlier.totals.successes = 1;
        let all = Snapshot {
            accounts: vec![earlier, account(Some(3), Some(Cause::SignIn))],
            ..Snapshot::default()
        };
        assert_eq!((of_run(&all, false), of_run(&all, true)), (0, 3));
    }
}
