//! One request, step by step, to find out which step fails: the connection, the proxy's tunnel, TLS, the answer.
//!
//! Takes addresses that somebody else has looked up, a URL and a time by which each step must be over; gives the answer, or the
//! step that failed. Sends the credentials that a [`super::Client`] would send, and no others; follows no redirect, reads of a
//! body only how a web page begins, tries nothing twice.

mod answer;

pub use answer::TrialAnswer;

use super::certificate;
use super::classify;
use super::credentials::{authorization, basic_of, stripped};
use super::error::{CertificateFault, NetErrorKind};
use super::proxy::ProxyRefusal;
use super::settings::NetSettings;
use super::tunnel;
use reqwest::Url;
use reqwest::header::HeaderValue;
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConfig, ClientConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// The most that is read of a head.
const MAX_HEAD: usize = 16 << 10;
/// Addresses of one host that are tried, all at once.
const MAX_ADDRESSES: usize = 4;

/// Tries requests, by the settings of a client.
pub struct Trial {
    settings: NetSettings,
    tls: Arc<ClientConfig>,
}

/// A step of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialStep {
    /// The TCP connection.
    Connection,
    /// The TLS handshake with the proxy.
    ProxyHandshake,
    /// The proxy's answer to CONNECT.
    Tunnel,
    /// The TLS handshake with the server.
    Handshake,
    /// The server's answer.
    Answer,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialFailure {
    /// Nobody listens on that port.
    Refused,
    /// The kernel knows no way there, or nobody answers for the address.
    Unreachable(ErrorKind),
    /// Nothing came in time.
    Silent(TrialStep),
    /// The other side closed the connection.
    Reset(TrialStep),
    /// The proxy's answer to CONNECT: no tunnel.
    Tunnel(u16),
    /// The certificate does not hold.
    Certificate {
        /// Whose: that of the server, or of the proxy.
        step: TrialStep,
        /// What does not hold.
        reason: String,
        /// Who issued it.
        issuer: Option<String>,
        /// What is at fault, where that is known.
        fault: Option<CertificateFault>,
    },
    /// What came is not what that step expects.
    Unexpected(TrialStep, String),
    /// What this client offers is nothing that the other side takes, while Go offers more.
    NothingInCommon(TrialStep),
}

impl Trial {
    /// Trials by these settings; the error is the reason in words.
    pub fn new(settings: NetSettings) -> Result<Self, String> {
        let tls = Arc::new(certificate::tls_of_trial(settings.roots.clone())?);
        Ok(Self { settings, tls })
    }

    /// The proxy that a request for `url` goes through.
    pub fn proxy(&self, url: &Url) -> Result<Option<Url>, ProxyRefusal> {
        Ok(self.settings.proxies.choose(url)?.cloned())
    }

    /// Whether a request for `url` goes past any proxy: `NO_PROXY` names it, or it is this machine.
    pub fn is_exempt(&self, url: &Url) -> bool {
        !self.settings.proxies.applies(url)
    }

    /// Whether no certificate is trusted at all.
    pub fn has_no_roots(&self) -> bool {
        self.settings.roots.load().is_empty()
    }

    /// A connection to the first of the addresses that takes one; all are tried at once. The failure is the one that says
    /// most, with its address.
    pub fn connect(
        addresses: &[SocketAddr],
        until: Instant,
    ) -> Result<(TcpStream, SocketAddr), (TrialFailure, Option<SocketAddr>)> {
        let (sender, outcomes) = channel();
        for address in addresses.iter().take(MAX_ADDRESSES).copied() {
            let own = sender.clone();
            let open = move || {
                let _ = own.send((address, TcpStream::connect_timeout(&address, left(until))));
            };
            // Not joined: one that is silent may outlive the others. Where there are no more threads, this one does it.
            if std::thread::Builder::new().spawn(open.clone()).is_err() {
                open();
            }
        }
        drop(sender);
        let mut failed: Option<(TrialFailure, SocketAddr)> = None;
        for (address, outcome) in outcomes {
            match outcome {
                Ok(stream) => return Ok((stream, address)),
                Err(error) => {
                    let failure = TrialFailure::of_connection(&error);
                    if failed.as_ref().is_none_or(|(known, _)| failure.weight() > known.weight()) {
                        failed = Some((failure, address));
                    }
                }
            }
        }
        match failed {
            Some((failure, address)) => Err((failure, Some(address))),
            None => Err((TrialFailure::Unreachable(ErrorKind::AddrNotAvailable), None)),
        }
    }

