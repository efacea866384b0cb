//! Whether what was typed can be used: a sentence for each field that cannot (`ui.md` section 5).

use super::answers::{Place, ProtocolWish, SecurityWish, Sink, octets};
use super::{Field, Model, Page};
use crate::base::i18n::{fill, gettext, gettext_noop};
use crate::engine::api::job::{Candidate, Place as Found, Protocol, Security};

/// The fields of a page that count with what is chosen, in tab order.
pub(crate) fn fields(model: &Model, page: Page) -> Vec<Field> {
    let answers = &model.answers;
    match page {
        Page::Address => {
            // Of an account that is there the name on the server counts.
            let whose = match model.editing {
                Some(_) => Field::User,
                None => Field::Address,
            };
            match answers.place {
                Place::Command => vec![whose, Field::PasswordCommand],
                _ => vec![whose],
            }
        }
        Page::Server if model.editing.is_some() => vec![Field::Host, Field::Port],
        Page::Server if answers.card.is_none() => vec![Field::Host, Field::Port, Field::User],
        Page::SignIn if model.wants_password() => vec![Field::PasswordAgain],
        Page::Delivery => match answers.sink {
            Sink::Maildir => vec![Field::Maildir],
            Sink::Listener => vec![Field::LocalUser],
            Sink::Program => vec![Field::Program],
            Sink::Lmtp => vec![Field::Lmtp, Field::LocalUser],
            Sink::Watch => Vec::new(),
        },
        Page::Copies if answers.has_limit => vec![Field::Limit],
        _ => Vec::new(),
    }
}

/// The first field of a page that cannot be used, in tab order.
pub(crate) fn first_wrong(model: &Model, page: Page) -> Option<Field> {
    let mut fields = fields(model, page).into_iter();
    fields.find(|field| self::field(model, *field).is_err())
}

/// Whether a field can be used.
pub(crate) fn field(model: &Model, field: Field) -> Result<(), String> {
    let answers = &model.answers;
    match field {
        Field::Address => address(&answers.address),
        Field::PasswordCommand => wanted(
            &answers.password_command,
            gettext_noop("Enter the command that prints the password."),
        ),
        Field::Host => host(&answers.host),
        Field::Port => match answers.port() {
            Some(_) => Ok(()),
            None => Err(gettext("Port must be between 1 and 65535.")),
        },
        Field::User if model.editing.is_some() => {
            wanted(&answers.user, gettext_noop("Enter the user name."))
        }
        Field::User => match answers.user().is_empty() {
            true => Err(gettext("Enter the user name.")),
            false => Ok(()),
        },
        Field::PasswordAgain => match answers.password.expose().is_empty() {
            true => Err(gettext("Enter the password.")),
            false => Ok(()),
        },
        Field::Maildir => maildir(model),
        Field::LocalUser => wanted(
            &answers.local_user,
            gettext_noop("Enter the user of this computer who gets the mail."),
        ),
        Field::Program => program(&answers.program),
        Field::Lmtp => lmtp(&answers.lmtp),
        Field::Limit => match octets(&answers.limit) {
            // What a file may say is finer than what is asked for.
            Some(1..=2_000_000_000) if model.editing.is_some() => Ok(()),
            Some(1_000_000..=100_000_000_000) => Ok(()),
            _ => Err(gettext("Enter a number of megabytes between 1 and 100000.")),
        },
        Field::Password => Ok(()),
    }
}

fn wanted(text: &str, sentence: &'static str) -> Result<(), String> {
    match text.trim().is_empty() {
        true => Err(gettext(sentence)),
        false => Ok(()),
    }
}

/// `name@domain`; the domain has a dot or is `localhost`.
fn address(text: &str) -> Result<(), String> {
    let wrong = || Err(gettext("Enter an address such as name@example.org."));
    let text = text.trim();
    let Some((local, domain)) = text.split_once('@') else {
        return wrong();
    };
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "<>\",;:\\()[]@".contains(c);
    let labels = || domain.split('.');
    let is_domain =
        domain == "localhost" || (labels().count() > 1 && labels().all(|label| !label.is_empty()));
    match is_domain && !local.is_empty() && !text.replacen('@', "", 1).contains(is_odd) {
        true => Ok(()),
        false => wrong(),
    }
}

fn host(text: &str) -> Result<(), String> {
    let text = text.trim();
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "@/\"'\\<>".contains(c);
    match text.is_empty() || text.contains(is_odd) || text.len() > 253 {
        true => Err(gettext(
            "Enter the server's name, for example mail.example.org.",
        )),
        false => Ok(()),
    }
}

fn maildir(model: &Model) -> Result<(), String> {
    let path = model.answers.maildir.trim();
    if path.is_empty() {
        return Err(gettext("Choose the folder that gets the mail."));
    }
    if !path.starts_with('/') && !path.starts_with("~/") {
        return Err(gettext(
            "Enter the whole path of the folder, beginning with /.",
        ));
    }
    let around = model.around.as_ref();
    let is_other = around.is_some_and(|around| {
        around.maildir.1 == Found::Other && around.maildir.0.as_os_str() == path
    });
    match is_other {
        true => Err(gettext("The folder is not a Maildir and is not empty.")),
        false => Ok(()),
    }
}

