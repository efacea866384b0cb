use bytes::Bytes;
use proptest::prelude::*;

use super::*;

/// A message after decoding, cut at these places; `|` stands for CRLF in both.
fn decoded(message: &str, cuts: &[usize]) -> String {
    let message = message.replace('|', "\r\n");
    let (head, body) = match message.split_once("\r\n\r\n") {
        Some((head, body)) => (format!("{head}\r\n"), format!("\r\n{body}")),
        None => (message, String::new()),
    };
    let plan = Plan::of_message(head.as_bytes());
    let mut out: Vec<u8> = fields(head.as_bytes())
        .flat_map(|f| plan.field(f).to_vec())
        .collect();
    let mut from = 0;
    let mut pieces = Vec::new();
    for cut in cuts
        .iter()
        .map(|cut| cut % (body.len() + 1))
        .filter(|cut| *cut > 0)
    {
        if cut > from {
            pieces.push(&body.as_bytes()[from..cut]);
            from = cut;
        }
    }
    pieces.push(&body.as_bytes()[from..]);
    match Body::new(&plan) {
        None => out.extend_from_slice(body.as_bytes()),
        Some(mut decoding) => {
            for piece in pieces {
                out.extend_from_slice(&decoding.push(&Bytes::copy_from_slice(piece)));
            }
            out.extend_from_slice(&decoding.finish());
        }
    }
    out.escape_ascii()
        .to_string()
        .replace("\\r\\n", "|")
        .replace("\\\"", "\"")
}

fn check(message: &str, expected: &str) {
    for cut in 0..=message.len() * 2 {
        assert_eq!(decoded(message, &[cut]), expected, "{message} cut at {cut}");
    }
    let all: Vec<usize> = (0..message.len() * 2).collect();
    assert_eq!(decoded(message, &all), expected, "{message} octet by octet");
}

fn unchanged(message: &str) {
    check(message, message);
}

const V: &str = "MIME-Version: 1.0|";
const T: &str = "Content-Type: text/plain; charset=iso-8859-1|";
const Q: &str = "Content-Transfer-Encoding: quoted-printable|";
const E: &str = "Content-Transfer-Encoding: 8bit|";

fn mixed(more: &str) -> String {
    format!("{V}Content-Type: multipart/mixed; boundary=\"ab\"|{more}")
}

#[test]
fn text_is_decoded() {
    check(
        &format!("{V}{T}{Q}|a=E9=|b=|"),
        &format!("{V}{T}{E}|a\\xe9b|"),
    );
    check(&format!("{Q}{T}{V}|=E9"), &format!("{E}{T}{V}|\\xe9"));
    let html = "content-type:| TEXT/HTML;| charset=x|";
    check(
        &format!("{V}{html}content-transfer-encoding:| Quoted-Printable (c)||=E9|"),
        &format!("{V}{html}{E}|\\xe9|"),
    );
    let inner = format!("{V}Content-Type: message/rfc822|");
    check(
        &format!("{inner}{Q}|Subject: =E9||=E9|"),
        &format!("{inner}{E}|Subject: \\xe9||\\xe9|"),
    );
    check(
        &format!("{V}X: =?x?q?=E9?=|{T}{Q}|=E9|"),
        &format!("{V}X: \\xe9|{T}{E}|\\xe9|"),
    );
}

#[test]
fn other_bodies_pass() {
    unchanged(&format!("{T}{Q}|a=E9|"));
    unchanged(&format!("MIME-Version:|{T}{Q}|a=E9|"));
    unchanged(&format!("{V}{Q}|a=E9|"));
    unchanged(&format!("{V}Content-Type: application/x|{Q}|a=E9|"));
    unchanged(&format!("{V}{T}Content-Transfer-Encoding: base64||YWI=|"));
    unchanged(&format!("{V}{T}Content-Transfer-Encoding: 7bit||a=E9|"));
    unchanged(&format!(
        "{V}{T}Content-Transfer-Encoding: quoted-printablex||a=E9|"
    ));
    unchanged(&format!("{V}{T}{Q}{Q}|a=E9|"));
    unchanged(&format!("{V}{T}{T}{Q}|a=E9|"));
    unchanged(&format!(
        "{V}Content-Type: text/plain; charset=UTF-16LE|{Q}|a=00|"
    ));
    unchanged(&format!(
        "{V}Content-Type: multipart/signed; boundary=ab||--ab|{T}{Q}|=E9|--ab--|"
    ));
    unchanged(&format!(
        "{V}Content-Type: multipart/encrypted; boundary=ab||--ab|{T}{Q}|=E9|--ab--|"
    ));
    unchanged(&format!(
        "{V}Content-Type: multipart/mixed||--|{T}{Q}|=E9|----|"
    ));
    unchanged(&format!(
        "{V}Content-Type: multipart/mixed; boundary={}||x|",
        "b".repeat(300)
    ));
    unchanged(&format!("{V}Content-Type: message/rfc822||{V}{T}{Q}|=E9|"));
}

