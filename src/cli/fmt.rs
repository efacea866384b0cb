//! `postrider fmt`: the rc file in its canonical layout, on standard output or in its place. What is
//! printed is the file, passwords included, as `cat` prints it; messages never quote it.

use std::ffi::OsString;
use std::path::PathBuf;

use super::say;
use crate::base::i18n::{fill, gettext};
use crate::engine::oneshot::{read_rc, save_mended};
use crate::rc::Document;
use crate::rc::fmt::{Refused, format};

/// The statuses: done, not laid out, no file to read or write.
const DONE: u8 = 0;
const REFUSED: u8 = 5;
const UNREADABLE: u8 = 6;

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    /// The usual file if none is named; `-` is standard input.
    file: Option<OsString>,
    /// Write it in place of the file.
    write: bool,
}

/// Runs one invocation; `args` begin behind `fmt`.
pub fn run(args: &[OsString]) -> u8 {
    let Some(request) = parse(args) else {
        say::err(gettext("Usage: postrider fmt [--write] [FILE]"));
        return super::USAGE;
    };
    let (path, bytes) = match read(request.file.as_ref()) {
        Ok(read) => read,
        Err(sentence) => {
            say::err(format!("postrider: {sentence}"));
            return UNREADABLE;
        }
    };
    match format(&Document::parse(&bytes)) {
        Err(why) => {
            refuse(path.as_ref(), &why);
            REFUSED
        }
        Ok(mut laid_out) if !request.write => {
            // Whoever writes it to a file must not take a part for the whole.
            if say::bytes(&mut laid_out) {
                return DONE;
            }
            say::err(gettext("postrider: the output could not be written."));
            UNREADABLE
        }
        Ok(laid_out) => match path {
            Some(path) if laid_out != bytes => save(&path, &bytes, &laid_out),
            _ => DONE,
        },
    }
}

fn parse(args: &[OsString]) -> Option<Request> {
    let mut request = Request::default();
    let mut is_option = true;
    for arg in args {
        match arg.to_str().filter(|_| is_option) {
            Some("--write") => request.write = true,
            Some("--") => is_option = false,
            Some(word) if word.starts_with('-') && word != "-" => return None,
            _ if request.file.is_some() => return None,
            _ => request.file = Some(arg.clone()),
        }
    }
    let is_stdin = request.file.as_deref().is_some_and(|name| name == "-");
    (!(request.write && is_stdin)).then_some(request)
}

/// The file and where it is; nowhere for standard input. Who may read it does not matter.
fn read(file: Option<&OsString>) -> Result<(Option<PathBuf>, Vec<u8>), String> {
    if file.is_some_and(|name| name == "-") {
        let read = super::standard_input();
        return read
            .map(|bytes| (None, bytes))
            .map_err(|error| error.to_string());
    }
    let (path, bytes, _) = read_rc(file.map(AsRef::as_ref), false)?;
    Ok((Some(path), bytes))
}

fn refuse(path: Option<&PathBuf>, why: &Refused) {
    if let Refused::Errors(errors) = why {
        let name = path.map_or("-".to_owned(), |path| path.display().to_string());
        errors
            .iter()
            .for_each(|error| say::err(error.in_file(&name).to_string()));
    }
    say::err(format!("postrider: {why}"));
}

fn save(path: &std::path::Path, bytes: &[u8], laid_out: &[u8]) -> u8 {
    if let Err(error) = save_mended(path, bytes, laid_out) {
        say::err(format!("postrider: {error}"));
        return UNREADABLE;
    }
    let text = gettext("{path} was saved.");
    say::out(fill(&text, &[("path", &path.display())]));
    DONE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let check = |args: &[&str], expected: Option<(Option<&str>, bool)>| {
            let args: Vec<OsString> = args.iter().map(Into::into).collect();
            let expected = expected.map(|(file, write)| Request {
                file: file.map(OsString::from),
                write,
            });
            assert_eq!(parse(&args), expected, "{args:?}");
        };
        check(&[], Some((None, false)));
        check(&["rc"], Some((Some("rc"), false)));
        check(&["-"], Some((Some("-"), false)));
        check(&["--write"], Some((None, true)));
        check(&["--write", "rc"], Some((Some("rc"), true)));
        check(&["rc", "--write"], Some((Some("rc"), true)));
        check(&["--", "--write"], Some((Some("--write"), false)));
        check(&["--write", "-"], None);
        check(&["a", "b"], None);
        check(&["--bogus"], None);
    }
}
