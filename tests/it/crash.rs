//! Ends a poll where it hurts: the process by SIGKILL, the connections after any octet. Whatever
//! happens, no message is lost or delivered in part, and a Maildir gets each exactly once.

mod batch;
mod cut;
mod kill;

use crate::support::server::Server;
use crate::support::sink::Sink;

/// How the server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Pop3,
    Imap,
}

/// Where mail is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Maildir,
    Smtp,
    Mda,
}

/// An rc file for one account of `server`; `mda` is the command for the two targets that have one.
fn rc(server: &Server, sink: &Sink, protocol: Protocol, target: Target, mda: &str) -> String {
    let (word, port) = match protocol {
        Protocol::Pop3 => ("pop3", server.pop3),
        Protocol::Imap => ("imap", server.imap),
    };
    let delivery = match target {
        Target::Smtp => format!("smtphost \"127.0.0.1/{}\"", sink.port),
        Target::Maildir | Target::Mda => format!("mda \"{mda}\""),
    };
    format!(
        "poll 127.0.0.1 protocol {word} port {port}\n\
         \tuser \"ada\" password \"secret\" sslproto \"\"\n\
         \t{delivery}\n"
    )
}

/// Whether the long runs are wanted (`make test-long`).
fn is_long() -> bool {
    std::env::var_os("POSTRIDER_LONG").is_some_and(|set| !set.is_empty())
}
