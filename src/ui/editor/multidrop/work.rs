//! What is done about the names, a message that is tried, and the samples; the engine does the work.

use std::path::Path;
use std::time::Instant;

use gtk::prelude::*;
use relm4::ComponentSender;

use super::super::model::multidrop::{account, steps};
use super::super::model::search::Hit;
use super::super::model::tree::Node;
use super::super::{Editor, Output};
use super::{Told, Tried};
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::engine::api::job::{Failed, Job, JobId, Outcome};
use crate::engine::api::routing::{RouteWish, Routes, Spot};
use crate::engine::api::words;
use crate::rc::option::{self, Id, Page, Scope};
use crate::rc::settings::Value;
use crate::ui::choose;

type Sender = ComponentSender<Editor>;

impl Editor {
    /// Somebody does something here.
    pub(in crate::ui::editor) fn on_multidrop(
        &mut self,
        told: Told,
        root: &gtk::Box,
        sender: &Sender,
    ) {
        match told {
            Told::Visit(entry, user) => self.visit(entry, user),
            Told::Chosen(user) => {
                self.multidrop.user = user;
                self.multidrop.later();
                self.show();
            }
            Told::Names(value) => self.say_names(value, sender),
            Told::Typed(text) => {
                self.multidrop.typed.type_in(&text);
                self.multidrop.message.can_keep(false);
                self.multidrop.later();
            }
            Told::Dns(dns) => {
                self.multidrop.dns = dns;
                self.multidrop.later();
            }
            Told::Pause(stamp) if stamp == self.multidrop.stamp => self.try_all(sender),
            Told::Pause(_) => {}
            Told::Now => self.try_all(sender),
            Told::Open => {
                let tell = std::rc::Rc::clone(&self.multidrop.tell);
                let title = gettext("Open a Message");
                choose::file(root, &title, move |path| tell(Told::Opened(path)));
            }
            Told::Opened(path) => self.read_message(&path, sender),
            Told::Take => self.take(root, sender),
            Told::Loaded(name, header) => self.load_message(&name, header),
            Told::NotTaken => {
                if let Some((id, _)) = self.multidrop.taking.take() {
                    let _ = sender.output(Output::Cancel(id));
                }
            }
            Told::Keep => self.keep_sample(sender),
            Told::Load(at) => self.load_sample(at),
            Told::Expect(at) => self.expect(at, sender),
            Told::Forget(at) => self.forget_sample(at, sender),
            Told::Option(id) => self.go_to_option(id),
            Told::Line(line) => {
                let multidrop = &self.multidrop;
                let line = line.saturating_sub(1) + multidrop.typed.skipped();
                multidrop.message.go_to(line);
            }
        }
    }

    /// Shows the part, if the page has it.
    pub(in crate::ui::editor) fn show_multidrop(&mut self) {
        let Some(model) = &self.model else { return };
        let (visit, entry) = match (self.node, self.page) {
            (Node::User(entry, user), Page::Delivery) => (Some((entry, user)), None),
            (Node::Server(entry), Page::SeveralRecipients) => (None, Some(entry)),
            _ => (None, None),
        };
        self.multidrop.show_link(visit);
        self.multidrop.show(model, entry);
        self.multidrop.show_review(model);
    }

    fn visit(&mut self, entry: usize, user: usize) {
        (self.multidrop.entry, self.multidrop.user) = (Some(entry), user);
        self.multidrop.later();
        self.turn_to(Node::Server(entry));
        self.page = Page::SeveralRecipients;
        self.show();
        self.list.reveal();
        self.multidrop.names.grab_focus();
    }

    fn say_names(&mut self, value: Option<Value>, sender: &Sender) {
        let (Some(model), Some(entry)) = (&mut self.model, self.multidrop.entry) else {
            return;
        };
        let node = Node::User(entry, self.multidrop.user);
        let Some(row) = model.row(node, option::keyword(Id::Is)) else {
            return;
        };
        // Nothing said here is nothing new where nothing was said.
        if row.value != value {
            let done = model.say(&row, value, Instant::now());
            self.settle(done, sender);
        }
    }

    fn go_to_option(&mut self, id: Id) {
        let Some(entry) = self.multidrop.entry else {
            return;
        };
        if id == Id::Is {
            self.multidrop.names.grab_focus();
            return;
        }
        let keyword = option::keyword(id);
        let node = match keyword.scope {
            Scope::Global => Node::General,
            Scope::Server => Node::Server(entry),
            Scope::User => Node::User(entry, self.multidrop.user),
        };
        self.go_to(&Hit {
            node,
            page: keyword.page,
            id,
        });
    }

    /// Shows a message from elsewhere.
    pub(super) fn load_message(&mut self, name: &str, header: Vec<u8>) {
        let shown = self.multidrop.typed.load(name, header);
        self.multidrop.message.load(&shown);
        self.multidrop.message.can_keep(false);
        self.multidrop.later();
    }

