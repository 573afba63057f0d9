//! What programs are built of: the Go that the project runs with, the modules of go.sum, and sources without changes.

use super::module_sums::ModuleSums;
use super::programs::{GoPrograms, NamedProgram};
use super::project::GoProject;
use crate::check::file::BinarySource;
use crate::check::{Measurement, NotMeasured};
use crate::context::ContextError;
use crate::go_program::BuildInfo;
use crate::probe::failed;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::select::error::ResolveError;
use gvmr_core::select::resolution::{Origin, Rule, Selection, Source};
use gvmr_core::sys::printable;

/// The most modules of one program that are named.
const MAX_NAMED: usize = 10;

pub(super) fn measure(project: &GoProject<'_>, source: &BinarySource) -> Result<Measurement, NotMeasured> {
    let is_built = *source == BinarySource::Built;
    let mut measurement = Measurement::default();
    let expected = if is_built { Some(running(project)?) } else { asked_for(project)? };
    if expected.is_none() {
        measurement.remarks.push("nothing here asks for a version of Go".to_owned());
    }
    let programs = GoPrograms::of(project, source)?;
    let sums = if is_built {
        Some(ModuleSums::of_modules(project)?)
    } else {
        ModuleSums::found(project, &mut measurement)?
    };
    for program in &programs.programs {
        let info = BuildInfo::of(&program.open()?).map_err(|error| program.unread(&error))?;
        measurement.remarks.push(told(program, &info));
        measurement.unmet.extend(expected.as_ref().and_then(|expected| expected.other(program, &info)));
        if let Some(sums) = &sums {
            let wrong = sums.differences(&info);
            let named = wrong.iter().take(MAX_NAMED).map(|wrong| format!("{}: {wrong}", program.name));
            measurement.unmet.extend(named);
            if let Some(more) = wrong.len().checked_sub(MAX_NAMED + 1) {
                measurement.unmet.push(format!("{}: {} more modules", program.name, more + 1));
            }
        }
        let hashless = ModuleSums::without_hash(&info);
        if hashless > 0 {
            let name = &program.name;
            measurement.remarks.push(format!("{name}: {hashless} modules without a hash, as from vendor/"));
        }
        sources(program, &info, is_built, &mut measurement);
    }
    Ok(measurement)
}

/// `orders: example.com/orders v1.2.3, go1.26.8, 3 modules`
fn told(program: &NamedProgram, info: &BuildInfo) -> String {
    let version = info.main.as_ref().map_or("", |main| main.version.as_str());
    let what = format!("{} {version}", info.path);
    let (what, go) = (printable::text(what.trim()), printable::text(&info.go_version));
    format!("{}: {what}, {go}, {} modules", program.name, info.deps.len())
}

/// Whether the sources had changes that git does not know. Here they are those of the work tree.
fn sources(program: &NamedProgram, info: &BuildInfo, is_built: bool, measurement: &mut Measurement) {
    let name = &program.name;
    match info.setting("vcs.modified") {
        Some("false") => {}
        Some(_) if is_built => {
            measurement.doubts.push(format!("{name} has uncommitted changes in it (vcs.modified=true)"));
        }
        Some(_) => {
            measurement.unmet.push(format!("{name} has uncommitted changes in it (vcs.modified=true)"));
        }
        None => measurement.remarks.push(format!("{name} names no revision (vcs.modified)")),
    }
}

/// The Go that must be in a program.
struct ExpectedGo {
    version: ExpectedVersion,
    /// Why this one.
    reason: String,
}

enum ExpectedVersion {
    /// As a program names it: `go1.26.8`.
    Named(String),
    Selected(Selector),
    AtLeast(Version),
}

impl ExpectedGo {
    fn named(version: String, reason: &Origin) -> Self {
        Self { version: ExpectedVersion::Named(version), reason: reason.to_string() }
    }

    /// Says that a program was built by another one.
    fn other(&self, program: &NamedProgram, info: &BuildInfo) -> Option<String> {
        // As go env GOVERSION is read: what follows names experiments.
        let built = info.go_version.split(' ').next().unwrap_or_default();
        let version = Version::from_toolchain(built);
        let (is_this, expected) = match &self.version {
            ExpectedVersion::Named(name) => (built == name, name.clone()),
            ExpectedVersion::Selected(selector) => {
                (version.is_some_and(|version| selector.matches(&version)), format!("go{selector}"))
            }
            ExpectedVersion::AtLeast(minimum) => {
                (version.is_some_and(|version| version >= *minimum), format!("go{minimum} or later"))
            }
        };
        let (name, built) = (&program.name, printable::text(built));
        (!is_this).then(|| format!("{name} was built by {built}, not {expected} ({})", self.reason))
    }
}

/// The Go that runs here.
fn running(project: &GoProject<'_>) -> Result<ExpectedGo, NotMeasured> {
    let answer = project.surroundings.context.resolve().map_err(|error| failed(error.to_string()))?;
    if let Selection::Missing { wanted } = &answer.choice {
        return Err(failed(format!("Go {wanted} is not installed ({})", answer.reason)));
    }
    let name = if let Some(version) = answer.choice.version() {
        version.toolchain_name()
    } else {
        project.settings()?.version.clone()
    };
    Ok(ExpectedGo::named(name, &answer.reason))
}

/// What a pin or go.mod here asks for, on a machine that may have no Go. A default is not the project's.
fn asked_for(project: &GoProject<'_>) -> Result<Option<ExpectedGo>, NotMeasured> {
    let answer = match project.surroundings.context.resolve() {
        Err(ContextError::Resolve(
            ResolveError::NothingAnywhere { .. } | ResolveError::NothingOutside { .. },
        )) => return Ok(None),
        answer => answer.map_err(|error| failed(error.to_string()))?,
    };
    let reason = &answer.reason;
    if matches!(reason.source, Source::Default | Source::Unset) {
        return Ok(None);
    }
    let wanted = match &answer.choice {
        Selection::Missing { wanted } => wanted.clone(),
        choice => {
            return Ok(choice.version().map(|version| ExpectedGo::named(version.toolchain_name(), reason)));
        }
    };
    let minimum = wanted.written_version().filter(|_| reason.rule == Rule::NothingSatisfies);
    let version = match minimum {
        Some(minimum) => ExpectedVersion::AtLeast(minimum.clone()),
        None => ExpectedVersion::Selected(wanted),
    };
    Ok(Some(ExpectedGo { version, reason: reason.place() }))
}
