//! Discovery against a small internet in the test process: what each source brings, how they rank,
//! what hostile ones cannot do, and that nobody learns more than the domain.

mod bounds;
mod inside;
mod job;
mod names;
mod namespace;
mod packets;
mod privacy;
mod sources;
mod stage;
