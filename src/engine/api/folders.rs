//! How the names of folders read.

use base64::Engine as _;
use base64::alphabet::Alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::base::text::{QUIET_MAX, quiet};

/// Decoded, and quiet; as it is where it is not in the form it should be.
pub fn shown(name: &[u8]) -> String {
    let decoded = decode(name);
    quiet(decoded.as_deref().map_or(name, str::as_bytes), QUIET_MAX)
}

/// Modified UTF-7 (RFC 3501 section 5.1.3).
fn decode(name: &[u8]) -> Option<String> {
    let mut rest = std::str::from_utf8(name).ok()?;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (coded, behind) = after.split_once('-')?;
        match coded {
            "" => out.push('&'),
            coded => out.push_str(&utf16(coded)?),
        }
        rest = behind;
    }
    out.push_str(rest);
    Some(out)
}

fn utf16(coded: &str) -> Option<String> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    let alphabet = Alphabet::new(LETTERS).ok()?;
    let form = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true);
    let octets = GeneralPurpose::new(&alphabet, form).decode(coded).ok()?;
    let (pairs, _) = octets.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders() {
        let check = |name: &str, expected: &str| assert_eq!(shown(name.as_bytes()), expected);
        check("INBOX", "INBOX");
        check("Entw&APw-rfe", "Entwürfe");
        check("R&-D", "R&D");
        check("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語");
        check("&2D3eAA-", "😀");
        check("&", "&");
        check("&!-", "&!-");
        check("&2D0-", "&2D0-");
        check("schön", "schön");
    }
}
