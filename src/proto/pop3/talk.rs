//! Plays a written dialogue (`tests/corpus/talk/pop3`) against the machines.
//!
//! ```text
//! #! method=any tls=required protected whole    settings; `whole` is not played in pieces
//! S: what the server says, with CRLF            s: the same without
//! C: what the client must have said by now, all of it before the next S
//! TLS                                           the handshake is due and succeeds
//! D: survey | fetch 1 2 | top 1 2 | delete 1 | quit
//! CLOSE                                         the server closes
//! E: what was reported by now, in order         nothing may be left at the end
//! ```
//! `\r \n \0 \xff \\` stand for octets; `*1000` at the end of a line repeats its last octet.

use crate::base::Secret;
use crate::proto::{Credentials, Error, Machine, Step, TlsPolicy};

use super::{Event, Login, Method, Session, Survey};

/// Plays `text`; the server's octets come in pieces of `size`. Panics with the line at fault.
pub fn play(text: &str, size: usize) {
    let mut player = Player::new(text, size);
    for (number, line) in text.lines().enumerate() {
        player.place = format!("line {}: {line} (pieces of {size})", number + 1);
        player.line(line);
    }
    player.place = format!("the end (pieces of {size})");
    player.hear();
    player.expect_silence();
    let rest = &player.told[player.checked..];
    assert!(rest.is_empty(), "{}: not expected: {rest:?}", player.place);
}

/// What is told when the server closes after `length` octets of its part in `text`.
pub fn cut(text: &str, length: usize) -> Vec<String> {
    let mut player = Player::new(text, usize::MAX);
    player.left = Some(length);
    for line in text.lines() {
        player.place = format!("{line} (cut at {length})");
        player.line(line);
        if player.is_over {
            break;
        }
    }
    player.told
}

/// What is told when the server says `octets` to a survey, two messages and a deletion that are
/// all under way.
pub fn told(octets: &[u8], size: usize) -> Vec<String> {
    let mut player = Player::new("#! method=done", size);
    for answer in ["+OK\r\n", "+OK\r\nPIPELINING\r\n.\r\n"] {
        player.run();
        player.give(answer.as_bytes());
    }
    for order in ["survey", "fetch 1 2", "delete 1", "quit"] {
        player.order(order);
    }
    player.give(octets);
    player.close();
    player.told
}

/// Octets the server says in `text`.
pub fn length(text: &str) -> usize {
    let said = |line: &str| match line.split_once(": ") {
        Some(("S", text)) => octets(text).len() + 2,
        Some(("s", text)) => octets(text).len(),
        _ => 0,
    };
    text.lines().map(said).sum()
}

struct Player {
    machine: Machines,
    size: usize,
    place: String,
    sent: Vec<u8>,
    pending: Vec<u8>,
    told: Vec<String>,
    /// How much of it was expected.
    checked: usize,
    /// Octets before the server closes; nothing is checked then.
    left: Option<usize>,
    message: Vec<u8>,
    orders: Vec<String>,
    wants_tls: bool,
    is_over: bool,
}

enum Machines {
    Login(Box<Login>),
    Session(Box<Session>),
    /// In between.
    Gone,
}

impl Player {
    fn new(text: &str, size: usize) -> Self {
        let first = text.lines().find(|line| line.starts_with("#!"));
        let settings: Vec<_> = first.unwrap_or_default().split_whitespace().collect();
        let is = |word: &str| settings.contains(&word);
        let method = match settings.iter().find_map(|s| s.strip_prefix("method=")) {
            None | Some("any") => Method::Any,
            Some("password") => Method::Password,
            Some("cram-md5") => Method::CramMd5,
            Some("apop") => Method::Apop,
            Some("done") => Method::Done,
            Some("unsupported") => Method::Unsupported,
            Some(other) => panic!("method {other}"),
        };
        let tls = match settings.iter().find_map(|s| s.strip_prefix("tls=")) {
            None => TlsPolicy::Never,
            Some("required") => TlsPolicy::Required,
            Some("offered") => TlsPolicy::IfOffered,
            Some(other) => panic!("tls {other}"),
        };
        let password = settings.iter().find_map(|s| s.strip_prefix("password="));
        let credentials = Credentials {
            user: b"tim".to_vec(),
            password: Secret::new(password.unwrap_or("tanstaaftanstaaf").replace("\\n", "\n")),
        };
        let login = Login::new(credentials, method, tls, is("protected"));
        Self {
            machine: Machines::Login(Box::new(login)),
            size: if is("whole") { usize::MAX } else { size },
            place: String::new(),
            sent: Vec::new(),
            pending: Vec::new(),
            told: Vec::new(),
            checked: 0,
            left: None,
            message: Vec::new(),
            orders: Vec::new(),
            wants_tls: false,
            is_over: false,
        }
    }

