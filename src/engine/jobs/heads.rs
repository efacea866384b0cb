//! The headers of messages that are only looked at: nothing is marked as read.

use std::collections::HashMap;

use crate::engine::session::Session;
use crate::retrieve::{Error, Fetched};
use crate::transit::{Collector, Header, Listed};

/// The headers of these messages, as far as they came; `None` for one that is refused. `told` hears
/// how many have come.
pub async fn heads(
    session: &mut Session,
    listed: &[&Listed],
    mut told: impl FnMut(usize),
) -> (HashMap<u32, Option<Header>>, Option<Error>) {
    let mut heads = HashMap::new();
    let numbers: Vec<u32> = listed.iter().map(|listed| listed.number).collect();
    if numbers.is_empty() {
        return (heads, None);
    }
    session.maildrop.request_headers(&numbers);
    let mut current = Current::None;
    loop {
        let item = match session.maildrop.next().await {
            Ok(item) => item,
            Err(error) => return (heads, Some(error)),
        };
        match item {
            Fetched::Begin { .. } => current = Current::Comes(Collector::default()),
            Fetched::Chunk(chunk) => current = current.with(&chunk),
            Fetched::End { number } => {
                let header = std::mem::take(&mut current).finish();
                heads.insert(number, header);
                told(heads.len());
            }
            Fetched::Refused { number, .. } => {
                heads.insert(number, None);
                told(heads.len());
            }
            Fetched::Disposed { .. } => {}
            Fetched::Idle => return (heads, None),
        }
    }
}

/// A header that is coming.
#[derive(Default)]
enum Current {
    #[default]
    None,
    Comes(Collector),
    Whole(Header),
}

impl Current {
    fn with(self, chunk: &bytes::Bytes) -> Self {
        match self {
            Self::Comes(mut collector) => match collector.push(chunk) {
                Some(header) => Self::Whole(header),
                None => Self::Comes(collector),
            },
            other => other,
        }
    }

    fn finish(self) -> Option<Header> {
        match self {
            Self::None => None,
            Self::Comes(collector) => Some(collector.finish()),
            Self::Whole(header) => Some(header),
        }
    }
}
