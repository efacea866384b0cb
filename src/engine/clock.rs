//! The time of day in the words of mail.

use jiff::Zoned;

/// Now, as in RFC 5322 section 3.3, in local time: `Sun, 22 Nov 2026 03:36:33 +0000`.
pub fn rfc5322_now() -> String {
    let now = Zoned::now();
    now.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_a_date_of_rfc_5322() {
        let date = super::rfc5322_now();
        assert!(jiff::fmt::rfc2822::parse(&date).is_ok(), "{date}");
    }
}
