//! A million messages in the table that knows who had which, and how long a look-up takes.

use std::fs::File;
use std::time::{Duration, Instant};

use postrider::store::messages::EACH;
use postrider::store::{Messages, Sent};

fn sent(n: u64) -> Sent {
    let spread = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (n >> 3);
    let mut message = [1; 12];
    message[..8].copy_from_slice(&spread.to_le_bytes());
    Sent {
        message,
        copy: [1; 4],
    }
}

#[test]
#[ignore = "takes time; make bench"]
fn bench_messages() {
    let home = tempfile::tempdir_in(".").unwrap();
    let path = home.path().join("ids");
    let mut table = Messages::open(&path).unwrap();
    let begun = Instant::now();
    // Both tables full: the most it ever keeps.
    for n in 0..2 * EACH {
        table.add(&sent(n)).unwrap();
    }
    let each = begun.elapsed() / (2 * EACH) as u32;
    println!(
        "{} messages remembered, {} ns each",
        2 * EACH,
        each.as_nanos()
    );
    let files = std::fs::read_dir(home.path()).unwrap();
    let octets: u64 = files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    println!("  {:.1} MB on the disk", octets as f64 / 1e6);
    for is_cold in [false, true] {
        for (what, first) in [("known", 0), ("unknown", 10 * EACH)] {
            let mut worst = Duration::ZERO;
            let mut all = Vec::new();
            for n in 0..2000 {
                if is_cold {
                    forget(home.path());
                }
                let begun = Instant::now();
                let twin = Sent {
                    copy: [2; 4],
                    ..sent(first + n * 977)
                };
                assert_eq!(table.is_known(&twin).unwrap(), first == 0);
                let took = begun.elapsed();
                worst = worst.max(took);
                all.push(took);
            }
            all.sort();
            println!(
                "  {} {what:<8} median {:>7.1} us, 99 % {:>7.1} us, worst {:>7.1} us",
                if is_cold { "cold" } else { "warm" },
                all[1000].as_secs_f64() * 1e6,
                all[1980].as_secs_f64() * 1e6,
                worst.as_secs_f64() * 1e6
            );
        }
    }
}

/// What the system keeps of these files in memory is dropped.
fn forget(directory: &std::path::Path) {
    for file in std::fs::read_dir(directory).unwrap() {
        let file = File::open(file.unwrap().path()).unwrap();
        file.sync_all().unwrap();
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
    }
}
