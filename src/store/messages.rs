//! Which messages went to whom lately, by Message-ID: a table on the disk that answers in a few
//! microseconds and holds at least the last [`EACH`] of them.
//!
//! ```text
//! postrider ids 1\n | entries u64 | slots u64 | slot 0 | slot 1 | ...      (little-endian)
//! slot: 12 octets of the message and its recipient, 4 of the server's copy; all 0 is empty
//! ```
//!
//! Open addressing, at most half full; when it is, a larger one takes its place, and beyond [`EACH`]
//! entries it becomes the older table, which is looked into as well until the next one does. Nothing
//! is synced: what a crash forgets costs a second copy at worst. What cannot be read is begun anew.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::atomic;

/// A message and one recipient of it, and the server's copy it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sent {
    /// Digest of what tells messages apart, and of the recipient.
    pub message: [u8; 12],
    /// Digest of the copy's UID; 0 if it has none.
    pub copy: [u8; 4],
}

/// The table.
#[derive(Debug)]
pub struct Messages {
    path: PathBuf,
    now: Option<Table>,
    before: Option<Table>,
    each: u64,
}

#[derive(Debug)]
struct Table {
    file: File,
    entries: u64,
    slots: u64,
}

/// Entries of a table before the next one begins.
pub const EACH: u64 = 1_000_000;

const MAGIC: &[u8; 16] = b"postrider ids 1\n";
const HEAD: u64 = 32;
const SLOT: usize = 16;
/// Slots of the first table.
const FEW: u64 = 1024;

impl Messages {
    /// Opens the table at `path`, which need not exist.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::with_size(path, EACH)
    }

    fn with_size(path: &Path, each: u64) -> io::Result<Self> {
        Ok(Self {
            now: Table::open(path)?,
            before: Table::open(&older(path))?,
            path: path.to_owned(),
            each,
        })
    }

    /// Whether the recipient has had the message from another copy than this one. The very same copy
    /// is fetched again because somebody wants it again.
    pub fn is_known(&self, sent: &Sent) -> io::Result<bool> {
        for table in [&self.now, &self.before].into_iter().flatten() {
            if let Some(copy) = table.find(&sent.message)?.1 {
                return Ok(copy != sent.copy || copy == [0; 4]);
            }
        }
        Ok(false)
    }

    /// Remembers that the recipient has the message.
    pub fn add(&mut self, sent: &Sent) -> io::Result<()> {
        let mut table = self.room()?;
        let (at, copy) = table.find(&sent.message)?;
        let added = match copy {
            Some(_) => Ok(()),
            None => table.put(at, sent),
        };
        self.now = Some(table);
        added
    }

    /// The present table, with room for one more.
    fn room(&mut self) -> io::Result<Table> {
        match self.now.take() {
            Some(table) if table.entries >= self.each => {
                drop(table);
                std::fs::rename(&self.path, older(&self.path))?;
                self.before = Table::open(&older(&self.path))?;
                Table::create(&self.path, FEW, None)
            }
            Some(table) if table.entries * 2 >= table.slots => {
                Table::create(&self.path, table.slots * 2, Some(&table))
            }
            Some(table) => Ok(table),
            None => Table::create(&self.path, FEW, None),
        }
    }
}

impl Table {
    /// `None` if there is none that can be used.
    fn open(path: &Path) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
        options.read(true).write(true).custom_flags(no_follow);
        let file = match options.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let length = file.metadata()?.len();
        let mut head = [0; HEAD as usize];
        let is_read = file.read_exact_at(&mut head, 0).is_ok();
        let (magic, rest) = head.split_at(MAGIC.len());
        let (entries, slots) = rest.split_at(8);
        let figure = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        let (entries, slots) = (figure(entries), figure(slots));
        let is_sound = is_read
            && magic == MAGIC
            && slots.is_power_of_two()
            && entries <= slots / 2
            && slots
                .checked_mul(SLOT as u64)
                .and_then(|n| n.checked_add(HEAD))
                == Some(length);
        if !is_sound {
            tracing::warn!(path = %path.display(), "not a table of messages; it is begun anew");
            return Ok(None);
        }
        Ok(Some(Self {
            file,
            entries,
            slots,
        }))
    }

    /// Another one in its place, with what the old one holds.
    fn create(path: &Path, slots: u64, old: Option<&Self>) -> io::Result<Self> {
        let mut entries = 0;
        let file = atomic::replace_with(path, ".new", |file| {
            file.set_len(HEAD + slots * SLOT as u64)?;
            let mut new = Self {
                file: file.try_clone()?,
                entries: 0,
                slots,
            };
            if let Some(old) = old {
                old.copy_to(&mut new)?;
            }
            entries = new.entries;
            new.write_head()
        })?;
        Ok(Self {
            file,
            entries,
            slots,
        })
    }

    fn copy_to(&self, new: &mut Self) -> io::Result<()> {
        let mut piece = vec![0; 4096 * SLOT];
        let mut at = 0;
        while at < self.slots {
            let count = (self.slots - at).min(4096) as usize;
            let piece = piece.get_mut(..count * SLOT).unwrap_or_default();
            self.file.read_exact_at(piece, HEAD + at * SLOT as u64)?;
            for slot in piece.as_chunks::<SLOT>().0 {
                if let Some(sent) = Sent::of_slot(slot) {
                    let (place, _) = new.find(&sent.message)?;
                    new.write_slot(place, &sent)?;
                    new.entries += 1;
                }
            }
            at += count as u64;
        }
        Ok(())
    }

    /// The slot where the message is or would be put, and the copy if it is there.
    fn find(&self, message: &[u8; 12]) -> io::Result<(u64, Option<[u8; 4]>)> {
        let start = message.first_chunk().copied().unwrap_or_default();
        let mut at = u64::from_le_bytes(start) & (self.slots - 1);
        for _ in 0..self.slots {
            let mut slot = [0; SLOT];
            self.file
                .read_exact_at(&mut slot, HEAD + at * SLOT as u64)?;
            match Sent::of_slot(&slot) {
                None => return Ok((at, None)),
                Some(sent) if sent.message == *message => return Ok((at, Some(sent.copy))),
                Some(_) => at = (at + 1) & (self.slots - 1),
            }
        }
        // Only a damaged table is full; the entry written over is forgotten.
        Ok((at, None))
    }

    fn put(&mut self, at: u64, sent: &Sent) -> io::Result<()> {
        self.write_slot(at, sent)?;
        self.entries += 1;
        self.write_head()
    }

    fn write_slot(&self, at: u64, sent: &Sent) -> io::Result<()> {
        let mut slot = [0; SLOT];
        let (message, copy) = slot.split_at_mut(sent.message.len());
        message.copy_from_slice(&sent.message);
        copy.copy_from_slice(&sent.copy);
        self.file.write_all_at(&slot, HEAD + at * SLOT as u64)
    }

    fn write_head(&self) -> io::Result<()> {
        let figures = [self.entries.to_le_bytes(), self.slots.to_le_bytes()];
        self.file
            .write_all_at(&[&MAGIC[..], figures.as_flattened()].concat(), 0)
    }
}

