//! GNU getopt_long over the tables: finds which option each argument means.

use crate::base::text::quiet;
use crate::cli::parse::Error;
use crate::cli::parse::general::{GENERAL, General};
use crate::rc::option::{self, Keyword, Sets};

/// What an option does.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// Something for the run.
    General(General),
    /// Sets an option of the table.
    Keyword(&'static Keyword, Sets),
}

/// One option as it can be typed.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// The letter.
    pub short: Option<u8>,
    /// Long names of the same meaning.
    pub long: &'static [&'static str],
    /// Whether an argument follows.
    pub takes_argument: bool,
    /// Whether abbreviations do not count.
    pub is_in_full: bool,
    /// What it does.
    pub meaning: Meaning,
}

/// Every option of the command line.
pub fn offers() -> impl Iterator<Item = Offer> {
    let general = GENERAL.iter().map(|declared| Offer {
        short: declared.short,
        long: declared.long,
        takes_argument: declared.argument.is_some(),
        is_in_full: declared.is_own,
        meaning: Meaning::General(declared.general),
    });
    let keywords = option::all().flat_map(|keyword| {
        keyword.switches.iter().map(move |switch| Offer {
            short: switch.short,
            long: switch.long,
            takes_argument: switch.sets == Sets::Value,
            is_in_full: keyword.is_later,
            meaning: Meaning::Keyword(keyword, switch.sets),
        })
    });
    general.chain(keywords)
}

/// One piece of a command line.
#[derive(Clone, Debug)]
pub enum Item {
    /// An argument that is no option.
    Server(Vec<u8>),
    /// An option.
    Option {
        /// What it does.
        meaning: Meaning,
        /// As typed, made safe to show.
        name: String,
        /// Its argument; empty if it takes none.
        argument: Vec<u8>,
    },
}

/// Takes a command line apart.
pub fn items(arguments: Vec<Vec<u8>>) -> Result<Vec<Item>, Error> {
    let offers: Vec<Offer> = offers().collect();
    let mut items = Vec::new();
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        match argument.as_slice() {
            b"--" => {
                items.extend(rest.map(Item::Server));
                return Ok(items);
            }
            [b'-', b'-', long @ ..] => items.push(long_option(&offers, long, &mut rest)?),
            [b'-', letters @ ..] if !letters.is_empty() => {
                letters_of(&offers, letters, &mut rest, &mut items)?;
            }
            _ => items.push(Item::Server(argument)),
        }
    }
    Ok(items)
}

/// `--name`, `--name=argument`, `--name argument`.
fn long_option(
    offers: &[Offer],
    typed: &[u8],
    rest: &mut impl Iterator<Item = Vec<u8>>,
) -> Result<Item, Error> {
    let (long, glued) = match memchr::memchr(b'=', typed) {
        Some(at) => (&typed[..at], typed.get(at + 1..)),
        None => (typed, None),
    };
    let name = format!("--{}", quiet(long, 40));
    let offer = long_offer(offers, long, &name)?;
    let argument = match (offer.takes_argument, glued) {
        (false, Some(_)) => return Err(Error::TakesNoArgument { option: name }),
        (false, None) => Vec::new(),
        (true, Some(glued)) => glued.to_vec(),
        (true, None) => rest.next().ok_or_else(|| Error::NeedsArgument {
            option: name.clone(),
        })?,
    };
    Ok(Item::Option {
        meaning: offer.meaning,
        name,
        argument,
    })
}

/// The option of a long name: spelled in full, or the only one that begins so. Several names of
/// one option do not make it ambiguous.
fn long_offer(offers: &[Offer], long: &[u8], name: &str) -> Result<Offer, Error> {
    let is_exact = |offer: &&Offer| offer.long.iter().any(|word| word.as_bytes() == long);
    if let Some(offer) = offers.iter().find(is_exact) {
        return Ok(*offer);
    }
    let begins = |word: &&&str| word.as_bytes().starts_with(long);
    let possible = |offer: &&Offer| !offer.is_in_full && offer.long.iter().any(|w| begins(&w));
    let mut found = offers.iter().filter(possible);
    match (found.next(), found.next()) {
        (Some(offer), None) => Ok(*offer),
        (None, _) => Err(Error::Unknown {
            option: name.to_owned(),
        }),
        (Some(_), Some(_)) => {
            let words = offers
                .iter()
                .filter(possible)
                .flat_map(|o| o.long.iter().filter(begins));
            let candidates: Vec<String> = words.map(|word| format!("--{word}")).collect();
            let candidates = candidates.join(", ");
            Err(Error::Ambiguous {
                option: name.to_owned(),
                candidates,
            })
        }
    }
}

/// `-vk`, `-ufoo`, `-u foo`.
fn letters_of(
    offers: &[Offer],
    mut letters: &[u8],
    rest: &mut impl Iterator<Item = Vec<u8>>,
    items: &mut Vec<Item>,
) -> Result<(), Error> {
    while let Some((letter, tail)) = letters.split_first() {
        let name = format!("-{}", quiet(&[*letter], 4));
        let offer = offers.iter().find(|offer| offer.short == Some(*letter));
        let offer = offer.ok_or_else(|| Error::Unknown {
            option: name.clone(),
        })?;
        letters = tail;
        let mut argument = Vec::new();
        if offer.takes_argument {
            argument = match std::mem::take(&mut letters) {
                [] => rest.next().ok_or_else(|| Error::NeedsArgument {
                    option: name.clone(),
                })?,
                glued => glued.to_vec(),
            };
        }
        items.push(Item::Option {
            meaning: offer.meaning,
            name,
            argument,
        });
    }
    Ok(())
}
