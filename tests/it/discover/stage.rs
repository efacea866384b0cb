//! A small internet in the test process: names, HTTPS and mail servers on loopback, and a record of
//! every octet that was sent to any of them.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use postrider::net::World;
use postrider::probe::discover::{self, Own};
use postrider::probe::found::{Found, State, Step, Wish};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

use super::names::{Names, Zone};
use crate::support::ca::{Ca, Identity};

/// Whom something was for, and its octets.
pub type Heard = (String, Vec<u8>);

/// What was sent to somebody, as it came: for TLS the records of the handshake, and what was inside.
#[derive(Clone, Default)]
pub struct Tape(Arc<Mutex<Vec<Heard>>>);

impl Tape {
    pub fn note(&self, to: &str, bytes: &[u8]) {
        self.0.lock().unwrap().push((to.to_owned(), bytes.to_vec()));
    }

    /// Everything, with whom it was for.
    pub fn all(&self) -> Vec<Heard> {
        self.0.lock().unwrap().clone()
    }

    /// Whom anything was sent to, or who was connected to.
    pub fn peers(&self) -> Vec<String> {
        let mut peers: Vec<String> = self.all().into_iter().map(|(to, _)| to).collect();
        peers.sort();
        peers.dedup();
        peers
    }

    /// What came at one peer, as text.
    pub fn of(&self, peer: &str) -> String {
        let all = self.all();
        let bytes = all.iter().filter(|(to, _)| to == peer);
        bytes
            .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    }
}

/// How an HTTPS server answers any request.
#[derive(Clone)]
pub enum Reply {
    /// This, and the connection ends.
    Raw(Vec<u8>),
    /// A head and then this for ever.
    Endless(String, Vec<u8>),
    /// Nothing.
    Silent,
}

impl Reply {
    /// 200 with XML.
    pub fn xml(body: &str) -> Self {
        Self::typed("text/xml; charset=utf-8", body)
    }

    pub fn typed(kind: &str, body: &str) -> Self {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}",
            body.len()
        );
        Self::Raw(format!("{head}\r\n\r\n{body}").into_bytes())
    }

    pub fn status(status: &str) -> Self {
        Self::Raw(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").into_bytes())
    }

    pub fn redirect(to: &str) -> Self {
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
        Self::Raw(head.into_bytes())
    }
}

/// What is behind a port.
#[derive(Clone)]
pub enum Service {
    /// HTTPS: path to answer; other paths are 404.
    Web(Vec<(String, Reply)>),
    /// A mail server: its greeting, and what it lists.
    Mail {
        greeting: &'static str,
        list: &'static str,
        is_tls: bool,
    },
    /// A greeting, and what follows for ever: at once if there is no greeting, else when something
    /// was heard.
    Endless {
        greeting: &'static str,
        chunk: &'static str,
        is_tls: bool,
    },
    /// It accepts and says nothing.
    Mute,
}

/// The small internet.
pub struct Stage {
    pub ca: Ca,
    pub tape: Tape,
    pub names: Zone,
    table: HashMap<(String, u16), Vec<SocketAddr>>,
    faces: HashMap<SocketAddr, IpAddr>,
    /// Every host has an address of its own, and its ports are its ports.
    addresses: Option<HashMap<String, Ipv4Addr>>,
    tasks: JoinSet<()>,
}

impl Stage {
    pub fn new() -> Self {
        Self {
            ca: Ca::new(),
            tape: Tape::default(),
            names: Zone::default(),
            table: HashMap::new(),
            faces: HashMap::new(),
            addresses: None,
            tasks: JoinSet::new(),
        }
    }

    /// For a network of its own, in which every address is this computer's.
    pub fn alone() -> Self {
        Self {
            addresses: Some(HashMap::new()),
            ..Self::new()
        }
    }

    /// The address of a host; the name server knows it.
    pub fn address(&mut self, host: &str) -> Option<Ipv4Addr> {
        let known = self.addresses.as_mut()?;
        let next = Ipv4Addr::new(203, 0, 113, 60 + u8::try_from(known.len()).unwrap());
        let address = *known.entry(host.to_owned()).or_insert(next);
        if address == next {
            self.names.address(host, address);
        }
        Some(address)
    }

    /// Whose address this is.
    pub fn host_at(&self, address: IpAddr) -> Option<&str> {
        let known = self.addresses.as_ref()?;
        let is_it = |(_, at): &(&String, &Ipv4Addr)| IpAddr::V4(**at) == address;
        known.iter().find(is_it).map(|(host, _)| &**host)
    }

