//! `postrider fetch`: polls once or as a foreground daemon, with fetchmail's options and statuses.

mod inspect;

use std::collections::VecDeque;
use std::ffi::OsString;
use std::pin::Pin;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, interval_at};

use super::ask;
use super::exit;
use super::lines::{Line, Manner, lines};
use super::parse::usage::usage;
use super::parse::{self, Invocation, Verbosity};
use super::screen::{self, Size};
use super::{say, trace};
use crate::base::Secret;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::{Ask, Question, QuestionId};
use crate::engine::api::{AccountId, Command, Event, Halt, What, words};
use crate::engine::{self, Asks, File, Handle, Options, Rhythm, Source};

/// How often live lines are drawn anew.
const REDRAW: Duration = Duration::from_millis(100);
/// How long work that cannot be cut short may take at the end.
const LEFTOVERS: Duration = Duration::from_secs(1);

/// Runs one invocation and returns the exit status.
pub fn run(program: &str, args: &[OsString]) -> u8 {
    let cwd = std::env::current_dir().unwrap_or_else(|_| "/".into());
    let invocation = match parse::parse(args.iter().cloned(), &cwd) {
        Ok(invocation) => invocation,
        Err(error) => {
            let text = gettext("“{command} --help” lists the options.");
            say::err(format!("{program}: {error}"));
            say::err(fill(&text, &[("command", &call(program))]));
            return super::USAGE;
        }
    };
    if invocation.help {
        say::page(&usage(&call(program)));
        return 0;
    }
    if invocation.version {
        return inspect::report(program, &invocation);
    }
    if let Some(option) = not_yet(&invocation) {
        let text = gettext("{option} is understood but not part of this version yet.");
        let sentence = fill(&text, &[("option", &option)]);
        say::err(format!("{program}: {sentence}"));
        return super::USAGE;
    }
    if invocation.configdump {
        return inspect::dump(program, &invocation);
    }
    trace::start(program, &invocation.verbosity);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => {
            let status = runtime.block_on(fetch(program, invocation));
            // A look-up that hangs in the system's resolver must not keep us.
            runtime.shutdown_timeout(LEFTOVERS);
            status
        }
        Err(error) => {
            say::err(format!("{program}: {error}"));
            engine::trouble::status::INTERNAL
        }
    }
}

/// How a person calls it.
fn call(program: &str) -> String {
    if program == "fetchmail" {
        program.to_owned()
    } else {
        format!("{program} fetch")
    }
}

/// An option that is read and has no effect so far; ignoring it would surprise.
fn not_yet(invocation: &Invocation) -> Option<&'static str> {
    let options = [
        (invocation.quit, "--quit"),
        (invocation.status, "--status"),
        (invocation.log_json, "--log-format"),
    ];
    options
        .into_iter()
        .find_map(|(is_given, name)| is_given.then_some(name))
}

async fn fetch(program: &str, invocation: Invocation) -> u8 {
    let terminal = ask::Terminal::open();
    let is_there = terminal.is_some();
    let options = match options(&invocation) {
        Ok(options) => Options {
            asks: Asks::First { is_there },
            ..options
        },
        Err(sentence) => {
            say::err(format!("{program}: {sentence}"));
            return engine::trouble::status::INTERNAL;
        }
    };
    let (handle, events) = engine::start(&tokio::runtime::Handle::current(), options);
    let mut terminal = Terminal::new(program, &invocation, handle, Questions::at(terminal));
    terminal.follow(events).await;
    let all = terminal.handle.snapshot();
    let status = if all.halted.is_none() && all.accounts.is_empty() {
        let sentence = gettext("no mail servers have been specified.");
        say::err(format!("{program}: {sentence}"));
        super::USAGE
    } else {
        exit::of_run(&all, invocation.strict_status)
    };
    if matches!(invocation.verbosity, Verbosity::Verbose(_)) {
        say::out(format!("{program}: normal termination, status {status}"));
    }
    status
}

