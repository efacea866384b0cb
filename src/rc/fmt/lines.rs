//! The parts of a document as lines.

use crate::rc::edit::write::{Style, arguments, option, text};
use crate::rc::fmt::parts::{Comment, Part, Says, Sheet};
use crate::rc::fmt::{Names, Refused};
use crate::rc::option::{Id, Keyword};
use crate::rc::settings::Value;

/// Writes all parts.
///
/// # Errors
/// The language cannot say one of them.
pub fn write(sheet: &Sheet, names: Names, line_end: &'static [u8]) -> Result<Vec<u8>, Refused> {
    let mut page = Page {
        out: Vec::new(),
        line_end,
    };
    let parts = &sheet.parts;
    let mut pulled = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let rest = parts.get(index + 1..).unwrap_or_default();
        let (mut line, mut behind) = (line(part)?, part.behind.as_ref());
        if let (Says::User(..), Names::Together) = (&part.what, names)
            && let Some((at, joined)) = join(part, rest)?
        {
            pulled.push(index + 1 + at);
            line = joined;
            behind = behind.or(rest.get(at).and_then(|part| part.behind.as_ref()));
        }
        if pulled.last() == Some(&index) {
            page.close_comments(&part.below, 8);
            continue;
        }
        page.part(
            part,
            index.checked_sub(1).and_then(|last| parts.get(last)),
            line,
            behind,
        );
    }
    let is_after_entry = parts
        .last()
        .is_some_and(|part| !matches!(part.what, Says::Global(..)));
    page.comments(&sheet.tail, 0, is_after_entry);
    Ok(page.out)
}

struct Page {
    out: Vec<u8>,
    line_end: &'static [u8],
}

impl Page {
    fn part(&mut self, part: &Part, last: Option<&Part>, line: Vec<u8>, behind: Option<&Vec<u8>>) {
        let depth = depth(&part.what);
        if part.what.is_statement() {
            let is_alike = matches!(part.what, Says::Global(..))
                && last.is_some_and(|last| matches!(last.what, Says::Global(..)));
            self.comments(&part.above, depth, !is_alike);
            let is_apart = part.is_apart || (part.above.is_empty() && !is_alike);
            self.apart(is_apart);
        } else {
            self.close_comments(&part.above, depth);
        }
        let mut line = line;
        if let Some(comment) = behind {
            line.push(b' ');
            line.extend(comment);
        }
        self.line(depth, &line);
        let below = if part.what.is_of_user() { 8 } else { 4 };
        self.close_comments(&part.below, below);
    }

    /// Comments with the empty lines between them, and one above if it `is_apart`.
    fn comments(&mut self, comments: &[Comment], depth: usize, is_apart: bool) {
        for (number, comment) in comments.iter().enumerate() {
            self.apart(comment.is_apart || (is_apart && number == 0));
            self.line(depth, &comment.text);
        }
    }

    /// Comments inside an entry.
    fn close_comments(&mut self, comments: &[Comment], depth: usize) {
        comments
            .iter()
            .for_each(|comment| self.line(depth, &comment.text));
    }

    /// An empty line, unless it would be the first.
    fn apart(&mut self, is_apart: bool) {
        if is_apart && !self.out.is_empty() {
            self.out.extend(self.line_end);
        }
    }

    fn line(&mut self, depth: usize, text: &[u8]) {
        self.out.resize(self.out.len() + depth, b' ');
        self.out.extend(text);
        self.out.extend(self.line_end);
    }
}

/// How far a part is indented.
fn depth(what: &Says) -> usize {
    match what {
        what if what.is_statement() => 0,
        Says::Option { is_named: true, .. } => 8,
        _ => 4,
    }
}

/// A part as it is written alone.
fn line(part: &Part) -> Result<Vec<u8>, Refused> {
    let style = Style::default();
    Ok(match &part.what {
        Says::Global(keyword, value) => [b"set ", &option(keyword, value, &style)?[..]].concat(),
        Says::Entry { is_active, label } => {
            let word: &[u8] = if *is_active { b"poll " } else { b"skip " };
            let label = text(label, &style).ok_or(Refused::Otherwise)?;
            [word, &label].concat()
        }
        Says::Defaults => b"defaults".to_vec(),
        Says::User(keyword, value) => [b"user ", &name(keyword, value)?[..]].concat(),
        Says::Option { keyword, value, .. } if matches!(keyword.id, Id::User | Id::Is) => {
            let place: &[u8] = if keyword.id == Id::User {
                b" there"
            } else {
                b""
            };
            [b"is ", &name(keyword, value)?[..], place].concat()
        }
        Says::Server(keyword, value) | Says::Option { keyword, value, .. } => {
            option(keyword, value, &style)?
        }
    })
}

/// A remote name, or local names with the word that ends them.
fn name(keyword: &'static Keyword, value: &Value) -> Result<Vec<u8>, Refused> {
    let mut name = arguments(keyword, value, &Style::default())?;
    if keyword.id == Id::Is {
        name.extend(b" here");
    }
    Ok(name)
}

/// `user REMOTE is LOCAL here`, if the user's other name is said in `rest` and its comments do not
/// hold it there, with the place of that part.
fn join(head: &Part, rest: &[Part]) -> Result<Option<(usize, Vec<u8>)>, Refused> {
    let Says::User(keyword, value) = &head.what else {
        return Ok(None);
    };
    let wanted = if keyword.id == Id::User {
        Id::Is
    } else {
        Id::User
    };
    let is_same_user = |part: &&Part| matches!(part.what, Says::Option { .. });
    let others = rest.iter().take_while(is_same_user).enumerate();
    let mut others = others.filter_map(|(at, part)| match &part.what {
        Says::Option { keyword, value, .. } if keyword.id == wanted => {
            Some((at, part, *keyword, value))
        }
        _ => None,
    });
    let Some((at, part, other, other_value)) = others.next() else {
        return Ok(None);
    };
    // Of several remote names the last counts.
    let is_only = wanted == Id::Is || others.next().is_none();
    let may_move = part.behind.is_none() || (at == 0 && head.behind.is_none());
    if !is_only || !may_move || !part.above.is_empty() {
        return Ok(None);
    }
    let (own, other) = (name(keyword, value)?, name(other, other_value)?);
    let (remote, local) = if wanted == Id::Is {
        (own, other)
    } else {
        (other, own)
    };
    Ok(Some((
        at,
        [b"user ", &remote[..], b" is ", &local].concat(),
    )))
}
