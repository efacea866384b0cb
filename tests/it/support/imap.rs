//! The IMAP half of [`super::server`]: RFC 3501 as far as a fetching client goes, with SASL-IR
//! (RFC 4959), LITERAL+ (RFC 7888), UIDPLUS (RFC 4315) and IDLE (RFC 2177).

use std::io;

use super::imap_words::{Word, literal_size, words};
use super::login::{self, Sasl};
use super::server::Shared;
use super::wire::Wire;
use super::{imap_fetch, imap_mail};

/// A folder as this session sees it.
pub struct Selected {
    /// Whose.
    pub user: String,
    /// Which.
    pub folder: String,
    /// UIDs by sequence number.
    pub view: Vec<u32>,
    /// By EXAMINE, or by the server's will.
    pub is_read_only: bool,
}

struct Session<'a> {
    shared: &'a Shared,
    user: Option<String>,
    selected: Option<Selected>,
}

/// Serves one connection until it ends.
pub async fn serve(wire: &mut Wire, shared: &Shared) -> io::Result<()> {
    let mut session = Session {
        shared,
        user: None,
        selected: None,
    };
    let greeting = format!(
        "* OK [CAPABILITY {}] mail.example.org ready",
        session.capabilities(wire)
    );
    wire.say(&greeting).await?;
    while let Some(command) = read_command(wire).await? {
        let Some(words) = words(&command).filter(|words| words.len() > 1) else {
            wire.say("* BAD cannot read this").await?;
            continue;
        };
        let (tag, verb) = (words[0].text(), words[1].upper());
        if verb == "LOGOUT" {
            wire.say("* BYE see you").await?;
            return wire.say(&format!("{tag} OK done")).await;
        }
        let answer = session.command(wire, &tag, &verb, &words[2..]).await?;
        if !answer.is_empty() {
            wire.say(&format!("{tag} {answer}")).await?;
        }
    }
    Ok(())
}

/// A line and the literals in it.
async fn read_command(wire: &mut Wire) -> io::Result<Option<Vec<u8>>> {
    let mut command = Vec::new();
    loop {
        let Some(line) = wire.line().await? else {
            return Ok(None);
        };
        command.extend_from_slice(&line);
        let Some((size, waits)) = literal_size(&line) else {
            return Ok(Some(command));
        };
        if waits {
            wire.say("+ go on").await?;
        }
        let Some(octets) = wire.exactly(size).await? else {
            return Ok(None);
        };
        command.extend_from_slice(b"\r\n");
        command.extend_from_slice(&octets);
    }
}

const BAD: &str = "BAD not like this";