#[test]
fn parts_are_decoded_each_by_its_header() {
    check(
        &mixed(&format!(
            "|pre=E9|--ab|{T}{Q}X: =?x?q?=E9?=||ca=E9=|x=|--ab|Content-Type: text/html||no=E9|--ab \
             |{Q}|none=E9|--ab|Content-Type: application/x|{Q}|app=E9|--ab--|epi=E9|--ab|{T}{Q}|=E9|"
        )),
        &mixed(&format!(
            "|pre=E9|--ab|{T}{E}X: \\xe9||ca\\xe9x|--ab|Content-Type: text/html||no=E9|--ab \
             |{Q}|none=E9|--ab|Content-Type: application/x|{Q}|app=E9|--ab--|epi=E9|--ab|{T}{Q}|=E9|"
        )),
    );
    check(
        &mixed(&format!(
            "Content-Transfer-Encoding: 7bit||--ab|{T}{Q}|=E9|--ab--"
        )),
        &mixed(&format!("{E}|--ab|{T}{E}|\\xe9|--ab--")),
    );
}

#[test]
fn multiparts_lie_in_each_other() {
    let inner = "Content-Type: multipart/alternative; boundary=abc|";
    check(
        &mixed(&format!(
            "|--ab|{inner}|--abc|{T}{Q}|=E9|--abc--|=E9|--ab|{T}{Q}|=E8|--ab|{inner}|--abc|{T}{Q}|=E7|--ab--|"
        )),
        &mixed(&format!(
            "|--ab|{inner}|--abc|{T}{E}|\\xe9|--abc--|=E9|--ab|{T}{E}|\\xe8|--ab|{inner}|--abc|{T}{E}|\\xe7|--ab--|"
        )),
    );
    let sealed = "Content-Type: multipart/signed; boundary=in|";
    check(
        &mixed(&format!(
            "|--ab|{sealed}|--in|{T}{Q}|=E9|--in--|--ab|{T}{Q}|=E9|--ab--|"
        )),
        &mixed(&format!(
            "|--ab|{sealed}|--in|{T}{Q}|=E9|--in--|--ab|{T}{E}|\\xe9|--ab--|"
        )),
    );
}

#[test]
fn what_looks_like_a_delimiter() {
    check(
        &mixed(&format!(
            "|--ab|{T}{Q}|--=E9|-|--|--a|--abc=E9|--ab-=E9|--ab|{T}{Q}|=2D-ab|--ab--|"
        )),
        &mixed(&format!(
            "|--ab|{T}{E}|--\\xe9|-|--|--a|--a=62c\\xe9|--a=62-\\xe9|--ab|{T}{E}|--a=62|--ab--|"
        )),
    );
    // A part without an empty line has no body.
    check(
        &mixed(&format!("|--ab|{T}{Q}--ab|{Q}{T}|=E9|--ab--|")),
        &mixed(&format!("|--ab|{T}{Q}--ab|{E}{T}|\\xe9|--ab--|")),
    );
    unchanged(&mixed(&format!("|--ab|{T}{Q}")));
    unchanged(&mixed(&format!("|--ab|{T}{Q}--ab--")));
    unchanged(&mixed("|--a"));
    unchanged(&mixed("|--ab-"));
    check(
        &mixed(&format!("|--ab|{T}{Q}|=E9=")),
        &mixed(&format!("|--ab|{T}{E}|\\xe9=")),
    );
    // The boundary of a real writer, which would be taken for text if it were decoded.
    let kind = format!("{V}Content-Type: multipart/mixed; boundary=\"=3D\"|");
    check(
        &format!("{kind}|--=3D|{T}{Q}|=E9|--=3D--"),
        &format!("{kind}|--=3D|{T}{E}|\\xe9|--=3D--"),
    );
}

