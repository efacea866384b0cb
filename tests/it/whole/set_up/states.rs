//! What the wizard says to each kind of server, and the way on from there.

use std::time::Duration;

use rcgen::date_time_ymd;

use super::*;
use crate::support::ca::{Ca, self_signed, server_params};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn encrypted_after_the_start() {
    let mut scene = Scene::open(Server::start().await, 1, true).await;
    scene.to_server(scene.journey.server.imap, PASSWORD).await;
    choose_security(&mut scene, 1).await;
    scene.hands.press("", "Continue").await;
    scene.hands.sees(SIGN_IN, "STARTTLS").await;
    scene
        .hands
        .sees(SIGN_IN, "Signed in. 1 message is waiting")
        .await;
    scene.save().await;
    scene.mail_arrives().await;
}

/// Opens the list of ways to protect the line and goes down in it.
async fn choose_security(scene: &mut Scene, down: usize) {
    scene.hands.go_to("Security").await;
    scene.hands.key("space").await;
    // The list is a window of its own, which tells of its focus.
    scene.hands.settle().await;
    for _ in 0..down {
        scene.hands.key("Down").await;
    }
    scene.hands.key("Return").await;
    scene.hands.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_clear_only_once_accepted() {
    let mut scene = Scene::open(Server::start().await, 1, true).await;
    scene
        .journey
        .server
        .manner(|manner| manner.offers_starttls = false);
    scene.to_server(scene.journey.server.imap, PASSWORD).await;
    choose_security(&mut scene, 3).await;
    scene.hands.press("", "Continue").await;
    scene.hands.sees(SERVER, "Set the tick to go on").await;
    assert!(scene.has_kept_quiet(), "{:?}", scene.journey.said());
    scene.hands.go_to("I accept this risk").await;
    scene.hands.key("space").await;
    scene.hands.press("", "Continue").await;
    scene
        .hands
        .sees(SIGN_IN, "Signed in. 1 message is waiting")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_its_own_is_pinned() {
    let server = Server::start_with(self_signed(&server_params(&["localhost"])), String::new());
    let scene = Scene::open(server.await, 2, false).await;
    scene.sign_in(scene.journey.server.imaps, PASSWORD).await;
    scene
        .hands
        .sees(SIGN_IN, "The server has issued it to itself")
        .await;
    assert!(scene.has_kept_quiet(), "{:?}", scene.journey.said());
    scene
        .hands
        .press(SIGN_IN, "Use Only This Certificate")
        .await;
    scene
        .hands
        .sees(SIGN_IN, "Signed in. 2 messages are waiting")
        .await;
    scene.save().await;
    scene.mail_arrives().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_that_are_not_good_enough() {
    let ca = Ca::new();
    let mut old = server_params(&["localhost"]);
    old.not_before = date_time_ymd(2020, 1, 1);
    old.not_after = date_time_ymd(2021, 1, 1);
    let cases = [
        (
            ca.issue(&["other.example"]),
            "The certificate is for another server",
        ),
        (ca.issue_with(old), "The certificate has expired"),
    ];
    for (identity, words) in cases {
        let server = Server::start_with(identity, ca.pem()).await;
        let scene = Scene::open(server, 1, true).await;
        scene.sign_in(scene.journey.server.imaps, PASSWORD).await;
        scene.hands.sees(SIGN_IN, words).await;
        assert!(scene.has_kept_quiet(), "{:?}", scene.journey.said());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_then_the_right_one() {
    let scene = Scene::open(Server::start().await, 1, true).await;
    scene.sign_in(scene.journey.server.imaps, "wrong").await;
    scene.hands.sees(SIGN_IN, "Sign-in was refused").await;
    scene.hands.fill(SIGN_IN, "Password", PASSWORD).await;
    scene.hands.press("", "Sign In").await;
    scene
        .hands
        .sees(SIGN_IN, "Signed in. 1 message is waiting")
        .await;
    scene.save().await;
    scene.mail_arrives().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_another_has_open() {
    let scene = Scene::open(Server::start().await, 1, true).await;
    let locked = "-ERR [IN-USE] Do you have another session?".to_owned();
    scene
        .journey
        .server
        .manner(|manner| manner.refuses_login = Some(locked));
    scene.sign_in(scene.journey.server.pop3s, PASSWORD).await;
    scene.hands.sees(SIGN_IN, "The mailbox is in use").await;
    scene
        .journey
        .server
        .manner(|manner| manner.refuses_login = None);
    scene.hands.press(SIGN_IN, "Try Now").await;
    scene
        .hands
        .sees(SIGN_IN, "Signed in. 1 message is waiting")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dying_slow_and_empty() {
    let scene = Scene::open(Server::start().await, 0, true).await;
    let server = &scene.journey.server;
    // In the middle of the answer to the sign-in.
    server.manner(|manner| manner.closes_after = Some(120));
    scene.sign_in(server.imaps, PASSWORD).await;
    scene.hands.sees(SIGN_IN, "The connection was cut").await;
    server.manner(|manner| {
        manner.closes_after = None;
        manner.thinks = Duration::from_millis(1500);
    });
    scene.hands.press(SIGN_IN, "Try Again").await;
    scene.hands.sees(SIGN_IN, "Signing in…").await;
    scene.hands.sees(SIGN_IN, "Under way…").await;
    scene
        .hands
        .sees(SIGN_IN, "Signed in. The mailbox is empty.")
        .await;
    for step in ["Step 4", "Step 5", "Step 6"] {
        scene.hands.press("", "Continue").await;
        scene.hands.sees("", step).await;
    }
    scene
        .hands
        .sees("Try It", "The mailbox is empty. That is fine.")
        .await;
}
