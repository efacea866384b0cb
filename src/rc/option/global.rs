//! Options after `set` (rcfile.md section 4.1).

use crate::rc::dump::Python;
use crate::rc::option::{Id, Keyword, Kind, Negation, Scope, arg, bare, off, on, string};

const fn word(id: Id, kind: Kind, words: &'static [&'static str]) -> Keyword {
    Keyword::new(Scope::Global, id, kind, words)
}

/// The declarations.
#[rustfmt::skip]
pub static WORDS: &[Keyword] = &[
    word(Id::Daemon, Kind::Number, &["daemon"])
        .cli(&[arg(Some(b'd'), &["daemon"])]).default("0")
        .help("seconds between checks; 0 checks once and ends")
        .dump_as(&[bare("poll_interval", |v| Python::Int(v.poll_interval()))])
        .global(|g, v| g.daemon = v.count()),
    word(Id::Logfile, Kind::Path, &["logfile"])
        .cli(&[arg(Some(b'L'), &["logfile"])])
        .help("append log messages to this file").warns()
        .dump_as(&[string("logfile", |v| Python::text(v.logfile()))])
        .global(|g, v| g.logfile = Some(v.path())),
    word(Id::Idfile, Kind::Path, &["idfile"])
        .cli(&[arg(Some(b'i'), &["idfile"])]).default("~/.fetchids")
        .help("where the identities of messages already seen are kept")
        .dump_as(&[string("idfile", |v| Python::text(Some(v.idfile())))])
        .global(|g, v| g.idfile = Some(v.path())),
    word(Id::Pidfile, Kind::Path, &["pidfile"])
        .cli(&[arg(None, &["pidfile"])])
        .help("the lock file")
        .global(|g, v| g.pidfile = Some(v.path())),
    word(Id::Postmaster, Kind::Text, &["postmaster"])
        .cli(&[arg(None, &["postmaster"])])
        .help("who gets mail that fits nobody else")
        .dump_as(&[string("postmaster", |v| Python::text(Some(v.postmaster())))])
        .global(|g, v| g.postmaster = v.text().to_vec()),
    word(Id::Bouncemail, Kind::Flag, &["bouncemail"]).no(Negation::RunOn)
        .cli(&[off(None, &["nobounce"])]).default("yes")
        .help("bounces go to the sender, not to the postmaster")
        .dump("bouncemail")
        .global(|g, v| g.bounce_mail = v.flag()),
    word(Id::Spambounce, Kind::Flag, &["spambounce"]).no(Negation::RunOn).default("no")
        .help("bounce what is refused as spam, too").warns()
        .dump("spambounce")
        .global(|g, v| g.spam_bounce = v.flag()),
    word(Id::Softbounce, Kind::Flag, &["softbounce"]).no(Negation::Spaced)
        .cli(&[on(None, &["softbounce"]), off(None, &["nosoftbounce"])]).default("yes")
        .help("keep mail on the server when its delivery is refused for good")
        .dump("softbounce")
        .global(|g, v| g.soft_bounce = v.flag()),
    word(Id::Syslog, Kind::Flag, &["syslog"]).no(Negation::Spaced)
        .cli(&[on(None, &["syslog"]), off(None, &["nosyslog"])]).default("no")
        .help("log to the system log").warns()
        .dump("syslog")
        .global(|g, v| g.syslog = v.flag()),
    word(Id::Invisible, Kind::Flag, &["invisible"]).no(Negation::Spaced)
        .cli(&[on(None, &["invisible"])]).default("no")
        .help("leave no Received line of our own")
        .dump("invisible")
        .global(|g, v| g.invisible = v.flag()),
    // fetchmail 6.4.37 turns the dots on for `set no showdots`; here it turns them off.
    word(Id::Showdots, Kind::Flag, &["showdots"]).no(Negation::Spaced)
        .cli(&[on(None, &["showdots"])]).default("no")
        .help("show progress dots even when the output is a file").warns()
        .dump("showdots")
        .global(|g, v| g.show_dots = v.flag()),
    word(Id::GlobalProperties, Kind::Text, &["properties"])
        .help("text for scripts that read the configuration")
        .dump("properties")
        .global(|g, v| g.properties = Some(v.text().to_vec())),
];
