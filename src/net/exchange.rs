//! One request and its answer: redirects by our own rule, credentials by origin, statuses to errors.

use super::conditional::Validators;
use super::credentials::{authorization, has_login, stripped};
use super::error::{NetError, NetErrorKind, RedirectRefusal};
use super::kept::Sent;
use super::pace::Pace;
use super::proxy::{CGI, ProxyRefusal};
use super::redact::{RedactedUrl, without_credentials_in_text};
use super::servers::{self, Servers};
use super::settings::NetSettings;
use super::waiting::{self, RequestState};
use super::{certificate, classify, redirect, tunnel};
use reqwest::blocking::Response;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderValue, IF_RANGE, RANGE, RETRY_AFTER};
use reqwest::{Proxy, Url};
use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

const REDIRECTS: usize = 5;
/// Bytes of a refusal's body that are looked at for a line worth showing.
const DETAIL: usize = 512;

/// The connection pool and the rules it is used by.
pub(super) struct Exchange {
    http: reqwest::blocking::Client,
    settings: NetSettings,
    servers: Arc<Servers>,
}

/// Settings, and the connection pool that the first request makes of them. A client and its bodies share one.
pub(super) struct LazyExchange {
    settings: NetSettings,
    servers: Arc<Servers>,
    exchange: OnceLock<Result<Exchange, String>>,
}

impl LazyExchange {
    pub(super) fn new(settings: NetSettings) -> Self {
        Self { settings, servers: Arc::default(), exchange: OnceLock::new() }
    }

    pub(super) fn settings(&self) -> &NetSettings {
        &self.settings
    }

    /// What is known of the servers.
    pub(super) fn servers(&self) -> &Servers {
        &self.servers
    }

    /// The pool, or why there is none.
    pub(super) fn get(&self) -> Result<&Exchange, &str> {
        self.exchange
            .get_or_init(|| Exchange::new(&self.settings, &self.servers))
            .as_ref()
            .map_err(String::as_str)
    }
}

/// An answer whose status is 200, 206 where a range was asked for, or 304 where a change was.
pub(super) struct Reply {
    pub(super) response: Response,
    pub(super) url: RedactedUrl,
    pub(super) via: Option<RedactedUrl>,
}

/// A request that failed, and whether there is to be another one.
pub(super) struct FailedRequest {
    pub(super) error: NetError,
    again: Again,
}

/// Whether, and when, another request may be sent.
enum Again {
    /// The server said nothing about it.
    Unsaid,
    /// The server asks to wait for this long.
    After(Duration),
    /// The server was waited for in vain.
    Never,
}

impl FailedRequest {
    /// How long the server asks to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        if let Again::After(wait) = self.again { Some(wait) } else { None }
    }

    /// Whether the server was waited for in vain, so that it is not asked again.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.again, Again::Never)
    }

    /// A failure after which the server said nothing about when to ask again.
    pub(super) fn new(error: NetError) -> Self {
        Self { error, again: Again::Unsaid }
    }
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
    /// The address that redirected here.
    from: Option<RedactedUrl>,
    secret: Option<Secret>,
    via: Option<RedactedUrl>,
    /// The login that the proxy is given.
    via_as: Option<Sent>,
    /// Whether the answering side has read a login: the server's, or that of a proxy without a tunnel.
    is_told: bool,
}

/// The secret for a server, and which login it is.
struct Secret {
    header: HeaderValue,
    sent: Option<Sent>,
}

impl Exchange {
    /// Starts the pool; an error is the reason in words.
    fn new(settings: &NetSettings, servers: &Arc<Servers>) -> Result<Self, String> {
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
        Ok(Self { http, settings: settings.clone(), servers: Arc::clone(servers) })
    }

