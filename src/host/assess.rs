//! The verdict on a release: a pure function over what was found out about this host.
//!
//! Takes a [`Host`] and a version; gives a verdict with every reason that counts against it. Each room of facts
//! knows its own reasons; the worst of them is the verdict. Looks at nothing itself.

use super::verdict::{Assessment, HostReason, HostVerdict, Release};
use super::{Host, kernel, library, limits, platform_support, processor, seccomp, volume};
use gvmr_core::gover::version::Version;

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
