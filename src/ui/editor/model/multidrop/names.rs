//! The names of an account (`is`) as a list of two columns: what a message is addressed to, and who
//! gets it here. Pure.

use crate::base::i18n::gettext;
use crate::rc::account::LocalName;
use crate::rc::settings::Value;

/// More are not shown as rows.
const MOST: usize = 200;

/// One line of the list, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Name or address on the server.
    pub remote: String,
    /// Name here; empty: the same.
    pub local: String,
    /// It was written as a pair, be the sides equal or not.
    pub was_pair: bool,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Map {
    /// In the order of the file.
    pub pairs: Vec<Pair>,
    /// `*`: every other name is taken too.
    pub wildcard: bool,
}

/// Why a list cannot be shown: a sentence.
pub(crate) fn read(value: Option<&Value>) -> Result<Map, String> {
    let Some(Value::Names { names, wildcard }) = value else {
        return Ok(Map::default());
    };
    if names.len() > MOST {
        return Err(gettext(
            "There are too many names to show here: change them in the source.",
        ));
    }
    let pairs: Option<Vec<Pair>> = names.iter().map(Pair::of).collect();
    let pairs = pairs.ok_or_else(|| gettext("Not in UTF-8: change it in the source"))?;
    Ok(Map {
        pairs,
        wildcard: *wildcard,
    })
}

impl Map {
    /// What it says; `None`: nothing. Lines that are not finished say nothing.
    pub(crate) fn value(&self) -> Option<Value> {
        let names: Vec<LocalName> = self.pairs.iter().filter_map(Pair::name).collect();
        match names.is_empty() && !self.wildcard {
            true => None,
            false => Some(Value::Names {
                names,
                wildcard: self.wildcard,
            }),
        }
    }

    /// Whether it says what `value` does.
    pub(crate) fn says(&self, value: Option<&Value>) -> bool {
        self.value().as_ref() == value
    }
}

impl Pair {
    fn of(name: &LocalName) -> Option<Self> {
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        let is_same = name.remote == name.local && !name.is_pair;
        Some(Self {
            remote: text(&name.remote)?,
            local: match is_same {
                true => String::new(),
                false => text(&name.local)?,
            },
            was_pair: name.is_pair,
        })
    }

    fn name(&self) -> Option<LocalName> {
        let (remote, local) = (self.remote.trim(), self.local.trim());
        if self.trouble().is_some() || remote.is_empty() {
            return None;
        }
        Some(match local {
            "" => LocalName::plain(remote),
            local => LocalName {
                remote: remote.into(),
                local: local.into(),
                is_pair: self.was_pair || local != remote,
            },
        })
    }

    /// Why it says nothing yet: a sentence.
    pub(crate) fn trouble(&self) -> Option<String> {
        let (remote, local) = (self.remote.trim(), self.local.trim());
        match (remote, local) {
            ("*", _) => Some(gettext("Every other name is switched on below.")),
            (_, "*") => Some(gettext("One name is needed here.")),
            ("", "") => None,
            ("", _) => Some(gettext("Enter the name on the server.")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(remote: &str, local: &str) -> Pair {
        Pair {
            remote: remote.into(),
            local: local.into(),
            was_pair: false,
        }
    }

    #[test]
    fn lines_that_are_not_finished_say_nothing() {
        let check = |remote: &str, local: &str, says: bool, is_told: bool| {
            let pair = pair(remote, local);
            assert_eq!(pair.trouble().is_some(), is_told, "{pair:?}");
            let map = Map {
                pairs: vec![pair],
                wildcard: false,
            };
            assert_eq!(map.value().is_some(), says, "{map:?}");
        };
        check("", "", false, false);
        check("", "x", false, true);
        check("a", "", true, false);
        check("a@b", "c", true, false);
        check("*", "", false, true);
        check("a", "*", false, true);
    }

    #[test]
    fn equal_sides_stay_as_they_were_written() {
        let names = |is_pair| Value::Names {
            names: vec![LocalName {
                is_pair,
                ..LocalName::plain("a")
            }],
            wildcard: true,
        };
        for is_pair in [true, false] {
            let value = names(is_pair);
            assert_eq!(read(Some(&value)).unwrap().value(), Some(value));
        }
        let map = Map {
            pairs: vec![pair("a", "a")],
            wildcard: true,
        };
        assert!(map.says(Some(&names(false))));
    }

    #[test]
    fn what_cannot_be_shown() {
        let of = |names| Value::Names {
            names,
            wildcard: false,
        };
        assert!(read(Some(&of(vec![LocalName::plain(b"\xff".to_vec())]))).is_err());
        assert!(read(Some(&of(vec![LocalName::plain("a"); MOST + 1]))).is_err());
        assert_eq!(read(None), Ok(Map::default()));
        assert_eq!(Map::default().value(), None);
    }

    proptest! {
        #[test]
        fn a_list_and_its_value_are_the_same(
            pairs in proptest::collection::vec(("[a-z@.]{1,9}", "[a-z]{0,9}", any::<bool>()), 0..6),
            wildcard: bool,
        ) {
            let names: Vec<LocalName> = pairs
                .into_iter()
                .map(|(remote, local, is_pair)| match local.is_empty() {
                    true => LocalName::plain(remote),
                    false => LocalName { is_pair: is_pair || remote != local, remote: remote.into(), local: local.into() },
                })
                .collect();
            let value = (wildcard || !names.is_empty()).then_some(Value::Names { names, wildcard });
            prop_assert_eq!(read(value.as_ref()).unwrap().value(), value);
        }
    }
}
