use super::*;
use crate::rc::AccountId;
use crate::ui::editor::model::history::Revision;
use crate::ui::editor::model::multidrop::accounts;

fn account(words: &str) -> Account {
    let text = format!("poll mx.org proto pop3 user o {words}");
    let found = accounts(&Revision::read(text.as_bytes()), "me");
    found.into_iter().next().unwrap().account
}

fn routed(routing: Routing) -> Routed {
    Routed {
        id: AccountId {
            label: "mx.org".into(),
            user: "o".into(),
            ordinal: 0,
        },
        host: "mx.org".into(),
        addresses: Vec::new(),
        handover: Handover::Commands(
            routing
                .recipients
                .iter()
                .map(|name| [b"RCPT TO:<", &name[..], b">"].concat())
                .collect(),
        ),
        twice: Vec::new(),
        subject: String::new(),
        routing,
    }
}

fn found(address: &str, line: u32, verdict: Verdict) -> Found {
    Found {
        address: address.into(),
        line,
        prefix: 0,
        verdict,
    }
}

fn lines(shown: &Shown) -> Vec<String> {
    let steps = shown.steps.iter();
    steps
        .map(|step| format!("{}: {}", step.title, step.text))
        .collect()
}

#[test]
fn each_step_is_told_with_its_option() {
    let names = "is anna bernd=bb here envelope 1 X-Original-To qvirtual q-";
    let routing = Routing {
        recipients: vec![b"bb".to_vec(), b"boss@corp".to_vec()],
        source: Source::Envelope { skipped: 1 },
        found: vec![
            Found {
                prefix: 2,
                ..found(
                    "q-bernd@example.org",
                    7,
                    Verdict::Goes {
                        to: b"bb".to_vec(),
                        by: Rule::Pair(Host::Aka("example.org".into())),
                    },
                )
            },
            found(
                "boss@corp",
                7,
                Verdict::Goes {
                    to: b"boss@corp".to_vec(),
                    by: Rule::LocalDomain(b"corp".to_vec()),
                },
            ),
            found("x@far", 7, Verdict::Elsewhere),
            found("y@mx.org", 8, Verdict::Nobody(Host::Server)),
        ],
        ..Routing::default()
    };
    let shown = shown(&routed(routing), &account(names));
    assert_eq!(
        lines(&shown),
        [
            "Header used: X-Original-To; 1 before it was passed over",
            "q-bernd@example.org: Line 7: goes to bb",
            "Prefix: without the prefix “q-” (qvirtual)",
            "Host: example.org is the mail server by aka example.org",
            "Name: the list maps the name",
            "boss@corp: Line 7: goes to boss@corp",
            "Host: corp is in localdomains, so the address is kept whole",
            "x@far: Line 7: goes to nobody",
            "Host: far is neither the mail server nor in localdomains",
            "y@mx.org: Line 8: goes to nobody",
            "Host: mx.org is the mail server",
            "Name: nobody here has the name",
            "Handed over by: RCPT TO:<bb>\nRCPT TO:<boss@corp>",
        ]
    );
    let options: Vec<Id> = shown.steps.iter().filter_map(|step| step.option).collect();
    let (envelope, is) = (Id::Envelope, Id::Is);
    assert_eq!(
        options,
        [
            envelope,
            Id::Qvirtual,
            Id::Aka,
            is,
            Id::Localdomains,
            Id::Aka,
            Id::Via,
            is,
            Id::Smtphost
        ]
    );
    assert_eq!(shown.lines, [7, 8]);
    let chips: Vec<&str> = shown.chips.iter().map(|chip| chip.text.as_str()).collect();
    assert_eq!(chips, ["bb", "boss@corp"]);
    assert!(shown.chips.iter().all(|chip| !chip.is_warning));
}

#[test]
fn every_verdict_has_an_option_for_each_reason() {
    let hosts = [
        Host::Server,
        Host::Aka("a".into()),
        Host::Dns(Alias::Canonical),
        Host::Dns(Alias::Address),
        Host::Dns(Alias::Exchanger),
    ];
    let mut verdicts = vec![
        Verdict::Elsewhere,
        Verdict::Bare,
        Verdict::Unsafe,
        Verdict::Open,
        Verdict::Unknown,
    ];
    let goes = |by| Verdict::Goes {
        to: b"a".to_vec(),
        by,
    };
    verdicts.push(goes(Rule::WholeAddress));
    verdicts.push(goes(Rule::LocalDomain(b"d".to_vec())));
    for host in hosts {
        verdicts.push(Verdict::Nobody(host.clone()));
        verdicts.push(goes(Rule::Name(host.clone())));
        verdicts.push(goes(Rule::Pair(host.clone())));
        verdicts.push(goes(Rule::Wildcard(host)));
    }
    let routed = routed(Routing::default());
    for verdict in verdicts {
        let found = found("a@b", 1, verdict);
        let reasons = words::verdict(&found, &routed).len();
        assert_eq!(reasons, decided_by(&found.verdict).len(), "{found:?}");
    }
}

