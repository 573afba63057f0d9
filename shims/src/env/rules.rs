//! Which rules count in a directory, and what each variable is by them.
//!
//! Takes compiled records, the process's own environment and the place, gives changes. The order, strongest first: the
//! overrides of the project file, of the user's directory rules (the deepest first), of the user's network rules (in the
//! order of the file) and of the user's plain table; the process's own value; the same again for what only fills. Within
//! a project file its network rules go before its plain table.

use crate::env::compiled_rules::{Assignment, CompiledRules, Section, When};
use crate::env::network::Network;
use crate::env::variable::Variable;
use crate::sys::environment::Environment;
use crate::sys::printable;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The variable that names, separated by commas, the variables that no rule changes.
pub const KEEP: &str = "GVMR_KEEP";

/// An assignment that counts here, and where it is written.
#[derive(Clone, Copy, Debug)]
pub struct Applied<'a> {
    /// The assignment.
    pub assignment: &'a Assignment,
    /// The section that it is in.
    pub section: &'a Section,
    /// The file.
    pub record: &'a CompiledRules,
}

/// A variable that is changed for the next go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The variable's name.
    pub name: &'static str,
    /// The other spelling of the name, which gets the same value.
    pub twin: Option<&'static str>,
    /// The new value; `None` removes it.
    pub value: Option<OsString>,
}

/// A directory by the names that a rule may know it by.
#[derive(Clone, Debug)]
pub struct Names {
    /// As the shell names it.
    pub logical: PathBuf,
    /// Without links on the way; where that cannot be told, the same.
    pub physical: PathBuf,
}

/// All assignments that count in the directory, strongest first; those that override and those that fill alike.
pub fn applied<'a>(
    project: Option<&'a CompiledRules>,
    config: Option<&'a CompiledRules>,
    names: &Names,
    network: &Network,
) -> Vec<Applied<'a>> {
    let mut applied = Vec::new();
    for record in [project, config].into_iter().flatten() {
        let mut sections: Vec<(Rank, &Section)> = Vec::new();
        for section in &record.sections {
            sections.extend(rank(section, names, network).map(|rank| (rank, section)));
        }
        sections.sort_by_key(|(rank, _)| *rank); // stable: equal ones stay in the order of the file
        for (_, section) in sections {
            let assignments = section.assignments.iter();
            applied.extend(assignments.map(|assignment| Applied { assignment, section, record }));
        }
    }
    applied
}

/// How strong a section is, strongest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// So many names lie between the rule's directory and this one: the deepest rule has the fewest. How long the rule's
    /// own path is says nothing, where a link is on it.
    Directory(usize),
    Network,
    Always,
}

/// `None` where the section does not count.
fn rank(section: &Section, names: &Names, network: &Network) -> Option<Rank> {
    match &section.when {
        When::Always => Some(Rank::Always),
        When::Network(conditions) => network.matches(conditions).then_some(Rank::Network),
        When::Directory(path) => names.distance_below(path).map(Rank::Directory),
    }
}

/// The strongest assignment of `variable` of one kind.
pub fn strongest<'a>(applied: &[Applied<'a>], variable: &Variable, overrides: bool) -> Option<Applied<'a>> {
    let mut all = applied.iter().copied();
    all.find(|one| one.assignment.variable == variable && one.assignment.overrides == overrides)
}

/// The assignment that decides `variable` where the process has no say: the strongest that overrides, or else that fills.
pub fn decisive<'a>(applied: &[Applied<'a>], variable: &Variable) -> Option<Applied<'a>> {
    strongest(applied, variable, true).or_else(|| strongest(applied, variable, false))
}

/// What the rules change, a variable at most once. A variable that [`KEEP`] names is left alone.
pub fn changes(applied: &[Applied<'_>], environment: &dyn Environment) -> Vec<Change> {
    let kept = KeepList::of(environment);
    let mut changes: Vec<Change> = Vec::new();
    for one in applied {
        let variable = one.assignment.variable;
        if changes.iter().any(|change| change.name == variable.name) || kept.holds(variable) {
            continue;
        }
        let value = match strongest(applied, variable, true) {
            Some(beats) => Some(beats.assignment.value.clone()).filter(|value| !value.is_empty()),
            None if is_set(variable, environment) => continue,
            None => Some(one.assignment.value.clone()),
        };
        changes.push(Change { name: variable.name, twin: variable.twin, value });
    }
    changes
}

/// Whether the process has a value, in either spelling.
pub fn is_set(variable: &Variable, environment: &dyn Environment) -> bool {
    let names = [Some(variable.name), variable.twin];
    names.into_iter().flatten().any(|name| environment.get(name).is_some())
}

/// The names in [`KEEP`].
#[derive(Clone, Debug, Default)]
pub struct KeepList(OsString);

impl KeepList {
    /// Those that the process has.
    pub fn of(environment: &dyn Environment) -> Self {
        Self(environment.get(KEEP).unwrap_or_default())
    }

    /// Whether the variable is among them, in either spelling.
    pub fn holds(&self, variable: &Variable) -> bool {
        let names = [Some(variable.name), variable.twin];
        names.into_iter().flatten().any(|name| self.names(OsStr::new(name)))
    }

    /// Whether this very name is among them.
    pub fn names(&self, name: &OsStr) -> bool {
        self.0.as_bytes().split(|byte| *byte == b',').any(|one| one.trim_ascii() == name.as_bytes())
    }

    /// Puts a name behind those that are there, unless it is among them.
    pub fn add(&mut self, name: &OsStr) {
        if !self.names(name) {
            self.0.push(if self.0.is_empty() { "" } else { "," });
            self.0.push(name);
        }
    }

    /// The list as [`KEEP`] has it.
    pub fn into_list(self) -> OsString {
        self.0
    }
}

impl Names {
    /// The names of the directory that the shell calls `logical`.
    pub fn of(logical: &Path) -> Self {
        let physical = std::fs::canonicalize(logical).unwrap_or_else(|_| logical.to_owned());
        Self { logical: logical.to_owned(), physical }
    }

    /// How many names lie between `path` and this directory; `None` where it does not lie there. A rule for a link holds
    /// wherever that leads at this moment, as if that were written.
    fn distance_below(&self, path: &Path) -> Option<usize> {
        self.distance_by_name(path)
            .or_else(|| self.distance_by_name(&std::fs::canonicalize(path).ok().filter(|real| real != path)?))
    }

    fn distance_by_name(&self, path: &Path) -> Option<usize> {
        let below = [&self.logical, &self.physical].map(|name| name.strip_prefix(path).ok());
        below.into_iter().flatten().map(|below| below.components().count()).min()
    }
}

impl Applied<'_> {
    /// Where it is written: `/p/gvmr.toml:3`.
    pub fn place(&self) -> String {
        format!("{}:{}", printable::path(&self.record.source), self.assignment.line)
    }
}

#[cfg(test)]
mod tests;
