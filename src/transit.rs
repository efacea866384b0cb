//! The words and decisions of a transfer, pure: no sockets, no files, no clock.

pub mod bounce;
pub mod dispose;
pub mod header;
pub mod line_ends;
pub mod made_up;
pub mod mime;
pub mod passage;
pub mod qualify;
pub mod rewrite;
pub mod route;
pub mod select;
pub mod stamp;
pub mod twins;
pub mod words;

pub use bounce::Bounced;
pub use dispose::{Addressee, Report, Rules, Sequel, sequel};
pub use header::{Collector, Header};
pub use made_up::made_up;
pub use passage::Passage;
pub use rewrite::{Rewritten, rewrite};
pub use route::{envelope, route};
pub use select::select;
pub use stamp::Stamp;
pub use words::{Disposition, Known, Listed, Outcome, Refusal, Shares, Skip, Ticket, Verdict};
