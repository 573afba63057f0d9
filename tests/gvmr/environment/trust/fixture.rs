//! A machine with one toolchain, whose `go env` prints what it was given.

use crate::support::mirror::Mirror;
use crate::support::world::{Run, World};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(super) struct Machine {
    pub(super) world: World,
    _mirror: Mirror,
}

impl Machine {
    pub(super) fn new() -> Self {
        let mirror = Mirror::small(&["1.98.1"]);
        let mut world = mirror.world();
        world.gvmr(["install", "1.98.1"]).succeeds();
        world.set("GOPROXY", ""); // as good as unset, so that a file may fill it
        Self { world, _mirror: mirror }
    }

    /// A project with this `gvmr.toml`, by its real path.
    pub(super) fn project(&self, name: &str, text: &str) -> PathBuf {
        self.world.project(name, &[("gvmr.toml", text)]).canonicalize().unwrap()
    }

    pub(super) fn trust(&self, directory: &Path, words: &[&str]) -> Run {
        self.world.gvmr_in(directory, std::iter::once(&"trust").chain(words))
    }

    /// What the go in `directory` gets as `name`; empty where that is nothing.
    #[track_caller]
    pub(super) fn gets(&self, directory: &Path, name: &str) -> String {
        let environment = self.world.shim("go", directory, ["env"]).succeeds();
        let value = environment.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().to_owned()
    }

    /// Path and state of all that is trusted.
    #[track_caller]
    pub(super) fn listed(&self) -> Vec<(String, String)> {
        let run = self.world.gvmr(["trust", "--list", "--json"]);
        assert_eq!(run.code, Some(0), "{run:#?}");
        let list = run.json();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let lines = list.as_array().unwrap().iter();
        lines.map(|one| (text(&one["file"]), text(&one["state"]))).collect()
    }

    /// The state of the file in `project`.
    #[track_caller]
    pub(super) fn state(&self, project: &Path) -> String {
        let file = project.join("gvmr.toml").display().to_string();
        let listed = self.listed();
        let found = listed.iter().find(|(path, _)| *path == file);
        found.unwrap_or_else(|| panic!("{file} is not in {listed:?}")).1.clone()
    }

    /// Where the approval of the file in `project`, a real path, is kept.
    pub(super) fn record(&self, project: &Path) -> PathBuf {
        self.world.home().join("trusted").join(project.strip_prefix("/").unwrap()).join("gvmr.toml")
    }

    /// Everything below the directory of what is trusted.
    pub(super) fn kept(&self) -> Vec<PathBuf> {
        below(&self.world.home().join("trusted"))
    }
}

pub(super) fn below(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        found.push(path.clone());
        if !path.is_symlink() {
            found.extend(below(&path));
        }
    }
    found
}

/// Writes a program in a process of its own: one that this process still had open could not be run.
pub(super) fn script(path: &Path, text: &str) {
    let mut write = Command::new("/bin/sh");
    write.args(["-c", "printf '%s' \"$1\" >\"$0\""]).arg(path).arg(text).stdin(Stdio::null());
    assert!(write.status().unwrap().success());
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

pub(super) fn fifo(path: &Path) {
    Run::of(Command::new("mkfifo").arg(path)).succeeds();
}

pub(super) fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}
