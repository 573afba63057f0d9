//! Servers whose certificate does not hold: what is at fault, and what changes that.

use super::{client, url};
use crate::support::authority::authority;
use crate::support::server::{Reply, Server};
use gvmr::net::{CertificateFault, NetErrorKind};
use rustls::ServerConfig;
use std::sync::Arc;

const HERE: &str = "IP:127.0.0.1";

fn refusal(server: Arc<ServerConfig>, roots: &str) -> (Option<CertificateFault>, String, String) {
    let server = Server::start_tls(server, |_| Reply::ok("never"));
    let error = client(&[("SSL_CERT_FILE", roots)]).read(&url(&server.url("/x")), 100).unwrap_err();
    let NetErrorKind::Tls { fault, .. } = error.kind else { panic!("{error:?}") };
    (fault, error.to_string(), error.hint().unwrap())
}

#[test]
fn a_wrong_clock_is_named_with_both_dates() {
    let Some(authority) = authority() else { return };
    let roots = authority.certificate();
    let roots = roots.to_str().unwrap();
    let today = gvmr::calendar::today();
    for (from, to, fault, words, next) in [
        (
            "20900301000000Z",
            "20910301000000Z",
            CertificateFault::NotYetValid,
            "begins 2090-03-01",
            "timedatectl",
        ),
        (
            "20200301000000Z",
            "20210301000000Z",
            CertificateFault::Expired,
            "expired 2021-03-01",
            "timedatectl",
        ),
    ] {
        let (got, text, hint) = refusal(authority.server_for(HERE, from, to), roots);
        assert_eq!(got, Some(fault), "{text}");
        assert!(
            text.contains(words) && text.contains(&format!("clock of this machine says {today}")),
            "{text}"
        );
        assert!(hint.contains(next) && !hint.contains("store"), "{hint}");
    }
}

#[test]
fn a_variable_that_names_no_certificate_is_what_is_wrong() {
    let Some(authority) = authority() else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let missing = directory.path().join("missing").display().to_string();
    for (path, what) in [
        (missing, "which does not exist"),
        (file("empty", "\n"), "which is empty"),
        (file("other", "not a certificate"), "which holds no PEM certificate"),
    ] {
        let (fault, text, hint) = refusal(authority.server(), &path);
        assert_eq!(fault, Some(CertificateFault::Issuer), "{text}");
        assert!(text.contains(&format!("SSL_CERT_FILE names {path}, {what}")), "{text}");
        assert!(hint.contains("SSL_CERT_FILE"), "{hint}");
    }
    let whole = authority.certificate();
    let other = authority.server_for("DNS:other.example", "20200301000000Z", "20910301000000Z");
    assert!(!refusal(other, whole.to_str().unwrap()).1.contains("SSL_CERT_FILE"));
}

#[test]
fn a_certificate_for_others_an_authoritys_own_and_an_unknown_one_have_their_own_next_step() {
    let Some(authority) = authority() else { return };
    let roots = authority.certificate();
    let roots = roots.to_str().unwrap();
    let other = authority.server_for("DNS:other.example,IP:10.1.2.3", "20200301000000Z", "20910301000000Z");
    let (fault, text, hint) = refusal(other, roots);
    assert_eq!(fault, Some(CertificateFault::Name), "{text}");
    assert!(text.contains("is not for 127.0.0.1, but for other.example, 10.1.2.3"), "{text}");
    assert!(hint.contains("host name"), "{hint}");
    let (fault, text, _) = refusal(authority.itself(), roots);
    assert_eq!(fault, Some(CertificateFault::FineForGo), "{text}");
    assert!(!text.contains("CaUsed"), "{text}");
    let own = authority.server_for("DNS:*.example", "20200301000000Z", "20910301000000Z");
    assert_eq!(refusal(own, roots).0, Some(CertificateFault::Name), "of another top-level domain");
    let (fault, text, hint) = refusal(authority.server(), "/dev/null");
    assert_eq!(fault, Some(CertificateFault::Issuer), "{text}");
    assert!(hint.contains("SSL_CERT_FILE"), "{hint}");
}
