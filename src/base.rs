//! The ground floor: things that know nothing of mail.

pub mod durable;
pub mod i18n;
pub mod secret;
pub mod text;

pub use secret::Secret;
