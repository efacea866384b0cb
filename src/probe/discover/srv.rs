//! SRV records of the domain (RFC 6186). They are not signed, so a server outside the domain is
//! shown as weak: RFC 6186 section 6 wants the person asked.

use super::asking::{Asking, Miss, Told};
use super::domain::Host;
use super::vet::vet;
use crate::net::records::{self, Service};
use crate::probe::candidate::{Candidate, Protocol, Security, Source, UserForm};

/// The services that are asked for.
const SERVICES: [(&str, Protocol, Security); 4] = [
    ("_imaps", Protocol::Imap, Security::Tls),
    ("_imap", Protocol::Imap, Security::StartTls),
    ("_pop3s", Protocol::Pop3, Security::Tls),
    ("_pop3", Protocol::Pop3, Security::StartTls),
];

/// Asks for all four at once.
pub(super) async fn ask(asking: &Asking) -> Result<Vec<Candidate>, Miss> {
    let resolver = asking.records()?;
    let [a, b, c, d] = SERVICES.map(|(service, ..)| {
        let name = format!("{service}._tcp.{}", asking.domain.name());
        asking.asked(&name);
        async move { records::services(resolver, &name).await }
    });
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let answers = [a, b, c, d];
    if let Some(Err(error)) = answers.iter().find(|_| answers.iter().all(Result::is_err)) {
        return Err(Miss::of_records(error));
    }
    let mut found = Vec::new();
    let mut said_no = Vec::new();
    for ((_, protocol, security), answer) in SERVICES.into_iter().zip(answers) {
        let services = answer.unwrap_or_default();
        if services.iter().any(|service| service.target.is_empty()) {
            said_no.push(protocol);
            continue;
        }
        let read = |service| candidate(asking, protocol, security, service);
        found.extend(services.iter().filter_map(read));
    }
    for protocol in [Protocol::Imap, Protocol::Pop3] {
        let is_found = found.iter().any(|it: &Candidate| it.protocol == protocol);
        if said_no.contains(&protocol) && !is_found {
            asking.tell(Told::NotOffered(protocol));
        }
    }
    Ok(vet(asking, found).await)
}

fn candidate(
    asking: &Asking,
    protocol: Protocol,
    security: Security,
    service: &Service,
) -> Option<Candidate> {
    let host = match Host::new(&service.target) {
        Ok(host) if service.port != 0 => host,
        Ok(_) => return None,
        Err(refused) => {
            asking.note(refused.sentence(&service.target));
            return None;
        }
    };
    Some(Candidate {
        protocol,
        port: service.port,
        security,
        methods: Vec::new(),
        // RFC 6186 section 4: the whole address is to be tried first.
        user: UserForm::Address,
        source: Source::Srv,
        is_weak: host.is_private || !asking.domain.owns(&host.name),
        host: host.name,
    })
}
