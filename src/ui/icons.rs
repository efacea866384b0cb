//! Which icon stands for what. All are in adwaita-icon-theme 43; shapes differ, colour only adds.

use crate::engine::api::{AccountStatus, State, What};

/// Icon and style class of an account's state; `None` where a spinner turns.
pub(super) fn of_state(account: &AccountStatus) -> Option<(&'static str, &'static str)> {
    Some(match account.state {
        State::Connecting | State::Fetching => return None,
        State::Queued => ("content-loading-symbolic", "quiet"),
        State::Idle if account.new > 0 => ("mail-unread-symbolic", "accent"),
        State::Idle if account.last_check.is_none() => ("network-server-symbolic", "quiet"),
        State::Idle => ("emblem-ok-symbolic", "well"),
        State::WillRetry => ("view-refresh-symbolic", "wait"),
        State::NeedsYou => ("dialog-warning-symbolic", "error"),
        State::Skipped => ("action-unavailable-symbolic", "quiet"),
    })
}

/// Icon and style class of a line in the log.
pub(super) fn of_entry(what: &What) -> (&'static str, &'static str) {
    match what {
        What::Started => ("mail-send-receive-symbolic", "quiet"),
        What::SignedIn { protected: true } => ("channel-secure-symbolic", "quiet"),
        What::SignedIn { protected: false } => ("network-server-symbolic", "wait"),
        What::Found { .. } => ("view-list-symbolic", "quiet"),
        What::Delivered { .. } => ("mail-unread-symbolic", "accent"),
        What::Discarded { .. } => ("edit-delete-symbolic", "quiet"),
        What::LetGo { .. } => ("edit-delete-symbolic", "wait"),
        What::Left { .. } | What::Held { .. } => ("action-unavailable-symbolic", "wait"),
        What::Finished { .. } => ("emblem-ok-symbolic", "well"),
        What::Failed(_) => ("dialog-warning-symbolic", "error"),
        What::Note(_) => ("dialog-information-symbolic", "quiet"),
    }
}

/// The classes the two above may give, to take off before a new one is put on.
pub(super) const CLASSES: [&str; 5] = ["quiet", "accent", "well", "wait", "error"];

/// Puts `icon` and its class on `image`.
pub(super) fn put(image: &gtk::Image, (icon, class): (&str, &str)) {
    use gtk::prelude::WidgetExt;
    image.set_icon_name(Some(icon));
    for old in CLASSES.into_iter().filter(|old| *old != class) {
        image.remove_css_class(old);
    }
    image.add_css_class(class);
}
