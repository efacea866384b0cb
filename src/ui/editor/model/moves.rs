//! Entries and users put in, taken out and put elsewhere. Pure.

use std::time::Instant;

use super::Model;
use super::tree::{Node, shown};
use crate::base::i18n::{fill, gettext};
use crate::rc::edit::{At, Edit, Refused, Which};
use crate::rc::option::Id;
use crate::rc::settings::{Entry, Settings, Value};

/// Where the person is afterwards.
type Moved = Result<Node, Refused>;

impl Model {
    /// A new entry behind that of `node`, or last.
    pub(crate) fn add_server(&mut self, node: Node, now: Instant) -> Moved {
        let count = self.now().stanzas.entries.len();
        let at = node.entry().map_or(count, |entry| entry + 1).min(count);
        let label = self.free_label("mail.example.org");
        let edit = Edit::AddEntry {
            before: Some(at).filter(|at| *at < count),
            label: label.into_bytes(),
            is_active: true,
        };
        self.edit(gettext("Add a server"), &[edit], None, now)?;
        Ok(Node::Server(at))
    }

    /// A new user of the entry of `node`, last.
    pub(crate) fn add_user(&mut self, node: Node, now: Instant) -> Moved {
        let entry = node.entry().ok_or(Refused::Nobody)?;
        let users = self.entry(entry)?.users.clone();
        let is_named = |users: &[Settings]| users.iter().all(|u| u.find(Id::User).is_some());
        let edit = Edit::AddUser {
            which: Which::Entry(entry),
            before: None,
            name: self.free_user(entry).into_bytes(),
        };
        let at = match is_named(&users) {
            true => users.len(),
            // The one that is not named gets the name.
            false => 0,
        };
        self.edit(gettext("Add a user"), &[edit], None, now)?;
        Ok(Node::User(entry, at))
    }

    /// The same once more behind it: what an entry or a user says, without its comments.
    pub(crate) fn duplicate(&mut self, node: Node, now: Instant) -> Moved {
        let name = gettext("Duplicate");
        match node {
            Node::Server(number) => {
                let entry = self.entry(number)?.clone();
                let count = self.now().stanzas.entries.len();
                let at = number + 1;
                let label = self.free_label(&String::from_utf8_lossy(&entry.label));
                let mut edits = vec![Edit::AddEntry {
                    before: Some(at).filter(|at| *at < count),
                    label: label.into_bytes(),
                    is_active: entry.is_active,
                }];
                edits.extend(says(At::Server(Which::Entry(at)), &entry.server));
                if entry.server.find(Id::Via).is_none() {
                    edits.push(Edit::Set {
                        at: At::Server(Which::Entry(at)),
                        id: Id::Via,
                        value: Value::Text(entry.label.clone()),
                    });
                }
                for (nth, user) in entry.users.iter().enumerate() {
                    edits.extend(adds_user(at, nth, user, None));
                }
                self.edit(name, &edits, None, now)?;
                Ok(Node::Server(at))
            }
            Node::User(entry, user) => {
                let users = &self.entry(entry)?.users;
                let settings = users.get(user).ok_or(Refused::Nobody)?.clone();
                let other = self.free_user(entry);
                let edits = adds_user(entry, users.len(), &settings, Some(&other));
                self.edit(name, &edits, None, now)?;
                Ok(Node::User(entry, self.entry(entry)?.users.len() - 1))
            }
            Node::General | Node::Defaults => Err(Refused::Nobody),
        }
    }

    /// Takes an entry or a user out.
    pub(crate) fn remove(&mut self, node: Node, now: Instant) -> Moved {
        let (edit, name, next) = match node {
            Node::Server(entry) => (
                Edit::RemoveEntry { entry },
                shown(&self.entry(entry)?.label),
                Node::Server(entry),
            ),
            Node::User(entry, user) => (
                Edit::RemoveUser {
                    which: Which::Entry(entry),
                    user,
                },
                self.user_name(entry, user),
                Node::User(entry, user),
            ),
            Node::General | Node::Defaults => return Err(Refused::Nobody),
        };
        let name = fill(&gettext("Remove {name}"), &[("name", &name)]);
        self.edit(name, &[edit], None, now)?;
        Ok(self.nearest(next))
    }

