//! A Maildir on disk: names, temporary files, the step into `new/`.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{
    AtFlags, Mode, OFlags, RenameFlags, fsync, linkat, openat, renameat_with, unlinkat,
};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use crate::base::durable;

/// An open Maildir. Work is done relative to its open directories, so that nobody can move it from
/// under a delivery.
#[derive(Debug)]
pub struct Folder {
    /// Absolute path of the Maildir.
    pub path: PathBuf,
    tmp: OwnedFd,
    new: OwnedFd,
    host: String,
}

impl Folder {
    /// Opens a Maildir, making what is missing, readable by its owner only. The way to it is
    /// durable then.
    pub fn open(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        for name in ["tmp", "new", "cur"] {
            let mut make = DirBuilder::new();
            make.recursive(true).mode(0o700).create(path.join(name))?;
        }
        durable::sync_way_to(&path)?;
        let open = |name: &str| {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            rustix::fs::open(path.join(name), flags, Mode::empty())
        };
        Ok(Self {
            tmp: open("tmp")?,
            new: open("new")?,
            host: host_name(),
            path,
        })
    }

    /// A new file in `tmp/`, readable by its owner only, and its name.
    pub fn create(&self) -> io::Result<(File, String)> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let name = unique(&self.host);
            match openat(&self.tmp, name.as_str(), flags, Mode::RUSR | Mode::WUSR) {
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
                Ok(file) => return Ok((file.into(), name)),
            }
        }
    }

    /// Takes away what deliveries of ours left in `tmp/` that were killed before their files were
    /// in the journal. The mail of a program that is still at work stays.
    pub fn sweep(&self) {
        let names = match std::fs::read_dir(self.path.join("tmp")) {
            Ok(entries) => entries.flatten().map(|entry| entry.file_name()),
            Err(error) => return tracing::debug!(%error, "cannot look for leftovers"),
        };
        let is_ours = |name: &String| is_left_over(name, &self.host, is_running);
        for name in names
            .flat_map(std::ffi::OsString::into_string)
            .filter(is_ours)
        {
            tracing::info!(name, "removing what a killed delivery left");
            self.remove(&name);
        }
    }

    /// Takes a temporary file away. Failing leaves rubbish that mail programs clear after 36 hours.
    pub fn remove(&self, name: &str) {
        if let Err(error) = unlinkat(&self.tmp, name, AtFlags::empty()) {
            tracing::debug!(name, %error, "a temporary file stays");
        }
    }

    /// Where a temporary file is.
    pub fn tmp_path(&self, name: &str) -> PathBuf {
        self.path.join("tmp").join(name)
    }

    /// Makes the names in `tmp/` durable: after a crash, "absent from `tmp/`" then means "moved".
    pub fn sync_tmp(&self) -> io::Result<()> {
        Ok(fsync(&self.tmp)?)
    }

    /// Makes the names in `new/` durable.
    pub fn sync_new(&self) -> io::Result<()> {
        Ok(fsync(&self.new)?)
    }

    /// Moves a file from `tmp/` to `new/` and never onto another. Returns its path there.
    pub fn publish(&self, name: &str, size: u64) -> io::Result<PathBuf> {
        let public = format!("{name},S={size}");
        let moved = renameat_with(
            &self.tmp,
            name,
            &self.new,
            public.as_str(),
            RenameFlags::NOREPLACE,
        );
        match moved {
            // Old kernels and some network file systems do not know NOREPLACE.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                linkat(
                    &self.tmp,
                    name,
                    &self.new,
                    public.as_str(),
                    AtFlags::empty(),
                )?;
                self.remove(name);
            }
            result => result?,
        }
        Ok(self.path.join("new").join(public))
    }
}

/// A name no other delivery has: time, process, a count, host (maildir(5)). The mark tells our own
/// files from those of other programs.
fn unique(host: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = jiff::Timestamp::now();
    let (seconds, micros) = (now.as_second(), now.subsec_microsecond());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let process = std::process::id();
    format!("{seconds}.M{micros}P{process}Q{count}{MARK}.{host}")
}

/// Whether a file of this name was made by us, on this machine, in a process that is no more.
fn is_left_over(name: &str, host: &str, is_running: impl Fn(i32) -> bool) -> bool {
    let owner = || {
        let unique = name.strip_suffix(host)?.strip_suffix('.')?;
        let (_, rest) = unique.strip_suffix(MARK)?.split_once(".M")?;
        let (_, rest) = rest.split_once('P')?;
        rest.split_once('Q')?.0.parse().ok()
    };
    owner().is_some_and(|owner| !is_running(owner))
}

/// Whether there is a process of this number. It may be another by now; then the file stays until
/// that one has ended.
fn is_running(process: i32) -> bool {
    let pid = Pid::from_raw(process);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

/// Stands in the names of our files before the host.
const MARK: &str = "_postrider";

/// This machine's name with the two characters that mean something in a Maildir written in octal.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "localhost".to_owned(),
        name => name.replace('/', "\\057").replace(':', "\\072"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_those_of_dead_processes_of_ours() {
        let check = |name: &str, expected| {
            assert_eq!(
                is_left_over(name, "a.b", |pid| pid == 7),
                expected,
                "{name}"
            );
        };
        check("17.M5P8Q0_postrider.a.b", true);
        check("17.M5P7Q0_postrider.a.b", false);
        check("17.M5P8Q0.a.b", false);
        check("17.M5P8Q0_postrider.c.b", false);
        check("17.M5PQ0_postrider.a.b", false);
        check("_postrider.a.b", false);
        check("a.b", false);
        check(&unique("a.b"), true);
    }

    #[test]
    fn processes_run_or_not() {
        assert!(is_running(std::process::id().cast_signed()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(!is_running(child.id().cast_signed()));
        assert!(!is_running(0));
    }
}
