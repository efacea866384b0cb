//! A panel with a tray (StatusNotifierItem, com.canonical.dbusmenu) and a notification server
//! (org.freedesktop.Notifications): what a desktop has, as far as a program can tell.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy, interface};

use super::stage::{Stage, until};

/// Both servers.
pub struct Panel {
    bus: Connection,
    items: Arc<Mutex<Vec<String>>>,
    notices: Arc<Mutex<Vec<String>>>,
}

struct Watcher {
    items: Arc<Mutex<Vec<String>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(&self, service: &str, #[zbus(header)] from: Header<'_>) {
        let sender = from.sender().map(ToString::to_string).unwrap_or_default();
        let owner = if service.starts_with('/') {
            sender
        } else {
            service.to_owned()
        };
        self.items.lock().unwrap().push(owner);
    }

    async fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap().clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

struct Notices {
    shown: Arc<Mutex<Vec<String>>>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Notices {
    #[allow(clippy::too_many_arguments)]
    async fn notify(
        &self,
        _app: &str,
        replaces: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap();
        shown.push(format!("{summary}\n{body}"));
        if replaces > 0 {
            replaces
        } else {
            shown.len() as u32
        }
    }

    async fn close_notification(&self, _id: u32) {}

    async fn get_capabilities(&self) -> Vec<String> {
        vec!["body".into(), "actions".into()]
    }

    async fn get_server_information(&self) -> (String, String, String, String) {
        ("panel".into(), "test".into(), "1".into(), "1.2".into())
    }
}

impl Panel {
    /// Takes both names on the bus of the stage.
    pub async fn on(stage: &Stage) -> Self {
        let bus = stage.connect().await;
        let items = Arc::<Mutex<Vec<String>>>::default();
        let notices = Arc::<Mutex<Vec<String>>>::default();
        let server = bus.object_server();
        let watcher = Watcher {
            items: items.clone(),
        };
        server.at("/StatusNotifierWatcher", watcher).await.unwrap();
        let shown = Notices {
            shown: notices.clone(),
        };
        server
            .at("/org/freedesktop/Notifications", shown)
            .await
            .unwrap();
        bus.request_name("org.kde.StatusNotifierWatcher")
            .await
            .unwrap();
        bus.request_name("org.freedesktop.Notifications")
            .await
            .unwrap();
        Self {
            bus,
            items,
            notices,
        }
    }

    /// The first tray item, once it is there.
    pub async fn item(&self) -> Item {
        until("a tray item", async || {
            !self.items.lock().unwrap().is_empty()
        })
        .await;
        let owner = self.items.lock().unwrap()[0].clone();
        Item {
            bus: self.bus.clone(),
            owner,
        }
    }

    /// Whether a notice with these words was shown.
    pub fn has_notice(&self, words: &str) -> bool {
        self.notices
            .lock()
            .unwrap()
            .iter()
            .any(|notice| notice.contains(words))
    }

    /// How many were shown.
    pub fn notices(&self) -> usize {
        self.notices.lock().unwrap().len()
    }
}

/// A tray item.
pub struct Item {
    bus: Connection,
    owner: String,
}

/// A menu entry: id, label, children.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Item {
    /// `Passive`, `Active` or `NeedsAttention`.
    pub async fn status(&self) -> String {
        let item = self
            .proxy("/StatusNotifierItem", "org.kde.StatusNotifierItem")
            .await;
        item.get_property("Status").await.unwrap_or_default()
    }

    /// Whether a menu entry has these words.
    pub async fn says(&self, words: &str) -> bool {
        self.entries()
            .await
            .iter()
            .any(|(_, label)| label.contains(words))
    }

    /// Activates the menu entry of that label, as a panel does.
    pub async fn click(&self, label: &str) {
        until(label, async || self.says(label).await).await;
        let entries = self.entries().await;
        let (id, _) = entries.iter().find(|(_, l)| l.contains(label)).unwrap();
        let menu = self.menu().await;
        let event = (*id, "clicked", Value::from(0), 0u32);
        menu.call_method("Event", &event).await.unwrap();
    }

    async fn entries(&self) -> Vec<(i32, String)> {
        let menu = self.menu().await;
        let asked = (0, -1, Vec::<String>::new());
        let Ok(reply) = menu.call_method("GetLayout", &asked).await else {
            return Vec::new();
        };
        let (_, layout): (u32, Layout) = reply.body().deserialize().unwrap();
        let children = layout.2.into_iter();
        let entry = |value: OwnedValue| -> Option<(i32, String)> {
            let (id, properties, _): Layout = value.try_into().ok()?;
            let label = properties.get("label")?;
            Some((id, label.downcast_ref::<String>().ok()?.replace('_', "")))
        };
        children.filter_map(entry).collect()
    }

    async fn menu(&self) -> Proxy<'_> {
        self.proxy("/MenuBar", "com.canonical.dbusmenu").await
    }

    async fn proxy(&self, path: &'static str, interface: &'static str) -> Proxy<'_> {
        let proxy = zbus::proxy::Builder::<Proxy<'_>>::new(&self.bus)
            .destination(self.owner.as_str())
            .and_then(|builder| builder.path(path))
            .and_then(|builder| builder.interface(interface))
            .unwrap();
        proxy
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
            .unwrap()
    }
}
