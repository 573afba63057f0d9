//! Why a value does not count, in words.

use super::{RuleOrigin, ValueSource};
use gvmr_core::env::compiled_rules::When;
use gvmr_core::env::gopath::GopathFault;
use std::fmt;

/// Why a value does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShadowReason {
    /// It removes the variable.
    Removes,
    /// The rule at this place removes the variable.
    Removed(String),
    /// `GVMR_KEEP` protects the process's value.
    Kept,
    /// It is a GOPATH with a fault, and a rule has a better one.
    Unfit(Option<GopathFault>),
    /// It is the GOROOT of another toolchain.
    OtherToolchain,
    /// What counts is stronger, in these words.
    Beaten(&'static str),
}

impl fmt::Display for ShadowReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removes => formatter.write_str("it removes the variable"),
            Self::Removed(place) => write!(formatter, "{place} removes it"),
            Self::Kept => formatter.write_str("GVMR_KEEP names the variable"),
            Self::Unfit(Some(fault)) => fault.fmt(formatter),
            Self::Unfit(None) => formatter.write_str("it has a fault"),
            Self::OtherToolchain => formatter.write_str("it belongs to another toolchain"),
            Self::Beaten(words) => formatter.write_str(words),
        }
    }
}

/// Why `winner` comes before `loser`.
pub(super) fn beaten(winner: &ValueSource, loser: &ValueSource) -> &'static str {
    match (winner, loser) {
        (ValueSource::Rule(winner), ValueSource::Rule(loser)) => rules(winner, loser),
        (ValueSource::Rule(rule), ValueSource::Process(_)) if rule.overrides => "an override beats it",
        (ValueSource::Process(_), ValueSource::Process(_)) => "the upper-case name is read first",
        (ValueSource::Process(_), _) => "the environment sets it",
        (ValueSource::Rule(_), _) => "a rule sets it",
        (ValueSource::Credentials, ValueSource::Process("NETRC")) => "GOAUTH is off",
        (ValueSource::Credentials, _) => "gvmr has stored credentials",
        (ValueSource::Toolchain, _) => "the version was named explicitly",
        (ValueSource::UserFile { .. }, _) => "the go env -w file comes first",
        _ => "a stronger setting comes first",
    }
}

fn rules(winner: &RuleOrigin, loser: &RuleOrigin) -> &'static str {
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
fn depth(rule: &RuleOrigin) -> usize {
    match &rule.when {
        When::Directory(path) => path.components().count(),
        When::Network(_) | When::Always => 0,
    }
}
