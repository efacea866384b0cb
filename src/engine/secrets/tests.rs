//! The order of the sources, and when a person is asked.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;

use super::*;
use crate::engine::api::Event;
use crate::engine::api::job::Question;

#[tokio::test]
async fn the_file_comes_before_netrc_and_oddities_are_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".netrc");
    let secrets = Secrets {
        netrc: Some(path.clone()),
        ..Secrets::default()
    };
    let board = Board::default();
    let mut events = board.subscribe();
    let mut account = Account::example();
    let check = async |account: &Account, expected: Option<&str>, source| {
        let found = secrets.password(account, &board).await.ok();
        let expected = expected.map(Secret::new);
        assert!(
            found == expected,
            "{:?}",
            found.map(|f| f.expose().to_vec())
        );
        assert_eq!(secrets.source(account, &board).await, source);
    };
    use SecretSource::{Command, File, Memory, Netrc, Nowhere};
    check(&account, Some("secret"), File).await;
    account.password = Some(Secret::new(""));
    check(&account, Some(""), File).await;
    account.password = None;
    check(&account, None, Nowhere).await;
    secrets.remember(&account, Secret::new("typed"));
    check(&account, Some("typed"), Memory).await;
    let write = |text: &str, mode: u32| {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    write("machine work login remote password n\n", 0o644);
    check(&account, Some("n"), Netrc).await;
    check(&account, Some("n"), Netrc).await;
    account.local.password_command = Some("echo c".into());
    check(&account, Some("c"), Command).await;
    account.local.password_command = None;
    write("machine mail.example.org login remote password v\n", 0o600);
    check(&account, Some("v"), Netrc).await;
    write("machine work login remote password n\n", 0o666);
    assert!(secrets.clear(&account).await.unwrap());
    check(&account, None, Nowhere).await;
    check(&account, None, Nowhere).await;
    let mut told = Vec::new();
    while let Ok(Event::Activity(entry)) = events.try_recv() {
        told.push(entry.what);
    }
    let words = ["can read it", "can write to it"];
    assert_eq!(told.len(), words.len(), "{told:?}");
    for (what, word) in told.iter().zip(words) {
        assert!(
            matches!(what, What::Note(text) if text.contains(word)),
            "{what:?}"
        );
    }
}

/// A window that answers each question with the next of `answers`, and what it was asked.
struct Person {
    secrets: Arc<Secrets>,
    board: Board,
    events: Receiver<Event>,
    account: Account,
}

impl Person {
    fn new(asks: Asks) -> Self {
        let board = Board::default();
        let secrets = Secrets {
            asks,
            asking: Asking::new(board.clone()),
            ..Secrets::default()
        };
        let account = Account {
            password: None,
            ..Account::example()
        };
        Self {
            secrets: Arc::new(secrets),
            events: board.subscribe(),
            board,
            account,
        }
    }

    /// A poll whose server takes `right`. Gives what came of it, and for each question whether it
    /// was one that is asked again.
    async fn poll(
        &mut self,
        is_asked: bool,
        right: &str,
        answers: &[Option<&str>],
    ) -> (Result<(), Cause>, Vec<bool>) {
        let (secrets, account) = (self.secrets.clone(), self.account.clone());
        let board = self.board.clone();
        let right = Secret::new(right);
        let poll = async move {
            let refused = Fault::yours(Cause::SignIn, status::SIGN_IN);
            let given = secrets.for_poll(&account, &board, is_asked).await;
            let mut given = given.map_err(|fault| fault.cause)?;
            if given.secret != right {
                let again = secrets.refused(&account, &given, &refused, is_asked).await;
                given = again.ok_or(Cause::SignIn)?;
            }
            if given.secret != right {
                secrets.forget(&account, &given, &refused);
                return Err(Cause::SignIn);
            }
            Ok(())
        };
        let mut poll = Box::pin(poll);
        let mut asked = Vec::new();
        loop {
            tokio::select! {
                biased;
                Ok(event) = self.events.recv() => {
                    if let Event::Question(Question { id, what }) = event {
                        let Ask::Password { is_again, .. } = what else {
                            panic!("{what:?}");
                        };
                        let answer = answers.get(asked.len()).expect("an answer");
                        asked.push(is_again);
                        self.secrets.answer(id, answer.map(Secret::new));
                    }
                }
                done = &mut poll => return (done, asked),
            }
        }
    }
}

