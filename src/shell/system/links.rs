//! The names in `/usr/local/bin`: on the `PATH` of sessions that read no file at all.

use crate::shell::{Edit, EditContent};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::process::running_program;
use std::fs;
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "usr/local/bin";
const NAMES: [&str; 3] = ["go", "gofmt", "gvmr"];
const SESSIONS: &str = "what reads no file: services, `sh -c`, `docker exec`";

/// A name that something else than a link to the shim has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// `/usr/local/bin/go`.
    pub path: PathBuf,
    /// Its target, if it is a link.
    pub target: Option<PathBuf>,
}

impl Taken {
    /// Whether it is the program that runs, which is as good as a link to the shim.
    pub fn is_this_program(&self) -> bool {
        let this = running_program().and_then(fs::canonicalize).ok();
        self.path.ends_with("gvmr") && this.is_some() && fs::canonicalize(&self.path).ok() == this
    }
}

/// The links that may be made, or are there.
pub(super) fn free(root: &Path, home: &Home) -> Vec<Edit> {
    let is_there = root.join(DIRECTORY).is_dir();
    let mut links = own(root, home);
    links.retain(|link| is_there && taken_by(link).is_none());
    links
}

/// All links that setup makes.
pub(super) fn own(root: &Path, home: &Home) -> Vec<Edit> {
    let link = |name: &str| Edit {
        path: root.join(DIRECTORY).join(name),
        content: EditContent::Link(home.shims().join(name)),
        sessions: SESSIONS,
    };
    NAMES.into_iter().map(link).collect()
}

/// The names that are something else's.
pub(super) fn taken(root: &Path, home: &Home) -> Vec<Taken> {
    own(root, home).iter().filter_map(taken_by).collect()
}

fn taken_by(link: &Edit) -> Option<Taken> {
    let found = fs::symlink_metadata(&link.path).ok()?;
    let target = found.file_type().is_symlink().then(|| fs::read_link(&link.path).ok()).flatten();
    let is_own = matches!(&link.content, EditContent::Link(shim) if target.as_ref() == Some(shim));
    (!is_own).then(|| Taken { path: link.path.clone(), target })
}
