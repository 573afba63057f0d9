//! What a loader or C library says of itself in its own bytes: whose it is, and which version.
//!
//! Takes bytes that are never run; gives what the library would print if it were.

use super::version_number::{self, Numbers};
use serde::Serialize;
use std::fmt;

/// Whose a loader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Family {
    /// The GNU C library.
    Glibc,
    /// musl, under whatever name.
    Musl,
    /// gcompat: glibc's name in front of musl's loader.
    Gcompat,
    /// Android's.
    Bionic,
    /// Another one, such as a distribution's stand-in that only prints an explanation.
    Unknown,
}

impl Family {
    /// Whose the loader called `name` with these bytes is.
    pub(super) fn of(name: &str, bytes: &[u8]) -> Self {
        match () {
            () if contains(bytes, b"libgcompat") => Self::Gcompat, // it names musl's loader too
            () if contains(bytes, b"musl libc") => Self::Musl,
            () if contains(bytes, b"GLIBC_PRIVATE") => Self::Glibc,
            () if matches!(name, "linker" | "linker64") => Self::Bionic,
            () => Self::Unknown,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
            Self::Gcompat => "gcompat, in front of musl",
            Self::Bionic => "Android's bionic",
            Self::Unknown => "neither glibc nor musl",
        })
    }
}

/// The version in the line that glibc's `libc.so.6` prints when it is run.
pub(super) fn glibc_version(bytes: &[u8]) -> Option<Numbers> {
    let line = after(bytes, b"GNU C Library")?;
    let line = line.split(|byte| matches!(byte, 0 | b'\n')).next()?;
    let version = after(line, b"release version ")?;
    version_number::numbers(
        std::str::from_utf8(version).ok()?.trim_end_matches(|end: char| !end.is_ascii_digit()),
    )
}

/// The version that musl's loader prints when it is run: of its strings the only one with three numbers.
pub(super) fn musl_version(bytes: &[u8]) -> Option<Numbers> {
    const MAX_LENGTH: usize = 40; // a build from git has its commit behind the numbers
    let strings = bytes.split(|byte| *byte == 0).filter(|string| (5..=MAX_LENGTH).contains(&string.len()));
    strings.filter_map(|string| std::str::from_utf8(string).ok()).find_map(three_numbers)
}

fn three_numbers(text: &str) -> Option<Numbers> {
    let (version, _) = text.split_once("-git-").unwrap_or((text, ""));
    let plain = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (plain && version.matches('.').count() == 2).then(|| version_number::numbers(version))?
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    after(bytes, word).is_some()
}

/// What follows the first `word`.
fn after<'a>(bytes: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let first = *word.first()?;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == first) {
        rest = rest.get(at..)?;
        if let Some(after) = rest.strip_prefix(word) {
            return Some(after);
        }
        rest = rest.get(1..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_of_real_banners() {
        for (banner, expected) in [
            (
                "GNU C Library (Debian GLIBC 2.36-9+deb12u13) stable release version 2.36.\nCopyright",
                [2, 36, 0],
            ),
            (
                "GNU C Library (Debian EGLIBC 2.13-38+deb7u10) stable release version 2.13, by Roland",
                [2, 13, 0],
            ),
            ("GNU C Library stable release version 2.12, by Roland McGrath et al.\n", [2, 12, 0]),
            ("GNU C Library stable release version 2.3.4, by Roland McGrath et al.\n", [2, 3, 4]),
            ("GNU C Library (GNU libc) development release version 2.39.9000.\n", [2, 39, 9000]),
        ] {
            let bytes = [b"\x7fELF GGNU\0", banner.as_bytes(), b"\0more"].concat();
            assert_eq!(glibc_version(&bytes), Some(expected), "{banner}");
        }
        assert_eq!(glibc_version(b"GNU C Library\0release version 2.1"), None);
        assert_eq!(
            musl_version(b"\x7fELF\x00127.0.0.1\x001.2\x001.2.3\0musl libc (x86_64)\0"),
            Some([1, 2, 3])
        );
        assert_eq!(musl_version(b"\x7fELF\x001.2.5-git-12-gabc\0"), Some([1, 2, 5]));
        assert_eq!(musl_version(b"\x7fELF\x001..2\x00.1.2\0"), None);
    }

    #[test]
    fn families() {
        assert_eq!(Family::of("ld-linux-x86-64.so.2", b"..GLIBC_2.4\0GLIBC_PRIVATE\0"), Family::Glibc);
        assert_eq!(Family::of("ld-linux-x86-64.so.2", b"musl libc (x86_64)\nVersion %s\n"), Family::Musl);
        let gcompat = b"/lib/ld-musl-x86_64.so.1\0--preload\0/lib/libgcompat.so.0\0";
        assert_eq!(Family::of("ld-linux-x86-64.so.2", gcompat), Family::Gcompat);
        assert_eq!(Family::of("linker64", b""), Family::Bionic);
        assert_eq!(Family::of("ld-linux-x86-64.so.2", b"cannot run"), Family::Unknown);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0usize..120) {
            let banner = b"GNU C Library (x) stable release version 2.36.\n\x001.2.3\0musl libc";
            let bytes = [&banner[..cut.min(banner.len())], &bytes].concat();
            let _ = (glibc_version(&bytes), musl_version(&bytes), Family::of("ld.so", &bytes));
        }
    }
}
