//! The toolchains in the home, by the names of their directories. A committed directory is a whole GOROOT.

use crate::gover::selector::Selector;
use crate::gover::version::Version;
use crate::home::paths::Home;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// The directory of this version, where it is installed.
pub fn goroot(home: &Home, version: &Version) -> Option<PathBuf> {
    let goroot = home.toolchain(version);
    fs::metadata(&goroot).is_ok_and(|metadata| metadata.is_dir()).then_some(goroot)
}

/// All installed versions, in Go's order; none where the home has no versions directory yet.
pub fn list(home: &Home) -> io::Result<Vec<Version>> {
    let entries = match fs::read_dir(home.versions()) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut versions = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let version = name.to_str().and_then(Version::from_toolchain);
        let canonical = version.filter(|version| name == *version.toolchain_name());
        versions.extend(canonical.filter(|version| goroot(home, version).is_some()));
    }
    versions.sort();
    Ok(versions)
}

/// What `selector` means here, and its directory: the exact version where it is installed, or the newest installed
/// of a prefix. Only a prefix lists the directory.
pub fn find(home: &Home, selector: &Selector) -> io::Result<Option<(Version, PathBuf)>> {
    let version = match selector.as_exact() {
        Some(version) => Some(version.clone()),
        None => selector.newest(&list(home)?).cloned(),
    };
    Ok(version.and_then(|version| goroot(home, &version).map(|goroot| (version, goroot))))
}

/// The lowest of `versions` (in order) that satisfies `minimum`; a pre-release only where no release does.
pub fn lowest<'a>(versions: &'a [Version], minimum: &Version) -> Option<&'a Version> {
    let mut enough = versions.iter().filter(|version| *version >= minimum);
    let first = enough.next()?;
    if first.is_prerelease() {
        enough.find(|version| !version.is_prerelease()).or(Some(first))
    } else {
        Some(first)
    }
}

/// The newest patch of the lowest minor version among `versions` (in order) that satisfies `minimum`; a pre-release only
/// where no release does.
pub fn newest_of_lowest_minor<'a>(versions: &'a [Version], minimum: &Version) -> Option<&'a Version> {
    let lowest = lowest(versions, minimum)?;
    let minor = lowest.language();
    let serves =
        |version: &&Version| version.is_prerelease() == lowest.is_prerelease() && version.language() == minor;
    versions.iter().rfind(serves)
}

/// The newest of `versions` (in order); a pre-release only where there is no release.
pub fn newest(versions: &[Version]) -> Option<&Version> {
    versions.iter().rfind(|version| !version.is_prerelease()).or(versions.last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_version() -> impl Strategy<Value = String> {
        let kind = prop_oneof![(0..4).prop_map(|n| format!(".{n}")), Just("rc1".to_owned())];
        (19..24, kind).prop_map(|(minor, rest)| format!("1.{minor}{rest}"))
    }

    proptest! {
        /// What the two rules mean, said again the slow way.
        #[test]
        fn a_minimum_takes_a_release_where_one_serves_and_the_lowest_of_these(
            installed in proptest::collection::vec(any_version(), 0..8), minor in 19..24,
        ) {
            let mut installed: Vec<Version> = installed.iter().map(|text| Version::parse(text).unwrap()).collect();
            installed.sort();
            let minimum = Version::parse(&format!("1.{minor}")).unwrap();
            let serving: Vec<_> = installed.iter().filter(|version| **version >= minimum).collect();
            let released = serving.iter().any(|version| !version.is_prerelease());
            let mut serving = serving.into_iter().filter(|version| !released || !version.is_prerelease());
            let first = serving.next();
            prop_assert_eq!(lowest(&installed, &minimum), first);
            let of_minor = |version: &&Version| Some(version.language()) == first.map(Version::language);
            let newest = first.into_iter().chain(serving.filter(of_minor)).max();
            prop_assert_eq!(newest_of_lowest_minor(&installed, &minimum), newest);
        }
    }
}
