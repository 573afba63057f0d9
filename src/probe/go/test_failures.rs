//! Where and why tests failed.
//!
//! Takes what each failed test printed; gives one finding or several for each, and says why a package ended early.

use super::diagnostics::Diagnostic;
use super::project::GoProject;
use super::test_events::{TestEvents, TestFailure, crash};
use crate::check::{CheckFinding, Measurement};
use crate::probe::contents::ending;
use gvmr_core::sys::printable;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The most places of one test: what it logged stands beside what it found.
const MAX_PLACES: usize = 10;
/// The longest message of a finding.
const MAX_MESSAGE: usize = 400;
/// The race detector's first line.
const RACE: &str = "WARNING: DATA RACE";

/// The packages and modules in which tests failed.
pub(super) struct FailedTests<'a> {
    pub(super) project: &'a GoProject<'a>,
    /// The directory of each package.
    pub(super) directories: &'a BTreeMap<String, PathBuf>,
    pub(super) modules: Vec<PathBuf>,
}

/// A line of a file, and what is said of it.
struct TestPlace {
    file: PathBuf,
    line: usize,
    message: String,
    is_traced: bool,
}

impl FailedTests<'_> {
    /// Adds where and why each failed; as output what has no place.
    pub(super) fn add_to(&self, events: &TestEvents, measurement: &mut Measurement) {
        let mut output = String::new();
        for failure in &events.failures {
            let start = format!("{}/", failure.test);
            let is_parent = !failure.test.is_empty()
                && events
                    .failures
                    .iter()
                    .any(|other| other.package == failure.package && other.test.starts_with(&start));
            self.explain(failure, is_parent, measurement, &mut output);
        }
        measurement.output = ending(&output);
    }

    fn explain(
        &self,
        failure: &TestFailure,
        is_parent: bool,
        measurement: &mut Measurement,
        output: &mut String,
    ) {
        let TestFailure { package, test, lines, .. } = failure;
        let why = reason(failure);
        measurement.unmet.extend(why.as_ref().map(|why| format!("{package}: {why}")));
        let name = if test.is_empty() { package } else { test };
        let (mut places, others) = self.places(failure);
        let cause = crash(lines).or_else(|| lines.iter().any(|line| line == RACE).then_some("data race"));
        if let Some((cause, (file, line))) = cause.and_then(|cause| Some((cause, self.frame(lines)?))) {
            places.push(TestPlace { file, line, message: cause.to_owned(), is_traced: false });
        }
        if places.is_empty() && !is_parent && !is_not_built(failure) {
            let mut words: Vec<&str> = why.iter().map(String::as_str).collect();
            words.extend(others.iter().skip(others.len().saturating_sub(MAX_PLACES)).map(|line| line.trim()));
            let message = if words.is_empty() { "it failed".to_owned() } else { words.join(" ") };
            let (file, line) = self.declared(failure);
            places.push(TestPlace { file, line, message, is_traced: false });
        }
        for place in places.iter().skip(places.len().saturating_sub(MAX_PLACES)) {
            measurement.findings.push(self.finding(name, place));
        }
        if !others.is_empty() {
            output.extend([name.as_str(), "\n", &others.join("\n"), "\n"]);
        }
    }

    fn finding(&self, name: &str, place: &TestPlace) -> CheckFinding {
        let message = place.message.split_whitespace().collect::<Vec<_>>().join(" ");
        // A message that begins with the name has it once.
        let message = match message.strip_prefix(name) {
            Some(rest) if rest.starts_with(' ') => message,
            _ => format!("{name}: {message}"),
        };
        let message: String = printable::text(&message).chars().take(MAX_MESSAGE).collect();
        let file = Some(self.project.told(&place.file)).filter(|file| !file.is_empty());
        let file = file.unwrap_or_else(|| "go.mod".to_owned());
        CheckFinding::said("test", file, (place.line, 0), &message)
    }

    /// The places that a test logged, and its other lines.
    fn places<'f>(&self, failure: &'f TestFailure) -> (Vec<TestPlace>, Vec<&'f str>) {
        let directory = self.directories.get(&failure.package);
        let (mut places, mut others) = (Vec::<TestPlace>::new(), Vec::new());
        for line in &failure.lines {
            if let Some(place) = directory.and_then(|directory| logged(line, directory)) {
                places.push(place);
            } else if let (Some(place), true) = (places.last_mut(), line.starts_with("        ")) {
                self.continues(place, line.trim());
            } else if !line.starts_with("FAIL\t") {
                others.push(line.as_str());
            }
        }
        (places, others)
    }

    /// Adds a line to the message of a place. Testify says in such lines where it was called from.
    fn continues(&self, place: &mut TestPlace, line: &str) {
        let trace = line.strip_prefix("Error Trace:").unwrap_or(line).trim();
        let called = trace.rsplit_once(':').and_then(|(file, number)| Some((file, number.parse().ok()?)));
        match called {
            Some((file, number)) if file.starts_with('/') => {
                if !place.is_traced && self.is_ours(file) {
                    (place.file, place.line, place.is_traced) = (file.into(), number, true);
                }
            }
            _ => place.message.extend([" ", line]),
        }
    }

    /// The first frame of a stack that is in the project.
    fn frame(&self, lines: &[String]) -> Option<(PathBuf, usize)> {
        lines
            .iter()
            .filter_map(|line| stack_place(line))
            .find(|(file, _)| self.is_ours(file))
            .map(|(file, line)| (PathBuf::from(file), line))
    }

    fn is_ours(&self, file: &str) -> bool {
        self.modules.iter().any(|module| Path::new(file).starts_with(module))
    }

    /// Where a test is written; of a package its `TestMain`, or its directory.
    fn declared(&self, failure: &TestFailure) -> (PathBuf, usize) {
        let Some(directory) = self.directories.get(&failure.package) else {
            return (PathBuf::from("go.mod"), 0);
        };
        let test = failure.test.split('/').next().filter(|test| !test.is_empty()).unwrap_or("TestMain");
        let start = format!("func {test}(");
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path());
        let files = files.filter(|file| file.to_string_lossy().ends_with("_test.go"));
        let found = files.filter_map(|file| {
            let content = fs::read_to_string(&file).ok()?;
            let line = content.lines().position(|line| line.starts_with(&start))?;
            Some((file, line + 1))
        });
        found.min().unwrap_or_else(|| (directory.clone(), 0))
    }
}

