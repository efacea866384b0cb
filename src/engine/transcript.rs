//! What polls and their servers say to each other, as it is said, for whoever watches. Secrets and
//! bodies are masked where the lines are made (`proto::machine`), so nothing here could show them.
//!
//! A poll that is recorded runs in a span of its own. [`layer`], which the program puts among its
//! subscribers, hands what is said inside such a span to the board of that poll. Without it nothing
//! is recorded; while nothing is recorded it costs a look at the current span for each line.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::api::{AccountId, Event, Said, Spoken};
use super::board::Board;

/// Target of the lines of conversations.
const WIRE: &str = "postrider::wire";
/// Target of the spans of recorded polls.
const RECORDED: &str = "postrider::recorded";

/// Lines that wait to be told; more in so short a time are counted only.
const WAITING: usize = 1000;
/// Shortest time between two events of one poll.
const TOLD_EVERY: Duration = Duration::from_millis(50);

/// Who is told of the lines of which span.
static OPEN: RwLock<Option<HashMap<u64, Listener>>> = RwLock::new(None);
/// Names the next span.
static NEXT: AtomicU64 = AtomicU64::new(1);

struct Listener {
    lines: mpsc::Sender<Spoken>,
    left_out: AtomicU32,
}

/// A poll that is recorded, until it is dropped.
pub(super) struct Recording {
    number: u64,
    /// The poll runs in it.
    pub span: Span,
}

impl Recording {
    /// Of the next poll of an account. What is said is told by the board, as [`Event::Wire`].
    pub fn begin(board: &Board, id: &AccountId) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (lines, inbox) = mpsc::channel(WAITING);
        let listener = Listener {
            lines,
            left_out: AtomicU32::new(0),
        };
        let mut open = OPEN.write().unwrap_or_else(PoisonError::into_inner);
        open.get_or_insert_default().insert(number, listener);
        drop(open);
        tokio::spawn(tell(number, inbox, board.clone(), id.clone()));
        Self {
            number,
            span: tracing::info_span!(target: RECORDED, "recorded", number),
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let mut open = OPEN.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open.as_mut() {
            open.remove(&self.number);
        }
    }
}

/// Tells the lines in handfuls, until the recording is dropped.
async fn tell(number: u64, mut inbox: mpsc::Receiver<Spoken>, board: Board, id: AccountId) {
    let mut lines = Vec::new();
    while inbox.recv_many(&mut lines, WAITING).await > 0 {
        let count = left_out(number);
        lines.extend((count > 0).then(|| Spoken {
            at: SystemTime::now(),
            said: Said::LeftOut(count),
        }));
        board.tell(Event::Wire {
            id: id.clone(),
            lines: std::mem::take(&mut lines),
        });
        tokio::time::sleep(TOLD_EVERY).await;
    }
}

fn left_out(number: u64) -> u32 {
    let open = OPEN.read().unwrap_or_else(PoisonError::into_inner);
    let listener = open.as_ref().and_then(|open| open.get(&number));
    listener.map_or(0, |l| l.left_out.swap(0, Ordering::Relaxed))
}

/// Listens to what is said in recorded polls.
pub fn layer<S>() -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let is_ours = |metadata: &Metadata| {
        metadata.target() == RECORDED || metadata.is_event() && is_worth_saying(metadata)
    };
    let filter = DynFilterFn::new(move |metadata: &Metadata, context: &Context<S>| {
        is_ours(metadata)
            && (metadata.is_span()
                || context
                    .lookup_current()
                    .is_some_and(|s| number(&s).is_some()))
    });
    // Whatever else is said in this process is not even asked about.
    let filter = filter.with_callsite_filter(move |metadata| match is_ours(metadata) {
        true => Interest::sometimes(),
        false => Interest::never(),
    });
    Recorder.with_filter(filter)
}

fn is_worth_saying(metadata: &Metadata) -> bool {
    let target = metadata.target();
    target == WIRE || target.starts_with("postrider") && *metadata.level() <= Level::INFO
}

/// Which recording a span, or one around it, is.
fn number<'s, S: LookupSpan<'s>>(span: &SpanRef<'s, S>) -> Option<u64> {
    let mut scope = span.scope();
    scope.find_map(|span| span.extensions().get::<Number>().map(|number| number.0))
}

struct Number(u64);

struct Recorder;