impl Sent {
    fn of_slot(slot: &[u8; SLOT]) -> Option<Self> {
        if *slot == [0; SLOT] {
            return None;
        }
        let (message, copy) = slot.split_at(12);
        Some(Self {
            message: message.try_into().ok()?,
            copy: copy.try_into().ok()?,
        })
    }
}

fn older(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".before");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(n: u64) -> Sent {
        // Spread as a digest is.
        let spread = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut message = [7; 12];
        message[..8].copy_from_slice(&spread.to_le_bytes());
        Sent {
            message,
            copy: (n as u32 + 1).to_le_bytes(),
        }
    }

    /// Another copy of the same message.
    fn twin(n: u64) -> Sent {
        Sent {
            copy: [0xff; 4],
            ..sent(n)
        }
    }

    #[test]
    fn remembers_over_restarts_while_it_grows() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ids");
        for round in 0..4 {
            let mut table = Messages::open(&path).unwrap();
            for n in round * 1000..(round + 1) * 1000 {
                assert!(!table.is_known(&twin(n)).unwrap());
                table.add(&sent(n)).unwrap();
                table.add(&sent(n)).unwrap();
                assert!(table.is_known(&twin(n)).unwrap());
                // The same copy once more is wanted.
                assert!(!table.is_known(&sent(n)).unwrap());
            }
            assert!((0..round * 1000).all(|n| table.is_known(&twin(n)).unwrap()));
        }
        let length = std::fs::metadata(&path).unwrap().len();
        assert_eq!(length, HEAD + 8192 * SLOT as u64);
    }

    #[test]
    fn a_server_without_names_has_no_same_copy() {
        let home = tempfile::tempdir().unwrap();
        let mut table = Messages::open(&home.path().join("ids")).unwrap();
        let nameless = Sent {
            copy: [0; 4],
            ..sent(1)
        };
        table.add(&nameless).unwrap();
        assert!(table.is_known(&nameless).unwrap());
    }

    #[test]
    fn the_oldest_go_first() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ids");
        let mut table = Messages::with_size(&path, 100).unwrap();
        for n in 0..250 {
            table.add(&sent(n)).unwrap();
        }
        drop(table);
        let table = Messages::with_size(&path, 100).unwrap();
        assert!((0..100).all(|n| !table.is_known(&twin(n)).unwrap()));
        assert!((100..250).all(|n| table.is_known(&twin(n)).unwrap()));
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn damage_is_begun_anew() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ids");
        let mut table = Messages::open(&path).unwrap();
        (0..10).for_each(|n| table.add(&sent(n)).unwrap());
        let good = std::fs::read(&path).unwrap();
        for bad in [
            Vec::new(),
            good[..good.len() - 1].to_vec(),
            vec![0xff; good.len()],
            [&good[..24], &[0; 8], &good[32..]].concat(),
        ] {
            std::fs::write(&path, bad).unwrap();
            let mut table = Messages::open(&path).unwrap();
            assert!(!table.is_known(&twin(1)).unwrap());
            table.add(&sent(1)).unwrap();
            assert!(table.is_known(&twin(1)).unwrap());
        }
        // Full of foreign entries: it ends all the same.
        let full = [&good[..32], &vec![1; good.len() - 32][..]].concat();
        std::fs::write(&path, full).unwrap();
        let mut table = Messages::open(&path).unwrap();
        assert!(!table.is_known(&twin(1)).unwrap());
        table.add(&sent(1)).unwrap();
    }
}
