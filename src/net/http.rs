//! HTTPS, as little of it as is needed: one request over a connection of its own, one bounded
//! answer. No cookies, no Referer, no proxy, no compression, no cache; never `http:`, and no
//! certificate that the world's authorities do not vouch for.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, LOCATION, USER_AGENT};
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::Url;

use super::place::Within;
use super::reach::reach;
use super::tls::{self, Setup};
use super::{Error as NetError, World};

/// Most that is ever taken of an answer, in octets.
pub const LARGEST: usize = 256 * 1024;
/// Most redirects that are followed.
pub const REDIRECTS: usize = 5;
/// Most that the head of an answer may take, in octets.
const HEAD: usize = 32 * 1024;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// `https://…`
    pub url: &'a str,
    /// What would be welcome, a list of media types.
    pub accept: &'static str,
    /// A form (`application/x-www-form-urlencoded`): then it is a POST, which follows no redirects,
    /// so that nothing in it goes anywhere else.
    pub form: Option<Bytes>,
    /// Most octets of the answer; never more than [`LARGEST`].
    pub limit: usize,
    /// Longest time for everything, redirects included.
    pub patience: Duration,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `200`
    pub status: u16,
    /// Media type, lower case, without parameters; empty if none was said.
    pub kind: String,
    /// The whole of it.
    pub body: Bytes,
    /// Where it came from in the end.
    pub url: String,
}

/// Why nothing came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Names, connection, TLS.
    #[error(transparent)]
    Net(#[from] NetError),
    /// An address that is not asked: `http:`, a bare number, a user name in it.
    #[error("{0} is not an address that is asked")]
    Address(String),
    /// One redirect led to the next.
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    /// More than the limit.
    #[error("the answer is longer than {0} octets")]
    TooLong(usize),
    /// No whole answer in time.
    #[error("no answer within {0} seconds")]
    TimedOut(u64),
    /// It is no HTTP, or it ended early: the reader's words.
    #[error("the answer cannot be read: {0}")]
    Broken(String),
}

/// Where each host may lead.
pub type Bounds = dyn Fn(&str) -> Within + Send + Sync;

/// Whoever asks. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    world: World,
    tls: Arc<Setup>,
    bounds: Arc<Bounds>,
}

impl Client {
    /// With the names and the authorities of this world. `bounds` is asked about each host, that of
    /// the first address and those of redirects.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(world: &World, bounds: Arc<Bounds>) -> Result<Self, Error> {
        Ok(Self {
            world: world.clone(),
            tls: Setup::strict(world)?,
            bounds,
        })
    }

    /// Asks. Each host is told to `asked` before anything is sent to it.
    ///
    /// # Errors
    /// There is no whole answer. One with another status than 200 is an answer.
    pub async fn send(
        &self,
        request: &Request<'_>,
        asked: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Answer, Error> {
        match timeout(request.patience, self.follow(request, asked)).await {
            Ok(result) => result,
            Err(_) => Err(Error::TimedOut(request.patience.as_secs())),
        }
    }

    async fn follow(
        &self,
        request: &Request<'_>,
        asked: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Answer, Error> {
        let mut url = Url::parse(request.url).map_err(|_| Error::Address(request.url.into()))?;
        for _ in 0..=REDIRECTS {
            let host = checked(&url)?.to_owned();
            asked(&host);
            let mut connection = self.open(&host, &url).await?;
            let answer = connection.ask(request, &host, &url).await?;
            match redirect(&answer) {
                Some(location) if request.form.is_none() => {
                    let next = url.join(location);
                    url = next.map_err(|_| Error::Address(location.to_owned()))?;
                }
                _ => return read(answer, request.limit.min(LARGEST), &url).await,
            }
        }
        Err(Error::Redirects)
    }

    async fn open(&self, host: &str, url: &Url) -> Result<Connection, Error> {
        let port = url.port_or_known_default().unwrap_or(443);
        let stream = reach(&self.world, host, port, (self.bounds)(host)).await?;
        let (stream, _) = tls::handshake(&self.tls, Box::new(stream), host).await?;
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(HEAD)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let mut task = JoinSet::new();
        task.spawn(async move {
            // What went wrong is told to whoever waits for the answer.
            let _ = driver.await;
        });
        Ok(Connection {
            sender,
            _driver: task,
        })
    }
}

/// One connection; closed when it is dropped.
struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    _driver: JoinSet<()>,
}

