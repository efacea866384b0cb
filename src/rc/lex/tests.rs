use proptest::prelude::*;

use super::*;
use crate::rc::document::Document;

/// Tokens that are not white space, as `kind:text`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let document = Document::parse(text);
    let found: Vec<String> = document
        .tokens()
        .filter(|at| document.kind(*at) != Some(Kind::Space))
        .map(|at| {
            let raw = String::from_utf8_lossy(document.raw(at));
            format!("{:?}:{raw}", document.kind(at).unwrap())
        })
        .collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn tokens_are_what_they_were_made_of() {
    for kind in KINDS {
        for start in [0, 1, Document::MAX as u32] {
            let token = Token::new(start, kind);
            assert_eq!((token.start(), token.kind()), (start, kind));
        }
    }
}

/// rcfile.md section 2: the longest match wins.
#[test]
fn shapes() {
    check("poll a", &["Word:poll", "Word:a"]);
    check(
        "5 -5 5x --5 -",
        &["Number:5", "Number:-5", "Word:5x", "Word:--5", "Word:-"],
    );
    check("127.0.0.1 5\"", &["Word:127.0.0.1", "Word:5\""]);
    check(
        "a=b;:,c",
        &["Word:a", "Equals:=", "Word:b", "Stop:;:,", "Word:c"],
    );
    check("a# #b\\\nc", &["Word:a#", "Comment:#b\\", "Word:c"]);
    check("#", &["Comment:#"]);
    check("\\\n\\ b\\\nc", &["Word:\\", "Word:b\\", "Word:c"]);
    check("\\\r\n", &["Word:\\"]);
    check(
        "\u{feff}a\u{feff}",
        &["ByteOrderMark:\u{feff}", "Word:a\u{feff}"],
    );
}

/// rcfile.md section 2.2.
#[test]
fn the_embedded_quote_trap() {
    check("\"a b\" 'c\"d'", &["Quoted:\"a b\"", "Quoted:'c\"d'"]);
    check("\"p\\\"q\"", &["Word:\"p\\\"q\""]);
    check("\"a\"is b", &["Word:\"a\"is", "Word:b"]);
    check("'it''s'", &["Word:'it''s'"]);
    check("\"abc\n", &["Word:\"abc"]);
    check("\"abc def", &["Word:\"abc", "Word:def"]);
    check("\"a b\"c", &["Quoted:\"a b\"", "Word:c"]);
    check("\"a\nb\"", &["Quoted:\"a\nb\""]);
    check("\"a\"=b", &["Quoted:\"a\"", "Equals:=", "Word:b"]);
    check("\"\" \"", &["Quoted:\"\"", "Word:\""]);
    check("a\"b c\"", &["Word:a\"b", "Word:c\""]);
}

#[test]
fn values() {
    let check = |raw: &[u8], kind: Kind, expected: &[u8]| {
        assert_eq!(&*value(raw, kind), expected, "{}", raw.escape_ascii());
    };
    check(b"'a\"b'", Kind::Quoted, b"a\"b");
    check(b"\"p\\\"q\"", Kind::Word, b"\"p\"q\"");
    check(b"\\n\\t\\b\\r\\\\\\q", Kind::Word, b"\n\t\x08\r\\q");
    check(
        b"\\101\\034\\0101\\x41\\X4g",
        Kind::Word,
        b"e\x1c\x081A\x04g",
    );
    check(b"\\18a\\400\\999", Kind::Word, b"\x12a\x90\xe7");
    check(b"\"a\\\nb\"", Kind::Quoted, b"ab");
    check(b"b\\", Kind::Word, b"b");
    check(b"\"a\\\"", Kind::Quoted, b"a");
    check(b"a\\0b", Kind::Word, b"a");
    check(b"\\x", Kind::Word, b"");
    check(b"\xe9\xff", Kind::Word, b"\xe9\xff");
    check(b"\"", Kind::Quoted, b"");
}

proptest! {
    /// Nothing is lost, nothing is empty, whatever the bytes; reading them never panics.
    #[test]
    fn any_bytes_are_a_document(bytes in crate::rc::document::tests::bytes()) {
        let document = Document::parse(&bytes[..]);
        prop_assert_eq!(&document.bytes(), &bytes);
        let spans: Vec<_> = document.tokens().map(|at| document.span(at)).collect();
        prop_assert!(spans.iter().all(|span| span.start < span.end));
        let tiled: Vec<u8> = spans.iter().flat_map(|span| document.slice(*span).to_vec()).collect();
        prop_assert_eq!(&tiled, &bytes);
        for at in document.tokens() {
            let span = document.span(at);
            prop_assert!((span.start..span.end).all(|offset| document.at(offset) == at));
        }
        let (_, found) = crate::rc::settings::read(&document);
        for diagnostic in found {
            let place = diagnostic.place.unwrap();
            prop_assert_eq!(document.place(place.span), place);
        }
    }
}
