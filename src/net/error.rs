//! Why something could not be read, as data: what, where (redacted), expected and got.

mod hint;

use super::kept::Sent;
use super::proxy::ProxyRefusal;
use super::redact::RedactedUrl;
use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;

/// A failed read. It holds no credential and no response body beyond one printable line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetError {
    /// What was asked for; after a redirect, the address that failed.
    pub url: RedactedUrl,
    /// The first address, which redirected there.
    pub redirected_from: Option<Box<RedactedUrl>>,
    /// The HTTP or SOCKS proxy that the request went through.
    pub via: Option<Box<RedactedUrl>>,
    /// The login that was refused.
    pub sent: Option<Box<Sent>>,
    /// What went wrong.
    pub kind: NetErrorKind,
}

/// What went wrong with a read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetErrorKind {
    /// The server says there is no such thing: 404 or 410, or a file that does not exist.
    #[error("not found{}", shown(*status, detail.as_deref()))]
    Absent {
        /// The HTTP status; `None` for a file.
        status: Option<u16>,
        /// One line of the server's own words.
        detail: Option<String>,
    },
    /// The server refuses: 401 or 403, or a file that may not be read.
    #[error("refused{}", shown(*status, detail.as_deref()))]
    Refused {
        /// The HTTP status; `None` for a file.
        status: Option<u16>,
        /// One line of the server's own words.
        detail: Option<String>,
    },
    /// The proxy on the way wants credentials (407).
    #[error("the proxy requires a user name and password (HTTP 407)")]
    ProxyAuthentication,
    /// The variable that names the proxy does not hold an address.
    #[error(transparent)]
    ProxySetting(ProxyRefusal),
    /// Any other answer than 200.
    #[error("unexpected response{}{}", shown(Some(*status), detail.as_deref()), wait(*retry_after))]
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
        /// One line of the server's own words.
        detail: Option<String>,
    },
    /// The host has no address.
    #[error("cannot resolve the host name: {reason}")]
    Dns {
        /// The resolver's words.
        reason: String,
    },
    /// No connection to the host.
    #[error("cannot connect: {reason}")]
    Connect {
        /// The system's words.
        reason: String,
    },
    /// The proxy could not be reached or would not open a tunnel.
    #[error("the proxy failed: {reason}")]
    Proxy {
        /// What the proxy or the system said.
        reason: String,
    },
    /// The proxy opens no tunnel to the host.
    #[error("the proxy opened no tunnel to the host (HTTP {status})")]
    Tunnel {
        /// The HTTP status of its answer to CONNECT.
        status: u16,
    },
    /// No secure connection: a certificate that does not hold, or a server that does not speak TLS.
    #[error("TLS handshake failed: {reason}{}", issued(issuer.as_deref()))]
    Tls {
        /// What does not hold.
        reason: String,
        /// Who issued the refused certificate.
        issuer: Option<String>,
        /// What is at fault, where that is known.
        fault: Option<CertificateFault>,
    },
    /// Nothing happened for too long.
    #[error("timed out after {} s waiting for {phase}", seconds(*after))]
    Timeout {
        /// What was waited for.
        phase: Phase,
        /// How long.
        after: Duration,
    },
    /// The answer ended before its end.
    #[error("the connection ended early: expected {}, got {got} bytes", bytes(*expected))]
    Cut {
        /// Bytes announced, where the server said.
        expected: Option<u64>,
        /// Bytes received.
        got: u64,
    },
    /// The answer is longer than anything this request may bring.
    #[error("the response exceeds the limit of {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// The answer trickles.
    #[error("too slow: got {got} bytes in {} s, expected at least {floor} bytes per second", seconds(*over))]
    TooSlow {
        /// Bytes received in the window.
        got: u64,
        /// The window's length.
        over: Duration,
        /// Bytes per second required.
        floor: u64,
    },
    /// A redirect that is not followed.
    #[error("redirect refused: {0}")]
    Redirect(RedirectRefusal),
    /// The URL holds credentials but the connection would not be secret.
    #[error("refusing to pass credentials to an insecure URL; use https")]
    InsecureCredentials,
    /// A web page where data was expected: a login page, a captive portal, a wrong address.
    #[error("got a web page (HTML) where data was expected")]
    Html,
    /// The path of a `file` URL names something else than a regular file.
    #[error("expected a regular file, got {found}")]
    NotAFile {
        /// What it is instead.
        found: &'static str,
    },
    /// A scheme or form of URL that is never read.
    #[error("unsupported URL: {reason}")]
    Unsupported {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// What came is not HTTP as it should be.
    #[error("malformed response: {reason}")]
    Protocol {
        /// What is wrong.
        reason: String,
    },
    /// The operating system failed.
    #[error("{reason}")]
    Io {
        /// The kind, for matching.
        kind: io::ErrorKind,
        /// The system's words.
        reason: String,
    },
}

/// What is at fault where there is no secure connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// The issuer is not trusted here.
    Issuer,
    /// The certificate begins later than now, by this machine's clock.
    NotYetValid,
    /// The certificate ended before now, by this machine's clock.
    Expired,
    /// The certificate is for other names.
    Name,
    /// The certificate is an authority's, not a server's.
    Authority,
    /// The go command takes the certificate, or can check what this client cannot: an authority's that is trusted, one for all
    /// names below a top-level domain, a key or a signature on the curve P-521.
    FineForGo,
    /// The server does not speak TLS.
    NoTls,
}

/// What a timeout waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The connection, TLS included.
    Connect,
    /// The first byte of the answer.
    FirstByte,
    /// The last byte of the answer.
    LastByte,
}

