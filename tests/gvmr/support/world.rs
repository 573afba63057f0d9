//! A throwaway machine for one test: an empty home, an environment that holds only what the test says, and
//! the programs under test.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// One test's machine; everything in it goes when it is dropped.
pub(crate) struct World {
    directory: TempDir,
    variables: BTreeMap<String, String>,
}

impl World {
    /// An empty machine whose only source is `proxy`, as GOPROXY.
    pub(crate) fn new(proxy: &str) -> Self {
        Self::in_directory(super::scratch::tempdir().unwrap(), proxy)
    }

    /// The same in a directory below `place`, such as another file system.
    pub(crate) fn below(place: &Path, proxy: &str) -> Self {
        Self::in_directory(tempfile::tempdir_in(place).unwrap(), proxy)
    }

    fn in_directory(directory: TempDir, proxy: &str) -> Self {
        std::fs::create_dir(directory.path().join("user")).unwrap();
        let mut world = Self { directory, variables: BTreeMap::new() };
        world.set("HOME", &world.path("user").display().to_string());
        world.set("PATH", "/usr/bin:/bin");
        world.set("GOPROXY", proxy);
        world.set("GVMR_SOURCES", "goproxy"); // Go's own archives are no part of a test that does not name them
        world
    }

    /// The same machine seen with one more variable.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same without this variable.
    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    /// gvmr's home, where the platform puts it.
    pub(crate) fn home(&self) -> PathBuf {
        self.path("user/.local/share/gvmr")
    }

    /// The GOROOT of one version, installed or not.
    pub(crate) fn goroot(&self, version: &str) -> PathBuf {
        self.home().join("versions").join(format!("go{version}"))
    }

    /// Makes a directory with the given files: `(name, content)`.
    pub(crate) fn project(&self, name: &str, files: &[(&str, &str)]) -> PathBuf {
        let directory = self.path(name);
        std::fs::create_dir_all(&directory).unwrap();
        for (file, content) in files {
            let file = directory.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, content).unwrap();
        }
        directory
    }

    /// `gvmr ARGUMENTS…` in the user's home directory.
    pub(crate) fn gvmr<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Run {
        self.gvmr_in(&self.path("user"), arguments)
    }

    pub(crate) fn gvmr_in<I: AsRef<OsStr>>(
        &self,
        directory: &Path,
        arguments: impl IntoIterator<Item = I>,
    ) -> Run {
        Run::of(self.command(gvmr(), directory).args(arguments))
    }

    /// A program of the shim directory, such as `go`.
    pub(crate) fn shim<I: AsRef<OsStr>>(
        &self,
        name: &str,
        directory: &Path,
        arguments: impl IntoIterator<Item = I>,
    ) -> Run {
        Run::of(self.command(&self.home().join("shims").join(name), directory).args(arguments))
    }

    /// A command with this machine's environment and nothing else, and no terminal.
    pub(crate) fn command(&self, program: &Path, directory: &Path) -> Command {
        shim(); // so that gvmr finds it beside itself
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables).current_dir(directory).stdin(Stdio::null());
        command
    }

    /// The names in `versions/`, sorted.
    pub(crate) fn installed(&self) -> Vec<String> {
        names(&self.home().join("versions"))
    }
}

/// The names in a directory, sorted; empty where there is none.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What a program did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::from(command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Asserts success and gives stdout without its final newline.
    #[track_caller]
    pub(crate) fn succeeds(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.stdout.trim_end_matches('\n').to_owned()
    }

    /// Asserts this exit code and that stderr says each of `words`.
    #[track_caller]
    pub(crate) fn exits(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for word in words {
            assert!(self.stderr.contains(word), "stderr lacks {word:?}: {self:#?}");
        }
        self
    }

    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// The `gvmr` under test.
pub(crate) fn gvmr() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_gvmr"))
}

/// Set for test processes that a test starts once it has the shim.
pub(crate) const SHIM_IS_BUILT: &str = "GVMR_TEST_SHIM_IS_BUILT";

/// The shim under test, beside `gvmr`, built where a run of this package alone has not done so.
pub(crate) fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| {
        if std::env::var_os(SHIM_IS_BUILT).is_some() {
            return gvmr().with_file_name("gvmr-shim");
        }
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "gvmr-core", "--bin", "gvmr-shim"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
        gvmr().with_file_name("gvmr-shim")
    })
}
