//! What a screen reader says on the way through the wizard: where the focus is, and by what name.

use super::*;

/// Each page is read out by its title, each control by its name, once; Enter is the way on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_on_the_way_is_read_out() {
    let mut scene = Scene::open(Server::start().await, 1, true).await;
    let port = scene.journey.server.imaps.to_string();
    let hands = &mut scene.hands;
    hands.go_to("Set Up an Account").await;
    hands.settle().await;
    hands.key("Return").await;
    hands.hears(ADDRESS).await;
    let mut heard = Vec::new();
    while heard.len() < 20 && heard.last().is_none_or(|last| last != "Find Settings") {
        heard.push(hands.tab().await);
    }
    let expected = [
        "Email address",
        "Password",
        "Show or hide",
        "Look up settings online",
        "Look up settings online",
        "Where to keep the password",
        "Enter Settings Myself",
        "Back",
        "Find Settings",
    ];
    assert_eq!(heard, expected);
    hands
        .fill(ADDRESS, "Email address", "ada@example.org")
        .await;
    hands.fill(ADDRESS, "Password", PASSWORD).await;
    hands.press(ADDRESS, "Enter Settings Myself").await;
    hands.sees("", "Step 2 of 7").await;
    hands.hears("Server").await;
    hands.write("localhost").await;
    hands.fill(SERVER, "Port", &port).await;
    hands.fill(SERVER, "User name", "ada").await;
    hands.key("Return").await;
    hands.hears(SIGN_IN).await;
    hands.sees(SIGN_IN, "Signed in. 1 message is waiting").await;
    for page in [
        "Where Should the Mail Go?",
        "Copies and Schedule",
        "Try It",
        "Save",
    ] {
        hands.key("Return").await;
        hands.hears(page).await;
    }
    hands.key("alt+b").await;
    hands.hears("Try It").await;
    let twice = hands.page("").await.into_iter().map(|thing| thing.name);
    let twice: Vec<String> = twice.filter(|name| is_twice(name)).collect();
    assert_eq!(twice, Vec::<String>::new(), "names said twice");
}

fn is_twice(name: &str) -> bool {
    let half = name.split_at_checked(name.len() / 2);
    half.is_some_and(|(half, rest)| !half.is_empty() && rest.strip_prefix(' ') == Some(half))
}
