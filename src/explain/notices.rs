//! Notices in words: what keeps a file from having an effect, and what to run.
//!
//! Takes the notices that the shim's own code found. Values that a file would set are not shown, as they may be secret;
//! words of a repository are escaped.

use crate::config;
use crate::go_env;
use crate::shell::quote;
use crate::store;
use crate::toml_file::TomlFileError;
use gvmr_core::env::compiled_rules::CompiledRules;
use gvmr_core::env::go_env_file::{ForeignGoroot, UncheckedSettings};
use gvmr_core::env::gopath::GopathFault;
use gvmr_core::env::gvmr_toml::{self, IgnoredFile, IgnoredReason, Unreadable};
use gvmr_core::env::notice::{Notice, UnfitGopath};
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::home::user_dirs;
use gvmr_core::select::pin_owners::ForeignPin;
use gvmr_core::select::resolution::place;
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
use gvmr_core::sys::private_file::Exposure;
use std::ffi::CStr;
use std::path::{Path, PathBuf};

/// A notice in words, with the next step; `None` where there is nothing to tell. `go` is the program that runs and what it
/// gets, where that is known.
pub fn words(
    notice: &Notice,
    directory: &Path,
    environment: &dyn Environment,
    go: Option<(&Path, &[&CStr])>,
) -> Option<String> {
    match notice {
        Notice::ProjectFile(ignored) => Some(project_file(ignored, environment)),
        Notice::Gopath(unfit) => Some(gopath(unfit, directory, environment)),
        Notice::Goroot(foreign) => Some(goroot(foreign)),
        Notice::Settings(unchecked) => settings(unchecked, &go_env::complaint(go?.0, go?.1)?),
        Notice::Credentials { file, why } => {
            let next =
                matches!(why, Exposure::Foreign(_)).then(|| format!("; {}", to_make_it_ones_own(file)));
            let file = printable::path(file);
            Some(format!("ignoring stored credentials: {file} {why}{}", next.unwrap_or_default()))
        }
        Notice::Pin { file, owner } => Some(ForeignPin { file: file.clone(), owner: *owner }.to_string()),
        Notice::Config { file, owner } => Some(format!(
            "ignoring {}, which belongs to user {owner}; {}",
            printable::path(file),
            to_make_it_ones_own(file)
        )),
    }
}

/// What makes a file of the user's count that another user owns.
fn to_make_it_ones_own(file: &Path) -> &'static str {
    if store::may_be_given_away(file, rustix::process::geteuid().as_raw()) {
        "make it yours with chown"
    } else {
        "copy it to your own config directory"
    }
}

/// Which line sets another GOROOT, and what takes its place.
fn goroot(foreign: &ForeignGoroot) -> String {
    let written = &foreign.written;
    format!(
        "{} sets GOROOT={}, which breaks this Go; this run uses {} instead; delete that line",
        place("", Some(&written.file), Some(written.line)),
        printable::path(Path::new(&written.value)),
        printable::path(&foreign.goroot),
    )
}

/// Which line go's complaint is about; `None` where it is about something else.
fn settings(unchecked: &UncheckedSettings, complaint: &str) -> Option<String> {
    let (name, written) = unchecked.lines.iter().find(|(name, _)| complaint.contains(name))?;
    Some(refused(&place("", Some(&written.file), Some(written.line)), name, &unchecked.version, complaint))
}

/// That go refuses what is set at this place, in its own words.
pub fn refused(place: &str, name: &str, version: &Version, complaint: &str) -> String {
    let version = Selector::exact(version);
    format!(
        "{place} sets {name}, and go{version} fails on its value: {complaint}; correct or delete that line"
    )
}

/// What is wrong, and the lines that would correct it for this directory.
fn gopath(unfit: &UnfitGopath, directory: &Path, environment: &dyn Environment) -> String {
    if unfit.replaced.is_some() {
        return unfit.to_string();
    }
    let lines = if unfit.by_rule { None } else { rule(unfit, directory, environment) };
    match lines {
        Some(lines) => format!("{unfit}\n  correct it there, or add {lines}"),
        None => format!("{unfit}; correct it there"),
    }
}

