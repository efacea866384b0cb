//! CRAM-MD5 (RFC 2195): a keyed digest of the server's challenge. Keeps the password off the
//! wire; it does not tell us who the server is.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, Mac};
use md5::Md5;
use zeroize::Zeroizing;

use super::{Error, Response};
use crate::proto::Credentials;

/// The response to `challenge`, which is base64 as the server sent it after `+ `.
pub fn cram_md5(credentials: &Credentials, challenge: &[u8]) -> Result<Response, Error> {
    let challenge = BASE64
        .decode(challenge.trim_ascii())
        .map_err(|_| Error::Challenge)?;
    let mut mac = Hmac::<Md5>::new_from_slice(credentials.password.expose())
        .map_err(|_| Error::Unsendable)?;
    mac.update(&challenge);
    let mut message = Zeroizing::new(credentials.user.clone());
    message.push(b' ');
    message.extend_from_slice(hex(&mac.finalize().into_bytes()).as_bytes());
    Ok(Zeroizing::new(BASE64.encode(&*message)))
}

/// Lower case, as both RFC 2195 and RFC 1939 want it.
pub(super) fn hex(digest: &[u8]) -> String {
    use std::fmt::Write;
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Padding is written and not insisted on.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Secret;

    fn answer(user: &str, password: &[u8], challenge: &[u8]) -> Result<String, Error> {
        let credentials = Credentials {
            user: user.into(),
            password: Secret::new(password),
        };
        let response = cram_md5(&credentials, challenge)?;
        let plain = BASE64.decode(response.as_bytes()).unwrap();
        Ok(String::from_utf8(plain).unwrap())
    }

    #[test]
    fn rfc_2195_example() {
        let credentials = Credentials {
            user: b"tim".to_vec(),
            password: Secret::new("tanstaaftanstaaf"),
        };
        let challenge = b"PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+";
        assert_eq!(
            cram_md5(&credentials, challenge).unwrap().as_str(),
            "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"
        );
    }

    /// Beyond the digest's block of 64 the key is hashed first (RFC 2104 section 2; CVE-2026-43859).
    #[test]
    fn every_length_of_password() {
        let check = |length, expected: &str| {
            let password = vec![b'k'; length];
            let answer = answer("u", &password, b"PDFAZXhhbXBsZT4=").unwrap();
            assert_eq!(answer, format!("u {expected}"));
        };
        check(0, "e38360d14adfaef365e5d17a092e61cd");
        check(1, "1bbb22ea16c94671ec6ca5366d3e433e");
        check(63, "3871e378a14d64f6f880b9fcc8e4c251");
        check(64, "bb347636a2fc23ee58e8b53a0d2b8c65");
        check(65, "d395f82469f096bf1de19e12bc7ecf08");
        check(100, "8d546732c7378af7d63fa65dc561d840");
        check(1000, "7d815cccd271b200936c7286b2ad845a");
    }

    #[test]
    fn rfc_2202_case_6_key_longer_than_a_block() {
        let challenge = BASE64.encode("Test Using Larger Than Block-Size Key - Hash Key First");
        let answer = answer("u", &[0xaa; 80], challenge.as_bytes());
        assert_eq!(answer.unwrap(), "u 6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    }

    #[test]
    fn challenges() {
        let check = |challenge: &[u8], is_good: bool| {
            assert_eq!(
                answer("u", b"p", challenge).is_ok(),
                is_good,
                "{challenge:?}"
            );
        };
        check(b"", true);
        check(b"YQ==", true);
        check(b"YQ", true);
        check(b" YQ== ", true);
        check(b"Y", false);
        check(b"Y===", false);
        check(b"*", false);
        check(b"\xff\0", false);
        check(b"Zm9v YmFy", false);
    }
}
