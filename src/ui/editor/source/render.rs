//! The bytes of a file as text to be edited, with secrets as dots, and the way back from a change of
//! that text to a change of the bytes. Pure.

use crate::base::Secret;
use crate::rc::document::{Document, Span};
use crate::rc::edit::Change;
use crate::rc::mask::MASK;

/// A part of a document as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// What is shown.
    pub text: String,
    /// The part.
    part: Span,
    /// Dots in the text: from where to where (octets), and the bytes they stand for.
    masks: Vec<(usize, usize, Span)>,
    /// Every byte is a character of its own: the file is not UTF-8.
    is_latin: bool,
    /// It has what no text can hold: it can only be looked at.
    pub is_fixed: bool,
}

/// Octets in which two texts differ: from where, and to where in each.
pub(crate) type Place = (usize, usize, usize);

/// What somebody has put in the place of bytes, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Those bytes.
    pub span: Span,
    /// The text, dots for secrets.
    pub with: String,
}

/// What a NUL is shown as.
const NUL: char = '\u{2400}';

impl Rendered {
    /// Nothing.
    pub(crate) fn nothing() -> Self {
        Self {
            text: String::new(),
            part: Span { start: 0, end: 0 },
            masks: Vec::new(),
            is_latin: false,
            is_fixed: false,
        }
    }

    /// A part with these secrets masked, in order and apart.
    pub(crate) fn new(document: &Document, part: Span, secrets: &[Span]) -> Self {
        let bytes = document.slice(part);
        let mut this = Self {
            text: String::with_capacity(bytes.len()),
            part,
            masks: Vec::new(),
            is_latin: std::str::from_utf8(&bytes).is_err(),
            is_fixed: bytes.contains(&0),
        };
        let mut from = 0;
        let clipped = secrets.iter().map(|secret| Span {
            start: secret.start.clamp(part.start, part.end),
            end: secret.end.clamp(part.start, part.end),
        });
        for secret in clipped.filter(|secret| !secret.is_empty()) {
            let inside = secret.since(part.start);
            let (start, end) = (inside.start as usize, inside.end as usize);
            this.push(bytes.get(from..start).unwrap_or_default());
            let at = this.text.len();
            this.text.push_str(MASK);
            this.masks.push((at, this.text.len(), secret));
            from = end;
        }
        this.push(bytes.get(from..).unwrap_or_default());
        this
    }

