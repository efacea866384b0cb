//! The blocks of the corpus; their format is described one file above.

use std::fs;

use super::super::tidy::root;

/// One header and what becomes of it.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub file: String,
    pub name: String,
    pub rc: String,
    pub is_strict: bool,
    pub postmaster: String,
    pub answers: Vec<(String, String)>,
    pub to: Vec<String>,
    pub at: String,
    pub because: Option<Vec<String>>,
    /// fetchmail's recipients, if they are compared.
    pub fetchmail: Option<Vec<String>>,
    text: String,
}

/// All of them, file by file.
pub fn blocks() -> Vec<Block> {
    let dir = root().join("tests/corpus/routing");
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().flatten().collect();
    files.sort_by_key(|entry| entry.file_name());
    let mut all = Vec::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(file.path()).unwrap();
        let mut rc = String::new();
        for part in text.split("%%\n").filter(|part| !part.trim().is_empty()) {
            let block = block(&name, &rc, part);
            rc.clone_from(&block.rc);
            all.push(block);
        }
    }
    all
}

fn block(file: &str, rc: &str, part: &str) -> Block {
    let (head, text) = part.split_once("\n\n").unwrap_or((part, ""));
    let mut block = Block {
        file: file.to_owned(),
        rc: rc.to_owned(),
        postmaster: "root".to_owned(),
        text: text.to_owned(),
        ..Block::default()
    };
    let mut is_explained = false;
    for line in head.lines().filter(|line| !line.starts_with('#')) {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim();
        match key {
            "name" => block.name = value.to_owned(),
            "rc" => block.rc = value.to_owned(),
            "strict" => block.is_strict = value == "yes",
            "postmaster" => block.postmaster = value.to_owned(),
            "answers" => block.answers = value.split(' ').map(answer).collect(),
            "to" => block.to = names(value),
            "at" => block.at = value.to_owned(),
            "because" => block.because = Some(words(value)),
            "fetchmail" => block.fetchmail = Some(theirs(value, &block.to)),
            "why" => is_explained = true,
            _ => panic!("{file}: {key} of {}", block.name),
        }
    }
    let is_whole = !block.to.is_empty() || head.contains("\nto: -\n");
    assert!(is_whole && is_explained, "{file}: {}", block.name);
    block
}

fn answer(word: &str) -> (String, String) {
    let (host, answer) = word.split_once('=').unwrap();
    (host.to_owned(), answer.to_owned())
}

fn words(value: &str) -> Vec<String> {
    let words = value.split(' ').filter(|word| *word != "-");
    words.map(str::to_owned).collect()
}

fn theirs(value: &str, ours: &[String]) -> Vec<String> {
    match value.rsplit_once("; ") {
        Some((to, _why)) => {
            assert_ne!(names(to), ours, "{value}: does not differ");
            names(to)
        }
        None => {
            assert_eq!(value, "same", "what differs needs a reason");
            ours.to_vec()
        }
    }
}

/// Recipients in the notation of the corpus.
fn names(value: &str) -> Vec<String> {
    // One char an octet, so that what is no UTF-8 survives.
    let value: String = octets(value).into_iter().map(char::from).collect();
    let names = value.split(" | ").filter(|name| *name != "-");
    let octets = |name: &str| name.chars().map(|c| c as u8).collect::<Vec<u8>>();
    shown(names.map(octets))
}

/// Recipients as they are compared.
pub fn shown(names: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<String> {
    let shown = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    names.into_iter().map(|name| shown(name.as_ref())).collect()
}

impl Block {
    /// The header, and a body if there is one, with CRLF.
    pub fn message(&self) -> Vec<u8> {
        let text = octets(&self.text);
        let mut out = Vec::with_capacity(text.len() + 100);
        for byte in text {
            if byte == b'\n' {
                out.push(b'\r');
            }
            out.push(byte);
        }
        out
    }

    /// fetchmail does something else.
    pub fn differs(&self) -> bool {
        self.fetchmail.as_ref().is_some_and(|to| *to != self.to)
    }
}

/// Octets of the notation: `\xNN` and `{{n|text}}`.
fn octets(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        plain(before, &mut out);
        let (inside, behind) = behind.split_once("}}").unwrap();
        let (count, unit) = inside.split_once('|').unwrap();
        for number in 1..=count.parse().unwrap() {
            let number: usize = number;
            plain(&unit.replace('#', &number.to_string()), &mut out);
        }
        rest = behind;
    }
    plain(rest, &mut out);
    out
}

fn plain(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\\x") {
        out.extend_from_slice(before.as_bytes());
        out.push(u8::from_str_radix(&behind[..2], 16).unwrap());
        rest = &behind[2..];
    }
    out.extend_from_slice(rest.as_bytes());
}

#[test]
fn notation() {
    let check = |text: &str, expected: &[u8]| assert_eq!(octets(text), expected, "{text}");
    check("plain \\ (\\)", b"plain \\ (\\)");
    check("\\xe4\\x00.", b"\xe4\0.");
    check("a{{3|x#,}}b{{2|\n}}", b"ax1,x2,x3,b\n\n");
    assert_eq!(names("a | \"b c\"@x"), ["a", "\"b c\"@x"]);
    assert_eq!(names("-"), [""; 0]);
}
