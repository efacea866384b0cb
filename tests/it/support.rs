//! What tests share.

pub mod ca;
pub mod talk;
