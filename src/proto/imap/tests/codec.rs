//! Cross-check with another implementation: what we send are commands to it, and what it encodes
//! as a server is understood by us. It is stricter than servers are, so it judges only what is
//! ours or its own.

use imap_codec::decode::Decoder;
use imap_codec::encode::Encoder;
use imap_codec::imap_types::command::CommandBody;
use imap_codec::imap_types::core::{Literal, NString, Quoted, Text, Vec1};
use imap_codec::imap_types::fetch::MessageDataItem;
use imap_codec::imap_types::flag::{Flag, FlagFetch};
use imap_codec::imap_types::mailbox::Mailbox;
use imap_codec::imap_types::response::{Capability, Code, Data, Response as Theirs, Status};
use imap_codec::{CommandCodec, ResponseCodec};
use proptest::prelude::*;

use super::TALKS;
use crate::proto::imap::command::Command;
use crate::proto::imap::response::{Body, Kind, Response};
use crate::proto::imap::splitter::{Piece, Splitter};

fn decode(line: &[u8]) -> CommandBody<'static> {
    let codec = CommandCodec::new();
    let (rest, command) = codec
        .decode(line)
        .unwrap_or_else(|e| panic!("{}: {e:?}", line.escape_ascii()));
    assert!(rest.is_empty(), "{}", line.escape_ascii());
    use imap_codec::imap_types::IntoStatic;
    command.into_static().body
}

#[test]
fn our_commands_are_commands() {
    let mut count = 0;
    for line in TALKS.iter().flat_map(|talk| talk.lines()) {
        let Some(line) = line.strip_prefix("C: ") else {
            continue;
        };
        // SASL responses are no commands; this codec knows neither SEARCHRES nor STARTTLS.
        if !line.starts_with('A')
            || !line.contains(' ')
            || line.contains("SAVE")
            || line.contains('$')
            || line.ends_with("STARTTLS")
        {
            continue;
        }
        decode(format!("{line}\r\n").as_bytes());
        count += 1;
    }
    assert!(count > 50, "{count}");
}

proptest! {
    #[test]
    fn our_strings_are_strings(name in prop::collection::vec(1_u8.., 0..30)) {
        let parts = Command::new("A1 SELECT".to_owned()).string(&name).parts(None);
        let wire: Vec<u8> = parts.iter().flat_map(|part| part.bytes.to_vec()).collect();
        let CommandBody::Select { mailbox, .. } = decode(&wire) else {
            panic!("no SELECT");
        };
        match mailbox {
            Mailbox::Inbox => prop_assert!(name.eq_ignore_ascii_case(b"INBOX")),
            Mailbox::Other(other) => prop_assert_eq!(other.inner().as_ref(), &name[..]),
        }
    }

    #[test]
    fn their_fetches_are_understood(
        seq in 1_u32..,
        uid in 1_u32..,
        size in any::<u32>(),
        seen in any::<bool>(),
        octets in prop::collection::vec(1_u8.., 0..200),
        is_quoted in any::<bool>(),
        order in 0_usize..4,
    ) {
        let quoted = String::from_utf8(octets.clone()).ok().and_then(|t| Quoted::try_from(t).ok());
        let data = match quoted.filter(|_| is_quoted) {
            Some(quoted) => NString::from(quoted),
            None => NString::from(Literal::try_from(octets.clone()).unwrap()),
        };
        let flags = if seen { vec![FlagFetch::Flag(Flag::Seen)] } else { vec![] };
        let mut items = vec![
            MessageDataItem::Uid(uid.try_into().unwrap()),
            MessageDataItem::Flags(flags),
            MessageDataItem::BodyExt { section: None, origin: None, data },
            MessageDataItem::Rfc822Size(size),
        ];
        items.rotate_left(order);
        let data = Data::Fetch {
            seq: seq.try_into().unwrap(),
            items: Vec1::try_from(items).unwrap(),
        };
        let (responses, body) = ours(Theirs::Data(data));
        let [Response::Fetch(fetch)] = &responses[..] else {
            panic!("{responses:?}");
        };
        prop_assert_eq!((fetch.seq, fetch.uid, fetch.size), (seq, Some(uid), Some(u64::from(size))));
        prop_assert_eq!(fetch.flags.map(|f| f.is_seen), Some(seen));
        match &fetch.body {
            Body::Text(text) => prop_assert_eq!(text, &octets),
            other => {
                prop_assert_eq!(other, &Body::Passed);
                prop_assert_eq!(&body, &octets);
            }
        }
    }

    #[test]
    fn their_searches_are_understood(uids in prop::collection::vec(1_u32.., 0..50)) {
        let hits = uids.iter().map(|n| (*n).try_into().unwrap()).collect();
        let wire = encode(Theirs::Data(Data::Search(hits)));
        let mut splitter = Splitter::default();
        splitter.inbox.extend_from_slice(&wire);
        let Ok(Piece::Hits(hits)) = splitter.piece() else {
            panic!("no hits");
        };
        let words = hits.split(|b| b.is_ascii_whitespace());
        let seen: Vec<u32> = words.filter_map(crate::proto::imap::scan::nonzero).collect();
        prop_assert_eq!(seen, uids);
    }
}

#[test]
fn their_other_responses_are_understood() {
    let one = |theirs| match ours(theirs).0.pop() {
        Some(response) => response,
        None => panic!("nothing"),
    };
    assert_eq!(
        one(Theirs::Data(Data::Exists(7))),
        Response::Exists(Some(7))
    );
    let gone = Data::Expunge(3.try_into().unwrap());
    assert_eq!(one(Theirs::Data(gone)), Response::Expunge(3));
    let list = Vec1::try_from(vec![Capability::Imap4Rev1, Capability::SaslIr]).unwrap();
    match one(Theirs::Data(Data::Capability(list.clone()))) {
        Response::Capability(list) => assert!(list.has("SASL-IR")),
        other => panic!("{other:?}"),
    }
    let text = || Text::try_from("text {5}").unwrap();
    let code = Code::UidValidity(9.try_into().unwrap());
    let status = Status::ok(None, Some(code), text().to_string()).unwrap();
    match one(Theirs::Status(status)) {
        Response::Untagged(status) => {
            assert_eq!(status.kind, Kind::Ok);
            let code = status.code.unwrap();
            assert!(code.is("uidvalidity"));
            assert_eq!(code.number(), Some(9));
        }
        other => panic!("{other:?}"),
    }
    let code = Some(Code::Capability(list));
    let tag = Some("A1".try_into().unwrap());
    match one(Theirs::Status(
        Status::ok(tag, code, text().to_string()).unwrap(),
    )) {
        Response::Tagged { tag, status } => {
            assert_eq!(&tag[..], b"A1");
            let list = status.code.unwrap().capabilities().unwrap();
            assert!(list.has("SASL-IR"));
        }
        other => panic!("{other:?}"),
    }
}

fn encode(theirs: Theirs<'_>) -> Vec<u8> {
    ResponseCodec::new().encode(&theirs).dump()
}

/// What we make of their response, and the body that passed by.
fn ours(theirs: Theirs<'_>) -> (Vec<Response>, Vec<u8>) {
    let mut splitter = Splitter::default();
    splitter.inbox.extend_from_slice(&encode(theirs));
    let (mut responses, mut body) = (Vec::new(), Vec::new());
    loop {
        match splitter.piece().unwrap() {
            Piece::Response(line) => responses.push(Response::scan(&line)),
            Piece::Chunk(chunk) => body.extend_from_slice(&chunk),
            Piece::Input => return (responses, body),
            Piece::Body { .. } | Piece::Hits(_) => {}
        }
    }
}
