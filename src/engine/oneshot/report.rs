//! `postrider report`: what there is to know of an installation, without secrets and without asking
//! any server.

use crate::engine::api::Halt;
use crate::engine::handle::{Options, Rhythm};
use crate::engine::source::File;
use crate::net;
use crate::rc::account::AccountId;
use crate::store::record::look::look;
use crate::store::{Mailbox, rcfile};

pub use crate::store::record::look::Look;

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// This computer's name for itself.
    pub own_name: String,
    /// Path of the rc file.
    pub rc_path: String,
    /// The rc file, or why it cannot be read.
    pub rc: Result<Vec<u8>, String>,
    /// It cannot be used as it is.
    pub has_errors: bool,
    /// Sentences: what is wrong with it.
    pub errors: Vec<String>,
    /// Accounts and where their mail goes.
    pub accounts: Vec<(AccountId, String)>,
    /// What is on record, or why it cannot be read.
    pub record: Result<Vec<Look>, String>,
}

/// Gathers everything.
///
/// # Errors
/// There is no home, or the environment is not usable.
pub fn report(file: Option<File>) -> Result<Report, Halt> {
    let options = Options::from_environment(file, Rhythm::Once).map_err(Halt::Unreadable)?;
    let rc = match &options.source.file {
        File::Path(path) => rcfile::read(path, false)
            .map(|found| found.bytes)
            .map_err(|error| error.to_string()),
        File::Text(bytes) => Ok(bytes.clone()),
    };
    let loaded = options.source.load(&options.places);
    let has_errors = loaded.is_err();
    let (accounts, errors, idfile) = match loaded {
        Ok(loaded) => (
            loaded.config.accounts,
            loaded.advice,
            loaded.config.globals.idfile,
        ),
        Err(Halt::Syntax(errors)) => (Vec::new(), errors, None),
        Err(Halt::Unreadable(sentence)) => (Vec::new(), vec![sentence], None),
        Err(_) => (Vec::new(), Vec::new(), None),
    };
    let idfile = idfile.unwrap_or_else(|| options.places.idfile());
    let mailboxes: Vec<Mailbox> = accounts
        .iter()
        .map(|account| Mailbox::new(&account.user, account.host.as_bytes(), None))
        .collect();
    let record = look(&idfile, &options.places.state_dir, &mailboxes);
    let target = crate::engine::poll::target_words;
    Ok(Report {
        own_name: net::host::own_name(),
        rc_path: options.source.name(),
        rc,
        has_errors,
        errors,
        accounts: accounts
            .iter()
            .map(|account| (account.id.clone(), target(&account.target)))
            .collect(),
        record: record.map_err(|error| error.to_string()),
    })
}
