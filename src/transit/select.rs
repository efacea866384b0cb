//! Which messages to take (engine.md sections 2.3, 10, 11).

use super::{Known, Listed, Skip, Verdict};
use crate::rc::Account;

/// Decides on one message from what the server lists, what our record says and what the account
/// asks for. The announced size counts for `limit`, though servers lie about it (quirk Q2):
/// there is no other before the body.
pub fn select(listed: &Listed, known: Known, account: &Account) -> Verdict {
    let is_old = match known {
        // Delivered once and only its deletion is open: never a second copy (threats.md, note 3).
        Known::DeletePending if !account.keep => return Verdict::DeleteOnly,
        Known::DeletePending => true,
        Known::Delivered => !account.fetch_all,
        Known::New => listed.is_seen && !account.fetch_all,
    };
    if is_old {
        return if account.flush {
            Verdict::DeleteOnly
        } else {
            Verdict::Skip(Skip::Old)
        };
    }
    match (account.limit, listed.size) {
        (Some(limit), Some(size)) if size > limit => {
            if account.limit_flush {
                Verdict::DeleteOnly
            } else {
                Verdict::Skip(Skip::Oversized)
            }
        }
        _ => Verdict::Fetch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(set: impl Fn(&mut Account), known: Known, seen: bool, size: u64, expected: Verdict) {
        let mut account = Account::example();
        set(&mut account);
        let listed = Listed {
            number: 1,
            place: 1,
            uid: None,
            size: Some(size),
            is_seen: seen,
        };
        assert_eq!(select(&listed, known, &account), expected);
    }

    #[test]
    fn verdicts() {
        use Known::*;
        use Verdict::*;
        let old = Verdict::Skip(super::Skip::Old);
        let oversized = Verdict::Skip(super::Skip::Oversized);
        check(|_| {}, New, false, 1, Fetch);
        check(|_| {}, New, true, 1, old);
        check(|a| a.fetch_all = true, New, true, 1, Fetch);
        check(|_| {}, Delivered, false, 1, old);
        check(|a| a.fetch_all = true, Delivered, false, 1, Fetch);
        check(|a| a.flush = true, Delivered, false, 1, DeleteOnly);
        check(|_| {}, DeletePending, false, 1, DeleteOnly);
        check(|a| a.fetch_all = true, DeletePending, false, 1, DeleteOnly);
        check(|a| a.keep = true, DeletePending, false, 1, old);
        check(|a| a.limit = Some(10), New, false, 10, Fetch);
        check(|a| a.limit = Some(10), New, false, 11, oversized);
        check(
            |a| {
                a.limit = Some(10);
                a.limit_flush = true;
            },
            New,
            false,
            11,
            DeleteOnly,
        );
    }
}
