//! What `interface` may say: fetchmail tests it where it reads it, whether it counts in the end or not.

/// Whether it is `NAME/ADDRESS` or `NAME/ADDRESS/MASK` (fetchmail(1)).
pub fn is_interface(text: &str) -> bool {
    let mut parts = text.splitn(3, '/').skip(1);
    parts.next().is_some_and(is_address) && parts.next().is_none_or(is_address)
}

/// An address as `inet_aton` reads it: one to four numbers in C's bases, the last filling up.
fn is_address(text: &str) -> bool {
    let numbers: Option<Vec<u64>> = text.split('.').map(part).collect();
    let Some((last, others)) = numbers.as_deref().and_then(<[u64]>::split_last) else {
        return false;
    };
    others.len() < 4 && others.iter().all(|n| *n < 256) && *last < 1 << (8 * (4 - others.len()))
}

fn part(text: &str) -> Option<u64> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, base) = match (hex, text.strip_prefix('0')) {
        (Some(hex), _) => (hex, 16),
        (None, Some(octal)) if !octal.is_empty() => (octal, 8),
        (None, _) => (text, 10),
    };
    let is_number = digits.starts_with(|c: char| c.is_digit(base));
    u64::from_str_radix(digits, base).ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_inet_aton_reads_them() {
        let check = |text: &str, expected| assert_eq!(is_address(text), expected, "{text}");
        for good in [
            "10.0.0.1",
            "10.0.0",
            "10",
            "0x7f.1",
            "0377.0.0.0",
            "255.255.255.255",
            "0",
        ] {
            check(good, true);
        }
        for bad in [
            "",
            "256.0.0.0",
            "1.2.3.4.5",
            "1.2.3.256",
            "a",
            "1..2",
            "+1",
            "08",
            "0x",
        ] {
            check(bad, false);
        }
    }
}
