//! A file system that remembers what was made durable and what was not, after POSIX: octets of a
//! file by `fsync` of the file, names by `fsync` of their directory, and nothing else.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::support::strace::{Call, octets};

/// What a power cut leaves of a disk. Only the first is what a kill leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// All of it.
    Killed,
    /// What was synced, and nothing else.
    Lost,
    /// Names and lengths as they were last; octets not synced are zero.
    Shape,
    /// Names as they were last; of octets not synced the first half.
    Torn,
    /// Octets as they were last; names as synced.
    Data,
    /// Of a move that was not synced the new name, and the old one too.
    Both,
    /// Of a move that was not synced neither name.
    Neither,
}

/// All of them.
pub const VIEWS: [View; 7] = [
    View::Killed,
    View::Lost,
    View::Shape,
    View::Torn,
    View::Data,
    View::Both,
    View::Neither,
];

/// What lies at each path below the root; directories are `None`. Names of one file share its
/// number.
pub type Image = BTreeMap<PathBuf, Option<(usize, Vec<u8>)>>;

#[derive(Clone, Debug)]
enum Body {
    File(Vec<u8>),
    Dir(Names),
}

type Names = BTreeMap<Vec<u8>, usize>;

#[derive(Clone, Debug)]
struct Node {
    now: Body,
    synced: Body,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    node: usize,
    at: usize,
}

/// The disk below one directory, its root, and the open files of one process.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    nodes: Vec<Node>,
    open: HashMap<i64, Open>,
}

impl Disk {
    /// A disk on which all of `image` is durable.
    pub fn new(root: &Path, image: &Image) -> Self {
        let empty = || Body::Dir(Names::new());
        let top = Node {
            now: empty(),
            synced: empty(),
        };
        let mut disk = Self {
            root: root.to_owned(),
            nodes: vec![top],
            open: HashMap::new(),
        };
        // Directories come before what is in them.
        for (path, content) in image {
            let body = content
                .clone()
                .map_or_else(empty, |(_, octets)| Body::File(octets));
            let (parent, name) = disk.place(0, path.as_os_str().as_encoded_bytes()).unwrap();
            disk.add(parent, name, body);
        }
        for node in &mut disk.nodes {
            node.synced = node.now.clone();
        }
        disk
    }

    /// The process has ended; its files are closed.
    pub fn close_all(&mut self) {
        self.open.clear();
    }

    /// What a power cut leaves now.
    pub fn image(&self, view: View) -> Image {
        let mut image = Image::new();
        self.look(0, Path::new(""), view, &mut image);
        image
    }

    fn look(&self, dir: usize, path: &Path, view: View, image: &mut Image) {
        for (name, node) in self.names(dir, view) {
            let path = path.join(String::from_utf8(name).expect("names of ours are ASCII"));
            match self.content(node, view) {
                Some(octets) => {
                    image.insert(path, Some((node, octets)));
                }
                None => {
                    image.insert(path.clone(), None);
                    self.look(node, &path, view, image);
                }
            }
        }
    }

    fn names(&self, dir: usize, view: View) -> Names {
        let (Body::Dir(now), Body::Dir(synced)) = (&self.nodes[dir].now, &self.nodes[dir].synced)
        else {
            return Names::new();
        };
        match view {
            View::Killed | View::Shape | View::Torn => now.clone(),
            View::Lost | View::Data => synced.clone(),
            View::Both => synced
                .iter()
                .chain(now)
                .map(|(n, i)| (n.clone(), *i))
                .collect(),
            // To bear another file's name is one step.
            View::Neither => {
                let stays = |(name, _): &(&Vec<u8>, &usize)| now.contains_key(*name);
                synced
                    .iter()
                    .filter(stays)
                    .map(|(n, i)| (n.clone(), *i))
                    .collect()
            }
        }
    }

    /// `None` for a directory.
    fn content(&self, node: usize, view: View) -> Option<Vec<u8>> {
        let (Body::File(now), Body::File(synced)) =
            (&self.nodes[node].now, &self.nodes[node].synced)
        else {
            return None;
        };
        let same = now.iter().zip(synced).take_while(|(a, b)| a == b).count();
        Some(match view {
            View::Killed | View::Data => now.clone(),
            View::Lost | View::Both | View::Neither => synced.clone(),
            View::Shape => {
                let mut octets = now[..same].to_vec();
                octets.resize(now.len(), 0);
                octets
            }
            View::Torn => now[..same + (now.len() - same) / 2].to_vec(),
        })
    }

