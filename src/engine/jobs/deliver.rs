//! Delivers a message of our own making by the sink of a draft, and says what was seen.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;

use super::Context;
use super::around::place;
use super::failed::{Result, failed, setup};
use super::trial::Trial;
use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;
use crate::deliver::{self, Part, Report};
use crate::engine::api::Cause;
use crate::engine::api::job::{Delivery, Draft, Failed, Outcome, Place};
use crate::engine::clock;
use crate::engine::poll::folder::sink_settings;
use crate::engine::poll::target_words;
use crate::engine::trouble::{Fault, of_sink, status};
use crate::mail::Envelope;
use crate::mail::envelope::BodyType;
use crate::rc::Account;
use crate::rc::account::Target;
use crate::transit::stamp::full_address;
use crate::transit::{self, Passage, Refusal, Ticket};

/// How long the delivery may take.
const LIMIT: Duration = Duration::from_secs(110);

/// Octets kept of what a program says.
const DETAILS: usize = 4096;

/// See [`Job::TestDelivery`](crate::engine::api::job::Job::TestDelivery).
pub async fn run(context: &Context, draft: &Draft) -> Result<Outcome> {
    let account = Trial::new(context, draft).await?.account;
    match &draft.setup.delivery {
        Delivery::Watch => {
            let sentence = gettext("Nothing is delivered for an account that is only watched.");
            return Err(setup(sentence));
        }
        Delivery::Maildir(path) if place(path) == Place::Other => {
            return Err(setup(gettext(
                "The folder is not a Maildir and is not empty.",
            )));
        }
        _ => {}
    }
    let options = &context.options;
    let settings = sink_settings(
        &account,
        &context.own_name,
        options.source.is_root,
        &options.program,
    );
    let work = deliver(draft, &account, message(context, draft, &account), settings);
    match tokio::time::timeout(LIMIT, work).await {
        Ok(done) => done,
        Err(_) => {
            let text = gettext("The delivery did not end within {n} seconds.");
            Err(setup(fill(&text, &[("n", &LIMIT.as_secs())])))
        }
    }
}

async fn deliver(
    draft: &Draft,
    account: &Account,
    text: String,
    settings: deliver::Settings,
) -> Result<Outcome> {
    let (delivery, mut reports) = deliver::open(&account.target, settings);
    feed(&delivery, account, text).await;
    drop(delivery);
    let mut file = None;
    let mut down = None;
    let mut ended = None;
    while let Some(report) = reports.recv().await {
        match report {
            Report::Intent { files, go } => {
                file = files.into_iter().next().map(|(_, path)| path);
                // The sink waits for it, or has gone and says why.
                let _ = go.send(true);
            }
            Report::Settled(outcomes) => {
                ended = outcomes.into_iter().next().map(|(_, outcome)| outcome);
            }
            Report::Down(error) => down = Some(error),
        }
    }
    match (ended, down) {
        (Some(transit::Outcome::Delivered), _) => {
            Ok(Outcome::Delivered(seen(account, file.as_deref())))
        }
        (_, Some(error)) => Err(broken(error, draft)),
        (Some(outcome), None) => Err(not_taken(outcome, account)),
        (None, None) => Err(failed(Fault::passing(
            Cause::Internal("the sink said nothing".to_owned()),
            status::INTERNAL,
        ))),
    }
}

/// What the sink is given. It may end at any moment, and says why.
async fn feed(delivery: &deliver::Delivery, account: &Account, text: String) {
    let ticket = Ticket(1);
    let recipients = account.local_names.iter().map(|name| name.local.clone());
    let envelope = Envelope {
        sender: Vec::new(),
        recipients: recipients.collect(),
        last_resort: None,
        body: BodyType::EightBit,
        size: Some(text.len() as u64),
    };
    let mut passage = Passage::new(account, None);
    let text = passage.apply(Bytes::from(text));
    for part in [
        Part::Begin { ticket, envelope },
        Part::Chunk(text),
        Part::Chunk(passage.finish()),
        Part::Finish,
    ] {
        if !delivery.send(part).await {
            return;
        }
    }
}

