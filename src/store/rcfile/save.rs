//! Writing a file of the person's: the rc file, its draft, `accounts.toml`.
//!
//! The old file or the new one is there at every moment, and at none can others read a byte of
//! either (rules R3, attack class A19): written beside the target, mode 0600 from the first byte,
//! `fsync`, a copy of the old one as `NAME~`, `rename`, `fsync` of the directory. All names are
//! taken in a directory held open, so that nothing moves underneath. A symbolic link stays a
//! link; its target is replaced. What the bytes mean is the caller's matter.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{AtFlags, Gid, Mode, OFlags, RenameFlags, Uid};
use sha2::{Digest, Sha256};

use super::{SIZE_MAX, Stamp};
use crate::base::i18n::{fill, gettext};

/// What a file held when it was read: the state a new version is based on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Base(Option<[u8; 32]>);

impl Base {
    /// There was no file.
    pub const NONE: Self = Self(None);

    /// There was a file of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Some(Sha256::digest(bytes).into()))
    }

    /// For another process of ours.
    pub fn to_words(self) -> String {
        let hex = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.0.map_or_else(|| "none".to_owned(), hex)
    }

    /// What [`Self::to_words`] has said.
    pub fn from_words(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::NONE);
        }
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(Some(bytes)))
    }
}

impl std::fmt::Debug for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some([a, b, c, d, ..]) => write!(f, "Base({a:02x}{b:02x}{c:02x}{d:02x})"),
            None => f.write_str("Base(no file)"),
        }
    }
}

/// Why a file was not written. The old one is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// It is no longer what the new version is based on.
    #[error("{}", about(&gettext("{path} was changed by another program meanwhile. Read it again before you save."), path))]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// The new version is larger than what is read.
    #[error("{}", about(&gettext("{path} would become larger than 16 MiB, and is not written."), path))]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// A directory, pipe, socket or device.
    #[error("{}", about(&gettext("{path} is not an ordinary file, and is not replaced by one."), path))]
    NotRegular {
        /// Which.
        path: PathBuf,
    },
    /// The directory does not let us create files in it.
    #[error("{}", about(&gettext("Nothing can be written in the directory of {path}. Make it writable, for example with chmod u+w."), path))]
    ReadOnly {
        /// Which.
        path: PathBuf,
    },
    /// Something else of the system's.
    #[error(transparent)]
    Disk(#[from] crate::store::Error),
}

/// Writes `bytes` as `path` if the file is still what `base` says; returns the next base. The old
/// version is kept as `NAME~`. Nothing is written when nothing has changed.
pub fn save(path: &Path, base: Base, bytes: &[u8]) -> Result<Base, SaveError> {
    save_by(path, base, bytes, &mut |_| Ok(()))
}

/// What a save is about to do; a test makes each of them fail and looks around before each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Open,
    Create,
    Write,
    Dress,
    Sync,
    CreateCopy,
    WriteCopy,
    SyncCopy,
    RenameCopy,
    Rename,
}

type Watch<'a> = &'a mut dyn FnMut(Step) -> io::Result<()>;

fn save_by(path: &Path, base: Base, bytes: &[u8], watch: Watch) -> Result<Base, SaveError> {
    let target = Target::open(path, watch).map_err(|error| refusal(path, &error))?;
    replace(&target, path, base, bytes, watch)
}

/// The same in a directory that is held open already, by a plain name; a link there is refused.
/// `path` is what the file is called when something is wrong.
pub fn save_in(
    directory: File,
    name: &OsStr,
    path: &Path,
    base: Base,
    bytes: &[u8],
) -> Result<Base, SaveError> {
    let name = name.to_owned();
    let target = Target { directory, name };
    let flags = AtFlags::SYMLINK_NOFOLLOW;
    let there = rustix::fs::statat(&target.directory, &target.name, flags);
    let is_regular = |stat: rustix::fs::Stat| {
        rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::RegularFile
    };
    if !there.map_or(true, is_regular) {
        let path = path.to_owned();
        return Err(SaveError::NotRegular { path });
    }
    replace(&target, path, base, bytes, &mut |_| Ok(()))
}

