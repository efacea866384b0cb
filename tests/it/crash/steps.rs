//! SIGKILL, SIGTERM or an error of the system at the k-th call of a kind, for k from 1 until a
//! poll ends untouched. strace counts the calls of each thread for itself; what several threads
//! do in turn is cut at every step by [`super::power`].

use std::time::Duration;

use super::goal::Target;
use super::rig::Rig;
use super::{PROTOCOLS, is_long};
use crate::support::home::Home;
use crate::support::journey::program;
use crate::support::strace::Strace;

/// Calls at which a poll may be ended.
const CALLS: [&str; 16] = [
    "write",
    "writev",
    "pwrite64",
    "copy_file_range",
    "ftruncate",
    "fsync",
    "fdatasync",
    "rename",
    "renameat2",
    "unlink",
    "unlinkat",
    "openat",
    "sendto",
    "recvfrom",
    "close",
    "mkdir",
];

/// Calls that may fail, and how. Not `write`: threads wake each other by it, which does not fail; full
/// disks have a test of their own (`bad_input::disk`).
const ERRORS: [(&str, &str); 16] = [
    ("pwrite64", "ENOSPC"),
    ("copy_file_range", "ENOSPC"),
    ("ftruncate", "EIO"),
    ("fsync", "EIO"),
    ("fdatasync", "EIO"),
    ("rename", "ENOSPC"),
    ("renameat2", "EDQUOT"),
    ("renameat2", "EINVAL"),
    ("unlink", "EROFS"),
    ("unlinkat", "EIO"),
    ("open", "EMFILE"),
    ("openat", "ENFILE"),
    ("memfd_create", "EMFILE"),
    ("socket", "EMFILE"),
    ("recvfrom", "ECONNRESET"),
    ("clone3", "EAGAIN"),
];

/// k between two tries in a usual run: kills, stops, errors.
const STRIDES: [usize; 3] = [11, 61, 61];

/// No poll of three messages takes this long, whatever fails.
const PATIENCE: Duration = Duration::from_secs(20);

macro_rules! tests {
    ($($kill:ident $stop:ident $fail:ident $target:ident),*) => {$(
        #[tokio::test]
        async fn $kill() {
            at_each_call(Target::$target, "signal=KILL", &CALLS.map(|call| (call, "")), STRIDES[0]).await;
        }

        #[tokio::test]
        async fn $stop() {
            at_each_call(Target::$target, "signal=TERM", &CALLS.map(|call| (call, "")), STRIDES[1]).await;
        }

        #[tokio::test]
        async fn $fail() {
            at_each_call(Target::$target, "error=", &ERRORS, STRIDES[2]).await;
        }
    )*};
}

tests!(
    killed_into_maildir stopped_into_maildir failing_into_maildir Maildir,
    killed_into_mda stopped_into_mda failing_into_mda Mda,
    killed_into_bsmtp stopped_into_bsmtp failing_into_bsmtp Bsmtp,
    killed_into_smtp stopped_into_smtp failing_into_smtp Smtp,
    killed_into_lmtp stopped_into_lmtp failing_into_lmtp Lmtp
);

/// `what` happens at each of the `calls` in turn.
async fn at_each_call(target: Target, what: &str, calls: &[(&str, &str)], stride: usize) {
    let Some(strace) = Strace::find() else { return };
    let stride = if is_long() { 1 } else { stride };
    // A program is a process group of its own: it may be hit, or only we. One that was told to end
    // when it had taken the message would say that it has not.
    let follows: &[&[&str]] = match target {
        Target::Mda if what.ends_with("TERM") => &[&[]],
        Target::Mda => &[&["-f"], &[]],
        _ => &[&["-f"]],
    };
    let protocols = match is_long() {
        true => &PROTOCOLS[..],
        false => &PROTOCOLS[target as usize % 2..][..1],
    };
    for &protocol in protocols {
        let rig = Rig::start(protocol, target, "").await;
        let mut steps = Vec::new();
        for follow in follows {
            for (n, (call, error)) in calls.iter().enumerate() {
                // So that strides do not always begin with the same.
                let first = 1 + n * 5 % stride.min(7);
                for k in (first..).step_by(stride) {
                    let inject = format!("inject={call}:{what}{error}:when={k}");
                    let options = [follow, &["-e", inject.as_str()][..]].concat();
                    let is_hit = Step {
                        strace,
                        rig: &rig,
                        options,
                    }
                    .run(&inject, what)
                    .await;
                    if !is_hit {
                        steps.push(format!("{call} {k}"));
                        break;
                    }
                }
            }
        }
        println!("{protocol:?} {target:?} {what}: until {}", steps.join(", "));
    }
}

struct Step<'a> {
    strace: Strace,
    rig: &'a Rig,
    options: Vec<&'a str>,
}

impl Step<'_> {
    /// A poll with the fault and one without; whether the fault came to happen.
    async fn run(&self, name: &str, what: &str) -> bool {
        let rig = self.rig;
        rig.goal.clear();
        let batch = rig.fill(&name.replace([':', '=', '/'], "-")).0;
        let log = rig.home.write(".calls", "");
        let call = name.split([':', '=']).nth(1).unwrap_or_default();
        let trace = format!("trace={call}");
        let options = [&self.options[..], &["-o", ".calls", "-e", &trace]].concat();
        let first = disturbed(self.strace, &rig.home, &options).await;
        let log = std::fs::read_to_string(log).unwrap();
        let is_kill = what.ends_with("KILL");
        let is_hit = match is_kill {
            true => log.contains("+++ killed by SIGKILL"),
            false => log.contains("(INJECTED)") || log.contains("--- SIGTERM"),
        };
        // It may be killed before it has learned to listen to signals, but not by itself.
        let is_orderly = first.is_some_and(|code| code < 24);
        assert!(
            is_orderly || what.starts_with("signal"),
            "{name}: {first:?} {log}"
        );
        let ended = rig.run().await;
        // A Maildir whose directory could not be synced shows what was not promised.
        let unpromised = if name.contains("fsync:error") { 3 } else { 0 };
        let extra = rig.goal.target.window() + unpromised;
        rig.judge(&batch, extra, &format!("{name}: {first:?}, then {ended:?}"))
            .await;
        is_hit
    }
}

/// The status of a poll with a fault; `None` after a signal.
async fn disturbed(strace: Strace, home: &Home, options: &[&str]) -> Option<i32> {
    let mut command = strace.command(home, options, program(), &["fetch"]);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    output
        .unwrap_or_else(|_| panic!("{options:?}: it hangs"))
        .unwrap()
        .status
        .code()
}
