//! The configuration in sentences, as `fetchmail -V` reports it: in its order, with the hints in
//! brackets that scripts look for (`--keep off`); the sentences are our own (cli.md section 10.1).
//! Passwords are shown only where they are asked for.

mod account;
mod global;

use crate::rc::dump::Facts;
use crate::rc::resolve::Layers;

/// What the report tells beside the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Settings that are off or usual are told, too, and names one by one (`-v`).
    pub is_verbose: bool,
}

/// The report, line by line: global settings, then each account that this run would poll.
pub fn report(layers: &Layers, facts: &Facts, extent: Extent, line: &mut dyn FnMut(&str)) {
    global::lines(layers, facts, line);
    for case in layers.cases() {
        if case.is_wanted && case.is_active {
            account::lines(&case, layers, facts, extent, line);
        }
    }
}

#[cfg(test)]
mod tests;
