//! Usual names of servers, tried out: whoever greets there as a mail server is a candidate, and a
//! weak one. Only the greeting is heard and CAPABILITY or CAPA asked; nothing of the person is said.

mod hello;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use self::hello::{Heard, Hello};
use super::asking::{Asking, Miss};
use super::vet;
use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;
use crate::net::{self, Peer, connect_in, tls};
use crate::probe::candidate::{Candidate, Protocol, Security, Source, UserForm};
use crate::proto;

/// Between the beginnings of two tries.
const STAGGER: Duration = Duration::from_millis(100);
/// Longest time for one.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most connections at once.
const AT_ONCE: usize = 8;

/// One host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Try {
    host: String,
    port: u16,
}

/// Tries them all, until `end`. Protocols in `without` are said not to exist.
pub(super) async fn ask(
    asking: &Asking,
    without: &[Protocol],
    end: Instant,
) -> Result<Vec<Candidate>, Miss> {
    let setup = tls::Setup::strict(&asking.world);
    let setup = setup.map_err(|error| Miss::Failed(error.to_string()))?;
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    let tries = tries(asking.domain.name(), asking.domain.is_localhost(), without);
    for (n, it) in (0_u32..).zip(tries) {
        let (asking, setup, room) = (asking.clone(), Arc::clone(&setup), Arc::clone(&room));
        running.spawn(async move {
            tokio::time::sleep(STAGGER * n).await;
            let _room = room.acquire().await;
            asking.asked(&it.host);
            let ended = timeout(PATIENCE, it.ask(&asking, setup)).await;
            ended.ok().flatten()
        });
    }
    let mut found: Vec<Candidate> = Vec::new();
    while let Ok(Some(ended)) = timeout_at(end, running.join_next()).await {
        match ended {
            Ok(candidate) => found.extend(candidate),
            Err(error) => tracing::debug!(%error, "a try broke"),
        }
        if is_enough(&found, without) {
            break;
        }
    }
    Ok(found)
}

/// Nothing better can come: every protocol is there with TLS from the first byte.
fn is_enough(found: &[Candidate], without: &[Protocol]) -> bool {
    let has = |protocol| {
        let is_it = |it: &Candidate| it.protocol == protocol && it.security == Security::Tls;
        without.contains(&protocol) || found.iter().any(is_it)
    };
    has(Protocol::Imap) && has(Protocol::Pop3)
}

/// Every usual name with every port: encrypted first, and first what is likely.
fn tries(domain: &str, is_localhost: bool, without: &[Protocol]) -> Vec<Try> {
    let names = match is_localhost {
        true => vec![domain.to_owned()],
        false => ["imap.", "pop.", "mail.", "pop3.", ""]
            .iter()
            .map(|first| format!("{first}{domain}"))
            .collect(),
    };
    let is_likely = |it: &Try| match it.protocol() {
        Protocol::Imap => !it.host.starts_with("pop"),
        Protocol::Pop3 => !it.host.starts_with("imap."),
    };
    let mut all = Vec::new();
    for port in [993, 995, 143, 110] {
        all.extend(names.iter().map(|host| Try {
            host: host.clone(),
            port,
        }));
    }
    all.retain(|it| !without.contains(&it.protocol()));
    all.sort_by_key(|it| (!it.is_tls(), !is_likely(it)));
    all
}

impl Try {
    fn protocol(&self) -> Protocol {
        match self.port {
            993 | 143 => Protocol::Imap,
            _ => Protocol::Pop3,
        }
    }

    fn is_tls(&self) -> bool {
        matches!(self.port, 993 | 995)
    }

    fn security(&self, heard: Heard) -> Security {
        match heard {
            _ if self.is_tls() => Security::Tls,
            Heard { starts_tls: true } => Security::StartTls,
            Heard { .. } => Security::None,
        }
    }

    /// What is worth knowing of a try in vain: somebody is there, whose name is in doubt, who talks
    /// without end, or who is where no server should be. That nobody is there is as usual.
    fn odd(&self, error: &net::Error) -> Option<String> {
        match error {
            net::Error::Tls { sentence, .. } => Some(sentence.clone()),
            net::Error::Astray { .. } => Some(vet::astray(error)),
            net::Error::Proto(proto::Error::Closed) => None,
            net::Error::Proto(error) => {
                let text = gettext("{host} does not talk as a mail server on port {port}: {what}.");
                let what = quiet(error.to_string().as_bytes(), 100);
                let values: [(&str, &dyn std::fmt::Display); 3] =
                    [("host", &self.host), ("port", &self.port), ("what", &what)];
                Some(fill(&text, &values))
            }
            _ => None,
        }
    }

    /// A mail server that greets; `None` if there is none, as for most names and ports.
    async fn ask(&self, asking: &Asking, tls: Arc<tls::Setup>) -> Option<Candidate> {
        let protocol = self.protocol();
        let peer = Peer {
            host: self.host.clone(),
            port: self.port,
            implicit_tls: self.is_tls(),
            tls,
            timeout: PATIENCE,
            label: match protocol {
                Protocol::Imap => "IMAP",
                Protocol::Pop3 => "POP3",
            },
        };
        let within = asking.domain.within(&self.host);
        let heard = match connect_in(&asking.world, &peer, within).await {
            Ok(mut conn) => conn.next(&mut Hello::new(protocol)).await,
            Err(error) => Err(error),
        };
        let security = match heard {
            Ok(heard) => self.security(heard?),
            Err(error) => {
                self.odd(&error).into_iter().for_each(|it| asking.note(it));
                return None;
            }
        };
        Some(Candidate {
            protocol,
            host: self.host.clone(),
            port: self.port,
            security,
            methods: Vec::new(),
            user: UserForm::Address,
            source: Source::Guess,
            is_weak: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_with_every_port() {
        let all = tries("example.org", false, &[]);
        assert_eq!(all.len(), 20);
        let first: Vec<String> = all
            .iter()
            .take(8)
            .map(|it| format!("{}:{}", it.host, it.port))
            .collect();
        assert_eq!(
            first,
            [
                "imap.example.org:993",
                "mail.example.org:993",
                "example.org:993",
                "pop.example.org:995",
                "mail.example.org:995",
                "pop3.example.org:995",
                "example.org:995",
                "pop.example.org:993",
            ]
        );
        assert!(all[10..].iter().all(|it| !it.is_tls()));
        assert_eq!(tries("localhost", true, &[]).len(), 4);
        let only = tries("example.org", false, &[Protocol::Imap]);
        assert!(only.iter().all(|it| it.protocol() == Protocol::Pop3));
        assert!(tries("x.org", false, &[Protocol::Imap, Protocol::Pop3]).is_empty());
    }
}
