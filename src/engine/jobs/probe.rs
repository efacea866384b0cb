//! [`Job::Probe`](crate::engine::api::job::Job): one server, asked what it can do. Ended early, it
//! still has its report, in which what was not over is said to be stopped.

use super::{Context, End};
use crate::engine::api::job::{Outcome, Progress, Request};
use crate::probe;

/// Runs it, telling the report as it grows.
pub(super) async fn run(context: &Context, request: &Request) -> (Outcome, End) {
    let tell = |report: &probe::report::Report| {
        // The last one is the outcome.
        if !report.is_done {
            context.progress(Progress::Probe(Box::new(report.clone())));
        }
    };
    let report = probe::run::run(request, &context.options.world, &context.stop, tell).await;
    (Outcome::Probed(Box::new(report)), End::default())
}