#[tokio::test]
async fn a_person_is_asked_once_and_not_nagged() {
    let (no, refused) = (Err(Cause::NoPassword), Err(Cause::SignIn));
    let mut person = Person::new(Asks::Anytime);
    // The first question may come with a scheduled poll; without an answer no second one does.
    assert_eq!(
        person.poll(false, "x", &[None]).await,
        (no.clone(), vec![false])
    );
    assert_eq!(person.poll(false, "x", &[]).await, (no.clone(), vec![]));
    // Somebody asks for a check: a mistake may be mended once.
    let twice = [Some("a"), Some("b")];
    assert_eq!(
        person.poll(true, "x", &twice).await,
        (refused.clone(), vec![false, true])
    );
    assert_eq!(person.poll(false, "x", &[]).await, (refused, vec![]));
    assert_eq!(
        person.poll(true, "x", &[Some("x")]).await,
        (Ok(()), vec![true])
    );
    assert_eq!(person.poll(false, "x", &[]).await, (Ok(()), vec![]));
    // The server wants another one now. It is not asked for by itself.
    let stale = person.poll(false, "y", &[]).await;
    assert_eq!(stale, (Err(Cause::SignIn), vec![]));
    let declined = person.poll(true, "y", &[None]).await;
    assert_eq!(declined, (Err(Cause::SignIn), vec![true]));
    assert_eq!(person.poll(true, "y", &[Some("y")]).await.0, Ok(()));
}

/// What a person has just set up works until the end, keyring or not.
#[tokio::test]
async fn without_a_keyring_it_is_kept_in_memory() {
    let Person {
        secrets,
        board,
        account,
        ..
    } = Person::new(Asks::Anytime);
    let secret = Secret::new("x");
    let fault = secrets.keep_or_remember(&account, &secret).await;
    assert_eq!(fault.map(|fault| fault.cause), Some(Cause::NoKeyring));
    let found = secrets.password(&account, &board).await;
    assert_eq!(found.ok(), Some(secret));
    assert!(secrets.clear(&account).await.unwrap());
    let found = secrets.password(&account, &board).await;
    assert_eq!(
        found.err().map(|fault| fault.cause),
        Some(Cause::NoPassword)
    );
}

/// Another server behind the same name must not get what was typed for the first.
#[tokio::test]
async fn what_was_typed_is_for_one_server() {
    let mut person = Person::new(Asks::Anytime);
    let done = person.poll(true, "x", &[Some("x")]).await;
    assert_eq!(done, (Ok(()), vec![false]));
    person.account.host = "elsewhere.example".into();
    let done = person.poll(true, "x", &[None]).await;
    assert_eq!(done, (Err(Cause::NoPassword), vec![false]));
}

/// A password of the file that is refused stays refused.
#[tokio::test]
async fn nothing_is_asked_over_the_file() {
    let mut person = Person::new(Asks::Anytime);
    person.account.password = Some(Secret::new("f"));
    let refused = (Err(Cause::SignIn), vec![]);
    assert_eq!(person.poll(true, "x", &[]).await, refused);
}

#[tokio::test]
async fn nobody_is_asked_where_nobody_is() {
    for asks in [Asks::Nobody, Asks::First { is_there: true }] {
        let mut person = Person::new(asks);
        let none = (Err(Cause::NoPassword), vec![]);
        assert_eq!(person.poll(true, "x", &[]).await, none, "{asks:?}");
    }
}

#[tokio::test]
async fn without_a_terminal_the_first_missing_password_counts() {
    let gather = async |is_there: bool, accounts: &[Account]| {
        let person = Person::new(Asks::First { is_there });
        let accounts: Vec<_> = accounts.iter().cloned().map(Arc::new).collect();
        person.secrets.gather(&accounts, &person.board).await
    };
    let with = Account::example();
    let mut without = Account {
        password: None,
        ..Account::example()
    };
    without.id.label = "bare".into();
    assert_eq!(gather(false, std::slice::from_ref(&with)).await, None);
    let found = gather(false, &[with, without.clone()]).await;
    assert_eq!(found, Some(without.id.clone()));
    // What a command would say is not asked for here.
    without.local.password_command = Some("false".into());
    assert_eq!(gather(false, &[without]).await, None);
}