    /// The name server, at its usual port.
    pub async fn answer_names(&mut self, at: Ipv4Addr) {
        let at = SocketAddr::from((at, 53));
        let names = Names::start_at(at, self.names.clone(), self.tape.clone()).await;
        self.tasks.spawn(names.run());
    }

    /// Puts a service there, with a certificate for its name.
    pub async fn serve(&mut self, host: &str, port: u16, service: Service) {
        let identity = self.ca.issue(&[host]);
        self.serve_with(host, port, service, identity).await;
    }

    /// The same with any certificate.
    pub async fn serve_with(
        &mut self,
        host: &str,
        port: u16,
        service: Service,
        identity: Identity,
    ) {
        let at = match self.address(host) {
            Some(address) => SocketAddr::from((address, port)),
            None => SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        self.serve_at(at, host, port, service, identity).await;
    }

    /// The same at this address.
    pub async fn serve_at(
        &mut self,
        at: SocketAddr,
        host: &str,
        port: u16,
        service: Service,
        identity: Identity,
    ) {
        let listener = TcpListener::bind(at).await.unwrap();
        let address = listener.local_addr().unwrap();
        self.table.insert((host.to_owned(), port), vec![address]);
        let peer = format!("{host}:{port}");
        let tape = self.tape.clone();
        let tls = acceptor(identity);
        self.tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                tape.note(&peer, b"");
                let tee = Tee {
                    stream,
                    tape: tape.clone(),
                    peer: peer.clone(),
                };
                sessions.spawn(session(tee, service.clone(), tls.clone()));
            }
        });
    }

    /// What was put there stands for this address.
    pub fn face(&mut self, host: &str, address: &str) {
        let face: IpAddr = address.parse().unwrap();
        let at = self.table.iter().filter(|((name, _), _)| name == host);
        let faces = at.flat_map(|(_, addresses)| addresses.iter().map(|at| (*at, face)));
        self.faces.extend(faces);
    }

    /// One more address for it, of a trap.
    pub async fn also(&mut self, host: &str, port: u16) -> SocketAddr {
        self.serve("trap", port, Service::Mute).await;
        let trap = self.table[&("trap".to_owned(), port)][0];
        let of = self.table.get_mut(&(host.to_owned(), port)).unwrap();
        of.insert(0, trap);
        trap
    }

    /// One address stands for another.
    pub fn face_at(&mut self, address: SocketAddr, face: &str) {
        self.faces.insert(address, face.parse().unwrap());
    }

    /// The settings page of a domain.
    pub async fn autoconfig(&mut self, domain: &str, reply: Reply) {
        let path = "/mail/config-v1.1.xml".to_owned();
        let web = Service::Web(vec![(path, reply)]);
        self.serve(&format!("autoconfig.{domain}"), 443, web).await;
    }

    /// The database, with these entries.
    pub async fn database(&mut self, entries: &[(&str, Reply)]) {
        let pages = entries
            .iter()
            .map(|(domain, reply)| (format!("/v1.1/{domain}"), reply.clone()));
        let web = Service::Web(pages.collect());
        self.serve("autoconfig.thunderbird.net", 443, web).await;
    }

    /// The name exists and nobody listens there.
    pub fn nobody(&mut self, host: &str, port: u16, address: SocketAddr) {
        self.table.insert((host.to_owned(), port), vec![address]);
    }

    /// Opens the curtain.
    pub async fn world(&mut self) -> World {
        let names = Names::start(self.names.clone(), self.tape.clone()).await;
        let address = names.address;
        self.tasks.spawn(names.run());
        let authority = CertificateDer::from_pem_slice(self.ca.pem().as_bytes()).unwrap();
        World::of(self.table.clone(), address, vec![authority]).facing(self.faces.clone())
    }

    /// Asks with everything allowed.
    pub async fn find(&mut self, domain: &str) -> Found {
        let world = self.world().await;
        find(&world, &wish(domain)).await
    }
}

/// Everything is allowed.
pub fn wish(domain: &str) -> Wish {
    Wish {
        domain: domain.to_owned(),
        online: true,
        only_table: false,
    }
}

/// Asks, and looks at what was told on the way.
pub async fn find(world: &World, wish: &Wish) -> Found {
    let mut told = Vec::new();
    let found = discover::run(world, wish, Own::default(), |found| {
        told.push(found.clone())
    });
    let found = found.await.unwrap();
    assert_eq!(told.last(), Some(&found), "the end is told too");
    assert!(told.iter().rev().skip(1).all(|it| !it.is_done));
    found
}

