//! A file of 10,000 entries in the editor: how long it takes until it is seen, and how long the window
//! is busy with a keystroke. Figures, to be looked at:
//!
//! `… cargo test --release --test it -- --ignored --nocapture large`

use std::time::{Duration, Instant};

use super::editor::Page;
use super::*;

const ENTRIES: usize = 10_000;
const KEYS: usize = 500;

fn file() -> String {
    let entry = |n: usize| {
        format!(
            "poll mail{n}.example.org proto imap # site {n}\n    user \"user{n}@example.org\" password \"s3cret{n}\" is user{n} here ssl keep\n\n"
        )
    };
    let head = "set daemon 300\n\ndefaults\n    timeout 60\n\n".to_owned();
    head + &(0..ENTRIES).map(entry).collect::<String>()
}

/// Everything that is to be done now, is done; what waits for its time is not.
fn work_off() {
    let context = glib::MainContext::default();
    while context.pending() {
        context.iteration(false);
    }
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    println!(
        "{what}: median {:?}, 99 of 100 within {:?}, longest {:?}",
        at(50),
        at(99),
        at(100)
    );
}

/// The largest amount of memory this process has had, in MiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib: u64 = line
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or_default();
    kib / 1024
}

#[gtk::test]
#[ignore = "a benchmark"]
fn large_file() {
    let text = file();
    let before = memory();
    let start = Instant::now();
    let mut page = Page::open_quietly(&text, 1200);
    println!("first frame after {:?}", start.elapsed());
    page.looks_over();
    page.select(2 + 2 * 5000);
    work_off();
    let line = page.control::<gtk::Entry>("timeout");
    let mut times = Vec::new();
    for key in 0..KEYS {
        let start = Instant::now();
        line.set_text(&format!("{}", 100 + key));
        work_off();
        times.push(start.elapsed());
    }
    tell("a key in a field", times);
    let view = page.desk.find::<gtk::TextView>("editor-text");
    view.grab_focus();
    let buffer = view.buffer();
    let mut iter = buffer.start_iter();
    iter.forward_to_line_end();
    buffer.place_cursor(&iter);
    let mut times = Vec::new();
    for key in 0..KEYS {
        let start = Instant::now();
        buffer.insert_at_cursor(if key % 9 == 0 { " " } else { "x" });
        work_off();
        times.push(start.elapsed());
    }
    tell("a key in the source", times);
    println!("memory: {} MiB, of which {before} before", memory());
}
