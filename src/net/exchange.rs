//! One request and its answer: redirects by our own rule, credentials by origin, statuses to errors.

use super::conditional::Validators;
use super::credentials::{authorization, stripped};
use super::error::{NetError, NetErrorKind, RedirectRefusal};
use super::kept::Sent;
use super::pace::Pace;
use super::proxy::{CGI, ProxyRefusal};
use super::redact::{RedactedUrl, without_credentials_in_text};
use super::settings::NetSettings;
use super::{certificate, classify};
use reqwest::blocking::Response;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderValue, IF_RANGE, LOCATION, RANGE, RETRY_AFTER};
use reqwest::{Proxy, Url};
use std::io::Read;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const REDIRECTS: usize = 5;
/// Bytes of a refusal's body that are looked at for a line worth showing.
const DETAIL: usize = 512;

/// The connection pool and the rules it is used by.
pub(super) struct Exchange {
    http: reqwest::blocking::Client,
    settings: NetSettings,
}

/// Settings, and the connection pool that the first request makes of them. A client and its bodies share one.
pub(super) struct LazyExchange {
    settings: NetSettings,
    exchange: OnceLock<Result<Exchange, String>>,
}

impl LazyExchange {
    pub(super) fn new(settings: NetSettings) -> Self {
        Self { settings, exchange: OnceLock::new() }
    }

    pub(super) fn settings(&self) -> &NetSettings {
        &self.settings
    }

    /// The pool, or why there is none.
    pub(super) fn get(&self) -> Result<&Exchange, &str> {
        self.exchange.get_or_init(|| Exchange::new(&self.settings)).as_ref().map_err(String::as_str)
    }
}

/// An answer whose status is 200, 206 where a range was asked for, or 304 where a change was.
pub(super) struct Reply {
    pub(super) response: Response,
    pub(super) url: RedactedUrl,
    pub(super) via: Option<RedactedUrl>,
}

/// A request that failed, and when the server would like to be asked again.
pub(super) struct FailedRequest {
    pub(super) error: NetError,
    pub(super) retry_after: Option<Duration>,
}

