//! The variables of one section: an `env` table, and `override` in it.

use super::expand::Places;
use super::value;
use crate::toml_file::Mistakes;
use crate::toml_file::{Entry, entries, table, type_of};
use crate::toml_file::{nearest, shown};
use gvmr_core::env::compiled_rules::Assignment;
use gvmr_core::env::variable::{self, VARIABLES, Variable, VariableKind};
use toml::Spanned;
use toml::de::DeValue;

const OVERRIDE: &str = "override";

/// What `env` assigns, in the order of the file.
pub(super) fn read(
    env: &Spanned<DeValue<'_>>,
    places: Places<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Assignment> {
    let Some(env) = table(env, "env", mistakes) else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in entries(env) {
        if key.get_ref() == OVERRIDE {
            let overrides = table(value, "env.override", mistakes).map(entries).unwrap_or_default();
            found.extend(overrides.into_iter().filter_map(|entry| one(entry, true, places, mistakes)));
        } else {
            found.extend(one((key, value), false, places, mistakes));
        }
    }
    found.sort_by_key(|(offset, _)| *offset);
    found.into_iter().map(|(_, assignment)| assignment).collect()
}

/// One assignment and its offset.
fn one(
    (key, value): Entry<'_, '_>,
    overrides: bool,
    places: Places<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<(usize, Assignment)> {
    let offset = key.span().start;
    let variable = variable::find(key.get_ref().as_bytes()).ok_or_else(|| unknown(key.get_ref(), overrides));
    let variable = mistakes.check(&key.span(), variable)?;
    let written = value.get_ref().as_str().ok_or_else(|| no_string(variable, value.get_ref()));
    let checked = written.and_then(|written| value::checked(variable, written, overrides, places));
    let value = mistakes.check(&value.span(), checked)?;
    Some((offset, Assignment { line: mistakes.line(offset), variable, value, overrides }))
}

fn no_string(variable: &Variable, value: &DeValue<'_>) -> String {
    let (name, got) = (variable.name, type_of(value));
    match (variable.kind, value) {
        (VariableKind::Switch, _) => format!("{name} must be \"0\" or \"1\" in quotes, got {got}"),
        (VariableKind::DirectoryList, DeValue::Array(_)) => {
            format!("{name} must be one string with \":\" between its paths, got {got}")
        }
        (_, DeValue::Array(_)) => format!("{name} must be one string, as in the environment, got {got}"),
        _ => format!("{name} must be a string in quotes, got {got}"),
    }
}

fn unknown(key: &str, overrides: bool) -> String {
    let twin = VARIABLES.iter().find(|variable| variable.twin == Some(key));
    if let Some(variable) = twin {
        return format!("write {}; a rule sets both spellings", variable.name);
    }
    if matches!(key, "GOTOOLCHAIN" | "GOROOT") {
        return format!("{key} follows from the selected version; a rule cannot set it");
    }
    let names = VARIABLES.iter().map(|variable| variable.name);
    let own = if overrides { None } else { Some(OVERRIDE) };
    let key_shown = shown(key);
    match nearest(key, names.chain(own)) {
        Some(meant) => format!("{key_shown} is not a variable that a rule can set; did you mean {meant}?"),
        None => format!("{key_shown} is not a variable that a rule can set; allowed: {}", allowed()),
    }
}

/// All names, those that differ in their end alone taken together.
fn allowed() -> String {
    let short = |name: &&str| !name.ends_with("_ALLOW") && !name.ends_with("_DISALLOW");
    let names: Vec<_> = VARIABLES.iter().map(|variable| variable.name).filter(short).collect();
    format!("{}; CGO_*FLAGS also with _ALLOW and _DISALLOW", names.join(", "))
}
