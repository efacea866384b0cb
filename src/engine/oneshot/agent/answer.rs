//! What is in a user's file, in short.

use std::os::unix::fs::MetadataExt;

use super::{Answer, Order, exposed, read, running};
use crate::base::text::{QUIET_MAX, quiet};
use crate::engine::api::job::users::{ServerLine, Summary};
use crate::engine::oneshot::lint::gather;
use crate::rc::diagnostic::Severity;
use crate::rc::lint::facts::FileFacts;
use crate::rc::option::words::protocol_name;
use crate::rc::resolve::{Numbered, whole};
use crate::rc::{Document, Overrides, lint};
use crate::store::home;

/// See [`super::Verb::Look`].
pub(super) fn look(order: &Order) -> Answer {
    let running = running();
    let found = match read(order) {
        Ok(Some(found)) => found,
        Ok(None) => {
            let directory = super::enter(order).ok();
            let is_theirs =
                directory.is_some_and(|(directory, _)| home::belongs_to(&directory, order.uid));
            return Answer::Absent(is_theirs, running);
        }
        Err(refusal) => return Answer::Refused(refusal, running),
    };
    let facts = FileFacts {
        mode: found.metadata.mode() & 0o7777,
        owner: found.metadata.uid(),
        // Of the computer's file, whoever it belongs to is who uses it.
        user: match order.is_system {
            true => found.metadata.uid(),
            false => order.uid,
        },
    };
    let summary = Summary {
        exposed: exposed(&found),
        owner: found.metadata.uid(),
        ..summary(found.bytes, order, facts)
    };
    Answer::Seen(Box::new(summary), running)
}

fn summary(bytes: Vec<u8>, order: &Order, facts: FileFacts) -> Summary {
    let document = Document::parse(bytes);
    let facts = gather(&document, Some(&order.path), Some(facts));
    let found = lint::check(&document, &facts);
    let errors = found.iter().filter(|f| f.severity == Severity::Error);
    let errors = errors.count();
    let accounts = whole(&document, &Overrides::default(), &facts.around).accounts;
    let (mut servers, mut more, mut last) = (Vec::<ServerLine>::new(), 0, None);
    for said in accounts {
        let is_same = said.entry.is_some() && said.entry == last;
        last = said.entry;
        let is_full = servers.len() >= Summary::MOST;
        match servers.last_mut() {
            // Of a server that is left out, its users are too.
            _ if more > 0 || (!is_same && is_full) => more += usize::from(!is_same),
            Some(server) if is_same => {
                if server.users.len() < Summary::MOST {
                    server.users.push(user(&said));
                }
            }
            _ => servers.push(server(&said)),
        }
    }
    Summary {
        servers,
        more,
        errors,
        hints: found.len() - errors,
        ..Summary::default()
    }
}

fn server(said: &Numbered) -> ServerLine {
    let account = &said.account;
    ServerLine {
        label: quiet(account.id.label.as_bytes(), QUIET_MAX),
        protocol: protocol_name(account.protocol).0.to_uppercase(),
        is_skipped: !account.is_active,
        users: vec![user(said)],
    }
}

fn user(said: &Numbered) -> (String, Vec<String>) {
    let account = &said.account;
    let names = account.local_names.iter().take(Summary::MOST);
    let mut names: Vec<String> = names.map(|name| quiet(&name.local, QUIET_MAX)).collect();
    if account.wildcard {
        names.push("*".to_owned());
    }
    (quiet(&account.user, QUIET_MAX), names)
}