/// Why a redirect is not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectRefusal {
    /// From a secure address to an insecure one.
    #[error("from https to insecure {0}")]
    Insecure(RedactedUrl),
    /// To something that is read neither by `https` nor by `http`.
    #[error("to a {0}: address")]
    Scheme(String),
    /// From elsewhere to this machine, or to the link that it is on.
    #[error("to {0}, an address of this machine or its link")]
    Local(RedactedUrl),
    /// Too many in a row.
    #[error("more than {0} in a row")]
    TooMany(usize),
    /// No usable `Location`.
    #[error("HTTP {0} without a usable Location")]
    NoLocation(u16),
}

impl NetError {
    /// An error without a proxy or a login on the way.
    pub fn new(url: RedactedUrl, kind: NetErrorKind) -> Self {
        Self { url, redirected_from: None, via: None, sent: None, kind }
    }

    /// The error of a system call on a local file or directory.
    pub fn of_path(path: &Path, error: &io::Error) -> Self {
        Self::new(RedactedUrl::of_path(path), NetErrorKind::of_file(error))
    }

    /// What was asked for, and what went wrong with it: several addresses may fail for one reason.
    pub fn parts(&self) -> (String, String) {
        let mut subject = self.url.to_string();
        if let Some(from) = self.redirected_from.as_ref().filter(|from| ***from != self.url) {
            subject = format!("{subject} (redirected from {from})");
        }
        let via = self.via.as_ref().map(|proxy| format!(" (through proxy {proxy})")).unwrap_or_default();
        let sent = self.sent.as_ref().map(|sent| format!("; it refused {sent}")).unwrap_or_default();
        (subject, format!("{}{via}{sent}", self.kind))
    }

    /// The same after all attempts, which took this long together.
    pub(super) fn after_all(mut self, took: Duration) -> Self {
        if let NetErrorKind::Timeout { phase: Phase::FirstByte, after } = &mut self.kind {
            *after = took.max(*after);
        }
        self
    }

    /// Whether the source could not be talked to at all, so that asking it again soon is of no use.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self.kind,
            NetErrorKind::Connect { .. }
                | NetErrorKind::Dns { .. }
                | NetErrorKind::Proxy { .. }
                | NetErrorKind::Tunnel { .. }
                | NetErrorKind::ProxySetting(_)
                | NetErrorKind::ProxyAuthentication
                | NetErrorKind::Tls { .. }
                | NetErrorKind::Timeout { .. }
        )
    }

    /// Whether there was no connection to the server itself. That of a proxy says nothing about the server.
    pub fn is_unconnected(&self) -> bool {
        self.via.is_none() && (self.is_refused() || matches!(self.kind, NetErrorKind::Dns { .. }))
    }

    /// Whether it was asked over plain http, which carries no login.
    pub fn is_over_plain_http(&self) -> bool {
        self.url.as_str().starts_with("http:")
    }

    /// Whether it is a server's own answer.
    pub fn is_answer(&self) -> bool {
        let kind = &self.kind;
        matches!(
            kind,
            NetErrorKind::Absent { .. } | NetErrorKind::Refused { .. } | NetErrorKind::Status { .. }
        )
    }

    /// Whether nobody listens at an address that is known.
    pub fn is_refused(&self) -> bool {
        matches!(
            self.kind,
            NetErrorKind::Connect { .. } | NetErrorKind::Timeout { phase: Phase::Connect, .. }
        )
    }

    /// The same, or whoever listens there says nothing.
    pub(super) fn is_refused_or_silent(&self) -> bool {
        self.is_refused() || matches!(self.kind, NetErrorKind::Timeout { .. })
    }

    /// Whether the server asks for fewer requests.
    pub(super) fn is_overloaded(&self) -> bool {
        matches!(self.kind, NetErrorKind::Status { status: 429, .. })
    }

    /// Whether the source says that there is no such thing.
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, NetErrorKind::Absent { .. })
    }

    /// The read error inside an [`io::Error`] that a [`super::Body`] gave.
    pub fn of_io(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl NetErrorKind {
    /// A system error as a server would put it: missing is 404, forbidden is 403.
    pub(super) fn of_file(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Absent { status: None, detail: None },
            io::ErrorKind::PermissionDenied => Self::Refused { status: None, detail: None },
            kind => Self::Io { kind, reason: error.to_string() },
        }
    }
}

impl From<NetError> for io::Error {
    fn from(error: NetError) -> Self {
        Self::other(error)
    }
}

impl fmt::Display for NetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, reason) = self.parts();
        write!(formatter, "{subject}: {reason}")
    }
}

impl std::error::Error for NetError {}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "the connection",
            Self::FirstByte => "the first byte of the response",
            Self::LastByte => "the last byte of the response",
        })
    }
}

fn shown(status: Option<u16>, detail: Option<&str>) -> String {
    let status = status.map_or(String::new(), |status| format!(" (HTTP {status})"));
    let detail = detail.map_or(String::new(), |detail| format!(": {detail}"));
    status + &detail
}

fn wait(retry_after: Option<Duration>) -> String {
    retry_after.map_or(String::new(), |wait| format!("; it asks to wait {} s", wait.as_secs()))
}

/// Whole seconds, where there are some; else whole milliseconds.
fn seconds(time: Duration) -> f64 {
    let seconds = time.as_secs_f64();
    if seconds >= 1.0 { seconds.round() } else { (seconds * 1000.0).round() / 1000.0 }
}

fn issued(issuer: Option<&str>) -> String {
    issuer.map_or(String::new(), |issuer| format!("; the certificate was issued by {issuer}"))
}

fn bytes(expected: Option<u64>) -> String {
    expected.map_or("more".to_owned(), |expected| expected.to_string())
}
