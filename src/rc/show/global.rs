//! Global settings: those that are not as usual.

use crate::base::i18n::{fill, gettext, gettext_noop, ngettext};
use crate::rc::dump::{Facts, View};
use crate::rc::option::Id;
use crate::rc::resolve::Layers;

/// What flags are told of, in this order, when they are not as usual.
const FLAGS_BEFORE: &[(Id, bool, &str)] = &[
    (
        Id::Syslog,
        true,
        gettext_noop("Messages go to the system log."),
    ),
    (
        Id::Invisible,
        true,
        gettext_noop("No Received header is written, and the server's name is used."),
    ),
    (
        Id::Showdots,
        true,
        gettext_noop("Progress dots are shown even in log files."),
    ),
];

/// The same, after the postmaster.
const FLAGS_AFTER: &[(Id, bool, &str)] = &[
    (
        Id::Bouncemail,
        false,
        gettext_noop("Error mail goes to the postmaster."),
    ),
    (
        Id::Spambounce,
        true,
        gettext_noop("Mail refused as spam is bounced."),
    ),
    (
        Id::Softbounce,
        false,
        gettext_noop("Mail refused for good is given up, not kept on the server."),
    ),
];

/// The lines.
pub fn lines(layers: &Layers, facts: &Facts, line: &mut dyn FnMut(&str)) {
    let globals = layers.effective_globals();
    let view = View::of_globals(&globals, layers.around(), facts);
    if let seconds @ 1.. = view.poll_interval() {
        let text = ngettext(
            "Servers are checked every {count} second",
            "Servers are checked every {count} seconds",
            seconds.into(),
        );
        line(&fill(&text, &[("count", &seconds)]));
    }
    if let Some(path) = view.logfile() {
        line(&fill(
            &gettext("Logfile is {path}"),
            &[("path", &shown(path))],
        ));
    }
    line(&fill(
        &gettext("Idfile is {path}"),
        &[("path", &shown(view.idfile()))],
    ));
    flags(&view, FLAGS_BEFORE, line);
    let postmaster = view.postmaster();
    if postmaster.is_empty() {
        line(&gettext("Mail that fits nobody is discarded."));
    } else {
        let text = gettext("Mail that fits nobody goes to {name}.");
        line(&fill(&text, &[("name", &shown(postmaster))]));
    }
    flags(&view, FLAGS_AFTER, line);
}

fn flags(view: &View, flags: &[(Id, bool, &str)], line: &mut dyn FnMut(&str)) {
    for (id, value, text) in flags {
        if *id == Id::Syslog && !view.uses_syslog() {
            continue;
        }
        if view
            .effective
            .value(*id)
            .is_some_and(|said| said.flag() == *value)
        {
            line(&gettext(text));
        }
    }
}

/// Bytes for a person's eyes.
pub(super) fn shown(bytes: &[u8]) -> String {
    crate::base::text::quiet(bytes, crate::base::text::QUIET_MAX)
}
