//! The rc file at its largest: 10,000 entries read and dumped beside fetchmail, and typed into.

use std::fs::{self, Permissions};
use std::hint::black_box;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use postrider::rc::Document;
use postrider::rc::document::Span;
use postrider::rc::outline::Outline;

const RUNS: usize = 7;
const KEYS: usize = 2000;

/// 10,000 entries as an administrator writes them: some 1.8 MB.
pub fn file() -> Vec<u8> {
    let entry = |n: usize| {
        format!(
            "# customer {n}\npoll mx{n}.example.org via pop{}.example.net proto imap timeout 90\n    \
             user \"person{n}@example.org\" with password \"s3cret-{n}\"\n    \
             is local{n} here ssl sslcertck keep fetchlimit 50\n",
            n % 97
        )
    };
    (0..10_000).map(entry).collect::<String>().into_bytes()
}

#[test]
#[ignore = "takes time; make bench"]
fn bench_rc_dump() {
    let home = tempfile::tempdir().unwrap();
    let rc = home.path().join("rc");
    let bytes = file();
    fs::write(&rc, &bytes).unwrap();
    fs::set_permissions(&rc, Permissions::from_mode(0o600)).unwrap();
    let programs = [
        ("postrider", env!("CARGO_BIN_EXE_postrider"), &["fetch"][..]),
        ("fetchmail", "fetchmail", &[]),
    ];
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for ((_, program, first), times) in programs.iter().zip(&mut times) {
            let begun = Instant::now();
            let ended = Command::new(program)
                .args(*first)
                .args(["--configdump", "-f"])
                .arg(&rc)
                .env("HOME", home.path())
                .output()
                .unwrap();
            times.push(begun.elapsed());
            assert!(ended.status.success() && ended.stdout.len() > bytes.len());
        }
    }
    println!(
        "{} bytes, 10,000 entries, --configdump, median of {RUNS}:",
        bytes.len()
    );
    for ((name, ..), times) in programs.iter().zip(&mut times) {
        times.sort();
        println!("  {name:<10} {:>6.1} ms", millis(times[RUNS / 2]));
    }
}

#[test]
#[ignore = "takes time; make bench"]
fn bench_rc_typing() {
    let document = Document::parse(file());
    let outline = Outline::read(&document);
    let type_at = |at: u32, with: &[u8]| {
        let begun = Instant::now();
        let (next, recut) = document.replace(Span { start: at, end: at }, with);
        let next = outline.reread(black_box(&next), recut);
        let took = begun.elapsed();
        black_box(next);
        took
    };
    let plain = |n: usize| {
        let at = n.wrapping_mul(2_654_435_761) % document.len() as usize;
        type_at(
            at as u32,
            [&b"a"[..], b" ", b"\n", b"5", b"#", b"\\"][n % 6],
        )
    };
    let mut keys: Vec<Duration> = (0..KEYS).map(plain).collect();
    keys.sort();
    let quotes = [0, 1, 5, document.len() / 2].map(|at| [b"\"", b"'"].map(|q| type_at(at, q)));
    let worst = quotes
        .as_flattened()
        .iter()
        .max()
        .copied()
        .unwrap_or_default();
    println!(
        "typing: median {:.3} ms, 99 % {:.3} ms; a lone quote at worst {:.1} ms",
        millis(keys[KEYS / 2]),
        millis(keys[KEYS * 99 / 100]),
        millis(worst)
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
