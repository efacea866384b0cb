//! `make demo`: a mail server with a realistic mailbox on this machine, a temporary home, and
//! Postrider fetching from the one into the other.
//!
//! With a display the window opens and new mail arrives now and then, until the window is quit.
//! Without one `postrider fetch` runs once and what it delivered is shown and counted. Nothing
//! outside the temporary home is touched; the server answers on loopback only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use mailparse::MailHeaderMap as _;
use support::home::Home;
use support::mailbox::{self, Message};
use support::server::Server;
use tokio::signal::unix::{SignalKind, signal};

/// The servers and homes of the tests, which use more of them than the demo does.
#[path = "../tests/it/support"]
#[allow(dead_code, missing_docs, clippy::expect_used, clippy::unwrap_used)]
mod support {
    pub mod ca;
    pub mod home;
    pub mod imap;
    pub mod imap_fetch;
    pub mod imap_mail;
    pub mod imap_words;
    pub mod letters;
    pub mod login;
    pub mod mailbox;
    pub mod manner;
    pub mod pop3;
    pub mod server;
    pub mod store;
    pub mod wire;
}

/// User names and passwords of the demo.
const ADA: (&str, &str) = ("ada", "correct horse");
const BEN: (&str, &str) = ("ben", "battery staple");
/// Where the rc file has mail delivered, below the home.
const MAIL: &str = "Mail";
/// How often a letter comes while the window is open.
const EVERY: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() -> ExitCode {
    let Some((fetcher, window)) = programs() else {
        eprintln!("The programs are not built; `make demo` builds them first.");
        return ExitCode::FAILURE;
    };
    let mail = mailbox::realistic();
    let server = serve(&mail).await;
    println!(
        "A mail server runs on this machine with {} messages, {:.1} MB:",
        mail.len(),
        mail.iter().map(Message::size).sum::<u64>() as f64 / 1e6
    );
    println!(
        "  {} for {} by IMAP (TLS) on port {}, {} for {} by POP3 (STLS) on port {}.\n",
        server.store.count(ADA.0, "INBOX"),
        ADA.0,
        server.imaps,
        server.store.count(BEN.0, "INBOX"),
        BEN.0,
        server.pop3
    );
    let has_display = ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|n| std::env::var_os(n).is_some());
    let shown = async {
        match window.filter(|_| has_display) {
            Some(window) => show(&server, &window).await,
            None => fetch(&server, &fetcher, &mail).await,
        }
    };
    // Ending here drops the home, the server and the programs.
    tokio::select! {
        is_well = shown => if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE },
        () = stopped() => {
            println!("\nStopped; the temporary home is gone.");
            ExitCode::FAILURE
        }
    }
}

/// Waits for Ctrl+C or a polite kill.
async fn stopped() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// `postrider` and, if it is built, `postrider-desktop`, which lie above the examples.
fn programs() -> Option<(PathBuf, Option<PathBuf>)> {
    let own = std::env::current_exe().ok()?;
    let dir = own.parent()?.parent()?;
    let found = |name: &str| Some(dir.join(name)).filter(|path| path.is_file());
    Some((found("postrider")?, found("postrider-desktop")))
}

/// The server with a third of the mail for POP3 and the rest for IMAP. It is slowed down to some
/// 5 MB a second, so that there is something to watch.
async fn serve(mail: &[Message]) -> Server {
    let server = Server::start().await;
    server.manner(|m| m.trickle = Some((32 * 1024, Duration::from_millis(6))));
    for (name, password) in [ADA, BEN] {
        server.store.add_user(name, password);
    }
    for (i, message) in mail.iter().enumerate() {
        let user = if i % 3 == 1 { BEN } else { ADA };
        server.store.add(user.0, "INBOX", [message.clone()]);
    }
    server
}

/// Writes the certificate and the rc file, and says so.
fn furnish(home: &Home, server: &Server, first_line: &str) {
    let ca = home.write("demo-ca.pem", &server.ca_pem);
    let ca = ca.display();
    let deliver = format!("mda \"postrider deliver --maildir ~/{MAIL}\"");
    let rc = format!(
        "# The demo's own configuration; yours is not touched.\n\
         {first_line}\
         poll work via localhost protocol imap port {imaps}\n    \
             user \"{ada}\" password \"{ada_password}\"\n    \
             ssl sslcertck sslcertfile \"{ca}\"\n    \
             {deliver}\n\n\
         poll club via localhost protocol pop3 port {pop3}\n    \
             user \"{ben}\" password \"{ben_password}\"\n    \
             sslproto \"tls1.2+\" sslcertck sslcertfile \"{ca}\"\n    \
             {deliver}\n",
        imaps = server.imaps,
        ada = ADA.0,
        ada_password = ADA.1,
        pop3 = server.pop3,
        ben = BEN.0,
        ben_password = BEN.1,
    );
    let path = home.rc(&rc);
    println!("The configuration, {}:\n", path.display());
    for line in rc.lines() {
        println!("    {line}");
    }
    println!();
}

/// Runs the window until it is quit, with a letter now and then.
async fn show(server: &Server, window: &Path) -> bool {
    let home = Home::own();
    furnish(&home, server, "set daemon 15\n\n");
    let authority = std::env::var_os("XAUTHORITY").map(PathBuf::from);
    let authority =
        authority.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".Xauthority")));
    let mut command = tokio::process::Command::new(window);
    home.settle_in(&mut command, window);
    // The cookie of an X server is looked for in the home, which is another one here.
    if let Some(path) = authority.filter(|path| path.exists()) {
        command.env("XAUTHORITY", path);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{}: {error}", window.display());
            return false;
        }
    };
    println!(
        "The window is open. A letter comes every {} seconds.",
        EVERY.as_secs()
    );
    println!(
        "Closing it leaves the tray icon; Quit in the menu (Ctrl+Q) or Ctrl+C here ends the demo."
    );
    let status = tokio::select! {
        status = child.wait() => status,
        () = write_letters(server) => return false,
    };
    let delivered = home.maildir(MAIL).len();
    println!(
        "\nThe window was quit. It had delivered {delivered} messages to {}.",
        home.path().join(MAIL).display()
    );
    println!("The temporary home is gone with this line.");
    status.is_ok_and(|status| status.success())
}

