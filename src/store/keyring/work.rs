//! What is said to the Secret Service, without bounds: [`super::Keyring`] has them.

use std::sync::Arc;

use oo7::dbus::{Collection, Item, Service};

use super::{Held, Name, Refusal};
use crate::base::Secret;

/// The collection that new entries go to; none is made.
async fn collection(service: &Service) -> Result<Option<Collection>, Refusal> {
    Ok(service.with_alias(Service::DEFAULT_COLLECTION).await?)
}

/// The entry of this name, else one of the same mailbox.
async fn item(service: &Service, name: &Name) -> Result<Option<Item>, Refusal> {
    let Some(collection) = collection(service).await? else {
        return Ok(None);
    };
    if !name.can_be_said() {
        return Ok(None);
    }
    let mut items = collection.search_items(&name.attributes().to_vec()).await?;
    if items.is_empty() {
        items = collection.search_items(&name.mailbox().to_vec()).await?;
    }
    if !collection.is_locked().await? {
        return Ok(items.into_iter().next());
    }
    if items.is_empty() && !collection.items().await?.is_empty() {
        // It shows what it has, and this is not among it.
        return Ok(None);
    }
    Err(Refusal::Locked)
}

/// `None`: there is no keyring that could be.
pub(super) async fn is_locked(held: Arc<Held>) -> Result<Option<bool>, Refusal> {
    match collection(held.service()?).await? {
        Some(collection) => Ok(Some(collection.is_locked().await?)),
        None => Ok(None),
    }
}

pub(super) async fn find(held: Arc<Held>, name: Name) -> Result<Option<Secret>, Refusal> {
    match item(held.service()?, &name).await? {
        Some(item) => {
            let secret = item.secret().await?;
            Ok(Some(Secret::new(secret.as_bytes())))
        }
        None => Ok(None),
    }
}

pub(super) async fn set(held: Arc<Held>, name: Name, secret: Secret) -> Result<(), Refusal> {
    let collection = held.service()?.default_collection().await?;
    let secret = match std::str::from_utf8(secret.expose()) {
        Ok(text) => oo7::Secret::text(text),
        Err(_) => oo7::Secret::blob(secret.expose()),
    };
    let attributes = name.attributes().to_vec();
    let made = collection
        .create_item(&name.label(), &attributes, secret, true, None)
        .await?;
    // One mailbox, one password: what was kept for another protocol would be found later.
    for other in collection.search_items(&name.mailbox().to_vec()).await? {
        if other.path() != made.path() {
            other.delete(None).await?;
        }
    }
    Ok(())
}

pub(super) async fn clear(held: Arc<Held>, name: Name) -> Result<bool, Refusal> {
    let mut is_gone = false;
    while let Some(item) = item(held.service()?, &name).await? {
        item.delete(None).await?;
        is_gone = true;
    }
    Ok(is_gone)
}

pub(super) async fn rename(held: Arc<Held>, from: Name, to: Name) -> Result<bool, Refusal> {
    if item(held.service()?, &to).await?.is_some() {
        return Ok(false);
    }
    let Some(item) = item(held.service()?, &from).await? else {
        return Ok(false);
    };
    item.set_attributes(&to.attributes().to_vec()).await?;
    item.set_label(&to.label()).await?;
    Ok(true)
}

pub(super) async fn unlock(held: Arc<Held>) -> Result<(), Refusal> {
    let Some(collection) = collection(held.service()?).await? else {
        return Ok(());
    };
    collection.unlock(None).await?;
    match collection.is_locked().await? {
        true => Err(Refusal::Dismissed),
        false => Ok(()),
    }
}
