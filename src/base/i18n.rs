//! Translation: every text a person reads goes through [`gettext`] at the moment it is shown.
//!
//! Texts with values carry named placeholders (`{count}`) that [`fill`] replaces, so that a
//! translator may reorder them. Log text is English and does not come here.

use std::fmt::Display;

/// The gettext domain and the name of the compiled catalogues.
pub const DOMAIN: &str = "postrider";

/// Chooses the language of the environment. Called once, first thing in `main`; without a
/// catalogue the texts stay American English.
pub fn init() {
    // setlocale is unsafe only beside other threads; this is the first thing a program does.
    #[allow(unsafe_code)]
    unsafe {
        gettextrs::setlocale(gettextrs::LocaleCategory::LcAll, "");
    }
    let dir = option_env!("POSTRIDER_LOCALEDIR").unwrap_or("/usr/share/locale");
    let bound = gettextrs::bindtextdomain(DOMAIN, dir)
        .and_then(|_| gettextrs::bind_textdomain_codeset(DOMAIN, "UTF-8"))
        .and_then(|_| gettextrs::textdomain(DOMAIN));
    if let Err(error) = bound {
        tracing::debug!(%error, "no translations");
    }
}

/// The translation of `text`.
pub fn gettext(text: &str) -> String {
    gettextrs::gettext(text)
}

/// `text` itself, marked for the catalogue: it is kept as it is and given to [`gettext`] when it
/// is shown.
pub const fn gettext_noop(text: &'static str) -> &'static str {
    text
}

/// The translation of `one` or `many`, whichever `n` asks for in the language.
pub fn ngettext(one: &str, many: &str, n: u64) -> String {
    gettextrs::ngettext(one, many, u32::try_from(n).unwrap_or(u32::MAX))
}

/// The C library's own translation of one of its texts, to recognise what it says.
pub fn system_text(text: &str) -> String {
    gettextrs::dgettext("libc", text)
}

/// Replaces each `{name}` in `text` by its value. A name without a value stays as it is.
/// Values are inserted as they are and never looked into for further placeholders.
pub fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let value = rest.find('}').and_then(|close| {
            let name = &rest[1..close];
            let (_, value) = values.iter().find(|(n, _)| *n == name)?;
            Some((close, value))
        });
        match value {
            Some((close, value)) => {
                out.push_str(&value.to_string());
                rest = &rest[close + 1..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_by_name_once() {
        let check = |text: &str, expected: &str| {
            assert_eq!(fill(text, &[("n", &3), ("who", &"{n}")]), expected);
        };
        check("{n} for {who}", "3 for {n}");
        check("{unknown} {n", "{unknown} {n");
        check("", "");
    }
}
