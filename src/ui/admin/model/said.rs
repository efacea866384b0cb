//! What is said of a file, in words.

use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::users::{
    FileState, Ran, Running, ServerLine, Summary, UsersFile, Whose,
};

/// Servers named in a line of the list.
const NAMED: usize = 3;

/// Whose it is.
pub(in crate::ui::admin) fn title(whose: &Whose) -> String {
    match whose.is_system {
        true => gettext("The whole computer"),
        false => quiet(whose.keeper.name.as_bytes(), QUIET_MAX),
    }
}

/// Icon and style class.
pub(in crate::ui::admin) fn icon(file: &UsersFile) -> (&'static str, &'static str) {
    match &file.state {
        FileState::Refused(_) => ("dialog-error-symbolic", "error"),
        FileState::Absent { .. } => ("list-add-symbolic", "quiet"),
        FileState::Seen(summary) if trouble(file).is_some() || summary.errors > 0 => {
            ("dialog-warning-symbolic", "wait")
        }
        FileState::Seen(_) if file.running.is_some() => ("mail-send-receive-symbolic", "accent"),
        FileState::Seen(_) => ("emblem-ok-symbolic", "well"),
    }
}

/// The lines below the name: what is in it, and how it stands.
pub(in crate::ui::admin) fn line(file: &UsersFile) -> (String, String) {
    let runs = file.running.map(running);
    let first = match &file.state {
        FileState::Refused(refusal) => refusal.to_string(),
        FileState::Absent { .. } => gettext("No file"),
        FileState::Seen(summary) => servers(summary),
    };
    let counted = match &file.state {
        FileState::Seen(summary) => Some(counts(summary)),
        _ => None,
    };
    let open = trouble(file).filter(|_| matches!(file.state, FileState::Seen(_)));
    let parts: Vec<String> = [open, counted, runs].into_iter().flatten().collect();
    (first, parts.join(" · "))
}

/// The servers of a file in a line each.
fn servers(summary: &Summary) -> String {
    let named = summary.servers.iter().take(NAMED).map(|server| {
        let text = gettext("{protocol} {server}: {users}");
        let values: [(&str, &dyn std::fmt::Display); 3] = [
            ("protocol", &server.protocol),
            ("server", &server.label),
            ("users", &users(server)),
        ];
        fill(&text, &values)
    });
    let mut lines: Vec<String> = named.collect();
    let more = summary.servers.len().saturating_sub(NAMED) + summary.more;
    if more > 0 {
        let text = ngettext("and {n} more", "and {n} more", more as u64);
        lines.push(fill(&text, &[("n", &more)]));
    }
    match lines.is_empty() {
        true => gettext("Nothing in it"),
        false => lines.join("\n"),
    }
}

/// The users of a server.
pub(in crate::ui::admin) fn users(server: &ServerLine) -> String {
    let each = server.users.iter().map(|(remote, local)| {
        let text = gettext("{remote} for {local}");
        fill(&text, &[("remote", remote), ("local", &local.join(", "))])
    });
    let all: Vec<String> = each.collect();
    let all = all.join("; ");
    match server.is_skipped {
        true => fill(&gettext("{users} (skip)"), &[("users", &all)]),
        false => all,
    }
}

/// What `lint` has found.
pub(in crate::ui::admin) fn counts(summary: &Summary) -> String {
    let count = |one: &str, many: &str, n: usize| {
        let n = n as u64;
        fill(&ngettext(one, many, n), &[("n", &n)])
    };
    let errors = || count("{n} error", "{n} errors", summary.errors);
    let hints = || count("{n} hint", "{n} hints", summary.hints);
    match (summary.errors, summary.hints) {
        (0, 0) => gettext("Nothing to find fault with"),
        (0, _) => hints(),
        (_, 0) => errors(),
        _ => {
            let text = gettext("{errors}, {hints}");
            fill(&text, &[("errors", &errors()), ("hints", &hints())])
        }
    }
}

/// Who fetches just now.
pub(in crate::ui::admin) fn running(running: Running) -> String {
    let pid = running.pid.map(|pid| pid.to_string()).unwrap_or_default();
    match running.interval {
        Some(seconds) => {
            let text = gettext("Checks every {n} s in the background (process {pid})");
            fill(&text, &[("n", &seconds), ("pid", &pid)])
        }
        None => fill(&gettext("Fetching now (process {pid})"), &[("pid", &pid)]),
    }
}

/// What keeps the file from being used.
pub(in crate::ui::admin) fn trouble(file: &UsersFile) -> Option<String> {
    match &file.state {
        FileState::Refused(refusal) => Some(refusal.to_string()),
        FileState::Seen(summary) => {
            if file.whose.runner.is_none() {
                let text = gettext("Nobody knows its owner (number {owner}).");
                return Some(fill(&text, &[("owner", &summary.owner)]));
            }
            summary.exposed.map(|mode| {
                let text = gettext(
                    "Others can get at it (mode {mode}). Saving it in the editor mends that.",
                );
                fill(&text, &[("mode", &format!("{mode:04o}"))])
            })
        }
        FileState::Absent { .. } => None,
    }
}

/// What came of a deed.
pub(in crate::ui::admin) fn ran(ran: Ran) -> String {
    match ran {
        Ran::Ended(0) => gettext("Done: mail was fetched."),
        Ran::Ended(1) => gettext("Done: there was no new mail."),
        Ran::Ended(-1) => gettext("The check was ended by a signal."),
        Ran::Ended(status) => {
            let text = gettext("The check ended with status {n}; what went wrong stands above.");
            fill(&text, &[("n", &status)])
        }
        Ran::Started(pid) => {
            let text = gettext("Checking in the background (process {pid})");
            fill(&text, &[("pid", &pid)])
        }
        Ran::NotStarted(status) => {
            let text = gettext("It ended at once with status {n}. Check Now shows what is wrong.");
            fill(&text, &[("n", &status)])
        }
        Ran::Stopped => gettext("Nothing runs in the background any more"),
        Ran::Idle => gettext("Nothing was running"),
        Ran::Lingers => gettext("It was told to stop, and has not ended yet"),
    }
}
