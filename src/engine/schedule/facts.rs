//! How an account reaches its server, as front ends show and compare it.

use crate::engine::api::ServerFacts;
use crate::engine::api::job::{self, Security};
use crate::net;
use crate::proto::machine::TlsPolicy;
use crate::rc::Account;
use crate::rc::account::Protocol;

/// Of `account`'s settings.
pub(super) fn server(account: &Account) -> ServerFacts {
    let protocol = match account.protocol {
        Protocol::Imap => Some(job::Protocol::Imap),
        Protocol::Pop3 | Protocol::Sdps | Protocol::Apop | Protocol::Rpop | Protocol::Kpop => {
            Some(job::Protocol::Pop3)
        }
        Protocol::Auto | Protocol::Pop2 | Protocol::Etrn | Protocol::Odmr => None,
    };
    let security = match net::tls::policy(&account.tls) {
        _ if account.tls.implicit => Security::Tls,
        TlsPolicy::Never => Security::None,
        TlsPolicy::IfOffered | TlsPolicy::Required => Security::StartTls,
    };
    let port = match account.service.as_deref() {
        Some(service) => net::service::port_of(service).filter(|port| *port > 0),
        None => protocol.map(|protocol| job::Candidate::usual_port(protocol, security)),
    };
    ServerFacts {
        host: account.host.clone(),
        protocol,
        port,
        security: Some(security),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_settings() {
        let check = |change: fn(&mut Account), expected: (Option<u16>, Security)| {
            let mut account = Account::example();
            account.host = "mail.example.org".into();
            change(&mut account);
            let facts = server(&account);
            assert_eq!(facts.host, "mail.example.org");
            assert_eq!((facts.port, facts.security), (expected.0, Some(expected.1)));
        };
        check(
            |a| {
                a.protocol = Protocol::Imap;
                a.tls.implicit = true;
            },
            (Some(993), Security::Tls),
        );
        check(
            |a| {
                a.protocol = Protocol::Pop3;
                a.tls.proto = Some(String::new());
            },
            (Some(110), Security::None),
        );
        check(
            |a| {
                a.protocol = Protocol::Imap;
                a.service = Some("1143".into());
            },
            (Some(1143), Security::StartTls),
        );
        check(
            |a| {
                a.protocol = Protocol::Imap;
                a.service = Some("no such service".into());
            },
            (None, Security::StartTls),
        );
        check(|a| a.protocol = Protocol::Auto, (None, Security::StartTls));
    }
}
