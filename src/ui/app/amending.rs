//! An account that is to say single options otherwise, as the Autoprobe page proposes: the lines
//! that come and go are shown first, and nothing is written without a yes.

use adw::prelude::*;
use gtk::glib;
use relm4::ComponentSender;

use super::super::a11y;
use super::super::diff::Diff;
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
    let dialog = adw::MessageDialog::builder()
        .transient_for(root)
        .modal(true)
        .heading(gettext("The account was not changed"))
        .body(text)
        .name("amend-refused")
        .build();
    dialog.add_response("close", &gettext("_Close"));
    super::super::a11y::present(&dialog);
}

fn window(
    preview: &Preview,
    root: &adw::ApplicationWindow,
    sender: &ComponentSender<App>,
) -> adw::Window {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(12)
        .margin_top(18)
        .margin_bottom(18)
        .margin_start(12)
        .margin_end(12)
        .build();
    let text = gettext("This is changed in {path}; a copy is kept as {path}~.");
    let path = preview.rc.path.display();
    column.append(&super::super::fact::verbatim(
        &fill(&text, &[("path", &path)]),
        &["body"],
    ));
    for note in &preview.notes {
        column.append(&super::super::fact::point(
            "dialog-information-symbolic",
            "quiet",
            note,
        ));
    }
    let diff = Diff::new("amend-diff");
    let mut lines = preview.rc.diff.clone();
    if let Some(local) = &preview.local {
        lines = format!("{lines}\n{}\n{}", local.path.display(), local.diff);
    }
    diff.show(&lines);
    column.append(&diff.root);
    let clamp = adw::Clamp::builder()
        .maximum_size(600)
        .child(&column)
        .build();
    let scroll = gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .propagate_natural_height(true)
        .max_content_height(560)
        .vexpand(true)
        .child(&clamp)
        .build();
    let account = preview.id.to_string();
    let window = adw::Window::builder()
        .title(gettext("Change Account"))
        .transient_for(root)
        .modal(true)
        .default_width(560)
        .width_request(360)
        .name("amend")
        .build();
    let header = header(&account, &window, sender);
    let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
    content.append(&header);
    content.append(&scroll);
    window.set_content(Some(&content));
    super::super::certificate::close_on_escape(&window);
    window
}

/// **Cancel** and **Apply** at the two ends of the bar.
fn header(account: &str, window: &adw::Window, sender: &ComponentSender<App>) -> adw::HeaderBar {
    let title = adw::WindowTitle::new(&gettext("Change Account"), &super::super::markup(account));
    let header = adw::HeaderBar::builder()
        .title_widget(&title)
        .show_start_title_buttons(false)
        .show_end_title_buttons(false)
        .build();
    let cancel = a11y::mnemonic_button(&gettext("_Cancel"));
    cancel.set_widget_name("amend-cancel");
    let weak = window.downgrade();
    cancel.connect_clicked(move |_| {
        if let Some(window) = weak.upgrade() {
            window.close();
        }
    });
    let apply = a11y::mnemonic_button(&gettext("_Apply"));
    apply.add_css_class("suggested-action");
    apply.set_widget_name("amend-apply");
    let to = sender.input_sender().clone();
    apply.connect_clicked(move |button| {
        button.set_sensitive(false);
        to.emit(Msg::Amend);
    });
    header.pack_start(&cancel);
    header.pack_end(&apply);
    window.set_default_widget(Some(&apply));
    glib::idle_add_local_once({
        let apply = apply.clone();
        move || {
            apply.grab_focus();
        }
    });
    header
}
