//! What a person can do about a failed read.

use super::{CertificateFault, NetError, NetErrorKind, RedirectRefusal};
use crate::net::PERCENT_ENCODED;

impl NetError {
    /// One next step.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.kind {
            // No login ever goes over plain http.
            NetErrorKind::Refused { .. } if self.is_over_plain_http() => {
                "use its https address: logins are sent over https only; or use another source (GVMR_MIRROR, GOPROXY)"
            }
            NetErrorKind::Refused { .. } if self.is_login_in_address() => {
                "correct the user name and password in that address, or use another source (GVMR_MIRROR, GOPROXY)"
            }
            NetErrorKind::Refused { .. } => {
                "check your credentials (`gvmr auth list`, netrc), or use another source (GVMR_MIRROR, GOPROXY)"
            }
            NetErrorKind::ProxyAuthentication if self.is_login_in_address() => {
                "correct the user name and password in HTTPS_PROXY or HTTP_PROXY"
            }
            NetErrorKind::ProxyAuthentication => {
                let proxy = self.via.as_ref().map(ToString::to_string).filter(|proxy| !proxy.contains('@'));
                let proxy = proxy.as_deref().map_or("HOST:PORT", |proxy| proxy.trim_end_matches('/'));
                return Some(format!("run `gvmr auth set --proxy {proxy} --user NAME`"));
            }
            NetErrorKind::Status { .. }
            | NetErrorKind::Protocol { .. }
            | NetErrorKind::Tunnel { status: 408 | 429 | 500 | 501 | 503 | 505..600 } => {
                "try again later, or use another source (GVMR_MIRROR, GOPROXY)"
            }
            NetErrorKind::Dns { .. } => {
                "check the host name and this machine's DNS; behind a proxy, set HTTPS_PROXY, GOPROXY or GVMR_MIRROR"
            }
            NetErrorKind::Connect { .. } => {
                "check that the host is up; behind a proxy, set HTTPS_PROXY, GOPROXY or GVMR_MIRROR"
            }
            NetErrorKind::ProxySetting(_) => PERCENT_ENCODED,
            NetErrorKind::Proxy { .. } => "check HTTPS_PROXY and HTTP_PROXY",
            NetErrorKind::Tunnel { status: 502 | 504 } => {
                "check the host name; the proxy cannot reach it, so use another source (GVMR_MIRROR, GOPROXY)"
            }
            NetErrorKind::Tunnel { status: 300..400 } => "sign in to the network if it has a login page",
            NetErrorKind::Tunnel { .. } => {
                "ask the proxy's operator to allow the host, or use a source that it allows (GVMR_MIRROR, GOPROXY)"
            }
            NetErrorKind::Tls { fault, .. } => certificate_hint(*fault),
            NetErrorKind::Html => "sign in to the network if it has a login page, or check the address",
            NetErrorKind::InsecureCredentials => "use https in that URL",
            NetErrorKind::Absent { .. }
            | NetErrorKind::NotAFile { .. }
            | NetErrorKind::Unsupported { .. } => "check the address (GVMR_MIRROR, GVMR_INDEX, GOPROXY)",
            NetErrorKind::Redirect(RedirectRefusal::Insecure(_)) => {
                "sign in to the network if it has a login page; else use the address it redirects to, if you trust it"
            }
            NetErrorKind::Redirect(_) => "check the address, or use another source (GVMR_MIRROR, GOPROXY)",
            NetErrorKind::Timeout { .. }
            | NetErrorKind::Cut { .. }
            | NetErrorKind::TooLarge { .. }
            | NetErrorKind::TooSlow { .. }
            | NetErrorKind::Io { .. } => {
                "run it again; if it keeps failing, use another source (GVMR_MIRROR, GOPROXY)"
            }
        };
        Some(hint.to_owned())
    }

    fn is_login_in_address(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.is_in_address())
    }
}

fn certificate_hint(fault: Option<CertificateFault>) -> &'static str {
    match fault {
        Some(CertificateFault::Issuer) => {
            "add the issuer's certificate to the system's store, or name it in SSL_CERT_FILE"
        }
        Some(CertificateFault::NotYetValid) => {
            "set the clock (`timedatectl set-ntp true`, or `date -s` with the time), then run it again"
        }
        Some(CertificateFault::Expired) => {
            "check the clock (`timedatectl`); if it is right, the server's operator must renew the certificate"
        }
        Some(CertificateFault::Name) => {
            "check the host name in the address; another machine may answer for it"
        }
        Some(CertificateFault::Authority) => {
            "ask the server's operator for a certificate that the authority issued to the server"
        }
        Some(CertificateFault::NoTls) => "check the port; if the server has no TLS, use http: in the address",
        None => "use another source (GVMR_MIRROR, GOPROXY)",
    }
}
