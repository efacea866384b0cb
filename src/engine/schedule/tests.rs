//! The schedule with accounts whose polls fail at once (no password), and one whose server is
//! silent. Where time matters it is tokio's, which stands still.

use std::path::PathBuf;

use tokio::net::TcpListener;
use tokio::sync::broadcast;

use super::*;
use crate::engine::api::saving::{Version, Which};
use crate::engine::api::{Cause, Halt, State, What};
use crate::engine::handle::{Asks, Handle, start};
use crate::engine::source::{File, Source};
use crate::net::World;
use crate::rc::Overrides;
use crate::store::Places;

struct Rig {
    home: tempfile::TempDir,
    handle: Handle,
    events: broadcast::Receiver<Event>,
}

fn write(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn write_rc(home: &tempfile::TempDir, rc: &str) {
    write(&home.path().join("rc"), rc);
}

fn rig(rc: &str, rhythm: Rhythm) -> Rig {
    rig_with(rc, "", rhythm)
}

/// `RC` in `local` is the rc file.
fn rig_with(rc: &str, local: &str, rhythm: Rhythm) -> Rig {
    let home = tempfile::tempdir().unwrap();
    write_rc(&home, rc);
    if !local.is_empty() {
        let dir = home.path().join(".config/postrider");
        std::fs::create_dir_all(&dir).unwrap();
        let name = home.path().join("rc");
        let local = local.replace("RC", &name.to_string_lossy());
        write(&dir.join("accounts.toml"), &local);
    }
    let own = home.path().to_owned();
    let env = move |name: &str| (name == "HOME").then(|| own.clone().into_os_string());
    let options = Options {
        source: Source {
            file: File::Path(home.path().join("rc")),
            overrides: Overrides::default(),
            servers: Vec::new(),
            user: "ann".into(),
            is_root: false,
        },
        rhythm,
        only_check: false,
        serial: false,
        asks: Asks::Nobody,
        keyring: false,
        places: Places::from_env(env, 1000, |_| None).unwrap(),
        program: PathBuf::from("/no/such/place/postrider"),
        world: World::system(),
    };
    let (handle, events) = start(&tokio::runtime::Handle::current(), options);
    Rig {
        home,
        handle,
        events,
    }
}

/// What is worth a line in a test.
fn told(event: &Event) -> Option<String> {
    Some(match event {
        Event::Activity(entry) => {
            let id = entry.id.as_ref().map_or("", |id| &id.label);
            match &entry.what {
                What::Started => format!("{id} started"),
                What::Failed(trouble) => format!("{id} failed {}", trouble.tries),
                What::Finished { .. } => format!("{id} finished"),
                _ => return None,
            }
        }
        Event::Loaded(all) if all.halted.is_some() => "halted".to_owned(),
        Event::Loaded(all) if all.stale.is_some() => "stale".to_owned(),
        Event::Loaded(_) => "loaded".to_owned(),
        Event::CycleEnded => "cycle".to_owned(),
        Event::Ended => "ended".to_owned(),
        Event::RcChanged => "changed".to_owned(),
        Event::Account(_) | Event::Arrived { .. } | Event::Saved(_) => return None,
        Event::Job { .. } | Event::JobDone { .. } => return None,
        Event::Question(_) | Event::Unasked(_) | Event::Wire { .. } => return None,
        Event::Paused(is_paused) => format!("paused {is_paused}"),
    })
}

impl Rig {
    async fn next(&mut self) -> String {
        loop {
            let event = tokio::time::timeout(Duration::from_secs(100_000), self.events.recv());
            if let Some(line) = told(&event.await.expect("a bug").expect("an event")) {
                return line;
            }
        }
    }

    async fn until(&mut self, last: &str) -> Vec<String> {
        let mut seen = Vec::new();
        while seen.last().is_none_or(|line| line != last) {
            seen.push(self.next().await);
        }
        seen
    }
}

const ONE: &str = "poll a proto pop3 user u\n";

#[tokio::test]
async fn a_single_cycle_in_the_order_of_the_file() {
    let rc = "poll a proto pop3 user u\nskip b proto pop3 user u\npoll c proto pop3 user u\n";
    let mut rig = rig(rc, Rhythm::Once);
    let mut seen = rig.until("ended").await;
    assert_eq!(seen.remove(0), "loaded");
    assert_eq!(seen.split_off(4), ["cycle", "ended"]);
    seen.sort();
    let expected = ["a failed 1", "a started", "c failed 1", "c started"];
    assert_eq!(seen, expected);
    let all = rig.handle.snapshot();
    let status: Vec<_> = all
        .accounts
        .iter()
        .map(|a| (a.state, a.last_status))
        .collect();
    let expected = [
        (State::NeedsYou, Some(3)),
        (State::Skipped, None),
        (State::NeedsYou, Some(3)),
    ];
    assert_eq!(status, expected);
    assert!(!rig.handle.is_daemon());
}

#[tokio::test(start_paused = true)]
async fn a_daemon_comes_again_and_backs_off() {
    let mut rig = rig(ONE, Rhythm::Daemon(Some(300)));
    let mut starts = Vec::new();
    while starts.len() < 6 {
        if rig.next().await == "a started" {
            starts.push(Instant::now());
        }
    }
    assert!(rig.handle.is_daemon());
    // A password that is refused or missing waits longer each time, up to four intervals.
    let pauses: Vec<_> = starts
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs())
        .collect();
    assert_eq!(pauses, [300, 600, 900, 1200, 1200]);
}