/// Why something failed without a test that says so: other tests of that package may not have run.
fn reason(failure: &TestFailure) -> Option<String> {
    let TestFailure { test, ended, lines, .. } = failure;
    let why = match crash(lines) {
        Some(crash) => crash.to_owned(),
        None if *ended => return None,
        None if is_not_built(failure) => {
            let last = lines.last().map(|line| line.trim()).unwrap_or_default();
            if last.ends_with("[build failed]") { "build failed" } else { "setup failed" }.to_owned()
        }
        None if !test.is_empty() => format!("{test} did not end"),
        None if lines.iter().any(|line| line.starts_with("FAIL\t")) => {
            "it failed, and none of its tests did".to_owned()
        }
        None => "its tests did not end".to_owned(),
    };
    Some(printable::text(&why))
}

/// Whether there are places of it already, where the compiler found them.
fn is_not_built(failure: &TestFailure) -> bool {
    let last = failure.lines.last().map(|line| line.trim()).unwrap_or_default();
    last.ends_with("[build failed]") || last.ends_with("[setup failed]")
}

/// `    name_test.go:12: message`, where that file is one of the package's. What a test prints itself has no blanks before it.
fn logged(line: &str, directory: &Path) -> Option<TestPlace> {
    let found = Diagnostic::of(line.strip_prefix("    ")?.trim_start())?;
    let file = directory.join(found.file);
    let Diagnostic { line, message, .. } = found;
    file.is_file().then_some(TestPlace { file, line, message, is_traced: false })
}

/// `/path/name_test.go:12 +0x28` after a tab, or after blanks as the race detector has it.
fn stack_place(line: &str) -> Option<(&str, usize)> {
    let (place, _) = line.trim_start().split_once(" +0x")?;
    let (file, number) = place.rsplit_once(':')?;
    Some((file, number.parse().ok()?)).filter(|_| line.starts_with(['\t', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::go::workspace::write_new;

    #[test]
    fn places_are_of_the_package_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a b_test.go");
        write_new(&file, b"").unwrap();
        let place =
            |line: &str| logged(line, directory.path()).map(|place| (place.file, place.line, place.message));
        assert_eq!(place("    a b_test.go:12: got 1: bad"), Some((file, 12, "got 1: bad".to_owned())));
        assert_eq!(place("a b_test.go:12: printed"), None);
        assert_eq!(place("    testing.go:1617: race detected"), None);
        assert_eq!(stack_place("\t/a b/c.go:4 +0x28"), Some(("/a b/c.go", 4)));
        assert_eq!(stack_place("      /a/c.go:5 +0xfc"), Some(("/a/c.go", 5)));
        assert_eq!(stack_place("/a/c.go:5 +0xfc"), None);
    }
}
