//! A whole probe: names looked up, every port visited side by side, versions of TLS asked for, the
//! report told as it grows. Dropping the future ends every connection; a cancelled token ends it
//! with what was found so far.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::plan::{self, Visit};
use super::report::{Failure, Outcome, Report, Row, Service, Shown};
use super::request::{Family, Request};
use super::slots::{Slots, Way};
use super::visit::{Around, visit};
use super::{discover, scan, verdict};
use crate::base::text::{QUIET_MAX, quiet};
use crate::net::connect::is_offline;
use crate::net::reach::inside;
use crate::net::reverse::reverse;
use crate::net::{self, World, find, tls};
use crate::rc::account;

/// Least time between two tellings of the report.
const TELLING: Duration = Duration::from_millis(100);
/// Longest wait for the name of the first address.
const TO_NAME: Duration = Duration::from_millis(1500);

/// What comes home.
enum News {
    Row(usize, Box<Row>),
    Reverse(Option<String>),
}

/// Probes a host. `tell` gets the report so far, at most ten times a second, and once at the end.
pub async fn run(
    request: &Request,
    world: &World,
    stop: &CancellationToken,
    mut tell: impl FnMut(&Report),
) -> Report {
    let mut probe = Probe {
        begun: Instant::now(),
        report: Report {
            host: request.host.clone(),
            at: SystemTime::now(),
            addresses: Vec::new(),
            reverse: None,
            rows: Vec::new(),
            choices: Vec::new(),
            failure: None,
            is_blocked: false,
            took: Duration::ZERO,
            is_done: false,
        },
        told: None,
    };
    probe.tell(&mut tell);
    let prepared = tokio::select! {
        prepared = prepare(request, world, probe.begun) => prepared,
        () = stop.cancelled() => Ok(None),
    };
    match prepared {
        Err(failure) => probe.report.failure = Some(failure),
        Ok(None) => {}
        Ok(Some((around, visits))) => {
            probe.planned(&visits);
            probe.tell(&mut tell);
            let work = start(request, world, around, visits);
            probe
                .gather(work, request.timeout * 4, stop, &mut tell)
                .await;
        }
    }
    probe.end();
    tell(&probe.report);
    probe.report
}

/// The report and when it was told.
struct Probe {
    begun: Instant,
    report: Report,
    told: Option<Instant>,
}

impl Probe {
    fn planned(&mut self, visits: &[Visit]) {
        for (row, _) in visits {
            self.report.rows.push(row.clone());
            let new = row
                .address
                .filter(|address| !self.report.addresses.contains(address));
            self.report.addresses.extend(new);
        }
    }

    /// Takes in what comes home until nothing is under way, the time is over, or it is stopped.
    async fn gather(
        &mut self,
        (mut news, mut work): (mpsc::UnboundedReceiver<News>, JoinSet<()>),
        limit: Duration,
        stop: &CancellationToken,
        tell: &mut impl FnMut(&Report),
    ) {
        let end = self.begun + limit;
        let mut is_new = false;
        loop {
            let next = self.told.map_or(self.begun, |told| told + TELLING);
            tokio::select! {
                came = news.recv() => match came {
                    Some(came) => {
                        self.take_in(came);
                        is_new = true;
                    }
                    None => break,
                },
                () = sleep_until(next), if is_new => {
                    is_new = false;
                    verdict::conclude(&mut self.report);
                    self.tell(tell);
                }
                () = stop.cancelled() => {
                    self.give_up(&mut news, &Outcome::Stopped);
                    break;
                }
                () = sleep_until(end) => {
                    self.give_up(&mut news, &Outcome::TimedOut);
                    break;
                }
            }
        }
        work.abort_all();
    }

    fn take_in(&mut self, news: News) {
        match news {
            News::Row(n, row) => {
                if let Some(place) = self.report.rows.get_mut(n) {
                    *place = *row;
                }
            }
            News::Reverse(name) => self.report.reverse = name,
        }
    }

    /// What is not over yet ends so; what was found stays, and so does what has come home and was
    /// not looked at yet.
    fn give_up(&mut self, news: &mut mpsc::UnboundedReceiver<News>, outcome: &Outcome) {
        while let Ok(came) = news.try_recv() {
            self.take_in(came);
        }
        for row in &mut self.report.rows {
            if matches!(row.outcome, Outcome::Waiting | Outcome::Working) {
                row.outcome = outcome.clone();
            }
        }
    }

