//! How samples are written down. Pure.

use serde::{Deserialize, Serialize};

use crate::engine::api::AccountId;
use crate::engine::api::routing::Dns;
use crate::engine::api::samples::Sample;

/// The only form there has been.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    accounts: Vec<Account>,
}

#[derive(Serialize, Deserialize)]
struct Account {
    label: String,
    user: String,
    ordinal: u32,
    samples: Vec<Written>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    name: String,
    dns: String,
    header: Bytes,
    expected: Vec<Bytes>,
}

/// Bytes as text where they are; else each for a character of Latin-1.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Bytes {
    Text(String),
    Latin1 { latin1: String },
}

impl Bytes {
    fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Latin1 {
                latin1: bytes.iter().copied().map(char::from).collect(),
            },
        }
    }

    fn bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.into_bytes()),
            Self::Latin1 { latin1 } => latin1.chars().map(|c| u8::try_from(c).ok()).collect(),
        }
    }
}

/// What `--dns` of `postrider route` calls it.
const DNS: [(Dns, &str); 3] = [(Dns::Ask, "ask"), (Dns::IsNot, "no"), (Dns::Is, "yes")];

/// As a file.
pub fn write(of: &[(AccountId, Vec<Sample>)]) -> Vec<u8> {
    let sample = |sample: &Sample| Written {
        name: sample.name.clone(),
        dns: DNS
            .iter()
            .find(|(dns, _)| *dns == sample.dns)
            .map_or("ask", |(_, word)| word)
            .to_owned(),
        header: Bytes::of(&sample.header),
        expected: sample.expected.iter().map(|name| Bytes::of(name)).collect(),
    };
    let file = File {
        version: VERSION,
        accounts: of
            .iter()
            .map(|(id, samples)| Account {
                label: id.label.clone(),
                user: id.user.clone(),
                ordinal: id.ordinal,
                samples: samples.iter().map(sample).collect(),
            })
            .collect(),
    };
    // Only maps with odd keys fail, and there are none.
    serde_json::to_vec_pretty(&file).unwrap_or_default()
}

/// Reads a file; `None` if it is something else.
pub fn read(bytes: &[u8]) -> Option<Vec<(AccountId, Vec<Sample>)>> {
    let file: File = serde_json::from_slice(bytes).ok()?;
    if file.version != VERSION {
        return None;
    }
    let sample = |written: Written| {
        let expected = written.expected.into_iter().map(Bytes::bytes);
        Some(Sample {
            name: written.name,
            header: written.header.bytes()?,
            dns: DNS.iter().find(|(_, word)| *word == written.dns)?.0,
            expected: expected.collect::<Option<_>>()?,
        })
    };
    let account = |account: Account| {
        let id = AccountId {
            label: account.label,
            user: account.user,
            ordinal: account.ordinal,
        };
        let samples = account.samples.into_iter().map(sample);
        Some((id, samples.collect::<Option<Vec<_>>>()?))
    };
    file.accounts.into_iter().map(account).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            headers in proptest::collection::vec((".*", proptest::collection::vec(any::<u8>(), 0..40), 0..3_usize), 0..4),
            to in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..8), 0..3),
        ) {
            let id = AccountId { label: "mail.example.org".into(), user: "a".into(), ordinal: 2 };
            let samples = headers.into_iter().map(|(name, header, dns)| Sample {
                name,
                header,
                dns: DNS[dns].0,
                expected: to.clone(),
            });
            let of = vec![(id, samples.collect())];
            prop_assert_eq!(read(&write(&of)), Some(of));
        }
    }

    #[test]
    fn something_else_is_refused() {
        for text in ["", "{}", "[]", "{\"version\":2,\"accounts\":[]}"] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read(&write(&[])), Some(Vec::new()));
    }
}
