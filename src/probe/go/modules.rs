//! Whether the modules are those of go.sum, and whether go.mod and go.sum are tidy.
//!
//! Takes what `go list`, `go mod verify` and `go mod tidy -diff` print; changes neither file.

use super::answer::GoAnswer;
use super::diagnostics::{Diagnostic, broken_sums, unknown};
use super::project::{GoProject, temporary};
use super::vendor::copied_module;
use crate::check::{CheckFinding, Measurement, NotMeasured};
use crate::probe::contents::ending;
use std::path::Path;

/// What go list says of each package that it cannot load.
const ERRORS: &str = "{{with .Error}}{{.}}{{end}}";

/// The most entries of a message.
const MAX_NAMED: usize = 3;

/// `modules.sums`
pub(super) fn sums(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    let mut measurement = Measurement::default();
    // First what downloads: what is not there yet is not verified.
    let patterns = project.patterns()?;
    if project.has_vendor()? {
        download(project, &mut measurement)?;
    }
    // What else is wrong with a package says nothing of sums.
    let words = ["list", project.mod_flag()?, "-e", "-deps", "-test", "-f", ERRORS].into_iter();
    let words: Vec<&str> =
        words.chain(project.stamp_flag()?).chain(patterns.iter().map(String::as_str)).collect();
    let listed = project.go(&words)?;
    take(&listed, "go list", project, &mut measurement)?;
    if let Some(copy) = project.workspace()? {
        let added = copy.added_sums();
        if !added.is_empty() {
            measurement.unmet.push(format!("go.work.sum lacks {}", named(&added)));
        }
    }
    let verified = project.go(&["mod", "verify"])?;
    take(&verified, "go mod verify", project, &mut measurement)?;
    Ok(measurement)
}

/// Downloads what go.mod requires: from vendor/ go would build without it. go completes copies of go.mod and go.sum.
fn download(project: &GoProject<'_>, measurement: &mut Measurement) -> Result<(), NotMeasured> {
    let answer = if let Some(go_work) = &project.settings()?.go_work {
        let copy = project.workspace_copy(go_work)?;
        let file = copy.go_work().display().to_string();
        project.in_workspace(&[("GOWORK", &file)], &["mod", "download"])?
    } else {
        let directory = temporary()?;
        let mod_file = copied_module(project, directory.path())?;
        project.in_workspace(&[("GOWORK", "off")], &["mod", "download", &mod_file])?
    };
    take(&answer, "go mod download", project, measurement)
}

/// Adds what an answer says of sums. Another failure says nothing of them, unless it is known already that they do not
/// hold.
fn take(
    answer: &GoAnswer,
    program: &str,
    project: &GoProject<'_>,
    measurement: &mut Measurement,
) -> Result<(), NotMeasured> {
    let text = format!("{}\n{}", answer.stderr, answer.stdout);
    let broken = broken_sums(&text);
    if answer.code == 0 && broken.is_empty() {
        return if measurement.unmet.is_empty() { unknown(&text).map_or(Ok(()), Err) } else { Ok(()) };
    }
    if broken.is_empty() && measurement.unmet.is_empty() {
        return Err(unknown(&text).unwrap_or_else(|| answer.failure(program)));
    }
    for line in broken {
        let placed = Diagnostic::of(line).map(|one| one.finding("sums", project));
        let words = placed.as_ref().map_or(line, |finding| finding.message.as_str()).to_owned();
        if !measurement.unmet.contains(&words) {
            measurement.unmet.push(words);
        }
        measurement.findings.extend(placed);
    }
    Ok(())
}

/// The first of several, and how many more there are.
fn named(lines: &[String]) -> String {
    let first: Vec<&str> = lines.iter().take(MAX_NAMED).map(|line| entry(line)).collect();
    let more = lines.len().saturating_sub(MAX_NAMED);
    if more == 0 { first.join(", ") } else { format!("{} and {more} more entries", first.join(", ")) }
}

/// An entry of go.sum without its sum.
fn entry(line: &str) -> &str {
    line.rsplit_once(' ').map_or(line, |(entry, _)| entry)
}

