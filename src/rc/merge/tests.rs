use super::*;

const BASE: &str = "# Mail of the family\n\n# how often\nset daemon 300\n\ndefaults timeout 60\n\n# ann's\npoll a proto imap\n    user ann ssl\n    # old: user annie\n\npoll b user x # two\n\nskip c user y\n";

fn merged(base: &str, mine: &str, theirs: &str) -> Merge {
    let [base, mine, theirs] = [base, mine, theirs].map(Document::parse);
    Merge::new(&base, &mine, &theirs)
}

fn text(merge: &Merge, choice: impl Fn(usize) -> Side) -> String {
    let document = merge.result(choice).expect("proved");
    String::from_utf8(document.bytes()).unwrap()
}

/// Without conflicts.
#[track_caller]
fn check(mine: &str, theirs: &str, expected: &str) {
    let merge = merged(BASE, mine, theirs);
    assert_eq!(merge.conflicts().count(), 0, "{:?}", merge.parts());
    assert_eq!(text(&merge, |_| Side::Mine), expected);
    let turned = merged(BASE, theirs, mine);
    assert_eq!(text(&turned, |_| Side::Mine).len(), expected.len());
}

fn file(from: &str, to: &str) -> String {
    other(BASE, from, to)
}

#[track_caller]
fn other(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn each_change_is_taken_once() {
    let mine = file("user ann ssl", "user ann ssl keep");
    let theirs = file("user x # two", "user x fetchall # two, all");
    let both = other(&mine, "user x # two", "user x fetchall # two, all");
    check(&mine, &theirs, &both);
    check(&mine, BASE, &mine);
    check(BASE, &theirs, &theirs);
    check(&mine, &mine, &mine);
    // General settings one by one, and comments by themselves.
    let mine = file("set daemon 300\n", "set daemon 300\nset syslog\n");
    let theirs = file("set daemon 300", "set daemon 600");
    check(&mine, &theirs, &other(&mine, "300", "600"));
    let theirs = file("# Mail of the family", "# Mail of all");
    let both = other(&mine, "# Mail of the family", "# Mail of all");
    check(&mine, &theirs, &both);
    let theirs = file("defaults timeout 60", "defaults timeout 90");
    check(&mine, &theirs, &other(&mine, "60", "90"));
}

#[test]
fn entries_come_and_go() {
    let mine = file("\npoll b user x # two\n", "");
    let theirs = format!("{BASE}\npoll d user z\n");
    check(&mine, &theirs, &format!("{mine}\npoll d user z\n"));
    // Both add one in the same place: both are there.
    let mine = format!("{BASE}\npoll m user m\n");
    let merge = merged(BASE, &mine, &theirs);
    let both = text(&merge, |_| Side::Mine);
    assert_eq!(both, format!("{BASE}\npoll d user z\n\npoll m user m\n"));
    // At the front, where there was no line end before.
    let mine = format!("poll m user m\n{BASE}");
    let theirs = format!("poll t user t\n{BASE}");
    let both = text(&merged(BASE, &mine, &theirs), |_| Side::Mine);
    assert!(both.contains("\n# Mail of the family\n"), "{both}");
    assert!(both.contains("poll m user m\n") && both.contains("poll t user t\n"));
    // The same on both sides is there once.
    check(&theirs, &theirs, &theirs);
    // Comments go with their entry.
    let mine = file(
        "\n# ann's\npoll a proto imap\n    user ann ssl\n    # old: user annie\n",
        "",
    );
    check(&mine, BASE, &mine);
}

#[test]
fn what_both_changed_is_chosen() {
    let mine = file("user ann ssl", "user ann ssl keep");
    let theirs = file("user ann ssl", "user ann no keep");
    let merge = merged(BASE, &mine, &theirs);
    assert_eq!(merge.conflicts().count(), 1);
    assert_eq!(text(&merge, |_| Side::Mine), mine);
    assert_eq!(text(&merge, |_| Side::Theirs), theirs);
    // One takes it out, the other changes it.
    let theirs = file("poll b user x # two\n\n", "");
    let mine = file("poll b user x", "poll b user x keep");
    let merge = merged(BASE, &mine, &theirs);
    let at = merge.conflicts().next().unwrap();
    let part = &merge.parts()[at];
    assert_eq!(part.name, Name::Entry(b"b".to_vec()));
    assert_eq!(merge.is(part, Side::Theirs), None);
    assert_eq!(text(&merge, |_| Side::Mine), mine);
    assert_eq!(text(&merge, |_| Side::Theirs), theirs);
}

#[test]
fn order_and_names_are_kept() {
    // Moved here, changed there.
    let moved = "# ann's\npoll a proto imap\n    user ann ssl\n    # old: user annie\n\n";
    let mine = format!("{}\n{}", file(moved, ""), moved.trim_end()) + "\n";
    let theirs = file("user ann ssl", "user ann");
    check(&mine, &theirs, &other(&mine, "user ann ssl", "user ann"));
    check(&theirs, &mine, &other(&mine, "user ann ssl", "user ann"));
    // Renamed here, something else changed there.
    let mine = file("poll a proto", "poll z proto");
    let theirs = file("skip c", "poll c");
    check(&mine, &theirs, &other(&mine, "skip c", "poll c"));
    let merge = merged(BASE, &mine, &file("user ann ssl", "user ann"));
    assert_eq!(merge.conflicts().count(), 1, "{:?}", merge.parts());
    // A defaults entry stays before the others.
    let small = "poll a user x\n";
    let (mine, theirs) = ("defaults keep\npoll a user x\n", "poll b\npoll a user x\n");
    let merge = merged(small, mine, theirs);
    let both = "defaults keep\npoll b\npoll a user x\n";
    assert_eq!(text(&merge, |_| Side::Mine), both);
    let merge = merged(small, theirs, mine);
    assert_eq!(text(&merge, |_| Side::Mine), both);
}

#[test]
fn lines_are_shared_and_quotes_left_open() {
    // On one line.
    let base = "poll a user x poll b user y # c\n";
    let mine = "poll a user x keep poll b user y # c\n";
    let theirs = "poll a user x poll b user z # c\n";
    let merge = merged(base, mine, theirs);
    let both = text(&merge, |_| Side::Mine);
    let lines: Vec<&str> = both.split_whitespace().collect();
    assert_eq!(lines.join(" "), "poll a user x keep poll b user z # c");
    // A quote left open swallows the rest: nothing is put together.
    let mine = file("user ann ssl", "user \"ann ssl");
    let theirs = file("skip c user y", "skip c user \"y\"");
    let merge = merged(BASE, &mine, &theirs);
    let taken = [Side::Mine, Side::Theirs].map(|side| text(&merge, |_| side));
    match &merge.parts()[0].name {
        Name::Whole => assert_eq!(taken, [mine, theirs]),
        _ => assert!(taken[0].contains("\"ann ssl")),
    }
    let merge = merged("", "poll a\n", "");
    assert_eq!(text(&merge, |_| Side::Theirs), "poll a\n");
    let merge = merged("poll a # x", "poll a # x\npoll b", "poll c\npoll a # x");
    let both = text(&merge, |_| Side::Mine);
    assert_eq!(both, "poll c\npoll a # x\npoll b");
}

mod properties {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// What is done to an entry.
    #[derive(Clone, Debug)]
    enum Deed {
        Keep,
        Change(u32),
        Remove,
        Add(u32),
    }

    fn deed() -> impl Strategy<Value = Deed> {
        prop_oneof![
            4 => Just(Deed::Keep),
            2 => (1u32..900).prop_map(Deed::Change),
            1 => Just(Deed::Remove),
            1 => (0u32..900).prop_map(Deed::Add),
        ]
    }

    fn entry(at: usize, gap: &str) -> String {
        format!("{gap}# about {at}\npoll h{at} proto imap\n    user u{at} ssl\n    # below {at}\n")
    }

    /// The file after the deeds, the words that came, and those that went.
    fn done(gap: &str, deeds: &[Deed], who: &str) -> (String, BTreeSet<String>, BTreeSet<String>) {
        let mut text = String::from("# head\n\nset daemon 300\n");
        let (mut came, mut went) = (BTreeSet::new(), BTreeSet::new());
        for (at, deed) in deeds.iter().enumerate() {
            let old = entry(at, gap);
            match deed {
                Deed::Keep => text.push_str(&old),
                Deed::Change(n) => {
                    let word = format!("timeout {n}{at:02}\n");
                    text.push_str(&old.replace("proto imap\n", &format!("proto imap {word}")));
                    came.insert(word);
                }
                Deed::Remove => {
                    went.insert(format!("poll h{at} "));
                }
                Deed::Add(n) => {
                    let word = format!("poll {who}{at}x{n}\n");
                    text.push_str(&format!("{old}{gap}{word}    user w\n"));
                    came.insert(word);
                }
            }
        }
        (text, came, went)
    }

    proptest! {
        /// Different entries were changed: everything that came is there, everything that went is
        /// not, comments are where their entry is, and the order is that of the base.
        #[test]
        fn nothing_is_lost(
            pairs in proptest::collection::vec((any::<bool>(), deed()), 0..8),
            is_spaced: bool,
        ) {
            let gap = if is_spaced { "\n" } else { "" };
            let of = |is_mine: bool| pairs.iter().map(|(mine, deed)| match *mine == is_mine {
                true => deed.clone(),
                false => Deed::Keep,
            }).collect::<Vec<_>>();
            let base = done(gap, &vec![Deed::Keep; pairs.len()], "").0;
            let (mine, mine_came, mine_went) = done(gap, &of(true), "m");
            let (theirs, their_came, their_went) = done(gap, &of(false), "t");
            let merge = merged(&base, &mine, &theirs);
            prop_assert_eq!(merge.conflicts().count(), 0, "{}\n--\n{}", mine, theirs);
            let both = text(&merge, |_| Side::Mine);
            for word in mine_came.union(&their_came) {
                prop_assert_eq!(both.matches(word.as_str()).count(), 1, "{} in {}", word, both);
            }
            for word in mine_went.union(&their_went) {
                prop_assert!(!both.contains(word.as_str()), "{} in {}", word, both);
            }
            let mut last = 0;
            for (at, (_, deed)) in pairs.iter().enumerate() {
                let lines = format!("    user u{at} ssl\n    # below {at}\n");
                let place = both.find(&lines);
                prop_assert_eq!(place.is_some(), !matches!(deed, Deed::Remove), "{}", both);
                prop_assert!(place.is_none_or(|place| place > last), "{}", both);
                last = place.unwrap_or(last);
            }
        }

        /// Where one side has done nothing, the other is taken byte for byte, whatever it is.
        #[test]
        fn one_side_alone_is_taken_whole(
            base in "(poll [ab]|set daemon 5|skip c|defaults|user [xy]|keep|# [a-c]\n|\"|\n|\n\n| |  ){0,20}",
            other in "(poll [ab]|set daemon 5|skip c|defaults|user [xy]|keep|# [a-c]\n|\"|\n|\n\n| |  ){0,20}",
        ) {
            for (mine, theirs) in [(&other, &base), (&base, &other), (&other, &other)] {
                let merge = merged(&base, mine, theirs);
                prop_assert_eq!(merge.conflicts().count(), 0);
                prop_assert_eq!(&text(&merge, |_| Side::Mine), &other);
            }
        }

        /// Whatever is chosen, both choices for everything can be made.
        #[test]
        fn a_choice_can_be_made(
            base in "(poll [ab]|set daemon 5|skip c|user [xy]|keep|# [a-c]\n|\"|\n|\n\n| ){0,12}",
            mine in "(poll [ab]|set daemon 5|skip c|user [xy]|keep|# [a-c]\n|\"|\n|\n\n| ){0,12}",
            theirs in "(poll [ab]|set daemon 5|skip c|user [xy]|keep|# [a-c]\n|\"|\n|\n\n| ){0,12}",
        ) {
            let merge = merged(&base, &mine, &theirs);
            for side in [Side::Mine, Side::Theirs] {
                prop_assert!(merge.result(|_| side).is_some());
            }
        }
    }
}
