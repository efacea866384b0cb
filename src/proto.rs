//! Talking without I/O: each protocol is a state machine that is given bytes and asked for the
//! next step. No sockets, no clock, no accounts here.

pub mod imap;
pub mod look;
pub mod machine;
pub mod pop3;
pub mod quirks;
pub mod sasl;
pub mod smtp;

pub use machine::{
    Credentials, Error, Line, Machine, Onlooker, Opening, Outgoing, Phase, Reason, Step, TlsPolicy,
    Watched,
};