/// `modules.tidy`
pub(super) fn tidy(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    project.needs_go(23, "go mod tidy -diff")?;
    let mut measurement = Measurement::default();
    let mut output = String::new();
    let is_workspace = project.settings()?.go_work.is_some();
    let members = if is_workspace { project.module_lines("{{.Path}}")? } else { Vec::new() };
    for module in project.modules()? {
        let answer = project.go(&["-C", &module.display().to_string(), "mod", "tidy", "-diff"])?;
        if answer.code == 0 {
            continue;
        }
        let changed = changes(&answer.stdout);
        let broken = broken_sums(&answer.stderr);
        if changed.is_empty() && broken.is_empty() {
            if let Some(member) = missing_member(&answer.stderr, &members) {
                let module = project.told(&module);
                measurement.doubts.push(format!(
                    "go mod tidy cannot tell of {module}, which takes {member} from the workspace and does not require it"
                ));
                continue;
            }
            return Err(unknown(&answer.stderr).unwrap_or_else(|| answer.failure("go mod tidy -diff")));
        }
        measurement.unmet.extend(broken.into_iter().map(str::to_owned));
        for change in &changed {
            let file = project.told(&module.join(change.file));
            measurement.unmet.push(format!("go mod tidy changes {file}"));
            measurement.findings.push(CheckFinding::said("tidy", file, (change.line, 0), change.text));
        }
        output.push_str(&answer.stdout);
    }
    measurement.output = ending(&output);
    Ok(measurement)
}

/// The member of the workspace that go mod tidy, which does not look into go.work, finds nowhere.
fn missing_member<'m>(text: &str, members: &'m [String]) -> Option<&'m str> {
    let is_of = |line: &str, member: &str| {
        let rest = line.trim_start().trim_start_matches("go: ").strip_prefix(member);
        rest.is_some_and(|rest| rest.starts_with([':', '@', '/'])) && !line.trim_end().ends_with(" imports")
    };
    let mut lines = text.lines();
    lines.find_map(|line| members.iter().find(|member| is_of(line, member))).map(String::as_str)
}

/// A file that a diff changes: its first line that goes, or after which one comes. Empty lines say nothing.
#[derive(Debug, PartialEq, Eq)]
struct TidyChange<'t> {
    file: &'t str,
    line: usize,
    text: &'t str,
}

/// The files of a unified diff with their first changed lines.
fn changes(diff: &str) -> Vec<TidyChange<'_>> {
    let mut changes: Vec<TidyChange<'_>> = Vec::new();
    let (mut file, mut line) = (None, 0);
    for text in diff.lines() {
        if let Some(names) = text.strip_prefix("diff ") {
            let name = names.split(' ').next().and_then(|path| Path::new(path).file_name()?.to_str());
            file = name;
        } else if let Some(hunk) = text.strip_prefix("@@ -") {
            let start = hunk.split([',', ' ']).next().and_then(|number| number.parse().ok());
            line = start.unwrap_or(0);
        } else if line > 0 || text.starts_with('+') {
            let is_header = text.starts_with("+++ ") || text.starts_with("--- ");
            let is_changed = text.strip_prefix(['+', '-']).is_some_and(|line| !line.trim().is_empty());
            if is_changed && !is_header {
                // Of an empty file there is no line 0.
                changes.extend(file.take().map(|file| TidyChange { file, line: line.max(1), text }));
            }
            line += usize::from(!text.starts_with('+'));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_of_a_diff_has_its_first_changed_line() {
        let diff = "diff current/go.mod tidy/go.mod
--- current/go.mod
+++ tidy/go.mod
@@ -2,4 +2,4 @@
 
 go 1.22
 
-require golang.org/x/text v0.14.0 // indirect
+require golang.org/x/text v0.14.0
diff current/go.sum tidy/go.sum
--- current/go.sum
+++ tidy/go.sum
@@ -0,0 +1,2 @@
+golang.org/x/text v0.14.0 h1:ScX5w1eTa3QqT8oi6+ziP7dTV1S2+ALU0bI+0zXKWiQ=
+golang.org/x/text v0.14.0/go.mod h1:18ZOQIKpY8NJVqYksKHtTdi31H5itFRjB5/qKTNYzSU=
";
        let found = changes(diff);
        let places: Vec<_> = found.iter().map(|one| (one.file, one.line)).collect();
        assert_eq!(places, [("go.mod", 5), ("go.sum", 1)]);
        assert_eq!(found[0].text, "-require golang.org/x/text v0.14.0 // indirect");
        assert!(changes("").is_empty());
    }

    #[test]
    fn entries_are_named_without_their_sums() {
        let lines: Vec<String> = (0..5).map(|number| format!("a.b/c v1.0.{number} h1:x=")).collect();
        assert_eq!(named(&lines[..1]), "a.b/c v1.0.0");
        assert_eq!(named(&lines), "a.b/c v1.0.0, a.b/c v1.0.1, a.b/c v1.0.2 and 2 more entries");
    }
}