/// `Found 2`, `Nothing`, `Failed`, `Skipped` of a step.
pub fn state(found: &Found, step: Step) -> String {
    match &found.steps[step as usize].state {
        State::Found(count) => format!("Found {count}"),
        State::Failed(_) => "Failed".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The states of all steps in their order.
pub fn states(found: &Found) -> Vec<String> {
    Step::ALL.iter().map(|step| state(found, *step)).collect()
}

/// `Imap mail.example.org 993 Tls`, with ` weak` behind it.
pub fn ways(found: &Found) -> Vec<String> {
    let show = |it: &postrider::probe::Candidate| {
        let weak = if it.is_weak { " weak" } else { "" };
        format!(
            "{:?} {} {} {:?}{weak}",
            it.protocol, it.host, it.port, it.security
        )
    };
    found.candidates.iter().map(show).collect()
}

/// The sentence of a failed step, and all its notes.
pub fn words(found: &Found, step: Step) -> String {
    let progress = &found.steps[step as usize];
    let failed = match &progress.state {
        State::Failed(sentence) => sentence.as_str(),
        _ => "",
    };
    format!("{failed} {}", progress.notes.join(" "))
}

/// A settings file with one server for IMAP.
pub fn settings(host: &str) -> String {
    server("imap", host, "993", "SSL")
}

/// A settings file with this server.
pub fn server(kind: &str, host: &str, port: &str, socket: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><clientConfig version=\"1.1\"><emailProvider id=\"x\">\
         <incomingServer type=\"{kind}\"><hostname>{host}</hostname><port>{port}</port>\
         <socketType>{socket}</socketType><username>%EMAILADDRESS%</username>\
         <authentication>password-cleartext</authentication></incomingServer>\
         </emailProvider></clientConfig>"
    )
}

fn acceptor((chain, key): Identity) -> TlsAcceptor {
    let provider = ring::default_provider();
    let key = provider.key_provider.load_private_key(key).unwrap();
    // Whatever certificate it is, nobody here looks at it.
    let certified = SingleCertAndKey::from(CertifiedKey::new(chain, key));
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(certified));
    TlsAcceptor::from(Arc::new(config))
}

async fn session(tee: Tee, service: Service, tls: TlsAcceptor) {
    let (tape, peer) = (tee.tape.clone(), tee.peer.clone());
    let is_tls = match &service {
        Service::Web(_) => true,
        Service::Mail { is_tls, .. } | Service::Endless { is_tls, .. } => *is_tls,
        Service::Mute => false,
    };
    let stream: Box<dyn Both> = match is_tls {
        true => match tls.accept(tee).await {
            Ok(stream) => Box::new(Tee { stream, tape, peer }),
            Err(_) => return,
        },
        false => Box::new(tee),
    };
    // How it ends is the client's business.
    let _ = match service {
        Service::Web(pages) => web(stream, &pages).await,
        Service::Mail { greeting, list, .. } => mail(stream, greeting, list).await,
        Service::Endless {
            greeting, chunk, ..
        } => endless(stream, greeting, chunk).await,
        Service::Mute => {
            std::future::pending::<()>().await;
            Ok(())
        }
    };
}

async fn web(stream: Box<dyn Both>, pages: &[(String, Reply)]) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    stream.read_line(&mut request).await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 2 {
        line.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let page = pages.iter().find(|(known, _)| known == path);
    let reply = page.map_or_else(
        || Reply::status("404 Not Found"),
        |(_, reply)| reply.clone(),
    );
    match reply {
        Reply::Raw(bytes) => stream.write_all(&bytes).await?,
        Reply::Endless(head, bytes) => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(&bytes).await?;
            }
        }
        Reply::Silent => std::future::pending().await,
    }
    stream.shutdown().await
}

async fn mail(stream: Box<dyn Both>, greeting: &str, list: &str) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(greeting.as_bytes()).await?;
    stream.flush().await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        stream.write_all(list.as_bytes()).await?;
        stream.flush().await?;
        line.clear();
    }
    Ok(())
}

async fn endless(mut stream: Box<dyn Both>, greeting: &str, chunk: &str) -> io::Result<()> {
    let mut buffer = [0; 1024];
    if !greeting.is_empty() {
        stream.write_all(greeting.as_bytes()).await?;
        stream.flush().await?;
        let _ = stream.read(&mut buffer).await?;
    }
    let chunk = chunk.repeat(4096 / chunk.len());
    loop {
        stream.write_all(chunk.as_bytes()).await?;
    }
}

trait Both: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Both for T {}

/// A stream that is recorded.
struct Tee<S = TcpStream> {
    stream: S,
    tape: Tape,
    peer: String,
}

impl<S: AsyncRead + Unpin> AsyncRead for Tee<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let done = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.tape.note(&self.peer, &buf.filled()[before..]);
        }
        done
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tee<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
