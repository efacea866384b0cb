//! The password database: what `getent` says, so that directory services are heard too, else the
//! file itself.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

use super::Context;
use crate::base::i18n::{fill, gettext};
use crate::engine::jobs::failed::{Result, setup};
use crate::store::users::{self, User};

/// How long a directory service may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Largest database, in octets.
const SIZE_MAX: u64 = 16 << 20;

/// All users, and whether there are more than are taken.
pub async fn users(context: &Context) -> Result<(Vec<User>, bool)> {
    let (passwd, group) = match &context.options.places.passwd {
        Some(path) => {
            let group = std::fs::read(path.with_file_name("group")).unwrap_or_default();
            (file(path)?, group)
        }
        None => {
            let passwd = match getent("passwd").await {
                Some(passwd) => passwd,
                None => file(Path::new("/etc/passwd"))?,
            };
            let group = match getent("group").await {
                Some(group) => group,
                None => file(Path::new("/etc/group")).unwrap_or_default(),
            };
            (passwd, group)
        }
    };
    Ok(users::parse(&passwd, &group))
}

fn file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        let text = gettext("{path} cannot be used: {what}.");
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("path", &path.display()), ("what", &error)];
        setup(fill(&text, &values))
    })
}

async fn getent(name: &str) -> Option<Vec<u8>> {
    let programs = ["/usr/bin/getent", "/bin/getent"].map(PathBuf::from);
    let program = programs.into_iter().find(|program| program.is_file())?;
    let mut child = Command::new(program)
        .arg(name)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let out = child.stdout.take()?;
    let mut said = Vec::new();
    let reading = async {
        out.take(SIZE_MAX).read_to_end(&mut said).await.ok()?;
        child.wait().await.ok()
    };
    let status = timeout(PATIENCE, reading).await.ok().flatten()?;
    (status.success() && !said.is_empty()).then_some(said)
}
