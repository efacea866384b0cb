//! The body of a message on its way out: behind DATA up to a final dot, or in counted chunks
//! (BDAT, RFC 3030). Lines are the same either way.

use bytes::Bytes;

use crate::proto::smtp::Stuffer;

/// Collects what may leave together.
#[derive(Debug)]
pub(super) struct Body {
    stuffer: Stuffer,
    /// Waits for what follows: so the final dot is never a write of its own, and a message that
    /// fits into one chunk has no other.
    held: Vec<Bytes>,
    /// Octets in `held`.
    size: usize,
    is_counted: bool,
}

impl Default for Body {
    /// Up to a final dot.
    fn default() -> Self {
        Self {
            stuffer: Stuffer::new(),
            held: Vec::new(),
            size: 0,
            is_counted: false,
        }
    }
}

impl Body {
    /// In counted chunks.
    pub fn counted() -> Self {
        Self {
            stuffer: Stuffer::without_dots(),
            is_counted: true,
            ..Self::default()
        }
    }

    /// The next bytes of the message; what may leave now comes back.
    pub fn push(&mut self, bytes: Bytes) -> Ready {
        let bytes = self.stuffer.push(bytes);
        let most = if self.is_counted { CHUNK } else { 0 };
        let mut ready = Ready::default();
        if self.size > 0 && self.size + bytes.len() > most {
            ready = self.take("\r\n");
        }
        self.hold(bytes);
        ready
    }

    /// The end.
    pub fn finish(mut self) -> Ready {
        let end = self.stuffer.finish();
        self.hold(end);
        self.take(" LAST\r\n")
    }

    fn hold(&mut self, bytes: Bytes) {
        self.size += bytes.len();
        if !bytes.is_empty() {
            self.held.push(bytes);
        }
    }

    fn take(&mut self, end_of_command: &str) -> Ready {
        let size = std::mem::take(&mut self.size);
        Ready {
            command: self
                .is_counted
                .then(|| format!("BDAT {size}{end_of_command}").into_bytes()),
            pieces: std::mem::take(&mut self.held),
        }
    }
}

/// What may leave.
#[derive(Debug, Default)]
pub(super) struct Ready {
    /// What goes before it and will be answered, if chunks are counted.
    pub command: Option<Vec<u8>>,
    /// The bytes.
    pub pieces: Vec<Bytes>,
}

/// Most octets of a chunk that is made of several pieces.
const CHUNK: usize = 64 * 1024;
