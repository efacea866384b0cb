//! What DNS says of hosts in recipients' addresses, asked once a poll.

use std::time::{Duration, Instant};

use crate::net::alias::{Aliases, Way};
use crate::rc::Account;
use crate::transit;
use crate::transit::route::Answers;
use crate::transit::route::clues::Clue;
use crate::transit::route::reason::{Alias, Answer, Routing};

/// Most hosts asked about for one message: a header may name thousands (threats.md A17).
const MOST: usize = 200;

/// How long one message may keep us asking; then it waits for another poll.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answers so far, and whom to ask.
#[derive(Default)]
pub struct Asked {
    /// For [`crate::transit::route`].
    pub answers: Answers,
    aliases: Option<Aliases>,
}

impl Asked {
    /// Routes a message, asking DNS as often as the routing needs to know more. Ends, because every
    /// host asked about gets an answer, be it that there is none.
    pub async fn route(&mut self, clues: &[Clue], account: &Account, postmaster: &[u8]) -> Routing {
        loop {
            let routing = transit::route(clues, account, postmaster, &self.answers);
            if routing.questions.is_empty() || routing.is_deferred {
                return routing;
            }
            self.ask(&routing.questions, account).await;
        }
    }

    /// Gets an answer for each of these hosts. Once the name server fails the rest are not asked:
    /// the message has to wait anyway. What failed is asked again for the next message.
    async fn ask(&mut self, hosts: &[String], account: &Account) {
        let mut has_failed = false;
        let deadline = Instant::now() + PATIENCE;
        for (count, host) in hosts.iter().enumerate() {
            let answer = match has_failed {
                true => Answer::Failed,
                false if count >= MOST => Answer::IsNot,
                false => self.answer(host, account).await,
            };
            has_failed |= answer == Answer::Failed || Instant::now() > deadline;
            self.answers.learn(host.clone(), answer);
        }
    }

    async fn answer(&mut self, host: &str, account: &Account) -> Answer {
        let aliases = match &self.aliases {
            Some(aliases) => aliases,
            None => match Aliases::of_system() {
                Ok(aliases) => self.aliases.insert(aliases),
                Err(error) => {
                    tracing::warn!(account = %account.id, %error, "DNS");
                    return Answer::Failed;
                }
            },
        };
        match aliases.way(host, &account.host, account.check_alias).await {
            Ok(None) => Answer::IsNot,
            Ok(Some(way)) => Answer::Is(match way {
                Way::Canonical => Alias::Canonical,
                Way::Address => Alias::Address,
                Way::Exchanger => Alias::Exchanger,
            }),
            Err(error) => {
                tracing::warn!(account = %account.id, host, %error, "DNS");
                Answer::Failed
            }
        }
    }
}
