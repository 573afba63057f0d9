//! The share of statements that tests ran.
//!
//! Takes the profile that `go test -coverprofile` writes, in which each test program has its own line for a block.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead};

/// The statements of a project, and how many of them ran.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Coverage {
    pub(super) statements: u64,
    pub(super) covered: u64,
}

impl Coverage {
    /// Of a profile, counting the files of these packages alone. A block counts once, and as run where any program ran it.
    pub(super) fn of(profile: impl BufRead, packages: &BTreeSet<&str>) -> io::Result<Self> {
        let mut blocks: HashMap<String, (u64, bool)> = HashMap::new();
        for line in profile.lines() {
            let line = line?;
            let Some((block, statements, ran)) = block(&line) else {
                if line.starts_with("mode: ") || line.is_empty() {
                    continue;
                }
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the coverage profile is damaged"));
            };
            if !package(block).is_some_and(|package| packages.contains(package)) {
                continue;
            }
            if let Some(known) = blocks.get_mut(block) {
                known.1 |= ran;
            } else {
                blocks.insert(block.to_owned(), (statements, ran));
            }
        }
        let mut coverage = Self::default();
        for (statements, ran) in blocks.into_values() {
            coverage.statements += statements;
            coverage.covered += if ran { statements } else { 0 };
        }
        Ok(coverage)
    }

    /// In percent; nothing where there are no statements.
    pub(super) fn percent(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss)]
        (self.statements > 0).then(|| self.covered as f64 * 100.0 / self.statements as f64)
    }
}

/// `example.com/a/file.go:3.20,5.2 1 0`: the block, its statements, and whether it ran.
fn block(line: &str) -> Option<(&str, u64, bool)> {
    let (rest, count) = line.rsplit_once(' ')?;
    let (block, statements) = rest.rsplit_once(' ')?;
    Some((block, statements.parse().ok()?, count.parse::<u64>().ok()? > 0))
}

/// The package of a block's file.
fn package(block: &str) -> Option<&str> {
    let (file, _) = block.rsplit_once(':')?;
    Some(file.rsplit_once('/')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_counts_once_and_other_modules_do_not() {
        let profile = "mode: set
example.com/a/p/p.go:3.20,5.2 2 0
example.com/a/p/p.go:7.20,9.2 1 0
example.com/a/p/p.go:3.20,5.2 2 1
example.com/a/with blank.go:1.1,2.2 1 1
example.com/a/p/p.go:7.20,9.2 1 0
example.com/a/other/o.go:1.1,2.2 50 0
";
        let of =
            |text: &str| Coverage::of(text.as_bytes(), &BTreeSet::from(["example.com/a/p", "example.com/a"]));
        let found = of(profile).unwrap();
        assert_eq!(found, Coverage { statements: 4, covered: 3 });
        assert_eq!(found.percent(), Some(75.0));
        assert_eq!(of("mode: set\n").unwrap().percent(), None);
        assert!(of("mode: set\nexample.com/a/p/p.go:3.20,5.2 2\n").is_err(), "a cut line is no measurement");
    }
}
