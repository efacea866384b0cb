//! What a person wants of the program beyond its accounts: starting at login, notices. Kept where
//! the desktop looks for them, never in the rc file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, value};

use crate::ui::Kept;

/// Takes over what the wizard was told. What cannot be written is told in the log: mail is
/// collected all the same.
pub(super) fn take(starts_at_login: bool, notifies: bool) {
    let Some(config) = dirs::config_dir() else {
        return;
    };
    let autostart = config
        .join("autostart")
        .join(format!("{}.desktop", crate::APP_ID));
    if let Err(error) = set_autostart(&autostart, starts_at_login) {
        tracing::warn!(%error, path = %autostart.display(), "start at login");
    }
    let settings = settings(&config);
    if let Err(error) = set_notifies(&settings, notifies) {
        tracing::warn!(%error, path = %settings.display(), "settings");
    }
}

/// Whether notices of new mail are wanted; they are unless the settings say no.
pub(super) fn notifies() -> bool {
    dirs::config_dir().is_none_or(|config| reads_notifies(&settings(&config)))
}

/// What the editor was told in earlier runs.
pub(super) fn kept() -> Kept {
    let config = dirs::config_dir();
    config.map_or_else(Kept::default, |config| reads_kept(&settings(&config)))
}

/// Keeps what the editor was told.
pub(super) fn keep(kept: &Kept) {
    let Some(config) = dirs::config_dir() else {
        return;
    };
    let settings = settings(&config);
    if let Err(error) = set_kept(&settings, kept) {
        tracing::warn!(%error, path = %settings.display(), "settings");
    }
}

fn reads_kept(path: &Path) -> Kept {
    let document = fs::read_to_string(path).ok();
    let document = document.and_then(|text| text.parse::<DocumentMut>().ok());
    let read = || {
        let document = document?;
        let table = document.get("editor")?;
        let ignored = table.get("ignored").and_then(|list| list.as_array());
        let ignored = ignored.into_iter().flatten().filter_map(|key| key.as_str());
        let saves = table
            .get("saves_without_review")
            .and_then(|yes| yes.as_bool());
        Some(Kept {
            ignored: ignored.map(str::to_owned).collect(),
            saves_without_review: saves.unwrap_or_default(),
        })
    };
    read().unwrap_or_default()
}

fn set_kept(path: &Path, kept: &Kept) -> io::Result<()> {
    if reads_kept(path) == *kept {
        return Ok(());
    }
    change(path, |document| {
        let ignored: Array = kept.ignored.iter().map(String::as_str).collect();
        document["editor"]["ignored"] = value(ignored);
        document["editor"]["saves_without_review"] = value(kept.saves_without_review);
    })
}

fn settings(config: &Path) -> PathBuf {
    config.join("postrider").join("settings.toml")
}

fn reads_notifies(path: &Path) -> bool {
    let document = fs::read_to_string(path).ok();
    let document = document.and_then(|text| text.parse::<DocumentMut>().ok());
    let shown = document.and_then(|document| document.get("notifications")?.get("show")?.as_bool());
    shown.unwrap_or(true)
}

/// Changes one key; comments and other keys stay.
fn set_notifies(path: &Path, notifies: bool) -> io::Result<()> {
    if reads_notifies(path) == notifies {
        return Ok(());
    }
    change(path, |document| {
        document["notifications"]["show"] = value(notifies)
    })
}

fn change(path: &Path, how: impl FnOnce(&mut DocumentMut)) -> io::Result<()> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let mut document = text.parse::<DocumentMut>().map_err(io::Error::other)?;
    how(&mut document);
    write(path, &document.to_string())
}

/// The system's own file is left alone; ours stands over it (`ui.md` section 21).
fn set_autostart(path: &Path, is_on: bool) -> io::Result<()> {
    if !is_on {
        return match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let program = std::env::current_exe()?;
    write(path, &autostart(&program))
}

fn autostart(program: &Path) -> String {
    let program = quoted(&program.to_string_lossy());
    format!(
        "[Desktop Entry]\nType=Application\nName=Postrider\nIcon={id}\nExec={program} --hidden\n\
         X-GNOME-Autostart-Delay=20\nX-GNOME-UsesNotifications=true\n",
        id = crate::APP_ID
    )
}

/// An argument of `Exec` (Desktop Entry Specification, "The Exec key").
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            // The value is unescaped once as a string and once as an argument.
            '"' | '`' | '$' => out.extend(['\\', '\\', c]),
            '\\' => out.push_str("\\\\\\\\"),
            '%' => out.push_str("%%"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // The new file or the old one, whatever happens.
    let beside = path.with_extension("new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_changes_and_the_rest_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = settings(dir.path());
        assert!(reads_notifies(&path), "shown unless told otherwise");
        set_notifies(&path, true).unwrap();
        assert!(!path.exists(), "nothing to write");
        set_notifies(&path, false).unwrap();
        assert!(!reads_notifies(&path));
        let text = "# mine\nother = 3\n[notifications]\nshow = false # quiet\n";
        fs::write(&path, text).unwrap();
        set_notifies(&path, true).unwrap();
        let now = fs::read_to_string(&path).unwrap();
        assert!(
            now.contains("# mine\nother = 3") && now.contains("show = true"),
            "{now}"
        );
        fs::write(&path, "show = [").unwrap();
        assert!(
            set_notifies(&path, false).is_err(),
            "a broken file is not overwritten"
        );
    }

    #[test]
    fn what_the_editor_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = settings(dir.path());
        assert_eq!(reads_kept(&path), Kept::default());
        let kept = Kept {
            ignored: ["keep-uidl\th\tann\t0".into()].into(),
            saves_without_review: true,
        };
        set_notifies(&path, false).unwrap();
        set_kept(&path, &kept).unwrap();
        assert_eq!(reads_kept(&path), kept);
        assert!(!reads_notifies(&path));
        set_kept(&path, &Kept::default()).unwrap();
        assert_eq!(reads_kept(&path), Kept::default());
    }

    #[test]
    fn start_at_login_comes_and_goes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("autostart/x.desktop");
        set_autostart(&path, false).unwrap();
        set_autostart(&path, true).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.contains(" --hidden\n") && text.starts_with("[Desktop Entry]\n"),
            "{text}"
        );
        set_autostart(&path, false).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn programs_in_odd_places() {
        let check = |text: &str, expected: &str| assert_eq!(quoted(text), expected);
        check("/usr/bin/postrider-desktop", "/usr/bin/postrider-desktop");
        check("/opt/my apps/p", "\"/opt/my apps/p\"");
        check("/a$b%c", "\"/a\\\\$b%%c\"");
    }
}
