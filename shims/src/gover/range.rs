//! Ranges of releases, such as `>=1.21 <1.24`, `~1.22` and `^1.20`, with the meaning that Cargo and npm give them.
//!
//! Takes text whose every part has an operator, gives a [`Range`]; separators are blanks or commas.

use crate::gover::version::Version;
use std::fmt;

/// A range of releases, kept with the text it was written as.
#[derive(Clone, Debug)]
pub struct Range {
    written: String,
    comparators: Vec<Comparator>,
}

/// One part of a range: what lies between two versions.
#[derive(Clone, Debug)]
struct Comparator {
    from: Option<Version>,
    /// Whether `from` itself lies outside.
    after: bool,
    below: Option<Version>,
    /// Whether `below` itself lies inside.
    up_to: bool,
    /// The minor version of the pre-release that it names.
    prerelease_of: Option<Version>,
}

impl Range {
    /// Parses `>=1.21 <1.24`, `>= go1.21, < go1.24`, `~1.22`, `^1.20`, `=1.22.3`; `None` for all else.
    pub fn parse(text: &str) -> Option<Self> {
        // It is kept as it is written, and a file would have another line.
        if text.contains(|one: char| one.is_control() && one != '\t') {
            return None;
        }
        let text = text.trim();
        let mut comparators = Vec::new();
        for part in text.split(',') {
            let mut rest = part.trim();
            loop {
                let (comparator, after) = Comparator::parse(rest)?;
                comparators.push(comparator);
                rest = after.trim_start();
                if rest.is_empty() {
                    break;
                }
            }
        }
        Some(Self { written: text.to_owned(), comparators })
    }

    /// Whether `version` lies in the range. A pre-release does only where the range names one of the same minor.
    pub fn contains(&self, version: &Version) -> bool {
        let minor = version.language();
        let named = |comparator: &Comparator| comparator.prerelease_of.as_ref() == Some(&minor);
        (!version.is_prerelease() || self.comparators.iter().any(named))
            && self.comparators.iter().all(|comparator| comparator.contains(version))
    }
}

impl Comparator {
    /// The comparator at the start of `text`, and what follows it.
    fn parse(text: &str) -> Option<(Self, &str)> {
        let is_operator = |character: char| matches!(character, '<' | '>' | '=' | '~' | '^');
        let (operator, rest) = text.split_at(text.find(|character| !is_operator(character))?);
        let rest = rest.trim_start();
        let end = rest.find(|character: char| character.is_whitespace() || is_operator(character));
        let (word, rest) = rest.split_at(end.unwrap_or(rest.len()));
        let version = Version::parse_word(without_wildcard(word).unwrap_or(word))?;
        let comparator = version.is_named_by_go().then(|| Self::of(operator, &version))??;
        Some((comparator, rest))
    }

    fn of(operator: &str, version: &Version) -> Option<Self> {
        let first = version.first_release();
        let partial = first.as_str() != version.as_str();
        let named = version.is_prerelease().then(|| version.language());
        let between = |from: Option<Version>, below: Option<Version>| Self {
            from,
            after: false,
            below,
            up_to: false,
            prerelease_of: named,
        };
        Some(match operator {
            ">=" => between(Some(first), None),
            "<" => between(None, Some(first)),
            ">" if partial => between(Some(beyond(version)?), None),
            ">" => Self { after: true, ..between(Some(first), None) },
            "<=" if partial => between(None, Some(beyond(version)?)),
            "<=" => Self { up_to: true, ..between(None, Some(first)) },
            "=" if !partial => Self { up_to: true, ..between(Some(first.clone()), Some(first)) },
            "=" | "~" => between(Some(first), Some(beyond(version)?)),
            "^" => between(Some(first), Some(next_major(version)?)),
            _ => return None,
        })
    }

    fn contains(&self, version: &Version) -> bool {
        let from = self.from.as_ref().is_none_or(|from| version > from || (!self.after && version == from));
        let below =
            self.below.as_ref().is_none_or(|below| version < below || (self.up_to && version == below));
        from && below
    }
}

/// The first release above all of a version's minor, or of its major where the text names no minor.
fn beyond(version: &Version) -> Option<Version> {
    let (major, minor, _) = version.numbers()?;
    if version.as_str().contains('.') {
        Version::parse(&format!("{major}.{}.0", minor.checked_add(1)?))
    } else {
        next_major(version)
    }
}

fn next_major(version: &Version) -> Option<Version> {
    Version::parse(&format!("{}.0.0", version.numbers()?.0.checked_add(1)?))
}

