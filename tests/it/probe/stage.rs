//! A host in the test process: what is behind each of its ports, and a record of what it was told.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use postrider::net::World;
use postrider::probe::report::{Report, Row};
use postrider::probe::request::Request;
use postrider::probe::run::run;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::ring};
use tokio_util::sync::CancellationToken;

use crate::support::ca::{Ca, Identity};

pub const HOST: &str = "mail.example.org";

/// How a port behaves. Answers are looked up by a word of the command; `%` stands for its tag, and an
/// answer that ends with `<TLS>` is followed by the handshake.
#[derive(Clone)]
pub struct Script {
    pub tls: Option<Arc<ServerConfig>>,
    /// Versions of TLS before 1.2 that it takes, by their numbers; a handshake never ends there.
    pub old: Vec<u16>,
    pub is_implicit: bool,
    pub greeting: Vec<u8>,
    pub clear: Vec<(&'static str, String)>,
    pub inside: Vec<(&'static str, String)>,
    /// After everything it says it says this for ever.
    pub floods: Option<Vec<u8>>,
    /// One octet, then a pause.
    pub pause: Option<Duration>,
    /// How long it takes to greet.
    pub late: Duration,
}

impl Script {
    pub fn new(greeting: &str, clear: &[(&'static str, &str)]) -> Self {
        let owned = |(word, answer): &(&'static str, &str)| (*word, (*answer).to_owned());
        Self {
            tls: None,
            old: Vec::new(),
            is_implicit: false,
            greeting: line(greeting),
            clear: clear.iter().map(owned).collect(),
            inside: Vec::new(),
            floods: None,
            pause: None,
            late: Duration::ZERO,
        }
    }

    /// Silence.
    pub fn mute() -> Self {
        let mut script = Self::new("", &[]);
        script.greeting.clear();
        script
    }

    /// With TLS, begun by a word.
    pub fn then(mut self, identity: Identity, inside: &[(&'static str, &str)]) -> Self {
        self.tls = Some(config(identity));
        let owned = |(word, answer): &(&'static str, &str)| (*word, (*answer).to_owned());
        self.inside = inside.iter().map(owned).collect();
        self
    }

    /// With TLS from the first byte.
    pub fn within(mut self, identity: Identity) -> Self {
        self.tls = Some(config(identity));
        self.is_implicit = true;
        self
    }
}

fn config((chain, key): Identity) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

fn line(text: &str) -> Vec<u8> {
    format!("{text}\r\n").into_bytes()
}

pub fn imap(identity: Identity) -> Script {
    Script::new(
        "* OK [CAPABILITY IMAP4rev1 SASL-IR ID IDLE AUTH=PLAIN AUTH=LOGIN] Dovecot ready.",
        &IMAP,
    )
    .within(identity)
}

pub const IMAP: [(&str, &str); 3] = [
    (
        "ID",
        "* ID (\"name\" \"Dovecot\" \"version\" \"2.3.21\")\r\n% OK done",
    ),
    (
        "CAPABILITY",
        "* CAPABILITY IMAP4rev1 ID IDLE AUTH=PLAIN\r\n% OK done",
    ),
    ("LOGOUT", "* BYE bye\r\n% OK done"),
];

pub const POP3: [(&str, &str); 2] = [
    (
        "CAPA",
        "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nUSER\r\nSASL PLAIN\r\n.",
    ),
    ("QUIT", "+OK bye"),
];

/// The host.
pub struct Stage {
    pub ca: Ca,
    table: HashMap<(String, u16), Vec<SocketAddr>>,
    heard: Arc<Mutex<Vec<String>>>,
    open: Arc<Mutex<(usize, usize)>>,
    tasks: JoinSet<()>,
}

impl Stage {
    pub fn new() -> Self {
        Self {
            ca: Ca::new(),
            table: HashMap::new(),
            heard: Arc::default(),
            open: Arc::default(),
            tasks: JoinSet::new(),
        }
    }

    /// A good certificate.
    pub fn identity(&self) -> Identity {
        self.ca.issue(&[HOST])
    }

    /// Puts a script behind a port of the host; its real port is returned.
    pub async fn serve(&mut self, port: u16, script: Script) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let (heard, open) = (self.heard.clone(), self.open.clone());
        self.tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (script, heard, open) = (script.clone(), heard.clone(), open.clone());
                sessions.spawn(async move {
                    {
                        let mut open = open.lock().unwrap();
                        open.0 += 1;
                        open.1 = open.1.max(open.0);
                    }
                    // How it ended is the client's business.
                    let _ = session(stream, script, &heard).await;
                    open.lock().unwrap().0 -= 1;
                });
            }
        });
        self.lead(port, at);
        at.port()
    }

    /// Leads a port of the host somewhere.
    pub fn lead(&mut self, port: u16, to: SocketAddr) {
        let addresses = self.table.entry((HOST.to_owned(), port)).or_default();
        addresses.push(to);
    }

    /// Something to run beside.
    pub fn spawn(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    pub fn world(&self) -> World {
        let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
        let ca = CertificateDer::from_pem_slice(self.ca.pem().as_bytes()).unwrap();
        World::of(self.table.clone(), nobody, vec![ca])
    }

    pub fn request() -> Request {
        let mut request = Request::new(HOST);
        request.timeout = Duration::from_secs(3);
        request
    }

    pub async fn probe(&self, request: &Request) -> Report {
        let stop = CancellationToken::new();
        run(request, &self.world(), &stop, |_| ()).await
    }

    /// The row of a port of the usual request.
    pub async fn row(&self, port: u16) -> Row {
        self.row_within(port, Duration::from_secs(3)).await
    }

    pub async fn row_within(&self, port: u16, timeout: Duration) -> Row {
        let mut request = Self::request();
        (request.ports, request.only_ports, request.timeout) = (vec![port], true, timeout);
        let mut report = self.probe(&request).await;
        assert!(report.is_done);
        assert_eq!(report.rows.len(), 1, "{report:#?}");
        report.rows.remove(0)
    }

    /// Every line that was said to the host, inside TLS too.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// Most connections at one moment.
    pub fn most_at_once(&self) -> usize {
        self.open.lock().unwrap().1
    }
}

trait Both: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Both for T {}

async fn session(stream: TcpStream, script: Script, heard: &Mutex<Vec<String>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream: Box<dyn Both> = Box::new(stream);
    let acceptor = script.tls.clone().map(TlsAcceptor::from);
    if let Some(acceptor) = acceptor.as_ref().filter(|_| script.is_implicit) {
        match secure(BufReader::new(stream), acceptor, &script).await? {
            Some(inside) => stream = inside,
            None => return Ok(()),
        }
    }
    tokio::time::sleep(script.late).await;
    say(&mut stream, &script.greeting, &script).await?;
    let mut answers = &script.clear;
    let mut lines = BufReader::new(stream);
    loop {
        let mut came = Vec::new();
        if lines.read_until(b'\n', &mut came).await? == 0 {
            return Ok(());
        }
        // A hello of TLS where nobody speaks it: host name and versions, no more.
        if came.starts_with(&[0x16, 3]) {
            heard.lock().unwrap().push("HELLO".to_owned());
            if script.greeting.is_empty() {
                // Its octets are random, line ends among them: none is a command.
                while lines.read_until(b'\n', &mut came).await? > 0 {}
            }
            return Ok(());
        }
        let said = String::from_utf8_lossy(&came).trim_end().to_owned();
        let words: Vec<String> = said.split(' ').map(str::to_ascii_uppercase).collect();
        heard.lock().unwrap().push(said.clone());
        let tag = said.split(' ').next().unwrap_or_default();
        let found = answers
            .iter()
            .find(|(word, _)| words.iter().any(|w| w == word));
        let answer = found.map_or("% BAD what", |(_, answer)| answer.as_str());
        let answer = answer.replace('%', tag);
        if let Some(answer) = answer.strip_suffix("<TLS>") {
            lines.write_all(answer.as_bytes()).await?;
            lines.flush().await?;
            let Some(acceptor) = &acceptor else {
                return Ok(());
            };
            match secure(lines, acceptor, &script).await? {
                Some(inside) => lines = BufReader::new(inside),
                None => return Ok(()),
            }
            answers = &script.inside;
            continue;
        }
        let is_last = words.iter().any(|w| w == "LOGOUT" || w == "QUIT");
        say(lines.get_mut(), &line(&answer), &script).await?;
        if is_last {
            return lines.shutdown().await;
        }
    }
}

/// The handshake; of one in an old version only the first answer, and then it is over.
async fn secure(
    mut stream: BufReader<Box<dyn Both>>,
    acceptor: &TlsAcceptor,
    script: &Script,
) -> io::Result<Option<Box<dyn Both>>> {
    // Behind the heads of record and message (RFC 5246 section 7.4.1.2).
    let hello = stream.fill_buf().await?;
    let asked = hello
        .get(9..11)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let fit = script.old.iter().filter(|old| Some(**old) <= asked);
    let Some(version) = fit.max().filter(|_| asked < Some(0x0303)) else {
        return Ok(Some(Box::new(acceptor.accept(stream).await?)));
    };
    let [major, minor] = version.to_be_bytes();
    let mut answer = vec![22, major, minor, 0, 42, 2, 0, 0, 38, major, minor];
    answer.extend([7; 32]);
    // No session, a cipher, no compression.
    answer.extend([0, 0, 0x2f, 0]);
    stream.write_all(&answer).await?;
    stream.shutdown().await?;
    Ok(None)
}

async fn say(stream: &mut Box<dyn Both>, bytes: &[u8], script: &Script) -> io::Result<()> {
    match script.pause {
        Some(pause) => {
            for byte in bytes {
                stream.write_all(&[*byte]).await?;
                stream.flush().await?;
                tokio::time::sleep(pause).await;
            }
        }
        None => stream.write_all(bytes).await?,
    }
    stream.flush().await?;
    while let Some(flood) = &script.floods {
        stream.write_all(flood).await?;
    }
    Ok(())
}

/// The report without what differs from run to run.
pub fn settled(mut report: Report) -> Report {
    report.at = SystemTime::UNIX_EPOCH;
    report.took = Duration::from_millis(500);
    for row in &mut report.rows {
        for time in [
            &mut row.times.connect,
            &mut row.times.tls,
            &mut row.times.greeting,
        ] {
            *time = time.map(|_| Duration::from_millis(20));
        }
        row.times.all = Duration::from_millis(60);
        row.lines
            .iter_mut()
            .for_each(|line| line.at = Duration::ZERO);
        let chain = row.tls.iter_mut().flat_map(|tls| &mut tls.shown.chain);
        chain.for_each(|one| one.sha256 = "…".to_owned());
    }
    report
}
