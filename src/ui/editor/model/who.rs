//! Accounts and the users of the file that they come from. Pure.

use super::Model;
use super::tree::Node;
use crate::rc::AccountId;
use crate::rc::resolve::{self, Numbered, Surroundings};
use crate::rc::settings::Overrides;

impl Model {
    /// The user of an account; equals are counted as the engine counts them.
    pub(crate) fn find(&self, id: &AccountId) -> Option<Node> {
        let whole = resolve::whole(
            &self.now().document,
            &Overrides::default(),
            &Surroundings::default(),
        );
        let is_meant = |known: &AccountId| {
            // Whoever is not named is called after who runs the program, which the file does not tell.
            known.label == id.label && known.ordinal == id.ordinal
        };
        let mut found = whole
            .accounts
            .iter()
            .filter(|said| is_meant(&said.account.id));
        let exact = found.clone().find(|said| said.account.id.user == id.user);
        let said = exact.or_else(|| found.find(|said| said.account.id.user.is_empty()))?;
        Some(Node::User(said.entry?, said.nth))
    }

    /// The accounts of a server or user. Whoever is not named there has no name here.
    pub(crate) fn accounts(&self, node: Node) -> Vec<AccountId> {
        let is_meant = |said: &Numbered| match node {
            Node::Server(entry) => said.entry == Some(entry),
            Node::User(entry, user) => said.entry == Some(entry) && said.nth == user,
            Node::General | Node::Defaults => false,
        };
        let whole = resolve::whole(
            &self.now().document,
            &Overrides::default(),
            &Surroundings::default(),
        );
        let accounts = whole.accounts.into_iter();
        accounts
            .filter(is_meant)
            .map(|said| said.account.id)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let model = Model::open(b"poll a user ann user bob\npoll b\nskip a user ann\n");
        for node in [Node::User(0, 1), Node::User(1, 0), Node::User(2, 0)] {
            let ids = model.accounts(node);
            let [id] = &ids[..] else { panic!("{ids:?}") };
            assert_eq!(model.find(id), Some(node));
        }
        let names: Vec<String> = model
            .accounts(Node::Server(0))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(names, ["ann@a", "bob@a"]);
        assert!(model.accounts(Node::General).is_empty());
    }
}