impl Connection {
    async fn ask(
        &mut self,
        request: &Request<'_>,
        host: &str,
        url: &Url,
    ) -> Result<Response<hyper::body::Incoming>, Error> {
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let agent = concat!("Postrider/", env!("CARGO_PKG_VERSION"));
        let mut builder = hyper::Request::builder()
            .method(match request.form {
                Some(_) => Method::POST,
                None => Method::GET,
            })
            .uri(path)
            .header(HOST, host)
            .header(USER_AGENT, agent)
            .header(ACCEPT, request.accept)
            .header(CONNECTION, "close");
        if request.form.is_some() {
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            builder = builder.header(CONTENT_TYPE, kind);
        }
        let body = Full::new(request.form.clone().unwrap_or_default());
        let built = builder.body(body);
        let built = built.map_err(|error| Error::Broken(error.to_string()))?;
        self.sender.send_request(built).await.map_err(broken)
    }
}

/// The host of an address that may be asked: by name, with TLS, without a user.
fn checked(url: &Url) -> Result<&str, Error> {
    let is_plain = url.username().is_empty() && url.password().is_none();
    match url.domain() {
        Some(host) if url.scheme() == "https" && is_plain && !is_here(host) => Ok(host),
        _ => Err(Error::Address(shown(url))),
    }
}

/// The names of this computer that need no DNS (RFC 6761 section 6.3): nobody's settings are here.
fn is_here(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// Fit to show: without query and user, which may hold anything.
fn shown(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

/// Where the answer sends us; RFC 9110 section 15.4. 300 and 304 lead nowhere by themselves.
fn redirect<T>(answer: &Response<T>) -> Option<&str> {
    let is_redirect = matches!(
        answer.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = answer.headers().get(LOCATION)?;
    location.to_str().ok().filter(|_| is_redirect)
}

async fn read(
    answer: Response<hyper::body::Incoming>,
    limit: usize,
    url: &Url,
) -> Result<Answer, Error> {
    let (head, body) = answer.into_parts();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(Error::TooLong(limit));
    }
    let whole = Limited::new(body, limit).collect().await;
    let whole = whole.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
        Some(_) => Error::TooLong(limit),
        None => Error::Broken(error.to_string()),
    })?;
    let kind = head.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    Ok(Answer {
        status: head.status.as_u16(),
        kind: kind.trim().to_ascii_lowercase(),
        body: whole.to_bytes(),
        url: url.to_string(),
    })
}

fn broken(error: hyper::Error) -> Error {
    Error::Broken(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_asked() {
        let check = |url: &str, expected: Option<&str>| {
            let url = Url::parse(url).unwrap();
            assert_eq!(checked(&url).ok(), expected, "{url}");
        };
        check("https://Example.org/x?y", Some("example.org"));
        check("https://example.org:8443/", Some("example.org"));
        check("https://bücher.example/", Some("xn--bcher-kva.example"));
        check("http://example.org/", None);
        check("ftp://example.org/", None);
        check("file:///etc/passwd", None);
        check("https://ann@example.org/", None);
        check("https://ann:pw@example.org/", None);
        check("https://127.0.0.1/", None);
        check("https://0x7f.1/", None);
        check("https://[::1]/", None);
    }

    #[test]
    fn redirects() {
        let check = |status: u16, location: Option<&str>, expected: Option<&str>| {
            let mut answer = Response::builder().status(status);
            if let Some(location) = location {
                answer = answer.header(LOCATION, location);
            }
            assert_eq!(redirect(&answer.body(()).unwrap()), expected, "{status}");
        };
        for status in [301, 302, 303, 307, 308] {
            check(status, Some("/x"), Some("/x"));
        }
        check(302, None, None);
        for status in [200, 201, 300, 304, 404] {
            check(status, Some("/x"), None);
        }
    }
}
