//! The pieces that were chosen, put in order, with the blanks that stood between them.

use std::collections::{HashMap, HashSet};

use crate::rc::document::Document;
use crate::rc::merge::cut::{Name, Sheet};
use crate::rc::merge::{Merge, Part, Side, State};
use crate::rc::outline::Outline;

/// A piece of the result: which part, taken from which side.
type Taken = (usize, Side);

/// See [`Merge::result`].
pub fn result(merge: &Merge, choice: impl Fn(usize) -> Side) -> Option<Document> {
    let chosen: Vec<Option<Side>> = (0..merge.parts.len())
        .map(|at| {
            let part = &merge.parts[at];
            let side = match part.state {
                State::One(side) => side,
                State::Conflict => choice(at),
                State::Same | State::Both => Side::Mine,
            };
            part.of(side).map(|_| side)
        })
        .collect();
    let order = in_order(merge, &chosen);
    let taken: Vec<Taken> = order
        .into_iter()
        .filter_map(|at| Some((at, chosen[at]?)))
        .collect();
    let document = Document::parse(written(merge, &taken));
    (merge.is_whole || is_proved(merge, &taken, &document)).then_some(document)
}

/// Whether what was there already stands in another order on that side.
pub fn is_moved(merge: &Merge, side: Side) -> bool {
    let places = merge.parts.iter().filter_map(|part| {
        part.base?;
        part.of(side)
    });
    // Parts of the base come in its order.
    !places.is_sorted()
}

/// The parts that are there, in the order of the side that has moved any; what only the other has
/// stands behind what stands before it there.
fn in_order(merge: &Merge, chosen: &[Option<Side>]) -> Vec<usize> {
    let (lead, other) = match is_moved(merge, Side::Theirs) && !is_moved(merge, Side::Mine) {
        true => (Side::Theirs, Side::Mine),
        false => (Side::Mine, Side::Theirs),
    };
    let of = |side: Side| {
        let mut places: Vec<(usize, usize)> = (0..merge.parts.len())
            .filter(|at| chosen[*at].is_some())
            .filter_map(|at| Some((merge.parts[at].of(side)?, at)))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, at)| at).collect::<Vec<_>>()
    };
    let (lead, other) = (of(lead), of(other));
    let led: HashSet<usize> = lead.iter().copied().collect();
    let (mut before, mut behind) = (HashMap::new(), HashMap::new());
    let mut last: Option<usize> = None;
    let mut waiting = Vec::new();
    for at in other {
        match (led.contains(&at), last) {
            (true, None) => {
                before.insert(at, std::mem::take(&mut waiting));
                last = Some(at);
            }
            (true, _) => last = Some(at),
            (false, None) => waiting.push(at),
            (false, Some(last)) => behind.entry(last).or_insert_with(Vec::new).push(at),
        }
    }
    let mut order = Vec::with_capacity(chosen.len());
    for at in lead {
        order.extend(before.remove(&at).unwrap_or_default());
        order.push(at);
        order.extend(behind.remove(&at).unwrap_or_default());
    }
    order.extend(waiting);
    defaults_first(merge, &mut order);
    order
}

/// A `defaults` entry that no side has put behind others stays before what either has put in front.
fn defaults_first(merge: &Merge, order: &mut Vec<usize>) {
    let is_entry = |at: &usize| matches!(merge.parts[*at].name, Name::Entry(_));
    let is_defaults = |at: &usize| merge.parts[*at].name == Name::Defaults;
    let (Some(entry), Some(defaults)) = (
        order.iter().position(is_entry),
        order.iter().position(is_defaults),
    ) else {
        return;
    };
    let part = &merge.parts[order[defaults]];
    let is_behind = |side: Side| {
        let before = merge.sheet(side).chunks.iter();
        let mut before = before.take(part.of(side).unwrap_or(0));
        before.any(|chunk| matches!(chunk.name, Name::Entry(_)))
    };
    if entry < defaults && !is_behind(Side::Mine) && !is_behind(Side::Theirs) {
        let at = order.remove(defaults);
        order.insert(entry, at);
    }
}

