//! Power cuts: what the disk holds at a random moment of a command, as a machine finds it when it starts again.
//!
//! The machine's disk is an image in a file system that clones files in one step; a clone takes the disk's place, which
//! plays its journal.

use super::scenarios::{Count, Scenario, Stage, moments};
use crate::support::scratch;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;
use tempfile::TempDir;

/// A disk that can be cloned while it is written to.
struct Disk {
    place: TempDir,
}

impl Disk {
    fn new() -> Result<Self, String> {
        if !rustix::process::geteuid().is_root() {
            return Err("only root can mount images".to_owned());
        }
        let place = scratch::tempdir().map_err(|error| error.to_string())?;
        let disk = Self { place };
        run("truncate", &["-s", "2G", &disk.text("cloning.img")])?;
        run("mkfs.xfs", &["-q", "-m", "reflink=1", &disk.text("cloning.img")])?;
        for directory in ["cloning", "disk"] {
            fs::create_dir(disk.place.path().join(directory)).unwrap();
        }
        run("mount", &["-o", "loop", &disk.text("cloning.img"), &disk.text("cloning")])?;
        run("truncate", &["-s", "800M", &disk.text("cloning/disk.img")])?;
        run("mkfs.ext4", &["-q", "-F", "-E", "lazy_itable_init=0", &disk.text("cloning/disk.img")])?;
        run("mount", &["-o", "loop", &disk.text("cloning/disk.img"), &disk.text("disk")])?;
        Ok(disk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Keeps what was written to the disk so far, without what the system still has in memory.
    fn clone_as_it_is(&self) {
        let (from, to) = (self.path("cloning/disk.img"), self.path("cloning/clone.img"));
        let (from, to) = (File::open(from).unwrap(), File::create(to).unwrap());
        rustix::fs::ioctl_ficlone(to, from).unwrap();
    }

    /// Puts that in the place of the disk, as a machine finds it that starts again.
    fn start_again(&self) {
        run("umount", &[&self.text("disk")]).unwrap();
        fs::rename(self.path("cloning/clone.img"), self.path("cloning/disk.img")).unwrap();
        run("mount", &["-o", "loop", &self.text("cloning/disk.img"), &self.text("disk")]).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        for mount in ["disk", "cloning"] {
            let _ = run("umount", &[&self.text(mount)]);
        }
    }
}

fn run(program: &str, words: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(words).output().map_err(|error| format!("{program}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{program}: {said}")) }
}

/// Why there can be none here.
pub(crate) fn can_be_made() -> Result<(), String> {
    Disk::new().map(drop)
}

/// Cuts the power so often while the command runs.
pub(crate) fn count(scenario: &Scenario, cuts: usize) -> Count {
    let disk = Disk::new().unwrap();
    let stage = Stage::with(scenario, |mirror| mirror.world_below(&disk.path("disk")));
    stage.begin();
    rustix::fs::sync();
    let began = Instant::now();
    stage.run();
    let whole = began.elapsed();
    let mut count = Count::of(scenario, "power cuts");
    for moment in moments(whole).take(cuts) {
        stage.begin();
        rustix::fs::sync();
        let mut child = stage.command(&[]).spawn().unwrap();
        std::thread::sleep(moment);
        disk.clone_as_it_is();
        let is_running = child.try_wait().unwrap().is_none();
        child.wait().unwrap();
        disk.start_again();
        count.add(is_running, stage.violations(&format!("a power cut after {moment:?}")));
    }
    count
}
