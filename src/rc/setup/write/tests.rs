use super::*;
use crate::rc::setup::read::tests::comes_back;
use crate::rc::setup::sample::{around, basis, setup};
use crate::rc::setup::{Delivery, PasswordPlace, Trust};

fn planned(setup: &Setup, rc: &str, local: &str) -> Result<Plan, Refused> {
    let around = around();
    let basis = basis(rc.as_bytes(), local, &around);
    plan(setup, Some(&Secret::new("s3 \"cret")), &basis)
}

#[test]
fn a_first_file() {
    let check = |setup: Setup, rc: &str, local: &str| {
        let plan = planned(&setup, "", "").unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(String::from_utf8_lossy(&plan.rc), rc);
        assert_eq!(plan.local, local);
        comes_back(&setup, &plan);
    };
    check(
        setup(),
        "set daemon 600\npoll mail.example.org\n    proto imap\n    user ann@example.org\n    mda \"postrider deliver --maildir '/home/ann/Maildir'\"\n    ssl\n    keep\n",
        "",
    );
    let pinned = Setup {
        trust: Trust::Pin {
            md5: "AA:BB".into(),
            sha256: "00".repeat(32),
            is_chain_trusted: false,
            name: Some("other".into()),
        },
        is_imap: false,
        port: 2110,
        is_implicit_tls: false,
        password: PasswordPlace::File,
        delivery: Delivery::Lmtp("/run/lmtp".into(), "ann".into()),
        rhythm: Rhythm::Asked,
        limit: Some(5000),
        ..setup()
    };
    check(
        pinned,
        "skip mail.example.org\n    proto pop3\n    service 2110\n    uidl\n    user ann@example.org\n    password 's3 \"cret'\n    is ann\n    lmtp\n    smtphost /run/lmtp\n    sslfingerprint 'AA:BB'\n    no sslcertck\n    keep\n    limit 5000\n",
        "[[account]]\nlabel = \"mail.example.org\"\nuser = \"ann@example.org\"\npin_sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n",
    );
    let watched = Setup {
        delivery: Delivery::Watch,
        keep: false,
        is_plain: true,
        port: 143,
        password: PasswordPlace::Command("pass x".into()),
        ..setup()
    };
    let paused = Setup {
        rhythm: Rhythm::Asked,
        ..watched.clone()
    };
    check(
        paused,
        "skip mail.example.org\n    proto imap\n    user ann@example.org\n    sslproto \"\"\n    keep\n",
        "[[account]]\nlabel = \"mail.example.org\"\nuser = \"ann@example.org\"\nwatch = true\npassword_command = \"pass x\"\npause = true\n",
    );
    check(
        watched,
        "set daemon 600\nskip mail.example.org\n    proto imap\n    user ann@example.org\n    sslproto \"\"\n    keep\n",
        "[[account]]\nlabel = \"mail.example.org\"\nuser = \"ann@example.org\"\nwatch = true\npassword_command = \"pass x\"\n",
    );
}

#[test]
fn what_is_there_stays() {
    let check = |rc: &str, added: &str, local: &str| {
        let plan = planned(&setup(), rc, "").unwrap_or_else(|e| panic!("{rc}: {e:?}"));
        let text = String::from_utf8_lossy(&plan.rc).into_owned();
        let at = text.find(added).unwrap_or_else(|| panic!("{text}"));
        let rest = [&text[..at], &text[at + added.len()..]].concat();
        assert_eq!(rest, rc);
        assert_eq!(plan.local, local);
        comes_back(&setup(), &plan);
    };
    let user = "    user ann@example.org\n    mda \"postrider deliver --maildir '/home/ann/Maildir'\"\n    ssl\n    keep\n";
    let own = |label: &str, more: &str| format!("poll {label}\n{more}    proto imap\n{user}");
    // Another entry: no `set daemon` for a file that others are polled by.
    check(
        "# mine\npoll other user x # y\n",
        &own("mail.example.org", ""),
        "",
    );
    check(
        "set daemon 60\npoll other user x\n",
        &own("mail.example.org", ""),
        "[[account]]\nlabel = \"mail.example.org\"\nuser = \"ann@example.org\"\nevery = 600\n",
    );
    // The same server: another user of it.
    let joined = user.split_whitespace();
    let joined = format!("    {}\n", joined.collect::<Vec<_>>().join(" "));
    check(
        "poll mail.example.org proto imap\n    user x ssl\n",
        &joined,
        "",
    );
    check(
        "poll work via mail.example.org proto imap\n    user x ssl\n",
        &joined,
        "",
    );
    // Other server options, or none of ours: an entry of its own.
    let second = own("mail.example.org-2", "    via mail.example.org\n");
    check(
        "poll mail.example.org proto pop3\n    user x ssl\n",
        &second,
        "",
    );
    check(
        "skip mail.example.org proto imap\n    user x ssl\n",
        &second,
        "",
    );
    check(
        "poll mail.example.org proto imap timeout 5\n    user x\n",
        &second,
        "",
    );
    // An entry whose only user is not named would lose it.
    check("poll mail.example.org proto imap\n", &second, "");
}

