//! Certificates, versions and broken handshakes, over in-memory streams (threats.md A6 to A8).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use postrider::net::{Conn, Error, Peer, tls};
use postrider::rc::account;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, SanType, date_time_ymd};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_rustls::TlsAcceptor;

use crate::support::ca::{Ca, Identity, self_signed, server_params};
use crate::support::talk::Talk;

const HOST: &str = "mail.example.org";

/// A client's settings with the files they name.
struct Client {
    settings: account::Tls,
    host: &'static str,
    dir: tempfile::TempDir,
}

impl Client {
    fn trusting(pem: &str) -> Self {
        let mut client = Self::bare();
        client.settings.cert_file = Some(client.file("trust.pem", pem));
        client
    }

    fn bare() -> Self {
        Self {
            settings: account::Tls {
                implicit: true,
                proto: None,
                check: true,
                cert_file: None,
                cert_path: None,
                common_name: None,
                fingerprint: None,
                pin_sha256: None,
                key: None,
                cert: None,
            },
            host: HOST,
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn setup(&self) -> Result<Arc<tls::Setup>, Error> {
        tls::Setup::new(&self.settings)
    }

    fn conn(&self, stream: DuplexStream, tls: Arc<tls::Setup>) -> Conn {
        let peer = Peer {
            host: self.host.to_owned(),
            port: 995,
            implicit_tls: true,
            tls,
            timeout: Duration::from_secs(60),
            label: "POP3",
        };
        Conn::new(Box::new(stream), peer, None)
    }

    /// Says `ping` inside TLS and hears `pong`.
    async fn meet(&self, server: Server) -> Result<tls::Session, Error> {
        let (ours, theirs) = duplex(4096);
        let mut conn = self.conn(ours, self.setup()?);
        let server = server.serve(theirs);
        let client = async {
            let mut talk = Talk::ping().after_tls();
            let heard = conn.next(&mut talk).await?;
            assert_eq!(heard.as_deref(), Some(&b"pong"[..]));
            Ok(conn.tls().unwrap().clone())
        };
        let (result, ()) = tokio::join!(client, server);
        result
    }

    async fn refused(&self, server: Server) -> String {
        match self.meet(server).await {
            Err(Error::Tls {
                sentence,
                is_certificate: true,
            }) => sentence,
            other => panic!("not refused for its certificate: {other:?}"),
        }
    }

    async fn failed(&self, server: Server) -> String {
        match self.meet(server).await {
            Err(Error::Tls {
                sentence,
                is_certificate: false,
            }) => sentence,
            other => panic!("not a failed handshake: {other:?}"),
        }
    }
}

/// A TLS server that answers `ping`.
struct Server {
    config: Arc<rustls::ServerConfig>,
}

impl Server {
    fn new(identity: Identity) -> Self {
        Self::speaking(identity, &[&TLS13, &TLS12])
    }

    fn speaking((chain, key): Identity, versions: &[&'static SupportedProtocolVersion]) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self {
            config: Arc::new(config),
        }
    }

    async fn serve(self, stream: DuplexStream) {
        let Ok(mut stream) = TlsAcceptor::from(self.config).accept(stream).await else {
            return;
        };
        let mut line = [0; 6];
        if stream.read_exact(&mut line).await.is_ok() && &line == b"ping\r\n" {
            let _ = stream.write_all(b"pong\r\n").await;
            let _ = stream.flush().await;
        }
    }
}

fn pem(identity: &Identity) -> String {
    armour("CERTIFICATE", &identity.0[0])
}

fn key_pem(identity: &Identity) -> String {
    armour("PRIVATE KEY", identity.1.secret_der())
}

fn armour(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|c| std::str::from_utf8(c).unwrap())
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}

fn colons(digest: &[u8]) -> String {
    let pairs: Vec<String> = digest.iter().map(|b| format!("{b:02x}")).collect();
    pairs.join(":")
}

fn fingerprints(identity: &Identity) -> [String; 3] {
    use sha2::Digest;
    let der = &identity.0[0];
    [
        colons(&md5::Md5::digest(der)),
        colons(&sha1::Sha1::digest(der)),
        colons(&sha2::Sha256::digest(der)),
    ]
}

fn with_common_name(params: &mut CertificateParams, name: &str) {
    params.distinguished_name.push(DnType::CommonName, name);
}

#[tokio::test]
async fn good_chain() {
    let ca = Ca::new();
    let client = Client::trusting(&ca.pem());
    let identity = ca.issue(&[HOST]);
    let [md5, _, sha256] = fingerprints(&identity);
    let session = client.meet(Server::new(identity)).await.unwrap();
    assert!(session.is_verified && !session.is_resumed);
    assert_eq!(session.version, "TLS 1.3");
    assert_eq!(session.md5, md5.to_uppercase());
    assert_eq!(session.sha256, sha256.to_uppercase());
}

#[tokio::test]
async fn names() {
    let ca = Ca::new();
    // SAN, CN, host, sslcommonname, whether it is good.
    type Case = (
        &'static [&'static str],
        &'static str,
        &'static str,
        Option<&'static str>,
        bool,
    );
    let cases: &[Case] = &[
        (&[HOST], "x", HOST, None, true),
        (&[HOST], "x", "MAIL.example.ORG", None, true),
        (&[HOST], "x", "mail.example.org.", None, true),
        (&["other.example.org"], HOST, HOST, None, false),
        (&["other.example.org", HOST], "x", HOST, None, true),
        (&["*.example.org"], "x", HOST, None, true),
        (&["*.example.org"], "x", "a.mail.example.org", None, false),
        (&["*.example.org"], "x", "example.org", None, false),
        (&["mail.*.org"], "x", HOST, None, false),
        (&["m*.example.org"], "x", HOST, None, false),
        (&["*.org"], "x", "example.org", None, false),
        (&[], HOST, HOST, None, true),
        (&[], "*.example.org", HOST, None, true),
        (&[], "other.example.org", HOST, None, false),
        (&["192.0.2.1"], "x", "192.0.2.1", None, true),
        (&["192.0.2.1"], "x", "192.0.2.2", None, false),
        (&["2001:db8::1"], "x", "2001:db8::1", None, true),
        (&[], "192.0.2.1", "192.0.2.1", None, false),
        (&["192.0.2.1"], HOST, HOST, None, true),
        (
            &["other.example.org"],
            "x",
            HOST,
            Some("other.example.org"),
            true,
        ),
        (&[HOST], "x", HOST, Some("other.example.org"), false),
        (&[], "Mail at home", "192.0.2.1", Some("mail at home"), true),
    ];
    for (san, common_name, host, wanted, is_good) in cases {
        let mut params = server_params(san);
        with_common_name(&mut params, common_name);
        let mut client = Client::trusting(&ca.pem());
        client.host = host;
        client.settings.common_name = wanted.map(str::to_owned);
        let result = client.meet(Server::new(ca.issue_with(params))).await;
        assert_eq!(
            result.is_ok(),
            *is_good,
            "{san:?} CN {common_name}, host {host}, sslcommonname {wanted:?}: {result:?}"
        );
    }
}

