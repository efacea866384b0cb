//! Writing the person's files: what would stop the polling is not written, and nothing is written
//! over what the person has not seen. The bytes' way to the disk is [`rcfile::save`].

use std::path::{Path, PathBuf};

use super::api::saving::{Base, Saved, Unsaved, Version, Which};
use super::source::{File, Source};
use crate::base::i18n::gettext;
use crate::rc::local::Local;
use crate::store::rcfile::{self, SaveError};
use crate::store::{Places, draft, local};

impl Source {
    /// Writes a new version of the rc file or of `accounts.toml`, or puts it down as a draft.
    pub(super) fn save(&self, version: &Version, which: Which, places: &Places) -> Saved {
        let (path, result) = match &self.file {
            _ if which == Which::Local => save_local(places, version),
            File::Text(_) => {
                let sentence =
                    gettext("The configuration came from standard input and cannot be saved.");
                (PathBuf::from("-"), Err(Unsaved::Refused(sentence)))
            }
            File::Path(path) if which == Which::Draft => {
                let put = draft::put(path, version.bytes.expose());
                let refused = |error: crate::store::Error| Unsaved::Refused(error.to_string());
                (draft::path_of(path), put.map_err(refused))
            }
            File::Path(path) => (path.clone(), self.save_checked(path, version)),
        };
        Saved {
            which,
            path,
            result,
        }
    }

    fn save_checked(&self, path: &Path, version: &Version) -> Result<Base, Unsaved> {
        let bytes = version.bytes.expose();
        self.check(bytes).map_err(Unsaved::Errors)?;
        rcfile::save(path, version.base, bytes).map_err(unsaved)
    }
}

/// An error in `accounts.toml` would stop every account: it is not written.
fn save_local(places: &Places, version: &Version) -> (PathBuf, Result<Base, Unsaved>) {
    let Some(path) = places.accounts_toml() else {
        let sentence = gettext("There is no home directory to keep accounts.toml in.");
        return (PathBuf::new(), Err(Unsaved::Refused(sentence)));
    };
    let bytes = version.bytes.expose();
    let name = path.display().to_string();
    let findings = Local::of_bytes(bytes).findings;
    let result = if findings.is_empty() {
        local::save(&path, version.base, bytes).map_err(unsaved)
    } else {
        Err(Unsaved::Errors(
            findings.iter().map(|f| f.in_file(&name)).collect(),
        ))
    };
    (path, result)
}

pub(super) fn unsaved(error: SaveError) -> Unsaved {
    match error {
        SaveError::Changed { .. } => Unsaved::Changed(error.to_string()),
        _ => Unsaved::Refused(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::base::Secret;
    use crate::rc::Overrides;

    #[test]
    fn errors_are_for_drafts_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rc");
        let home = dir.path().to_owned();
        let env = move |name: &str| (name == "HOME").then(|| home.clone().into_os_string());
        let places = Places::from_env(env, 1000, |_| None).unwrap();
        let old = "poll a user u\n";
        std::fs::write(&path, old).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let source = Source {
            file: File::Path(path.clone()),
            overrides: Overrides::default(),
            servers: vec!["no such entry".into()],
            user: "ann".into(),
            is_root: false,
        };
        let save = |base: Base, text: &str, which| {
            let bytes = Secret::new(text);
            source.save(&Version { base, bytes }, which, &places)
        };
        let local = "[[account]]\nlabel = 'b'\nuser = 'u'\nwatch = true\n";
        assert!(save(Base::NONE, local, Which::Local).result.is_ok());
        let wrong = save(Base::of(local.as_bytes()), "[[account]]\n", Which::Local);
        assert!(matches!(wrong.result, Err(Unsaved::Errors(_))));
        assert!(wrong.path.ends_with(".config/postrider/accounts.toml"));
        let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).ok();
        let base = Base::of(old.as_bytes());

        let bad = "poll a frobnicate\n";
        let refused = save(base, bad, Which::Rc);
        let errors = refused.result.unwrap_err();
        assert!(matches!(&errors, Unsaved::Errors(list) if list.len() == 1));
        assert!(errors.to_string().contains("rc:1:8"), "{errors}");
        assert_eq!(read("rc").as_deref(), Some(old));

        let drafted = save(Base::NONE, bad, Which::Draft);
        assert_eq!(drafted.result, Ok(Base::of(bad.as_bytes())));
        assert_eq!(drafted.path, dir.path().join("rc.draft"));
        assert_eq!(read("rc.draft").as_deref(), Some(bad));
        assert_eq!(read("rc").as_deref(), Some(old));

        let good = "poll b user u\n";
        assert_eq!(
            save(base, good, Which::Rc).result,
            Ok(Base::of(good.as_bytes()))
        );
        assert_eq!(
            (read("rc").as_deref(), read("rc~").as_deref()),
            (Some(good), Some(old))
        );
        let late = save(base, "poll c user u\n", Which::Rc).result;
        assert!(matches!(late, Err(Unsaved::Changed(_))), "{late:?}");

        let text = Source {
            file: File::Text(Vec::new()),
            ..source.clone()
        };
        let bytes = Secret::new(good);
        let refused = text
            .save(&Version { base, bytes }, Which::Rc, &places)
            .result;
        assert!(matches!(refused, Err(Unsaved::Refused(_))));
    }
}
