//! The Go version grammar and its order, exactly as `go/version` and cmd/go's `internal/gover` define them.
//!
//! Takes text, gives a [`Version`] that is known to be valid; order, language versions and toolchain
//! names follow. Never touches the file system. Numbers stay decimal text, so no length overflows.

use std::cmp::Ordering;
use std::fmt;

/// A valid Go version such as `1.23.4`, `1.22`, `1.21rc2`, without the `go` prefix.
///
/// Equality and order are Go's: `1.20` equals `1.20.0`, while `1.21` (a language version) sorts
/// before `1.21rc1`, which sorts before `1.21.0`.
#[derive(Clone, Debug)]
pub struct Version {
    text: String,
}

/// The parts of a version, as decimal text. An absent part is empty and sorts before `0`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Parts<'a> {
    major: &'a str,
    minor: &'a str,
    patch: &'a str,
    kind: &'a str,
    pre: &'a str,
}

impl Version {
    /// Parses `1`, `1.23`, `1.23.4` or `1.24rc1`; `None` for everything that Go calls malformed.
    pub fn parse(text: &str) -> Option<Self> {
        Parts::parse(text)?;
        Some(Self { text: text.to_owned() })
    }

    /// Parses a version with the `go` or `v` in front of it that people write.
    pub fn parse_word(word: &str) -> Option<Self> {
        Self::parse(word.strip_prefix("go").or_else(|| word.strip_prefix('v')).unwrap_or(word))
    }

    /// Parses a toolchain name as cmd/go's `FromToolchain`: `go1.23.4`, `go1.23.4-bigcorp`.
    ///
    /// What follows the first `-`, space or tab is a vendor's suffix and is dropped. A path separator
    /// anywhere makes the name invalid. A toolchain is one release: `go1.20` gives `1.20.0`.
    pub fn from_toolchain(name: &str) -> Option<Self> {
        if name.contains(['/', '\\']) {
            return None;
        }
        let version = name.strip_prefix("go")?;
        let end = version.find([' ', '\t', '-']).unwrap_or(version.len());
        Self::parse(version.get(..end)?).map(|version| version.exact())
    }

    /// The text it was parsed from: `1.23.4`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The toolchain's name, which is also its directory's: `go1.23.4`. Only since 1.21 does that of a first release
    /// have a patch: `1.20.0` is `go1.20`, and `1.0.0` is `go1`.
    pub fn toolchain_name(&self) -> String {
        ["go", self.released_text()].concat()
    }

    /// The toolchain's name without the `go` in front: `1.20` for `1.20.0`.
    pub fn released_text(&self) -> &str {
        if !self.text.ends_with(".0") || !self.spells_patch() {
            return &self.text; // nearly always, and this is asked before every `go`
        }
        let parts = self.parts();
        if compare_numbers(parts.minor, "21").is_ge() {
            return &self.text;
        }
        let zeros = if parts.minor == "0" { ".0.0" } else { ".0" };
        self.text.strip_suffix(zeros).unwrap_or(&self.text)
    }

    /// The same version in the text that means it alone. `1.20` is a release and the prefix of others, so this
    /// gives `1.20.0`; `1.22`, which is no release, and every other version are returned as they are.
    #[must_use]
    pub fn exact(&self) -> Self {
        if self.is_language() { self.clone() } else { self.first_release() }
    }

    /// Whether this is a language version such as `1.22`, which no release carries since 1.21.
    pub fn is_language(&self) -> bool {
        let parts = self.parts();
        parts.patch.is_empty() && parts.kind.is_empty() && parts.pre.is_empty()
    }

    /// The language version: `1.23` for `1.23.4`, `1` for `1.0.3`.
    #[must_use]
    pub fn language(&self) -> Self {
        let parts = self.parts();
        let text = if parts.minor.is_empty() || (parts.major == "1" && parts.minor == "0") {
            parts.major.to_owned()
        } else {
            format!("{}.{}", parts.major, parts.minor)
        };
        Self { text }
    }

    /// Whether this is an alpha, beta or release candidate.
    pub fn is_prerelease(&self) -> bool {
        !self.parts().kind.is_empty()
    }

