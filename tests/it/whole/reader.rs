//! What a screen reader sees of a program's windows (AT-SPI).

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use zbus::zvariant::{DynamicDeserialize, DynamicType, ObjectPath, OwnedObjectPath, OwnedValue};
use zbus::{Connection, Proxy};

use super::stage::Stage;

/// A reader on the accessibility bus.
pub struct Reader {
    pub bus: Connection,
    roles: Mutex<HashMap<u32, String>>,
}

/// An object on the bus: its program and its path there.
pub type Place = (String, OwnedObjectPath);

/// What a program's cache tells of a thing: itself, its program, what it stands in and as which, how
/// many stand in it, interfaces, name, role, description, states.
type Item = (
    Place,
    Place,
    Place,
    i32,
    i32,
    Vec<String>,
    String,
    u32,
    String,
    Vec<u32>,
);

/// What a program has told at once: role, name, states and number of children by path, and what it
/// told of that stands in each.
#[derive(Default)]
struct Known {
    things: HashMap<OwnedObjectPath, (u32, String, Vec<u32>, i32)>,
    inside: HashMap<OwnedObjectPath, Vec<(i32, Place)>>,
}

/// One accessible thing, and where it stands: roles and names of those around it.
pub struct Thing {
    pub role: String,
    pub name: String,
    pub path: String,
    pub place: Place,
    pub states: u64,
}

/// States of things, as bits (AtspiStateType).
#[derive(Clone, Copy)]
pub enum State {
    Focused = 12,
    Selected = 23,
    Sensitive = 24,
}

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

impl Thing {
    /// Whether it is in this state.
    pub fn is(&self, state: State) -> bool {
        self.states & (1 << state as u32) != 0
    }
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
            bus: stage.connect_to(&address).await,
            roles: Mutex::default(),
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
    pub async fn things(&self) -> Vec<Thing> {
        let root = ObjectPath::from_static_str_unchecked("/org/a11y/atspi/accessible/root");
        self.below(("org.a11y.atspi.Registry".to_owned(), root.into()))
            .await
    }

    /// Everything in the window of this title, if it is there.
    pub async fn window(&self, title: &str) -> Vec<Thing> {
        let root = ObjectPath::from_static_str_unchecked("/org/a11y/atspi/accessible/root");
        let registry = ("org.a11y.atspi.Registry".to_owned(), root.into());
        for program in self.children(&registry).await {
            for window in self.children(&program).await {
                if self.name(&window).await.is_some_and(|name| name == title) {
                    return self.below(window).await;
                }
            }
        }
        Vec::new()
    }

    async fn children(&self, place: &Place) -> Vec<Place> {
        let children = self.ask(place, ACCESSIBLE, "GetChildren", &());
        children.await.unwrap_or_default()
    }

    /// A thing and everything in it, depth first. Brothers are asked at the same time: most of the
    /// time goes into waiting for answers.
    pub async fn below(&self, place: Place) -> Vec<Thing> {
        let known = Arc::new(self.known(&place.0).await);
        self.walk(place, String::new(), known).await
    }

