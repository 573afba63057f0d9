//! Requests that are timed: one connection that is kept, each request sent once, every redirect the caller's.
//!
//! Takes a request as it is to be sent; gives the answer whatever its status, and no answer as a [`NetError`]. The proxy, the
//! trusted authorities and the credentials are those of all other requests.

use super::certificate;
use super::classify;
use super::credentials::{authorization, basic_of, stripped};
use super::error::{NetError, NetErrorKind, Phase};
use super::exchange;
use super::proxy::ProxyRefusal;
use super::redact::RedactedUrl;
use super::redirect;
use super::settings::NetSettings;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use reqwest::blocking::{Client as Http, Response};
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, HOST, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Proxy, Url};
use std::io::{self, Read};
use std::net::ToSocketAddrs as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The most of a body that is kept.
const MAX_BODY: u64 = 8 << 20;

/// How requests are sent.
#[derive(Clone, Debug, Default)]
pub struct MeasuringOptions {
    /// `host:port` to connect to, whatever the URL says; no proxy then.
    pub address: Option<String>,
    /// A PEM file with further authorities.
    pub authorities: Option<PathBuf>,
    /// Whether certificates are not verified.
    pub insecure: bool,
    /// Whether a login that is kept for the machine is sent, over https.
    pub login: bool,
}

/// One request.
#[derive(Clone, Debug)]
pub struct MeasuredRequest {
    /// Where to.
    pub url: Url,
    /// `GET`
    pub method: Method,
    /// Sent to this origin alone.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Option<String>,
    /// How many redirects are followed.
    pub redirects: usize,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct MeasuredAnswer {
    /// Its status.
    pub status: u16,
    /// Where a redirect leads, as it may be shown.
    pub location: Option<String>,
    /// The body without its encoding.
    pub body: Result<Vec<u8>, BodyFault>,
    /// How many bytes came.
    pub size: u64,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

/// Why there is no body to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// It is longer than what is kept.
    #[error("the body has more than 8 MiB, and is not searched")]
    TooLarge,
    /// It is not in the encoding that its header names.
    #[error("the body is not encoded as its Content-Encoding says")]
    Encoding,
}

/// A client with a connection of its own.
pub struct MeasuringClient {
    http: Http,
    settings: NetSettings,
    options: MeasuringOptions,
}

impl MeasuringClient {
    /// One for requests to `url`; an error is the reason in words.
    pub fn new(settings: &NetSettings, options: MeasuringOptions, url: &Url) -> Result<Self, String> {
        let mut roots = settings.roots.clone();
        roots.further.clone_from(&options.authorities);
        let tls = if options.insecure { certificate::tls_unverified() } else { certificate::tls(roots) }?;
        let proxies = settings.proxies.clone();
        let mut builder = Http::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("gvmr/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(1)
            .connect_timeout(settings.limits.connect);
        builder = match &options.address {
            None => builder.proxy(Proxy::custom(move |url| proxies.choose(url).ok().flatten().cloned())),
            Some(address) => {
                let found = address.to_socket_addrs().map_err(|error| format!("{address}: {error}"))?;
                let found: Vec<_> = found.collect();
                builder.no_proxy().resolve_to_addrs(url.host_str().unwrap_or_default(), &found)
            }
        };
        let http = builder.build().map_err(|error| classify::innermost(&error))?;
        Ok(Self { http, settings: settings.clone(), options })
    }

    /// Sends the request, and reads the answer to its last byte. All of it may take `timeout`.
    pub fn send(&self, request: &MeasuredRequest, timeout: Duration) -> Result<MeasuredAnswer, NetError> {
        let until = Instant::now() + timeout;
        let mut request = request.clone();
        // The login that a check has in its address is meant for that server, as its headers are.
        if let Some(login) = basic_of(&request.url) {
            request.headers.entry(AUTHORIZATION).or_insert(login);
            request.url = stripped(&request.url);
        }
        for _ in 0..request.redirects {
            let response = self.once(&request, until, timeout)?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return answer(&request.url, response, timeout);
            }
            let is_direct = |url: &Url| {
                self.options.address.is_some() || matches!(self.settings.proxies.choose(url), Ok(None))
            };
            let next = redirect::target(&request.url, &response, is_direct)
                .map_err(|kind| NetError::new(RedactedUrl::of(&request.url), kind))?;
            let keeps_method =
                matches!(response.status().as_u16(), 307 | 308) || request.method == Method::HEAD;
            if !keeps_method {
                request.method = Method::GET;
                request.body = None;
            }
            if request.url.origin() != next.origin() {
                request.headers = HeaderMap::new(); // one of them may be a secret
            }
            request.url = next;
        }
        let response = self.once(&request, until, timeout)?;
        answer(&request.url, response, timeout)
    }

