//! An account that is there: what is set for it on its page, changed on the pages of the wizard.

use super::*;

fn whose() -> postrider::engine::api::AccountId {
    sample::id("anna@example.org", "imap.example.org")
}

fn description() -> Description {
    Description {
        id: whose(),
        setup: Setup {
            address: "anna@example.org".into(),
            host: "imap.example.org".into(),
            port: 993,
            is_imap: true,
            is_implicit_tls: true,
            is_plain: false,
            user: "anna@example.org".into(),
            method: None,
            trust: Trust::Authorities,
            password: PasswordPlace::Keyring,
            delivery: Delivery::Maildir("/home/anna/Maildir".into()),
            keep: true,
            first_time: FirstTime::OnlyNew,
            rhythm: Rhythm::Minutes(7),
            limit: Some(1_500_000),
            folders: vec![b"INBOX".to_vec(), b"Lists".to_vec()],
        },
        hidden: Vec::new(),
        beside: vec!["timeout", "folder"],
        others: Vec::new(),
        source: SecretSource::Keyring,
    }
}

/// The window with one account, told what is set for it.
fn window(description: &Description) -> Run {
    let mut first = sample::all();
    first.accounts.truncate(1);
    first.accounts[0].id = whose();
    let mut run = Run {
        desk: Desk::open(first, 980),
    };
    let (id, account) = run.desk.described();
    assert_eq!(account, whose());
    run.done(id, Outcome::Described(Box::new(description.clone())));
    run.desk
        .until("the settings", || !run.desk.all("edit-server").is_empty());
    run
}

/// The pages opened by a row.
fn opened(row: &str, page: &str) -> Run {
    let mut run = window(&description());
    open(&mut run, row, &description());
    run.is_at(page);
    run
}

fn open(run: &mut Run, row: &str, description: &Description) {
    let widget: adw::ActionRow = run.desk.find(row);
    widget.emit_by_name::<()>("activated", &[]);
    let (id, account) = run.desk.described();
    assert_eq!(account, whose());
    run.done(id, Outcome::Described(Box::new(description.clone())));
    run.desk
        .until("the pages", || !run.desk.all("wizard").is_empty());
    let (id, job) = run.job();
    assert_eq!(job, Job::LookAround);
    run.done(id, Outcome::Around(Box::new(around())));
}

fn primary(run: &Run) -> String {
    let button: gtk::Button = run.desk.find("primary");
    button.label().unwrap_or_default().into()
}

fn draft_of(job: Job) -> Draft {
    match job {
        Job::Preview(draft) | Job::Adopt(draft) | Job::TrySignIn(draft) => draft,
        other => panic!("{other:?}"),
    }
}

fn changes(notes: &[&str]) -> Outcome {
    let diff = "@@ -2,4 +2,4 @@\n poll imap.example.org # mine\n     proto imap\n-    user anna@example.org is anna here keep\n+    user anna@example.org is anna here no keep\n     ssl\n";
    Outcome::Previewed(Box::new(Preview {
        rc: FileChange {
            path: PathBuf::from("/home/anna/.fetchmailrc"),
            is_new: false,
            diff: diff.into(),
        },
        local: None,
        id: whose(),
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
    }))
}

fn saved() -> Outcome {
    let Outcome::Adopted(mut adopted) = adopted() else {
        unreachable!();
    };
    adopted.undo.former = Some((whose(), None));
    adopted.undo.written = Some(whose());
    Outcome::Adopted(adopted)
}

fn pictures(run: &Run, name: &str) {
    run.desk.is_named();
    let window = run.desk.window().clone();
    let style = adw::StyleManager::default();
    let scroll: gtk::ScrolledWindow = run.desk.find("account");
    for (width, look) in [(980, "wide"), (360, "narrow")] {
        window.set_default_size(width, 900);
        run.desk.until("the width", || window.width() <= width + 12);
        run.desk.settle();
        if look == "narrow" {
            let list: gtk::ListView = run.desk.find("accounts");
            list.emit_by_name::<()>("activate", &[&0u32]);
            run.desk
                .until("the page", || !run.desk.all("account").is_empty());
        }
        let down = scroll.vadjustment();
        down.set_value(down.upper());
        run.desk.settle();
        style.set_color_scheme(adw::ColorScheme::ForceLight);
        run.desk.shot(&format!("{name}-{look}-light"));
        style.set_color_scheme(adw::ColorScheme::ForceDark);
        run.desk.shot(&format!("{name}-{look}-dark"));
    }
    style.set_color_scheme(adw::ColorScheme::Default);
    window.set_default_size(980, 680);
    run.desk.until("wide", || window.width() >= 970);
}

