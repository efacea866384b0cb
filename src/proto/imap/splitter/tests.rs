//! What comes out of the stream, and what is refused before it can take memory.

use super::*;

fn pieces(stream: &[u8]) -> Result<Vec<Piece>, Error> {
    let mut splitter = Splitter::default();
    splitter.inbox.extend_from_slice(stream);
    let mut pieces = Vec::new();
    loop {
        match splitter.piece()? {
            Piece::Input => return Ok(pieces),
            piece => pieces.push(piece),
        }
    }
}

fn response(line: &'static [u8]) -> Piece {
    Piece::Response(Bytes::from_static(line))
}

fn body(head: &'static [u8], size: u64) -> Piece {
    let head = Bytes::from_static(head);
    Piece::Body { head, size }
}

fn chunk(octets: &'static [u8]) -> Piece {
    Piece::Chunk(Bytes::from_static(octets))
}

#[test]
fn lines_and_literals() {
    let check = |stream: &[u8], expected: &[Piece]| {
        assert_eq!(
            pieces(stream).unwrap(),
            expected,
            "{}",
            stream.escape_ascii()
        );
    };
    check(
        b"* OK hi\r\nA1 OK\n",
        &[response(b"* OK hi"), response(b"A1 OK")],
    );
    check(b"* OK no end", &[]);
    check(b"", &[]);
    // A literal that is no body stays inside.
    check(
        b"* LIST () \"/\" {3}\r\na\r\n x\r\n* OK\r\n",
        &[
            response(b"* LIST () \"/\" {3}\r\na\r\n x"),
            response(b"* OK"),
        ],
    );
    // Free text and things that only look like literals.
    for line in [
        &b"* OK {5}"[..],
        b"* no {5}",
        b"*  BYE {5}",
        b"* PREAUTH [X] {5}",
        b"A1 OK {5}",
        b"+ {5}",
        b"[COPYUID 1 {5}",
        b"* LIST {}",
        b"* LIST {x}",
        b"* LIST \"{5}\"",
        b"",
    ] {
        let stream = [line, b"\r\n* OK\r\n"].concat();
        let line = Piece::Response(Bytes::copy_from_slice(line));
        check(&stream, &[line, response(b"* OK")]);
    }
}

#[test]
fn bodies_pass() {
    let check = |stream: &[u8], expected: &[Piece]| {
        assert_eq!(
            pieces(stream).unwrap(),
            expected,
            "{}",
            stream.escape_ascii()
        );
    };
    check(
        b"* 1 FETCH (UID 7 BODY[] {4}\r\na)\r\n FLAGS ())\r\n* OK\r\n",
        &[
            body(b"* 1 FETCH (UID 7 BODY[] ", 4),
            chunk(b"a)\r\n"),
            response(b"* 1 FETCH (UID 7 BODY[] {} FLAGS ())"),
            response(b"* OK"),
        ],
    );
    check(
        b"* 1 fetch (rfc822 ~{0+}\r\n)\r\n",
        &[
            body(b"* 1 fetch (rfc822 ", 0),
            response(b"* 1 fetch (rfc822 {})"),
        ],
    );
    check(
        b"* 1 FETCH(BODY[]{1}\r\nx)\r\n",
        &[
            body(b"* 1 FETCH(BODY[]", 1),
            chunk(b"x"),
            response(b"* 1 FETCH(BODY[]{})"),
        ],
    );
    // Only a part of the message is not the message.
    check(
        b"* 1 FETCH (BODY[]<0> {1}\r\nx)\r\n",
        &[response(b"* 1 FETCH (BODY[]<0> {1}\r\nx)")],
    );
    check(
        b"* 1 FETCH (BODY[TEXT] {1}\r\nx)\r\n",
        &[response(b"* 1 FETCH (BODY[TEXT] {1}\r\nx)")],
    );
    // A header may be asked for alone, and may be of any length.
    check(
        b"* 1 FETCH (BODY[HEADER] {1}\r\nx)\r\n",
        &[
            body(b"* 1 FETCH (BODY[HEADER] ", 1),
            chunk(b"x"),
            response(b"* 1 FETCH (BODY[HEADER] {})"),
        ],
    );
    // Larger than any buffer: 32 bits do not hold it.
    check(
        b"* 1 FETCH (BODY[] {5000000000}\r\nabc",
        &[body(b"* 1 FETCH (BODY[] ", 5_000_000_000), chunk(b"abc")],
    );
}

