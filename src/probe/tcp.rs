//! A connection: how long it takes, what comes over it, or that there is none.

use super::{ProbeSurroundings, failed, watched};
use crate::check::file::{SocketTarget, TcpTarget};
use crate::check::{Measure, Measurement, NotMeasured, Quantity, SecretMask};
use gvmr_core::sys::printable;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// The most that is read of what comes.
const MAX_READ: usize = 64 << 10;

pub(super) fn measure(
    target: &TcpTarget,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    let (owned, secrets) = (target.clone(), surroundings.secrets.clone());
    watched(&|| surroundings.stopped(), move || attempt(&owned, timeout, &secrets))?
}

/// Both kinds of streams.
trait Stream: Read + Write {
    fn allow(&self, time: Duration) -> io::Result<()>;
}

impl Stream for TcpStream {
    fn allow(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time)).and_then(|()| self.set_write_timeout(Some(time)))
    }
}

impl Stream for UnixStream {
    fn allow(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time)).and_then(|()| self.set_write_timeout(Some(time)))
    }
}

fn attempt(target: &TcpTarget, timeout: Duration, secrets: &SecretMask) -> Result<Measurement, NotMeasured> {
    let start = Instant::now();
    let until = start + timeout;
    let (name, connected) = match &target.address {
        SocketTarget::Unix(path) => {
            let name = printable::path(path);
            let stream = UnixStream::connect(path).map(|stream| Box::new(stream) as Box<dyn Stream>);
            (name, stream)
        }
        SocketTarget::Tcp(host, port) => {
            let name = shown_address(host, *port);
            // A name that does not resolve says nothing of a port.
            let addresses = (host.as_str(), *port).to_socket_addrs();
            let addresses =
                addresses.map_err(|error| failed(format!("{name}: {error}")))?.collect::<Vec<_>>();
            (name, connect(&addresses, until).map(|stream| Box::new(stream) as Box<dyn Stream>))
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    let mut measurement = Measurement::default();
    match (connected, target.closed) {
        (Ok(_), true) => measurement.unmet.push(format!("{name} is open, and must not be")),
        (Err(error), true) if is_closed(&error) => {
            measurement.remarks.push(format!("{name}: {error}"));
        }
        (Err(error), _) => return Err(failed(format!("{name}: {error}"))),
        (Ok(mut stream), false) => {
            let time = Quantity { value: seconds, measure: Measure::Duration };
            measurement.figures.insert("time".to_owned(), time);
            talk(target, &mut *stream, (until, &name), secrets, &mut measurement)?;
        }
    }
    Ok(measurement)
}

/// `host:port`, and `[::1]:port` of IPv6.
pub(super) fn shown_address(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// The first address that takes a connection.
pub(super) fn connect(addresses: &[SocketAddr], until: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
    for address in addresses {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Refused, unreachable or silent: nothing gets through.
fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::TimedOut
            | ErrorKind::WouldBlock
            | ErrorKind::NotFound // a socket that is not there
    )
}

/// Sends what is to be sent, and reads until what is expected has come.
fn talk(
    target: &TcpTarget,
    stream: &mut dyn Stream,
    (until, name): (Instant, &str),
    secrets: &SecretMask,
    measurement: &mut Measurement,
) -> Result<(), NotMeasured> {
    let broken = |error: io::Error| failed(format!("{name}: {error}"));
    let allow = |stream: &mut dyn Stream| {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        stream.allow(left)
    };
    if let Some(text) = &target.send {
        allow(stream).and_then(|()| stream.write_all(text.as_bytes())).map_err(broken)?;
    }
    let Some(pattern) = &target.expect else { return Ok(()) };
    let (mut heard, mut window) = (Vec::new(), vec![0; MAX_READ]);
    loop {
        if pattern.is_match(&String::from_utf8_lossy(&heard)) {
            return Ok(());
        }
        allow(stream).map_err(broken)?;
        match stream.read(&mut window[..MAX_READ - heard.len()]) {
            Ok(0) => break,
            Ok(count) => heard.extend(&window[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
            Err(error) => return Err(broken(error)),
        }
    }
    let text: String = secrets.hide(&String::from_utf8_lossy(&heard)).chars().take(80).collect();
    measurement.unmet.push(format!("nothing that {name} sent matches '{pattern}'; it sent {text:?}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_it_is_written() {
        assert_eq!(shown_address("::1", 80), "[::1]:80");
        assert_eq!(shown_address("10.0.0.7", 80), "10.0.0.7:80");
        assert_eq!(shown_address("redis", 6379), "redis:6379");
    }
}
