//! The sheet that discovery fills in: who is being asked, who has said what. It tells at every
//! change, and a change that comes too late (a source was skipped meanwhile) changes nothing.

use tokio::time::Instant;

use super::asking::Miss;
use super::compose::{compose, is_enough};
use crate::probe::Candidate;
use crate::probe::found::{Found, Hint, Progress, State, Step};

/// Most entries of a list of names or notes.
const MOST: usize = 64;

/// What was found so far, and to whom it is told.
pub(super) struct Sheet<T> {
    found: Found,
    tell: T,
    /// What each step has found, and when it began.
    rows: [Row; 6],
}

#[derive(Default)]
struct Row {
    begin: Option<Instant>,
    candidates: Vec<Candidate>,
    was_unreached: bool,
}

impl<T: FnMut(&Found)> Sheet<T> {
    /// Nothing is known yet.
    pub fn new(domain: &str, tell: T) -> Self {
        let progress = |step| Progress {
            step,
            state: State::Waiting,
            took: std::time::Duration::ZERO,
            asked: Vec::new(),
            notes: Vec::new(),
        };
        Self {
            found: Found {
                domain: domain.to_owned(),
                steps: Step::ALL.map(progress).to_vec(),
                candidates: Vec::new(),
                hint: None,
                is_offline: false,
                is_done: false,
            },
            tell,
            rows: Default::default(),
        }
    }

    /// A step is under way.
    pub fn begin(&mut self, step: Step) {
        self.row(step).begin = Some(Instant::now());
        self.set(step, State::Working);
    }

    /// A host is asked.
    pub fn asked(&mut self, step: Step, name: String) {
        self.list(step, name, |progress| &mut progress.asked);
    }

    /// Something odd.
    pub fn notes(&mut self, step: Step, sentences: Vec<String>) {
        for sentence in sentences {
            self.list(step, sentence, |progress| &mut progress.notes);
        }
    }

    /// The provider is known; the first word counts.
    pub fn hint(&mut self, hint: Hint) {
        self.found.hint.get_or_insert(hint);
    }

    /// A step has ended.
    pub fn end(&mut self, step: Step, done: Result<Vec<Candidate>, Miss>) {
        if !self.works(step) {
            return;
        }
        let state = match done {
            Ok(candidates) if candidates.is_empty() => State::Nothing,
            Ok(candidates) => {
                let count = candidates.len();
                self.row(step).candidates = candidates;
                let all = self.rows.iter().flat_map(|row| row.candidates.clone());
                self.found.candidates = compose(all.collect());
                State::Found(count)
            }
            Err(Miss::Failed(sentence)) => State::Failed(sentence),
            Err(Miss::Unreached(sentence)) => {
                self.row(step).was_unreached = true;
                State::Failed(sentence)
            }
        };
        self.set(step, state);
    }

    /// A step that is under way has not answered.
    pub fn miss(&mut self, step: Step, sentence: &str) {
        self.end(step, Err(Miss::Unreached(sentence.to_owned())));
    }

    /// A step is not needed any more.
    pub fn skip(&mut self, step: Step) {
        if self.works(step) {
            self.set(step, State::Skipped);
        }
    }

    /// Any step is under way.
    pub fn is_working(&self) -> bool {
        Step::ALL.iter().any(|step| self.works(*step))
    }

    /// The step has found a protected way.
    pub fn has_enough(&self, step: Step) -> bool {
        is_enough(&self.rows[step as usize].candidates)
    }

    /// Some step has.
    pub fn has_any_enough(&self) -> bool {
        is_enough(&self.found.candidates)
    }

    /// Everybody outside was asked in vain: there is no network.
    pub fn is_offline(&self) -> bool {
        let mut outside = self.rows.iter().skip(1).filter(|row| row.begin.is_some());
        let mut is_any = false;
        outside.all(|row| {
            is_any = true;
            row.was_unreached
        }) && is_any
    }

    /// Nothing follows.
    pub fn close(mut self) -> Found {
        for progress in &mut self.found.steps {
            if progress.state == State::Waiting {
                progress.state = State::Skipped;
            }
        }
        self.found.is_offline = self.is_offline();
        self.found.is_done = true;
        (self.tell)(&self.found);
        self.found
    }

    fn works(&self, step: Step) -> bool {
        self.found.steps[step as usize].state == State::Working
    }

    fn row(&mut self, step: Step) -> &mut Row {
        &mut self.rows[step as usize]
    }

    fn set(&mut self, step: Step, state: State) {
        let begin = self.rows[step as usize].begin;
        let progress = &mut self.found.steps[step as usize];
        progress.state = state;
        progress.took = begin.map_or(progress.took, |begin| begin.elapsed());
        (self.tell)(&self.found);
    }

    fn list(&mut self, step: Step, entry: String, of: impl Fn(&mut Progress) -> &mut Vec<String>) {
        let list = of(&mut self.found.steps[step as usize]);
        if list.len() < MOST && !list.contains(&entry) {
            list.push(entry);
            (self.tell)(&self.found);
        }
    }
}
