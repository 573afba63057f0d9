//! The tree before and after: sources only, then a GOROOT as Go's own packaging lays one out.

use super::BuildError;
use gvmr_core::gover::version::Version;
use gvmr_core::home::goroot;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// What a build leaves in `pkg/` for its own later use and no archive holds.
const INTERMEDIATE: [&str; 3] = ["pkg/obj", "pkg/bootstrap", "pkg/distpack"];
/// Go's tools for building Go that its packaging leaves out.
const BUILDERS: &[&str] = &["api", "dist", "distpack", "metadata"];
/// The same before.
const BUILDERS_BEFORE_1_21: &[&str] = &["api"];

/// Makes a toolchain a tree of sources again: `bin/` and `pkg/` are all that a build adds to one.
pub fn strip_to_source(goroot: &Path) -> Result<(), BuildError> {
    remove(&goroot.join("bin"))?;
    remove(&goroot.join("pkg"))
}

/// Sources that were looked at before they are built.
pub(super) struct SourceTree {
    version_file: Vec<u8>,
}

impl SourceTree {
    /// Looks whether `goroot` holds the sources of `version` and nothing that was built.
    pub(super) fn check(goroot: &Path, version: &Version) -> Result<Self, BuildError> {
        let unusable = |why| Err(BuildError::NotUsable { path: goroot.to_owned(), why });
        if goroot::version(goroot).as_ref() != Some(version) {
            return unusable("is not the source of this version: its VERSION file differs");
        }
        if !goroot.join("src/make.bash").is_file() {
            return unusable("has no src/make.bash");
        }
        if goroot.join("bin/go").exists() {
            return unusable("is built already");
        }
        Ok(Self { version_file: goroot::version_file(goroot).unwrap_or_default() })
    }

    /// Looks whether a GOROOT has become of them.
    pub(super) fn check_result(&self, goroot: &Path) -> Result<(), BuildError> {
        let unexpected = |name: &str, why| Err(BuildError::Unexpected { path: goroot.join(name), why });
        if goroot::version_file(goroot).unwrap_or_default() != self.version_file {
            return unexpected("VERSION", "changed");
        }
        for program in ["bin/go", "bin/gofmt"] {
            let found = fs::symlink_metadata(goroot.join(program));
            if !found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0) {
                return unexpected(program, "missing");
            }
        }
        if !goroot.join("pkg/tool").is_dir() {
            return unexpected("pkg/tool", "missing");
        }
        Ok(())
    }
}

/// Removes what no archive of `version` holds; links and devices, which no build makes, are an error.
pub(super) fn tidy(goroot: &Path, version: &Version) -> Result<(), BuildError> {
    for name in INTERMEDIATE {
        remove(&goroot.join(name))?;
    }
    remove(&goroot.join("src/cmd/dist/dist"))?;
    let builders = if version.is_before(21) { BUILDERS_BEFORE_1_21 } else { BUILDERS };
    for platform in list(&goroot.join("pkg/tool"))? {
        for name in builders {
            remove(&platform.path().join(name))?;
        }
    }
    // Packages of Go's own commands; up to 1.19 the standard library's are kept, compiled, beside them.
    for entry in list(&goroot.join("pkg"))? {
        if entry.file_name().to_string_lossy().contains('_') {
            remove(&entry.path().join("cmd"))?;
        }
    }
    only_files_and_directories(goroot)
}

fn only_files_and_directories(directory: &Path) -> Result<(), BuildError> {
    for entry in list(directory)? {
        let path = entry.path();
        let kind = entry.file_type().map_err(|source| BuildError::io("access", &path, source))?;
        if kind.is_dir() {
            only_files_and_directories(&path)?;
        } else if !kind.is_file() {
            return Err(BuildError::Unexpected { path, why: "neither a file nor a directory" });
        }
    }
    Ok(())
}

fn list(directory: &Path) -> Result<Vec<fs::DirEntry>, BuildError> {
    let entries = fs::read_dir(directory).and_then(Iterator::collect);
    entries.map_err(|source| BuildError::io("list", directory, source))
}

/// Removes a file or a tree, and a link as a link; what is not there is removed already.
#[allow(clippy::disallowed_methods, reason = "only inside a tree that is not committed yet")]
fn remove(path: &Path) -> Result<(), BuildError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(BuildError::io("remove", path, error)),
        _ => Ok(()),
    }
}
