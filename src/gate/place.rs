//! Where a run takes place: the machine, the user, the commit that is checked out.
//!
//! Asks the system and git; each answer is optional.

use crate::check::RunPlace;
use crate::process::{Ending, KeptOutput, OutputLimits, Scope, Streams, output};
use crate::store::user_name;
use gvmr_core::sys::environment::{Environment, Process};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long git may take.
const LIMITS: OutputLimits =
    OutputLimits { time: Duration::from_secs(10), kept: KeptOutput::First(64 << 10), is_answer: |_| false };
/// Who tells the branch where none is checked out: GitLab, GitHub for a pull request, GitHub.
const BRANCH_VARIABLES: [&str; 3] = ["CI_COMMIT_REF_NAME", "GITHUB_HEAD_REF", "GITHUB_REF_NAME"];

/// The work tree of a directory.
pub(super) struct WorkTree {
    directory: PathBuf,
}

impl WorkTree {
    pub(super) fn of(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// What `git` prints, without the end of the line; `None` where it fails or is not there.
    fn git(&self, words: &[&str]) -> Option<String> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.directory).args(words).stdin(Stdio::null()).stderr(Stdio::null());
        command.env("GIT_OPTIONAL_LOCKS", "0");
        let found = output(command, Streams::Stdout, Scope::Group, LIMITS).ok()?;
        let is_fine = matches!(found.ending, Ending::Exited(status) if status.success());
        let text = String::from_utf8_lossy(&found.stdout).trim_end().to_owned();
        is_fine.then_some(text)
    }

    /// Its top directory.
    fn top(&self) -> Option<String> {
        self.git(&["rev-parse", "--show-toplevel"]).filter(|top| !top.is_empty())
    }

    /// The commit that is checked out.
    pub(super) fn revision(&self) -> Option<String> {
        self.git(&["rev-parse", "--verify", "--quiet", "HEAD"]).filter(|revision| !revision.is_empty())
    }

    /// The branch that is checked out; where a commit is, the one that the CI system names.
    pub(super) fn branch(&self) -> Option<String> {
        let branch =
            self.git(&["symbolic-ref", "--short", "--quiet", "HEAD"]).filter(|branch| !branch.is_empty());
        branch.or_else(|| BRANCH_VARIABLES.iter().find_map(|name| Process.text(name)))
    }

    fn is_dirty(&self) -> Option<bool> {
        self.git(&["status", "--porcelain", "--untracked-files=no"]).map(|changes| !changes.is_empty())
    }
}

/// The name of this machine.
pub(super) fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Where a run in `directory` takes place, with the Go that runs there.
pub(super) fn place(directory: &Path, go: Option<String>) -> RunPlace {
    let tree = WorkTree::of(directory);
    let revision = tree.revision();
    let uid = rustix::process::geteuid().as_raw();
    RunPlace {
        host: host(),
        user: user_name(uid).unwrap_or_else(|| uid.to_string()),
        directory: directory.display().to_string(),
        repository: tree.top(),
        branch: tree.branch(),
        dirty: revision.as_ref().and_then(|_| tree.is_dirty()),
        revision,
        go,
        gvmr: env!("CARGO_PKG_VERSION").to_owned(),
        kernel: rustix::system::uname().release().to_string_lossy().into_owned(),
    }
}

/// What `${NAME}` stands for in a file of this directory.
pub(super) fn built_in(directory: &Path, name: &str) -> Option<String> {
    match name {
        "PROJECT" => Some(directory.display().to_string()),
        "HOST" => Some(host()),
        "BRANCH" => WorkTree::of(directory).branch(),
        "REVISION" => WorkTree::of(directory).revision(),
        _ => None,
    }
}
