//! The command line of fetchmail, read as GNU getopt_long does: letters may be bundled, long
//! names abbreviated, options and servers mixed. Which options exist is told by the option table
//! and, for those that set no option of the file, by [`general`]. Pure: the current directory is
//! an argument.

pub mod general;
mod getopt;
pub mod usage;
mod value;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;
use crate::cli::parse::general::General;
use crate::cli::parse::getopt::{Item, Meaning};
use crate::rc::Overrides;
use crate::rc::account::{Auth, Protocol};
use crate::rc::option::{self, Id, Keyword, Sets};
use crate::rc::settings::{Setting, Value};

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// `-s`: errors only.
    Silent,
    /// One line a message.
    #[default]
    Normal,
    /// `-v` this many times: 1 shows the protocol, 2 more than that.
    Verbose(u8),
}

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// `-f`, against the current directory; `None` for the usual place.
    pub rc_file: Option<PathBuf>,
    /// `-f -`: the rc file is standard input.
    pub is_stdin: bool,
    /// `-s`, `-v`: the later one holds.
    pub verbosity: Verbosity,
    /// `-c`: only tell whether mail waits.
    pub check: bool,
    /// `-V`
    pub version: bool,
    /// `-?`
    pub help: bool,
    /// `--configdump`
    pub configdump: bool,
    /// `-q`: stop the running instance.
    pub quit: bool,
    /// Nothing follows `-q`, so that is all there is to do (cli.md section 7).
    pub quit_is_last: bool,
    /// `-y`
    pub yydebug: bool,
    /// `-d`, in seconds; also among `overrides`.
    pub daemon: Option<u32>,
    /// `-N`
    pub nodetach: bool,
    /// Server arguments, in order.
    pub servers: Vec<String>,
    /// Options that set something for every account, or globally.
    pub overrides: Overrides,
    /// `--strict-status`
    pub strict_status: bool,
    /// `--serial`: one account after the other, in file order.
    pub serial: bool,
    /// `--status`
    pub status: bool,
    /// `--log-format json`
    pub log_json: bool,
    /// `--show-passwords`
    pub show_passwords: bool,
}

/// What is wrong with a command line (exit status 5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `Display` says it
pub enum Error {
    Unknown { option: String },
    Ambiguous { option: String, candidates: String },
    NeedsArgument { option: String },
    TakesNoArgument { option: String },
    BadValue { option: String, value: String },
    SeveralTargets,
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, option, value) = match self {
            Error::Unknown { option } => (gettext("unknown option {option}"), &option[..], ""),
            Error::Ambiguous { option, candidates } => (
                gettext("option {option} is ambiguous: {value}"),
                &option[..],
                &candidates[..],
            ),
            Error::NeedsArgument { option } => (
                gettext("option {option} needs an argument"),
                &option[..],
                "",
            ),
            Error::TakesNoArgument { option } => (
                gettext("option {option} takes no argument"),
                &option[..],
                "",
            ),
            Error::BadValue { option, value } => (
                gettext("option {option} does not take {value}"),
                &option[..],
                &value[..],
            ),
            Error::SeveralTargets => {
                let text = gettext(
                    "only one of --smtphost, --mda and --bsmtp can be given, and only once",
                );
                (text, "", "")
            }
        };
        f.write_str(&fill(&text, &[("option", &option), ("value", &value)]))
    }
}

/// Reads the arguments after the program's name. Relative file names are taken against `cwd`.
///
/// # Errors
/// The first thing that cannot be understood.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    cwd: &Path,
) -> Result<Invocation, Error> {
    let arguments: Vec<Vec<u8>> = arguments.into_iter().map(OsString::into_vec).collect();
    let mut typed = Invocation::default();
    let mut targets = 0;
    for item in getopt::items(arguments)? {
        typed.quit_is_last = false;
        match item {
            Item::Server(name) => typed
                .servers
                .push(String::from_utf8_lossy(&name).into_owned()),
            Item::Option {
                meaning: Meaning::General(general),
                name,
                argument,
            } => {
                typed.general(general, &name, &argument, cwd)?;
            }
            Item::Option {
                meaning: Meaning::Keyword(keyword, sets),
                name,
                argument,
            } => {
                targets += usize::from(matches!(keyword.id, Id::Smtphost | Id::Mda | Id::Bsmtp));
                typed.keyword(keyword, sets, &name, &argument, cwd)?;
            }
        }
    }
    if targets > 1 {
        return Err(Error::SeveralTargets);
    }
    Ok(typed)
}

impl Invocation {
    fn general(
        &mut self,
        general: General,
        name: &str,
        argument: &[u8],
        cwd: &Path,
    ) -> Result<(), Error> {
        match general {
            General::Help => self.help = true,
            General::Version => self.version = true,
            General::Check => self.check = true,
            General::Silent => self.verbosity = Verbosity::Silent,
            General::Verbose => {
                self.verbosity = match self.verbosity {
                    Verbosity::Verbose(n) => Verbosity::Verbose(n.saturating_add(1)),
                    _ => Verbosity::Verbose(1),
                }
            }
            General::Nodetach => self.nodetach = true,
            General::Quit => (self.quit, self.quit_is_last) = (true, true),
            General::Fetchmailrc => {
                self.is_stdin = argument == b"-";
                let path = cwd.join(OsString::from_vec(argument.to_vec()));
                self.rc_file = Some(path).filter(|_| !self.is_stdin);
            }
            General::Configdump => self.configdump = true,
            General::Yydebug => self.yydebug = true,
            General::StrictStatus => self.strict_status = true,
            General::Serial => self.serial = true,
            General::Status => self.status = true,
            General::ShowPasswords => self.show_passwords = true,
            General::LogFormat => match argument {
                b"json" => self.log_json = true,
                b"text" => self.log_json = false,
                _ => return Err(bad(name, argument)),
            },
        }
        Ok(())
    }

    fn keyword(
        &mut self,
        keyword: &'static Keyword,
        sets: Sets,
        name: &str,
        argument: &[u8],
        cwd: &Path,
    ) -> Result<(), Error> {
        let value = match sets {
            Sets::On => Value::Flag(true),
            Sets::Off => Value::Flag(false),
            Sets::Value => {
                value::value(keyword.kind, argument, cwd).ok_or_else(|| bad(name, argument))?
            }
        };
        if keyword.id == Id::Daemon {
            self.daemon = Some(value.count());
        }
        if value == Value::Protocol(Protocol::Kpop) {
            self.say(Id::Service, Value::Text(b"kpop".to_vec()));
            self.say(Id::Auth, Value::Auth(Auth::KerberosV5));
        }
        self.overrides.say(Setting {
            keyword,
            value,
            origin: None,
        });
        Ok(())
    }

    fn say(&mut self, id: Id, value: Value) {
        if let Some(keyword) = option::all().find(|keyword| keyword.id == id) {
            self.overrides.say(Setting {
                keyword,
                value,
                origin: None,
            });
        }
    }
}

fn bad(option: &str, value: &[u8]) -> Error {
    Error::BadValue {
        option: option.to_owned(),
        value: quiet(value, 40),
    }
}

/// The last part of `argv[0]`, by which the program knows under which name it was called.
pub fn program_name(argv0: &OsStr) -> String {
    let name = Path::new(argv0).file_name().unwrap_or(argv0);
    quiet(name.as_encoded_bytes(), 40)
}

#[cfg(test)]
mod tests;
