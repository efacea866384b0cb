//! The window in a language that does not exist: every text two fifths longer, from left to right and
//! from right to left. In a process of its own, since a language is chosen once.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command as Process;

use super::editor::{FILE, Page};
use super::working::wide;
use super::*;
use crate::catalogue::all_texts;

/// What tells the process of its own where the catalogue is.
const CATALOGUE: &str = "POSTRIDER_TEST_CATALOGUE";

/// As a translator might have it who needs many words. Placeholders and mnemonics stay.
fn longer(text: &str) -> String {
    let more = text.chars().count() * 2 / 5;
    let words: String = "ëxtra wörds ".chars().cycle().take(more).collect();
    // What ends a sentence or opens a window ends the longer one too.
    let ends = text.trim_end_matches(['.', '…', ':']);
    format!("{ends} {}{}", words.trim(), &text[ends.len()..])
}

/// A catalogue as gettext reads it (GNU gettext manual, "The Format of GNU MO Files").
fn catalogue() -> Vec<u8> {
    let mut texts = BTreeMap::new();
    let head =
        "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n";
    texts.insert(Vec::new(), head.as_bytes().to_vec());
    for (one, many) in all_texts() {
        let (key, value) = match many {
            Some(many) => (
                format!("{one}\0{many}"),
                format!("{}\0{}", longer(&one), longer(&many)),
            ),
            None => (one.clone(), longer(&one)),
        };
        texts.insert(key.into_bytes(), value.into_bytes());
    }
    let count = texts.len() as u32;
    let table = 28;
    let mut at = table + 16 * count;
    let (mut keys, mut values, mut strings) = (Vec::new(), Vec::new(), Vec::new());
    let mut place = |text: &[u8], table: &mut Vec<u8>, strings: &mut Vec<u8>| {
        table.extend((text.len() as u32).to_le_bytes());
        table.extend(at.to_le_bytes());
        strings.extend(text);
        strings.push(0);
        at += text.len() as u32 + 1;
    };
    for key in texts.keys() {
        place(key, &mut keys, &mut strings);
    }
    for value in texts.values() {
        place(value, &mut values, &mut strings);
    }
    let head = [0x9504_12de, 0, count, table, table + 8 * count, 0, 0];
    let head: Vec<u8> = head.iter().flat_map(|n: &u32| n.to_le_bytes()).collect();
    [head, keys, values, strings].concat()
}

#[test]
fn long_words_and_the_other_direction_fit() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("eo/LC_MESSAGES");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("postrider.mo"), catalogue()).unwrap();
    let run = Process::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "ui::pseudo::in_its_own_process",
            "--ignored",
            "--nocapture",
        ])
        .env(CATALOGUE, dir.path())
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", "eo")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(told.contains("1 passed"), "{told}");
}

fn choose_language(dir: &Path) {
    use gettextrs::{
        LocaleCategory, bind_textdomain_codeset, bindtextdomain, setlocale, textdomain,
    };
    #[allow(unsafe_code)]
    unsafe {
        setlocale(LocaleCategory::LcAll, "");
    }
    bindtextdomain("postrider", dir).unwrap();
    bind_textdomain_codeset("postrider", "UTF-8").unwrap();
    textdomain("postrider").unwrap();
}

#[gtk::test]
#[ignore = "run by the test above"]
fn in_its_own_process() {
    let Some(dir) = std::env::var_os(CATALOGUE) else {
        return;
    };
    choose_language(Path::new(&dir));
    adw::init().unwrap();
    for (direction, look) in [
        (gtk::TextDirection::Ltr, "long"),
        (gtk::TextDirection::Rtl, "mirrored"),
    ] {
        gtk::Widget::set_default_direction(direction);
        for (width, size) in [(360, "narrow"), (1200, "wide")] {
            let page = Page::open(FILE, width);
            assert!(page.desk.shows(" ëx"), "the language is not in use");
            let mut found = Vec::new();
            let mut look_at = |name: &str| {
                page.desk.is_named();
                page.desk.shot(&format!("{look}-{size}-{name}"));
                for window in windows() {
                    let mut out = Vec::new();
                    let inner = a11y::children(window.upcast_ref());
                    inner.for_each(|child| wide(&child, &mut out));
                    found.extend(out.into_iter().map(|one| format!("{name}: {one}")));
                }
            };
            for name in ["accounts", "activity", "probe", "editor"] {
                page.desk.act(&format!("show-{name}"));
                look_at(name);
            }
            for place in [2, 3, 5] {
                page.desk.act("back");
                page.desk.act("back");
                page.select(place);
                look_at(&format!("line-{place}"));
            }
            if width == 360 {
                assert_eq!(found, [] as [&str; 0], "{look}");
            }
        }
    }
}
