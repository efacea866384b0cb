//! Whatever is done to a file, the pages show what it says, and all of it can be taken back.

mod files;

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::rc::AccountId;
use crate::rc::edit::Change;
use crate::rc::option::{self, Id, Keyword, all};
use crate::rc::settings::Value;

const FILES: [&str; 4] = [
    "",
    "# mine\nset daemon 300\n\npoll a proto imap # x\n    user \"ann\" is ann here\n    password \"s3\" ssl keep\n    user bob\n\nskip b proto pop3 user c fetchall\n",
    "defaults proto imap keep\npoll h user ann poll i via j user bob is bob *\n",
    "set logfile=/tmp/x\npoll \"odd name\" with proto pop3, and envelope 1 \"X-To\"\n\tlocaldomains a b\n\tuser x there is y here options keep\r\n",
];

/// What somebody does.
#[derive(Clone, Debug)]
enum Deed {
    Say(usize, usize, Option<String>),
    AddServer(usize),
    AddUser(usize),
    Duplicate(usize),
    Remove(usize),
    Shift(usize, bool),
    SetActive(usize, bool),
    Rename(usize, String),
    Undo,
    Redo,
    Type(u32, u32, String),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let value = prop_oneof![
        Just(None),
        "[a-z0-9]{1,8}".prop_map(Some),
        "[ -~]{0,12}".prop_map(Some),
        "-?[0-9]{1,5}".prop_map(Some),
        Just(Some("true".into())),
        Just(Some("imap".into())),
        Just(Some("ann\nx=y\n*".into())),
    ];
    let place = 0..40_usize;
    let deed = prop_oneof![
        6 => (place.clone(), 0..200_usize, value).prop_map(|(n, k, v)| Deed::Say(n, k, v)),
        1 => place.clone().prop_map(Deed::AddServer),
        1 => place.clone().prop_map(Deed::AddUser),
        1 => place.clone().prop_map(Deed::Duplicate),
        1 => place.clone().prop_map(Deed::Remove),
        1 => (place.clone(), any::<bool>()).prop_map(|(n, d)| Deed::Shift(n, d)),
        1 => (place.clone(), any::<bool>()).prop_map(|(n, a)| Deed::SetActive(n, a)),
        1 => (place, "[ -~]{1,10}").prop_map(|(n, l)| Deed::Rename(n, l)),
        1 => Just(Deed::Undo),
        1 => Just(Deed::Redo),
        1 => (0..400_u32, 0..20_u32, "[ -~\n]{0,10}").prop_map(|(a, n, t)| Deed::Type(a, n, t)),
    ];
    proptest::collection::vec(deed, 1..14)
}

fn nodes(model: &Model) -> Vec<Node> {
    let lines = tree::Lines::default().of(&model.now().stanzas, &Default::default());
    lines.into_iter().map(|line| line.node).collect()
}

/// Does it; a refusal must leave everything as it was.
fn act(model: &mut Model, deed: &Deed, now: Instant) {
    let all_nodes = nodes(model);
    let node = |n: usize| all_nodes[n % all_nodes.len()];
    let entry = |n: usize| node(n).entry().unwrap_or(0);
    let before = model.now().document.clone();
    let done = match deed {
        Deed::Say(n, k, value) => {
            let node = node(*n);
            let keywords: Vec<_> = all().filter(|k| node.at(k.scope).is_some()).collect();
            let keyword = keywords[k % keywords.len()];
            return said(model, node, keyword, value.as_deref(), now);
        }
        Deed::AddServer(n) => model.add_server(node(*n), now).map(drop),
        Deed::AddUser(n) => model.add_user(node(*n), now).map(drop),
        Deed::Duplicate(n) => model.duplicate(node(*n), now).map(drop),
        Deed::Remove(n) => model.remove(node(*n), now).map(drop),
        Deed::Shift(n, is_down) => model.shift(node(*n), *is_down, now).map(drop),
        Deed::SetActive(n, is_active) => model.set_active(entry(*n), *is_active, now),
        Deed::Rename(n, label) => model.rename(entry(*n), label, now),
        Deed::Undo => {
            model.undo();
            return;
        }
        Deed::Redo => {
            model.redo();
            return;
        }
        Deed::Type(at, length, text) => {
            let start = at % (before.len() + 1);
            let end = (start + length).min(before.len());
            let change = Change {
                span: Span { start, end },
                with: text.clone().into_bytes(),
            };
            return model.type_in(change, now);
        }
    };
    if done.is_err() {
        assert_eq!(model.now().document.bytes(), before.bytes(), "{deed:?}");
    }
}

/// What was said is what the page shows then.
fn said(
    model: &mut Model,
    node: Node,
    keyword: &'static Keyword,
    text: Option<&str>,
    now: Instant,
) {
    let Some(row) = model.row(node, keyword) else {
        return;
    };
    let value = match text.map(|text| field::value(keyword, text)) {
        Some(Err(_)) => return,
        Some(Ok(value)) => Some(value),
        None => None,
    };
    let before = model.now().document.bytes();
    match model.say(&row, value.clone(), now) {
        Err(_) => assert_eq!(model.now().document.bytes(), before),
        Ok(()) => {
            let after = model.row(node, keyword).expect("the node is there");
            match value {
                Some(value) => {
                    assert_eq!(after.origin, Origin::Here, "{keyword:?} {text:?}");
                    assert_eq!(after.value, Some(value), "{keyword:?}");
                }
                None => assert_ne!(after.origin, Origin::Here, "{keyword:?}"),
            }
        }
    }
}

/// The state says what its bytes say when they are read from nothing.
fn is_true(model: &Model) {
    let now = model.now();
    let fresh = Revision::read(&now.document.bytes());
    let (one, other) = (&now.stanzas, &fresh.stanzas);
    assert!(one.globals.says_the_same(&other.globals, &[]));
    assert_eq!(one.entries.len(), other.entries.len());
    let pairs = one.entries.iter().zip(&other.entries);
    assert!(pairs.into_iter().all(|(a, b)| a.says_the_same(b)));
    assert_eq!(one.defaults.is_some(), other.defaults.is_some());
}

#[test]
fn accounts_are_found() {
    let file = "poll a user x\npoll b user y user z\npoll a via c user x\npoll d\n";
    let model = Model::open(file.as_bytes());
    let check = |label: &str, user: &str, ordinal: u32, expected: Option<Node>| {
        let id = AccountId {
            label: label.into(),
            user: user.into(),
            ordinal,
        };
        assert_eq!(model.find(&id), expected, "{id}");
    };
    check("b", "z", 0, Some(Node::User(1, 1)));
    check("a", "x", 1, Some(Node::User(2, 0)));
    check("d", "ann", 0, Some(Node::User(3, 0)));
    check("a", "q", 0, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn whatever_is_done(file in 0..FILES.len(), deeds in deeds(), fast in any::<bool>()) {
        let mut model = Model::open(FILES[file].as_bytes());
        let mut now = Instant::now();
        for deed in &deeds {
            act(&mut model, deed, now);
            is_true(&model);
            now += Duration::from_millis(if fast { 100 } else { 5000 });
        }
        let last = model.now().document.bytes();
        let mut steps = 0;
        while model.undo() {
            steps += 1;
        }
        prop_assert_eq!(model.now().document.bytes(), FILES[file].as_bytes());
        for _ in 0..steps {
            model.redo();
        }
        prop_assert!(steps == 0 || model.now().document.bytes() == last || deeds.iter().any(|d| matches!(d, Deed::Undo | Deed::Redo)));
    }
}
