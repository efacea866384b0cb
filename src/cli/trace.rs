//! Log lines of the terminal: `-v` shows the conversation in fetchmail's form
//! (`fetchmail: POP3> CAPA`), `-v -v` decisions too.

use std::fmt::Write as _;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::parse::Verbosity;
use super::say;

/// Sends log lines where fetchmail sends them: the conversation to standard output, warnings and
/// errors to standard error.
pub fn start(program: &str, verbosity: &Verbosity) {
    let level = match verbosity {
        Verbosity::Silent => "error",
        Verbosity::Normal => "warn",
        Verbosity::Verbose(1) => "warn,postrider=info,postrider::wire=trace",
        Verbosity::Verbose(_) => "warn,postrider=debug,postrider::wire=trace",
    };
    let lines = Lines {
        program: program.to_owned(),
    };
    let filter = EnvFilter::new(level);
    // A second start in one process (tests) keeps the first.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init();
}

struct Lines {
    program: String,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        let line = format!("{}: {}{}", self.program, text.message, text.fields);
        if *event.metadata().level() <= Level::WARN {
            say::err(line);
        } else {
            say::out(line);
        }
    }
}

#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
