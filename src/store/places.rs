//! Where things live: rc file, id file, lock, state (`rcfile.md` section 1, `cli.md` section 6).
//!
//! fetchmail's variables mean what they mean to fetchmail 6.4.37: `HOME_ETC` moves the home,
//! `FETCHMAILHOME` moves rc file (without its dot), id file (dot kept) and lock; the lock of
//! root is in `/var/run` whatever is set. The environment is an argument.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::base::i18n::{fill, gettext};

/// Why the environment is not usable (fetchmail status 23).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacesError {
    /// `FETCHMAILHOME` names nothing.
    #[error("{}", not_a_directory(path))]
    NotADirectory {
        /// As given.
        path: PathBuf,
    },
}

/// The directories everything else is found from; all absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// `HOME_ETC`, else `HOME`, else the password database. `None` for a user without one.
    pub home: Option<PathBuf>,
    /// `FETCHMAILHOME`.
    pub fetchmail_home: Option<PathBuf>,
    /// Journal, status and history: `$XDG_STATE_HOME/postrider`, or `postrider` below
    /// `FETCHMAILHOME`, or `/var/lib/postrider` without a home.
    pub state_dir: PathBuf,
    /// `accounts.toml` and settings: `$XDG_CONFIG_HOME/postrider`. `None` without a home.
    pub config_dir: Option<PathBuf>,
    /// A person's own additions to what is installed: `$XDG_DATA_HOME/postrider`. `None` without a
    /// home.
    pub data_dir: Option<PathBuf>,
    /// The rc file of the whole computer.
    pub system_rc: PathBuf,
    /// A passwd(5) file in place of the system's users, with a group(5) file `group` beside it; for
    /// tests.
    pub passwd: Option<PathBuf>,
    is_root: bool,
}

impl Places {
    /// The places of this process.
    pub fn of_process() -> Result<Self, PlacesError> {
        let uid = rustix::process::getuid().as_raw();
        Self::from_env(|name| std::env::var_os(name), uid, home_of)
    }

    /// The places for user number `uid` in the environment `env`; `passwd` looks a home up in the
    /// password database. Empty variables count as unset.
    pub fn from_env(
        env: impl Fn(&str) -> Option<OsString>,
        uid: u32,
        passwd: impl Fn(u32) -> Option<PathBuf>,
    ) -> Result<Self, PlacesError> {
        let var = |name: &str| env(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        // The XDG base directory specification: relative values are to be ignored.
        let xdg = |name: &str| var(name).filter(|path| path.is_absolute());
        let own_home = var("HOME").or_else(|| passwd(uid)).map(absolute);
        let home = var("HOME_ETC").map(absolute).or_else(|| own_home.clone());
        let fetchmail_home = match var("FETCHMAILHOME") {
            // Something else than a directory fails when the rc file is opened, with status 6 as
            // in 6.4.37.
            Some(path) if path.exists() => Some(absolute(path)),
            Some(path) => return Err(PlacesError::NotADirectory { path }),
            None => None,
        };
        let xdg_home = own_home.as_ref().or(home.as_ref());
        let state_dir = match &fetchmail_home {
            Some(dir) => dir.join("postrider"),
            None => xdg("XDG_STATE_HOME")
                .or_else(|| Some(xdg_home?.join(".local/state")))
                .map_or_else(|| "/var/lib/postrider".into(), |dir| dir.join("postrider")),
        };
        let config_dir = xdg("XDG_CONFIG_HOME")
            .or_else(|| Some(xdg_home?.join(".config")))
            .map(|dir| dir.join("postrider"));
        let data_dir = xdg("XDG_DATA_HOME")
            .or_else(|| Some(xdg_home?.join(".local/share")))
            .map(|dir| dir.join("postrider"));
        Ok(Self {
            home,
            fetchmail_home,
            state_dir,
            config_dir,
            data_dir,
            system_rc: "/etc/fetchmailrc".into(),
            passwd: None,
            is_root: uid == 0,
        })
    }

    /// The rc file when none is named; `None` without a home.
    pub fn rcfile(&self) -> Option<PathBuf> {
        match &self.fetchmail_home {
            Some(dir) => Some(dir.join("fetchmailrc")),
            None => Some(self.home.as_ref()?.join(".fetchmailrc")),
        }
    }

    /// The id file when none is named.
    pub fn idfile(&self) -> PathBuf {
        let dir = self.fetchmail_home.as_ref().or(self.home.as_ref());
        dir.unwrap_or(&self.state_dir).join(".fetchids")
    }

    /// The lock when none is named.
    pub fn pidfile(&self) -> PathBuf {
        if self.is_root {
            let run = Path::new("/var/run");
            let dir = if run.is_dir() { run } else { Path::new("/etc") };
            return dir.join("fetchmail.pid");
        }
        match (&self.fetchmail_home, &self.home) {
            (Some(dir), _) => dir.join("fetchmail.pid"),
            (None, Some(home)) => home.join(".fetchmail.pid"),
            (None, None) => self.state_dir.join("fetchmail.pid"),
        }
    }

    /// `.netrc`, which `FETCHMAILHOME` does not move.
    pub fn netrc(&self) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(".netrc"))
    }

    /// What only Postrider knows of accounts.
    pub fn accounts_toml(&self) -> Option<PathBuf> {
        Some(self.config_dir.as_ref()?.join("accounts.toml"))
    }

    /// A person's own tables of providers.
    pub fn providers(&self) -> Option<PathBuf> {
        Some(self.data_dir.as_ref()?.join("providers.d"))
    }

    /// What the holder of the lock tells about itself.
    pub fn status_file(&self) -> PathBuf {
        self.state_dir.join("status.json")
    }
}

