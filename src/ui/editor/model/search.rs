//! Options found by what somebody calls them: label, keyword, meaning, other names, and the values
//! that are said. Pure.

use std::collections::HashMap;

use super::tree::Node;
use super::{Model, Origin, field};
use crate::base::i18n::gettext;
use crate::rc::option::{self, Id, Keyword, Page, Scope};

/// Which options are looked among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Among {
    /// All.
    All,
    /// Those that are said somewhere.
    Said,
    /// Those that something was found about.
    Hinted,
}

/// An option that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Whose.
    pub node: Node,
    /// Where it stands.
    pub page: Page,
    /// Which.
    pub id: Id,
}

/// More are not shown.
const MOST: usize = 100;

/// How well a word fits; the smaller the better.
type Rank = u8;

/// Of a value.
const VALUE: Rank = 3;

/// What fits best first. Of servers that `here` is not about only what is said there is found.
pub(crate) fn search(model: &Model, query: &str, among: Among, here: Node) -> Vec<Hit> {
    let query = query.trim().to_lowercase();
    if query.is_empty() && among == Among::All {
        return Vec::new();
    }
    let hinted: Vec<(Node, Id)> = match among {
        Among::Hinted => model.hinted(),
        _ => Vec::new(),
    };
    // What does not depend on values, once for all servers.
    let known: HashMap<Id, Option<Rank>> = option::all()
        .map(|keyword| (keyword.id, of_keyword(keyword, &query)))
        .collect();
    let mut hits: Vec<(Rank, bool, Hit)> = Vec::new();
    for node in nodes(model) {
        let is_near = match (node.entry(), here.entry()) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        let keywords: Vec<&'static Keyword> = match is_near && among == Among::All {
            true => option::all()
                .filter(|keyword| node.at(keyword.scope).is_some())
                .collect(),
            false => model.said(node),
        };
        for keyword in keywords {
            let hit = Hit {
                node,
                page: keyword.page,
                id: keyword.id,
            };
            if among == Among::Hinted && !hinted.contains(&(node, keyword.id)) {
                continue;
            }
            let of_keyword = known.get(&keyword.id).copied().flatten();
            let of_value = || of_value(model, &hit, &query);
            // A value that fits is nearer than another name of the option.
            let rank = match of_keyword {
                Some(rank) if rank < VALUE => Some(rank),
                other => of_value().or(other),
            };
            if let Some(rank) = rank {
                hits.push((rank, node != here, hit));
            }
        }
        if hits.len() > 20 * MOST {
            break;
        }
    }
    hits.sort_by_key(|(rank, is_elsewhere, _)| (*rank, *is_elsewhere));
    hits.into_iter().map(|(_, _, hit)| hit).take(MOST).collect()
}

/// General, defaults, and every server with its users.
fn nodes(model: &Model) -> impl Iterator<Item = Node> + '_ {
    let entries = model.now().stanzas.entries.iter().enumerate();
    let below = entries.flat_map(|(entry, found)| {
        let users = (0..found.users.len().max(1)).map(move |user| Node::User(entry, user));
        std::iter::once(Node::Server(entry)).chain(users)
    });
    [Node::General, Node::Defaults].into_iter().chain(below)
}

fn of_keyword(keyword: &Keyword, query: &str) -> Option<Rank> {
    let label = gettext(keyword.label).to_lowercase();
    let is_word = |word: &&str| word.starts_with(query);
    let ranks = [
        keyword.words.contains(&query),
        label.starts_with(query) || keyword.words.iter().any(is_word),
        label.contains(query) || keyword.words.iter().any(|word| word.contains(query)),
        // The place of a value.
        false,
        keyword.synonyms.iter().any(is_word),
        gettext(keyword.help).to_lowercase().contains(query),
    ];
    let rank = ranks.iter().position(|fits| *fits)?;
    u8::try_from(rank).ok()
}

/// What is said there fits.
fn of_value(model: &Model, hit: &Hit, query: &str) -> Option<Rank> {
    let row = model.row(hit.node, option::keyword(hit.id))?;
    let value = row.value.filter(|_| row.origin == Origin::Here)?;
    let text = field::text(&value)?;
    text.to_lowercase().contains(query).then_some(VALUE)
}

impl Model {
    /// The options that are said of a node itself.
    fn said(&self, node: Node) -> Vec<&'static Keyword> {
        let scopes = [Scope::Global, Scope::Server, Scope::User].into_iter();
        let places = scopes.filter_map(|scope| node.at(scope));
        let settings = places.filter_map(|at| self.settings(at).0);
        settings
            .flat_map(|settings| settings.iter().map(|setting| setting.keyword))
            .collect()
    }

    /// Which options findings are about.
    fn hinted(&self) -> Vec<(Node, Id)> {
        let now = self.now();
        let spans = self.found().iter().filter_map(|found| found.place);
        spans
            .take(MOST)
            .filter_map(|place| {
                let at = place.span.start;
                let node = self.node_at(at)?;
                let word = now.document.slice(now.document.span(now.document.at(at)));
                let scopes = [Scope::Global, Scope::Server, Scope::User].into_iter();
                let mut scopes = scopes.filter(|scope| node.at(*scope).is_some());
                let meaning = option::meaning(&word)?;
                let found = scopes.find_map(|scope| meaning.option(scope))?;
                Some((node, found.keyword.id))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"set daemon 60\npoll a proto imap timeout 7 user ann ssl\npoll b user bob mda 'procmail -d %T'\n";

    #[track_caller]
    fn check(query: &str, here: Node, first: (Node, Id)) {
        let model = Model::open(FILE);
        let hits = search(&model, query, Among::All, here);
        let hit = hits.first().unwrap_or_else(|| panic!("{query}"));
        assert_eq!((hit.node, hit.id), first, "{query}");
    }

    #[test]
    fn what_people_call_things() {
        let ann = Node::User(0, 0);
        check("keep", ann, (ann, Id::Keep));
        check("leave", ann, (ann, Id::Keep));
        check("procmail", ann, (Node::User(1, 0), Id::Mda));
        check("check every", ann, (Node::General, Id::Daemon));
        check("TIMEOUT", Node::Server(0), (Node::Server(0), Id::Timeout));
    }

    #[test]
    fn other_names_count() {
        let hits = search(
            &Model::open(FILE),
            "certificate",
            Among::All,
            Node::User(0, 0),
        );
        for id in [
            Id::Sslcert,
            Id::Sslcertck,
            Id::Sslcertfile,
            Id::Sslfingerprint,
        ] {
            assert!(hits.iter().any(|hit| hit.id == id), "{id:?}");
        }
    }

    #[test]
    fn only_what_is_said() {
        let model = Model::open(FILE);
        let hits = search(&model, "", Among::Said, Node::General);
        let ids: Vec<Id> = hits.iter().map(|hit| hit.id).collect();
        assert!(ids.contains(&Id::Ssl) && ids.contains(&Id::Mda) && !ids.contains(&Id::Keep));
        assert!(search(&model, "zzz", Among::All, Node::General).is_empty());
        assert!(search(&model, " ", Among::All, Node::General).is_empty());
    }
}
