//! One port of one address: connect, look, and put what was found into its row.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::report::{Apop, Capability, Line, Outcome, Row, Service, Speaker, StartTls, Tls};
use super::slots::{Slot, Slots, Way};
use super::{advice, meaning};
use crate::base::i18n::gettext;
use crate::base::text::{QUIET_MAX, quiet};
use crate::net::{Conn, Error, Peer, tls};
use crate::proto::look::{self, Depth, Event, Found, Look, Speech};
use crate::proto::{self};

/// Most lines kept of what was said.
const LINES_MAX: usize = 300;
/// Longest of them, in characters.
const LINE_MAX: usize = 500;
/// How long a port of unknown kind may take to greet before TLS is tried: so long, or so many times
/// what connecting took. Whoever has not greeted by then and speaks no TLS is connected to once more.
const TO_GREET: (Duration, u32) = (Duration::from_millis(300), 3);
/// How long it may take then.
const TO_GREET_AGAIN: Duration = Duration::from_secs(2);

/// What visits share.
pub(super) struct Around {
    pub host: String,
    pub looking: tls::Looking,
    pub timeout: Duration,
    pub slots: Slots,
}

impl Around {
    /// The far end for a port of this kind.
    pub fn peer(&self, port: u16, speech: Option<Speech>) -> Result<Peer, Error> {
        let (label, alpn) = match speech {
            Some(Speech::Imap) => ("IMAP", Some("imap")),
            Some(Speech::Pop3) => ("POP3", Some("pop3")),
            Some(Speech::Pop2) => ("POP2", None),
            Some(Speech::Smtp) => ("SMTP", None),
            None => ("?", None),
        };
        Ok(Peer {
            host: self.host.trim_matches(['[', ']']).to_owned(),
            port,
            implicit_tls: false,
            tls: self.looking.setup(alpn)?,
            timeout: self.timeout,
            label,
        })
    }
}

/// A visit under way.
struct Visit<'a, F> {
    around: &'a Around,
    /// What the plan says of the port.
    expected: Service,
    row: Row,
    begun: Instant,
    tell: F,
}

/// Visits a port; `tell` gets the row whenever something is known. The row has its outcome at the
/// end.
pub(super) async fn visit(around: &Around, row: Row, way: &Way, tell: impl Fn(&Row)) -> Row {
    let mut visit = Visit {
        around,
        expected: row.service,
        row,
        begun: Instant::now(),
        tell,
    };
    visit.row.outcome = Outcome::Working;
    (visit.tell)(&visit.row);
    let speech = speech(visit.row.service);
    let opened = match around.peer(visit.row.port, speech) {
        Ok(peer) => around.slots.connect(&peer, way).await,
        Err(error) => Err(error),
    };
    match opened {
        Ok((conn, slot, took)) => {
            visit.begun = Instant::now().checked_sub(took).unwrap_or(visit.begun);
            visit.row.times.connect = Some(took);
            visit.note(gettext("connected"));
            // Whatever drips, it has an end (threats.md A12).
            let end = Instant::now() + around.timeout * 2;
            let talked = async {
                let hasty = speech.is_none().then(|| TO_GREET.0.max(took * TO_GREET.1));
                visit.talk(conn, slot, speech, hasty).await;
                if hasty.is_some()
                    && matches!(
                        visit.row.outcome,
                        Outcome::TlsFailed(_) | Outcome::Failed(_)
                    )
                {
                    visit.wait_for_greeting(way).await;
                }
            };
            if timeout_at(end, talked).await.is_err() {
                visit.row.outcome = Outcome::TimedOut;
            }
        }
        Err(error) => visit.row.outcome = not_connected(&error),
    }
    visit.row.times.all = visit.begun.elapsed();
    (visit.tell)(&visit.row);
    visit.row
}

/// The language of a service; POP2 and POP3 are told apart by the greeting.
pub(super) fn speech(service: Service) -> Option<Speech> {
    match service {
        Service::Imap | Service::Imaps => Some(Speech::Imap),
        Service::Pop3 | Service::Pop3s => Some(Speech::Pop3),
        Service::Pop2 => Some(Speech::Pop2),
        Service::Smtp | Service::Submission | Service::Odmr => Some(Speech::Smtp),
        Service::Unknown => None,
    }
}

fn is_implicit(service: Service) -> bool {
    matches!(service, Service::Imaps | Service::Pop3s)
}