    /// Up or down among its kind.
    pub(crate) fn shift(&mut self, node: Node, is_down: bool, now: Instant) -> Moved {
        let to = |from: usize, count: usize| match is_down {
            true => Some(from + 1).filter(|to| *to < count),
            false => from.checked_sub(1),
        };
        let (edit, node) = match node {
            Node::Server(entry) => {
                let to = to(entry, self.now().stanzas.entries.len()).ok_or(Refused::Nobody)?;
                (Edit::MoveEntry { entry, to }, Node::Server(to))
            }
            Node::User(entry, user) => {
                let to = to(user, self.entry(entry)?.users.len()).ok_or(Refused::Nobody)?;
                let edit = Edit::MoveUser {
                    which: Which::Entry(entry),
                    user,
                    to,
                };
                (edit, Node::User(entry, to))
            }
            Node::General | Node::Defaults => return Err(Refused::Nobody),
        };
        let name = match is_down {
            true => gettext("Move down"),
            false => gettext("Move up"),
        };
        self.edit(name, &[edit], None, now)?;
        Ok(node)
    }

    /// `poll` or `skip`.
    pub(crate) fn set_active(
        &mut self,
        entry: usize,
        is_active: bool,
        now: Instant,
    ) -> Result<(), Refused> {
        let name = match is_active {
            true => gettext("Check automatically"),
            false => gettext("Do not check automatically"),
        };
        self.edit(name, &[Edit::SetActive { entry, is_active }], None, now)
    }

    /// Another name for an entry.
    pub(crate) fn rename(
        &mut self,
        entry: usize,
        label: &str,
        now: Instant,
    ) -> Result<(), Refused> {
        let edit = Edit::RenameEntry {
            entry,
            label: label.trim().as_bytes().to_vec(),
        };
        let topic = (5 + ((entry as u64) << 32), u64::MAX);
        self.edit(gettext("Rename the entry"), &[edit], Some(topic), now)
    }

    /// What a user says of an option, for all users of the entry.
    pub(crate) fn say_for_all(
        &mut self,
        entry: usize,
        id: Id,
        value: &Value,
        now: Instant,
    ) -> Result<(), Refused> {
        let count = self.entry(entry)?.users.len().max(1);
        let edits: Vec<Edit> = (0..count)
            .map(|user| Edit::Set {
                at: At::User(Which::Entry(entry), user),
                id,
                value: value.clone(),
            })
            .collect();
        self.edit(gettext("Use for all users"), &edits, None, now)
    }

    /// The node itself, or what is nearest to it.
    pub(crate) fn nearest(&self, node: Node) -> Node {
        let entries = &self.now().stanzas.entries;
        match node {
            node if self.has(node) => node,
            Node::User(entry, user) => match entries.get(entry) {
                Some(found) => Node::User(entry, user.min(found.users.len().max(1) - 1)),
                None => self.nearest(Node::Server(entry)),
            },
            _ => match entries.len() {
                0 => Node::General,
                count => Node::Server(count - 1),
            },
        }
    }

    fn entry(&self, entry: usize) -> Result<&Entry, Refused> {
        let entries = &self.now().stanzas.entries;
        entries.get(entry).map(|e| &**e).ok_or(Refused::Nobody)
    }

    /// What a user is called.
    pub(crate) fn user_name(&self, entry: usize, user: usize) -> String {
        let found = self.entry(entry).ok().and_then(|e| e.users.get(user));
        match found.and_then(|settings| settings.find(Id::User)) {
            Some(setting) => shown(setting.value.text()),
            None => gettext("(you)"),
        }
    }

    /// `name`, or with a number.
    fn free_label(&self, name: &str) -> String {
        let entries = &self.now().stanzas.entries;
        let is_free = |label: &String| entries.iter().all(|e| e.label != label.as_bytes());
        let numbered = (2u32..).map(|n| format!("{name}-{n}"));
        let mut labels = std::iter::once(name.to_owned()).chain(numbered);
        labels.find(is_free).unwrap_or_default()
    }

    fn free_user(&self, entry: usize) -> String {
        let users: Vec<String> = match self.entry(entry) {
            Ok(found) => (0..found.users.len())
                .map(|user| self.user_name(entry, user))
                .collect(),
            Err(_) => Vec::new(),
        };
        let numbered = (2u32..).map(|n| format!("name-{n}"));
        let mut names = std::iter::once("name".to_owned()).chain(numbered);
        names.find(|name| !users.contains(name)).unwrap_or_default()
    }
}

