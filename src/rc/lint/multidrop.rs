//! Rules about several recipients and local names: L30 to L34.

use crate::base::i18n::gettext_noop;
use crate::base::text::quiet;
use crate::rc::account::{EnvelopeSource, Target};
use crate::rc::diagnostic::Fix;
use crate::rc::edit::{At, Edit};
use crate::rc::lint::{Lint, command, file};
use crate::rc::option::Id;
use crate::rc::resolve::site::Site;
use crate::rc::settings::Value;

pub fn check(lint: &mut Lint, site: &Site) {
    let account = site.account;
    let is_mail_address = |name: &&crate::rc::account::LocalName| name.local.contains(&b'@');
    if let Some(name) = account.local_names.iter().find(is_mail_address)
        && site.said(Id::Is).is_some()
    {
        let text = gettext_noop("“{name}”, a local name of {account}, has a domain");
        let finding = lint.about(site, "local-name-at", text, &[Id::Is]);
        lint.found
            .push(finding.with("name", quiet(&name.local, 60)));
    }
    if !account.is_multidrop() {
        return;
    }
    match &account.envelope {
        EnvelopeSource::Header {
            name,
            is_explicit: true,
            ..
        } if file::is_received(name) => {
            let text =
                gettext_noop("The recipients of mail from {account} are guessed from Received");
            lint.say(site, "envelope-received", text, &[Id::Envelope]);
        }
        EnvelopeSource::Header {
            is_explicit: false, ..
        } if !account.local_domains.is_empty() => {
            let text = gettext_noop("{account} has local domains, but no header to find them in");
            lint.say(site, "localdomains", text, &[Id::Localdomains]);
        }
        _ => {}
    }
    if let Target::Mda(command) = &account.target
        && command::takes_one(command)
        && !command::reads_headers(command)
    {
        let text = gettext_noop("The program of {account} delivers to one recipient only");
        lint.say(site, "multidrop-program", text, &[Id::Mda]);
    }
    postmaster(lint, site);
}

/// L34, once.
fn postmaster(lint: &mut Lint, site: &Site) {
    let is_said = lint.whole.stanzas.globals.find(Id::Postmaster).is_some();
    if is_said || std::mem::replace(&mut lint.has_said_postmaster, true) {
        return;
    }
    let name = lint.whole.globals.postmaster.clone();
    let shown = quiet(&name, 60);
    let edit = Edit::Set {
        at: At::Globals,
        id: Id::Postmaster,
        value: Value::Text(name),
    };
    let title = gettext_noop("Say that it is {name}, as it is now");
    let fix = Fix::safe(title, vec![edit]).with("name", shown);
    let text = gettext_noop("Mail of {account} without a known recipient has no postmaster");
    lint.say_fixed(site, "no-postmaster", text, &[Id::Is], fix);
}
