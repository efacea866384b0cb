//! Real files: what is not changed stays as it is, and the pages of the wizard and those of the editor
//! work on one document.

use super::*;
use crate::rc::resolve;
use crate::rc::settings::Overrides;
use crate::rc::setup::read::describe;
use crate::rc::setup::sample::{around, basis, setup};
use crate::rc::setup::write::plan;
use crate::rc::setup::{Setup, change};

/// Files cut at lines of `%%`.
const CORPUS: [&str; 10] = [
    include_str!("../../../../../tests/corpus/rc/compat.txt"),
    include_str!("../../../../../tests/corpus/rc/errors.txt"),
    include_str!("../../../../../tests/corpus/rc/keywords.txt"),
    include_str!("../../../../../tests/corpus/rc/layout.txt"),
    include_str!("../../../../../tests/corpus/rc/merging.txt"),
    include_str!("../../../../../tests/corpus/rc/names.txt"),
    include_str!("../../../../../tests/corpus/rc/negations.txt"),
    include_str!("../../../../../tests/corpus/rc/numbers.txt"),
    include_str!("../../../../../tests/corpus/rc/samples.txt"),
    include_str!("../../../../../tests/corpus/rc/strings.txt"),
];

fn corpus() -> impl Iterator<Item = &'static str> {
    CORPUS.into_iter().flat_map(|text| text.split("\n%%\n"))
}

#[test]
fn what_is_opened_is_saved_as_it_was() {
    for text in corpus() {
        let model = Model::open(text.as_bytes());
        assert_eq!(model.now().document.bytes(), text.as_bytes());
        assert!(!model.is_changed(), "{text}");
    }
}

/// What stands before and behind the bytes in which two texts differ.
fn shared(old: &[u8], new: &[u8]) -> (usize, usize) {
    let before = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - before;
    let behind = old.iter().rev().zip(new.iter().rev());
    (
        before,
        behind.take(rest).take_while(|(a, b)| a == b).count(),
    )
}

#[test]
fn one_change_leaves_everything_else_alone() {
    let timeout = option::keyword(Id::Timeout);
    let mut changed = 0;
    for text in corpus() {
        let mut model = Model::open(text.as_bytes());
        if model.error().is_some() {
            continue;
        }
        for entry in 0..model.now().stanzas.entries.len() {
            let row = model.row(Node::Server(entry), timeout).expect("a row");
            if row.value == Some(Value::Number(4711)) {
                continue;
            }
            let was = model.place(row.at, Id::Timeout);
            let statement = model.now().stanzas.entries[entry].start;
            if model
                .say(&row, Some(Value::Number(4711)), Instant::now())
                .is_err()
            {
                continue;
            }
            let (before, behind) = shared(text.as_bytes(), &model.now().document.bytes());
            let gone = text.len() - before - behind;
            // Nothing goes but what was said of the option before; and all of it in its own entry.
            assert!(gone <= was.map_or(0, |span| span.len()), "{text}");
            assert!(before >= statement as usize, "{text}");
            assert!(model.undo());
            assert_eq!(model.now().document.bytes(), text.as_bytes());
            changed += 1;
        }
    }
    assert!(changed > 500, "{changed}");
}

/// What the wizard wrote is changed in the editor, then on the pages of the account, then in the
/// editor again.
#[test]
fn from_the_wizard_to_the_editor_and_back() {
    let around = around();
    let first = plan(&setup(), None, &basis(b"", "", &around)).unwrap_or_else(|e| panic!("{e:?}"));
    let mut model = Model::open(&first.rc);
    assert!(model.error().is_none());
    let node = model.find(first.id()).expect("the account");
    let say = |model: &mut Model, id: Id, text: &str| {
        let keyword = option::keyword(id);
        let node = match keyword.scope {
            option::Scope::User => node,
            _ => Node::Server(node.entry().expect("an entry")),
        };
        let row = model.row(node, keyword).expect("a row");
        let value = field::value(keyword, text).expect("a value");
        model.say(&row, Some(value), Instant::now()).expect("said");
    };
    say(&mut model, Id::Timeout, "77");
    say(&mut model, Id::Dropstatus, "true");
    say(&mut model, Id::Keep, "false");
    let edited = model.now().document.bytes();
    let described = describe(first.id(), &basis(&edited, "", &around));
    let described = described.unwrap_or_else(|e| panic!("{e:?}"));
    let expected = Setup {
        keep: false,
        ..setup()
    };
    let shown = |setup: &Setup| (setup.keep, setup.host.clone(), setup.delivery.clone());
    assert_eq!(shown(&described.setup), shown(&expected));
    let wanted = Setup {
        keep: true,
        limit: Some(100_000),
        ..described.setup
    };
    let saved = change::plan(first.id(), &wanted, None, &basis(&edited, "", &around));
    let saved = saved.unwrap_or_else(|e| panic!("{e:?}"));
    let model = Model::open(&saved.plan.rc);
    let value = |id: Id, node: Node| model.row(node, option::keyword(id)).and_then(|r| r.value);
    assert_eq!(value(Id::Timeout, Node::Server(0)), Some(Value::Number(77)));
    assert_eq!(value(Id::Dropstatus, node), Some(Value::Flag(true)));
    assert_eq!(value(Id::Keep, node), Some(Value::Flag(true)));
    assert_eq!(value(Id::Limit, node), Some(Value::Number(100_000)));
}

/// Every account of the old files can be shown on the plain pages, and what they cannot show is named.
#[test]
fn old_files_open_on_the_plain_pages() {
    let around = around();
    let mut seen = 0;
    for text in corpus().filter(|text| text.contains("localdomains") || text.contains('*')) {
        let model = Model::open(text.as_bytes());
        if model.error().is_some() {
            continue;
        }
        let whole = resolve::whole(&model.now().document, &Overrides::default(), &around);
        for said in whole.accounts {
            let described = describe(&said.account.id, &basis(text.as_bytes(), "", &around));
            let described = described.unwrap_or_else(|e| panic!("{text}: {e:?}"));
            let is_several = said.account.is_multidrop();
            let is_named = !described.hidden.is_empty() || !described.beside.is_empty();
            assert!(!is_several || is_named, "{text}");
            seen += usize::from(is_several);
        }
    }
    assert!(seen > 20, "{seen}");
}
