//! The check of a server's certificate, by rustls, with one addition: a refusal names who issued it.
//!
//! Where a corporate proxy re-signs all traffic, that name tells which authority is missing from the system's
//! store. Never accepts anything that rustls refuses.

mod seen;

pub(super) use seen::{ChainJudge, SeenChain, tls_that_sees, tls_unverified};

use super::error::CertificateFault;
use super::roots::Roots;
use crate::calendar;
use gvmr_core::sys::printable;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A refused certificate: why, and who issued it.
#[derive(Clone, Debug)]
pub(super) struct RefusedCertificate {
    pub(super) reason: String,
    pub(super) issuer: Option<String>,
    pub(super) fault: Option<CertificateFault>,
}

/// A TLS configuration that trusts `roots`, which are read with the first certificate to be checked: plain `http`
/// and files never wait for them.
pub(super) fn tls(roots: Roots) -> Result<ClientConfig, String> {
    configuration(roots, false)
}

/// The same for a trial, which also lets servers show keys that rustls cannot check, to name them in its refusal.
pub(super) fn tls_of_trial(roots: Roots) -> Result<ClientConfig, String> {
    configuration(roots, true)
}

fn configuration(roots: Roots, is_trial: bool) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // Another part of the process may have chosen one; ours is passed explicitly and this is only a default.
    let _ = CryptoProvider::install_default(rustls::crypto::ring::default_provider());
    let versions =
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let builder = versions.map_err(|error| error.to_string())?;
    let checks = Arc::new(Verifier { roots, inner: OnceLock::new(), provider, is_trial });
    // "Dangerous" since a verifier could accept everything; this one only adds words to a refusal.
    Ok(builder.dangerous().with_custom_certificate_verifier(checks).with_no_client_auth())
}

#[derive(Debug)]
struct Verifier {
    roots: Roots,
    inner: OnceLock<Result<Arc<WebPkiServerVerifier>, String>>,
    provider: Arc<CryptoProvider>,
    is_trial: bool,
}

/// The signature of a server whose key rustls cannot check, and Go can.
const ONLY_GO_S: SignatureScheme = SignatureScheme::ECDSA_NISTP521_SHA512;

