//! What an install costs: one toolchain module from a loopback proxy, log proof and sync included, beside
//! `go mod download` of the same module from the same proxy.
//!
//! `cargo bench --bench install [-- --rounds 5]`. Prints ratios; judges nothing. Needs `go` on PATH, and once the
//! network for the module. Every run gets fresh directories, which stay until the end: creating files right after
//! removing others costs ext4 seconds.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "support/fresh.rs"]
mod fresh;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/rounds.rs"]
mod rounds;
#[path = "../tests/gvmr/support/mod.rs"]
#[allow(dead_code)]
mod support;

use fresh::Fresh;
use rounds::{Row, interleave, rounds_asked_for};
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use support::mirror::Mirror;
use support::world::{gvmr, shim};

const VERSION: &str = "1.22.10";

fn main() {
    let mirror = Mirror::real(&[VERSION]).expect("a go on PATH, and the module from its proxy");
    let directory = tempfile::tempdir().unwrap();
    shim();
    let fresh = Rc::new(Fresh::below(directory.path()));
    let module = format!("golang.org/toolchain@v0.0.1-go{VERSION}.linux-amd64");
    let (for_go, for_gvmr) = (Rc::clone(&fresh), fresh);
    let rows = vec![
        Row::prepared("go mod download", go(&mirror, &module), move |command| {
            let place = for_go.place();
            command.env("GOMODCACHE", place.join("mod")).env("GOPATH", place.join("path"));
        })
        .watched(),
        Row::prepared("gvmr install", install(&mirror), move |command| {
            command.env("GVMR_HOME", for_gvmr.place());
        })
        .watched(),
    ];
    interleave(rows, rounds_asked_for(5));
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
