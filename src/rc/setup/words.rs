//! What a set-up is in words of the file: options and their values, and whether an account that
//! was read is the one that was meant. Nothing here changes a text.

use crate::base::Secret;
use crate::rc::Account;
use crate::rc::account::{Auth, LocalName, Protocol, Target};
use crate::rc::option::Id;
use crate::rc::settings::Value;
use crate::rc::setup::{Delivery, PasswordPlace, Rhythm, Setup, Trust};

/// An option as it is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Which.
    pub id: Id,
    /// What.
    pub value: Value,
    /// It holds when nothing is said: written only where the file's `defaults` say otherwise.
    pub is_default: bool,
}

fn said(id: Id, value: Value) -> Word {
    Word {
        id,
        value,
        is_default: false,
    }
}

fn flag(id: Id, is_on: bool) -> Word {
    Word {
        is_default: !is_on,
        ..said(id, Value::Flag(is_on))
    }
}

fn text(id: Id, text: impl Into<Vec<u8>>) -> Word {
    said(id, Value::Text(text.into()))
}

/// The server options of an entry of its own, `via` apart.
pub fn server(setup: &Setup) -> Vec<Word> {
    let port = Word {
        is_default: setup.port == usual_port(setup),
        ..text(Id::Service, setup.port.to_string())
    };
    let auth = auth(setup);
    vec![
        said(Id::Proto, Value::Protocol(protocol(setup))),
        port,
        Word {
            is_default: auth == Auth::Any,
            ..said(Id::Auth, Value::Auth(auth))
        },
        // Without it fetchmail would fetch what stays on the server again and again.
        flag(Id::Uidl, !setup.is_imap && setup.keep),
    ]
}

/// The options of the user, its name apart.
pub fn user(setup: &Setup, password: Option<&Secret>) -> Vec<Word> {
    let mut words = Vec::new();
    if let (PasswordPlace::File, Some(password)) = (&setup.password, password) {
        words.push(said(Id::Password, Value::Secret(password.clone())));
    }
    words.extend(delivery(&setup.delivery));
    words.extend(trust(setup));
    if !setup.folders.is_empty() {
        words.push(said(Id::Folder, Value::List(setup.folders.clone())));
    }
    words.push(said(Id::Keep, Value::Flag(setup.keep || is_watch(setup))));
    words.push(flag(Id::Idle, false));
    let limit = setup.limit.and_then(|limit| i32::try_from(limit).ok());
    words.push(Word {
        is_default: limit.is_none(),
        ..said(Id::Limit, Value::Number(limit.unwrap_or(0)))
    });
    for id in [Id::Fetchall, Id::Flush, Id::Limitflush] {
        words.push(flag(id, false));
    }
    words
}

fn delivery(delivery: &Delivery) -> Vec<Word> {
    let name = |user: &String| {
        let names = vec![LocalName::plain(user.as_bytes())];
        let wildcard = false;
        said(Id::Is, Value::Names { names, wildcard })
    };
    let hosts = |host: &str| Value::List(vec![host.as_bytes().to_vec()]);
    match delivery {
        Delivery::Maildir(path) => vec![text(Id::Mda, maildir_command(path))],
        Delivery::Program(command) => vec![text(Id::Mda, command.as_bytes())],
        Delivery::Listener(user) => vec![
            name(user),
            Word {
                is_default: true,
                ..said(Id::Smtphost, hosts("localhost"))
            },
        ],
        Delivery::Lmtp(address, user) => vec![
            name(user),
            flag(Id::Lmtp, true),
            said(Id::Smtphost, hosts(address)),
        ],
        Delivery::Watch => Vec::new(),
    }
}

fn trust(setup: &Setup) -> Vec<Word> {
    use std::os::unix::ffi::OsStrExt;
    if setup.is_plain {
        // No STARTTLS at all; `sslcertck` has nothing to check then and may stay.
        return vec![flag(Id::Ssl, false), text(Id::Sslproto, "")];
    }
    let mut words = vec![flag(Id::Ssl, setup.is_implicit_tls)];
    let mut checks = true;
    match &setup.trust {
        Trust::Authorities => {}
        Trust::Pin {
            md5,
            is_chain_trusted,
            name,
            ..
        } => {
            // Of a file by hand it may be the form that only we know.
            if !md5.is_empty() {
                words.push(text(Id::Sslfingerprint, md5.as_bytes()));
            }
            // fetchmail checks both; a fingerprint alone does not let a certificate pass.
            checks = *is_chain_trusted;
            let name = name.as_ref().filter(|_| checks);
            words.extend(name.map(|name| text(Id::Sslcommonname, name.as_bytes())));
        }
        Trust::Authority(file) => {
            words.push(text(Id::Sslcertfile, file.as_os_str().as_bytes()));
        }
    }
    words.push(Word {
        is_default: checks,
        ..said(Id::Sslcertck, Value::Flag(checks))
    });
    words
}

/// In the form that is done without a process for each message (contract, "In-process delivery").
pub fn maildir_command(path: &std::path::Path) -> String {
    format!("postrider deliver --maildir '{}'", path.display())
}

