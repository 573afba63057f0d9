//! Settings and pins that make another version run than gvmr says, or none.

use super::{Looked, NOTHING, one};
use crate::config::AutoInstall;
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::place::FindingPlace;
use crate::explain::ValueSource;
use crate::explain::table::FaultPlace;
use crate::net::without_credentials_in_text;
use gvmr_core::gover::goenv;
use gvmr_core::gover::gomod::{self, Minimum, Requirement};
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::select::main_module::{self, MainModule};
use gvmr_core::select::resolution::{Rule, Selection, Source};
use gvmr_core::sys::bounded::{self, MODULE_LIMIT};
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;

const VARIABLE: &str = "GOTOOLCHAIN";
const GOWORK: &str = "GOWORK";

/// What a GOTOOLCHAIN makes of a go of some version.
#[derive(Debug, PartialEq, Eq)]
enum Switch {
    /// The version stays, as far as it decides.
    Stays,
    /// That version runs.
    To(Version),
    /// go refuses it.
    Invalid,
}

impl Switch {
    /// As cmd/go reads it: `NAME`, `NAME+auto`, `NAME+path`, `auto`, `path`, `local`, `default`.
    fn of(value: &str, version: &Version) -> Self {
        let (name, mode) = value.split_once('+').map_or((value, None), |(name, mode)| (name, Some(mode)));
        if !matches!(mode, None | Some("auto" | "path")) {
            return Self::Invalid;
        }
        if mode.is_none() && matches!(name, "auto" | "path") || matches!(name, "local" | "default") {
            return Self::Stays;
        }
        match Version::from_toolchain(name) {
            None => Self::Invalid,
            Some(named) if named == *version => Self::Stays,
            Some(named) => Self::To(named),
        }
    }
}

/// GOTOOLCHAIN in the file that `go env -w` writes.
pub(in crate::doctor) fn in_env_file(facts: &Examination<'_>) -> Looked {
    let Some(version) = facts.version() else { return Err("the version that runs here is unknown".into()) };
    let setting = facts.setting(VARIABLE)?;
    let is_written = matches!(setting.row.explained.place, ValueSource::UserFile { .. });
    let (Some(value), Some(place)) = (setting.written().filter(|_| is_written), setting.place()) else {
        return NOTHING;
    };
    // Older ones do not know it.
    if version.is_before(21) {
        return NOTHING;
    }
    one(wrong(&Switch::of(&value, version), version).map(|why| {
        Finding::error("toolchain.env-file", place)
            .what(format!(
                "`go env -w` set GOTOOLCHAIN={}",
                printable::word(&without_credentials_in_text(&value))
            ))
            .why(why)
            .by_hand(
                "delete that line by hand: where it leads to Go 1.20, `go env -u` does not know the name",
            )
            .mended_if(
                setting.env_line().and_then(|line| facts.without_env_line(line)),
                "deletes that line; where it leads to Go 1.20, `go env -u` does not know the name",
            )
    }))
}

/// GOTOOLCHAIN in this process.
pub(in crate::doctor) fn in_process(facts: &Examination<'_>) -> Looked {
    let Some(answer) = facts.answer() else { return Err("no Go runs here".into()) };
    let Some(version) = answer.choice.version() else {
        return Err("the version that runs here is unknown".into());
    };
    let Some(value) = Process.text(VARIABLE).filter(|_| !version.is_before(21)) else { return NOTHING };
    one(wrong(&Switch::of(&value, version), version).map(|why| {
        let place = FindingPlace::variable(VARIABLE);
        let finding = Finding::error("toolchain.overridden", place)
            .what(format!(
                "GOTOOLCHAIN={} overrules the version that was chosen",
                printable::word(&without_credentials_in_text(&value))
            ))
            .why(why)
            .by_hand("unset it, and delete the line that exports it")
            .command("unset GOTOOLCHAIN");
        match &answer.reason.file {
            Some(file) => finding.and(FindingPlace::line(file, answer.reason.line)),
            None => finding,
        }
    }))
}

/// What a switch makes of `version`; `None` where nothing is wrong with it.
fn wrong(switch: &Switch, version: &Version) -> Option<String> {
    let chosen = Selector::exact(version);
    match switch {
        Switch::Stays => None,
        Switch::To(other) => {
            Some(format!("gvmr chooses go{chosen} here, and go switches to go{}", Selector::exact(other)))
        }
        Switch::Invalid => Some(format!("go{chosen} refuses the value: `invalid GOTOOLCHAIN`")),
    }
}

/// A version that is asked for and not installed.
pub(in crate::doctor) fn not_available(facts: &Examination<'_>) -> Looked {
    let Some(answer) = facts.answer() else { return one(not_understood(facts)?) };
    let Selection::Missing { wanted } = &answer.choice else { return NOTHING };
    // A default that is not there is told as gvmr's own.
    if facts.settings.auto_install == AutoInstall::Always || answer.reason.source == Source::Default {
        return NOTHING;
    }
    if answer.reason.rule == Rule::NothingSatisfies && is_met_in_sessions(facts)? {
        return NOTHING;
    }
    let place = match &answer.reason.file {
        Some(file) => FindingPlace::line(file, answer.reason.line),
        None => FindingPlace::variable(gvmr_core::select::resolve::VARIABLE),
    };
    one(Some(
        Finding::error("toolchain.not-available", place)
            .what(format!("Go {wanted} is asked for here, and not installed"))
            .why("every go in this directory ends with an error, or asks to install it")
            .by_hand("install it")
            .command(format!("gvmr install {wanted}")),
    ))
}

