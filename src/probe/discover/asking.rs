//! What every source works with, and the words for what came of asking.

use std::sync::Arc;

use hickory_resolver::TokioResolver;
use tokio::sync::mpsc::UnboundedSender;

use super::domain::Domain;
use super::vet;
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::net::{self, World, http, records};
use crate::probe::Candidate;
use crate::probe::candidate::Protocol;
use crate::probe::found::{Hint, Step};
use crate::rc::provider::Provider;

/// What a source tells while it asks.
#[derive(Debug)]
pub(super) enum Told {
    /// A host is asked, or the name server about a name.
    Asked(String),
    /// Something odd: a sentence.
    Note(String),
    /// The provider is known.
    Hint(Hint),
    /// The domain says that it has no such service.
    NotOffered(Protocol),
    /// The end of it.
    Done(Result<Vec<Candidate>, Miss>),
}

/// Why a source came to nothing. One that has answered and has nothing is not among these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Miss {
    /// It was there, and something is wrong with it: a sentence.
    Failed(String),
    /// It could not be reached at all: a sentence.
    Unreached(String),
}

/// What a source works with. Cheap to clone.
#[derive(Clone)]
pub(super) struct Asking {
    /// Which source.
    pub step: Step,
    /// Names and trust.
    pub world: World,
    /// About whom.
    pub domain: Arc<Domain>,
    /// For records; or why there is none.
    pub resolver: Result<TokioResolver, String>,
    /// For settings pages; `None`: the person does not want them asked.
    pub http: Option<http::Client>,
    /// The person's own, then those compiled in.
    pub providers: Arc<[Provider]>,
    /// Who listens.
    pub listener: UnboundedSender<(Step, Told)>,
}

impl Asking {
    /// The same for another source.
    pub fn of(&self, step: Step) -> Self {
        Self {
            step,
            ..self.clone()
        }
    }

    /// Tells something. Nobody may be listening any more.
    pub fn tell(&self, told: Told) {
        let _ = self.listener.send((self.step, told));
    }

    /// Tells whom is asked.
    pub fn asked(&self, name: &str) {
        self.tell(Told::Asked(name.to_owned()));
    }

    /// Tells something odd.
    pub fn note(&self, sentence: String) {
        self.tell(Told::Note(sentence));
    }

    /// The resolver for records.
    pub fn records(&self) -> Result<&TokioResolver, Miss> {
        let resolver = self.resolver.as_ref();
        resolver.map_err(|what| Miss::of_records(&records::Failed(what.clone())))
    }
}

impl Miss {
    /// The name server.
    pub fn of_records(error: &records::Failed) -> Self {
        let text = gettext("The name server could not be asked: {what}.");
        Self::Unreached(fill(&text, &[("what", &words(&error.0))]))
    }

    /// A settings page; `None`: it does not exist.
    pub fn of_page(host: &str, error: &http::Error) -> Option<Self> {
        use http::Error as E;
        let with = |text: &str, what: &str| fill(text, &[("host", &host), ("what", &words(what))]);
        Some(Self::Failed(match error {
            E::Net(error) => return Self::of_net(error),
            E::TimedOut(seconds) => {
                let text = gettext("{host} did not answer within {seconds} seconds.");
                let sentence = fill(&text, &[("host", &host), ("seconds", seconds)]);
                return Some(Self::Unreached(sentence));
            }
            E::Address(to) => with(
                &gettext("{host} leads to {what}, which is not asked: it is not safe."),
                to,
            ),
            E::Redirects => with(&gettext("{host} leads from one address to the next."), ""),
            E::TooLong(_) => with(
                &gettext("The answer of {host} is too long for mail settings."),
                "",
            ),
            E::Broken(what) => with(&gettext("{host} gave no usable answer: {what}."), what),
        }))
    }

    /// A connection; `None`: there is no such host, or something else is there.
    pub fn of_net(error: &net::Error) -> Option<Self> {
        use net::Error as E;
        let with = |text: &str, host: &str, what: &str| {
            fill(text, &[("host", &host), ("what", &words(what))])
        };
        Some(match error {
            E::UnknownHost { .. } | E::Proto(_) => return None,
            E::Astray { .. } => Self::Failed(vet::astray(error)),
            E::Lookup { host, what } => Self::Unreached(with(
                &gettext("The name {host} could not be looked up: {what}."),
                host,
                what,
            )),
            E::Unreachable { host, what, .. } => Self::Unreached(with(
                &gettext("{host} cannot be reached: {what}."),
                host,
                what,
            )),
            E::TimedOut { host, seconds } => {
                let text = gettext("{host} did not answer within {seconds} seconds.");
                Self::Unreached(fill(&text, &[("host", host), ("seconds", seconds)]))
            }
            E::Dropped { host, what } => Self::Failed(with(
                &gettext("{host} gave no usable answer: {what}."),
                host,
                what,
            )),
            E::Tls { sentence, .. } | E::TlsSettings { sentence } => Self::Failed(sentence.clone()),
        })
    }
}

/// Words of the system or of a peer, for the inside of a sentence.
fn words(text: &str) -> String {
    let text = quiet(text.as_bytes(), QUIET_MAX);
    text.trim_end_matches('.').to_owned()
}
