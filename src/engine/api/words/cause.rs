//! What happened and what can be done, for each [`Cause`] (`ui.md` section 17).

use super::messages;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::Cause;

/// What happened, as a headline: no full stop, no foreign words.
pub fn headline(cause: &Cause) -> String {
    match cause {
        Cause::UnknownHost(_) => gettext("The server was not found"),
        Cause::Dns(_) => gettext("Names cannot be looked up"),
        Cause::Unreachable(..) => gettext("The server does not answer here"),
        Cause::TimedOut(..) => gettext("The server is not answering"),
        Cause::Dropped(_) => gettext("The connection was cut"),
        Cause::NoTls(..) => gettext("No encryption offered"),
        Cause::Injection(_) => gettext("The encrypted connection was tampered with"),
        Cause::Certificate(_) => gettext("The certificate was not accepted"),
        Cause::SignIn => gettext("Sign-in was refused"),
        Cause::NoMethod => gettext("No common way to sign in"),
        Cause::NoPassword => gettext("The password is missing"),
        Cause::KeyringLocked => gettext("The keyring is locked"),
        Cause::NoKeyring => gettext("No keyring service"),
        Cause::Keyring(_) => gettext("The keyring could not be used"),
        Cause::NoAccount => gettext("The account is gone"),
        Cause::Locked => gettext("The mailbox is in use"),
        Cause::Busy => gettext("The server asks to wait"),
        Cause::Folder(_) => gettext("A folder cannot be opened"),
        Cause::Protocol(_) => gettext("The server gave an answer that makes no sense"),
        Cause::Refused => gettext("The server refused a request"),
        Cause::NoListener(_) => gettext("The local mail system does not answer"),
        Cause::NotDelivered { count } => fill(
            &ngettext(
                "{n} message could not be delivered",
                "{n} messages could not be delivered",
                u64::from(*count),
            ),
            &[("n", count)],
        ),
        Cause::Folderless(..) => gettext("The folder cannot be written"),
        Cause::DiskFull(_) => gettext("The disk is full"),
        Cause::Command(_) => gettext("The delivery program cannot be used"),
        Cause::Withheld(count) => fill(
            &ngettext(
                "The server withheld {n} message",
                "The server withheld {n} messages",
                u64::from(*count),
            ),
            &[("n", count)],
        ),
        Cause::Unsupported(_) => gettext("This account needs something Postrider cannot do yet"),
        Cause::Keys(_) => gettext("The account's own settings forbid to check it as it is"),
        Cause::Setup(_) => gettext("This does not work as it is"),
        Cause::PasswordCommand(_) => gettext("The password command gave no password"),
        Cause::Record(_) => gettext("The record of delivered mail cannot be written"),
        Cause::Stopped => gettext("The check was stopped"),
        Cause::Internal(_) => gettext("The check could not be carried out"),
    }
}

/// The circumstances and what can be done: whole sentences.
pub fn advice(cause: &Cause) -> String {
    match cause {
        Cause::UnknownHost(_)
        | Cause::Dns(_)
        | Cause::Unreachable(..)
        | Cause::TimedOut(..)
        | Cause::Dropped(_)
        | Cause::NoTls(..)
        | Cause::Injection(_)
        | Cause::Certificate(_) => of_the_way(cause),
        Cause::NoListener(_)
        | Cause::NotDelivered { .. }
        | Cause::Folderless(..)
        | Cause::DiskFull(_)
        | Cause::Command(_)
        | Cause::Record(_) => of_this_side(cause),
        _ => of_the_server(cause),
    }
}

/// Names, connections, encryption.
fn of_the_way(cause: &Cause) -> String {
    match cause {
        Cause::UnknownHost(host) => fill(
            &gettext("There is no server called “{host}”. Check the spelling."),
            &[("host", host)],
        ),
        Cause::Dns(host) => fill(
            &gettext(
                "The address of “{host}” could not be found out. The network may be down; it is tried again.",
            ),
            &[("host", host)],
        ),
        Cause::Unreachable(host, port) => fill(
            &gettext(
                "“{host}” cannot be reached on port {port}. The network may be down, or the port or the encryption is different.",
            ),
            &[("host", host), ("port", port)],
        ),
        Cause::TimedOut(host, seconds) => fill(
            &ngettext(
                "“{host}” did not answer within {n} second. It is tried again.",
                "“{host}” did not answer within {n} seconds. It is tried again.",
                *seconds,
            ),
            &[("host", host), ("n", seconds)],
        ),
        Cause::Dropped(host) => fill(
            &gettext(
                "“{host}” ended the connection in the middle. What was delivered stays delivered; the rest is tried again.",
            ),
            &[("host", host)],
        ),
        Cause::NoTls(host, port) => fill(
            &gettext(
                "“{host}” does not offer encryption on port {port}. Your password was not sent, because it could be read on the way.",
            ),
            &[("host", host), ("port", port)],
        ),
        Cause::Injection(host) => fill(
            &gettext(
                "Something unencrypted was slipped in while the connection to “{host}” was being secured. Your password was not sent. Try another network.",
            ),
            &[("host", host)],
        ),
        Cause::Certificate(sentence) => fill(
            &gettext("{sentence} Your password was not sent."),
            &[("sentence", &ended(sentence))],
        ),
        _ => String::new(),
    }
}

