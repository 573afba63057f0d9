//! Versions that no release has or will have, by the releases that this program knows.
//!
//! Takes a selector, refuses it where it names such a version. A table grows old, so what may have been released since
//! then passes.

use super::InstallError;
use super::nearest::nearest;
use crate::host;
use crate::verify::known_versions;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;

/// Minor versions after the newest known one that may be out by now: two years of them.
const MINORS_TO_COME: u64 = 4;

/// Patches after the newest known one of a supported minor version that may be out by now. A minor version has had 15 in
/// its year.
const PATCHES_TO_COME: u64 = 20;

/// An error where `selector` names a version that cannot exist. `installed` ones do, whatever the table says.
pub fn refuse_impossible(selector: &Selector, installed: &[Version]) -> Result<(), InstallError> {
    let platform = host::platform();
    let known = known_versions(platform.arch());
    let impossible = is_impossible(selector, &known, installed);
    let Some(wanted) = selector.written_version().filter(|_| impossible) else { return Ok(()) };
    Err(InstallError::Unknown {
        wanted: selector.to_string(),
        platform: platform.to_string(),
        nearest: nearest(wanted, &known),
    })
}

fn is_impossible(selector: &Selector, table: &[Version], installed: &[Version]) -> bool {
    let known = || table.iter().chain(installed);
    let Some(wanted) = selector.written_version().filter(|_| selector.newest(known()).is_none()) else {
        return false;
    };
    let numbers = |version: &Version| version.numbers().filter(|_| !version.is_prerelease());
    let (Some((_, of_table, _)), Some((major, newest, _))) =
        (table.iter().filter_map(numbers).max(), known().filter_map(numbers).max())
    else {
        return false;
    };
    let Some((wanted_major, minor, patch)) = wanted.numbers() else { return true };
    let language = wanted.language();
    let last = known().filter(|version| version.language() == language).filter_map(numbers).max();
    wanted_major != major
        || minor > newest + MINORS_TO_COME
        // No longer supported when the table was made: its releases are all there.
        || minor + 1 < of_table
        || last.is_some_and(|(_, _, last)| patch > last + PATCHES_TO_COME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_been_released_since_passes() {
        let known =
            ["1.24.13", "1.25.12", "1.26.5", "1.27rc1", "1.27.1"].map(|text| Version::parse(text).unwrap());
        let installed = [Version::parse("1.33.1").unwrap()];
        let after = |word: &str| is_impossible(&Selector::parse(word).unwrap(), &known, &installed);
        assert!(!after("1.33.2") && !after("1.37") && after("1.38") && after("1.33.22") && after("1.25.13"));
        let is_impossible = |word: &str| is_impossible(&Selector::parse(word).unwrap(), &known, &[]);
        for word in [
            "1.2222", "1.99", "1.32", "2", "2.0.1", "1.24.14", "1.24.99", "1.23", "1.25.13", "1.26.99",
            "1.24rc9",
        ] {
            assert!(is_impossible(word), "{word}");
        }
        for word in
            ["1.27.2", "1.27.21", "1.26.6", "1.28", "1.31.4", "1.28rc1", "1", "1.24", "latest", ">=1.99"]
        {
            assert!(!is_impossible(word), "{word}");
        }
    }
}
