//! What an install costs: one toolchain module from a loopback proxy, log proof and sync included, beside
//! `go mod download` of the same module from the same proxy.
//!
//! `cargo bench --bench install [-- --rounds 5]`. Prints ratios; judges nothing. Needs `go` on PATH, and once the
//! network for the module. Every run gets fresh directories, which stay until the end: creating files right after
//! removing others costs ext4 seconds.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "support/rounds.rs"]
mod rounds;
#[path = "../tests/gvmr/support/mod.rs"]
#[allow(dead_code)]
mod support;

use rounds::{Row, interleave, rounds_asked_for};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::Duration;
use support::mirror::Mirror;
use support::world::{gvmr, shim};

const VERSION: &str = "1.22.10";

fn main() {
    let mirror = Mirror::real(&[VERSION]).expect("a go on PATH, and the module from its proxy");
    let directory = tempfile::tempdir().unwrap();
    shim();
    let fresh = Fresh { directory: directory.path().to_owned(), next: Rc::new(Cell::new(0)) };
    let module = format!("golang.org/toolchain@v0.0.1-go{VERSION}.linux-amd64");
    let (for_go, for_gvmr) = (fresh.clone(), fresh.clone());
    let rows = vec![
        Row::prepared("go mod download", go(&mirror, &module), move |command| {
            let place = for_go.place();
            command.env("GOMODCACHE", place.join("mod")).env("GOPATH", place.join("path"));
        }),
        Row::prepared("gvmr install", install(&mirror), move |command| {
            command.env("GVMR_HOME", for_gvmr.place());
        }),
    ];
    interleave(rows, rounds_asked_for(5));
    println!(
        "\npeak memory of gvmr install: {} KiB",
        peak_memory(install(&mirror).env("GVMR_HOME", fresh.place()))
    );
}

/// Directories that nobody has used before.
#[derive(Clone)]
struct Fresh {
    directory: PathBuf,
    next: Rc<Cell<u32>>,
}

impl Fresh {
    fn place(&self) -> PathBuf {
        self.next.set(self.next.get() + 1);
        let place = self.directory.join(self.next.get().to_string());
        std::fs::create_dir(&place).unwrap();
        // What an earlier run left unwritten must not be this one's to wait for.
        assert!(Command::new("sync").status().unwrap().success());
        place
    }
}

fn go(mirror: &Mirror, module: &str) -> Command {
    let mut command = quiet(Path::new("go"));
    command.args(["mod", "download", "-modcacherw", module]);
    command
        .env("GOPROXY", mirror.server.url(""))
        .env("GOSUMDB", "sum.golang.org")
        .env("GOFLAGS", "")
        .env("GOTOOLCHAIN", "local");
    command
}

fn install(mirror: &Mirror) -> Command {
    let mut command = quiet(gvmr());
    command.args(["install", VERSION]).env("GOPROXY", mirror.server.url(""));
    command
}

fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The high-water mark of resident memory, in KiB, read until the process ends.
fn peak_memory(command: &mut Command) -> u64 {
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}
