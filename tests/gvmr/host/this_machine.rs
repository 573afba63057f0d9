//! This machine: what is found agrees with what the system's own programs say, and verdicts with what really runs.

use super::super::support::skip;
use super::super::support::world::{Run, World, gvmr};
use super::releases::bin_go;
use super::{facts, verdict};
use gvmr::host::{Host, HostVerdict};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn what_it_finds_is_what_the_system_says() {
    let home = tempfile::tempdir().unwrap();
    let host = Host::look(&home.path().join("not/made/yet"));
    let fact = |name: &str| facts(&host, name).remove(0);
    assert_eq!(fact("kernel"), said("uname", &["-r"]).unwrap());
    assert_eq!(fact("kernel-machine"), said("uname", &["-m"]).unwrap());
    assert_eq!(
        fact("open-files"),
        said("sh", &["-c", "ulimit -S -n"]).unwrap().replace("unlimited", "no limit")
    );
    if let Some(glibc) = said("getconf", &["GNU_LIBC_VERSION"]) {
        assert!(facts(&host, "c-library").contains(&glibc), "{glibc}");
        assert!(!host.is_musl());
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let filtered = status.lines().find(|line| line.starts_with("Seccomp:")).unwrap().ends_with('2');
    assert_eq!(fact("seccomp-process").starts_with("filtered"), filtered);
    let mounts = fs::read_to_string("/proc/mounts").unwrap();
    let is = |kind: &str| mounts.lines().any(|line| line.split(' ').nth(2) == Some(kind));
    let word = match (is("cgroup"), is("cgroup2")) {
        (true, true) => "hybrid: v1 and v2",
        (true, false) => "v1",
        (false, true) => "v2",
        (false, false) => "none",
    };
    assert_eq!(fact("cgroup"), word);
    assert_eq!(gvmr::host::platform(), *host.platform());
    assert!(fact("home").starts_with(home.path().to_str().unwrap()), "{}", fact("home"));
}

#[test]
fn what_runs_here_is_said_to_run() {
    let home = tempfile::tempdir().unwrap();
    let host = Host::look(home.path());
    for release in ["1.19.13", "1.22.10"] {
        let Some(go) = executable(release, home.path()) else { return skip("no go, or no network") };
        let mut go = Command::new(go);
        let go = go.arg("version").env("GOTOOLCHAIN", "local").env("GOROOT", home.path());
        let runs = Run::of(go).code == Some(0);
        assert_eq!(verdict(&host, release).0 != HostVerdict::CannotRun, runs, "{release}");
    }
}

#[test]
fn a_small_address_space_ends_a_real_go_as_it_is_said() {
    let mut world = World::new("off");
    world.set("GOROOT", "/"); // a lone go command finds none, and `go version` asks for nothing in it
    let Some(go) = executable("1.22.10", &world.path("")) else { return skip("no go, or no network") };
    for (kibibytes, runs) in [(600_000, false), (800_000, true)] {
        let limited = |program: &Path, arguments: &str| {
            let script = format!("ulimit -S -v {kibibytes}; exec {} {arguments}", program.display());
            Run::of(world.command(Path::new("/bin/sh"), &world.path("")).args(["-c", &script]))
        };
        let judged = limited(gvmr(), "host 1.22.10 --json");
        assert_eq!(judged.code, Some(if runs { 0 } else { 11 }), "{judged:#?}");
        assert_eq!(limited(&go, "version").code == Some(0), runs, "{kibibytes}");
    }
}

#[test]
fn a_refused_clone3_ends_an_old_go_as_it_is_said() {
    let home = tempfile::tempdir().unwrap();
    let asks = facts(&Host::look(home.path()), "clone3") == ["not refused"];
    if !asks || said("strace", &["-V"]).is_none() {
        return skip("no strace, or a C library that does not use clone3");
    }
    let mut world = World::new("off");
    world.set("GOROOT", "/");
    let traced = |when: &str, program: &Path, arguments: &[&str]| {
        let inject = format!("inject=clone3:error=EPERM:when={when}");
        let mut command = world.command(Path::new("strace"), &world.path(""));
        Run::of(command.args(["-f", "-o", "/dev/null", "-e", &inject]).arg(program).args(arguments))
    };
    // gvmr's first thread waits for signals; the next is the one that asks.
    let judged = traced("2+", gvmr(), &["host", "--json", "1.19.13"]).exits(11, &[]).json();
    assert_eq!(judged["verdicts"][0]["reasons"][0]["id"], "clone3-filtered", "{judged:#}");
    let Some(old) = executable("1.19.13", home.path()) else { return skip("no go, or no network") };
    let Some(new) = executable("1.22.10", home.path()) else { return skip("no go, or no network") };
    let old = traced("1+", &old, &["version"]);
    assert!(old.code != Some(0) && old.stderr.contains("pthread_create failed"), "{old:#?}");
    traced("1+", &new, &["version"]).succeeds();
}

#[test]
fn it_runs_nothing_writes_nothing_and_asks_no_network() {
    let world = World::new("http://127.0.0.1:9");
    let log = world.path("calls");
    let mut command = world.command(Path::new("strace"), &world.path(""));
    command
        .args(["-f", "-e", "trace=file,network,openat", "-o"])
        .arg(&log)
        .arg(gvmr())
        .args(["host", "--json"]);
    let Ok(output) = command.output() else { return skip("no strace") };
    assert!(output.status.success(), "{output:?}");
    let calls = fs::read_to_string(log).unwrap();
    assert!(calls.contains("/proc/self/mountinfo") || calls.contains("/mountinfo"), "{calls}");
    assert_eq!(calls.matches("execve").count(), 1, "only gvmr itself: {calls}");
    for word in ["socket(", "connect(", "O_WRONLY", "O_RDWR", "O_CREAT", "mkdir", "unlink", "rename", "chmod"]
    {
        assert!(!calls.contains(word), "{word}: {calls}");
    }
}

#[test]
fn a_noexec_mount_is_told_and_true() {
    if !rustix::process::geteuid().is_root() {
        return skip("mounting needs root");
    }
    let world = World::new("off");
    let mount = world.path("mount");
    fs::create_dir(&mount).unwrap();
    let script = format!(
        "mount -t tmpfs -o noexec none {mount} && cp /bin/true {mount}/true && ! {mount}/true 2>/dev/null && \
         GVMR_HOME={mount}/home TMPDIR={mount} exec {gvmr} host --json 1.22.10",
        mount = mount.display(),
        gvmr = gvmr().display()
    );
    let mut command = world.command(Path::new("unshare"), &world.path(""));
    let judged = Run::of(command.args(["-m", "sh", "-c", &script]));
    if judged.stdout.is_empty() {
        return skip(&format!("no mount namespaces here: {}", judged.stderr));
    }
    let judged = judged.exits(11, &[]).json();
    let reasons = judged["verdicts"][0]["reasons"].as_array().unwrap();
    let ids: Vec<_> = reasons.iter().map(|reason| reason["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["home-noexec", "temporary-noexec"]);
}

/// A real release's go command, copied to where it may run: a module's files are not executable. Another process
/// copies: what this one has open for writing, a child forked meanwhile keeps open, and nobody may execute.
pub(super) fn executable(release: &str, directory: &Path) -> Option<PathBuf> {
    let go = directory.join(format!("go{release}"));
    let copied = Command::new("cp").arg(bin_go(release)?).arg(&go).status();
    assert!(copied.unwrap().success());
    fs::set_permissions(&go, fs::Permissions::from_mode(0o755)).unwrap();
    Some(go)
}