/// The message: from and to the person.
fn message(context: &Context, draft: &Draft, account: &Account) -> String {
    let local = account.local_names.first().map(|name| name.local.clone());
    let to = match draft.setup.address.as_str() {
        address if address.contains('@') && address.is_ascii() => address.to_owned(),
        _ => quiet(&full_address(&local.unwrap_or_default(), account), 200),
    };
    let to = to.replace(['\r', '\n'], "");
    let subject = encoded(&gettext("Test message of Postrider"));
    let text = gettext(
        "This message was made by Postrider to try the delivery of mail. It can be deleted.",
    );
    [
        format!("Date: {}", clock::rfc5322_now()),
        format!("From: {to}"),
        format!("To: {to}"),
        format!("Subject: {subject}"),
        format!("Message-ID: <{}@{}>", clock::unique(), context.own_name),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
        "Content-Transfer-Encoding: 8bit".to_owned(),
        "Auto-Submitted: auto-generated".to_owned(),
        String::new(),
        text,
        String::new(),
    ]
    .join("\r\n")
}

/// As a header may hold it (RFC 2047); one word, which is enough for a subject of ours.
fn encoded(text: &str) -> String {
    use base64::Engine as _;
    match text.is_ascii() {
        true => text.to_owned(),
        false => {
            let coded = base64::engine::general_purpose::STANDARD.encode(text);
            format!("=?utf-8?B?{coded}?=")
        }
    }
}

/// What was seen of a delivery that went well.
fn seen(account: &Account, file: Option<&Path>) -> String {
    if let Some(file) = file {
        return delivered_file(file).display().to_string();
    }
    match &account.target {
        Target::Mda(_) => gettext("The program has taken the message (it ended with 0)."),
        target => {
            let text = gettext("{listener} has taken the message for {user}.");
            let user = account.local_names.first().map(|name| name.local.clone());
            let user = quiet(&user.unwrap_or_default(), 200);
            let listener = target_words(target);
            fill(&text, &[("listener", &listener), ("user", &user)])
        }
    }
}

/// Where a file that was written as this one in `tmp/` is to be found; `new/` itself if somebody
/// has moved it on already.
pub fn delivered_file(tmp: &Path) -> PathBuf {
    let folder = tmp.parent().and_then(Path::parent).unwrap_or(tmp);
    let new = folder.join("new");
    let name = tmp
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let files = std::fs::read_dir(&new).into_iter().flatten().flatten();
    let mut names = files.map(|file| file.file_name());
    let is_it = |other: &std::ffi::OsString| other.to_string_lossy().starts_with(&name);
    names.find(is_it).map_or(new.clone(), |name| new.join(name))
}

/// The sink as a whole does not work.
fn broken(error: deliver::Error, draft: &Draft) -> Box<Failed> {
    let is_local = matches!(draft.setup.delivery, Delivery::Listener(_));
    match error {
        deliver::Error::NoListener { tried } if is_local => {
            let sentence = gettext("Nothing answers on port 25 of this computer.");
            Box::new(Failed {
                details: quiet(tried.join("\n").as_bytes(), DETAILS),
                ..*setup(sentence)
            })
        }
        error => failed(of_sink(error)),
    }
}

/// The message was refused, or put off.
fn not_taken(outcome: transit::Outcome, account: &Account) -> Box<Failed> {
    let refusal = match outcome {
        transit::Outcome::Deferred(refusal) | transit::Outcome::Refused(refusal) => refusal,
        transit::Outcome::Partly(shares) => {
            let mut why = shares.refused.into_iter().chain(shares.put_off);
            why.next().map_or(
                Refusal {
                    code: 0,
                    words: Vec::new(),
                },
                |(_, why)| why,
            )
        }
        transit::Outcome::Delivered => Refusal {
            code: 0,
            words: Vec::new(),
        },
    };
    let sentence = match (&account.target, refusal.code) {
        (Target::Mda(_), 75) => gettext("The program returned 75, which means “try later”."),
        (Target::Mda(_), 126) => gettext("The program must not be run (it returned 126)."),
        (Target::Mda(_), 127) => gettext("There is no such program (the shell returned 127)."),
        (Target::Mda(_), 0) => gettext("The program could not be run."),
        (Target::Mda(_), code) => {
            fill(&gettext("The program returned {code}."), &[("code", &code)])
        }
        (target, _) => {
            let text = gettext("{listener} did not take the message.");
            fill(&text, &[("listener", &target_words(target))])
        }
    };
    let fault = Fault::yours(Cause::Setup(sentence), status::DELIVERY).said(&refusal.words);
    Box::new(Failed {
        details: quiet(&refusal.words, DETAILS),
        ..*failed(fault)
    })
}
