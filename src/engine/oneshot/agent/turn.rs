//! Becoming another user for good.

use std::io;

use rustix::process::{self, Gid, Resource, Rlimit, Uid};
use rustix::thread;

/// Seconds of computing that a look may take.
const COMPUTING: u64 = 20;

/// Takes on the user, the group and exactly these groups, all three numbers of each, so that there is
/// no way back. The calls are the system's own, which change one thread: there must be no other.
///
/// Whoever is that user already and may not change anything stays as they are.
pub fn into(uid: u32, gid: u32, groups: &[u32]) -> io::Result<()> {
    if uid == u32::MAX || gid == u32::MAX || groups.contains(&u32::MAX) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let (user, group) = (Uid::from_raw(uid), Gid::from_raw(gid));
    let groups: Vec<Gid> = groups.iter().copied().map(Gid::from_raw).collect();
    if process::geteuid().is_root() {
        // Groups first: only root may.
        thread::set_thread_groups(&groups)?;
        thread::set_thread_res_gid(group, group, group)?;
        thread::set_thread_res_uid(user, user, user)?;
        let mut now = process::getgroups()?;
        now.sort_unstable_by_key(|group| group.as_raw());
        let mut wanted = groups;
        wanted.sort_unstable_by_key(|group| group.as_raw());
        wanted.dedup();
        if now != wanted || process::getgid() != group || process::getegid() != group {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    }
    let root = Uid::ROOT;
    let is_back = !user.is_root() && thread::set_thread_res_uid(root, root, root).is_ok();
    if is_back || process::getuid() != user || process::geteuid() != user {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

/// For work that ends soon: it leaves no memory behind, and a file made to keep it busy does not.
pub fn bound() {
    let limit = |resource, most| {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        // One that is lower already stays.
        let _ = process::setrlimit(resource, limit);
    };
    limit(Resource::Core, 0);
    limit(Resource::Cpu, COMPUTING);
}