#[test]
fn bounds() {
    // A delimiter with more blanks than anybody writes is none, and a long line passes.
    let blanks = " ".repeat(4000);
    let text = decoded(&mixed(&format!("|--ab{blanks}|{T}{Q}|=E9|--ab--|")), &[]);
    assert!(text.ends_with("|=E9|--ab--|"), "{text}");
    let line = "-".repeat(100_000);
    let text = decoded(
        &mixed(&format!("|--ab|{T}{Q}|{line}=E9|--ab--|")),
        &[70_000],
    );
    assert!(text.ends_with("-\\xe9|--ab--|"));
    // A header without end.
    let long = format!("X: {}|", "x".repeat(70_000));
    let message = mixed(&format!("|--ab|{long}{T}{Q}|=E9|--ab|{T}{Q}|=E8|--ab--|"));
    let expected = mixed(&format!("|--ab|{long}{T}{Q}|=E9|--ab|{T}{E}|\\xe8|--ab--|"));
    assert_eq!(decoded(&message, &[5, 50_000, 60_000, 70_020]), expected);
}

/// However long a line or a header: what goes in comes out soon.
#[test]
fn little_is_held_back() {
    let head = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=--\r\n";
    let part = format!("\r\n----\r\n{}\r\n", format!("{T}{Q}").replace('|', "\r\n"));
    let pieces = [
        "x", "-", "----", "-----", "---- ", "----\t", "= ", "a=4 ", "X: y\r\n", "\r", ">",
    ];
    for start in ["\r\n", "\r\n----\r\n", part.as_str()] {
        for piece in pieces {
            let mut decoding = Body::new(&Plan::of_message(head.as_bytes())).unwrap();
            let chunk = Bytes::from(piece.repeat(16 * 1024 / piece.len()));
            let mut out = decoding.push(&Bytes::from(start.to_owned())).len();
            let mut held = start.len() - out;
            for _ in 0..40 {
                out = decoding.push(&chunk).len();
                held = held + chunk.len() - out;
            }
            assert!(held < 90_000, "{start:?} {piece:?}: {held}");
            out = decoding.finish().len();
            assert!(out <= held, "{start:?} {piece:?}");
        }
    }
}

#[test]
fn nesting_has_an_end() {
    let mut message = format!("{V}Content-Type: multipart/mixed; boundary=b0|");
    for depth in 0..40 {
        message += &format!(
            "|--b{depth}|Content-Type: multipart/mixed; boundary=b{}|",
            depth + 1
        );
    }
    message += &format!("|--b40|{T}{Q}|=E9|--b3|{T}{Q}|=E8|");
    let text = decoded(&message, &[]);
    assert!(
        text.contains("|=E9|") && text.ends_with("|\\xe8|"),
        "{text}"
    );
}

proptest! {
    #[test]
    fn any_split_gives_the_same(
        lines in prop::collection::vec(prop_oneof![
            Just(V), Just(T), Just(Q), Just("|"), Just("--ab|"), Just("--ab--|"), Just("--in|"), Just("--in--|"),
            Just("Content-Type: multipart/mixed; boundary=in|"), Just("a=E9=|"), Just("=2D-ab|"), Just("-"),
            Just("=?x?q?=E9?="), Just("=0A"), Just("--a=62"), Just(" "),
        ], 0..25),
        cuts in prop::collection::vec(0..600usize, 0..12),
    ) {
        let message = mixed(&lines.concat());
        let mut cuts = cuts;
        cuts.sort_unstable();
        prop_assert_eq!(decoded(&message, &cuts), decoded(&message, &[]));
    }

    #[test]
    fn without_encodings_nothing_changes(text in "[a-z|: -]{0,80}", multi in any::<bool>()) {
        let message = match multi {
            true => mixed(&format!("|--ab|{T}{E}|{text}|--ab--|{text}")),
            false => format!("{V}{T}Content-Transfer-Encoding: 7bit||{text}"),
        };
        prop_assert_eq!(decoded(&message, &[]), message);
    }
}