/// Mail is counted and nothing else.
pub fn is_watch(setup: &Setup) -> bool {
    setup.delivery == Delivery::Watch
}

/// `poll`, not `skip`. What is watched is left alone by other programs, whatever its rhythm.
pub fn is_active(setup: &Setup) -> bool {
    !is_watch(setup) && setup.rhythm != Rhythm::Asked
}

/// `pause`: a watched account, for which `skip` says nothing of that, is polled only when asked for.
pub fn is_paused(setup: &Setup) -> bool {
    is_watch(setup) && setup.rhythm == Rhythm::Asked
}

/// The protocol; APOP is one of its own in the file.
pub fn protocol(setup: &Setup) -> Protocol {
    match setup.method.as_deref() {
        _ if setup.is_imap => Protocol::Imap,
        Some("apop") => Protocol::Apop,
        _ => Protocol::Pop3,
    }
}

fn auth(setup: &Setup) -> Auth {
    match setup.method.as_deref() {
        Some("password") => Auth::Password,
        Some("cram-md5") => Auth::CramMd5,
        _ => Auth::Any,
    }
}

fn usual_port(setup: &Setup) -> u16 {
    match (setup.is_imap, setup.is_implicit_tls && !setup.is_plain) {
        (true, false) => 143,
        (true, true) => 993,
        (false, false) => 110,
        (false, true) => 995,
    }
}

/// The port of an account as it was read: a number or the usual one; `None` for a name.
pub fn port_of(account: &Account) -> Option<u16> {
    match &account.service {
        Some(service) => service.parse().ok(),
        None => Some(match (account.protocol, account.tls.implicit) {
            (Protocol::Imap | Protocol::Auto, false) => 143,
            (Protocol::Imap | Protocol::Auto, true) => 993,
            (_, false) => 110,
            (_, true) => 995,
        }),
    }
}

/// The first option in which an account that was read differs from the one that was meant. What
/// `defaults` say of other matters (how long to wait, say) is the person's and holds.
pub fn difference(
    account: &Account,
    setup: &Setup,
    password: Option<&Secret>,
    login: &str,
) -> Option<&'static str> {
    let tls = &account.tls;
    let (fingerprint, authority, name, checks) = match &setup.trust {
        _ if setup.is_plain => (None, None, None, tls.check),
        Trust::Authorities => (None, None, None, true),
        Trust::Authority(file) => (None, Some(file), None, true),
        Trust::Pin {
            md5,
            is_chain_trusted,
            name,
            ..
        } => {
            let name = name.as_deref().filter(|_| *is_chain_trusted);
            (Some(md5.as_str()), None, name, *is_chain_trusted)
        }
    };
    let kept = match setup.password {
        PasswordPlace::File => password,
        _ => None,
    };
    let (target, local) = target(&setup.delivery, login);
    let checks = [
        (account.host == setup.host, "via"),
        (account.protocol == protocol(setup), "proto"),
        (port_of(account) == Some(setup.port), "service"),
        (account.auth == auth(setup), "auth"),
        (account.uidl || setup.is_imap || !setup.keep, "uidl"),
        (account.user == setup.user.as_bytes(), "user"),
        (account.password.as_ref() == kept, "password"),
        (!account.is_multidrop(), "is"),
        (account.local_names == local, "is"),
        (account.folders == setup.folders, "folder"),
        (target.is_none_or(|t| t == account.target), "mda"),
        (account.keep == (setup.keep || is_watch(setup)), "keep"),
        (!account.fetch_all, "fetchall"),
        (!account.flush, "flush"),
        (!account.limit_flush, "limitflush"),
        (account.limit == setup.limit, "limit"),
        (
            tls.implicit == (setup.is_implicit_tls && !setup.is_plain),
            "ssl",
        ),
        (
            (tls.proto.as_deref() == Some("")) == setup.is_plain,
            "sslproto",
        ),
        (tls.check == checks, "sslcertck"),
        (tls.fingerprint.as_deref() == fingerprint, "sslfingerprint"),
        (tls.cert_file.as_ref() == authority, "sslcertfile"),
        (tls.common_name.as_deref() == name, "sslcommonname"),
        (account.is_active == is_active(setup), "poll"),
    ];
    let wrong = checks.iter().find(|(is_so, _)| !is_so);
    wrong.map(|(_, keyword)| *keyword)
}

/// Where mail is to go, and under which local name.
fn target(delivery: &Delivery, login: &str) -> (Option<Target>, Vec<LocalName>) {
    let (target, user) = match delivery {
        Delivery::Maildir(path) => (Some(Target::Mda(maildir_command(path).into())), login),
        Delivery::Program(command) => (Some(Target::Mda(command.as_bytes().to_vec())), login),
        Delivery::Listener(user) => (
            Some(Target::Smtp(vec!["localhost".to_owned()])),
            user.as_str(),
        ),
        Delivery::Lmtp(address, user) => (Some(Target::Lmtp(vec![address.clone()])), user.as_str()),
        Delivery::Watch => (None, login),
    };
    (target, vec![LocalName::plain(user)])
}
