//! The mail exchanger of the domain tells who runs its mail: a provider of the table, or one whose
//! settings page or entry in the database can be asked for. MX records are not signed: servers
//! outside the domain are shown as weak.

use super::asking::{Asking, Miss, Told};
use super::domain::{Host, registrable};
use super::{autoconfig, builtin};
use crate::net::records;
use crate::probe::candidate::{Candidate, Source};

/// Most exchangers whose domains are asked for settings.
const EXCHANGERS: usize = 2;

/// Asks for the exchangers, then for whoever runs them.
pub(super) async fn ask(asking: &Asking) -> Result<Vec<Candidate>, Miss> {
    let resolver = asking.records()?;
    asking.asked(asking.domain.name());
    let exchangers = records::exchangers(resolver, asking.domain.name()).await;
    let exchangers = exchangers.map_err(|error| Miss::of_records(&error))?;
    let exchangers: Vec<String> = exchangers
        .into_iter()
        .filter(|name| !name.is_empty())
        .filter_map(|name| Some(Host::new(&name).ok()?.name))
        .collect();
    for exchanger in &exchangers {
        if let Some(provider) = builtin::by_exchanger(&asking.providers, exchanger) {
            asking.tell(Told::Hint(builtin::hint(provider)));
            let source = Source::Mx(exchanger.clone());
            return Ok(marked(asking, builtin::candidates(provider, &source)));
        }
    }
    let mut missed = None;
    for (exchanger, domain) in domains(asking.domain.name(), &exchangers) {
        match autoconfig::for_exchanger(asking, &exchanger, &domain).await {
            Ok(found) if !found.is_empty() => return Ok(marked(asking, found)),
            Ok(_) => {}
            Err(miss) => missed = Some(miss),
        }
    }
    match missed {
        // The name server has answered, so the network is there.
        Some(Miss::Failed(sentence) | Miss::Unreached(sentence)) => Err(Miss::Failed(sentence)),
        None => Ok(Vec::new()),
    }
}

/// Weak, unless the server is the domain's own.
fn marked(asking: &Asking, mut found: Vec<Candidate>) -> Vec<Candidate> {
    for candidate in &mut found {
        candidate.is_weak |= !asking.domain.owns(&candidate.host);
    }
    found
}

/// The domains to ask for settings: of the first exchangers what is one part above them, and what
/// was registered. Not the address's own, which the other sources ask about.
fn domains(own: &str, exchangers: &[String]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for exchanger in exchangers.iter().take(EXCHANGERS) {
        let Some(registered) = registrable(exchanger) else {
            continue;
        };
        let parent = exchanger.split_once('.').map(|(_, parent)| parent);
        let parent = parent.filter(|parent| parent.len() >= registered.len());
        for domain in parent.into_iter().chain([registered]) {
            if domain != own && found.iter().all(|(_, known)| known != domain) {
                found.push((exchanger.clone(), domain.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_exchangers() {
        let check = |exchangers: &[&str], expected: &[&str]| {
            let exchangers: Vec<String> = exchangers.iter().map(|&it| it.to_owned()).collect();
            let found = domains("own.example", &exchangers);
            let found: Vec<&str> = found.iter().map(|(_, domain)| domain.as_str()).collect();
            assert_eq!(found, expected, "{exchangers:?}");
        };
        check(&[], &[]);
        check(
            &["mx1.mail.host.example"],
            &["mail.host.example", "host.example"],
        );
        check(&["mx1.host.example", "mx2.host.example"], &["host.example"]);
        check(&["mx.host.co.uk"], &["host.co.uk"]);
        check(&["host.co.uk"], &["host.co.uk"]);
        check(&["co.uk"], &[]);
        check(&["mx.own.example"], &[]);
        check(
            &["mx.a.example", "mx.b.example", "mx.c.example"],
            &["a.example", "b.example"],
        );
    }
}
