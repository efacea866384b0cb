//! An account that is to say single options otherwise, as the Autoprobe page proposes: the lines
//! that come and go are shown first, and nothing is written without a yes.

use adw::prelude::*;
use gtk::glib;
use relm4::ComponentSender;

use super::super::diff::Diff;
use super::super::shell::{self, Look};
use super::super::{a11y, ask, fact, markup};
use super::{App, Asker, Msg};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Amendment, Failed, Job, JobId, Outcome, Preview};
use crate::engine::api::words;

/// What is proposed, and the window that shows it.
pub(super) struct Amending {
    what: Amendment,
    window: Option<adw::Window>,
}

impl App {
    /// Begins with a look at what would be written.
    pub(super) fn propose(&mut self, what: Amendment) {
        self.forget_amendment();
        self.start_amend(what.clone(), true);
        self.amending = Some(Amending { what, window: None });
    }

    fn start_amend(&mut self, what: Amendment, is_dry: bool) {
        self.start(JobId::new(), Job::Amend { what, is_dry }, Asker::Amend);
    }

    /// The person has said yes.
    pub(super) fn amend(&mut self) {
        if let Some(amending) = &self.amending {
            let what = amending.what.clone();
            self.forget_amendment();
            self.start_amend(what, false);
        }
    }

    fn forget_amendment(&mut self) {
        self.jobs.retain(|_, asker| *asker != Asker::Amend);
        if let Some(window) = self.amending.take().and_then(|a| a.window) {
            window.destroy();
        }
    }

    /// What came of it.
    pub(super) fn amended(
        &mut self,
        outcome: Outcome,
        root: &adw::ApplicationWindow,
        sender: &ComponentSender<Self>,
    ) {
        match outcome {
            Outcome::Previewed(preview) if says_nothing_new(&preview) => {
                self.forget_amendment();
                self.widgets
                    .toast(&gettext("The account says the same already"));
            }
            Outcome::Previewed(preview) => {
                if let Some(amending) = &mut self.amending {
                    let window = window(&preview, root, sender);
                    window.present();
                    amending.window = Some(window);
                }
            }
            Outcome::Adopted(adopted) => {
                self.offer_undo(&gettext("Account changed"), adopted.undo, sender);
            }
            Outcome::Failed(failed) => {
                self.forget_amendment();
                refused(&failed, root);
            }
            _ => self.forget_amendment(),
        }
    }
}

fn says_nothing_new(preview: &Preview) -> bool {
    preview.rc.diff.is_empty() && preview.local.is_none()
}

/// Why it cannot be written; nothing was.
fn refused(failed: &Failed, root: &adw::ApplicationWindow) {
    let text = match &failed.unsaved {
        Some(unsaved) => unsaved.to_string(),
        None => words::advice(failed.cause()),
    };
    let heading = gettext("The account was not changed");
    ask::tell(root, &heading, &text, "amend-refused");
}

fn window(
    preview: &Preview,
    root: &adw::ApplicationWindow,
    sender: &ComponentSender<App>,
) -> adw::Window {
    let column = shell::column(12);
    let text = gettext("This is changed in {path}; a copy is kept as {path}~.");
    let path = preview.rc.path.display();
    column.append(&fact::verbatim(&fill(&text, &[("path", &path)]), &["body"]));
    for note in &preview.notes {
        column.append(&fact::point("dialog-information-symbolic", "quiet", note));
    }
    let diff = Diff::new("amend-diff");
    let mut lines = preview.rc.diff.clone();
    if let Some(local) = &preview.local {
        lines = format!("{lines}\n{}\n{}", local.path.display(), local.diff);
    }
    diff.show(&lines);
    column.append(&diff.root);
    let title = gettext("Change Account");
    let look = Look {
        title: &title,
        name: "amend",
        leave: (&gettext("_Cancel"), "amend-cancel"),
        size: (560, None),
        widest: 600,
    };
    let (window, header) = shell::window(root, &look, &column);
    let whose = markup(&preview.id.to_string());
    header.set_title_widget(Some(&adw::WindowTitle::new(&title, &whose)));
    let apply = apply(sender);
    header.pack_end(&apply);
    window.set_default_widget(Some(&apply));
    glib::idle_add_local_once(move || {
        apply.grab_focus();
    });
    window
}

/// The button that writes it, once.
fn apply(sender: &ComponentSender<App>) -> gtk::Button {
    let apply = a11y::mnemonic_button(&gettext("_Apply"));
    apply.add_css_class("suggested-action");
    apply.set_widget_name("amend-apply");
    let to = sender.input_sender().clone();
    apply.connect_clicked(move |button| {
        button.set_sensitive(false);
        to.emit(Msg::Amend);
    });
    apply
}
