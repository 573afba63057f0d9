//! Whether a release runs, and why not: the words in which each room of facts gives its reasons.
//!
//! Data only. [`super::Host::assess`] makes the verdict.

use gvmr_core::gover::version::Version;
use serde::{Serialize, Serializer};

/// Whether a release runs, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostVerdict {
    /// Nothing speaks against it.
    Runs,
    /// It runs, with something to know first.
    RunsWithWarning,
    /// It does not run as it was released.
    CannotRun,
}

/// What speaks against a release on this host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostReason {
    /// A stable word for scripts, such as `loader-missing`.
    pub id: &'static str,
    /// What this reason alone would mean.
    pub severity: HostVerdict,
    /// What is missing and where it was looked for, in one sentence that names no version of Go.
    pub text: String,
    /// Whether a build of the same release from source on this host would run.
    pub build_helps: bool,
}

/// The verdict on one official release for the host's platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// The release.
    #[serde(serialize_with = "as_text")]
    pub version: Version,
    /// The worst of the reasons' severities.
    pub verdict: HostVerdict,
    /// What speaks against it, worst first; empty where nothing does.
    pub reasons: Vec<HostReason>,
}

/// A release as the rules ask about it.
pub(super) struct Release<'a> {
    pub(super) numbers: (u64, u64, u64),
    /// GOARCH.
    pub(super) arch: &'a str,
}

impl Release<'_> {
    /// Whether it is `1.minor.patch` or later; a pre-release counts as the release it leads to.
    pub(super) fn since(&self, minor: u64, patch: u64) -> bool {
        self.numbers >= (1, minor, patch)
    }

    /// What a list by minor version, newest first, has for this release.
    pub(super) fn newest_of<T: Copy>(&self, list: &[(u64, T)]) -> Option<T> {
        list.iter().find(|(minor, _)| self.since(*minor, 0)).map(|(_, entry)| *entry)
    }
}

impl HostReason {
    pub(super) fn cannot(id: &'static str, text: impl Into<String>) -> Self {
        Self { id, severity: HostVerdict::CannotRun, text: text.into(), build_helps: false }
    }

    pub(super) fn warning(id: &'static str, text: impl Into<String>) -> Self {
        Self { id, severity: HostVerdict::RunsWithWarning, text: text.into(), build_helps: false }
    }

    /// The same where another build would run if `helps` holds.
    pub(super) fn build_helps(self, helps: bool) -> Self {
        Self { build_helps: helps, ..self }
    }
}

impl Assessment {
    /// Whether it does not run as it was released.
    pub fn cannot_run(&self) -> bool {
        self.verdict == HostVerdict::CannotRun
    }

    /// The reasons that keep it from running.
    pub fn decisive(&self) -> impl Iterator<Item = &HostReason> {
        self.reasons.iter().filter(|reason| reason.severity == HostVerdict::CannotRun)
    }

    /// What to run instead: the `nearest` release that runs here, or a build from source where that helps.
    pub fn hint(&self, nearest: Option<&Version>) -> String {
        let nearest =
            nearest.map(|version| format!("run `gvmr install {version}` (the nearest that runs here)"));
        let build = self.build_helps().then(|| format!("run `gvmr install --from-source {}`", self.version));
        let steps: Vec<_> = nearest.into_iter().chain(build).collect();
        if steps.is_empty() {
            "run `gvmr host` to see this machine's limits".to_owned()
        } else {
            steps.join(", or ")
        }
    }

    /// Whether a build from source on this host would run, whatever keeps the official one from it.
    pub fn build_helps(&self) -> bool {
        self.decisive().all(|reason| reason.build_helps)
    }
}

fn as_text<S: Serializer>(version: &Version, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(version)
}