fn replace(
    target: &Target,
    path: &Path,
    base: Base,
    bytes: &[u8],
    watch: Watch,
) -> Result<Base, SaveError> {
    if bytes.len() as u64 > SIZE_MAX {
        let path = path.to_owned();
        return Err(SaveError::TooLarge { path });
    }
    let failed = |error: io::Error| refusal(path, &error);
    let old = target.read().map_err(failed)?;
    if let Some(old) = &old
        && !old.metadata.is_file()
    {
        let path = path.to_owned();
        return Err(SaveError::NotRegular { path });
    }
    let found = old.as_ref().map_or(Base::NONE, |old| Base::of(&old.bytes));
    let changed = || SaveError::Changed {
        path: path.to_owned(),
    };
    if found != base {
        return Err(changed());
    }
    let next = Base::of(bytes);
    if found == next {
        return Ok(next);
    }
    let fresh = target.make(bytes, old.as_ref(), watch).map_err(failed)?;
    if let Some(old) = &old {
        target.keep_copy(&old.bytes, watch).map_err(failed)?;
    }
    watch(Step::Rename).map_err(failed)?;
    // The copy may have taken a while; and between this look and the rename nothing waits.
    if target.stamp() != old.as_ref().map(|old| Stamp::from(&old.metadata)) {
        return Err(changed());
    }
    match fresh.rename(&target.name, old.is_none()) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(changed()),
        renamed => renamed.map_err(failed)?,
    }
    target.sync();
    Ok(next)
}

/// A directory held open and a name in it.
struct Target {
    directory: File,
    name: OsString,
}

/// The file as it is now.
struct Old {
    bytes: Vec<u8>,
    metadata: Metadata,
}

impl Target {
    /// Where `path` leads, links followed even to a file that is not there yet.
    fn open(path: &Path, watch: Watch) -> io::Result<Self> {
        watch(Step::Open)?;
        let mut path = std::path::absolute(path)?;
        // As many links as Linux itself follows (path_resolution(7)).
        for _ in 0..40 {
            let parent = path.parent().unwrap_or(Path::new("/")).to_owned();
            match std::fs::read_link(&path) {
                Ok(to) => path = parent.join(to),
                // Not a link, or nothing at all.
                Err(_) => {
                    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
                    let name = name.to_owned();
                    let directory = File::open(parent)?;
                    return Ok(Self { directory, name });
                }
            }
        }
        Err(rustix::io::Errno::LOOP.into())
    }

    fn read(&self) -> io::Result<Option<Old>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let flags = flags | OFlags::CLOEXEC;
        let file: File = match rustix::fs::openat(&self.directory, &self.name, flags, Mode::empty())
        {
            Ok(file) => file.into(),
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata()?;
        let mut bytes = Vec::new();
        if metadata.is_file() {
            file.take(SIZE_MAX + 1).read_to_end(&mut bytes)?;
        }
        Ok(Some(Old { bytes, metadata }))
    }

    fn stamp(&self) -> Option<Stamp> {
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        let stat = rustix::fs::statat(&self.directory, &self.name, flags).ok()?;
        Some(Stamp::from(&stat))
    }