    fn line(&mut self, line: &str) {
        let (kind, text) = line
            .split_once(": ")
            .unwrap_or((line.trim_end_matches(':'), ""));
        match kind {
            "S" | "s" => {
                self.expect_silence();
                self.pending.extend(octets(text));
                if kind == "S" {
                    self.pending.extend(b"\r\n");
                }
            }
            "C" => {
                self.hear();
                self.expect_said(&[&octets(text)[..], b"\r\n"].concat());
            }
            "E" if self.left.is_some() => self.hear(),
            "E" => {
                self.hear();
                let told = self.told.get(self.checked);
                assert_eq!(told.map(String::as_str), Some(text), "{}", self.place);
                self.checked += 1;
            }
            "D" => {
                self.hear();
                self.order(text);
            }
            "TLS" => {
                self.hear();
                if self.is_over {
                    return;
                }
                self.expect_silence();
                assert!(std::mem::take(&mut self.wants_tls), "{}", self.place);
                self.machine().tls_started();
                self.run();
            }
            "CLOSE" => {
                self.hear();
                self.close();
            }
            _ => assert!(line.is_empty() || line.starts_with('#'), "{}", self.place),
        }
    }

    fn expect_said(&mut self, expected: &[u8]) {
        let said = self.sent.escape_ascii().to_string();
        let is_right = self.sent.starts_with(expected) || self.left.is_some();
        assert!(is_right, "{}: the client said {said:?}", self.place);
        self.sent.drain(..expected.len().min(self.sent.len()));
    }

    fn expect_silence(&mut self) {
        self.run();
        let said = self.sent.escape_ascii().to_string();
        let is_silent = said.is_empty() || self.left.is_some();
        assert!(is_silent, "{}: the client said {said:?}", self.place);
    }

    /// Lets the machine have what the server has said.
    fn hear(&mut self) {
        self.run();
        let mut pending = std::mem::take(&mut self.pending);
        if let Some(left) = &mut self.left {
            let is_last = *left < pending.len();
            pending.truncate(*left);
            *left -= pending.len();
            if is_last {
                self.give(&pending);
                self.close();
                return;
            }
        }
        self.give(&pending);
    }

    fn give(&mut self, octets: &[u8]) {
        for piece in octets.chunks(self.size) {
            if !self.is_over {
                self.machine().inbox().extend_from_slice(piece);
                self.run();
            }
        }
    }

    fn close(&mut self) {
        if !self.is_over {
            let result = self.machine().peer_closed();
            self.end(result);
        }
    }

    fn order(&mut self, order: &str) {
        let Machines::Session(session) = &mut self.machine else {
            // Orders given before the log-in is over are for the session.
            return self.orders.push(order.to_owned());
        };
        let mut words = order.split(' ');
        let verb = words.next().unwrap_or_default();
        let numbers = words.filter_map(|word| word.parse().ok());
        match verb {
            "survey" => session.survey(true),
            "fetch" => numbers.for_each(|n| session.fetch(n, false)),
            "top" => numbers.for_each(|n| session.fetch(n, true)),
            "delete" => numbers.for_each(|n| session.delete(n)),
            "quit" => session.quit(),
            other => panic!("{}: {other}", self.place),
        }
        self.run();
    }

    /// Until there is nothing to do without more input.
    fn run(&mut self) {
        while !self.is_over && !self.wants_tls {
            let step = match &mut self.machine {
                Machines::Login(login) => login.step().map(|step| match step {
                    Step::Send(outgoing) => Step::Send(outgoing),
                    Step::Input => Step::Input,
                    Step::StartTls => Step::StartTls,
                    Step::Done => Step::Done,
                    Step::Event(never) => match never {},
                }),
                Machines::Session(session) => session.step(),
                Machines::Gone => return,
            };
            match step {
                Ok(Step::Input) => return,
                Ok(Step::Send(outgoing)) => self.sent.extend_from_slice(&outgoing.bytes),
                Ok(Step::StartTls) => self.wants_tls = true,
                Ok(Step::Event(event)) => self.tell(event),
                Ok(Step::Done) => self.done(),
                Err(error) => self.end(Err(error)),
            }
        }
    }

