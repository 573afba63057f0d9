//! Where in the repository a probe or a finding is, as the programs that show reports name files.

use super::plain_text::{brief, one_line};
use crate::check::{CheckFinding, ProbeRecord, RunDocument};
use std::path::Path;

/// The most characters of a file's name that a person gets; Linux has no longer paths.
const MAX_FILE: usize = 4096;

/// A file and a place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReportLocation {
    /// Below the repository, or absolute where it is in none.
    pub(super) path: String,
    /// Counted from 1.
    pub(super) line: Option<usize>,
    /// Counted from 1.
    pub(super) column: Option<usize>,
}

impl ReportLocation {
    /// Of a probe in the check file; nothing for a built-in one.
    pub(super) fn of_probe(document: &RunDocument, probe: &ProbeRecord) -> Option<Self> {
        let (file, line) = (document.file.as_deref()?, line_of(probe)?);
        Some(Self { path: in_repository(document, file), line: Some(line), column: None })
    }

    /// Of what a probe found.
    pub(super) fn of_finding(document: &RunDocument, finding: &CheckFinding) -> Self {
        let counted = |number: usize| (number > 0).then_some(number);
        Self {
            path: in_repository(document, &finding.file),
            line: counted(finding.line),
            column: counted(finding.column),
        }
    }
}

/// The condition that does not hold; else the probe.
fn line_of(probe: &ProbeRecord) -> Option<usize> {
    probe.limit_line.or(probe.line)
}

/// `gvmr-check.toml:17`, as someone in the file's directory names it.
pub(super) fn probe_line(document: &RunDocument, probe: &ProbeRecord) -> Option<String> {
    let (file, line) = (document.file.as_deref()?, line_of(probe)?);
    Some(format!("{}:{line}", below(&document.place.directory, Path::new(file))))
}

/// `src/a.env:3:7`
pub(super) fn finding_place(finding: &CheckFinding) -> String {
    let file = brief(&finding.file, MAX_FILE);
    match (finding.line, finding.column) {
        (0, _) => file,
        (line, 0) => format!("{file}:{line}"),
        (line, column) => format!("{file}:{line}:{column}"),
    }
}

/// What is wrong there; of a credential its fingerprint, too, which `allow` takes.
pub(super) fn finding_words(finding: &CheckFinding) -> String {
    if finding.message.is_empty() {
        format!("{} (fingerprint {})", finding.words(), finding.fingerprint)
    } else {
        finding.words()
    }
}

fn in_repository(document: &RunDocument, file: &str) -> String {
    let directory = &document.place.directory;
    let root = document.place.repository.as_deref().unwrap_or(directory);
    below(root, &Path::new(directory).join(file))
}

fn below(root: &str, file: &Path) -> String {
    let path = file.strip_prefix(root).ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(file);
    match one_line(&path.to_string_lossy()) {
        path if path.is_empty() => ".".to_owned(),
        path => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::document;

    #[test]
    fn a_file_is_named_below_the_repository() {
        let mut document = document();
        for (repository, directory, file, expected) in [
            (Some("/r"), "/r/services/a", "/r/services/a/c.toml", "services/a/c.toml"),
            (Some("/r"), "/r/services/a", "src/x.go", "services/a/src/x.go"),
            (Some("/r"), "/r", "/etc/x", "/etc/x"),
            (Some("/r"), "/rest", "x", "/rest/x"),
            (None, "/r/a", "x", "x"),
            (Some("/r"), "/r", "/r", "/r"),
            (Some(""), "", "x\ny", "x y"),
        ] {
            document.place.repository = repository.map(str::to_owned);
            directory.clone_into(&mut document.place.directory);
            assert_eq!(in_repository(&document, file), expected, "{repository:?} {directory} {file}");
        }
    }
}
