//! What a fake mail server keeps: users, folders, messages with UIDs and flags.
//!
//! Tests put mail in and look at what is left; sessions change it as the protocols say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::watch;

use super::mailbox::Message;

/// A message with what the server knows of it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// IMAP UID; the POP3 unique id is made of it too.
    pub uid: u32,
    /// IMAP flags, `\Seen` and the like.
    pub flags: BTreeSet<String>,
    /// The message.
    pub message: Arc<Message>,
}

/// One folder.
#[derive(Clone, Debug)]
pub struct Folder {
    /// IMAP UIDVALIDITY.
    pub uid_validity: u32,
    /// UID of the next message.
    pub uid_next: u32,
    /// In order of arrival, and so of UID.
    pub messages: Vec<Stored>,
}

impl Folder {
    fn new(uid_validity: u32) -> Self {
        Self {
            uid_validity,
            uid_next: 1,
            messages: Vec::new(),
        }
    }

    /// The message of this UID.
    pub fn find(&mut self, uid: u32) -> Option<&mut Stored> {
        let at = self.messages.binary_search_by_key(&uid, |m| m.uid).ok()?;
        self.messages.get_mut(at)
    }
}

/// One user.
#[derive(Clone, Debug)]
pub struct User {
    /// The password of every mechanism.
    pub password: String,
    /// Folders by name; `INBOX` is always there.
    pub folders: BTreeMap<String, Folder>,
}

/// All users of a server; clones share it.
#[derive(Clone)]
pub struct Store {
    users: Arc<Mutex<BTreeMap<String, User>>>,
    changed: watch::Sender<u64>,
}

impl Store {
    /// Nobody yet.
    pub fn new() -> Self {
        Self {
            users: Arc::default(),
            changed: watch::Sender::new(0),
        }
    }

    /// Adds a user with an empty INBOX.
    pub fn add_user(&self, name: &str, password: &str) {
        let user = User {
            password: password.to_owned(),
            folders: BTreeMap::from([("INBOX".to_owned(), Folder::new(1_700_000_001))]),
        };
        self.lock().insert(name.to_owned(), user);
    }

    /// The password of a user.
    pub fn password(&self, name: &str) -> Option<String> {
        self.lock().get(name).map(|user| user.password.clone())
    }

    /// Names of a user's folders.
    pub fn folders(&self, user: &str) -> Vec<String> {
        let users = self.lock();
        users
            .get(user)
            .map(|u| u.folders.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// Puts messages at the end of a folder, which is made if it is missing.
    pub fn add(&self, user: &str, folder: &str, messages: impl IntoIterator<Item = Message>) {
        {
            let mut users = self.lock();
            let user = users.get_mut(user).expect("a user added before");
            let next = 1_700_000_001 + user.folders.len() as u32;
            let folder = user
                .folders
                .entry(folder.to_owned())
                .or_insert_with(|| Folder::new(next));
            for message in messages {
                folder.messages.push(Stored {
                    uid: folder.uid_next,
                    flags: BTreeSet::new(),
                    message: Arc::new(message),
                });
                folder.uid_next += 1;
            }
        }
        self.touch();
    }

    /// Looks at or changes a folder; `None` when user or folder is missing.
    pub fn with<R>(&self, user: &str, folder: &str, f: impl FnOnce(&mut Folder) -> R) -> Option<R> {
        let mut users = self.lock();
        users.get_mut(user)?.folders.get_mut(folder).map(f)
    }

    /// A copy of what is in a folder now.
    pub fn messages(&self, user: &str, folder: &str) -> Vec<Stored> {
        self.with(user, folder, |f| f.messages.clone())
            .unwrap_or_default()
    }

    /// How many messages a folder holds.
    pub fn count(&self, user: &str, folder: &str) -> usize {
        self.with(user, folder, |f| f.messages.len()).unwrap_or(0)
    }

    /// Sets or clears a flag of a message.
    pub fn flag(&self, user: &str, folder: &str, uid: u32, flag: &str, on: bool) {
        self.with(user, folder, |f| {
            if let Some(stored) = f.find(uid) {
                if on {
                    stored.flags.insert(flag.to_owned());
                } else {
                    stored.flags.remove(flag);
                }
            }
        });
        self.touch();
    }

    /// Removes the messages of these UIDs for good.
    pub fn remove(&self, user: &str, folder: &str, uids: &[u32]) {
        self.with(user, folder, |f| {
            f.messages.retain(|m| !uids.contains(&m.uid))
        });
        self.touch();
    }

    /// Gives a folder another UIDVALIDITY, and its messages new UIDs.
    pub fn renumber(&self, user: &str, folder: &str) {
        self.with(user, folder, |f| {
            f.uid_validity += 1000;
            f.uid_next = 1;
            for stored in &mut f.messages {
                stored.uid = f.uid_next;
                f.uid_next += 1;
            }
        });
        self.touch();
    }

    /// Tells of every change; for IDLE.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn touch(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, User>> {
        self.users
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
