//! The project around a directory, and whether a file really lies in it.
//!
//! Takes paths, gives paths. Reads no content and changes nothing.

use crate::sys::directory::{Name, climb};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

/// What marks the root of a project, the strongest first.
const ROOTS: [Name; 3] = [Name::of(".git"), Name::of("go.work"), Name::of("go.mod")];

/// The root of the project of `directory`: the nearest parent with a `.git`; without one, with a go.work; without that,
/// with a go.mod; else the directory itself.
pub fn root(directory: &Path) -> PathBuf {
    let root = ROOTS.iter().find_map(|name| parent_with(directory, name));
    root.unwrap_or_else(|| directory.to_path_buf())
}

/// The file that `file` really is, where links lead to it out of the project of its directory. What such a file holds may
/// be private, so no message may repeat it.
pub fn target_outside(file: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(file).ok()?;
    let root = root(file.parent()?);
    let is_inside = fs::canonicalize(root).is_ok_and(|root| real.starts_with(root));
    (!is_inside).then_some(real)
}

/// The nearest directory that has this name in it.
fn parent_with(directory: &Path, name: &Name) -> Option<PathBuf> {
    let found: Result<_, Infallible> =
        climb(directory, name, |path| Ok(path.parent().map(Path::to_path_buf)));
    found.unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_file_is_outside_where_links_lead_out_of_the_nearest_project() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().canonicalize().unwrap().join(name);
        for directory in ["git/.git", "git/module/sub", "module/sub", "bare/sub", "git-not"] {
            fs::create_dir_all(path(directory)).unwrap();
        }
        for file in ["git/module/go.mod", "module/go.mod", "secret", "git/pin", "module/pin", "bare/pin"] {
            fs::write(path(file), "x").unwrap();
        }
        for (link, target, outside) in [
            ("git/module/sub/up", "../../pin", None), // .git counts before the nearer go.mod
            ("git/module/sub/out", "../../../secret", Some("secret")),
            ("git/chain", "module/sub/out", Some("secret")),
            ("git/not", "../git-not/../secret", Some("secret")),
            ("git/prefix", "../git-not", Some("git-not")), // a name that begins alike is no part of it
            ("module/sub/up", "../pin", None),
            ("bare/sub/up", "../pin", Some("bare/pin")),
            ("bare/near", "pin", None),
            ("bare/dangling", "nothing", None),
        ] {
            symlink(target, path(link)).unwrap();
            assert_eq!(target_outside(&path(link)), outside.map(path), "{link}");
        }
        symlink(path("git/pin"), path("git/absolute")).unwrap();
        assert_eq!(target_outside(&path("git/absolute")), None);
        // A directory that is a link, and one above the project.
        symlink(path("bare"), path("git/linked")).unwrap();
        assert_eq!(target_outside(&path("git/linked/pin")), Some(path("bare/pin")));
        symlink(path("git"), path("elsewhere")).unwrap();
        assert_eq!(target_outside(&path("elsewhere/module/sub/up")), None);
    }
}
