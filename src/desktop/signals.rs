//! Signals to the program: those fetchmail's users know, and the usual ends.

use relm4::Sender;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::ui::Msg;

/// SIGUSR1 checks now, as it wakes fetchmail's daemon (fetchmail(1), DAEMON MODE). SIGTERM is what
/// `fetchmail --quit` sends: fetching ends, and the program too unless its window is in use.
/// SIGINT ends the program in order.
pub(super) async fn watch(window: Sender<Msg>) {
    let streams = (
        signal(SignalKind::user_defined1()),
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let (Ok(mut wake), Ok(mut interrupt), Ok(mut terminate)) = streams else {
        tracing::warn!("signals cannot be received");
        return;
    };
    loop {
        let message = tokio::select! {
            Some(()) = wake.recv() => Msg::Check(None),
            () = next(&mut interrupt) => Msg::QuitNow,
            () = next(&mut terminate) => Msg::Yield,
        };
        // Who ends it from outside does not see what is being edited.
        if !matches!(message, Msg::Check(_)) {
            window.emit(Msg::Act("keep-draft"));
        }
        if window.send(message).is_err() {
            return;
        }
    }
}

/// The next one; never, should the stream have ended.
async fn next(stream: &mut Signal) {
    if stream.recv().await.is_none() {
        std::future::pending().await
    }
}
