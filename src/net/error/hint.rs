//! What a person can do about a failed read.

use super::{NetError, NetErrorKind};

impl NetError {
    /// One next step.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.kind {
            NetErrorKind::Refused { .. } => {
                "look at your credentials for it (gvmr auth, netrc), or use another source (GVMR_MIRROR, GOPROXY)"
            }
            NetErrorKind::ProxyAuthentication => "gvmr auth set --proxy HOST:PORT --user NAME",
            NetErrorKind::Status { .. } | NetErrorKind::Protocol { .. } => {
                "try again later, or use another source (GVMR_MIRROR, GOPROXY)"
            }
            NetErrorKind::Dns { .. } => {
                "look at that name and at this machine's DNS; where only a proxy is reachable, set HTTPS_PROXY, GOPROXY or GVMR_MIRROR"
            }
            NetErrorKind::Connect { .. } => {
                "look whether the host is up; where only a proxy is reachable, set HTTPS_PROXY, GOPROXY or GVMR_MIRROR"
            }
            NetErrorKind::Proxy { .. } => "look at HTTPS_PROXY and HTTP_PROXY",
            NetErrorKind::Tls { .. } => {
                "put the issuer's certificate into the system's store, or name it in SSL_CERT_FILE"
            }
            NetErrorKind::Html => {
                "something answers with a web page: sign in to the network, or look at the address"
            }
            NetErrorKind::InsecureCredentials => "use https in that URL",
            NetErrorKind::Absent { .. }
            | NetErrorKind::NotAFile { .. }
            | NetErrorKind::Unsupported { .. } => "look at the address (GVMR_MIRROR, GVMR_INDEX, GOPROXY)",
            NetErrorKind::Redirect(_) => "use the address it redirects to, if you trust it",
            NetErrorKind::Timeout { .. }
            | NetErrorKind::Cut { .. }
            | NetErrorKind::TooLarge { .. }
            | NetErrorKind::TooSlow { .. }
            | NetErrorKind::Io { .. } => {
                "run it again; if it stays so, use another source (GVMR_MIRROR, GOPROXY)"
            }
        };
        Some(hint.to_owned())
    }
}
