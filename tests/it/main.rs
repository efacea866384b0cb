//! One test binary; see `style.md` section 6 for what belongs where.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod admin;
mod bad_input;
mod bench;
mod catalogue;
mod compat_delivery;
mod compat_files;
mod compat_netrc;
mod compat_rc;
mod connect;
mod crash;
mod discover;
mod engine;
mod format;
mod generated;
mod jobs;
mod lint;
mod mbox;
mod memory;
mod output;
mod poll;
mod probe;
mod promises;
mod pump;
mod report;
mod route;
mod routing_corpus;
mod secrets;
mod servers;
mod support;
mod tidy;
mod tls;
#[cfg(feature = "desktop")]
mod ui;
#[cfg(feature = "desktop")]
mod whole;
