//! A throwaway home with a shim, toolchains that say how they were called, and a project beside it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use tempfile::TempDir;

/// Prints its toolchain, tool, process, arguments and environment; ends with `$EXIT`.
const TOOL: &str = "#!/bin/sh\necho \"toolchain=VERSION\"\necho \"tool=${0##*/}\"\necho \"process=$$\"\n\
    for argument; do echo \"argument=$argument\"; done\n/usr/bin/env\nexit ${EXIT:-0}\n";

pub(crate) struct World {
    root: PathBuf,
    _directory: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let world = Self { root, _directory: directory };
        world.shim("go").shim("gofmt");
        fs::create_dir_all(world.path("project")).unwrap();
        fs::create_dir_all(world.path("empty")).unwrap();
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// Another name for the shim, the way the home holds them: as further links to one file.
    pub(crate) fn shim(&self, name: &str) -> &Self {
        self.shim_at(&format!("home/shims/{name}"))
    }

    /// A copy of the shim at any path.
    pub(crate) fn shim_at(&self, name: &str) -> &Self {
        let path = self.parent_of(name);
        let _no_child_inherits_the_open_file = SPAWNING.lock();
        fs::copy(env!("CARGO_BIN_EXE_gvmr-shim"), path).unwrap();
        self
    }

    /// Installs toolchains that say how they were called.
    pub(crate) fn installed(&self, versions: &[&str]) -> &Self {
        for version in versions {
            self.goroot(&format!("home/versions/go{version}"), version);
        }
        self
    }

    /// A GOROOT anywhere.
    pub(crate) fn goroot(&self, name: &str, version: &str) -> &Self {
        self.file(&format!("{name}/VERSION"), format!("go{version}\ntime 2024-01-01T00:00:00Z\n"));
        self.directory(&format!("{name}/pkg/tool"));
        for tool in ["go", "gofmt"] {
            self.script(&format!("{name}/bin/{tool}"), &TOOL.replace("VERSION", version));
        }
        self
    }

    pub(crate) fn script(&self, name: &str, text: &str) -> &Self {
        let _no_child_inherits_the_open_file = SPAWNING.lock();
        self.file(name, text);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        fs::write(self.parent_of(name), text).unwrap();
        self
    }

    pub(crate) fn directory(&self, name: &str) -> &Self {
        fs::create_dir_all(self.path(name)).unwrap();
        self
    }

    pub(crate) fn link(&self, name: &str, target: impl AsRef<Path>) -> &Self {
        symlink(target, self.parent_of(name)).unwrap();
        self
    }

    fn parent_of(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    /// A shim by name, to be called in the project with nothing in its environment but an empty PATH.
    pub(crate) fn command(&self, name: &str) -> Command {
        self.command_at(&format!("home/shims/{name}"))
    }

    pub(crate) fn command_at(&self, name: &str) -> Command {
        let mut command = Command::new(self.path(name));
        command.current_dir(self.path("project")).env_clear().env("PATH", self.path("empty"));
        command
    }

    /// What `go version` in the project runs: the toolchain's version.
    pub(crate) fn chosen(&self) -> String {
        ran(&mut self.command("go")).one("toolchain")
    }
}

/// What a toolchain said.
pub(crate) struct Said {
    lines: Vec<String>,
}

impl Said {
    /// The values of `name`, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let values = self.lines.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        values.map(str::to_owned).collect()
    }

    pub(crate) fn one(&self, name: &str) -> String {
        let values = self.all(name);
        assert_eq!(values.len(), 1, "{name}: {:?}", self.lines);
        values.into_iter().next().unwrap()
    }

    pub(crate) fn lacks(&self, name: &str) -> bool {
        self.all(name).is_empty()
    }
}

/// Held while a program is written and while a child starts: a child that another test forks in between would
/// hold the file open for writing until its exec, and executing the file meanwhile fails as "busy".
static SPAWNING: Mutex<()> = Mutex::new(());

/// Starts a command.
pub(crate) fn started(command: &mut Command) -> Child {
    let _no_program_is_open_for_writing = SPAWNING.lock();
    command.spawn().unwrap()
}

/// Runs a command to its end, with nothing on its stdin.
pub(crate) fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    started(command).wait_with_output().unwrap()
}

/// Runs a command that must succeed without a word on stderr.
pub(crate) fn ran(command: &mut Command) -> Said {
    let output = output(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{command:?}: {}: {errors}", output.status);
    Said { lines: String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect() }
}

/// Runs a command that must end with `code`, having said nothing on stdout; what it said on stderr.
pub(crate) fn failed(command: &mut Command, code: i32) -> String {
    let Output { status, stdout, stderr } = output(command);
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{command:?}: {stderr}");
    assert!(stdout.is_empty(), "{}", String::from_utf8_lossy(&stdout));
    stderr
}

/// The machine's own GOROOT; `None`, with a word on stdout, where it has no Go.
pub(crate) fn real_goroot() -> Option<PathBuf> {
    let output = output(Command::new("/bin/sh").args(["-c", "GOTOOLCHAIN=local exec go env GOROOT"]));
    if !output.status.success() {
        skip("there is no go on PATH");
        return None;
    }
    Some(PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end()))
}

/// Says why a test proves nothing here, or fails where nothing may be skipped.
pub(crate) fn skip(reason: &str) {
    let nothing_is_skipped = std::env::var("GVMR_TESTS_SKIP_NOTHING").is_ok_and(|value| value == "1");
    assert!(!nothing_is_skipped, "nothing may be skipped: {reason}");
    println!("skipped: {reason}");
}
