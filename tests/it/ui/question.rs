//! What the engine asks, in a window of its own.

use postrider::base::Secret;
use postrider::engine::api::job::{Ask, Question, QuestionId};

use super::*;

fn question(number: u64, what: Ask) -> Event {
    Event::Question(Question {
        id: QuestionId(number),
        what,
    })
}

fn password(number: u64, is_again: bool) -> Event {
    question(
        number,
        Ask::Password {
            id: sample::id("anna@example.org", "imap.example.org"),
            host: "imap.example.org".into(),
            is_again,
        },
    )
}

#[gtk::test]
fn a_password_is_asked_for_and_answered_once() {
    let mut desk = Desk::open(sample::all(), 980);
    desk.event(password(1, false));
    desk.until("the question", || !desk.all("question-password").is_empty());
    assert!(desk.shows("Enter the password for anna@example.org at imap.example.org."));
    desk.is_named();
    let dialog: gtk::Window = desk.find("question");
    desk.shot_of(&dialog, "question-password");
    desk.find::<adw::PasswordEntryRow>("question-password")
        .set_text("geheim");
    desk.press_text("Sign In");
    let answer = Command::Answer {
        id: QuestionId(1),
        value: Some(Secret::new("geheim")),
    };
    assert_eq!(desk.command(), answer);
    desk.event(Event::Unasked(QuestionId(1)));
    assert!(desk.is_silent(), "one answer only");
    desk.event(password(2, true));
    assert!(desk.shows("has refused the password"));
    desk.press_text("Ask Later");
    let answer = Command::Answer {
        id: QuestionId(2),
        value: None,
    };
    assert_eq!(desk.command(), answer);
}

#[gtk::test]
fn a_question_nobody_waits_for_goes_without_a_word() {
    let mut desk = Desk::open(sample::all(), 980);
    let id = sample::id("anna@example.org", "imap.example.org");
    desk.event(question(7, Ask::Unlock { id }));
    desk.until("the question", || !desk.all("question").is_empty());
    assert!(desk.shows("The keyring is locked"));
    desk.event(Event::Unasked(QuestionId(7)));
    desk.until("it has gone", || desk.all("question").is_empty());
    assert!(desk.is_silent());
}
