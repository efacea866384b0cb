//! Secrets that were copied or taken out of the source, where they are dots: when the same dots are
//! put in again, the secrets are. Pure.

use super::render::{Place, Rendered};
use crate::base::Secret;
use crate::rc::document::Document;
use crate::rc::edit::Change;
use crate::rc::mask::MASK;

/// What is known of dots that may be put in.
#[derive(Debug, Default)]
pub(super) struct Dots {
    /// What was copied last, and what its dots stand for.
    copied: Option<Origin>,
    /// What is selected when something is put in: it is dragged, or pasted with the middle button.
    selected: Option<Origin>,
    /// What the last change took out, and where: it may be the first half of a replacement.
    taken: (u32, Vec<Hidden>),
}

/// Dots that were taken out.
#[derive(Clone, Debug)]
struct Hidden {
    /// The words before them.
    before: String,
    /// What they stood for.
    secret: Secret,
}

/// Words before dots by which they are known again: `user ada password`. Dots from elsewhere must not
/// become somebody's password.
const WORDS: usize = 3;

/// A text as it is shown, and what its dots stand for.
type Origin = (String, Vec<Secret>);

/// What somebody has changed.
pub(super) struct Typed {
    /// In the bytes.
    pub change: Change,
    /// What is shown then.
    pub after: Rendered,
    /// Dots that were put in are secrets.
    pub has_dots: bool,
}

impl Dots {
    /// The octets `from` to `to` of what is shown were copied.
    pub(super) fn copy(&mut self, shown: &Rendered, document: &Document, from: usize, to: usize) {
        self.copied = origin(shown, document, from, to);
    }

    /// They are selected, while something is about to change; `None`: nothing is.
    pub(super) fn select(
        &mut self,
        shown: &Rendered,
        document: &Document,
        range: Option<(usize, usize)>,
    ) {
        self.selected = range.and_then(|(from, to)| origin(shown, document, from, to));
    }

    /// What somebody has changed if the text reads `now`, and what is shown then; where it differs, if
    /// that is known. Dots whose origin is known are what they stood for.
    pub(super) fn change(
        &mut self,
        shown: &Rendered,
        document: &Document,
        now: &str,
        place: Option<Place>,
    ) -> Option<Typed> {
        let piece = shown.piece(now, place)?;
        let (from, to) = (piece.span.start, piece.span.end);
        let taken = hidden(shown, document, shown.to_text(from), shown.to_text(to));
        let (before, _) = shown.text.split_at(shown.to_text(from));
        let meant = self.meant(before, &piece.with, from, &taken);
        let has_dots = !meant.is_empty();
        let (change, after) = shown.put(now, &piece, &meant);
        self.taken = (from, taken);
        Some(Typed {
            change,
            after,
            has_dots,
        })
    }

    /// What the dots in a piece of text stand for that is put in behind `before`, `at` that byte; nothing
    /// if that is not known. `taken` is what it is put in the place of.
    fn meant(&self, before: &str, with: &str, at: u32, taken: &[Hidden]) -> Vec<Secret> {
        let count = with.matches(MASK).count();
        let only = with.chars().filter(|c| MASK.contains(*c)).count();
        if count == 0 || only != count * MASK.chars().count() {
            return Vec::new();
        }
        for (text, secrets) in [&self.copied, &self.selected].into_iter().flatten() {
            if text == with {
                return secrets.clone();
            }
        }
        let before: Vec<String> = with
            .match_indices(MASK)
            .map(|(at, _)| words_before(&[before, &with[..at]]))
            .collect();
        let is_same = |hidden: &&[Hidden]| {
            hidden.len() == count && hidden.iter().map(|one| &one.before).eq(&before)
        };
        let former = (self.taken.0 == at).then_some(&self.taken.1[..]);
        let hidden = [Some(taken), former].into_iter().flatten().find(is_same);
        let secrets = hidden.unwrap_or_default().iter();
        secrets.map(|one| one.secret.clone()).collect()
    }
}

/// `None` without dots.
fn origin(shown: &Rendered, document: &Document, from: usize, to: usize) -> Option<Origin> {
    let secrets = secrets(shown, document, from, to);
    let text = shown.text.get(from..to)?;
    (!secrets.is_empty()).then(|| (text.to_owned(), secrets))
}

