//! Rules about what others could read or pretend: L10 to L16, L53.

use crate::base::i18n::gettext_noop;
use crate::rc::account::{Account, Auth, Protocol, Tls};
use crate::rc::diagnostic::Fix;
use crate::rc::edit::Edit;
use crate::rc::lint::Lint;
use crate::rc::mask::MASK;
use crate::rc::option::Id;
use crate::rc::resolve::check::switched_off;
use crate::rc::resolve::site::Site;
use crate::rc::settings::Value;

pub fn check(lint: &mut Lint, site: &Site) {
    encryption(lint, site);
    certificate(lint, site);
    version(lint, site);
    fingerprint(lint, site);
    apop(lint, site);
    let password = site.account.password.as_ref();
    if password.is_some_and(|password| password.expose() == MASK.as_bytes()) {
        let text = gettext_noop("The password of {account} is nothing but dots");
        lint.say(site, "password-of-dots", text, &[Id::Password]);
    } else if lint.facts.has_keyring && site.account.password.is_some() {
        let text = gettext_noop("The password of {account} could be kept in the keyring");
        lint.say(site, "password-in-file", text, &[Id::Password]);
    }
}

/// Nothing is encrypted.
fn is_plain(tls: &Tls) -> bool {
    !tls.implicit && tls.proto.as_deref() == Some("")
}

/// Encrypted only if the server offers it: as soon as anything is asked of TLS, the check of the
/// certificate included, it is required (engine.md section 9).
fn is_optional(tls: &Tls) -> bool {
    !tls.implicit && tls.proto.is_none() && !tls.check && tls.fingerprint.is_none()
}

/// The connection leaves this computer as it is.
fn is_exposed(account: &Account) -> bool {
    let host = account.host.as_str();
    let is_loopback = host.eq_ignore_ascii_case("localhost")
        || host.starts_with("127.")
        || matches!(host, "::1" | "[::1]" | "ip6-localhost");
    account.plugin.is_none() && !is_loopback
}

/// L10
fn encryption(lint: &mut Lint, site: &Site) {
    let account = site.account;
    let sends_password = matches!(account.auth, Auth::Any | Auth::Password | Auth::OauthBearer)
        && !matches!(
            account.protocol,
            Protocol::Apop | Protocol::Etrn | Protocol::Odmr | Protocol::Rpop
        );
    if !sends_password || !is_exposed(account) {
        return;
    }
    let required = || {
        let (at, id) = (site.user_at()?, Id::Sslproto);
        let value = Value::Text(b"tls1.2+".to_vec());
        let title = gettext_noop("Require encryption (sslproto tls1.2+)");
        Some(Fix::choice(title, vec![Edit::Set { at, id, value }]))
    };
    if is_plain(&account.tls) {
        let text = gettext_noop("The password of {account} is sent without encryption");
        lint.say_fixed(site, "plain-password", text, &[Id::Sslproto], required());
    } else if is_optional(&account.tls) {
        let text =
            gettext_noop("The password of {account} is encrypted only if the server offers it");
        lint.say_fixed(site, "may-be-plain", text, &[Id::Sslcertck], required());
    }
}

/// L11
fn certificate(lint: &mut Lint, site: &Site) {
    let tls = &site.account.tls;
    if tls.check || tls.fingerprint.is_some() || is_plain(tls) || site.account.plugin.is_some() {
        return;
    }
    let Some((_, at)) = site.said(Id::Sslcertck) else {
        return;
    };
    let id = Id::Sslcertck;
    let is_inherited = site.defaults.is_some_and(|defaults| {
        let user = defaults.users.first();
        user.is_some_and(|user| user.find(id).is_some())
    });
    let edit = match site.user_at() {
        Some(own) if is_inherited => Edit::Set {
            at: own,
            id,
            value: Value::Flag(true),
        },
        _ => Edit::Unset { at, id },
    };
    let title = gettext_noop("Check the certificate");
    let text = gettext_noop("The certificate of the server of {account} is not checked");
    let fix = Fix::choice(title, vec![edit]);
    lint.say_fixed(site, "unchecked-certificate", text, &[id], fix);
}

