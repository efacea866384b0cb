use super::*;
use crate::rc::option::words::protocol_name;

fn typed(line: &str) -> Result<Invocation, Error> {
    parse(
        line.split_whitespace().map(OsString::from),
        Path::new("/home/me"),
    )
}

/// What the line sets, as `keyword=value`.
#[track_caller]
fn sets(line: &str, expected: &str) {
    let typed = typed(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let show = |value: &Value| match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Number(n) => n.to_string(),
        Value::List(_) => value.strings().join("+"),
        Value::Numbers(n) => format!("{n:?}").replace(' ', ""),
        Value::Protocol(p) => protocol_name(*p).0.to_owned(),
        Value::Auth(auth) => format!("{auth:?}"),
        Value::Choice(word) => (*word).to_owned(),
        Value::Envelope {
            name: Some(name), ..
        } => String::from_utf8_lossy(name).into_owned(),
        other => other.string(),
    };
    let found = typed
        .overrides
        .iter()
        .map(|s| format!("{}={}", s.keyword.name(), show(&s.value)));
    assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{line}");
}

#[track_caller]
fn fails(line: &str, expected: &str) {
    assert_eq!(typed(line).unwrap_err().to_string(), expected, "{line}");
}

#[test]
fn options_of_the_file() {
    sets("", "");
    sets("-k", "keep=true");
    sets("-K", "keep=false");
    sets("--keep --nokeep", "keep=false");
    sets("-u foo", "user=foo");
    sets("-ufoo", "user=foo");
    sets("-u=foo", "user==foo");
    sets("--user=", "user=");
    sets("--us foo", "user=foo");
    sets("--username foo", "user=foo");
    sets(
        "-n --nobounce --nosoftbounce",
        "rewrite=false bouncemail=false softbounce=false",
    );
    sets("-p Pop3", "proto=pop3");
    sets("--prot imap", "proto=imap");
    sets("-p kpop", "service=kpop auth=KerberosV5 proto=kpop");
    sets("--port imaps", "service=imaps");
    sets("--auth EXTERNAL", "auth=External");
    sets("--auth kerberos", "auth=KerberosV5");
    sets("--auth cram", "auth=CramMd5");
    sets("-S a,,b", "smtphost=a+b");
    sets("-r a -r b,c", "folder=a+b+c");
    sets("-Z 571,0x10", "antispam=[571,16]");
    sets("--bad-header ACCEPT", "bad-header=accept");
    sets("-E X-Envelope-To", "envelope=X-Envelope-To");
    sets(
        "--sslcertfile x --sslkey /y",
        "sslcertfile=/home/me/x sslkey=/y",
    );
    sets("--bsmtp -", "bsmtp=-");
    sets("--nosslcertck", "sslcertck=false");
    sets("--all", "fetchall=true");
    sets("--ssl --sslproto tls1.2+", "ssl=true sslproto=tls1.2+");
}

#[test]
fn numbers_as_in_c() {
    let check =
        |text: &str, expected: &str| sets(&format!("-l {text}"), &format!("limit={expected}"));
    check("0x10", "16");
    check("0XfF", "255");
    check("010", "8");
    check("0", "0");
    check("+5", "5");
    check("-5", "-5");
    check("2147483647", "2147483647");
    for bad in [
        "5x",
        "2147483648",
        "99999999999",
        "08",
        "0x",
        "--5",
        "+-5",
        "x",
    ] {
        fails(
            &format!("-l {bad}"),
            &format!("option -l does not take {bad}"),
        );
    }
}

#[test]
fn what_to_do() {
    let check = |line: &str, holds: fn(&Invocation) -> bool| {
        assert!(holds(&typed(line).unwrap()), "{line}");
    };
    check("-vv", |t| t.verbosity == Verbosity::Verbose(2));
    check("-sv", |t| t.verbosity == Verbosity::Verbose(1));
    check("-v -s", |t| t.verbosity == Verbosity::Silent);
    check("", |t| {
        t.verbosity == Verbosity::Normal && t.rc_file.is_none()
    });
    check("-f rc", |t| {
        t.rc_file.as_deref() == Some(Path::new("/home/me/rc"))
    });
    check("-f/rc", |t| {
        t.rc_file.as_deref() == Some(Path::new("/rc")) && !t.is_stdin
    });
    check("-f -", |t| t.rc_file.is_none() && t.is_stdin);
    check("-d 5 -d0x6", |t| t.daemon == Some(6));
    check("-d0", |t| t.daemon == Some(0));
    check("-kv a -c b", |t| t.servers == ["a", "b"] && t.check);
    check("-- -x", |t| t.servers == ["-x"]);
    check("- a", |t| t.servers == ["-", "a"]);
    check("-?", |t| t.help);
    check("-V --configdump -y -N", |t| {
        t.version && t.configdump && t.yydebug && t.nodetach
    });
    check("-v -q", |t| t.quit && t.quit_is_last);
    check("-q -v", |t| t.quit && !t.quit_is_last);
    check("--strict-status --serial --status", |t| {
        t.strict_status && t.serial && t.status
    });
    check("--log-format json --show-passwords", |t| {
        t.log_json && t.show_passwords
    });
    check("--verb --vers", |t| t.version);
}

