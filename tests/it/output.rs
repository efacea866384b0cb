//! What `postrider fetch` writes, and that nothing depends on whether anybody reads it.

use std::path::Path;
use std::process::Stdio;

use crate::support::home::Home;
use crate::support::mailbox::Message;
use crate::support::server::Server;

const POSTRIDER: &str = env!("CARGO_BIN_EXE_postrider");

async fn server(count: usize) -> Server {
    let server = Server::start().await;
    server.store.add_user("ada", "secret");
    let messages = (0..count).map(Message::numbered);
    server.store.add("ada", "INBOX", messages);
    server
}

fn rc(home: &Home, server: &Server, label: &str) {
    let maildir = home.path().join("Mail");
    home.rc(&format!(
        "poll \"{label}\" via localhost proto pop3 port {} user ada password secret sslproto ''\n\
         mda \"postrider deliver --maildir {}\"\n",
        server.pop3,
        maildir.display()
    ));
}

/// A pipe that nobody reads any more.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[tokio::test]
async fn mail_arrives_though_nobody_reads_the_output() {
    for arguments in [&["fetch"][..], &["fetch", "-v", "-v"]] {
        let (home, server) = (Home::new(), server(5).await);
        rc(&home, &server, "work");
        let mut command = home.command(Path::new(POSTRIDER));
        command.args(arguments).stdin(Stdio::null());
        command.stdout(closed_pipe()).stderr(closed_pipe());
        let status = command.status().await.unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}");
        assert_eq!(home.maildir("Mail").len(), 5, "{arguments:?}");
        assert_eq!(server.store.count("ada", "INBOX"), 0);
    }
}

#[tokio::test]
async fn no_output_is_worth_a_crash() {
    let check = async |arguments: &[&str], expected| {
        let home = Home::new();
        let mut command = home.command(Path::new(POSTRIDER));
        command.args(arguments).stdin(Stdio::null());
        command.stdout(closed_pipe()).stderr(closed_pipe());
        let status = command.status().await.unwrap();
        assert_eq!(status.code(), Some(expected), "{arguments:?}");
    };
    check(&["help"], 0).await;
    check(&["--version"], 0).await;
    check(&["nonsense"], 5).await;
    check(&["fetch", "--help"], 0).await;
    check(&["fetch", "--version"], 0).await;
    check(&["fetch", "--nonsense"], 5).await;
    check(&["fetch"], 5).await;
    check(&["deliver"], 5).await;
    check(&["deliver", "--maildir", "/proc/no/such"], 75).await;
}

#[tokio::test]
async fn names_of_the_file_and_words_of_the_server_are_quiet() {
    let (home, server) = (Home::new(), server(1).await);
    server.manner(|m| m.refuses_login = Some("-ERR \u{1b}]0;owned\u{7} secret no".to_owned()));
    rc(&home, &server, "wo\\x1b[31m\\nrk");
    for arguments in [&["fetch"][..], &["fetch", "-v", "-v"]] {
        let ended = home.run(Path::new(POSTRIDER), arguments).await;
        assert_eq!(ended.status, 3, "{}", ended.err);
        let all = ended.out + &ended.err;
        let is_odd = |c: char| c.is_control() && c != '\n';
        assert!(!all.contains(is_odd), "{all:?}");
        assert!(!all.lines().any(|line| line.starts_with("rk")), "{all}");
    }
}
