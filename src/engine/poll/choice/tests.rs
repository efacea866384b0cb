//! Surveys against records.

use super::*;
use crate::mail::Uid;
use crate::rc::Globals;
use crate::store::Record;

fn account(set: impl FnOnce(&mut Account)) -> Account {
    let mut account = Account::example();
    set(&mut account);
    account
}

fn folder() -> Mailbox {
    Mailbox::new(b"remote", b"mail.example.org", Some(b"INBOX"))
}

/// A record of a folder of UIDVALIDITY 7: 1 is delivered, 2 to be deleted.
async fn record() -> (tempfile::TempDir, Record) {
    let home = tempfile::tempdir().unwrap();
    let record = Record::open(&home.path().join("ids"), &home.path().join("state")).unwrap();
    let delivered = |uid: &[u8], deletes| Entry::Delivered {
        mailbox: folder(),
        uid: Uid::new(uid),
        deletes,
    };
    let validity = Entry::Validity {
        mailbox: folder(),
        validity: 7,
    };
    let batch = vec![validity, delivered(b"1", false), delivered(b"2", true)];
    record.commit(batch).await.unwrap();
    (home, record)
}

/// New messages of these UIDs in a folder of this UIDVALIDITY.
fn survey(uid_validity: Option<u32>, uids: &[u32]) -> Survey {
    let listed = |number: &u32| Listed {
        number: *number,
        place: *number,
        uid: uid_validity.map(|_| Uid::from(*number)),
        size: Some(u64::MAX),
        is_seen: false,
    };
    Survey {
        total: uids.len() as u32,
        uid_validity,
        listed: uids.iter().map(listed).collect(),
        ..Survey::default()
    }
}

fn patience(is_asked: bool) -> Patience {
    Patience::new(&Account::example(), &Globals::example(), is_asked)
}

fn numbers(listed: &[Listed]) -> Vec<u32> {
    listed.iter().map(|listed| listed.number).collect()
}

/// What is fetched and what is deleted, after the record has learnt of the survey.
async fn chosen(survey: &Survey, account: &Account) -> (Vec<u32>, Vec<u32>) {
    let (_home, record) = record().await;
    let view = record.mailbox_view(&folder());
    let entries = learn(&folder(), survey, &view, account);
    record.commit(entries).await.unwrap();
    let choice = Choice::new(&folder(), survey, &view, account, None, patience(false));
    (numbers(&choice.fetch), numbers(&choice.delete))
}

#[tokio::test]
async fn nothing_is_deleted_by_an_old_uid() {
    let check = async |validity, uids: &[u32], fetch: &[u32], delete: &[u32]| {
        let got = chosen(&survey(validity, uids), &account(|_| {})).await;
        assert_eq!(got, (fetch.to_vec(), delete.to_vec()), "{validity:?}");
    };
    check(Some(7), &[3], &[3], &[2]).await;
    check(Some(7), &[2, 3], &[3], &[2]).await;
    check(Some(7), &[1, 2], &[], &[2]).await;
    // Another folder under the same name, and a server that no longer says which.
    check(Some(8), &[2, 3], &[2, 3], &[]).await;
    check(None, &[2, 3], &[2, 3], &[]).await;
    check(None, &[], &[], &[]).await;
}

#[tokio::test]
async fn keep_and_read_only_delete_nothing() {
    let keeps = account(|a| a.keep = true);
    assert!(chosen(&survey(Some(7), &[2, 3]), &keeps).await.1.is_empty());
    let read_only = Survey {
        is_read_only: true,
        ..survey(Some(7), &[2, 3])
    };
    let flushes = account(|a| a.flush = true);
    assert_eq!(chosen(&read_only, &flushes).await, (vec![3], vec![]));
}

#[tokio::test]
async fn a_look_believes_only_the_present_uidvalidity() {
    let (_home, record) = record().await;
    let view = record.mailbox_view(&folder());
    let account = account(|_| {});
    let seen = |validity| {
        let choice = Choice::new(
            &folder(),
            &survey(validity, &[1, 2]),
            &view,
            &account,
            None,
            patience(false),
        );
        (numbers(&choice.fetch), choice.old)
    };
    assert_eq!(seen(Some(7)), (vec![], 1));
    assert_eq!(seen(Some(8)), (vec![1, 2], 0));
    assert_eq!(view.validity(), Some(7));
}

#[tokio::test]
async fn only_a_complete_list_says_what_is_gone() {
    let (_home, record) = record().await;
    let view = record.mailbox_view(&folder());
    let check = |survey: &Survey, account: &Account, expected: &[&str]| {
        let mut gone: Vec<_> = learn(&folder(), survey, &view, account)
            .into_iter()
            .filter_map(|entry| match entry {
                Entry::Gone { uid, .. } => Some(format!("{uid:?}")),
                _ => None,
            })
            .collect();
        gone.sort();
        assert_eq!(gone, expected);
    };
    let all = account(|a| a.fetch_all = true);
    check(&survey(Some(7), &[1]), &all, &["2"]);
    check(&survey(Some(7), &[]), &all, &["1", "2"]);
    // Only new ones were asked for; the server stopped in the middle; names are missing.
    check(&survey(Some(7), &[]), &account(|_| {}), &[]);
    let cut = Survey {
        total: 3,
        ..survey(Some(7), &[1])
    };
    check(&cut, &all, &[]);
    check(&survey(None, &[1]), &all, &[]);
}

