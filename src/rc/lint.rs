//! What is wrong with a file, and what is worth saying about it.

pub mod rules;