impl<F: Fn(&Row)> Visit<'_, F> {
    /// The port of unknown kind speaks no TLS: it may be one that takes its time to greet. If it
    /// is not, the row stays as it is.
    async fn wait_for_greeting(&mut self, way: &Way) {
        let Ok(peer) = self.around.peer(self.row.port, None) else {
            return;
        };
        let Ok((mut conn, slot, _)) = self.around.slots.connect(&peer, way).await else {
            return;
        };
        let before = self.row.clone();
        self.row.times.tls = None;
        self.note(gettext("connected"));
        conn.set_timeout(self.around.timeout.min(TO_GREET_AGAIN));
        self.talk(conn, slot, None, None).await;
        if self.row.greeting.is_empty() {
            self.row = before;
        }
    }

    /// With `hasty`, TLS is tried if there is no greeting within that time.
    async fn talk(
        &mut self,
        mut conn: Conn,
        _slot: Slot,
        speech: Option<Speech>,
        hasty: Option<Duration>,
    ) {
        let mut is_protected = is_implicit(self.expected);
        if is_protected && let Err(error) = self.secure(&mut conn).await {
            self.row.outcome = no_tls(&error);
            return;
        }
        let mut look = Look::new(speech, is_protected, Depth::Whole);
        if let Some(hasty) = hasty {
            conn.set_timeout(self.around.timeout.min(hasty));
        }
        let mut since = Instant::now();
        let error = loop {
            match conn.next(&mut look).await {
                Ok(Some(event)) => {
                    conn.set_timeout(self.around.timeout);
                    self.on_event(&event, &conn, &mut since);
                }
                Ok(None) => break None,
                // Whoever waits for a ClientHello says nothing.
                Err(Error::TimedOut { .. })
                    if hasty.is_some() && !is_protected && look.found().greeting.is_empty() =>
                {
                    conn.set_timeout(self.around.timeout);
                    is_protected = true;
                    match self.secure(&mut conn).await {
                        Ok(()) => look = Look::new(None, true, Depth::Whole),
                        Err(error) => break Some(error),
                    }
                }
                Err(error) => break Some(error),
            }
            self.fill(look.found(), is_protected);
            (self.tell)(&self.row);
        };
        let found = look.finish();
        self.end(&found, is_protected, error.as_ref());
    }

    async fn secure(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let begun = Instant::now();
        let result = conn.handshake().await;
        self.row.times.tls = Some(begun.elapsed());
        match &result {
            Ok(()) => self.protected(conn),
            Err(error) => self.note(quiet(error.to_string().as_bytes(), LINE_MAX)),
        }
        result
    }

    fn protected(&mut self, conn: &Conn) {
        let Some(session) = conn.tls() else { return };
        let Some(looked) = &session.looked else {
            return;
        };
        self.row.tls = Some(Tls {
            version: session.version.to_owned(),
            cipher: session.cipher.clone(),
            alpn: looked.alpn.clone(),
            versions: Vec::new(),
            shown: looked.shown.clone(),
        });
        self.note(format!("{}, {}", session.version, session.cipher));
    }

    fn on_event(&mut self, event: &Event, conn: &Conn, since: &mut Instant) {
        match event {
            Event::Said(line) => self.line(Speaker::Client, line.clone()),
            Event::Heard(line) => {
                if self.row.times.greeting.is_none() {
                    self.row.times.greeting = Some(since.elapsed());
                }
                self.line(Speaker::Server, quiet(line, LINE_MAX));
            }
            Event::Agreed => *since = Instant::now(),
            Event::Secured => {
                self.row.times.tls = Some(since.elapsed());
                self.protected(conn);
            }
        }
    }

    fn note(&mut self, text: String) {
        self.line(Speaker::Note, text);
    }

    fn line(&mut self, by: Speaker, text: String) {
        if self.row.lines.len() < LINES_MAX {
            self.row.lines.push(Line {
                at: self.begun.elapsed(),
                by,
                text,
            });
        }
    }

    /// Puts what was found into the row, over what was there.
    fn fill(&mut self, found: &Found, is_implicit: bool) {
        let row = &mut self.row;
        row.greeting = quiet(&found.greeting, QUIET_MAX);
        let heard = found.speech.filter(|_| !found.greeting.is_empty());
        row.service = heard.map_or(self.expected, |speech| {
            service(self.expected, speech, is_implicit)
        });
        row.apop = found.stamp.as_ref().map(|stamp| Apop {
            stamp: quiet(&stamp.text, QUIET_MAX),
            is_valid: stamp.is_valid,
        });
        row.before = capabilities(found.before.as_deref());
        row.after = capabilities(found.after.as_deref());
        row.starttls = match &found.starttls {
            _ if is_implicit => Some(StartTls::NotNeeded),
            None | Some(look::StartTls::Agreed) => None,
            Some(look::StartTls::NotOffered) => Some(StartTls::NotOffered),
            Some(look::StartTls::Works) => Some(StartTls::Works),
            Some(look::StartTls::Injects) => Some(StartTls::Injects),
            Some(look::StartTls::Refused(words)) => {
                Some(StartTls::Refused(quiet(words, QUIET_MAX)))
            }
        };
        let (mechanisms, needs_tls) = super::sign_in::offered(found, is_implicit);
        (row.mechanisms, row.needs_tls) = (mechanisms, needs_tls);
        (row.software, row.advice) = advice::of(found);
    }

    /// How it ended.
    fn end(&mut self, found: &Found, is_implicit: bool, error: Option<&Error>) {
        self.fill(found, is_implicit);
        let has_listed = found.before.is_some() || found.after.is_some();
        let sentence = error.map(|error| quiet(error.to_string().as_bytes(), QUIET_MAX));
        if let Some(sentence) = &sentence {
            self.note(sentence.clone());
        }
        let is_shaking = found.starttls == Some(look::StartTls::Agreed);
        if !is_implicit
            && has_listed
            && let Some(sentence) = &sentence
        {
            // Asked for and not answered, or agreed to and not done.
            let is_untold = found.starttls.is_none() && found.after.is_none();
            if is_shaking || is_untold {
                self.row.starttls = Some(StartTls::Failed(sentence.clone()));
            }
        }
        let greeting = self.row.greeting.clone();
        self.row.outcome = match (error, sentence) {
            (Some(error), Some(sentence)) => match error {
                _ if is_shaking => Outcome::TlsFailed(sentence),
                _ if has_listed => Outcome::Answered,
                Error::TimedOut { .. } => Outcome::TimedOut,
                Error::Tls { .. } => Outcome::TlsFailed(sentence),
                Error::Proto(proto::Error::Broken { line, .. }) if greeting.is_empty() => {
                    Outcome::NotThis(quiet(line, QUIET_MAX))
                }
                Error::Proto(proto::Error::TooMuch { .. }) => {
                    Outcome::NotThis(format!("{greeting} ({sentence})"))
                }
                Error::Proto(proto::Error::Closed) if greeting.is_empty() => {
                    Outcome::NotThis(gettext("The server closed the connection without a word."))
                }
                Error::Proto(_) => Outcome::NotThis(greeting),
                _ => Outcome::Failed(sentence),
            },
            _ if found.is_turned_away || found.speech.is_none() => Outcome::NotThis(greeting),
            _ => Outcome::Answered,
        };
    }
}

