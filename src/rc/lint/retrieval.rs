//! Rules about what is fetched, kept and waited for: L12, L20, L22 to L24, L52.

use crate::base::i18n::gettext_noop;
use crate::rc::account::Protocol;
use crate::rc::diagnostic::Fix;
use crate::rc::edit::Edit;
use crate::rc::lint::Lint;
use crate::rc::lint::safety::without_flag;
use crate::rc::option::Id;
use crate::rc::resolve::site::Site;
use crate::rc::settings::Value;

/// Least patience with a server, in seconds.
const PATIENCE: u64 = 15;

pub fn check(lint: &mut Lint, site: &Site) {
    let account = site.account;
    let is_pop3 = is_pop3(account.protocol);
    if is_pop3 && account.keep && !account.uidl {
        let fix = site.server_at().map(|at| {
            let (id, value) = (Id::Uidl, Value::Flag(true));
            let title = gettext_noop("Remember them with uidl");
            Fix::safe(title, vec![Edit::Set { at, id, value }])
        });
        let text =
            gettext_noop("What {account} keeps on the server is not remembered by fetchmail");
        lint.say_fixed(site, "keep-without-uidl", text, &[Id::Keep], fix);
    }
    if account.flush {
        let text =
            gettext_noop("{account} deletes messages seen elsewhere before they are fetched");
        let fix = without_flag(site, Id::Flush, gettext_noop("Do not delete them"));
        lint.say_fixed(site, "flush", text, &[Id::Flush], fix);
    }
    if account.limit_flush && account.limit.is_none() {
        let text = gettext_noop("{account} has limitflush but no limit");
        lint.say(site, "limitflush", text, &[Id::Limitflush]);
    }
    if account.idle {
        idle(lint, site, is_pop3);
    }
    if account.timeout.as_secs() < PATIENCE && site.nth == 0 {
        let text = gettext_noop("{account} gives the server {seconds} seconds to answer");
        let fix = site.said(Id::Timeout).map(|(_, at)| {
            let (id, value) = (Id::Timeout, Value::Number(60));
            let title = gettext_noop("Wait 60 seconds");
            Fix::choice(title, vec![Edit::Set { at, id, value }])
        });
        let finding = lint.about(site, "short-timeout", text, &[Id::Timeout]);
        let seconds = account.timeout.as_secs().to_string();
        lint.found.push(finding.fixed(fix).with("seconds", seconds));
    }
}

/// L23, L24
fn idle(lint: &mut Lint, site: &Site, is_pop3: bool) {
    let account = site.account;
    let is_switched = site.said(Id::Idle).is_some();
    if is_pop3 && is_switched {
        let text = gettext_noop("{account} cannot wait for new mail: POP3 has no push");
        let fix = without_flag(site, Id::Idle, gettext_noop("Remove idle"));
        lint.say_fixed(site, "idle-pop3", text, &[Id::Idle], fix);
        return;
    }
    if account.folders.len() > 1 {
        let text = gettext_noop("{account} waits for new mail in several folders");
        lint.say(site, "idle-folders", text, &[Id::Idle]);
    }
    let active = lint
        .whole
        .accounts
        .iter()
        .filter(|said| said.account.is_active);
    if account.is_active && active.take(2).count() > 1 {
        let text =
            gettext_noop("Classic fetchmail refuses idle of {account} beside other accounts");
        lint.say(site, "idle-several", text, &[Id::Idle]);
    }
}

/// Spoken as POP3 and nothing else.
pub fn is_pop3(protocol: Protocol) -> bool {
    use Protocol::{Apop, Kpop, Pop3, Rpop, Sdps};
    matches!(protocol, Pop3 | Apop | Kpop | Rpop | Sdps)
}
