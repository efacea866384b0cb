//! What is known of mail providers: the one reader of `data/providers.toml` and of a person's own
//! tables in the same form. `lint` has rules about it, discovery finds servers in it. Files are not
//! opened here.

use std::sync::LazyLock;

use serde::Deserialize;

/// One provider. The head of the table says what the fields mean.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)] // the table's own words
pub struct Provider {
    pub name: String,
    #[serde(default)]
    pub domains: Vec<String>,
    #[serde(default)]
    pub suffixes: Vec<String>,
    #[serde(default)]
    pub mx: Vec<String>,
    #[serde(default)]
    pub sign_in: SignIn,
    #[serde(default)]
    pub user: UserName,
    #[serde(default)]
    pub oauth: bool,
    #[serde(default)]
    pub page: String,
    pub app_length: Option<usize>,
    #[serde(default)]
    pub off: Vec<String>,
    #[serde(default)]
    pub old: Vec<String>,
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub read: String,
    pub imap: Option<Server>,
    pub pop3: Option<Server>,
}

/// What a provider takes for signing in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The usual password.
    Password,
    /// A password made for the program.
    AppPassword,
    /// OAuth 2.0.
    Oauth,
}

/// What its user names are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserName {
    /// The whole address.
    #[default]
    Address,
    /// What is before the `@`.
    LocalPart,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Server {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is protected.
    pub tls: Protection,
}

/// How a server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// TLS from the first byte.
    Implicit,
    /// TLS begun inside the conversation.
    Starttls,
}

/// Why a table cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Broken {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong, in the reader's words.
    pub what: String,
}

/// The providers compiled in, read at the first call.
pub fn builtin() -> &'static [Provider] {
    static TABLE: LazyLock<Vec<Provider>> = LazyLock::new(|| {
        match parse(include_str!("../../data/providers.toml")) {
            Ok(table) => table,
            // A test reads the table, so this is not shipped.
            Err(error) => {
                tracing::error!(%error, "the table of providers");
                Vec::new()
            }
        }
    });
    &TABLE
}

/// Reads a table.
///
/// # Errors
/// It is no TOML, or a field has a value it cannot have. Nothing of such a table counts: half of it
/// could lead somewhere else than its writer meant.
pub fn parse(text: &str) -> Result<Vec<Provider>, Broken> {
    #[derive(Deserialize)]
    struct Table {
        #[serde(default)]
        provider: Vec<Provider>,
    }
    match toml::from_str::<Table>(text) {
        Ok(table) => Ok(table.provider),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let before = text.get(..at).unwrap_or_default();
            Err(Broken {
                line: before.matches('\n').count() + 1,
                what: error.message().to_owned(),
            })
        }
    }
}

/// Whether `name` is `suffix` or lies below it. Neither has a dot at its end; case does not count.
pub fn is_under(name: &str, suffix: &str) -> bool {
    let Some(cut) = name.len().checked_sub(suffix.len()) else {
        return false;
    };
    !suffix.is_empty()
        && name.is_char_boundary(cut)
        && name[cut..].eq_ignore_ascii_case(suffix)
        && (cut == 0 || name[..cut].ends_with('.'))
}

impl Provider {
    /// Mailboxes of this domain are there.
    pub fn has_domain(&self, domain: &str) -> bool {
        let is_it = |known: &String| known.eq_ignore_ascii_case(domain);
        self.domains.iter().any(is_it) || self.suffixes.iter().any(|known| is_under(domain, known))
    }

    /// This is one of its mail exchangers.
    pub fn has_exchanger(&self, host: &str) -> bool {
        self.mx.iter().any(|known| is_under(host, known))
    }

    /// A name of a server that was replaced.
    pub fn is_old(&self, host: &str) -> bool {
        self.old.iter().any(|old| old.eq_ignore_ascii_case(host))
    }

    /// The password has the form of those made for programs; true where the form is unknown.
    pub fn may_be_app_password(&self, password: &[u8]) -> bool {
        let Some(length) = self.app_length else {
            return true;
        };
        let letters: Vec<u8> = password
            .iter()
            .copied()
            .filter(|b| !b" -".contains(b))
            .collect();
        let is_good = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        letters.len() == length && letters.iter().all(is_good)
    }
}

#[cfg(test)]
mod tests;
