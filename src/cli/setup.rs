//! The arguments of the commands that set up sessions and editors.

use clap::Args;
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
    after_help = "Without --system it edits your own files; with it, the machine's, for every user (as root)."
)]
pub struct SetupArgs {
    /// Set up the machine, for every user and every session, with one home that all share
    #[arg(long, conflicts_with_all = ["repair", "cron"])]
    pub system: bool,
    /// Take everything back that setup wrote
    #[arg(long, conflicts_with_all = ["repair", "vscode"])]
    pub undo: bool,
    /// Move files that you cannot read aside, and start them anew from /etc/skel
    #[arg(long)]
    pub repair: bool,
    /// Set the PATH of your crontab too
    #[arg(long)]
    pub cron: bool,
    /// Print settings that make VS Code and gopls use the shim; nothing is edited
    #[arg(long, conflicts_with_all = ["system", "repair", "cron", "dry_run", "yes"])]
    pub vscode: bool,
    /// Only show the changes, as a diff
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Print the outcome as JSON
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
    /// The shell that reads the code
    #[arg(long, value_enum, default_value_t = EnvShell::Sh)]
    pub shell: EnvShell,
    /// Print JSON, for editors and scripts
    #[arg(long)]
    pub json: bool,
}

/// A syntax of shells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum EnvShell {
    /// sh, dash, ash and ksh
    Sh,
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
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
