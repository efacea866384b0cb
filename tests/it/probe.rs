//! Probing one host: what honest, broken and hostile servers lead to, in which time, and what is
//! said to them.

mod command;
mod hostile;
mod quirks;
mod real;
mod reports;
mod stage;
mod timing;