#[test]
fn defaults_are_overruled_or_refuse() {
    let check = |defaults: &str, expected: Result<&str, &str>| {
        let rc = format!("defaults {defaults}\n");
        let planned = planned(&setup(), &rc, "");
        match (planned, expected) {
            (Ok(plan), Ok(expected)) => {
                let text = String::from_utf8_lossy(&plan.rc).into_owned();
                assert!(text.contains(expected), "{text}");
            }
            (Err(Refused::Sentence(sentence)), Err(expected)) => {
                assert!(sentence.contains(expected), "{sentence}");
            }
            (planned, _) => panic!("{defaults}: {:?}", planned.err()),
        }
    };
    check("proto pop3 timeout 60", Ok("proto imap"));
    check("port 12", Ok("service 993"));
    check("user x fetchall", Ok("no fetchall"));
    check("user x no sslcertck", Ok("sslcertck"));
    check("user x limit 5", Ok("limit 0"));
    check("user x bsmtp y", Err("mda"));
    check("user x folder y", Err("folder"));
    check("user x is a b", Err("“is”"));
    check("user x preconnect y", Err("preconnect"));
}

#[test]
fn what_cannot_be_is_refused() {
    let check = |setup: Setup, rc: &str, expected: &str| match planned(&setup, rc, "") {
        Err(Refused::Sentence(sentence)) => assert!(sentence.contains(expected), "{sentence}"),
        other => panic!("{expected}: {:?}", other.map(|plan| plan.rc)),
    };
    let to = |delivery| Setup {
        delivery,
        ..setup()
    };
    let maildir = |path: &str| to(Delivery::Maildir(path.into()));
    check(maildir("Maildir"), "", "whole path");
    check(maildir("/a'b"), "", "characters");
    check(maildir("/a%Tb"), "", "characters");
    let program = |command: &str| to(Delivery::Program(command.into()));
    check(program("maildrop -d '%T'"), "", "quotes around %T");
    check(program("/usr/sbin/sendmail -oi -t"), "", "loops");
    check(program("a\nb"), "", "line break");
    check(program(" "), "", "Enter the command");
    let lmtp = |host: &str| to(Delivery::Lmtp(host.into(), "ann".into()));
    for host in ["localhost", "localhost/25", "localhost/", ""] {
        check(lmtp(host), "", "port 25");
    }
    check(
        to(Delivery::Listener(String::new())),
        "",
        "user of this computer",
    );
    check(
        Setup {
            user: "a\nb".into(),
            ..setup()
        },
        "",
        "line break",
    );
    check(
        Setup {
            host: "a b".into(),
            ..setup()
        },
        "",
        "server's name",
    );
    check(
        Setup {
            limit: Some(1 << 40),
            ..setup()
        },
        "",
        "limit",
    );
    check(setup(), "poll x proto imap user y idle\n", "idle");
    let is_there = "poll x via mail.example.org proto imap user ann@example.org ssl\n";
    check(setup(), is_there, "already set up");
    let errors = planned(&setup(), "pull x\n", "");
    assert!(matches!(errors, Err(Refused::Errors(_))));
}

#[test]
fn old_keys_of_the_same_name_go() {
    let old = "[[account]]\nlabel = \"mail.example.org\"\nuser = \"ann@example.org\"\nwatch = true\npause = true\nsound = true\n";
    let plan = planned(&setup(), "", old).unwrap_or_else(|e| panic!("{e:?}"));
    assert!(!plan.account.local.watch && !plan.account.local.pause);
    assert!(plan.local.contains("sound = true"));
}
