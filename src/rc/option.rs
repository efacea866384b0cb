//! The table of options: every keyword of the file and every option of the command line that sets
//! one, declared once. Reader, command line, forms and manual are driven by it.

pub mod global;
pub mod server;
pub mod user;
pub mod words;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use crate::rc::account::Globals;
use crate::rc::draft::Draft;
use crate::rc::dump::{Python, View};
use crate::rc::settings::Value;

/// Every option, in the order of the manual.
pub static TABLE: [&[Keyword]; 3] = [global::WORDS, server::WORDS, user::WORDS];

/// All declarations.
pub fn all() -> impl Iterator<Item = &'static Keyword> {
    TABLE.iter().flat_map(|part| part.iter())
}

/// One option.
#[derive(Clone, Copy)]
pub struct Keyword {
    /// Its name in code.
    pub id: Id,
    /// Spellings in the file; the first is the one to write.
    pub words: &'static [&'static str],
    /// Which statement it belongs to.
    pub scope: Scope,
    /// What follows it.
    pub kind: Kind,
    /// Whether it can be said with `no`.
    pub negation: Negation,
    /// A word of releases after 6.4.37: read only where an option is expected, so that it stays
    /// an ordinary string wherever 6.4.37 takes it for one.
    pub is_later: bool,
    /// On the command line.
    pub switches: &'static [Switch],
    /// What holds when nothing is said, as a person would write it; empty for nothing.
    pub default: &'static str,
    /// One line for people: the key of its translation.
    pub help: &'static str,
    /// What this version does about it.
    pub support: Support,
    /// How it stands in a dump of the configuration.
    pub dump: Dump,
    /// How it changes an account or the global settings.
    pub act: Act,
}

/// One way to say an option on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The letter.
    pub short: Option<u8>,
    /// Long names; all mean the same.
    pub long: &'static [&'static str],
    /// What it does.
    pub sets: Sets,
}

/// What a switch does to its option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sets {
    /// Turns the flag on.
    On,
    /// Turns it off.
    Off,
    /// Takes an argument.
    Value,
}

/// Where an option may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// After `set`.
    Global,
    /// In a server entry, before the first user option.
    Server,
    /// In a user entry.
    User,
}

/// What follows a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Flag,
    /// A whole number.
    Number,
    /// A string.
    Text,
    /// A string that is never shown.
    Secret,
    /// A file name; relative ones are taken against the directory of the rc file.
    Path,
    /// A command for the shell.
    Command,
    /// A service name or port number.
    Service,
    /// Strings up to the next keyword.
    List,
    /// Numbers up to the next keyword.
    Numbers,
    /// Local names or `remote=local` pairs, then perhaps `here`.
    Names,
    /// A protocol word.
    Protocol,
    /// A sign-in word.
    Auth,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A header name, perhaps after a count.
    Envelope,
    /// The user name that begins a user entry.
    User,
}

impl Kind {
    /// Whether saying it again adds to what was said.
    pub fn is_list(self) -> bool {
        matches!(self, Kind::List | Kind::Numbers | Kind::Names)
    }
}

/// Which negated forms exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negation {
    /// None.
    None,
    /// `no keep`
    Spaced,
    /// `no keep` and `nokeep`
    RunOn,
}

/// What this version does about an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// What the manual says.
    Acts,
    /// Understood, without effect so far; harmless to leave out. The reader says so.
    Warns,
    /// Leaving it out could lose, misdeliver or expose mail: an account with it is not polled.
    Refuses,
}

/// How an option changes what a poll works on.
#[derive(Clone, Copy)]
pub enum Act {
    /// A global setting.
    Global(fn(&mut Globals, &Value)),
    /// Part of an account.
    Account(fn(&mut Draft, &Value)),
    /// Nothing: opaque to us, or without effect so far.
    Nothing,
}

/// How an option stands in a configuration dump (rcfile.md section 7).
#[derive(Clone, Copy)]
pub enum Dump {
    /// Not at all.
    Nothing,
    /// Its value, as its kind is written, under this key.
    Plain(&'static str),
    /// What functions make of it, each under a key.
    Keys(&'static [Key]),
}

/// Makes what stands under a key.
pub type Make = for<'v> fn(&'v View<'v>) -> Python<'v>;

/// A key of a dump.
#[derive(Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub style: KeyStyle,
    /// What stands under it.
    pub make: Make,
}

/// How a key of a dump is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStyle {
    /// `"key":`, before strings.
    Double,
    /// `'key':`, before anything else.
    Single,
    /// `'key': `, before one that was written so once.
    Spaced,
}

/// A key before a string.
const fn string(name: &'static str, make: Make) -> Key {
    let style = KeyStyle::Double;
    Key { name, style, make }
}

/// A key before anything but a string.
const fn bare(name: &'static str, make: Make) -> Key {
    let style = KeyStyle::Single;
    Key { name, style, make }
}

/// A bare key with a blank behind its colon.
const fn spaced(name: &'static str, make: Make) -> Key {
    let style = KeyStyle::Spaced;
    Key { name, style, make }
}

impl std::fmt::Debug for Keyword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyword({})", self.name())
    }
}

