//! A file from elsewhere becomes the rc file; the rc file is closed to others.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::failed::{Result, setup};
use super::{Context, End};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Failed, Outcome};
use crate::engine::api::saving::{Base, Unsaved, Version, Which};
use crate::engine::source::File;
use crate::rc::Document;

const RELOAD: End = End {
    reload: true,
    first: None,
};

/// Takes the file at `path` over. It is read by the rules of an rc file, so errors keep it out.
pub async fn import(context: &Context, path: &Path) -> Result<(Outcome, End)> {
    let bytes = read(path).map_err(|error| {
        let text = gettext("{path} cannot be read: {what}.");
        setup(fill(&text, &[("path", &path.display()), ("what", &error)]))
    })?;
    let version = Version {
        // There must be none: nothing of a person's is written over.
        base: Base::NONE,
        bytes: Secret::new(bytes),
    };
    let options = &context.options;
    let saved = options.source.save(&version, Which::Rc, &options.places);
    match saved.result {
        Ok(_) => Ok((Outcome::Imported, RELOAD)),
        Err(why) => Err(refused(why)),
    }
}

/// No more of it than a document may have.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let most = Document::MAX as u64;
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(most + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Mode 0600 for the rc file, if it is ours.
pub async fn make_private(context: &Context) -> Result<(Outcome, End)> {
    let File::Path(path) = &context.options.source.file else {
        return Err(setup(gettext(
            "The configuration came from standard input.",
        )));
    };
    match close(path) {
        Ok(()) => Ok((Outcome::Imported, RELOAD)),
        Err(error) => {
            let text = gettext("{path} cannot be closed to others: {what}.");
            Err(setup(fill(
                &text,
                &[("path", &path.display()), ("what", &error)],
            )))
        }
    }
}

/// A symbolic link is not followed to a file of somebody else.
fn close(path: &Path) -> std::io::Result<()> {
    let file = fs::File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() || about.uid() != rustix::process::geteuid().as_raw() {
        return Err(std::io::ErrorKind::PermissionDenied.into());
    }
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

fn refused(why: Unsaved) -> Box<Failed> {
    let failed = *setup(why.to_string());
    Box::new(Failed {
        unsaved: Some(why),
        ..failed
    })
}
