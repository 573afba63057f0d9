//! What `go test -json` says, line by line.
//!
//! Takes its output as it comes; keeps counts, the three slowest tests, and the last lines of what failed.

use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

/// The longest line that is read; go splits what a test prints into shorter ones.
const MAX_LINE: usize = 1 << 20;
/// The last lines that are kept of a test, and how long one may be.
const MAX_KEPT_LINES: usize = 60;
const MAX_KEPT_LINE: usize = 2 << 10;
/// The most failures that are kept.
const MAX_FAILURES: usize = 200;
/// The most of what the compiler says.
const MAX_BUILD_OUTPUT: usize = 256 << 10;
/// How many tests are named as slow.
const SLOWEST: usize = 3;

/// One event.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TestEvent<'l> {
    #[serde(borrow)]
    action: Cow<'l, str>,
    #[serde(borrow, default)]
    package: Cow<'l, str>,
    #[serde(borrow, default)]
    test: Cow<'l, str>,
    #[serde(borrow, default)]
    output: Cow<'l, str>,
    #[serde(default)]
    elapsed: f64,
}

/// The last lines that something printed.
#[derive(Debug, Default)]
struct KeptLines(VecDeque<String>);

/// A package whose tests run.
#[derive(Debug, Default)]
struct PackageRun {
    /// Its tests and subtests that have not ended.
    running: BTreeMap<String, KeptLines>,
    lines: KeptLines,
    failed: usize,
}

/// A test that failed, or a package that did without one of its tests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TestFailure {
    pub(super) package: String,
    /// Empty where it is the package.
    pub(super) test: String,
    /// Whether it ended; a package without its tests never did.
    pub(super) ended: bool,
    /// The last lines that it printed.
    pub(super) lines: Vec<String>,
}

/// What all tests came to.
#[derive(Debug, Default)]
pub(super) struct TestEvents {
    /// What is not a whole line yet; nothing where it is too long.
    line: Option<Vec<u8>>,
    packages: BTreeMap<String, PackageRun>,
    /// Top-level tests that passed or failed.
    pub(super) tests: usize,
    /// Those that failed, and packages that failed without one.
    pub(super) failed: usize,
    /// Top-level tests that were skipped.
    pub(super) skipped: usize,
    /// Packages in which tests were looked for and there was a file of tests.
    pub(super) tested_packages: usize,
    pub(super) failures: Vec<TestFailure>,
    /// Seconds and names of the slowest, the slowest first.
    pub(super) slowest: Vec<(f64, String)>,
    /// What the compiler said, as far as it is among the events.
    pub(super) build_output: String,
}

impl TestEvents {
    pub(super) fn new() -> Self {
        Self { line: Some(Vec::new()), ..Self::default() }
    }

    /// Takes what has been printed.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let mut parts = bytes.split(|byte| *byte == b'\n');
        self.append(parts.next().unwrap_or_default());
        for part in parts {
            if let Some(line) = self.line.replace(Vec::new()) {
                self.line(&line);
            }
            self.append(part);
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        if let Some(line) = &mut self.line {
            line.extend_from_slice(bytes);
            if line.len() > MAX_LINE {
                self.line = None;
            }
        }
    }

    /// Nothing more comes: what still runs did not end.
    pub(super) fn finish(&mut self) {
        if let Some(line) = self.line.replace(Vec::new()) {
            self.line(&line);
        }
        for package in self.packages.keys().cloned().collect::<Vec<_>>() {
            self.end(&package, true);
        }
    }