/// A file of the state directory that belongs to one id file: named by the hash of the id file's
/// absolute path and `suffix` (with its dot).
pub fn state_file(state_dir: &Path, idfile: &Path, suffix: &str) -> std::io::Result<PathBuf> {
    let absolute = std::path::absolute(idfile)?;
    let digest = Sha256::digest(absolute.as_os_str().as_bytes());
    let hash: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(state_dir.join(hash + suffix))
}

/// The home of a user by number. The name services behind the C library are asked only for the
/// own user with `HOME` unset; else `/etc/passwd` must do.
fn home_of(uid: u32) -> Option<PathBuf> {
    if std::env::var_os("HOME").is_none() {
        return dirs::home_dir();
    }
    home_in(&std::fs::read("/etc/passwd").ok()?, uid)
}

/// passwd(5): name:password:uid:gid:comment:home:shell.
fn home_in(passwd: &[u8], uid: u32) -> Option<PathBuf> {
    let uid = uid.to_string();
    passwd.split(|b| *b == b'\n').find_map(|line| {
        let mut fields = line.split(|b| *b == b':');
        let is_user = fields.nth(2)? == uid.as_bytes();
        let home = fields.nth(2).filter(|home| is_user && !home.is_empty())?;
        Some(PathBuf::from(OsStr::from_bytes(home)))
    })
}

