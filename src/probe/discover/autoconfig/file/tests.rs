use super::*;

/// A file with these servers.
fn file(servers: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\
         <emailProvider id=\"example.org\"><domain>example.org</domain>{servers}\
         <outgoingServer type=\"smtp\"><hostname>smtp.example.org</hostname></outgoingServer>\
         </emailProvider></clientConfig>"
    )
}

fn incoming(kind: &str, host: &str, port: &str, socket: &str, rest: &str) -> String {
    format!(
        "<incomingServer type=\"{kind}\"><hostname>{host}</hostname><port>{port}</port>\
         <socketType>{socket}</socketType>{rest}</incomingServer>"
    )
}

/// `imap mail.example.org 993 Tls [Password]`
fn shown(text: &str) -> Result<Vec<String>, String> {
    let read = read(text.as_bytes())?;
    let show = |it: &Server| {
        format!(
            "{:?} {} {} {:?} {:?} {}",
            it.protocol, it.host, it.port, it.security, it.methods, it.user
        )
    };
    Ok(read.iter().map(show).collect())
}

#[test]
fn servers_are_read() {
    let check = |servers: &str, expected: &[&str]| {
        let found = shown(&file(servers)).unwrap();
        assert_eq!(found, expected, "{servers}");
    };
    let user =
        "<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication>";
    check(
        &incoming("imap", "mail.example.org", "993", "SSL", user),
        &["Imap mail.example.org 993 Tls [Password] %EMAILADDRESS%"],
    );
    let many = incoming("imap", " a.org ", " 993\n", "SSL", "")
        + &incoming("pop3", "b.org", "110", "STARTTLS", "")
        + &incoming("POP3", "c.org", "110", "plain", "");
    check(
        &many,
        &[
            "Imap a.org 993 Tls [] ",
            "Pop3 b.org 110 StartTls [] ",
            "Pop3 c.org 110 None [] ",
        ],
    );
    let methods = "<authentication>OAuth2</authentication><authentication>password-encrypted\
        </authentication><authentication>GSSAPI</authentication><authentication>NTLM\
        </authentication><authentication>client-IP-address</authentication><authentication>\
        TLS-client-cert</authentication><authentication>OAuth2</authentication><authentication>\
        password-cleartext</authentication><authentication/>";
    check(
        &incoming("imap", "a.org", "993", "SSL", methods),
        &["Imap a.org 993 Tls [OAuth2, Encrypted, Gssapi, Ntlm, Certificate, Password] "],
    );
}

#[test]
fn odd_servers_are_passed_over() {
    for bad in [
        incoming("exchange", "a.org", "443", "SSL", ""),
        incoming("smtp", "a.org", "993", "SSL", ""),
        incoming("imap", "a.org", "0", "SSL", ""),
        incoming("imap", "a.org", "70000", "SSL", ""),
        incoming("imap", "a.org", "-1", "SSL", ""),
        incoming("imap", "a.org", "", "SSL", ""),
        incoming("imap", "a.org", "993", "magic", ""),
        incoming("imap", "", "993", "SSL", ""),
        incoming("imap", &"a".repeat(256), "993", "SSL", ""),
        "<incomingServer/>".to_owned(),
        "<incomingServer type=\"imap\"/>".to_owned(),
        "<x><incomingServer type=\"imap\"><hostname>a.org</hostname></incomingServer></x>".into(),
    ] {
        let good = incoming("imap", "good.org", "993", "SSL", "");
        assert_eq!(
            shown(&file(&(bad.clone() + &good))),
            Ok(vec!["Imap good.org 993 Tls [] ".to_owned()]),
            "{bad}"
        );
    }
    let many = incoming("imap", "a.org", "993", "SSL", "").repeat(100);
    assert_eq!(shown(&file(&many)).unwrap().len(), SERVERS);
}

