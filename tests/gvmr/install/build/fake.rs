//! A source tree whose `make.bash` is the test's own script.

use gvmr::build::{BuildError, Plan, build};
use gvmr_core::gover::version::Version;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Ends a script as a real one does.
pub(super) const MAKES_A_GOROOT: &str = "
mkdir -p ../bin ../pkg/tool/linux_amd64
for program in bin/go bin/gofmt pkg/tool/linux_amd64/compile; do echo program >../$program; /bin/chmod 755 ../$program; done
";

/// Where a build can be told to happen.
pub(super) struct Fake {
    directory: tempfile::TempDir,
    pub(super) version: Version,
}

impl Fake {
    /// A tree of go1.22.10 with this `make.bash`, and a go1.20.14 to build it with.
    pub(super) fn new(script: &str) -> Self {
        Self::of("1.22.10", script)
    }

    pub(super) fn of(version: &str, script: &str) -> Self {
        let fake =
            Self { directory: tempfile::tempdir().unwrap(), version: Version::parse(version).unwrap() };
        fs::create_dir(fake.path("logs")).unwrap();
        fake.write("tree/VERSION", &format!("go{version}\ntime 2030-01-01T00:00:00Z\n"));
        fake.write("tree/src/make.bash", script);
        fake.write("bootstrap/VERSION", "go1.20.14");
        fake.write("bootstrap/bin/go", "");
        fake
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(super) fn log(&self) -> Vec<u8> {
        fs::read(self.path("logs/log")).unwrap()
    }

    /// Builds it to its end and gives the lines that were heard.
    pub(super) fn build(&self) -> (Vec<String>, Result<(), BuildError>) {
        let mut lines = Vec::new();
        let result = self.build_until(&mut |line| lines.push(line.to_owned()), &|| false);
        (lines, result)
    }

    pub(super) fn build_until(
        &self,
        line: &mut dyn FnMut(&str),
        cancelled: &dyn Fn() -> bool,
    ) -> Result<(), BuildError> {
        let path = std::env::var("PATH").unwrap();
        self.build_in(&[("PATH", &path)], line, cancelled)
    }

    pub(super) fn build_in(
        &self,
        environment: &[(&str, &str)],
        line: &mut dyn FnMut(&str),
        cancelled: &dyn Fn() -> bool,
    ) -> Result<(), BuildError> {
        let paths = Paths::below(self.directory.path());
        build(&paths.plan(&self.version, &environment.to_vec()), line, cancelled)
    }
}

/// The paths of a plan, all in one directory.
pub(super) struct Paths {
    goroot: PathBuf,
    final_goroot: PathBuf,
    bootstrap: PathBuf,
    log: PathBuf,
    scratch: PathBuf,
}

impl Paths {
    pub(super) fn below(directory: &Path) -> Self {
        Self {
            goroot: directory.join("tree"),
            final_goroot: directory.join("final"),
            bootstrap: directory.join("bootstrap"),
            log: directory.join("logs/log"),
            scratch: directory.join("scratch"),
        }
    }

    pub(super) fn plan<'a>(
        &'a self,
        version: &'a Version,
        environment: &'a dyn gvmr_core::sys::environment::Environment,
    ) -> Plan<'a> {
        Plan {
            version,
            goroot: &self.goroot,
            final_goroot: &self.final_goroot,
            bootstrap: Some(&self.bootstrap),
            log: &self.log,
            home_cache: &self.scratch,
            environment,
        }
    }
}
