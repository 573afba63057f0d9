//! A scripted HTTP/1.1 server on the loopback interface: it can cut, lie, hang, trickle, redirect and tunnel.
//!
//! A closure turns each request into a [`Reply`]; every request is recorded. Dropping the server ends all its
//! connections and threads, hanging ones included.

#![allow(dead_code)] // each test uses a part of it

use super::connection;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The request line's target: a path, an absolute URL (to a proxy) or `host:port` (CONNECT).
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// When it was read.
    pub(crate) at: Instant,
    /// How many requests for this target came before, on any connection.
    pub(crate) earlier: usize,
}

/// What to answer, and how to misbehave while doing so.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content: Content,
    pub(crate) fault: Fault,
    pub(crate) chunked: bool,
    /// Announced in place of the true length.
    pub(crate) declared: Option<u64>,
}

/// What a reply's body is made of.
#[derive(Clone)]
pub(crate) enum Content {
    Bytes(Arc<[u8]>),
    File(PathBuf),
    /// Zeros for ever.
    Endless,
    /// The answer to CONNECT: bytes to and from there.
    Tunnel(SocketAddr),
}

/// How the server misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Closes the connection after this many body bytes.
    CutAfter(usize),
    /// Sends so many bytes, then pauses, and so on.
    Slow(usize, Duration),
    /// Sends nothing at all.
    Hang,
    /// Closes without an answer.
    Vanish,
    /// Announces no length: the body ends with the connection.
    UntilClose,
}

pub(crate) struct Shared {
    pub(crate) handler: Box<dyn Fn(&Request) -> Reply + Send + Sync>,
    pub(crate) requests: Mutex<Vec<Request>>,
    pub(crate) streams: Mutex<Vec<TcpStream>>,
    pub(crate) stopping: AtomicBool,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
}

impl Server {
    /// Starts a plain server on a free port.
    pub(crate) fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen("127.0.0.1:0", None, Box::new(handler))
    }

    /// Starts a plain server that others than this machine may ask too.
    pub(crate) fn start_at(
        address: &str,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(address, None, Box::new(handler))
    }

    /// Starts a server that speaks TLS.
    pub(crate) fn start_tls(
        tls: Arc<rustls::ServerConfig>,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen("127.0.0.1:0", Some(tls), Box::new(handler))
    }

    /// The same with TLS.
    pub(crate) fn start_tls_at(
        address: &str,
        tls: Arc<rustls::ServerConfig>,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(address, Some(tls), Box::new(handler))
    }

    fn listen(
        address: &str,
        tls: Option<Arc<rustls::ServerConfig>>,
        handler: Box<dyn Fn(&Request) -> Reply + Send + Sync>,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            handler,
            requests: Mutex::default(),
            streams: Mutex::default(),
            stopping: AtomicBool::new(false),
            tls,
        });
        let acceptor = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Self { address, shared, acceptor: Some(acceptor) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT` + `path`.
    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }

    /// Every request so far, in the order in which they were read.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// The targets of every request so far.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.target).collect()
    }

    /// How many requests came for `target`.
    pub(crate) fn count(&self, target: &str) -> usize {
        self.requests().iter().filter(|request| request.target == target).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address); // wakes the acceptor
        for stream in self.shared.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut serving = Vec::new();
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        shared.streams.lock().unwrap().push(stream.try_clone().unwrap());
        let shared = Arc::clone(shared);
        serving.push(std::thread::spawn(move || connection::serve(&stream, &shared)));
    }
    for connection in serving {
        let _ = connection.join();
    }
}

impl Request {
    /// The value of a header, by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

impl Reply {
    /// 200 with this body.
    pub(crate) fn ok(body: impl AsRef<[u8]>) -> Self {
        Self::with(200, Content::Bytes(Arc::from(body.as_ref())))
    }

    /// A status without a body.
    pub(crate) fn status(status: u16) -> Self {
        Self::with(status, Content::Bytes(Arc::from([])))
    }

    /// 200 with the content of a file.
    pub(crate) fn file(path: impl Into<PathBuf>) -> Self {
        Self::with(200, Content::File(path.into()))
    }

    /// 200 and a web page.
    pub(crate) fn html() -> Self {
        Self::ok("<!DOCTYPE html><title>sign in</title>").header("Content-Type", "text/html; charset=utf-8")
    }

    /// A redirect to `location`.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("Location", location)
    }

    /// 200 and zeros without end.
    pub(crate) fn endless() -> Self {
        Self::with(200, Content::Endless).chunked()
    }

    /// The answer to CONNECT: a tunnel to `address`, whatever was asked for.
    pub(crate) fn tunnel(address: SocketAddr) -> Self {
        Self::with(200, Content::Tunnel(address))
    }

    /// What a directory holds under the request's path; 404 for everything else.
    pub(crate) fn directory(root: &Path, request: &Request) -> Self {
        let path = request.target.trim_start_matches('/');
        let file = root.join(path);
        let inside = !path.split('/').any(|part| part == "..");
        if inside && file.is_file() { Self::file(file) } else { Self::status(404) }
    }

    fn with(status: u16, content: Content) -> Self {
        Self { status, headers: Vec::new(), content, fault: Fault::None, chunked: false, declared: None }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn fault(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }

    pub(crate) fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    pub(crate) fn declared(mut self, length: u64) -> Self {
        self.declared = Some(length);
        self
    }
}
