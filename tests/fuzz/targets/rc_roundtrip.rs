//! Writing gives back the bytes that were read; a change gives the document, and the meaning, that
//! reading the result from nothing gives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::rc::Document;
use postrider::rc::document::Span;
use postrider::rc::outline::Outline;

fuzz_target!(|input: &[u8]| {
    // The first bytes say where something is replaced, and by how much of the rest.
    let Some(([at, with_len, gone], rest)) = input.split_first_chunk() else {
        return;
    };
    let (with, bytes) = rest.split_at(usize::from(*with_len).min(rest.len()) / 4);
    let document = Document::parse(bytes);
    assert_eq!(document.bytes(), bytes);
    let mut at_token = 0;
    for at in document.tokens() {
        let span = document.span(at);
        assert_eq!(span.start, at_token);
        at_token = span.end;
    }
    assert_eq!(at_token, document.len());

    let start = (u32::from(*at) * document.len() / 255).min(document.len());
    let end = (start + u32::from(gone % 8)).min(document.len());
    let mut expected = bytes.to_vec();
    expected.splice(start as usize..end as usize, with.iter().copied());
    let outline = Outline::read(&document);
    let (next, recut) = document.replace(Span { start, end }, with);
    let next_outline = outline.reread(&next, recut);
    assert_eq!(next.bytes(), expected);
    let anew = Document::parse(&expected);
    let tokens = |d: &Document| {
        d.tokens()
            .map(|at| (d.span(at), d.kind(at)))
            .collect::<Vec<_>>()
    };
    assert_eq!(tokens(&next), tokens(&anew));
    let read = |outline: &Outline, d: &Document| {
        format!(
            "{:?} {:?}",
            outline.statements().collect::<Vec<_>>(),
            outline.diagnostics(d)
        )
    };
    assert_eq!(
        read(&next_outline, &next),
        read(&Outline::read(&anew), &anew)
    );
});
