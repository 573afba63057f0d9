//! Settings that stop every command and every `go`: then nothing else can be looked for.

use super::{Looked, NOTHING};
use crate::config::{ConfigError, Trust, TrustState, is_check_file};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::place::FindingPlace;
use crate::shell::quote;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::environment::Process;
use std::path::Path;

/// Settings that could be read have no mistake. A project's file that was approved may be another one by now.
pub(in crate::doctor) fn mistakes(facts: &Examination<'_>) -> Looked {
    let Some(own) = UserDirs::of(facts.home, &Process) else { return NOTHING };
    let directory = facts.directory()?.canonicalize().map_err(|error| error.to_string())?;
    let listed = Trust::of(own).list().map_err(|error| error.to_string())?;
    // A check file sets nothing.
    let changed =
        listed.into_iter().filter(|one| one.state == TrustState::Changed && !is_check_file(&one.file));
    let here = changed.filter(|one| one.file.parent().is_some_and(|parent| directory.starts_with(parent)));
    let findings = here.map(|one| {
        Finding::at("gvmr.rules", Severity::Note, FindingPlace::file(&one.file))
            .what("a gvmr.toml changed since it was trusted")
            .why("nothing that it sets has effect until it is trusted again")
            .by_hand("look at it, and approve it")
            .command(format!("gvmr trust {}", quote::where_needed(one.file.as_os_str())))
    });
    Ok(findings.collect())
}

/// What is wrong with settings that could not be read.
pub(in crate::doctor) fn of_error(error: &ConfigError) -> Vec<Finding> {
    let variable = FindingPlace::variable;
    let finding =
        |id, place| Finding::error(id, place).what("gvmr cannot read its settings").why(error.to_string());
    let fixed = |finding: Finding| vec![finding.by_hand(error.hint().unwrap_or_default())];
    match error {
        ConfigError::NoHome => fixed(finding("host.home", variable("HOME")).what("HOME is not set")),
        ConfigError::Relative { setting: "HOME", .. } => {
            fixed(finding("host.home", variable("HOME")).what("HOME cannot be used"))
        }
        ConfigError::Relative { setting, .. }
        | ConfigError::Value { setting, .. }
        | ConfigError::Address { setting, .. } => fixed(finding("gvmr.rules", variable(setting))),
        ConfigError::OffPath { home, .. } => fixed(finding("gvmr.home-unfit", FindingPlace::file(home))),
        ConfigError::Machine { path, .. }
        | ConfigError::Unreadable { path, .. }
        | ConfigError::Foreign { path, .. } => fixed(finding("gvmr.rules", FindingPlace::file(path))),
        ConfigError::Malformed { path, line, column, message } => {
            vec![mistake(path, *line, *column, message)]
        }
        ConfigError::Rules(rules) => {
            let all = rules.mistakes.iter();
            all.map(|one| mistake(&rules.file, one.line, one.column, &one.message)).collect()
        }
    }
}

fn mistake(file: &Path, line: usize, column: usize, message: &str) -> Finding {
    let (line, column) = (Some(line), Some(column));
    let place = FindingPlace::File { file: file.to_owned(), line, column, text_redacted: None };
    Finding::error("gvmr.rules", place)
        .what("config.toml has a mistake")
        .why(format!("{message}: every go ends with an error until it is corrected"))
        .by_hand("correct the line, or rename the file")
}
