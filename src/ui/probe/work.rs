//! The page's jobs: begun, heard of, stopped, and what is done with what comes of them.

use std::rc::Rc;
use std::time::{Duration, Instant};

use adw::prelude::*;
use gtk::glib;
use relm4::ComponentSender;

use super::input::Target;
use super::state::{self, Notice};
use super::{Input, Output, Probe, hosts};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::found::Found;
use crate::engine::api::job::report::Failure;
use crate::engine::api::job::{JOB_SILENCE, Job, JobId, Outcome, Progress, Request, Wish};
use crate::engine::api::words as common;

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Nothing.
    None,
    /// An address is looked into.
    Discovering(JobId),
    /// A host is examined.
    Probing(JobId),
}

impl Work {
    /// Its job.
    pub(super) fn id(self) -> Option<JobId> {
        match self {
            Self::None => None,
            Self::Discovering(id) | Self::Probing(id) => Some(id),
        }
    }
}

impl Probe {
    /// Examines what the field says, if it can be understood.
    pub(super) fn start(&mut self, sender: &ComponentSender<Self>) {
        if self.work != Work::None {
            return;
        }
        let Some(target) = self.form.target() else {
            return;
        };
        match target {
            Target::Host { host, port } => {
                if let Some(request) = self.form.request(&host, port) {
                    self.probe(request, sender);
                }
            }
            Target::Domain(domain) => {
                let online = self.form.is_online();
                let text = gettext("Looking for settings…");
                self.begin(Work::Discovering, sender, |id| {
                    let wish = Wish {
                        domain,
                        online,
                        only_table: false,
                    };
                    Output::Start(id, Box::new(Job::Discover(wish)))
                });
                self.pages.busy(&text);
            }
        }
    }

    pub(super) fn pick(&mut self, host: &hosts::Host, sender: &ComponentSender<Self>) {
        if self.work != Work::None {
            return;
        }
        if let Some(mut request) = self.form.request(&host.name, None) {
            request.ports.extend(&host.ports);
            self.form.entry.set_text(&host.name);
            self.probe(request, sender);
        }
    }

    pub(super) fn probe(&mut self, request: Request, sender: &ComponentSender<Self>) {
        let text = fill(
            &gettext("Looking up {host}…"),
            &[("host", &isolated(&request.host))],
        );
        self.request = Some(request.clone());
        self.begin(Work::Probing, sender, |id| {
            Output::Start(id, Box::new(Job::Probe(request)))
        });
        self.pages.busy(&text);
    }

    pub(super) fn begin(
        &mut self,
        work: impl FnOnce(JobId) -> Work,
        sender: &ComponentSender<Self>,
        start: impl FnOnce(JobId) -> Output,
    ) {
        let id = JobId::new();
        self.work = work(id);
        self.heard = Instant::now();
        look_later(id, LOOK, sender);
        self.report = None;
        self.chosen = 0;
        self.has_selected = false;
        self.said = None;
        self.results.close();
        self.results.lines.show(&[]);
        self.results.set_can_compare(false);
        self.form.set_running(true);
        self.show_history(sender);
        let _ = sender.output(start(id));
    }

    pub(super) fn stop(&self, sender: &ComponentSender<Self>) {
        if let Some(id) = self.work.id() {
            cancel(id, sender);
        }
    }

    /// A job without a word for too long is taken for dead: its end was missed.
    pub(super) fn look(&mut self, id: JobId, sender: &ComponentSender<Self>) {
        if self.heard.elapsed() < JOB_SILENCE {
            look_later(id, LOOK, sender);
        } else {
            self.done(Outcome::Cancelled, sender);
        }
    }

    pub(super) fn hear(&mut self, progress: Progress) {
        self.heard = Instant::now();
        match progress {
            Progress::Probe(report) => {
                // The name is still being looked up: nothing to show yet.
                if !report.rows.is_empty() {
                    self.show_report(Rc::new(*report));
                }
            }
            Progress::Discover(found) => {
                let now = Instant::now();
                if self.said.is_none_or(|at| now - at > QUIET) {
                    self.said = Some(now);
                    self.pages.busy(&hosts::status(&found));
                }
            }
            Progress::SignIn(_)
            | Progress::DryRun { .. }
            | Progress::Users { .. }
            | Progress::Said(_) => {}
        }
    }

    pub(super) fn done(&mut self, outcome: Outcome, sender: &ComponentSender<Self>) {
        self.work = Work::None;
        self.form.set_running(false);
        match outcome {
            Outcome::Probed(report) => self.keep(Rc::new(*report)),
            Outcome::Discovered(found) => self.offer(&found, sender),
            Outcome::Cancelled => match self.report.take() {
                Some(report) => self.keep(Rc::new(state::stopped(&report))),
                None => self.pages.nothing(),
            },
            Outcome::Failed(failed) => self.pages.failure(&Notice {
                icon: "dialog-warning-symbolic",
                headline: common::headline(failed.cause()),
                text: common::advice(failed.cause()),
            }),
            _ => self.pages.nothing(),
        }
        self.show_history(sender);
    }

    pub(super) fn offer(&self, found: &Found, sender: &ComponentSender<Self>) {
        if found.is_offline {
            self.pages.failure(&state::failure("", &Failure::Offline));
        } else if found.candidates.is_empty() {
            self.pages.failure(&state::no_settings(&found.domain));
        } else {
            self.pages.hosts(&hosts::page(found, sender.input_sender()));
        }
    }
}

/// Status lines change no more often (`ui.md` section 16).
const QUIET: Duration = Duration::from_secs(2);

/// How long the end of a job may take once it is cancelled.
const GRACE: Duration = Duration::from_secs(5);

/// Ends a job. Its end may be missed when events come too fast to be read.
pub(super) fn cancel(id: JobId, sender: &ComponentSender<Probe>) {
    let _ = sender.output(Output::Cancel(id));
    let (to, gone) = (sender.input_sender().clone(), Box::new(Outcome::Cancelled));
    glib::timeout_add_local_once(GRACE, move || to.emit(Input::Done(id, gone)));
}

/// How often it is looked whether a job is still alive.
const LOOK: Duration = Duration::from_secs(30);

fn look_later(id: JobId, after: Duration, sender: &ComponentSender<Probe>) {
    let to = sender.input_sender().clone();
    glib::timeout_add_local_once(after, move || to.emit(Input::Look(id)));
}

/// A name inside a sentence keeps its own direction of writing.
pub(super) fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}