    fn done(&mut self) {
        match std::mem::replace(&mut self.machine, Machines::Gone) {
            Machines::Login(login) => {
                self.told.push("signed in".to_owned());
                self.machine = Machines::Session(Box::new(Session::new(login.finish())));
                for order in std::mem::take(&mut self.orders) {
                    self.order(&order);
                }
            }
            _ => self.end(Ok(())),
        }
    }

    fn end(&mut self, result: Result<(), Error>) {
        self.is_over = true;
        self.told.push(match result {
            Ok(()) => "done".to_owned(),
            Err(Error::Refused { reason, reply }) => {
                format!("refused {reason:?} {}", reply.escape_ascii())
                    .trim_end()
                    .to_owned()
            }
            Err(error) => error.to_string(),
        });
    }

    fn tell(&mut self, event: Event) {
        let text = match event {
            Event::Begin(_) => return self.message.clear(),
            Event::Chunk(bytes) => return self.message.extend_from_slice(&bytes),
            Event::End(number) => format!("message {number} {}", self.message.escape_ascii()),
            Event::Refused { number, reply } => format!("no {number} {}", reply.escape_ascii()),
            Event::Deleted { numbers, done } => {
                // How many answers make one event depends on the pieces.
                self.told
                    .extend(numbers.iter().map(|n| format!("deleted {n} {done}")));
                return;
            }
            Event::Quit { done } => format!("quit {done}"),
            Event::Surveyed(survey) => surveyed(&survey),
        };
        self.told.push(text);
    }

    fn machine(&mut self) -> &mut dyn Talking {
        match &mut self.machine {
            Machines::Login(login) => login.as_mut(),
            Machines::Session(session) => session.as_mut(),
            Machines::Gone => panic!("{}: between machines", self.place),
        }
    }
}

/// What the player needs of either machine.
trait Talking {
    fn inbox(&mut self) -> &mut bytes::BytesMut;
    fn tls_started(&mut self);
    fn peer_closed(&mut self) -> Result<(), Error>;
}

impl<M: Machine> Talking for M {
    fn inbox(&mut self) -> &mut bytes::BytesMut {
        Machine::inbox(self)
    }

    fn tls_started(&mut self) {
        Machine::tls_started(self);
    }

    fn peer_closed(&mut self) -> Result<(), Error> {
        Machine::peer_closed(self)
    }
}

fn surveyed(survey: &Survey) -> String {
    let octets = survey.octets.map_or("-".to_owned(), |n| n.to_string());
    let uids = survey.uids.as_ref().map_or("none".to_owned(), |uids| {
        let one = |uid: &Option<_>| uid.as_ref().map_or("-".to_owned(), |u| format!("{u:?}"));
        uids.iter().map(one).collect::<Vec<_>>().join(",")
    });
    let sizes = survey.sizes.as_ref().map_or("none".to_owned(), |sizes| {
        let one = |size: &Option<u64>| size.map_or("-".to_owned(), |n| n.to_string());
        sizes.iter().map(one).collect::<Vec<_>>().join(",")
    });
    format!(
        "surveyed {} octets {octets} uids {uids} sizes {sizes}",
        survey.total
    )
}

/// Undoes the escapes.
fn octets(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (text, times) = match text.rsplit_once('*').map(|(t, n)| (t, n.parse::<usize>())) {
        Some((text, Ok(times))) => (text, times),
        _ => (text, 1),
    };
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next() {
                Some(b'r') => b'\r',
                Some(b'n') => b'\n',
                Some(b'0') => 0,
                Some(b'x') => {
                    let digits: String = rest.by_ref().take(2).map(char::from).collect();
                    u8::from_str_radix(&digits, 16).unwrap()
                }
                Some(other) => other,
                None => b'\\',
            },
            other => other,
        });
    }
    let last = bytes.last().copied().into_iter();
    bytes.extend(last.flat_map(|b| std::iter::repeat_n(b, times.saturating_sub(1))));
    bytes
}
