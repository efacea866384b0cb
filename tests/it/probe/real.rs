//! What real servers have said (`tests/servers` records it into `real/*.txt`), played to the probe
//! once more: its reports are kept beside the recordings, as text that was read by a person. To
//! write them anew: `POSTRIDER_UPDATE=1`, then read what has changed.
//!
//! Certificates are of the test's own authority, moments and numbers of processes are settled.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use postrider::engine::api::report_text::{Format, render};
use postrider::probe::report::Report;
use postrider::probe::request::Request;

use super::reports::said_nothing_secret;
use super::stage::{Script, Stage, settled};
use crate::tidy::root;

/// All that must be there.
const SERVERS: [&str; 12] = [
    "courier",
    "cyrus",
    "dovecot-2.3",
    "dovecot-2.4",
    "exim",
    "exim-closed",
    "mailutils",
    "opensmtpd",
    "popa3d",
    "postfix",
    "sendmail",
    "solid-pop3d",
];

/// The commands of a look.
const COMMANDS: [&str; 8] = [
    "CAPABILITY",
    "STARTTLS",
    "ID",
    "LOGOUT",
    "CAPA",
    "STLS",
    "QUIT",
    "EHLO",
];

#[tokio::test]
async fn every_recording_gives_its_report() {
    let folder = root().join("tests/it/probe/real");
    let mut wrong = Vec::new();
    for name in SERVERS {
        let recording = fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
        let report = play(&recording).await;
        let found = render(&settled(report), Format::Text, true);
        let path = folder.join(format!("{name}.report"));
        if std::env::var_os("POSTRIDER_UPDATE").is_some() {
            fs::write(&path, &found).unwrap();
        }
        if fs::read_to_string(&path).unwrap_or_default() != found {
            wrong.push(format!("{name}.report differs:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_recording_is_played() {
    let files = fs::read_dir(root().join("tests/it/probe/real")).unwrap();
    let is_recording = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "txt");
    let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let paths = files.map(|file| file.unwrap().path()).filter(is_recording);
    let mut found: Vec<String> = paths.map(stem).collect();
    found.sort();
    assert_eq!(found, SERVERS);
}

/// Puts a recording behind the ports of a host and probes it.
async fn play(recording: &str) -> Report {
    let mut stage = Stage::new();
    let parts: Vec<Part<'_>> = recording.split("\n== ").skip(1).map(Part::read).collect();
    for part in &parts {
        stage.serve(part.port, part.script(&stage)).await;
    }
    let is_mail = |part: &Part<'_>| !matches!(part.service, "smtp" | "submission");
    let mut request = Stage::request();
    if !parts.iter().any(is_mail) {
        request = Request {
            imap: false,
            pop3: false,
            pop2: false,
            smtp: true,
            ..request
        };
    }
    let report = stage.probe(&request).await;
    said_nothing_secret(&stage);
    for line in stage.heard().iter().filter(|line| *line != "HELLO") {
        let is_recorded = parts.iter().any(|part| part.knows(line));
        assert!(
            is_recorded,
            "nobody has asked a real server {line}: tests/servers --record"
        );
    }
    report
}

/// One port of a recording.
struct Part<'a> {
    port: u16,
    service: &'a str,
    is_implicit: bool,
    versions: Vec<&'a str>,
    /// Commands with their answers; the first is the greeting, without a command.
    steps: Vec<Step<'a>>,
}

#[derive(Default)]
struct Step<'a> {
    command: &'a str,
    answer: Vec<&'a str>,
    begins_tls: bool,
}

impl<'a> Part<'a> {
    /// `993 imaps TLS ==`, `versions: 1.2 1.3 alpn=imap`, then lines of `C: `, `S: ` and `TLS`.
    fn read(text: &'a str) -> Self {
        let mut lines = text.lines();
        let words: Vec<&str> = lines.next().unwrap().split(' ').collect();
        let versions = lines.next().unwrap().strip_prefix("versions:").unwrap();
        let mut steps = vec![Step::default()];
        for line in lines.filter(|line| !line.is_empty()) {
            let last = steps.last_mut().unwrap();
            match line.split_at_checked(3) {
                Some(("S: ", said)) => last.answer.push(said),
                Some(("C: ", command)) => steps.push(Step {
                    command,
                    ..Step::default()
                }),
                _ if line == "TLS" => last.begins_tls = true,
                _ => panic!("{line}"),
            }
        }
        Self {
            port: words[0].parse().unwrap(),
            service: words[1],
            is_implicit: words[2] == "TLS",
            versions: versions.split_whitespace().collect(),
            steps,
        }
    }

    fn script(&self, stage: &Stage) -> Script {
        let greeting = self.steps[0].answer.join("\r\n");
        let mut script = Script::new(&greeting, &[]);
        let mut is_inside = false;
        for step in &self.steps[1..] {
            let list = match is_inside {
                true => &mut script.inside,
                false => &mut script.clear,
            };
            list.push((step.word(), step.said()));
            is_inside |= step.begins_tls;
        }
        for (name, number) in [("1.0", 0x0301), ("1.1", 0x0302)] {
            let is_taken = self.versions.contains(&name);
            script.old.extend(is_taken.then_some(number));
        }
        let mut script = match (self.is_implicit, is_inside) {
            (true, _) => script.within(stage.identity()),
            (false, true) => {
                let inside = std::mem::take(&mut script.inside);
                let mut script = script.then(stage.identity(), &[]);
                script.inside = inside;
                script
            }
            (false, false) => script,
        };
        let agreed = self
            .versions
            .iter()
            .find_map(|one| one.strip_prefix("alpn="));
        if let (Some(name), Some(tls)) = (agreed, &mut script.tls) {
            Arc::make_mut(tls).alpn_protocols = vec![name.as_bytes().to_vec()];
        }
        script
    }

    fn knows(&self, line: &str) -> bool {
        // Tags are counted, so they say nothing.
        let bare = |line: &'_ str| line.split_once(' ').map(|(_, rest)| rest.to_owned());
        let mut steps = self.steps.iter();
        steps.any(|step| {
            step.command == line || bare(line).is_some_and(|rest| bare(step.command) == Some(rest))
        })
    }
}

impl Step<'_> {
    /// The command without its tag and arguments.
    fn word(&self) -> &'static str {
        let mut words = self.command.split(' ');
        words
            .find_map(|word| COMMANDS.into_iter().find(|known| *known == word))
            .unwrap_or_else(|| panic!("{}", self.command))
    }

    /// The answer as a [`Script`] wants it, with `%` for the tag.
    fn said(&self) -> String {
        let tag = self.command.split(' ').next().unwrap_or_default();
        let is_tagged = |line: &&str| line.split(' ').next() == Some(tag);
        let lines = self.answer.iter().map(|line| {
            assert!(!line.contains('%') && !line.contains("\\x"), "{line}");
            match is_tagged(line) {
                true => line.replacen(tag, "%", 1),
                false => (*line).to_owned(),
            }
        });
        let lines: Vec<String> = lines.collect();
        let end = if self.begins_tls { "\r\n<TLS>" } else { "" };
        format!("{}{end}", lines.join("\r\n"))
    }
}

/// The recordings name a program, a package and a day, and nothing of the machine they are from.
#[test]
fn recordings_say_where_they_are_from() {
    for name in SERVERS {
        let path = Path::new("tests/it/probe/real").join(format!("{name}.txt"));
        let text = fs::read_to_string(root().join(path)).unwrap();
        let heads: Vec<&str> = text.lines().take(3).collect();
        let fits = ["server: ", "package: ", "seen: "];
        assert!(
            heads
                .iter()
                .zip(fits)
                .all(|(line, head)| line.starts_with(head)),
            "{name}"
        );
    }
}
