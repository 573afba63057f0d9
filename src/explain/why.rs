//! Why a value does not count, in words.

use super::{Place, Rule};
use gvmr_core::env::compiled_rules::When;
use gvmr_core::env::gopath::Fault;
use std::fmt;

/// Why a value does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It says that the variable is to be removed.
    Removes,
    /// The rule at this place removes the variable.
    Removed(String),
    /// The user wants the process's own value kept.
    Kept,
    /// It is a GOPATH with a fault, and a rule has a better one.
    Unfit(Option<Fault>),
    /// It is the GOROOT of another toolchain.
    OtherToolchain,
    /// What counts is stronger, in these words.
    Beaten(&'static str),
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removes => formatter.write_str("it removes the variable"),
            Self::Removed(place) => write!(formatter, "{place} removes it"),
            Self::Kept => formatter.write_str("GVMR_KEEP names the variable"),
            Self::Unfit(Some(fault)) => fault.fmt(formatter),
            Self::Unfit(None) => formatter.write_str("it could hurt"),
            Self::OtherToolchain => formatter.write_str("it is another toolchain's"),
            Self::Beaten(words) => formatter.write_str(words),
        }
    }
}

/// Why `winner` comes before `loser`.
pub(super) fn beaten(winner: &Place, loser: &Place) -> &'static str {
    match (winner, loser) {
        (Place::Rule(winner), Place::Rule(loser)) => rules(winner, loser),
        (Place::Rule(rule), Place::Process(_)) if rule.overrides => "an override beats it",
        (Place::Process(_), Place::Process(_)) => "the upper-case name is read first",
        (Place::Process(_), _) => "the environment sets it",
        (Place::Rule(_), _) => "a rule sets it",
        (Place::Credentials, _) => "gvmr keeps credentials",
        (Place::Toolchain, _) => "the version was asked for by name",
        (Place::UserFile { .. }, _) => "the file of go env -w comes first",
        _ => "what counts comes first",
    }
}

fn rules(winner: &Rule, loser: &Rule) -> &'static str {
    if winner.overrides != loser.overrides {
        return "an override beats it";
    }
    if winner.project != loser.project {
        return "the project's file comes first";
    }
    match (&winner.when, &loser.when) {
        (When::Directory(_), When::Directory(_)) if depth(winner) > depth(loser) => {
            "a deeper directory comes first"
        }
        (When::Directory(_), When::Network(_) | When::Always) => "a directory's rule comes first",
        (When::Network(_), When::Always) => "a network's rule comes first",
        _ => "an earlier rule comes first",
    }
}

/// How deep the directory lies that a rule is for.
fn depth(rule: &Rule) -> usize {
    match &rule.when {
        When::Directory(path) => path.components().count(),
        When::Network(_) | When::Always => 0,
    }
}
