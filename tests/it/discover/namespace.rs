//! `postrider probe ADDRESS` as it ships, in a network and with files of its own: a hostile name
//! server, hostile pages and hostile mail servers, and every packet written down.
//!
//! The program has no back door for this. The test runs itself again inside namespaces
//! (unshare(1)), in which every address is this computer's, `/etc/resolv.conf` names the stage's
//! name server and the system trusts the stage's authority.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::packets::{Kind, Packets};
use super::stage::{Reply, Service, Stage, server, settings};
use crate::memory::peak_of;
use crate::support::ca::Identity;
use crate::support::home::{Ended, Home};
use crate::support::journey::program;

/// Where the test outside is told to the one inside.
const OUTSIDE: &str = "POSTRIDER_OUTSIDE";
const LOCAL: &str = "annabelle.lee";
const PASSWORD: &str = "correct-horse-7331";
const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 53);
/// Everything a search and a probe may take together.
const LONGEST: Duration = Duration::from_secs(60);
/// Most kB that a hostile run may take beyond a good one. Both are builds for tests.
const MORE: u64 = 8_000;
const MEGABYTE: usize = 1 << 20;

/// One mail address, and what became of it.
struct Run {
    domain: &'static str,
    ended: Ended,
    peak: u64,
    took: Duration,
}

/// `None`, with a word about it, where namespaces are not allowed; with `CI` set they must be.
fn command() -> Option<Command> {
    let is_root = rustix::process::geteuid().is_root();
    let make = || {
        let mut command = Command::new("unshare");
        command.args(if is_root {
            &[][..]
        } else {
            &["--map-root-user"]
        });
        command.args(["--mount", "--net", "--"]);
        command
    };
    let probe = make().args(["ip", "link", "set", "lo", "up"]).output();
    if probe.as_ref().is_ok_and(|ended| ended.status.success()) {
        return Some(make());
    }
    let why = match probe {
        Ok(ended) => String::from_utf8_lossy(&ended.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    let is_needed = std::env::var_os("CI").is_some();
    assert!(!is_needed, "unshare(1) and ip(8) are needed: {why}");
    eprintln!("skipped: no namespaces can be made here: {why}");
    None
}

#[test]
fn the_program_against_a_hostile_network() {
    let Some(mut command) = command() else {
        return;
    };
    let own = std::env::current_exe().unwrap();
    command.arg(own).args([
        "--exact",
        "discover::namespace::inside",
        "--ignored",
        "--nocapture",
    ]);
    let ended = command.env(OUTSIDE, namespace()).output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr),
    );
    println!("{out}\n{err}");
    assert!(ended.status.success());
    assert!(out.contains("1 passed"), "it was not run");
}

