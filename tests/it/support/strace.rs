//! What a program asks the system for, as strace(1) tells it: to write it down, to end the program
//! at one call, to have a call fail.

use std::collections::HashMap;
use std::path::Path;

use tokio::process::Command;

use super::home::{Ended, Home};

/// A program can be traced here.
#[derive(Clone, Copy)]
pub struct Strace(());

/// One call, as it ended; of those in `AT_ONCE` when it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    pub args: Vec<String>,
    /// -1 after an error.
    pub result: i64,
}

/// What is sent may be acted upon before the call returns.
const AT_ONCE: [&str; 2] = ["sendto", "sendmsg"];

impl Strace {
    /// `None`, with a word about it, where there is none or tracing is not allowed; with `CI` set
    /// it must be there.
    pub fn find() -> Option<Self> {
        let mut probe = std::process::Command::new("strace");
        let probe = probe.args(["-f", "-o", "/dev/null", "true"]).output();
        if probe.is_ok_and(|ended| ended.status.success()) {
            return Some(Self(()));
        }
        assert!(std::env::var_os("CI").is_none(), "strace is missing");
        eprintln!("skipped: nothing can be traced here");
        None
    }

    /// A command that runs `program` with `args` in this home, traced as `options` say.
    pub fn command(self, home: &Home, options: &[&str], program: &Path, args: &[&str]) -> Command {
        let reachable = home.command(program).as_std().get_program().to_owned();
        let mut command = home.command(Path::new("/usr/bin/env"));
        command.arg("strace").args(options).arg("--");
        command.arg(reachable).args(args);
        command.stdin(std::process::Stdio::null());
        command
    }

    /// Runs it to its end and returns what it did with files and connections.
    pub async fn record(self, home: &Home, program: &Path, args: &[&str]) -> (Ended, Vec<Call>) {
        let log = home.write(".calls", "");
        let calls = "trace=openat,open,creat,close,write,writev,pwrite64,pwritev,ftruncate,\
             fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,\
             mkdir,mkdirat,lseek,memfd_create,copy_file_range,sendfile,splice,sendto,sendmsg,\
             dup,dup2,dup3,fcntl,fallocate,symlinkat,symlink,truncate";
        let options = [
            "-f",
            "-qq",
            "-xx",
            "-s",
            "10000000",
            "-e",
            "signal=none",
            "-e",
            calls,
        ];
        let options = [&options[..], &["-o", ".calls"]].concat();
        let output = self.command(home, &options, program, args).output().await;
        let output = output.expect("strace was there before");
        let ended = Ended {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        let text = std::fs::read_to_string(&log).expect("strace wrote it");
        std::fs::remove_file(log).expect("our own file");
        (ended, parse(&text))
    }
}

/// The calls of a log, in the order in which they took effect.
fn parse(log: &str) -> Vec<Call> {
    let mut begun: HashMap<&str, String> = HashMap::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        if let Some(first) = rest.strip_suffix(" <unfinished ...>") {
            let name = first.split('(').next().unwrap_or_default();
            if AT_ONCE.contains(&name) {
                calls.extend(call(&format!("{first}) = 0")));
            }
            begun.insert(thread, first.to_owned());
        } else if let Some((_, second)) = rest
            .split_once(" resumed>")
            .filter(|_| rest.starts_with("<... "))
        {
            let first = begun.remove(thread).unwrap_or_default();
            let whole = call(&format!("{first}{second}"));
            calls.extend(whole.filter(|call| !AT_ONCE.contains(&call.name.as_str())));
        } else {
            calls.extend(call(rest));
        }
    }
    calls
}

/// `name(arguments) = result`; other lines are about processes and signals.
fn call(text: &str) -> Option<Call> {
    let (before, result) = text.rsplit_once(" = ")?;
    let (name, args) = before.split_once('(')?;
    let args = args.trim_end().strip_suffix(')')?;
    let result = result.split([' ', '<']).next()?;
    Some(Call {
        name: name.to_owned(),
        args: split(args),
        result: result.parse().ok()?,
    })
}

/// At commas that stand in no brackets. With `-xx` a string holds none.
fn split(args: &str) -> Vec<String> {
    let mut depth = 0;
    let parts = args.split(|c| {
        depth += i32::from(matches!(c, '[' | '{')) - i32::from(matches!(c, ']' | '}'));
        c == ',' && depth == 0
    });
    parts.map(|part| part.trim().to_owned()).collect()
}

/// The octets of all strings in an argument (`"\x41"`; several in an `iovec`).
pub fn octets(arg: &str) -> Vec<u8> {
    assert!(!arg.contains("\"..."), "strace cut it short");
    let quoted = arg.split('"').skip(1).step_by(2);
    let digits = quoted.flat_map(|text| text.split("\\x").skip(1));
    digits
        .map(|hex| u8::from_str_radix(hex, 16).expect("two digits"))
        .collect()
}

#[test]
fn logs_are_read() {
    let log = "17 openat(AT_FDCWD, \"\\x2f\\x61\", O_RDWR|O_CREAT, 0600) = 9\n\
               17 fsync(9 <unfinished ...>\n\
               18 sendto(5, \"\\x41\", 1, MSG_NOSIGNAL, NULL, 0 <unfinished ...>\n\
               17 <... fsync resumed>)              = 0\n\
               18 <... sendto resumed>)             = 1\n\
               18 writev(5, [{iov_base=\"\\x42\", iov_len=1}, {iov_base=\"\\x2c\", iov_len=1}], 2) = 2\n\
               18 unlink(\"\\x61\") = -1 ENOENT (No such file or directory)\n\
               18 +++ exited with 0 +++\n";
    let calls = parse(log);
    let names: Vec<_> = calls
        .iter()
        .map(|c| (&c.name[..], c.args.len(), c.result))
        .collect();
    let expected = [
        ("openat", 4, 9),
        ("sendto", 6, 0),
        ("fsync", 1, 0),
        ("writev", 3, 2),
        ("unlink", 1, -1),
    ];
    assert_eq!(names, expected);
    assert_eq!(octets(&calls[0].args[1]), b"/a");
    assert_eq!(octets(&calls[3].args[1]), b"B,");
}
