//! The wheel, by pip and by uv: both programs on PATH, and homes that follow the installed release.

use super::package_files::tool;
use super::upgrade::{REAL, SMALL, as_released, small};
use crate::support::distribution::{current, next};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, World};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// How a user of Python installs a release.
#[derive(Clone, Copy, Debug)]
enum Installer {
    Pip,
    Uv,
}

impl Installer {
    /// Installs this release in place of any other.
    fn install(self, world: &World, release: &Path) {
        let wheel = as_released(release).file("whl");
        let mut command = match self {
            Self::Pip => {
                let mut pip = world.command(&world.path("venv/bin/pip"), &world.path("user"));
                pip.args(["install", "--quiet", "--no-index", "--disable-pip-version-check"]);
                pip
            }
            Self::Uv => {
                let mut uv = world.command(&tool("uv"), &world.path("user"));
                uv.args(["tool", "install", "--quiet", "--offline", "--python", "/usr/bin/python3"]);
                uv
            }
        };
        Run::of(command.arg(wheel)).succeeds();
    }

    /// Where the user's shell finds gvmr.
    fn gvmr(self, world: &World) -> PathBuf {
        world.path(match self {
            Self::Pip => "venv/bin/gvmr",
            Self::Uv => "user/.local/bin/gvmr",
        })
    }
}

#[test]
fn pip_leads_from_nothing_to_go() {
    leads_from_nothing_to_go(Installer::Pip);
}

#[test]
fn uv_leads_from_nothing_to_go() {
    leads_from_nothing_to_go(Installer::Uv);
}

fn leads_from_nothing_to_go(installer: Installer) {
    let Some(mirror) = Mirror::real(&[REAL]) else { return skip("no go, or no network") };
    let Some(world) = with_installer(installer, &mirror) else { return };
    let start = Instant::now();
    installer.install(&world, &current());
    let has_gvmr = start.elapsed();
    gvmr(installer, &world, &["install", REAL]);
    let version = world.shim("go", &world.path("user"), ["version"]).succeeds();
    assert_eq!(version, format!("go version go{REAL} linux/amd64"));
    eprintln!("{installer:?}: gvmr after {has_gvmr:.1?}, go after {:.1?}", start.elapsed());
}

#[test]
fn pip_goes_up_and_back() {
    goes_up_and_back(Installer::Pip);
}

#[test]
fn uv_goes_up_and_back() {
    goes_up_and_back(Installer::Uv);
}

fn goes_up_and_back(installer: Installer) {
    let mirror = small();
    let Some(world) = with_installer(installer, &mirror) else { return };
    installer.install(&world, &current());
    gvmr(installer, &world, &["install", SMALL]);
    for release in [next(), current()] {
        installer.install(&world, &release);
        let version = gvmr(installer, &world, &["--version"]);
        assert_eq!(version, format!("gvmr {}", as_released(&release).version));
        gvmr(installer, &world, &["list"]); // the owner's next command
        let released = fs::canonicalize(installer.gvmr(&world)).unwrap().with_file_name("gvmr-shim");
        let shim = world.home().join("shims/go");
        assert!(fs::read(&shim).unwrap() == fs::read(released).unwrap(), "go is of another release");
        let version = world.shim("go", &world.path("user"), ["version"]).succeeds();
        assert_eq!(version, format!("go version go{SMALL} linux/amd64"));
    }
    let (owner, step) = match installer {
        Installer::Pip => ("the Python package gvmr", "-m pip install --upgrade gvmr"),
        Installer::Uv => ("the uv tool gvmr", "uv tool upgrade gvmr"),
    };
    let mut update = world.command(&installer.gvmr(&world), &world.path("user"));
    Run::of(update.args(["self", "update"])).exits(2, &[owner, step]);
}

fn gvmr(installer: Installer, world: &World, words: &[&str]) -> String {
    Run::of(world.command(&installer.gvmr(world), &world.path("user")).args(words)).succeeds()
}

/// A user who has the installer; `None` where this machine does not have it.
fn with_installer(installer: Installer, mirror: &Mirror) -> Option<World> {
    let world = mirror.world();
    let output = match installer {
        Installer::Pip => {
            Command::new("/usr/bin/python3").args(["-m", "venv"]).arg(world.path("venv")).output()
        }
        Installer::Uv => Command::new(tool("uv")).arg("--version").output(),
    };
    match output {
        Ok(output) if output.status.success() => Some(world),
        _ => {
            skip("python3-venv or uv is not installed");
            None
        }
    }
}

#[test]
fn its_record_names_each_file_with_its_sum() {
    // pip and uv check no sums of a wheel that they install, so a wrong one would stay unseen.
    const CHECK: &str = "
import base64, csv, hashlib, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
names = [name for name in wheel.namelist() if name.endswith('.dist-info/RECORD')]
rows = list(csv.reader(wheel.read(names[0]).decode().splitlines()))
assert sorted(row[0] for row in rows) == sorted(wheel.namelist())
for name, digest, size in rows:
    if name == names[0]:
        continue
    content = wheel.read(name)
    found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()
    assert digest == 'sha256=' + found and int(size) == len(content), name
    assert (wheel.getinfo(name).external_attr >> 16) & 0o777 == (0o755 if '/scripts/' in name else 0o644), name
metadata = wheel.read(names[0].replace('RECORD', 'METADATA')).decode()
for licence in [line.split(': ')[1] for line in metadata.splitlines() if line.startswith('License-File: ')]:
    assert names[0].replace('RECORD', 'licenses/' + licence) in wheel.namelist(), licence
print(metadata.split('\\n\\n')[0])
";
    let release = current();
    let mut python = Command::new("/usr/bin/python3");
    let metadata = Run::of(python.args(["-c", CHECK]).arg(as_released(&release).file("whl"))).succeeds();
    for line in
        [&format!("Version: {}", as_released(&release).version), "License-Expression: MIT OR Apache-2.0"]
    {
        assert!(metadata.contains(line), "{metadata}");
    }
    assert_eq!(metadata.matches("License-File: ").count(), 3, "{metadata}");
}
