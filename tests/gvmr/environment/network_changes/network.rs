//! A network beside the machine: a link with its own address and gateway, and proxies behind it.

use super::INSIDE;
use crate::environment::gopath::fixture::Fixture;
use crate::support::server::{Reply, Request, Server};
use crate::support::zip::{File, Zip};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const LOG: &str = "GVMR_TEST_ROAMING_LOG";
/// `joe:canary-8c1f`
const JOE: &str = "Basic am9lOmNhbmFyeS04YzFm";

/// A site and its proxies, which end with it.
pub(super) struct Network {
    name: &'static str,
    address: &'static str,
    gateway: &'static str,
    log: PathBuf,
    proxy: Child,
}

/// The machine that moves.
pub(super) struct Vm;

pub(super) const VM: Vm = Vm;

/// A place for the names of networks, and the loopback interface.
pub(super) fn prepare() {
    done(Command::new("mount").args(["-t", "tmpfs", "tmpfs", "/run"]));
    ip("link set lo up");
}

impl Network {
    pub(super) fn make(
        fixture: &Fixture,
        name: &'static str,
        address: &'static str,
        gateway: &'static str,
    ) -> Self {
        ip(&format!("netns add {name}"));
        ip(&format!("link add vm-{name} type veth peer name gateway netns {name}"));
        ip(&format!("-n {name} address add {gateway}/24 dev gateway"));
        ip(&format!("-n {name} link set gateway up"));
        ip(&format!("-n {name} link set lo up"));
        let log = fixture.path(&format!("{name}.log"));
        fs::write(&log, "").unwrap();
        let mut command = Command::new("ip");
        command.args(["netns", "exec", name]).arg(std::env::current_exe().unwrap());
        command
            .args(["environment::network_changes::inside", "--exact", "--nocapture"])
            .env(INSIDE, gateway)
            .env(LOG, &log);
        let proxy = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let network = Self { name, address, gateway, log, proxy };
        for _ in 0..200 {
            if fs::read_to_string(&network.log).unwrap().contains("ready") {
                return network;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the proxy of {name} does not start");
    }

    /// Moves the machine here.
    pub(super) fn enter(&self) {
        VM.leave();
        let Self { name, address, gateway, .. } = self;
        ip(&format!("address add {address} dev vm-{name}"));
        ip(&format!("link set vm-{name} up"));
        ip(&format!("route add default via {gateway}"));
    }

    /// How many requests the open proxy served.
    pub(super) fn served(&self) -> usize {
        self.count("3128 ")
    }

    /// How many requests came with joe's credentials.
    pub(super) fn authorized(&self) -> usize {
        self.count("3129 joe ")
    }

    fn count(&self, start: &str) -> usize {
        fs::read_to_string(&self.log).unwrap().lines().filter(|line| line.starts_with(start)).count()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        drop(self.proxy.stdin.take());
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

impl Vm {
    /// Takes the machine out of every network.
    #[allow(clippy::unused_self)] // a test reads: the machine leaves
    pub(super) fn leave(&self) {
        for name in ["nat", "bridge"] {
            if Command::new("ip")
                .args(["link", "show", &format!("vm-{name}")])
                .output()
                .unwrap()
                .status
                .success()
            {
                ip(&format!("address flush dev vm-{name}"));
                ip(&format!("link set vm-{name} down"));
            }
        }
    }
}

/// Serves as the proxies of a site until whoever started this ends: one that is open, and one for joe.
pub(super) fn serve(gateway: &str) {
    let log = PathBuf::from(std::env::var_os(LOG).unwrap());
    let write = move |line: String| {
        OpenOptions::new().append(true).open(&log).unwrap().write_all(line.as_bytes()).unwrap();
    };
    let note = write.clone();
    let open = Server::start_at(&format!("{gateway}:3128"), move |request| {
        note(format!("3128 {}\n", request.target));
        module(request)
    });
    let note = write.clone();
    let private = Server::start_at(&format!("{gateway}:3129"), move |request| {
        if request.header("proxy-authorization") != Some(JOE) {
            note(format!("3129 nobody {}\n", request.target));
            return Reply::status(407);
        }
        note(format!("3129 joe {}\n", request.target));
        module(request)
    });
    write("ready\n".to_owned());
    let _ = std::io::Read::read(&mut std::io::stdin(), &mut [0]);
    drop((open, private));
}

/// What a module server behind the proxy answers.
fn module(request: &Request) -> Reply {
    let Some(path) = request.target.strip_prefix("http://modules.example/example.com/m/@v/") else {
        return Reply::status(404);
    };
    match path {
        "list" => Reply::ok("v1.0.0\n"),
        "v1.0.0.info" => Reply::ok(r#"{"Version":"v1.0.0","Time":"2024-01-01T00:00:00Z"}"#),
        "v1.0.0.mod" => Reply::ok("module example.com/m\n"),
        "v1.0.0.zip" => Reply::ok(
            Zip::with(vec![File::new("example.com/m@v1.0.0/go.mod", b"module example.com/m\n")]).bytes(),
        ),
        _ => Reply::status(404),
    }
}

fn ip(words: &str) {
    done(Command::new("ip").args(words.split(' ')));
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