    fn tell(&mut self, tell: &mut impl FnMut(&Report)) {
        self.told = Some(Instant::now());
        self.report.took = self.begun.elapsed();
        tell(&self.report);
    }

    fn end(&mut self) {
        verdict::conclude(&mut self.report);
        self.report.took = self.begun.elapsed();
        self.report.is_done = true;
    }
}

/// Reads the settings and looks the name up.
async fn prepare(
    request: &Request,
    world: &World,
    begun: Instant,
) -> Result<Option<(Arc<Around>, Vec<Visit>)>, Failure> {
    let ports = plan::ports(request);
    let looking = tls::Looking::new(&settings(request), world, true);
    let looking = looking.map_err(|error| Failure::Settings(error.to_string()))?;
    let visits = if request.plugin.is_some() {
        let row = |(port, service): &(u16, Service)| (Row::new(*port, *service, None), None);
        ports.iter().map(row).collect()
    } else {
        let numbers: Vec<u16> = ports.iter().map(|(port, _)| *port).collect();
        let found = find(world, &request.host, &numbers, request.timeout).await;
        let found = bounded(request, world, found.map_err(failure)?)?;
        let is_fit = |address: &SocketAddr| plan::is_of(request.family, address);
        if !found
            .iter()
            .any(|(_, addresses)| addresses.iter().any(is_fit))
        {
            return Err(Failure::UnknownHost);
        }
        plan::rows(&ports, &found, request.family)
    };
    let around = Around {
        host: request.host.clone(),
        looking,
        timeout: request.timeout,
        slots: Slots::new(give_up_at(begun, request.timeout)),
    };
    Ok(Some((Arc::new(around), visits)))
}

/// When attempts to connect are given up, so that a host that drops everything is told within the
/// time-out, looking its name up included. A slow name server leaves them half of it.
fn give_up_at(begun: Instant, timeout: Duration) -> Instant {
    (begun + timeout * 24 / 25).max(Instant::now() + timeout / 2)
}

/// What was looked up, as far as the host may lead there. These very addresses are connected to.
fn bounded(
    request: &Request,
    world: &World,
    mut found: Vec<(u16, Vec<SocketAddr>)>,
) -> Result<Vec<(u16, Vec<SocketAddr>)>, Failure> {
    for (_, addresses) in &mut found {
        let all = std::mem::take(addresses);
        match inside(world, &request.host, all, request.within) {
            Ok(allowed) => *addresses = allowed,
            Err(error) => return Err(Failure::Settings(discover::astray(&error))),
        }
    }
    Ok(found)
}

fn failure(error: net::Error) -> Failure {
    let words = quiet(error.to_string().as_bytes(), QUIET_MAX);
    match error {
        net::Error::UnknownHost { .. } => Failure::UnknownHost,
        _ if is_offline() => Failure::Offline,
        net::Error::Lookup { what, .. } => Failure::Lookup(quiet(what.as_bytes(), QUIET_MAX)),
        _ => Failure::Lookup(words),
    }
}

fn settings(request: &Request) -> account::Tls {
    let (cert, key) = request.identity.clone().unzip();
    account::Tls {
        implicit: false,
        proto: None,
        check: true,
        cert_file: request.ca_file.clone(),
        cert_path: None,
        common_name: None,
        fingerprint: None,
        pin_sha256: None,
        key,
        cert,
    }
}

/// Begins everything. The receiver ends when all is done.
fn start(
    request: &Request,
    world: &World,
    around: Arc<Around>,
    visits: Vec<Visit>,
) -> (mpsc::UnboundedReceiver<News>, JoinSet<()>) {
    let (home, news) = mpsc::unbounded_channel();
    let mut work = JoinSet::new();
    if let Some(first) = visits.iter().find_map(|(row, _)| row.address) {
        let (home, world) = (home.clone(), world.clone());
        let limit = TO_NAME.min(request.timeout / 2);
        work.spawn(async move {
            let name = reverse(&world, first, limit).await;
            let _ = home.send(News::Reverse(name));
        });
    }
    for (n, (row, address)) in visits.into_iter().enumerate() {
        let way = match (&request.plugin, address) {
            (Some(command), _) => Way::By(command.clone()),
            (None, Some(address)) => Way::At(address),
            (None, None) => {
                // The world has the host, and nothing at this port.
                let mut row = row;
                row.outcome = match request.family {
                    Family::Any => Outcome::Refused,
                    _ => Outcome::Failed(String::new()),
                };
                let _ = home.send(News::Row(n, Box::new(row)));
                continue;
            }
        };
        let (home, around) = (home.clone(), Arc::clone(&around));
        work.spawn(async move {
            // Nobody listens any more once the probe is over.
            let send = |row: &Row| {
                let _ = home.send(News::Row(n, Box::new(row.clone())));
            };
            examine(&around, row, &way, send).await;
        });
    }
    (news, work)
}