    fn read_message(&mut self, path: &Path, sender: &Sender) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let id = start(Job::ReadHeader(path.to_owned()), sender);
        self.multidrop.opening = Some((id, name.into_owned()));
    }

    fn take(&mut self, root: &gtk::Box, sender: &Sender) {
        let window = root.root().and_downcast::<gtk::Window>();
        if self.login_of_owner().is_some() {
            // It signs in from here and would run the commands of the file: never for another user.
            let text = gettext("Messages can be taken with your own file only.");
            let _ = sender.output(Output::Say(text));
            return;
        }
        let (Some(spot), Some(window)) = (self.spot(), window) else {
            return;
        };
        let taking = super::Taking::open(&window, &self.multidrop.tell);
        let id = start(Job::SampleHeaders(Box::new(spot)), sender);
        self.multidrop.taking = Some((id, taking));
    }

    /// The user that is shown, in the text as it is now.
    fn spot(&self) -> Option<Spot> {
        Some(Spot {
            text: Secret::new(self.model.as_ref()?.now().document.bytes()),
            entry: self.multidrop.entry?,
            user: self.multidrop.user,
        })
    }

    /// Nothing was changed for a while: the message is tried, and the samples.
    fn try_all(&mut self, sender: &Sender) {
        self.try_message(sender);
        if self.multidrop.checked != Some(self.count) {
            self.check_samples(sender);
        }
    }

    fn try_message(&mut self, sender: &Sender) {
        if let Some(id) = self.multidrop.routing.take() {
            let _ = sender.output(Output::Cancel(id));
        }
        self.multidrop.tried = None;
        if !self.multidrop.is_shown {
            return;
        }
        let header = self.multidrop.typed.header();
        let (Some(header), Some(of)) = (header, self.spot()) else {
            self.multidrop.answer.clear();
            self.multidrop.message.mark(&[]);
            self.multidrop.message.can_keep(false);
            return;
        };
        let dns = self.multidrop.dns;
        let wish = RouteWish {
            of,
            headers: self.multidrop.typed.headers().unwrap_or_default(),
            dns,
        };
        self.multidrop.tried = Some(Tried {
            header,
            dns,
            routed: None,
        });
        self.multidrop.routing = Some(start(Job::Route(Box::new(wish)), sender));
    }

    /// What came of a job of this part; another's is given back.
    pub(in crate::ui::editor) fn multidrop_done(
        &mut self,
        id: JobId,
        outcome: Outcome,
        sender: &Sender,
    ) -> Option<Outcome> {
        let multidrop = &mut self.multidrop;
        let is_taking = |taking: &Option<(JobId, super::Taking)>| {
            taking.as_ref().is_some_and(|(job, _)| *job == id)
        };
        if multidrop.routing == Some(id) {
            multidrop.routing = None;
            self.routed(&outcome);
        } else if let Some((_, name)) = multidrop.opening.take_if(|(job, _)| *job == id) {
            match outcome {
                Outcome::Header(header) => self.load_message(&name, header),
                Outcome::Failed(failed) => multidrop.answer.fail(&sentences(&failed)),
                _ => {}
            }
        } else if is_taking(&multidrop.taking) {
            if let Some((_, taking)) = &multidrop.taking {
                match &outcome {
                    Outcome::Waiting(waiting) => taking.show(waiting),
                    Outcome::Failed(failed) => taking.fail(&sentences(failed)),
                    _ => {}
                }
            }
        } else {
            return self.samples_done(id, outcome, sender);
        }
        None
    }

    fn routed(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Routed(routes) => self.show_routed(routes),
            Outcome::Failed(failed) => {
                self.multidrop.message.mark(&[]);
                self.multidrop.answer.fail(&sentences(failed));
            }
            _ => {}
        }
    }

    fn show_routed(&mut self, routes: &Routes) {
        let Some(model) = &self.model else { return };
        let facts = self.multidrop.facts(model);
        let (Some(entry), user) = (self.multidrop.entry, self.multidrop.user) else {
            return;
        };
        let found = account(&facts.now, entry, user);
        let (Some(found), Some(routed)) = (found, routes.routed.last()) else {
            return;
        };
        let shown = steps::shown(routed, &found.account);
        let multidrop = &mut self.multidrop;
        multidrop.answer.show(&shown, &routes.warnings);
        let skipped = multidrop.typed.skipped();
        let lines = shown.lines.iter();
        let lines: Vec<u32> = lines.map(|line| line.saturating_sub(1) + skipped).collect();
        multidrop.message.mark(&lines);
        if let Some(tried) = &mut multidrop.tried {
            tried.routed = Some(routed.clone());
        }
        multidrop.message.can_keep(!routed.routing.is_deferred);
    }
}

/// Begins work; what comes of it comes to `multidrop_done`.
pub(super) fn start(job: Job, sender: &Sender) -> JobId {
    let id = JobId::new();
    let _ = sender.output(Output::Start(id, Box::new(job)));
    id
}

/// What happened, what can be done, and what is known beside it.
pub(in crate::ui::editor) fn sentences(failed: &Failed) -> Vec<String> {
    let details = failed.details.lines().map(str::to_owned);
    let cause = failed.cause();
    let told = [words::headline(cause), words::advice(cause)];
    let mut all: Vec<String> = told.into_iter().chain(details).collect();
    all.retain(|sentence| !sentence.is_empty());
    all.dedup();
    all
}
