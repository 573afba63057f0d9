//! What the go command prints of what is wrong: places in files, and what it could not find out.
//!
//! Takes its output; gives findings, and tells what does not hold from what is not known.

use super::answer::GoAnswer;
use super::project::GoProject;
use crate::check::{CheckFinding, NotMeasured};
use crate::probe::failed;
use gvmr_core::sys::printable;
use std::path::Path;

/// Words of go where a download fails: then nothing is known of the code.
const UNREACHABLE: [&str; 17] = [
    "module lookup disabled by GOPROXY",
    "checksum database disabled by GOSUMDB",
    "disabled by GOVCS",
    "dial tcp",
    "dial unix",
    "no such host",
    "connection refused",
    "connection reset",
    "i/o timeout",
    "TLS handshake",
    "x509:",
    "deadline exceeded",
    "reading http",
    "Get \"http",
    "unrecognized import path",
    "git ls-remote",
    "could not read Username",
];

/// Words of cgo where there is nothing to compile C with.
const NO_COMPILER: [&str; 2] = ["cgo: C compiler ", "requires cgo"];

/// Words of go where a module is not the one of go.sum, or go.sum lacks it.
const BROKEN_SUMS: [&str; 5] = [
    "missing go.sum entry",
    "checksum mismatch",
    "has been modified",
    "malformed go.sum",
    "updates to go.sum needed",
];

/// The longest message of a finding.
const MAX_MESSAGE: usize = 400;

/// What a place's line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Diagnostic<'t> {
    pub(super) file: &'t str,
    pub(super) line: usize,
    /// 0 where it is the whole line.
    pub(super) column: usize,
    pub(super) message: String,
}

/// What go printed, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Diagnostics<'t> {
    /// In the order in which they came.
    pub(super) placed: Vec<Diagnostic<'t>>,
    /// Lines without a place that say what is wrong.
    pub(super) others: Vec<&'t str>,
}

impl<'t> Diagnostics<'t> {
    /// Of what go printed to stderr.
    pub(super) fn of(text: &'t str) -> Self {
        let mut found = Self::default();
        let mut follows_place = false;
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            if is_remark(line) {
                follows_place = false;
            } else if let Some(diagnostic) = Diagnostic::of(line) {
                follows_place = !diagnostic.is_remark();
                found.placed.extend(Some(diagnostic).filter(|_| follows_place));
            } else if let Some(more) = line.strip_prefix('\t') {
                if let Some(last) = found.placed.last_mut().filter(|_| follows_place) {
                    last.message = shortened(&format!("{} {}", last.message, more.trim()));
                }
            } else {
                follows_place = false;
                found.others.push(line);
            }
        }
        found
    }

    /// Adds what has a place, as findings of a rule; what go says of a package and of its tests once.
    pub(super) fn add_to(&self, findings: &mut Vec<CheckFinding>, rule: &str, project: &GoProject<'_>) {
        for one in &self.placed {
            let finding = one.finding(rule, project);
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
}

impl<'t> Diagnostic<'t> {
    /// `path/file.go:3:4: message` or `file.go:3: message`; a path may have blanks and colons.
    pub(super) fn of(line: &'t str) -> Option<Self> {
        for (at, _) in line.match_indices(':') {
            let (file, rest) = (line.get(..at)?, line.get(at + 1..)?);
            let Some((number, rest)) = leading_number(rest) else { continue };
            let (column, message) = match rest.strip_prefix(':').and_then(leading_number) {
                Some((column, rest)) => (column, rest),
                None => (0, rest),
            };
            let Some(message) = message.strip_prefix(": ") else { continue };
            // The tool that says it comes first: `vet: `, `go: can't load test package: `.
            let file = file.rsplit(": ").next().unwrap_or(file);
            if file.is_empty() || number == 0 || file.starts_with(char::is_whitespace) {
                return None;
            }
            return Some(Self { file, line: number, column, message: shortened(message) });
        }
        None
    }

    /// Whether a C compiler only adds it to something else.
    fn is_remark(&self) -> bool {
        ["note: ", "warning: "].iter().any(|start| self.message.starts_with(start))
    }

    pub(super) fn finding(&self, rule: &str, project: &GoProject<'_>) -> CheckFinding {
        let file = project.told(Path::new(self.file));
        CheckFinding::said(rule, file, (self.line, self.column), &self.message)
    }
}

/// The number that a text begins with, and the rest.
fn leading_number(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|one: char| !one.is_ascii_digit()).unwrap_or(text.len());
    Some((text.get(..end)?.parse().ok()?, text.get(end..)?))
}

/// What says nothing that is wrong: the package that follows, and what go does.
fn is_remark(line: &str) -> bool {
    const REMARKS: [&str; 5] = ["# ", "go: downloading ", "go: finding ", "go: warning: ", "note: "];
    REMARKS.iter().any(|start| line.starts_with(start)) || line.ends_with("too many errors")
}

fn shortened(message: &str) -> String {
    printable::text(message.trim_end()).chars().take(MAX_MESSAGE).collect()
}

