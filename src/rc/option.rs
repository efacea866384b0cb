//! The table of options: every keyword of the file and every option of the command line that sets
//! one, declared once. Reader, command line, editor, manual, completions and `data/options.md` are
//! driven by it.

pub mod global;
mod page;
pub mod server;
pub mod user;
pub mod words;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

pub use page::Page;

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
    /// The title of its row in an editor; the key of its translation.
    pub label: &'static str,
    /// One to four sentences for a popover and the manual: meaning, units, danger; the key of their
    /// translation.
    pub about: &'static str,
    /// The page of an editor it stands on.
    pub page: Page,
    /// Its place on that page, from 1.
    pub rank: u8,
    /// What a person may search for besides its spellings and texts; lower case.
    pub synonyms: &'static [&'static str],
    /// Which releases know it and how; each is the key of its translation.
    pub notes: &'static [&'static str],
    /// Options to look at with it. Each of them names this one, too.
    pub related: &'static [Id],
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
            label: "",
            about: "",
            page: Page::Other,
            rank: 0,
            synonyms: &[],
            notes: &[],
            related: &[],
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

    const fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    const fn page(mut self, page: Page, rank: u8) -> Self {
        self.page = page;
        self.rank = rank;
        self
    }

    const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    const fn synonyms(mut self, synonyms: &'static [&'static str]) -> Self {
        self.synonyms = synonyms;
        self
    }

    const fn notes(mut self, notes: &'static [&'static str]) -> Self {
        self.notes = notes;
        self
    }

    const fn related(mut self, related: &'static [Id]) -> Self {
        self.related = related;
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

/// What a bare word of the file may mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meaning {
    /// 6.4.37's lexer takes it for something other than a string.
    pub is_reserved: bool,
    /// It may stand anywhere and means nothing.
    pub is_noise: bool,
    /// The option it means after `set`, in a server entry, in a user entry.
    pub options: [Option<Found>; 3],
}

impl Meaning {
    /// The option it means where one of `scope` is expected.
    pub fn option(&self, scope: Scope) -> Option<Found> {
        self.options.get(scope as usize).copied().flatten()
    }
}

/// What the tables know of a bare word; `None` for any other word.
pub fn meaning(word: &[u8]) -> Option<&'static Meaning> {
    type Index = HashMap<Vec<u8>, Meaning, BuildHasherDefault<Fnv>>;
    static INDEX: LazyLock<Index> = LazyLock::new(|| {
        let mut index = Index::default();
        for (word, is_noise) in words::reserved() {
            let meaning = index.entry(word).or_default();
            (meaning.is_reserved, meaning.is_noise) = (true, is_noise);
        }
        for keyword in all() {
            let plain = keyword.words.iter().map(|word| ((*word).to_owned(), false));
            for (word, is_negated) in plain.chain(keyword.run_ons().map(|word| (word, true))) {
                let meaning = index.entry(word.into_bytes()).or_default();
                meaning.is_reserved |= !keyword.is_later;
                if let Some(option) = meaning.options.get_mut(keyword.scope as usize) {
                    *option = Some(Found {
                        keyword,
                        is_negated,
                    });
                }
            }
        }
        index
    });
    if word.len() > LONGEST {
        return None;
    }
    INDEX.get(word)
}

/// No word of the tables is longer than `sslprotocolversion`; most paths and host names are.
const LONGEST: usize = 18;

/// Which option `word` means in `scope`.
pub fn find(scope: Scope, word: &[u8]) -> Option<Found> {
    meaning(word)?.option(scope)
}

/// Whether 6.4.37's lexer takes this bare word for something other than a string.
pub fn is_reserved(word: &[u8]) -> bool {
    meaning(word).is_some_and(|meaning| meaning.is_reserved)
}

/// The declaration of an option.
pub fn keyword(id: Id) -> &'static Keyword {
    static INDEX: LazyLock<HashMap<Id, &'static Keyword>> =
        LazyLock::new(|| all().map(|keyword| (keyword.id, keyword)).collect());
    // Every id is declared: a test counts them.
    INDEX.get(&id).copied().unwrap_or(&global::WORDS[0])
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