/// A port is what it says it is, where it did not say before.
fn service(expected: Service, speech: Speech, is_implicit: bool) -> Service {
    match (speech, expected) {
        (Speech::Smtp, Service::Submission | Service::Odmr) => expected,
        (Speech::Smtp, _) => Service::Smtp,
        (Speech::Imap, _) if is_implicit => Service::Imaps,
        (Speech::Imap, _) => Service::Imap,
        (Speech::Pop3, _) if is_implicit => Service::Pop3s,
        (Speech::Pop3, _) => Service::Pop3,
        (Speech::Pop2, _) => Service::Pop2,
    }
}

fn capabilities(listed: Option<&[bytes::Bytes]>) -> Vec<Capability> {
    let lines = listed.unwrap_or_default().iter();
    lines
        .map(|line| {
            let word = quiet(line, QUIET_MAX);
            let meaning = meaning::meaning(&word);
            Capability { word, meaning }
        })
        .collect()
}

fn no_tls(error: &Error) -> Outcome {
    match error {
        Error::TimedOut { .. } => Outcome::TimedOut,
        error => Outcome::TlsFailed(quiet(error.to_string().as_bytes(), QUIET_MAX)),
    }
}

fn not_connected(error: &Error) -> Outcome {
    let refused = rustix::io::Errno::CONNREFUSED.raw_os_error();
    match error {
        Error::TimedOut { .. } => Outcome::TimedOut,
        Error::Unreachable { what, .. } if what.contains(&format!("(os error {refused})")) => {
            Outcome::Refused
        }
        Error::Unreachable { what, .. } => Outcome::Failed(quiet(what.as_bytes(), QUIET_MAX)),
        error => Outcome::Failed(quiet(error.to_string().as_bytes(), QUIET_MAX)),
    }
}
