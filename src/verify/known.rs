//! The releases that this program has known since it was built: a root of trust that no server can change.
//!
//! Takes a file's name, gives its sha256; takes a GOARCH, gives the releases for it. The table is `known.txt`, one
//! release a line, newest first; `examples/releases.rs` adds to it and never takes from it. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use gvmr_core::gover::version::Version;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Lines such as `1.22.10 386=… amd64=… src=…`, with the processors' names as the files have them. A file whose
/// sha256 was never published stands there without one.
const TABLE: &str = include_str!("known.txt");
/// What begins the header line that says how new the table is.
const AS_OF: &str = "# as of ";
/// Each release's version and the rest of its line. Splitting some hundred lines costs less than searching the text
/// for one of them; no sum is decoded before it is asked for.
static RELEASES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| releases().collect());

/// The sha256 of a release's linux archive (`go1.22.10.linux-amd64.tar.gz`, `go1.20.linux-armv6l.tar.gz`) or source
/// archive (`go1.22.10.src.tar.gz`); `None` where this program does not know it.
pub fn known_sum(file_name: &str) -> Option<[u8; 32]> {
    let (version, part) = file_name.strip_prefix("go")?.strip_suffix(".tar.gz")?.rsplit_once('.')?;
    let part =
        if part == "src" { part } else { part.strip_prefix("linux-").filter(|arch| *arch != "src")? };
    let (_, encoded) = files(RELEASES.get(version)?).find(|(name, _)| *name == part)?;
    STANDARD_NO_PAD.decode(encoded?).ok()?.try_into().ok()
}

/// The releases with a linux archive for a GOARCH, pre-releases included, oldest first.
pub fn known_versions(goarch: &str) -> Vec<Version> {
    let wanted = |name: &str| match goarch {
        "arm" => matches!(name, "armv6l" | "arm6" | "arm"),
        _ => name == goarch && name != "src",
    };
    let found = releases().rev().filter(|(_, rest)| files(rest).any(|(name, _)| wanted(name)));
    // `go1.9.2rc2` was released and is not a Go version.
    found.filter_map(|(version, _)| Version::parse(version)).map(|version| version.exact()).collect()
}

/// The newest release when the table was made: `go1.27.1`.
pub fn known_since() -> &'static str {
    TABLE.lines().find_map(|line| line.strip_prefix(AS_OF)).unwrap_or_default()
}

/// Each release's version and the rest of its line, newest first.
fn releases() -> impl DoubleEndedIterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '))
}

/// A line's files: what each is for, and its sha256 in base64.
fn files(line: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    line.split(' ').map(|word| word.split_once('=').map_or((word, None), |(name, sum)| (name, Some(sum))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lookups pass over what they cannot read; here is shown that there is no such thing.
    #[test]
    fn every_line_of_the_table_is_whole() {
        let mut lines = TABLE.lines();
        assert!(lines.next().unwrap().starts_with("# "));
        assert_eq!(lines.next().unwrap(), format!("{AS_OF}{}", known_since()));
        let mut newer: Option<Version> = None;
        let mut sums = 0;
        for line in lines {
            let (version, rest) = line.split_once(' ').unwrap();
            assert_eq!(RELEASES.get(version), Some(&rest));
            let parsed = Version::parse(version);
            assert!(parsed.is_some() || version == "1.9.2rc2", "{version}");
            assert!(newer.zip(parsed.clone()).is_none_or(|(newer, older)| older < newer), "{version}");
            newer = parsed;
            let names: Vec<_> = files(rest).map(|(name, _)| name).collect();
            assert!(!names.is_empty() && names.is_sorted_by(|one, next| one < next), "{line}");
            for (name, sum) in files(rest) {
                assert!(
                    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
                    "{line}"
                );
                let end = if name == "src" { name.to_owned() } else { format!("linux-{name}") };
                let known = known_sum(&format!("go{version}.{end}.tar.gz"));
                assert_eq!(known.map(|known| STANDARD_NO_PAD.encode(known)).as_deref(), sum, "{line}");
                sums += usize::from(sum.is_some());
            }
        }
        assert!(sums > 2900, "{sums}");
        assert!(TABLE.ends_with('\n'));
    }
}
