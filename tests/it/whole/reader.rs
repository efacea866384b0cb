//! What a screen reader sees of a program's windows (AT-SPI).

use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zbus::{Connection, Proxy};

use super::stage::{Stage, connect};

/// A reader on the accessibility bus.
pub struct Reader {
    bus: Connection,
}

type Place = (String, OwnedObjectPath);

/// One accessible thing, and where it stands: roles and names of those around it.
struct Thing {
    role: String,
    name: String,
    path: String,
}

/// Roles that must have a name of their own (`ui.md` section 22, item 10). Rows and inner lists of
/// list views, scroll panes and the like are the toolkit's own and stand apart.
const NAMED: [&str; 19] = [
    "button",
    "push button",
    "toggle button",
    "menu button",
    "check box",
    "radio button",
    "switch",
    "entry",
    "text",
    "password text",
    "combo box",
    "spin button",
    "link",
    "slider",
    "progress bar",
    "level bar",
    "info bar",
    "table",
    "list",
];

impl Reader {
    /// Waits for the accessibility bus of the stage.
    pub async fn on(stage: &Stage) -> Self {
        let session = stage.connect().await;
        let bus = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus");
        let reply = bus
            .await
            .unwrap()
            .call_method("GetAddress", &())
            .await
            .unwrap();
        let address: String = reply.body().deserialize().unwrap();
        Self {
            bus: connect(&address).await,
        }
    }

    /// Whether some name in a window of any program contains these words.
    pub async fn reads(&self, words: &str) -> bool {
        self.things()
            .await
            .iter()
            .any(|thing| thing.name.contains(words))
    }

    /// Controls whose name is missing or is only that of their class.
    pub async fn unnamed(&self) -> Vec<String> {
        let is_bare = |name: &str| {
            name.trim().is_empty() || name.starts_with("Gtk") || name.starts_with("Adw")
        };
        let things = self.things().await;
        assert!(things.len() > 20, "a window with hardly anything in it");
        let bare = things
            .into_iter()
            .filter(|thing| NAMED.contains(&thing.role.as_str()) && is_bare(&thing.name));
        bare.map(|thing| format!("{} “{}” in {}", thing.role, thing.name, thing.path))
            .collect()
    }

    /// Everything, depth first. What vanishes while it is read is left out.
    async fn things(&self) -> Vec<Thing> {
        let root = ObjectPath::from_static_str_unchecked("/org/a11y/atspi/accessible/root");
        let registry = ("org.a11y.atspi.Registry".to_owned(), root.into());
        let mut open: Vec<(Place, String)> = vec![(registry, String::new())];
        let mut things = Vec::new();
        while let Some(((owner, place), path)) = open.pop() {
            if things.len() > 5_000 {
                break;
            }
            if let Some((role, name, children)) = self.look(&owner, &place).await {
                let inside = format!("{path}/{role} “{name}”");
                open.extend(
                    children
                        .into_iter()
                        .rev()
                        .map(|child| (child, inside.clone())),
                );
                things.push(Thing { role, name, path });
            }
        }
        things
    }

    /// Role, name and children.
    async fn look(
        &self,
        owner: &str,
        path: &OwnedObjectPath,
    ) -> Option<(String, String, Vec<Place>)> {
        let proxy = zbus::proxy::Builder::<Proxy<'_>>::new(&self.bus)
            .destination(owner)
            .ok()?
            .path(path)
            .ok()?
            .interface("org.a11y.atspi.Accessible")
            .ok()?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
            .ok()?;
        let role: String = proxy.call("GetRoleName", &()).await.ok()?;
        let name: String = proxy.get_property("Name").await.ok()?;
        let children: Vec<Place> = proxy.call("GetChildren", &()).await.unwrap_or_default();
        Some((role, name, children))
    }
}
