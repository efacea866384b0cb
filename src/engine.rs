//! Accounts are polled here: what to do when, and the one door for window, tray and terminal.

pub mod api;
