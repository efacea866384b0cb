//! What the server says it can do (RFC 2449), of this session and this side of TLS only.

/// The answer to CAPA. Empty if the server does not know CAPA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// `PIPELINING`: commands may leave before earlier ones are answered.
    pub pipelining: bool,
    /// `STLS` (RFC 2595 section 4).
    pub stls: bool,
    /// `TOP`
    pub top: bool,
    /// `SASL PLAIN`
    pub plain: bool,
    /// `SASL CRAM-MD5`
    pub cram_md5: bool,
    /// Nothing was listed: absence of a word means nothing then.
    pub is_silent: bool,
}

impl Capabilities {
    /// Before anything is known.
    pub(super) fn new() -> Self {
        Self {
            is_silent: true,
            ..Self::default()
        }
    }

    /// Notes one line of the list. Words are matched without regard to case (RFC 2449 section 3).
    pub(super) fn note(&mut self, line: &[u8]) {
        let mut words = line
            .split(|b| b.is_ascii_whitespace())
            .filter(|word| !word.is_empty());
        let Some(name) = words.next() else { return };
        self.is_silent = false;
        match name.to_ascii_uppercase().as_slice() {
            b"PIPELINING" => self.pipelining = true,
            b"STLS" => self.stls = true,
            b"TOP" => self.top = true,
            b"SASL" => words.for_each(|word| self.note_mechanism(word)),
            _ => {}
        }
    }

    fn note_mechanism(&mut self, word: &[u8]) {
        self.plain |= word.eq_ignore_ascii_case(b"PLAIN");
        self.cram_md5 |= word.eq_ignore_ascii_case(b"CRAM-MD5");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let mut found = Capabilities::new();
        assert!(found.is_silent);
        for line in [
            "",
            "X-UNKNOWN y",
            "stls",
            " SASL  LOGIN cram-md5\t",
            "IMPLEMENTATION PLAIN",
        ] {
            found.note(line.as_bytes());
        }
        let expected = Capabilities {
            stls: true,
            cram_md5: true,
            ..Capabilities::default()
        };
        assert_eq!(found, expected);
    }
}
