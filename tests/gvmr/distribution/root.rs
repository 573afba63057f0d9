//! A machine of a story's own: a directory that its processes see as `/`, with its processes and mounts.

use super::minimal_debian;
use crate::support::mirror::Mirror;
use crate::support::scratch;
use crate::support::skip;
use crate::support::world::Run;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const ALICE: u32 = 4001;
/// Where alice has her own home.
pub(super) const ALICES_HOME: &str = "/home/alice/.local/share/gvmr";
/// Where all users share one.
pub(super) const SHARED_HOME: &str = "/opt/gvmr";

/// The machine. Its files outlive its processes.
pub(super) struct Root {
    directory: TempDir,
    mirror: Mirror,
}

/// Gives the directory what a system has, for this process and what it starts, and becomes the command.
const ENTER: &str = "mount -t proc proc \"$0/proc\" && mount --rbind /dev \"$0/dev\" && exec \"$@\"";

impl Root {
    /// A machine with empty directories and the users root and alice; `None` where this process may not make one.
    pub(super) fn bare(mirror: Mirror) -> Option<Self> {
        Self::new(mirror, |_| Some(()))
    }

    /// A minimal Debian of this machine's release, with alice.
    pub(super) fn debian(mirror: Mirror) -> Option<Self> {
        Self::new(mirror, |directory| {
            let mut unpack = Command::new("tar");
            unpack
                .arg("-xf")
                .arg(minimal_debian::archive()?)
                .arg("-C")
                .arg(directory)
                .args(["--exclude", "./dev/*"]);
            Run::of(&mut unpack).succeeds();
            Some(())
        })
    }

    fn new(mirror: Mirror, fill: impl FnOnce(&Path) -> Option<()>) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            skip("only root can install packages");
            return None;
        }
        let root = Self { directory: scratch::tempdir().unwrap(), mirror };
        fill(root.directory.path())?;
        for place in ["", "dev", "proc", "etc", "home/alice", "root", "tmp"] {
            root.make_directory(place);
        }
        chown(root.path("home/alice"), Some(ALICE), Some(ALICE)).unwrap();
        let known = fs::read_to_string(root.path("etc/passwd"));
        let known = known.unwrap_or_else(|_| "root:x:0:0:root:/root:/bin/sh\n".to_owned());
        let alice = format!("alice:x:{ALICE}:{ALICE}::/home/alice:/bin/sh\n");
        fs::write(root.path("etc/passwd"), known + &alice).unwrap();
        let enters = root.beside(&["true"]);
        if enters.code != Some(0) {
            skip(&format!("no root of one's own can be made here: {}", enters.stderr));
            return None;
        }
        Some(root)
    }

    fn make_directory(&self, path: &str) {
        fs::create_dir_all(self.path(path)).unwrap();
        fs::set_permissions(self.path(path), Permissions::from_mode(0o755)).unwrap();
    }

    /// Where a file of the machine lies for this process.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path.trim_start_matches('/'))
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        self.make_directory(Path::new(path).parent().unwrap().to_str().unwrap());
        fs::write(self.path(path), text).unwrap();
    }

    pub(super) fn bytes(&self, path: &str) -> Vec<u8> {
        fs::read(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Puts files of this machine into a directory of that one.
    pub(super) fn copy(&self, files: &[PathBuf], to: &str) {
        self.make_directory(to);
        for file in files {
            fs::copy(file, self.path(to).join(file.file_name().unwrap())).unwrap();
        }
    }

    /// What root's command does.
    pub(super) fn as_root(&self, words: &[&str]) -> Run {
        Run::of(self.inside("0", "/root").args(words))
    }

    /// What root's command does where the machine's own mounts are missing, as in a chroot made by hand.
    pub(super) fn without_proc(&self, words: &[&str]) -> Run {
        let mut command = self.with_environment("chroot");
        Run::of(command.env("HOME", "/root").arg(self.directory.path()).args(words))
    }

    /// What alice's command does.
    pub(super) fn as_alice(&self, words: &[&str]) -> Run {
        Run::of(self.inside(&ALICE.to_string(), "/home/alice").args(words))
    }

    fn inside(&self, id: &str, home: &str) -> Command {
        let mut command = self.entered();
        command.env("HOME", home).arg("chroot").arg(format!("--userspec={id}:{id}"));
        command.arg(self.directory.path());
        command
    }

    /// What a program of this machine does that works on that one from outside.
    pub(super) fn beside(&self, words: &[&str]) -> Run {
        Run::of(self.entered().args(words))
    }

    fn entered(&self) -> Command {
        let mut command = self.with_environment("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER]);
        command.arg(self.directory.path());
        command
    }

    fn with_environment(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null());
        command
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LC_ALL", "C");
        command.env("GOPROXY", self.mirror.server.url("")).env("GVMR_SOURCES", "goproxy");
        command.envs(self.mirror.key.as_ref().map(|key| ("GOSUMDB", key)));
        command
    }
}
