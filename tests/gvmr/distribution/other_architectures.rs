//! The releases for other processors, under qemu: they run, install a proved Go for theirs, and run it.
//!
//! On a machine with none but gvmr's own programs, whose kernel starts qemu for what is not this
//! machine's, by `.ci/emulate`.

use crate::support::distribution::current;
use crate::support::mirror::{self, Mirror};
use crate::support::scratch;
use crate::support::sources::root;
use crate::support::world::Run;
use crate::support::{skip, slow};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A processor that this machine's is not.
struct Architecture {
    name: &'static str,
    goarch: &'static str,
    elf_machine: u8,
}

const AARCH64: Architecture = Architecture { name: "aarch64", goarch: "arm64", elf_machine: 0xb7 };
const RISCV64: Architecture = Architecture { name: "riscv64", goarch: "riscv64", elf_machine: 0xf3 };

/// A real toolchain whose record for arm64 is kept beside the tests.
const REAL: &str = "1.26.8";

#[test]
fn the_released_programs_for_aarch64_run() {
    released_programs_run(&AARCH64);
}

#[test]
fn the_released_programs_for_riscv64_run() {
    released_programs_run(&RISCV64);
}

#[test]
fn on_aarch64_a_real_go_is_proved_by_the_log_and_runs() {
    const TEST: &str =
        "distribution::other_architectures::on_aarch64_a_real_go_is_proved_by_the_log_and_runs";
    if slow::left_out(TEST) {
        return;
    }
    let Some(machine) = Machine::new(&AARCH64) else { return };
    let Some(mirror) = Mirror::real_for("arm64", REAL) else { return skip("no go, or no network") };
    let receipt = machine.installs_and_runs(&mirror, REAL);
    assert_eq!(receipt["log"], "sum.golang.org");
}

/// The module proxy here need not have a toolchain for riscv64, so this one is made: of the go command of this machine.
#[test]
fn on_riscv64_a_go_command_is_proved_by_a_log_and_runs() {
    const TEST: &str =
        "distribution::other_architectures::on_riscv64_a_go_command_is_proved_by_a_log_and_runs";
    if slow::left_out(TEST) {
        return;
    }
    let Some(machine) = Machine::new(&RISCV64) else { return };
    let Some((version, go)) = go_command("riscv64") else { return skip("no go") };
    let mut files = mirror::toolchain(&version);
    files.iter_mut().find(|(name, _)| name == "bin/go").unwrap().1 = go;
    files.push(("pkg/tool/linux_riscv64/none".to_owned(), Vec::new())); // by such a directory go knows its GOROOT
    let receipt = machine.installs_and_runs(&Mirror::made_for("riscv64", &version, files), &version);
    assert_eq!(receipt["log"], "test.log");
}

fn released_programs_run(architecture: &'static Architecture) {
    let Some(machine) = Machine::new(architecture) else { return };
    for program in ["gvmr", "gvmr-shim"] {
        let bytes = std::fs::read(machine.directory.path().join("usr/bin").join(program)).unwrap();
        assert_eq!(bytes[18], architecture.elf_machine, "{program}");
    }
    let said = machine.run(None, &["/usr/bin/gvmr", "--version"]).succeeds();
    assert_eq!(said, concat!("gvmr ", env!("CARGO_PKG_VERSION")));
    // It runs a tool only by the name of one.
    let said = machine.run(None, &["/usr/bin/gvmr-shim", "--version"]);
    assert!(said.stderr.contains("gvmr-shim is a shim"), "{said:?}");
}

/// This machine's go command, built for another processor, and its version.
fn go_command(goarch: &str) -> Option<(String, Vec<u8>)> {
    let go = |arguments: &[&str]| {
        let mut command = Command::new("go");
        command.args(arguments).env("GOTOOLCHAIN", "local").env("CGO_ENABLED", "0");
        command.env("GOOS", "linux").env("GOARCH", goarch);
        command.output().ok()
    };
    let version = String::from_utf8(go(&["env", "GOVERSION"])?.stdout).unwrap();
    let directory = scratch::tempdir().unwrap();
    let program = directory.path().join("go");
    let built = go(&["build", "-trimpath", "-o", program.to_str().unwrap(), "cmd/go"])?;
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some((version.trim().strip_prefix("go")?.to_owned(), std::fs::read(program).unwrap()))
}

/// A root directory with the programs of a release in it.
struct Machine {
    directory: TempDir,
    architecture: &'static Architecture,
}

/// Becomes root in the directory, and then the command.
const ENTER: &str =
    "mount --rbind /proc \"$0/proc\" && mount --rbind /dev \"$0/dev\" && exec chroot \"$0\" \"$@\"";

impl Machine {
    /// `None` where there can be none here.
    fn new(architecture: &'static Architecture) -> Option<Self> {
        let name = architecture.name;
        if name == std::env::consts::ARCH {
            skip(&format!("this machine is {name} itself"));
            return None;
        }
        let archive = format!("gvmr-{}-linux-{name}.tar.gz", env!("CARGO_PKG_VERSION"));
        let archive = current().join(archive);
        if !archive.exists() {
            skip(&format!("GVMR_DIST_ARCHITECTURES did not ask for {name}"));
            return None;
        }
        let machine = Self { directory: scratch::tempdir().unwrap(), architecture };
        for place in ["usr", "proc", "dev", "etc", "root", "tmp"] {
            std::fs::create_dir(machine.directory.path().join(place)).unwrap();
        }
        let mut unpack = Command::new("tar");
        unpack.arg("-xzf").arg(archive).arg("--strip-components=1");
        Run::of(unpack.arg("-C").arg(machine.directory.path().join("usr"))).succeeds();
        let probe = machine.run(None, &["/usr/bin/gvmr", "--version"]);
        if probe.code != Some(0) {
            skip(&format!("no programs for {name} run here: {}", probe.stderr));
            return None;
        }
        Some(machine)
    }

    fn run(&self, mirror: Option<&Mirror>, words: &[&str]) -> Run {
        let mut command = Command::new(root().join(".ci/emulate"));
        command.args(["sh", "-c", ENTER]);
        command.arg(self.directory.path()).args(words).env_clear().stdin(Stdio::null());
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", "/root");
        command.env("GVMR_SOURCES", "goproxy");
        if let Some(mirror) = mirror {
            command.env("GOPROXY", mirror.server.url(""));
            command.envs(mirror.key.as_ref().map(|key| ("GOSUMDB", key)));
        }
        Run::of(&mut command)
    }

    /// Installs a version, runs its go by the shim and gives the receipt.
    fn installs_and_runs(&self, mirror: &Mirror, version: &str) -> serde_json::Value {
        let home = Path::new("/root/.local/share/gvmr");
        self.run(Some(mirror), &["/usr/bin/gvmr", "install", version]).succeeds();
        let goroot = home.join(format!("versions/go{version}"));
        let shim = home.join("shims/go").display().to_string();
        let said = self.run(None, &[&shim, "version"]).succeeds();
        let goarch = self.architecture.goarch;
        assert_eq!(said, format!("go version go{version} linux/{goarch}"));
        let said = self.run(None, &["/usr/bin/gvmr", "which"]).succeeds();
        assert_eq!(Path::new(&said), goroot.join("bin/go"));
        let receipt = goroot.strip_prefix("/").unwrap().join(".gvmr-receipt.json");
        let receipt = std::fs::read(self.directory.path().join(receipt)).unwrap();
        let receipt: serde_json::Value = serde_json::from_slice(&receipt).unwrap();
        assert_eq!(receipt["platform"], format!("linux-{goarch}"));
        assert_eq!(receipt["proof"], "log");
        receipt
    }
}
