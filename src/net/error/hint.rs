//! What a person can do about a failed read.

use super::{CertificateFault, NetError, NetErrorKind, Phase, RedirectRefusal};

/// What a person can use instead of a server that gives no archive, module or index.
const SOURCES: &str = "GVMR_MIRROR, GOPROXY";
/// The same of one that does not give the log's answers: only module proxies relay these.
const LOG_RELAYS: &str = "GOPROXY";

impl NetError {
    /// One next step.
    pub fn hint(&self) -> Option<String> {
        Some(self.hint_with(SOURCES))
    }

    /// The same for a read of the checksum database, which has no mirrors.
    pub fn log_hint(&self) -> Option<String> {
        Some(self.hint_with(LOG_RELAYS))
    }

    /// `others` are the settings that name another server for the same.
    fn hint_with(&self, others: &str) -> String {
        let or_another = |step: &str| format!("{step}, or use another source ({others})");
        let hint = match &self.kind {
            NetErrorKind::Refused { status: None, .. } | NetErrorKind::NotAFile { .. } => {
                "check the path and its permissions"
            }
            // No login ever goes over plain http.
            NetErrorKind::Refused { .. } if self.is_over_plain_http() => {
                return format!(
                    "use its https address: logins are sent over https only; or use another source ({others})"
                );
            }
            NetErrorKind::Refused { .. } if self.is_login_in_address() => {
                return or_another("correct the user name and password in that address");
            }
            NetErrorKind::Refused { .. } => {
                return or_another("check your credentials (`gvmr auth list`, netrc)");
            }
            NetErrorKind::ProxyAuthentication if self.is_login_in_address() => {
                "correct the user name and password in HTTPS_PROXY or HTTP_PROXY"
            }
            NetErrorKind::ProxyAuthentication => {
                let proxy = self.via.as_ref().map(ToString::to_string).filter(|proxy| !proxy.contains('@'));
                let proxy = proxy.as_deref().map_or("HOST:PORT", |proxy| proxy.trim_end_matches('/'));
                return format!("run `gvmr auth set --proxy {proxy} --user NAME`");
            }
            NetErrorKind::Status { .. }
            | NetErrorKind::Protocol { .. }
            | NetErrorKind::Tunnel { status: 408 | 429 | 500 | 501 | 503 | 505..600 } => {
                return or_another("try again later");
            }
            NetErrorKind::Dns { .. } => {
                return format!(
                    "check the host name and this machine's DNS; behind a proxy, set HTTPS_PROXY, or use another \
                     source ({others})"
                );
            }
            NetErrorKind::Timeout { phase: Phase::Connect, .. } if self.via.is_some() => {
                return or_another("check HTTPS_PROXY and HTTP_PROXY, and the firewall on the way");
            }
            NetErrorKind::Timeout { phase: Phase::Connect, .. } => {
                return format!(
                    "check the firewall on the way; behind a proxy, set HTTPS_PROXY, or use another source ({others})"
                );
            }
            NetErrorKind::Connect { .. } => {
                return format!(
                    "check that the host is up; behind a proxy, set HTTPS_PROXY, or use another source ({others})"
                );
            }
            NetErrorKind::ProxySetting(refusal) => return refusal.next_step(),
            NetErrorKind::Proxy { .. } => "check HTTPS_PROXY and HTTP_PROXY",
            NetErrorKind::Tunnel { status: 502 | 504 } => {
                return format!(
                    "check the host name; the proxy cannot reach it, so use another source ({others})"
                );
            }
            NetErrorKind::Tunnel { status: 300..400 } => "sign in to the network if it has a login page",
            NetErrorKind::Tunnel { .. } => {
                return format!(
                    "ask the proxy's operator to allow the host, or use a source that it allows ({others})"
                );
            }
            NetErrorKind::Tls { fault: None, .. } => return format!("use another source ({others})"),
            NetErrorKind::Tls { fault: Some(fault), .. } => certificate_hint(*fault),
            NetErrorKind::Html => "sign in to the network if it has a login page, or check the address",
            NetErrorKind::InsecureCredentials => "use https in that URL",
            NetErrorKind::Absent { .. } | NetErrorKind::Unsupported { .. } => {
                "check the address (GVMR_MIRROR, GVMR_INDEX, GOPROXY)"
            }
            NetErrorKind::Redirect(RedirectRefusal::Insecure(_)) => {
                "sign in to the network if it has a login page; else use the address it redirects to, if you trust it"
            }
            NetErrorKind::Redirect(_) => return or_another("check the address"),
            NetErrorKind::Timeout { .. }
            | NetErrorKind::Cut { .. }
            | NetErrorKind::TooLarge { .. }
            | NetErrorKind::TooSlow { .. }
            | NetErrorKind::Io { .. } => {
                return format!("run it again; if it keeps failing, use another source ({others})");
            }
        };
        hint.to_owned()
    }

    fn is_login_in_address(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.is_in_address())
    }
}

fn certificate_hint(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Issuer => {
            "add the issuer's certificate to the system's store, or name it in SSL_CERT_FILE"
        }
        CertificateFault::NotYetValid => {
            "set the clock (`timedatectl set-ntp true`, or `date -s` with the time), then run it again"
        }
        CertificateFault::Expired => {
            "check the clock (`timedatectl`); if it is right, the server's operator must renew the certificate"
        }
        CertificateFault::Name => "check the host name in the address; another machine may answer for it",
        CertificateFault::Authority | CertificateFault::FineForGo => {
            "ask the server's operator for a certificate that the authority issued to the server"
        }
        CertificateFault::NoTls => "check the port; if the server has no TLS, use http: in the address",
    }
}
