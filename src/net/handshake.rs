//! A server's TLS, looked at: the versions that it accepts, whether its chain is trusted, and until when.
//!
//! Takes what opens a connection, and a name; gives facts. Sends no request.

use super::certificate::{self, SeenChain};
use super::classify;
use super::error::NetErrorKind;
use super::roots::Roots;
use super::tls_versions::{OldVersion, is_accepted, is_end};
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConnection, SupportedProtocolVersion};
use std::io;
use std::net::TcpStream;
use std::sync::Arc;

/// Opens a connection to the server, with its time limits.
pub type Connector<'a> = dyn Fn() -> io::Result<TcpStream> + 'a;

/// What was found of a server.
pub struct TlsLook {
    /// Why the chain is not trusted now; `None` where it is.
    pub distrust: Option<String>,
    /// When this client would begin to refuse the chain, in seconds since 1970: the earliest end on the way to an authority. Of a
    /// chain that is not trusted the end of the server's own certificate.
    pub ends: Option<u64>,
}

/// The versions of TLS, from the oldest.
pub const TLS_VERSIONS: [f64; 4] = [1.0, 1.1, 1.2, 1.3];

/// Whether the server accepts this version where it is offered alone; an error is neither.
pub fn accepts(version: f64, name: &str, connect: &Connector<'_>) -> io::Result<bool> {
    let old = match version {
        1.0 => Some(OldVersion::One),
        1.1 => Some(OldVersion::OneOne),
        1.2 => Some(OldVersion::OneTwo),
        _ => None,
    };
    let mut stream = connect()?;
    if let Some(old) = old {
        return is_accepted(&mut stream, old, name, random());
    }
    match shake(&mut stream, name, &[&TLS13]) {
        Ok(_) => Ok(true),
        Err(ShakeFailure::Io(error)) if is_end(&error) => Ok(false),
        Err(ShakeFailure::Tls(rustls::Error::AlertReceived(_) | rustls::Error::PeerIncompatible(_))) => {
            Ok(false)
        }
        Err(failure) => Err(failure.into_io()),
    }
}

/// The chain that the server shows, judged as all other requests do, at `now`, in seconds since 1970.
pub fn look(roots: Roots, name: &str, now: u64, connect: &Connector<'_>) -> io::Result<TlsLook> {
    let mut stream = connect()?;
    let chain = shake(&mut stream, name, &[&TLS13, &TLS12]).map_err(ShakeFailure::into_io)?;
    let name = server_name(name)?;
    let judge = certificate::ChainJudge::new(roots);
    let distrust = judge.refusal(&chain, &name, now);
    let ends = match &distrust {
        None => Some(judge.trusted_until(&chain, &name, now)),
        Some(_) => judge.own_end(&chain, &name),
    };
    Ok(TlsLook { distrust, ends })
}

enum ShakeFailure {
    Io(io::Error),
    Tls(rustls::Error),
}

impl ShakeFailure {
    /// In the words of every other request.
    fn into_io(self) -> io::Error {
        match self {
            Self::Io(error) => error,
            Self::Tls(error) => match classify::of_tls(&error) {
                NetErrorKind::Tls { reason, .. } => io::Error::other(reason),
                kind => io::Error::other(kind.to_string()),
            },
        }
    }
}

fn server_name(name: &str) -> io::Result<ServerName<'static>> {
    ServerName::try_from(name.to_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))
}

/// A handshake with a server whose certificate is seen, and not judged.
fn shake(
    stream: &mut TcpStream,
    name: &str,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<SeenChain, ShakeFailure> {
    let (configuration, seen) =
        certificate::tls_that_sees(versions).map_err(|error| ShakeFailure::Io(io::Error::other(error)))?;
    let name = server_name(name).map_err(ShakeFailure::Io)?;
    let mut connection = ClientConnection::new(Arc::new(configuration), name).map_err(ShakeFailure::Tls)?;
    while connection.is_handshaking() {
        if let Err(error) = connection.complete_io(stream) {
            let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).cloned();
            return Err(tls.map_or(ShakeFailure::Io(error), ShakeFailure::Tls));
        }
    }
    seen.take().ok_or_else(|| ShakeFailure::Io(io::Error::other("the server showed no certificate")))
}

/// Bytes that no server can foresee; of a kernel without any the same ones.
fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    bytes
}
