//! Files put together from words that interact.

/// Knuth's MMIX generator; the high bits are the good ones.
pub struct Random(pub u64);

impl Random {
    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % bound
    }

    /// Mostly in order: server options, users, their options; now and then anything at all.
    pub fn file(&mut self, words: &[Vec<&str>]) -> String {
        let mut text = String::new();
        if self.below(3) == 0 {
            text.push_str("defaults ");
            self.entry(words, 1, &mut text);
        }
        for _ in 0..=self.below(2) {
            text.push_str(["poll foo ", "poll bar\n", "server quux ", "skip x "][self.below(4)]);
            self.entry(words, 2, &mut text);
        }
        text
    }

    fn entry(&mut self, words: &[Vec<&str>], users: usize, text: &mut String) {
        for _ in 0..self.below(4) {
            self.word(words, 0, text);
        }
        for _ in 0..self.below(users + 1) {
            self.word(words, 1, text);
            for _ in 0..self.below(5) {
                self.word(words, 2, text);
            }
        }
        text.push('\n');
    }

    fn word(&mut self, words: &[Vec<&str>], part: usize, text: &mut String) {
        let part = if self.below(40) == 0 {
            self.below(words.len())
        } else {
            part
        };
        let part = words[part].as_slice();
        text.push_str(part[self.below(part.len())]);
        text.push_str([" ", " ", " ", "\n", "\t", ", "][self.below(6)]);
    }
}