#[gtk::test]
fn what_is_set_stands_on_the_page_of_the_account() {
    let run = window(&description());
    for text in [
        "anna@example.org, password in the keyring",
        "/home/anna/Maildir",
        "Messages stay on the server",
        "Checked every 7 minutes",
        "Also set in the file, and left as it is: timeout, folder",
    ] {
        assert!(run.desk.shows(text), "{text}: {:#?}", run.desk.texts());
    }
    pictures(&run, "account-settings");
}

#[gtk::test]
fn every_option_is_a_row_away() {
    let mut run = window(&description());
    let row: adw::ActionRow = run.desk.find("edit-expert");
    row.emit_by_name::<()>("activated", &[]);
    let (id, job) = run.job();
    assert_eq!(job, Job::ReadRc);
    let text = "poll imap.example.org proto imap\n    user other\n    user \"anna@example.org\"\n";
    run.done(
        id,
        Outcome::RcRead(Box::new(RcText {
            path: "/home/anna/.fetchmailrc".into(),
            bytes: postrider::base::Secret::new(text),
            base: postrider::engine::api::saving::Base::of(text.as_bytes()),
        })),
    );
    let whom = "anna@example.org at imap.example.org";
    run.desk.until("the account", || run.desk.shows(whom));
}

#[gtk::test]
fn what_no_page_shows_is_named_and_cannot_be_opened() {
    let mut description = description();
    description.hidden = vec![
        Hidden {
            part: Part::Server,
            keyword: "plugin",
        },
        Hidden {
            part: Part::Delivery,
            keyword: "is",
        },
    ];
    let mut run = window(&description);
    let can = |run: &Run, row: &str| run.desk.find::<gtk::Widget>(row).is_sensitive();
    assert!(!can(&run, "edit-server") && !can(&run, "edit-delivery"));
    assert!(can(&run, "edit-sign-in") && can(&run, "edit-schedule"));
    let text = "This account uses settings that only the file can show: plugin";
    assert!(run.desk.shows(text), "{:#?}", run.desk.texts());
    pictures(&run, "account-hidden");
    open(&mut run, "edit-copies", &description);
    run.is_at("copies");
    run.desk.find::<gtk::CheckButton>("delete").set_active(true);
    run.desk.settle();
    run.on();
    let (id, job) = run.job();
    let draft = draft_of(job);
    assert_eq!(draft.setup.port, description.setup.port);
    run.done(id, changes(&[]));
    run.is_at("save");
    assert!(!can(&run, "change-summary-server") && can(&run, "change-summary-copies"));
}

#[gtk::test]
fn a_change_is_reviewed_and_saved() {
    let mut run = opened("edit-copies", "copies");
    assert_eq!(primary(&run), "Done");
    assert!(run.desk.shows("Every 7 minutes") && !run.desk.shows("The first time"));
    run.shot("edit-copies");
    run.desk.find::<gtk::CheckButton>("delete").set_active(true);
    run.desk.settle();
    assert_eq!(primary(&run), "Review Changes");
    run.on();
    let (id, job) = run.job();
    let draft = draft_of(job);
    let old = description().setup;
    assert_eq!(draft.replaces, Some(whose()));
    assert_eq!(draft.was.as_deref(), Some(&old));
    assert_eq!(draft.secret, None);
    let expected = Setup { keep: false, ..old };
    assert_eq!(
        draft.setup, expected,
        "nothing else, not even what no page shows"
    );
    let note = "1 other account shares the entry “imap.example.org” and stays as it is; this one gets an entry of its own.";
    run.done(id, changes(&[note]));
    run.is_at("save");
    assert!(run.desk.shows("shares the entry"), "{:?}", run.desk.texts());
    assert!(run.desk.shows("Review Changes") && !run.desk.shows("Start at login"));
    assert!(run.desk.find::<gtk::Label>("diff").is_visible());
    run.shot("edit-review");
    // Back loses nothing.
    run.desk.press("wizard-back");
    run.is_at("copies");
    assert!(run.desk.find::<gtk::CheckButton>("delete").is_active());
    run.on();
    let (id, _) = run.job();
    run.done(id, changes(&[]));
    run.is_at("save");
    assert_eq!(primary(&run), "Save");
    run.on();
    let (id, job) = run.job();
    assert!(matches!(job, Job::Adopt(_)));
    assert_eq!(draft_of(job).setup, expected);
    run.done(id, saved());
    run.desk
        .until("the end", || run.desk.all("wizard").is_empty());
    assert!(run.desk.shows("Changes saved"));
    assert_eq!(run.desk.out(), None, "nothing about start or notices");
    run.desk.press_text("Undo");
    let (id, job) = run.job();
    assert!(matches!(job, Job::Undo(_)));
    run.done(id, Outcome::Undone);
    run.desk
        .until("the word", || run.desk.shows("The changes were taken back"));
}

