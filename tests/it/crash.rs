//! Ends a poll where it hurts: the process by SIGKILL, the connections after any octet. Whatever
//! happens, no message is lost or delivered in part, and a Maildir gets each exactly once.

mod batch;
mod cut;
mod goal;
mod kill;
mod matrix;
mod model;
mod power;
mod rig;
mod server;
mod sink;
mod steps;

use crate::support::server::Server;
use goal::{Goal, Target};

/// How the server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Pop3,
    Imap,
}

/// Both.
const PROTOCOLS: [Protocol; 2] = [Protocol::Pop3, Protocol::Imap];

/// An rc file for one account of `server`.
fn rc(server: &Server, protocol: Protocol, goal: &Goal) -> String {
    let (word, port) = match protocol {
        Protocol::Pop3 => ("pop3", server.pop3),
        Protocol::Imap => ("imap", server.imap),
    };
    format!(
        "poll 127.0.0.1 protocol {word} port {port}\n\
         \tuser \"ada\" password \"secret\" sslproto \"\"\n\
         \t{}\n",
        goal.words()
    )
}

/// Whether the long runs are wanted (`make test-long`).
fn is_long() -> bool {
    std::env::var_os("POSTRIDER_LONG").is_some_and(|set| !set.is_empty())
}
