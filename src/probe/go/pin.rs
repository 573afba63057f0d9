//! The Go that runs here, and the one that the project asks for.

use super::project::GoProject;
use crate::check::{Measurement, NotMeasured};
use crate::context::Context;
use crate::probe::failed;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::select::resolution::{Resolution, Selection, Source};
use gvmr_core::sys::printable;

/// What go says of a version that it does not have or does not allow.
const ABOUT_VERSIONS: [&str; 3] = ["requires go", "toolchain", "invalid go version"];

pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    let context = project.surroundings.context;
    let answer = context.resolve().map_err(|error| failed(error.to_string()))?;
    let mut measurement = Measurement::default();
    if let Selection::Missing { wanted } = &answer.choice {
        measurement.unmet.push(format!(
            "Go {wanted} is not installed ({}); run `gvmr install {}`",
            answer.reason,
            wanted.argument()
        ));
        return Ok(measurement);
    }
    let Some(running) = running(project, &answer, &mut measurement)? else { return Ok(measurement) };
    measurement.remarks.push(format!("{}: {}", running.toolchain_name(), answer.reason));
    let chosen = match answer.choice.version() {
        Some(version) => version.clone(),
        None => local(project)?,
    };
    if running != chosen {
        measurement.unmet.push(format!(
            "{} was chosen ({}), and go switches to {}; see `gvmr env --why GOTOOLCHAIN`",
            chosen.toolchain_name(),
            answer.reason.place(),
            running.toolchain_name()
        ));
    }
    measurement.unmet.extend(hidden_pin(&answer, &running, context)?);
    measurement.doubts.extend(answer.ignored.iter().map(|pin| {
        format!("{} does not count, since other users can change it", printable::path(&pin.file))
    }));
    Ok(measurement)
}

/// The version that go says it is, after any switch to another one. A switch that would need a download is refused, and so is
/// a version that go.mod does not allow: both are told as go does.
fn running(
    project: &GoProject<'_>,
    answer: &Resolution,
    measurement: &mut Measurement,
) -> Result<Option<Version>, NotMeasured> {
    let said = project.in_workspace(&[("GOPROXY", "off")], &["env", "GOVERSION"])?;
    // `go env` answers where nothing else does.
    let listed = project.in_workspace(&[("GOPROXY", "off")], &["list", "-m"])?;
    for (failed, command) in [(&said, "go env"), (&listed, "go list")] {
        let is_about_version = || ABOUT_VERSIONS.iter().any(|words| failed.stderr.contains(words));
        if failed.code != 0 && is_about_version() {
            let place = answer.reason.place();
            measurement.unmet.push(format!("{} ({place})", failed.failure(command)));
            return Ok(None);
        }
    }
    if said.code != 0 {
        return Err(said.failure("go env"));
    }
    match Version::from_toolchain(said.stdout.trim()) {
        Some(version) => Ok(Some(version)),
        None => local(project).map(Some), // go up to 1.15 knows no such variable, and switches to no other one
    }
}

/// The version of the go command itself.
fn local(project: &GoProject<'_>) -> Result<Version, NotMeasured> {
    let said = project.in_workspace(&[("GOTOOLCHAIN", "local")], &["version"])?;
    let word = said.stdout.split_whitespace().nth(2).and_then(Version::from_toolchain);
    word.ok_or_else(|| failed(format!("go version says {}", printable::text(said.stdout.trim()))))
}

/// A pin that a variable of this process hides, and that asks for another Go: another session runs that one.
fn hidden_pin(
    answer: &Resolution,
    running: &Version,
    context: &Context,
) -> Result<Option<String>, NotMeasured> {
    if answer.reason.source != Source::Variable {
        return Ok(None);
    }
    let hidden = context.passed_over(answer).map_err(|error| failed(error.to_string()))?;
    let hidden = hidden.into_iter().find(|one| one.written.is_some());
    let hidden = hidden.filter(|pin| !pin.written.as_deref().is_some_and(|written| allows(written, running)));
    Ok(hidden.map(|pin| {
        let place = gvmr_core::select::resolution::place("", Some(&pin.file), pin.line);
        let written = pin.written.unwrap_or_default();
        format!("GVMR_VERSION={} hides {} of {place}", answer.reason.written, printable::text(&written))
    }))
}

/// Whether a pin, or a line of go.mod or go.work, lets this Go run.
fn allows(written: &str, running: &Version) -> bool {
    match written.split_once(' ') {
        Some((_, least)) => {
            Version::parse(least.trim_start_matches("go")).is_some_and(|least| *running >= least)
        }
        None => Selector::parse(written).is_ok_and(|wanted| wanted.matches(running)),
    }
}
