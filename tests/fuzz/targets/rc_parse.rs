//! Reading any bytes ends, without a panic, and every finding has a place in the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::rc::{Document, Overrides, Surroundings, outline, resolve, settings};

fuzz_target!(|bytes: &[u8]| {
    let document = Document::parse(bytes);
    let (stanzas, found) = settings::read(&document);
    for finding in &found {
        let place = finding.place.expect("a finding in a file has a place");
        assert!(place.span.end <= document.len() && place.line > 0);
        let _ = finding.to_string();
    }
    let around = Surroundings {
        invoking_user: "me".to_owned(),
        ..Surroundings::default()
    };
    let resolved = resolve(&document, &Overrides::default(), &around);
    if outline::has_errors(&found) {
        assert!(resolved.is_err());
    } else if let Ok(config) = resolved {
        assert!(config.accounts.len() >= stanzas.entries.len());
    }
});