/// What the server did or would not do.
fn of_the_server(cause: &Cause) -> String {
    match cause {
        Cause::SignIn => gettext(
            "The user name or the password is not accepted. Some providers want an app password instead of the usual one.",
        ),
        Cause::NoMethod => gettext(
            "The server offers no way to sign in that Postrider may use on this connection. Encryption may open more of them.",
        ),
        Cause::NoPassword => gettext(
            "No password is known for this account. Put it into the configuration file or into ~/.netrc.",
        ),
        Cause::KeyringLocked => gettext("Unlock it to check mail."),
        Cause::NoKeyring => gettext(
            "Passwords can be kept in the configuration file or asked for after each start.",
        ),
        Cause::Keyring(sentence) => sentence.clone(),
        Cause::NoAccount => {
            gettext("It is not in the configuration any more; it may have got another name.")
        }
        Cause::Locked => gettext("Another program has it open. It is tried again."),
        Cause::Busy => gettext("It has too much to do or limits how often you may ask."),
        Cause::Folder(name) => fill(
            &gettext("The folder “{name}” may have another name on the server."),
            &[("name", name)],
        ),
        Cause::Protocol(sentence) => fill(
            &gettext("{sentence} It may be a server of another kind; check protocol and port."),
            &[("sentence", &ended(sentence))],
        ),
        Cause::Refused => gettext("Nothing was lost. It is tried again."),
        Cause::Withheld(count) => fill(
            &ngettext(
                "{messages} stays on the server and is asked for again.",
                "{messages} stay on the server and are asked for again.",
                u64::from(*count),
            ),
            &[("messages", &messages(*count))],
        ),
        Cause::Unsupported(keyword) => fill(
            &gettext(
                "The configuration says “{keyword}”. Remove it, or keep fetching this account with fetchmail.",
            ),
            &[("keyword", keyword)],
        ),
        Cause::Keys(sentence) | Cause::PasswordCommand(sentence) | Cause::Setup(sentence) => {
            sentence.clone()
        }
        Cause::Stopped => gettext("What was delivered stays delivered; the rest is on the server."),
        Cause::Internal(sentence) => ended(sentence),
        _ => String::new(),
    }
}

/// Delivery, disk and record.
fn of_this_side(cause: &Cause) -> String {
    match cause {
        Cause::NoListener(tried) => fill(
            &gettext(
                "Nothing takes mail at {tried}. What was not delivered is still on the server. Start the mail system, or deliver into a mail folder.",
            ),
            &[("tried", tried)],
        ),
        Cause::NotDelivered { count } => ngettext(
            "It is still on the server. The activity log has the reason.",
            "They are still on the server. The activity log has the reasons.",
            u64::from(*count),
        ),
        Cause::Folderless(path, words) => fill(
            &gettext("{path}: {words}. What was not delivered is still on the server."),
            &[("path", path), ("words", &words.trim_end_matches('.'))],
        ),
        Cause::DiskFull(path) => fill(
            &gettext(
                "There is no room left at {path}. What was not delivered is still on the server.",
            ),
            &[("path", path)],
        ),
        Cause::Command(sentence) => fill(
            &gettext("{sentence} What was not delivered is still on the server."),
            &[("sentence", &ended(sentence))],
        ),
        Cause::Record(sentence) => fill(
            &gettext("{sentence} Without the record nothing is deleted from the server."),
            &[("sentence", &ended(sentence))],
        ),
        _ => String::new(),
    }
}

/// The sentence with a full stop, whether it came with one or not.
fn ended(sentence: &str) -> String {
    let sentence = sentence.trim();
    match sentence.chars().last() {
        None | Some('.' | '?' | '!' | '…') => sentence.to_owned(),
        Some(_) => format!("{sentence}."),
    }
}
