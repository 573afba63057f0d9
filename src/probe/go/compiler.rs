//! Whether the code compiles, and what `go vet` finds.
//!
//! Takes what go prints; keeps nothing that it builds.

use super::answer::GoAnswer;
use super::diagnostics::{Diagnostics, has_no_packages, unknown};
use super::project::{GoProject, count};
use crate::check::{Measurement, NotMeasured};

/// `code.build`
pub(super) fn build(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    // Programs are linked, and thrown away.
    let words: Vec<&str> = ["build", "-o", "/dev/null"].into_iter().chain(project.stamp_flag()?).collect();
    measure(project, &words, "errors", "build")
}

/// `code.vet`
pub(super) fn vet(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    measure(project, &["vet"], "findings", "vet")
}

fn measure(
    project: &GoProject<'_>,
    words: &[&str],
    figure: &str,
    rule: &str,
) -> Result<Measurement, NotMeasured> {
    let patterns = project.patterns()?;
    let flags = [project.mod_flag()?];
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let answer = project.go(&[words, &flags, &patterns].concat())?;
    if has_no_packages(&answer, patterns.len()) {
        return Err(NotMeasured::NotApplicable("no Go packages".to_owned()));
    }
    let mut measurement = Measurement::default();
    if answer.code != 0 {
        failures(&answer, rule, project, &mut measurement)?;
    }
    let found = measurement.findings.len() + measurement.unmet.len();
    count(&mut measurement, figure, found);
    Ok(measurement)
}

/// What a failed build found: places in files, and packages that fail without one, as at the linker.
fn failures(
    answer: &GoAnswer,
    rule: &str,
    project: &GoProject<'_>,
    measurement: &mut Measurement,
) -> Result<(), NotMeasured> {
    let program = format!("go {rule}");
    if let Some(why) = unknown(&answer.stderr) {
        return Err(why);
    }
    for (package, text) in packages(&answer.stderr) {
        let found = Diagnostics::of(text);
        found.add_to(&mut measurement.findings, rule, project);
        if let (true, Some(package), Some(first)) = (found.placed.is_empty(), package, found.others.first()) {
            measurement.unmet.push(format!("{package}: {first}"));
        }
    }
    // Without a place nothing says that the code is at fault.
    if measurement.findings.is_empty() && measurement.unmet.is_empty() {
        return Err(answer.failure(&program));
    }
    Ok(())
}

/// What is said of each package, and before the first.
fn packages(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut parts = Vec::new();
    let (mut package, mut start, mut at) = (None, 0, 0);
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("# ") {
            parts.push((package, text.get(start..at).unwrap_or_default()));
            (package, start) = (Some(name.trim_end()), at + line.len());
        }
        at += line.len();
    }
    parts.push((package, text.get(start..).unwrap_or_default()));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_each_package_is_apart() {
        let text = "go: note\n# a/b\nb.go:1:2: x\n# a/c [a/c.test]\nlink: bad\n";
        assert_eq!(
            packages(text),
            [(None, "go: note\n"), (Some("a/b"), "b.go:1:2: x\n"), (Some("a/c [a/c.test]"), "link: bad\n")]
        );
    }
}