fn not_a_directory(path: &Path) -> String {
    let text =
        gettext("FETCHMAILHOME names {path}, which is not a directory. Correct or unset it.");
    fill(&text, &[("path", &path.display())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(vars: &[(&str, &str)], uid: u32) -> Result<Places, PlacesError> {
        let env = |name: &str| {
            vars.iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| OsString::from(value))
        };
        Places::from_env(env, uid, |uid| (uid == 7).then(|| "/passwd".into()))
    }

    #[test]
    fn where_things_live() {
        let check = |vars: &[(&str, &str)], uid, rc: &str, ids: &str, pid: &str, state: &str| {
            let places = places(vars, uid).expect("usable");
            let rcfile = places.rcfile().unwrap_or_default();
            assert_eq!(rcfile, Path::new(rc), "{vars:?}");
            assert_eq!(places.idfile(), Path::new(ids), "{vars:?}");
            assert_eq!(places.pidfile(), Path::new(pid), "{vars:?}");
            assert_eq!(places.state_dir, Path::new(state), "{vars:?}");
        };
        check(
            &[("HOME", "/h")],
            7,
            "/h/.fetchmailrc",
            "/h/.fetchids",
            "/h/.fetchmail.pid",
            "/h/.local/state/postrider",
        );
        check(
            &[("HOME", "/h"), ("HOME_ETC", "/x"), ("XDG_STATE_HOME", "/s")],
            7,
            "/x/.fetchmailrc",
            "/x/.fetchids",
            "/x/.fetchmail.pid",
            "/s/postrider",
        );
        check(
            &[("HOME", ""), ("XDG_STATE_HOME", "relative")],
            7,
            "/passwd/.fetchmailrc",
            "/passwd/.fetchids",
            "/passwd/.fetchmail.pid",
            "/passwd/.local/state/postrider",
        );
        check(
            &[
                ("HOME", "/h"),
                ("HOME_ETC", "/x"),
                ("FETCHMAILHOME", "/usr"),
                ("XDG_STATE_HOME", "/s"),
            ],
            7,
            "/usr/fetchmailrc",
            "/usr/.fetchids",
            "/usr/fetchmail.pid",
            "/usr/postrider",
        );
        check(
            &[],
            8,
            "",
            "/var/lib/postrider/.fetchids",
            "/var/lib/postrider/fetchmail.pid",
            "/var/lib/postrider",
        );
    }

    #[test]
    fn the_lock_of_root() {
        for vars in [&[("HOME", "/root")], &[("FETCHMAILHOME", "/usr")]] {
            let pidfile = places(vars, 0).expect("usable").pidfile();
            let expected = ["/var/run/fetchmail.pid", "/etc/fetchmail.pid"].map(PathBuf::from);
            assert!(expected.contains(&pidfile), "{pidfile:?}");
        }
    }

    #[test]
    fn netrc_and_settings() {
        let vars = [
            ("HOME", "/h"),
            ("HOME_ETC", "/x"),
            ("FETCHMAILHOME", "/usr"),
        ];
        let places = places(&vars, 7).expect("usable");
        assert_eq!(places.netrc(), Some("/x/.netrc".into()));
        assert_eq!(places.config_dir, Some("/h/.config/postrider".into()));
        let providers = Path::new("/h/.local/share/postrider/providers.d");
        assert_eq!(places.providers().as_deref(), Some(providers));
        assert_eq!(
            places.status_file(),
            Path::new("/usr/postrider/status.json")
        );
    }

    #[test]
    fn fetchmail_home_must_be_there() {
        let check = |path: &str| {
            let refused = places(&[("FETCHMAILHOME", path)], 7);
            assert_eq!(
                refused,
                Err(PlacesError::NotADirectory { path: path.into() })
            );
        };
        check("/no/such/place");
        check("/etc/passwd/x");
        let relative = places(&[("FETCHMAILHOME", ".")], 7).expect("usable");
        assert!(relative.fetchmail_home.is_some_and(|dir| dir.is_absolute()));
    }

    #[test]
    fn homes_in_the_password_file() {
        let passwd = b"root:x:0:0:root:/root:/bin/sh\n+\nmail:x:8:8::/var/mail:\nnone:x:9:9:::\n";
        let check = |uid, expected: Option<&str>| {
            assert_eq!(home_in(passwd, uid), expected.map(PathBuf::from), "{uid}");
        };
        check(0, Some("/root"));
        check(8, Some("/var/mail"));
        check(9, None);
        check(10, None);
    }

    #[test]
    fn state_files_differ_by_id_file() {
        let name = |idfile: &str| state_file(Path::new("/s"), Path::new(idfile), ".journal").ok();
        assert_eq!(name("/a/.fetchids"), name("/a/./.fetchids"));
        assert_ne!(name("/a/.fetchids"), name("/b/.fetchids"));
    }
}