/// What was typed, as the engine wants it; an error is a sentence.
fn options(invocation: &Invocation) -> Result<Options, String> {
    let rhythm = match invocation.daemon {
        _ if invocation.check => Rhythm::Once,
        Some(0) => Rhythm::Once,
        seconds => Rhythm::Daemon(seconds),
    };
    let file = match (&invocation.rc_file, invocation.is_stdin) {
        (_, true) => {
            let text = super::standard_input().map_err(|error| error.to_string())?;
            Some(File::Text(text))
        }
        (path, false) => path.clone().map(File::Path),
    };
    let options = Options::from_environment(file, rhythm)?;
    Ok(Options {
        only_check: invocation.check,
        serial: invocation.serial,
        source: Source {
            overrides: invocation.overrides.clone(),
            servers: invocation.servers.clone(),
            ..options.source
        },
        ..options
    })
}

/// Shows the engine's events until it ends.
struct Terminal<'a> {
    program: &'a str,
    handle: Handle,
    manner: Manner<'a>,
    /// There are live lines: standard output is a terminal.
    is_live: bool,
    questions: Questions,
}

impl<'a> Terminal<'a> {
    fn new(
        program: &'a str,
        invocation: &Invocation,
        handle: Handle,
        questions: Questions,
    ) -> Self {
        let is_normal = matches!(invocation.verbosity, Verbosity::Normal);
        let manner = Manner {
            program,
            is_daemon: false,
            is_silent: matches!(invocation.verbosity, Verbosity::Silent),
            is_verbose: matches!(invocation.verbosity, Verbosity::Verbose(_)),
        };
        Self {
            program,
            handle,
            manner,
            is_live: is_normal && screen::is_drawable(),
            questions,
        }
    }

    async fn follow(&mut self, mut events: Receiver<Event>) {
        let mut signals = Signals::new();
        let mut redraw = interval_at(Instant::now() + REDRAW, REDRAW);
        let mut stops = 0;
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Ok(Event::Ended) | Err(RecvError::Closed) => break,
                    Ok(event) => self.show(event),
                    Err(RecvError::Lagged(missed)) => {
                        tracing::debug!(missed, "lines were not shown");
                    }
                },
                call = signals.next() => match call {
                    Call::Wake => self.handle.send(Command::Check { ids: None }),
                    Call::End if stops > 0 => break,
                    Call::End => {
                        stops += 1;
                        self.handle.send(Command::Shutdown);
                    }
                },
                (id, value) = self.questions.answered(), if self.questions.is_asking() => {
                    self.handle.send(Command::Answer { id, value });
                }
                _ = redraw.tick(), if self.is_live && !self.questions.is_asking() => {
                    screen::draw(&self.handle.snapshot(), Size::of_terminal());
                }
            }
        }
        if self.is_live {
            screen::erase();
        }
    }

    fn show(&mut self, event: Event) {
        self.manner.is_daemon = self.handle.is_daemon();
        let shown = match event {
            Event::Loaded(all) => {
                let rc_path = all.rc_path.clone();
                // With a stale file these belong to the old one, and were said.
                let advice = all.advice.iter().filter(|_| all.stale.is_none());
                let advice = advice.map(|line| self.error(line));
                let halt = all
                    .halted
                    .iter()
                    .flat_map(|halt| halted(self.program, halt, &rc_path));
                let stale = all.stale.iter().flat_map(|halt| self.stale(halt, &rc_path));
                advice.chain(halt).chain(stale).collect()
            }
            Event::Activity(entry) => {
                let is_live = self.is_live
                    && matches!(entry.what, What::Delivered { .. } | What::Found { .. });
                match (&entry.what, &entry.id) {
                    // A terminal has live lines for these; their sum is told at the end.
                    _ if is_live => Vec::new(),
                    (What::Finished { count: 0, .. }, _)
                        if self.is_live && self.manner.is_daemon =>
                    {
                        Vec::new()
                    }
                    (What::Finished { .. }, Some(id)) if self.is_live => {
                        let line = format!("{}: {}", words::title(id), words::entry(&entry));
                        vec![Line::Out(line)]
                    }
                    _ => lines(&entry, self.manner),
                }
            }
            Event::Question(question) => {
                self.questions.ask(question);
                Vec::new()
            }
            Event::Unasked(id) => {
                self.questions.withdraw(id);
                Vec::new()
            }
            _ => Vec::new(),
        };
        shown.iter().for_each(say::line);
    }

    fn error(&self, line: &str) -> Line {
        Line::Err(format!("{}: {line}", self.program))
    }

    /// Polling goes on by the old file.
    fn stale(&self, halt: &Halt, rc_path: &str) -> Vec<Line> {
        let advice = words::stale_advice(halt, rc_path);
        let headline = words::stale_headline(halt);
        advice
            .lines()
            .chain([headline.as_str()])
            .map(|line| self.error(line))
            .collect()
    }
}

