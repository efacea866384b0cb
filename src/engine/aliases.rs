//! What DNS says of hosts in recipients' addresses, asked once a poll.

use crate::net::alias::{Aliases, Way};
use crate::rc::Account;
use crate::transit::route::Answers;
use crate::transit::route::reason::{Alias, Answer};

/// Most hosts asked about for one message: a header may name thousands (threats.md A17).
const MOST: usize = 200;

/// The answers so far, and whom to ask.
#[derive(Default)]
pub struct Asked {
    /// For [`crate::transit::route`].
    pub answers: Answers,
    aliases: Option<Aliases>,
}

impl Asked {
    /// Gets an answer for each of these hosts. Once the name server fails the rest are not asked:
    /// the message has to wait anyway. What failed is asked again for the next message.
    pub async fn ask(&mut self, hosts: &[String], account: &Account) {
        let mut has_failed = false;
        for (count, host) in hosts.iter().enumerate() {
            let answer = match has_failed {
                true => Answer::Failed,
                false if count >= MOST => Answer::IsNot,
                false => self.answer(host, account).await,
            };
            has_failed |= answer == Answer::Failed;
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
