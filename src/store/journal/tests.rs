//! The format by known lines, and what damage costs.

use proptest::prelude::*;

use super::*;

fn mailbox(account: &[u8], folder: Option<&[u8]>) -> Mailbox {
    Mailbox {
        account: account.to_vec(),
        folder: folder.map(<[u8]>::to_vec),
    }
}

fn put_line(batch: &mut Batch, line: &Line) {
    match line {
        Line::Intent {
            mailbox,
            uid,
            deletes,
            file,
        } => {
            batch.intent(mailbox, uid.as_ref(), *deletes, file);
        }
        Line::Settled { file } => batch.settled(file),
        Line::Awaited { mailbox, is_open } => batch.awaited(mailbox, *is_open),
        Line::Held { mailbox, uid, held } => batch.held(mailbox, uid.as_bytes(), held),
        Line::Served {
            mailbox,
            uid,
            recipients,
        } => batch.served(mailbox, uid.as_bytes(), recipients),
        Line::Sized { mailbox, sizes } => {
            batch.sized(mailbox, sizes.iter().map(|(uid, n)| (uid.as_bytes(), *n)));
        }
        Line::Known {
            mailbox,
            state,
            uids,
        } => {
            let uids: Vec<Vec<u8>> = uids.iter().flat_map(expand).collect();
            batch.known(mailbox, *state, uids.iter().map(Vec::as_slice));
        }
        Line::Validity {
            mailbox,
            validity,
            has_baseline,
        } => {
            batch.validity(mailbox, *validity, *has_baseline);
        }
        Line::IdfileWritten => batch.idfile_written(),
    }
}

fn expand(word: &Word) -> Vec<Vec<u8>> {
    match word {
        Word::One(uid) => vec![uid.as_bytes().to_vec()],
        Word::Range(first, last) => (*first..=*last)
            .map(|n| n.to_string().into_bytes())
            .collect(),
    }
}

fn journal(batches: &[Vec<Line>]) -> Vec<u8> {
    let mut bytes = HEADER.to_vec();
    for lines in batches {
        let mut batch = Batch::default();
        lines.iter().for_each(|line| put_line(&mut batch, line));
        bytes.extend(batch.end());
    }
    bytes
}

fn words(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<Word> {
    words
        .into_iter()
        .map(|w| Word::One(Uid::new(w.as_ref().to_vec())))
        .collect()
}

#[test]
fn the_format_is_fixed() {
    let me = mailbox(b"me@example.org", None);
    let folder = mailbox(b"me@example.org", Some("Entw\u{fc}rfe".as_bytes()));
    let mut batch = Batch::default();
    batch.known(
        &me,
        Known::DeletePending,
        [b"a b".as_slice(), b"7", b"8", b"10", b"-", b"%"],
    );
    batch.validity(&folder, 42, true);
    batch.intent(&me, None, true, Path::new("/m/tmp/1"));
    batch.settled(Path::new("/m/tmp/1"));
    let text = String::from_utf8(batch.end()).expect("the journal is text");
    let lines: Vec<&str> = text.lines().map(|line| &line[9..]).collect();
    assert_eq!(lines[0], "K me@example.org - d a%20b 7:8 10:10 %2d %25");
    assert_eq!(lines[1], "V me@example.org Entw%c3%bcrfe 42 b");
    assert_eq!(lines[2], "I me@example.org - - d /m/tmp/1");
    assert_eq!(lines[3], "S /m/tmp/1");
    assert_eq!(lines[4], "E 4");
    assert!(text.lines().all(|line| line.is_ascii()));
}

#[test]
fn checksum_is_the_usual_one() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}

#[test]
fn long_lists_take_several_lines() {
    let me = mailbox(b"a@h", None);
    let uids: Vec<Vec<u8>> = (0..5000).map(|n| format!("uid-{n}").into_bytes()).collect();
    let mut batch = Batch::default();
    batch.known(&me, Known::Delivered, uids.iter().map(Vec::as_slice));
    let bytes = [HEADER, &batch.end()].concat();
    let longest = bytes.split(|b| *b == b'\n').map(<[u8]>::len).max();
    assert!(longest < Some(LINE_SOFT_MAX + 200), "{longest:?}");
    let mut back = Vec::new();
    for line in read(&bytes).lines {
        if let Line::Known { uids, .. } = line {
            back.extend(uids.iter().flat_map(expand));
        }
    }
    assert_eq!(back, uids);
}

#[test]
fn only_plain_numbers_become_ranges() {
    let check = |digits: &str, expected| assert_eq!(number(digits.as_bytes()), expected);
    check("0", Some(0));
    check("4294967295", Some(u32::MAX));
    check("4294967296", None);
    check("007", None);
    check("+7", None);
    check("", None);
}

#[test]
fn first_lines() {
    let check = |bytes: &[u8], is_damaged, is_newer| {
        let found = read(bytes);
        assert_eq!(
            (found.is_damaged, found.is_newer),
            (is_damaged, is_newer),
            "{bytes:?}"
        );
        assert_eq!(found.lines, []);
    };
    check(b"", false, false);
    check(b"postrider jour", false, false);
    check(HEADER, false, false);
    check(b"postrider journal 2\n1234 whatever\n", false, true);
    check(b"something else\n", true, false);
    check(&[0; 64], true, false);
}