    /// The answer to a GET of `url` over `stream`, which leads to its server or to the proxy `via`. Each step
    /// may take `step`, all of them last `until` then. `None` where a SOCKS proxy carries it, which is not asked.
    pub fn get(
        &self,
        stream: TcpStream,
        url: &Url,
        via: Option<&Url>,
        (step, until): (Duration, Instant),
    ) -> Result<Option<TrialAnswer>, TrialFailure> {
        let by = |step: Duration| (Instant::now() + step).min(until);
        if via.is_some_and(|proxy| proxy.scheme().starts_with("socks")) {
            return Ok(None);
        }
        let mut stream: Box<dyn Duplex> = Box::new(Timed { stream, until: by(step) });
        if let Some(proxy) = via.filter(|proxy| proxy.scheme() == "https") {
            stream = self.secured(stream, proxy, TrialStep::ProxyHandshake, by(step))?;
        }
        let is_secure = url.scheme() == "https";
        if let Some(proxy) = via.filter(|_| is_secure) {
            stream.allow(by(step));
            open_tunnel(&mut stream, proxy, url)?;
        }
        if is_secure {
            stream = self.secured(stream, url, TrialStep::Handshake, by(step))?;
        }
        stream.allow(until);
        let request = self.request(url, via.filter(|_| !is_secure));
        let failed = |error: io::Error| TrialFailure::of_io(&error, TrialStep::Answer);
        stream.write_all(&request).and_then(|()| stream.flush()).map_err(failed)?;
        let head = read_head(&mut stream, TrialStep::Answer)?;
        match TrialAnswer::read(&head, url, &mut stream) {
            Some(answer) if answer.status == 407 && via.is_some() => Err(TrialFailure::Tunnel(407)),
            Some(answer) => Ok(Some(answer)),
            None => Err(TrialFailure::Unexpected(TrialStep::Answer, "no HTTP".to_owned())),
        }
    }

    fn secured(
        &self,
        mut stream: Box<dyn Duplex>,
        url: &Url,
        step: TrialStep,
        until: Instant,
    ) -> Result<Box<dyn Duplex>, TrialFailure> {
        stream.allow(until);
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let unexpected = |reason: String| TrialFailure::Unexpected(step, reason);
        let name = ServerName::try_from(host).map_err(|error| unexpected(error.to_string()))?;
        let connection = ClientConnection::new(Arc::clone(&self.tls), name);
        let mut connection = connection.map_err(|error| unexpected(error.to_string()))?;
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).map_err(|error| TrialFailure::of_io(&error, step))?;
        }
        Ok(Box::new(StreamOwned::new(connection, stream)))
    }

    /// The bytes of the request; `proxy` is one that carries it without a tunnel.
    fn request(&self, url: &Url, proxy: Option<&Url>) -> Vec<u8> {
        let bare = stripped(url);
        let target = match proxy {
            Some(_) => bare.to_string(),
            None => bare.path().to_owned(),
        };
        let host = place(&bare, bare.port());
        let agent = concat!("gvmr/", env!("CARGO_PKG_VERSION"));
        let mut request = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept-Encoding: identity\r\n\
             Connection: close\r\n"
        )
        .into_bytes();
        let own = authorization(url, &self.settings.netrc).ok().flatten();
        add_login(&mut request, "Authorization", own);
        add_login(&mut request, "Proxy-Authorization", proxy.and_then(basic_of));
        request.extend(b"\r\n");
        request
    }
}

