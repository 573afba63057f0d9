//! A machine that runs `install.sh`: an empty home, the tools that it is given, and a release.

use super::forged::Release;
use crate::support::server::{Reply, Request, Server};
use crate::support::sources::root;
use crate::support::world::{Run, World, names};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) struct Machine {
    pub(super) world: World,
}

/// What the script runs beside a downloader.
const TOOLS: [&str; 25] = [
    "cat",
    "chmod",
    "cp",
    "cut",
    "dirname",
    "find",
    "grep",
    "gzip",
    "head",
    "id",
    "mkdir",
    "mktemp",
    "mv",
    "printf",
    "readlink",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "sort",
    "tail",
    "tar",
    "tr",
    "uname",
    "wc",
];

impl Machine {
    /// A machine with the usual tools and a user who is not root.
    pub(super) fn new() -> Self {
        let mut machine = Self { world: World::new("off") };
        machine.tool("id", "echo 1000");
        let tools = machine.world.path("tools").display().to_string();
        machine.world.set("PATH", &format!("{tools}:/usr/bin:/bin"));
        machine
    }

    /// A machine with just the tools that the script needs, and these: a name and the program that it links to.
    pub(super) fn bare(more: &[(&str, &str)]) -> Self {
        Self::bare_in(World::new("off"), more)
    }

    /// The same with another world.
    pub(super) fn bare_in(world: World, more: &[(&str, &str)]) -> Self {
        let mut machine = Self { world };
        let tools = machine.world.project("tools", &[]);
        for name in TOOLS {
            symlink(find(name), tools.join(name)).unwrap();
        }
        for (name, program) in more {
            symlink(find(program), tools.join(name)).unwrap();
        }
        machine.world.set("PATH", tools.to_str().unwrap());
        machine
    }

    /// The same with a tool that does this.
    pub(super) fn tool(&self, name: &str, script: &str) {
        let tools = self.world.project("tools", &[]);
        let _ = fs::remove_file(tools.join(name));
        executable(&tools.join(name), &format!("#!/bin/sh\n{script}\n"));
    }

    /// The same without a tool.
    pub(super) fn without(&self, name: &str) {
        fs::remove_file(self.world.path("tools").join(name)).unwrap();
    }

    /// The same with a release in a directory.
    pub(super) fn release(&mut self, release: &Release) -> PathBuf {
        let directory = self.world.path("release");
        release.write(&directory);
        self.world.set("GVMR_DIST", directory.to_str().unwrap());
        directory
    }

    /// The script in dash.
    pub(super) fn install(&self, words: &[&str]) -> Run {
        Run::of(&mut self.command(&["dash"], words))
    }

    /// The script in a shell. Unless its words say where, it installs into [`Self::bin`]: busybox has an `id` that no stub
    /// hides, and would install for the machine where root runs it.
    pub(super) fn command(&self, shell: &[&str], words: &[&str]) -> Command {
        let mut command = self.command_without_place(shell, words);
        if !words.contains(&"--to") {
            command.arg("--to").arg(self.bin());
        }
        command
    }

    /// The same without a directory; only for shells that take `id` from PATH.
    pub(super) fn command_without_place(&self, shell: &[&str], words: &[&str]) -> Command {
        let mut command = self.world.command(&find(shell[0]), &self.world.path("user"));
        command.args(&shell[1..]).arg(self.script()).args(words);
        command.process_group(0); // what it does to its group, it does not to the tests
        command
    }

    /// The script: that of the checkout, unless a story changed it.
    pub(super) fn script(&self) -> PathBuf {
        let changed = self.world.path("install.sh");
        if changed.exists() { changed } else { root().join("install.sh") }
    }

    /// Gives the script a public key, as a release does.
    pub(super) fn fill_key(&self, key: &str) {
        let script = fs::read_to_string(self.script()).unwrap();
        let filled = script.replace("\npublic_key=''\n", &format!("\npublic_key='{key}'\n"));
        assert_ne!(filled, script);
        fs::write(self.world.path("install.sh"), filled).unwrap();
    }

    /// Where programs go without other words.
    pub(super) fn bin(&self) -> PathBuf {
        self.world.path("user/.local/bin")
    }

    /// What is in that directory, hidden files too.
    pub(super) fn programs(&self) -> Vec<String> {
        names(&self.bin())
    }

    /// What the installed gvmr says.
    pub(super) fn says(&self) -> String {
        Run::of(Command::new(self.bin().join("gvmr")).arg("--version")).succeeds()
    }

    #[track_caller]
    pub(super) fn has(&self, version: &str) {
        assert_eq!(self.programs(), ["gvmr", "gvmr-shim"]);
        assert_eq!(self.says(), format!("gvmr {version}"));
    }

    #[track_caller]
    pub(super) fn has_nothing(&self) {
        assert_eq!(self.programs(), [""; 0]);
        assert!(!self.world.path("user/.local/share").exists());
    }
}

/// A server of what a directory holds.
pub(super) fn serve(directory: &Path) -> Server {
    let directory = directory.to_owned();
    Server::start(move |request: &Request| Reply::directory(&directory, request))
}

pub(super) fn executable(file: &Path, text: &str) {
    fs::write(file, text).unwrap();
    fs::set_permissions(file, Permissions::from_mode(0o755)).unwrap();
}

/// Whether this program is on the machine that runs the tests.
pub(super) fn is_there(program: &str) -> bool {
    candidates(program).any(|path| path.exists())
}

fn find(program: &str) -> PathBuf {
    candidates(program).find(|path| path.exists()).unwrap_or_else(|| panic!("{program} is not installed"))
}

fn candidates(program: &str) -> impl Iterator<Item = PathBuf> {
    ["/usr/bin", "/bin"].into_iter().map(move |directory| Path::new(directory).join(program))
}