#[test]
fn damage_in_the_middle_costs_only_itself() {
    let me = mailbox(b"a@h", None);
    let known = |uid: &str| Line::Known {
        mailbox: me.clone(),
        state: Known::Delivered,
        uids: words([uid]),
    };
    let intent = Line::Intent {
        mailbox: me.clone(),
        uid: None,
        deletes: true,
        file: "/m/tmp/x".into(),
    };
    let settled = Line::Settled {
        file: "/m/tmp/y".into(),
    };
    let batches = [
        vec![known("a-1")],
        vec![known("a-2"), settled.clone(), intent],
        vec![known("a-3")],
    ];
    let mut bytes = journal(&batches);
    let at = bytes
        .windows(3)
        .position(|w| w == b"a-2")
        .expect("it was written");
    bytes[at] ^= 1;
    let found = read(&bytes);
    assert!(found.is_damaged);
    assert_eq!(found.good, bytes.len());
    // The promise beside the damage is not relied upon.
    assert_eq!(found.lines, [known("a-1"), settled, known("a-3")]);
}

fn any_mailbox() -> impl Strategy<Value = Mailbox> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..12);
    (bytes(), prop::option::of(bytes())).prop_map(|(account, folder)| Mailbox { account, folder })
}

fn any_line() -> impl Strategy<Value = Line> {
    let uid = || prop::collection::vec(any::<u8>(), 1..12).prop_map(Uid::new);
    let state = prop::sample::select(vec![Known::New, Known::Delivered, Known::DeletePending]);
    let file = || "/[ -~\u{e9}\n]{0,20}".prop_map(PathBuf::from);
    let word = prop_oneof![
        uid().prop_map(|uid| {
            number(uid.as_bytes()).map_or(Word::One(uid), |n| Word::Range(n, n))
        }),
        (0u32..1 << 20, 0u32..50).prop_map(|(n, more)| Word::Range(n, n + more)),
    ];
    prop_oneof![
        (
            any_mailbox(),
            prop::option::of(uid()),
            any::<bool>(),
            file()
        )
            .prop_map(|(mailbox, uid, deletes, file)| Line::Intent {
                mailbox,
                uid,
                deletes,
                file
            }),
        file().prop_map(|file| Line::Settled { file }),
        (any_mailbox(), uid(), any::<(u32, i64, u64)>()).prop_map(
            |(mailbox, uid, (tries, retry_at, options))| {
                Line::Held {
                    mailbox,
                    uid,
                    held: Held {
                        tries,
                        retry_at,
                        options,
                    },
                }
            }
        ),
        (
            any_mailbox(),
            uid(),
            prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 0..4)
        )
            .prop_map(|(mailbox, uid, recipients)| Line::Served {
                mailbox,
                uid,
                recipients
            }),
        (
            any_mailbox(),
            prop::collection::vec((uid(), any::<u64>()), 1..4)
        )
            .prop_map(|(mailbox, sizes)| Line::Sized { mailbox, sizes }),
        (any_mailbox(), state, prop::collection::vec(word, 1..6)).prop_map(
            |(mailbox, state, uids)| Line::Known {
                mailbox,
                state,
                uids
            }
        ),
        (any_mailbox(), any::<u32>(), any::<bool>()).prop_map(
            |(mailbox, validity, has_baseline)| Line::Validity {
                mailbox,
                validity,
                has_baseline
            }
        ),
        (any_mailbox(), any::<bool>())
            .prop_map(|(mailbox, is_open)| Line::Awaited { mailbox, is_open }),
        Just(Line::IdfileWritten),
    ]
}

/// Neighbouring ranges may come back as one: compare what they stand for.
fn plain(lines: &[Line]) -> Vec<Line> {
    let spread = |line: &Line| match line {
        Line::Known {
            mailbox,
            state,
            uids,
        } => {
            let uids = words(uids.iter().flat_map(expand));
            Line::Known {
                mailbox: mailbox.clone(),
                state: *state,
                uids,
            }
        }
        other => other.clone(),
    };
    lines.iter().map(spread).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read(batches in prop::collection::vec(prop::collection::vec(any_line(), 0..5), 0..5)) {
        let bytes = journal(&batches);
        let found = read(&bytes);
        prop_assert!(!found.is_damaged);
        prop_assert_eq!(found.good, bytes.len());
        prop_assert_eq!(plain(&found.lines), plain(&batches.concat()));
    }

    #[test]
    fn a_cut_batch_never_was(
        first in prop::collection::vec(any_line(), 0..4),
        last in prop::collection::vec(any_line(), 1..4),
    ) {
        let before = journal(std::slice::from_ref(&first));
        let after = journal(&[first.clone(), last.clone()]);
        for cut in before.len()..after.len() {
            let found = read(&after[..cut]);
            prop_assert!(!found.is_damaged);
            prop_assert_eq!(found.good, before.len());
            prop_assert_eq!(plain(&found.lines), plain(&first));
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300), headed in any::<bool>()) {
        let bytes = if headed { [HEADER, &bytes].concat() } else { bytes };
        prop_assert!(read(&bytes).good <= bytes.len());
    }

    #[test]
    fn one_changed_octet_is_noticed(lines in prop::collection::vec(any_line(), 1..4), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut bytes = journal(&[lines.clone(), vec![Line::IdfileWritten]]);
        // Within the first batch; damage to the last could be a write that was cut short.
        let end = journal(std::slice::from_ref(&lines)).len();
        let at = HEADER.len() + at.index(end - HEADER.len());
        bytes[at] ^= 1 << bit;
        let found = read(&bytes);
        // A checksum's hexadecimal digits may change case and mean the same.
        prop_assert!(found.is_damaged || plain(&found.lines).starts_with(&plain(&lines)));
    }
}
