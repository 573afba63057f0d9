//! Real toolchain modules, with Go itself as the judge.

use crate::support::scratch;
use crate::support::skip;
use gvmr::unpack::{ArchiveLimits, installed, is_executable, manifest, module_zip};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// A real module zip and the hash that go says it has; `None` where there is no go or no network.
pub(crate) fn toolchain(version: &str) -> Option<(PathBuf, String)> {
    let module = format!("golang.org/toolchain@v0.0.1-go{version}.linux-amd64");
    let output = Command::new("go").args(["mod", "download", "-json", &module]).current_dir("/").output();
    let answer: serde_json::Value = serde_json::from_slice(&output.ok()?.stdout).ok()?;
    let text = |key: &str| answer.get(key)?.as_str().map(str::to_owned);
    Some((PathBuf::from(text("Zip")?), text("Sum")?))
}

fn prefix(version: &str) -> String {
    format!("golang.org/toolchain@v0.0.1-go{version}.linux-amd64/")
}

/// Unpacks a real module, expects the hash that go knows for it, and asks its go for its version.
fn unpacks_and_runs(version: &str, goroot_needed: bool) {
    let Some((zip, sum)) = toolchain(version) else {
        return skip(&format!("no module of go{version} can be had"));
    };
    let parent = scratch::tempdir().unwrap();
    let start = Instant::now();
    let mut body = File::open(zip).unwrap();
    let staged = module_zip(&mut body, &prefix(version), parent.path(), &ArchiveLimits::default()).unwrap();
    println!("go{version}: {} files, {} bytes, {:.2?}", staged.files(), staged.bytes(), start.elapsed());
    assert_eq!(staged.manifest().h1().to_string(), sum);

    let start = Instant::now();
    let entries = installed(parent.path(), &prefix(version)).unwrap();
    println!("go{version}: walked in {:.2?}", start.elapsed());
    assert_eq!(manifest(&entries).unwrap().h1().to_string(), sum);

    let mut go = Command::new(parent.path().join("bin/go"));
    go.arg("version").current_dir("/").env_remove("GOROOT").env_remove("GOFLAGS");
    if goroot_needed {
        go.env("GOROOT", parent.path());
    }
    let output = go.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text.trim_end(), format!("go version go{version} linux/amd64"));
}

#[test]
fn go_1_4_3() {
    unpacks_and_runs("1.4.3", true);
}

#[test]
fn go_1_19_13() {
    unpacks_and_runs("1.19.13", false);
}

#[test]
fn go_1_22_10() {
    unpacks_and_runs("1.22.10", false);
}

#[test]
fn go_1_26_8() {
    unpacks_and_runs("1.26.8", false);
}

#[test]
fn the_rule_for_modes_is_the_one_that_go_packs_by() {
    for version in ["1.21.0", "1.26.8"] {
        let Some((zip, _)) = toolchain(version) else {
            return skip(&format!("no module of go{version} can be had"));
        };
        let modes = stored_modes(&fs::read(zip).unwrap());
        assert!(modes.len() > 9000 && modes.iter().any(|(_, mode)| *mode == 0o100_755));
        for (name, mode) in modes {
            let name = name.strip_prefix(&prefix(version)).unwrap();
            assert_eq!(mode == 0o100_755, is_executable(name), "{name} is {mode:o} in go{version}");
        }
    }
}

/// The names and Unix modes of a zip's central directory.
fn stored_modes(zip: &[u8]) -> Vec<(String, u32)> {
    let number = |at: usize, bytes: usize| {
        zip[at..at + bytes].iter().rev().fold(0_usize, |value, byte| value << 8 | usize::from(*byte))
    };
    let end = zip.len() - 22;
    let mut at = number(end + 16, 4);
    let mut modes = Vec::new();
    while at < end {
        let (name, extra) = (number(at + 28, 2), number(at + 30, 2));
        let text = String::from_utf8(zip[at + 46..at + 46 + name].to_vec()).unwrap();
        modes.push((text, u32::try_from(number(at + 40, 2)).unwrap()));
        at += 46 + name + extra;
    }
    modes
}

#[test]
fn a_full_disk_is_an_error_that_says_so() {
    let Some(mount) = SmallDisk::mount(1 << 20) else {
        return skip("mounting a small file system needs root");
    };
    let noise: Vec<u8> =
        (0..3_u32 << 20).map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect();
    let zip = crate::support::zip::Zip::of(&[("a", b"x"), ("large", &noise)]).bytes();
    let error = super::unpack(&zip, &mount.path().join("tree")).unwrap_err();
    let gvmr::unpack::UnpackError::Write { path, source } = error else { panic!("{error}") };
    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    assert!(path.ends_with("tree/large"), "{}", path.display());
}

/// A file system in memory, unmounted when it is dropped.
pub(crate) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Mounts one of `bytes`; `None` where that is not allowed.
    pub(crate) fn mount(bytes: u64) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = format!("size={bytes}");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(directory.path())
            .output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(directory))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}