    /// The new version under a name of its own, whole and durable, with the owner and, if it is
    /// one that shuts others out, the mode of the old one.
    fn make(&self, bytes: &[u8], old: Option<&Old>, watch: Watch) -> io::Result<Fresh<'_>> {
        watch(Step::Create)?;
        let mut fresh = Fresh::create(self)?;
        watch(Step::Write)?;
        fresh.file.write_all(bytes)?;
        watch(Step::Dress)?;
        if let Some(old) = old {
            fresh.dress(&old.metadata)?;
        }
        watch(Step::Sync)?;
        fresh.file.sync_all()?;
        Ok(fresh)
    }

    /// The old version as `NAME~`. What stands there, a link too, is replaced and not followed.
    fn keep_copy(&self, bytes: &[u8], watch: Watch) -> io::Result<()> {
        watch(Step::CreateCopy)?;
        let mut copy = Fresh::create(self)?;
        watch(Step::WriteCopy)?;
        copy.file.write_all(bytes)?;
        watch(Step::SyncCopy)?;
        copy.file.sync_all()?;
        watch(Step::RenameCopy)?;
        let mut name = self.name.clone();
        name.push("~");
        copy.rename(&name, false)
    }

    /// The new file is in its place whatever comes of this; only a power cut could tell.
    fn sync(&self) {
        if let Err(error) = self.directory.sync_all() {
            tracing::warn!(%error, "the directory of a saved file could not be synchronized");
        }
    }
}

/// A file that bears no name of ours yet; removed unless it gets one.
struct Fresh<'a> {
    target: &'a Target,
    name: OsString,
    file: File,
    is_named: bool,
}

impl<'a> Fresh<'a> {
    fn create(target: &'a Target) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut name = OsString::from(".");
        name.push(&target.name);
        name.push(format!(".{}-{count}", std::process::id()));
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let open = || rustix::fs::openat(&target.directory, &name, flags, mode);
        let file = match open() {
            // Of a run with this process number that was killed.
            Err(rustix::io::Errno::EXIST) => {
                rustix::fs::unlinkat(&target.directory, &name, AtFlags::empty())?;
                open()?
            }
            opened => opened?,
        };
        Ok(Self {
            target,
            name,
            file: file.into(),
            is_named: false,
        })
    }

    fn dress(&self, old: &Metadata) -> io::Result<()> {
        let own = self.file.metadata()?;
        if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
            let (uid, gid) = (Uid::from_raw(old.uid()), Gid::from_raw(old.gid()));
            // Only root may give files away; a file that is ours now is still ours to write.
            if let Err(error) = rustix::fs::fchown(&self.file, Some(uid), Some(gid)) {
                tracing::debug!(%error, "the owner of a saved file could not be kept");
            }
        }
        rustix::fs::fchmod(&self.file, kept(old.mode()))?;
        Ok(())
    }

    /// Gives it its name; with `is_first` only if nothing bears it.
    fn rename(mut self, name: &OsStr, is_first: bool) -> io::Result<()> {
        let directory = &self.target.directory;
        let flags = if is_first {
            RenameFlags::NOREPLACE
        } else {
            RenameFlags::empty()
        };
        use rustix::io::Errno;
        match rustix::fs::renameat_with(directory, &self.name, directory, name, flags) {
            // A file system, or a kernel, that cannot refuse to replace.
            Err(Errno::INVAL | Errno::NOSYS) if is_first => {
                rustix::fs::renameat(directory, &self.name, directory, name)?;
            }
            renamed => renamed?,
        }
        self.is_named = true;
        Ok(())
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        if !self.is_named {
            let flags = AtFlags::empty();
            rustix::fs::unlinkat(&self.target.directory, &self.name, flags).ok();
        }
    }
}

/// The mode of the new version: the old one's if it shut everybody else out and can be read.
fn kept(mode: u32) -> Mode {
    if mode & 0o077 == 0 && mode & 0o400 != 0 {
        Mode::from_raw_mode(mode & 0o700)
    } else {
        Mode::RUSR | Mode::WUSR
    }
}

fn refusal(path: &Path, error: &io::Error) -> SaveError {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    match error.kind() {
        PermissionDenied | ReadOnlyFilesystem => SaveError::ReadOnly {
            path: path.to_owned(),
        },
        _ => SaveError::Disk(crate::store::Error::disk(path, error)),
    }
}

fn about(text: &str, path: &Path) -> String {
    fill(text, &[("path", &path.display())])
}

#[cfg(test)]
mod tests;
