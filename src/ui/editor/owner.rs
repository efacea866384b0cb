//! Whose file the editor has: one's own, or that of another user, which is read, looked over and
//! written as that user.

use adw::prelude::*;
use gtk::pango;
use relm4::ComponentSender;

use super::super::ask::{Question, Weight};
use super::model::Model;
use super::model::tree::Node;
use super::{Editor, Input, Output};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::users::{Draught, Rewrite, Whose};
use crate::engine::api::job::{FileWish, Job, JobId, Outcome};
use crate::engine::api::saving::{Saved, Unsaved, Version, Which};

/// Somebody else, and what is under way for them.
pub(super) struct Owner {
    whose: Box<Whose>,
    /// The file is being written.
    writing: Option<(JobId, Which)>,
    /// Which server is to be shown when the file is there.
    server: Option<usize>,
    /// It is checked when it is written.
    checks_next: bool,
}

/// The line above the editor that says whose file it is.
pub(super) struct Banner {
    /// To be put above everything.
    pub root: gtk::Box,
    text: gtk::Label,
}

impl Banner {
    /// Not seen while the file is one's own.
    pub(super) fn new(to: &relm4::Sender<Input>) -> Self {
        let text = gtk::Label::builder()
            .xalign(0.0)
            .hexpand(true)
            .wrap(true)
            .wrap_mode(pango::WrapMode::WordChar)
            .name("editor-owner")
            .build();
        let own = gtk::Button::builder()
            .label(gettext("My Own File"))
            .valign(gtk::Align::Center)
            .name("editor-own-file")
            .build();
        let to = to.clone();
        own.connect_clicked(move |_| to.emit(Input::OpenOwn));
        let root = gtk::Box::builder()
            .spacing(12)
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(12)
            .margin_end(12)
            .visible(false)
            .build();
        let icon = gtk::Image::builder()
            .icon_name("system-users-symbolic")
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        root.append(&icon);
        root.append(&text);
        root.append(&own);
        Self { root, text }
    }

    fn show(&self, whose: Option<&Whose>) {
        self.root.set_visible(whose.is_some());
        if let Some(whose) = whose {
            let shown = |text: &[u8]| quiet(text, QUIET_MAX);
            let (user, path) = (
                shown(whose.keeper.name.as_bytes()),
                shown(whose.path.as_os_str().as_encoded_bytes()),
            );
            let text = gettext("{path}, read and written as {user}");
            self.text
                .set_text(&fill(&text, &[("path", &path), ("user", &user)]));
        }
    }
}

impl Editor {
    /// Opens a user's file, or (`None`) one's own; asks first if that would lose changes.
    pub(super) fn open_of(
        &mut self,
        whose: Option<Box<Whose>>,
        server: Option<usize>,
        root: &gtk::Box,
        sender: &ComponentSender<Self>,
    ) {
        let now = self.owner.as_ref().map(|owner| &owner.whose);
        let is_there = now == whose.as_ref() && self.files.other.is_none();
        if is_there && self.model.is_some() {
            self.go_to_server(server);
            return;
        }
        let is_changed = self.model.as_ref().is_some_and(Model::is_changed);
        let window = root.root().and_downcast::<gtk::Window>();
        if let Some(window) = window.filter(|_| is_changed) {
            ask(&window, &self.path.display(), whose, server, sender);
        } else {
            self.turn_to_file(whose, server, sender);
        }
    }

    /// The same, whatever is lost.
    pub(super) fn turn_to_file(
        &mut self,
        whose: Option<Box<Whose>>,
        server: Option<usize>,
        sender: &ComponentSender<Self>,
    ) {
        self.forget_file();
        self.banner.show(whose.as_deref());
        self.owner = whose.map(|whose| Owner {
            whose,
            writing: None,
            server,
            checks_next: false,
        });
        self.trouble
            .set_title(&gettext("Reading the Configuration…"));
        self.trouble.set_description(None);
        self.stack.set_visible_child_name("trouble");
        self.read(sender);
    }

    /// The file has come.
    pub(super) fn go_to_wanted_server(&mut self) {
        let server = self.owner.as_mut().and_then(|owner| owner.server.take());
        self.go_to_server(server);
    }

    fn go_to_server(&mut self, server: Option<usize>) {
        if let Some(server) = server {
            self.search(false);
            self.go(Node::Server(server));
            self.list.reveal();
        }
    }

    /// Who stands for users who are not named, if the file is not one's own.
    pub(super) fn login_of_owner(&self) -> Option<String> {
        if self.files.other.is_some() {
            return Some(self.multidrop.login().to_owned());
        }
        let whose = &self.owner.as_ref()?.whose;
        let runner = whose.runner.as_ref().unwrap_or(&whose.keeper);
        Some(runner.name.clone())
    }

