//! What there is to say about a file that was looked over.

use std::path::Path;

use adw::prelude::*;

use super::super::super::{fact, shell};
use super::over;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::Diagnostic;
use crate::rc::diagnostic::Severity;

/// So many findings are shown.
const MOST: usize = 200;

/// Shows what was found in a file.
pub(super) fn show(parent: &gtk::Window, path: &Path, found: &[Diagnostic]) {
    let column = shell::column(12);
    let path = quiet(path.as_os_str().as_encoded_bytes(), QUIET_MAX);
    column.append(&fact::verbatim(&path, &["heading"]));
    for finding in found.iter().take(MOST) {
        let (icon, class) = match finding.severity {
            Severity::Error => ("dialog-error-symbolic", "error"),
            Severity::Warning => ("dialog-warning-symbolic", "wait"),
            Severity::Hint => ("dialog-information-symbolic", "quiet"),
        };
        let sentence = finding.sentence();
        let text = match finding.place {
            Some(place) => fill(
                &gettext("Line {line}: {sentence}"),
                &[("line", &place.line), ("sentence", &sentence)],
            ),
            None => sentence,
        };
        column.append(&fact::point(icon, class, &text));
    }
    let rest = found.len().saturating_sub(MOST) as u64;
    if rest > 0 {
        let text = ngettext("{n} more", "{n} more", rest);
        column.append(&fact::verbatim(&fill(&text, &[("n", &rest)]), &["quiet"]));
    }
    if found.is_empty() {
        let text = gettext("Nothing to find fault with");
        column.append(&fact::point("emblem-ok-symbolic", "well", &text));
    }
    let title = gettext("Findings");
    let close = gettext("_Close");
    let leave = (close.as_str(), "file-findings-close");
    let (window, _) = over::window(parent, &title, "file-findings", leave, &column);
    window.present();
}
