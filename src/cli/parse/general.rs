//! Options of the command line that set no option of the file: what to do, and how to say it.

use crate::base::i18n::gettext_noop;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the long names
#[rustfmt::skip]
pub enum General {
    Help, Version, Check, Silent, Verbose, Nodetach, Quit, Fetchmailrc, Configdump, Yydebug,
    StrictStatus, Serial, Status, LogFormat, ShowPasswords,
}

/// How it is typed.
pub struct Declaration {
    /// Which.
    pub general: General,
    /// The letter.
    pub short: Option<u8>,
    /// The long name.
    pub long: &'static [&'static str],
    /// What its argument is called, if it takes one.
    pub argument: Option<&'static str>,
    /// Not an option of fetchmail: must be spelled in full, so that it never makes an
    /// abbreviation ambiguous.
    pub is_own: bool,
    /// One line for people: the key of its translation.
    pub help: &'static str,
}

const fn classic(
    general: General,
    short: Option<u8>,
    long: &'static [&'static str],
    help: &'static str,
) -> Declaration {
    Declaration {
        general,
        short,
        long,
        argument: None,
        is_own: false,
        help,
    }
}

const fn own(
    general: General,
    long: &'static [&'static str],
    argument: Option<&'static str>,
    help: &'static str,
) -> Declaration {
    Declaration {
        general,
        short: None,
        long,
        argument,
        is_own: true,
        help,
    }
}

/// All of them, in the order of the manual.
pub static GENERAL: [Declaration; 15] = [
    classic(
        General::Help,
        Some(b'?'),
        &["help"],
        gettext_noop("show this help"),
    ),
    classic(
        General::Version,
        Some(b'V'),
        &["version"],
        gettext_noop("show the version and the accounts"),
    ),
    classic(
        General::Check,
        Some(b'c'),
        &["check"],
        gettext_noop("only tell whether mail waits"),
    ),
    classic(
        General::Silent,
        Some(b's'),
        &["silent"],
        gettext_noop("say nothing but errors"),
    ),
    classic(
        General::Verbose,
        Some(b'v'),
        &["verbose"],
        gettext_noop("show the protocol; twice for more"),
    ),
    classic(
        General::Nodetach,
        Some(b'N'),
        &["nodetach"],
        gettext_noop("stay in the foreground"),
    ),
    classic(
        General::Quit,
        Some(b'q'),
        &["quit"],
        gettext_noop("stop the running daemon"),
    ),
    Declaration {
        argument: Some("FILE"),
        ..classic(
            General::Fetchmailrc,
            Some(b'f'),
            &["fetchmailrc"],
            gettext_noop("configuration to read; - for standard input"),
        )
    },
    classic(
        General::Configdump,
        None,
        &["configdump"],
        gettext_noop("print the configuration and end"),
    ),
    classic(
        General::Yydebug,
        Some(b'y'),
        &["yydebug"],
        gettext_noop("trace the reading of the configuration"),
    ),
    own(
        General::StrictStatus,
        &["strict-status"],
        None,
        gettext_noop("exit status that tells of any trouble"),
    ),
    own(
        General::Serial,
        &["serial"],
        None,
        gettext_noop("one account after the other"),
    ),
    own(
        General::Status,
        &["status"],
        None,
        gettext_noop("show what the running instance does"),
    ),
    own(
        General::LogFormat,
        &["log-format"],
        Some("json|text"),
        gettext_noop("how messages are written"),
    ),
    own(
        General::ShowPasswords,
        &["show-passwords"],
        None,
        gettext_noop("do not mask passwords in dumps"),
    ),
];
