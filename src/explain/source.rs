//! Where a value is written: the process, a rule, credentials, the toolchain, Go's own files.

use gvmr_core::env::compiled_rules::When;
use gvmr_core::env::variable::Variable;
use std::ffi::OsString;
use std::path::PathBuf;

/// An assignment of a rule, whether it counts here or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleValue {
    /// What it sets.
    pub variable: &'static Variable,
    /// The value; an empty one removes the variable.
    pub value: OsString,
    /// Where it is written.
    pub rule: RuleOrigin,
    /// Whether it counts in the directory and the network.
    pub counts: bool,
}

/// Where a rule is written, and when it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOrigin {
    /// The file.
    pub file: PathBuf,
    /// The line in it, counted from 1.
    pub line: usize,
    /// Whether the file is a project's.
    pub project: bool,
    /// When it counts.
    pub when: When,
    /// Whether it beats the process's own value.
    pub overrides: bool,
}

/// What sets a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// The process, by this name.
    Process(&'static str),
    /// A rule.
    Rule(RuleOrigin),
    /// The credentials that gvmr stores.
    Credentials,
    /// The choice of the toolchain: its directory, or that it was asked for by name.
    Toolchain,
    /// The file that `go env -w` writes.
    UserFile {
        /// The file.
        file: PathBuf,
        /// The line in it, counted from 1.
        line: usize,
    },
    /// The toolchain's own `go.env`.
    ToolchainFile {
        /// The file.
        file: PathBuf,
        /// The line in it, counted from 1.
        line: usize,
    },
    /// Nothing sets it: the go command's default.
    Default,
}
