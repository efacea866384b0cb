//! Options after `set` (rcfile.md section 4.1).

use crate::rc::dump::Python;
use crate::rc::option::{Id, Keyword, Kind, Negation, Page, Scope, arg, bare, off, on, string};

const fn word(id: Id, kind: Kind, words: &'static [&'static str]) -> Keyword {
    Keyword::new(Scope::Global, id, kind, words)
}

/// The declarations.
#[rustfmt::skip]
pub static WORDS: &[Keyword] = &[
    word(Id::Daemon, Kind::Number, &["daemon"])
        .cli(&[arg(Some(b'd'), &["daemon"])]).default("0")
        .help("seconds between checks; 0 checks once and ends")
        .label("Check every").page(Page::Schedule, 1)
        .about("Seconds to wait between the end of one round of checks and the start of the \
            next. With 0, mail is checked once and the program ends. Less than a minute annoys \
            most providers, and some lock an account for it.")
        .synonyms(&["interval", "schedule", "background", "poll", "minutes", "seconds"])
        .related(&[Id::Interval, Id::Idle])
        .dump_as(&[bare("poll_interval", |v| Python::Int(v.poll_interval()))])
        .global(|g, v| g.daemon = v.count()),
    word(Id::Logfile, Kind::Path, &["logfile"])
        .cli(&[arg(Some(b'L'), &["logfile"])])
        .help("append log messages to this file").warns()
        .label("Log to file").page(Page::Logging, 1)
        .about("Log messages are appended to this file while the program runs in the \
            background. The file must exist beforehand; a missing one is ignored. It takes \
            precedence over the system log.")
        .synonyms(&["protocol", "journal", "messages", "output"])
        .related(&[Id::Syslog, Id::Showdots])
        .dump_as(&[string("logfile", |v| Python::text(v.logfile()))])
        .global(|g, v| g.logfile = Some(v.path())),
    word(Id::Idfile, Kind::Path, &["idfile"])
        .cli(&[arg(Some(b'i'), &["idfile"])]).default("~/.fetchids")
        .help("where the identities of messages already seen are kept")
        .label("Remember fetched messages in").page(Page::Logging, 3)
        .about("The file that remembers the identities of POP3 messages already seen, so that \
            mail left on the server is not fetched twice. fetchmail and Postrider read each \
            other's. Without it everything on such a server counts as new again.")
        .synonyms(&["uid", "uidl", "duplicates", "seen", "fetchids"])
        .related(&[Id::Uidl, Id::Keep])
        .dump_as(&[string("idfile", |v| Python::text(Some(v.idfile())))])
        .global(|g, v| g.idfile = Some(v.path())),
    word(Id::Pidfile, Kind::Path, &["pidfile"])
        .cli(&[arg(None, &["pidfile"])])
        .help("the lock file")
        .label("Lock file").page(Page::Logging, 4)
        .about("Holds the number of the running process, so that no second one checks the same \
            mail at the same time. fetchmail looks at the same file. The default depends on \
            the user: ~/.fetchmail.pid, and for root the system's directory of running \
            programs.")
        .synonyms(&["pid", "instance", "process", "running"])
        .notes(&["since 6.3.4"])
        .global(|g, v| g.pidfile = Some(v.path())),
    word(Id::Postmaster, Kind::Text, &["postmaster"])
        .cli(&[arg(None, &["postmaster"])])
        .help("who gets mail that fits nobody else")
        .label("Last-resort recipient").page(Page::Undeliverable, 1)
        .about("Who gets mail that no local name fits, and error reports. The default is the \
            user who runs the program; for root it is the name postmaster. An empty name means \
            that such mail is discarded.")
        .synonyms(&["fallback", "undeliverable", "unknown recipient", "catch"])
        .related(&[Id::Bouncemail])
        .dump_as(&[string("postmaster", |v| Python::text(Some(v.postmaster())))])
        .global(|g, v| g.postmaster = v.text().to_vec()),
    word(Id::Bouncemail, Kind::Flag, &["bouncemail"]).no(Negation::RunOn)
        .cli(&[off(None, &["nobounce"])]).default("yes")
        .help("bounces go to the sender, not to the postmaster")
        .label("Report undeliverable mail to the sender").page(Page::Undeliverable, 2)
        .about("When a message is refused for good and let go, its sender is told. Switched off, the \
            report goes to the last-resort recipient instead, which is kinder to people whose \
            address was forged by spam. So do reports on mail of mailing lists and robots. While a \
            message stays on the server, nobody is told.")
        .synonyms(&["bounce", "error", "return", "undeliverable"])
        .related(&[Id::Postmaster, Id::Spambounce, Id::Softbounce])
        .dump("bouncemail")
        .global(|g, v| g.bounce_mail = v.flag()),
    word(Id::Spambounce, Kind::Flag, &["spambounce"]).no(Negation::RunOn).default("no")
        .help("bounce what is refused as spam, too")
        .label("Report mail refused as spam").page(Page::Undeliverable, 3)
        .about("Also tells the sender when a message was refused with one of the reply codes \
            that mean spam. Senders of spam are mostly forged, so the reports hit people who \
            have nothing to do with it.")
        .synonyms(&["bounce", "spam", "junk", "undeliverable"])
        .related(&[Id::Bouncemail, Id::Antispam])
        .dump("spambounce")
        .global(|g, v| g.spam_bounce = v.flag()),
    word(Id::Softbounce, Kind::Flag, &["softbounce"]).no(Negation::Spaced)
        .cli(&[on(None, &["softbounce"]), off(None, &["nosoftbounce"])]).default("yes")
        .help("keep mail on the server when its delivery is refused for good")
        .label("Keep mail the local system refused").page(Page::Undeliverable, 4)
        .about("A message the local mail system refuses for good stays on the server and is \
            tried again after an hour, four hours, and then daily. Switched off, it is deleted once \
            a report on it has been accepted; what means spam is deleted at once.")
        .synonyms(&["refused", "bounce", "retry", "undeliverable"])
        .notes(&["since 6.3.10"])
        .related(&[Id::Bouncemail])
        .dump("softbounce")
        .global(|g, v| g.soft_bounce = v.flag()),
    word(Id::Syslog, Kind::Flag, &["syslog"]).no(Negation::Spaced)
        .cli(&[on(None, &["syslog"]), off(None, &["nosyslog"])]).default("no")
        .help("log to the system log").warns()
        .label("Log to the system log").page(Page::Logging, 2)
        .about("Log messages go to the facility for mail of the system log instead of the \
            terminal. A log file takes precedence.")
        .synonyms(&["journal", "messages", "output", "logging"])
        .related(&[Id::Logfile])
        .dump_as(&[bare("syslog", |v| Python::Bool(v.uses_syslog()))])
        .global(|g, v| g.syslog = v.flag()),
    word(Id::Invisible, Kind::Flag, &["invisible"]).no(Negation::Spaced)
        .cli(&[on(None, &["invisible"])]).default("no")
        .help("leave no Received line of our own")
        .label("Leave no trace in Received headers").page(Page::Undeliverable, 5)
        .about("No Received line of our own is added, and the local mail system is greeted in \
            the name of the mail server, as if the message had come straight from there. It \
            makes mail problems harder to trace.")
        .synonyms(&["trace", "header", "hide", "stealth"])
        .related(&[Id::Tracepolls])
        .dump("invisible")
        .global(|g, v| g.invisible = v.flag()),
    // fetchmail 6.4.37 turns the dots on for `set no showdots`; here it turns them off.
    word(Id::Showdots, Kind::Flag, &["showdots"]).no(Negation::Spaced)
        .cli(&[on(None, &["showdots"])]).default("no")
        .help("show progress dots even when the output is a file").warns()
        .label("Progress dots").page(Page::Logging, 5)
        .about("Prints a dot for each part of a message that has arrived, even if the output is \
            a file. The default is on for a verbose run in the foreground and off otherwise.")
        .synonyms(&["progress", "output", "dots"])
        .notes(&["no showdots means off; fetchmail 6.4 turns the dots on"])
        .related(&[Id::Logfile])
        .dump("showdots")
        .global(|g, v| g.show_dots = v.flag()),
    word(Id::GlobalProperties, Kind::Text, &["properties"])
        .help("text for scripts that read the configuration")
        .label("Note for other programs").page(Page::Other, 1)
        .about("Text that is kept in the configuration for scripts which read it. It changes \
            nothing about fetching mail.")
        .synonyms(&["comment", "script", "extension", "annotation"])
        .dump("properties")
        .global(|g, v| g.properties = Some(v.text().to_vec())),
];
