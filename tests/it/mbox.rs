//! `postrider deliver --mbox`: many at once, beside other programs, and as others read it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::task::JoinSet;

use super::support::home::Home;
use super::support::journey::program;

/// Delivers one message; status and what was said.
async fn deliver(mut command: Command, file: &str, message: &[u8]) -> (Option<i32>, String) {
    command.args(["deliver", "--mbox", file]);
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may have ended without reading; its status tells.
    let _ = stdin.write_all(message).await;
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), err)
}

fn python() -> bool {
    let found = std::process::Command::new("/usr/bin/python3")
        .arg("-V")
        .output();
    let is_there = found.is_ok_and(|output| output.status.success());
    if !is_there {
        eprintln!("skipped: there is no python3");
    }
    is_there
}

/// A body that would come apart if two were mixed, with lines that look like From_ lines.
fn letter(n: usize) -> String {
    let line = format!("{n} says From nobody\nFrom {n} Sat Jan  1 00:00:00 2000\n");
    format!(
        "Return-Path: <n{n}@x.org>\nSubject: {n}\n\n{}end of {n}\n",
        line.repeat(n * 700)
    )
}

/// Eight processes at a time; afterwards every message is there once and whole, for us and for
/// the mail library of Python, which knows mbox since long before us.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once() {
    let home = Home::new();
    let mut all = JoinSet::new();
    for n in 0..8 {
        let commands: Vec<_> = (0..3).map(|_| home.command(program())).collect();
        all.spawn(async move {
            for (round, command) in commands.into_iter().enumerate() {
                let ended = deliver(command, "mbox", letter(n * 3 + round).as_bytes()).await;
                assert_eq!(ended, (Some(0), String::new()));
            }
        });
    }
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
    let path = home.path().join("mbox");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut found: Vec<String> = text
        .strip_suffix("\n\n")
        .unwrap()
        .split("\n\nFrom ")
        .map(|message| {
            let (_, message) = message.split_once('\n').unwrap();
            format!("{}\n", message.replace("\n>From ", "\nFrom "))
        })
        .collect();
    found.sort();
    let mut expected: Vec<String> = (0..24).map(letter).collect();
    expected.sort();
    assert!(found == expected);
    assert!(!home.path().join("mbox.lock").exists());
    if python() {
        let script = "import mailbox, sys\nbox = mailbox.mbox(sys.argv[1])\n\
            print(sorted(int(m['Subject']) for m in box) == list(range(24)),\n\
            all(m.get_payload().rstrip().endswith('end of ' + m['Subject']) for m in box),\n\
            all(m.get_from().startswith('n' + m['Subject'] + '@x.org ') for m in box))";
        let mut python = std::process::Command::new("/usr/bin/python3");
        let output = python.args(["-c", script]).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, "True True True\n", "{output:?}");
    }
}

/// While another program holds the fcntl lock, or the dot-lock, nothing is written.
#[tokio::test]
async fn another_program_holds_the_lock() {
    if !python() {
        return;
    }
    for lock in ["fcntl.lockf(box, fcntl.LOCK_EX)", "open('mbox.lock', 'x')"] {
        let home = Home::new();
        home.write("mbox", "From a\n\nold\n\n");
        let script = format!(
            "import fcntl, os, sys\nbox = open('mbox', 'r+')\n{lock}\nprint('locked', flush=True)\n\
             sys.stdin.read(1)\nprint(os.path.getsize('mbox'))\n\
             if os.path.exists('mbox.lock'): os.remove('mbox.lock')\n",
        );
        let mut holder = home.command(Path::new("/usr/bin/python3"));
        let mut holder = holder
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = tokio::io::BufReader::new(holder.stdout.take().unwrap());
        let mut line = String::new();
        tokio::io::AsyncBufReadExt::read_line(&mut said, &mut line)
            .await
            .unwrap();
        assert_eq!(line, "locked\n");
        let waiting = deliver(home.command(program()), "mbox", b"Subject: new\n\nbody\n");
        let release = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            drop(holder.stdin.take());
            let mut line = String::new();
            tokio::io::AsyncBufReadExt::read_line(&mut said, &mut line)
                .await
                .unwrap();
            assert_eq!(line, "13\n", "{lock}: nothing is added while it is held");
        };
        let (ended, ()) = tokio::join!(waiting, release);
        assert_eq!(ended, (Some(0), String::new()), "{lock}");
        let text = std::fs::read_to_string(home.path().join("mbox")).unwrap();
        assert!(
            text.starts_with("From a\n\nold\n\nFrom MAILER-DAEMON "),
            "{text}"
        );
        assert!(text.ends_with("\nSubject: new\n\nbody\n\n"), "{text}");
        holder.wait().await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_written_stays_with_the_caller() {
    let home = Home::new();
    std::fs::create_dir(home.path().join("folder")).unwrap();
    for place in ["/proc/nowhere", "folder", "missing/mbox"] {
        let (status, err) = deliver(home.command(program()), place, b"X: 1\n\n").await;
        assert_eq!(status, Some(75), "{place}: {err}");
        assert!(
            err.contains(place) && err.contains("not delivered"),
            "{err}"
        );
    }
    let mut command = home.command(program());
    command.args(["deliver", "--mbox=box"]).stdin(Stdio::null());
    assert_eq!(command.status().await.unwrap().code(), Some(0));
    assert!(home.path().join("box").exists());
    let mut command = home.command(program());
    command
        .args(["deliver", "--mbx=box"])
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    assert_eq!(command.status().await.unwrap().code(), Some(5));
}

/// Where the system would kill us in the middle, nothing is begun.
#[tokio::test]
async fn the_largest_file_that_may_be_written() {
    let home = Home::new();
    let old = format!("From a\n\n{}\n", "old\n".repeat(15_000));
    home.write("mbox", &old);
    home.write("large", "x\n".repeat(30_000));
    let mut shell = home.command(program());
    let reachable = shell.as_std().get_program().to_owned();
    let script = "ulimit -f 200; exec \"$0\" deliver --mbox mbox <large";
    let mut command = home.command(Path::new("/bin/sh"));
    command.arg("-c").arg(script).arg(&reachable);
    let output = command.stderr(Stdio::piped()).output().await.unwrap();
    assert_eq!(output.status.code(), Some(75), "{output:?}");
    let text = std::fs::read_to_string(home.path().join("mbox")).unwrap();
    assert!(text == old);
    assert!(String::from_utf8_lossy(&output.stderr).contains("File too large"));
    shell
        .args(["deliver", "--mbox", "mbox"])
        .stdin(Stdio::null());
    assert_eq!(shell.status().await.unwrap().code(), Some(0));
}
