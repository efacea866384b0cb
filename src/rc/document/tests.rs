use proptest::prelude::*;

use super::*;
use crate::rc::outline::Outline;

#[test]
fn debug_shows_no_password() {
    let shown = format!("{:?}", Document::parse("poll a user b pass hunter2"));
    assert_eq!(shown, "Document(26 bytes, 11 tokens)");
}

#[test]
fn what_is_too_large_is_refused_at_once() {
    let document = Document::parse(vec![b' '; Document::MAX + 1]);
    assert_eq!(document.tokens().count(), 1);
    let (_, found) = crate::rc::settings::read(&document);
    assert_eq!(
        found.iter().map(|d| d.slug).collect::<Vec<_>>(),
        ["too-large"]
    );
    let smaller = document.replace(Span { start: 0, end: 9 }, b"").0;
    assert!(crate::rc::settings::read(&smaller).1.is_empty());
}

#[test]
fn lines() {
    let text = "a\n".repeat(300) + "last";
    let document = Document::parse(&text);
    for (offset, _) in text.char_indices() {
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = text[offset..]
            .find('\n')
            .map_or(text.len(), |at| offset + at);
        let offset = offset as u32;
        assert_eq!(
            document.line_of(offset) as usize,
            before.matches('\n').count()
        );
        assert_eq!(document.line_start(offset) as usize, start, "{offset}");
        assert_eq!(document.line_end(offset) as usize, end, "{offset}");
    }
    assert_eq!(document.line_of(604), 300);
    assert_eq!(Document::parse("").line_end(0), 0);
}

/// What may stand in a file, and a good deal that may not.
pub fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[ \t\r\n\"'#\\\\=;:,a-z0-9-]{0,6}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..4),
        proptest::sample::select(vec![
            "poll ",
            "user ",
            "pass ",
            "no ",
            "here ",
            "set ",
            "is ",
            "keep ",
            "\npoll x user y ",
            "defaults ",
            "port 5 ",
            "proto kpop ",
            "folder a b ",
            "\u{feff}",
        ])
        .prop_map(|word| word.as_bytes().to_vec()),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Everything a document knows of its tokens and statements.
fn shape(document: &Document, outline: &Outline) -> (Vec<(Span, Kind)>, [Option<u32>; 2], String) {
    let tokens = document
        .tokens()
        .map(|at| (document.span(at), document.kind(at).unwrap()));
    let statements = format!(
        "{:?} {:?}",
        outline.statements().collect::<Vec<_>>(),
        outline.diagnostics(document)
    );
    (tokens.collect(), document.open, statements)
}

/// Line and column of a byte as anybody would count them.
fn place(bytes: &[u8], offset: usize) -> (u32, u32) {
    let before = &bytes[..offset];
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap();
    let column = std::str::from_utf8(line).map_or(line.len(), |line| line.chars().count());
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    (lines as u32 + 1, column as u32 + 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400)))]
    /// A change makes the very document, and the very statements, that reading the result makes.
    #[test]
    fn a_change_is_as_good_as_reading_anew(
        first in bytes(),
        changes in proptest::collection::vec((any::<u16>(), 0..9u32, prop_oneof![
            bytes().prop_map(|mut bytes| { bytes.truncate(12); bytes }),
            proptest::sample::select(vec!["\"", "'", "", "\\", "#", "\n", "\u{feff}", "\u{ef}"])
                .prop_map(|piece| piece.as_bytes().to_vec()),
        ]), 1..12),
    ) {
        let mut document = Document::parse(&first);
        let mut outline = Outline::read(&document);
        for (at, length, with) in changes {
            let start = u32::from(at) % (document.len() + 1);
            let end = (start + length).min(document.len());
            let mut expected = document.bytes();
            expected.splice(start as usize..end as usize, with.iter().copied());
            let (next, recut) = document.replace(Span { start, end }, &with);
            let next_outline = outline.reread(&next, recut);
            let anew = Document::parse(&expected);
            for offset in 0..=next.len() {
                let found = next.place(Span { start: offset, end: offset });
                let wanted = place(&expected, offset as usize);
                prop_assert_eq!((found.line, found.column), wanted, "{}", offset);
            }
            prop_assert!(next.bytes() == expected);
            let (found, wanted) = (shape(&next, &next_outline), shape(&anew, &Outline::read(&anew)));
            prop_assert!(found == wanted, "{}", expected.escape_ascii());
            (document, outline) = (next, next_outline);
        }
    }
}
