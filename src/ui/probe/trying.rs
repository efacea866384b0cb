//! The window in which somebody signs in to an examined server, to see whether that works: a step of
//! its own, since now a user name and a password leave this computer. Nothing is kept.

use adw::prelude::*;
use relm4::ComponentSender;

use super::super::shell::{self, Look, vertical};
use super::super::steps::{Steps, success};
use super::super::{a11y, fact, setup_words};
use super::work::cancel;
use super::{Input, Output, Probe};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{
    Candidate, Delivery, Draft, Failed, FirstTime, Job, JobId, Outcome, PasswordPlace, Progress,
    Protocol, Rhythm, Security, Setup, Trust,
};
use crate::engine::api::words;

/// The window and its work.
pub(super) struct Trying {
    candidate: Candidate,
    job: Option<JobId>,
    window: adw::Window,
    user: adw::EntryRow,
    password: adw::PasswordEntryRow,
    accepts: Option<gtk::CheckButton>,
    go: gtk::Button,
    result: gtk::Label,
    why: gtk::Box,
    list: adw::PreferencesGroup,
    steps: Steps,
}

impl Trying {
    /// Opens it above `parent`, with a user name to begin with.
    fn open(
        parent: &gtk::Window,
        candidate: Candidate,
        user_name: &str,
        to: &relm4::Sender<Input>,
    ) -> Self {
        let column = shell::column(18);
        let text = gettext(
            "User name and password go to this server and nowhere else, and are not kept. Nothing is fetched or changed.",
        );
        column.append(&fact::verbatim(&words::server(&candidate), &["heading"]));
        column.append(&fact::verbatim(&text, &["body"]));
        let form = group(&column, &gettext("Who signs in"));
        let user = adw::EntryRow::builder()
            .title(gettext("User name"))
            .text(user_name)
            .name("try-user")
            .build();
        let password = adw::PasswordEntryRow::builder()
            .title(gettext("Password"))
            .name("try-password")
            .build();
        a11y::name_entry(&user);
        a11y::name_entry(&password);
        form.add(&user);
        form.add(&password);
        let accepts = (candidate.security == Security::None).then(|| risk(&form));
        let result = status();
        column.append(&result);
        let why = vertical(10);
        why.set_css_classes(&["card", "trouble"]);
        why.set_widget_name("try-problem");
        why.set_visible(false);
        column.append(&why);
        let list = group(&column, &gettext("Signing in, step by step"));
        list.set_visible(false);
        let steps = Steps::new(&list);
        let (window, go) = frame(parent, &column);
        let this = Self {
            candidate,
            job: None,
            window,
            user,
            password,
            accepts,
            go,
            result,
            why,
            list,
            steps,
        };
        this.connect(to);
        this.show_button();
        this.window.present();
        let first: &gtk::Widget = match user_name.is_empty() {
            true => this.user.upcast_ref(),
            false => this.password.upcast_ref(),
        };
        first.grab_focus();
        this
    }

    fn connect(&self, to: &relm4::Sender<Input>) {
        let tell = |input: fn() -> Input| {
            let to = to.clone();
            move || to.emit(input())
        };
        let now = tell(|| Input::TryNow);
        self.go.connect_clicked(move |_| now());
        let (typed, entered) = (tell(|| Input::TryChanged), tell(|| Input::TryEntered));
        self.user.connect_changed(move |_| typed());
        self.user.connect_entry_activated(move |_| entered());
        let (typed, entered) = (tell(|| Input::TryChanged), tell(|| Input::TryEntered));
        self.password.connect_changed(move |_| typed());
        self.password.connect_entry_activated(move |_| entered());
        if let Some(accepts) = &self.accepts {
            let ticked = tell(|| Input::TryChanged);
            accepts.connect_active_notify(move |_| ticked());
        }
        let closed = tell(|| Input::TryClosed);
        self.window.connect_close_request(move |_| {
            closed();
            gtk::glib::Propagation::Proceed
        });
    }

