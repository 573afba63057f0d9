//! Servers that were waited for in vain, or that ask for patience, over all requests of one client.

use super::waiting::telling;
use super::{short, url};
use crate::support::server::{Fault, Reply, Server};
use gvmr::net::{Client, NetErrorKind, NetSettings, Phase, TransferLimits};
use nix::sys::socket::{Backlog, listen};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A port whose queue is full: what is sent to it is lost, as behind a firewall that drops.
struct Full {
    listener: TcpListener,
    queued: Vec<TcpStream>,
}

impl Full {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listen(&listener, Backlog::new(0).unwrap()).unwrap(); // a second call makes the queue shorter
        let waits = Duration::from_millis(300);
        let queued =
            std::iter::from_fn(|| TcpStream::connect_timeout(&address, waits).ok()).take(8).collect();
        Self { listener, queued }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listener.local_addr().unwrap())
    }

    /// Answers everything with 404 from now on.
    fn opens(self) {
        drop(self.queued);
        std::thread::spawn(move || {
            for stream in self.listener.incoming().take(30) {
                let mut stream = stream.unwrap();
                let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
                let _ = std::io::Write::write_all(
                    &mut stream,
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                );
            }
        });
    }
}

fn client(limits: TransferLimits, environment: &[(&str, &str)]) -> Client {
    let mut settings = NetSettings::from_environment(&environment.to_vec());
    settings.limits = limits;
    Client::new(settings)
}

fn quick() -> TransferLimits {
    TransferLimits { connect: Duration::from_millis(400), ..short() }
}

#[test]
fn a_host_that_takes_no_connection_is_waited_for_once_in_a_run() {
    let full = Full::new();
    let client = client(quick(), &[]);
    let addresses = [full.url("/x"), full.url("/y")].map(|text| url(&text));
    let kind = |client: &Client, address| client.read(address, 100).unwrap_err().kind;
    let is_unconnected =
        |kind: &NetErrorKind| matches!(kind, NetErrorKind::Timeout { phase: Phase::Connect, .. });
    assert!(is_unconnected(&kind(&client, &addresses[0])));
    full.opens();
    assert!(is_unconnected(&kind(&client, &addresses[1])), "it is not tried again");
    let another = self::client(short(), &[]);
    assert!(matches!(kind(&another, &addresses[1]), NetErrorKind::Absent { .. }), "a later run does");
}

#[test]
fn an_http_proxy_that_takes_no_connection_is_waited_for_once_for_all_hosts() {
    let full = Full::new();
    let client = client(quick(), &[("HTTPS_PROXY", &full.url("/")), ("HTTP_PROXY", &full.url("/"))]);
    for address in ["https://one.example/x", "https://two.example/x", "http://three.example/x"] {
        let error = client.read(&url(address), 100).unwrap_err();
        assert!(matches!(error.kind, NetErrorKind::Timeout { phase: Phase::Connect, .. }), "{error:?}");
        assert!(error.hint().unwrap().contains("HTTPS_PROXY"), "{error:?}");
    }
}

#[test]
fn a_server_that_is_silent_for_as_long_as_is_waited_is_not_asked_again() {
    let limits = TransferLimits { silence: Duration::from_millis(900), ..short() };
    let hangs = Server::start(|_| Reply::ok("x").fault(Fault::Hang));
    let client = client(limits, &[]);
    let silent = |path: &str| {
        let error = client.read(&url(&hangs.url(path)), 100).unwrap_err();
        assert!(matches!(error.kind, NetErrorKind::Timeout { phase: Phase::FirstByte, .. }), "{error:?}");
    };
    silent("/x");
    silent("/y");
    assert_eq!(hangs.count("/y"), 0);
}

#[test]
fn waits_that_a_server_asks_for_add_up_over_requests_and_the_sum_is_said() {
    let busy = Server::start(|_| Reply::status(429).header("Retry-After", "1"));
    let (client, told) = telling(short());
    for path in ["/a", "/b", "/c"] {
        let error = client.read(&url(&busy.url(path)), 100).unwrap_err();
        assert!(matches!(error.kind, NetErrorKind::Status { status: 429, .. }), "{error:?}");
    }
    // The limit is two seconds.
    assert_eq!(["/a", "/b", "/c"].map(|path| busy.count(path)), [2, 2, 1]);
    let sum = format!("waiting 1 s as it asks (2 s in all for {})", busy.address());
    assert!(told().len() == 2 && told()[1].contains(&sum), "{:?}", told());
}

#[test]
fn requests_at_one_time_wait_together() {
    let (busy, asked) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
    let server = Server::start({
        let busy = Arc::clone(&busy);
        move |_| {
            asked.store(true, Ordering::Relaxed);
            if busy.load(Ordering::Relaxed) {
                Reply::status(503).header("Retry-After", "1")
            } else {
                Reply::ok("x")
            }
        }
    });
    let (client, told) = telling(short());
    std::thread::scope(|scope| {
        for path in ["/a", "/b", "/c", "/d"] {
            let (client, address) = (&client, url(&server.url(path)));
            scope.spawn(move || client.read(&address, 100).unwrap());
        }
        std::thread::sleep(Duration::from_millis(500));
        busy.store(false, Ordering::Relaxed);
    });
    assert_eq!(told().len(), 1, "{:?}", told());
}

#[test]
fn a_body_that_stalls_is_told_before_it_ends() {
    let limits = TransferLimits { patience: Duration::from_millis(100), ..short() };
    let stalls =
        Server::start(|_| Reply::ok("x".repeat(5000)).fault(Fault::Slow(10, Duration::from_secs(3))));
    let (client, told) = telling(limits);
    let error = client.read(&url(&stalls.url("/x")), 10_000).unwrap_err();
    assert!(matches!(error.kind, NetErrorKind::TooSlow { .. }), "{error:?}");
    let line = format!("still waiting for the rest of {}: nothing came for", stalls.url("/x"));
    assert!(told().len() == 1 && told()[0].starts_with(&line), "{:?}", told());
}
