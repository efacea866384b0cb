//! The servers that discovery has found for an address, to choose one of them.

use adw::prelude::*;
use gtk::glib;

use super::super::a11y;
use super::{Input, words};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::found::{Found, State};
use crate::engine::api::job::{Candidate, Source};

/// A server and why it is in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Host {
    /// Its name.
    pub name: String,
    /// Ports that are not the usual ones.
    pub ports: Vec<u16>,
    /// What is said to be there.
    pub ways: String,
    /// Who says so.
    pub source: String,
    /// Whoever controls the network could have put it there.
    pub is_weak: bool,
}

/// The servers among the candidates, each once, best first.
pub(super) fn hosts(found: &Found) -> Vec<Host> {
    let mut all: Vec<Host> = Vec::new();
    for candidate in &found.candidates {
        let usual = Candidate::usual_port(candidate.protocol, candidate.security);
        let ports = (candidate.port != usual).then_some(candidate.port);
        let way = words::choice(candidate);
        match all.iter_mut().find(|host| host.name == candidate.host) {
            Some(host) => {
                host.ports.extend(ports);
                host.ways = fill(
                    &gettext("{first}; {second}"),
                    &[("first", &host.ways), ("second", &way)],
                );
                host.is_weak &= candidate.is_weak;
            }
            None => all.push(Host {
                name: candidate.host.clone(),
                ports: ports.into_iter().collect(),
                ways: way,
                source: source(&candidate.source),
                is_weak: candidate.is_weak,
            }),
        }
    }
    all
}

fn source(source: &Source) -> String {
    match source {
        Source::BuiltIn(_) => gettext("Built-in list"),
        Source::Provider(_) => gettext("Your provider"),
        Source::Database(_) => gettext("Database"),
        Source::Srv | Source::Mx(_) => gettext("Name service"),
        Source::Guess => gettext("Guessed"),
        Source::Probe => gettext("Asked the server"),
        Source::Person => gettext("Your own"),
    }
}

/// How far discovery is.
pub(super) fn status(found: &Found) -> String {
    let is_open = |state: &State| matches!(state, State::Waiting | State::Working);
    let open = found.steps.iter().filter(|s| is_open(&s.state)).count();
    fill(
        &gettext("Looking for settings… {n} of {all} done"),
        &[
            ("n", &(found.steps.len() - open)),
            ("all", &found.steps.len()),
        ],
    )
}

/// A page with the servers of `found`; a row that is activated tells which.
pub(super) fn page(found: &Found, to: &relm4::Sender<Input>) -> gtk::Widget {
    let title = fill(
        &gettext("Servers of {domain}"),
        &[("domain", &found.domain)],
    );
    let group = adw::PreferencesGroup::builder()
        .title(glib::markup_escape_text(&title))
        .description(gettext("Choose the one to examine."))
        .margin_top(24)
        .margin_bottom(24)
        .margin_start(12)
        .margin_end(12)
        .name("probe-hosts")
        .build();
    for host in hosts(found) {
        let icon = match host.is_weak {
            true => ("dialog-warning-symbolic", "wait"),
            false => ("network-server-symbolic", "quiet"),
        };
        let row = adw::ActionRow::builder()
            .title(&host.name)
            .use_markup(false)
            .title_lines(0)
            .subtitle_lines(0)
            .activatable(true)
            .name("probe-host")
            .build();
        let mut line = format!("{} · {}", host.source, host.ways);
        if host.is_weak {
            line = fill(
                &gettext("{line}. Not confirmed: check the name before you trust it."),
                &[("line", &line)],
            );
        }
        row.set_subtitle(&line);
        a11y::set_description(&row, &line);
        let image = gtk::Image::builder()
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        super::super::icons::put(&image, icon);
        row.add_prefix(&image);
        row.add_suffix(
            &gtk::Image::builder()
                .icon_name("go-next-symbolic")
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
        );
        let to = to.clone();
        row.connect_activated(move |_| to.emit(Input::Pick(host.clone())));
        group.add(&row);
    }
    let clamp = adw::Clamp::builder()
        .maximum_size(600)
        .child(&group)
        .build();
    gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .child(&clamp)
        .build()
        .upcast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::api::job::{Protocol, Security, UserForm};

    fn candidate(host: &str, port: u16, is_weak: bool) -> Candidate {
        Candidate {
            protocol: Protocol::Imap,
            host: host.into(),
            port,
            security: Security::Tls,
            methods: Vec::new(),
            user: UserForm::Address,
            source: Source::Srv,
            is_weak,
        }
    }

    #[test]
    fn each_host_once() {
        let found = Found {
            domain: "example.org".into(),
            steps: Vec::new(),
            candidates: vec![
                candidate("a.example", 993, true),
                candidate("b.example", 1993, true),
                candidate("a.example", 1993, false),
            ],
            hint: None,
            is_offline: false,
            is_done: true,
        };
        let all = hosts(&found);
        let seen: Vec<_> = all
            .iter()
            .map(|host| (host.name.as_str(), host.ports.as_slice(), host.is_weak))
            .collect();
        assert_eq!(
            seen,
            [
                ("a.example", &[1993][..], false),
                ("b.example", &[1993][..], true)
            ]
        );
        assert_eq!(all[0].source, "Name service");
        assert_eq!(
            all[0].ways,
            "IMAP on port 993 with TLS; IMAP on port 1993 with TLS"
        );
    }
}
