//! Rules about the local side: L41 to L46.

use crate::base::i18n::gettext_noop;
use crate::base::text::quiet;
use crate::rc::account::Target;
use crate::rc::diagnostic::Fix;
use crate::rc::edit::{At, Edit, Which};
use crate::rc::lint::facts::ProgramFacts;
use crate::rc::lint::{Lint, command};
use crate::rc::option::Id;
use crate::rc::resolve::site::Site;
use crate::rc::settings::Value;

pub fn check(lint: &mut Lint, site: &Site) {
    several_ways(lint, site);
    let Target::Mda(command) = &site.account.target else {
        return;
    };
    let ids = [Id::Mda];
    let replaced = |text: Option<Vec<u8>>| {
        let (_, at) = site.said(Id::Mda)?;
        let value = Value::Text(text?);
        Some(vec![Edit::Set {
            at,
            id: Id::Mda,
            value,
        }])
    };
    if command::quotes_expansions(command) {
        let fix = replaced(command::without_quotes(command));
        let fix = fix.map(|edits| Fix::safe(gettext_noop("Remove the quotes"), edits));
        let text = gettext_noop("Quotes stand around an expansion in the mda of {account}");
        lint.say_fixed(site, "mda-quotes", text, &ids, fix);
    }
    if command::reads_headers(command) {
        let title = gettext_noop("Name the recipients behind --");
        let fix = replaced(command::with_recipients(command));
        let fix = fix.map(|edits| Fix::choice(title, edits));
        let text =
            gettext_noop("The mda of {account} sends the message to everybody in its header");
        lint.say_fixed(site, "mda-reads-headers", text, &ids, fix);
    }
    if command::name(command) == b"procmail" {
        let text = gettext_noop("{account} delivers by procmail");
        lint.say(site, "procmail", text, &ids);
    }
    system(lint, site, command);
}

/// L43, L45
fn system(lint: &mut Lint, site: &Site, command: &[u8]) {
    let Some(facts) = lint.facts.commands.get(command) else {
        return;
    };
    let text = match facts.program {
        ProgramFacts::Missing => Some(gettext_noop("There is no program {program} for {account}")),
        ProgramFacts::NotExecutable => Some(gettext_noop(
            "The program {program} of {account} may not be executed",
        )),
        ProgramFacts::Good | ProgramFacts::Unknown => None,
    };
    if let Some(text) = text {
        let program = quiet(command::program(command).unwrap_or_default(), 60);
        let finding = lint.about(site, "mda-missing", text, &[Id::Mda]);
        lint.found.push(finding.with("program", program));
    }
    if let Some((folder, false)) = &facts.folder {
        let text = gettext_noop("The folder {folder} of {account} cannot be written");
        let finding = lint.about(site, "folder-not-writable", text, &[Id::Mda]);
        lint.found
            .push(finding.with("folder", folder.display().to_string()));
    }
}

/// L44. What the defaults say and the entry replaces by a way of higher rank is meant so.
fn several_ways(lint: &mut Lint, site: &Site) {
    let rank = |id: Id| {
        let (setting, at) = site.said(id)?;
        let is_own = !matches!(at, At::User(Which::Defaults, _));
        (!setting.value.is_off()).then_some((is_own, setting, at))
    };
    let ways = [Id::Bsmtp, Id::Mda, Id::Lmtp, Id::Smtphost];
    let said: Vec<_> = ways
        .into_iter()
        .filter_map(|id| Some((id, rank(id)?)))
        .collect();
    let Some(((winner, (is_own, ..)), losers)) = said.split_first() else {
        return;
    };
    // lmtp says how, smtphost where: these two belong together.
    if !matches!(winner, Id::Bsmtp | Id::Mda) {
        return;
    }
    let lost = losers
        .iter()
        .filter(|(_, (loser_own, ..))| loser_own >= is_own);
    // What the entry says no more may be said by the defaults, too.
    let inherited = |id: Id| {
        let user = site.defaults?.users.first()?;
        let at = At::User(Which::Defaults, 0);
        user.find(id)
            .filter(|_| !is_own)
            .map(|_| Edit::Unset { at, id })
    };
    let own =
        |id: Id, at: At| (at != At::User(Which::Defaults, 0)).then_some(Edit::Unset { at, id });
    let edits: Vec<Edit> = lost
        .clone()
        .flat_map(|(id, (_, _, at))| [own(*id, *at), inherited(*id)])
        .flatten()
        .collect();
    let Some((first, _)) = lost.clone().next() else {
        return;
    };
    let (winner, loser) = (name(*winner), name(*first));
    let title = gettext_noop("Keep {winner} only");
    let fix = (!edits.is_empty()).then(|| Fix::choice(title, edits).with("winner", winner));
    let text = gettext_noop("{account} delivers by {winner}; {loser} has no effect");
    let finding = lint.about(site, "several-ways", text, &[*first]).fixed(fix);
    lint.found
        .push(finding.with("winner", winner).with("loser", loser));
}

fn name(id: Id) -> &'static str {
    let keyword = crate::rc::option::all().find(|keyword| keyword.id == id);
    keyword.map(|keyword| keyword.name()).unwrap_or_default()
}