    fn walk(
        &self,
        place: Place,
        path: String,
        known: Arc<Known>,
    ) -> Pin<Box<dyn Future<Output = Vec<Thing>> + Send + '_>> {
        Box::pin(async move {
            let program = place.0.clone();
            let Some((thing, children)) = self.look(place, path, &known).await else {
                return Vec::new();
            };
            let inside = format!("{}/{} “{}”", thing.path, thing.role, thing.name);
            let mut things = vec![thing];
            let walks = children.into_iter().map(|child| {
                let (inside, program, known) = (inside.clone(), &program, known.clone());
                async move {
                    let known = match child.0 == *program {
                        true => known,
                        false => Arc::new(self.known(&child.0).await),
                    };
                    self.walk(child, inside, known).await
                }
            });
            for walked in together(walks).await {
                things.extend(walked);
            }
            things
        })
    }

    /// The names of all that are in a state, or of what is in them, and of what they stand in; only
    /// of what a program tells at once, which is what it was asked about before.
    pub async fn glance(&self, program: &str, state: State) -> Vec<(String, String)> {
        let known = self.known(program).await;
        let name = |path: &OwnedObjectPath| known.things.get(path).map(|thing| thing.1.clone());
        let mut found = Vec::new();
        for (around, inside) in &known.inside {
            for (_, place) in inside {
                let Some((_, own, states, _)) = known.things.get(&place.1) else {
                    continue;
                };
                if states
                    .first()
                    .is_none_or(|low| low & (1 << state as u32) == 0)
                {
                    continue;
                }
                let below = known.inside.get(&place.1).and_then(|inside| inside.first());
                let below = below.and_then(|(_, place)| name(&place.1));
                let own = Some(own.clone()).filter(|own| !own.is_empty()).or(below);
                found.push((own.unwrap_or_default(), name(around).unwrap_or_default()));
            }
        }
        found
    }

    /// What a program tells of all its things at once.
    async fn known(&self, program: &str) -> Known {
        let cache = ObjectPath::from_static_str_unchecked("/org/a11y/atspi/cache").into();
        let cache = (program.to_owned(), cache);
        let items = self.ask::<Vec<Item>>(&cache, "org.a11y.atspi.Cache", "GetItems", &());
        let mut known = Known::default();
        for item in items.await.unwrap_or_default() {
            let (place, _, within, index, count, _, name, role, _, states) = item;
            let siblings = known.inside.entry(within.1).or_default();
            siblings.push((index, place.clone()));
            known.things.insert(place.1, (role, name, states, count));
        }
        known
    }

    /// What is there, and its children.
    async fn look(&self, place: Place, path: String, known: &Known) -> Option<(Thing, Vec<Place>)> {
        let told = known.things.get(&place.1).cloned();
        let inside = known.inside.get(&place.1);
        let (role, name, states, children) = match told {
            Some((role, name, states, count)) => {
                let mut inside = inside.cloned().unwrap_or_default();
                inside.sort_by_key(|(index, _)| *index);
                // More are told of when some are hidden, fewer when nobody has asked for them yet.
                let children = match usize::try_from(count) == Ok(inside.len()) {
                    true => inside.into_iter().map(|(_, place)| place).collect(),
                    false => self.children(&place).await,
                };
                let role = self.role(role, &place).await;
                (role, Some(name), Some(states), children)
            }
            None => tokio::join!(
                self.ask::<String>(&place, ACCESSIBLE, "GetRoleName", &()),
                self.name(&place),
                self.ask::<Vec<u32>>(&place, ACCESSIBLE, "GetState", &()),
                self.children(&place),
            ),
        };
        let states = states.unwrap_or_default();
        let thing = Thing {
            role: role?,
            name: name?,
            path,
            place,
            states: states
                .iter()
                .rev()
                .fold(0, |all, half| all << 32 | u64::from(*half)),
        };
        Some((thing, children))
    }

    /// What a role is called.
    async fn role(&self, number: u32, of: &Place) -> Option<String> {
        if let Some(name) = self.roles.lock().unwrap().get(&number) {
            return Some(name.clone());
        }
        let name: String = self.ask(of, ACCESSIBLE, "GetRoleName", &()).await?;
        self.roles.lock().unwrap().insert(number, name.clone());
        Some(name)
    }

    /// The name of a thing.
    pub async fn name(&self, place: &Place) -> Option<String> {
        let what = (ACCESSIBLE, "Name");
        let name: OwnedValue = self.ask(place, PROPERTIES, "Get", &what).await?;
        name.try_into().ok()
    }

    /// Calls a method of a thing; `None` when it does not answer so.
    pub async fn ask<R>(
        &self,
        (owner, path): &Place,
        interface: &str,
        method: &str,
        with: &(impl serde::Serialize + DynamicType),
    ) -> Option<R>
    where
        R: for<'d> DynamicDeserialize<'d>,
    {
        let reply = self
            .bus
            .call_method(Some(owner.as_str()), path, Some(interface), method, with)
            .await
            .ok()?;
        reply.body().deserialize().ok()
    }
}

/// The results of all, in their order.
async fn together<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    poll_fn(|context| {
        for (one, result) in all.iter_mut().filter(|(_, result)| result.is_none()) {
            if let Poll::Ready(value) = one.as_mut().poll(context) {
                *result = Some(value);
            }
        }
        match all.iter().all(|(_, result)| result.is_some()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
    all.into_iter().filter_map(|(_, result)| result).collect()
}
