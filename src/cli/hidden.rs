//! The arguments of commands that only gvmr and its shim call.

use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

/// `gvmr shim-prepare`: which shim was called, and with what.
#[derive(Debug, Args)]
pub struct ShimPrepareArgs {
    /// The name that the shim was called by
    #[arg(long)]
    pub called: Option<OsString>,
    /// The shim's caller ignores SIGPIPE, and the tool has to ignore it too
    #[arg(long)]
    pub ignores_pipe: bool,
    /// The shim's home
    #[arg(long)]
    pub home: PathBuf,
    /// The shim's name: go, gofmt, go1.23.4
    #[arg(long)]
    pub name: OsString,
    /// The arguments
    #[arg(last = true)]
    pub words: Vec<OsString>,
}

/// `gvmr session-start`.
#[derive(Debug, Args)]
pub struct SessionStartArgs {
    /// The process that the command ends with; it learns through stdin why the command cannot start
    #[arg(long)]
    pub parent: Option<i32>,
    /// The command
    #[arg(last = true, required = true)]
    pub words: Vec<OsString>,
}

/// `gvmr session-watch`.
#[derive(Debug, Args)]
pub struct SessionWatchArgs {
    /// The command
    #[arg(last = true, required = true)]
    pub words: Vec<OsString>,
}

/// `gvmr shim-missing`: what the shim knows when a version is not installed.
#[derive(Debug, Args)]
pub struct ShimMissingArgs {
    /// The name that the shim was called by
    #[arg(long)]
    pub called: Option<OsString>,
    /// The shim's caller ignores SIGPIPE, and the tool has to ignore it too
    #[arg(long)]
    pub ignores_pipe: bool,
    /// The shim's home
    #[arg(long)]
    pub home: PathBuf,
    /// The version that is needed: 1.23, 1.23.4
    #[arg(long)]
    pub version: String,
    /// Why it is needed, in words
    #[arg(long)]
    pub reason: String,
    /// The file that selects it
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// The line in that file
    #[arg(long)]
    pub line: Option<usize>,
    /// It was named exactly: the go command must not switch to another
    #[arg(long)]
    pub exact: bool,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    pub words: Vec<OsString>,
}