/// Why there is nothing to poll, or to show.
fn halted(program: &str, halt: &Halt, rc_path: &str) -> Vec<Line> {
    let error = |text: &str| Line::Err(format!("{program}: {text}"));
    let advice = words::halt_advice(halt, rc_path);
    match halt {
        Halt::Syntax(errors) => errors.iter().map(|text| error(text)).collect(),
        Halt::NoFile => vec![error(&advice)],
        // First in fetchmail's words: scripts look for them.
        Halt::NoPassword(id) => vec![
            error(&format!("can't find a password for {id}.")),
            error(&advice),
        ],
        _ => vec![error(&format!("{}. {advice}", words::halt_headline(halt)))],
    }
}

/// The terminal while a question stands; it comes back with the answer.
type Answering = Pin<Box<dyn Future<Output = (ask::Terminal, Option<Secret>)>>>;

/// Passwords that the engine wants, one after the other.
struct Questions {
    /// `None`: nobody can be asked, or somebody is being asked.
    terminal: Option<ask::Terminal>,
    now: Option<(QuestionId, Answering)>,
    later: VecDeque<(QuestionId, AccountId)>,
}

impl Questions {
    fn at(terminal: Option<ask::Terminal>) -> Self {
        Self {
            terminal,
            now: None,
            later: VecDeque::new(),
        }
    }

    fn is_asking(&self) -> bool {
        self.now.is_some()
    }

    fn ask(&mut self, question: Question) {
        // The keyring's own dialogue is for windows.
        if let Ask::Password { id, .. } = question.what {
            self.later.push_back((question.id, id));
            self.next();
        }
    }

    fn next(&mut self) {
        if self.now.is_some() || self.later.is_empty() {
            return;
        }
        // One whose question was withdrawn went with it.
        let Some(mut terminal) = self.terminal.take().or_else(ask::Terminal::open) else {
            return;
        };
        let Some((id, account)) = self.later.pop_front() else {
            return;
        };
        let text = gettext("Enter password for {account}: ");
        let text = fill(&text, &[("account", &account)]);
        let answering = async move {
            // A terminal that fails is one without an answer.
            let answer = terminal.password(&text).await.ok().flatten();
            (terminal, answer)
        };
        self.now = Some((id, Box::pin(answering)));
    }

    /// The next answer. Safe to be dropped and called again.
    async fn answered(&mut self) -> (QuestionId, Option<Secret>) {
        let Some((id, answering)) = &mut self.now else {
            return std::future::pending().await;
        };
        let (terminal, answer) = answering.await;
        let id = *id;
        self.now = None;
        self.terminal = Some(terminal);
        self.next();
        (id, answer)
    }

    fn withdraw(&mut self, id: QuestionId) {
        self.later.retain(|(later, _)| *later != id);
        if self.now.as_ref().is_some_and(|(now, _)| *now == id) {
            self.now = None;
            self.next();
        }
    }
}

enum Call {
    Wake,
    End,
}

/// SIGUSR1 wakes, and root's SIGHUP; SIGINT, SIGTERM and SIGQUIT end (cli.md section 8).
struct Signals {
    wake: Option<Signal>,
    hang_up: Option<Signal>,
    end: [Option<Signal>; 3],
}

impl Signals {
    fn new() -> Self {
        let catch = |kind| signal(kind).ok();
        let is_root = rustix::process::geteuid().is_root();
        Self {
            wake: catch(SignalKind::user_defined1()),
            // Once asked for it is caught: others die by it, as they expect.
            hang_up: is_root.then(|| catch(SignalKind::hangup())).flatten(),
            end: [
                catch(SignalKind::interrupt()),
                catch(SignalKind::terminate()),
                catch(SignalKind::quit()),
            ],
        }
    }

    async fn next(&mut self) -> Call {
        let [interrupt, terminate, quit] = &mut self.end;
        tokio::select! {
            () = caught(&mut self.wake) => Call::Wake,
            () = caught(&mut self.hang_up) => Call::Wake,
            () = caught(interrupt) => Call::End,
            () = caught(terminate) => Call::End,
            () = caught(quit) => Call::End,
        }
    }
}

/// Waits for a signal; for ever where it cannot be caught.
async fn caught(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
