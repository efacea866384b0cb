//! What of a set-up no file could say, or nobody should: told in sentences before anything is
//! written.

use std::path::Path;

use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::rc::setup::{Delivery, PasswordPlace, Setup, Trust};

/// Characters in the name of a folder that a shell would act on, and the percent sign: a command
/// with one of them is not done without the shell (contract, "In-process delivery").
pub(super) const OF_SHELL: &str = "%$`\\\"'|&;<>()*?[]#!{}";

/// The first thing wrong, as a sentence.
pub fn check(setup: &Setup, password: Option<&Secret>) -> Result<(), String> {
    let host = &setup.host;
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || "/\\\"'".contains(c)) {
        return Err(gettext(
            "Enter the server's name, for example mail.example.org.",
        ));
    }
    if setup.user.is_empty() {
        return Err(gettext("Enter the user name."));
    }
    if setup.port == 0 {
        return Err(gettext("Port must be between 1 and 65535."));
    }
    let known = ["password", "cram-md5"];
    let apop = (!setup.is_imap).then_some("apop");
    if let Some(method) = setup.method.as_deref()
        && !known
            .iter()
            .chain(apop.iter())
            .any(|known| *known == method)
    {
        let text = gettext("This version cannot sign in with “{method}” here.");
        return Err(fill(&text, &[("method", &method)]));
    }
    if setup
        .limit
        .is_some_and(|limit| i32::try_from(limit).is_err() || limit == 0)
    {
        return Err(gettext("The size limit must be between 1 octet and 2 GB."));
    }
    if !setup.is_imap && !setup.folders.is_empty() {
        return Err(gettext("POP3 knows one mailbox only; it has no folders."));
    }
    one_line(&gettext("server"), host.as_bytes())?;
    one_line(&gettext("user name"), setup.user.as_bytes())?;
    for folder in &setup.folders {
        one_line(&gettext("folder"), folder)?;
    }
    if let PasswordPlace::Command(command) = &setup.password {
        one_line(&gettext("password command"), command.as_bytes())?;
        not_empty(command, || gettext("Enter the password command."))?;
    }
    if let (PasswordPlace::File, Some(password)) = (&setup.password, password)
        && password.expose().iter().any(|b| b"\n\r\0".contains(b))
    {
        return Err(gettext("The password has a line break in it."));
    }
    match &setup.trust {
        Trust::Authorities => {}
        Trust::Pin { md5, name, .. } => {
            one_line(&gettext("fingerprint"), md5.as_bytes())?;
            one_line(&gettext("server"), name.as_deref().unwrap_or("").as_bytes())?;
        }
        Trust::Authority(file) => absolute(file)?,
    }
    delivery(&setup.delivery)
}

fn delivery(delivery: &Delivery) -> Result<(), String> {
    match delivery {
        Delivery::Maildir(path) => {
            absolute(path)?;
            match path.to_str() {
                Some(text) if !text.contains(|c| OF_SHELL.contains(c)) => Ok(()),
                _ => {
                    let text = gettext(
                        "{path} has characters in its name that commands cannot hold. Choose another folder.",
                    );
                    Err(fill(&text, &[("path", &path.display())]))
                }
            }
        }
        Delivery::Listener(user) => local_user(user),
        Delivery::Program(command) => {
            one_line(&gettext("command"), command.as_bytes())?;
            not_empty(command, || gettext("Enter the command of the program."))?;
            program(command)
        }
        Delivery::Lmtp(address, user) => {
            one_line(&gettext("address"), address.as_bytes())?;
            let is_smtp_port = |port: &str| matches!(port, "" | "25" | "smtp");
            let port = address.rsplit_once('/').map_or("", |(_, port)| port);
            if !address.starts_with('/') && is_smtp_port(port) {
                return Err(gettext(
                    "LMTP is not spoken on port 25. Enter the path of a socket, or a host with its port, such as localhost/24.",
                ));
            }
            local_user(user)
        }
        Delivery::Watch => Ok(()),
    }
}

/// What `mda` must not be.
fn program(command: &str) -> Result<(), String> {
    let is_quoted = |expansion: &str| {
        let before = command
            .match_indices(expansion)
            .map(|(at, _)| &command[..at]);
        before
            .into_iter()
            .any(|b| b.ends_with(['"', '\'', '\\', '`']))
    };
    for expansion in ["%T", "%s", "%F", "%h"] {
        if is_quoted(expansion) {
            let text = gettext("The command must not contain quotes around {expansion}.");
            return Err(fill(&text, &[("expansion", &expansion)]));
        }
    }
    let mut words = command.split_whitespace();
    let name = words.next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    let reads_header = |word: &str| {
        let letters = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        letters.is_some_and(|letters| letters == "t" || letters.ends_with("it") || letters == "ti")
    };
    let is_sendmail = matches!(
        name,
        "sendmail" | "exim" | "exim4" | "msmtp" | "ssmtp" | "nullmailer-inject"
    );
    if is_sendmail && words.any(reads_header) {
        return Err(gettext(
            "Programs such as “sendmail -t” read the recipients from the letter and cause loops.",
        ));
    }
    Ok(())
}

fn local_user(user: &str) -> Result<(), String> {
    one_line(&gettext("local user"), user.as_bytes())?;
    match user {
        "" | "*" => Err(gettext("Enter the name of a user of this computer.")),
        _ => Ok(()),
    }
}

fn absolute(path: &Path) -> Result<(), String> {
    use std::os::unix::ffi::OsStrExt;
    one_line(&gettext("file name"), path.as_os_str().as_bytes())?;
    match path.is_absolute() {
        true => Ok(()),
        false => {
            let text = gettext("{path} is not a whole path, which begins with a slash.");
            Err(fill(&text, &[("path", &path.display())]))
        }
    }
}

fn not_empty(text: &str, sentence: impl Fn() -> String) -> Result<(), String> {
    match text.trim() {
        "" => Err(sentence()),
        _ => Ok(()),
    }
}

/// No line breaks and no other control characters.
fn one_line(what: &str, text: &[u8]) -> Result<(), String> {
    match text.iter().any(u8::is_ascii_control) {
        false => Ok(()),
        true => {
            let text = gettext("There is a line break or a control character in it: {what}.");
            Err(fill(&text, &[("what", &what)]))
        }
    }
}