/// What the dots stand for that lie wholly between two octets of what is shown.
fn secrets(shown: &Rendered, document: &Document, from: usize, to: usize) -> Vec<Secret> {
    let masks = shown.masks_within(from, to);
    masks
        .map(|(_, span)| Secret::new(document.slice(span)))
        .collect()
}

/// The same, with the words before them.
fn hidden(shown: &Rendered, document: &Document, from: usize, to: usize) -> Vec<Hidden> {
    let masks = shown.masks_within(from, to);
    let one = |(at, span)| Hidden {
        before: words_before(&[shown.text.get(..at).unwrap_or_default()]),
        secret: Secret::new(document.slice(span)),
    };
    masks.map(one).collect()
}

/// The last words of texts that follow on each other.
fn words_before(texts: &[&str]) -> String {
    // A word may be in both.
    let near = |text: &&str| {
        let start = text.char_indices().rev().nth(NEAR).map_or(0, |(at, _)| at);
        text.get(start..).unwrap_or_default().to_owned()
    };
    let near: String = texts.iter().map(near).collect();
    let words: Vec<&str> = near.split_whitespace().rev().take(WORDS).collect();
    words.join(" ")
}

/// Characters in which those words are looked for.
const NEAR: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rc::document::Span;
    use crate::rc::mask;

    /// A file, what is shown of it, and what is done to that.
    struct Desk(Document, Rendered, Dots);

    impl Desk {
        fn new(file: &str) -> Self {
            let document = Document::parse(file.as_bytes());
            let whole = Span {
                start: 0,
                end: document.len(),
            };
            let shown = Rendered::new(&document, whole, &mask::secrets(&document));
            Self(document, shown, Dots::default())
        }

        fn turns_to(&mut self, now: &str) {
            self.turns_at(now, None);
        }

        fn turns_at(&mut self, now: &str, place: Option<Place>) {
            let typed = self
                .2
                .change(&self.1, &self.0, now, place)
                .expect("a change");
            self.0 = self.0.change(&[typed.change]);
            self.1 = typed.after;
            assert_eq!(self.1.text, now);
        }

        #[track_caller]
        fn says(&self, file: &str) {
            assert_eq!(String::from_utf8_lossy(&self.0.bytes()), file);
            // Every place of the text is where the bytes are.
            let whole = Span {
                start: 0,
                end: self.0.len(),
            };
            let again = Rendered::new(&self.0, whole, &mask::secrets(&self.0));
            if again.text == self.1.text {
                assert_eq!(again, self.1);
            }
        }
    }

    const FILE: &str = "poll a user x password \"s3 é\" keep\npoll b user y password z\n";

    #[test]
    fn all_replaced_at_once_keeps_the_secrets() {
        let mut desk = Desk::new(FILE);
        let now = desk.1.text.replace("poll a", "poll office");
        desk.turns_to("");
        desk.says("");
        desk.turns_to(&now);
        desk.says(&FILE.replace("poll a", "poll office"));
        // Another stroke finds its place behind them.
        let now = now.replace("user y", "user yy");
        desk.turns_to(&now);
        desk.says(
            &FILE
                .replace("poll a", "poll office")
                .replace("user y", "user yy"),
        );
    }

    #[test]
    fn cut_and_put_elsewhere() {
        let mut desk = Desk::new(FILE);
        let text = desk.1.text.clone();
        let (first, second) = text.split_at(text.find("poll b").unwrap());
        desk.2.copy(&desk.1, &desk.0, 0, first.len());
        desk.turns_to(second);
        desk.turns_to(&[second, first].concat());
        let (a, b) = FILE.split_at(FILE.find("poll b").unwrap());
        desk.says(&[b, a].concat());
    }

    #[test]
    fn copied_and_put_in_twice() {
        let mut desk = Desk::new(FILE);
        let text = desk.1.text.clone();
        let at = text.find("poll b").unwrap();
        desk.2.copy(&desk.1, &desk.0, 0, at);
        for times in 2..4 {
            let now = [&text[..at].repeat(times), &text[at..]].concat();
            desk.turns_at(&now, Some((0, 0, at)));
            let (a, b) = FILE.split_at(FILE.find("poll b").unwrap());
            desk.says(&[&a.repeat(times), b].concat());
        }
    }

    /// One Latin-1 byte makes all of the file so.
    #[test]
    fn a_file_that_is_not_utf_8() {
        let bytes = b"# caf\xe9\npoll a user x password s3 keep\n";
        let document = Document::parse(bytes);
        let whole = Span {
            start: 0,
            end: document.len(),
        };
        let shown = Rendered::new(&document, whole, &mask::secrets(&document));
        let mut desk = Desk(document, shown, Dots::default());
        let text = desk.1.text.clone();
        let at = text.find("poll").unwrap();
        desk.turns_to(&text[..at]);
        desk.turns_to(&text);
        assert_eq!(desk.0.bytes(), bytes);
        desk.turns_to(&text.replace("user x", "user \u{fc}"));
        let expected = b"# caf\xe9\npoll a user \xfc password s3 keep\n";
        assert_eq!(desk.0.bytes(), expected);
    }

    /// Dragged: put in at one place while it is selected at another, and then taken out there.
    #[test]
    fn dragged_while_it_is_selected() {
        let mut desk = Desk::new(FILE);
        let text = desk.1.text.clone();
        let at = text.find("poll b").unwrap();
        desk.2.select(&desk.1, &desk.0, Some((0, at)));
        let now = format!("{text}{}", &text[..at]);
        desk.turns_at(&now, Some((text.len(), text.len(), now.len())));
        desk.2.select(&desk.1, &desk.0, None);
        desk.turns_at(&now[at..], Some((0, at, 0)));
        let (a, b) = FILE.split_at(FILE.find("poll b").unwrap());
        desk.says(&[b, a].concat());
    }

    /// Pasted over itself in one go.
    #[test]
    fn pasted_over_itself() {
        let mut desk = Desk::new(FILE);
        let text = desk.1.text.clone();
        let now = text.replace("poll a", "poll office");
        desk.turns_at(&now, Some((0, text.len(), now.len())));
        desk.says(&FILE.replace("poll a", "poll office"));
    }

    /// What stands behind begins as what is put in.
    #[test]
    fn each_keeps_its_own() {
        let mut desk = Desk::new("user x password a is p\nuser x password b is q\n");
        let text = desk.1.text.clone();
        let at = text.len() / 2;
        let (first, second) = text.split_at(at);
        desk.2.copy(&desk.1, &desk.0, 0, at);
        desk.turns_at(second, Some((0, at, 0)));
        desk.turns_at(&[first, second].concat(), Some((0, 0, at)));
        desk.says("user x password a is p\nuser x password b is q\n");
    }

    /// What somebody exported elsewhere is put in the place of an account: it gets no password of that.
    #[test]
    fn no_secret_goes_to_another_account() {
        let mut desk = Desk::new(FILE);
        let text = desk.1.text.clone();
        let at = text.find("poll b").unwrap();
        let foreign = format!("poll evil user eve password {MASK}\n");
        let now = format!("{foreign}{}", &text[at..]);
        desk.turns_at(&now, Some((0, at, foreign.len())));
        assert!(!desk.0.bytes().windows(2).any(|two| two == b"s3"));
        // Taken out first, and put in then.
        let mut desk = Desk::new(FILE);
        desk.turns_at(&text[at..], Some((0, at, 0)));
        desk.turns_at(&now, Some((0, 0, foreign.len())));
        assert!(!desk.0.bytes().windows(2).any(|two| two == b"s3"));
    }

    #[test]
    fn dots_of_unknown_origin_stay_dots() {
        let mut desk = Desk::new(FILE);
        let now = format!("{}poll c user z password {MASK}\n", desk.1.text);
        desk.turns_to(&now);
        assert!(
            desk.0
                .bytes()
                .ends_with(format!("password {MASK}\n").as_bytes())
        );
        // Taken out before the last change: it could be another account's.
        let mut desk = Desk::new(FILE);
        let rest = desk
            .1
            .text
            .split_at(desk.1.text.find("poll b").unwrap())
            .1
            .to_owned();
        desk.turns_to(&rest);
        let now = rest.replace("user y", "user yy");
        desk.turns_to(&now);
        desk.turns_to(&format!("{now}poll c user z password {MASK}\n"));
        assert!(
            desk.0
                .bytes()
                .ends_with(format!("password {MASK}\n").as_bytes())
        );
    }
}