    fn line(&mut self, line: &[u8]) {
        let Ok(event) = serde_json::from_slice::<TestEvent<'_>>(line) else {
            self.plain_line(line);
            return;
        };
        let TestEvent { action, package, test, output, elapsed } = event;
        match (action.as_ref(), test.is_empty()) {
            ("build-output", _) => self.add_build_output(&output),
            ("run", false) => self.package(&package).running.entry(test.into_owned()).or_default().0.clear(),
            ("output", _) => self.output(&package, &test, &output),
            ("pass" | "fail" | "skip", false) => self.test_ended(&package, &test, &action, elapsed),
            ("pass", true) => self.end(&package, false),
            ("fail", true) => self.end(&package, true),
            ("skip", true) => drop(self.packages.remove(package.as_ref())),
            _ => {}
        }
    }

    /// Before Go 1.24 a package that cannot be built is told as without `-json`.
    fn plain_line(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let Some(rest) = text.strip_prefix("FAIL\t") else { return };
        let package = rest.split([' ', '\t']).next().unwrap_or_default().to_owned();
        self.output(&package, "", &text);
        self.end(&package, true);
    }

    fn package(&mut self, package: &str) -> &mut PackageRun {
        if !self.packages.contains_key(package) {
            self.packages.insert(package.to_owned(), PackageRun::default());
        }
        self.packages.entry(package.to_owned()).or_default()
    }

    fn output(&mut self, package: &str, test: &str, output: &str) {
        let run = self.package(package);
        match run.running.get_mut(test) {
            Some(lines) => lines.add(output),
            None => run.lines.add(output),
        }
    }

    fn add_build_output(&mut self, output: &str) {
        if self.build_output.len() + output.len() <= MAX_BUILD_OUTPUT {
            self.build_output.push_str(output);
        }
    }

    fn test_ended(&mut self, package: &str, test: &str, action: &str, elapsed: f64) {
        let is_top = !test.contains('/');
        let run = self.package(package);
        let lines = run.running.remove(test).unwrap_or_default();
        if action == "fail" {
            run.failed += 1;
        }
        if is_top {
            match action {
                "skip" => self.skipped += 1,
                _ => self.tests += 1,
            }
            self.failed += usize::from(action == "fail");
            self.add_time(elapsed, package, test);
        }
        if action == "fail" {
            self.add_failure(package, test, true, lines);
        }
    }

    /// A package has ended; tests of it that have not ended never will.
    fn end(&mut self, package: &str, is_failed: bool) {
        let Some(run) = self.packages.remove(package) else {
            if is_failed {
                self.failed += 1;
                self.add_failure(package, "", false, KeptLines::default());
            }
            return;
        };
        self.tested_packages += 1;
        let PackageRun { running, lines, failed } = run;
        let is_explained = failed > 0 || !running.is_empty();
        for (test, lines) in running {
            if !test.contains('/') {
                self.tests += 1;
                self.failed += 1;
            }
            self.add_failure(package, &test, false, lines);
        }
        if is_failed && !is_explained {
            self.failed += 1;
            self.add_failure(package, "", false, lines);
        }
    }

    fn add_failure(&mut self, package: &str, test: &str, ended: bool, lines: KeptLines) {
        if self.failures.len() < MAX_FAILURES {
            let (package, test) = (package.to_owned(), test.to_owned());
            self.failures.push(TestFailure { package, test, ended, lines: lines.0.into() });
        }
    }

    fn add_time(&mut self, elapsed: f64, package: &str, test: &str) {
        let at = self.slowest.partition_point(|(other, _)| *other >= elapsed);
        if at < SLOWEST {
            self.slowest.insert(at, (elapsed, format!("{package}.{test}")));
            self.slowest.truncate(SLOWEST);
        }
    }
}

impl KeptLines {
    fn add(&mut self, output: &str) {
        let line = output.trim_end_matches(['\n', '\r']);
        if is_frame(line) {
            return;
        }
        if self.0.len() == MAX_KEPT_LINES {
            // What panicked comes first, and the stack that matters right after it.
            if self.0.front().is_some_and(|first| is_crash(first)) && self.0.iter().any(|line| is_stack(line))
            {
                return;
            }
            self.0.pop_front();
        }
        self.0.push_back(line.chars().take(MAX_KEPT_LINE).collect());
    }
}

/// What a test program ended with: a line before its stack. A test may print such a line, and go on.
pub(super) fn crash(lines: &[String]) -> Option<&str> {
    let stack = lines.iter().position(|line| is_stack(line))?;
    lines.get(..stack)?.iter().map(String::as_str).rfind(|line| is_crash(line))
}

fn is_crash(line: &str) -> bool {
    line.starts_with("panic: ") || line.starts_with("fatal error: ")
}

/// `goroutine 7 [running]:`
fn is_stack(line: &str) -> bool {
    line.starts_with("goroutine ") && line.ends_with("]:")
}