    fn push(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) if !self.is_latin && !text.contains('\0') => self.text.push_str(text),
            Ok(text) if !self.is_latin => {
                self.text
                    .extend(text.chars().map(|c| if c == '\0' { NUL } else { c }));
            }
            _ => {
                let chars = bytes.iter().map(|byte| char::from(*byte));
                self.text
                    .extend(chars.map(|c| if c == '\0' { NUL } else { c }));
            }
        }
    }

    /// Number of bytes that a piece of shown text without dots stands for.
    fn bytes_of(&self, text: &str) -> usize {
        let is_other = self.is_latin || self.is_fixed;
        match is_other {
            false => text.len(),
            true => {
                let size = |c: char| match c {
                    NUL => 1,
                    c if self.is_latin && u32::from(c) < 256 => 1,
                    c => c.len_utf8(),
                };
                text.chars().map(size).sum()
            }
        }
    }

    fn encode(&self, text: &str) -> Vec<u8> {
        if !self.is_latin {
            return text.as_bytes().to_vec();
        }
        let mut bytes = Vec::with_capacity(text.len());
        for c in text.chars() {
            match u8::try_from(u32::from(c)) {
                Ok(byte) => bytes.push(byte),
                Err(_) => bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        bytes
    }

    /// Where an octet of the text stands in the document. Inside dots: behind what they stand for.
    pub(crate) fn to_document(&self, at: usize) -> u32 {
        let (mut from, mut byte) = (0, self.part.start);
        for (start, end, secret) in &self.masks {
            if at <= *start {
                break;
            }
            if at < *end {
                return secret.end;
            }
            (from, byte) = (*end, secret.end);
        }
        let text = self.text.get(from..at).unwrap_or_default();
        byte + u32::try_from(self.bytes_of(text)).unwrap_or(u32::MAX)
    }

    /// Where a byte of the document stands in the text; of a masked one, the first dot.
    pub(crate) fn to_text(&self, byte: u32) -> usize {
        let byte = byte.clamp(self.part.start, self.part.end);
        let (mut from, mut at) = (0, self.part.start);
        for (start, end, secret) in &self.masks {
            if byte < secret.start {
                break;
            }
            if byte < secret.end {
                return *start;
            }
            (from, at) = (*end, secret.end);
        }
        let mut left = (byte - at) as usize;
        let rest = self.text.get(from..).unwrap_or_default();
        for (offset, c) in rest.char_indices() {
            if left == 0 {
                return from + offset;
            }
            left = left.saturating_sub(self.bytes_of(c.encode_utf8(&mut [0; 4])));
        }
        self.text.len()
    }

    /// What somebody has changed, if the text reads `now`. What touches dots replaces the whole
    /// secret: half of one cannot be meant. `place` tells where the two differ, as far as that is
    /// known: texts that repeat themselves do not tell.
    pub(crate) fn piece(&self, now: &str, place: Option<Place>) -> Option<Piece> {
        let is_there = |(from, to, new_to): &Place| {
            self.text.get(..*from) == now.get(..*from) && self.text.get(*to..) == now.get(*new_to..)
        };
        let place = place.filter(is_there);
        let (mut from, mut to, new_to) = place.or_else(|| differing(&self.text, now))?;
        let mut new_from = from;
        let mut new_end = new_to;
        for (start, end, _) in &self.masks {
            if from < *end && to > *start || from == to && *start < from && from < *end {
                new_from -= from.saturating_sub(*start).min(new_from);
                from = from.min(*start);
                new_end += end.saturating_sub(to);
                to = to.max(*end);
            }
        }
        let with = now
            .get(new_from..new_end.min(now.len()))
            .unwrap_or_default();
        let touches = self
            .masks
            .iter()
            .any(|(start, end, _)| from <= *start && *end <= to);
        let with = match touches {
            // All dots of a secret may stand for one; some of them do not.
            true => {
                let parts = with.split(MASK);
                let rest = |part: &str| part.chars().filter(|c| !MASK.contains(*c)).collect();
                parts.map(rest).collect::<Vec<String>>().join(MASK)
            }
            false => with.to_owned(),
        };
        Some(Piece {
            span: Span {
                start: self.to_document(from),
                end: self.end_of(to),
            },
            with,
        })
    }

    /// What is changed by a piece in which the dots stand for these secrets, in their order (without
    /// any, for themselves), and what is shown then: `now`.
    pub(crate) fn put(&self, now: &str, piece: &Piece, secrets: &[Secret]) -> (Change, Self) {
        let span = piece.span;
        let mut at = self.to_text(span.start);
        let (mut with, mut masks) = (Vec::new(), Vec::new());
        let mut secrets = secrets.iter();
        let mut parts = piece.with.split(MASK).peekable();
        while let Some(part) = parts.next() {
            with.extend(self.encode(part));
            at += part.len();
            if parts.peek().is_none() {
                break;
            }
            let place = |with: &[u8]| span.start + u32::try_from(with.len()).unwrap_or(u32::MAX);
            let start = place(&with);
            match secrets.next() {
                Some(secret) => {
                    with.extend_from_slice(secret.expose());
                    let end = place(&with);
                    masks.push((at, at + MASK.len(), Span { start, end }));
                }
                None => with.extend(self.encode(MASK)),
            }
            at += MASK.len();
        }
        let change = Change { span, with };
        let mut after = self.after(now, &change);
        after.masks.extend(masks);
        after.masks.sort_unstable_by_key(|(at, ..)| *at);
        (change, after)
    }

    /// The text as it reads `now`, when that change of it is made.
    fn after(&self, now: &str, change: &Change) -> Self {
        let grown = |at: usize| (at + now.len()).saturating_sub(self.text.len());
        let more = u32::try_from(change.with.len()).unwrap_or(u32::MAX);
        let moved = |at: u32| at - (change.span.end - change.span.start) + more;
        let masks = self.masks.iter().filter_map(|(start, end, secret)| {
            if secret.end <= change.span.start {
                Some((*start, *end, *secret))
            } else if secret.start >= change.span.end {
                let secret = Span {
                    start: moved(secret.start),
                    end: moved(secret.end),
                };
                Some((grown(*start), grown(*end), secret))
            } else {
                None
            }
        });
        Self {
            text: now.to_owned(),
            part: Span {
                start: self.part.start,
                end: moved(self.part.end.max(change.span.end)),
            },
            masks: masks.collect(),
            ..*self
        }
    }

    /// The dots that lie wholly between two octets of the text: where they begin, and what they stand
    /// for.
    pub(crate) fn masks_within(
        &self,
        from: usize,
        to: usize,
    ) -> impl Iterator<Item = (usize, Span)> {
        let within = move |(start, end, _): &&(usize, usize, Span)| from <= *start && *end <= to;
        let masks = self.masks.iter().filter(within);
        masks.map(|(start, _, secret)| (*start, *secret))
    }

    /// As [`Self::to_document`]; behind dots it is behind the secret.
    fn end_of(&self, at: usize) -> u32 {
        let mask = self.masks.iter().find(|(_, end, _)| *end == at);
        mask.map_or_else(|| self.to_document(at), |(.., secret)| secret.end)
    }
}

/// The octets in which two texts differ.
pub(crate) fn differing(old: &str, new: &str) -> Option<Place> {
    if old == new {
        return None;
    }
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let mut from = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(from) || !new.is_char_boundary(from) {
        from -= 1;
    }
    let most = a.len().min(b.len()) - from;
    let ends = a.iter().rev().zip(b.iter().rev());
    let mut behind = ends.take(most).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(a.len() - behind) || !new.is_char_boundary(b.len() - behind) {
        behind -= 1;
    }
    Some((from, a.len() - behind, b.len() - behind))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rc::mask;

    impl Rendered {
        fn change(&self, now: &str) -> Option<Change> {
            Some(self.put(now, &self.piece(now, None)?, &[]).0)
        }
    }

    fn whole(document: &Document) -> Span {
        Span {
            start: 0,
            end: document.len(),
        }
    }

    fn rendered(bytes: &[u8]) -> (Document, Rendered) {
        let document = Document::parse(bytes);
        let secrets = mask::secrets(&document);
        let rendered = Rendered::new(&document, whole(&document), &secrets);
        (document, rendered)
    }

    #[track_caller]
    fn check(bytes: &[u8], from: &str, to: &str, expected: &[u8]) {
        let (document, rendered) = rendered(bytes);
        assert!(rendered.text.contains(from), "{:?}", rendered.text);
        let now = rendered.text.replacen(from, to, 1);
        let change = rendered.change(&now).expect("a change");
        let after = document.change(&[change]);
        assert_eq!(after.bytes(), expected, "{now}");
    }

    #[test]
    fn secrets_are_dots_and_are_replaced_whole() {
        let file = b"poll a user x password \"s3\" keep\n";
        let (_, shown) = rendered(file);
        assert!(!shown.text.contains("s3"));
        check(
            file,
            "keep",
            "no keep",
            b"poll a user x password \"s3\" no keep\n",
        );
        check(
            file,
            "user x",
            "user y",
            b"poll a user y password \"s3\" keep\n",
        );
        check(file, MASK, "new", b"poll a user x password new keep\n");
        // A dot taken away, a letter put among them.
        check(file, MASK, "•••••", b"poll a user x password  keep\n");
        check(file, MASK, "•••z•••", b"poll a user x password z keep\n");
        // Across one.
        check(file, "x password ••", "y •", b"poll a user y  keep\n");
    }

    #[test]
    fn bytes_stay_what_they_are() {
        check(
            b"# caf\xe9\r\npoll a\n",
            "poll",
            "skip",
            b"# caf\xe9\r\nskip a\n",
        );
        check(b"# caf\xe9\n", "caf", "b\u{e4}r", b"# b\xe4r\xe9\n");
        check(
            "# 😀 ü\npoll ä\n".as_bytes(),
            "poll ä",
            "poll ö",
            "# 😀 ü\npoll ö\n".as_bytes(),
        );
        let (_, nul) = rendered(b"poll a\0b\n");
        assert!(nul.is_fixed);
        assert_eq!(nul.text, "poll a␀b\n");
    }

    /// Typed stroke by stroke before anybody has made a change of it.
    #[test]
    fn one_change_after_the_other() {
        let file = b"poll a user x password \"s3\" keep\nuser y password z\n";
        let (mut document, mut shown) = rendered(file);
        for (from, to) in [
            ("keep", "no keep"),
            ("user x", "user xy"),
            (MASK, "new"),
            ("user y", "user"),
        ] {
            let now = shown.text.replacen(from, to, 1);
            let change = shown.change(&now).expect("a change");
            shown = shown.after(&now, &change);
            document = document.change(&[change]);
        }
        assert_eq!(
            document.bytes(),
            b"poll a user xy password new no keep\nuser password z\n"
        );
        assert_eq!(
            shown.text,
            "poll a user xy password new no keep\nuser password ••••••\n"
        );
    }

    proptest! {
        /// What somebody makes of a text is what the bytes say afterwards.
        #[test]
        fn what_is_seen_is_what_is_written(
            bytes in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\n'), Just(b'"'), 97..123u8, 0x80..0xffu8], 0..60),
            at in 0..80_usize, length in 0..10_usize, with in "[a-zé \n]{0,6}",
        ) {
            let document = Document::parse(&bytes);
            let shown = Rendered::new(&document, whole(&document), &[]);
            let marks: Vec<usize> = shown.text.char_indices().map(|(at, _)| at).chain([shown.text.len()]).collect();
            let from = marks[at % marks.len()];
            let to = marks[(at % marks.len() + length).min(marks.len() - 1)];
            let now = [&shown.text[..from], &with, &shown.text[to..]].concat();
            let after = match shown.change(&now) {
                Some(change) => document.change(&[change]),
                None => document.clone(),
            };
            let again = Rendered { is_latin: shown.is_latin, ..Rendered::new(&after, whole(&after), &[]) };
            if shown.is_latin == std::str::from_utf8(&after.bytes()).is_err() {
                prop_assert_eq!(&again.text, &now);
            }
            if let Some(change) = shown.change(&now) {
                prop_assert_eq!(&shown.after(&now, &change).text, &now);
            }
            for mark in marks {
                prop_assert_eq!(shown.to_text(shown.to_document(mark)), mark);
            }
        }
    }
}
