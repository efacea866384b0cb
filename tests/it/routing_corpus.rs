//! Headers as real software writes them, and who gets the mail: every block of
//! `tests/corpus/routing` through the pure routing, and, where a block says so, through the
//! installed fetchmail 6.4.37.
//!
//! A block ends with a line `%%`. Its first lines are `key: value`, up to an empty line; what
//! follows is the header (and, after another empty line, a body).
//!
//! | key | meaning |
//! |---|---|
//! | `name` | said when it fails |
//! | `rc` | options behind `poll mx.example.net protocol pop3`, those of the server first; holds until another is given |
//! | `strict` | `yes`: `strict_recipients` of `accounts.toml` |
//! | `postmaster` | the last resort; `root` if not given |
//! | `answers` | of DNS: `host=canonical`, `address`, `exchanger`, `not` or `failed` |
//! | `to` | the recipients in order, between ` \| `; `-` for none |
//! | `at` | where addresses are found: `single`, `envelope`, `received`, `resent`, `addressees`, `nowhere`, and `, line n` of the first; `deferred` |
//! | `because` | what becomes of each address found; `-` if there is none; left out for very many |
//! | `fetchmail` | `same`, or its recipients and, behind `; `, why it differs; left out where it cannot be compared (DNS, `strict`, time) |
//! | `why` | for the reader |
//!
//! Written `\xNN` is that octet; `{{n|text}}` is `n` times the text, `#` counting from 1.

mod block;
mod oracle;

use block::{Block, blocks};
use bytes::Bytes;
use postrider::rc::resolve::{self, Surroundings};
use postrider::rc::settings::Overrides;
use postrider::rc::{Account, Document};
use postrider::transit;
use postrider::transit::Header;
use postrider::transit::header::Collector;
use postrider::transit::route::Answers;
use postrider::transit::route::reason::{Alias, Answer, Routing, Rule, Source, Verdict};

fn account(block: &Block) -> Account {
    let text = format!("poll mx.example.net protocol pop3 {}", block.rc);
    let document = Document::parse(&text);
    let whole = resolve::whole(&document, &Overrides::default(), &Surroundings::default());
    let errors = resolve::usable(whole.diagnostics).err();
    assert!(errors.is_none(), "{}: {text}: {errors:#?}", block.name);
    assert_eq!(whole.accounts.len(), 1, "{}: {text}", block.name);
    let mut account = whole.accounts.into_iter().next().unwrap().account;
    account.local.strict_recipients = block.is_strict;
    account
}

fn answers(block: &Block) -> Answers {
    let mut answers = Answers::default();
    for (host, answer) in &block.answers {
        let answer = match answer.as_str() {
            "canonical" => Answer::Is(Alias::Canonical),
            "address" => Answer::Is(Alias::Address),
            "exchanger" => Answer::Is(Alias::Exchanger),
            "not" => Answer::IsNot,
            "failed" => Answer::Failed,
            _ => panic!("{}: {answer}", block.name),
        };
        answers.learn(host.clone(), answer);
    }
    answers
}

fn header(octets: &[u8]) -> Header {
    let mut collector = Collector::default();
    match collector.push(&Bytes::copy_from_slice(octets)) {
        Some(header) => header,
        None => collector.finish(),
    }
}

fn routed(block: &Block) -> Routing {
    let account = account(block);
    let rewritten = transit::rewrite(&header(&block.message()), &account, &account.host);
    let postmaster = block.postmaster.as_bytes();
    transit::route(&rewritten.clues, &account, postmaster, &answers(block))
}

/// As `at` has it.
fn place(routing: &Routing) -> String {
    if routing.is_deferred {
        return "deferred".to_owned();
    }
    let source = match routing.source {
        Source::SingleDrop => "single",
        Source::Envelope { .. } => "envelope",
        Source::Received { .. } => "received",
        Source::Resent => "resent",
        Source::Addressees => "addressees",
        Source::Nowhere => "nowhere",
    };
    match routing.found.first() {
        Some(found) => format!("{source}, line {}", found.line),
        None => source.to_owned(),
    }
}

fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Goes { by, .. } => match by {
            Rule::WholeAddress => "whole",
            Rule::LocalDomain(_) => "domain",
            Rule::Name(_) => "name",
            Rule::Pair(_) => "pair",
            Rule::Wildcard(_) => "any",
        },
        Verdict::Elsewhere => "elsewhere",
        Verdict::Nobody(_) => "nobody",
        Verdict::Bare => "bare",
        Verdict::Unsafe => "unsafe",
        Verdict::Open | Verdict::Unknown => "open",
    }
}

/// As `because` has it.
fn reasons(routing: &Routing) -> Vec<&'static str> {
    let found = routing.found.iter();
    found.map(|found| verdict(&found.verdict)).collect()
}

#[test]
fn ours() {
    let blocks = blocks();
    let mut failures = Vec::new();
    for block in &blocks {
        let routing = routed(block);
        let mut fail = |what: &str, is: &dyn std::fmt::Debug, expected: &dyn std::fmt::Debug| {
            let name = (&block.file, &block.name);
            let text = format!("{name:?}: {what} {is:?}, not {expected:?}");
            failures.push(text.chars().take(1000).collect::<String>());
        };
        if !routing.questions.is_empty() && !routing.is_deferred {
            fail("asks for", &routing.questions, &"nothing");
        }
        let to = block::shown(&routing.recipients);
        if to != block.to {
            fail("goes to", &to, &block.to);
        }
        if place(&routing) != block.at {
            fail("found at", &place(&routing), &block.at);
        }
        let because = block.because.iter();
        if because
            .clone()
            .any(|expected| *expected != reasons(&routing))
        {
            fail("because of", &reasons(&routing), &block.because);
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} blocks:\n{}",
        failures.len(),
        blocks.len(),
        failures.join("\n")
    );
    assert!(blocks.len() >= 110, "{}", blocks.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fetchmail_has_it_so() {
    let Some(fetchmail) = oracle::fetchmail() else {
        return;
    };
    let blocks = blocks();
    let mut failures = Vec::new();
    let (mut count, mut differing) = (0, 0);
    for (block, theirs) in oracle::delivered(&fetchmail, &blocks).await {
        let Some(expected) = &block.fetchmail else {
            continue;
        };
        count += 1;
        differing += usize::from(block.differs());
        if theirs != *expected {
            let name = (&block.file, &block.name);
            let text = format!("{name:?}: theirs {theirs:?}, not {expected:?}");
            failures.push(text.chars().take(600).collect::<String>());
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} blocks:\n{}",
        failures.len(),
        failures.join("\n")
    );
    println!(
        "{count} of {} blocks compared, {differing} differ",
        blocks.len()
    );
    assert!(count >= 100, "{count}");
}
