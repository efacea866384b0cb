//! The rules about known providers: L54, L55. The table itself is [`crate::rc::provider`].

use crate::base::i18n::gettext_noop;
use crate::rc::account::{Auth, Protocol};
use crate::rc::diagnostic::Fix;
use crate::rc::edit::Edit;
use crate::rc::lint::Lint;
use crate::rc::lint::retrieval::is_pop3;
use crate::rc::option::Id;
use crate::rc::provider::{Protection, Provider, Server, SignIn};
use crate::rc::resolve::site::Site;
use crate::rc::settings::Value;

/// The server of a protocol of this host; `Auto` may mean either.
fn server<'a>(provider: &'a Provider, protocol: Protocol, host: &str) -> Option<&'a Server> {
    let imap = provider.imap.as_ref().filter(|_| !is_pop3(protocol));
    let pop3 = provider
        .pop3
        .as_ref()
        .filter(|_| protocol != Protocol::Imap);
    [imap, pop3]
        .into_iter()
        .flatten()
        .find(|server| server.host.eq_ignore_ascii_case(host))
}

pub(super) fn check(lint: &mut Lint, site: &Site) {
    let account = site.account;
    if account.plugin.is_some() {
        return;
    }
    for provider in lint.facts.providers {
        let server = server(provider, account.protocol, &account.host);
        let is_old = provider.is_old(&account.host);
        if server.is_some() || is_old {
            sign_in(lint, site, provider);
        }
        match server {
            Some(server) => encryption(lint, site, provider, server),
            None if is_old => better_server(lint, site, provider),
            None => {}
        }
    }
}

/// L54
fn sign_in(lint: &mut Lint, site: &Site, provider: &Provider) {
    let account = site.account;
    let has_token = account.auth == Auth::OauthBearer;
    if provider.sign_in == SignIn::Oauth && !has_token {
        let text = gettext_noop("{provider} takes no passwords from mail programs");
        let finding = lint.about(site, "oauth-only", text, &[Id::Password, Id::User]);
        lint.found.push(finding.with("provider", &*provider.name));
    }
    let is_usual = account
        .password
        .as_ref()
        .is_some_and(|password| !provider.may_be_app_password(password.expose()));
    if provider.sign_in == SignIn::AppPassword && is_usual && !has_token {
        let text = gettext_noop("{provider} wants an app password; make one at {page}");
        let finding = lint.about(site, "app-password", text, &[Id::Password]);
        let finding = finding.with("provider", &*provider.name);
        lint.found.push(finding.with("page", &*provider.page));
    }
    let protocol = match account.protocol {
        Protocol::Imap => "imap",
        protocol if is_pop3(protocol) => "pop3",
        _ => return,
    };
    if provider.off.iter().any(|off| off == protocol) {
        let text = gettext_noop("{provider} has {protocol} off until it is switched on");
        let finding = lint.about(site, "off-by-default", text, &[Id::Proto]);
        let finding = finding.with("provider", &*provider.name);
        lint.found
            .push(finding.with("protocol", protocol.to_uppercase()));
    }
}

/// L55
fn encryption(lint: &mut Lint, site: &Site, provider: &Provider, server: &Server) {
    let account = site.account;
    let service = account.service.as_deref().unwrap_or_default();
    // That port without ssl is a finding of its own.
    let is_said = matches!(service, "993" | "995" | "imaps" | "pop3s");
    if server.tls != Protection::Implicit || account.tls.implicit || is_said {
        return;
    }
    let fix = site.user_at().zip(site.server_at()).map(|(at, server_at)| {
        let mut edits = vec![Edit::Set {
            at,
            id: Id::Ssl,
            value: Value::Flag(true),
        }];
        if !service.is_empty() {
            edits.push(Edit::Unset {
                at: server_at,
                id: Id::Port,
            });
            edits.push(Edit::Set {
                at: server_at,
                id: Id::Service,
                value: Value::Text(server.port.to_string().into_bytes()),
            });
        }
        let title = gettext_noop("Use TLS from the start, port {port}");
        Fix::choice(title, edits).with("port", server.port.to_string())
    });
    let text = gettext_noop("{provider} speaks TLS from the start on port {port}");
    let ids = [Id::Service, Id::Port, Id::Via];
    let finding = lint.about(site, "better-encryption", text, &ids);
    let finding = finding.with("provider", &*provider.name).fixed(fix);
    lint.found
        .push(finding.with("port", server.port.to_string()));
}

/// L55
fn better_server(lint: &mut Lint, site: &Site, provider: &Provider) {
    let server = match is_pop3(site.account.protocol) {
        true => provider.pop3.as_ref(),
        false => provider.imap.as_ref(),
    };
    let Some(server) = server else {
        return;
    };
    let said = site.said(Id::Via).map(|(_, at)| at);
    let fix = said.or(site.server_at()).map(|at| {
        let value = Value::Text(server.host.clone().into_bytes());
        let edit = Edit::Set {
            at,
            id: Id::Via,
            value,
        };
        let title = gettext_noop("Use the server {host}");
        Fix::choice(title, vec![edit]).with("host", &*server.host)
    });
    let text = gettext_noop("The server of {provider} is {host} now");
    let finding = lint.about(site, "better-server", text, &[Id::Via]);
    let finding = finding.with("provider", &*provider.name).fixed(fix);
    lint.found.push(finding.with("host", &*server.host));
}
