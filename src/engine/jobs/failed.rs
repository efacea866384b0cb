//! Why a job came to nothing, and what is known beside it.

use std::time::Duration;

use super::Context;
use crate::base::i18n::gettext;
use crate::engine::api::job::{Failed, Hint, Setup, Shown};
use crate::engine::api::saving::Unsaved;
use crate::engine::api::{Cause, Halt, words};
use crate::engine::session;
use crate::engine::trouble::{Fault, status};
use crate::probe::report::Service;
use crate::probe::run::{Target, certificates};
use crate::rc::Account;
use crate::rc::account::Protocol;
use crate::rc::provider::{self, Provider, SignIn};
use crate::rc::setup::write::Refused;

/// For each step of looking at a certificate: the person waits for it.
const LOOK: Duration = Duration::from_secs(5);

/// What a part of a job comes to.
pub type Result<T> = std::result::Result<T, Box<Failed>>;

/// What is known of an account beside itself, for sentences about signing in.
pub struct About {
    /// Whose mail it is; empty if that is not known.
    address: String,
    host: String,
    port: u16,
}

impl From<&Setup> for About {
    fn from(setup: &Setup) -> Self {
        Self {
            address: setup.address.clone(),
            host: setup.host.clone(),
            port: setup.port,
        }
    }
}

impl About {
    /// As far as the account tells.
    pub fn of(account: &Account) -> Self {
        Self {
            address: String::from_utf8_lossy(&account.user).into_owned(),
            host: account.host.clone(),
            port: session::own_port(account),
        }
    }
}

/// With nothing but a fault.
pub fn failed(fault: Fault) -> Box<Failed> {
    Box::new(Failed::new(fault.first()))
}

/// The set-up cannot be as it is: a sentence.
pub fn setup(sentence: String) -> Box<Failed> {
    failed(Fault::yours(Cause::Setup(sentence), status::SYNTAX))
}

/// The account cannot be written.
pub fn refused(context: &Context, why: Refused) -> Box<Failed> {
    match why {
        Refused::Sentence(sentence) => setup(sentence),
        Refused::Errors(errors) => {
            let sentences = match context.options.source.refusal(&errors) {
                Halt::Syntax(sentences) => sentences,
                _ => Vec::new(),
            };
            let sentence =
                gettext("The configuration file has errors. They must be corrected first.");
            Box::new(Failed {
                details: sentences.join("\n"),
                unsaved: Some(Unsaved::Errors(sentences)),
                ..*setup(sentence)
            })
        }
    }
}

/// A text that is not in the file yet cannot be used, or `accounts.toml` cannot.
pub fn refused_text(halt: &Halt, path: &str) -> Box<Failed> {
    setup(words::halt_advice(halt, path))
}

/// Nothing can be fetched now: the lock, or the record.
pub fn halted(halt: &Halt, path: &str) -> Box<Failed> {
    let status = match halt {
        Halt::Locked { .. } => status::LOCKED,
        _ => status::FILES,
    };
    let sentence = words::halt_advice(halt, path);
    failed(Fault::passing(Cause::Setup(sentence), status))
}

/// A session that could not be opened, with the certificate or the provider's ways where they
/// matter.
pub async fn of_session(
    context: &Context,
    fault: Fault,
    account: &Account,
    about: &About,
) -> Box<Failed> {
    let is_sign_in = matches!(fault.cause, Cause::SignIn | Cause::NoMethod);
    let is_certificate = matches!(fault.cause, Cause::Certificate(_));
    let shown = match is_certificate {
        true => shown(context, account, about.port).await,
        false => None,
    };
    Box::new(Failed {
        shown: shown.map(Box::new),
        hint: is_sign_in.then(|| hint(about)).flatten(),
        ..*failed(fault)
    })
}

/// The certificates that the server shows, whoever trusts them.
async fn shown(context: &Context, account: &Account, port: u16) -> Option<Shown> {
    let service = match (account.protocol, account.tls.implicit) {
        (Protocol::Imap, true) => Service::Imaps,
        (Protocol::Imap, false) => Service::Imap,
        (_, true) => Service::Pop3s,
        (_, false) => Service::Pop3,
    };
    let target = Target {
        host: &account.host,
        port,
        service,
        tls: &account.tls,
        plugin: None,
        timeout: LOOK,
    };
    certificates(&target, &context.options.world).await
}

/// What the table of providers says of this server, or of the address.
fn hint(about: &About) -> Option<Hint> {
    let domain = about.address.rsplit_once('@').map(|(_, domain)| domain);
    let is = |name: &String, other: &str| name.eq_ignore_ascii_case(other);
    let is_meant = |provider: &&Provider| {
        let servers = provider.imap.iter().chain(&provider.pop3);
        let mut hosts = servers.map(|server| &server.host).chain(&provider.old);
        hosts.any(|host| is(host, &about.host))
            || domain.is_some_and(|domain| provider.domains.iter().any(|d| is(d, domain)))
    };
    let provider = provider::builtin().iter().find(is_meant)?;
    Some(Hint {
        provider: provider.name.clone(),
        needs_app_password: provider.sign_in == SignIn::AppPassword,
        needs_oauth: provider.sign_in == SignIn::Oauth,
        off: provider.off.clone(),
        page: provider.page.clone(),
    })
}