/// The line that says that go could not find out: a download that failed, or no C compiler.
pub(super) fn unknown(text: &str) -> Option<NotMeasured> {
    let is_it = |line: &&str| {
        let own_words = own_words(line);
        UNREACHABLE.iter().chain(&NO_COMPILER).any(|words| own_words.contains(words))
    };
    text.lines().find(is_it).map(|line| failed(shortened(line.trim().trim_start_matches("go: "))))
}

/// A line without what it quotes of the code. Of an address its first letters stay.
fn own_words(line: &str) -> &str {
    if line.starts_with("go: ") {
        return line;
    }
    let quote = line.find(['"', '`']).map_or(line.len(), |at| at + "\"http".len());
    line.get(..quote).unwrap_or(line)
}

/// The lines that say that a module is not the one of go.sum, or that go.sum lacks it.
pub(super) fn broken_sums(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim) {
        if BROKEN_SUMS.iter().any(|words| line.contains(words)) {
            let line = line.split("; to add").next().unwrap_or(line).trim_start_matches("go: ");
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// Whether the project has nothing that go could look at.
pub(super) fn has_no_packages(answer: &GoAnswer, patterns: usize) -> bool {
    let nothing = answer.stderr.matches("matched no packages").count();
    patterns > 0 && nothing >= patterns
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILD: &str = "go: downloading example.com/x v1.0.0
# example.com/a/b
b/b.go:3:39: not enough return values
\thave ()
\twant (int)
b/b.go:4:12: undefined: undefinedThing
# example.com/a/c
2026/11/30 11:08:56 cover: ../with blank/c:1.go:7: bad
package example.com/t/cg: build constraints exclude all Go files in /t/cg
";

    #[test]
    fn places_are_found_with_what_belongs_to_them() {
        let found = Diagnostics::of(BUILD);
        let placed: Vec<_> =
            found.placed.iter().map(|one| (one.file, one.line, one.column, one.message.as_str())).collect();
        assert_eq!(
            placed,
            [
                ("b/b.go", 3, 39, "not enough return values have () want (int)"),
                ("b/b.go", 4, 12, "undefined: undefinedThing"),
                ("../with blank/c:1.go", 7, 0, "bad"),
            ]
        );
        assert_eq!(
            found.others,
            ["package example.com/t/cg: build constraints exclude all Go files in /t/cg"]
        );
    }

    #[test]
    fn what_a_c_compiler_adds_counts_as_nothing() {
        let text = "# a
./a.go:3:23: error: 'x' undeclared (first use in this function)
./a.go:3:23: note: each undeclared identifier is reported only once
./a.go:4:3: warning: unused variable 'y' [-Wunused-variable]
\tof it
";
        let found = Diagnostics::of(text);
        assert_eq!(found.placed.len(), 1);
        assert_eq!(found.placed[0].message, "error: 'x' undeclared (first use in this function)");
    }

    #[test]
    fn what_is_not_known_is_told_from_what_is_wrong() {
        let told = |text: &str| unknown(text).map(|why| why.to_string());
        let off =
            "go: downloading golang.org/x/text v0.14.0\na.go:2:8: module lookup disabled by GOPROXY=off";
        assert_eq!(told(off).as_deref(), Some("a.go:2:8: module lookup disabled by GOPROXY=off"));
        let refused = "a.go:2:8: golang.org/x/text@v0.14.0: Get \"http://127.0.0.1:1/x.zip\": dial tcp 127.0.0.1:1: connect: connection refused";
        assert!(told(refused).is_some());
        let compiler = "# runtime/cgo\ncgo: C compiler \"gcc\" not found: exec: \"gcc\": executable file not found in $PATH";
        assert!(told(compiler).is_some());
        assert_eq!(
            told("go: -race requires cgo; enable cgo by setting CGO_ENABLED=1").as_deref(),
            Some("-race requires cgo; enable cgo by setting CGO_ENABLED=1")
        );
        assert_eq!(told(BUILD), None);
        for code in ["\"connection refused\"", "`dial tcp`", "\"x509: é\""] {
            let wrong = format!("# a\na.go:3:13: cannot use {code} (untyped string constant) as int value\n");
            assert_eq!(told(&wrong), None);
        }
    }

    #[test]
    fn sums_that_are_broken_or_missing_are_named() {
        let missing = "a.go:2:8: missing go.sum entry for module providing package golang.org/x/text/language (imported by example.com/a); to add:\n\tgo get example.com/a\n";
        assert_eq!(
            broken_sums(missing),
            [
                "a.go:2:8: missing go.sum entry for module providing package golang.org/x/text/language (imported by example.com/a)"
            ]
        );
        let mismatch =
            "verifying golang.org/x/text@v0.14.0: checksum mismatch\n\tdownloaded: h1:S\n\nSECURITY ERROR\n";
        assert_eq!(broken_sums(mismatch), ["verifying golang.org/x/text@v0.14.0: checksum mismatch"]);
        let modified = "golang.org/x/text v0.14.0: dir has been modified (/m/golang.org/x/text@v0.14.0)\n";
        assert_eq!(broken_sums(modified).len(), 1);
        assert!(broken_sums("all modules verified\n").is_empty());
    }
}
