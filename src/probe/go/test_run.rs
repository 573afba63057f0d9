//! What the tests of a project say: how many fail, and where; how many run; which statements they reach.
//!
//! Takes the events of `go test -json` while they come.

use super::answer::GoAnswer;
use super::build_settings::BuildSettings;
use super::coverage::Coverage;
use super::diagnostics::{Diagnostics, unknown};
use super::go_flags::quoted;
use super::project::{GoProject, count, temporary};
use super::test_events::TestEvents;
use super::test_failures::FailedTests;
use super::workspace::path_flag;
use crate::check::file::GoTests;
use crate::check::{Measure, Measurement, NotMeasured, Quantity};
use crate::probe::failed;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most of the time that is left to go to end when it has ended a test.
const MAX_MARGIN: Duration = Duration::from_secs(10);

/// `code.test`
pub(super) fn measure(
    project: &GoProject<'_>,
    tests: &GoTests,
    asks_cover: bool,
) -> Result<Measurement, NotMeasured> {
    let directory = temporary()?;
    let profile = asks_cover.then(|| directory.path().join("cover"));
    let words = words(project, tests, profile.as_deref())?;
    // Asked before the tests, which may take all the time.
    let (modules, directories) = (project.modules()?, directories(project, &tests.tags));
    let mut events = TestEvents::new();
    let mut hear = |bytes: &[u8]| {
        events.take(bytes);
        Ok(())
    };
    let ended = project.heard(&[], &words, &mut hear);
    let known = events.failed;
    events.finish();
    let mut measurement = Measurement::default();
    let (code, stderr) = match ended {
        Err(NotMeasured::Failed(why)) if project.time_left().is_zero() => {
            let why = late(&why, &events);
            if known == 0 {
                return Err(failed(why));
            }
            measurement.unmet.push(why);
            (1, String::new())
        }
        ended => ended?,
    };
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
    let is_without_tests = events.tests + events.skipped + events.failed == 0;
    if is_without_tests && !project.is_named() {
        return Err(NotMeasured::NotApplicable("no tests".to_owned()));
    }
    count(&mut measurement, "failed", events.failed);
    count(&mut measurement, "tests", events.tests);
    count(&mut measurement, "skipped", events.skipped);
    Diagnostics::of(&text).add_to(&mut measurement.findings, "test", project);
    let directories = directories?;
    if events.failed > 0 {
        FailedTests { project, directories: &directories, modules }.add_to(&events, &mut measurement);
    }
    if events.tests == 0 && events.skipped > 0 {
        measurement.remarks.push(match events.skipped {
            1 => "the only test was skipped".to_owned(),
            skipped => format!("all {skipped} tests were skipped"),
        });
    }
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
    let settings = &project.settings()?.build;
    if settings.value("timeout").is_none() {
        // go names the test that it ends.
        let left = project.time_left();
        words
            .push(format!("-timeout={}ms", left.saturating_sub(MAX_MARGIN.min(left / 4)).as_millis().max(1)));
    }
    words.extend(own_environment(project, settings)?);
    if let Some(profile) = profile {
        let modules = project.module_lines("{{.Path}}/...")?;
        words.push(format!("-coverpkg={}", modules.join(",")));
        words.push(path_flag("-coverprofile", profile));
    }
    let all = if tests.packages.is_empty() { project.patterns()? } else { tests.packages.clone() };
    words.extend(all);
    Ok(words)
}

/// The flag with which tests see the environment that they have without a check: no copy of go.work, and none of the
/// variables that are set for the go command's own output.
fn own_environment(project: &GoProject<'_>, settings: &BuildSettings) -> Result<Option<String>, NotMeasured> {
    let is_copied = project.workspace()?.is_some();
    // For another system go looks for a program that runs tests of that one.
    if !settings.is_native && !is_copied {
        return Ok(None);
    }
    let (mut unset, mut set) = (String::new(), String::new());
    for name in ["GOWORK", "LC_ALL", "GIT_OPTIONAL_LOCKS"].into_iter().skip(usize::from(!is_copied)) {
        match project.surroundings.environment.get(name) {
            None => unset.extend([" -u ", name]),
            Some(value) => {
                let word = quoted(&format!("{name}={}", value.to_string_lossy()));
                set.extend(word.iter().flat_map(|word| [" ", word.as_str()]));
            }
        }
    }
    Ok(Some(format!("-exec=env{unset}{set}")))
}

/// The time is over: what has not ended is named.
fn late(why: &str, events: &TestEvents) -> String {
    let running = events.failures.iter().filter(|failure| !failure.ended && !failure.test.is_empty());
    let names: Vec<_> =
        running.map(|failure| format!("{}.{}", failure.package, failure.test)).take(3).collect();
    if names.is_empty() { why.to_owned() } else { format!("{why}; {} did not end", names.join(", ")) }
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
