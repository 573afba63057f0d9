//! Real services, each started by its story on its own data and ended with it: what is well passes, what is not says
//! which figure it has.

mod keys;
mod mariadb;
mod nginx;
mod postgres;
mod redis;
mod resources;

use crate::support::skip;
use crate::support::world::World;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a service may take to start, to end, or to come to a state.
const PATIENCE: Duration = Duration::from_secs(60);
/// The time between two looks at it.
const TICK: Duration = Duration::from_millis(20);

/// A running service, which ends when it is dropped, and with the test's thread if that is killed.
struct Service {
    child: Child,
    stop: Signal,
    log: PathBuf,
}

impl Service {
    /// Starts one, and waits until it is `ready`. `None` where it ended before.
    fn try_start(
        mut command: Command,
        log: &Path,
        stop: Signal,
        mut ready: impl FnMut() -> bool,
    ) -> Option<Self> {
        let file = File::create(log).unwrap();
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let mut service = Self { child: command.spawn().unwrap(), stop, log: log.to_owned() };
        let start = Instant::now();
        while !ready() {
            if service.child.try_wait().unwrap().is_some() {
                return None;
            }
            assert!(start.elapsed() < PATIENCE, "{command:?} is not ready: {}", service.said());
            std::thread::sleep(TICK);
        }
        Some(service)
    }

    /// The same where nothing can keep it from starting.
    fn start(command: Command, log: &Path, stop: Signal, ready: impl FnMut() -> bool) -> Self {
        let shown = format!("{command:?}");
        Self::try_start(command, log, stop, ready)
            .unwrap_or_else(|| panic!("{shown} ended: {}", fs::read_to_string(log).unwrap()))
    }

    /// One that listens on a port, which may be taken between its choice and the start.
    fn on_free_port(log: &Path, stop: Signal, command: impl Fn(u16) -> Command) -> (Self, u16) {
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
            if let Some(service) = Self::try_start(command(port), log, stop, listens) {
                return (service, port);
            }
        }
        panic!("it ended five times: {}", fs::read_to_string(log).unwrap());
    }

    /// What it printed so far.
    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), self.stop);
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(TICK);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program of a service: on the usual paths, or where Debian keeps those of `PostgreSQL`.
fn program(name: &str) -> Option<PathBuf> {
    let mut directories = vec![PathBuf::from("/usr/bin"), PathBuf::from("/usr/sbin")];
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    directories.extend(versions.map(|version| version.path().join("bin")));
    directories.iter().map(|directory| directory.join(name)).find(|path| path.exists())
}

/// Whether all these programs are here; says which is not.
fn have(programs: &[&str]) -> bool {
    let missing = programs.iter().chain(&["setpriv"]).find(|name| program(name).is_none());
    if let Some(name) = missing {
        skip(&format!("{name} is not installed"));
    }
    missing.is_none()
}

/// A program that ends with the test, as this user where the test runs as root: some services refuse to be root's.
fn service(name: &str, user: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if let Some(user) = user.filter(|_| is_root()) {
        command.args(["--clear-groups", "--reuid", user, "--regid", user]);
    }
    command.arg(program(name).unwrap()).env("LC_ALL", "C").env_remove("TMPDIR").current_dir("/");
    command
}

/// A machine, and a directory on it for the data of this user's services.
fn machine(name: &str, user: Option<&str>) -> (World, PathBuf) {
    let world = World::new("off");
    fs::set_permissions(world.path(""), Permissions::from_mode(0o755)).unwrap(); // for other users
    let data = world.path(name);
    let mut install = Command::new("install");
    install.args(["-d", "-m", "755"]);
    if let Some(user) = user.filter(|_| is_root()) {
        install.args(["-o", user, "-g", user]);
    }
    succeeds(install.arg(&data));
    (world, data)
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Runs a command that must succeed; gives its stdout.
fn succeeds(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(status.success(), "{command:?}: {stdout}{stderr}");
    stdout
}

/// Waits until something is so.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(TICK);
    }
}

/// The seconds in `fail: value is 2.5 s, <= 1 s asked`.
fn failed_seconds(outcome: &str) -> f64 {
    let value =
        outcome.strip_prefix("fail: value is ").and_then(|rest| rest.strip_suffix(" s, <= 1 s asked"));
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{outcome}"))
}