impl Keyword {
    const fn new(scope: Scope, id: Id, kind: Kind, words: &'static [&'static str]) -> Self {
        Self {
            id,
            words,
            scope,
            kind,
            negation: Negation::None,
            is_later: false,
            switches: &[],
            default: "",
            help: "",
            support: Support::Acts,
            dump: Dump::Nothing,
            act: Act::Nothing,
        }
    }

    const fn no(mut self, negation: Negation) -> Self {
        self.negation = negation;
        self
    }

    const fn later(mut self) -> Self {
        self.is_later = true;
        self
    }

    const fn cli(mut self, switches: &'static [Switch]) -> Self {
        self.switches = switches;
        self
    }

    const fn default(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    const fn warns(mut self) -> Self {
        self.support = Support::Warns;
        self
    }

    const fn refuses(mut self) -> Self {
        self.support = Support::Refuses;
        self
    }

    const fn dump(mut self, key: &'static str) -> Self {
        self.dump = Dump::Plain(key);
        self
    }

    const fn dump_as(mut self, keys: &'static [Key]) -> Self {
        self.dump = Dump::Keys(keys);
        self
    }

    const fn global(mut self, act: fn(&mut Globals, &Value)) -> Self {
        self.act = Act::Global(act);
        self
    }

    const fn account(mut self, act: fn(&mut Draft, &Value)) -> Self {
        self.act = Act::Account(act);
        self
    }

    /// The spelling to write and to show.
    pub fn name(&self) -> &'static str {
        self.words.first().copied().unwrap_or_default()
    }

    /// The `no...` words of the file, glued on.
    pub fn run_ons(&self) -> impl Iterator<Item = String> + '_ {
        let words = if self.negation == Negation::RunOn {
            self.words
        } else {
            &[]
        };
        words.iter().map(|word| format!("no{word}"))
    }
}

/// A letter and long names that turn a flag on.
const fn on(short: Option<u8>, long: &'static [&'static str]) -> Switch {
    Switch {
        short,
        long,
        sets: Sets::On,
    }
}

/// A letter and long names that turn a flag off.
const fn off(short: Option<u8>, long: &'static [&'static str]) -> Switch {
    Switch {
        short,
        long,
        sets: Sets::Off,
    }
}

/// A letter and long names that take an argument.
const fn arg(short: Option<u8>, long: &'static [&'static str]) -> Switch {
    Switch {
        short,
        long,
        sets: Sets::Value,
    }
}

/// A word of the file, found where an option of `scope` is expected.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// Which option.
    pub keyword: &'static Keyword,
    /// It was the glued-on `no` form.
    pub is_negated: bool,
}

/// Fowler, Noll and Vo's hash (FNV-1a): words are short, and the table is ours.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Which option `word` means in `scope`.
pub fn find(scope: Scope, word: &[u8]) -> Option<Found> {
    type Index = HashMap<Vec<u8>, Found, BuildHasherDefault<Fnv>>;
    static INDEX: LazyLock<[Index; 3]> = LazyLock::new(|| {
        [Scope::Global, Scope::Server, Scope::User].map(|scope| {
            let mut index = Index::default();
            for keyword in all().filter(|keyword| keyword.scope == scope) {
                for word in keyword.words {
                    index.insert(
                        (*word).into(),
                        Found {
                            keyword,
                            is_negated: false,
                        },
                    );
                }
                for word in keyword.run_ons() {
                    index.insert(
                        word.into(),
                        Found {
                            keyword,
                            is_negated: true,
                        },
                    );
                }
            }
            index
        })
    });
    let [global, server, user] = &*INDEX;
    let index = match scope {
        Scope::Global => global,
        Scope::Server => server,
        Scope::User => user,
    };
    index.get(word).copied()
}

/// `preauthenticate`, the longest keyword of 6.4.37.
const LONGEST: usize = 15;

/// Whether 6.4.37's lexer takes this bare word for something other than a string.
pub fn is_reserved(word: &[u8]) -> bool {
    // Longer than any of them, as most paths and host names are.
    if word.len() > LONGEST {
        return false;
    }
    static RESERVED: LazyLock<HashSet<Vec<u8>, BuildHasherDefault<Fnv>>> = LazyLock::new(|| {
        let options = || all().filter(|keyword| !keyword.is_later);
        let glued = options().flat_map(Keyword::run_ons).map(String::into_bytes);
        let plain = options()
            .flat_map(|keyword| keyword.words)
            .map(|word| (*word).into());
        glued.chain(plain).chain(words::reserved()).collect()
    });
    RESERVED.contains(word)
}

/// Names of options in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the keywords' own names
#[rustfmt::skip]
pub enum Id {
    Daemon, Logfile, Idfile, Pidfile, Postmaster, Bouncemail, Spambounce, Softbounce, Syslog,
    Invisible, Showdots, GlobalProperties,
    Via, Proto, Localdomains, Port, Service, Auth, Timeout, Envelope, Qvirtual, Aka, Interface,
    Monitor, Plugin, Plugout, Dns, Checkalias, Uidl, Interval, Tracepolls, Principal, Esmtpname,
    Esmtppassword, BadHeader, RetrieveError, Idletimeout,
    User, Password, Is, Folder, Smtphost, Fetchdomains, Smtpaddress, Smtpname, Antispam, Mda,
    Bsmtp, Lmtp, Preconnect, Postconnect, Keep, Flush, Limitflush, Fetchall, Rewrite, Stripcr,
    Forcecr, Pass8bits, Dropstatus, Dropdelivered, Mimedecode, Idle, Ssl, Sslkey, Sslcert,
    Sslproto, Sslcertck, Sslcertfile, Sslcertpath, Sslcommonname, Sslfingerprint, Limit, Warnings,
    Fetchlimit, Fetchsizelimit, Fastuidl, Batchlimit, Expunge, Properties, Passwordfile,
    Passwordfd, Passwordeval, PwmdSocket, PwmdSocketArgs, PwmdFile, PinentryTimeout, Forceidle,
    Sslmode, Sslprotover, Moveto,
}

#[cfg(test)]
mod tests;
