//! A machine whose only C library is musl: the static gvmr in a chroot, with real toolchains.

use crate::support::mirror::{Mirror, archive, toolchain};
use crate::support::server::Reply;
use crate::support::skip;
use crate::support::slow;
use crate::support::world::Run;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const RUNS: &str = "1.22.10";

#[test]
fn a_static_toolchain_is_installed_and_runs_and_others_are_refused_before_a_download() {
    if slow::left_out(
        "install::musl::a_static_toolchain_is_installed_and_runs_and_others_are_refused_before_a_download",
    ) {
        return;
    }
    let Some(machine) = Machine::new() else { return };
    let Some(mirror) = Mirror::real_archive_but(RUNS, |_, reply| reply) else {
        return skip("no go, or no network");
    };
    let (url, archives) = (mirror.server.url(""), mirror.server.url("/dl"));
    let variables = [
        ("GVMR_SOURCES", "archive"),
        ("GVMR_INDEX", "off"),
        ("GVMR_MIRROR", archives.as_str()),
        ("GOPROXY", url.as_str()),
    ];
    for version in ["1.19", "1.20"] {
        let run = machine.run(&variables, &["gvmr", "install", version]);
        let run = run.exits(11, &["/lib64/ld-linux-x86-64.so.2", "next: ", "1.2", "--from-source"]);
        assert!(!run.stderr.contains("not found"), "{run:?}");
    }
    assert_eq!(mirror.server.requests().len(), 0, "nobody is asked for what cannot run");
    machine.run(&variables, &["gvmr", "install", RUNS]).succeeds();
    let go = "/root/.local/share/gvmr/shims/go";
    assert_eq!(machine.run(&variables, &[go, "version"]).succeeds(), "go version go1.22.10 linux/amd64");
    let hello = machine.root().join("root/hello");
    std::fs::create_dir_all(&hello).unwrap();
    std::fs::write(hello.join("go.mod"), "module hello\n\ngo 1.22\n").unwrap();
    std::fs::write(hello.join("main.go"), "package main\n\nfunc main() { println(\"hello\") }\n").unwrap();
    let run = machine.run(&variables, &["/bin/sh", "-c", &format!("cd /root/hello && {go} run .")]);
    assert_eq!(run.stderr.trim(), "hello", "{run:?}");
    assert_eq!(run.code, Some(0));
    let listed = machine.run(&variables, &["gvmr", "ls-remote", "1.20"]).succeeds();
    assert!(listed.lines().all(|line| line.contains("\tcannot run here")), "{listed}");
    assert!(machine.run(&variables, &["gvmr", "host"]).succeeds().contains("musl"));
}

#[test]
fn a_build_for_musl_is_taken_where_one_is_configured() {
    if slow::left_out("install::musl::a_build_for_musl_is_taken_where_one_is_configured") {
        return;
    }
    let Some(machine) = Machine::new() else { return };
    let build = archive(&toolchain("1.19.99"));
    let sum = Sha256::digest(&build).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let name = "go1.19.99.linux-amd64-musl.tar.gz";
    let index = serde_json::json!([{ "version": "go1.19.99", "stable": true, "files": [{
        "filename": name, "os": "linux", "arch": "amd64", "version": "go1.19.99", "sha256": sum, "size": 0, "kind": "archive",
    }]}]);
    let index = index.to_string();
    let mirror = Mirror::small_but(&["1.99.1"], move |request, reply| match request.target.as_str() {
        "/musl/index.json" => Reply::ok(&index),
        "/musl/go1.19.99.linux-amd64-musl.tar.gz" => Reply::ok(&build),
        _ => reply,
    });
    let (url, musl, musl_index) =
        (mirror.server.url(""), mirror.server.url("/musl"), mirror.server.url("/musl/index.json"));
    let key = mirror.key.clone().unwrap();
    let mut variables = vec![("GOPROXY", url.as_str()), ("GOSUMDB", &key), ("GVMR_SOURCES", "goproxy")];
    machine.run(&variables, &["gvmr", "install", "1.19.99"]).exits(11, &["ld-linux"]);
    variables.push(("GVMR_MUSL_MIRROR", &musl));
    // Without a sum from anybody it is the user's word alone.
    machine.run(&variables, &["gvmr", "install", "1.19.99"]).exits(5, &["cannot verify", "--allow-unlogged"]);
    variables.push(("GVMR_MUSL_INDEX", &musl_index));
    machine.run(&variables, &["gvmr", "install", "1.19.99"]).succeeds();
    let list = machine.run(&variables, &["gvmr", "list", "--json"]).json();
    assert_eq!(list[0]["receipt"]["proof"], "index");
    machine.run(&variables, &["/root/.local/share/gvmr/shims/go", "version"]).succeeds();
}

/// A root directory with musl's loader, busybox and the static gvmr, and nothing else.
pub(crate) struct Machine(TempDir);

impl Machine {
    pub(crate) fn new() -> Option<Self> {
        const LOADER: &str = "/lib/ld-musl-x86_64.so.1";
        let can = rustix::process::geteuid().is_root()
            && Path::new(LOADER).exists()
            && Path::new("/bin/busybox").exists();
        let programs = can.then(static_programs).flatten();
        let Some(programs) = programs else {
            skip("needs root, Debian's musl and busybox-static, and Rust's musl target");
            return None;
        };
        let machine = Self(tempfile::tempdir().unwrap());
        for directory in ["bin", "lib", "proc", "dev", "root", "tmp", "etc"] {
            std::fs::create_dir(machine.root().join(directory)).unwrap();
        }
        for (from, to) in [(LOADER, "lib/ld-musl-x86_64.so.1"), ("/bin/busybox", "bin/busybox")] {
            std::fs::copy(from, machine.root().join(to)).unwrap();
        }
        for program in ["sh", "env", "mount"] {
            std::os::unix::fs::symlink("busybox", machine.root().join("bin").join(program)).unwrap();
        }
        for program in programs {
            std::fs::copy(&program, machine.root().join("bin").join(program.file_name().unwrap())).unwrap();
        }
        Some(machine)
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    /// Runs a program in a mount namespace of its own, so that nothing stays mounted.
    pub(crate) fn run(&self, variables: &[(&str, &str)], words: &[&str]) -> Run {
        let script =
            "mount -t proc proc \"$0/proc\" && mount --bind /dev \"$0/dev\" && exec chroot \"$0\" \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", script]).arg(self.root()).args([
            "/bin/env",
            "-i",
            "HOME=/root",
            "PATH=/bin",
        ]);
        command.args(variables.iter().map(|(name, value)| format!("{name}={value}"))).args(words);
        Run::of(&mut command)
    }
}

/// `gvmr` and `gvmr-shim`, linked statically with musl.
pub(crate) fn static_programs() -> Option<[PathBuf; 2]> {
    const TARGET: &str = "x86_64-unknown-linux-musl";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("musl");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--workspace", "--bins", "--locked", "--target", TARGET, "--target-dir"]);
    let built = cargo.arg(&target).current_dir(root).status().ok()?;
    let programs = ["gvmr", "gvmr-shim"].map(|program| target.join(TARGET).join("debug").join(program));
    built.success().then_some(programs)
}