fn written(merge: &Merge, taken: &[Taken]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (place, now) in taken.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| taken[before]);
        bytes.extend(gap(merge, before, Some(*now)));
        bytes.extend(core(merge, *now));
    }
    bytes.extend(gap(merge, taken.last().copied(), None));
    bytes
}

fn core(merge: &Merge, (at, side): Taken) -> Vec<u8> {
    let chunk = merge.parts[at].of(side);
    chunk.map_or(Vec::new(), |chunk| merge.sheet(side).bytes(chunk))
}

/// What stands between two pieces, or before the first or behind the last: what stood between them
/// where they were neighbours, by the same rule as for the pieces.
fn gap(merge: &Merge, before: Option<Taken>, now: Option<Taken>) -> Vec<u8> {
    type Piece = fn(&Part) -> Option<usize>;
    let pieces: [(&Sheet, Piece); 3] = [
        (&merge.mine, |part| part.mine),
        (&merge.theirs, |part| part.theirs),
        (&merge.base, |part| part.base),
    ];
    let [mine, theirs, base] = pieces.map(|(sheet, piece)| {
        let here = |taken: Option<Taken>| match taken {
            Some((at, side)) => {
                let chunk = piece(&merge.parts[at])?;
                let is_same = sheet.bytes(chunk) == core(merge, (at, side));
                Some((Some(chunk), is_same))
            }
            None => Some((None, true)),
        };
        let ((before, same_before), (now, same_now)) = (here(before)?, here(now)?);
        let place = now.unwrap_or(sheet.chunks.len());
        let are_neighbours = place.checked_sub(1) == before;
        let gap = sheet.gap(place);
        // On one line only what stood there.
        let is_good = (same_before && same_now) || gap.contains(&b'\n');
        let is_edge = before.is_none() || now.is_none();
        (are_neighbours && (is_good || is_edge)).then_some(gap)
    });
    match (mine, theirs, base) {
        (Some(mine), Some(theirs), Some(base)) if mine == base => theirs,
        (Some(mine), _, _) => mine,
        (None, Some(theirs), _) => theirs,
        (None, None, Some(base)) => base,
        (None, None, None) => usual(merge, before.is_some(), now),
    }
}

/// Between pieces that were no neighbours anywhere.
fn usual(merge: &Merge, is_behind: bool, now: Option<Taken>) -> Vec<u8> {
    let end = merge.mine.line_end().to_vec();
    let (Some((at, side)), true) = (now, is_behind) else {
        // A file ends with a line end, and begins with nothing.
        return if is_behind { end } else { Vec::new() };
    };
    let sheet = merge.sheet(side);
    let chunk = merge.parts[at].of(side).unwrap_or(0);
    let own = sheet.gap(chunk);
    if own.contains(&b'\n') && chunk > 0 {
        return own;
    }
    // It was the first: as entries stand apart elsewhere.
    let is_entry = |at: &usize| matches!(sheet.chunks[*at].name, Name::Entry(_));
    let mut others = (1..sheet.chunks.len()).filter(is_entry);
    let other = others.next().map(|other| sheet.gap(other));
    let fits = |gap: &Vec<u8>| gap.contains(&b'\n') && gap.iter().all(u8::is_ascii_whitespace);
    other.filter(fits).unwrap_or(end)
}

/// Whether the result says what its pieces say.
fn is_proved(merge: &Merge, taken: &[Taken], document: &Document) -> bool {
    let expected = taken.iter().filter_map(|(at, side)| {
        let chunk = merge.parts[*at].of(*side)?;
        merge.sheet(*side).chunks[chunk].statement.as_ref()
    });
    let outline = Outline::read(document);
    let mut found = outline.statements().map(|(_, statement)| statement);
    let all = expected.into_iter().all(|expected| {
        let found = found.next();
        found.is_some_and(|found| found.what.says_the_same(&expected.what))
    });
    all && found.next().is_none()
}
