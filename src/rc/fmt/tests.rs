use super::*;

fn formatted(text: &str) -> String {
    let bytes = format(&Document::parse(text)).unwrap_or_else(|why| panic!("{why}: {text}"));
    String::from_utf8(bytes).unwrap()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected, "{text}");
    assert_eq!(formatted(expected), expected, "again: {text}");
}

#[test]
fn one_option_a_line() {
    check("", "");
    check("\n\n", "");
    check("poll a", "poll a\n");
    check("server a", "poll a\n");
    check("skip a", "skip a\n");
    check(
        "set daemon 300 set   logfile=x",
        "set daemon 300\nset logfile x\n",
    );
    check(
        "set nobouncemail\n\n\nset syslog",
        "set no bouncemail\n\nset syslog\n",
    );
    check(
        "set daemon 5 defaults proto IMAP keep poll a skip b port 1",
        "set daemon 5\n\ndefaults\n    proto imap\n    keep\n\npoll a\n\nskip b\n    port 1\n",
    );
    check(
        "poll a with proto pop3, timeout 007 and options user 'b' has pass c wants nokeep;",
        "poll a\n    proto pop3\n    timeout 7\n    user b\n        password \"c\"\n        no keep\n",
    );
    check(
        "poll a keep ssl limit 5",
        "poll a\n    keep\n    ssl\n    limit 5\n",
    );
    check(
        "poll a bad-header accept",
        "poll a\n    bad-header accept\n",
    );
    check(
        "poll a proto pop3 auth apop user b",
        "poll a\n    proto pop3\n    auth apop\n    user b\n",
    );
    check("poll a aka x y,z dns", "poll a\n    aka x y z\n    dns\n");
    check("poll a envelope 2 X", "poll a\n    envelope 2 X\n");
    check("poll a no envelope", "poll a\n    no envelope\n");
}

#[test]
fn values_are_quoted_anew() {
    check("poll 'a' user \"it's\"", "poll a\n    user \"it's\"\n");
    check(
        "poll \"set\" user \"12\"",
        "poll \"set\"\n    user \"12\"\n",
    );
    check(
        "poll a user b pass \\x41",
        "poll a\n    user b\n        password \"A\"\n",
    );
    check(
        "poll a user b pass 'x\ny'",
        "poll a\n    user b\n        password \"x\\ny\"\n",
    );
    check(
        "poll a user b folder 'c d' \"moveto\"",
        "poll a\n    user b\n        folder \"c d\" \"moveto\"\n",
    );
    check(
        "poll a user b mda x",
        "poll a\n    user b\n        mda \"x\"\n",
    );
}

#[test]
fn names() {
    let head = |line: &str| format!("poll a\n    {line}\n");
    check("poll a user b is c", &head("user b is c here"));
    check(
        "poll a user b there is c d=e * here",
        &head("user b is c d=e * here"),
    );
    check(
        "poll a user b to c to d",
        &head("user b is c here\n        is d here"),
    );
    check("poll a user c here", &head("user c here"));
    check(
        "poll a user c d here is b there",
        &head("user b is c d here"),
    );
    check(
        "poll a user b pass x is c here",
        &head("user b is c here\n        password \"x\""),
    );
    check(
        "poll a user b is c there",
        &head("user b\n        is c there"),
    );
    check(
        "poll a user c here is b there is d there",
        &head("user c here\n        is b there\n        is d there"),
    );
    check("poll a is b here keep", "poll a\n    is b here\n    keep\n");
    check(
        "poll a user b user c is d",
        &head("user b\n    user c is d here"),
    );
}

/// A name with `here` between a list and a later word ends the list.
#[test]
fn what_would_change_the_meaning_stays_in_place() {
    check(
        "poll a user c here folder x is b there moveto y",
        "poll a\n    user c here\n        folder x\n        is b there\n        moveto y\n",
    );
    check(
        "poll a user b moveto c is d",
        "poll a\n    user b is d here\n        moveto c\n",
    );
}

#[test]
fn comments_stay_where_they_belong() {
    check("# x", "# x\n");
    check("# x\n\n\n#y\n", "# x\n\n#y\n");
    check("# file\n\n# a\npoll a # b\n", "# file\n\n# a\npoll a # b\n");
    check("poll a\n# next\nskip b", "poll a\n\n# next\nskip b\n");
    check(
        "poll a keep\n  # no flush\n\nskip b",
        "poll a\n    keep\n    # no flush\n\nskip b\n",
    );
    check(
        "poll a user b\n # keep\n # end\n",
        "poll a\n    user b\n        # keep\n        # end\n",
    );
    check("poll a user b\n# end", "poll a\n    user b\n\n# end\n");
    check(
        "poll a user b\n  folder x # first\n    y # second\n  keep",
        "poll a\n    user b\n        # first\n        folder x y # second\n        keep\n",
    );
    check(
        "poll a\n user b pass x # p\n # own\n keep\n  # deep\n user c",
        "poll a\n    user b\n        password \"x\" # p\n        # own\n        keep\n        # deep\n    user c\n",
    );
    check(
        "poll a user b # r\n is c # l",
        "poll a\n    user b # r\n        is c here # l\n",
    );
    check(
        "poll a user b is c # l",
        "poll a\n    user b is c here # l\n",
    );
    check(
        "poll a user b\n # l\n is c",
        "poll a\n    user b\n        # l\n        is c here\n",
    );
    check(
        "poll a user b pass x is c\n  # user d\npoll e",
        "poll a\n    user b is c here\n        password \"x\"\n        # user d\n\npoll e\n",
    );
    check("poll # x\n\n a", "# x\npoll a\n");
    check(
        "set # x\n daemon # y\n 5 # z",
        "# x\n# y\nset daemon 5 # z\n",
    );
    check("poll a # x \\\n keep", "poll a # x \\\n    keep\n");
}

#[test]
fn line_ends() {
    check(
        "poll a keep\r\n# x\r\nskip b",
        "poll a\r\n    keep\r\n\r\n# x\r\nskip b\r\n",
    );
    check("poll a\nkeep\r\n", "poll a\n    keep\n");
    assert_eq!(formatted("\u{feff}poll a"), "poll a\n");
}

#[test]
fn errors_are_not_laid_out() {
    let check = |text: &str| {
        let refused = format(&Document::parse(text)).unwrap_err();
        let Refused::Errors(errors) = refused else {
            panic!("{refused}");
        };
        assert!(!errors.is_empty(), "{text}");
    };
    check("poll");
    check("pull a");
    check("poll a user b keep port 5");
    check("poll a defaults keep");
    check("poll a user b password secret word");
}