/// Edits that say all of this there.
fn says(at: At, settings: &Settings) -> impl Iterator<Item = Edit> {
    settings.iter().map(move |setting| Edit::Set {
        at,
        id: setting.keyword.id,
        value: setting.value.clone(),
    })
}

/// Edits that make a user, with its own name or another.
fn adds_user(entry: usize, nth: usize, user: &Settings, name: Option<&str>) -> Vec<Edit> {
    let which = Which::Entry(entry);
    let own = user.find(Id::User).map(|user| user.value.text().to_vec());
    let name = name.map(|name| name.as_bytes().to_vec()).or(own);
    let mut edits = Vec::new();
    edits.extend(name.map(|name| Edit::AddUser {
        which,
        before: None,
        name,
    }));
    let mut rest = user.clone();
    rest.forget(Id::User);
    edits.extend(says(At::User(which, nth), &rest));
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "# one\npoll a proto imap\n    user ann ssl\n    user bob keep\n\nskip b user x\n";

    fn text(model: &Model) -> String {
        String::from_utf8(model.now().document.bytes()).unwrap()
    }

    #[track_caller]
    fn check(how: impl Fn(&mut Model) -> Moved, expected: &str, node: Node) {
        let mut model = Model::open(FILE.as_bytes());
        let moved = how(&mut model).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(text(&model), expected);
        assert_eq!(moved, node);
        assert!(model.has(node) && model.error().is_none());
        assert!(model.undo() && !model.undo());
        assert_eq!(text(&model), FILE);
    }

    #[test]
    fn put_in_and_taken_out() {
        let now = Instant::now();
        let file = |from: &str, to: &str| {
            assert!(FILE.contains(from), "{from}");
            FILE.replacen(from, to, 1)
        };
        check(
            |m| m.add_server(Node::General, now),
            &format!("{FILE}\npoll mail.example.org\n"),
            Node::Server(2),
        );
        check(
            |m| m.add_server(Node::User(0, 1), now),
            &file("skip b", "poll mail.example.org\n\nskip b"),
            Node::Server(1),
        );
        check(
            |m| m.add_user(Node::Server(0), now),
            &file("user bob keep\n", "user bob keep\n    user name\n"),
            Node::User(0, 2),
        );
        check(
            |m| m.remove(Node::User(0, 0), now),
            &file("    user ann ssl\n", ""),
            Node::User(0, 0),
        );
        check(
            |m| m.remove(Node::Server(1), now),
            &file("\nskip b user x\n", ""),
            Node::Server(0),
        );
        check(
            |m| m.shift(Node::User(0, 0), true, now),
            &file(
                "    user ann ssl\n    user bob keep\n",
                "    user bob keep\n    user ann ssl\n",
            ),
            Node::User(0, 1),
        );
        check(
            |m| m.duplicate(Node::User(0, 0), now),
            &file("user bob keep\n", "user bob keep\n    user name ssl\n"),
            Node::User(0, 2),
        );
    }

    #[test]
    fn a_server_is_duplicated_with_its_users() {
        let mut model = Model::open(FILE.as_bytes());
        let node = model.duplicate(Node::Server(0), Instant::now());
        assert_eq!(node, Ok(Node::Server(1)));
        let entries = &model.now().stanzas.entries;
        assert_eq!(entries.len(), 3);
        assert_eq!(entries[1].label, b"a-2");
        assert_eq!(entries[1].server.find(Id::Via).unwrap().value.text(), b"a");
        let names: Vec<String> = (0..2).map(|user| model.user_name(1, user)).collect();
        assert_eq!(names, ["ann", "bob"]);
        assert!(entries[1].users[1].find(Id::Keep).is_some());
        assert!(model.undo());
        assert_eq!(text(&model), FILE);
    }

    #[test]
    fn defaults_are_made_when_they_are_said() {
        let mut model = Model::open(b"# all\nset daemon 9\n# one\npoll a user x\n");
        let row = model.row(Node::Defaults, crate::rc::option::keyword(Id::Timeout));
        let said = model.say(&row.unwrap(), Some(Value::Number(7)), Instant::now());
        assert_eq!(said, Ok(()));
        assert!(model.now().stanzas.defaults.is_some() && model.error().is_none());
        let row = model.row(Node::Server(0), crate::rc::option::keyword(Id::Timeout));
        let row = row.unwrap();
        assert_eq!(
            (row.value, row.origin),
            (Some(Value::Number(7)), super::super::Origin::Defaults)
        );
    }
}
