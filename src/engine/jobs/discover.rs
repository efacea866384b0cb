//! [`Job::Discover`](crate::engine::api::job::Job): the servers of a domain, with the person's own
//! tables of providers beside the one compiled in.

use std::time::Duration;

use tokio::sync::watch;

use super::{Context, End};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::Cause;
use crate::engine::api::job::{Failed, Found, Outcome, Progress, Wish};
use crate::engine::trouble::{Fault, status};
use crate::probe::discover::{self, BadDomain, Own};
use crate::rc::provider;
use crate::store::{Places, providers};

/// Between two reports: a front end need not draw more often.
const PACE: Duration = Duration::from_millis(100);

/// Runs it, telling what was found so far.
pub(super) async fn run(context: &Context, wish: Wish) -> (Outcome, End) {
    let places = context.options.places.clone();
    // Files may be slow, and a job must not hold up the others.
    let own = tokio::task::spawn_blocking(move || tables(&places)).await;
    let own = own.unwrap_or_default();
    let (tell, mut told) = watch::channel(None);
    let tell = move |found: &Found| {
        tell.send_replace(Some(Box::new(found.clone())));
    };
    let report = async {
        while told.changed().await.is_ok() {
            let found = told.borrow_and_update().clone();
            if let Some(found) = found.filter(|found| !found.is_done) {
                context.progress(Progress::Discover(found));
            }
            tokio::time::sleep(PACE).await;
        }
    };
    let find = discover::run(&context.options.world, &wish, own, tell);
    tokio::pin!(find);
    let found = tokio::select! {
        found = &mut find => found,
        () = report => find.await,
    };
    let outcome = match found {
        Ok(found) => Outcome::Discovered(Box::new(found)),
        Err(error) => refused(&wish, &error),
    };
    (outcome, End::default())
}

fn refused(wish: &Wish, error: &BadDomain) -> Outcome {
    let cause = Cause::UnknownHost(wish.domain.clone());
    let fault = Fault::yours(cause, status::SYNTAX).said(error.to_string().as_bytes());
    Outcome::Failed(Box::new(Failed::new(fault.first())))
}

/// The person's own tables, each whole or not at all.
fn tables(places: &Places) -> Own {
    let Some(directory) = places.providers() else {
        return Own::default();
    };
    let (texts, troubles) = providers::read(&directory);
    let mut own = Own {
        providers: Vec::new(),
        troubles,
    };
    for (path, text) in texts {
        match provider::parse(&text) {
            Ok(table) => own.providers.extend(table),
            Err(broken) => {
                let text = gettext("{path}, line {line}: {what}.");
                let shown = path.display();
                let values: [(&str, &dyn std::fmt::Display); 3] = [
                    ("path", &shown),
                    ("line", &broken.line),
                    ("what", &broken.what),
                ];
                own.troubles.push(fill(&text, &values));
            }
        }
    }
    own
}
