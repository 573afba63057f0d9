//! A place that the machine can be moved to: a network namespace with a gateway, where a proxy listens on port 3128.
//!
//! The proxy is a process of its own in that namespace. It is the module server too: what it is asked for in the clear
//! it answers itself, what it is to tunnel ends at a server of its own that speaks TLS.

use super::sandbox::{done, ip};
use crate::support::authority::authority;
use crate::support::server::{Reply, Request, Server};
use crate::support::zip::{File, Zip};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The module that every site serves, below any first path element.
pub(super) const MODULE: &str = "example.test/small";
/// Whoever shows any credentials to the proxy is refused: they are wrong.
const REFUSED: u16 = 407;

/// A site whose proxy runs.
pub(super) struct Network {
    pub(super) name: &'static str,
    directory: PathBuf,
    proxy: Child,
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

impl Network {
    /// Makes the namespace and starts the proxy, with its files in `/run`.
    pub(super) fn make(name: &'static str) -> Self {
        let directory = Path::new("/run/sites").join(name);
        fs::create_dir_all(&directory).unwrap();
        done(ip(&["netns", "add", name]));
        done(ip(&["-n", name, "link", "set", "lo", "up"]));
        let mut command = ip(&["netns", "exec", name]);
        command.arg(std::env::current_exe().unwrap()).args([
            "environment::network_rules::network::serve",
            "--exact",
            "--nocapture",
        ]);
        command.env("GVMR_TEST_SITE", &directory).env_remove("GVMR_TEST_NETWORK");
        let network = Self { name, directory, proxy: command.spawn().unwrap() };
        let started = Instant::now();
        while !network.directory.join("ready").exists() {
            assert!(started.elapsed() < Duration::from_secs(30), "{name}: the proxy does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        network
    }

    /// The directory with the certificate of the authority behind the proxy.
    pub(super) fn certificates(&self) -> String {
        self.directory.join("certificates").display().to_string()
    }

    /// What the proxy and the server behind it were asked since the last look: `METHOD TARGET`.
    pub(super) fn asked(&self) -> Vec<String> {
        let file = self.directory.join("asked");
        let lines = fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
        fs::write(file, "").unwrap();
        lines
    }
}

/// Does nothing unless it is a site's proxy.
#[test]
fn serve() {
    let Some(directory) = std::env::var_os("GVMR_TEST_SITE").map(PathBuf::from) else { return };
    let authority = authority().unwrap();
    fs::create_dir(directory.join("certificates")).unwrap();
    fs::copy(authority.certificate(), directory.join("certificates/ca.pem")).unwrap();
    let file = fs::File::options().create(true).append(true).open(directory.join("asked")).unwrap();
    let note = Arc::new(move |request: &Request| {
        (&file).write_all(format!("{} {}\n", request.method, request.target).as_bytes()).unwrap();
    });
    let secure = Server::start_tls(authority.server(), {
        let note = Arc::clone(&note);
        move |request| {
            note(request);
            module(&request.target)
        }
    });
    let address = secure.address();
    let _proxy = Server::start_at("[::]:3128", move |request| {
        note(request);
        match request.target.strip_prefix("http://goproxy.example") {
            _ if request.header("proxy-authorization").is_some() => {
                Reply::status(REFUSED).header("Proxy-Authenticate", "Basic realm=\"site\"")
            }
            Some(path) => module(path),
            None if request.method == "CONNECT" => Reply::tunnel(address),
            None => Reply::status(404),
        }
    });
    fs::write(directory.join("ready"), "").unwrap();
    loop {
        std::thread::park();
    }
}

/// Version 1.0.0 of [`MODULE`].
fn module(path: &str) -> Reply {
    let Some((_, file)) = path.split_once(&format!("/{MODULE}/@v/")) else { return Reply::status(404) };
    let go_mod = format!("module {MODULE}\n");
    match file {
        "v1.0.0.info" => Reply::ok(r#"{"Version":"v1.0.0","Time":"2024-01-01T00:00:00Z"}"#),
        "v1.0.0.mod" => Reply::ok(go_mod),
        "v1.0.0.zip" => {
            let file =
                |name, content: &str| File::new(&format!("{MODULE}@v1.0.0/{name}"), content.as_bytes());
            Reply::ok(Zip::with(vec![file("go.mod", &go_mod), file("small.go", "package small\n")]).bytes())
        }
        _ => Reply::status(404),
    }
}