/// Visits a port and asks for its versions of TLS. `send` gets the row whenever something is known.
async fn examine(around: &Around, row: Row, way: &Way, send: impl Fn(&Row) + Sync) {
    let (shaken, known) = oneshot::channel();
    let shaken = Mutex::new(Some(shaken));
    let once = || shaken.lock().unwrap_or_else(PoisonError::into_inner).take();
    let tell = |row: &Row| {
        send(row);
        // From here on versions can be asked for, while the visit goes on.
        if row.tls.is_some()
            && let Some(shaken) = once()
        {
            let _ = shaken.send(row.clone());
        }
    };
    let visiting = async {
        let row = visit(around, row, way, tell).await;
        // Without a handshake there is nothing to wait for.
        drop(once());
        row
    };
    let scanning = async {
        let row = known.await.ok()?;
        Some(scan::scan(around, &row, way).await)
    };
    let (mut row, mut known) = tokio::join!(visiting, scanning);
    if known.is_none() && scan::is_due(&row) {
        known = Some(scan::scan(around, &row, way).await);
    }
    if let Some(known) = known {
        scan::put(around, &mut row, known);
        send(&row);
    }
}

/// One port to look at, with the TLS settings of an account.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// Name or address.
    pub host: &'a str,
    /// TCP port.
    pub port: u16,
    /// What is there. [`Service::Imaps`] and [`Service::Pop3s`]: TLS from the first byte.
    pub service: Service,
    /// The account's settings; whether TLS is on from the first byte follows from the service.
    pub tls: &'a account::Tls,
    /// A command in place of a connection.
    pub plugin: Option<&'a str>,
    /// For each step.
    pub timeout: Duration,
}

/// Looks at one port by the same rules as a probe, without asking for versions of TLS: what it says,
/// how it is protected, its certificates and what is wrong with them. Of several addresses the first
/// that can be connected to. Nothing secret is sent. Bounded by four times the time-out.
///
/// # Errors
/// The settings cannot be used, or the name cannot be looked up.
pub async fn look_at(target: &Target<'_>, world: &World) -> Result<Row, net::Error> {
    let around = Around {
        host: target.host.to_owned(),
        looking: tls::Looking::new(target.tls, world, false)?,
        timeout: target.timeout,
        slots: Slots::new(Instant::now() + target.timeout),
    };
    let mut last = Row::new(target.port, target.service, None);
    if let Some(command) = target.plugin {
        let way = Way::By(command.to_owned());
        return Ok(visit(&around, last, &way, |_| ()).await);
    }
    let found = find(world, target.host, &[target.port], target.timeout).await?;
    let end = Instant::now() + target.timeout * 3;
    for address in found.iter().flat_map(|(_, addresses)| addresses) {
        let row = Row::new(target.port, target.service, Some(address.ip()));
        let way = Way::At(*address);
        let Ok(row) = timeout_at(end, visit(&around, row, &way, |_| ())).await else {
            last.outcome = Outcome::TimedOut;
            break;
        };
        let is_connected = row.times.connect.is_some();
        last = row;
        if is_connected {
            break;
        }
    }
    Ok(last)
}

/// The certificates that one port shows, with what is wrong with them by the account's settings, for
/// whoever was just refused because of them. `None`: it came to no handshake, or to none with
/// certificates.
pub async fn certificates(target: &Target<'_>, world: &World) -> Option<Shown> {
    let row = look_at(target, world).await.ok()?;
    row.tls.map(|tls| tls.shown)
}

#[cfg(test)]
mod tests;