/// How much of a file is wanted.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// All of it.
    Whole,
    /// All of it, unless what the server said about it earlier still holds.
    IfChanged(&'a Validators),
    /// What is still missing of a file that was cut: from this byte on, if it still has this strong validator.
    Rest { from: u64, validator: &'a HeaderValue },
}

/// One hop: where to, with what secret, through which proxy.
struct Hop {
    url: Url,
    secret: Option<Secret>,
    via: Option<RedactedUrl>,
    /// The kept login that the proxy is given.
    via_as: Option<Sent>,
    /// Whether the answering side has read a login: the server's, or that of a proxy without a tunnel.
    is_told: bool,
}

/// The secret for a server, and which stored login it is.
struct Secret {
    header: HeaderValue,
    kept: Option<Sent>,
}

impl Exchange {
    /// Starts the pool; an error is the reason in words.
    pub(super) fn new(settings: &NetSettings) -> Result<Self, String> {
        let proxies = settings.proxies.clone();
        let http = reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(certificate::tls(settings.roots.clone())?)
            .user_agent(concat!("gvmr/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .http1_only()
            .proxy(Proxy::custom(move |url| proxies.choose(url).ok().flatten().cloned()))
            .connect_timeout(settings.limits.connect)
            .timeout(settings.limits.first_byte) // of each wait, not of the whole body
            .build();
        let http = http.map_err(|error| classify::innermost(&error))?;
        Ok(Self { http, settings: settings.clone() })
    }

    /// Sends a GET, follows redirects, and gives the answer if its status is what was asked for.
    pub(super) fn get(&self, url: &Url, wanted: Wanted<'_>) -> Result<Reply, FailedRequest> {
        let fail =
            |kind| FailedRequest { error: NetError::new(RedactedUrl::of(url), kind), retry_after: None };
        let netrc = &self.settings.netrc;
        let kept = netrc.kept_for(url).filter(|_| !has_login(url)).cloned();
        let header = authorization(url, netrc).map_err(fail)?;
        let mut secret = header.map(|header| Secret { header, kept });
        let mut url = stripped(url);
        for _ in 0..=REDIRECTS {
            let hop = self.hop(url, secret)?;
            let response = self.send(&hop, wanted)?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return self.accept(response, hop, wanted);
            }
            let next = redirected(&hop.url, &response).map_err(|kind| hop.failure(kind))?;
            // A secret that was dropped on the way out of its origin is not picked up again on the way back.
            secret = hop.secret.filter(|_| hop.url.origin() == next.origin());
            url = next;
        }
        let kind = NetErrorKind::Redirect(RedirectRefusal::TooMany(REDIRECTS));
        Err(FailedRequest { error: NetError::new(RedactedUrl::of(&url), kind), retry_after: None })
    }

    fn hop(&self, url: Url, secret: Option<Secret>) -> Result<Hop, FailedRequest> {
        match self.settings.proxies.choose(&url) {
            Ok(proxy) => {
                let via_as = proxy.and_then(|proxy| self.settings.proxies.kept_for(proxy)).cloned();
                let tells_proxy = proxy.is_some_and(has_login) && url.scheme() == "http";
                let is_told = secret.is_some() || tells_proxy || RedactedUrl::hides(&url);
                Ok(Hop { via: proxy.map(RedactedUrl::of), via_as, is_told, url, secret })
            }
            Err(refusal) => {
                let kind = match refusal {
                    ProxyRefusal::Cgi => NetErrorKind::Unsupported { reason: CGI },
                    refusal @ ProxyRefusal::Invalid { .. } => NetErrorKind::ProxySetting(refusal),
                };
                Err(FailedRequest { error: NetError::new(RedactedUrl::of(&url), kind), retry_after: None })
            }
        }
    }

    fn send(&self, hop: &Hop, wanted: Wanted<'_>) -> Result<Response, FailedRequest> {
        let mut request = self.http.get(hop.url.clone()).header(ACCEPT_ENCODING, "identity");
        if let Some(secret) = &hop.secret {
            request = request.header(AUTHORIZATION, secret.header.clone());
        }
        match wanted {
            Wanted::Whole => {}
            Wanted::IfChanged(validators) => request = request.headers(validators.conditions().collect()),
            Wanted::Rest { from, validator } => {
                request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, validator.clone());
            }
        }
        request
            .send()
            .map_err(|error| hop.failure(classify::request(&error, hop.via.is_some(), &self.settings.limits)))
    }

    fn accept(&self, response: Response, hop: Hop, wanted: Wanted<'_>) -> Result<Reply, FailedRequest> {
        let status = response.status().as_u16();
        let expected = match (status, wanted) {
            (200, _) | (206, Wanted::Rest { .. }) => true,
            (304, Wanted::IfChanged(validators)) => validators.conditions().next().is_some(),
            _ => false,
        };
        if expected {
            return Ok(Reply { response, url: RedactedUrl::of(&hop.url), via: hop.via });
        }
        let retry_after = response.headers().get(RETRY_AFTER).and_then(seconds);
        // Who answers could echo the request: the words are shown only where no secret was sent.
        let detail = if hop.is_told { None } else { self.detail(response) };
        let kind = match status {
            404 | 410 => NetErrorKind::Absent { status: Some(status), detail },
            401 | 403 => NetErrorKind::Refused { status: Some(status), detail },
            407 => NetErrorKind::ProxyAuthentication,
            _ => NetErrorKind::Status { status, detail },
        };
        Err(FailedRequest { retry_after, ..hop.failure(kind) })
    }

    /// The first line of a plain-text refusal, if it is printable.
    fn detail(&self, mut response: Response) -> Option<String> {
        let kind = response.headers().get(reqwest::header::CONTENT_TYPE)?.to_str().ok()?;
        if !kind.to_ascii_lowercase().starts_with("text/plain") {
            return None;
        }
        let mut pace = Pace::new(&self.settings.limits);
        let mut data = vec![0; DETAIL];
        let mut length = 0;
        while length < DETAIL {
            let before = Instant::now();
            let read = response.read(&mut data[length..]).unwrap_or(0);
            if read == 0 || pace.count(read, before.elapsed()).is_err() {
                break;
            }
            length += read;
        }
        data.truncate(length);
        let text = String::from_utf8(data).ok()?;
        let line = text.lines().next()?.trim();
        let shown = !line.is_empty() && line.chars().all(|letter| letter == ' ' || letter.is_ascii_graphic());
        shown.then(|| without_credentials_in_text(line).chars().take(160).collect())
    }
}

impl Hop {
    fn failure(&self, kind: NetErrorKind) -> FailedRequest {
        let sent = match kind {
            NetErrorKind::Refused { .. } => self.secret.as_ref().and_then(|secret| secret.kept.clone()),
            NetErrorKind::ProxyAuthentication => self.via_as.clone(),
            _ => None,
        };
        let sent = sent.map(Box::new);
        let error = NetError { url: RedactedUrl::of(&self.url), via: self.via.clone(), sent, kind };
        FailedRequest { error, retry_after: None }
    }
}

fn has_login(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Where a redirect leads, if it may be followed. Credentials in a `Location` are dropped.
fn redirected(from: &Url, response: &Response) -> Result<Url, NetErrorKind> {
    let missing = || NetErrorKind::Redirect(RedirectRefusal::NoLocation(response.status().as_u16()));
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| from.join(location).ok()).ok_or_else(missing)?;
    match target.scheme() {
        "https" => Ok(stripped(&target)),
        "http" if from.scheme() == "http" => Ok(stripped(&target)),
        "http" => Err(NetErrorKind::Redirect(RedirectRefusal::Insecure(RedactedUrl::of(&target)))),
        _ => Err(missing()),
    }
}

/// `Retry-After` in seconds. Its date form is rare and ignored: the growing pause serves as well.
fn seconds(value: &HeaderValue) -> Option<Duration> {
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
