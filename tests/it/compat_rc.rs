//! The installed fetchmail as oracle: it and we accept the same files, refuse the same files, and
//! understand the same by them. What differs on purpose (contract, "The file stays fetchmail's")
//! is left out of the files here.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use postrider::cli::parse::parse;
use postrider::rc::account::*;
use postrider::rc::option::words::{auth_name, protocol_name};
use postrider::rc::{Config, Diagnostic, Document, Surroundings, resolve};

/// One account as `--configdump` shows it: key to value.
type Dump = BTreeMap<String, String>;

struct Oracle {
    home: tempfile::TempDir,
    user: String,
}

impl Oracle {
    /// `None`, with a word about it, where there is no fetchmail; with `CI` set it must be there.
    fn find() -> Option<Oracle> {
        let version = Command::new("fetchmail").arg("--version").output();
        let is_there =
            version.is_ok_and(|out| out.stdout.starts_with(b"This is fetchmail release 6."));
        if !is_there {
            assert!(
                std::env::var_os("CI").is_none(),
                "fetchmail 6 must be installed for this test"
            );
            eprintln!("skipped: fetchmail 6 is not installed");
            return None;
        }
        let home = tempfile::tempdir().unwrap();
        let mut oracle = Oracle {
            home,
            user: String::new(),
        };
        let accounts = oracle.dump(b"poll probe\n", "").unwrap();
        oracle.user = accounts[0]["remote"].trim_matches('"').to_owned();
        Some(oracle)
    }

    /// What fetchmail makes of a file; its complaints if it refuses it.
    fn dump(&self, text: &[u8], line: &str) -> Result<Vec<Dump>, String> {
        let rc = self.home.path().join("rc");
        fs::write(&rc, text).unwrap();
        fs::set_permissions(&rc, Permissions::from_mode(0o600)).unwrap();
        let out = Command::new("fetchmail")
            .args(["--configdump", "-f"])
            .arg(&rc)
            .args(line.split_whitespace())
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", "/usr/bin:/bin")
            .output()
            .unwrap();
        match out.status.code() {
            Some(0) => Ok(read_dump(&String::from_utf8_lossy(&out.stdout))),
            Some(5) => Err(String::from_utf8_lossy(&out.stderr).into_owned()),
            other => panic!("{other:?} for {}", text.escape_ascii()),
        }
    }

    /// What we make of it; a command line that we refuse has no diagnostics.
    fn ours(&self, text: &[u8], line: &str) -> Result<Config, Vec<Diagnostic>> {
        let arguments = line.split_whitespace().map(Into::into);
        let typed = parse(arguments, self.home.path()).map_err(|_| Vec::new())?;
        let around = Surroundings {
            invoking_user: self.user.clone(),
            is_root: self.user == "root",
            rc_dir: Some(self.home.path().to_owned()),
            servers: typed.servers,
        };
        resolve(&Document::parse(text), &typed.overrides, &around)
    }

    #[track_caller]
    fn check(&self, text: &[u8]) {
        self.check_with(text, "");
    }

    #[track_caller]
    fn check_with(&self, text: &[u8], line: &str) {
        let shown = format!("{} with {line}", text.escape_ascii());
        match (self.dump(text, line), self.ours(text, line)) {
            (Ok(theirs), Ok(ours)) => same(theirs, &ours.accounts, text, line),
            (Err(_), Err(_)) => {}
            (Ok(_), Err(errors)) => panic!("only we refuse {shown}: {errors:?}"),
            (Err(error), Ok(_)) => panic!("only fetchmail refuses {shown}: {error}"),
        }
    }
}

#[track_caller]
fn same(mut theirs: Vec<Dump>, accounts: &[Account], text: &[u8], line: &str) {
    let shown = format!("{} with {line}", text.escape_ascii());
    // The dump lists entries that were not named, too, and knows no lifted skip.
    let is_ours = |label: &str| {
        accounts
            .iter()
            .any(|a| quote(a.id.label.as_bytes()) == label)
    };
    theirs.retain(|dump| line.is_empty() || is_ours(&dump["pollname"]));
    assert_eq!(theirs.len(), accounts.len(), "number of accounts: {shown}");
    for (theirs, account) in theirs.iter().zip(accounts) {
        for (key, ours) in show(account) {
            // 6.4.37 garbles bytes above 127 in its dump.
            let is_comparable = text.is_ascii() && (key != "active" || line.is_empty());
            let theirs = theirs.get(&key).map_or("", String::as_str);
            assert!(
                !is_comparable || theirs == ours,
                "{key}: {ours}, {theirs}: {shown}"
            );
        }
    }
}

/// Server keys are repeated for each user, as we keep them.
fn read_dump(text: &str) -> Vec<Dump> {
    let mut accounts = Vec::new();
    let (mut server, mut user) = (Dump::new(), Dump::new());
    for line in text.lines().map(str::trim) {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let key = key.trim_matches(['"', '\'']).to_owned();
        let value = value.trim().trim_end_matches(',').to_owned();
        match key.as_str() {
            "pollname" => server = Dump::new(),
            "remote" => user = server.clone(),
            _ => {}
        }
        user.insert(key.clone(), value.clone());
        server.insert(key.clone(), value);
        if key == "mailboxes" {
            accounts.push(std::mem::take(&mut user));
        }
    }
    accounts
}

fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            7 => out.push_str("\\a"),
            8 => out.push_str("\\b"),
            9 => out.push_str("\\t"),
            10 => out.push_str("\\n"),
            11 => out.push_str("\\v"),
            12 => out.push_str("\\f"),
            13 => out.push_str("\\r"),
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\0x{byte:02x}")), // seen for control characters only
        }
    }
    out + "\""
}

fn text(value: Option<&[u8]>) -> String {
    value.map_or_else(|| "None".to_owned(), quote)
}

fn list<T: AsRef<[u8]>>(values: &[T]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quote(value.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

fn path(value: Option<&Path>) -> String {
    text(value.map(|path| path.as_os_str().as_encoded_bytes()))
}

/// Our account in the words of the dump.
fn show(a: &Account) -> Dump {
    let mut out = Dump::new();
    let mut say = |key: &str, value: String| drop(out.insert(key.to_owned(), value));
    show_server(a, &mut say);
    show_user(a, &mut say);
    out
}

fn show_server(a: &Account, say: &mut dyn FnMut(&str, String)) {
    let bool = |flag: bool| if flag { "TRUE" } else { "FALSE" }.to_owned();
    let string = |value: &Option<String>| text(value.as_deref().map(str::as_bytes));
    say("pollname", quote(a.id.label.as_bytes()));
    say("active", bool(a.is_active));
    say("service", string(&a.service));
    say(
        "protocol",
        match a.protocol {
            Protocol::Auto => quote(b"auto"),
            Protocol::Sdps | Protocol::Kpop => quote(b"POP3"),
            other => quote(protocol_name(other).0.to_uppercase().as_bytes()),
        },
    );
    say("interval", a.interval.to_string());
    let (header, skip) = match &a.envelope {
        EnvelopeSource::Disabled => (None, 0),
        EnvelopeSource::Header { name, skip, .. } => (Some(&name[..]), *skip),
    };
    say("envelope", text(header));
    if header.is_some() {
        say("envskip", skip.to_string());
    }
    say("qvirtual", text(a.qvirtual.as_deref()));
    if a.auth != Auth::External {
        say("auth", quote(auth_name(a.auth).as_bytes()));
    }
    say("dns", bool(a.dns));
    say("uidl", bool(a.uidl));
    say("aka", list(&a.aka));
    say("localdomains", list(&a.local_domains));
    say("interface", string(&a.interface));
    say("monitor", string(&a.monitor));
    say("plugin", text(a.plugin.as_deref()));
    say("plugout", text(a.plugout.as_deref()));
    say("tracepolls", bool(a.trace_polls));
    say("badheader", bool(a.bad_header == BadHeader::Accept));
}

fn show_user(a: &Account, say: &mut dyn FnMut(&str, String)) {
    say("remote", quote(&a.user));
    if let Some(secret) = &a.password {
        say("password", quote(secret.expose()));
    }
    let name = |name: &LocalName| match name.remote == name.local {
        true => quote(&name.local),
        false => format!("({}, {})", quote(&name.remote), quote(&name.local)),
    };
    let mut names: Vec<String> = a.local_names.iter().map(name).collect();
    names.extend(a.wildcard.then(|| "'*'".to_owned()));
    say("localnames", format!("[{}]", names.join(", ")));
    match &a.target {
        Target::Bsmtp(file) => say("bsmtp", path(Some(file))),
        Target::Mda(command) => say("mda", quote(command)),
        Target::Smtp(hosts) | Target::Lmtp(hosts) => {
            say("mda", "None".to_owned());
            say("bsmtp", "None".to_owned());
            say("smtphunt", list(hosts));
        }
    }
    let codes: Vec<String> = a.antispam.iter().map(i32::to_string).collect();
    if !codes.is_empty() {
        say("antispam", format!("'{}'", codes.join(" ")));
    }
    say("fetchdomains", list(&a.fetch_domains));
    say("mailboxes", list(&a.folders));
    say("preconnect", text(a.preconnect.as_deref()));
    say("postconnect", text(a.postconnect.as_deref()));
    say(
        "smtpaddress",
        text(a.smtp_address.as_deref().map(str::as_bytes)),
    );
    say("smtpname", text(a.smtp_name.as_deref()));
    for (key, flag) in flags(a) {
        say(key, if flag { "TRUE" } else { "FALSE" }.to_owned());
    }
    for (key, number) in numbers(a) {
        say(key, number.to_string());
    }
    let tls = &a.tls;
    say("sslkey", path(tls.key.as_deref()));
    say("sslcert", path(tls.cert.as_deref()));
    say("sslcertfile", path(tls.cert_file.as_deref()));
    say("sslcertpath", path(tls.cert_path.as_deref()));
    say("sslproto", text(tls.proto.as_deref().map(str::as_bytes)));
    say(
        "sslcommonname",
        text(tls.common_name.as_deref().map(str::as_bytes)),
    );
    say(
        "sslfingerprint",
        text(tls.fingerprint.as_deref().map(str::as_bytes)),
    );
}

fn flags(a: &Account) -> Vec<(&'static str, bool)> {
    vec![
        ("fetchall", a.fetch_all),
        ("keep", a.keep),
        ("flush", a.flush),
        ("limitflush", a.limit_flush),
        ("rewrite", a.rewrite),
        ("stripcr", a.strip_cr),
        ("forcecr", a.force_cr),
        ("pass8bits", a.pass_8bits),
        ("dropstatus", a.drop_status),
        ("dropdelivered", a.drop_delivered),
        ("mimedecode", a.mime_decode),
        ("idle", a.idle),
        ("ssl", a.tls.implicit),
        ("sslcertck", a.tls.check),
    ]
}

fn numbers(a: &Account) -> Vec<(&'static str, u64)> {
    vec![
        ("limit", a.limit.unwrap_or(0)),
        ("warnings", a.warnings.into()),
        ("fetchlimit", a.fetch_limit.unwrap_or(0).into()),
        ("fetchsizelimit", a.fetch_size_limit.into()),
        ("fastuidl", a.fast_uidl.into()),
        ("batchlimit", a.batch_limit.unwrap_or(0).into()),
        ("expunge", a.expunge.unwrap_or(0).into()),
    ]
}

#[test]
fn files_mean_what_they_mean_to_fetchmail() {
    let Some(oracle) = Oracle::find() else { return };
    for text in include_str!("../corpus/rc/compat.txt").split("\n%%\n") {
        oracle.check(text.as_bytes());
    }
    oracle.check(b"poll foo user a pass \"\xe9\xff\" is \xe4 here folder \xf6\n");
    oracle.check(b"poll foo\r\n user a\r\n pass b\\\r\nkeep\r\n");
    oracle.check(b"poll foo proto pop3 \\\r\n user a\r\n");
    oracle.check(b"poll foo user a pass b\\");
    oracle.check(b"poll foo user a pass \"a\\\r\nb\"\n");
    oracle.check(b"");
}

/// Arguments are glued to their options here, so that a bare word is a server.
#[test]
fn command_lines_mean_what_they_mean_to_fetchmail() {
    let Some(oracle) = Oracle::find() else { return };
    let rc = b"defaults timeout 9\n\
        poll foo aka other proto imap user a smtphost h1 folder x keep is joe here antispam 5\n\
        user b ssl sslcertfile f limit 3 mda m\nskip bar proto pop3 auth ntlm service 99\n";
    for line in include_str!("../corpus/rc/lines.txt").lines() {
        oracle.check_with(rc, line);
    }
}

/// Files put together from words that interact.
#[test]
fn random_files_mean_what_they_mean_to_fetchmail() {
    let Some(oracle) = Oracle::find() else { return };
    let words = include_str!("../corpus/rc/words.txt").split("\n%%\n");
    let words: Vec<Vec<&str>> = words.map(|part| part.lines().collect()).collect();
    let rounds = std::env::var("COMPAT_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(150);
    let mut accepted = 0;
    for seed in 0..rounds {
        let text = Random(seed).file(&words);
        let ours = oracle.ours(text.as_bytes(), "");
        // 6.4.37 makes accounts of the second and later users of the defaults.
        let has_users = |c: &Config| c.advice.iter().any(|d| d.slug == "defaults-users");
        if ours.as_ref().is_ok_and(has_users) {
            continue;
        }
        accepted += usize::from(ours.is_ok_and(|config| !config.accounts.is_empty()));
        oracle.check(text.as_bytes());
    }
    // Refused files alone would show little.
    assert!(accepted * 4 > rounds as usize, "{accepted} of {rounds}");
}

/// Knuth's MMIX generator; the high bits are the good ones.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % bound
    }

    /// Mostly in order: server options, users, their options; now and then anything at all.
    fn file(&mut self, words: &[Vec<&str>]) -> String {
        let mut text = String::new();
        if self.below(3) == 0 {
            text.push_str("defaults ");
            self.entry(words, 1, &mut text);
        }
        for _ in 0..=self.below(2) {
            text.push_str(["poll foo ", "poll bar\n", "server quux ", "skip x "][self.below(4)]);
            self.entry(words, 2, &mut text);
        }
        text
    }

    fn entry(&mut self, words: &[Vec<&str>], users: usize, text: &mut String) {
        for _ in 0..self.below(4) {
            self.word(words, 0, text);
        }
        for _ in 0..self.below(users + 1) {
            self.word(words, 1, text);
            for _ in 0..self.below(5) {
                self.word(words, 2, text);
            }
        }
        text.push('\n');
    }

    fn word(&mut self, words: &[Vec<&str>], part: usize, text: &mut String) {
        let part = if self.below(40) == 0 {
            self.below(words.len())
        } else {
            part
        };
        let part = words[part].as_slice();
        text.push_str(part[self.below(part.len())]);
        text.push_str([" ", " ", " ", "\n", "\t", ", "][self.below(6)]);
    }
}