/// What go prints around each test.
fn is_frame(line: &str) -> bool {
    const FRAMES: [&str; 8] =
        ["=== RUN ", "=== PAUSE", "=== CONT", "=== NAME", "--- FAIL: ", "--- PASS: ", "--- SKIP: ", "PASS"];
    let start = line.trim_start();
    start.is_empty() || line == "FAIL" || FRAMES.iter().any(|frame| start.starts_with(frame))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> TestEvents {
        let mut events = TestEvents::new();
        for piece in text.as_bytes().chunks(7) {
            events.take(piece);
        }
        events.finish();
        events
    }

    #[test]
    fn top_level_tests_are_counted_and_what_failed_keeps_its_lines() {
        let found = of(
            r#"{"Time":"2026-11-30T10:53:55.161031069Z","Action":"start","Package":"example.com/t/p"}
{"Action":"run","Package":"example.com/t/p","Test":"TestOk"}
{"Action":"output","Package":"example.com/t/p","Test":"TestOk","Output":"    p_test.go:3: fine\n"}
{"Action":"pass","Package":"example.com/t/p","Test":"TestOk","Elapsed":0.5}
{"Action":"run","Package":"example.com/t/p","Test":"TestSkip"}
{"Action":"skip","Package":"example.com/t/p","Test":"TestSkip","Elapsed":0}
{"Action":"run","Package":"example.com/t/p","Test":"TestBad"}
{"Action":"run","Package":"example.com/t/p","Test":"TestBad/sub_one"}
{"Action":"output","Package":"example.com/t/p","Test":"TestBad/sub_one","Output":"=== RUN   TestBad/sub_one\n"}
{"Action":"output","Package":"example.com/t/p","Test":"TestBad/sub_one","Output":"    p_test.go:5: got 1\n"}
{"Action":"output","Package":"example.com/t/p","Test":"TestBad/sub_one","Output":"        want 2\n"}
{"Action":"fail","Package":"example.com/t/p","Test":"TestBad/sub_one","Elapsed":0}
{"Action":"fail","Package":"example.com/t/p","Test":"TestBad","Elapsed":0.7}
{"Action":"output","Package":"example.com/t/p","Output":"FAIL\texample.com/t/p\t0.003s\n"}
{"Action":"fail","Package":"example.com/t/p","Elapsed":0.003}
{"Action":"output","Package":"example.com/t/n","Output":"?   \texample.com/t/n\t[no test files]\n"}
{"Action":"skip","Package":"example.com/t/n","Elapsed":0}
"#,
        );
        assert_eq!((found.tests, found.failed, found.skipped, found.tested_packages), (2, 1, 1, 1));
        let names: Vec<_> = found.failures.iter().map(|one| one.test.as_str()).collect();
        assert_eq!(names, ["TestBad/sub_one", "TestBad"]);
        assert_eq!(found.failures[0].lines, ["    p_test.go:5: got 1", "        want 2"]);
        assert_eq!(found.slowest[0], (0.7, "example.com/t/p.TestBad".to_owned()));
    }

    #[test]
    fn what_exits_or_is_not_built_fails_in_the_words_of_any_go() {
        let found = of(r#"{"Action":"run","Package":"example.com/t/r","Test":"TestExits"}
{"Action":"output","Package":"example.com/t/r","Output":"FAIL\texample.com/t/r\t0.003s\n"}
{"Action":"fail","Package":"example.com/t/r","Elapsed":0.003}
FAIL	example.com/t/z [setup failed]
{"Action":"output","Package":"example.com/t/s","Output":"FAIL\texample.com/t/s [build failed]\n"}
{"Action":"fail","Package":"example.com/t/s","Elapsed":0}
{"ImportPath":"example.com/t/s [example.com/t/s.test]","Action":"build-output","Output":"s/s_test.go:3:28: undefined: x\n"}
{"ImportPath":"example.com/t/s [example.com/t/s.test]","Action":"build-fail"}
{"Action":"run","Package":"example.com/t/cut","Test":"TestCut"}"#);
        assert_eq!((found.tests, found.failed, found.skipped), (2, 4, 0));
        let told: Vec<_> =
            found.failures.iter().map(|one| (one.package.as_str(), one.test.as_str(), one.ended)).collect();
        assert_eq!(
            told,
            [
                ("example.com/t/r", "TestExits", false),
                ("example.com/t/z", "", false),
                ("example.com/t/s", "", false),
                ("example.com/t/cut", "TestCut", false),
            ]
        );
        assert_eq!(found.failures[1].lines, ["FAIL\texample.com/t/z [setup failed]"]);
        assert_eq!(found.build_output, "s/s_test.go:3:28: undefined: x\n");
    }

    #[test]
    fn memory_is_bounded_and_the_panic_stays() {
        let mut events = TestEvents::new();
        events.take(b"{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestA\"}\n");
        let mut print = |text: &str| {
            let event = format!(
                "{{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"TestA\",\"Output\":\"{text}\"}}\n"
            );
            events.take(event.as_bytes());
        };
        for number in 0..10_000 {
            print(&format!("line {number}"));
        }
        print(&"x".repeat(2 << 20));
        print("panic: no");
        print("goroutine 7 [running]:");
        for number in 0..10_000 {
            print(&format!("stack {number}"));
        }
        events.finish();
        let lines = &events.failures[0].lines;
        assert_eq!((lines.len(), lines[0].as_str()), (MAX_KEPT_LINES, "panic: no"));
        assert_eq!((lines.last().unwrap().as_str(), crash(lines)), ("stack 57", Some("panic: no")));
    }
}