impl Session<'_> {
    fn capabilities(&self, wire: &Wire) -> String {
        let manner = &wire.manner;
        let is_barred = manner.login_needs_tls && !wire.is_protected();
        let mut all = vec!["IMAP4rev1".to_owned()];
        let is_outside = self.user.is_none();
        let offers = [
            (manner.modern, "SASL-IR LITERAL+ ID NAMESPACE"),
            (manner.idle, "IDLE"),
            (manner.uidplus, "UIDPLUS"),
            (
                is_outside && manner.offers_starttls && !wire.is_protected(),
                "STARTTLS",
            ),
            (is_outside && is_barred, "LOGINDISABLED"),
        ];
        all.extend(
            offers
                .iter()
                .filter(|(on, _)| *on)
                .map(|(_, name)| (*name).to_owned()),
        );
        if is_outside && !is_barred {
            all.extend(manner.mechanisms.iter().map(|m| format!("AUTH={m}")));
        }
        all.join(" ")
    }

    /// Does one command; the answer is what stands behind the tag, nothing if that was said.
    async fn command(
        &mut self,
        wire: &mut Wire,
        tag: &str,
        verb: &str,
        args: &[Word],
    ) -> io::Result<String> {
        match verb {
            "CAPABILITY" => {
                wire.say(&format!("* CAPABILITY {}", self.capabilities(wire)))
                    .await?;
                return Ok("OK done".to_owned());
            }
            "NOOP" | "CHECK" => {
                self.announce(wire).await?;
                return Ok("OK done".to_owned());
            }
            "ID" => {
                wire.say("* ID (\"name\" \"fake\")").await?;
                return Ok("OK done".to_owned());
            }
            _ => {}
        }
        if self.user.is_none() {
            return self.outside(wire, tag, verb, args).await;
        }
        match verb {
            "SELECT" | "EXAMINE" => self.select(wire, verb == "EXAMINE", args).await,
            "LIST" | "LSUB" => self.list(wire, verb).await,
            "NAMESPACE" => {
                wire.say("* NAMESPACE ((\"\" \"/\")) NIL NIL").await?;
                Ok("OK done".to_owned())
            }
            "STATUS" => self.status(wire, args).await,
            _ => self.inside(wire, tag, verb, args).await,
        }
    }

    async fn outside(
        &mut self,
        wire: &mut Wire,
        tag: &str,
        verb: &str,
        args: &[Word],
    ) -> io::Result<String> {
        let is_barred = wire.manner.login_needs_tls && !wire.is_protected();
        let user = match (verb, args) {
            ("STARTTLS", []) if wire.manner.offers_starttls && !wire.is_protected() => {
                wire.say(&format!("{tag} OK begin TLS")).await?;
                wire.send(wire.manner.injects.as_bytes()).await?;
                wire.start_tls(&self.shared.tls).await?;
                return Ok(String::new());
            }
            ("LOGIN" | "AUTHENTICATE", _) if is_barred => {
                return Ok("NO [PRIVACYREQUIRED] not before TLS".to_owned());
            }
            ("LOGIN", [Word::Text(user), Word::Text(password)]) => {
                login::check(&self.shared.store, user, password)
            }
            ("AUTHENTICATE", [mechanism, initial @ ..]) => {
                let initial = initial.first().map(|word| word.text().into_bytes());
                let store = &self.shared.store;
                match login::sasl(wire, store, &mechanism.text(), initial.as_deref()).await? {
                    Sasl::Accepted(user) => Some(user),
                    Sasl::Rejected => None,
                    Sasl::Cancelled => return Ok("BAD cancelled".to_owned()),
                    Sasl::Unknown => return Ok("NO no such mechanism".to_owned()),
                }
            }
            ("STARTTLS" | "LOGIN" | "AUTHENTICATE", _) => return Ok(BAD.to_owned()),
            _ => return Ok("BAD sign in first".to_owned()),
        };
        if user.is_none() {
            return Ok("NO [AUTHENTICATIONFAILED] Authentication failed.".to_owned());
        }
        if let Some(answer) = wire.manner.refuses_login.clone() {
            return Ok(answer);
        }
        self.user = user;
        Ok(format!(
            "OK [CAPABILITY {}] Logged in",
            self.capabilities(wire)
        ))
    }

    async fn select(
        &mut self,
        wire: &mut Wire,
        examine: bool,
        args: &[Word],
    ) -> io::Result<String> {
        self.selected = None;
        let name = folder_name(args);
        let user = self.user.clone().unwrap_or_default();
        let look = |f: &mut super::store::Folder| {
            let unseen = f.messages.iter().position(|m| !m.flags.contains("\\Seen"));
            let view: Vec<u32> = f.messages.iter().map(|m| m.uid).collect();
            (f.uid_validity, f.uid_next, unseen, view)
        };
        let Some((validity, next, unseen, view)) = self.shared.store.with(&user, &name, look)
        else {
            return Ok(format!("NO [NONEXISTENT] Mailbox doesn't exist: {name}"));
        };
        let is_read_only = examine || wire.manner.read_only;
        wire.say("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)")
            .await?;
        let permanent = if is_read_only {
            ""
        } else {
            "\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*"
        };
        wire.say(&format!("* OK [PERMANENTFLAGS ({permanent})] these stay"))
            .await?;
        wire.say(&format!("* {} EXISTS", view.len())).await?;
        wire.say("* 0 RECENT").await?;
        if let Some(first) = unseen {
            wire.say(&format!("* OK [UNSEEN {}] first unseen", first + 1))
                .await?;
        }
        wire.say(&format!("* OK [UIDVALIDITY {validity}] valid"))
            .await?;
        wire.say(&format!("* OK [UIDNEXT {next}] next")).await?;
        self.selected = Some(Selected {
            user,
            folder: name,
            view,
            is_read_only,
        });
        let code = if is_read_only {
            "READ-ONLY"
        } else {
            "READ-WRITE"
        };
        Ok(format!("OK [{code}] selected"))
    }

    async fn list(&self, wire: &mut Wire, verb: &str) -> io::Result<String> {
        for name in self
            .shared
            .store
            .folders(self.user.as_deref().unwrap_or(""))
        {
            wire.say(&format!("* {verb} (\\HasNoChildren) \"/\" \"{name}\""))
                .await?;
        }
        Ok("OK done".to_owned())
    }

    async fn status(&self, wire: &mut Wire, args: &[Word]) -> io::Result<String> {
        let (name, user) = (folder_name(args), self.user.as_deref().unwrap_or(""));
        let items = args.get(1).map(Word::members).unwrap_or_default();
        let look = |f: &mut super::store::Folder| {
            let unseen = f
                .messages
                .iter()
                .filter(|m| !m.flags.contains("\\Seen"))
                .count();
            let value = |item: &str| match item {
                "MESSAGES" => f.messages.len() as u64,
                "UNSEEN" => unseen as u64,
                "UIDNEXT" => u64::from(f.uid_next),
                "UIDVALIDITY" => u64::from(f.uid_validity),
                _ => 0,
            };
            let pairs: Vec<String> = items
                .iter()
                .map(Word::upper)
                .map(|i| format!("{i} {}", value(&i)))
                .collect();
            pairs.join(" ")
        };
        match self.shared.store.with(user, &name, look) {
            Some(values) => {
                wire.say(&format!("* STATUS \"{name}\" ({values})")).await?;
                Ok("OK done".to_owned())
            }
            None => Ok("NO [NONEXISTENT] no such folder".to_owned()),
        }
    }

    /// Commands of the selected state.
    async fn inside(
        &mut self,
        wire: &mut Wire,
        tag: &str,
        verb: &str,
        args: &[Word],
    ) -> io::Result<String> {
        let store = &self.shared.store;
        let Some(selected) = &mut self.selected else {
            return Ok("BAD select first".to_owned());
        };
        match (verb, args) {
            ("UID", [inner, args @ ..]) => match (inner.upper().as_str(), args) {
                ("FETCH", [set, items]) => {
                    imap_fetch::fetch(wire, store, selected, set, items, true).await
                }
                ("STORE", [set, how, flags]) => {
                    imap_mail::store(wire, store, selected, [set, how, flags], true).await
                }
                ("SEARCH", keys) => imap_mail::search(wire, store, selected, keys, true).await,
                ("EXPUNGE", [set]) if wire.manner.uidplus => {
                    imap_mail::expunge(wire, store, selected, Some(set)).await
                }
                _ => Ok(BAD.to_owned()),
            },
            ("FETCH", [set, items]) => {
                imap_fetch::fetch(wire, store, selected, set, items, false).await
            }
            ("STORE", [set, how, flags]) => {
                imap_mail::store(wire, store, selected, [set, how, flags], false).await
            }
            ("SEARCH", keys) => imap_mail::search(wire, store, selected, keys, false).await,
            ("EXPUNGE", []) => imap_mail::expunge(wire, store, selected, None).await,
            ("CLOSE", []) => {
                let answer = imap_mail::close(store, selected);
                self.selected = None;
                Ok(answer)
            }
            ("IDLE", []) if wire.manner.idle => self.idle(wire, tag).await,
            _ => Ok(BAD.to_owned()),
        }
    }

    /// Tells what others have changed (RFC 3501 section 5.2).
    async fn announce(&mut self, wire: &mut Wire) -> io::Result<()> {
        match &mut self.selected {
            Some(selected) => imap_mail::announce(wire, &self.shared.store, selected).await,
            None => Ok(()),
        }
    }

    async fn idle(&mut self, wire: &mut Wire, tag: &str) -> io::Result<String> {
        let mut changes = self.shared.store.changes();
        wire.say("+ idling").await?;
        loop {
            self.announce(wire).await?;
            wire.flush().await?;
            if !wire.has_input() {
                tokio::select! {
                    changed = changes.changed() => if changed.is_ok() { continue },
                    filled = wire.fill() => if !filled? { return Err(io::ErrorKind::UnexpectedEof.into()) },
                }
            }
            return match wire.line().await? {
                Some(line) if line.eq_ignore_ascii_case(b"DONE") => {
                    wire.say(&format!("{tag} OK done")).await?;
                    Ok(String::new())
                }
                Some(_) => Ok("BAD expected DONE".to_owned()),
                None => Err(io::ErrorKind::UnexpectedEof.into()),
            };
        }
    }
}

/// INBOX in any case is INBOX (RFC 3501 section 5.1).
fn folder_name(args: &[Word]) -> String {
    let name = args.first().map(Word::text).unwrap_or_default();
    if name.eq_ignore_ascii_case("INBOX") {
        "INBOX".to_owned()
    } else {
        name
    }
}
