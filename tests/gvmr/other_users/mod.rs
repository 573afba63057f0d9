//! A machine with several users, each with the rights of theirs: what one of them leaves somewhere, and what another one's
//! gvmr makes of it. Only root can be several users.

mod homes;
mod links;
mod pins;
mod programs;

use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, World};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: u32 = 0;
const ALICE: u32 = 4001;
const BOB: u32 = 4002;

/// The machine, on which `owner` has 1.98.1 and 1.97.2 installed and everyone may pass.
struct Machine {
    world: World,
    _mirror: Mirror,
    owner: u32,
}

impl Machine {
    /// `None`, with the reason printed, where this process may not be several users.
    fn of(owner: u32) -> Option<Self> {
        if !nix::unistd::geteuid().is_root() {
            skip("only root can be several users");
            return None;
        }
        let mirror = Mirror::small(&["1.97.2", "1.98.1"]);
        let world = mirror.world();
        fs::set_permissions(world.path(""), Permissions::from_mode(0o755)).unwrap();
        let machine = Self { world, _mirror: mirror, owner };
        lchown(machine.path("user"), Some(owner), Some(owner)).unwrap();
        machine.gvmr("user", &["install", "1.97.2", "1.98.1"]).succeeds();
        Some(machine)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.world.path(name)
    }

    /// A directory of `user`'s with this mode, and what is missing above it.
    fn directory(&self, user: u32, name: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        lchown(&path, Some(user), Some(user)).unwrap();
        path
    }

    fn file(&self, user: u32, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        lchown(&path, Some(user), Some(user)).unwrap();
        path
    }

    fn link(&self, user: u32, name: &str, target: impl AsRef<Path>) -> PathBuf {
        symlink(target, self.path(name)).unwrap();
        lchown(self.path(name), Some(user), Some(user)).unwrap();
        self.path(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// What the owner's gvmr does in a directory.
    fn gvmr(&self, directory: &str, words: &[&str]) -> Run {
        let command = self.world.command(crate::support::world::gvmr(), &self.path(directory));
        run(self.owner, command, words)
    }

    /// What the `go` of the owner's shim directory says there.
    fn go(&self, directory: &str, words: &[&str]) -> Run {
        let shim = self.world.home().join("shims/go");
        let command = self.world.command(&shim, &self.path(directory));
        run(self.owner, command, words)
    }

    /// What the shim and the command line agree runs in a directory: `go1.98.1`.
    #[track_caller]
    fn version(&self, directory: &str) -> String {
        let says = self.go(directory, &["version"]).succeeds();
        let current = self.gvmr(directory, &["current", "--json"]).json();
        let version = says.split(' ').nth(2).unwrap().to_owned();
        assert_eq!(format!("go{}", current["version"].as_str().unwrap()), version, "{current}");
        version
    }
}

fn run(user: u32, mut command: Command, words: &[&str]) -> Run {
    Run::of(command.args(words).uid(user).gid(user))
}
