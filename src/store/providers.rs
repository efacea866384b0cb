//! A person's own tables of providers on the disk: `providers.d/*.toml`. What they say is
//! `rc::provider`'s matter. A file that cannot be used is told and does not stop the others.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::private::{self, Refusal};
use crate::base::i18n::{fill, gettext};

/// Largest file that is read, in octets.
const SIZE_MAX: u64 = 1 << 20;
/// Most files that are read.
const FILES: usize = 64;

/// Texts of the tables with their paths, by name; and what cannot be used, as sentences. Nothing at
/// all if there is no such directory.
pub fn read(directory: &Path) -> (Vec<(PathBuf, String)>, Vec<String>) {
    let entries = std::fs::read_dir(directory).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "toml"))
        .collect();
    paths.sort();
    let mut texts = Vec::new();
    let mut troubles = Vec::new();
    for path in paths.into_iter().take(FILES) {
        match text(&path) {
            Ok(text) => texts.push((path, text)),
            Err(sentence) => troubles.push(sentence),
        }
    }
    (texts, troubles)
}

/// Others may read a table, but must not write one: it decides where passwords go.
fn text(path: &Path) -> Result<String, String> {
    let uid = rustix::process::geteuid().as_raw();
    let test = |metadata: &std::fs::Metadata| {
        let path = path.to_owned();
        let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
        match () {
            () if !metadata.is_file() => Err(Refusal::NotRegular { path }),
            () if owner != uid && owner != 0 => Err(Refusal::NotOurs { path, owner }),
            () if mode & 0o022 != 0 => Err(Refusal::Exposed { path, mode }),
            () => Ok(()),
        }
    };
    let read = || {
        let named = std::fs::metadata(path).map_err(|error| Refusal::Unreadable {
            path: path.to_owned(),
            what: error.to_string(),
        })?;
        test(&named)?;
        let found = private::read(path, false, uid, SIZE_MAX)?;
        test(&found.metadata)?;
        Ok(found.bytes)
    };
    let bytes = read().map_err(|refusal: Refusal| refusal.to_string())?;
    String::from_utf8(bytes).map_err(|_| {
        let text = gettext("{path} is not UTF-8, so it cannot be a table of providers.");
        fill(&text, &[("path", &path.display())])
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn tables_in_order_and_troubles_beside() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(&dir.path().join("none")), (Vec::new(), Vec::new()));
        let put = |name: &str, bytes: &[u8], mode| {
            let path = dir.path().join(name);
            fs::write(&path, bytes).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        put("b.toml", b"two", 0o644);
        put("a.toml", b"one", 0o600);
        put("c.toml", b"\xff", 0o600);
        put("d.toml", b"four", 0o666);
        put("notes.txt", b"no", 0o600);
        put("big.toml", &vec![b'#'; SIZE_MAX as usize + 1], 0o600);
        fs::create_dir(dir.path().join("e.toml")).unwrap();
        rustix::fs::mkfifoat(
            rustix::fs::CWD,
            dir.path().join("f.toml"),
            rustix::fs::Mode::RUSR,
        )
        .unwrap();
        let (texts, troubles) = read(dir.path());
        let texts: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["one", "two"]);
        assert_eq!(troubles.len(), 5, "{troubles:?}");
        for (name, sentence) in ["big", "c", "d", "e", "f"].iter().zip(&troubles) {
            assert!(sentence.contains(&format!("{name}.toml")), "{sentence}");
        }
    }
}