#[tokio::test]
async fn wrong_name_tells_both() {
    let ca = Ca::new();
    let client = Client::trusting(&ca.pem());
    let sentence = client
        .refused(Server::new(ca.issue(&["imap.example.net"])))
        .await;
    assert!(sentence.contains("wanted “mail.example.org”"), "{sentence}");
    assert!(sentence.contains("found “imap.example.net”"), "{sentence}");
}

#[tokio::test]
async fn nul_in_names_is_refused() {
    let ca = Ca::new();
    let client = Client::trusting(&ca.pem());
    let hostile = "mail.example.org\0.example.net";
    let mut in_san = server_params(&[]);
    in_san.subject_alt_names = vec![SanType::DnsName(hostile.try_into().unwrap())];
    let mut in_cn = server_params(&[]);
    with_common_name(&mut in_cn, hostile);
    for params in [in_san, in_cn] {
        let sentence = client.refused(Server::new(ca.issue_with(params))).await;
        assert!(!sentence.contains('\0'), "{sentence:?}");
    }
}

#[tokio::test]
async fn untrusted_issuers() {
    let ca = Ca::new();
    let client = Client::trusting(&ca.pem());

    let mut other = Ca::new();
    let sentence = client.refused(Server::new(other.issue(&[HOST]))).await;
    // Same name, another key: the signature is what counts.
    assert!(sentence.contains("not trusted"), "{sentence}");

    other = Ca::named("Nobody \x1b[31m");
    let sentence = client.refused(Server::new(other.issue(&[HOST]))).await;
    assert!(
        sentence.contains("issued by “Nobody \u{fffd}[31m”"),
        "{sentence}"
    );

    let own = self_signed(&server_params(&[HOST]));
    let sentence = client.refused(Server::new(own)).await;
    assert!(sentence.contains("signed it itself"), "{sentence}");

    // An authority of the same name changes nothing: Debian makes a certificate of its own for every
    // machine and puts it among them.
    let namesake = Client::trusting(&Ca::named(HOST).pem());
    let mut params = server_params(&[HOST]);
    params.key_usages.clear();
    let sentence = namesake.refused(Server::new(self_signed(&params))).await;
    assert!(sentence.contains("signed it itself"), "{sentence}");

    // The system's authorities, many or none, do not know it either.
    Client::bare().refused(Server::new(ca.issue(&[HOST]))).await;
}

