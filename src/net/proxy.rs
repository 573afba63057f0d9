//! Which HTTP or SOCKS proxy serves a URL: the rules of Go's `http.ProxyFromEnvironment`.
//!
//! Only the scheme's own variable counts, upper case before lower case; `ALL_PROXY` means nothing; this
//! machine itself is never reached through a proxy; a malformed value means no proxy.

use super::no_proxy::{NoProxy, canonical};
use super::{KeptLogin, Sent};
use gvmr_core::env::credentials::proxy_machine;
use gvmr_core::sys::environment::Environment;
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;

/// The proxies of an environment.
#[derive(Clone, Default)]
pub struct ProxyChoice {
    http: Option<Url>,
    https: Option<Url>,
    exempt: NoProxy,
    cgi: bool,
    /// What gvmr keeps, by the proxy that it was put into.
    kept: Vec<(Url, Sent)>,
}

/// `HTTP_PROXY` is set where `REQUEST_METHOD` is too: a CGI client could have sent it as a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CgiRefusal;

impl CgiRefusal {
    /// The refusal in words.
    pub fn reason(self) -> &'static str {
        "refusing to use HTTP_PROXY in a CGI environment, where REQUEST_METHOD is set"
    }
}

impl ProxyChoice {
    /// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, their lower-case forms, and `REQUEST_METHOD`.
    pub fn from_environment(environment: &dyn Environment) -> Self {
        let either = |upper: &str, lower: &str| environment.text(upper).or_else(|| environment.text(lower));
        let proxy = |upper, lower| either(upper, lower).as_deref().and_then(parse);
        Self {
            http: proxy("HTTP_PROXY", "http_proxy"),
            https: proxy("HTTPS_PROXY", "https_proxy"),
            exempt: either("NO_PROXY", "no_proxy").map(|list| NoProxy::parse(&list)).unwrap_or_default(),
            cgi: environment.get("REQUEST_METHOD").is_some(),
            kept: Vec::new(),
        }
    }

    /// Puts kept logins into the proxies that bring none.
    pub(super) fn add(&mut self, kept: &[KeptLogin]) {
        for proxy in [&mut self.http, &mut self.https].into_iter().flatten() {
            let machine = proxy_machine(proxy.as_str());
            let Some(login) = kept.iter().find(|login| Some(&login.machine) == machine.as_ref()) else {
                continue;
            };
            // These fail only for URLs that cannot hold credentials, and a proxy's has a host.
            let put = proxy.set_username(&login.login).and_then(|()| proxy.set_password(Some(&login.secret)));
            if put.is_ok() {
                self.kept.push((proxy.clone(), login.into()));
            }
        }
    }

    /// Which kept login the proxy is given.
    pub(super) fn kept_for(&self, proxy: &Url) -> Option<&Sent> {
        self.kept.iter().find(|(url, _)| url == proxy).map(|(_, sent)| sent)
    }

    /// The proxy for `url`, `None` for a direct connection.
    pub fn choose(&self, url: &Url) -> Result<Option<&Url>, CgiRefusal> {
        let proxy = match url.scheme() {
            "https" => self.https.as_ref(),
            "http" if self.cgi && self.http.is_some() => return Err(CgiRefusal),
            "http" => self.http.as_ref(),
            _ => None,
        };
        Ok(proxy.filter(|_| self.applies(url)))
    }

    fn applies(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let loopback = host.parse().is_ok_and(|address: IpAddr| canonical(address).is_loopback());
        let port = url.port_or_known_default().map(|port| port.to_string()).unwrap_or_default();
        host != "localhost" && !loopback && !self.exempt.matches(host, &port)
    }
}

/// A proxy's URL; without a scheme it is `http`. Unknown schemes are spoken to as `http`, as Go does, and
/// both SOCKS schemes leave the resolving of names to the proxy.
fn parse(value: &str) -> Option<Url> {
    let with_host = |text: &str| Url::parse(text).ok().filter(Url::has_host);
    let url = with_host(value).or_else(|| with_host(&format!("http://{value}")))?;
    match url.scheme() {
        "http" | "https" | "socks5h" => Some(url),
        "socks5" => with_host(&url.as_str().replacen("socks5", "socks5h", 1)),
        scheme => with_host(&url.as_str().replacen(scheme, "http", 1)),
    }
}

impl fmt::Debug for ProxyChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &Option<Url>| url.as_ref().map(super::RedactedUrl::of);
        formatter
            .debug_struct("ProxyChoice")
            .field("http", &shown(&self.http))
            .field("https", &shown(&self.https))
            .field("exempt", &self.exempt)
            .field("cgi", &self.cgi)
            .field("kept", &self.kept.iter().map(|(_, sent)| sent).collect::<Vec<_>>())
            .finish()
    }
}