    /// Whether the call changed anything that an image shows.
    pub fn apply(&mut self, call: &Call) -> bool {
        if call.result < 0 {
            return false;
        }
        let arg = |n: usize| call.args[n].as_str();
        let fd = |n: usize| arg(n).parse::<i64>().unwrap_or(-1);
        match call.name.as_str() {
            "openat" => self.opened(arg(0), &octets(arg(1)), arg(2), call.result),
            "open" => self.opened("AT_FDCWD", &octets(arg(0)), arg(1), call.result),
            "creat" | "truncate" | "dup" | "dup2" | "dup3" | "fallocate" | "pwritev" | "splice" => {
                assert!(!self.open.contains_key(&fd(0)), "not modelled: {call:?}");
                false
            }
            "memfd_create" => {
                let node = self.node(Body::File(Vec::new()));
                self.open.insert(call.result, Open { node, at: 0 });
                false
            }
            "fcntl" => {
                if let (true, Some(open)) = (arg(1).starts_with("F_DUPFD"), self.open.get(&fd(0))) {
                    self.open.insert(call.result, *open);
                }
                false
            }
            "close" => {
                self.open.remove(&fd(0));
                false
            }
            "lseek" => {
                if let Some(open) = self.open.get_mut(&fd(0)) {
                    open.at = call.result as usize;
                }
                false
            }
            "write" | "writev" => self.write(fd(0), None, &octets(arg(1))[..call.result as usize]),
            "pwrite64" => self.write(fd(0), arg(3).parse().ok(), &octets(arg(1))),
            "copy_file_range" => self.copy(fd(0), fd(2), call.result as usize),
            "sendfile" => self.copy(fd(1), fd(0), call.result as usize),
            "ftruncate" => self.truncate(fd(0), arg(1).parse().unwrap()),
            "fsync" | "fdatasync" => self.sync(fd(0)),
            "mkdir" => self.make_dir("AT_FDCWD", &octets(arg(0))),
            "mkdirat" => self.make_dir(arg(0), &octets(arg(1))),
            "unlink" | "rmdir" => self.remove("AT_FDCWD", &octets(arg(0))),
            "unlinkat" => self.remove(arg(0), &octets(arg(1))),
            "rename" => self.rename(
                "AT_FDCWD",
                &octets(arg(0)),
                "AT_FDCWD",
                &octets(arg(1)),
                true,
            ),
            "renameat" | "renameat2" => {
                self.rename(arg(0), &octets(arg(1)), arg(2), &octets(arg(3)), true)
            }
            "link" => self.rename(
                "AT_FDCWD",
                &octets(arg(0)),
                "AT_FDCWD",
                &octets(arg(1)),
                false,
            ),
            "linkat" => self.rename(arg(0), &octets(arg(1)), arg(2), &octets(arg(3)), false),
            _ => false,
        }
    }

    fn opened(&mut self, at: &str, path: &[u8], flags: &str, fd: i64) -> bool {
        // The number may have been another file's before.
        self.open.remove(&fd);
        let Some((parent, name)) = self.find_place(at, path) else {
            return false;
        };
        let is_there = if name.is_empty() {
            Some(parent)
        } else {
            self.entry(parent, &name)
        };
        let node = match is_there {
            Some(node) => node,
            None if flags.contains("O_CREAT") => self.add(parent, name, Body::File(Vec::new())),
            None => return false,
        };
        if let (true, Body::File(octets)) = (flags.contains("O_TRUNC"), &mut self.nodes[node].now) {
            octets.clear();
        }
        self.open.insert(fd, Open { node, at: 0 });
        is_there.is_none() || flags.contains("O_TRUNC")
    }