impl<S> Layer<S> for Recorder
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut words = Words::default();
        attributes.record(&mut words);
        if let (Some(number), Some(span)) = (words.number, context.span(id)) {
            span.extensions_mut().insert(Number(number));
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let Some(number) = context.event_span(event).and_then(|span| number(&span)) else {
            return;
        };
        let mut words = Words::default();
        event.record(&mut words);
        let text = words.message + &words.fields;
        let said = match event.metadata().target() {
            WIRE => of_wire(&text),
            _ => Said::Note(text),
        };
        let open = OPEN.read().unwrap_or_else(PoisonError::into_inner);
        let Some(listener) = open.as_ref().and_then(|open| open.get(&number)) else {
            return;
        };
        let at = SystemTime::now();
        if listener.lines.try_send(Spoken { at, said }).is_err() {
            listener.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A line such as `IMAP> A1 NOOP`.
fn of_wire(text: &str) -> Said {
    let Some(at) = text.find(['<', '>']) else {
        return Said::Note(text.to_owned());
    };
    let (protocol, rest) = text.split_at(at);
    let protocol = protocol.to_owned();
    let mut words = rest.chars();
    let is_sent = words.next() == Some('>');
    let text = words.as_str().trim_start().to_owned();
    match is_sent {
        true => Said::Sent { protocol, text },
        false => Said::Received { protocol, text },
    }
}

#[derive(Default)]
struct Words {
    message: String,
    fields: String,
    number: Option<u64>,
}

impl Visit for Words {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "number" => self.number = Some(value),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            // Whose it is, everybody knows.
            "account" => Ok(()),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use tracing::Instrument;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    fn id(user: &str) -> AccountId {
        AccountId {
            label: "h".into(),
            user: user.into(),
            ordinal: 0,
        }
    }

    #[tokio::test]
    async fn who_is_recorded_is_told_and_nobody_else() {
        let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer()));
        let board = Board::default();
        let mut events = board.subscribe();
        let talk = async {
            tracing::trace!(target: "postrider::wire", "IMAP> A1 LOGIN ••••••");
            tokio::task::yield_now().await;
            tracing::trace!(target: "postrider::wire", "IMAP< A1 OK done");
            tracing::info!("decided");
            tracing::debug!("too small to tell");
        };
        talk.await;
        let recording = Recording::begin(&board, &id("ann"));
        let recorded = async {
            tokio::spawn(
                async { tracing::trace!(target: "postrider::wire", "SMTP> QUIT") }
                    .in_current_span(),
            )
            .await
            .expect("a task");
            tracing::trace!(target: "postrider::wire", "IMAP> A1 LOGIN ••••••");
            tracing::trace!(target: "postrider::wire", "IMAP< A1 OK <done>");
            tracing::info!("decided");
            tracing::debug!("too small to tell");
        };
        recorded.instrument(recording.span.clone()).await;
        drop(recording);
        let mut told = Vec::new();
        while told.len() < 4 {
            let Event::Wire { id: whose, lines } = events.recv().await.expect("an event") else {
                panic!("another event");
            };
            assert_eq!(whose, id("ann"));
            told.extend(lines.into_iter().map(|line| line.said));
        }
        let line = |protocol: &str, text: &str| (protocol.to_owned(), text.to_owned());
        let sent = |(protocol, text)| Said::Sent { protocol, text };
        let received = |(protocol, text)| Said::Received { protocol, text };
        assert_eq!(
            told,
            [
                sent(line("SMTP", "QUIT")),
                sent(line("IMAP", "A1 LOGIN ••••••")),
                received(line("IMAP", "A1 OK <done>")),
                Said::Note("decided".into()),
            ]
        );
    }

    #[tokio::test]
    async fn who_says_too_much_is_cut_short() {
        let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer()));
        let board = Board::default();
        let mut events = board.subscribe();
        let recording = Recording::begin(&board, &id("bob"));
        recording.span.in_scope(|| {
            for _ in 0..WAITING + 7 {
                tracing::trace!(target: "postrider::wire", "POP3> NOOP");
            }
        });
        let Ok(Event::Wire { lines, .. }) = events.recv().await else {
            panic!("nothing was told");
        };
        assert_eq!(lines.len(), WAITING + 1);
        assert_eq!(lines.last().map(|line| &line.said), Some(&Said::LeftOut(7)));
    }
}
