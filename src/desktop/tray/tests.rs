//! Which icon and which words, for which state of things.

use super::*;
use crate::engine::api::*;

fn account(state: State) -> AccountStatus {
    AccountStatus::fresh(
        AccountId {
            label: "b".to_owned(),
            user: "a_".to_owned(),
            ordinal: 0,
        },
        state,
        String::new(),
    )
}

fn failing(tries: u32) -> AccountStatus {
    let trouble = Trouble {
        who: Who::Retry,
        cause: Cause::Busy,
        words: String::new(),
        status: 2,
        tries,
        since: SystemTime::UNIX_EPOCH,
    };
    AccountStatus {
        trouble: Some(trouble),
        ..account(State::WillRetry)
    }
}

#[test]
fn the_most_urgent_state_gives_the_icon() {
    let check = |accounts: &[AccountStatus], halted: Option<Halt>, busy, expected| {
        let all = Snapshot {
            accounts: accounts.to_vec(),
            halted,
            ..Snapshot::default()
        };
        let face = face(&all, Duration::from_secs(busy), SystemTime::UNIX_EPOCH);
        assert_eq!(face.mood, expected, "{all:?}");
    };
    let new = AccountStatus {
        new: 2,
        ..account(State::Idle)
    };
    let polling = account(State::Fetching);
    let needy = account(State::NeedsYou);
    check(&[], None, 0, Mood::Idle);
    check(&[account(State::Idle)], None, 0, Mood::Idle);
    check(std::slice::from_ref(&polling), None, 1, Mood::Idle);
    check(std::slice::from_ref(&polling), None, 2, Mood::Polling);
    check(&[polling.clone(), failing(3)], None, 2, Mood::Polling);
    check(&[polling.clone(), new.clone()], None, 9, Mood::New);
    check(&[new.clone(), needy], None, 9, Mood::Attention);
    check(&[failing(2)], None, 0, Mood::Idle);
    check(&[failing(3)], None, 0, Mood::Attention);
    check(&[], Some(Halt::NoFile), 0, Mood::Idle);
    check(&[], Some(Halt::Locked { pid: None }), 0, Mood::Idle);
    check(&[new], Some(Halt::Syntax(Vec::new())), 0, Mood::Attention);
}

#[test]
fn foreign_text_is_no_markup_and_no_access_key() {
    assert_eq!(escaped("<b>&"), "&lt;b&gt;&amp;");
    let MenuItem::Standard(item) = entry("a_@b", false, |_| {}) else {
        panic!("not an entry");
    };
    assert_eq!(item.label, "a__@b");
}

#[test]
fn every_icon_is_among_the_resources() {
    let list = include_str!("../../../resources/postrider.gresource.xml");
    for mood in Mood::ALL {
        assert!(list.contains(&format!("icons/scalable/apps/{}.svg", mood.icon())));
    }
}
