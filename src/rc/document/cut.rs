//! Cutting bytes into blocks of tokens.

use std::sync::Arc;
use std::thread;

use crate::rc::lex::{Block, Kind, Lexer};

/// From this size on, in bytes, a file is cut at two places at once.
const LARGE: usize = 256 << 10;

/// Blocks cut one after the other.
pub struct Part {
    /// In order.
    pub blocks: Vec<Arc<Block>>,
    /// How many bytes they hold.
    pub length: usize,
    /// What was known of the place behind them; `None` at the end of the bytes.
    pub rest: Option<usize>,
}

/// Cuts until a token begins where `known`, asked for its offset, says what follows. What a token
/// is does not depend on those before it, so what follows may have been cut by somebody else.
pub fn until(mut lexer: Lexer, mut known: impl FnMut(usize, Kind) -> Option<usize>) -> Part {
    let mut part = Part {
        blocks: Vec::new(),
        length: 0,
        rest: None,
    };
    while let Some((bytes, tokens)) = lexer.block() {
        let met = tokens.iter().enumerate().find_map(|(index, token)| {
            let start = token.start() as usize;
            Some((index, start, known(part.length + start, token.kind())?))
        });
        let (index, length) = met.map_or((tokens.len(), bytes.len()), |(i, at, _)| (i, at));
        let (bytes, tokens) = (bytes.get(..length), tokens.get(..index));
        if let (Some(bytes), Some(tokens @ [_, ..])) = (bytes, tokens) {
            part.blocks.push(Arc::new(Block::new(bytes, tokens)));
        }
        part.length += length;
        if let Some((.., rest)) = met {
            part.rest = Some(rest);
            break;
        }
    }
    part
}

/// Cuts a whole file.
pub fn all(bytes: &[u8]) -> Vec<Arc<Block>> {
    match middle(bytes) {
        Some(middle) => halves(bytes, middle),
        None => alone(bytes),
    }
}

fn alone(bytes: &[u8]) -> Vec<Arc<Block>> {
    until(Lexer::new(bytes, true), |_, _| None).blocks
}

/// The start of a line about halfway through a large file.
fn middle(bytes: &[u8]) -> Option<usize> {
    let half = bytes.len() / 2;
    let line = memchr::memchr(b'\n', bytes.get(half..)?)?;
    let is_large = bytes.len() >= LARGE;
    is_large.then_some(half + line + 1)
}

/// Two threads cut one half each. The second begins as if a token did there; if none does, a string
/// reaching over the place, the first goes on until both agree.
fn halves(bytes: &[u8], middle: usize) -> Vec<Arc<Block>> {
    let (_, rear) = bytes.split_at(middle);
    thread::scope(|scope| {
        let cut = || until(Lexer::new(rear, false), |_, _| None).blocks;
        let Ok(thread) = thread::Builder::new().spawn_scoped(scope, cut) else {
            return alone(bytes);
        };
        let mut thread = Some(thread);
        let (mut rear, mut starts) = (Vec::new(), Vec::new());
        let mut front = until(Lexer::new(bytes, true), |at, _| {
            let at = at.checked_sub(middle)?;
            if let Some(blocks) = thread.take().and_then(|thread| thread.join().ok()) {
                starts = starts_of(&blocks);
                rear = blocks;
            }
            starts.binary_search(&at).ok()
        });
        if let Some(rest) = front.rest {
            front.blocks.extend(rear.drain(rest..));
        }
        front.blocks
    })
}

fn starts_of(blocks: &[Arc<Block>]) -> Vec<usize> {
    let ends = blocks.iter().scan(0, |end, block| {
        *end += block.bytes.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).take(blocks.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever the halves meet, or do not, they are what one would have cut.
    #[test]
    fn halves_are_a_whole() {
        let texts = [
            "poll a user b pass c\n# comment 'x\npoll d\n",
            "poll a user \"b\nc\" pass \"d\ne\" keep\n",
            "\u{feff}poll a user \"b\nc\n",
            "poll a folder 'x \\\n y' ''\n'\n z\n",
            "a\\\n\\\nb \\\n",
        ];
        for text in texts {
            for repeated in [1, 40, 200] {
                let bytes = text.repeat(repeated).into_bytes();
                let tokens = |blocks: &[Arc<Block>]| -> Vec<(usize, Kind)> {
                    let starts = starts_of(blocks);
                    let blocks = blocks.iter().zip(starts);
                    blocks
                        .flat_map(|(b, s)| {
                            b.tokens
                                .iter()
                                .map(move |t| (s + t.start() as usize, t.kind()))
                        })
                        .collect()
                };
                let wanted = alone(&bytes);
                let bytes_of = |blocks: &[Arc<Block>]| {
                    blocks
                        .iter()
                        .flat_map(|b| b.bytes.to_vec())
                        .collect::<Vec<u8>>()
                };
                for middle in (4..bytes.len()).step_by(1 + bytes.len() / 60) {
                    let found = halves(&bytes, middle);
                    assert_eq!(tokens(&found), tokens(&wanted), "{text:?} {middle}");
                    assert_eq!(bytes_of(&found), bytes, "{text:?} {middle}");
                }
            }
        }
    }
}
