//! How many connections are open at once, and how long a port that does not answer is waited for.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

use crate::net::{Conn, Error, Peer, connect_at, connect_by};

/// Most connections at once.
const AT_ONCE: usize = 8;
/// Most of them to one port of an address. Courier hangs up on the fifth (Q23; POP3 in 5.0, seen), and
/// the person's own mail program wants one too.
const PER_PORT: usize = 3;
/// From then on an attempt that has not come through yet does not keep others waiting.
const HOLD: Duration = Duration::from_secs(1);
/// Least wait for a port of an address that has answered on another one: a lost packet is sent
/// again after one second.
const LEAST: Duration = Duration::from_millis(1300);
/// How often that is looked at.
const TICK: Duration = Duration::from_millis(50);

/// Room for connections, shared by all of a probe.
pub(super) struct Slots {
    all: Arc<Semaphore>,
    ports: Mutex<HashMap<SocketAddr, Arc<Semaphore>>>,
    /// Slowest answer so far of each address, of a port that is open or says that it is closed.
    answered: Mutex<HashMap<IpAddr, Duration>>,
    /// When the last attempt to connect is given up.
    end: Instant,
}

/// Where to.
#[derive(Clone)]
pub(super) enum Way {
    /// An address.
    At(SocketAddr),
    /// A command.
    By(String),
}

/// A connection counts until this is dropped.
pub(super) struct Slot {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Slots {
    /// `end`: when attempts to connect are given up at the latest.
    pub fn new(end: Instant) -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            ports: Mutex::default(),
            answered: Mutex::default(),
            end,
        }
    }

    /// Connects when there is room. The time is counted from then.
    pub async fn connect(&self, peer: &Peer, way: &Way) -> Result<(Conn, Slot, Duration), Error> {
        let at = match way {
            Way::At(at) => *at,
            Way::By(command) => {
                let slot = self.slot(None).await;
                let begun = Instant::now();
                return Ok((connect_by(peer, command)?, slot, begun.elapsed()));
            }
        };
        let slot = self.slot(Some(at)).await;
        let begun = Instant::now();
        let mut connecting = std::pin::pin!(connect_at(peer, at));
        let hold = HOLD.min(self.end.saturating_duration_since(begun));
        let (conn, slot) = match timeout(hold, &mut connecting).await {
            Ok(result) => (result, slot),
            Err(_) => {
                drop(slot);
                let result = tokio::select! {
                    result = connecting => result,
                    () = self.in_vain(at.ip(), begun) => Err(Error::TimedOut {
                        host: peer.host.clone(),
                        seconds: begun.elapsed().as_secs(),
                    }),
                };
                let slot = match &result {
                    Ok(_) => self.slot(Some(at)).await,
                    Err(_) => Slot {
                        _permits: Vec::new(),
                    },
                };
                (result, slot)
            }
        };
        let took = begun.elapsed();
        if !matches!(conn, Err(Error::TimedOut { .. })) {
            self.answered(at.ip(), took);
        }
        Ok((conn?, slot, took))
    }

    /// Ends when waiting any longer is in vain: at the end of all, or once the address has answered
    /// elsewhere in far less time than this. Without this a firewall that drops one port in silence
    /// would hold up the report on all others.
    async fn in_vain(&self, address: IpAddr, begun: Instant) {
        loop {
            let slowest = held(&self.answered).get(&address).copied();
            let patience = slowest.map(|slowest| LEAST.max(slowest * 4));
            let is_over = patience.is_some_and(|patience| begun.elapsed() > patience);
            if is_over || Instant::now() >= self.end {
                return;
            }
            sleep(TICK.min(self.end.saturating_duration_since(Instant::now()))).await;
        }
    }

    fn answered(&self, address: IpAddr, took: Duration) {
        let mut all = held(&self.answered);
        let slowest = all.entry(address).or_default();
        *slowest = took.max(*slowest);
    }

    async fn slot(&self, port: Option<SocketAddr>) -> Slot {
        let room = port.map(|port| {
            let mut all = held(&self.ports);
            let room = all.entry(port);
            Arc::clone(room.or_insert_with(|| Arc::new(Semaphore::new(PER_PORT))))
        });
        let mut permits = Vec::new();
        for room in room.into_iter().chain([self.all.clone()]) {
            // They are never closed.
            permits.extend(room.acquire_owned().await);
        }
        Slot { _permits: permits }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