impl Verifier {
    /// The check itself; with no trusted certificate the reason why every other one is refused.
    fn inner(&self) -> Result<&WebPkiServerVerifier, &str> {
        let made = self.inner.get_or_init(|| {
            let roots = self.roots.load();
            if roots.is_empty() {
                return Err("no trusted CA certificates found; set SSL_CERT_FILE".to_owned());
            }
            let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone());
            builder.build().map_err(|error| error.to_string())
        });
        made.as_deref().map_err(String::as_str)
    }

    /// Where an issuer is not trusted and a variable names no certificate, that is why.
    fn named(
        &self,
        (reason, fault): (String, Option<CertificateFault>),
    ) -> (String, Option<CertificateFault>) {
        match self.roots.fault() {
            Some(store) if fault == Some(CertificateFault::Issuer) => (format!("{reason}; {store}"), fault),
            _ => (reason, fault),
        }
    }

    /// The fault, where it is none to Go's less strict check.
    fn as_go_has_it(
        &self,
        error: &CertificateError,
        fault: Option<CertificateFault>,
        end_entity: &CertificateDer<'_>,
        server_name: &ServerName<'_>,
    ) -> Option<CertificateFault> {
        let is_fine = match (fault, error) {
            // ECDSA with SHA-256, SHA-384 or SHA-512, on a curve or with a digest that rustls lacks: the name of the issuer is
            // known here, or the signature would not be looked at.
            (
                _,
                CertificateError::UnsupportedSignatureAlgorithmContext { signature_algorithm_id, .. }
                | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
                    signature_algorithm_id,
                    ..
                },
            ) => signature_algorithm_id.windows(ECDSA_SHA2.len()).any(|bytes| bytes == ECDSA_SHA2),
            // webpki looks at this before it looks for the issuer.
            (Some(CertificateFault::Authority), _) => {
                let Some(issuer) = issuer_name(end_entity) else { return fault };
                let roots = self.roots.load();
                roots.roots.iter().any(|root| root.subject.as_ref().ends_with(issuer))
            }
            // `*.corp` for `host.corp`.
            (_, CertificateError::NotValidForNameContext { presented, .. }) => {
                let host = server_name.to_str().to_ascii_lowercase();
                let below = host.split_once('.').map(|(_, below)| format!("\"*.{below}\""));
                below.is_some_and(|wanted| presented.iter().any(|name| name.contains(&wanted)))
            }
            _ => false,
        };
        if is_fine { Some(CertificateFault::FineForGo) } else { fault }
    }

    /// Why Go trusts no authority of a chain, where the dates of all in the store that issued it are wrong: rustls does not look
    /// at those.
    fn out_of_date_root(&self, chain: &[&CertificateDer<'_>], now: UnixTime) -> Option<String> {
        let issuers: Vec<_> = chain.iter().filter_map(|one| issuer_name(one)).collect();
        let today = calendar::date(now.as_secs());
        let mut fault = None;
        for root in self.roots.certificates() {
            let Some((subject, from, to)) = subject_and_dates(&root) else { continue };
            if !issuers.contains(&subject) {
                continue;
            }
            if from > today {
                fault = Some(format!("the certificate of that authority here begins {from}"));
            } else if to < today {
                fault = Some(format!("the certificate of that authority here expired {to}"));
            } else {
                return None;
            }
        }
        fault
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let refused = |(reason, fault)| refusal(end_entity, reason, fault);
        let inner = self
            .inner()
            .map_err(|reason| refused(self.named((reason.to_owned(), Some(CertificateFault::Issuer)))))?;
        let verified = inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        if let (Ok(_), true) = (&verified, self.is_trial) {
            let chain: Vec<_> = std::iter::once(end_entity).chain(intermediates).collect();
            if let Some(reason) = self.out_of_date_root(&chain, now) {
                return Err(refused((reason, Some(CertificateFault::Issuer))));
            }
        }
        verified.map_err(|error| match error {
            Error::InvalidCertificate(error) => {
                let (reason, fault) = if has_no_extensions(end_entity) {
                    (NO_NAMES.to_owned(), Some(CertificateFault::Name))
                } else {
                    self.named(words(&error, server_name, now))
                };
                refused((reason, self.as_go_has_it(&error, fault, end_entity, server_name)))
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        is_checked_here(certificate, signed)?;
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        is_checked_here(certificate, signed)?;
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.provider.signature_verification_algorithms.supported_schemes();
        if self.is_trial {
            schemes.push(ONLY_GO_S);
        }
        schemes
    }
}

/// Refuses what a trial lets servers show and rustls cannot check. The certificate itself has been checked by then.
fn is_checked_here(certificate: &CertificateDer<'_>, signed: &DigitallySignedStruct) -> Result<(), Error> {
    if signed.scheme != ONLY_GO_S {
        return Ok(());
    }
    let reason = "its key is on the curve P-521, which the TLS library of gvmr lacks".to_owned();
    Err(refusal(certificate, reason, Some(CertificateFault::FineForGo)))
}

/// What rustls is given where a certificate is refused.
fn refusal(certificate: &[u8], reason: String, fault: Option<CertificateFault>) -> Error {
    let refused = RefusedCertificate { reason, issuer: issuer(certificate), fault };
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
}

/// A refusal in words, and what is at fault where that is known.
fn words(
    error: &CertificateError,
    server_name: &ServerName<'_>,
    now: UnixTime,
) -> (String, Option<CertificateFault>) {
    let today = calendar::date(now.as_secs());
    let clock = || format!("the clock of this machine says {today}");
    match error {
        CertificateError::UnknownIssuer => {
            let words = "certificate signed by an authority that this system does not trust";
            (words.to_owned(), Some(CertificateFault::Issuer))
        }
        CertificateError::NotValidYet => {
            (format!("{}, before the certificate begins", clock()), Some(CertificateFault::NotYetValid))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            let begins = calendar::date(not_before.as_secs());
            (format!("{}; the certificate begins {begins}", clock()), Some(CertificateFault::NotYetValid))
        }
        CertificateError::Expired => {
            (format!("the certificate has expired; {}", clock()), Some(CertificateFault::Expired))
        }
        CertificateError::ExpiredContext { not_after, .. } => {
            let ended = calendar::date(not_after.as_secs());
            (format!("the certificate expired {ended}; {}", clock()), Some(CertificateFault::Expired))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let wanted = server_name.to_str();
            let names = match error {
                CertificateError::NotValidForNameContext { presented, .. } => presented_names(presented),
                _ => String::new(),
            };
            (format!("the certificate is not for {wanted}{names}"), Some(CertificateFault::Name))
        }
        CertificateError::Other(OtherError(other)) if format!("{other:?}") == "CaUsedAsEndEntity" => {
            let words = "the server shows the certificate of an authority as its own";
            (words.to_owned(), Some(CertificateFault::Authority))
        }
        #[allow(deprecated)] // what webpki says where it has no more to say
        CertificateError::UnsupportedSignatureAlgorithm
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            let words = "its signature is of a kind that cannot be checked here, such as SHA-1, MD5 or P-521";
            (words.to_owned(), None)
        }
        other => (other.to_string(), None),
    }
}

/// Why a certificate of the first version of X.509 is for no host.
const NO_NAMES: &str = "the certificate is of X.509 version 1, which has no names of hosts";

/// The object identifiers of ECDSA with a digest of the SHA-2 family begin so: 1.2.840.10045.4.3.
const ECDSA_SHA2: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];

/// The names that a certificate is for, the first few: ` but for a, b`.
fn presented_names(presented: &[String]) -> String {
    const SHOWN: usize = 3;
    // rustls gives each as `DnsName("host")` or `IpAddress(1.2.3.4)`.
    let name = |text: &String| {
        let inner = text.split_once('(').map_or(text.as_str(), |(_, inner)| inner.trim_end_matches(')'));
        printable::word(inner.trim_matches('"'))
    };
    let names: Vec<_> = presented.iter().take(SHOWN).map(name).collect();
    if names.is_empty() { String::new() } else { format!(", but for {}", names.join(", ")) }
}

impl fmt::Display for RefusedCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl std::error::Error for RefusedCertificate {}

/// The issuer's common name, else its organisation: `TBSCertificate` holds an optional version, the serial
/// number, the signature's algorithm, and then the issuer.
fn issuer(certificate: &[u8]) -> Option<String> {
    let issuer = issuer_name(certificate)?;
    let common_name = [0x55, 0x04, 0x03];
    let organisation = [0x55, 0x04, 0x0a];
    attribute(issuer, common_name).or_else(|| attribute(issuer, organisation))
}

/// What begins a `TBSCertificate`, unless it is of the first version.
const VERSION: u8 = 0xa0;

/// Whether a certificate is of the first version of X.509.
fn has_no_extensions(certificate: &[u8]) -> bool {
    fields(certificate).is_some_and(|fields| fields.first() != Some(&VERSION))
}

fn fields(certificate: &[u8]) -> Option<&[u8]> {
    let (_, certificate, _) = element(certificate)?;
    Some(element(certificate)?.1)
}

/// The issuer's whole name, without the header of its sequence.
fn issuer_name(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    let mut fields = fields(certificate)?;
    if fields.first() == Some(&VERSION) {
        fields = element(fields)?.2;
    }
    let after_serial = element(fields)?.2;
    let after_algorithm = element(after_serial)?.2;
    let (tag, issuer, _) = element(after_algorithm)?;
    (tag == SEQUENCE).then_some(issuer)
}

/// The subject's whole name, as [`issuer_name`] gives it, and the first and the last day.
fn subject_and_dates(certificate: &[u8]) -> Option<(&[u8], String, String)> {
    let mut fields = fields(certificate)?;
    if fields.first() == Some(&VERSION) {
        fields = element(fields)?.2;
    }
    let after_algorithm = element(element(fields)?.2)?.2;
    let (_, validity, after_validity) = element(element(after_algorithm)?.2)?;
    let (from, after_from) = day(validity)?;
    let (to, _) = day(after_from)?;
    let (_, subject, _) = element(after_validity)?;
    Some((subject, from, to))
}

/// The day of a `UTCTime` or a `GeneralizedTime`, and what follows it.
fn day(time: &[u8]) -> Option<(String, &[u8])> {
    const UTC_TIME: u8 = 0x17;
    let (tag, text, rest) = element(time)?;
    let text = std::str::from_utf8(text).ok()?;
    let century = match tag {
        UTC_TIME if text < "50" => "20",
        UTC_TIME => "19",
        _ => "",
    };
    let text = format!("{century}{text}");
    Some((format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..8)?), rest))
}

/// The text of one attribute of a distinguished name, such as `2.5.4.3`.
fn attribute(mut name: &[u8], wanted: [u8; 3]) -> Option<String> {
    while !name.is_empty() {
        let (_, set, rest) = element(name)?;
        let (_, pair, _) = element(set)?;
        let (_, kind, value) = element(pair)?;
        if kind == wanted {
            let (_, text, _) = element(value)?;
            let text = String::from_utf8_lossy(text);
            return Some(text.chars().take(100).flat_map(char::escape_debug).collect());
        }
        name = rest;
    }
    None
}

/// The first DER element of `data`: its tag, its content, and what follows it.
fn element(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, data) = data.split_first()?;
    let (&first, data) = data.split_first()?;
    let (length, data) = if first < 0x80 {
        (usize::from(first), data)
    } else {
        let (digits, data) = data.split_at_checked(usize::from(first & 0x7f).min(9))?;
        let length = digits
            .iter()
            .try_fold(0_usize, |sum, &digit| sum.checked_mul(256)?.checked_add(usize::from(digit)))?;
        (length, data)
    };
    let (content, rest) = data.split_at_checked(length)?;
    Some((tag, content, rest))
}
