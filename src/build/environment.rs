//! The environment of `make.bash`: made from nothing, so no setting of the user's changes what is built.

use super::programs::BuildPrograms;
use super::{BuildError, Plan};
use gvmr_core::gover::version::Version;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What bash runs before it becomes `make.bash`.
///
/// Its input is a pipe that only gvmr holds the other end of and never writes to. One process of the group waits for
/// the end of that pipe, which comes even when gvmr is killed, and then ends the whole group.
const START: &str = "umask 022
exec 3<&0 </dev/null
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
exec \"$0\" ./make.bash 3<&-";

/// The directory for everything that a build writes outside its tree; removed when it is dropped.
pub(super) struct Scratch {
    root: PathBuf,
    /// A file for `GOENV`, where the build needs one.
    settings: Option<PathBuf>,
}

impl Scratch {
    /// Makes it at `root`, which may exist but must be empty.
    pub(super) fn create(
        root: &Path,
        programs: &BuildPrograms,
        version: &Version,
    ) -> Result<Self, BuildError> {
        let failed = |source| BuildError::io("create", root, source);
        match DirBuilder::new().mode(0o700).create(root) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if fs::read_dir(root).map_err(failed)?.next().is_some() {
                    return Err(BuildError::NotUsable { path: root.to_owned(), why: "is not empty" });
                }
            }
            made => made.map_err(failed)?,
        }
        let mut scratch = Self { root: root.to_owned(), settings: None };
        scratch.fill(programs, version).map_err(failed)?;
        Ok(scratch)
    }

    fn fill(&mut self, programs: &BuildPrograms, version: &Version) -> io::Result<()> {
        for name in ["bin", "home", "cache", "tmp"] {
            fs::create_dir(self.root.join(name))?;
        }
        for (name, program) in &programs.links {
            symlink(program, self.root.join("bin").join(name))?;
        }
        if version.is_before(13) {
            // These know no modules and unset the variable that would say so to a bootstrap that knows nothing else.
            let settings = self.root.join("settings");
            let mut file = fs::File::create_new(&settings)?;
            io::Write::write_all(&mut file, b"GO111MODULE=off\n")?;
            self.settings = Some(settings);
        }
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        #[allow(
            clippy::disallowed_methods,
            reason = "this build made it, inside the caller's staging directory"
        )]
        let _ = fs::remove_dir_all(&self.root); // a leftover is swept with the staging directory
    }
}

/// `make.bash`, ready to start.
pub(super) fn command(
    plan: &Plan<'_>,
    bootstrap: &Path,
    scratch: &Scratch,
    programs: &BuildPrograms,
) -> Command {
    let mut command = Command::new(&programs.bash);
    command.arg("-c").arg(START).arg(&programs.bash).current_dir(plan.goroot.join("src")).env_clear();
    command.stdin(Stdio::piped());
    let below = |name: &str| scratch.root.join(name);
    match &programs.path {
        Some(path) => command.env("PATH", path),
        None => command.env("PATH", below("bin")),
    };
    command.env("HOME", below("home")).env("TMPDIR", below("tmp")).env("GOCACHE", below("cache"));
    command.env("GOROOT_BOOTSTRAP", bootstrap).env("GOTOOLCHAIN", "local").env("GOPROXY", "off");
    command.env("LC_ALL", "C");
    match &scratch.settings {
        Some(file) => command.env("GOENV", file),
        None => command.env("GOENV", "off"),
    };
    if plan.version.is_before(21) && programs.path.is_none() {
        command.env("CGO_ENABLED", "0"); // later versions would remember it, and leave cgo off for good
    }
    if plan.version.is_before(23) {
        command.env("GOROOT_FINAL", plan.final_goroot);
    }
    command
}
