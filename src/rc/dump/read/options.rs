//! What the keys of a dump mean, by the option table.

use crate::base::Secret;
use crate::rc::account::{Auth, LocalName, Protocol};
use crate::rc::dump::read::python::{Dictionary, Literal};
use crate::rc::dump::read::{Refused, Usual};
use crate::rc::dump::view::needs_no_password;
use crate::rc::edit::write::{self, Style};
use crate::rc::option::server::TIMEOUT;
use crate::rc::option::{Dump, Id, Keyword, Kind, Scope, all, keyword, words};
use crate::rc::settings::Value;

type Result<T> = std::result::Result<T, Refused>;

/// The options of a part of the file, as they are written.
type Lines = Vec<Vec<u8>>;

/// What a user takes from its server.
pub struct About {
    needs_no_password: bool,
    is_active: bool,
}

/// A dictionary whose keys become options.
struct Keys<'d> {
    of: &'d mut Dictionary,
    lines: Lines,
}

/// What stands after `set`.
pub fn globals(of: &mut Dictionary, usual: &Usual) -> Result<Lines> {
    let mut keys = Keys {
        of,
        lines: Vec::new(),
    };
    if let Some(seconds) = keys.number("poll_interval")?.filter(|n| *n != 0) {
        keys.say(Id::Daemon, Value::Number(seconds))?;
    }
    keys.text_but(Id::Logfile, "logfile", None)?;
    keys.text_but(Id::Idfile, "idfile", Some(usual.idfile))?;
    let postmaster = if usual.is_root {
        b"postmaster"
    } else {
        usual.user
    };
    keys.text_but(Id::Postmaster, "postmaster", Some(postmaster))?;
    if keys.flag("syslog")? == Some(true) {
        keys.say(Id::Syslog, Value::Flag(true))?;
    }
    keys.plain(Scope::Global)?;
    Ok(keys.lines)
}

/// A server: its head, its options, and what its users take from it.
pub fn server(of: &mut Dictionary, usual: &Usual) -> Result<(Vec<u8>, Lines, About)> {
    let mut keys = Keys {
        of,
        lines: Vec::new(),
    };
    let label = keys.text("pollname")?.unwrap_or_default();
    let is_active = keys.flag("active")? != Some(false);
    let head: &[u8] = if is_active { b"poll " } else { b"skip " };
    let label = write::text(&label, &Style::default()).ok_or_else(|| odd("pollname"))?;
    let protocol = keys.protocol()?;
    let auth = keys.auth()?;
    keys.text_but(Id::Service, "service", None)?;
    let timeout = i32::try_from(TIMEOUT.as_secs()).ok();
    if let Some(seconds) = keys.number("timeout")?.filter(|n| Some(*n) != timeout) {
        // 0 and -1 mean the usual time; other negative numbers count, and are shown as 0.
        let seconds = if seconds == 0 { -2 } else { seconds };
        keys.say(Id::Timeout, Value::Number(seconds))?;
    }
    keys.envelope()?;
    keys.text_but(Id::Esmtpname, "esmtpname", Some(usual.user))?;
    keys.secret(Id::Esmtppassword, "esmtppassword", None)?;
    if keys.flag("badheader")? == Some(true) {
        keys.say(Id::BadHeader, Value::Choice("accept"))?;
    }
    keys.plain(Scope::Server)?;
    let about = About {
        needs_no_password: needs_no_password(auth, protocol),
        is_active,
    };
    Ok(([head, &label].concat(), keys.lines, about))
}