    /// `timeout` is what is told where it does not answer `until` then.
    fn once(
        &self,
        request: &MeasuredRequest,
        until: Instant,
        timeout: Duration,
    ) -> Result<Response, NetError> {
        let failed = |kind| NetError::new(RedactedUrl::of(&request.url), kind);
        let refused = |refusal: ProxyRefusal| failed(NetErrorKind::Proxy { reason: refusal.to_string() });
        let proxy = match &self.options.address {
            Some(_) => None,
            None => self.settings.proxies.choose(&request.url).map_err(refused)?,
        };
        let mut url = stripped(&request.url);
        let mut headers = request.headers.clone();
        // A port in the address of a request comes before that of where it is sent.
        if let (Some(_), Some(port)) = (&self.options.address, url.port()) {
            let host = format!("{}:{port}", url.host_str().unwrap_or_default());
            if let Ok(value) = HeaderValue::from_str(&host) {
                headers.entry(HOST).or_insert(value);
            }
            let _ = url.set_port(None);
        }
        let has_own = headers.contains_key(AUTHORIZATION);
        if let Some(login) = self.login(&request.url).map_err(failed)?.filter(|_| !has_own) {
            headers.insert(AUTHORIZATION, login);
        }
        let left = until.saturating_duration_since(Instant::now());
        let mut built = self.http.request(request.method.clone(), url).headers(headers).timeout(left);
        if let Some(body) = &request.body {
            built = built.body(body.clone());
        }
        let limits = super::TransferLimits { first_byte: timeout, ..self.settings.limits };
        built.send().map_err(|error| NetError {
            via: proxy.map(RedactedUrl::of).map(Box::new),
            ..failed(classify::request(&error, proxy.is_some(), &limits))
        })
    }

    /// The login in the address of a redirect; else the one that is kept, where it is asked for.
    fn login(&self, url: &Url) -> Result<Option<HeaderValue>, NetErrorKind> {
        let none = super::Netrc::parse(b"");
        let kept = if self.options.login { &self.settings.netrc } else { &none };
        authorization(url, kept)
    }
}

/// Reads the body to its end; of a long one nothing is kept.
fn answer(url: &Url, mut response: Response, timeout: Duration) -> Result<MeasuredAnswer, NetError> {
    let failed = |error: &io::Error, got: u64| {
        let kind = if classify::is_timeout(error) {
            NetErrorKind::Timeout { phase: Phase::LastByte, after: timeout }
        } else {
            NetErrorKind::Cut { expected: None, got }
        };
        NetError::new(RedactedUrl::of(url), kind)
    };
    let status = response.status().as_u16();
    let location = response.headers().get(reqwest::header::LOCATION).and_then(|value| value.to_str().ok());
    let location = location
        .and_then(|location| url.join(location).ok())
        .map(|url| RedactedUrl::of(&url).as_str().to_owned());
    let retry_after = response.headers().get(RETRY_AFTER).and_then(exchange::seconds);
    let encoding = response
        .headers()
        .get(CONTENT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .map(str::to_ascii_lowercase);
    let (mut raw, mut size) = (Vec::new(), 0);
    let mut window = vec![0; 64 << 10];
    loop {
        let count = match response.read(&mut window) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(&error, size)),
        };
        size += count as u64;
        if size <= MAX_BODY {
            raw.extend(window.get(..count).unwrap_or_default());
        }
    }
    let body = if size > MAX_BODY { Err(BodyFault::TooLarge) } else { decoded(raw, encoding.as_deref()) };
    Ok(MeasuredAnswer { status, location, body, size, retry_after })
}

/// The body without its encoding. An empty one has none.
fn decoded(raw: Vec<u8>, encoding: Option<&str>) -> Result<Vec<u8>, BodyFault> {
    match encoding {
        _ if raw.is_empty() => Ok(raw),
        Some("gzip" | "x-gzip") => bounded(MultiGzDecoder::new(raw.as_slice())),
        // Some servers send it without the header that belongs to it.
        Some("deflate") => bounded(ZlibDecoder::new(raw.as_slice())).or_else(|fault| match fault {
            BodyFault::TooLarge => Err(fault),
            BodyFault::Encoding => bounded(DeflateDecoder::new(raw.as_slice())),
        }),
        _ => Ok(raw),
    }
}

fn bounded(decoder: impl Read) -> Result<Vec<u8>, BodyFault> {
    let mut body = Vec::new();
    decoder.take(MAX_BODY + 1).read_to_end(&mut body).map_err(|_| BodyFault::Encoding)?;
    if body.len() as u64 > MAX_BODY { Err(BodyFault::TooLarge) } else { Ok(body) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write as _;

    #[test]
    fn a_body_is_decoded_as_its_header_says_or_not_at_all() {
        let plain = b"fine ".repeat(1000);
        let packed = |text: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        };
        let gzip = packed(&plain);
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(&plain).unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
        deflate.write_all(&plain).unwrap();
        for (body, encoding) in [
            (gzip.clone(), Some("gzip")),
            (zlib.finish().unwrap(), Some("deflate")),
            (deflate.finish().unwrap(), Some("deflate")),
            (plain.clone(), Some("identity")),
            (plain.clone(), None),
        ] {
            assert_eq!(decoded(body, encoding), Ok(plain.clone()), "{encoding:?}");
        }
        assert_eq!(decoded([gzip.clone(), gzip.clone()].concat(), Some("gzip")), Ok(plain.repeat(2)));
        assert_eq!(decoded(Vec::new(), Some("gzip")), Ok(Vec::new()), "the answer to HEAD");
        assert_eq!(decoded(plain.clone(), Some("gzip")), Err(BodyFault::Encoding));
        assert_eq!(decoded(plain, Some("deflate")), Err(BodyFault::Encoding));
        assert_eq!(decoded(gzip[..gzip.len() - 9].to_vec(), Some("gzip")), Err(BodyFault::Encoding), "cut");
        let bomb = packed(&vec![0; usize::try_from(MAX_BODY).unwrap() + 1]);
        assert!(bomb.len() < 64 << 10);
        assert_eq!(decoded(bomb, Some("gzip")), Err(BodyFault::TooLarge));
    }
}
