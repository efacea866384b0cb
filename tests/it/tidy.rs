//! What holds the source together without a reader: the floors of the module table, no path of
//! the machine it was written on, files of a readable length.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the library and what it may import: a module, one module inside it, or with
/// `::Type` only what stands at the module's own door. A module may always import from itself.
/// Bottom first.
const FLOORS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("mail", &["base"]),
    ("rc", &["base"]),
    ("proto", &["base", "mail"]),
    ("transit", &["base", "mail", "rc"]),
    // Of rc only the TLS settings of an account, which are the verifier's rules.
    ("net", &["base", "proto", "rc::account"]),
    ("store", &["base", "mail"]),
    (
        "retrieve",
        &["base", "mail", "rc", "proto", "transit", "net"],
    ),
    (
        "deliver",
        &["base", "mail", "rc", "proto", "transit", "net"],
    ),
    ("probe", &["base", "rc", "proto", "net"]),
    (
        "engine",
        &[
            "base", "mail", "rc", "proto", "transit", "net", "store", "retrieve", "deliver",
            "probe",
        ],
    ),
    // It starts the engine, asks it for one-shot work and knows its exit statuses; what it hears
    // from it goes through the same door as for a window.
    (
        "cli",
        &[
            "base",
            "rc",
            "engine::api",
            "engine::Type",
            "engine::oneshot",
            "engine::trouble::status",
        ],
    ),
    ("ui", &["base", "rc", "engine::api"]),
    ("desktop", &["base", "rc", "engine", "ui"]),
];

/// What the lower floors must not touch, so that they stay without clock, files and sockets.
const PURE: &[&str] = &["base", "mail", "rc", "proto", "transit"];
const IMPURE: &[&str] = &[
    "tokio::",
    "std::fs",
    "std::env",
    "std::net::Tcp",
    "std::net::Udp",
    "ToSocketAddrs",
    "std::process",
    "Instant::now",
    "SystemTime::now",
];

/// Longest file in lines. Most are far shorter; tables may come near.
const LONGEST: usize = 900;

