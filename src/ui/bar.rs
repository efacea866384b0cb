//! The one bar above the pages: the most urgent thing that concerns all accounts.

use adw::prelude::*;

use super::a11y;
use crate::base::i18n::{fill, gettext, ngettext};
use crate::engine::api::{Halt, words};

/// What the bar may say, the most urgent first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// Nothing is polled.
    Halt(Halt),
    /// The changed rc file is not taken; the old one is polled by.
    Stale(Halt),
    /// The rc file deserves a remark.
    Advice(Vec<String>),
    /// Nothing is checked by itself, as the person wanted.
    Paused,
    /// There is no place for a tray icon.
    NoTray,
}

impl Notice {
    /// The most urgent that holds. Without accounts the page itself says why nothing is polled.
    pub(super) fn choose(
        halt: Option<&Halt>,
        stale: Option<&Halt>,
        has_accounts: bool,
        advice: &[String],
        is_paused: bool,
        lacks_tray: bool,
    ) -> Option<Self> {
        match halt {
            Some(halt) => has_accounts.then(|| Self::Halt(halt.clone())),
            None if stale.is_some() => stale.cloned().map(Self::Stale),
            None if !advice.is_empty() => Some(Self::Advice(advice.to_vec())),
            None if is_paused => Some(Self::Paused),
            None => lacks_tray.then_some(Self::NoTray),
        }
    }

    fn text(&self, rc_path: &str) -> String {
        match self {
            Self::Halt(halt @ (Halt::Syntax(_) | Halt::Locked { .. })) => {
                words::halt_headline(halt)
            }
            Self::Halt(halt) => words::halt_advice(halt, rc_path),
            Self::Stale(halt) => words::stale_headline(halt),
            Self::Advice(advice) => match advice.as_slice() {
                [only] => only.clone(),
                more => fill(
                    &ngettext(
                        "The configuration deserves {n} remark.",
                        "The configuration deserves {n} remarks.",
                        more.len() as u64,
                    ),
                    &[("n", &more.len())],
                ),
            },
            Self::Paused => gettext("Checking in the background is paused."),
            Self::NoTray => gettext(
                "The system cannot show tray icons. Postrider keeps running when the window is closed.",
            ),
        }
    }

    /// Heading and text of the window behind the first button.
    pub(super) fn details(&self, rc_path: &str) -> Option<(String, String)> {
        match self {
            Self::Halt(halt) => Some((
                words::halt_headline(halt),
                words::halt_advice(halt, rc_path),
            )),
            Self::Stale(halt) => Some((
                words::stale_headline(halt),
                words::stale_advice(halt, rc_path),
            )),
            Self::Advice(advice) => {
                Some((gettext("Remarks on the Configuration"), advice.join("\n\n")))
            }
            Self::Paused | Self::NoTray => None,
        }
    }

    fn buttons(&self) -> (Option<String>, String) {
        match self {
            Self::Halt(Halt::Syntax(_)) => (Some(gettext("Show Problems")), gettext("Reload")),
            Self::Stale(_) => (Some(gettext("Details")), gettext("Reload")),
            Self::Halt(Halt::Locked { .. }) => (Some(gettext("Details")), gettext("Reload")),
            Self::Halt(_) => (None, gettext("Reload")),
            Self::Advice(advice) if advice.len() > 1 => (Some(gettext("Show")), gettext("Got It")),
            Self::Paused => (None, gettext("Resume")),
            Self::Advice(_) | Self::NoTray => (None, gettext("Got It")),
        }
    }
}

/// The widgets.
pub(super) struct Bar {
    /// To be put above the pages.
    pub root: gtk::InfoBar,
    label: gtk::Label,
    first: gtk::Button,
    second: gtk::Button,
}

impl Bar {
    /// A hidden bar whose buttons call `details` and `settle`.
    pub(super) fn new(details: impl Fn() + 'static, settle: impl Fn() + 'static) -> Self {
        let root = gtk::InfoBar::builder().visible(false).build();
        root.set_widget_name("notice");
        let label = gtk::Label::builder()
            .wrap(true)
            .xalign(0.0)
            .hexpand(true)
            .build();
        label.set_wrap_mode(gtk::pango::WrapMode::WordChar);
        let (first, second) = (gtk::Button::new(), gtk::Button::new());
        first.set_widget_name("notice-details");
        second.set_widget_name("notice-settle");
        for button in [&first, &second] {
            button.set_valign(gtk::Align::Center);
        }
        first.connect_clicked(move |_| details());
        second.connect_clicked(move |_| settle());
        let row = gtk::Box::builder().spacing(6).hexpand(true).build();
        row.append(&label);
        row.append(&first);
        row.append(&second);
        root.add_child(&row);
        Self {
            root,
            label,
            first,
            second,
        }
    }

    /// Shows `notice`, or nothing.
    pub(super) fn show(&self, notice: Option<&Notice>, rc_path: &str) {
        if let Some(notice) = notice {
            let text = notice.text(rc_path);
            self.label.set_text(&text);
            a11y::set_label(&self.root, &text);
            let is_serious = matches!(notice, Notice::Halt(_) | Notice::Stale(_));
            self.root.set_message_type(if is_serious {
                gtk::MessageType::Warning
            } else {
                gtk::MessageType::Info
            });
            let (first, second) = notice.buttons();
            self.first.set_visible(first.is_some());
            self.first.set_label(&first.unwrap_or_default());
            self.second.set_label(&second);
        }
        self.root.set_visible(notice.is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_comes_first() {
        let advice = ["remark".to_owned()];
        let halt = Halt::NoFile;
        let check = |halted, stale, has_accounts, advice: &[String], expected: Option<Notice>| {
            let chosen = Notice::choose(halted, stale, has_accounts, advice, false, true);
            assert_eq!(chosen, expected);
        };
        let stale = Notice::Stale(halt.clone());
        check(
            Some(&halt),
            None,
            true,
            &advice,
            Some(Notice::Halt(halt.clone())),
        );
        check(Some(&halt), None, false, &advice, None);
        check(None, Some(&halt), true, &advice, Some(stale.clone()));
        check(
            None,
            None,
            true,
            &advice,
            Some(Notice::Advice(advice.to_vec())),
        );
        check(None, None, true, &[], Some(Notice::NoTray));
        let paused = Notice::choose(None, None, true, &[], true, true);
        assert_eq!(paused, Some(Notice::Paused));
        // What is wrong is named with what can be done; reloading is the way out.
        let (heading, text) = stale.details("~/.fetchmailrc").unwrap();
        assert!(heading.contains("checked on") && text.contains("~/.fetchmailrc"));
        assert_eq!(stale.text("~/.fetchmailrc"), heading);
    }
}