/// `1.22` for `1.22.x` and `1.22.*`; `None` where there is no such end.
pub(crate) fn without_wildcard(word: &str) -> Option<&str> {
    let mut prefix = word;
    while let Some(rest) = prefix.strip_suffix(".x").or_else(|| prefix.strip_suffix(".*")) {
        prefix = rest;
    }
    (prefix.len() < word.len()).then_some(prefix)
}

impl PartialEq for Range {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Range {}

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inside(range: &str, candidates: &[&str]) -> String {
        let range = Range::parse(range).unwrap_or_else(|| panic!("{range} is no range"));
        let version = |text: &&&str| range.contains(&Version::parse(text).unwrap());
        candidates.iter().filter(version).copied().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_lies_in_a_range() {
        let released = [
            "1.20.0", "1.20.14", "1.21.0", "1.21.13", "1.22rc1", "1.22.0", "1.22.12", "1.23.4", "1.24rc2",
            "2.0.0",
        ];
        for (range, expected) in [
            (">=1.21, <1.23", "1.21.0 1.21.13 1.22.0 1.22.12"),
            (">=1.21 <1.23", "1.21.0 1.21.13 1.22.0 1.22.12"),
            (">= go1.21 <v1.23", "1.21.0 1.21.13 1.22.0 1.22.12"),
            (">=1.21<1.22", "1.21.0 1.21.13"),
            (">1.22", "1.23.4 2.0.0"),
            (">1.22.0", "1.22.12 1.23.4 2.0.0"),
            ("<=1.20", "1.20.0 1.20.14"),
            ("<=1.20.0", "1.20.0"),
            ("<1.21", "1.20.0 1.20.14"),
            ("=1.21", "1.21.0 1.21.13"),
            ("=1.21.x", "1.21.0 1.21.13"),
            ("=1.20.0", "1.20.0"),
            ("~1.21", "1.21.0 1.21.13"),
            ("~1.21.1", "1.21.13"),
            ("~1", "1.20.0 1.20.14 1.21.0 1.21.13 1.22.0 1.22.12 1.23.4"),
            ("^1.22", "1.22.0 1.22.12 1.23.4"),
            (">=1.24rc1", "1.24rc2 2.0.0"),
            (">=1.22rc1 <1.23", "1.22rc1 1.22.0 1.22.12"),
            (">3", ""),
        ] {
            assert_eq!(inside(range, &released), expected, "{range}");
        }
    }

    #[test]
    fn every_part_has_an_operator_and_a_version() {
        for text in
            ["", "1.22", "1.21,1.22", ">=1.21,1.22", ">=", ">=1.21,", ",", "=>1.21", ">=x", ">= 1 2", "~>1.2"]
        {
            assert!(Range::parse(text).is_none(), "{text:?}");
        }
    }

    /// The same version in semver's words.
    fn semantic(version: &Version) -> semver::Version {
        let (major, minor, patch) = version.numbers().unwrap();
        let mut semantic = semver::Version::new(major, minor, patch);
        if let Some(number) = version.prerelease().strip_prefix("rc") {
            semantic.pre = semver::Prerelease::new(&format!("rc.{number}")).unwrap();
        }
        semantic
    }

    proptest! {
        #[test]
        fn ranges_mean_what_they_mean_in_cargo(
            parts in proptest::collection::vec(
                ("(>=|>|<=|<|=|~|\\^)", 1_u64..3, proptest::option::of((0_u64..4, proptest::option::of(0_u64..3)))), 1..4),
            candidate in (1_u64..4, 0_u64..5, 0_u64..4, proptest::option::of(1_u64..3)),
            separator in "(, | |,)",
        ) {
            let words: Vec<String> = parts.iter().map(|(operator, major, rest)| match rest {
                None => format!("{operator}{major}"),
                Some((minor, None)) => format!("{operator}{major}.{minor}"),
                Some((minor, Some(patch))) => format!("{operator}{major}.{minor}.{patch}"),
            }).collect();
            let (major, minor, patch, candidate_rc) = candidate;
            let text = match candidate_rc {
                Some(number) => format!("{major}.{minor}rc{number}"),
                None => format!("{major}.{minor}.{patch}"),
            };
            let version = Version::parse(&text).unwrap();
            let oracle = semver::VersionReq::parse(&words.join(", ")).unwrap();
            let range = Range::parse(&words.join(&separator)).unwrap();
            prop_assert_eq!(range.contains(&version), oracle.matches(&semantic(&version)), "{} in {}", text, range);
        }

        #[test]
        fn any_text_is_a_range_that_is_kept_as_written_or_none(text in "[>=<~^, \\t\u{b}\u{a0}\\n0-9.rcxgov*]{0,24}") {
            if let Some(range) = Range::parse(&text) {
                let written = range.to_string();
                prop_assert_eq!(&written, text.trim());
                prop_assert_eq!(written.lines().count(), 1);
            }
        }
    }
}
