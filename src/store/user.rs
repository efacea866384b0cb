//! Who runs the program (cli.md section 4).

use std::fs;

/// The invoking user's name: the first defined of `FETCHMAILUSER`, `LOGNAME`, `USER` if that name
/// has the real uid, else the name the password database gives that uid, else the uid itself.
pub fn invoking() -> String {
    let uid = rustix::process::getuid().as_raw();
    let passwd = fs::read("/etc/passwd").unwrap_or_default();
    let named = ["FETCHMAILUSER", "LOGNAME", "USER"]
        .iter()
        .find_map(std::env::var_os);
    let named = named.map(|name| name.to_string_lossy().into_owned());
    choose(named.as_deref(), uid, &String::from_utf8_lossy(&passwd))
}

fn choose(named: Option<&str>, uid: u32, passwd: &str) -> String {
    let entries = || passwd.lines().filter_map(entry);
    let of_name = named.and_then(|name| entries().find(|(other, _)| *other == name));
    match (of_name, named) {
        (Some((name, other)), _) if other == uid => name.to_owned(),
        // A name that only a directory service knows; its uid cannot be compared here.
        (None, Some(name)) if entries().all(|(_, other)| other != uid) => name.to_owned(),
        _ => {
            let own = entries().find(|(_, other)| *other == uid);
            own.map_or_else(|| uid.to_string(), |(name, _)| name.to_owned())
        }
    }
}

/// Name and uid of a passwd(5) line.
fn entry(line: &str) -> Option<(&str, u32)> {
    let mut fields = line.split(':');
    Some((fields.next()?, fields.nth(1)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_only_with_its_uid() {
        let passwd = "root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n";
        let check = |named, uid, expected: &str| assert_eq!(choose(named, uid, passwd), expected);
        check(Some("anna"), 1000, "anna");
        check(Some("root"), 1000, "anna");
        check(Some("nobody"), 1000, "anna");
        check(None, 0, "root");
        check(Some("ldapuser"), 5000, "ldapuser");
        check(None, 5000, "5000");
    }
}