#[test]
fn bombs_are_refused() {
    let check = |stream: &[u8]| {
        let start = stream.get(..stream.len().min(60)).unwrap().escape_ascii();
        assert!(pieces(stream).is_err(), "{start}");
    };
    check(b"* 1 FETCH (BODY[] {18446744073709551616}\r\n");
    check(b"* 1 FETCH (BODY[] {-1}\r\n");
    check(b"* 1 FETCH (BODY[] {1-1}\r\n");
    check(b"* 1 FETCH (X {65537}\r\n");
    check(b"* LIST {18446744073709551615}\r\n");
    check(&b"(".repeat(100_000));
    check(&[b"* 1 FETCH (", &b"(".repeat(100_000)[..]].concat());
    check(&[b"* SEARCH", &b"1".repeat(100_000)[..]].concat());
    // Literals without end in one response.
    let literal = [b"{65000}\r\n", &b"x".repeat(65_000)[..]].concat();
    check(&[b"* X ", &literal.repeat(10)[..]].concat());
}

#[test]
fn a_search_of_any_length_passes() {
    let numbers: Vec<u32> = (1..200_000).map(|n| n * 3).collect();
    let mut stream = b"* SEARCH".to_vec();
    for n in &numbers {
        stream.extend_from_slice(format!(" {n}").as_bytes());
    }
    stream.extend_from_slice(b"\r\n* OK\r\n");
    let mut splitter = Splitter::default();
    let mut seen = Vec::new();
    let mut most = 0;
    for read in stream.chunks(10_007) {
        splitter.inbox.extend_from_slice(read);
        loop {
            match splitter.piece().unwrap() {
                Piece::Hits(hits) => seen.extend(
                    hits.split(|b| b.is_ascii_whitespace())
                        .filter_map(super::super::scan::nonzero),
                ),
                Piece::Input => break,
                piece => assert_eq!(piece, response(b"* OK")),
            }
        }
        most = most.max(splitter.inbox.len());
    }
    assert_eq!(seen, numbers);
    assert!(most < LINE_MAX);
}

/// 200 MB in reads of 16 KiB: the inbox never holds more than a few of them.
#[test]
fn a_large_body_is_never_held() {
    const READ: usize = 16 * 1024;
    const SIZE: usize = 200 * 1000 * 1000;
    let mut splitter = Splitter::default();
    let head = format!("* 1 FETCH (UID 1 BODY[] {{{SIZE}}}\r\n");
    splitter.inbox.extend_from_slice(head.as_bytes());
    let read = [b'x'; READ];
    let (mut fed, mut came) = (0, 0);
    while came < SIZE {
        match splitter.piece().unwrap() {
            Piece::Chunk(chunk) => came += chunk.len(),
            Piece::Input => {
                let n = READ.min(SIZE - fed);
                fed += n;
                splitter.inbox.extend_from_slice(&read[..n]);
                assert!(splitter.inbox.capacity() <= 4 * READ);
            }
            piece => assert!(matches!(piece, Piece::Body { .. })),
        }
    }
    splitter.inbox.extend_from_slice(b")\r\n");
    assert_eq!(
        splitter.piece().unwrap(),
        response(b"* 1 FETCH (UID 1 BODY[] {})")
    );
    assert!(splitter.is_empty());
}

#[test]
fn a_body_is_not_copied() {
    let mut splitter = Splitter::default();
    splitter
        .inbox
        .extend_from_slice(b"* 1 FETCH (BODY[] {4}\r\nabcd)\r\n");
    let inbox = splitter.inbox.as_ptr_range();
    let _ = splitter.piece().unwrap();
    let Piece::Chunk(chunk) = splitter.piece().unwrap() else {
        panic!("no chunk");
    };
    assert!(inbox.contains(&chunk.as_ptr()));
}
