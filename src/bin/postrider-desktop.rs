//! The desktop program: window, tray, notices and engine in one process.

use std::process::ExitCode;
use std::sync::Arc;

use postrider::base::i18n;
use postrider::desktop::{self, EngineDoor};
use postrider::engine::{self, Asks, Options, Rhythm};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

fn main() -> ExitCode {
    i18n::init();
    let log = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(EnvFilter::from_env("POSTRIDER_LOG"));
    tracing_subscriber::registry()
        .with(log)
        .with(engine::transcript())
        .init();
    let options = match Options::from_environment(None, Rhythm::Desktop) {
        Ok(options) => Options {
            asks: Asks::Anytime,
            ..options
        },
        Err(sentence) => {
            eprintln!("postrider-desktop: {sentence}");
            return ExitCode::from(23);
        }
    };
    let args: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    desktop::run(&args, move |runtime| {
        let (handle, _) = engine::start(runtime, options);
        let (to_send, to_hear) = (handle.clone(), handle.clone());
        EngineDoor {
            send: Arc::new(move |command| to_send.send(command)),
            subscribe: Arc::new(move || to_hear.subscribe()),
            snapshot: Arc::new(move || handle.snapshot()),
        }
    })
}
