//! The arguments of the commands that set up sessions and editors.

use crate::shell::ShellKind;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::ffi::OsString;
use std::path::PathBuf;

/// `gvmr completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
    /// The words of a command line up to the cursor; the completion script calls this
    #[arg(last = true, hide = true)]
    pub words: Vec<OsString>,
}

/// `gvmr setup`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without --system, setup edits your own files. With it, run as root, it edits the machine's files for every user."
)]
pub struct SetupArgs {
    /// Set up every user of this machine, with one shared home (as root)
    #[arg(long, conflicts_with = "repair")]
    pub system: bool,
    /// Revert everything that setup changed
    #[arg(long, conflicts_with_all = ["repair", "vscode"])]
    pub undo: bool,
    /// Replace start-up files that you cannot read with those of /etc/skel, and save the old ones
    #[arg(long)]
    pub repair: bool,
    /// Also set PATH in your crontab; with --system, in root's
    #[arg(long)]
    pub cron: bool,
    /// Print settings for VS Code and gopls, and change nothing
    #[arg(long, conflicts_with_all = ["system", "repair", "cron", "dry_run", "yes"])]
    pub vscode: bool,
    /// Show the changes as a diff, and make none
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr env`.
#[derive(Debug, Args)]
pub struct EnvArgs {
    /// Variables to print, as with `go env`: GOPATH, GOFLAGS
    #[arg(value_name = "NAME", conflicts_with = "shell")]
    pub names: Vec<String>,
    /// Print where each value comes from and what it shadows
    #[arg(long, conflicts_with = "shell")]
    pub why: bool,
    /// The shell that reads the code; by default sh, whose code most shells read
    #[arg(long, value_parser = env_shell())]
    pub shell: Option<&'static ShellKind>,
    /// Print JSON, for editors and scripts
    #[arg(long)]
    pub json: bool,
}

/// The shells that `gvmr env` writes for.
fn env_shell() -> impl TypedValueParser<Value = &'static ShellKind> {
    let value = |shell: &ShellKind| Some(PossibleValue::new(shell.name).help(shell.env_help?));
    let values: Vec<_> = ShellKind::all().filter_map(value).collect();
    PossibleValuesParser::new(values).try_map(|name| ShellKind::named(&name).ok_or("no such shell"))
}

/// `gvmr import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// GOROOTs to copy; by default those of other version managers, `go install golang.org/dl/…`, the module cache and
    /// installs by hand
    #[arg(value_name = "GOROOT")]
    pub trees: Vec<PathBuf>,
    /// Print what would be copied, and copy nothing
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    pub json: bool,
}
