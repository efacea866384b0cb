//! Keeps a message until it is whole: in memory while it is small, then on disk without a name.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use rustix::fs::{MemfdFlags, Mode, OFlags};

/// A message in the making. Nothing of it survives this process: the file has no name.
#[derive(Debug)]
pub enum Spool {
    /// Up to [`IN_MEMORY`] octets.
    Memory(Vec<u8>),
    /// The whole message so far.
    Disk(tokio::fs::File),
}

impl Spool {
    /// An empty message.
    pub fn new() -> Self {
        Self::Memory(Vec::new())
    }

    /// Appends a chunk.
    pub async fn push(&mut self, chunk: &Bytes) -> io::Result<()> {
        use tokio::io::AsyncWriteExt;
        if let Self::Memory(text) = self {
            if text.len() + chunk.len() <= IN_MEMORY {
                text.extend_from_slice(chunk);
                return Ok(());
            }
            let mut file = unnamed(&directory())?;
            file.write_all(text)?;
            *self = Self::Disk(tokio::fs::File::from_std(file));
        }
        match self {
            Self::Memory(_) => Ok(()),
            Self::Disk(file) => file.write_all(chunk).await,
        }
    }

    /// The whole message as a file to be read from its start. The reader sees all of it even if
    /// this process dies: a pipe would end early, and look whole.
    pub async fn finish(self) -> io::Result<File> {
        use tokio::io::AsyncWriteExt;
        let mut file = match self {
            Self::Memory(text) => {
                let memory = rustix::fs::memfd_create("message", MemfdFlags::CLOEXEC);
                let mut file = match memory {
                    Ok(memory) => File::from(memory),
                    Err(_) => unnamed(&directory())?,
                };
                file.write_all(&text)?;
                file
            }
            Self::Disk(mut file) => {
                file.flush().await?;
                file.into_std().await
            }
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// All that `source` gives, as a file to be read from its start.
pub fn whole(source: &mut impl Read) -> io::Result<File> {
    let memory = rustix::fs::memfd_create("message", MemfdFlags::CLOEXEC);
    let mut file = match memory {
        Ok(memory) => File::from(memory),
        Err(_) => unnamed(&directory())?,
    };
    if io::copy(&mut source.take(IN_MEMORY as u64), &mut file)? == IN_MEMORY as u64 {
        let mut small = file;
        small.seek(SeekFrom::Start(0))?;
        file = unnamed(&directory())?;
        io::copy(&mut small, &mut file)?;
        io::copy(source, &mut file)?;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Where large messages wait: `$TMPDIR`, else `/var/tmp`, which is on a disk where `/tmp` may be
/// memory.
pub fn directory() -> PathBuf {
    let set = std::env::var_os("TMPDIR").map(PathBuf::from);
    set.filter(|path| path.is_absolute())
        .unwrap_or_else(|| "/var/tmp".into())
}

fn unnamed(directory: &Path) -> io::Result<File> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let mode = Mode::RUSR | Mode::WUSR;
    match rustix::fs::open(directory, flags, mode) {
        Ok(file) => Ok(file.into()),
        // Not every file system has O_TMPFILE (NFS has not).
        Err(_) => unlinked(directory),
    }
}

fn unlinked(directory: &Path) -> io::Result<File> {
    let mut tries = 0;
    loop {
        let nanos = jiff::Timestamp::now().as_nanosecond();
        let path = directory.join(format!("postrider-{}-{nanos}", std::process::id()));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < 10 => tries += 1,
            Err(error) => return Err(error),
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
        }
    }
}

/// Most octets of a message kept in memory.
const IN_MEMORY: usize = 128 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_goes_in_comes_out() {
        for (size, is_on_disk) in [(0, false), (IN_MEMORY, false), (IN_MEMORY + 1, true)] {
            let text: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let mut spool = Spool::new();
            for chunk in text.chunks(10_000) {
                spool.push(&Bytes::copy_from_slice(chunk)).await.unwrap();
            }
            assert_eq!(matches!(spool, Spool::Disk(_)), is_on_disk);
            let mut seen = Vec::new();
            let mut file = spool.finish().await.unwrap();
            file.read_to_end(&mut seen).unwrap();
            assert!(seen == text);
            let mut again = Vec::new();
            whole(&mut &text[..])
                .unwrap()
                .read_to_end(&mut again)
                .unwrap();
            assert!(again == text);
        }
    }

    #[test]
    fn no_name_is_left() {
        let directory = tempfile::tempdir().unwrap();
        for open in [unnamed, unlinked] {
            let mut file = open(directory.path()).unwrap();
            file.write_all(b"x").unwrap();
            assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        }
    }
}
