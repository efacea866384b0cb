//! Signing in, step by step.

/// The steps of signing in, in their order (`ui.md`, W4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // told by `ui.md`
pub enum Stage {
    FindAddress,
    Connect,
    Secure,
    Greeting,
    SignIn,
    OpenMailbox,
}

impl Stage {
    /// In their order.
    pub const ALL: [Self; 6] = [
        Self::FindAddress,
        Self::Connect,
        Self::Secure,
        Self::Greeting,
        Self::SignIn,
        Self::OpenMailbox,
    ];
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInStep {
    /// Which.
    pub stage: Stage,
    /// How far.
    pub state: StageState,
    /// One line: an address, a TLS version, the server's greeting. Quiet.
    pub words: String,
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    /// Not begun.
    Waiting,
    /// Under way.
    Working,
    /// Done.
    Done,
    /// Not needed (no TLS wanted).
    Skipped,
    /// It failed, and what follows was not tried.
    Failed,
}