#[tokio::test(start_paused = true)]
async fn the_interval_of_the_file_and_none() {
    let mut daemon = rig(&format!("set daemon 60\n{ONE}"), Rhythm::Daemon(None));
    daemon.until("a started").await;
    let first = Instant::now();
    daemon.until("a started").await;
    assert_eq!(first.elapsed().as_secs(), 60);
    let mut once = rig(ONE, Rhythm::Daemon(None));
    assert_eq!(once.until("ended").await.last().unwrap(), "ended");
    let mut zero = rig(ONE, Rhythm::Daemon(Some(0)));
    assert_eq!(zero.until("ended").await.last().unwrap(), "ended");
    let mut desktop = rig(ONE, Rhythm::Desktop);
    desktop.until("a started").await;
    let first = Instant::now();
    desktop.until("a started").await;
    assert_eq!(first.elapsed().as_secs(), 600);
}

#[tokio::test(start_paused = true)]
async fn check_now_does_not_wait() {
    let mut rig = rig(ONE, Rhythm::Daemon(Some(300)));
    rig.until("cycle").await;
    let before = Instant::now();
    rig.handle.send(Command::Check { ids: None });
    assert_eq!(rig.next().await, "a started");
    assert_eq!(before.elapsed().as_secs(), 0);
}

#[tokio::test]
async fn check_while_running_stop_and_shut_down() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let rc = format!("poll a via 127.0.0.1 proto pop3 port {port} user u password p sslproto ''\n");
    let mut rig = rig(&rc, Rhythm::Desktop);
    assert_eq!(rig.until("a started").await, ["loaded", "a started"]);
    let (_first, _) = silent.accept().await.unwrap();
    rig.handle.send(Command::Check { ids: None });
    rig.handle.send(Command::Stop { ids: None });
    // Stopped, not failed; and the second poll did not run beside the first.
    assert_eq!(rig.until("cycle").await, ["a finished", "cycle"]);
    let account = rig.handle.snapshot().accounts.remove(0);
    assert_eq!((account.state, account.totals.failures), (State::Idle, 0));
    assert!(account.next_check.is_some());
    rig.handle.send(Command::Check { ids: None });
    rig.until("a started").await;
    let (_second, _) = silent.accept().await.unwrap();
    rig.handle.send(Command::Shutdown);
    // Nothing begins behind it.
    rig.handle.send(Command::Check { ids: None });
    rig.handle.send(Command::Reload);
    assert_eq!(rig.until("ended").await, ["a finished", "ended"]);
}