    /// Sends a GET, follows redirects, and gives the answer if its status is what was asked for.
    /// The answer must have begun `until` then.
    pub(super) fn get(
        &self,
        url: &Url,
        wanted: Wanted<'_>,
        until: Instant,
        waiting: &[Arc<RequestState>],
    ) -> Result<Reply, FailedRequest> {
        let fail = |kind| FailedRequest::new(NetError::new(RedactedUrl::of(url), kind));
        let netrc = &self.settings.netrc;
        let sent = if has_login(url) { Some(Sent::in_address()) } else { netrc.sent_to(url) };
        let header = authorization(url, netrc).map_err(fail)?;
        let mut secret = header.map(|header| Secret { header, sent });
        let mut url = stripped(url);
        let mut from = None;
        for _ in 0..=REDIRECTS {
            let hop = self.hop(url, from.clone(), secret)?;
            let response = self.send(&hop, wanted, until, waiting)?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return self.accept(response, hop, wanted);
            }
            let is_direct = |url: &Url| matches!(self.settings.proxies.choose(url), Ok(None));
            let next = redirect::target(&hop.url, &response, is_direct).map_err(|kind| hop.failure(kind))?;
            from.get_or_insert_with(|| RedactedUrl::of(&hop.url));
            // A secret that was dropped on the way out of its origin is not picked up again on the way back.
            secret = hop.secret.filter(|_| hop.url.origin() == next.origin());
            url = next;
        }
        let kind = NetErrorKind::Redirect(RedirectRefusal::TooMany(REDIRECTS));
        Err(FailedRequest::new(NetError::new(RedactedUrl::of(&url), kind)))
    }

    fn hop(&self, url: Url, from: Option<RedactedUrl>, secret: Option<Secret>) -> Result<Hop, FailedRequest> {
        match self.settings.proxies.choose(&url) {
            Ok(proxy) => {
                let kept = proxy.and_then(|proxy| self.settings.proxies.kept_for(proxy)).cloned();
                let via_as =
                    kept.or_else(|| proxy.filter(|proxy| has_login(proxy)).map(|_| Sent::in_address()));
                let tells_proxy = proxy.is_some_and(has_login) && url.scheme() == "http";
                let is_told = secret.is_some() || tells_proxy || RedactedUrl::hides(&url);
                Ok(Hop { via: proxy.map(RedactedUrl::of), via_as, is_told, url, from, secret })
            }
            Err(refusal) => {
                let kind = match refusal {
                    ProxyRefusal::Cgi => NetErrorKind::Unsupported { reason: CGI },
                    refusal @ ProxyRefusal::Invalid { .. } => NetErrorKind::ProxySetting(refusal),
                };
                Err(FailedRequest::new(NetError::new(RedactedUrl::of(&url), kind)))
            }
        }
    }

    fn send(
        &self,
        hop: &Hop,
        wanted: Wanted<'_>,
        until: Instant,
        states: &[Arc<RequestState>],
    ) -> Result<Response, FailedRequest> {
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
        let proxy = self.settings.proxies.choose(&hop.url).ok().flatten();
        let server = servers::name(&hop.url, proxy);
        let of_proxy = proxy.map(|proxy| servers::name(proxy, None));
        let names = || of_proxy.iter().chain([&server]);
        if let Some(kind) = names().find_map(|name| self.servers.gone(name)) {
            return Err(FailedRequest { again: Again::Never, ..hop.failure(kind) });
        }
        let limits = &self.settings.limits;
        let patience = limits.patience;
        let late = || self.settings.notify.tell(&hop.asked(), &hop.silence(patience));
        let began = Instant::now();
        self.servers.asked(&server);
        let outcome = waiting::within(move || request.send(), until, patience, states, late);
        let kind = match outcome {
            Ok(Ok(response)) => {
                names().for_each(|name| self.servers.answered(name));
                return Ok(response);
            }
            Ok(Err(error)) => {
                let kind = classify::request(&error, hop.via.is_some(), limits);
                self.refused_tunnel(hop, &error).unwrap_or(kind)
            }
            Err(kind) => kind,
        };
        let is_gone = self.servers.failed(&server, &kind, began.elapsed(), limits);
        // Whether that was the proxy, or the server behind it, nobody says.
        if let (true, Some(proxy), Some(name)) = (is_gone, proxy, &of_proxy)
            && !tunnel::is_open(proxy, limits.connect / 10)
        {
            self.servers.failed(name, &kind, began.elapsed(), limits);
        }
        let again = if is_gone { Again::Never } else { Again::Unsaid };
        Err(FailedRequest { again, ..hop.failure(kind) })
    }

    /// What the proxy said, where it opened no tunnel.
    fn refused_tunnel(&self, hop: &Hop, error: &reqwest::Error) -> Option<NetErrorKind> {
        if !classify::is_refused_tunnel(error) {
            return None;
        }
        let proxy = self.settings.proxies.choose(&hop.url).ok().flatten()?;
        let status = tunnel::refusal(proxy, &hop.url, self.settings.limits.connect)?;
        Some(NetErrorKind::Tunnel { status })
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
            _ => NetErrorKind::Status { status, retry_after, detail },
        };
        let again = retry_after.map_or(Again::Unsaid, Again::After);
        Err(FailedRequest { again, ..hop.failure(kind) })
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
    /// Whom it asks, as one subject of notices.
    fn asked(&self) -> String {
        format!("{} {:?}", self.url.host_str().unwrap_or_default(), self.via)
    }

    /// What the user is told of a server that has been silent `for_so_long`.
    fn silence(&self, for_so_long: Duration) -> String {
        let via = self.via.as_ref().map(|proxy| format!(" through proxy {proxy}")).unwrap_or_default();
        let url = RedactedUrl::of(&self.url);
        format!("still waiting for {url}{via}: no answer for {} s", for_so_long.as_secs())
    }

    fn failure(&self, kind: NetErrorKind) -> FailedRequest {
        let sent = match kind {
            NetErrorKind::Refused { .. } => self.secret.as_ref().and_then(|secret| secret.sent.clone()),
            NetErrorKind::ProxyAuthentication => self.via_as.clone(),
            _ => None,
        };
        let sent = sent.map(Box::new);
        let redirected_from = self.from.clone().map(Box::new);
        let error = NetError {
            url: RedactedUrl::of(&self.url),
            redirected_from,
            via: self.via.clone().map(Box::new),
            sent,
            kind,
        };
        FailedRequest::new(error)
    }
}

/// `Retry-After` in seconds. Its date form is rare and ignored: the growing pause serves as well.
pub(super) fn seconds(value: &HeaderValue) -> Option<Duration> {
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
