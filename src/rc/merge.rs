//! Three versions of a file: what two people made of the one they both began with, put together
//! entry by entry. What only one of them changed is taken; what both changed differently is chosen.
//! Pure; comments travel with the entry they are about.
//!
//! The result is proved: read again, it says of each entry what the version says that the entry was
//! taken from. Where that cannot be, because a quote is left open or words run into each other,
//! there is one part only, the whole file, and one of the two is chosen.

mod cut;
mod join;
mod pair;

use crate::rc::document::{Document, Span};
pub use cut::Name;
use cut::Sheet;

/// One of the two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// What was changed here.
    Mine,
    /// What another program made of it.
    Theirs,
}

/// What has become of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has changed it.
    Same,
    /// One side has.
    One(Side),
    /// Both have, and made the same of it.
    Both,
    /// Both have, and differ: somebody must choose.
    Conflict,
}

/// A part of the file, and which piece of each version it is; `None` where it is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub name: Name,
    /// What has become of it.
    pub state: State,
    base: Option<usize>,
    mine: Option<usize>,
    theirs: Option<usize>,
}

impl Part {
    fn of(&self, side: Side) -> Option<usize> {
        match side {
            Side::Mine => self.mine,
            Side::Theirs => self.theirs,
        }
    }
}

/// Three versions, part by part.
#[derive(Clone, Debug)]
pub struct Merge {
    base: Sheet,
    mine: Sheet,
    theirs: Sheet,
    parts: Vec<Part>,
    is_whole: bool,
}

/// So many conflicts are chosen one by one; where there are more, the file is another one.
const CONFLICTS_MAX: usize = 100;

impl Merge {
    /// Compares what was made of `base`.
    pub fn new(base: &Document, mine: &Document, theirs: &Document) -> Self {
        let merge = Self::of(Sheet::of(base), Sheet::of(mine), Sheet::of(theirs), false);
        let is_good = merge.conflicts().count() <= CONFLICTS_MAX
            && [Side::Mine, Side::Theirs]
                .into_iter()
                .all(|side| merge.result(|_| side).is_some());
        match is_good {
            true => merge,
            false => Self::of(
                Sheet::whole(base),
                Sheet::whole(mine),
                Sheet::whole(theirs),
                true,
            ),
        }
    }

    fn of(base: Sheet, mine: Sheet, theirs: Sheet, is_whole: bool) -> Self {
        let mut parts = pair::parts(&base, &mine, &theirs);
        for part in &mut parts {
            let bytes = |sheet: &Sheet, chunk: Option<usize>| chunk.map(|at| sheet.bytes(at));
            let old = bytes(&base, part.base);
            let (mine, theirs) = (bytes(&mine, part.mine), bytes(&theirs, part.theirs));
            part.state = match (mine == old, theirs == old) {
                (true, true) => State::Same,
                (false, true) => State::One(Side::Mine),
                (true, false) => State::One(Side::Theirs),
                (false, false) if mine == theirs => State::Both,
                (false, false) => State::Conflict,
            };
        }
        Self {
            base,
            mine,
            theirs,
            parts,
            is_whole,
        }
    }

    /// All parts: those of the base in its order, then those that came.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The numbers of the parts that somebody must choose.
    pub fn conflicts(&self) -> impl Iterator<Item = usize> {
        let parts = self.parts.iter().enumerate();
        parts.filter_map(|(at, part)| (part.state == State::Conflict).then_some(at))
    }

    /// Where a part lies in the base.
    pub fn was(&self, part: &Part) -> Option<Span> {
        part.base.map(|at| self.base.core(at))
    }

    /// Where it lies in one of the others.
    pub fn is(&self, part: &Part, side: Side) -> Option<Span> {
        part.of(side).map(|at| self.sheet(side).core(at))
    }

    /// Whether both have put entries elsewhere: the order is mine then.
    pub fn is_reordered(&self) -> bool {
        join::is_moved(self, Side::Mine) && join::is_moved(self, Side::Theirs)
    }

    /// The file with what was chosen for each conflict, by its number; `None` if it would not say
    /// what its parts say.
    pub fn result(&self, choice: impl Fn(usize) -> Side) -> Option<Document> {
        join::result(self, choice)
    }

    fn sheet(&self, side: Side) -> &Sheet {
        match side {
            Side::Mine => &self.mine,
            Side::Theirs => &self.theirs,
        }
    }
}

#[cfg(test)]
mod tests;
