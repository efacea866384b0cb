//! What a change of the file means for the accounts, in words. Pure.

use super::history::Revision;
use crate::base::i18n::{fill, gettext};
use crate::rc::account::Target;
use crate::rc::resolve::{self, Surroundings};
use crate::rc::settings::Overrides;
use crate::rc::{Account, Globals};

/// One consequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    /// What happens from now on.
    pub sentence: String,
    /// Mail is deleted, or something is less safe than before.
    pub is_grave: bool,
}

/// More are not told: nobody reads them.
const MOST: usize = 12;

/// What happens otherwise than before. Nothing while one of the two cannot be used.
pub(crate) fn effects(before: &Revision, after: &Revision) -> Vec<Effect> {
    if before.has_errors() || after.has_errors() {
        return Vec::new();
    }
    let (old, new) = (read(before), read(after));
    let mut told = Vec::new();
    for account in &new.1 {
        let name = account.id.to_string();
        match old.1.iter().find(|known| known.id == account.id) {
            Some(known) => of_account(known, account, &name, &mut told),
            None if account.is_active => {
                say(
                    &mut told,
                    false,
                    &gettext("{account} is checked from now on."),
                    &name,
                );
                dangers(account, &name, &mut told);
            }
            None => {}
        }
    }
    for gone in &old.1 {
        if !new.1.iter().any(|account| account.id == gone.id) {
            say(
                &mut told,
                true,
                &gettext("{account} is gone."),
                &gone.id.to_string(),
            );
        }
    }
    told.sort_by_key(|effect| !effect.is_grave);
    told.truncate(MOST);
    told
}

fn read(revision: &Revision) -> (Globals, Vec<Account>) {
    let around = Surroundings::default();
    let whole = resolve::whole(&revision.document, &Overrides::default(), &around);
    let accounts = whole.accounts.into_iter().map(|said| said.account);
    (whole.globals, accounts.collect())
}

fn say(told: &mut Vec<Effect>, is_grave: bool, text: &str, account: &str) {
    told.push(Effect {
        sentence: fill(text, &[("account", &account)]),
        is_grave,
    });
}

fn of_account(old: &Account, new: &Account, name: &str, told: &mut Vec<Effect>) {
    match (old.is_active, new.is_active) {
        (true, false) => say(
            told,
            false,
            &gettext("{account} is checked only when it is asked for."),
            name,
        ),
        (false, true) => say(
            told,
            false,
            &gettext("{account} is checked from now on."),
            name,
        ),
        _ => {}
    }
    if old.keep && !new.keep {
        let text =
            gettext("{account}: messages will now be deleted from the server after delivery.");
        say(told, true, &text, name);
    }
    if !old.keep && new.keep {
        let text = gettext("{account}: messages will now stay on the server.");
        say(told, false, &text, name);
    }
    let turned_on = |get: fn(&Account) -> bool| !get(old) && get(new);
    if turned_on(|a| a.flush) {
        let text = gettext("{account}: messages read before are deleted before fetching.");
        say(told, true, &text, name);
    }
    if turned_on(|a| a.limit_flush) {
        let text = gettext("{account}: messages over the limit are deleted before fetching.");
        say(told, true, &text, name);
    }
    if turned_on(|a| a.fetch_all) {
        let text = gettext("{account}: messages seen before are fetched too.");
        say(told, false, &text, name);
    }
    if old.tls.check && !new.tls.check {
        let text = gettext("{account}: the server's certificate is no longer checked.");
        say(told, true, &text, name);
    }
    if turned_on(is_plain) {
        let text = gettext("{account}: the password is sent unencrypted.");
        say(told, true, &text, name);
    }
    if old.target != new.target {
        let text = gettext("{account}: mail now goes to {target}.");
        let text = fill(
            &text,
            &[("target", &target(&new.target)), ("account", &"{account}")],
        );
        say(told, false, &text, name);
    }
}

fn dangers(account: &Account, name: &str, told: &mut Vec<Effect>) {
    let text = gettext("{account}: messages will be deleted from the server after delivery.");
    if !account.keep {
        say(told, true, &text, name);
    }
    if is_plain(account) {
        let text = gettext("{account}: the password is sent unencrypted.");
        say(told, true, &text, name);
    }
}

fn is_plain(account: &Account) -> bool {
    !account.tls.implicit && account.tls.proto.as_deref() == Some("")
}

fn target(target: &Target) -> String {
    match target {
        Target::Smtp(hosts) | Target::Lmtp(hosts) => hosts.join(", "),
        Target::Mda(command) => crate::base::text::quiet(command, 120),
        Target::Bsmtp(file) => file.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_means() {
        let check = |old: &str, new: &str, expected: &[(&str, bool)]| {
            let read = |text: &str| Revision::read(text.as_bytes());
            let told = effects(&read(old), &read(new));
            let told: Vec<(&str, bool)> = told
                .iter()
                .map(|effect| (effect.sentence.as_str(), effect.is_grave))
                .collect();
            assert_eq!(told, expected, "{new}");
        };
        let one = "poll h proto imap user ann ssl keep\n";
        check(one, one, &[]);
        check(
            one,
            "poll h proto imap user ann ssl\n",
            &[(
                "ann@h: messages will now be deleted from the server after delivery.",
                true,
            )],
        );
        check(
            one,
            "skip h proto imap user ann ssl keep mda x\n",
            &[
                ("ann@h is checked only when it is asked for.", false),
                ("ann@h: mail now goes to x.", false),
            ],
        );
        check(
            one,
            "poll h proto imap user bob ssl keep\n",
            &[
                ("ann@h is gone.", true),
                ("bob@h is checked from now on.", false),
            ],
        );
        check(
            one,
            "poll h proto imap user ann sslproto '' no sslcertck keep flush\n",
            &[
                (
                    "ann@h: messages read before are deleted before fetching.",
                    true,
                ),
                (
                    "ann@h: the server's certificate is no longer checked.",
                    true,
                ),
                ("ann@h: the password is sent unencrypted.", true),
            ],
        );
        check(one, "poll h proto\n", &[]);
    }
}