/// While the last polls end, nobody turns in circles.
#[tokio::test(start_paused = true)]
async fn an_engine_without_handles_ends_quietly() {
    let options = Options {
        program: PathBuf::new(),
        ..options_of("poll a proto pop3 user u\n")
    };
    let (commands, inbox) = mpsc::unbounded_channel();
    drop(commands);
    let mut scheduler = Scheduler::new(options, Board::default(), inbox);
    scheduler.polls.spawn(async {
        tokio::time::sleep(Duration::from_secs(4)).await;
        let id = AccountId {
            label: "a".into(),
            user: "u".into(),
            ordinal: 0,
        };
        (id, Ended::stopped())
    });
    let mut turns = 0;
    while !scheduler.polls.is_empty() {
        scheduler.wait().await;
        turns += 1;
    }
    assert!(scheduler.is_ending);
    assert_eq!(turns, 2);
}

fn options_of(rc: &str) -> Options {
    Options {
        source: Source {
            file: File::Text(rc.as_bytes().to_vec()),
            overrides: Overrides::default(),
            servers: Vec::new(),
            user: "ann".into(),
            is_root: false,
        },
        rhythm: Rhythm::Once,
        only_check: false,
        serial: false,
        asks: Asks::Nobody,
        keyring: false,
        places: Places::from_env(|_| None, 1000, |_| None).unwrap(),
        program: PathBuf::new(),
        world: World::system(),
    }
}

#[tokio::test]
async fn reload_removes_adds_and_renames_while_a_poll_runs() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let running = |label: &str| {
        format!("poll {label} via 127.0.0.1 proto pop3 port {port} user u password p sslproto ''\n")
    };
    let mut rig = rig(&running("a"), Rhythm::Desktop);
    rig.until("a started").await;
    let (_first, _) = silent.accept().await.unwrap();
    write_rc(&rig.home, ONE.replace("poll a", "poll b").as_str());
    rig.handle.send(Command::Reload);
    assert_eq!(rig.until("b failed 1").await.last().unwrap(), "b failed 1");
    let labels = |rig: &Rig| {
        let all = rig.handle.snapshot().accounts;
        all.into_iter().map(|a| a.id.label).collect::<Vec<_>>()
    };
    assert_eq!(labels(&rig), ["b"]);
    // The old poll was stopped; under its old name the account begins anew.
    write_rc(&rig.home, &running("a"));
    rig.handle.send(Command::Reload);
    rig.until("a started").await;
    let (_second, _) = silent.accept().await.unwrap();
    let account = rig.handle.snapshot().accounts.remove(0);
    assert!(account.state.is_busy(), "{:?}", account.state);
    // A file that is bad leaves what runs alone.
    write_rc(&rig.home, "poll a nonsense\n");
    rig.handle.send(Command::Reload);
    assert_eq!(rig.until("stale").await.last().unwrap(), "stale");
    assert_eq!(labels(&rig), ["a"]);
    rig.handle.send(Command::Shutdown);
    rig.until("ended").await;
}

#[tokio::test(start_paused = true)]
async fn an_account_that_becomes_skip_is_not_polled_again() {
    let mut rig = rig(ONE, Rhythm::Daemon(Some(300)));
    rig.until("cycle").await;
    let rc = "skip a proto pop3 user u\npoll b proto pop3 user u\n";
    write_rc(&rig.home, rc);
    rig.handle.send(Command::Reload);
    let mut seen = rig.until("b failed 2").await;
    seen.retain(|line| line.starts_with('a'));
    assert!(seen.is_empty(), "{seen:?}");
    let account = rig.handle.snapshot().accounts.remove(0);
    assert_eq!((account.state, account.next_check), (State::Skipped, None));
}