/// L13
fn version(lint: &mut Lint, site: &Site) {
    let tls = &site.account.tls;
    let proto = tls.proto.as_deref().unwrap_or_default();
    if !matches!(proto, "ssl2" | "ssl3" | "tls1" | "tls1.1") {
        return;
    }
    let Some((_, at)) = site.said(Id::Sslproto) else {
        return;
    };
    // Any value but the empty one makes STARTTLS mandatory; with classic fetchmail `auto` does not.
    let (value, title) = match tls.implicit {
        true => (
            "auto",
            gettext_noop("Choose the best version (sslproto auto)"),
        ),
        false => (
            "tls1.2+",
            gettext_noop("Require TLS 1.2 or later (sslproto tls1.2+)"),
        ),
    };
    let edit = Edit::Set {
        at,
        id: Id::Sslproto,
        value: Value::Text(value.into()),
    };
    let text = gettext_noop("{account} asks for {version}, which is no longer safe");
    let finding = lint.about(site, "old-tls", text, &[Id::Sslproto]);
    let finding = finding
        .with("version", proto)
        .fixed(Fix::choice(title, vec![edit]));
    lint.found.push(finding);
}

/// L14, L15
fn fingerprint(lint: &mut Lint, site: &Site) {
    let Some(written) = &site.account.tls.fingerprint else {
        return;
    };
    let ids = [Id::Sslfingerprint];
    let digits: String = written.chars().filter(|c| !" :-.".contains(*c)).collect();
    let is_known =
        digits.chars().all(|c| c.is_ascii_hexdigit()) && matches!(digits.len(), 32 | 40 | 64);
    let normal = is_known.then(|| normal(&digits));
    if normal
        .as_ref()
        .is_none_or(|normal| !normal.eq_ignore_ascii_case(written))
    {
        let fix = normal
            .zip(site.said(Id::Sslfingerprint))
            .map(|(normal, (_, at))| {
                let edit = Edit::Set {
                    at,
                    id: Id::Sslfingerprint,
                    value: Value::Text(normal.into_bytes()),
                };
                Fix::safe(gettext_noop("Write it in pairs with colons"), vec![edit])
            });
        let text = gettext_noop("The fingerprint of {account} is malformed");
        lint.say_fixed(site, "bad-fingerprint", text, &ids, fix);
    }
    if is_known && digits.len() == 32 {
        let text = gettext_noop("The fingerprint of {account} is one by MD5");
        lint.say(site, "md5-fingerprint", text, &ids);
    }
}

/// `AA:BB:CC`
fn normal(digits: &str) -> String {
    let digits: Vec<char> = digits.to_ascii_uppercase().chars().collect();
    let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    pairs.join(":")
}

/// L16
fn apop(lint: &mut Lint, site: &Site) {
    let account = site.account;
    let tls = &account.tls;
    let may_be_plain = is_plain(tls) || is_optional(tls);
    if account.protocol != Protocol::Apop || !may_be_plain || !is_exposed(account) {
        return;
    }
    let fix = site.user_at().map(|at| {
        let (id, value) = (Id::Ssl, Value::Flag(true));
        let mut edits = vec![Edit::Set { at, id, value }];
        edits.extend(site.server_at().map(|at| {
            let (id, value) = (Id::Proto, Value::Protocol(Protocol::Pop3));
            Edit::Set { at, id, value }
        }));
        Fix::choice(gettext_noop("Use POP3 with TLS"), edits)
    });
    let text = gettext_noop("{account} signs in with APOP without encryption");
    lint.say_fixed(site, "apop", text, &[Id::Proto, Id::Auth], fix);
}

/// What L20 and L23 offer.
pub fn without_flag(site: &Site, id: Id, title: &'static str) -> Option<Fix> {
    switched_off(site, id).map(|edit| Fix::choice(title, vec![edit]))
}