#[test]
fn what_is_no_settings_file() {
    let check = |text: &str, word: &str| {
        let error = shown(text).unwrap_err();
        assert!(error.contains(word), "{error}");
    };
    let dtd = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    check(&file("").replace("?>\n", &format!("?>{dtd}")), "broken");
    let external = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
    check(
        &file("&a;").replace("?>\n", &format!("?>{external}")),
        "broken",
    );
    check(&file("&unknown;"), "broken");
    check("", "broken");
    check("{}", "broken");
    check("<clientConfig>", "broken");
    check("<clientConfig/>", "no provider");
    check("<other><emailProvider/></other>", "no provider");
    check(&"<a>".repeat(64 * 1024 / 3), "broken");
    let nested = "<a>".repeat(9000) + &"</a>".repeat(9000);
    check(&nested, "broken");
    check(&file(&"<x/>".repeat(5000)), "broken");
    check(&file(&format!("<x {}/>", "a=\"\" ".repeat(9000))), "broken");
    assert!(read(b"<clientConfig>\xff</clientConfig>").is_err());
    assert!(read("\u{feff}<clientConfig><emailProvider/></clientConfig>".as_bytes()).is_ok());
    let utf16: Vec<u8> = file("").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(read(&utf16).is_err());
}

#[test]
fn nesting_does_not_overflow_a_small_stack() {
    let text = "<a>".repeat(2000) + &"</a>".repeat(2000);
    let deep = "<a>".repeat(64 * 1024 / 3);
    let thread = std::thread::Builder::new().stack_size(128 * 1024);
    let read = thread.spawn(move || (read(text.as_bytes()), read(deep.as_bytes())));
    let (nested, deep) = read.unwrap().join().unwrap();
    assert!(nested.is_err() && deep.is_err());
}

#[test]
fn user_names() {
    let check = |pattern: &str, expected: UserForm| {
        assert_eq!(user(pattern, "example.org"), expected, "{pattern}");
    };
    let given = |name: &str| UserForm::Given(name.to_owned());
    check("", UserForm::Address);
    check("%EMAILADDRESS%", UserForm::Address);
    check("%EMAILLOCALPART%", UserForm::LocalPart);
    check("%EMAILLOCALPART%@%EMAILDOMAIN%", UserForm::Address);
    check("%EMAILLOCALPART%@Example.org", UserForm::Address);
    check("%EMAILDOMAIN%", given("example.org"));
    check("shared", given("shared"));
    check(
        "%EMAILLOCALPART%.%EMAILDOMAIN%",
        given("%EMAILLOCALPART%.example.org"),
    );
    check("%PASSWORD%", UserForm::Address);
    check("%EMAILLOCALPART%%SECRET%", UserForm::Address);
    check("a\r\nb", UserForm::Address);
    let form = user("%EMAILLOCALPART%#%EMAILDOMAIN%", "example.org");
    assert_eq!(form.of("ann@example.org"), "ann#example.org");
}

#[test]
fn web_pages() {
    let check = |text: &str, expected| assert_eq!(is_web_page(text.as_bytes()), expected, "{text}");
    check("<!DOCTYPE html><html>", true);
    check("\n <HTML>", true);
    check("<?xml version=\"1.0\"?><clientConfig/>", false);
    check("", false);
}

#[test]
fn nesting() {
    let nested = |depth: usize| {
        // The root and the provider are two already.
        let (open, close) = ("<x>".repeat(depth - 2), "</x>".repeat(depth - 2));
        let text = format!(
            "<clientConfig><emailProvider>{open}text{close}</emailProvider></clientConfig>"
        );
        read(text.as_bytes())
    };
    assert_eq!(nested(2), Ok(Vec::new()));
    assert_eq!(nested(DEPTH), Ok(Vec::new()));
    let refused = nested(DEPTH + 1).unwrap_err();
    assert!(refused.contains("too deeply"), "{refused}");
    // Side by side is not inside each other.
    let flat = "<x><y/></x>".repeat(1000);
    let text = format!("<clientConfig><emailProvider>{flat}</emailProvider></clientConfig>");
    assert_eq!(read(text.as_bytes()), Ok(Vec::new()));
    for depth in [1_000, 2_000, 5_000, 16_000] {
        assert!(nested(depth).is_err(), "{depth}");
    }
}