    /// The job that reads the file.
    pub(super) fn read_job(&self) -> Job {
        match (&self.owner, &self.files.other) {
            (Some(owner), _) => Job::ReadAs(owner.whose.clone()),
            (None, None) => Job::ReadRc,
            (None, path) => Job::File {
                path: path.clone(),
                wish: FileWish::Read,
            },
        }
    }

    /// The job that looks a text over.
    pub(super) fn lint_job(&self, text: Secret) -> Job {
        match &self.owner {
            Some(owner) => Job::LintAs(Box::new(Draught {
                whose: (*owner.whose).clone(),
                text,
            })),
            None => Job::Lint(text),
        }
    }

    /// Has a version written by whoever may.
    pub(super) fn write(&mut self, version: Version, which: Which, sender: &ComponentSender<Self>) {
        let Some(owner) = &mut self.owner else {
            let Some(version) = self.write_other(version, which, sender) else {
                return;
            };
            let _ = sender.output(Output::Save(Box::new(version), which));
            return;
        };
        let id = JobId::new();
        owner.writing = Some((id, which));
        let new = Rewrite {
            whose: (*owner.whose).clone(),
            version,
            is_draft: which == Which::Draft,
        };
        let job = Box::new(Job::WriteAs(Box::new(new)));
        let _ = sender.output(Output::Start(id, job));
    }

    /// The file is that of nobody else any more.
    pub(super) fn leave_owner(&mut self) {
        self.owner = None;
        self.banner.show(None);
    }

    /// Whether the outcome is of a job that wrote a user's file.
    pub(super) fn written(
        &mut self,
        id: JobId,
        outcome: &Outcome,
        sender: &ComponentSender<Self>,
    ) -> bool {
        let Some(owner) = &mut self.owner else {
            return false;
        };
        let Some((_, which)) = owner.writing.take_if(|(writing, _)| *writing == id) else {
            return false;
        };
        let mut path = owner.whose.path.clone();
        if which == Which::Draft {
            path.as_mut_os_string().push(".draft");
        }
        let result = match outcome {
            Outcome::Written(base) => Ok(*base),
            Outcome::Failed(failed) => Err(failed.unsaved.clone().unwrap_or_else(|| {
                let words = crate::engine::api::words::advice(failed.cause());
                Unsaved::Refused(words)
            })),
            _ => Err(Unsaved::Refused(gettext("It was stopped."))),
        };
        if result.is_ok() && which == Which::Rc {
            let _ = sender.output(Output::WrittenOf(owner.whose.clone()));
        }
        let checks = std::mem::take(&mut owner.checks_next) && result.is_ok();
        let saved = Saved {
            which,
            path,
            result,
        };
        self.saved(&saved, sender);
        if checks {
            self.check_as_owner(sender);
        }
        true
    }

    /// Checks as the user whose file it is; `false` if it is one's own.
    pub(super) fn check_as_owner(&self, sender: &ComponentSender<Self>) -> bool {
        let Some(owner) = &self.owner else {
            return false;
        };
        let servers = self.ids().unwrap_or_default();
        let server = servers.into_iter().next().map(|id| id.label);
        let _ = sender.output(Output::CheckOf(owner.whose.clone(), server));
        true
    }

    /// It is checked as soon as it is written; `false` if it is one's own.
    pub(super) fn will_check_as_owner(&mut self) -> bool {
        let owner = self.owner.as_mut();
        owner.map(|owner| owner.checks_next = true).is_some()
    }

    /// The page came to the front: what another program has changed is read, unless it was changed
    /// here too.
    pub(super) fn shown(&mut self, sender: &ComponentSender<Self>) {
        let is_changed = self.model.as_ref().is_some_and(Model::is_changed);
        let is_free = self.reading.is_none() && self.saving.is_none();
        let is_wanted = self.model.is_none() || (!self.is_own() && !is_changed);
        if is_wanted && is_free {
            self.read(sender);
        }
        self.look_if_it_waits(sender);
    }
}

fn ask(
    window: &gtk::Window,
    path: &dyn std::fmt::Display,
    whose: Option<Box<Whose>>,
    server: Option<usize>,
    sender: &ComponentSender<Editor>,
) {
    let text = gettext("{path} was changed here and is not saved.");
    let question = Question {
        heading: &gettext("Discard the Changes?"),
        body: &fill(&text, &[("path", path)]),
        name: "editor-discard",
        no: ("keep", &gettext("_Keep Editing")),
        yes: ("discard", &gettext("_Discard")),
        weight: Weight::Grave,
    };
    let to = sender.input_sender().clone();
    question.ask(window, move || {
        to.emit(Input::Discard(whose.clone(), server));
    });
}
