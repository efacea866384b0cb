//! Why a message goes where it goes, as data: for the log, `postrider route` and the tester.

/// What was decided about one message's recipients, and from what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routing {
    /// Local names and full addresses, each once, in the order they were found. Empty only if
    /// nobody is meant and `postmaster ""` holds, or while there are questions.
    pub recipients: Vec<Vec<u8>>,
    /// Where addresses were looked for.
    pub source: Source,
    /// The addresses found there.
    pub found: Vec<Found>,
    /// Nobody matched: the recipient is the postmaster.
    pub is_last_resort: bool,
    /// What the `X-Fetchmail-Warning` line says, if there is to be one.
    pub warning: Option<Vec<u8>>,
    /// Hosts about which DNS has to be asked before this can be decided, in lower case.
    pub questions: Vec<String>,
    /// DNS could not answer: the message has to wait.
    pub is_deferred: bool,
}

impl Routing {
    /// The `X-Fetchmail-Warning` line; empty if there is none.
    pub fn warning_line(&self) -> Vec<u8> {
        match &self.warning {
            Some(warning) => [b"X-Fetchmail-Warning: ", &warning[..], b"\r\n"].concat(),
            None => Vec::new(),
        }
    }
}

/// Where addresses come from (engine.md section 13, step 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// One local name: no header is looked at.
    #[default]
    SingleDrop,
    /// The header that `envelope` names, after so many of them.
    Envelope {
        /// Passed over.
        skipped: u32,
    },
    /// A `Received:` line of the mail server's, after so many lines.
    Received {
        /// Passed over by `envelope`.
        skipped: u32,
    },
    /// `Resent-To`, `Resent-Cc`, `Resent-Bcc`.
    Resent,
    /// `To`, `Cc`, `Bcc`, `Apparently-To`.
    Addressees,
    /// None of these is looked at: guessing is switched off.
    Nowhere,
}

impl Source {
    /// It names whom the mail server delivered to, not whom the writer wrote to.
    pub fn is_envelope(self) -> bool {
        matches!(self, Self::Envelope { .. } | Self::Received { .. })
    }
}

/// One address and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// As it stands in the header, comments and brackets left out.
    pub address: Vec<u8>,
    /// Line of the message's header it was found in, from 1.
    pub line: u32,
    /// Octets that `qvirtual` takes off its start.
    pub prefix: usize,
    /// Its end.
    pub verdict: Verdict,
}

/// What became of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes to this recipient.
    Goes {
        /// Local name, or the whole address.
        to: Vec<u8>,
        /// By this rule.
        by: Rule,
    },
    /// Its host is neither the mail server's nor a local domain.
    Elsewhere,
    /// Its host is the mail server's, but nobody here has the name.
    Nobody(Host),
    /// It has no host, so nobody knows whose name it is.
    Bare,
    /// It cannot be a recipient: control characters, or one that leads out of a command.
    Unsafe,
    /// DNS must be asked.
    Open,
    /// DNS had no answer.
    Unknown,
}

/// Which rule of engine.md section 13, step 5, gave the recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The whole address is a name of the `is` list, or the left side of a pair there.
    WholeAddress,
    /// Its host is, or is under, this entry of `localdomains`.
    LocalDomain(Vec<u8>),
    /// The name is in the `is` list.
    Name(Host),
    /// The name is the left side of a pair.
    Pair(Host),
    /// `*`
    Wildcard(Host),
}

/// Why a host counts as the mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// It is the name that is connected to.
    Server,
    /// It is, or is under, this entry of `aka`.
    Aka(String),
    /// DNS says so.
    Dns(Alias),
}

/// What DNS says of a host's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alias {
    /// Another name for the mail server.
    Canonical,
    /// It shares an address with it (`checkalias`).
    Address,
    /// The mail server takes mail for it (MX).
    Exchanger,
}

/// An answer of DNS, or of whoever stands in for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The host is the mail server.
    Is(Alias),
    /// It is another one, or there is none of that name.
    IsNot,
    /// Nobody could tell just now.
    Failed,
}
