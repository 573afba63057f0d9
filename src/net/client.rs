//! The client: whole small bodies, or streams; each request sent again where that may help.

use super::body::Body;
use super::conditional::{Changed, Validators};
use super::error::{NetError, NetErrorKind};
use super::exchange::{FailedRequest, LazyExchange, Wanted};
use super::file;
use super::redact::RedactedUrl;
use super::retry::Backoff;
use super::servers;
use super::settings::NetSettings;
use super::waiting::RequestState;
use reqwest::Url;
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

/// Reads `https`, `http` and `file` URLs. Cheap to make and to clone: the connection pool is started with the
/// first request over the network, and certificates are read with the first one that needs them.
#[derive(Clone)]
pub struct Client {
    shared: Arc<LazyExchange>,
    /// Whether another source is left, so that where nobody listens is not asked again.
    is_hurried: bool,
    /// Who notes how its requests stand.
    states: Vec<Arc<RequestState>>,
}

impl Client {
    /// A client that follows `settings`.
    pub fn new(settings: NetSettings) -> Self {
        Self { shared: Arc::new(LazyExchange::new(settings)), is_hurried: false, states: Vec::new() }
    }

    /// The same client for when something else is left to ask: it does not try a connection twice.
    #[must_use]
    pub fn hurried(&self) -> Self {
        Self { is_hurried: true, ..self.clone() }
    }

    /// The same client, which notes in `state` that a server has begun to answer, and looks there whether anybody waits.
    #[must_use]
    pub fn noting(&self, state: &Arc<RequestState>) -> Self {
        let mut client = self.clone();
        client.states.push(Arc::clone(state));
        client
    }

    /// The whole body of `url`, at most `limit` bytes. An attempt that fails midway is repeated.
    pub fn read(&self, url: &Url, limit: u64) -> Result<Vec<u8>, NetError> {
        self.persist(url, |backoff| {
            let mut body = self.begin(url, Wanted::Whole, backoff)?.limited(limit).map_err(plain)?;
            collect(&mut body, backoff).map_err(plain)
        })
    }

    /// As [`Client::read`], unless the server says that what it sent earlier with these `earlier` validators is
    /// still what it has. A `file` URL always gives its body, as does a server that was given no validator.
    pub fn read_if_changed(&self, url: &Url, limit: u64, earlier: &Validators) -> Result<Changed, NetError> {
        self.persist(url, |backoff| {
            let body = self.begin(url, Wanted::IfChanged(earlier), backoff)?;
            if body.is_unchanged() {
                return Ok(Changed::No);
            }
            let validators = body.validators();
            let mut body = body.limited(limit).map_err(plain)?;
            let data = collect(&mut body, backoff).map_err(plain)?;
            Ok(Changed::To { data, validators })
        })
    }

    /// The body of `url` as a stream. Attempts are repeated until the answer begins; what happens to a
    /// connection that is cut later is described at [`Body`].
    pub fn open(&self, url: &Url) -> Result<Body, NetError> {
        self.persist(url, |backoff| {
            let body = self.begin(url, Wanted::Whole, backoff)?;
            if body.is_called_html() {
                return Err(plain(body.error(NetErrorKind::Html)));
            }
            Ok(body)
        })
    }

    pub(super) fn shared(&self) -> &Arc<LazyExchange> {
        &self.shared
    }

    fn persist<T>(
        &self,
        url: &Url,
        attempt: impl Fn(&Backoff) -> Result<T, FailedRequest>,
    ) -> Result<T, NetError> {
        let limits = self.shared.settings().limits;
        let server = servers::name(url, None);
        // Whoever asked another request to wait means this one too.
        std::thread::sleep(self.shared.servers().pause(&server));
        let mut backoff = Backoff::new(limits);
        let mut has_waited = false;
        let began = Instant::now();
        loop {
            let failure = match attempt(&backoff) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            // A local file is not a network: what fails there fails again.
            // One that asks to wait is asked once more, and no oftener.
            let is_final = url.scheme() == "file"
                || failure.is_gone()
                || self.is_hurried && failure.error.is_refused_or_silent()
                || has_waited && failure.error.is_overloaded();
            let pause = Some(&failure)
                .filter(|failure| !is_final && failure.error.is_transient())
                .and_then(|failure| backoff.next(failure.retry_after()));
            let asked = failure.retry_after().filter(|wait| !wait.is_zero());
            let pause = match (pause, asked) {
                (Some(pause), Some(wait)) => {
                    let (servers, settings) = (self.shared.servers(), self.shared.settings());
                    servers.wait_as_asked(&server, &failure.error, wait.max(pause), settings)
                }
                (pause, _) => pause,
            };
            match pause {
                Some(pause) => {
                    has_waited |= failure.error.is_overloaded();
                    std::thread::sleep(pause);
                }
                None => return Err(failure.error.after_all(began.elapsed())),
            }
        }
    }

    fn begin(&self, url: &Url, wanted: Wanted<'_>, backoff: &Backoff) -> Result<Body, FailedRequest> {
        let fail = |kind| plain(NetError::new(RedactedUrl::of(url), kind));
        match url.scheme() {
            "file" => {
                let (file, length) = file::open(url).map_err(fail)?;
                Ok(Body::of_file(url, file, length))
            }
            "http" | "https" => {
                let exchange = self.shared.get().map_err(|reason| {
                    fail(NetErrorKind::Tls { reason: reason.to_owned(), issuer: None, fault: None })
                })?;
                let reply = exchange.get(url, wanted, backoff.answer_by(), &self.states)?;
                backoff.answered();
                self.states.iter().for_each(|state| state.answer());
                Ok(Body::of_answer(&self.shared, url, reply, &self.states))
            }
            _ => Err(fail(NetErrorKind::Unsupported { reason: "the scheme must be https, http or file" })),
        }
    }
}

/// A failure after which the server said nothing about when to ask again.
fn plain(error: NetError) -> FailedRequest {
    FailedRequest::new(error)
}

/// Reads to the end, within what is left of the deadline.
fn collect(body: &mut Body, backoff: &Backoff) -> Result<Vec<u8>, NetError> {
    const CHUNK: usize = 64 << 10;
    let mut data = Vec::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = body.read(&mut chunk).map_err(|error| {
            let kind = || NetErrorKind::Io { kind: error.kind(), reason: error.to_string() };
            NetError::of_io(&error).cloned().unwrap_or_else(|| body.error(kind()))
        })?;
        data.extend_from_slice(&chunk[..read]);
        if read == 0 {
            let html = body.is_called_html() && !data.is_empty();
            return if html { Err(body.error(NetErrorKind::Html)) } else { Ok(data) };
        }
        if backoff.remaining().is_zero() {
            return Err(body.error(backoff.too_slow(data.len() as u64)));
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("settings", &self.shared.settings()).finish_non_exhaustive()
    }
}
