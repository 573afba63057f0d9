//! A real system whose only C library is musl: Debian's musl loader and static busybox in a directory of their own.

use super::super::support::skip;
use super::super::support::world::Run;
use super::fake_root::Machine;
use super::this_machine::executable;
use super::{facts, verdict};
use gvmr::host::{Host, HostVerdict};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const LOADER: &str = "/lib/ld-musl-x86_64.so.1";

/// The system, with the real go commands of these releases in its `/`.
fn system(releases: &[&str]) -> Option<TempDir> {
    let directory = tempfile::tempdir().unwrap();
    for name in ["bin", "lib", "lib64", "proc/self"] {
        fs::create_dir_all(directory.path().join(name)).unwrap();
    }
    fs::copy(LOADER, directory.path().join(&LOADER[1..])).ok()?;
    fs::copy("/bin/busybox", directory.path().join("bin/sh")).ok()?;
    fs::write(directory.path().join("proc/self/status"), "Seccomp:\t0\n").unwrap();
    for release in releases {
        executable(release, directory.path())?;
    }
    Some(directory)
}

fn look(directory: &TempDir) -> Host {
    Host::look_below(directory.path(), Machine::new("6.1.0", "x86_64").asked)
}

/// What a release's go command does inside.
fn run(directory: &Path, release: &str) -> Run {
    let mut command = Command::new("chroot");
    command.arg(directory).arg(format!("/go{release}")).arg("version");
    Run::of(command.env("GOROOT", "/").env("GOTOOLCHAIN", "local"))
}

#[test]
fn real_musl_is_told_with_its_version() {
    let Some(directory) = system(&[]) else { return skip("no musl or no busybox-static") };
    let host = look(&directory);
    assert!(host.is_musl());
    let printed = Command::new(LOADER).output().unwrap().stderr;
    let printed = String::from_utf8(printed).unwrap();
    let version = printed.lines().find_map(|line| line.strip_prefix("Version ")).unwrap();
    assert_eq!(facts(&host, "c-library"), [format!("musl {version}")]);
}

#[test]
fn real_releases_do_on_real_musl_what_the_verdict_says() {
    if !rustix::process::geteuid().is_root() {
        return skip("chroot needs root");
    }
    let releases = ["1.19.13", "1.20.14", "1.22.10"];
    let Some(directory) = system(&releases) else {
        return skip("no musl, no busybox-static, or no releases");
    };
    let host = look(&directory);
    for release in releases {
        let runs = run(directory.path(), release).code == Some(0);
        assert_eq!(verdict(&host, release).0 == HostVerdict::Runs, runs, "{release}");
        assert_eq!(runs, release == "1.22.10");
    }
    symlink(LOADER, directory.path().join("lib64/ld-linux-x86-64.so.2")).unwrap();
    let host = look(&directory);
    assert_eq!(verdict(&host, "1.19.13"), (HostVerdict::RunsWithWarning, vec!["loader-is-musl"]));
    run(directory.path(), "1.19.13").succeeds();
    assert_eq!(verdict(&host, "1.20.14"), (HostVerdict::CannotRun, vec!["library-missing"]));
    let refused = run(directory.path(), "1.20.14");
    assert!(refused.code != Some(0) && refused.stderr.contains("libresolv.so.2"), "{refused:#?}");
}
