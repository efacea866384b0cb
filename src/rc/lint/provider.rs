//! Known providers (`data/providers.toml`), and the rules about them: L54, L55.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::base::i18n::gettext_noop;
use crate::rc::account::{Auth, Protocol};
use crate::rc::diagnostic::Fix;
use crate::rc::edit::Edit;
use crate::rc::lint::Lint;
use crate::rc::lint::retrieval::is_pop3;
use crate::rc::option::Id;
use crate::rc::resolve::site::Site;
use crate::rc::settings::Value;

/// One provider. The head of the table says what the fields mean.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)] // the table's own words
pub struct Provider {
    pub name: String,
    #[serde(default)]
    pub domains: Vec<String>,
    #[serde(default)]
    pub sign_in: SignIn,
    #[serde(default)]
    pub oauth: bool,
    #[serde(default)]
    pub page: String,
    pub app_length: Option<usize>,
    #[serde(default)]
    pub off: Vec<String>,
    #[serde(default)]
    pub old: Vec<String>,
    pub imap: Option<Server>,
    pub pop3: Option<Server>,
}

/// What a provider takes for signing in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The usual password.
    Password,
    /// A password made for the program.
    AppPassword,
    /// OAuth 2.0.
    Oauth,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Server {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is protected.
    pub tls: Protection,
}

/// How a server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// TLS from the first byte.
    Implicit,
    /// TLS begun inside the conversation.
    Starttls,
}

/// The providers compiled in, read at the first call.
pub fn builtin() -> &'static [Provider] {
    #[derive(Deserialize)]
    struct Table {
        provider: Vec<Provider>,
    }
    static TABLE: LazyLock<Vec<Provider>> = LazyLock::new(|| {
        let text = include_str!("../../../data/providers.toml");
        match toml::from_str::<Table>(text) {
            Ok(table) => table.provider,
            // A test reads the table, so this is not shipped.
            Err(error) => {
                tracing::error!(%error, "the table of providers");
                Vec::new()
            }
        }
    });
    &TABLE
}

impl Provider {
    /// The server of a protocol of this host; `Auto` may mean either.
    fn server(&self, protocol: Protocol, host: &str) -> Option<&Server> {
        let imap = self.imap.as_ref().filter(|_| !is_pop3(protocol));
        let pop3 = self.pop3.as_ref().filter(|_| protocol != Protocol::Imap);
        [imap, pop3]
            .into_iter()
            .flatten()
            .find(|server| server.host.eq_ignore_ascii_case(host))
    }

    fn is_old(&self, host: &str) -> bool {
        self.old.iter().any(|old| old.eq_ignore_ascii_case(host))
    }

    /// The password has the form of those made for programs; true where the form is unknown.
    fn may_be_app_password(&self, password: &[u8]) -> bool {
        let Some(length) = self.app_length else {
            return true;
        };
        let letters: Vec<u8> = password
            .iter()
            .copied()
            .filter(|b| !b" -".contains(b))
            .collect();
        let is_good = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        letters.len() == length && letters.iter().all(is_good)
    }
}

pub(super) fn check(lint: &mut Lint, site: &Site) {
    let account = site.account;
    if account.plugin.is_some() {
        return;
    }
    for provider in lint.facts.providers {
        let server = provider.server(account.protocol, &account.host);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let table = builtin();
        assert!(table.len() >= 12, "{}", table.len());
        for provider in table {
            assert!(
                provider.imap.is_some() || provider.pop3.is_some(),
                "{provider:?}"
            );
            assert!(
                provider
                    .off
                    .iter()
                    .all(|off| off == "imap" || off == "pop3")
            );
            assert!(provider.page.is_empty() || provider.page.starts_with("https://"));
            let servers = [&provider.imap, &provider.pop3];
            for server in servers.into_iter().flatten() {
                assert!(!provider.is_old(&server.host), "{provider:?}");
            }
        }
        let gmail = &table[0];
        assert!(gmail.may_be_app_password(b"abcd efgh ijkl mnop"));
        assert!(!gmail.may_be_app_password(b"Hunter2"));
    }
}
