//! Which HTTP or SOCKS proxy serves a URL: the rules of Go's `http.ProxyFromEnvironment`.
//!
//! Only the scheme's own variable counts, upper case before lower case; `ALL_PROXY` means nothing; this
//! machine itself is never reached through a proxy; a malformed value means no proxy.

use super::no_proxy::{NoProxy, canonical};
use super::redact::decoded;
use super::{KeptLogin, Sent, address, without_credentials};
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
    invalid: Vec<InvalidProxy>,
    /// What gvmr keeps, by the proxy that it was put into.
    kept: Vec<(Url, Sent)>,
}

/// What is said of a proxy that a CGI client may have chosen.
pub(super) const CGI: &str = "refusing to use HTTP_PROXY in a CGI environment, where REQUEST_METHOD is set";

/// Why a request is not sent: its proxy is not one that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyRefusal {
    /// `HTTP_PROXY` is set where `REQUEST_METHOD` is too: a CGI client could have sent it as a header.
    #[error("{CGI}")]
    Cgi,
    /// The variable's value is not a URL; the go command would take a piece of it for a host.
    #[error("{variable} is not a valid URL: \"{shown}\"")]
    Invalid {
        /// The variable.
        variable: &'static str,
        /// What may be shown of its value.
        shown: String,
    },
}

impl ProxyRefusal {
    /// One next step.
    pub(super) fn next_step(&self) -> String {
        match self {
            Self::Cgi => "unset HTTP_PROXY or REQUEST_METHOD".to_owned(),
            Self::Invalid { shown, .. } => address::address_step(shown),
        }
    }
}

/// A value that names no proxy. It holds nothing that may not be shown.
#[derive(Clone, Debug)]
struct InvalidProxy {
    variable: &'static str,
    scheme: &'static str,
    shown: String,
    /// Whether the go command goes without a proxy then.
    is_ignored: bool,
}

impl ProxyChoice {
    /// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, their lower-case forms, and `REQUEST_METHOD`.
    pub fn from_environment(environment: &dyn Environment) -> Self {
        let either = |upper: &'static str, lower: &'static str| {
            let set = |name| Some((name, environment.text(name)?));
            set(upper).or_else(|| set(lower))
        };
        let mut invalid = Vec::new();
        let mut proxy = |scheme, upper, lower| {
            let (variable, value) = either(upper, lower)?;
            match parse(&value) {
                Ok(url) => Some(url),
                Err(is_ignored) => {
                    let shown = without_credentials(&value);
                    invalid.push(InvalidProxy { variable, scheme, shown, is_ignored });
                    None
                }
            }
        };
        let http = proxy("http", "HTTP_PROXY", "http_proxy");
        let https = proxy("https", "HTTPS_PROXY", "https_proxy");
        let exempt = either("NO_PROXY", "no_proxy").map(|(_, list)| NoProxy::parse(&list));
        let cgi = environment.get("REQUEST_METHOD").is_some();
        Self { http, https, exempt: exempt.unwrap_or_default(), cgi, invalid, kept: Vec::new() }
    }

    /// A line for each value that names no proxy: it counts for nothing, or no request that needs it is sent.
    pub fn faults(&self) -> Vec<String> {
        let line = |InvalidProxy { variable, shown, is_ignored, .. }: &InvalidProxy| {
            let what = if *is_ignored {
                format!("ignoring {variable}, which is not a valid URL")
            } else {
                format!("{variable} is not a valid URL")
            };
            format!("{what}: \"{shown}\"; {}", address::address_step(shown))
        };
        self.invalid.iter().map(line).collect()
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
    pub fn choose(&self, url: &Url) -> Result<Option<&Url>, ProxyRefusal> {
        let refused = |invalid: &&InvalidProxy| !invalid.is_ignored && invalid.scheme == url.scheme();
        if let Some(InvalidProxy { variable, shown, .. }) = self.invalid.iter().find(refused)
            && self.applies(url)
        {
            return Err(ProxyRefusal::Invalid { variable, shown: shown.clone() });
        }
        let proxy = match url.scheme() {
            "https" => self.https.as_ref(),
            "http" if self.cgi && self.http.is_some() => return Err(ProxyRefusal::Cgi),
            "http" => self.http.as_ref(),
            _ => None,
        };
        Ok(proxy.filter(|_| self.applies(url)))
    }

    /// Whether a proxy, where there is one, leads to `url`.
    pub(super) fn applies(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let loopback = host.parse().is_ok_and(|address: IpAddr| canonical(address).is_loopback());
        let port = url.port_or_known_default().map(|port| port.to_string()).unwrap_or_default();
        host != "localhost" && !loopback && !self.exempt.matches(host, &port)
    }
}

/// A proxy's URL; without a scheme it is `http`. Unknown schemes are spoken to as `http`, as Go does, and
/// both SOCKS schemes leave the resolving of names to the proxy. The error says whether the go command ignores the value;
/// else it takes a piece of it for a host.
fn parse(value: &str) -> Result<Url, bool> {
    let with_host = |text: &str| Url::parse(text).ok().filter(Url::has_host);
    let whole = with_host(value);
    if whole.is_none() && value.contains("://") && !value.starts_with('"') && decoded(value).contains('@') {
        return Err(false); // with another scheme in front, the host would be this one
    }
    let url = whole.or_else(|| with_host(&format!("http://{value}"))).ok_or(true)?;
    // The go command looks up a host whose name begins with the quote, and finds none.
    if value.starts_with('"') {
        return Err(true);
    }
    if is_malformed(value) {
        return Err(false);
    }
    let replaced = |scheme: &str, by: &str| with_host(&url.as_str().replacen(scheme, by, 1));
    match url.scheme() {
        "http" | "https" | "socks5h" => Ok(url),
        "socks5" => replaced("socks5", "socks5h").ok_or(true),
        scheme => replaced(scheme, "http").ok_or(true),
    }
}

/// Whether a proxy's address is one that only seems to have a host: a proxy has no path in which an `@` could be, and
/// neither quotes nor a second scheme.
fn is_malformed(value: &str) -> bool {
    let (authority, behind) = address::split(value);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let lacks_scheme = !value.contains("://") && behind.starts_with("//");
    let begins_oddly = !value.starts_with(|one: char| one.is_ascii_alphanumeric() || one == '[');
    let is_odd = begins_oddly && value.contains("://") || host.contains(['"', '\'', '<', '>']);
    behind.contains('@') || lacks_scheme || is_odd || address::is_ambiguous(value)
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
            .field("invalid", &self.invalid)
            .field("kept", &self.kept.iter().map(|(_, sent)| sent).collect::<Vec<_>>())
            .finish()
    }
}
