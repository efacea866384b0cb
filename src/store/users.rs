//! The users of this computer, as passwd(5) and group(5) tell them. Bytes in, values out: where the
//! two come from is the engine's matter.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Most users that are taken from a password database; what lies behind is left out.
pub const MOST: usize = 10_000;

/// Most groups a user is taken into: their numbers stand on a command line.
const GROUPS: usize = 8192;

/// A user of this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The login name; from outside, never to be shown as it is.
    pub name: String,
    /// The user number.
    pub uid: u32,
    /// The group of the password database.
    pub gid: u32,
    /// All groups, that one too, sorted.
    pub groups: Vec<u32>,
    /// The home; absolute.
    pub home: PathBuf,
}

impl User {
    /// The superuser, with the home that the password database gives it.
    pub fn root(all: &[Self]) -> Self {
        let known = all.iter().find(|user| user.uid == 0).cloned();
        known.unwrap_or_else(|| Self {
            name: "root".to_owned(),
            uid: 0,
            gid: 0,
            groups: vec![0],
            home: "/root".into(),
        })
    }
}

/// The users with an absolute home, in the order of the database; of two of one name the first, as
/// getpwnam(3) has it. A line that cannot be read is nobody. With them comes whether there were
/// more than [`MOST`].
pub fn parse(passwd: &[u8], group: &[u8]) -> (Vec<User>, bool) {
    let memberships = memberships(group);
    let mut names = std::collections::HashSet::new();
    let mut users: Vec<User> = Vec::new();
    for line in passwd.split(|byte| *byte == b'\n') {
        let Some(mut user) = user(line) else { continue };
        if !names.insert(user.name.clone()) {
            continue;
        }
        if users.len() == MOST {
            return (users, true);
        }
        let others = memberships.get(user.name.as_bytes());
        user.groups.extend(others.into_iter().flatten());
        user.groups.sort_unstable();
        user.groups.dedup();
        user.groups.truncate(GROUPS);
        users.push(user);
    }
    (users, false)
}

/// name:password:uid:gid:comment:home:shell
fn user(line: &[u8]) -> Option<User> {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
    let [name, _, uid, gid, _, home, ..] = fields[..] else {
        return None;
    };
    let name = std::str::from_utf8(name).ok()?;
    // The lines of NIS; and `-1` is nobody to the system.
    let is_user = !name.is_empty() && !name.starts_with(['+', '-']);
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u32>().ok();
    let (uid, gid) = (number(uid)?, number(gid)?);
    let home = PathBuf::from(OsStr::from_bytes(home));
    let is_whole = is_user && uid != u32::MAX && gid != u32::MAX && home.is_absolute();
    is_whole.then(|| User {
        name: name.to_owned(),
        uid,
        gid,
        groups: vec![gid],
        home,
    })
}

/// The groups that each name is listed in. name:password:gid:members
fn memberships(group: &[u8]) -> HashMap<&[u8], Vec<u32>> {
    let mut found: HashMap<&[u8], Vec<u32>> = HashMap::new();
    for line in group.split(|byte| *byte == b'\n') {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
        let [_, _, gid, members] = fields[..] else {
            continue;
        };
        let gid = std::str::from_utf8(gid).ok();
        let Some(gid) = gid.and_then(|gid| gid.parse::<u32>().ok()) else {
            continue;
        };
        let names = members.split(|byte| *byte == b',');
        for name in names.filter(|name| !name.is_empty() && gid != u32::MAX) {
            found.entry(name).or_default().push(gid);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_their_groups() {
        let passwd = b"root:x:0:0:root:/root:/bin/sh\nann:x:1000:100:Ann,,,:/home/ann:/bin/sh\n\
            +::::::\n+nis:x:5:5::/x:\nann:x:0:0::/again:\nlow:x:7\nbad:x:a:1::/x:\n\
            nohome:x:8:8:::\nrel:x:9:9::x/y:\nall:x:4294967295:1::/x:\n-rf:x:3:3::/x:\nlast:x:12:12::/h";
        let group = b"root:x:0:\nmail:x:8:ann,last\nusers:x:100:ann\nodd:x:y:ann\nshort:x:9\n";
        let (users, is_cut) = parse(passwd, group);
        let found: Vec<(&str, u32, &[u32])> = users
            .iter()
            .map(|user| (user.name.as_str(), user.uid, user.groups.as_slice()))
            .collect();
        assert_eq!(
            found,
            [
                ("root", 0, &[0][..]),
                ("ann", 1000, &[8, 100]),
                ("last", 12, &[8, 12])
            ]
        );
        assert!(!is_cut);
        assert_eq!(User::root(&users).home, PathBuf::from("/root"));
    }

    #[test]
    fn the_number_is_bounded() {
        let lines: String = (0..=MOST).map(|n| format!("u{n}:x:{n}:1::/h:\n")).collect();
        let (users, is_cut) = parse(lines.as_bytes(), b"");
        assert!(is_cut && users.len() == MOST);
        assert!(!parse(&lines.as_bytes()[..200], b"").1);
    }
}
