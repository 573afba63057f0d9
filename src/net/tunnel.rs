//! Why a proxy opens no tunnel: the status of its answer to CONNECT, which the HTTP client does not tell.
//!
//! Takes the proxy and the server of a request that failed so, asks once more, and gives the status. Sends nothing through a
//! tunnel that is opened this time.

use super::credentials::basic_of;
use reqwest::Url;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::channel;
use std::time::Duration;

/// More than a status line.
const MAX_BYTES: usize = 256;

/// The status with which `proxy` answers a request for a tunnel to `target`; `None` where it gives none within `limit` for
/// each step.
pub(super) fn refusal(proxy: &Url, target: &Url, limit: Duration) -> Option<u16> {
    if proxy.scheme() != "http" {
        return None;
    }
    let mut stream = TcpStream::connect_timeout(&address_of(proxy)?, limit).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    stream.set_write_timeout(Some(limit)).ok()?;
    let place = format!("{}:{}", target.host_str()?, target.port_or_known_default()?);
    let mut request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n").into_bytes();
    if let Some(login) = basic_of(proxy) {
        request.extend(b"Proxy-Authorization: ");
        request.extend(login.as_bytes());
        request.extend(b"\r\n");
    }
    request.extend(b"\r\n");
    stream.write_all(&request).ok()?;
    let mut answer = Vec::new();
    let mut chunk = [0; MAX_BYTES];
    while answer.len() < MAX_BYTES && !answer.contains(&b'\n') {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        answer.extend_from_slice(&chunk[..read]);
    }
    status(&answer).filter(|status| *status != 200)
}

/// Whether something accepts connections at `proxy` within `limit`.
pub(super) fn is_open(proxy: &Url, limit: Duration) -> bool {
    let (sender, outcome) = channel();
    let proxy = proxy.clone();
    // Not joined: a resolver has limits of its own, which may be longer.
    std::thread::spawn(move || {
        let address = address_of(&proxy);
        sender.send(address.is_some_and(|address| TcpStream::connect_timeout(&address, limit).is_ok()))
    });
    outcome.recv_timeout(limit).unwrap_or(false)
}

/// The first address of a server.
fn address_of(server: &Url) -> Option<SocketAddr> {
    (server.host_str()?.trim_matches(['[', ']']), server.port_or_known_default()?)
        .to_socket_addrs()
        .ok()?
        .next()
}

/// The status of an answer's first line.
pub(super) fn status(answer: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(answer.split(|byte| *byte == b'\n').next()?).ok()?;
    let mut words = line.split_ascii_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    words.next()?.parse().ok().filter(|status| (100..1000).contains(status))
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn a_status_is_read_from_a_status_line_alone() {
        for (answer, expected) in [
            (&b"HTTP/1.1 403 Forbidden\r\nX: y\r\n"[..], Some(403)),
            (b"HTTP/1.0 502\r\n", Some(502)),
            (b"SSH-2.0-OpenSSH_9.9\r\n", None),
            (b"HTTP/1.1 2000 OK\r\n", None),
            (b"HTTP/1.1 \xff\r\n", None),
            (b"\n", None),
        ] {
            assert_eq!(status(answer), expected, "{answer:?}");
        }
    }
}
