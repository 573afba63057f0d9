//! What the tests of a project say: how many fail, and where; how many run; which statements they reach.
//!
//! Takes the events of `go test -json` while they come.

use super::coverage::Coverage;
use super::diagnostics::{Diagnostic, Diagnostics, unknown};
use super::project::{GoAnswer, GoProject, count, temporary};
use super::test_events::{TestEvents, TestFailure, is_crash};
use super::workspace::path_flag;
use crate::check::file::GoTests;
use crate::check::{CheckFinding, Measure, Measurement, NotMeasured, Quantity};
use crate::probe::contents::ending;
use crate::probe::failed;
use gvmr_core::sys::printable;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most places of one test: what it logged stands beside what it found.
const MAX_PLACES: usize = 10;
/// How long go lets the tests of one package run.
const GO_TIMEOUT: Duration = Duration::from_secs(600);

/// `code.test`
pub(super) fn measure(
    project: &GoProject<'_>,
    tests: &GoTests,
    asks_cover: bool,
) -> Result<Measurement, NotMeasured> {
    let directory = temporary()?;
    let profile = asks_cover.then(|| directory.path().join("cover"));
    let words = words(project, tests, profile.as_deref())?;
    let mut events = TestEvents::new();
    let mut hear = |bytes: &[u8]| {
        events.take(bytes);
        Ok(())
    };
    let (code, stderr) = project.heard(&[], &words, &mut hear)?;
    events.finish();
    let text = format!("{}{stderr}", events.build_output);
    if code != 0 {
        if let Some(why) = unknown(&text) {
            return Err(why);
        }
        let has_nothing = stderr.contains("no packages to test");
        if events.failed == 0 && !has_nothing {
            return Err(GoAnswer { code, stdout: String::new(), stderr }.failure("go test"));
        }
    }
    if events.tested_packages == 0 && events.failed == 0 && !project.is_named() {
        return Err(NotMeasured::NotApplicable("no tests".to_owned()));
    }
    let directories =
        if events.failed > 0 || asks_cover { directories(project, &tests.tags)? } else { BTreeMap::new() };
    let mut measurement = Measurement::default();
    count(&mut measurement, "failed", events.failed);
    count(&mut measurement, "tests", events.tests);
    count(&mut measurement, "skipped", events.skipped);
    Diagnostics::of(&text).add_to(&mut measurement.findings, "test", project);
    let mut output = String::new();
    for failure in &events.failures {
        explain(failure, project, directories.get(&failure.package), &mut measurement, &mut output);
    }
    measurement.output = ending(&output);
    measurement.remarks.extend(slowest(&events));
    match profile.map(|profile| cover(&profile, &directories)) {
        Some(Ok(cover)) => drop(measurement.figures.insert("cover".to_owned(), cover)),
        // Where a package is not built there is nothing to measure, and that is told already.
        Some(Err(_)) if !measurement.unmet.is_empty() => drop(measurement.absent.insert("cover".to_owned())),
        Some(Err(why)) => return Err(why),
        None => {}
    }
    Ok(measurement)
}

fn words(
    project: &GoProject<'_>,
    tests: &GoTests,
    profile: Option<&Path>,
) -> Result<Vec<String>, NotMeasured> {
    let mut words: Vec<String> = ["go", "test", "-json", "-count=1"].map(str::to_owned).into();
    words.push(project.mod_flag()?.to_owned());
    if tests.race {
        words.push("-race".to_owned());
    }
    if !tests.tags.is_empty() {
        words.push(format!("-tags={}", tests.tags.join(",")));
    }
    if project.time_left() > GO_TIMEOUT {
        words.push(format!("-timeout={}s", project.time_left().as_secs()));
    }
    if project.workspace()?.is_some() {
        // What tests themselves run must not find the copy of go.work.
        let own = match project.surroundings.environment.get("GOWORK") {
            Some(own) => format!("'GOWORK={}'", own.to_string_lossy()),
            None => "-u GOWORK".to_owned(),
        };
        words.push(format!("-exec=env {own}"));
    }
    if let Some(profile) = profile {
        let modules = project.module_lines("{{.Path}}/...")?;
        words.push(format!("-coverpkg={}", modules.join(",")));
        words.push(path_flag("-coverprofile", profile));
    }
    let all = if tests.packages.is_empty() { project.patterns()? } else { tests.packages.clone() };
    words.extend(all);
    Ok(words)
}

/// The directory of each package.
fn directories(project: &GoProject<'_>, tags: &[String]) -> Result<BTreeMap<String, PathBuf>, NotMeasured> {
    const TEMPLATE: &str = "{{.ImportPath}}\t{{.Dir}}";
    let tags = format!("-tags={}", tags.join(","));
    // Without any, those of GOFLAGS stay.
    let lines = match tags.as_str() {
        "-tags=" => project.packages(TEMPLATE),
        tags => project.packages_with(&[tags], TEMPLATE),
    }?;
    let of_line = |line: &String| {
        let (package, directory) = line.split_once('\t')?;
        Some((package.to_owned(), PathBuf::from(directory)))
    };
    Ok(lines.iter().filter_map(of_line).collect())
}

