//! A message as data: what can be said of it without knowing protocols or options.

pub mod envelope;
pub mod uid;

pub use envelope::Envelope;
pub use uid::Uid;
