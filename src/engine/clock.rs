//! The time of day in the words of mail.

use jiff::Zoned;

/// Now, as in RFC 5322 section 3.3, in local time: `Sun, 22 Nov 2026 03:36:33 +0000`.
pub fn rfc5322_now() -> String {
    let now = Zoned::now();
    now.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// Now, in seconds since 1970.
pub fn unix_now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A word that this host makes only once: for message ids.
pub fn unique() -> String {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let now = jiff::Timestamp::now().as_microsecond();
    format!("{now:x}.{:x}.{count:x}", std::process::id())
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_a_date_of_rfc_5322() {
        let date = super::rfc5322_now();
        assert!(jiff::fmt::rfc2822::parse(&date).is_ok(), "{date}");
    }
}
