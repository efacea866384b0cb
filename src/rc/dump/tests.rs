use std::collections::HashSet;

use super::rows::Source;
use super::*;
use crate::rc::option::{self, Dump};

/// What 6.4.37 does not dump; `port` stands under `service`. Words of later releases are not its.
const SILENT: &[Id] = &[Id::Pidfile, Id::Checkalias, Id::Port];

#[test]
fn every_option_is_dumped_once_or_known_to_be_silent() {
    let mut seen = HashSet::new();
    for source in [GLOBAL, SERVER, USER].concat() {
        if let Source::Option(id) = source {
            assert!(seen.insert(id), "{id:?} twice");
        }
    }
    for keyword in option::all() {
        let is_dumped = !matches!(keyword.dump, Dump::Nothing);
        assert_eq!(is_dumped, seen.contains(&keyword.id), "{keyword:?}");
        let is_silent = SILENT.contains(&keyword.id) || keyword.is_later;
        assert_eq!(is_dumped, !is_silent, "{keyword:?}");
    }
}