/// `skip` is what other programs read; `watch` is ours.
#[tokio::test(start_paused = true)]
async fn what_is_watched_has_its_turn_in_the_desktop() {
    let rc = "skip a proto pop3 user u\nskip b proto pop3 user u\nskip c proto pop3 user u\n";
    let keys = |label: &str, keys: &str| {
        format!("[[account]]\nrc = 'RC'\nlabel = \"{label}\"\nuser = \"u\"\n{keys}\n")
    };
    let local = keys("a", "watch = true") + &keys("b", "watch = true\npause = true");
    for (rhythm, is_desktop) in [(Rhythm::Desktop, true), (Rhythm::Daemon(Some(60)), false)] {
        let mut rig = rig_with(rc, &local, rhythm);
        let mut seen = Vec::new();
        let hours = tokio::time::sleep(Duration::from_secs(7200));
        tokio::pin!(hours);
        loop {
            tokio::select! {
                line = rig.next() => seen.push(line),
                () = &mut hours => break,
            }
        }
        let starts = |label| {
            seen.iter()
                .filter(|s| **s == format!("{label} started"))
                .count()
        };
        assert_eq!(starts("a") > 1, is_desktop, "{seen:?}");
        assert_eq!(starts("b") + starts("c"), 0, "{seen:?}");
        let states = rig.handle.snapshot().accounts.into_iter().map(|a| a.state);
        let of_a = match is_desktop {
            true => State::NeedsYou,
            false => State::Skipped,
        };
        let of_b = match is_desktop {
            true => State::Idle,
            false => State::Skipped,
        };
        assert_eq!(states.collect::<Vec<_>>(), [of_a, of_b, State::Skipped]);
    }
}

#[tokio::test]
async fn a_lock_that_is_held_ends_a_single_run() {
    let mut first = rig(ONE, Rhythm::Desktop);
    first.until("cycle").await;
    let (handle, mut events) = {
        let mut options = options_of(ONE);
        let own = first.home.path().to_owned();
        let env = move |name: &str| (name == "HOME").then(|| own.clone().into_os_string());
        options.places = Places::from_env(env, 1000, |_| None).unwrap();
        start(&tokio::runtime::Handle::current(), options)
    };
    while events.recv().await.unwrap() != Event::Ended {}
    assert!(matches!(
        handle.snapshot().halted,
        Some(Halt::Locked { .. })
    ));
    let trouble = first.handle.snapshot().accounts.remove(0).trouble;
    assert_eq!(trouble.unwrap().cause, Cause::NoPassword);
}

#[tokio::test]
async fn a_saved_file_is_taken_at_once() {
    use crate::base::Secret;
    use crate::engine::api::saving::Base;
    let mut rig = rig(ONE, Rhythm::Desktop);
    rig.until("cycle").await;
    let base = Base::of(ONE.as_bytes());
    let save = |text: &str, which| Command::SaveRc {
        version: Version {
            base,
            bytes: Secret::new(text),
        },
        which,
    };
    rig.handle.send(save("poll b nonsense\n", Which::Rc));
    rig.handle.send(save("poll b nonsense\n", Which::Draft));
    rig.handle
        .send(save("poll b proto pop3 user u\n", Which::Rc));
    rig.handle
        .send(save("poll c proto pop3 user u\n", Which::Rc));
    let mut answers = Vec::new();
    while answers.len() < 4 {
        if let Event::Saved(saved) = rig.events.recv().await.unwrap() {
            answers.push((saved.which, saved.result.is_ok()));
        }
    }
    let expected = [
        (Which::Rc, false),
        (Which::Draft, true),
        (Which::Rc, true),
        (Which::Rc, false),
    ];
    assert_eq!(answers, expected);
    let all = rig.handle.snapshot();
    assert_eq!(all.accounts[0].id.label, "b");
}

