//! What happens to the server's copy once the sink has spoken (engine.md section 10).

use super::{Disposition, Outcome};
use crate::rc::Account;

/// Decides from one outcome. A refused message stays whatever `softbounce` says: its deletion
/// would need a bounce that was itself accepted (rule R1), and this version sends none.
pub fn dispose(outcome: &Outcome, account: &Account) -> Disposition {
    match outcome {
        Outcome::Partly(shares) if !shares.put_off.is_empty() => Disposition::Leave,
        Outcome::Delivered | Outcome::Partly(_) if account.keep => Disposition::MarkSeen,
        Outcome::Delivered | Outcome::Partly(_) => Disposition::Delete,
        Outcome::Deferred(_) | Outcome::Refused(_) => Disposition::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transit::Refusal;

    #[test]
    fn only_delivered_mail_goes() {
        let mut account = Account::example();
        let refusal = Refusal {
            code: 550,
            words: b"no".to_vec(),
        };
        assert_eq!(dispose(&Outcome::Delivered, &account), Disposition::Delete);
        assert_eq!(
            dispose(&Outcome::Deferred(refusal.clone()), &account),
            Disposition::Leave
        );
        assert_eq!(
            dispose(&Outcome::Refused(refusal), &account),
            Disposition::Leave
        );
        account.keep = true;
        assert_eq!(
            dispose(&Outcome::Delivered, &account),
            Disposition::MarkSeen
        );
    }
}
