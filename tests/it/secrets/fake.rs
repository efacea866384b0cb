//! A keyring in the test process: a session bus with nobody on it but a Secret Service, which takes
//! passwords in the clear only. Each program that connects talks to it directly.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::UnixListener;
use tokio::task::JoinHandle;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{fdo, interface};

use crate::support::home::Home;

const ROOT: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/one";
/// Entries that fit.
const ROOM: usize = 4;

/// What lies in the keyring.
#[derive(Default)]
pub struct State {
    pub is_locked: bool,
    /// What a locked one has is not shown, as KWallet does it.
    pub hides: bool,
    /// Where programs connect, nobody answers.
    pub is_mute: bool,
    pub items: [Option<Item>; ROOM],
    /// Unlocking was asked for.
    pub unlocks: usize,
}

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    pub attributes: HashMap<String, String>,
    pub label: String,
    pub secret: Vec<u8>,
}

pub type Shared = Arc<Mutex<State>>;

/// The keyring; it ends when this is dropped.
pub struct Keyring {
    pub state: Shared,
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Keyring {
    /// Begins in this home.
    pub fn start(home: &Home) -> Self {
        let path = home.path().join("bus");
        let listener = UnixListener::bind(&path).unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(&path, open).unwrap();
        let state = Shared::default();
        let shared = state.clone();
        let task = tokio::spawn(async move {
            let mut connections = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                if shared.lock().unwrap().is_mute {
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_secs(60)).await;
                        drop(stream);
                    });
                    continue;
                }
                connections.push(serve(stream, shared.clone()).await);
            }
        });
        Self { state, path, task }
    }

    /// For `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.path.display())
    }

    /// Entries, in no order.
    pub fn items(&self) -> Vec<Item> {
        let state = self.state.lock().unwrap();
        state.items.iter().flatten().cloned().collect()
    }

    pub fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A keyring among other services on a bus that is there; it is gone when the name is given up.
#[cfg(feature = "desktop")]
pub async fn join(bus: zbus::Connection, state: Shared) -> zbus::Connection {
    let server = bus.object_server();
    server.at(ROOT, Service(state.clone())).await.unwrap();
    let session = format!("{ROOT}/session/1");
    server.at(session, Session).await.unwrap();
    server
        .at(COLLECTION, Collection(state.clone()))
        .await
        .unwrap();
    for at in 0..ROOM {
        let item = Entry(state.clone(), at);
        server.at(item_path(at), item).await.unwrap();
    }
    bus.request_name("org.freedesktop.secrets").await.unwrap();
    bus
}

async fn serve(stream: tokio::net::UnixStream, state: Shared) -> Option<zbus::Connection> {
    let mut builder = zbus::connection::Builder::unix_stream(stream)
        .server(zbus::Guid::generate())
        .unwrap()
        .p2p()
        .serve_at("/org/freedesktop/DBus", Bus)
        .unwrap()
        .serve_at(ROOT, Service(state.clone()))
        .unwrap()
        .serve_at(format!("{ROOT}/session/1"), Session)
        .unwrap()
        .serve_at(COLLECTION, Collection(state.clone()))
        .unwrap();
    for at in 0..ROOM {
        let item = Entry(state.clone(), at);
        builder = builder.serve_at(item_path(at), item).unwrap();
    }
    builder.build().await.ok()
}

fn item_path(at: usize) -> String {
    format!("{COLLECTION}/{at}")
}

fn path(text: impl Into<String>) -> OwnedObjectPath {
    OwnedObjectPath::try_from(text.into()).unwrap()
}

fn none() -> OwnedObjectPath {
    path("/")
}

struct Bus;

#[interface(name = "org.freedesktop.DBus")]
impl Bus {
    fn hello(&self) -> String {
        ":1.1".to_owned()
    }
    fn add_match(&self, _rule: &str) {}
    fn remove_match(&self, _rule: &str) {}
    fn get_name_owner(&self, _name: &str) -> String {
        ":1.0".to_owned()
    }
}

struct Session;

#[interface(name = "org.freedesktop.Secret.Session")]
impl Session {
    fn close(&self) {}
}

struct Service(Shared);