#[tokio::test]
async fn dates() {
    let ca = Ca::new();
    let client = Client::trusting(&ca.pem());
    let mut old = server_params(&[HOST]);
    old.not_after = date_time_ymd(2021, 3, 4);
    let mut early = server_params(&[HOST]);
    early.not_before = date_time_ymd(2110, 5, 6);
    for (params, expected) in [
        (old, "valid until 2021-03-04"),
        (early, "before 2110-05-06"),
    ] {
        let signed = client
            .refused(Server::new(ca.issue_with(params.clone())))
            .await;
        assert!(signed.contains(expected), "{signed}");
        // A certificate named in sslcertfile does not outlive its dates either.
        let own = self_signed(&params);
        let exact = Client::trusting(&pem(&own));
        let sentence = exact.refused(Server::new(own)).await;
        assert!(sentence.contains(expected), "{sentence}");
    }
}

#[tokio::test]
async fn purpose() {
    let ca = Ca::new();
    let client = Client::trusting(&ca.pem());
    let mut params = server_params(&[HOST]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let own = self_signed(&params);
    let exact = Client::trusting(&pem(&own));
    for (client, identity) in [(client, ca.issue_with(params)), (exact, own)] {
        let sentence = client.refused(Server::new(identity)).await;
        assert!(sentence.contains("not meant for servers"), "{sentence}");
    }
    let mut params = server_params(&[HOST]);
    params.extended_key_usages.clear();
    let client = Client::trusting(&ca.pem());
    assert!(
        client
            .meet(Server::new(ca.issue_with(params)))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn pins_narrow() {
    let ca = Ca::new();
    let params = server_params(&[HOST]);
    for check in [true, false] {
        for kind in 0..3 {
            let mut client = Client::trusting(&ca.pem());
            client.settings.check = check;

            let identity = ca.issue_with(params.clone());
            client.settings.fingerprint = Some(fingerprints(&identity)[kind].clone());
            assert!(client.meet(Server::new(identity)).await.is_ok());

            // The same names again with another key.
            let again = ca.issue_with(params.clone());
            let shown = fingerprints(&again)[kind].to_uppercase();
            let sentence = client.refused(Server::new(again)).await;
            assert!(sentence.contains(&shown), "{sentence}");
        }
    }
}

#[tokio::test]
async fn pin_does_not_excuse_a_bad_chain() {
    let client = |identity: &Identity, check| {
        let mut client = Client::trusting(&Ca::new().pem());
        client.settings.fingerprint = Some(fingerprints(identity)[2].clone());
        client.settings.check = check;
        client
    };
    let stranger = Ca::new().issue(&[HOST]);
    let checking = client(&stranger, true);
    checking.refused(Server::new(stranger)).await;
    let stranger = Ca::new().issue(&[HOST]);
    let trusting = client(&stranger, false);
    let session = trusting.meet(Server::new(stranger)).await.unwrap();
    assert!(!session.is_verified);
}

#[tokio::test]
async fn fingerprint_that_is_none() {
    for bad in ["", "AA:BB", "not hex"] {
        let mut client = Client::bare();
        client.settings.fingerprint = Some(bad.to_owned());
        assert!(
            matches!(client.setup(), Err(Error::TlsSettings { .. })),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn leaf_in_the_file_vouches_for_itself_only() {
    let own = self_signed(&server_params(&[HOST]));
    let client = Client::trusting(&pem(&own));
    assert!(client.meet(Server::new(own)).await.unwrap().is_verified);

    let own = self_signed(&server_params(&["imap.example.net"]));
    let client = Client::trusting(&pem(&own));
    client.refused(Server::new(own)).await;

    // A certificate that may not sign does not become an authority by being named.
    let mut params = server_params(&[HOST]);
    params.is_ca = rcgen::IsCa::ExplicitNoCa;
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
    let client = Client::trusting(&leaf.pem());
    let child_key = rcgen::KeyPair::generate().unwrap();
    let child = server_params(&[HOST]).signed_by(&child_key, &leaf).unwrap();
    let key = rustls_pki_types::PrivatePkcs8KeyDer::from(child_key.serialize_der());
    let identity = (vec![child.der().clone()], key.into());
    client.refused(Server::new(identity)).await;
}

#[tokio::test]
async fn check_switched_off() {
    let mut late = server_params(&["imap.example.net"]);
    late.not_after = date_time_ymd(2021, 3, 4);
    let mut client = Client::bare();
    client.settings.check = false;
    let session = client.meet(Server::new(self_signed(&late))).await.unwrap();
    assert!(!session.is_verified);

    let ca = Ca::new();
    let mut client = Client::trusting(&ca.pem());
    client.settings.check = false;
    let session = client.meet(Server::new(ca.issue(&[HOST]))).await.unwrap();
    assert!(session.is_verified);
}

#[tokio::test]
async fn directory_of_certificates() {
    let ca = Ca::new();
    let mut client = Client::bare();
    client.settings.cert_path = Some(client.dir.path().to_owned());
    assert!(matches!(client.setup(), Err(Error::TlsSettings { .. })));
    client.file("notes.txt", "nothing here");
    client.file("9f1e2a3b.0", &Ca::new().pem());
    client.file("home", &ca.pem());
    assert!(client.meet(Server::new(ca.issue(&[HOST]))).await.is_ok());
    client.refused(Server::new(Ca::new().issue(&[HOST]))).await;
}

#[tokio::test]
async fn files_that_cannot_be_used() {
    let settings = |edit: &dyn Fn(&mut account::Tls, &Client)| {
        let mut client = Client::bare();
        let mut settings = client.settings.clone();
        edit(&mut settings, &client);
        client.settings = settings;
        match client.setup() {
            Err(Error::TlsSettings { sentence }) => sentence,
            other => panic!("{other:?}"),
        }
    };
    let sentence = settings(&|s, c| s.cert_file = Some(c.dir.path().join("absent.pem")));
    assert!(sentence.contains("absent.pem cannot be read"), "{sentence}");
    let sentence = settings(&|s, c| s.cert_file = Some(c.file("empty.pem", "")));
    assert!(sentence.contains("no certificate"), "{sentence}");
    let sentence = settings(&|s, c| s.cert_path = Some(c.dir.path().join("absent")));
    assert!(sentence.contains("cannot be read"), "{sentence}");
    let locked =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let sentence = settings(&|s, c| {
        s.cert = Some(c.file("cert.pem", &Ca::new().pem()));
        s.key = Some(c.file("key.pem", locked));
    });
    assert!(sentence.contains("is encrypted"), "{sentence}");
    let sentence = settings(&|s, _| s.proto = Some("tls1.1".to_owned()));
    assert!(sentence.contains("plugin"), "{sentence}");
}

#[tokio::test]
async fn versions() {
    let ca = Ca::new();
    // sslproto, what the server speaks, what comes of it.
    type Case<'a> = (
        Option<&'a str>,
        &'a [&'static SupportedProtocolVersion],
        Option<&'a str>,
    );
    let cases: [Case<'_>; 7] = [
        (None, &[&TLS12], Some("TLS 1.2")),
        (None, &[&TLS13], Some("TLS 1.3")),
        (Some("tls1.2"), &[&TLS13, &TLS12], Some("TLS 1.2")),
        (Some("tls1.2"), &[&TLS13], None),
        (Some("tls1.3"), &[&TLS12], None),
        (Some("tls1.3+"), &[&TLS13, &TLS12], Some("TLS 1.3")),
        (Some(""), &[&TLS13, &TLS12], Some("TLS 1.3")),
    ];
    for (proto, spoken, expected) in cases {
        let mut client = Client::trusting(&ca.pem());
        client.settings.proto = proto.map(str::to_owned);
        let server = Server::speaking(ca.issue(&[HOST]), spoken);
        match expected {
            Some(version) => assert_eq!(client.meet(server).await.unwrap().version, version),
            None => {
                let sentence = client.failed(server).await;
                assert!(sentence.contains("in common"), "{proto:?}: {sentence}");
            }
        }
    }
}

#[tokio::test]
async fn sessions_are_resumed() {
    for version in [&TLS12, &TLS13] {
        let ca = Ca::new();
        let client = Client::trusting(&ca.pem());
        let setup = client.setup().unwrap();
        let identity = ca.issue(&[HOST]);
        let [md5, ..] = fingerprints(&identity);
        let server = Server::speaking(identity, &[version]);
        let mut resumed = Vec::new();
        for _ in 0..2 {
            let (ours, theirs) = duplex(4096);
            let mut conn = client.conn(ours, Arc::clone(&setup));
            let again = Server {
                config: Arc::clone(&server.config),
            };
            let mut talk = Talk::ping().after_tls();
            let (heard, ()) = tokio::join!(conn.next(&mut talk), again.serve(theirs));
            heard.unwrap();
            let session = conn.tls().unwrap();
            assert_eq!(session.md5, md5.to_uppercase());
            resumed.push(session.is_resumed);
        }
        assert_eq!(resumed, [false, true], "{version:?}");
    }
}

#[tokio::test]
async fn client_certificates() {
    let server_ca = Ca::new();
    let client_ca = Ca::new();
    let server = |versions: &[&'static SupportedProtocolVersion]| {
        let (chain, key) = server_ca.issue(&[HOST]);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        let pem = client_ca.pem();
        roots
            .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
            Arc::new(roots),
            Arc::clone(&provider),
        )
        .build()
        .unwrap();
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .unwrap();
        Server {
            config: Arc::new(config),
        }
    };
    let mut params = server_params(&["me"]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let (good, bad) = (
        client_ca.issue_with(params.clone()),
        Ca::named("Another").issue_with(params),
    );
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let mut client = Client::trusting(&server_ca.pem());
        let sentence = client.failed(server(versions)).await;
        assert!(sentence.contains("sslcert"), "{sentence}");
        // One file stands for both.
        client.settings.key = Some(client.file("good.pem", &(pem(&good) + &key_pem(&good))));
        client.meet(server(versions)).await.unwrap();
        client.settings.key = Some(client.file("key.pem", &key_pem(&good)));
        client.settings.cert = Some(client.file("cert.pem", &pem(&good)));
        client.meet(server(versions)).await.unwrap();
        client.settings.key = Some(client.file("key.pem", &key_pem(&bad)));
        assert!(matches!(client.setup(), Err(Error::TlsSettings { .. })));
        client.settings.cert = Some(client.file("cert.pem", &pem(&bad)));
        let sentence = client.failed(server(versions)).await;
        assert!(sentence.contains("sslcert"), "{sentence}");
    }
}

/// Runs a handshake against a server that is none.
async fn against<F: Future<Output = ()>>(serve: impl FnOnce(DuplexStream) -> F) -> Error {
    let client = Client::bare();
    let (ours, theirs) = duplex(4096);
    let mut conn = client.conn(ours, client.setup().unwrap());
    let mut talk = Talk::ping().after_tls();
    let (result, ()) = tokio::join!(conn.next(&mut talk), serve(theirs));
    result.unwrap_err()
}

#[tokio::test]
async fn plain_text_in_place_of_a_handshake() {
    let error = against(|mut stream| async move {
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).await.unwrap();
        stream
            .write_all(b"+OK POP3 server ready\r\n")
            .await
            .unwrap();
    })
    .await;
    let sentence = error.to_string();
    assert!(sentence.contains("does not speak TLS here"), "{sentence}");
}

#[tokio::test]
async fn close_in_the_handshake() {
    let error = against(|mut stream| async move {
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).await.unwrap();
    })
    .await;
    let is_told = matches!(&error, Error::Tls { sentence, .. } if sentence.contains("closed"))
        || matches!(error, Error::Dropped { .. });
    assert!(is_told, "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn silence_in_the_handshake_ends() {
    let begin = tokio::time::Instant::now();
    let (done, wait) = tokio::sync::oneshot::channel::<()>();
    let serve = |stream: DuplexStream| async move {
        let _ = wait.await;
        drop(stream);
    };
    let client = async move {
        let error = against(|stream| async {
            tokio::spawn(serve(stream));
        })
        .await;
        drop(done);
        error
    };
    let error = client.await;
    assert_eq!(
        error,
        Error::TimedOut {
            host: HOST.to_owned(),
            seconds: 60
        }
    );
    assert_eq!(begin.elapsed(), Duration::from_secs(60));
}

#[tokio::test]
async fn close_without_close_notify_is_a_close() {
    let ca = Ca::new();
    let client = Client::trusting(&ca.pem());
    let config = Server::new(ca.issue(&[HOST])).config;
    let (ours, theirs) = duplex(4096);
    let mut conn = client.conn(ours, client.setup().unwrap());
    let serve = async {
        let mut stream = TlsAcceptor::from(config).accept(theirs).await.unwrap();
        let mut line = [0; 6];
        stream.read_exact(&mut line).await.unwrap();
        stream.write_all(b"one\r\ntwo with no end").await.unwrap();
        stream.flush().await.unwrap();
    };
    let talk = async {
        let mut talk = Talk::ping().after_tls().hearing(2);
        assert_eq!(conn.next(&mut talk).await.unwrap().unwrap(), b"one");
        conn.next(&mut talk).await.unwrap_err()
    };
    let (error, ()) = tokio::join!(talk, serve);
    assert_eq!(error, Error::Proto(postrider::proto::Error::Closed));
}
