//! Settings that stop every command and every `go`: then nothing else can be looked for.

use super::{Looked, NOTHING};
use crate::config::ConfigError;
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::place::FindingPlace;
use std::path::Path;

/// Settings that could be read have no mistake.
pub(in crate::doctor) fn mistakes(_: &Examination<'_>) -> Looked {
    NOTHING
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