#[gtk::test]
fn another_server_is_tried_with_the_password_that_is_there() {
    let mut run = opened("edit-server", "server-page");
    assert!(
        run.desk.all("user").is_empty(),
        "the sign-in has a page of its own"
    );
    run.shot("edit-server");
    run.write("server", "mail.example.org");
    assert_eq!(primary(&run), "Test Sign-In");
    run.on();
    let (id, job) = run.job();
    let draft = draft_of(job);
    assert_eq!(
        (draft.secret, draft.setup.host.as_str()),
        (None, "mail.example.org")
    );
    run.is_at("sign-in");
    assert!(run.desk.all("password-again").is_empty());
    let refused = failed(Cause::SignIn, "NO Invalid credentials", 4);
    run.done(id, Outcome::Failed(Box::new(refused)));
    run.is_at("sign-in");
    run.shot("edit-sign-in-refused");
    // Now it must be typed, or the test be skipped.
    assert!(!run.desk.all("password-again").is_empty());
    run.write("password-again", "other");
    run.on();
    let (id, job) = run.job();
    assert_eq!(draft_of(job).secret.unwrap().expose(), b"other");
    run.done(id, signed_in());
    run.on();
    let (id, job) = run.job();
    assert!(matches!(job, Job::Preview(_)));
    run.done(id, changes(&[]));
    run.is_at("save");
    assert_eq!(primary(&run), "Save");
}

#[gtk::test]
fn the_test_can_be_skipped_in_so_many_words() {
    let mut run = opened("edit-sign-in", "address-page");
    assert!(run.desk.shows("Sign-In") && run.desk.all("address").is_empty());
    assert_eq!(primary(&run), "Done");
    run.shot("edit-sign-in");
    run.write("user-name", "");
    run.on();
    assert!(run.desk.shows("Enter the user name."));
    run.write("user-name", "anna");
    run.on();
    let (id, _) = run.job();
    run.is_at("sign-in");
    let late = failed(Cause::SignIn, "", 4);
    run.done(id, Outcome::Failed(Box::new(late)));
    run.is_at("sign-in");
    run.desk.press("skip-test");
    let (id, job) = run.job();
    assert_eq!(draft_of(job).setup.user, "anna");
    run.done(id, changes(&[]));
    run.is_at("save");
    assert_eq!(primary(&run), "Save Without Testing");
    run.shot("edit-review-untested");
}

/// What a person has written into the file may be what a page would refuse to write.
#[gtk::test]
fn what_was_there_is_not_judged() {
    let mut description = description();
    description.setup.delivery = Delivery::Program("/usr/sbin/sendmail -t".into());
    let mut run = window(&description);
    open(&mut run, "edit-delivery", &description);
    run.is_at("delivery");
    assert!(run.desk.all("local-user").is_empty());
    run.on();
    run.desk
        .until("the end", || run.desk.all("wizard").is_empty());
    open(&mut run, "edit-copies", &description);
    run.is_at("copies");
    run.desk.find::<gtk::CheckButton>("delete").set_active(true);
    run.desk.settle();
    run.on();
    let (_, job) = run.job();
    assert_eq!(draft_of(job).setup.delivery, description.setup.delivery);
}

#[gtk::test]
fn leaving_asks_only_if_something_was_changed() {
    let mut run = opened("edit-delivery", "delivery");
    run.shot("edit-delivery");
    run.on();
    run.desk
        .until("the end", || run.desk.all("wizard").is_empty());
    assert!(run.desk.is_silent());
    open(&mut run, "edit-delivery", &description());
    run.is_at("delivery");
    run.write("maildir", "/home/anna/Mail");
    run.window().close();
    run.desk.settle();
    assert!(run.desk.shows("Discard the changes?"));
    run.desk.press_text("Stay");
    assert!(!run.desk.all("wizard").is_empty());
    // As it was: nothing to be asked about.
    run.write("maildir", "/home/anna/Maildir");
    assert_eq!(primary(&run), "Done");
    run.window().close();
    run.desk
        .until("the end", || run.desk.all("wizard").is_empty());
}

#[gtk::test]
fn a_new_account_can_be_saved_only() {
    let mut run = Run::new(empty());
    run.on();
    let (id, _) = run.until_sign_in();
    run.done(id, signed_in());
    run.on();
    run.is_at("delivery");
    run.on();
    run.is_at("copies");
    run.on();
    let (id, _) = run.job();
    run.done(id, dry_run());
    run.is_at("try-it");
    assert!(run.desk.all("save-menu").is_empty());
    run.on();
    let (id, job) = run.job();
    assert!(!draft_of(job).waits);
    run.done(id, preview());
    run.is_at("save");
    assert!(!run.desk.all("save-menu").is_empty());
    run.shot("8-save-menu");
    let window = run.window();
    window.activate_action("wizard.save-only", None).unwrap();
    let (_, job) = run.job();
    assert!(matches!(job, Job::Adopt(_)));
    assert!(draft_of(job).waits);
}