/// What cannot work at all; the test message shows the rest.
fn program(text: &str) -> Result<(), String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(gettext("Enter the command of the delivery program."));
    }
    let is_quoted = ["'%T'", "\"%T\"", "'%F'", "\"%F\"", "'%s'", "\"%s\""]
        .iter()
        .any(|quoted| text.contains(quoted));
    if is_quoted {
        return Err(gettext("The command must not contain quotes around %T."));
    }
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    let reads_recipients = words.any(|word| word.starts_with('-') && word.contains('t'));
    if matches!(
        name,
        "sendmail" | "msmtp" | "nullmailer-inject" | "qmail-inject"
    ) && reads_recipients
    {
        return Err(gettext(
            "Programs such as “sendmail -t” read the recipients from the letter and cause loops.",
        ));
    }
    Ok(())
}

/// `/socket`, `host/port` or `host:port`; never the port of SMTP.
fn lmtp(text: &str) -> Result<(), String> {
    let text = text.trim();
    if text.starts_with('/') && text.len() > 1 {
        return Ok(());
    }
    match text.rsplit_once(['/', ':']) {
        Some((_, "25" | "smtp")) => Err(gettext(
            "Port 25 is for mail between servers. LMTP has a port or a socket of its own.",
        )),
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|p| p > 0) => {
            Ok(())
        }
        _ => Err(gettext(
            "Enter the path of a socket, or a host and port such as localhost/24.",
        )),
    }
}

/// A port that belongs to something else than was chosen.
pub(crate) fn port_hint(model: &Model) -> Option<String> {
    let answers = &model.answers;
    let port = answers.port()?;
    let (protocol, security) = match port {
        993 => (Protocol::Imap, Security::Tls),
        995 => (Protocol::Pop3, Security::Tls),
        143 => (Protocol::Imap, Security::StartTls),
        110 => (Protocol::Pop3, Security::StartTls),
        _ => return None,
    };
    let is_protocol =
        answers.protocol == ProtocolWish::Detect || answers.protocol() == Some(protocol);
    let is_tls = answers.security == SecurityWish::Detect
        || (answers.security() == Some(Security::Tls)) == (security == Security::Tls);
    if is_protocol && is_tls {
        return None;
    }
    let name = match (protocol, security) {
        (Protocol::Imap, Security::Tls) => gettext("IMAP with TLS"),
        (Protocol::Pop3, Security::Tls) => gettext("POP3 with TLS"),
        (Protocol::Imap, _) => gettext("IMAP without TLS at the start"),
        (Protocol::Pop3, _) => gettext("POP3 without TLS at the start"),
    };
    debug_assert_eq!(Candidate::usual_port(protocol, security), port);
    let text = gettext("{port} is normally {what}.");
    Some(fill(&text, &[("port", &port), ("what", &name)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let check =
            |text: &str, expected: bool| assert_eq!(address(text).is_ok(), expected, "{text}");
        check("ann@example.org", true);
        check("  ann@example.org ", true);
        check("ann@localhost", true);
        check("änn@bücher.example", true);
        check("ann+tag@mail.example.org", true);
        for wrong in [
            "",
            "ann",
            "@example.org",
            "ann@",
            "ann@example",
            "ann@exa mple.org",
            "a@b@c.org",
            "ann@.org",
            "ann@example..org",
            "Ann <ann@example.org>",
        ] {
            check(wrong, false);
        }
    }

    #[test]
    fn commands() {
        let check =
            |text: &str, expected: bool| assert_eq!(program(text).is_ok(), expected, "{text}");
        check("maildrop -d %T", true);
        check("/usr/lib/dovecot/dovecot-lda -d %T", true);
        check("sendmail -oem -f %F %T", true);
        check("sendmail -t", false);
        check("/usr/sbin/sendmail -oi -t", false);
        check("procmail -d '%T'", false);
        check(" ", false);
    }

    #[test]
    fn lmtp_listeners() {
        let check = |text: &str, expected: bool| assert_eq!(lmtp(text).is_ok(), expected, "{text}");
        check("/run/dovecot/lmtp", true);
        check("localhost/24", true);
        check("localhost:2400", true);
        check("localhost/25", false);
        check("localhost:smtp", false);
        check("localhost", false);
        check("/", false);
        check("", false);
    }

    #[test]
    fn ports_that_belong_elsewhere() {
        let mut model = Model::new(false);
        let mut check = |protocol, security, port: &str, expected: Option<&str>| {
            model.answers.protocol = protocol;
            model.answers.security = security;
            model.answers.port = port.to_owned();
            let hint = port_hint(&model);
            assert_eq!(hint.is_some(), expected.is_some(), "{hint:?}");
            assert!(
                hint.unwrap_or_default()
                    .contains(expected.unwrap_or_default())
            );
        };
        use {ProtocolWish as P, SecurityWish as S};
        check(P::Imap, S::Tls, "", None);
        check(P::Imap, S::Tls, "995", Some("POP3 with TLS"));
        check(P::Pop3, S::StartTls, "995", Some("995 is normally"));
        check(P::Pop3, S::None, "110", None);
        check(P::Detect, S::Detect, "993", None);
        check(P::Imap, S::Tls, "8143", None);
    }
}
