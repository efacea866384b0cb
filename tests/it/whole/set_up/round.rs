//! All the way round each page by Tab, and back: no control is left out, and none keeps the focus.

use super::*;
use crate::whole::reader::Place;

/// Goes round by one key until it comes to where it has been; the names of all that had the focus
/// meanwhile.
async fn round(hands: &mut Hands, key: &str) -> Vec<String> {
    let mut first: Option<Place> = None;
    let mut met = Vec::new();
    while met.len() < 60 {
        let place = hands.step(key).await;
        if first.as_ref() == Some(&place) {
            return met;
        }
        met.push(hands.reader.name(&place).await.unwrap_or_default());
        first.get_or_insert(place);
    }
    panic!("{key} does not lead round, but to {met:?}");
}

/// The ring as it is met by who begins at `first`.
fn from(first: &str, mut ring: Vec<String>) -> Vec<String> {
    let at = ring.iter().position(|name| name == first);
    ring.rotate_left(at.unwrap_or_default());
    ring
}

impl Scene {
    /// `expected` in the order of Tab. A row and the switch or the mark in it are both stopped at.
    async fn goes_round(&mut self, expected: &[&str]) {
        let hands = &mut self.hands;
        hands.settle().await;
        let there = round(hands, "Tab").await;
        assert_eq!(from(expected[0], there), expected);
        let mut back = round(hands, "shift+Tab").await;
        back.reverse();
        assert_eq!(from(expected[0], back), expected, "backwards");
    }
}

const STEPS: [&str; 6] = [
    "Find the address",
    "Connect",
    "Secure the line",
    "Read the greeting",
    "Sign in",
    "Open the mailbox",
];
const FOLDER: &str = "Mail folder (Maildir)";
const LEAVE: &str = "Leave messages on the server";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tab_leads_round_every_page() {
    let mut scene = Scene::open(Server::start().await, 2, true).await;
    let port = scene.journey.server.imaps;
    scene.to_server(port, PASSWORD).await;
    scene
        .goes_round(&[
            "Server",
            "Security",
            "Port (empty: the standard one)",
            "User name (empty: the address)",
            "Sign-in",
            "Test Server",
            "Back",
            "Continue",
            "Protocol",
        ])
        .await;
    scene.hands.press("", "Continue").await;
    let signed_in = "Signed in. 2 messages are waiting";
    scene.hands.sees(SIGN_IN, signed_in).await;
    scene
        .goes_round(&[&STEPS[..], &["Back", "Continue"]].concat())
        .await;
    let pages: [&[&str]; 4] = [
        &[
            FOLDER,
            FOLDER,
            "A program",
            "LMTP",
            "Nothing, only watch",
            "Folder (it is made)",
            "Choose a Folder",
            "Deliver a Test Message",
            "Back",
            "Continue",
        ],
        &[
            LEAVE,
            LEAVE,
            "Delete from the server once delivered",
            "The first time",
            "Check",
            "Skip large messages",
            "Skip large messages",
            "Back",
            "Continue",
        ],
        &[
            "Fetch One Now",
            "Your journey Oslo S - Bergen, 24 November",
            "Lunch on Thursday?",
            "Back",
            "Continue",
        ],
        &[
            "Server",
            "Change: Server",
            "Sign-in",
            "Change: Sign-in",
            "Delivery",
            "Change: Delivery",
            "Copies and schedule",
            "Change: Copies and schedule",
            "Configuration",
            "What will be written",
            "Start at login",
            "Start at login",
            "Show notifications",
            "Show notifications",
            "Back",
            "Save and Start Checking",
            "Other Ways to Save",
        ],
    ];
    for (step, ring) in ["Step 4", "Step 5", "Step 6", "Step 7"].iter().zip(pages) {
        scene.hands.press("", "Continue").await;
        scene.hands.sees("", step).await;
        scene.goes_round(ring).await;
    }
}
