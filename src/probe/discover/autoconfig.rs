//! Settings files on the web: the provider's own and the one of the Thunderbird database. Over
//! HTTPS only, and without the `emailaddress` parameter that Thunderbird sends along: nobody
//! learns more than the domain.

mod file;

use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

use super::asking::{Asking, Miss};
use super::domain::Host;
use super::vet::vet;
use crate::base::i18n::{fill, gettext};
use crate::net::http::Request;
use crate::probe::candidate::{Candidate, Source};

/// Longest time for one page.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most of one page, in octets.
const LARGEST: usize = 64 * 1024;
/// How long the first page is waited for before the second is asked as well.
const HEAD_START: Duration = Duration::from_secs(1);

/// The provider's own pages.
pub(super) async fn provider(asking: &Asking) -> Result<Vec<Candidate>, Miss> {
    of_domain(asking, asking.domain.name(), Source::Provider).await
}

/// The database.
pub(super) async fn database(asking: &Asking) -> Result<Vec<Candidate>, Miss> {
    in_database(asking, asking.domain.name(), Source::Database).await
}

/// Both for the domain of a mail exchanger.
pub(super) async fn for_exchanger(
    asking: &Asking,
    exchanger: &str,
    domain: &str,
) -> Result<Vec<Candidate>, Miss> {
    let source = |_: String| Source::Mx(exchanger.to_owned());
    let (first, second) = tokio::join!(
        of_domain(asking, domain, source),
        in_database(asking, domain, source)
    );
    better(first, second)
}

async fn of_domain(
    asking: &Asking,
    domain: &str,
    source: impl Fn(String) -> Source + Copy + Send,
) -> Result<Vec<Candidate>, Miss> {
    let first = format!("https://autoconfig.{domain}/mail/config-v1.1.xml");
    let second = format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml");
    let mut first = pin!(fetch(asking, &first, source));
    match timeout(HEAD_START, &mut first).await {
        Ok(Ok(found)) if !found.is_empty() => Ok(found),
        Ok(first) => better(first, fetch(asking, &second, source).await),
        Err(_) => {
            let (first, second) = tokio::join!(first, fetch(asking, &second, source));
            better(first, second)
        }
    }
}

async fn in_database(
    asking: &Asking,
    domain: &str,
    source: impl Fn(String) -> Source + Send,
) -> Result<Vec<Candidate>, Miss> {
    let url = format!("https://autoconfig.thunderbird.net/v1.1/{domain}");
    fetch(asking, &url, source).await
}

/// What was found; else what a person should know first: something broken, or that one of the two
/// has answered.
fn better(
    first: Result<Vec<Candidate>, Miss>,
    second: Result<Vec<Candidate>, Miss>,
) -> Result<Vec<Candidate>, Miss> {
    match (first, second) {
        (Ok(found), other) | (other, Ok(found)) if !found.is_empty() => {
            let _ = other;
            Ok(found)
        }
        (Err(Miss::Failed(what)), _) | (_, Err(Miss::Failed(what))) => Err(Miss::Failed(what)),
        (Ok(none), _) | (_, Ok(none)) => Ok(none),
        (missed, _) => missed,
    }
}

async fn fetch(
    asking: &Asking,
    url: &str,
    source: impl Fn(String) -> Source + Send,
) -> Result<Vec<Candidate>, Miss> {
    let Some(client) = &asking.http else {
        return Ok(Vec::new());
    };
    let request = Request {
        url,
        accept: "text/xml, application/xml",
        form: None,
        limit: LARGEST,
        patience: PATIENCE,
    };
    let mut host = String::new();
    let mut asked = |name: &str| {
        host = name.to_owned();
        asking.asked(name);
    };
    let answer = match client.send(&request, &mut asked).await {
        Ok(answer) => answer,
        Err(error) => return Miss::of_page(&host, &error).map_or(Ok(Vec::new()), Err),
    };
    if answer.status != 200 {
        return Ok(Vec::new());
    }
    let is_page = answer.kind.ends_with("html") || file::is_web_page(&answer.body);
    let read = match is_page {
        true => Err(gettext(
            "a web page. The network may want you to sign in to it first",
        )),
        false => file::read(&answer.body),
    };
    let read = read.unwrap_or_else(|what| {
        let text = gettext("{host} did not answer with mail settings: {what}.");
        asking.note(fill(&text, &[("host", &host), ("what", &what)]));
        Vec::new()
    });
    let domain = asking.domain.name();
    let servers = read.into_iter().filter_map(|server| {
        let named = Host::new(&server.host);
        let named = named.map_err(|refused| asking.note(refused.sentence(&server.host)));
        Some(server.candidate(named.ok()?, domain, source(answer.url.clone())))
    });
    Ok(vet(asking, servers.collect()).await)
}
