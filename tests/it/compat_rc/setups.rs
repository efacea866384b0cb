//! What the wizard writes, whatever names it is given: it can be written, nothing of the file that
//! was there is lost, fetchmail accepts it, and both programs read the same from it.

use postrider::base::Secret;
use postrider::rc::account::Target;
use postrider::rc::setup::change;
use postrider::rc::setup::read::{describe, normal};
use postrider::rc::setup::write::{Basis, Plan, plan};
use postrider::rc::setup::{
    Delivery, FirstTime, PasswordPlace, Rhythm, Setup, Trust, maildir_command,
};
use postrider::rc::{Document, Overrides, Surroundings, resolve};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

use super::oracle::{Oracle, difference};

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9@ \"'\\\\#;:,=*{}()$`|<>äß€-]{1,12}"
}

fn delivery() -> impl Strategy<Value = Delivery> {
    let is_not_blank = |name: &String| !name.trim().is_empty();
    let of_shell = |c: char| "\"'\\#;=*{}()$`|<>&".contains(c);
    prop_oneof![
        name().prop_map(move |n| {
            Delivery::Maildir(format!("/tmp/{}", n.replace(of_shell, "_")).into())
        }),
        name()
            .prop_filter("a user", |n| n != "*")
            .prop_map(Delivery::Listener),
        name()
            .prop_filter("a command", is_not_blank)
            .prop_map(Delivery::Program),
        name().prop_map(|n| Delivery::Lmtp(format!("/{n}"), "ann".into())),
        Just(Delivery::Watch),
    ]
}

fn trust() -> impl Strategy<Value = Trust> {
    let pin = |(is_chain_trusted, name)| Trust::Pin {
        md5: "AA:BB".into(),
        sha256: "AB".repeat(32),
        is_chain_trusted,
        name,
    };
    prop_oneof![
        Just(Trust::Authorities),
        name().prop_map(|n| Trust::Authority(format!("/{n}").into())),
        (any::<bool>(), proptest::option::of(name())).prop_map(pin),
    ]
}

fn any_setup() -> impl Strategy<Value = Setup> {
    let rhythm = prop_oneof![
        (1..90u32).prop_map(Rhythm::Minutes),
        Just(Rhythm::Idle),
        Just(Rhythm::Asked),
    ];
    let line = (any::<(bool, bool, bool)>(), 1u16.., name(), trust());
    let limit = proptest::option::of(1..9_999_999u64);
    let rest = (delivery(), any::<bool>(), rhythm, limit);
    let folders = proptest::collection::vec(name(), 0..3);
    let method = proptest::sample::select(vec![None, Some("password"), Some("cram-md5")]);
    (line, rest, folders, method).prop_map(|(line, rest, folders, method)| {
        let ((is_imap, is_implicit_tls, is_plain), port, user, trust) = line;
        let (delivery, keep, rhythm, limit) = rest;
        let folders = folders.into_iter().map(String::into_bytes);
        Setup {
            address: user.clone(),
            host: "mail.example.org".into(),
            port,
            is_imap,
            is_implicit_tls,
            is_plain,
            user,
            method: method.map(str::to_owned),
            trust,
            password: PasswordPlace::File,
            delivery,
            keep,
            first_time: FirstTime::OnlyNew,
            rhythm,
            limit,
            folders: folders.filter(|_| is_imap).collect(),
        }
    })
}

/// Files that may be there already.
const THERE: [&str; 5] = [
    "",
    "# mine\n",
    "poll x proto pop3 user \"y\" # z\n",
    "set daemon 60\ndefaults proto pop3 no keep\n",
    "poll mail.example.org proto imap\n    user x ssl; # a comment\n",
];

fn check(oracle: Option<&Oracle>, setup: &Setup, password: &str, rc: &str) -> TestCaseResult {
    let around = Surroundings {
        invoking_user: "ann".into(),
        ..Surroundings::default()
    };
    let basis = Basis {
        rc: rc.as_bytes(),
        local: "",
        rc_name: None,
        around: &around,
    };
    let plan = plan(setup, Some(&Secret::new(password)), &basis);
    let plan = plan.map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
    let mut text = plan.rc.iter();
    prop_assert!(
        rc.bytes().all(|byte| text.any(|other| *other == byte)),
        "every byte of the old file is there, in its order"
    );
    let read = resolve(&Document::parse(&plan.rc), &Overrides::default(), &around);
    let accounts = read.map(|config| config.accounts).unwrap_or_default();
    let found = accounts.iter().find(|account| account.id == *plan.id());
    let found = found.ok_or_else(|| TestCaseError::fail("not in the file"))?;
    prop_assert_eq!(&found.user, setup.user.as_bytes());
    prop_assert_eq!(&found.password, &Some(Secret::new(password)));
    prop_assert_eq!(&found.folders, &setup.folders);
    if let Delivery::Maildir(path) = &setup.delivery {
        let command = maildir_command(path).into_bytes();
        prop_assert_eq!(&found.target, &Target::Mda(command));
    }
    comes_back(setup, &plan, &around)?;
    if let Some(oracle) = oracle {
        let theirs = oracle.theirs(&plan.rc, "");
        let text = String::from_utf8_lossy(&plan.rc).into_owned();
        let said = String::from_utf8_lossy(&theirs.stderr).into_owned();
        prop_assert_eq!(theirs.status.code(), Some(0), "{} {}", text, said);
        let differs = difference(&theirs.stdout, &oracle.ours(&plan.rc, "").stdout);
        prop_assert_eq!(differs, None, "{}", text);
    }
    Ok(())
}

