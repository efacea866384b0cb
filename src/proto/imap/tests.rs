//! Whole dialogues, whatever the reads they come in.

use proptest::prelude::*;

use super::talk::Talk;

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

/// A line cut anywhere: what was not whole is not told as whole, and nothing panics.
#[test]
fn truncation_anywhere_gives_no_wrong_end() {
    for text in TALKS {
        let whole = Talk::new(text);
        for octets in 0..whole.octets() {
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