fn write_mode(rig: &Rig, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(rig.home.path().join("rc"), mode).unwrap();
}

/// Whatever happens to the file, the accounts that were read are polled on; and each state of it
/// is told once.
#[tokio::test(start_paused = true)]
async fn a_bad_file_leaves_the_old_accounts_in_force() {
    let mut rig = rig(ONE, Rhythm::Daemon(Some(60)));
    let told = async |rig: &mut Rig| {
        let mut seen = rig.until("a started").await;
        seen.retain(|line| line != "cycle" && !line.starts_with("a "));
        seen
    };
    assert_eq!(told(&mut rig).await, ["loaded"]);
    let mut check = async |change: &dyn Fn(&Rig), expected: Option<fn(&Halt) -> bool>| {
        change(&rig);
        let seen = told(&mut rig).await;
        let all = rig.handle.snapshot();
        let is_right = match (expected, &all.stale) {
            (Some(fits), Some(halt)) => fits(halt) && seen == ["changed", "stale"],
            (None, None) => seen == ["changed", "loaded"],
            _ => false,
        };
        assert!(is_right, "{seen:?} {:?}", all.stale);
        assert_eq!((all.halted, all.accounts.len()), (None, 1));
        // Nothing more is said while nothing changes.
        assert_eq!(told(&mut rig).await, [""; 0]);
    };
    let is_syntax = |halt: &Halt| matches!(halt, Halt::Syntax(errors) if errors.len() == 1);
    check(&|rig| write_rc(&rig.home, "poll b frob\n"), Some(is_syntax)).await;
    check(
        &|rig| write_rc(&rig.home, "poll b frobnicate\n"),
        Some(is_syntax),
    )
    .await;
    check(
        &|rig| write_rc(&rig.home, &format!("# mended\n{ONE}")),
        None,
    )
    .await;
    check(
        &|rig| write_mode(rig, 0o644),
        Some(|halt| matches!(halt, Halt::Unreadable(_))),
    )
    .await;
    check(&|rig| write_mode(rig, 0o600), None).await;
    let remove = |rig: &Rig| std::fs::remove_file(rig.home.path().join("rc")).unwrap();
    check(&remove, Some(|halt| matches!(halt, Halt::NoFile))).await;
    check(&|rig| write_rc(&rig.home, ONE), None).await;
}

