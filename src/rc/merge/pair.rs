//! Which piece of one version is which of another: by name and bytes, then by name and order, then
//! by what stands next to it.

use std::collections::{HashMap, VecDeque};

use crate::rc::merge::cut::{Name, Sheet};
use crate::rc::merge::{Part, State};
use crate::rc::outline::What;

/// So many entries are looked at for one that has only another name now.
const RENAMED_MAX: usize = 50;

/// The parts: those of the base, then those that only the others have.
pub fn parts(base: &Sheet, mine: &Sheet, theirs: &Sheet) -> Vec<Part> {
    let part = |sheet: &Sheet, at: usize| Part {
        name: sheet.chunks[at].name.clone(),
        state: State::Same,
        base: None,
        mine: None,
        theirs: None,
    };
    let mut parts: Vec<Part> = (0..base.chunks.len())
        .map(|at| Part {
            base: Some(at),
            ..part(base, at)
        })
        .collect();
    let (of_mine, of_theirs) = (of_base(base, mine), of_base(base, theirs));
    // What came on both sides may be the same.
    let mut part_of_mine = of_mine.clone();
    for (at, old) in of_mine.iter().enumerate() {
        match old {
            Some(old) => parts[*old].mine = Some(at),
            None => {
                part_of_mine[at] = Some(parts.len());
                parts.push(Part {
                    mine: Some(at),
                    ..part(mine, at)
                });
            }
        }
    }
    let is_new = |of: &[Option<usize>], at: usize| of[at].is_none();
    let come = same(
        (mine, &|at| is_new(&of_mine, at)),
        (theirs, &|at| is_new(&of_theirs, at)),
    );
    for (at, old) in of_theirs.iter().enumerate() {
        let known = old.or_else(|| part_of_mine[come[at]?]);
        match known {
            Some(known) => parts[known].theirs = Some(at),
            None => parts.push(Part {
                theirs: Some(at),
                ..part(theirs, at)
            }),
        }
    }
    parts
}

/// For each piece of `other`, which of the base it is.
fn of_base(base: &Sheet, other: &Sheet) -> Vec<Option<usize>> {
    let mut found = same((base, &|_| true), (other, &|_| true));
    let mut is_taken = vec![false; base.chunks.len()];
    for at in found.iter().flatten() {
        is_taken[*at] = true;
    }
    renamed(base, other, &mut found, &mut is_taken);
    beside(base, other, &mut found, &mut is_taken);
    found
}

type Pieces<'s> = (&'s Sheet, &'s dyn Fn(usize) -> bool);

/// For each piece of the second, the one of the first with its name and bytes; of what is left, the
/// next with its name.
fn same((first, of_first): Pieces, (second, of_second): Pieces) -> Vec<Option<usize>> {
    let mut found = vec![None; second.chunks.len()];
    let mut exact: HashMap<(&Name, Vec<u8>), VecDeque<usize>> = HashMap::new();
    for at in (0..first.chunks.len()).filter(|at| of_first(*at)) {
        let key = (&first.chunks[at].name, first.bytes(at));
        exact.entry(key).or_default().push_back(at);
    }
    let mut is_taken = vec![false; first.chunks.len()];
    for at in (0..second.chunks.len()).filter(|at| of_second(*at)) {
        let key = (&second.chunks[at].name, second.bytes(at));
        found[at] = exact.get_mut(&key).and_then(VecDeque::pop_front);
        if let Some(old) = found[at] {
            is_taken[old] = true;
        }
    }
    let mut rest: HashMap<&Name, VecDeque<usize>> = HashMap::new();
    for at in (0..first.chunks.len()).filter(|at| of_first(*at) && !is_taken[*at]) {
        let name = &first.chunks[at].name;
        if !matches!(name, Name::Comment | Name::Unreadable) {
            rest.entry(name).or_default().push_back(at);
        }
    }
    for at in (0..second.chunks.len()).filter(|at| of_second(*at)) {
        if found[at].is_none() {
            let left = rest.get_mut(&second.chunks[at].name);
            found[at] = left.and_then(VecDeque::pop_front);
        }
    }
    found
}

/// Entries that say what one of the base says, under another name.
fn renamed(base: &Sheet, other: &Sheet, found: &mut [Option<usize>], is_taken: &mut [bool]) {
    let is_entry = |sheet: &Sheet, at: usize| matches!(sheet.chunks[at].name, Name::Entry(_));
    let old: Vec<usize> = (0..base.chunks.len())
        .filter(|at| !is_taken[*at] && is_entry(base, *at))
        .collect();
    let new: Vec<usize> = (0..other.chunks.len())
        .filter(|at| found[*at].is_none() && is_entry(other, *at))
        .collect();
    if old.len() > RENAMED_MAX || new.len() > RENAMED_MAX {
        return;
    }
    for at in new {
        let is_it = |old: &&usize| !is_taken[**old] && says_the_same((base, **old), (other, at));
        if let Some(old) = old.iter().find(is_it).copied() {
            found[at] = Some(old);
            is_taken[old] = true;
        }
    }
}

fn says_the_same((first, a): (&Sheet, usize), (second, b): (&Sheet, usize)) -> bool {
    let what = |sheet: &Sheet, at: usize| {
        let statement = sheet.chunks[at].statement.as_ref()?;
        match &statement.what {
            What::Entry(entry) => Some(entry.clone()),
            _ => None,
        }
    };
    let (Some(mut a), Some(b)) = (what(first, a), what(second, b)) else {
        return false;
    };
    let says_something = !a.users.is_empty() || !a.server.is_empty();
    a.label.clone_from(&b.label);
    says_something && a.says_the_same(&b)
}

/// Comments, and what cannot be read, that stand where one of the base stood.
fn beside(base: &Sheet, other: &Sheet, found: &mut [Option<usize>], is_taken: &mut [bool]) {
    let is_loose = |name: &Name| matches!(name, Name::Comment | Name::Unreadable);
    for at in (0..other.chunks.len()).rev() {
        if found[at].is_some() || !is_loose(&other.chunks[at].name) {
            continue;
        }
        let next = match found.get(at + 1) {
            None => Some(base.chunks.len()),
            Some(next) => *next,
        };
        let old = next.and_then(|next| next.checked_sub(1));
        let fits = |old: &usize| !is_taken[*old] && base.chunks[*old].name == other.chunks[at].name;
        if let Some(old) = old.filter(fits) {
            found[at] = Some(old);
            is_taken[old] = true;
        }
    }
}
