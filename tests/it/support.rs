//! What tests share.

pub mod ca;
