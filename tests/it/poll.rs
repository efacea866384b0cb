//! Whole polls: a mail server in the test process, the built program run by an unprivileged user,
//! and what lies at the other end.

mod accounts_toml;
mod again;
mod command_line;
mod daemon;
mod limits;
mod matrix;
mod outcomes;
mod signing_in;
