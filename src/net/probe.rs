//! Whether servers that will be asked next take connections, found out while another one is silent.
//!
//! Takes a client and addresses, gives nothing but what the client then knows of these servers. Opens a connection and closes
//! it again; sends nothing. Begins only where the one that is asked now takes long, so that servers are waited for together.

use super::client::Client;
use super::error::{NetErrorKind, Phase};
use super::exchange::LazyExchange;
use super::servers;
use reqwest::Url;
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long the one that is asked may be silent before the others are tried.
const PATIENCE: Duration = Duration::from_secs(3);

impl Client {
    /// What `ask` gives. Where that takes long, the servers of `next` are tried meanwhile: those that do not answer either are
    /// not waited for one after the other.
    pub fn probing<T>(&self, next: Vec<Url>, ask: impl FnOnce() -> T) -> T {
        if next.is_empty() {
            return ask();
        }
        let shared = Arc::clone(self.shared());
        let (done, waiting) = channel::<()>();
        // Not joined: a probe may outlive the answer, whose loss costs only time.
        std::thread::spawn(move || {
            if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                for url in next {
                    begin(&shared, &url);
                }
            }
        });
        let answer = ask();
        drop(done);
        answer
    }
}

/// Tries the server of `url`, or the proxy that leads there.
fn begin(shared: &Arc<LazyExchange>, url: &Url) {
    if !matches!(url.scheme(), "https" | "http") {
        return;
    }
    let Ok(proxy) = shared.settings().proxies.choose(url) else { return };
    let (url, limit) = (proxy.unwrap_or(url).clone(), shared.settings().limits.connect);
    let name = servers::name(&url, None);
    if !shared.servers().begin_probe(&name) {
        return;
    }
    let (sender, outcome) = channel();
    std::thread::spawn(move || sender.send(connects(&url, limit)));
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        // A resolver has limits of its own, which may be longer.
        let is_silent = outcome.recv_timeout(limit).unwrap_or(Some(false)) == Some(false);
        let gone = NetErrorKind::Timeout { phase: Phase::Connect, after: limit };
        shared.servers().was_probed(&name, is_silent.then_some(gone));
    });
}

/// Whether the server takes a connection within `limit`; `None` where it, or the resolver, says at once that it does not.
fn connects(url: &Url, limit: Duration) -> Option<bool> {
    let addresses =
        (url.host_str()?.trim_matches(['[', ']']), url.port_or_known_default()?).to_socket_addrs().ok()?;
    let until = Instant::now() + limit;
    let mut is_silent = false;
    for address in addresses {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        match TcpStream::connect_timeout(&address, left) {
            Ok(_) => return Some(true),
            Err(error) => is_silent |= error.kind() == std::io::ErrorKind::TimedOut,
        }
    }
    is_silent.then_some(false)
}
