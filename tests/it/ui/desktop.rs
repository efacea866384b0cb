//! The whole desktop program in process, with a fake engine behind its door.

use std::sync::{Arc, Mutex};

use gtk::gio;
use postrider::desktop::{self, EngineDoor};
use tokio::sync::broadcast;

use super::*;

/// An engine that keeps what it is told, shows `all`, and ends when asked to. `act` is called for
/// each command.
fn door(
    all: Snapshot,
    act: impl Fn(&Command, &broadcast::Sender<Event>) + Send + Sync + 'static,
) -> (EngineDoor, Arc<Mutex<Vec<Command>>>) {
    let (events, _) = broadcast::channel(64);
    let told = Arc::new(Mutex::new(Vec::new()));
    let (kept, ears) = (told.clone(), events.clone());
    let door = EngineDoor {
        send: Arc::new(move |command| {
            act(&command, &events);
            if command == Command::Shutdown {
                let _ = events.send(Event::Ended);
            }
            kept.lock().unwrap().push(command);
        }),
        subscribe: Arc::new(move || ears.subscribe()),
        snapshot: Arc::new(move || all.clone()),
    };
    (door, told)
}

fn args(words: &[&str]) -> Vec<String> {
    ["postrider-desktop"]
        .iter()
        .chain(words)
        .map(|&word| word.to_owned())
        .collect()
}

/// What a panel or script does: an action over the session bus.
fn activate(name: &str) {
    let bus = gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE).unwrap();
    let parameters = glib::Variant::tuple_from_iter([
        name.to_variant(),
        Vec::<glib::Variant>::new().to_variant(),
        glib::VariantDict::new(None).end(),
    ]);
    bus.call_sync(
        Some(postrider::APP_ID),
        "/io/github/postrider/Postrider",
        "org.gtk.Actions",
        "Activate",
        Some(&parameters),
        None,
        gio::DBusCallFlags::NONE,
        5_000,
        gio::Cancellable::NONE,
    )
    .unwrap();
}

/// No tray, no notice server: it starts, checks, announces into the void, and ends in order.
#[gtk::test]
fn it_runs_on_a_bare_bus_and_ends_in_order() {
    let arrived = |events: &broadcast::Sender<Event>| {
        let id = sample::id("anna@example.org", "imap.example.org");
        let _ = events.send(Event::Arrived { id, count: 3 });
    };
    let mut first = sample::all();
    first.accounts.truncate(1);
    first.accounts[0].state = postrider::engine::api::State::Idle;
    let (door, told) = door(first, move |command, events| {
        if matches!(command, Command::Check { .. }) {
            arrived(events);
            std::thread::spawn(|| activate("quit"));
        }
    });
    let code = desktop::run(&args(&["--check", "imap.example.org"]), move |_| door);
    assert_eq!(
        format!("{code:?}"),
        format!("{:?}", std::process::ExitCode::SUCCESS)
    );
    let ids = Some(vec![sample::id("anna@example.org", "imap.example.org")]);
    let mut told = told.lock().unwrap().clone();
    // The page of the account wants to know what is set for it.
    told.retain(|command| !matches!(command, Command::Start { .. }));
    assert_eq!(told, [Command::Check { ids }, Command::Shutdown]);
}

/// A desktop to look at by hand, inside `. DIR/env` of a test desktop:
/// `cargo test --test it ui::desktop::by_hand -- --ignored`, with words for its command line in
/// `POSTRIDER_ARGS`. Each check brings three messages.
#[gtk::test]
#[ignore = "runs until it is told to quit"]
fn by_hand() {
    let (door, told) = door(sample::all(), |command, events| {
        if let Command::Check { .. } = command {
            let id = sample::id("anna@example.org", "imap.example.org");
            for entry in sample::morning() {
                let _ = events.send(Event::Activity(entry));
            }
            let _ = events.send(Event::Account(sample::fetching()));
            let _ = events.send(Event::Arrived { id, count: 3 });
            let mut refused = sample::refused();
            refused.id.user.push_str(" <b>&");
            let _ = events.send(Event::Account(refused));
        }
        if let Command::Ack { .. } = command {
            let mut seen = sample::fetching();
            seen.state = postrider::engine::api::State::Idle;
            let _ = events.send(Event::Account(seen));
        }
    });
    let words = std::env::var("POSTRIDER_ARGS").unwrap_or_default();
    let words: Vec<&str> = words.split_whitespace().collect();
    desktop::run(&args(&words), move |_| door);
    println!("told: {:?}", told.lock().unwrap());
}