/// Puts a letter into one mailbox or the other, for ever.
async fn write_letters(server: &Server) {
    for n in 100.. {
        tokio::time::sleep(EVERY).await;
        let user = if n % 3 == 0 { BEN } else { ADA };
        server.store.add(user.0, "INBOX", [Message::numbered(n)]);
    }
}

/// Polls once in this terminal, then shows and counts what came.
async fn fetch(server: &Server, fetcher: &Path, mail: &[Message]) -> bool {
    let home = Home::new();
    furnish(&home, server, "");
    println!("$ postrider fetch");
    let begun = std::time::Instant::now();
    let status = match home.command(fetcher).arg("fetch").status().await {
        Ok(status) => status,
        Err(error) => {
            eprintln!("{}: {error}", fetcher.display());
            return false;
        }
    };
    println!(
        "\nIt ended with {status} after {:.1} seconds.\n",
        begun.elapsed().as_secs_f64()
    );
    let delivered = home.maildir(MAIL);
    list(&delivered);
    tree(&home.path().join(MAIL), &delivered);
    let left = server.store.count(ADA.0, "INBOX") + server.store.count(BEN.0, "INBOX");
    let missing = unmatched(mail, &delivered);
    let right = mail.len() - missing.len();
    println!("On the server before:   {:>3}", mail.len());
    println!("On the server now:      {left:>3}");
    println!("In the Maildir:         {:>3}", delivered.len());
    println!("Of these, body intact:  {right:>3}");
    for message in missing.iter().take(5) {
        println!("Missing or changed:     {}", message.field("Subject"));
    }
    if missing.len() > 5 {
        println!("                        and {} more", missing.len() - 5);
    }
    let is_well = status.success() && left == 0 && right == mail.len() && delivered.len() == right;
    println!(
        "\n{}",
        if is_well {
            "Every message arrived once and whole."
        } else {
            "Something is missing: this is a bug."
        }
    );
    is_well
}

/// One line a message, in the order they were delivered.
fn list(delivered: &[(PathBuf, Vec<u8>)]) {
    for (number, (_, octets)) in delivered.iter().enumerate() {
        let header = mailparse::parse_headers(octets)
            .map(|(fields, _)| fields)
            .unwrap_or_default();
        let value = |name: &str| header.get_first_value(name).unwrap_or_default();
        println!(
            "{:>3}  {:>9}  {:<26}  {}",
            number + 1,
            postrider::base::text::size(octets.len() as u64),
            shorten(&sender(&value("From")), 26),
            shorten(&value("Subject"), 44)
        );
    }
    println!();
}

/// The name if there is one, else the address.
fn sender(from: &str) -> String {
    let name = from
        .split('<')
        .next()
        .unwrap_or("")
        .trim()
        .trim_matches('"');
    if name.is_empty() {
        from.trim_matches(['<', '>']).to_owned()
    } else {
        name.to_owned()
    }
}

fn shorten(text: &str, most: usize) -> String {
    postrider::base::text::quiet(text.as_bytes(), most)
}

/// The folders of the Maildir with the first of their files.
fn tree(root: &Path, delivered: &[(PathBuf, Vec<u8>)]) {
    const SHOWN: usize = 4;
    println!("{}", root.display());
    for (at, part) in ["cur", "new", "tmp"].iter().enumerate() {
        let (branch, stem) = if at == 2 {
            ("└──", "    ")
        } else {
            ("├──", "│   ")
        };
        let count = fs::read_dir(root.join(part)).map_or(0, |entries| entries.count());
        println!("{branch} {part}  ({count})");
        let inside = delivered
            .iter()
            .filter(|(path, _)| path.starts_with(root.join(part)));
        for (path, octets) in inside.take(SHOWN) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            println!(
                "{stem}├── {name}  {}",
                postrider::base::text::size(octets.len() as u64)
            );
        }
        if count > SHOWN {
            println!("{stem}└── … {} more", count - SHOWN);
        }
    }
    println!();
}

/// The messages of which no delivered one has the very body. Headers gain a `Received:` line on
/// the way, and line ends become those of files.
fn unmatched<'a>(mail: &'a [Message], delivered: &[(PathBuf, Vec<u8>)]) -> Vec<&'a Message> {
    let mut bodies: Vec<Vec<u8>> = delivered.iter().map(|(_, octets)| body(octets)).collect();
    let mut is_missing = |message: &Message| {
        let wanted = body(&message.octets());
        match bodies.iter().position(|found| *found == wanted) {
            Some(at) => {
                bodies.swap_remove(at);
                false
            }
            None => true,
        }
    };
    mail.iter().filter(|message| is_missing(message)).collect()
}

/// What follows the empty line, with `\n` line ends.
fn body(octets: &[u8]) -> Vec<u8> {
    let text: Vec<u8> = octets
        .iter()
        .enumerate()
        .filter(|(at, octet)| **octet != b'\r' || octets.get(at + 1) != Some(&b'\n'))
        .map(|(_, octet)| *octet)
        .collect();
    let start = memchr::memmem::find(&text, b"\n\n").map_or(text.len(), |at| at + 2);
    text[start..].trim_ascii_end().to_vec()
}
