//! A dump read back: the Python dictionary of `--configdump` becomes a file that says the same.
//!
//! Nothing is executed. [`python`] knows literals only, so deep and so long; what stands under a key
//! is told by the option table. What goes without saying is not said, so that the file is short.

mod options;
mod python;

use crate::base::i18n::{fill, gettext};
use crate::rc::document::Document;
use crate::rc::edit;
use crate::rc::fmt;
use python::{Broken, Dictionary, Literal};

/// What is usual where the dump is read: it need not be said.
#[derive(Clone, Copy, Debug)]
pub struct Usual<'a> {
    /// Who runs the program.
    pub user: &'a [u8],
    /// Whether that is root.
    pub is_root: bool,
    /// The id file when none is named.
    pub idfile: &'a [u8],
}

/// A file made of a dump. Passwords are in it.
#[derive(Clone)]
pub struct Taken {
    /// The file.
    pub text: Vec<u8>,
    /// Keys that nobody here knows: they are not in it.
    pub left_out: Vec<String>,
}

/// Why a dump is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It begins like no dump.
    #[error(
        "{}",
        gettext("This is no dump of a configuration: there is no “fetchmailrc = {” in it.")
    )]
    NoDump,
    /// Passwords were left out of it.
    #[error(
        "{}",
        gettext(
            "The passwords of this dump are masked, and saving it would lose them. Make it anew with --show-passwords, or with fetchmail."
        )
    )]
    Masked,
    /// It cannot be read.
    #[error("{}", at_line(&gettext("Line {line} of the dump cannot be read."), *line))]
    Broken {
        /// Where, from 1.
        line: usize,
    },
    /// Lists and dictionaries in each other without end.
    #[error("{}", at_line(&gettext("Line {line} of the dump is nested too deep."), *line))]
    Deep {
        /// Where, from 1.
        line: usize,
    },
    /// It is longer than a configuration can be.
    #[error("{}", gettext("The dump is too large to be a configuration."))]
    TooLarge,
    /// A key has a value that it cannot have.
    #[error("{}", fill(&gettext("The value of “{key}” in the dump cannot be read."), &[("key", key)]))]
    Odd {
        /// Which.
        key: String,
    },
    /// The language of the file has no way to say it.
    #[error(transparent)]
    Unsayable(#[from] edit::Refused),
}

impl From<Broken> for Refused {
    fn from(broken: Broken) -> Self {
        let line = broken.line;
        match broken.is_deep {
            true => Self::Deep { line },
            false => Self::Broken { line },
        }
    }
}

fn at_line(text: &str, line: usize) -> String {
    fill(text, &[("line", &line)])
}

/// What the dump says, as a file.
///
/// # Errors
/// Why it is not taken.
pub fn read(dump: &[u8], usual: &Usual) -> Result<Taken, Refused> {
    if dump.len() > Document::MAX {
        return Err(Refused::TooLarge);
    }
    let mut all = match python::dictionary(dump, b"fetchmailrc")? {
        Some(all) => all,
        None => return Err(Refused::NoDump),
    };
    if all
        .take("passwords_masked")
        .is_some_and(|mask| mask.is_true())
    {
        return Err(Refused::Masked);
    }
    let mut out = Out {
        usual,
        text: Vec::new(),
        left_out: Vec::new(),
    };
    let servers = all.take("servers");
    out.globals(all)?;
    for server in dictionaries(servers, "servers")? {
        out.server(server)?;
    }
    let document = Document::parse(&out.text);
    Ok(Taken {
        // Only the layout: what cannot be laid out stays as it is.
        text: fmt::format(&document).unwrap_or(out.text),
        left_out: out.left_out,
    })
}

/// The file so far.
struct Out<'u> {
    usual: &'u Usual<'u>,
    text: Vec<u8>,
    left_out: Vec<String>,
}

impl Out<'_> {
    fn globals(&mut self, mut of: Dictionary) -> Result<(), Refused> {
        for option in options::globals(&mut of, self.usual)? {
            self.line(&[b"set ", &option[..]].concat());
        }
        self.leave(of);
        Ok(())
    }

    fn server(&mut self, mut of: Dictionary) -> Result<(), Refused> {
        let users = of.take("users");
        let (head, options, about) = options::server(&mut of, self.usual)?;
        self.text.push(b'\n');
        self.line(&head);
        for option in options {
            self.line(&[b"    ", &option[..]].concat());
        }
        self.leave(of);
        for mut user in dictionaries(users, "users")? {
            for option in options::user(&mut user, self.usual, &about)? {
                self.line(&[b"    ", &option[..]].concat());
            }
            self.leave(user);
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8]) {
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
    }

    /// What is left says something, or nothing.
    fn leave(&mut self, of: Dictionary) {
        for key in of.telling() {
            if !self.left_out.contains(&key) {
                self.left_out.push(key);
            }
        }
    }
}

fn dictionaries(of: Option<Literal>, key: &str) -> Result<Vec<Dictionary>, Refused> {
    let odd = || Refused::Odd { key: key.into() };
    let list = match of {
        None | Some(Literal::None) => return Ok(Vec::new()),
        Some(Literal::List(list)) => list,
        Some(_) => return Err(odd()),
    };
    let dictionary = |one| match one {
        Literal::Dictionary(dictionary) => Ok(dictionary),
        _ => Err(odd()),
    };
    list.into_iter().map(dictionary).collect()
}

#[cfg(test)]
mod tests;
