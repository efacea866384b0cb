//! Changing `accounts.toml`: the person's comments, order and spelling stay; only what was asked
//! for differs. That is what `toml_edit` is for, and why the file is not written from [`Keys`].
//!
//! [`Keys`]: super::Keys

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value, value};

use crate::base::i18n::gettext;
use crate::rc::account::AccountId;

/// Whose keys: the rc file as the entries name it (`None` for the usual one) and the account.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// `rc`
    pub rc: Option<&'a str>,
    /// `label`, `user`, `ordinal`
    pub id: &'a AccountId,
}

/// The text with a key of an account set, or with `None` removed. An entry is made when it is
/// needed and goes when it says nothing any more. An error is a sentence: the text is not TOML, or
/// not of our shape.
pub fn set(text: &str, whose: Whose, key: &str, to: Option<Value>) -> Result<String, String> {
    let mut document = parse(text)?;
    let at = position(&document, whose);
    match (at, to) {
        (Some(at), Some(to)) => {
            if let Some(table) = tables(&mut document)?.get_mut(at) {
                put(table, key, to);
            }
        }
        (Some(at), None) => {
            let tables = tables(&mut document)?;
            if let Some(table) = tables.get_mut(at) {
                table.remove(key);
                if table.iter().all(|(name, _)| is_identity(name)) {
                    tables.remove(at);
                }
            }
        }
        (None, Some(to)) => {
            let mut table = Table::new();
            if let Some(rc) = whose.rc {
                table.insert("rc", value(rc));
            }
            name(&mut table, whose.id);
            table.insert(key, Item::Value(to));
            tables(&mut document)?.push(table);
        }
        (None, None) => {}
    }
    Ok(document.to_string())
}

/// The text after an account was renamed in the rc file.
pub fn rename(text: &str, whose: Whose, to: &AccountId) -> Result<String, String> {
    let mut document = parse(text)?;
    if let Some(at) = position(&document, whose)
        && let Some(table) = tables(&mut document)?.get_mut(at)
    {
        name(table, to);
    }
    Ok(document.to_string())
}

/// The text without anything about an account.
pub fn remove(text: &str, whose: Whose) -> Result<String, String> {
    let mut document = parse(text)?;
    if let Some(at) = position(&document, whose) {
        tables(&mut document)?.remove(at);
    }
    Ok(document.to_string())
}

fn parse(text: &str) -> Result<DocumentMut, String> {
    let text: Result<DocumentMut, _> = text.parse();
    text.map_err(|_| gettext("accounts.toml has an error. Correct it with a text editor first."))
}

fn tables(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, String> {
    let item = document
        .entry("account")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    item.as_array_of_tables_mut()
        .ok_or_else(|| gettext("accounts.toml has an error. Correct it with a text editor first."))
}

fn position(document: &DocumentMut, whose: Whose) -> Option<usize> {
    let tables = document.get("account")?.as_array_of_tables()?;
    tables.iter().position(|table| {
        let text = |name: &str| table.get(name).and_then(Item::as_str);
        let ordinal = table.get("ordinal").and_then(Item::as_integer).unwrap_or(0);
        text("label") == Some(whose.id.label.as_str())
            && text("user") == Some(whose.id.user.as_str())
            && ordinal == i64::from(whose.id.ordinal)
            && text("rc") == whose.rc
    })
}

fn name(table: &mut Table, id: &AccountId) {
    put(table, "label", id.label.as_str().into());
    put(table, "user", id.user.as_str().into());
    if id.ordinal == 0 {
        table.remove("ordinal");
    } else {
        put(table, "ordinal", i64::from(id.ordinal).into());
    }
}

/// Replaces a value and keeps what stands around it, a comment behind it above all.
fn put(table: &mut Table, key: &str, mut to: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        // Spelled as it is.
        Some(old) if old.as_str().is_some() && old.as_str() == to.as_str() => {}
        Some(old) => {
            *to.decor_mut() = old.decor().clone();
            *old = to;
        }
        None => {
            table.insert(key, Item::Value(to));
        }
    }
}

fn is_identity(name: &str) -> bool {
    matches!(name, "rc" | "label" | "user" | "ordinal")
}
