use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use super::*;

fn us() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn read_in(home: &Path) -> Result<Option<Vec<u8>>, Refusal> {
    let found = read(&enter(home, true)?, OsStr::new("rc"), Some(us()), 100)?;
    Ok(found.map(|found| found.bytes))
}

/// A directory with a home in it, and a file in that.
fn house() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("ann");
    fs::create_dir(&home).unwrap();
    fs::write(home.join("rc"), "poll x").unwrap();
    (dir, home)
}

#[test]
fn a_plain_home_is_entered() {
    let (dir, home) = house();
    assert_eq!(read_in(&home), Ok(Some(b"poll x".to_vec())));
    assert!(belongs_to(&enter(&home, true).unwrap(), us()));
    assert_eq!(read_in(&dir.path().join("bob")), Err(Refusal::NoHome));
    assert_eq!(read_in(&home.join("rc")), Err(Refusal::NoHome));
    assert_eq!(read_in(&home.join("rc/x")), Err(Refusal::NoHome));
    assert_eq!(read_in(Path::new("/")), Ok(None));
    fs::remove_file(home.join("rc")).unwrap();
    assert_eq!(read_in(&home), Ok(None));
}

#[test]
fn links_are_refused() {
    let (dir, home) = house();
    let link = |name: &str| Err(Refusal::Link(name.to_owned()));
    // The home itself, whoever has made the link.
    let other = dir.path().join("other");
    symlink(&home, &other).unwrap();
    assert_eq!(read_in(&other), link("other"));
    // The file, also one that leads nowhere.
    for to in ["/etc/passwd", "/no/such/file"] {
        fs::remove_file(home.join("rc")).unwrap();
        symlink(to, home.join("rc")).unwrap();
        assert_eq!(read_in(&home), link("rc"));
    }
    // A part of the way, in a directory that others write.
    let open = dir.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    symlink(dir.path(), open.join("way")).unwrap();
    assert_eq!(read_in(&open.join("way/ann")), link("way"));
}

#[test]
fn a_link_of_the_administrator_is_a_way() {
    let (dir, home) = house();
    symlink(dir.path(), dir.path().join("way")).unwrap();
    symlink("way", dir.path().join("farther")).unwrap();
    symlink("round", dir.path().join("round")).unwrap();
    symlink("../none", dir.path().join("nowhere")).unwrap();
    let through = |name: &str| read_in(&dir.path().join(name).join("ann"));
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    if us() != 0 {
        // It belongs to us, whoever we are, so it is anybody's.
        assert_eq!(through("way"), Err(Refusal::Link("way".into())));
        return;
    }
    let expected = fs::read(home.join("rc")).unwrap();
    assert_eq!(through("way"), Ok(Some(expected.clone())));
    assert_eq!(through("farther"), Ok(Some(expected)));
    assert_eq!(through("round"), Err(Refusal::Link("round".into())));
    assert_eq!(through("nowhere"), Err(Refusal::NoHome));
    let nobody = Some(65534);
    std::os::unix::fs::lchown(dir.path().join("way"), nobody, nobody).unwrap();
    assert_eq!(through("way"), Err(Refusal::Link("way".into())));
}

#[test]
fn only_ordinary_files_of_theirs() {
    let (_dir, home) = house();
    let inside = enter(&home, true).unwrap();
    let name = OsStr::new("rc");
    let refused = |owner, max| read(&inside, name, owner, max).map(|_| ()).unwrap_err();
    assert_eq!(refused(Some(us() + 1), 9), Refusal::Foreign(us()));
    assert_eq!(refused(Some(us()), 5), Refusal::TooLarge);
    assert!(read(&inside, name, None, 6).is_ok());
    fs::remove_file(home.join("rc")).unwrap();
    let mode = Mode::RUSR | Mode::WUSR;
    rustix::fs::mknodat(&inside, name, FileType::Fifo, mode, 0).unwrap();
    assert_eq!(refused(Some(us()), 9), Refusal::NotRegular);
    fs::remove_file(home.join("rc")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(home.join("rc")).unwrap();
    assert_eq!(refused(Some(us()), 9), Refusal::NotRegular);
    fs::remove_file(home.join("rc")).unwrap();
    fs::create_dir(home.join("rc")).unwrap();
    assert_eq!(refused(Some(us()), 9), Refusal::NotRegular);
}
