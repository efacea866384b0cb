use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

const OLD: &[u8] = b"poll old\n";
const NEW: &[u8] = b"poll new password 'secret'\n";

struct Place {
    dir: tempfile::TempDir,
    path: PathBuf,
}

impl Place {
    /// A directory with the file `rc` of these bytes, if any, and this mode.
    fn new(old: Option<&[u8]>, mode: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rc");
        if let Some(old) = old {
            fs::write(&path, old).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        Self { dir, path }
    }

    fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.dir.path().join(name)).ok()
    }

    fn mode(&self, name: &str) -> u32 {
        let metadata = fs::symlink_metadata(self.dir.path().join(name)).unwrap();
        metadata.permissions().mode() & 0o7777
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path()).unwrap().flatten();
        let mut names: Vec<_> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

#[test]
fn keeps_a_copy_and_the_mode() {
    let check = |mode: u32, expected: u32| {
        let place = Place::new(Some(OLD), mode);
        let next = save(&place.path, Base::of(OLD), NEW).unwrap();
        assert_eq!(next, Base::of(NEW));
        assert_eq!(place.read("rc").as_deref(), Some(NEW));
        assert_eq!(place.read("rc~").as_deref(), Some(OLD));
        assert_eq!(place.mode("rc"), expected, "{mode:o}");
        assert_eq!(place.mode("rc~"), 0o600);
        assert_eq!(place.names(), ["rc", "rc~"]);
    };
    check(0o600, 0o600);
    check(0o400, 0o400);
    check(0o700, 0o700);
    check(0o500, 0o500);
    for open in [0o644, 0o660, 0o710, 0o604, 0o777] {
        check(open, 0o600);
    }
}

#[test]
fn a_new_file_is_private_and_has_no_copy() {
    let place = Place::new(None, 0);
    save(&place.path, Base::NONE, NEW).unwrap();
    assert_eq!(
        (place.read("rc").as_deref(), place.mode("rc")),
        (Some(NEW), 0o600)
    );
    assert_eq!(place.names(), ["rc"]);
}

#[test]
fn nothing_new_is_not_written() {
    let place = Place::new(Some(OLD), 0o600);
    let before = Stamp::of(&place.path);
    assert_eq!(save(&place.path, Base::of(OLD), OLD), Ok(Base::of(OLD)));
    assert_eq!(Stamp::of(&place.path), before);
    assert_eq!(place.names(), ["rc"]);
}

#[test]
fn a_file_changed_meanwhile_is_left() {
    let check = |old: Option<&[u8]>, base: Base| {
        let place = Place::new(old, 0o600);
        let refused = save(&place.path, base, NEW);
        assert!(
            matches!(refused, Err(SaveError::Changed { .. })),
            "{refused:?}"
        );
        assert_eq!(place.read("rc").as_deref(), old);
        assert_eq!(place.names().len(), usize::from(old.is_some()));
    };
    check(Some(b"poll other\n"), Base::of(OLD));
    check(Some(OLD), Base::NONE);
    check(None, Base::of(OLD));
    // Of the same length and within the same tick of a coarse clock.
    check(Some(b"poll OLD\n"), Base::of(OLD));
}

/// Another program saves while ours does.
#[test]
fn a_change_at_the_last_moment_is_seen() {
    let check = |old: Option<&[u8]>, at: Step| {
        let place = Place::new(old, 0o600);
        let base = old.map_or(Base::NONE, Base::of);
        let path = place.path.clone();
        let refused = save_by(&place.path, base, NEW, &mut |step| {
            if step == at {
                fs::write(&path, "poll another\n")?;
            }
            Ok(())
        });
        assert!(
            matches!(refused, Err(SaveError::Changed { .. })),
            "{at:?}: {refused:?}"
        );
        assert_eq!(place.read("rc").as_deref(), Some(&b"poll another\n"[..]));
        assert!(place.names().iter().all(|name| name.starts_with("rc")));
    };
    check(Some(OLD), Step::Create);
    check(Some(OLD), Step::RenameCopy);
    check(Some(OLD), Step::Rename);
    check(None, Step::Sync);
    check(None, Step::Rename);
}

#[test]
fn links_stay_and_planted_ones_lead_nowhere() {
    let place = Place::new(Some(OLD), 0o600);
    let below = place.dir.path().join("below");
    fs::create_dir(&below).unwrap();
    let victim = below.join("victim");
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, place.dir.path().join("rc~")).unwrap();
    // Two links in a row, the second one relative.
    symlink("../rc", below.join("one")).unwrap();
    let link = place.dir.path().join("link");
    symlink(below.join("one"), &link).unwrap();
    save(&link, Base::of(OLD), NEW).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(place.read("rc").as_deref(), Some(NEW));
    assert_eq!(place.read("rc~").as_deref(), Some(OLD));
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    assert!(
        !fs::symlink_metadata(place.dir.path().join("rc~"))
            .unwrap()
            .is_symlink()
    );

    // A link to a file that is not there yet.
    let ahead = place.dir.path().join("ahead");
    symlink("below/fresh", &ahead).unwrap();
    save(&ahead, Base::NONE, NEW).unwrap();
    assert_eq!(fs::read(below.join("fresh")).unwrap(), NEW);

    // In a circle.
    let round = place.dir.path().join("round");
    symlink("round", &round).unwrap();
    assert!(matches!(
        save(&round, Base::NONE, NEW),
        Err(SaveError::Disk(_))
    ));
}

