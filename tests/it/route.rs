//! `postrider route`: the recipients of a message and the reasons, on the command line.

use super::support::home::{Ended, Home};
use super::support::journey::program;

const RC: &str = "poll mx.example proto pop3 no dns aka example.org localdomains corp.example\n  \
                  user office pass SECRET is anna bernd=bb * here\n\
                  poll single proto pop3 no dns user ann is ann here\n";

async fn route(rc: &str, message: &str, args: &[&str]) -> Ended {
    let home = Home::new();
    home.rc(rc);
    home.write("message", message);
    let all = [&["route"][..], args, &["message"]].concat();
    home.run(program(), &all).await
}

#[tokio::test]
async fn a_line_for_each_recipient() {
    let check = async |message: &str, args: &[&str], status: i32, names: &[&str]| {
        let ended = route(RC, message, args).await;
        assert_eq!(ended.status, status, "{message}: {ended:#?}");
        let first = |line: &str| line.split('\t').next().unwrap_or("").to_owned();
        let found: Vec<String> = ended.out.lines().map(first).collect();
        assert_eq!(found, names, "{message}: {ended:#?}");
        assert!(!ended.out.contains("SECRET"));
    };
    check(
        "To: anna@example.org, BERND@mx.example\n\nx",
        &[],
        0,
        &["anna", "bb"],
    )
    .await;
    check("To: zed@example.org, x@far\n\n", &[], 0, &["zed", "-"]).await;
    check("To: boss@corp.example\n", &[], 0, &["boss@corp.example"]).await;
    // Whom the postmaster stands for depends on who runs it.
    let ended = route(RC, "To: x@far\n\n", &[]).await;
    assert_eq!(ended.status, 1, "{ended:#?}");
    assert!(
        ended.out.contains("the last resort: nobody matched"),
        "{ended:#?}"
    );
    check("To: x@far\n\n", &["--server", "single"], 0, &["ann"]).await;
    check("To: x@far\n\n", &["--server", "nothing"], 6, &[]).await;
    check("", &["--dns", "maybe"], 5, &[]).await;
}

#[tokio::test]
async fn dns_may_be_assumed() {
    let rc = "poll mx.example proto pop3 user office is anna bernd here\n";
    let message = "To: anna@alias.example\n\n";
    let ours = route(rc, message, &["--dns=yes"]).await;
    assert!(
        ours.out.starts_with("anna\t") && ours.status == 0,
        "{ours:#?}"
    );
    let other = route(rc, message, &["--dns=no"]).await;
    assert_eq!(other.status, 1, "{other:#?}");
}

#[tokio::test]
async fn json() {
    let ended = route(RC, "Subject: x\nTo: anna@example.org\n\n", &["--json"]).await;
    let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(report["version"], 1);
    let account = &report["accounts"][0];
    assert_eq!(account["source"], "addressees");
    assert_eq!(account["recipients"][0]["address"], "anna@localhost");
    let found = &account["found"][0];
    let expected = ("goes", "name", "aka", 2);
    let words = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (
            words("verdict").as_str(),
            words("rule").as_str(),
            words("host").as_str()
        ),
        (expected.0, expected.1, expected.2)
    );
    assert_eq!(found["line"], expected.3);
}

#[tokio::test]
async fn strict_accounts_do_not_guess() {
    let home = Home::new();
    home.rc("poll mx.example proto pop3 no dns user office is anna bernd here\n");
    home.write(
        ".config/postrider/accounts.toml",
        "[[account]]\nlabel = \"mx.example\"\nuser = \"office\"\nstrict_recipients = true\n",
    );
    home.write("guess", "To: anna@mx.example\n\n");
    home.write(
        "told",
        "Received: from x by mx.example for <bernd@mx.example>; Mon\nTo: anna@mx.example\n\n",
    );
    let guess = home.run(program(), &["route", "guess"]).await;
    assert!(
        guess.status == 1 && guess.out.contains("not believed"),
        "{guess:#?}"
    );
    let told = home.run(program(), &["route", "told"]).await;
    assert!(
        told.status == 0 && told.out.starts_with("bernd\t"),
        "{told:#?}"
    );
}
