//! The arguments of the commands that say which Go runs, and that run something with one.

use clap::Args;
use std::ffi::OsString;

/// `gvmr current`.
#[derive(Debug, Args)]
pub struct CurrentArgs {
    /// Say which file, line and rule decided
    #[arg(long)]
    pub why: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr which`.
#[derive(Debug, Args)]
pub struct WhichArgs {
    /// The program: go, gofmt
    #[arg(default_value = "go")]
    pub tool: String,
    /// Say which file, line and rule decided
    #[arg(long)]
    pub why: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr where`.
#[derive(Debug, Args)]
pub struct WhereArgs {
    /// An installed version; with none given, the one that runs here
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Show the shim directory: the one that belongs on PATH
    #[arg(long, conflicts_with = "version")]
    pub shims: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr exec`.
#[derive(Debug, Args)]
pub struct ExecArgs {
    /// Set a variable for the command; it beats every rule. An empty value unsets it
    #[arg(long, short, value_name = "NAME=VALUE")]
    pub env: Vec<OsString>,
    /// A version (without one, what runs here), then the command and its arguments
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "VERSION -- COMMAND"
    )]
    pub words: Vec<OsString>,
}

/// `gvmr each`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each version is exactly the one that is shown: GOTOOLCHAIN is always `local`, whatever the environment, `go env -w` or \
go.mod say. stdin is empty. What a version's command prints comes in one piece when that has ended (with --quiet only \
where it failed), what it leaves running is ended, and then the results follow in the order of the versions.

Exits with 1 where the command failed with any version, 126 or 127 where it could not be started with any, 130 where it \
was interrupted.")]
pub struct EachArgs {
    /// Versions: 1.22, 1.23.4, latest; the newest installed one is meant, as in exec
    #[arg(value_name = "VERSION", required = true)]
    pub versions: Vec<String>,
    /// Set a variable for the command; it beats every rule. An empty value unsets it
    #[arg(long, short, value_name = "NAME=VALUE")]
    pub env: Vec<OsString>,
    /// How many run at once; with none given, as many as there are processors
    #[arg(long, short, value_name = "NUMBER")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Print the outcome as JSON
    #[arg(long)]
    pub json: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub words: Vec<OsString>,
}