#[test]
fn what_cannot_be_understood() {
    fails("--nosuch", "unknown option --nosuch");
    fails("-T", "unknown option -T");
    fails("-vT", "unknown option -T");
    fails("-d", "option -d needs an argument");
    fails("--user", "option --user needs an argument");
    fails("--ssl=5", "option --ssl takes no argument");
    fails("--auth PASSWORD", "option --auth does not take PASSWORD");
    fails("-p foo", "option -p does not take foo");
    fails("-Z 571,x", "option -Z does not take 571,x");
    fails(
        "--bad-header maybe",
        "option --bad-header does not take maybe",
    );
    fails("--fetchs=x", "option --fetchs does not take x");
    fails(
        "--sslc x",
        "option --sslc is ambiguous: --sslcert, --sslcertck, --sslcertfile, --sslcertpath, --sslcommonname",
    );
    let several = "only one of --smtphost, --mda and --bsmtp can be given, and only once";
    for line in ["-S a -S b", "-m a -S b", "-m a -m b", "--bsmtp x -m a"] {
        fails(line, several);
    }
}

/// Ours, and those of later releases, count only when spelled in full: `--stat` must not become
/// an option, nor `--s` any more ambiguous than it is.
#[test]
fn own_options_are_never_abbreviated() {
    for own in [
        "--strict-statu",
        "--seria",
        "--stat",
        "--log-f",
        "--show-p",
        "--passwordf",
    ] {
        assert!(matches!(typed(own), Err(Error::Unknown { .. })), "{own}");
    }
    assert!(typed("--sho").is_ok_and(|t| t.overrides.find(Id::Showdots).is_some()));
    assert!(typed("--idlet 5").is_err());
    assert!(typed("--idletimeout 5").is_ok());
}

#[test]
fn no_two_options_are_typed_alike() {
    let mut letters = std::collections::HashSet::new();
    let mut words = std::collections::HashSet::new();
    for offer in getopt::offers() {
        assert!(
            offer.short.is_none_or(|letter| letters.insert(letter)),
            "{offer:?}"
        );
        for word in offer.long {
            assert!(words.insert(*word), "{word}");
        }
    }
}

/// cli.md section 2, and the section's last line.
#[test]
fn every_option_of_fetchmail_is_there() {
    let short = "?VcsvydNqLfiIMpUPtEQuakKFnlwrSDZbBem";
    let long = "help version check silent verbose configdump yydebug daemon nodetach quit logfile \
        syslog nosyslog invisible showdots fetchmailrc idfile pidfile postmaster nobounce \
        softbounce nosoftbounce interface monitor proto protocol uidl service port auth timeout \
        envelope qvirtual principal plugin plugout tracepolls bad-header user username all \
        fetchall keep nokeep flush limitflush norewrite limit warnings folder smtphost \
        fetchdomains smtpaddress smtpname antispam batchlimit fetchlimit fetchsizelimit fastuidl \
        expunge mda bsmtp lmtp idle ssl sslkey sslcert sslcertfile sslcertpath sslproto sslcertck \
        nosslcertck sslcommonname sslfingerprint idletimeout forceidle sslmode \
        sslprotocolversion passwordfile passwordfd passwordeval retrieve-error";
    let offers: Vec<_> = getopt::offers().collect();
    let letters: Vec<u8> = offers.iter().filter_map(|offer| offer.short).collect();
    assert!(short.bytes().all(|letter| letters.contains(&letter)));
    assert_eq!(letters.len(), short.len());
    for word in long.split_whitespace() {
        assert!(
            offers.iter().any(|offer| offer.long.contains(&word)),
            "{word}"
        );
    }
}

#[test]
fn the_help_names_every_option() {
    let text = usage::usage("postrider fetch");
    for offer in getopt::offers() {
        for word in offer.long {
            assert!(text.contains(&format!("--{word}")), "{word}");
        }
    }
    assert!(
        text.lines()
            .skip(2)
            .all(|line| line.len() > 37 && !line.ends_with("  ")),
        "{text}"
    );
}