/// What was written is shown on the same pages again.
fn comes_back(setup: &Setup, plan: &Plan, around: &Surroundings) -> TestCaseResult {
    let basis = Basis {
        rc: &plan.rc,
        local: &plan.local,
        rc_name: None,
        around,
    };
    let described = describe(plan.id(), &basis);
    let described = described.map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
    let mut meant = normal(setup);
    if meant.delivery == Delivery::Watch {
        // `skip` stands for both.
        meant.rhythm = described.setup.rhythm;
    }
    prop_assert_eq!(described.setup, meant);
    prop_assert_eq!(described.hidden, vec![]);
    Ok(())
}

/// Any account made any other: the file that was there is still in it, in its order, fetchmail takes
/// it, and the pages then show what was meant.
fn becomes(
    oracle: Option<&Oracle>,
    (first, second): (&Setup, &Setup),
    password: &str,
    rc: &str,
) -> TestCaseResult {
    let around = Surroundings {
        invoking_user: "ann".into(),
        ..Surroundings::default()
    };
    let password = Secret::new(password);
    let fail = |refused| TestCaseError::fail(format!("{refused:?}"));
    let basis = Basis {
        rc: rc.as_bytes(),
        local: "",
        rc_name: None,
        around: &around,
    };
    let plan = plan(first, Some(&password), &basis).map_err(fail)?;
    let basis = Basis {
        rc: &plan.rc,
        local: &plan.local,
        ..basis
    };
    let changed = change::plan(plan.id(), second, Some(&password), &basis);
    let changed = changed.map_err(|refused| {
        let text = String::from_utf8_lossy(&plan.rc);
        TestCaseError::fail(format!("{refused:?}\n{text}"))
    })?;
    let after = &changed.plan;
    let mut text = after.rc.iter();
    prop_assert!(
        rc.bytes().all(|byte| text.any(|other| *other == byte)),
        "{}",
        String::from_utf8_lossy(&after.rc)
    );
    comes_back(second, after, &around)?;
    if let Some(oracle) = oracle {
        let theirs = oracle.theirs(&after.rc, "");
        let text = String::from_utf8_lossy(&after.rc).into_owned();
        let said = String::from_utf8_lossy(&theirs.stderr).into_owned();
        prop_assert_eq!(theirs.status.code(), Some(0), "{} {}", text, said);
        let differs = difference(&theirs.stdout, &oracle.ours(&after.rc, "").stdout);
        prop_assert_eq!(differs, None, "{}", text);
    }
    Ok(())
}

#[test]
fn any_account_can_become_any_other() {
    let oracle = Oracle::find();
    let config = Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    };
    let there = proptest::sample::select(THERE.to_vec());
    let host = proptest::sample::select(vec!["mail.example.org", "new.example.org", "y"]);
    let second = (any_setup(), host).prop_map(|(setup, host)| Setup {
        host: host.into(),
        ..setup
    });
    TestRunner::new(config)
        .run(
            &(any_setup(), second, name(), there),
            |(first, second, password, rc)| {
                becomes(oracle.as_ref(), (&first, &second), &password, rc)
            },
        )
        .unwrap_or_else(|error| panic!("{error}"));
}

/// The files of the corpus are described without a panic, and what is described of an account can
/// be said of it again without a change.
#[test]
fn every_file_of_the_corpus_can_be_described() {
    let around = Surroundings {
        invoking_user: "ann".into(),
        ..Surroundings::default()
    };
    let (mut accounts, mut plain, mut again) = (0, 0, 0);
    for seed in super::corpus() {
        let basis = Basis {
            rc: &seed,
            local: "",
            rc_name: None,
            around: &around,
        };
        let read = resolve(&Document::parse(&seed), &Overrides::default(), &around);
        for account in read.map(|config| config.accounts).unwrap_or_default() {
            let described = describe(&account.id, &basis);
            let described = described.unwrap_or_else(|refused| panic!("{refused:?}"));
            accounts += 1;
            plain += usize::from(described.hidden.is_empty());
            if let Ok(same) = change::plan(&account.id, &described.setup, None, &basis) {
                again += 1;
                assert_eq!(same.plan.rc, seed, "nothing to change, and nothing changed");
                assert_eq!(same.plan.local, "");
            }
        }
    }
    assert!(
        accounts > 100 && plain > 20 && again > accounts / 2,
        "{accounts} {plain} {again}"
    );
}

#[test]
fn what_the_wizard_writes_is_read_by_both_as_it_was_meant() {
    let oracle = Oracle::find();
    let config = Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    };
    let there = proptest::sample::select(THERE.to_vec());
    TestRunner::new(config)
        .run(&(any_setup(), name(), there), |(setup, password, rc)| {
            check(oracle.as_ref(), &setup, &password, rc)
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
