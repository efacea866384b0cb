//! What was found, for the accounts there are: shown first, then written, and taken back.

use postrider::engine::api::{AccountId, Cause, Who};

use super::*;

fn change(diff: &str) -> Outcome {
    Outcome::Previewed(Box::new(Preview {
        rc: FileChange {
            path: "/home/ann/.fetchmailrc".into(),
            is_new: false,
            diff: diff.into(),
        },
        local: None,
        id: sample::id("ann", "mail.example.org"),
        notes: vec!["bob has the same server and keeps it.".into()],
    }))
}

const CHANGE: &str = "@@ -1,3 +1,3 @@\n # the old one\n-poll mail.example.org proto pop3\n-    user ann\n+poll mail.example.org proto imap\n+    user ann ssl\n";

fn adopted() -> Outcome {
    use postrider::engine::api::saving::{Base, Version};
    Outcome::Adopted(Box::new(Adopted {
        id: sample::id("ann", "mail.example.org"),
        undo: Undo {
            rc: Version {
                base: Base::NONE,
                bytes: postrider::base::Secret::new("poll"),
            },
            was_new: false,
            local: None,
            secret: None,
            written: Some(sample::id("ann", "mail.example.org")),
            former: Some((sample::id("ann", "mail.example.org"), None)),
        },
        only_in_memory: None,
    }))
}

/// The job must be this change.
fn amendment(job: Job, options: &[(&str, Option<&str>)], dry: bool) -> AccountId {
    let Job::Amend { what, is_dry } = job else {
        panic!("{job:?}")
    };
    let owned = options.iter();
    let owned: Vec<(String, Option<String>)> = owned
        .map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)))
        .collect();
    assert_eq!((what.options, is_dry), (owned, dry));
    what.id
}

#[gtk::test]
fn what_was_found_is_applied_to_an_account() {
    let mut page = Page::with(accounts(), 1200);
    page.shows(reports::good());
    let tls = [
        ("proto", Some("imap")),
        ("service", None),
        ("ssl", Some("yes")),
    ];
    page.menu("probe-apply", "accounts.pick", Some(&0_u32.to_variant()));
    let id = amendment(page.job(), &tls, true);
    assert_eq!(id, sample::id("ann", "mail.example.org"));
    page.done(change(CHANGE));
    page.desk
        .until("the change", || !page.desk.all("amend").is_empty());
    assert!(page.desk.shows("/home/ann/.fetchmailrc~"));
    assert!(page.desk.shows("bob has the same server"));
    let diff = page.desk.find::<gtk::Label>("amend-diff");
    assert_eq!(diff.text(), CHANGE.trim_end());
    page.desk.is_named();
    let window = page.desk.find::<gtk::Window>("amend");
    page.desk.shot_of(&window, "probe-amend");
    assert!(page.desk.is_silent(), "nothing is written without a yes");
    page.desk.press("amend-apply");
    amendment(page.job(), &tls, false);
    assert!(page.desk.all("amend").is_empty());
    page.done(adopted());
    assert!(page.desk.shows("Account changed"));
    page.desk.press_text("Undo");
    let Job::Undo(undo) = page.job() else {
        panic!("no way back")
    };
    assert_eq!(undo.former.unwrap().0, id);
}

#[gtk::test]
fn an_account_elsewhere_keeps_its_name() {
    let mut page = Page::with(accounts(), 1200);
    page.shows(reports::good());
    page.menu("probe-apply", "accounts.pick", Some(&1_u32.to_variant()));
    let options = [
        ("proto", Some("imap")),
        ("service", None),
        ("ssl", Some("yes")),
        ("via", Some("mail.example.org")),
    ];
    let id = amendment(page.job(), &options, true);
    assert_eq!(id, sample::id("under_score", "other.example"));
    page.done(change(CHANGE));
    page.desk
        .until("the change", || !page.desk.all("amend").is_empty());
    page.desk.press("amend-cancel");
    page.desk
        .until("gone", || page.desk.all("amend").is_empty());
    assert!(page.desk.is_silent());
}

#[gtk::test]
fn what_is_known_of_a_server_is_used() {
    let mut page = Page::with(accounts(), 1200);
    page.shows(reports::good());
    page.desk.press("probe-use");
    amendment(page.job(), &[("fetchall", Some("yes"))], true);
    page.done(change(""));
    assert!(page.desk.shows("The account says the same already"));
    assert!(page.desk.all("amend").is_empty());
    page.desk.press("probe-use");
    page.job();
    let trouble = sample::trouble(Who::You, Cause::Setup("The file is odd.".into()), "");
    page.done(Outcome::Failed(Box::new(Failed::new(trouble))));
    page.desk
        .until("why not", || !page.desk.all("amend-refused").is_empty());
    page.desk.is_named();
}

#[gtk::test]
fn without_accounts_there_is_none_to_change() {
    let mut page = Page::open(1200);
    page.shows(reports::good());
    assert!(page.desk.all("probe-apply").is_empty());
    assert!(page.desk.all("probe-use").is_empty());
}
