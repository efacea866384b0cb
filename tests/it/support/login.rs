//! Sign-in as servers do it: PLAIN, CRAM-MD5 and the APOP digest.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};

use super::store::Store;
use super::wire::Wire;

/// The user if name and password match.
pub fn check(store: &Store, user: &[u8], password: &[u8]) -> Option<String> {
    let user = String::from_utf8(user.to_vec()).ok()?;
    (store.password(&user)?.as_bytes() == password).then_some(user)
}

/// APOP (RFC 1939 section 7): MD5 of the greeting's timestamp and the password.
pub fn check_apop(store: &Store, user: &str, stamp: &str, digest: &str) -> Option<String> {
    let expected = Md5::new()
        .chain_update(stamp)
        .chain_update(store.password(user)?)
        .finalize();
    (hex(&expected) == digest).then(|| user.to_owned())
}

/// How a SASL exchange ended.
pub enum Sasl {
    /// This user is in.
    Accepted(String),
    /// Wrong.
    Rejected,
    /// The client sent `*`.
    Cancelled,
    /// No such mechanism.
    Unknown,
}

/// A SASL exchange (RFC 4422) whose challenges are lines of `+ base64`.
pub async fn sasl(
    wire: &mut Wire,
    store: &Store,
    mechanism: &str,
    initial: Option<&[u8]>,
) -> io::Result<Sasl> {
    let mechanism = mechanism.to_ascii_uppercase();
    if !wire.manner.mechanisms.iter().any(|m| *m == mechanism) {
        return Ok(Sasl::Unknown);
    }
    // The challenge of RFC 2195 section 2.
    let challenge = "<1896.697170952@postoffice.reston.mci.net>";
    let first = match (mechanism.as_str(), initial) {
        ("PLAIN", Some(b"=")) => Some(Vec::new()),
        ("PLAIN", Some(response)) => Some(response.to_vec()),
        ("CRAM-MD5", None) => ask(wire, &STANDARD.encode(challenge)).await?,
        (_, None) => ask(wire, "").await?,
        _ => None,
    };
    let Some(response) = first.filter(|r| r != b"*") else {
        return Ok(Sasl::Cancelled);
    };
    let Ok(response) = STANDARD.decode(response) else {
        return Ok(Sasl::Rejected);
    };
    let user = if mechanism == "CRAM-MD5" {
        cram_md5(store, challenge, &response)
    } else {
        plain(store, &response)
    };
    Ok(user.map_or(Sasl::Rejected, Sasl::Accepted))
}

async fn ask(wire: &mut Wire, challenge: &str) -> io::Result<Option<Vec<u8>>> {
    wire.say(&format!("+ {challenge}")).await?;
    wire.line().await
}

/// RFC 4616.
fn plain(store: &Store, response: &[u8]) -> Option<String> {
    let mut parts = response.splitn(3, |b| *b == 0);
    let (_authorize, user, password) = (parts.next()?, parts.next()?, parts.next()?);
    check(store, user, password)
}

/// RFC 2195.
fn cram_md5(store: &Store, challenge: &str, response: &[u8]) -> Option<String> {
    let response = std::str::from_utf8(response).ok()?;
    let (user, digest) = response.rsplit_once(' ')?;
    let mut mac = Hmac::<Md5>::new_from_slice(store.password(user)?.as_bytes()).ok()?;
    mac.update(challenge.as_bytes());
    (hex(&mac.finalize().into_bytes()) == digest).then(|| user.to_owned())
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn apop_digest_is_that_of_rfc_1939() {
    let store = Store::new();
    store.add_user("mrose", "tanstaaf");
    let check = |digest: &str| {
        check_apop(&store, "mrose", "<1896.697170952@dbc.mtview.ca.us>", digest).is_some()
    };
    assert!(check("c4c9334bac560ecc979e58001b3e22fb"));
    assert!(!check("c4c9334bac560ecc979e58001b3e22fc"));
}