/// A user of that server.
pub fn user(of: &mut Dictionary, usual: &Usual, server: &About) -> Result<Lines> {
    let mut keys = Keys {
        of,
        lines: Vec::new(),
    };
    let remote = keys.text("remote")?.unwrap_or(usual.user.to_vec());
    keys.say(Id::User, Value::Text(remote.clone()))?;
    keys.local_names(usual)?;
    // A dump has the name for the password where none is needed.
    let filler = (server.needs_no_password && server.is_active).then_some(remote);
    keys.secret(Id::Password, "password", filler.as_deref())?;
    let hosts = keys.list("smtphunt")?;
    if !hosts.is_empty() && hosts != [b"localhost".to_vec()] {
        keys.say(Id::Smtphost, Value::List(hosts))?;
    }
    let domains = keys.list("fetchdomains")?;
    if !domains.is_empty() {
        keys.say(Id::Fetchdomains, Value::List(domains))?;
    }
    // Carriage returns go by themselves where a program delivers.
    let strips = keys.flag("stripcr")?;
    let mda = keys.text("mda")?;
    let has_mda = mda.is_some();
    if let Some(mda) = mda {
        keys.say(Id::Mda, Value::Text(mda))?;
    }
    keys.plain(Scope::User)?;
    if strips.is_some_and(|strips| strips != has_mda) {
        keys.say(Id::Stripcr, Value::Flag(strips == Some(true)))?;
    }
    Ok(keys.lines)
}

