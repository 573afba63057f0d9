//! The command line: names, arguments and help. No logic.

mod auth;
mod hidden;
mod run;
mod setup;

pub use auth::{AuthArgs, AuthCommand, AuthListArgs, AuthRemoveArgs, AuthSetArgs};
pub use hidden::{SessionStartArgs, SessionWatchArgs, ShimMissingArgs, ShimPrepareArgs};
pub use run::{CurrentArgs, EachArgs, ExecArgs, WhereArgs, WhichArgs};
pub use setup::{CompletionsArgs, EnvArgs, EnvShell, ImportArgs, SetupArgs};

use clap::{Args, Parser, Subcommand};
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
    Install(InstallArgs),
    /// Remove installed versions
    #[command(visible_alias = "rm", alias = "remove")]
    Uninstall(UninstallArgs),
    /// Pin a version for this directory (.go-version), or the default with --global
    #[command(alias = "local")]
    Use(UseArgs),
    /// Set the default version
    #[command(hide = true)]
    Global(GlobalArgs),
    /// Show what is installed
    #[command(visible_alias = "ls", alias = "versions")]
    List(ListArgs),
    /// Show what can be installed
    #[command(name = "ls-remote", visible_alias = "search", aliases = ["list-all", "available", "list-remote"])]
    LsRemote(LsRemoteArgs),
    /// Show the version that runs here, and why
    Current(CurrentArgs),
    /// Show the path of the program that runs here
    Which(WhichArgs),
    /// Show where a version is installed
    #[command(alias = "prefix")]
    Where(WhereArgs),
    /// Run a command with a version: gvmr exec 1.22 -- go test ./...
    #[command(visible_alias = "x", alias = "run")]
    Exec(ExecArgs),
    /// Run a command with several versions, and show how each ended: gvmr each 1.22 1.23 -- go test ./...
    Each(EachArgs),
    /// Let a project's gvmr.toml take effect, as it is now
    Trust(TrustArgs),
    /// Keep credentials for servers and proxies; without a subcommand, give them to the go command (GOAUTH)
    Auth(AuthArgs),
    /// Show what this host is, and which versions run here; nothing is downloaded or run
    Host(HostArgs),
    /// Compare whole installed trees with Go's transparency log
    Verify(VerifyArgs),
    /// Remove patch releases that a newer one replaces, but for the default, what this directory asks for, and
    /// what a pin asks for that gvmr wrote or installed for
    Prune(PruneArgs),
    /// Make `go` the right one in every session: puts the shim directory first on PATH, in the files that shells read
    Setup(SetupArgs),
    /// Print what puts the shim directory first on PATH, for `eval` and for editors; with --why or names, every variable
    /// that the next go will see, and where it comes from
    Env(EnvArgs),
    /// Adopt Go toolchains that other tools installed, proved like every other one
    Import(ImportArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Called by the shim for a version that is not installed
    #[command(name = "shim-missing", hide = true)]
    ShimMissing(ShimMissingArgs),
    /// Called by the shim where rules have to be compiled, something said, or credentials given first
    #[command(name = "shim-prepare", hide = true)]
    ShimPrepare(ShimPrepareArgs),
    /// Called in a session that setup looks at: prints its PATH and the go there
    #[command(name = "session-seen", hide = true)]
    SessionSeen,
    /// Called to start such a session without the terminal: a session of its own, then the command
    #[command(name = "session-start", hide = true)]
    SessionStart(SessionStartArgs),
    /// Called to end the sessions of a gvmr that was killed: their ids come on stdin
    #[command(name = "session-watch", hide = true)]
    SessionWatch(SessionWatchArgs),
}

/// `gvmr install`.
#[derive(Debug, Args)]
pub struct InstallArgs {
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
pub struct UninstallArgs {
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
pub struct UseArgs {
    /// 1.23, 1.23.4, latest, "~1.22"
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// Set the default instead of writing .go-version; where root keeps a home for all, your own
    #[arg(long, short)]
    pub global: bool,
}

/// `gvmr global`.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// 1.23, 1.23.4, latest, "~1.22"
    #[arg(value_name = "VERSION")]
    pub version: String,
}

/// `gvmr list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Print JSON, with each version's receipt
    #[arg(long)]
    pub json: bool,
}

/// `gvmr ls-remote`.
#[derive(Debug, Args)]
pub struct LsRemoteArgs {
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

/// `gvmr trust`.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// The gvmr.toml, or its directory; with none given, the nearest one
    pub path: Option<PathBuf>,
    /// Show what is trusted
    #[arg(long, conflicts_with_all = ["path", "revoke"])]
    pub list: bool,
    /// Take trust back
    #[arg(long)]
    pub revoke: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr host`.
#[derive(Debug, Args)]
#[command(after_help = "Exits with 11 where a VERSION that was named cannot run here.")]
pub struct HostArgs {
    /// Versions to judge: 1.19, 1.22.3; with none given, every minor and what is installed
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Installed versions; with none given, all of them
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr prune`.
#[derive(Debug, Args)]
pub struct PruneArgs {
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
