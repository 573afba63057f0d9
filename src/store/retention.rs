//! What `gvmr prune` removes: patch releases that a newer installed one replaces, unless something asks for them.
//!
//! Takes what is installed and what each directory resolves to, gives a plan. Never removes anything.

use super::{Store, StoreError, Toolchain, default_version};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::Environment;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The reason of the default in [`Store::asked_for`].
pub const IS_DEFAULT: &str = "it is the default";

/// The replaced versions: those that can go and those that stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Nothing asks for these.
    pub removable: BTreeSet<Version>,
    /// Something asks for these, in these words.
    pub retained: BTreeMap<Version, String>,
}

impl Store {
    /// Who asks for each of `toolchains`, in words: the default, `here`, and the directories whose pin gvmr wrote or
    /// installed for. `resolve` tells which installed version runs in a directory and why; its error ends the search,
    /// since a pin that cannot be read may ask for anything.
    pub fn asked_for<E: From<StoreError>>(
        &self,
        toolchains: &[Toolchain],
        here: Option<&Path>,
        environment: &dyn Environment,
        resolve: impl Fn(&Path) -> Result<Option<(Version, String)>, E>,
    ) -> Result<BTreeMap<Version, String>, E> {
        let mut asked_for = BTreeMap::new();
        if let Some(version) = default_version(self.home(), environment, toolchains)? {
            asked_for.insert(version, IS_DEFAULT.to_owned());
        }
        for toolchain in toolchains.iter().filter(|toolchain| toolchain.link.is_some()) {
            let real = fs::canonicalize(&toolchain.goroot).ok();
            let is_target =
                |other: &&Toolchain| other.link.is_none() && fs::canonicalize(&other.goroot).ok() == real;
            if let Some(target) = toolchains.iter().find(is_target).filter(|_| real.is_some()) {
                let reason = format!("{} is a link to it", toolchain.version.toolchain_name());
                asked_for.entry(target.version.clone()).or_insert(reason);
            }
        }
        let projects = self.projects()?;
        let pinned = projects.iter().filter_map(|file| file.parent()).filter(|directory| directory.is_dir());
        for directory in here.into_iter().chain(pinned) {
            if let Some((version, reason)) = resolve(directory)? {
                asked_for.entry(version).or_insert(reason);
            }
        }
        Ok(asked_for)
    }
}

impl Retention {
    /// Plans what to remove of `toolchains`: replaced versions that are not in `asked_for`.
    pub fn plan(toolchains: &[Toolchain], mut asked_for: BTreeMap<Version, String>) -> Self {
        let mut plan = Self::default();
        for version in replaced(&toolchains.iter().map(|toolchain| &toolchain.version).collect::<Vec<_>>()) {
            match asked_for.remove(&version) {
                Some(reason) => drop(plan.retained.insert(version, reason)),
                None => drop(plan.removable.insert(version)),
            }
        }
        plan
    }
}

/// Versions of which a newer release of the same minor is installed too.
fn replaced(installed: &[&Version]) -> Vec<Version> {
    let same_minor = |one: &Version, other: &Version| one.language() == other.language();
    let replaces = |newer: &Version, older: &Version| {
        newer > older && same_minor(newer, older) && !newer.is_prerelease()
    };
    let is_replaced = |version: &&&Version| installed.iter().any(|newer| replaces(newer, version));
    installed.iter().filter(is_replaced).map(|version| (*version).clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_older_patches_of_a_minor_are_replaced() {
        let installed = ["1.21.0", "1.21.13", "1.22rc1", "1.22.0", "1.23.4", "1.24rc1"]
            .map(|text| Version::parse(text).unwrap());
        let replaced: Vec<_> =
            replaced(&installed.iter().collect::<Vec<_>>()).iter().map(Version::to_string).collect();
        assert_eq!(replaced, ["1.21.0", "1.22rc1"]);
    }
}