    fn write(&mut self, fd: i64, at: Option<usize>, text: &[u8]) -> bool {
        let Some(open) = self.open.get_mut(&fd) else {
            return false;
        };
        let begin = at.unwrap_or(open.at);
        if at.is_none() {
            open.at += text.len();
        }
        let Body::File(octets) = &mut self.nodes[open.node].now else {
            return false;
        };
        octets.resize(octets.len().max(begin + text.len()), 0);
        octets[begin..begin + text.len()].copy_from_slice(text);
        true
    }

    fn copy(&mut self, from: i64, to: i64, count: usize) -> bool {
        let Some(source) = self.open.get_mut(&from).filter(|_| count > 0) else {
            return false;
        };
        let at = source.at;
        source.at += count;
        let Body::File(octets) = &self.nodes[source.node].now else {
            return false;
        };
        let text = octets[at..at + count].to_vec();
        self.write(to, None, &text)
    }

    fn truncate(&mut self, fd: i64, length: usize) -> bool {
        let Some(Body::File(octets)) = self.open.get(&fd).map(|o| &mut self.nodes[o.node].now)
        else {
            return false;
        };
        let is_change = octets.len() != length;
        octets.resize(length, 0);
        is_change
    }

    fn sync(&mut self, fd: i64) -> bool {
        let Some(node) = self.open.get(&fd).map(|open| &mut self.nodes[open.node]) else {
            return false;
        };
        node.synced = node.now.clone();
        true
    }

    fn make_dir(&mut self, at: &str, path: &[u8]) -> bool {
        let Some((parent, name)) = self.find_place(at, path) else {
            return false;
        };
        self.add(parent, name, Body::Dir(Names::new()));
        true
    }

    fn remove(&mut self, at: &str, path: &[u8]) -> bool {
        let place = self.find_place(at, path);
        place.is_some_and(|(parent, name)| self.dir(parent).remove(&name).is_some())
    }

    fn rename(&mut self, at: &str, from: &[u8], to_at: &str, to: &[u8], takes_away: bool) -> bool {
        let (Some((from, old)), Some((to, new))) =
            (self.find_place(at, from), self.find_place(to_at, to))
        else {
            return false;
        };
        let node = self.entry(from, &old).expect("it was there to be moved");
        if takes_away {
            self.dir(from).remove(&old);
        }
        self.dir(to).insert(new, node);
        true
    }

    fn add(&mut self, parent: usize, name: Vec<u8>, body: Body) -> usize {
        let node = self.node(body);
        self.dir(parent).insert(name, node);
        node
    }

    fn node(&mut self, body: Body) -> usize {
        let synced = match &body {
            Body::File(_) => Body::File(Vec::new()),
            Body::Dir(_) => Body::Dir(Names::new()),
        };
        self.nodes.push(Node { now: body, synced });
        self.nodes.len() - 1
    }

    fn dir(&mut self, node: usize) -> &mut Names {
        match &mut self.nodes[node].now {
            Body::Dir(names) => names,
            Body::File(_) => panic!("a file where a directory is due"),
        }
    }

    fn entry(&self, dir: usize, name: &[u8]) -> Option<usize> {
        match &self.nodes[dir].now {
            Body::Dir(names) => names.get(name).copied(),
            Body::File(_) => None,
        }
    }

    /// Directory and name of a path; `None` if it is not on this disk. The root has no name.
    fn find_place(&self, at: &str, path: &[u8]) -> Option<(usize, Vec<u8>)> {
        if path.starts_with(b"/") {
            let root = self.root.as_os_str().as_encoded_bytes();
            let below = path.strip_prefix(root)?;
            return match below.strip_prefix(b"/") {
                Some(below) => self.place(0, below),
                None => below.is_empty().then(|| (0, Vec::new())),
            };
        }
        match at {
            // The programs run in the root.
            "AT_FDCWD" => self.place(0, path),
            fd => self.place(self.open.get(&fd.parse().ok()?)?.node, path),
        }
    }

    fn place(&self, from: usize, path: &[u8]) -> Option<(usize, Vec<u8>)> {
        let mut parts: Vec<&[u8]> = path.split(|b| *b == b'/').collect();
        let name = parts.pop()?;
        let mut dir = from;
        for part in parts {
            dir = self.entry(dir, part)?;
        }
        Some((dir, name.to_vec()))
    }
}
