//! Which installed minor versions have a newer patch release.
//!
//! Takes what is installed; asks the sources for the newest patch of each minor version. Installs nothing.

use super::progress::Shown;
use crate::context::Context;
use crate::error::Error;
use crate::install::{self, InstallError, SupportState};
use crate::process::in_order;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;

/// Minor versions that the sources are asked about at the same time.
const AT_ONCE: usize = 4;

/// One installed minor version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchStatus {
    /// Its newest installed release.
    pub installed: Version,
    /// Its newest release; the installed one where the sources have nothing newer.
    pub newest: Version,
}

impl PatchStatus {
    /// Whether a newer patch release is out.
    pub fn is_outdated(&self) -> bool {
        self.newest > self.installed
    }
}

/// What the sources say about the installed minor versions.
#[derive(Debug)]
pub struct Patches {
    /// Those that could be asked about, oldest first.
    pub known: Vec<PatchStatus>,
    /// Why others could not.
    pub failures: Vec<Error>,
    /// The newest release of all.
    pub latest: Version,
    /// The newest release that certainly exists.
    pub proved: Version,
}

impl Patches {
    /// Whether Go still supports a version.
    pub fn support(&self, version: &Version) -> SupportState {
        SupportState::of(version, &self.proved)
    }
}

/// The newest patch release of each minor version among `present`.
pub fn patches(present: &[Version], context: &Context) -> Result<Patches, Error> {
    let access = install::open_to_read(context)?;
    let installer = access.installer()?;
    let shown = Shown::begin("versions", context);
    shown.bar.phase("asking for newer patch releases");
    let latest = install::newest_now(&Selector::Latest, &installer, &shown).map_err(Error::from);
    let leads: Vec<_> = install::newest_of_minors(present).into_values().cloned().collect();
    let asked = in_order(&leads, AT_ONCE, |installed| {
        let newest = match install::newest_now(&Selector::minor(installed), &installer, &shown) {
            Ok(newest) => newest.max(installed.clone()),
            // A pre-release alone, or a tree that no source has.
            Err(InstallError::Unknown { .. }) => installed.clone(),
            Err(error) => return Err(Error::from(error).about(&format!("Go {}", installed.language()))),
        };
        Ok(PatchStatus { installed: installed.clone(), newest })
    });
    shown.bar.finish();
    let (known, failures): (Vec<_>, Vec<_>) = asked.into_iter().partition(Result::is_ok);
    let failures = failures.into_iter().filter_map(Result::err).collect();
    let latest = latest?;
    let proved = install::newest_proved(&installer, std::slice::from_ref(&latest), &context.toolchains()?);
    let proved = proved.unwrap_or_else(|| latest.clone());
    Ok(Patches { known: known.into_iter().flatten().collect(), failures, latest, proved })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minor_is_asked_about_once_by_its_newest_release() {
        let installed = ["1.9.7", "1.20", "1.20.14", "1.22rc1", "1.22.0", "1.100.1", "1.28rc1"]
            .map(|text| Version::parse(text).unwrap());
        let newest: Vec<_> =
            install::newest_of_minors(&installed).into_values().map(Version::to_string).collect();
        assert_eq!(newest, ["1.9.7", "1.20.14", "1.22.0", "1.28rc1", "1.100.1"]);
    }
}