    /// Everything is there that signing in needs.
    fn is_ready(&self) -> bool {
        let accepts = self.accepts.as_ref().is_none_or(|tick| tick.is_active());
        !self.user.text().trim().is_empty() && !self.password.text().is_empty() && accepts
    }

    /// What the button does now, and whether it can.
    fn show_button(&self) {
        let label = match self.job {
            Some(_) => gettext("_Stop"),
            None => gettext("_Sign In"),
        };
        a11y::set_mnemonic(&self.go, &label);
        self.go.set_sensitive(self.job.is_some() || self.is_ready());
        for row in [
            self.user.upcast_ref::<gtk::Widget>(),
            self.password.upcast_ref(),
        ] {
            row.set_sensitive(self.job.is_none());
        }
        if let Some(accepts) = &self.accepts {
            accepts.set_sensitive(self.job.is_none());
        }
    }

    fn say(&self, text: &str) {
        self.result.set_text(text);
        self.result.set_visible(!text.is_empty());
    }

    fn show_failure(&self, failed: &Failed) {
        let known = failed.hint.as_ref();
        let known =
            known.and_then(|hint| setup_words::of_provider(hint, Some(self.candidate.protocol)));
        let problem = failed
            .shown
            .as_ref()
            .and_then(|shown| shown.problem.as_ref());
        let (headline, advice) = known
            .or_else(|| problem.map(words::certificate))
            .unwrap_or_else(|| {
                (
                    words::headline(failed.cause()),
                    words::advice(failed.cause()),
                )
            });
        self.say("");
        fact::empty(&self.why);
        let head = fact::point("dialog-warning-symbolic", "wait", &headline);
        if let Some(label) = head.last_child() {
            label.set_css_classes(&["heading"]);
            label.set_widget_name("try-headline");
        }
        self.why.append(&head);
        self.why.append(&fact::verbatim(&advice, &["body"]));
        if !failed.trouble.words.is_empty() {
            let said = fill(
                &gettext("The server said: {words}"),
                &[("words", &failed.trouble.words)],
            );
            self.why.append(&fact::verbatim(&said, &["words"]));
        }
        self.why.set_visible(true);
    }
}

impl Probe {
    /// Opens the window for the way that is shown. Of one account at this host the name is known.
    pub(super) fn open_trying(&mut self, root: &gtk::Box, sender: &ComponentSender<Self>) {
        let (Some(choice), Some(window)) = (
            self.choice().cloned(),
            root.root().and_downcast::<gtk::Window>(),
        ) else {
            return;
        };
        let mut here = self
            .accounts
            .iter()
            .filter(|(_, facts)| facts.host.eq_ignore_ascii_case(&choice.candidate.host));
        let only = here.next().filter(|_| here.next().is_none());
        let user = only.map(|(id, _)| id.user.clone()).unwrap_or_default();
        let to = sender.input_sender();
        self.trying = Some(Trying::open(&window, choice.candidate, &user, to));
    }

    /// Signs in, or stops doing so.
    pub(super) fn try_now(&mut self, sender: &ComponentSender<Self>) {
        let Some(trying) = &mut self.trying else {
            return;
        };
        if let Some(id) = trying.job {
            cancel(id, sender);
            return;
        }
        if !trying.is_ready() {
            return;
        }
        let id = JobId::new();
        trying.job = Some(id);
        trying.why.set_visible(false);
        trying.list.set_visible(true);
        trying.steps.show(&[]);
        trying.say(&gettext("Signing in…"));
        trying.show_button();
        let password = Secret::new(trying.password.text().as_str());
        let draft = draft(&trying.candidate, trying.user.text().trim(), password);
        let _ = sender.output(Output::Start(id, Box::new(Job::TrySignIn(draft))));
    }

    /// Enter in a field: on to what is missing, or the button.
    pub(super) fn try_entered(&mut self, sender: &ComponentSender<Self>) {
        let Some(trying) = &self.trying else { return };
        if trying.job.is_some() {
            return;
        }
        if trying.user.text().trim().is_empty() {
            trying.user.grab_focus();
        } else if trying.password.text().is_empty() {
            trying.password.grab_focus();
        } else if trying.is_ready() {
            self.try_now(sender);
        } else if let Some(accepts) = &trying.accepts {
            accepts.grab_focus();
        }
    }

