//! The verdict on a release: a pure function over what was found out about this host.
//!
//! Takes a [`Host`] and a version; gives a verdict with every reason that counts against it. Each room of facts
//! knows its own reasons; the worst of them is the verdict. Looks at nothing itself.

use super::{Host, kernel, library, limits, platform_support, processor, seccomp, volume};
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
    numbers: (u64, u64, u64),
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

impl Host {
    /// The verdict on the official release `version` for [`Host::platform`]. A language version such as `1.22`
    /// stands for its first release.
    pub fn assess(&self, version: &Version) -> Assessment {
        let numbers = version.numbers().unwrap_or((u64::MAX, 0, 0));
        let release = Release { numbers, arch: self.platform().arch() };
        let rules: [fn(&Self, &Release<'_>) -> Vec<HostReason>; 7] = [
            platform_support::reasons,
            library::reasons,
            kernel::reasons,
            processor::reasons,
            seccomp::reasons,
            limits::reasons,
            volume::reasons,
        ];
        let mut reasons: Vec<_> = rules.iter().flat_map(|rule| rule(self, &release)).collect();
        // Up to 1.4 Go is built by C compilers of its time.
        for reason in &mut reasons {
            reason.build_helps &= release.since(5, 0);
        }
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.severity)); // stable: rules keep their order
        let verdict = reasons.first().map_or(HostVerdict::Runs, |worst| worst.severity);
        Assessment { version: version.clone(), verdict, reasons }
    }

    /// What to run instead of `wanted`: the newest of its minor that runs here, else the newest of the nearest newer
    /// minor that has one, else the newest older one. Pre-releases count only where `wanted` is one.
    pub fn nearest<'v>(&self, wanted: &Version, candidates: &'v [Version]) -> Option<&'v Version> {
        let mut running: Vec<&Version> = candidates
            .iter()
            .filter(|version| wanted.is_prerelease() || !version.is_prerelease())
            .filter(|version| !self.assess(version).cannot_run())
            .collect();
        running.sort();
        let minor = wanted.language();
        let newest_of =
            |minor: &Version| running.iter().rfind(|version| version.language() == *minor).copied();
        let newer = || running.iter().find(|version| version.language() > minor);
        newest_of(&minor)
            .or_else(|| newest_of(&newer()?.language()))
            .or_else(|| running.iter().rfind(|version| version.language() < minor).copied())
    }
}

fn as_text<S: Serializer>(version: &Version, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(version)
}
