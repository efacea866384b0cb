//! What is announced, once, and when it goes.

use std::time::SystemTime;

use super::*;
use crate::engine::api::{Cause, Who};

fn id(user: &str) -> AccountId {
    AccountId {
        label: "mail.example".to_owned(),
        user: user.to_owned(),
        ordinal: 0,
    }
}

fn account(user: &str, state: State, new: u32, cause: Option<(Cause, u32)>) -> AccountStatus {
    AccountStatus {
        new,
        trouble: cause.map(|(cause, tries)| Trouble {
            who: Who::Retry,
            cause,
            words: "<i>secret words</i>".to_owned(),
            status: 3,
            tries,
            since: SystemTime::UNIX_EPOCH,
        }),
        ..AccountStatus::fresh(id(user), state, String::new())
    }
}

/// The changes as short text: `+` shows, `-` withdraws.
fn said(changes: &[Change]) -> Vec<String> {
    let name = |key: &Key| match key {
        Key::Arrived(id) => format!("mail {}", id.user),
        Key::Trouble(id) => format!("trouble {}", id.user),
        Key::Halted => "halt".to_owned(),
    };
    let one = |change: &Change| match change {
        Change::Show(key, text) => format!("+{}: {}", name(key), text.summary),
        Change::Withdraw(key) => format!("-{}", name(key)),
    };
    changes.iter().map(one).collect()
}

#[test]
fn mail_adds_up_until_it_is_seen() {
    let mut board = Board::new(&Snapshot::default());
    let mut check =
        |event: Event, expected: &[&str]| assert_eq!(said(&board.hear(&event)), expected);
    let arrived = |count| Event::Arrived { id: id("a"), count };
    let status = |state, new| Event::Account(account("a", state, new, None));
    check(arrived(0), &[]);
    check(arrived(1), &["+mail a: 1 new message"]);
    check(status(State::Idle, 1), &[]);
    check(status(State::Connecting, 0), &[]);
    check(arrived(2), &["+mail a: 3 new messages"]);
    check(status(State::Idle, 0), &["-mail a"]);
    check(status(State::Idle, 0), &[]);
    check(arrived(1), &["+mail a: 1 new message"]);
    check(Event::Loaded(Snapshot::default()), &["-mail a"]);
}

#[test]
fn trouble_is_told_once_and_goes_with_its_cause() {
    let mut board = Board::new(&Snapshot::default());
    let mut check =
        |event: Event, expected: &[&str]| assert_eq!(said(&board.hear(&event)), expected);
    let fails = |state, cause, tries| Event::Account(account("a", state, 0, Some((cause, tries))));
    check(fails(State::WillRetry, Cause::Busy, 1), &[]);
    check(fails(State::WillRetry, Cause::Busy, 2), &[]);
    let busy = "+trouble a: a@mail.example: The server asks to wait";
    check(fails(State::WillRetry, Cause::Busy, 3), &[busy]);
    check(fails(State::Connecting, Cause::Busy, 3), &[]);
    check(fails(State::WillRetry, Cause::Busy, 4), &[]);
    let refused = "+trouble a: a@mail.example: Sign-in was refused";
    check(fails(State::NeedsYou, Cause::SignIn, 1), &[refused]);
    check(
        Event::Account(account("a", State::Idle, 0, None)),
        &["-trouble a"],
    );
}

#[test]
fn the_start_announces_nothing() {
    let cause = Some((Cause::SignIn, 9));
    let accounts = vec![account("a", State::NeedsYou, 5, cause.clone())];
    let halted = Some(Halt::Syntax(Vec::new()));
    let mut board = Board::new(&Snapshot {
        accounts,
        halted,
        ..Snapshot::default()
    });
    let again = Event::Account(account("a", State::NeedsYou, 5, cause));
    assert_eq!(said(&board.hear(&again)), [""; 0]);
}

#[test]
fn a_broken_file_is_told_once() {
    let mut board = Board::new(&Snapshot::default());
    let mut check = |halted, expected: &[&str]| {
        let all = Snapshot {
            halted,
            ..Snapshot::default()
        };
        assert_eq!(said(&board.hear(&Event::Loaded(all))), expected);
    };
    check(Some(Halt::NoFile), &[]);
    check(
        Some(Halt::Syntax(Vec::new())),
        &["+halt: Checking has stopped"],
    );
    check(Some(Halt::Syntax(Vec::new())), &[]);
    check(None, &["-halt"]);
}

#[test]
fn a_file_that_is_not_taken_is_told_once() {
    let mut board = Board::new(&Snapshot::default());
    let mut check = |stale, expected: &[&str]| {
        let all = Snapshot {
            stale,
            ..Snapshot::default()
        };
        assert_eq!(said(&board.hear(&Event::Loaded(all))), expected);
    };
    let told = "+halt: The old configuration stays in force";
    check(Some(Halt::NoFile), &[told]);
    check(Some(Halt::Syntax(Vec::new())), &[]);
    check(None, &["-halt"]);
}

#[test]
fn the_servers_words_stay_out() {
    let mut board = Board::new(&Snapshot::default());
    let refused = account("a", State::NeedsYou, 0, Some((Cause::SignIn, 1)));
    let changes = board.hear(&Event::Account(refused));
    assert!(!format!("{changes:?}").contains("secret"));
}
