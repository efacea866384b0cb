//! From the domain of an address to ways to its mailbox (`ui.md`, section 6 of the design). All
//! sources are asked at once, the best one that knows something wins, and what ranks behind it is
//! left alone. Nobody learns more than the domain, nothing secret is sent, nothing is saved.
//!
//! Dropping the future of [`run`] ends everything it has begun.

mod asking;
mod autoconfig;
mod builtin;
mod compose;
mod domain;
mod guess;
mod mx;
mod progress;
mod srv;
mod vet;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

use self::asking::{Asking, Miss, Told};
use self::domain::Domain;
use self::progress::Sheet;
use super::candidate::{Candidate, Protocol, Source};
use super::found::{Found, Hint, Step, Wish};
use crate::base::i18n::{fill, gettext};
use crate::net::place::Within;
use crate::net::{World, http};
use crate::rc::provider::{self, Provider};

pub use domain::BadDomain;
pub(super) use vet::astray;

/// Longest time for all sources but guessing.
const SOURCES: Duration = Duration::from_secs(7);
/// Longest time for everything.
const ALL: Duration = Duration::from_secs(12);

/// What the table compiled in says of the provider of a domain; nothing is asked.
pub fn hint_of(domain: &str) -> Option<Hint> {
    builtin::hint_of(domain)
}

/// Where a server may lead that was found for a domain. The table's own servers are vouched for.
///
/// # Errors
/// It is no domain.
pub fn within(domain: &str, found: &Candidate) -> Result<Within, BadDomain> {
    match found.source {
        Source::BuiltIn(_) => Ok(Within::Anywhere),
        _ => Ok(Domain::new(domain)?.within(&found.host)),
    }
}

/// A person's own tables of providers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// In their order; they come before those compiled in.
    pub providers: Vec<Provider>,
    /// Tables that cannot be read: sentences.
    pub troubles: Vec<String>,
}

/// Finds the servers of a domain. `tell` gets everything found so far at each change.
///
/// # Errors
/// What was asked about is no domain.
pub async fn run(
    world: &World,
    wish: &Wish,
    own: Own,
    tell: impl FnMut(&Found) + Send,
) -> Result<Found, BadDomain> {
    let domain = Arc::new(Domain::new(&wish.domain)?);
    let (listener, told) = unbounded_channel();
    let providers: Vec<Provider> = own.providers;
    let providers = providers.into_iter().chain(provider::builtin().to_vec());
    let mut sheet = Sheet::new(domain.name(), tell);
    sheet.begin(Step::BuiltIn);
    sheet.notes(Step::BuiltIn, own.troubles);
    let asking = Asking {
        step: Step::BuiltIn,
        world: world.clone(),
        domain,
        resolver: Err(String::new()),
        http: None,
        providers: providers.collect(),
        listener,
    };
    table(&asking, &mut sheet);
    if wish.only_table || sheet.has_enough(Step::BuiltIn) {
        return Ok(sheet.close());
    }
    let run = Run {
        asking,
        told,
        sheet,
        tasks: JoinSet::new(),
        handles: Vec::new(),
        without: Vec::new(),
        begin: Instant::now(),
    };
    Ok(run.online(wish.online).await)
}

/// Looks into the table: no waiting, and nobody is asked.
fn table<T: FnMut(&Found)>(asking: &Asking, sheet: &mut Sheet<T>) {
    let known = builtin::by_domain(&asking.providers, asking.domain.name());
    let found = known.map(|provider| {
        sheet.hint(builtin::hint(provider));
        builtin::candidates(provider, &Source::BuiltIn(provider.name.clone()))
    });
    sheet.end(Step::BuiltIn, Ok(found.unwrap_or_default()));
}

/// Sources under way.
struct Run<T> {
    asking: Asking,
    told: UnboundedReceiver<(Step, Told)>,
    sheet: Sheet<T>,
    tasks: JoinSet<()>,
    handles: Vec<(Step, AbortHandle)>,
    /// Protocols that the domain says it does not have.
    without: Vec<Protocol>,
    begin: Instant,
}

impl<T: FnMut(&Found) + Send> Run<T> {
    async fn online(mut self, pages: bool) -> Found {
        let is_localhost = self.asking.domain.is_localhost();
        self.asking.resolver = self.asking.world.resolver();
        if pages && !is_localhost {
            let domain = Arc::clone(&self.asking.domain);
            let bounds = Arc::new(move |host: &str| domain.within(host));
            match http::Client::new(&self.asking.world, bounds) {
                Ok(client) => self.asking.http = Some(client),
                Err(error) => tracing::warn!(%error, "settings pages cannot be asked"),
            }
        }
        if self.asking.http.is_some() {
            self.spawn(Step::Provider);
            self.spawn(Step::Database);
        }
        // This computer has no records.
        if !is_localhost {
            self.spawn(Step::Srv);
            self.spawn(Step::Mx);
        }
        self.listen(self.begin + SOURCES).await;
        let is_pointless = self.sheet.has_any_enough() || self.sheet.is_offline();
        if pages && !is_pointless && self.without.len() < 2 {
            self.spawn(Step::Guess);
            self.listen(self.begin + ALL).await;
        }
        self.sheet.close()
    }

    fn spawn(&mut self, step: Step) {
        self.sheet.begin(step);
        let asking = self.asking.of(step);
        let without = self.without.clone();
        // A little before the end, so that what was found by then still counts.
        let end = self.begin + ALL - Duration::from_millis(200);
        let handle = self.tasks.spawn(async move {
            let done = match step {
                Step::BuiltIn => Ok(Vec::new()),
                Step::Provider => autoconfig::provider(&asking).await,
                Step::Database => autoconfig::database(&asking).await,
                Step::Srv => srv::ask(&asking).await,
                Step::Mx => mx::ask(&asking).await,
                Step::Guess => guess::ask(&asking, &without, end).await,
            };
            asking.tell(Told::Done(done));
        });
        self.handles.push((step, handle));
    }

    /// Hears the sources until none is under way, or until the time is over.
    async fn listen(&mut self, end: Instant) {
        while self.sheet.is_working() {
            let heard = tokio::select! {
                heard = self.told.recv() => heard,
                () = sleep_until(end) => None,
            };
            match heard {
                Some((step, told)) => self.hear(step, told),
                None => self.give_up(end),
            }
        }
    }

    fn hear(&mut self, step: Step, told: Told) {
        match told {
            Told::Asked(name) => self.sheet.asked(step, name),
            Told::Note(sentence) => self.sheet.notes(step, vec![sentence]),
            Told::Hint(hint) => self.sheet.hint(hint),
            Told::NotOffered(protocol) => self.without.push(protocol),
            Told::Done(done) => self.done(step, done),
        }
    }

    fn done(&mut self, step: Step, done: Result<Vec<Candidate>, Miss>) {
        self.sheet.end(step, done);
        if self.sheet.has_enough(step) {
            for (other, handle) in &self.handles {
                if *other > step {
                    handle.abort();
                    self.sheet.skip(*other);
                }
            }
        }
    }

    fn give_up(&mut self, end: Instant) {
        let seconds = (end - self.begin).as_secs();
        let text = gettext("There was no answer within {seconds} seconds.");
        let sentence = fill(&text, &[("seconds", &seconds)]);
        for (step, handle) in std::mem::take(&mut self.handles) {
            handle.abort();
            self.sheet.miss(step, &sentence);
        }
    }
}
