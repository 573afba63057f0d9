//! From reqwest's chain of errors to one [`NetErrorKind`].
//!
//! Reqwest's own words are never shown, since they carry the URL; only the innermost cause is.

use super::certificate::RefusedCertificate;
use super::error::{CertificateFault, NetErrorKind, Phase};
use super::settings::TransferLimits;
use rustls::CertificateError;
use std::error::Error;
use std::io;

/// What hyper-util says where the answer to CONNECT is none of 200 and 407.
const REFUSED_TUNNEL: &str = "tunnel error: unsuccessful";

/// What a failed request means. `proxied` tells whether a proxy was to carry it.
pub(super) fn request(error: &reqwest::Error, proxied: bool, limits: &TransferLimits) -> NetErrorKind {
    let chain = causes(error);
    if let Some(kind) = chain.iter().find_map(|cause| tls(*cause)) {
        return kind;
    }
    if error.is_timeout() {
        let connecting = error.is_connect();
        let phase = if connecting { Phase::Connect } else { Phase::FirstByte };
        let after = if connecting { limits.connect } else { limits.first_byte };
        return NetErrorKind::Timeout { phase, after };
    }
    let words: Vec<String> = chain.iter().map(ToString::to_string).collect();
    if words.iter().any(|word| word.contains("proxy authorization required")) {
        return NetErrorKind::ProxyAuthentication;
    }
    let reason = if is_refused_tunnel(error) { "it opened no tunnel".to_owned() } else { innermost(error) };
    if error.is_connect() || error.is_dns() {
        return match (proxied, error.is_dns() || words.iter().any(|word| word == "dns error")) {
            (true, true) => NetErrorKind::Proxy { reason: format!("cannot resolve its name: {reason}") },
            (true, false) => NetErrorKind::Proxy { reason },
            (false, true) => NetErrorKind::Dns { reason },
            (false, false) => NetErrorKind::Connect { reason },
        };
    }
    let io = chain.iter().any(|cause| cause.is::<io::Error>());
    if io || words.iter().any(|word| word.contains("connection closed")) {
        return NetErrorKind::Cut { expected: None, got: 0 };
    }
    NetErrorKind::Protocol { reason }
}

/// Whether the proxy answered, and opened no tunnel.
pub(super) fn is_refused_tunnel(error: &reqwest::Error) -> bool {
    causes(error).iter().any(|cause| cause.to_string() == REFUSED_TUNNEL)
}

/// The innermost cause in words.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "unknown error".to_owned(), ToString::to_string)
}

/// Whether reading a body failed because nothing came for too long.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
    inner.is_some_and(reqwest::Error::is_timeout) || error.kind() == io::ErrorKind::TimedOut
}

/// Every cause below `error`, outermost first. `io::Error` hides what it wraps from `source`.
fn causes(error: &reqwest::Error) -> Vec<&(dyn Error + 'static)> {
    let mut chain = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push(cause);
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| cause.source());
    }
    chain
}

fn tls(cause: &(dyn Error + 'static)) -> Option<NetErrorKind> {
    cause.downcast_ref::<rustls::Error>().map(of_tls)
}

/// What a failed TLS handshake means.
pub(super) fn of_tls(error: &rustls::Error) -> NetErrorKind {
    if let rustls::Error::InvalidCertificate(CertificateError::Other(other)) = error
        && let Some(refused) = other.0.downcast_ref::<RefusedCertificate>()
    {
        let RefusedCertificate { reason, issuer, fault } = refused.clone();
        return NetErrorKind::Tls { reason, issuer, fault };
    }
    let (reason, fault) = match error {
        rustls::Error::InvalidMessage(_) => {
            ("the server does not speak TLS on this port".to_owned(), Some(CertificateFault::NoTls))
        }
        other => (other.to_string(), None),
    };
    NetErrorKind::Tls { reason, issuer: None, fault }
}
