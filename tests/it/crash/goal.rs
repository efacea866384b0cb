//! Where mail of a crashing poll ends up, and what lies there afterwards.

use std::path::{Path, PathBuf};

use memchr::memmem::find;

use super::batch::Batch;
use crate::support::sink::Sink;

/// A way of delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Maildir,
    Mda,
    Bsmtp,
    Smtp,
    Lmtp,
}

impl Target {
    /// Most messages that one crash may have delivered twice. A Maildir gets none.
    pub fn window(self) -> usize {
        match self {
            Self::Maildir => 0,
            Self::Mda | Self::Bsmtp => documented().0,
            Self::Smtp | Self::Lmtp => documented().1,
        }
    }
}

/// The far end of a poll: a listener, or places below a directory.
pub struct Goal {
    pub target: Target,
    /// Not talked to by targets that are none.
    pub sink: Sink,
    root: PathBuf,
}

impl Goal {
    /// `root` is absolute and must be there; the two directories of the program are the caller's
    /// to make, because they belong to its user.
    pub async fn new(target: Target, root: &Path) -> Self {
        let sink = match target {
            Target::Lmtp => Sink::lmtp().await,
            _ => Sink::smtp().await,
        };
        let root = root.to_owned();
        Self { target, sink, root }
    }

    /// How an rc file says it.
    pub fn words(&self) -> String {
        let (root, port) = (self.root.display(), self.sink.port);
        match self.target {
            Target::Maildir => format!("mda \"postrider deliver --maildir {root}/Mail\""),
            // Takes over only what it has read to the end, as a mail program does.
            Target::Mda => format!(
                "mda \"f=$(mktemp {root}/in/XXXXXXXX) && cat >$f && sync $f && mv $f {root}/out/\""
            ),
            Target::Bsmtp => format!("bsmtp \"{root}/batch\""),
            Target::Smtp => format!("smtphost \"127.0.0.1/{port}\""),
            Target::Lmtp => format!("lmtp smtphost \"127.0.0.1/{port}\""),
        }
    }

    /// How many copies of each message have arrived; fails if one is damaged.
    pub fn copies(&self, batch: &Batch) -> Vec<usize> {
        batch.copies(self.texts().iter().map(Vec::as_slice))
    }

    /// All that has arrived whole.
    fn texts(&self) -> Vec<Vec<u8>> {
        match self.target {
            Target::Maildir | Target::Mda => {
                let read = |path: &PathBuf| std::fs::read(path).unwrap();
                self.files().iter().map(read).collect()
            }
            Target::Bsmtp => {
                let batch = std::fs::read(self.root.join("batch")).unwrap_or_default();
                split(&batch).0
            }
            Target::Smtp | Target::Lmtp => {
                let received = self.sink.received();
                received.into_iter().map(|r| r.octets).collect()
            }
        }
    }

    /// The files in which mail appears; they are watched, to kill when there are so many.
    pub fn files(&self) -> Vec<PathBuf> {
        match self.target {
            Target::Maildir => files(&self.root.join("Mail/new")),
            Target::Mda => files(&self.root.join("out")),
            Target::Bsmtp | Target::Smtp | Target::Lmtp => Vec::new(),
        }
    }

    /// Takes earlier mail away.
    pub fn clear(&self) {
        self.sink.forget();
        for path in self.files() {
            std::fs::remove_file(path).unwrap();
        }
        // Absent before the first delivery.
        let _ = std::fs::remove_file(self.root.join("batch"));
    }

    /// What a poll that went well must not leave behind.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        let mut left = files(&self.root.join("Mail/tmp"));
        let batch = std::fs::read(self.root.join("batch")).unwrap_or_default();
        if !split(&batch).1.is_empty() {
            left.push(self.root.join("batch"));
        }
        left
    }
}

/// The messages of a batch file, as they were before dots were added, and what is torn at its end.
///
/// # Panics
/// If something torn stands before a message: a reader would lose that message.
pub fn split(mut batch: &[u8]) -> (Vec<Vec<u8>>, &[u8]) {
    let mut texts = Vec::new();
    while let Some(end) = find(batch, b"\r\n.\r\n") {
        let (one, rest) = batch.split_at(end + 5);
        let show = || one[..one.len().min(300)].escape_ascii().to_string();
        let data = find(one, b"\r\nDATA\r\n").unwrap_or_else(|| panic!("no DATA: {}", show()));
        let lines = one[..data].split(|b| *b == b'\n');
        for (n, line) in lines.enumerate() {
            let verb: &[u8] = if n == 0 { b"MAIL FROM:<" } else { b"RCPT TO:<" };
            let is_whole =
                line.starts_with(verb) && line.iter().filter(|b| **b == b'<').count() == 1;
            assert!(is_whole, "torn in the middle: {}", show());
        }
        let lines = one[data + 8..end + 2].split_inclusive(|b| *b == b'\n');
        texts.push(
            lines
                .flat_map(|l| l.strip_prefix(b".").unwrap_or(l))
                .copied()
                .collect(),
        );
        batch = rest;
    }
    (texts, batch)
}

/// The files of a directory; none if it is missing.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let is_shown = |path: &PathBuf| !path.ends_with(".here");
    entries.map(|e| e.path()).filter(is_shown).collect()
}

/// What `src/ARCHITECTURE.md` promises: most copies for a program or a batch file, and for a
/// listener.
fn documented() -> (usize, usize) {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ARCHITECTURE.md"));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = |words: &str| -> usize {
        let (before, _) = text.split_once(words).expect(words);
        let figure = before.rsplit([' ', ':']).next().unwrap();
        figure.parse().expect("a figure")
    };
    let program = before(" messages for a program or a batch file,");
    (program, before(" for a listener;"))
}

#[test]
fn the_documented_windows_are_those_of_the_code() {
    let constant = |file: &str| -> usize {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/deliver")
            .join(file);
        let text = std::fs::read_to_string(path).unwrap();
        let (_, rest) = text.split_once("const UNRECORDED: usize = ").unwrap();
        rest.split_once(';').unwrap().0.parse().unwrap()
    };
    let (program, listener) = documented();
    assert_eq!(
        (constant("mda.rs"), constant("bsmtp.rs")),
        (program, program)
    );
    assert_eq!(constant("smtp.rs"), listener);
}

#[test]
fn batches_are_split() {
    let one = b"MAIL FROM:<a@x> BODY=8BITMIME\r\nRCPT TO:<b@y>\r\nDATA\r\nA: 1\r\n\r\n..x\r\n.\r\n";
    let (texts, torn) = split(one);
    assert_eq!(
        (&texts[..], torn),
        (&[b"A: 1\r\n\r\n.x\r\n".to_vec()][..], &b""[..])
    );
    let torn = split(&[&one[..], &one[..40]].concat()).1.len();
    assert_eq!(torn, 40);
    let swallowed = [&one[..40], &one[..]].concat();
    assert!(std::panic::catch_unwind(|| split(&swallowed)).is_err());
    let zeros = [&[0; 40], &one[..]].concat();
    assert!(std::panic::catch_unwind(|| split(&zeros)).is_err());
}