    /// Major, minor and patch as numbers, with an absent patch as 0; `None` where one exceeds `u64`.
    pub fn numbers(&self) -> Option<(u64, u64, u64)> {
        let parts = self.parts();
        let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse().ok() };
        Some((number(parts.major)?, number(parts.minor)?, number(parts.patch)?))
    }

    /// The pre-release part, such as `rc1`; empty for a release.
    pub fn prerelease(&self) -> &str {
        let parts = self.parts();
        let length = parts.kind.len() + parts.pre.len();
        self.text.get(self.text.len() - length..).unwrap_or_default()
    }

    /// Whether a pre-release is called as Go calls its own: `alpha1`, `beta2`, `rc1`. Go's grammar takes any word
    /// there. True of every other version.
    pub fn is_named_by_go(&self) -> bool {
        let parts = self.parts();
        parts.kind.is_empty() || (matches!(parts.kind, "alpha" | "beta" | "rc") && !parts.pre.is_empty())
    }

    /// Whether it is older than `1.minor`. A pre-release counts as the release it leads to; numbers beyond 64 bits are
    /// older than nothing.
    pub fn is_before(&self, minor: u64) -> bool {
        // By the text: it is asked before every `go`, and taking the version apart costs more than all else of it.
        let Some(rest) = self.text.as_bytes().strip_prefix(b"1.") else {
            return self.text == "1" || self.text.starts_with('0');
        };
        let mut own: u64 = 0;
        for digit in rest.iter().take_while(|byte| byte.is_ascii_digit()) {
            own = own.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
        }
        own < minor
    }

    /// Whether the text itself names a patch: true for `1.20.0`, false for `1.20`, which Go treats alike.
    pub fn spells_patch(&self) -> bool {
        self.text.bytes().filter(|byte| *byte == b'.').count() == 2
    }

    /// The first release of a language version: `1.22` gives `1.22.0`, `1` gives `1.0.0`. Every other version is
    /// returned as it is.
    #[must_use]
    pub fn first_release(&self) -> Self {
        let parts = self.parts();
        if self.spells_patch() || !parts.kind.is_empty() {
            return self.clone();
        }
        let zeros = if self.text.contains('.') { ".0" } else { ".0.0" };
        Self { text: format!("{}{zeros}", self.text) }
    }

    fn parts(&self) -> Parts<'_> {
        const NOTHING: Parts<'_> = Parts { major: "", minor: "", patch: "", kind: "", pre: "" };
        Parts::parse(&self.text).unwrap_or(NOTHING) // cannot happen: `text` was parsed when it was made
    }
}

impl<'a> Parts<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (major, rest) = cut_number(text)?;
        let mut parts = Parts { major, minor: "", patch: "", kind: "", pre: "" };
        if rest.is_empty() {
            (parts.minor, parts.patch) = ("0", "0"); // `1` means `1.0.0`
            return Some(parts);
        }
        let (minor, rest) = cut_number(rest.strip_prefix('.')?)?;
        parts.minor = minor;
        if rest.is_empty() {
            if compare_numbers(minor, "21").is_lt() {
                parts.patch = "0"; // until 1.20 the first release was called `1.20`
            }
            return Some(parts);
        }
        if let Some(rest) = rest.strip_prefix('.') {
            let (patch, rest) = cut_number(rest)?;
            parts.patch = patch;
            return rest.is_empty().then_some(parts); // a patch takes no pre-release: `1.9.2rc2` is malformed
        }
        let kind_length = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        let (kind, number) = rest.split_at_checked(kind_length).filter(|(kind, _)| !kind.is_empty())?;
        parts.kind = kind;
        if number.is_empty() {
            return Some(parts);
        }
        let (pre, rest) = cut_number(number)?;
        parts.pre = pre;
        rest.is_empty().then_some(parts)
    }
}

/// Splits a decimal number without needless leading zeros off the front.
fn cut_number(text: &str) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(length)?;
    let valid = !number.is_empty() && (number == "0" || !number.starts_with('0'));
    valid.then_some((number, rest))
}

/// Orders decimal text by value; empty sorts before `0`.
fn compare_numbers(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) = (self.parts(), other.parts());
        compare_numbers(left.major, right.major)
            .then_with(|| compare_numbers(left.minor, right.minor))
            .then_with(|| compare_numbers(left.patch, right.patch))
            .then_with(|| left.kind.cmp(right.kind)) // "" < alpha < beta < rc
            .then_with(|| compare_numbers(left.pre, right.pre))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