impl Keys<'_> {
    fn say(&mut self, id: Id, value: Value) -> Result<()> {
        let written = write::option(keyword(id), &value, &Style::default())?;
        self.lines.push(written);
        Ok(())
    }

    /// The options whose key holds their value as it is.
    fn plain(&mut self, scope: Scope) -> Result<()> {
        for keyword in all().filter(|keyword| keyword.scope == scope) {
            if let Dump::Plain(key) = keyword.dump
                && let Some(value) = self.value(keyword, key)?
            {
                self.say(keyword.id, value)?;
            }
        }
        self.codes()
    }

    /// What a key says, unless it goes without saying.
    fn value(&mut self, keyword: &'static Keyword, key: &str) -> Result<Option<Value>> {
        Ok(match keyword.kind {
            Kind::Flag => {
                let usual = keyword.default == "yes";
                self.flag(key)?.filter(|f| *f != usual).map(Value::Flag)
            }
            Kind::Number => {
                let usual = keyword.default.parse().unwrap_or(0);
                let number = self.number(key)?.filter(|n| *n != usual);
                number.map(Value::Number)
            }
            // Read by `codes`.
            Kind::Numbers => None,
            Kind::List => Some(self.list(key)?)
                .filter(|list| !list.is_empty())
                .map(Value::List),
            _ => self.text(key)?.map(Value::Text),
        })
    }

    /// Reply codes, as one string.
    fn codes(&mut self) -> Result<()> {
        let Some(codes) = self.text("antispam")? else {
            return Ok(());
        };
        let codes = String::from_utf8(codes).map_err(|_| odd("antispam"))?;
        let numbers = codes.split_ascii_whitespace().map(str::parse);
        let numbers: std::result::Result<Vec<i32>, _> = numbers.collect();
        match numbers.map_err(|_| odd("antispam"))? {
            none if none.is_empty() => Ok(()),
            numbers => self.say(Id::Antispam, Value::Numbers(numbers)),
        }
    }

    /// A string, unless it is the usual one.
    fn text_but(&mut self, id: Id, key: &str, usual: Option<&[u8]>) -> Result<()> {
        match self.text(key)? {
            Some(text) if Some(&text[..]) != usual => self.say(id, Value::Text(text)),
            _ => Ok(()),
        }
    }

    fn secret(&mut self, id: Id, key: &str, filler: Option<&[u8]>) -> Result<()> {
        match self.text(key)? {
            Some(text) if Some(&text[..]) != filler => {
                self.say(id, Value::Secret(Secret::new(text)))
            }
            _ => Ok(()),
        }
    }

    fn protocol(&mut self) -> Result<Protocol> {
        let protocol = match self.text("protocol")? {
            None => Protocol::Auto,
            // The packaged fetchmail has no POP2, and no name for it.
            Some(word) if word == b"unknown?!?" => Protocol::Pop2,
            Some(word) => words::protocol(&word).ok_or_else(|| odd("protocol"))?,
        };
        if protocol != Protocol::Auto {
            self.say(Id::Proto, Value::Protocol(protocol))?;
        }
        Ok(protocol)
    }

    /// fetchmail has no word for `external` in a dump: it leaves the key out.
    fn auth(&mut self) -> Result<Auth> {
        let auth = match self.text("auth")? {
            None => Auth::External,
            Some(word) => words::auth(&word).ok_or_else(|| odd("auth"))?.auth,
        };
        if auth != Auth::Any {
            self.say(Id::Auth, Value::Auth(auth))?;
        }
        Ok(auth)
    }

    fn envelope(&mut self) -> Result<()> {
        let name = match self.of.take("envelope") {
            None => return Ok(()),
            Some(Literal::None) => None,
            Some(literal) => Some(text("envelope", literal)?),
        };
        let skip = self.number("envskip")?.unwrap_or(0);
        let skip = u32::try_from(skip).map_err(|_| odd("envskip"))?;
        let header = |name: Option<Vec<u8>>, skip| Value::Envelope { skip, name };
        match (name, skip) {
            (Some(name), 0) if name == b"Received" => Ok(()),
            (Some(name), skip) => self.say(Id::Envelope, header(Some(name), skip)),
            (None, 0) => self.say(Id::Envelope, header(None, 0)),
            // The count outlives the header.
            (None, skip) => {
                self.say(Id::Envelope, header(Some(b"Received".to_vec()), skip))?;
                self.say(Id::Envelope, header(None, 0))
            }
        }
    }

    /// Names, pairs, and `'*'`, which is no name in single quotes.
    fn local_names(&mut self, usual: &Usual) -> Result<()> {
        let (mut names, mut wildcard) = (Vec::new(), false);
        let list = match self.of.take("localnames") {
            None | Some(Literal::None) => return Ok(()),
            Some(Literal::List(list)) => list,
            Some(_) => return Err(odd("localnames")),
        };
        for one in list {
            match one {
                Literal::Text { bytes, is_single } if is_single && bytes == b"*" => wildcard = true,
                Literal::Text { bytes, .. } => names.push(LocalName::plain(bytes)),
                Literal::List(pair) => {
                    let pair = strings("localnames", pair)?;
                    let pair = <[Vec<u8>; 2]>::try_from(pair).map_err(|_| odd("localnames"))?;
                    let [remote, local] = pair;
                    names.push(LocalName {
                        remote,
                        local,
                        is_pair: true,
                    });
                }
                _ => return Err(odd("localnames")),
            }
        }
        if names == [LocalName::plain(usual.user)] && !wildcard {
            return Ok(());
        }
        match names.is_empty() && !wildcard {
            true => Ok(()),
            false => self.say(Id::Is, Value::Names { names, wildcard }),
        }
    }

    fn text(&mut self, key: &str) -> Result<Option<Vec<u8>>> {
        match self.of.take(key) {
            None | Some(Literal::None) => Ok(None),
            Some(literal) => text(key, literal).map(Some),
        }
    }

    fn number(&mut self, key: &str) -> Result<Option<i32>> {
        match self.of.take(key) {
            None | Some(Literal::None) => Ok(None),
            Some(Literal::Number(number)) => i32::try_from(number).map(Some).map_err(|_| odd(key)),
            Some(_) => Err(odd(key)),
        }
    }

    fn flag(&mut self, key: &str) -> Result<Option<bool>> {
        Ok(self.number(key)?.map(|number| number != 0))
    }

    fn list(&mut self, key: &str) -> Result<Vec<Vec<u8>>> {
        match self.of.take(key) {
            None | Some(Literal::None) => Ok(Vec::new()),
            Some(Literal::List(list)) => strings(key, list),
            Some(_) => Err(odd(key)),
        }
    }
}

fn strings(key: &str, list: Vec<Literal>) -> Result<Vec<Vec<u8>>> {
    list.into_iter().map(|one| text(key, one)).collect()
}

fn text(key: &str, literal: Literal) -> Result<Vec<u8>> {
    match literal {
        Literal::Text { bytes, .. } => Ok(bytes),
        _ => Err(odd(key)),
    }
}

fn odd(key: &str) -> Refused {
    Refused::Odd { key: key.into() }
}
