//! One list out of what all sources have said: best first, each way once. Pure.

use crate::probe::candidate::{Candidate, Security, Source};

/// Puts candidates in order. By the source first; inside one, by protection and protocol and then
/// as the source has them. What is not protected at all comes last, whoever has said it: nobody
/// should end there because a better source is older.
pub(super) fn compose(mut all: Vec<Candidate>) -> Vec<Candidate> {
    // The sort is stable, so the order of a source remains where nothing else decides.
    all.sort_by_key(|it| {
        let is_plain = it.security == Security::None;
        (is_plain, rank(&it.source), it.security, it.protocol)
    });
    let mut found: Vec<Candidate> = Vec::new();
    for candidate in all {
        match found
            .iter_mut()
            .find(|known| is_same_way(known, &candidate))
        {
            // The better source stays; where it knows no way to sign in, the other one helps.
            Some(known) if known.methods.is_empty() => known.methods = candidate.methods,
            Some(_) => {}
            None => found.push(candidate),
        }
    }
    found
}

/// Whether a source has said enough for the ones after it to be left alone: something that is
/// protected. One that knows an open line only does not keep a better way from being found.
pub(super) fn is_enough(found: &[Candidate]) -> bool {
    found.iter().any(|it| it.security != Security::None)
}

fn is_same_way(a: &Candidate, b: &Candidate) -> bool {
    a.protocol == b.protocol
        && a.port == b.port
        && a.security == b.security
        && a.host.eq_ignore_ascii_case(&b.host)
}

/// The names inside sources do not rank them.
fn rank(source: &Source) -> u8 {
    match source {
        Source::Person => 0,
        Source::BuiltIn(_) => 1,
        Source::Provider(_) => 2,
        Source::Database(_) => 3,
        Source::Srv => 4,
        Source::Mx(_) => 5,
        Source::Guess => 6,
        Source::Probe => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::candidate::{Method, Protocol, UserForm};

    fn way(protocol: Protocol, host: &str, security: Security, source: Source) -> Candidate {
        Candidate {
            protocol,
            host: host.to_owned(),
            port: Candidate::usual_port(protocol, security),
            security,
            methods: Vec::new(),
            user: UserForm::Address,
            source,
            is_weak: false,
        }
    }

    #[test]
    fn order() {
        use Protocol::{Imap, Pop3};
        use Security::{None, StartTls, Tls};
        let provider = || Source::Provider("https://z.example/".into());
        let database = || Source::Database("https://a.example/".into());
        let all = vec![
            way(Imap, "guess", Tls, Source::Guess),
            way(Imap, "mx", Tls, Source::Mx("x".into())),
            way(Imap, "database", Tls, database()),
            way(Pop3, "plain", None, provider()),
            way(Imap, "plain", None, provider()),
            way(Pop3, "starttls", StartTls, provider()),
            way(Imap, "starttls", StartTls, provider()),
            way(Pop3, "tls", Tls, provider()),
            way(Imap, "second", Tls, provider()),
            way(Imap, "first", Tls, provider()),
            way(Imap, "srv", Tls, Source::Srv),
        ];
        let found = compose(all);
        let hosts: Vec<&str> = found.iter().map(|it| it.host.as_str()).collect();
        let expected = [
            "second", "first", "tls", "starttls", "starttls", "database", "srv", "mx", "guess",
            "plain", "plain",
        ];
        assert_eq!(hosts, expected);
        assert_eq!(found[3].protocol, Imap);
        assert_eq!(found[9].protocol, Imap);
    }

    #[test]
    fn each_way_once() {
        let database = Source::Database("https://a.example/".into());
        let mut known = way(Protocol::Imap, "a.org", Security::Tls, database.clone());
        known.methods = vec![Method::Password];
        let mut weak = way(Protocol::Imap, "A.ORG", Security::Tls, Source::Srv);
        weak.is_weak = true;
        let guess = way(Protocol::Imap, "a.org", Security::Tls, Source::Guess);
        let found = compose(vec![guess.clone(), weak.clone(), known.clone()]);
        assert_eq!(found, [known.clone()]);
        // Ways to sign in are taken over, nothing else.
        known.source = Source::Guess;
        let found = compose(vec![known.clone(), weak.clone()]);
        weak.methods = known.methods.clone();
        assert_eq!(found, [weak]);
    }

    #[test]
    fn an_open_line_is_not_enough() {
        let check = |security, expected| {
            let found = [way(Protocol::Imap, "a.org", security, Source::Srv)];
            assert_eq!(is_enough(&found), expected);
        };
        check(Security::Tls, true);
        check(Security::StartTls, true);
        check(Security::None, false);
        assert!(!is_enough(&[]));
    }
}