/// Whether a Go that sessions have on PATH, and this process has not, is new enough for the go.mod here.
fn is_met_in_sessions(facts: &Examination<'_>) -> Result<bool, String> {
    let directory = facts.directory()?;
    let Ok(login) = facts.login_shell() else { return Ok(false) };
    let mut with_go = login.sessions.iter().filter(|session| session.go.is_some());
    Ok(with_go.any(|session| {
        let answer = login.resolution(session, directory, facts.home);
        answer.is_some_and(|answer| !matches!(answer.choice, Selection::Missing { .. }))
    }))
}

/// A pin, go.mod or variable that names no version.
fn not_understood(facts: &Examination<'_>) -> Result<Option<Finding>, String> {
    let table = facts.table()?;
    let (Some(fault), Err(why)) = (&table.fault, &table.answer) else { return Ok(None) };
    let place = match fault {
        FaultPlace::File(file, line) => FindingPlace::line(file, *line),
        FaultPlace::Variable(name) => match goenv::written(&Process, name) {
            Some(written) if Process.get(name).is_none() => {
                FindingPlace::line(written.file, Some(written.line))
            }
            _ => FindingPlace::variable(name),
        },
    };
    let finding = Finding::error("toolchain.not-available", place)
        .what("what asks for a Go version here cannot be understood")
        .why(format!("each go ends with `{}`", without_credentials_in_text(why)));
    Ok(Some(match fault {
        FaultPlace::Variable(GOWORK) => finding.by_hand("make it an absolute path, or leave it unset"),
        _ => finding.by_hand("correct it, or pin a version again").command("gvmr use VERSION"),
    }))
}

/// An exact choice below what go.mod or go.work asks for.
pub(in crate::doctor) fn below_minimum(facts: &Examination<'_>) -> Looked {
    let Some(answer) = facts.answer().filter(|answer| answer.exact) else { return NOTHING };
    let Some(version) = answer.choice.version() else { return NOTHING };
    let module = main_module::find(facts.directory()?, &Process, facts.home);
    let Some(module) = module.map_err(|problem| problem.to_string())? else { return NOTHING };
    if answer.reason.rule == Rule::NotNeeded {
        return NOTHING;
    }
    let Some((minimum, complaint)) = unmet(&module, version) else { return NOTHING };
    let place = match &answer.reason.file {
        Some(file) => FindingPlace::line(file, answer.reason.line),
        None => FindingPlace::variable(gvmr_core::select::resolve::VARIABLE),
    };
    let name = module.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    one(Some(
        Finding::error("toolchain.below-minimum", place)
            .and(FindingPlace::line(&module.file, minimum.line))
            .what(format!("Go {} is pinned, and {name} asks for more", Selector::exact(version)))
            .why(format!("`{}`: {complaint}", printable::text(&minimum.written)))
            .by_hand(match &answer.reason.file {
                Some(_) => format!(
                    "pin a version that {name} allows, such as `gvmr use {}`, or lower {name}",
                    allowed(facts, &module, &minimum)
                ),
                None => format!("unset it, or set it to a version that {name} allows"),
            }),
    ))
}

/// What to pin instead: the newest version that is installed and that the module allows, or else what it asks for.
fn allowed(facts: &Examination<'_>, module: &MainModule, minimum: &Minimum) -> Selector {
    let versions = facts.toolchains().unwrap_or_default().iter().map(|toolchain| &toolchain.version);
    let allowed = versions.filter(|version| unmet(module, version).is_none());
    // A release comes before a newer pre-release.
    let newest = allowed.max_by_key(|version| (!version.is_prerelease(), (*version).clone()));
    match (newest, &module.requirement) {
        (Some(newest), _) => Selector::exact(newest),
        (None, Requirement::AtLeast(wish)) => wish.wanted(),
        (None, _) => minimum.wanted(),
    }
}

/// The line of a file that a pinned version does not satisfy, and what follows. With a pin go does not switch: the `go`
/// line is a minimum, and a `toolchain` line a wish that Go up to 1.20 cannot read.
fn unmet(module: &MainModule, version: &Version) -> Option<(Minimum, &'static str)> {
    let text = bounded::read(&module.file, MODULE_LIMIT).ok()??;
    let Requirement::AtLeast(wish) = &module.requirement else { return None };
    let is_wish = wish.written.starts_with("toolchain ");
    let is_of_wish = |index: usize| is_wish && wish.line == Some(index + 1);
    // Its line stays, without its words, and the others keep their numbers.
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let lines: Vec<&[u8]> = lines.map(|(index, line)| if is_of_wish(index) { b"" } else { line }).collect();
    // A file without a go line asks for no more than this version.
    match gomod::requirement(&lines.join(&b'\n'), version) {
        Ok(Requirement::AtLeast(minimum)) if minimum.version > *version => {
            Some((minimum, "go of this version refuses the module, and a pin keeps it from switching"))
        }
        _ if is_wish && version.is_before(21) => {
            Some((wish.clone(), "Go up to 1.20 ends with `unknown directive: toolchain`"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_switches_as_in_cmd_go() {
        let version = Version::parse("1.24.3").unwrap();
        let of = |value: &str| Switch::of(value, &version);
        let to = |text: &str| Switch::To(Version::parse(text).unwrap());
        for stays in
            ["auto", "path", "local", "default", "local+auto", "go1.24.3", "go1.24.3+auto", "go1.24.3+path"]
        {
            assert_eq!(of(stays), Switch::Stays, "{stays}");
        }
        assert_eq!(of("go1.22.10"), to("1.22.10"));
        assert_eq!(of("go1.25.1+auto"), to("1.25.1"));
        // Where no module asks for more, that one runs, older or not.
        assert_eq!(of("go1.22.0+auto"), to("1.22.0"));
        for invalid in ["1.24", "+foo", "go1.24.3+foo", "banana", ""] {
            assert_eq!(of(invalid), Switch::Invalid, "{invalid}");
        }
    }
}