impl TrialFailure {
    fn of_connection(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::Silent(TrialStep::Connection),
            ErrorKind::ConnectionReset => Self::Reset(TrialStep::Connection),
            kind => Self::Unreachable(kind),
        }
    }

    /// How much a failure says of a host with several addresses.
    fn weight(&self) -> u8 {
        match self {
            Self::Unreachable(ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable) => 0,
            Self::Unreachable(_) => 1,
            Self::Silent(_) => 2,
            _ => 3,
        }
    }

    fn of_io(error: &io::Error, step: TrialStep) -> Self {
        if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            if *error == rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) {
                return Self::NothingInCommon(step);
            }
            return match classify::of_tls(error) {
                NetErrorKind::Tls { reason, fault: Some(CertificateFault::NoTls), .. } => {
                    Self::Unexpected(step, reason)
                }
                NetErrorKind::Tls { reason, issuer, fault } if is_of_certificate(error) => {
                    Self::Certificate { step, reason, issuer, fault }
                }
                other => Self::Unexpected(step, other.to_string()),
            };
        }
        match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::Silent(step),
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => Self::Reset(step),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Self::Unreachable(error.kind()),
            _ => Self::Unexpected(step, error.to_string()),
        }
    }
}

/// Whether this side refused the other's certificate.
fn is_of_certificate(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)
}

/// A connection, or what is secured over one.
trait Duplex: Read + Write + Send {
    /// Gives reads and writes time until then.
    fn allow(&mut self, until: Instant);
}

impl<S: Duplex> Duplex for StreamOwned<ClientConnection, S> {
    fn allow(&mut self, until: Instant) {
        self.sock.allow(until);
    }
}

impl Duplex for Box<dyn Duplex> {
    fn allow(&mut self, until: Instant) {
        (**self).allow(until);
    }
}

/// A connection whose reads and writes end at a time, however often something trickles in.
struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Duplex for Timed {
    fn allow(&mut self, until: Instant) {
        self.until = until;
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(in_time(self.until)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(in_time(self.until)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn in_time(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// What is left until then, at least a moment.
fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}

fn open_tunnel(stream: &mut Box<dyn Duplex>, proxy: &Url, url: &Url) -> Result<(), TrialFailure> {
    let place = place(url, url.port_or_known_default());
    let mut request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n").into_bytes();
    add_login(&mut request, "Proxy-Authorization", basic_of(proxy));
    request.extend(b"\r\n");
    let failed = |error: io::Error| TrialFailure::of_io(&error, TrialStep::Tunnel);
    stream.write_all(&request).and_then(|()| stream.flush()).map_err(failed)?;
    let head = read_head(stream, TrialStep::Tunnel)?;
    match tunnel::status(&head) {
        Some(status) if (200..300).contains(&status) => Ok(()),
        Some(status) => Err(TrialFailure::Tunnel(status)),
        None => Err(TrialFailure::Unexpected(TrialStep::Tunnel, "no HTTP".to_owned())),
    }
}

/// `host`, with a port where there is one to name.
fn place(url: &Url, port: Option<u16>) -> String {
    let host = url.host_str().unwrap_or_default();
    port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn add_login(request: &mut Vec<u8>, header: &str, login: Option<HeaderValue>) {
    if let Some(login) = login {
        request.extend(header.as_bytes());
        request.extend(b": ");
        request.extend(login.as_bytes());
        request.extend(b"\r\n");
    }
}

/// The head of an answer, and no byte behind it.
fn read_head(stream: &mut Box<dyn Duplex>, step: TrialStep) -> Result<Vec<u8>, TrialFailure> {
    let mut head = Vec::new();
    let mut byte = [0];
    while head.len() < MAX_HEAD && !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        match stream.read(&mut byte) {
            Ok(0) if head.is_empty() => return Err(TrialFailure::Reset(step)),
            Ok(0) => break,
            Ok(_) => head.push(byte[0]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // What has a first line is an answer.
            Err(_) if head.contains(&b'\n') && step == TrialStep::Answer => break,
            Err(error) => return Err(TrialFailure::of_io(&error, step)),
        }
    }
    Ok(head)
}
