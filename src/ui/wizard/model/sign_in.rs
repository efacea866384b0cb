//! What a page says when something has failed, and the ways out it offers (`ui.md`, W4 and
//! section 17). Pure, so that every text is tested without a window.

use super::answers::MethodWish;
use super::{Deed, Model, Page};
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::job::Failed;
use crate::engine::api::job::report::Problem as OfCertificate;
use crate::engine::api::{Cause, words};
use crate::ui::setup_words::of_provider;

/// A failure as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    /// What happened.
    pub headline: String,
    /// What can be done.
    pub text: String,
    /// The server's or program's own words.
    pub words: String,
    /// More for whoever wants it.
    pub details: String,
    /// The ways out, the best first.
    pub ways: Vec<Way>,
    /// The certificate is the trouble: its card is shown.
    pub has_card: bool,
    /// Going on in the clear needs a tick.
    pub needs_plain_tick: bool,
}

/// A button.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Way {
    /// What it says.
    pub label: String,
    /// What it does.
    pub deed: Deed,
}

fn way(label: String, deed: Deed) -> Way {
    Way { label, deed }
}

impl Problem {
    /// With the sentences every part of the program has for a cause.
    pub(crate) fn plain(failed: &Failed, ways: Vec<Way>) -> Self {
        let cause = failed.cause();
        Self {
            headline: words::headline(cause),
            text: words::advice(cause),
            words: failed.trouble.words.clone(),
            details: failed.details.clone(),
            ways,
            has_card: false,
            needs_plain_tick: false,
        }
    }
}

/// Why signing in came to nothing.
pub(crate) fn of_sign_in(model: &Model, failed: &Failed) -> Problem {
    let again = || way(gettext("Try Again"), Deed::TryAgain);
    let server = || way(gettext("Change Server"), Deed::ToServer);
    match failed.cause() {
        Cause::SignIn => refused(model, failed),
        Cause::Certificate(_) => certificate(failed),
        Cause::Locked => {
            let mut problem = Problem::plain(
                failed,
                vec![
                    way(gettext("Try Now"), Deed::TryAgain),
                    way(gettext("Cancel"), Deed::Stop),
                ],
            );
            if let Some(left) = model.again_in {
                let text = ngettext(
                    "Another program has it open. Trying again in {n} second.",
                    "Another program has it open. Trying again in {n} seconds.",
                    u64::from(left),
                );
                problem.text = fill(&text, &[("n", &left)]);
            }
            problem
        }
        Cause::NoTls(..) => {
            let mut ways = vec![way(gettext("Change Server"), Deed::ToServer)];
            if model.answers.accepts_plain {
                ways.push(way(gettext("Use Anyway"), Deed::UsePlain));
            }
            Problem {
                needs_plain_tick: true,
                ..Problem::plain(failed, ways)
            }
        }
        Cause::NoMethod => Problem::plain(failed, vec![server()]),
        Cause::Dns(_) => Problem {
            headline: gettext("You are offline"),
            text: gettext("It goes on by itself when the network is back."),
            ..Problem::plain(failed, vec![again(), server()])
        },
        Cause::UnknownHost(_) => Problem::plain(failed, vec![server(), again()]),
        Cause::NoPassword => Problem::plain(failed, vec![again()]),
        _ => Problem::plain(failed, vec![again(), server()]),
    }
}

/// User name or password were not taken: perhaps because another is needed.
fn refused(model: &Model, failed: &Failed) -> Problem {
    let again = way(gettext("Try Again"), Deed::TryAgain);
    let hint = failed.hint.as_ref().or_else(|| model.hint());
    let mut ways = Vec::new();
    let mut problem = Problem::plain(failed, Vec::new());
    if let Some((headline, text)) =
        hint.and_then(|hint| of_provider(hint, model.answers.protocol()))
    {
        (problem.headline, problem.text) = (headline, text);
        if let Some(hint) = hint.filter(|hint| !hint.page.is_empty()) {
            ways.push(way(
                gettext("Open Provider Page"),
                Deed::Open(hint.page.clone()),
            ));
        }
        ways.push(again);
    } else {
        problem.text = gettext("The user name or the password is not accepted.");
        ways.push(again);
        let local = model.answers.local_part();
        let user = model.answers.user();
        if !model.tried_other_user && user != local && user.contains('@') && !local.is_empty() {
            problem.text = fill(
                &gettext(
                    "The user name or the password is not accepted. Some servers want only the part before @.",
                ),
                &[],
            );
            let label = fill(&gettext("Try “{name}”"), &[("name", &local)]);
            ways.push(way(label, Deed::TryUser(local.to_owned())));
        }
    }
    ways.push(way(gettext("Change User Name"), Deed::ChangeUser));
    problem.ways = ways;
    problem
}

/// The certificate card's headline and ways out. There is no way to ignore everything.
fn certificate(failed: &Failed) -> Problem {
    let shown = failed.shown.as_deref();
    let mut problem = Problem {
        has_card: shown.is_some(),
        ..Problem::plain(failed, Vec::new())
    };
    let mut ways = vec![way(gettext("Stop"), Deed::ToServer)];
    let Some(what) = shown.and_then(|shown| shown.problem.as_ref()) else {
        ways.push(way(gettext("Try Again"), Deed::TryAgain));
        problem.ways = ways;
        return problem;
    };
    let (headline, text) = words::certificate(what);
    (problem.headline, problem.text) = (headline, text);
    match what {
        OfCertificate::WrongName { found, .. } => {
            if let Some(name) = found.iter().find(|name| !name.contains('*')) {
                let label = fill(&gettext("Use Server Name “{name}”"), &[("name", name)]);
                ways.push(way(label, Deed::UseName(name.clone())));
            }
            ways.push(way(gettext("Use Only This Certificate"), Deed::Pin));
        }
        OfCertificate::Expired(_) | OfCertificate::NotYetValid(_) => {
            ways.push(way(gettext("Try Again"), Deed::TryAgain));
        }
        OfCertificate::UnknownIssuer(_) | OfCertificate::SelfSigned => {
            ways.push(way(gettext("Use Only This Certificate"), Deed::Pin));
        }
        _ => ways.push(way(gettext("Try Again"), Deed::TryAgain)),
    }
    problem.ways = ways;
    problem
}

/// Whether an authority's file may help with the certificate.
pub(crate) fn takes_authority(failed: &Failed) -> bool {
    let problem = failed
        .shown
        .as_deref()
        .and_then(|shown| shown.problem.as_ref());
    matches!(
        problem,
        Some(OfCertificate::UnknownIssuer(_) | OfCertificate::SelfSigned)
    )
}

/// Why a method cannot be chosen.
pub(crate) fn why_not(method: MethodWish) -> Option<String> {
    (!method.is_there()).then(|| gettext("This version cannot do it yet."))
}

/// Why a test message, a dry run or saving came to nothing.
pub(crate) fn of_other(model: &Model, failed: &Failed) -> Problem {
    let again = || way(gettext("Try Again"), Deed::TryAgain);
    let ways = match (model.page, failed.cause()) {
        (Page::Delivery, _) => Vec::new(),
        (
            Page::TryIt,
            Cause::NoListener(_)
            | Cause::NotDelivered { .. }
            | Cause::Folderless(..)
            | Cause::DiskFull(_)
            | Cause::Command(_),
        ) => vec![way(gettext("Change Delivery"), Deed::ToDelivery)],
        _ => vec![again()],
    };
    let mut problem = Problem::plain(failed, ways);
    if let Some(unsaved) = &failed.unsaved {
        problem.headline = gettext("The account was not saved");
        problem.text = unsaved.to_string();
    }
    problem
}
