//! Names the releases nearest to one that does not exist.

use gvmr_core::gover::version::Version;

/// The newest release of the same minor version and its neighbours on both sides, newest first; at most three.
pub(crate) fn nearest(wanted: &Version, released: &[Version]) -> Vec<Version> {
    let mut near: Vec<&Version> = Vec::new();
    let language = wanted.language();
    let stable = || released.iter().filter(|version| !version.is_prerelease() || wanted.is_prerelease());
    near.extend(stable().filter(|version| version.language() == language).max());
    near.extend(stable().filter(|version| *version < wanted).max());
    near.extend(stable().filter(|version| *version > wanted).min());
    near.sort_by(|left, right| right.cmp(left));
    near.dedup();
    near.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_minor_first_then_the_neighbours() {
        let released: Vec<Version> =
            ["1.7.1", "1.7.3", "1.22.0", "1.22.12", "1.23.0", "1.23.4", "1.24rc1", "1.27.4"]
                .map(|text| Version::parse(text).unwrap())
                .into();
        let near = |text: &str| {
            let near = nearest(&Version::parse(text).unwrap(), &released);
            near.iter().map(Version::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(near("1.22.99"), "1.23.0 1.22.12");
        assert_eq!(near("1.7.2"), "1.7.3 1.7.1");
        assert_eq!(near("2.0.0"), "1.27.4");
        assert_eq!(near("1.0.0"), "1.7.1");
        assert_eq!(near("1.24rc9"), "1.27.4 1.24rc1");
    }
}