#[test]
fn when_nobody_matches() {
    let routing = Routing {
        recipients: vec![b"chief".to_vec()],
        source: Source::Addressees,
        found: vec![found("x@far", 2, Verdict::Elsewhere)],
        is_last_resort: true,
        warning: Some(b"recipient address x@far didn't match any local name".to_vec()),
        ..Routing::default()
    };
    let check = |words: &str, first: &str| {
        let shown = shown(&routed(routing.clone()), &account(words));
        assert_eq!(lines(&shown)[0], first);
        let last = &lines(&shown)[3..];
        assert_eq!(
            last,
            [
                "In the end: the last resort: nobody matched",
                "Header added: X-Fetchmail-Warning: recipient address x@far didn't match any local name",
                "Handed over by: RCPT TO:<chief>"
            ]
        );
        assert_eq!(shown.chips[0].text, "Last resort: chief");
        assert!(shown.chips[0].is_warning);
    };
    check(
        "is a b here envelope X-Original-To",
        "Header used: To, Cc, Bcc, because X-Original-To is not there",
    );
    check(
        "is a b here",
        "Header used: To, Cc, Bcc, because no Received line of the mail server names a recipient",
    );
    check(
        "is a b here no envelope",
        "Header used: To, Cc, Bcc, because of no envelope",
    );
    check(
        "is a b here envelope 2 Delivered-To",
        "Header used: To, Cc, Bcc, because there are not enough Delivered-To lines",
    );
}

#[test]
fn the_ends_that_are_no_names() {
    let of = |routing: Routing, words: &str| shown(&routed(routing), &account(words));
    let single = of(
        Routing {
            recipients: vec![b"ann".to_vec()],
            ..Routing::default()
        },
        "is ann here",
    );
    assert_eq!(single.steps[0].option, Some(Id::Is));
    assert_eq!((single.steps.len(), single.chips.len()), (2, 1));
    let waits = of(
        Routing {
            source: Source::Addressees,
            is_deferred: true,
            ..Routing::default()
        },
        "is a b here",
    );
    assert_eq!(waits.chips[0].text, "Waits for DNS");
    assert_eq!(waits.steps[1].option, Some(Id::Dns));
    let nobody = of(
        Routing {
            source: Source::Addressees,
            is_last_resort: true,
            ..Routing::default()
        },
        "is a b here",
    );
    assert_eq!(nobody.chips[0].text, "Nobody");
    assert_eq!(nobody.steps.last().unwrap().option, Some(Id::Postmaster));
}

#[test]
fn of_thousands_of_addresses_the_first_are_told() {
    let one = found("x@far", 2, Verdict::Elsewhere);
    let routing = Routing {
        source: Source::Addressees,
        found: vec![one; 1000],
        ..Routing::default()
    };
    let shown = shown(&routed(routing), &account("is a b here"));
    assert!(shown.steps.len() < 110, "{}", shown.steps.len());
    assert!(lines(&shown).contains(&"And: 950 more addresses".to_owned()));
    assert_eq!(shown.lines, [2]);
}

#[test]
fn a_command_is_shown_as_it_would_run() {
    let mut done = routed(Routing {
        recipients: vec![b"a".to_vec()],
        source: Source::Addressees,
        ..Routing::default()
    });
    done.handover = Handover::Program(b"deliver 'a'".to_vec());
    done.twice = vec![b"a".to_vec()];
    let shown = shown(&done, &account("is a b here mda 'deliver %T'"));
    let last: Vec<&Step> = shown.steps.iter().rev().take(2).collect();
    assert_eq!(
        (last[1].text.as_str(), last[1].option),
        ("deliver 'a'", Some(Id::Mda))
    );
    assert!(
        last[0]
            .text
            .starts_with("a: the message before is the same")
    );
}
