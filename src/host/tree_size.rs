//! How much room an installed toolchain takes.
//!
//! Takes a version, gives bytes and files. Measured from the modules for linux-amd64, in blocks of 4 KiB, with some room for
//! the directories, what gvmr writes beside them, and other platforms. Looks at nothing.

use gvmr_core::gover::version::Version;

/// The room of one toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeSize {
    /// In bytes.
    pub bytes: u64,
    /// Files and directories.
    pub files: u64,
}

/// The newest minor version of each line, MiB, and files with directories. Until 1.19 trees held compiled packages.
const SIZES: [(u64, u64, u64); 11] = [
    (4, 215, 4_000),
    (10, 290, 6_000),
    (13, 325, 7_500),
    (16, 385, 8_500),
    (19, 460, 10_000),
    (20, 250, 9_500),
    (21, 225, 10_500),
    (22, 235, 11_000),
    (23, 250, 11_500),
    (24, 265, 12_500),
    (u64::MAX, 265, 14_000),
];

impl TreeSize {
    /// The size of a version's tree.
    pub fn of(version: &Version) -> Self {
        Self::of_minor(version.numbers().map_or(u64::MAX, |(_, minor, _)| minor))
    }

    pub(super) fn of_minor(wanted: u64) -> Self {
        let found = SIZES.into_iter().find(|(minor, ..)| wanted <= *minor);
        let (_, mebibytes, files) = found.unwrap_or((0, 460, 14_000));
        Self { bytes: mebibytes << 20, files }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_trees_fit_and_little_is_asked_for_besides() {
        // Blocks in tenths of a MiB, files, directories.
        for (version, blocks, files, directories) in [
            ("1.4.3", 2_016, 3_382, 376),
            ("1.13.15", 3_086, 6_443, 771),
            ("1.16.15", 3_698, 7_072, 721),
            ("1.19.13", 4_453, 8_710, 841),
            ("1.20.14", 2_393, 8_374, 756),
            ("1.21.0", 2_118, 9_251, 939),
            ("1.22.12", 2_209, 9_548, 978),
            ("1.23.12", 2_360, 9_887, 1_036),
            ("1.24.13", 2_526, 10_751, 1_104),
            ("1.26.8", 2_345, 11_518, 1_198),
        ] {
            let size = TreeSize::of(&Version::parse(version).unwrap());
            let least = (blocks << 20) / 10 * 102 / 100;
            assert!((least..least * 5 / 4).contains(&size.bytes), "{version} {size:?}");
            assert!((files + directories..2 * files).contains(&size.files), "{version} {size:?}");
        }
    }
}