#[tokio::test]
async fn the_limit_counts_what_is_fetched() {
    let (_home, record) = record().await;
    let view = record.mailbox_view(&folder());
    let account = account(|_| {});
    let check = |room, fetch: &[u32], left| {
        let survey = survey(Some(7), &[2, 3, 4, 5]);
        let choice = Choice::new(&folder(), &survey, &view, &account, room, patience(false));
        let got = (numbers(&choice.fetch), numbers(&choice.delete), choice.left);
        assert_eq!(got, (fetch.to_vec(), vec![2], left));
    };
    check(None, &[3, 4, 5], 0);
    check(Some(3), &[3, 4, 5], 0);
    check(Some(1), &[3], 2);
    check(Some(0), &[], 3);
}

#[tokio::test]
async fn announced_sizes_may_be_anything() {
    let (_home, record) = record().await;
    let view = record.mailbox_view(&folder());
    let survey = survey(Some(7), &[3, 4]);
    let choice = Choice::new(
        &folder(),
        &survey,
        &view,
        &account(|_| {}),
        None,
        patience(false),
    );
    assert_eq!(choice.octets(), Some(u64::MAX));
}

/// Two servers behind ports of one host: a UID that waits for its deletion on the one was deleted
/// undelivered on the other.
#[tokio::test]
async fn what_may_be_another_servers_is_neither_deleted_nor_forgotten() {
    let home = tempfile::tempdir().unwrap();
    let record = Record::open(&home.path().join("ids"), &home.path().join("state")).unwrap();
    let mailbox = Mailbox::new(b"remote", b"mail.example.org", None);
    let delivered = |uid: &[u8]| Entry::Delivered {
        mailbox: mailbox.clone(),
        uid: Uid::new(uid),
        deletes: true,
    };
    record
        .commit(vec![delivered(b"1"), delivered(b"9")])
        .await
        .unwrap();
    let view = record.mailbox_view(&mailbox);
    // POP3 gives no UIDVALIDITY, but names.
    let survey = Survey {
        uid_validity: None,
        ..survey(Some(0), &[1, 2])
    };
    let look = |shares_uids: bool| {
        let account = account(|a| a.shares_uids = shares_uids);
        let gone = learn(&mailbox, &survey, &view, &account).len();
        let choice = Choice::new(&mailbox, &survey, &view, &account, None, patience(false));
        (numbers(&choice.fetch), numbers(&choice.delete), gone)
    };
    assert_eq!(look(false), (vec![2], vec![1], 1));
    assert_eq!(look(true), (vec![2], vec![], 0));
}

#[tokio::test]
async fn what_was_not_taken_waits_its_time() {
    let (_home, record) = record().await;
    let (survey, account) = (survey(Some(1), &[1, 2, 3]), account(|_| {}));
    let view = record.mailbox_view(&folder());
    record
        .commit(learn(&folder(), &survey, &view, &account))
        .await
        .unwrap();
    let held = |uid: u32, held| Entry::Held {
        mailbox: folder(),
        uid: Uid::from(uid),
        held,
    };
    let refused = patience(false).next(None, true);
    let entries = vec![held(1, refused), held(2, patience(false).next(None, false))];
    record.commit(entries).await.unwrap();
    let choice = Choice::new(&folder(), &survey, &view, &account, None, patience(false));
    assert_eq!(numbers(&choice.fetch), [2, 3]);
    assert_eq!(
        (choice.held, choice.next_try, choice.old),
        (1, Some(refused.retry_at), 0)
    );
    let choice = Choice::new(&folder(), &survey, &view, &account, None, patience(true));
    assert_eq!((numbers(&choice.fetch), choice.held), (vec![1, 2, 3], 0));
}

#[tokio::test]
async fn another_message_of_the_same_name_is_not_deleted_unseen() {
    let (_home, record) = record().await;
    let mailbox = Mailbox::new(b"remote", b"mail.example.org", None);
    let pending = |uid: u32, size: Option<u64>| {
        let delivered = Entry::Delivered {
            mailbox: mailbox.clone(),
            uid: uid.into(),
            deletes: true,
        };
        let sized = size.map(|size| Entry::Sized {
            mailbox: mailbox.clone(),
            uid: uid.into(),
            size,
        });
        std::iter::once(delivered).chain(sized)
    };
    let entries = pending(1, Some(u64::MAX))
        .chain(pending(2, Some(5)))
        .chain(pending(3, None));
    record.commit(entries.collect()).await.unwrap();
    let view = record.mailbox_view(&mailbox);
    let survey = Survey {
        uid_validity: None,
        ..survey(Some(1), &[1, 2, 3])
    };
    let account = account(|_| {});
    let choice = Choice::new(&mailbox, &survey, &view, &account, None, patience(false));
    assert_eq!(numbers(&choice.fetch), [2]);
    assert_eq!(numbers(&choice.delete), [1, 3]);
}
