//! `tests/corpus/delivery/promises.txt` names for each thing that people rely on what holds it. Here it
//! is made sure that those tests, cases and sentences are there.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

#[test]
fn each_is_held_by_something_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let cases: HashSet<String> = ["routing", "messages", "outcomes"]
        .iter()
        .flat_map(|name| {
            let text = read(&format!("tests/corpus/delivery/{name}.txt"));
            let names = text.lines().filter_map(|line| line.strip_prefix("name: "));
            names.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let mut tests = HashSet::new();
    for directory in ["src", "tests/it"] {
        functions(&root.join(directory), &mut tests);
    }
    let manual = read("data/man/postrider.1") + &read("README.md");
    let manual = manual
        .replace("\\-", "-")
        .replace('\n', " ")
        .replace(".B ", "");
    let mut numbers = Vec::new();
    let mut wrong = Vec::new();
    let promises = read("tests/corpus/delivery/promises.txt");
    for line in promises
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let Some((kind, proof)) = line
            .trim_start()
            .split_once(": ")
            .filter(|_| line.starts_with(' '))
        else {
            let number = line.split(' ').next().unwrap();
            numbers.push(number.parse::<u32>().unwrap());
            continue;
        };
        let is_there = match kind {
            "case" => cases.contains(proof),
            "test" => tests.contains(proof),
            "says" => manual.contains(proof),
            "decided" => true,
            _ => false,
        };
        if !is_there {
            wrong.push(line);
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(numbers.iter().copied().eq(157..=208), "{numbers:?}");
}

/// Names of all functions below a directory.
fn functions(directory: &Path, names: &mut HashSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|end| end == "rs") {
            for line in fs::read_to_string(&path).unwrap().lines() {
                if let Some((_, rest)) = line.split_once("fn ") {
                    names.insert(rest.split(['(', '<']).next().unwrap().to_owned());
                }
            }
        }
    }
}