/// The network namespace of this process.
fn namespace() -> String {
    let link = std::fs::read_link("/proc/self/ns/net").unwrap();
    link.to_string_lossy().into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the_program_against_a_hostile_network runs it, inside namespaces"]
async fn inside() {
    // It changes the network and files of the system, which only the other test makes throw-away.
    let Ok(outside) = std::env::var(OUTSIDE) else {
        return;
    };
    assert_ne!(outside, namespace());
    let mut stage = Stage::alone();
    settle(&stage);
    stage.names.changing(
        "mail.rebind.example",
        &[Ipv4Addr::new(203, 0, 113, 250), Ipv4Addr::LOCALHOST],
    );
    good(&mut stage).await;
    pages(&mut stage).await;
    records(&mut stage);
    inner(&mut stage).await;
    floods(&mut stage).await;
    stage.answer_names(NAME_SERVER).await;
    let packets = Packets::listen();
    let home = Arc::new(Home::own());
    home.rc(&format!(
        "poll mail.good.example user \"{LOCAL}\" password \"{PASSWORD}\" ssl\n"
    ));
    home.write(
        ".netrc",
        format!("machine mail.good.example login {LOCAL} password {PASSWORD}\n"),
    );
    // Alone, as the measure for the others.
    let good = run(&home, "good.example").await;
    let mut running = JoinSet::new();
    for (n, (domain, _)) in HOSTILE.into_iter().enumerate() {
        let home = Arc::clone(&home);
        running.spawn(async move { (n, run(&home, domain).await) });
    }
    let mut hostile = running.join_all().await;
    hostile.sort_by_key(|(n, _)| *n);
    let hostile: Vec<Run> = hostile.into_iter().map(|(_, run)| run).collect();
    is_good(&good);
    for (run, (domain, sentence)) in hostile.iter().zip(HOSTILE) {
        println!("{domain}: {:?}, {} kB", run.took, run.peak);
        let all = format!("{}{}", run.ended.out, run.ended.err);
        assert_eq!(run.domain, domain);
        assert_eq!(run.ended.status, 2, "{domain}: {all}");
        assert!(all.contains(sentence), "{domain}: {sentence}: {all}");
        assert!(run.took < LONGEST, "{domain}: {:?}", run.took);
        let most = good.peak + MORE;
        assert!(run.peak < most, "{domain}: {} kB of {most}", run.peak);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let runs: Vec<&Run> = std::iter::once(&good).chain(&hostile).collect();
    nobody_learns_more(&stage, &packets, &runs);
}

/// Each hostile domain, and what the person is told about it.
const HOSTILE: [(&str, &str); 15] = [
    (
        "circle.example",
        "autoconfig.circle.example leads from one address to the next",
    ),
    ("plain.example", "leads to http://plain.example"),
    ("bomb.example", "the XML is broken"),
    ("deep.example", "it is nested too deeply"),
    ("endless.example", "autoconfig.endless.example is too long"),
    ("page.example", "autoconfig.page.example is too long"),
    ("huge.example", "autoconfig.huge.example"),
    ("zero.example", "0.0.0.0 was named as a server"),
    ("many.example", "No settings found for many.example"),
    ("loop.example", "imap.loop.example leads to 127.0.0.1"),
    (
        "strange.example",
        "mail.strange.example.net leads to 10.1.2.3",
    ),
    ("rebind.example", "mail.rebind.example leads to 127.0.0.1"),
    (
        "banner.example",
        "imap.banner.example does not talk as a mail server on port 993",
    ),
    (
        "capa.example",
        "pop.capa.example does not talk as a mail server on port 995",
    ),
    ("cert.example", "imap.cert.example"),
];

async fn good(stage: &mut Stage) {
    let page = Reply::xml(&settings("mail.good.example"));
    stage.autoconfig("good.example", page).await;
    stage
        .serve("mail.good.example", 993, mail("* OK ready\r\n", true))
        .await;
    stage.database(&[]).await;
}

/// Settings pages.
async fn pages(stage: &mut Stage) {
    let own = "https://autoconfig.circle.example/mail/config-v1.1.xml";
    stage
        .autoconfig("circle.example", Reply::redirect(own))
        .await;
    let plain = "http://plain.example/mail/config-v1.1.xml";
    stage
        .autoconfig("plain.example", Reply::redirect(plain))
        .await;
    stage.serve("plain.example", 80, Service::Mute).await;
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>\
        <clientConfig>&b;</clientConfig>";
    stage.autoconfig("bomb.example", Reply::xml(entities)).await;
    let deep = "<x>".repeat(1000) + &"</x>".repeat(1000);
    stage.autoconfig("deep.example", Reply::xml(&deep)).await;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<clientConfig>".to_owned();
    let endless = Reply::Endless(head, b"<x>some text</x>".repeat(64));
    stage.autoconfig("endless.example", endless).await;
    let long = Reply::xml(&" ".repeat(10 * MEGABYTE));
    stage.autoconfig("page.example", long).await;
    let page = Service::Web(vec![("/mail/config-v1.1.xml".to_owned(), Reply::Silent)]);
    let host = "autoconfig.huge.example";
    let identity = huge(stage, host);
    stage.serve_with(host, 443, page, identity).await;
}

/// Records that lead to this computer, nowhere, or everywhere.
fn records(stage: &mut Stage) {
    let names = &mut stage.names;
    names.srv("_imaps._tcp.zero.example", [0, 0, 993], "0.0.0.0.");
    names.srv("_pop3s._tcp.zero.example", [0, 0, 0], ".");
    for n in 0..2000 {
        let target = format!("host-{n:04}.many.example.net.");
        names.srv("_imaps._tcp.many.example", [0, n, 993], &target);
        names.mx("many.example", n, &format!("mx{n}.host{n}.example."));
        // None of them is anybody.
        names.srv("_pop3s._tcp.many.example", [0, n, 0], &target);
    }
}

/// Names that lead inside, with traps there.
async fn inner(stage: &mut Stage) {
    let trap = async |stage: &mut Stage, at: &str, port: u16| {
        let identity = stage
            .ca
            .issue(&["imap.loop.example", "mail.rebind.example"]);
        let ip: IpAddr = at.parse().unwrap();
        let is_tls = matches!(port, 993 | 995);
        let mail = mail("* OK trapped\r\n", is_tls);
        let at = (ip, port).into();
        stage.serve_at(at, "trap", port, mail, identity).await;
    };
    for port in [80, 110, 143, 993, 995] {
        trap(stage, "127.0.0.1", port).await;
        trap(stage, "10.1.2.3", port).await;
    }
    stage
        .names
        .address("imap.loop.example", Ipv4Addr::LOCALHOST);
    let inside = Ipv4Addr::new(10, 1, 2, 3);
    stage.names.address("mail.strange.example.net", inside);
    let page = Reply::xml(&settings("mail.strange.example.net"));
    stage.autoconfig("strange.example", page).await;
    // Good when it is looked up, bad when it would be connected to.
    let page = Reply::xml(&server("imap", "mail.rebind.example", "993", "SSL"));
    stage.autoconfig("rebind.example", page).await;
}

/// Mail servers that do not stop, and a certificate that is one.
async fn floods(stage: &mut Stage) {
    let banner = Service::Endless {
        greeting: "",
        chunk: "* OK and so on ",
        is_tls: true,
    };
    stage.serve("imap.banner.example", 993, banner).await;
    let capa = Service::Endless {
        greeting: "+OK hi\r\n",
        chunk: "X-CAPA\r\n",
        is_tls: true,
    };
    stage.serve("pop.capa.example", 995, capa).await;
    let identity = huge(stage, "imap.cert.example");
    let mail = mail("* OK hi\r\n", true);
    stage
        .serve_with("imap.cert.example", 993, mail, identity)
        .await;
}

fn mail(greeting: &'static str, is_tls: bool) -> Service {
    Service::Mail {
        greeting,
        list: "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na OK done\r\na1 OK done\r\na2 OK done\r\n",
        is_tls,
    }
}

/// A certificate of a megabyte.
fn huge(stage: &Stage, host: &str) -> Identity {
    let names = (0..30_000).map(|n| format!("{n:06}-{}.example.net", "x".repeat(20)));
    let names: Vec<String> = std::iter::once(host.to_owned()).chain(names).collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    stage.ca.issue(&names)
}

/// The network and the files, as the system has them.
fn settle(stage: &Stage) {
    let sh = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        let ended = Command::new(words[0]).args(&words[1..]).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        (ended.status.success(), told)
    };
    let must = |words: &str| {
        let (is_done, told) = sh(words);
        assert!(is_done, "{words}: {told}");
    };
    must("ip link set lo up");
    must("ip route add local 0.0.0.0/0 dev lo");
    // Where the system has it: elsewhere there is no way that IPv6 could take.
    let _ = sh("ip -6 route add local ::/0 dev lo");
    must("mount -t tmpfs tmpfs /etc/ssl/certs");
    std::fs::write("/etc/ssl/certs/ca-certificates.crt", stage.ca.pem()).unwrap();
    let resolv = format!("nameserver {NAME_SERVER}\noptions timeout:2 attempts:2\n");
    let files = [
        ("/etc/resolv.conf", resolv.as_str()),
        ("/etc/hosts", "127.0.0.1 localhost\n"),
        ("/etc/nsswitch.conf", "hosts: files dns\n"),
    ];
    for (n, (path, text)) in files.into_iter().enumerate() {
        let own = format!("/etc/ssl/certs/own-{n}");
        std::fs::write(&own, text).unwrap();
        if Path::new(path).exists() {
            must(&format!("mount --bind {own} {path}"));
        }
    }
}

/// Asks about one address, and looks at the memory meanwhile.
async fn run(home: &Home, domain: &'static str) -> Run {
    use std::process::Stdio;
    let begin = Instant::now();
    let address = format!("{LOCAL}@{domain}");
    let mut command = home.command(program());
    command
        .args(["probe", &address, "-v", "--timeout", "3"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let pid = child.id().unwrap();
    let ending = child.wait_with_output();
    tokio::pin!(ending);
    let mut peak = 0;
    loop {
        peak = peak_of(pid).unwrap_or(0).max(peak);
        let pause = tokio::time::sleep(Duration::from_millis(5));
        tokio::select! {
            output = &mut ending => {
                let output = output.unwrap();
                let ended = Ended {
                    status: output.status.code().unwrap_or(-1),
                    out: String::from_utf8_lossy(&output.stdout).into_owned(),
                    err: String::from_utf8_lossy(&output.stderr).into_owned(),
                };
                return Run { domain, ended, peak, took: begin.elapsed() };
            }
            () = pause => {}
        }
    }
}

/// The stage is one: a provider that does everything right is found and examined.
fn is_good(run: &Run) {
    println!("{}: {:?}, {} kB", run.domain, run.took, run.peak);
    let all = format!("{}{}", run.ended.out, run.ended.err);
    assert_eq!(run.ended.status, 0, "{all}");
    assert!(all.contains("IMAP: mail.good.example, port 993"), "{all}");
    assert!(run.peak > 1000, "the memory was not looked at");
}

/// Whom the programs have connected to and what they have said, by every packet and by what the
/// servers heard inside TLS.
fn nobody_learns_more(stage: &Stage, packets: &Packets, runs: &[&Run]) {
    let packets = packets.all();
    let told: String = runs
        .iter()
        .map(|run| format!("{}{}", run.ended.out, run.ended.err))
        .collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let told: HashSet<String> = told
        .split(|c| !is_part(c))
        .map(|word| word.trim_matches('.').to_lowercase())
        .collect();
    // The ports of settings pages, of mail, and of the further services a probe asks for.
    let ports = [443, 993, 995, 143, 110, 109];
    let mut hosts = HashSet::new();
    for packet in packets.iter().filter(|packet| packet.kind == Kind::Syn) {
        // A long answer of the name server.
        if packet.to == (NAME_SERVER, 53).into() {
            continue;
        }
        let host = stage.host_at(packet.to.ip());
        let host = host.unwrap_or_else(|| panic!("nobody is at {}", packet.to));
        assert!(told.contains(host), "{host} is told nowhere: {told:?}");
        assert!(ports.contains(&packet.to.port()), "{host} {}", packet.to);
        hosts.insert(host.to_owned());
    }
    for host in [
        "autoconfig.good.example",
        "mail.good.example",
        "imap.banner.example",
    ] {
        assert!(
            hosts.contains(host),
            "it was not connected to {host}: {hosts:?}"
        );
    }
    let mut questions = 0;
    for packet in packets.iter().filter(|packet| packet.kind == Kind::Udp) {
        let ends = [packet.from, packet.to];
        let is_ours = |at: &std::net::SocketAddr| at.ip() == NAME_SERVER && at.port() == 53;
        assert!(ends.iter().any(is_ours), "{packet:?}");
        questions += usize::from(is_ours(&packet.to));
    }
    assert!(questions > 50, "{questions}");
    for (peer, _) in stage.tape.all() {
        assert_ne!(peer, "trap:80");
        assert!(!peer.starts_with("trap"), "{peer}");
        let Some(question) = peer.strip_prefix("dns ") else {
            continue;
        };
        let name = question.split(' ').next().unwrap();
        let is_reverse = name.ends_with(".in-addr.arpa");
        assert!(is_reverse || told.contains(name), "{name}: {told:?}");
    }
    let is_heard = |word: &[u8]| {
        let mut said = packets.iter().map(|packet| &packet.octets);
        said.any(|octets| octets.windows(word.len()).any(|part| part == word))
    };
    // The recorder hears what is in the clear: a question, and the name in front of TLS.
    assert!(is_heard(b"\x0aautoconfig\x04good\x07example"));
    assert!(is_heard(b"mail.good.example"));
    let secrets = [LOCAL, "annabelle", PASSWORD];
    let heard = stage.tape.all().into_iter().map(|(_, octets)| octets);
    let sent = packets.into_iter().map(|packet| packet.octets);
    let mut octets = 0;
    for said in heard.chain(sent) {
        octets += said.len();
        let text = String::from_utf8_lossy(&said).to_lowercase();
        for secret in secrets {
            assert!(!text.contains(secret), "{text}");
        }
    }
    assert!(octets > 10_000, "{octets}");
    let page = stage.tape.of("autoconfig.good.example:443");
    assert!(page.contains("GET /mail/config-v1.1.xml"), "{page}");
    let mail = stage.tape.of("mail.good.example:993");
    assert!(mail.contains("CAPABILITY"), "{mail}");
}