/// The desktop sees a change within two seconds or so, and waits while somebody is writing.
#[tokio::test(start_paused = true)]
async fn the_desktop_looks_at_the_file() {
    let mut rig = rig("set daemon 3600\n", Rhythm::Desktop);
    rig.until("loaded").await;
    let until = async |rig: &mut Rig, last: &str| {
        let mut seen = rig.until(last).await;
        seen.retain(|line| line != "cycle");
        seen
    };
    let start = Instant::now();
    write_rc(&rig.home, &format!("set daemon 3600\n{ONE}"));
    assert_eq!(
        until(&mut rig, "a failed 1").await,
        ["changed", "loaded", "a started", "a failed 1"]
    );
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    std::fs::remove_file(rig.home.path().join("rc")).unwrap();
    assert_eq!(until(&mut rig, "stale").await, ["changed", "stale"]);
    // A longer text each 200 ms, and then no more.
    for length in 1..20 {
        write_rc(&rig.home, &format!("{}\n{}", "#".repeat(length), ONE));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(rig.handle.snapshot().stale.is_some());
    assert_eq!(until(&mut rig, "loaded").await, ["changed", "loaded"]);
    assert_eq!(rig.handle.snapshot().stale, None);
}

/// A shorter interval counts at once, and an account that has failed is tried again when its entry
/// has changed; another one keeps its back-off.
#[tokio::test(start_paused = true)]
async fn a_change_does_not_wait_for_the_old_interval() {
    let two = "poll a proto pop3 user u\npoll b proto pop3 user u\n";
    let mut rig = rig(&format!("set daemon 3600\n{two}"), Rhythm::Desktop);
    rig.until("cycle").await;
    let changed = two.replace("poll b proto pop3", "poll b proto imap");
    write_rc(&rig.home, &format!("set daemon 3600\n{changed}"));
    let start = Instant::now();
    rig.until("b failed 2").await;
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    let tries = |rig: &Rig| {
        let all = rig.handle.snapshot().accounts;
        all.iter()
            .map(|a| a.trouble.as_ref().map_or(0, |t| t.tries))
            .collect::<Vec<_>>()
    };
    assert_eq!(tries(&rig), [1, 2]);
    rig.until("a failed 2").await;
    assert!(
        start.elapsed() > Duration::from_secs(3500),
        "{:?}",
        start.elapsed()
    );
}

/// The desktop keeps the person's own rhythm and takes changes of it like those of the rc file.
#[tokio::test(start_paused = true)]
async fn pause_and_every_of_accounts_toml() {
    let write = |home: &tempfile::TempDir, keys: &str| {
        use std::os::unix::fs::PermissionsExt;
        let path = home.path().join(".config/postrider/accounts.toml");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = format!("[[account]]\nrc = 'rc'\nlabel = 'a'\nuser = 'u'\n{keys}\n");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    let two = "set daemon 100\npoll a proto pop3 user u\npoll b proto pop3 user u\n";
    let mut rig = rig(two, Rhythm::Desktop);
    rig.until("cycle").await;
    write(&rig.home, "pause = true");
    rig.until("loaded").await;
    let seen = rig.until("b failed 4").await;
    assert!(!seen.iter().any(|line| line.starts_with("a ")), "{seen:?}");
    rig.handle.send(Command::Check { ids: None });
    let seen = rig.until("b failed 5").await;
    assert!(!seen.iter().any(|line| line.starts_with("a ")), "{seen:?}");
    let ids = Some(vec![rig.handle.snapshot().accounts[0].id.clone()]);
    rig.handle.send(Command::Check { ids });
    rig.until("a failed 2").await;
    assert_eq!(rig.handle.snapshot().accounts[0].next_check, None);

    write(&rig.home, "every = 30");
    rig.until("a failed 3").await;
    let start = Instant::now();
    // Three in a row have failed: four intervals.
    rig.until("a failed 4").await;
    assert_eq!(start.elapsed().as_secs(), 90);

    write(&rig.home, "every = 30\nwatch = 'yes'");
    rig.until("loaded").await;
    let all = rig.handle.snapshot();
    assert!(
        all.advice[0].contains("accounts.toml:6:1: "),
        "{:?}",
        all.advice
    );
    write(&rig.home, "watch = ");
    rig.until("stale").await;
    rig.until("b started").await;
}

#[tokio::test(start_paused = true)]
async fn while_it_is_paused_only_what_is_asked_for_is_polled() {
    let mut rig = rig(ONE, Rhythm::Desktop);
    rig.until("cycle").await;
    rig.handle.send(Command::Pause);
    assert_eq!(rig.next().await, "paused true");
    assert!(rig.handle.snapshot().is_paused);
    assert_eq!(rig.handle.snapshot().interval, 600);
    let hours = tokio::time::timeout(Duration::from_secs(7200), rig.next()).await;
    assert!(hours.is_err(), "{hours:?}");
    rig.handle.send(Command::Check { ids: None });
    assert_eq!(rig.until("cycle").await[0], "a started");
    let hours = tokio::time::timeout(Duration::from_secs(7200), rig.next()).await;
    assert!(hours.is_err(), "{hours:?}");
    // What was due meanwhile does not wait any longer.
    let before = Instant::now();
    rig.handle.send(Command::Resume);
    assert_eq!(rig.next().await, "paused false");
    assert_eq!(rig.next().await, "a started");
    assert_eq!(before.elapsed().as_secs(), 0);
}
