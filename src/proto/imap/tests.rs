//! Whole dialogues, whatever the reads they come in.

use proptest::prelude::*;

use super::command::Tag;
use super::splitter::Splitter;
use super::talk::Talk;
use super::{Event, Login, Mark, Session};
use crate::proto::machine::{Machine, Step};

mod codec;

macro_rules! talks {
    ($($name:ident $file:literal)*) => {$(
        #[test]
        fn $name() {
            whatever_the_reads(include_str!(concat!("../../../tests/corpus/talk/imap/", $file)));
        }
    )*
    const TALKS: &[&str] = &[$(include_str!(concat!("../../../tests/corpus/talk/imap/", $file))),*];
    };
}

talks! {
    dovecot "dovecot-inbox.txt"
    gmail "gmail-inbox.txt"
    exchange "exchange-order.txt"
    courier "courier-others-deleted.txt"
    empty "empty.txt"
    search_refused "search-refused.txt"
    searchres_refused "searchres-refused.txt"
}

/// At once, octet by octet, and cut in two at every place.
fn whatever_the_reads(text: &str) {
    let talk = Talk::new(text);
    assert_eq!(talk.events(|| usize::MAX), talk.expected);
    assert_eq!(talk.events(|| 1), talk.expected);
    for cut in 1..400 {
        let mut turn = false;
        let sizes = || {
            turn = !turn;
            if turn { cut } else { usize::MAX }
        };
        assert_eq!(talk.events(sizes), talk.expected, "cut at {cut}");
    }
}

proptest! {
    #[test]
    fn any_split_gives_the_same_events(which in 0..TALKS.len(), sizes in prop::collection::vec(1_usize..90, 1..30)) {
        let talk = Talk::new(TALKS[which]);
        let mut sizes = sizes.into_iter().cycle();
        prop_assert_eq!(talk.events(|| sizes.next().unwrap()), talk.expected);
    }
}

/// What a server says, damaged, is an error or something else said, but never a panic or a loop.
fn survives(said: &[u8]) {
    let talk = Talk::new("");
    let mut login = Login::new(talk.credentials, talk.method, talk.tls, true);
    login.inbox().extend_from_slice(said);
    while matches!(login.step(), Ok(Step::Send(_))) {}
    let mut session = Session::new(Splitter::default(), Tag::FIRST, None);
    session.survey(b"INBOX", true, false);
    session.request(&[6, 7, 17]);
    session.mark(&[6, 7, 17], Mark::Deleted);
    session.close();
    session.inbox().extend_from_slice(said);
    for _ in 0..10_000 {
        match session.step() {
            Ok(Step::Event(Event::Idle) | Step::Input | Step::Done) | Err(_) => return,
            Ok(_) => {}
        }
    }
    panic!("does not come to an end");
}

proptest! {
    #[test]
    fn damage_is_survived(which in 0..TALKS.len(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..20)) {
        let mut said = Talk::new(TALKS[which]).said();
        for (at, octet, how) in cuts {
            let at = at.index(said.len());
            match how {
                0 => said[at] = octet,
                1 => said.insert(at, octet),
                _ => { said.remove(at); }
            }
        }
        survives(&said);
    }

    #[test]
    fn noise_is_survived(said in "(\\* |A[1-9] )?[ -~]{0,40}([{(][0-9]{0,3}[})])?(\r\n[ -~]{0,20}\r\n)?") {
        survives(said.as_bytes());
    }
}

/// A line cut anywhere: what was not whole is not told as whole, and nothing panics.
#[test]
fn truncation_anywhere_gives_no_wrong_end() {
    for text in TALKS {
        let whole = Talk::new(text);
        for octets in 0..whole.said().len() {
            let told = whole.cut(octets).events(|| usize::MAX);
            let (last, before) = told.split_last().unwrap();
            assert!(
                last == "done" || last.starts_with("error Closed"),
                "{octets}: {last}"
            );
            let ends = |lines: &[String]| -> Vec<String> {
                lines
                    .iter()
                    .filter(|l| l.starts_with("end "))
                    .cloned()
                    .collect()
            };
            assert!(ends(&whole.expected).starts_with(&ends(before)), "{octets}");
        }
    }
}