/// Where the package lies.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below `dir` of the package with one of these endings, sorted.
pub fn files(dir: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![root().join(dir)];
    while let Some(dir) = todo.pop() {
        let Ok(entries) = fs::read_dir(&dir) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && name != ".git" {
                    todo.push(path);
                }
            } else if endings.iter().any(|e| name.ends_with(e)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The path as the package names it.
pub fn short(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for path in files("src", &[".rs"]) {
        let Some(module) = module(&path) else {
            continue;
        };
        let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: no floor for `{module}`", short(&path)));
            continue;
        };
        for import in imports(&code(&fs::read_to_string(&path).unwrap())) {
            if !may_import(&module, allowed, &import) {
                wrong.push(format!("{}: crate::{}", short(&path), import.join("::")));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports that do not point down:\n{}",
        wrong.join("\n")
    );
}

fn may_import(module: &str, allowed: &[&str], import: &[String]) -> bool {
    let first = &import[0];
    // A constant of the crate itself: its name, its release.
    let is_constant = first.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let full = import.join("::");
    let is_at_door = |module: &str| {
        import.len() == 2
            && first == module
            && (import[1] == "self" || import[1].starts_with(char::is_uppercase))
    };
    is_constant
        || first == module
        || allowed
            .iter()
            .any(|allowed| match allowed.strip_suffix("::Type") {
                Some(module) => is_at_door(module),
                None => full == *allowed || full.starts_with(&format!("{allowed}::")),
            })
}

#[test]
fn imports_are_read_right() {
    let check = |source: &str, expected: &[&str]| {
        let found: Vec<String> = imports(&code(source))
            .iter()
            .map(|i| i.join("::"))
            .collect();
        assert_eq!(found, expected, "{source}");
    };
    check("use crate::a::b;", &["a::b"]);
    check(
        "use crate::{a, b::{c, d::*}, e as f};",
        &["a", "b::c", "b::d::*", "e"],
    );
    check(
        "use crate::{\n    a::X,\n};\nlet y = crate::b::f(1);",
        &["a::X", "b::f"],
    );
    check("// crate::a\nlet s = \"crate::b\"; // \"", &[]);
    check("pub(crate) fn x() {}", &[]);
    assert!(may_import(
        "cli",
        &["engine::api"],
        &["engine".into(), "api".into(), "X".into()]
    ));
    assert!(!may_import(
        "cli",
        &["engine::api"],
        &["engine".into(), "poll".into()]
    ));
    assert!(may_import(
        "cli",
        &["engine::Type"],
        &["engine".into(), "Handle".into()]
    ));
    assert!(!may_import(
        "cli",
        &["engine::Type"],
        &["engine".into(), "poll".into(), "X".into()]
    ));
    assert!(!may_import("base", &[], &["mail".into()]));
}

/// Both `store` and `deliver` must make names durable, and neither may know the other.
const DURABLE: &str = "base/durable.rs";

#[test]
fn lower_floors_touch_nothing() {
    let mut wrong = Vec::new();
    for path in files("src", &[".rs"]) {
        if !module(&path).is_some_and(|m| PURE.contains(&m.as_str())) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let source = code(text.split("#[cfg(test)]").next().unwrap_or(""));
        if !path.ends_with("tests.rs") && !path.ends_with(DURABLE) {
            let found = IMPURE.iter().filter(|word| source.contains(**word));
            wrong.extend(found.map(|word| format!("{}: {word}", short(&path))));
        }
    }
    assert!(
        wrong.is_empty(),
        "lower floors know no clock, file or socket:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn gtk_stays_in_the_front_end() {
    let mut wrong = Vec::new();
    for path in files("src", &[".rs"]) {
        let module = module(&path);
        let source = code(&fs::read_to_string(&path).unwrap());
        let is_front = module
            .as_deref()
            .is_none_or(|m| m == "ui" || m == "desktop");
        if !is_front
            && ["gtk::", "adw::", "relm4::", "glib::"]
                .iter()
                .any(|w| source.contains(w))
        {
            wrong.push(short(&path));
        }
    }
    assert!(wrong.is_empty(), "GTK outside ui and desktop: {wrong:?}");
}

#[test]
fn files_say_what_they_are_for_and_stay_short() {
    let mut wrong = Vec::new();
    for path in ["src", "tests", "examples"]
        .iter()
        .flat_map(|dir| files(dir, &[".rs"]))
    {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        if lines > LONGEST {
            wrong.push(format!("{}: {lines} lines", short(&path)));
        }
        let first = text.lines().next().unwrap_or("");
        // Tests beside a file are described by it.
        let is_described = first.starts_with("//!") || path.ends_with("tests.rs");
        if !is_described && !first.starts_with("#![doc") {
            wrong.push(format!("{}: does not open with `//!`", short(&path)));
        }
        if path.ends_with("mod.rs") {
            wrong.push(format!(
                "{}: `foo.rs` beside `foo/`, no mod.rs",
                short(&path)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_path_of_one_machine() {
    let mut wrong = Vec::new();
    // Put together here, so that this file does not name them itself.
    let paths: Vec<String> = ["/work", "/root", "/home/user"]
        .iter()
        .map(|p| format!("{p}{}", '/'))
        .collect();
    let endings = [
        ".rs", ".md", ".toml", ".xml", ".in", ".pot", "Makefile", "run", ".pest", ".desktop",
    ];
    for path in files("", &endings) {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            if paths.iter().any(|p| line.contains(p.as_str())) && !path.ends_with("tidy.rs") {
                wrong.push(format!("{}:{}: {line}", short(&path), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The top-level module a file of `src/` belongs to; none for `lib.rs` and the programs.
fn module(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib" && name != "bin").then(|| name.to_owned())
}

/// The source without comments and the contents of strings.
fn code(source: &str) -> String {
    let pieces = super::catalogue::lex(source);
    let code = pieces.into_iter().filter_map(|(_, piece)| match piece {
        super::catalogue::Piece::Code(text) => Some(text),
        super::catalogue::Piece::Text(_) => Some("\"\"".to_owned()),
        super::catalogue::Piece::Comment(_) => None,
    });
    code.collect()
}

/// Every path behind `crate::`, groups taken apart.
fn imports(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '$') {
            tree(
                &mut code[at + word.len()..].chars().peekable(),
                &[],
                &mut found,
            );
        }
    }
    found
}

/// One use tree: `a::b`, `a::{b, c as d}`, `a::*`.
fn tree(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    before: &[String],
    found: &mut Vec<Vec<String>>,
) {
    let mut path = before.to_vec();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        if rest.next_if_eq(&'{').is_some() {
            loop {
                while rest.next_if(|c| c.is_whitespace() || *c == ',').is_some() {}
                if rest.next_if_eq(&'}').is_some() || rest.peek().is_none() {
                    return;
                }
                tree(rest, &path, found);
                // `as other`
                while rest.next_if(|c| *c != ',' && *c != '}').is_some() {}
            }
        }
        let mut name = String::new();
        while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_' || *c == '*') {
            name.push(c);
        }
        path.push(name);
        let is_longer = rest.next_if_eq(&':').is_some() && rest.next_if_eq(&':').is_some();
        if !is_longer || rest.peek() == Some(&'<') {
            found.push(path);
            return;
        }
    }
}