/// Adds where and why something failed; to `output` what has no place.
fn explain(
    failure: &TestFailure,
    project: &GoProject<'_>,
    directory: Option<&PathBuf>,
    measurement: &mut Measurement,
    output: &mut String,
) {
    let TestFailure { package, test, lines, .. } = failure;
    let crash = lines.iter().find(|line| is_crash(line));
    if let Some(why) = reason(failure, crash) {
        measurement.unmet.push(why);
    }
    let name = if test.is_empty() { package } else { test };
    let mut places: Vec<(PathBuf, usize, String)> = Vec::new();
    let mut others = Vec::new();
    for line in lines {
        if let Some((file, number, message)) = directory.and_then(|directory| place(line, directory)) {
            places.push((file, number, message));
        } else if let (Some((.., message)), true) = (places.last_mut(), line.starts_with("        ")) {
            message.push(' ');
            message.push_str(line.trim());
        } else if !line.starts_with("FAIL\t") {
            others.push(line.as_str());
        }
    }
    if let (Some(crash), Some(directory)) = (crash, directory) {
        let place = lines.iter().find_map(|line| stack_place(line, directory));
        places.extend(place.map(|(file, number)| (file, number, crash.clone())));
    }
    for (file, line, message) in places.iter().skip(places.len().saturating_sub(MAX_PLACES)) {
        let message: String = printable::text(&format!("{name}: {message}")).chars().take(400).collect();
        measurement.findings.push(CheckFinding::said("test", project.told(file), (*line, 0), &message));
    }
    if !others.is_empty() {
        output.extend([name.as_str(), "\n", &others.join("\n"), "\n"]);
    }
}

/// Why something failed without a test that says so: other tests of that package may not have run.
fn reason(failure: &TestFailure, crash: Option<&String>) -> Option<String> {
    let TestFailure { package, test, ended, lines } = failure;
    let last = lines.last().map(|line| line.trim()).unwrap_or_default();
    let why = match crash {
        Some(crash) => crash.clone(),
        None if *ended => return None,
        None if last.ends_with("[build failed]") => "build failed".to_owned(),
        None if last.ends_with("[setup failed]") => "setup failed".to_owned(),
        None if !test.is_empty() => format!("{test} did not end"),
        None => "it failed, and none of its tests did".to_owned(),
    };
    Some(format!("{package}: {}", printable::text(&why)))
}

/// `    name_test.go:12: message`, where that file is one of the package's.
fn place(line: &str, directory: &Path) -> Option<(PathBuf, usize, String)> {
    let found = Diagnostic::of(line.trim_start())?;
    let file = directory.join(found.file);
    file.is_file().then_some((file, found.line, found.message))
}

/// ` /path/name_test.go:12 +0x28`, where that file is one of the package's.
fn stack_place(line: &str, directory: &Path) -> Option<(PathBuf, usize)> {
    let (file, rest) = line.strip_prefix('\t')?.rsplit_once(':')?;
    let number = rest.split(' ').next()?.parse().ok()?;
    Path::new(file).starts_with(directory).then(|| (PathBuf::from(file), number))
}

fn slowest(events: &TestEvents) -> Option<String> {
    let slow = events.slowest.iter().filter(|(seconds, _)| *seconds > 0.0);
    let told: Vec<_> = slow.map(|(seconds, name)| format!("{name} {seconds} s")).collect();
    (!told.is_empty()).then(|| format!("slowest: {}", told.join(", ")))
}

/// The share of statements of these packages that ran.
fn cover(profile: &Path, directories: &BTreeMap<String, PathBuf>) -> Result<Quantity, NotMeasured> {
    let said = |error: std::io::Error| failed(format!("no coverage profile: {error}"));
    let packages: BTreeSet<&str> = directories.keys().map(String::as_str).collect();
    let profile = BufReader::new(File::open(profile).map_err(said)?);
    let coverage = Coverage::of(profile, &packages).map_err(said)?;
    let value = coverage.percent().ok_or_else(|| failed("0 of 0 statements: there is nothing to cover"))?;
    Ok(Quantity { value, measure: Measure::Percent })
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
        assert_eq!(
            place("    a b_test.go:12: got 1: bad", directory.path()),
            Some((file.clone(), 12, "got 1: bad".to_owned()))
        );
        assert_eq!(place("    testing.go:1617: race detected", directory.path()), None);
        let stack = format!("\t{}:4 +0x28", file.display());
        assert_eq!(stack_place(&stack, directory.path()), Some((file, 4)));
        assert_eq!(stack_place("\t/usr/local/go/src/testing/testing.go:2036 +0xea", directory.path()), None);
    }
}
