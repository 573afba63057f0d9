//! What else asks for a Go in a directory, and does not decide.
//!
//! Takes a resolution and the directory, gives the files that were passed over, each with the reason. Looks at the same
//! files as the resolver, and has no say in what runs.

use gvmr_core::env::compiled_rules::RulesPin;
use gvmr_core::gover::gomod::Requirement;
use gvmr_core::home::paths::Home;
use gvmr_core::select::pin_owners::PinOwners;
use gvmr_core::select::resolution::{Resolution, Source, place};
use gvmr_core::select::{main_module, pin_files, tool_file};
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};

/// A line that asks for a Go and does not decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// What is written there, where that is read.
    pub written: Option<String>,
    /// Why it does not decide.
    pub why: String,
}

/// What was passed over, in the order in which it would have counted. `project` is the pin of the trusted `gvmr.toml`.
pub fn passed_over(
    answer: &Resolution,
    directory: &Path,
    project: Option<(&Path, &RulesPin)>,
    home: &Home,
    environment: &dyn Environment,
) -> Vec<PassedOver> {
    let reason = &answer.reason;
    let decides = reason.file.as_deref();
    let by = || format!("{} decides", reason.place());
    let mut found = Vec::new();
    let mut owners = PinOwners::of(environment);
    if let Ok(Some((file, pin))) = pin_files::go_version_file(directory, &mut owners) {
        let written = Some(pin.wanted.to_string());
        if decides != Some(&file) {
            found.push(PassedOver { file: file.clone(), line: Some(pin.line), written, why: by() });
        }
        if let Some(line) = pin.ignored {
            let why = format!("only line {} of the file is read", pin.line);
            found.push(PassedOver { file, line: Some(line), written: None, why });
        }
    }
    if let Some((file, pin)) = project
        && decides != Some(file)
    {
        let (file, written) = (file.to_owned(), Some(pin.written.clone()));
        found.push(PassedOver { file, line: Some(pin.line), written, why: by() });
    }
    if let Some(tool) = tool_file::nearest(directory, None, &mut owners)
        && let Ok(pin) = &tool.pin
        && (decides != Some(&tool.path) || pin.wanted.to_string() != reason.written)
    {
        let is_module = matches!(reason.source, Source::GoMod | Source::GoWork);
        let why = if decides == Some(&tool.path) {
            format!("it is not installed, and {} is", reason.written) // one of the fallbacks behind it
        } else if is_module {
            format!("it lies outside the project, where {}", by())
        } else {
            by()
        };
        let written = Some(pin.wanted.to_string());
        found.push(PassedOver { file: tool.path, line: Some(pin.line), written, why });
    }
    if let Ok(Some(module)) = main_module::find(directory, environment, home)
        && decides != Some(&module.file)
        && let Requirement::AtLeast(minimum) = module.requirement
        && minimum.line.is_some()
    {
        let written = Some(minimum.written);
        found.push(PassedOver { file: module.file, line: minimum.line, written, why: by() });
    }
    if reason.source == Source::Unset || reason.source == Source::Default { Vec::new() } else { found }
}

impl fmt::Display for PassedOver {
    /// `/p/.tool-versions:1: "1.22" is not used: /p/.go-version:1 decides`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", place("", Some(&self.file), self.line))?;
        if let Some(written) = &self.written {
            write!(formatter, ": \"{}\"", printable::typed(written))?;
        }
        write!(formatter, " is not used: {}", self.why)
    }
}
