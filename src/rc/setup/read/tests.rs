use super::*;
use crate::rc::setup::sample::{around, basis};
use crate::rc::setup::write::Plan;

fn id(label: &str, user: &str) -> AccountId {
    AccountId {
        label: label.into(),
        user: user.into(),
        ordinal: 0,
    }
}

fn described(rc: &str, local: &str) -> Described {
    let around = around();
    let basis = basis(rc.as_bytes(), local, &around);
    describe(&id("h", "ann"), &basis).unwrap_or_else(|e| panic!("{rc}: {e:?}"))
}

#[test]
fn what_no_page_can_show_is_named() {
    let check = |options: &str, hidden: &[(Part, &str)], beside: &[&str]| {
        let rc = format!("poll h {options}\n");
        let found = described(&rc, "");
        let got: Vec<_> = found.hidden.iter().map(|h| (h.part, h.keyword)).collect();
        assert_eq!(
            (got.as_slice(), found.beside.as_slice()),
            (hidden, beside),
            "{rc}"
        );
    };
    use Part::{Copies, Delivery as To, Server, SignIn};
    check("proto imap user ann ssl", &[], &[]);
    check("user ann", &[(Server, "proto")], &[]);
    check("proto etrn user ann", &[(Server, "proto")], &[]);
    check(
        "proto imap plugin 'x %h' user ann",
        &[(Server, "plugin")],
        &[],
    );
    check(
        "proto imap service odd user ann",
        &[(Server, "service")],
        &[],
    );
    check("proto imap service imaps user ann ssl", &[], &[]);
    check("proto imap auth gssapi user ann", &[(SignIn, "auth")], &[]);
    check("proto imap user ann is a b", &[(To, "is")], &[]);
    check("proto imap user ann is *", &[(To, "is")], &[]);
    check("proto imap user ann is a=b", &[(To, "is")], &[]);
    check("proto imap user ann is bob mda x", &[], &["is"]);
    check("proto imap user ann smtphost a,b", &[(To, "smtphost")], &[]);
    check("proto imap user ann bsmtp x", &[(To, "bsmtp")], &[]);
    check(
        "proto imap user ann no sslcertck",
        &[(Server, "sslcertck")],
        &[],
    );
    check(
        "proto imap user ann ssl sslproto ''",
        &[(Server, "sslproto")],
        &[],
    );
    check(
        "proto imap user ann flush limitflush",
        &[(Copies, "flush"), (Copies, "limitflush")],
        &[],
    );
    check(
        "proto imap timeout 9 user ann fetchall preconnect x folder y sslproto tls1.2+",
        &[],
        &["timeout", "fetchall", "preconnect", "folder", "sslproto"],
    );
}

#[test]
fn what_is_read() {
    let check = |rc: &str, local: &str, is_so: fn(&Setup) -> bool| {
        let setup = described(rc, local).setup;
        assert!(is_so(&setup), "{rc}: {setup:?}");
    };
    let key = |key: &str| format!("[[account]]\nlabel = 'h'\nuser = 'ann'\n{key}\n");
    check("poll h proto pop3 user ann", "", |s| {
        !s.is_imap && s.port == 110
    });
    check("poll h proto apop user ann", "", |s| {
        s.method.as_deref() == Some("apop")
    });
    check("poll h via x proto imap user ann ssl", "", |s| {
        s.host == "x" && s.port == 993 && s.is_implicit_tls
    });
    check("set daemon 90 poll h proto imap user ann", "", |s| {
        s.rhythm == Rhythm::Minutes(2)
    });
    check(
        "set daemon 60 poll h proto imap interval 3 user ann",
        "",
        |s| s.rhythm == Rhythm::Minutes(3),
    );
    check("poll h proto imap user ann", &key("every = 1800"), |s| {
        s.rhythm == Rhythm::Minutes(30)
    });
    check("poll h proto imap user ann idle", "", |s| {
        s.rhythm == Rhythm::Idle
    });
    check("skip h proto imap user ann", "", |s| {
        s.rhythm == Rhythm::Asked
    });
    check("skip h proto imap user ann", &key("watch = true"), |s| {
        s.delivery == Delivery::Watch && s.rhythm == Rhythm::Minutes(10)
    });
    let paused = key("watch = true\npause = true");
    check("skip h proto imap user ann", &paused, |s| {
        s.delivery == Delivery::Watch && s.rhythm == Rhythm::Asked
    });
    check("poll h proto imap user ann", &key("pause = true"), |s| {
        s.rhythm == Rhythm::Asked
    });
    check("poll h proto imap user ann mda 'procmail -d %T'", "", |s| {
        s.delivery == Delivery::Program("procmail -d %T".into())
    });
    check(
        "poll h proto imap user ann sslfingerprint 'AA:BB' no sslcertck",
        "",
        |s| matches!(&s.trust, Trust::Pin { md5, sha256, .. } if md5 == "AA:BB" && sha256.is_empty()),
    );
    check(
        "poll h proto imap user ann",
        &key("password_command = 'x'"),
        |s| s.password == PasswordPlace::Command("x".into()),
    );
    let others = described("poll h proto imap user ann user bob", "").others;
    assert_eq!(others, [id("h", "bob")]);
}

/// Both ways: what is written is read as it was meant.
#[track_caller]
pub(in crate::rc::setup) fn comes_back(setup: &Setup, plan: &Plan) {
    let around = around();
    let basis = Basis {
        rc: &plan.rc,
        local: &plan.local,
        rc_name: None,
        around: &around,
    };
    let found = describe(plan.id(), &basis).unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(found.setup, normal(setup));
    assert_eq!(found.hidden, []);
}

#[test]
fn nobody_is_told() {
    let around = around();
    let basis = Basis {
        rc: b"poll h user x\n",
        local: "",
        rc_name: None,
        around: &around,
    };
    let Err(Refused::Sentence(sentence)) = describe(&id("h", "ann"), &basis) else {
        panic!("found");
    };
    assert!(sentence.contains("ann@h"), "{sentence}");
}
