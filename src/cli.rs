//! The command line: names, arguments and help. No logic.

use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// Installs Go toolchains, proves each one, and runs the right one for the directory you stand in.
#[derive(Debug, Parser)]
#[command(name = "gvmr", version, propagate_version = false, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Say nothing but results and errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Install one or several versions; with none given, what this directory asks for
    #[command(visible_alias = "i")]
    Install(Install),
    /// Remove installed versions
    #[command(visible_alias = "rm", alias = "remove")]
    Uninstall(Uninstall),
    /// Pin a version for this directory (.go-version), or the default with --global
    #[command(alias = "local")]
    Use(Use),
    /// Set the default version
    #[command(hide = true)]
    Global(Global),
    /// Show what is installed
    #[command(visible_alias = "ls", alias = "versions")]
    List(List),
    /// Show what can be installed
    #[command(name = "ls-remote", visible_alias = "search", aliases = ["list-all", "available", "list-remote"])]
    LsRemote(LsRemote),
    /// Show the version that runs here, and why
    Current(Current),
    /// Show the path of the program that runs here
    Which(Which),
    /// Show where a version is installed
    #[command(alias = "prefix")]
    Where(Where),
    /// Run a command with a version: gvmr exec 1.22 -- go test ./...
    #[command(visible_alias = "x", alias = "run")]
    Exec(Exec),
    /// Show what this host is, and which versions run here; nothing is downloaded or run
    Host(Host),
    /// Compare whole installed trees with Go's transparency log
    Verify(Verify),
    /// Remove patch releases that a newer one replaces, but for the default, what this directory asks for, and
    /// what a pin asks for that gvmr wrote or installed for
    Prune(Prune),
    /// Make `go` the right one in every session: puts the shim directory first on PATH, in the files that shells read
    Setup(Setup),
    /// Print what puts the shim directory first on PATH, for `eval` and for editors
    Env(Env),
    /// Adopt Go toolchains that other tools installed, proved like every other one
    Import(Import),
    /// Print the completion script of a shell
    Completions(Completions),
    /// Called by the shim for a version that is not installed
    #[command(name = "shim-missing", hide = true)]
    ShimMissing(ShimMissing),
    /// Called in a session that setup looks at: prints its PATH and the go there
    #[command(name = "session-seen", hide = true)]
    SessionSeen,
    /// Called to start such a session without the terminal: a session of its own, then the command
    #[command(name = "session-start", hide = true)]
    SessionStart(SessionStart),
}

/// `gvmr install`.
#[derive(Debug, Args)]
pub struct Install {
    /// 1.23, 1.23.4, 1.24rc1, latest, oldstable, ">=1.21, <1.24", "~1.22", or an archive: ./go1.23.4.linux-amd64.tar.gz
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Build it here from its proved sources
    #[arg(long)]
    pub from_source: bool,
    /// Install what cannot run here too
    #[arg(long)]
    pub force: bool,
    /// Install a build too that neither Go's log nor an index vouches for; the receipt and `list` say so
    #[arg(long)]
    pub allow_unlogged: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr uninstall`.
#[derive(Debug, Args)]
pub struct Uninstall {
    /// Exact versions, or a prefix such as 1.22 where one version matches it
    #[arg(value_name = "VERSION", required = true)]
    pub versions: Vec<String>,
    /// Remove a version that is running or is the default
    #[arg(long, short)]
    pub force: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr use`.
#[derive(Debug, Args)]
pub struct Use {
    /// 1.23, 1.23.4, latest, "~1.22"
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// Set the default instead of writing .go-version; where root keeps a home for all, your own
    #[arg(long, short)]
    pub global: bool,
}

/// `gvmr global`.
#[derive(Debug, Args)]
pub struct Global {
    /// 1.23, 1.23.4, latest, "~1.22"
    #[arg(value_name = "VERSION")]
    pub version: String,
}

/// `gvmr list`.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON, with each version's receipt
    #[arg(long)]
    pub json: bool,
}

/// `gvmr ls-remote`.
#[derive(Debug, Args)]
pub struct LsRemote {
    /// Show only versions that match: 1.22, "~1.22", ">=1.21"
    #[arg(value_name = "VERSION")]
    pub filter: Option<String>,
    /// Show betas and release candidates too
    #[arg(long, visible_alias = "pre")]
    pub prereleases: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr current`.
#[derive(Debug, Args)]
pub struct Current {
    /// Say which file, line and rule decided
    #[arg(long)]
    pub why: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr which`.
#[derive(Debug, Args)]
pub struct Which {
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
pub struct Where {
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
pub struct Exec {
    /// A version (without one, what runs here), then the command and its arguments
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required = true,
        value_name = "VERSION -- COMMAND"
    )]
    pub words: Vec<OsString>,
}

/// `gvmr host`.
#[derive(Debug, Args)]
#[command(after_help = "Exits with 11 where a VERSION that was named cannot run here.")]
pub struct Host {
    /// Versions to judge: 1.19, 1.22.3; with none given, every minor and what is installed
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Installed versions; with none given, all of them
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr prune`.
#[derive(Debug, Args)]
pub struct Prune {
    /// Only show what would be removed
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
    /// Called by the script: the words of a command line up to the cursor, to be answered with what fits there
    #[arg(last = true, hide = true)]
    pub words: Vec<OsString>,
}

/// `gvmr setup`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without --system it edits your own files; with it, the machine's, for every user (as root)."
)]
pub struct Setup {
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
pub struct Env {
    /// The shell that is to read it
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
pub struct Import {
    /// Trees (GOROOTs) to adopt; with none given, what other version managers, `go install golang.org/dl/…`, the module
    /// cache and by-hand installs left on this machine
    #[arg(value_name = "GOROOT")]
    pub trees: Vec<PathBuf>,
    /// Only show what is there
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr session-start`.
#[derive(Debug, Args)]
pub struct SessionStart {
    /// The command
    #[arg(last = true, required = true)]
    pub words: Vec<OsString>,
}

/// `gvmr shim-missing`: what the shim knows when a version is not installed.
#[derive(Debug, Args)]
pub struct ShimMissing {
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