#[interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    fn open_session(
        &self,
        algorithm: &str,
        _input: OwnedValue,
    ) -> fdo::Result<(OwnedValue, OwnedObjectPath)> {
        if algorithm != "plain" {
            return Err(fdo::Error::NotSupported(algorithm.to_owned()));
        }
        let output = Value::from("").try_to_owned().unwrap();
        Ok((output, path(format!("{ROOT}/session/1"))))
    }

    fn read_alias(&self, _name: &str) -> OwnedObjectPath {
        path(COLLECTION)
    }

    fn unlock(&self, objects: Vec<OwnedObjectPath>) -> (Vec<OwnedObjectPath>, OwnedObjectPath) {
        let mut state = self.0.lock().unwrap();
        state.unlocks += 1;
        state.is_locked = false;
        (objects, none())
    }
}

struct Collection(Shared);

type Said = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

#[interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    fn search_items(&self, wanted: HashMap<String, String>) -> Vec<OwnedObjectPath> {
        self.found(|item| {
            let mut wanted = wanted.iter();
            wanted.all(|(key, value)| item.attributes.get(key) == Some(value))
        })
    }

    fn create_item(
        &self,
        mut properties: HashMap<String, OwnedValue>,
        secret: Said,
        replace: bool,
    ) -> fdo::Result<(OwnedObjectPath, OwnedObjectPath)> {
        let mut take = |name: &str| {
            let key = format!("org.freedesktop.Secret.Item.{name}");
            properties.remove(&key).unwrap()
        };
        let item = Item {
            attributes: take("Attributes").try_into().unwrap(),
            label: take("Label").try_into().unwrap(),
            secret: secret.2,
        };
        let mut state = self.0.lock().unwrap();
        if state.is_locked {
            return Err(fdo::Error::AccessDenied("locked".to_owned()));
        }
        let items = &mut state.items;
        let same = items.iter().position(|old| {
            replace
                && old
                    .as_ref()
                    .is_some_and(|old| old.attributes == item.attributes)
        });
        let at = same
            .or_else(|| items.iter().position(Option::is_none))
            .unwrap();
        items[at] = Some(item);
        Ok((path(item_path(at)), none()))
    }

    #[zbus(property)]
    fn items(&self) -> Vec<OwnedObjectPath> {
        self.found(|_| true)
    }

    #[zbus(property)]
    fn locked(&self) -> bool {
        self.0.lock().unwrap().is_locked
    }
}

impl Collection {
    fn found(&self, is_meant: impl Fn(&Item) -> bool) -> Vec<OwnedObjectPath> {
        let state = self.0.lock().unwrap();
        if state.is_locked && state.hides {
            return Vec::new();
        }
        let items = state.items.iter().enumerate();
        let meant = items.filter(|(_, item)| item.as_ref().is_some_and(&is_meant));
        meant.map(|(at, _)| path(item_path(at))).collect()
    }
}

struct Entry(Shared, usize);

#[interface(name = "org.freedesktop.Secret.Item")]
impl Entry {
    fn get_secret(&self, session: ObjectPath<'_>) -> fdo::Result<(Said,)> {
        let state = self.0.lock().unwrap();
        let gone = || fdo::Error::UnknownObject("gone".to_owned());
        let item = state.items[self.1].as_ref().ok_or_else(gone)?;
        if state.is_locked {
            return Err(fdo::Error::AccessDenied("locked".to_owned()));
        }
        let word = "text/plain".to_owned();
        Ok(((
            path(session.as_str()),
            Vec::new(),
            item.secret.clone(),
            word,
        ),))
    }

    #[zbus(property)]
    fn attributes(&self) -> HashMap<String, String> {
        self.item().attributes
    }

    #[zbus(property)]
    fn set_attributes(&self, attributes: HashMap<String, String>) {
        self.change(|item| item.attributes = attributes);
    }

    #[zbus(property)]
    fn label(&self) -> String {
        self.item().label
    }

    #[zbus(property)]
    fn set_label(&self, label: String) {
        self.change(|item| item.label = label);
    }

    fn delete(&self) -> OwnedObjectPath {
        self.0.lock().unwrap().items[self.1] = None;
        none()
    }
}

impl Entry {
    fn item(&self) -> Item {
        let state = self.0.lock().unwrap();
        state.items[self.1].clone().unwrap_or_default()
    }

    fn change(&self, change: impl FnOnce(&mut Item)) {
        let mut state = self.0.lock().unwrap();
        if let Some(item) = &mut state.items[self.1] {
            change(item);
        }
    }
}
