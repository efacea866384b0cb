//! The table of providers: what was read on their own help pages, and a person's own additions.

use crate::probe::candidate::{Candidate, Method, Protocol, Security, Source, UserForm};
use crate::probe::found::Hint;
use crate::rc::provider::{Protection, Provider, Server, SignIn, UserName};

/// The provider of a domain.
pub(super) fn by_domain<'a>(providers: &'a [Provider], domain: &str) -> Option<&'a Provider> {
    providers.iter().find(|known| known.has_domain(domain))
}

/// What the table compiled in says of a domain; nothing is asked.
pub(super) fn hint_of(domain: &str) -> Option<Hint> {
    by_domain(crate::rc::provider::builtin(), domain).map(hint)
}

/// The provider whose mail exchanger this is.
pub(super) fn by_exchanger<'a>(providers: &'a [Provider], host: &str) -> Option<&'a Provider> {
    providers.iter().find(|known| known.has_exchanger(host))
}

/// Its servers. They are in the table because somebody vouches for them, so they may even be this
/// very computer (Proton's Bridge is).
pub(super) fn candidates(provider: &Provider, source: &Source) -> Vec<Candidate> {
    let of = |protocol, server: &Server| Candidate {
        protocol,
        host: server.host.clone(),
        port: server.port,
        security: match server.tls {
            Protection::Implicit => Security::Tls,
            Protection::Starttls => Security::StartTls,
        },
        methods: methods(provider),
        user: match provider.user {
            UserName::Address => UserForm::Address,
            UserName::LocalPart => UserForm::LocalPart,
        },
        source: source.clone(),
        is_weak: false,
    };
    let imap = provider.imap.iter().map(|it| of(Protocol::Imap, it));
    let pop3 = provider.pop3.iter().map(|it| of(Protocol::Pop3, it));
    imap.chain(pop3).collect()
}

/// What else a person should know of it.
pub(super) fn hint(provider: &Provider) -> Hint {
    Hint {
        provider: provider.name.clone(),
        needs_app_password: provider.sign_in == SignIn::AppPassword,
        needs_oauth: provider.sign_in == SignIn::Oauth,
        off: provider.off.clone(),
        page: provider.page.clone(),
    }
}

fn methods(provider: &Provider) -> Vec<Method> {
    let first = match provider.sign_in {
        SignIn::Unknown | SignIn::Oauth => None,
        SignIn::Password => Some(Method::Password),
        SignIn::AppPassword => Some(Method::AppPassword),
    };
    let has_oauth = provider.oauth || provider.sign_in == SignIn::Oauth;
    let oauth = has_oauth.then_some(Method::OAuth2);
    first.into_iter().chain(oauth).collect()
}
