//! Limits of this process, and room on the file systems that go writes to.

use super::Looked;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::place::FindingPlace;
use crate::host::Volume;
use gvmr_core::sys::printable;
use rustix::process::{Resource, getrlimit};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const MIB: u64 = 1024 * 1024;

/// Too little of something that every build needs.
pub(in crate::doctor) fn too_low(facts: &Examination<'_>) -> Looked {
    let mut findings = Vec::new();
    let mut low = |name: &'static str, what: String, why: &str, command: &str| {
        findings.push(
            Finding::error("host.limits", FindingPlace::process(name))
                .what(what)
                .why(why)
                .by_hand("raise it, in this shell or where it is set")
                .command(command),
        );
    };
    let soft = |resource| getrlimit(resource).current;
    if let Some(bytes) = soft(Resource::As).filter(|bytes| *bytes < 768 * MIB) {
        low(
            "RLIMIT_AS",
            format!("the address space is limited to {}", size(bytes)),
            "go ends with `failed to reserve page summary memory`",
            "ulimit -v unlimited",
        );
    }
    if let Some(bytes) = soft(Resource::Fsize).filter(|bytes| *bytes < 64 * MIB) {
        low(
            "RLIMIT_FSIZE",
            format!("files are limited to {}", size(bytes)),
            "the linker ends when it writes a program: `file size limit exceeded`",
            "ulimit -f unlimited",
        );
    }
    if let Some(most) = soft(Resource::Nproc).filter(|_| !rustix::process::geteuid().is_root()) {
        let running = threads_of_this_user();
        if most.saturating_sub(running) < 16 {
            low(
                "RLIMIT_NPROC",
                format!("this user may have {most} threads, and has {running}"),
                "go starts dozens: `failed to create new OS thread`",
                "ulimit -u 4096",
            );
        }
    }
    findings.extend(full(facts));
    Ok(findings)
}

/// In MiB, or in KiB where it is less than one.
fn size(bytes: u64) -> String {
    if bytes < MIB { format!("{} KiB", bytes / 1024) } else { format!("{} MiB", bytes / MIB) }
}

/// How many threads run for this user.
fn threads_of_this_user() -> u64 {
    let me = rustix::process::getuid().as_raw().to_string();
    let Ok(processes) = std::fs::read_dir("/proc") else { return 0 };
    let threads = processes.flatten().filter_map(|entry| {
        let status = std::fs::read_to_string(entry.path().join("status")).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_ascii_whitespace().next().map(str::to_owned)
        };
        (field("Uid:")? == me).then(|| field("Threads:")?.parse::<u64>().ok()).flatten()
    });
    threads.sum()
}

/// File systems of gvmr's home and go's caches with hardly any room.
fn full(facts: &Examination<'_>) -> Vec<Finding> {
    let mut directories: Vec<PathBuf> = vec![facts.home.root().to_owned()];
    for name in ["GOCACHE", "GOMODCACHE"] {
        let value = facts.setting(name).ok().and_then(|setting| setting.value());
        directories.extend(value.map(PathBuf::from).filter(|directory| directory.is_absolute()));
    }
    let mut told = BTreeSet::new();
    let volumes = directories.iter().filter_map(|directory| Volume::of(directory));
    let volumes = volumes.filter(|volume| volume.bytes < 300 * MIB || volume.files == Some(0));
    // What the kernel makes up has no room at all.
    let is_disk = |volume: &Volume| rustix::fs::statvfs(&volume.path).is_ok_and(|found| found.f_blocks > 0);
    let volumes = volumes.filter(is_disk).filter(|volume| told.insert(device(&volume.path)));
    volumes
        .map(|volume| {
            let path = printable::path(&volume.path);
            let why = if volume.files == Some(0) {
                format!("{path} has no free inode")
            } else {
                format!("{path} has {} MiB free", volume.bytes / MIB)
            };
            Finding::at("host.limits", Severity::Warning, FindingPlace::file(volume.path))
                .what("a disk that go writes to is full")
                .why(format!("{why}: builds and downloads end with `no space left on device`"))
                .by_hand("free some space, or run `go clean -cache -modcache`")
        })
        .collect()
}

fn device(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|found| found.dev())
}