    pub(super) fn try_changed(&self) {
        if let Some(trying) = &self.trying {
            trying.show_button();
        }
    }

    /// The window is gone.
    pub(super) fn try_closed(&mut self, sender: &ComponentSender<Self>) {
        if let Some(id) = self.trying.take().and_then(|trying| trying.job) {
            let _ = sender.output(Output::Cancel(id));
        }
    }

    /// Whether that is the job of the window.
    pub(super) fn tries(&self, id: JobId) -> bool {
        self.trying
            .as_ref()
            .is_some_and(|trying| trying.job == Some(id))
    }

    pub(super) fn try_goes_on(&self, progress: &Progress) {
        if let (Some(trying), Progress::SignIn(steps)) = (&self.trying, progress) {
            trying.steps.show(steps);
        }
    }

    pub(super) fn try_ended(&mut self, outcome: Outcome) {
        let Some(trying) = &mut self.trying else {
            return;
        };
        trying.job = None;
        trying.show_button();
        match outcome {
            Outcome::SignedIn(done) => {
                trying.steps.show(&done.steps);
                trying.say(&success(&done));
                trying.go.grab_focus();
            }
            Outcome::Failed(failed) => {
                trying.steps.show(&failed.steps);
                trying.show_failure(&failed);
                trying.password.grab_focus();
            }
            _ => {
                trying.list.set_visible(false);
                trying.say(&gettext("Stopped."));
            }
        }
    }
}

/// An account that is only looked at.
fn draft(candidate: &Candidate, user: &str, password: Secret) -> Draft {
    let setup = Setup {
        address: String::new(),
        host: candidate.host.clone(),
        port: candidate.port,
        is_imap: candidate.protocol == Protocol::Imap,
        is_implicit_tls: candidate.security == Security::Tls,
        is_plain: candidate.security == Security::None,
        user: user.to_owned(),
        method: None,
        trust: Trust::Authorities,
        password: PasswordPlace::Ask,
        delivery: Delivery::Watch,
        keep: true,
        first_time: FirstTime::OnlyNew,
        rhythm: Rhythm::Asked,
        limit: None,
        folders: Vec::new(),
    };
    Draft::new(setup, Some(password))
}

fn risk(form: &adw::PreferencesGroup) -> gtk::CheckButton {
    let check = gtk::CheckButton::builder()
        .valign(gtk::Align::Center)
        .name("try-accepts")
        .build();
    let row = adw::ActionRow::builder()
        .title(gettext("I accept that the password can be read on the way"))
        .title_lines(3)
        .activatable_widget(&check)
        .build();
    row.add_prefix(&check);
    a11y::set_label(&check, &row.title());
    form.add(&row);
    check
}

fn group(column: &gtk::Box, name: &str) -> adw::PreferencesGroup {
    let group = adw::PreferencesGroup::new();
    a11y::name_rows(&group, name);
    column.append(&group);
    group
}

fn status() -> gtk::Label {
    gtk::Label::builder()
        .wrap(true)
        .xalign(0.0)
        .visible(false)
        .name("try-result")
        .css_classes(["heading"])
        .accessible_role(gtk::AccessibleRole::Status)
        .build()
}

/// The window around `column`, and the button that begins.
fn frame(parent: &gtk::Window, column: &gtk::Box) -> (adw::Window, gtk::Button) {
    let look = Look {
        title: &gettext("Test Signing In"),
        name: "try-sign-in",
        leave: (&gettext("_Close"), "try-close"),
        size: (480, Some(620)),
        widest: 560,
    };
    let (window, header) = shell::window(parent, &look, column);
    let go = a11y::mnemonic_button(&gettext("_Sign In"));
    go.add_css_class("suggested-action");
    go.set_widget_name("try-go");
    header.pack_end(&go);
    (window, go)
}
