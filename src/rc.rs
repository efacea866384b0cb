//! The `.fetchmailrc`: file to document to settings to [`Account`]. Pure: no files, no environment.

pub mod account;
pub mod diagnostic;
pub mod diff;
pub mod document;
pub mod draft;
pub mod dump;
pub mod edit;
pub mod export;
pub mod fmt;
pub mod lex;
pub mod lint;
pub mod local;
pub mod mask;
pub mod merge;
pub mod option;
pub mod outline;
pub mod provider;
pub mod resolve;
pub mod settings;
pub mod setup;
pub mod show;
pub mod shown;

pub use account::{Account, AccountId, Globals};
pub use diagnostic::Diagnostic;
pub use document::Document;
pub use resolve::{Config, Surroundings, resolve};
pub use settings::Overrides;
