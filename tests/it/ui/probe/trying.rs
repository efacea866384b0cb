//! Signing in to what was found: a step of its own, for whoever asks for it.

use postrider::engine::api::{Cause, Who};

use super::*;

impl Page {
    fn opens(&self) -> gtk::Window {
        self.desk.press("probe-try");
        self.desk
            .until("the window", || !self.desk.all("try-sign-in").is_empty());
        self.desk.find::<gtk::Window>("try-sign-in")
    }

    fn types(&self, user: &str, password: &str) {
        self.desk.find::<adw::EntryRow>("try-user").set_text(user);
        let row = self.desk.find::<adw::PasswordEntryRow>("try-password");
        row.set_text(password);
        self.desk.settle();
    }

    fn can_go(&self) -> bool {
        self.desk.find::<gtk::Button>("try-go").is_sensitive()
    }

    fn draft(&mut self) -> Draft {
        match self.job() {
            Job::TrySignIn(draft) => draft,
            other => panic!("{other:?}"),
        }
    }

    fn steps(&self, at: usize, state: StageState) -> Vec<SignInStep> {
        let steps = Stage::ALL.into_iter().enumerate();
        let steps = steps.map(|(n, stage)| SignInStep {
            stage,
            state: match n {
                n if n < at => StageState::Done,
                n if n == at => state,
                _ => StageState::Waiting,
            },
            words: String::new(),
        });
        steps.collect()
    }
}

#[gtk::test]
fn signing_in_is_tried() {
    let mut page = Page::open(1200);
    page.shows(reports::good());
    let window = page.opens();
    assert!(!page.can_go());
    page.types("ann", "");
    assert!(!page.can_go());
    page.types("ann", "s3cret");
    assert!(page.can_go());
    page.desk.is_named();
    page.desk.press("try-go");
    let draft = page.draft();
    assert_eq!(draft.secret.unwrap().expose(), b"s3cret");
    let setup = draft.setup;
    assert_eq!(
        (setup.host.as_str(), setup.user.as_str()),
        ("mail.example.org", "ann")
    );
    assert!(setup.is_imap && setup.is_implicit_tls && !setup.is_plain);
    assert_eq!((setup.port, setup.delivery), (993, Delivery::Watch));
    page.desk.event(Event::Job {
        id: page.id.unwrap(),
        progress: Progress::SignIn(page.steps(4, StageState::Working)),
    });
    page.desk.shot_of(&window, "probe-try-working");
    page.done(Outcome::SignedIn(Box::new(SignedIn {
        steps: page.steps(6, StageState::Done),
        total: 12,
        new: 3,
        octets: None,
        can_idle: true,
        has_uids: true,
        is_protected: true,
    })));
    assert!(
        page.desk
            .shows("Signed in. 12 messages are waiting, 3 of them new.")
    );
    page.desk.shot_of(&window, "probe-try-done");
    page.desk.press("try-close");
    page.desk
        .until("gone", || page.desk.all("try-sign-in").is_empty());
    assert!(page.desk.is_silent());
}

#[gtk::test]
fn a_refusal_is_told_and_tried_again() {
    let mut page = Page::with(accounts(), 1200);
    page.shows(reports::good());
    let window = page.opens();
    // Of the one account at this host the name is known.
    let user = page.desk.find::<adw::EntryRow>("try-user");
    assert_eq!(user.text(), "ann");
    page.types("ann", "wrong");
    let row = page.desk.find::<adw::PasswordEntryRow>("try-password");
    row.emit_by_name::<()>("entry-activated", &[]);
    page.draft();
    let trouble = sample::trouble(Who::You, Cause::SignIn, "NO [AUTHENTICATIONFAILED] no");
    page.done(Outcome::Failed(Box::new(Failed {
        steps: page.steps(4, StageState::Failed),
        ..Failed::new(trouble)
    })));
    assert!(
        page.desk
            .shows("The server said: NO [AUTHENTICATIONFAILED] no")
    );
    page.desk.shot_of(&window, "probe-try-refused");
    page.desk.is_named();
    // Stopped while it is under way.
    page.desk.press("try-go");
    page.draft();
    let id = page.id.unwrap();
    page.desk.press("try-go");
    assert_eq!(page.desk.command(), Command::Cancel(id));
    page.done(Outcome::Cancelled);
    assert!(page.desk.shows("Stopped."));
    // Closed while it is under way.
    page.desk.press("try-go");
    page.draft();
    let id = page.id.unwrap();
    window.close();
    assert_eq!(page.desk.command(), Command::Cancel(id));
}

#[gtk::test]
fn in_the_clear_only_once_accepted() {
    let mut page = Page::open(420);
    let mut report = reports::good();
    report
        .choices
        .iter_mut()
        .for_each(|choice| choice.candidate.security = Security::None);
    page.shows(report);
    let window = page.opens();
    page.types("ann", "s3cret");
    assert!(!page.can_go());
    page.desk.shot_of(&window, "probe-try-plain");
    let tick = page.desk.find::<gtk::CheckButton>("try-accepts");
    tick.set_active(true);
    page.desk.settle();
    assert!(page.can_go());
    page.desk.press("try-go");
    assert!(page.draft().setup.is_plain);
}
