//! The arguments of the commands that tell which Go runs, and that run a command with one.

use clap::Args;
use std::ffi::OsString;

/// `gvmr current`.
#[derive(Debug, Args)]
pub struct CurrentArgs {
    /// Print the file, line and rule that decided too
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
    /// Print the file, line and rule that decided too
    #[arg(long)]
    pub why: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr where`.
#[derive(Debug, Args)]
pub struct WhereArgs {
    /// An installed version; by default the one that runs here
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Print the shim directory, the one for PATH
    #[arg(long, conflicts_with = "version")]
    pub shims: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr exec`.
#[derive(Debug, Args)]
pub struct ExecArgs {
    /// Set a variable for the command, over every rule; an empty value unsets it
    #[arg(long, short, value_name = "NAME=VALUE")]
    pub env: Vec<OsString>,
    /// A version (by default the one that runs here), then the command and its arguments
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
Each command runs exactly the version shown: GOTOOLCHAIN is `local`. stdin is empty.
The output of each command is printed when it ends; with --quiet, only if it fails. Processes that it leaves behind, \
daemons too, are killed.

Exits with 1 if the command fails with any version, 126 or 127 if it cannot start with any, and by the signal on Ctrl-C (130).")]
pub struct EachArgs {
    /// 1.22, 1.23.4, latest; each means the newest installed version that matches, a range such as ">=1.22" all that do
    #[arg(value_name = "VERSION", required_unless_present = "installed", conflicts_with = "installed")]
    pub versions: Vec<String>,
    /// Run every installed version
    #[arg(long)]
    pub installed: bool,
    /// Set a variable for the command, over every rule; an empty value unsets it
    #[arg(long, short, value_name = "NAME=VALUE")]
    pub env: Vec<OsString>,
    /// How many run at once; by default one for each processor
    #[arg(long, short, value_name = "NUMBER")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub words: Vec<OsString>,
}