#[test]
fn what_is_no_file_is_left() {
    let place = Place::new(None, 0);
    fs::create_dir(&place.path).unwrap();
    let refused = save(&place.path, Base::NONE, NEW);
    assert!(matches!(refused, Err(SaveError::NotRegular { .. })));
    let refused = save(Path::new("/dev/null"), Base::of(b""), NEW);
    assert!(matches!(refused, Err(SaveError::NotRegular { .. })));
    let refused = save(&place.path.join("none/rc"), Base::NONE, NEW);
    assert!(matches!(refused, Err(SaveError::Disk(_))));
    let large = vec![b'#'; usize::try_from(SIZE_MAX).unwrap() + 1];
    let refused = save(&place.path, Base::NONE, &large);
    assert!(matches!(refused, Err(SaveError::TooLarge { .. })));
    // Where the copy would go.
    let place = Place::new(Some(OLD), 0o600);
    fs::create_dir(place.dir.path().join("rc~")).unwrap();
    assert!(save(&place.path, Base::of(OLD), NEW).is_err());
    assert_eq!(place.read("rc").as_deref(), Some(OLD));
    assert_eq!(place.names(), ["rc", "rc~"]);
}

/// Each step fails in turn, with a file and without one: the old one or the new one is there,
/// nobody else can read anything at any moment, and nothing is left lying about.
#[test]
fn every_step_may_fail() {
    let check = |old: Option<&[u8]>, steps: usize| {
        for nth in 0.. {
            // Open to others, so that the old mode must not appear on the new bytes.
            let place = Place::new(old, 0o644);
            let base = old.map_or(Base::NONE, Base::of);
            let mut count = 0;
            let saved = save_by(&place.path, base, NEW, &mut |step| {
                assert_eq!(place.read("rc").as_deref(), old, "before {step:?}");
                for name in place.names().iter().filter(|name| *name != "rc") {
                    assert_eq!(place.mode(name), 0o600, "{name} before {step:?}");
                }
                count += 1;
                if count > nth {
                    return Err(rustix::io::Errno::NOSPC.into());
                }
                Ok(())
            });
            let Err(error) = saved else {
                assert_eq!(place.read("rc").as_deref(), Some(NEW));
                assert_eq!(place.mode("rc"), 0o600);
                assert_eq!(nth, steps);
                return;
            };
            assert!(error.to_string().contains("disk is full"), "{error}");
            assert_eq!(place.read("rc").as_deref(), old);
            let left = place.names();
            let known = |name: &String| name == "rc" || name == "rc~";
            assert!(left.iter().all(known), "{left:?}");
        }
    };
    check(Some(OLD), 10);
    check(None, 6);
}

#[test]
fn sentences() {
    let path = Path::new("/x/rc");
    let check = |errno: rustix::io::Errno, words: &str| {
        let text = refusal(path, &errno.into()).to_string();
        assert!(text.contains(words) && text.contains("/x/rc"), "{text}");
    };
    check(rustix::io::Errno::NOSPC, "disk is full");
    check(rustix::io::Errno::DQUOT, "disk is full");
    check(rustix::io::Errno::ROFS, "Nothing can be written");
    check(rustix::io::Errno::ACCESS, "Nothing can be written");
    check(rustix::io::Errno::IO, "nput/output error");
}

#[test]
fn a_base_is_told_to_another_process() {
    for base in [Base::NONE, Base::of(OLD)] {
        assert_eq!(Base::from_words(&base.to_words()), Some(base));
    }
    for odd in [
        "",
        "nones",
        &"x".repeat(64),
        &"ä".repeat(32),
        &"0".repeat(65),
    ] {
        assert_eq!(Base::from_words(odd), None, "{odd}");
    }
}

#[test]
fn in_a_directory_a_link_is_refused() {
    let place = Place::new(Some(OLD), 0o600);
    let directory = || File::open(place.dir.path()).unwrap();
    let save =
        |name: &str, base, bytes| save_in(directory(), OsStr::new(name), &place.path, base, bytes);
    assert_eq!(save("rc", Base::of(OLD), NEW), Ok(Base::of(NEW)));
    assert_eq!(place.read("rc~").as_deref(), Some(OLD));
    assert_eq!(save("first", Base::NONE, b""), Ok(Base::of(b"")));
    assert_eq!(place.mode("first"), 0o600);
    symlink(&place.path, place.dir.path().join("link")).unwrap();
    let refused = save("link", Base::of(NEW), OLD);
    assert!(matches!(refused, Err(SaveError::NotRegular { .. })));
    assert_eq!(place.read("rc").as_deref(), Some(NEW));
    let late = save("rc", Base::of(OLD), b"poll z");
    assert!(matches!(late, Err(SaveError::Changed { .. })));
}
