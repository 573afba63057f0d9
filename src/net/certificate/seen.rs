//! Certificates of servers that are looked at and not trusted: their chain, why it is refused, and until when it holds.

use super::{RefusedCertificate, Verifier};
use crate::net::roots::Roots;
use gvmr_core::sys::printable;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme, SupportedProtocolVersion,
};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// A TLS configuration that takes any certificate; signatures are checked all the same.
pub(in crate::net) fn tls_unverified() -> Result<ClientConfig, String> {
    tls_that_sees(&[&TLS13, &TLS12]).map(|(configuration, _)| configuration)
}

/// The same for these versions alone, and where the chain can be taken from that a server shows.
pub(in crate::net) fn tls_that_sees(
    versions: &[&'static SupportedProtocolVersion],
) -> Result<(ClientConfig, Arc<SeenChains>), String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions);
    let builder = builder.map_err(|error| error.to_string())?;
    let seen = Arc::new(SeenChains::default());
    let checks = Arc::new(Unverified { provider, seen: Arc::clone(&seen) });
    Ok((builder.dangerous().with_custom_certificate_verifier(checks).with_no_client_auth(), seen))
}

/// The certificates that a server shows, its own first.
pub(in crate::net) struct SeenChain {
    own: CertificateDer<'static>,
    others: Vec<CertificateDer<'static>>,
}

/// The last chain that a server showed.
#[derive(Default)]
pub(in crate::net) struct SeenChains(Mutex<Option<SeenChain>>);

impl SeenChains {
    /// Takes it.
    pub(in crate::net) fn take(&self) -> Option<SeenChain> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for SeenChains {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SeenChains")
    }
}

/// Judges chains at any time.
pub(in crate::net) struct ChainJudge {
    verifier: Verifier,
}

/// No certificate lasts longer, in seconds: a thousand years.
const LONGEST: u64 = 1000 * 366 * 86_400;

impl ChainJudge {
    /// By the authorities of `roots`.
    pub(in crate::net) fn new(roots: Roots) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Self { verifier: Verifier { roots, inner: OnceLock::new(), provider, is_trial: false } }
    }

    fn verify(&self, chain: &SeenChain, name: &ServerName<'_>, seconds: u64) -> Result<(), Error> {
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        self.verifier.verify_server_cert(&chain.own, &chain.others, name, &[], now).map(|_| ())
    }

    /// Why the chain is refused then; `None` where it is not.
    pub(in crate::net) fn refusal(
        &self,
        chain: &SeenChain,
        name: &ServerName<'_>,
        seconds: u64,
    ) -> Option<String> {
        let error = self.verify(chain, name, seconds).err()?;
        match &error {
            Error::InvalidCertificate(CertificateError::Other(other)) => {
                match other.0.downcast_ref::<RefusedCertificate>() {
                    Some(RefusedCertificate { reason, issuer: Some(issuer), .. }) => {
                        Some(format!("{reason} (issued by {})", printable::text(issuer)))
                    }
                    Some(RefusedCertificate { reason, .. }) => Some(reason.clone()),
                    None => Some(error.to_string()),
                }
            }
            _ => Some(error.to_string()),
        }
    }

    /// The last second in which a chain that is trusted now will be.
    pub(in crate::net) fn trusted_until(&self, chain: &SeenChain, name: &ServerName<'_>, now: u64) -> u64 {
        let (mut good, mut bad) = (now, now + LONGEST);
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            if self.verify(chain, name, middle).is_ok() {
                good = middle;
            } else {
                bad = middle;
            }
        }
        good
    }

    /// When the server's own certificate ends, whoever issued it: that is looked at before the issuer is.
    pub(in crate::net) fn own_end(&self, chain: &SeenChain, name: &ServerName<'_>) -> Option<u64> {
        let inner = self.verifier.inner().ok()?;
        let late = UnixTime::since_unix_epoch(Duration::from_secs(LONGEST * 7));
        match inner.verify_server_cert(&chain.own, &chain.others, name, &[], late) {
            Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
                Some(not_after.as_secs())
            }
            _ => None,
        }
    }
}

/// Takes any certificate.
#[derive(Debug)]
struct Unverified {
    provider: Arc<CryptoProvider>,
    seen: Arc<SeenChains>,
}

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let others = intermediates.iter().map(|one| one.clone().into_owned()).collect();
        let chain = SeenChain { own: end_entity.clone().into_owned(), others };
        *self.seen.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(chain);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
