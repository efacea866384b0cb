//! What an editor does with files that are not the one that is polled by, and with drafts. Whatever
//! is read was named by the person; what is written goes the way of the rc file ([`rcfile`]).

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Context;
use super::failed::{Result, setup};
use crate::base::Secret;
use crate::base::i18n::gettext;
use crate::engine::api::job::{
    Beside, Diagnostic, DraftText, DumpText, Failed, FileDone, FileWish, Outcome, RcText,
};
use crate::engine::api::saving::{Base, Unsaved};
use crate::engine::oneshot::lint::gather;
use crate::engine::saving::unsaved;
use crate::engine::source::{File, Source};
use crate::rc::Document;
use crate::rc::dump::read::{self as dump, Usual};
use crate::rc::lint;
use crate::rc::lint::facts::FileFacts;
use crate::store::private::{self, Private, Refusal};
use crate::store::rcfile::{self, SIZE_MAX};
use crate::store::{draft, rcfile::SaveError};

/// The file of the whole system, as distributions have it.
const SYSTEM: &str = "/etc/fetchmailrc";

/// See [`Job::File`](crate::engine::api::job::Job::File).
pub async fn run(context: &Context, path: Option<PathBuf>, wish: FileWish) -> Result<Outcome> {
    let path = match path {
        Some(path) => path,
        None => own(context)?,
    };
    let done = match wish {
        FileWish::Read => FileDone::Read(text(path)?),
        FileWish::Save(version, which) => {
            let source = Source {
                file: File::Path(path),
                ..context.options.source.clone()
            };
            FileDone::Saved(source.save(&version, which, &context.options.places))
        }
        FileWish::Put(bytes) => put(&path, &bytes)?,
        FileWish::Lint => FileDone::Linted(looked_over(path).await?),
        FileWish::Undump => undumped(context, &path)?,
        FileWish::LookBeside => FileDone::Beside(beside(&path)),
        FileWish::DropDraft(base) => {
            draft::remove(&path, base).map_err(|error| setup(error.to_string()))?;
            FileDone::Dropped
        }
    };
    Ok(Outcome::File(Box::new(done)))
}

fn own(context: &Context) -> Result<PathBuf> {
    match &context.options.source.file {
        File::Path(path) => Ok(path.clone()),
        File::Text(_) => Err(setup(gettext(
            "The configuration came from standard input.",
        ))),
    }
}

fn read(path: &Path) -> Result<Private> {
    private::read_ordinary(path, true, SIZE_MAX).map_err(|refusal| setup(refusal.to_string()))
}

fn text(path: PathBuf) -> Result<RcText> {
    let bytes = read(&path)?.bytes;
    Ok(RcText {
        base: Base::of(&bytes),
        bytes: Secret::new(bytes),
        path,
    })
}

fn put(path: &Path, bytes: &Secret) -> Result<FileDone> {
    let base = match private::read_ordinary(path, true, SIZE_MAX) {
        Ok(found) => Base::of(&found.bytes),
        Err(Refusal::Missing { .. }) => Base::NONE,
        Err(refusal) => return Err(setup(refusal.to_string())),
    };
    match rcfile::save(path, base, bytes.expose()) {
        Ok(_) => Ok(FileDone::Put),
        Err(error) => Err(refused(error)),
    }
}

fn refused(error: SaveError) -> Box<Failed> {
    let why: Unsaved = unsaved(error);
    let failed = *setup(why.to_string());
    Box::new(Failed {
        unsaved: Some(why),
        ..failed
    })
}

/// The rules look at programs and folders of commands, which may be slow.
async fn looked_over(path: PathBuf) -> Result<Vec<Diagnostic>> {
    let found = read(&path)?;
    let facts = FileFacts {
        mode: found.metadata.mode() & 0o7777,
        owner: found.metadata.uid(),
        user: rustix::process::geteuid().as_raw(),
    };
    let work = move || {
        let document = Document::parse(&found.bytes);
        let facts = gather(&document, Some(&path), Some(facts));
        lint::check(&document, &facts)
    };
    let found = tokio::task::spawn_blocking(work).await;
    found.map_err(|error| setup(error.to_string()))
}

fn undumped(context: &Context, path: &Path) -> Result<FileDone> {
    let (source, places) = (&context.options.source, &context.options.places);
    let idfile = places.idfile();
    let usual = Usual {
        user: source.user.as_bytes(),
        is_root: source.is_root,
        idfile: idfile.as_os_str().as_encoded_bytes(),
    };
    let taken = dump::read(&read(path)?.bytes, &usual).map_err(|why| setup(why.to_string()))?;
    Ok(FileDone::Undumped(DumpText {
        bytes: Secret::new(taken.text),
        left_out: taken.left_out,
    }))
}

fn beside(path: &Path) -> Beside {
    let system = Path::new(SYSTEM);
    Beside {
        draft: draft::read(path).map(|draft| DraftText {
            bytes: Secret::new(draft.bytes),
            written: draft.written,
        }),
        system: (system.is_file() && path != system).then(|| system.to_owned()),
    }
}