/// `to FILE:` and the lines of a rule; `None` where no file or no value can be named.
fn rule(unfit: &UnfitGopath, directory: &Path, environment: &dyn Environment) -> Option<String> {
    let file = user_dirs::config_file(environment)?;
    let usual = Path::new(&environment.get("HOME")?).join("go");
    let is_elsewhere = matches!(unfit.fault, GopathFault::Relative(_) | GopathFault::Tilde(_))
        || unfit.fault.element() != usual;
    let value = if is_elsewhere { "~/go" } else { "~/gopath" };
    let path = directory.to_str().filter(|path| printable::text(path) == **path)?;
    let path = serde_json::Value::from(path); // of printable characters, written as in TOML
    Some(format!(
        "to {}:\n    [[directory]]\n    path = {path}\n    env.override.GOPATH = \"{value}\"",
        printable::path(&file)
    ))
}

/// Why a project file is ignored, and what to do about it.
fn project_file(ignored: &IgnoredFile, environment: &dyn Environment) -> String {
    let file = printable::path(&ignored.file);
    let (state, change) = match &ignored.why {
        IgnoredReason::Untrusted => ("untrusted ", ""),
        IgnoredReason::Changed => ("", ", which changed since you trusted it"),
        IgnoredReason::Unread(Unreadable::Foreign(owner)) => {
            // Whoever follows the advice would wait for a FIFO.
            if let Err(Unreadable::Refused(refusal)) = gvmr_toml::read(&ignored.file, Some(*owner)) {
                return format!("ignoring {file}, which belongs to user {owner} and {refusal}");
            }
            return format!(
                "ignoring {file}, which belongs to user {owner}; review it, then run {}",
                trust(&ignored.file)
            );
        }
        IgnoredReason::Unread(Unreadable::Refused(refusal)) => {
            return format!("ignoring {file}: it {refusal}");
        }
    };
    let (content, first) = match gvmr_toml::read(&ignored.file, None) {
        Ok(Some(bytes)) => {
            let user_home = environment.get("HOME").map(PathBuf::from);
            let compiled = config::compile_project(&ignored.file, &bytes, user_home.as_deref());
            (content(&compiled), if compiled.is_ok() { "review" } else { "correct" })
        }
        _ => (String::new(), "review"), // it went away meanwhile
    };
    format!("ignoring {state}{file}{change}{content}; {first} it, then run {}", trust(&ignored.file))
}

/// In parentheses: what the file would set, by name, or its first mistake.
fn content(compiled: &Result<CompiledRules, TomlFileError>) -> String {
    let record = match compiled {
        Ok(record) => record,
        Err(error) => {
            let Some(first) = error.mistakes.first() else { return String::new() };
            let others = match error.mistakes.len() - 1 {
                0 => String::new(),
                others => format!(", and {others} more"),
            };
            let message = printable::text(&first.message);
            return format!(" (line {}, column {}: {message}{others})", first.line, first.column);
        }
    };
    let mut names: Vec<&str> = Vec::new();
    let assignments = record.sections.iter().flat_map(|section| &section.assignments);
    for name in assignments.map(|assignment| assignment.variable.name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let pin = record.pin.as_ref().map(|pin| format!("select Go {}", printable::word(&pin.written)));
    let set = (!names.is_empty()).then(|| format!("set {}", names.join(", ")));
    match (pin, set) {
        (Some(pin), Some(set)) => format!(" (would {pin} and {set})"),
        (Some(one), None) | (None, Some(one)) => format!(" (would {one})"),
        (None, None) => String::new(),
    }
}

/// The command to copy; where the name would not survive that, the command to run in its directory.
fn trust(file: &Path) -> String {
    let plain = |text: &&str| printable::text(text) == **text;
    match file.to_str().filter(plain) {
        Some(name) => format!("`gvmr trust {}`", quote::where_needed(name.as_ref())),
        None => "`gvmr trust .` in its directory".to_owned(),
    }
}
