//! What fetchmail makes of the blocks: all that share an rc file in one mailbox and one poll.
//!
//! The mail server has to be called `mx.example.net`, a name that leads nowhere; so fetchmail
//! reaches it through a `plugin` that leads to the server of the test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::super::support::journey::{Journey, PASSWORD};
use super::super::support::mailbox::Message;
use super::super::support::sink::{Received, Sink};
use super::block::{Block, shown};

/// A line of TCP for a plugin; the port is its argument.
const RELAY: &str = "exec 3<>/dev/tcp/127.0.0.1/$1\ncat <&3 &\ncat >&3\n";

/// The installed program; required where tests run unattended.
pub fn fetchmail() -> Option<PathBuf> {
    let path = Path::new("/usr/bin/fetchmail");
    let is_there = path.exists();
    assert!(
        is_there || std::env::var_os("CI").is_none(),
        "fetchmail 6 must be installed for this test"
    );
    is_there.then(|| path.to_owned())
}

/// How many mailboxes are polled at a time: fetchmail sleeps for a second behind each plugin.
const AT_ONCE: usize = 8;

/// Each block that is compared, and to whom fetchmail delivered it.
pub async fn delivered(fetchmail: &Path, blocks: &[Block]) -> Vec<(Block, Vec<String>)> {
    let mut groups: BTreeMap<_, Vec<Block>> = BTreeMap::new();
    for block in blocks.iter().filter(|block| block.fetchmail.is_some()) {
        let key = (block.rc.clone(), block.postmaster.clone());
        groups.entry(key).or_default().push(block.clone());
    }
    let leave = Arc::new(Semaphore::new(AT_ONCE));
    let mut polls = JoinSet::new();
    for ((rc, postmaster), blocks) in groups {
        let (fetchmail, leave) = (fetchmail.to_owned(), leave.clone());
        polls.spawn(async move {
            let _leave = leave.acquire_owned().await.unwrap();
            let to = poll(&fetchmail, &rc, &postmaster, &blocks).await;
            blocks.into_iter().zip(to).collect::<Vec<_>>()
        });
    }
    polls.join_all().await.into_iter().flatten().collect()
}

async fn poll(fetchmail: &Path, rc: &str, postmaster: &str, blocks: &[Block]) -> Vec<Vec<String>> {
    let messages = blocks.iter().enumerate();
    let messages = messages.map(|(number, block)| Message::new(marked(block, number)));
    let journey = Journey::with(messages).await;
    let sink = Sink::smtp().await;
    journey.home.write("relay", RELAY);
    let (server, user) = rc.split_once(" is ").unwrap();
    journey.home.rc(&format!(
        "set postmaster \"{postmaster}\"\n\
         poll mx.example.net protocol pop3 port {} plugin \"bash relay %p\" {server}\n\
         user ada password '{PASSWORD}' is {user} sslproto '' smtphost 127.0.0.1/{}\n",
        journey.server.pop3, sink.port
    ));
    let ended = journey.home.run(fetchmail, &[]).await;
    let received = sink.received();
    assert!(!received.is_empty(), "{rc}: {ended:#?}");
    (0..blocks.len())
        .map(|number| whom(&received, number))
        .collect()
}

/// The message with a last header line that tells it from the others.
fn marked(block: &Block, number: usize) -> Vec<u8> {
    let message = block.message();
    let end = memchr::memmem::find(&message, b"\r\n\r\n").map_or(message.len(), |at| at + 2);
    let (header, rest) = message.split_at(end);
    [header, mark(number).as_bytes(), b"\r\nbody\r\n", rest].concat()
}

fn mark(number: usize) -> String {
    format!("X-Block: {number}.\r\n")
}

/// Each recipient once, since naming one again is left out of the comparison.
fn whom(received: &[Received], number: usize) -> Vec<String> {
    let mark = mark(number);
    let found = received
        .iter()
        .filter(|one| memchr::memmem::find(&one.octets, mark.as_bytes()).is_some());
    let mut names = Vec::new();
    for path in found.flat_map(|one| &one.recipients) {
        let path = path.strip_prefix('<').unwrap_or(path);
        let path = path.strip_suffix('>').unwrap_or(path);
        let name = path.strip_suffix("@127.0.0.1").unwrap_or(path);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    shown(names)
}
