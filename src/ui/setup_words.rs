//! An account's settings in a line each, for the summary of the wizard and the page of the account.
//! Pure.

use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::{
    Candidate, Delivery, Hint, PasswordPlace, Protocol, Rhythm, Security, Setup, Source, UserForm,
};
use crate::engine::api::words;

/// Protocol, server, port, protection.
pub(super) fn server(setup: &Setup) -> String {
    let card = Candidate {
        protocol: match setup.is_imap {
            true => Protocol::Imap,
            false => Protocol::Pop3,
        },
        host: setup.host.clone(),
        port: setup.port,
        security: match setup {
            Setup { is_plain: true, .. } => Security::None,
            Setup {
                is_implicit_tls: true,
                ..
            } => Security::Tls,
            _ => Security::StartTls,
        },
        methods: Vec::new(),
        user: UserForm::Address,
        source: Source::Person,
        is_weak: false,
    };
    format!(
        "{}: {}",
        words::protocol(card.protocol),
        words::server(&card)
    )
}

/// User name, and where the password is.
pub(super) fn sign_in(setup: &Setup) -> String {
    let place = match setup.password {
        PasswordPlace::Keyring => gettext("password in the keyring"),
        PasswordPlace::File => gettext("password in the configuration file"),
        PasswordPlace::Command(_) => gettext("password from a command"),
        PasswordPlace::Netrc => gettext("password in ~/.netrc"),
        PasswordPlace::Ask => gettext("password asked for after each start"),
    };
    let text = gettext("{user}, {place}");
    fill(&text, &[("user", &setup.user), ("place", &place)])
}

/// Where mail goes.
pub(super) fn delivery(setup: &Setup) -> String {
    match &setup.delivery {
        Delivery::Maildir(folder) => folder.display().to_string(),
        Delivery::Listener(user) => fill(
            &gettext("This computer's mail system, to {user}"),
            &[("user", user)],
        ),
        Delivery::Program(command) => command.clone(),
        Delivery::Lmtp(place, user) => fill(
            &gettext("LMTP at {place}, to {user}"),
            &[("place", place), ("user", user)],
        ),
        Delivery::Watch => gettext("Nowhere; mail is only counted"),
    }
}

/// What stays on the server.
pub(super) fn copies(setup: &Setup) -> String {
    match (&setup.delivery, setup.keep) {
        (Delivery::Watch, _) => gettext("everything stays on the server"),
        (_, true) => gettext("messages stay on the server"),
        (_, false) => gettext("messages are deleted from the server"),
    }
}

/// When it is checked.
pub(super) fn schedule(setup: &Setup) -> String {
    match setup.rhythm {
        Rhythm::Minutes(n) => {
            let text = ngettext(
                "checked every {n} minute",
                "checked every {n} minutes",
                u64::from(n),
            );
            fill(&text, &[("n", &n)])
        }
        Rhythm::Idle => gettext("checked as soon as mail arrives"),
        Rhythm::Asked => gettext("checked only when asked"),
    }
}

/// Both.
pub(super) fn copies_and_schedule(setup: &Setup) -> String {
    let (kept, when) = (copies(setup), schedule(setup));
    fill(
        &gettext("{kept}; {when}"),
        &[("kept", &kept), ("when", &when)],
    )
}

/// Why a provider refuses a sign-in that looks right, and what can be done; `None` where nothing
/// of that kind is known of it.
pub(super) fn of_provider(hint: &Hint, protocol: Option<Protocol>) -> Option<(String, String)> {
    let name: &dyn std::fmt::Display = &hint.provider;
    if hint.needs_oauth {
        return Some((
            gettext("Only a sign-in in the browser is taken"),
            fill(
                &gettext(
                    "{provider} takes no password from mail programs, and this version cannot sign in by the browser yet.",
                ),
                &[("provider", name)],
            ),
        ));
    }
    if hint.needs_app_password {
        return Some((
            gettext("An app password is needed"),
            fill(
                &gettext(
                    "{provider} does not accept your usual password in mail programs. Make one for Postrider on its page.",
                ),
                &[("provider", name)],
            ),
        ));
    }
    let protocol = match protocol? {
        Protocol::Imap => ("imap", "IMAP"),
        Protocol::Pop3 => ("pop3", "POP3"),
    };
    hint.off.iter().any(|off| off == protocol.0).then(|| {
        (
            gettext("Access is switched off"),
            fill(
                &gettext("Switch on {protocol} in your provider's web settings, then try again."),
                &[("protocol", &protocol.1)],
            ),
        )
    })
}
