//! The arguments of commands that gvmr and its shim call, and nobody types.

use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

/// `gvmr shim-prepare`: which shim was called, and with what.
#[derive(Debug, Args)]
pub struct ShimPrepareArgs {
    /// The name that the shim was called by
    #[arg(long)]
    pub called: Option<OsString>,
    /// Whether the shim's caller ignores SIGPIPE, so that the tool is to ignore it too
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
    /// The process that the command ends with; it is told through stdin why the command cannot be started
    #[arg(long)]
    pub parent: Option<i32>,
    /// The command
    #[arg(last = true, required = true)]
    pub words: Vec<OsString>,
}

/// `gvmr session-watch`.
#[derive(Debug, Args)]
pub struct SessionWatchArgs {
    /// The process that started the sessions
    #[arg(long)]
    pub parent: i32,
}

/// `gvmr shim-missing`: what the shim knows when a version is not installed.
#[derive(Debug, Args)]
pub struct ShimMissingArgs {
    /// The name that the shim was called by
    #[arg(long)]
    pub called: Option<OsString>,
    /// Whether the shim's caller ignores SIGPIPE, so that the tool is to ignore it too
    #[arg(long)]
    pub ignores_pipe: bool,
    /// The shim's home
    #[arg(long)]
    pub home: PathBuf,
    /// What was asked for: 1.23, 1.23.4
    #[arg(long)]
    pub version: String,
    /// Who asks for it, in words
    #[arg(long)]
    pub reason: String,
    /// The file that asks for it
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// The line in that file
    #[arg(long)]
    pub line: Option<usize>,
    /// Whether it was asked for by name, so that the go command must not switch to another
    #[arg(long)]
    pub exact: bool,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    pub words: Vec<OsString>,
}
