//! The command line: names, arguments and help.
//!
//! Takes words; gives typed arguments, or clap's error and the answer to a word of another tool. Runs nothing.

mod auth;
mod check;
mod habits;
mod help;
mod hidden;
mod run;
mod setup;
mod tips;

pub use auth::{AuthArgs, AuthCommand, AuthListArgs, AuthRemoveArgs, AuthSetArgs};
pub use check::CheckArgs;
pub use habits::{Answer, answer};
pub use hidden::{SessionStartArgs, SessionWatchArgs, ShimMissingArgs, ShimPrepareArgs};
pub use run::{CurrentArgs, EachArgs, ExecArgs, WhereArgs, WhichArgs};
pub use setup::{CompletionsArgs, EnvArgs, ImportArgs, SetupArgs};

use crate::terminal::ColorChoice;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// Installs and verifies Go versions, and runs the right one in each directory.
#[derive(Debug, Parser)]
#[command(name = "gvmr", version, propagate_version = false, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print only results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// When to use color: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    pub color: ColorChoice,
    /// Print also which sources were tried in vain
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// Reads the words of a command line, the first of which is the program. A request for help or for gvmr's version comes
/// as an error too, as clap has it.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = help::grouped(Cli::command());
    let matches =
        command.try_get_matches_from_mut(words).map_err(|error| tips::corrected(error, &command))?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// The choice of colours in words that clap did not accept.
pub fn color_in(words: &[OsString]) -> ColorChoice {
    let words: Vec<_> = words.iter().take_while(|word| *word != "--").map(|word| word.to_str()).collect();
    let mut values = words.windows(2).filter_map(|pair| match pair {
        [Some("--color"), Some(value)] => Some(*value),
        [_, Some(word)] => word.strip_prefix("--color="),
        _ => None,
    });
    values.next_back().and_then(|value| value.parse().ok()).unwrap_or(ColorChoice::Auto)
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Install versions; without one, what this directory needs
    #[command(visible_alias = "i", aliases = ["add", "download"])]
    Install(InstallArgs),
    /// Remove installed versions
    #[command(visible_alias = "rm", aliases = ["remove", "delete"])]
    Uninstall(UninstallArgs),
    /// Pin a version in .go-version, or set the default
    #[command(aliases = ["local", "pin", "set", "switch", "select"])]
    Use(UseArgs),
    /// Set the default version
    #[command(hide = true, alias = "default")]
    Global(GlobalArgs),
    /// List installed versions
    #[command(visible_alias = "ls", aliases = ["versions", "installed"])]
    List(ListArgs),
    /// List the versions that can be installed
    #[command(name = "ls-remote", visible_alias = "search", aliases = ["list-all", "listall", "available", "list-remote"])]
    LsRemote(LsRemoteArgs),
    /// Print the newest release
    #[command(hide = true)]
    Latest,
    /// Print the version that runs here, and why
    Current(CurrentArgs),
    /// Print the path of the go that runs here
    Which(WhichArgs),
    /// Print the directory of an installed version
    #[command(alias = "prefix")]
    Where(WhereArgs),
    /// Run a command with one version
    ///
    /// gvmr exec 1.22 -- go test ./...
    #[command(visible_alias = "x", alias = "run")]
    Exec(ExecArgs),
    /// Run a command with several versions
    ///
    /// gvmr each 1.22 1.23 -- go test ./...
    Each(EachArgs),
    /// Approve a project's gvmr.toml or gvmr-check.toml
    ///
    /// The approval lasts until the file changes.
    Trust(TrustArgs),
    /// Store credentials for servers and proxies
    ///
    /// Without a subcommand, print them to the go command, which calls this through GOAUTH.
    Auth(AuthArgs),
    /// Show this host and the versions that run on it
    ///
    /// Downloads and runs nothing.
    Host(HostArgs),
    /// Find what breaks Go here, and what mends it
    ///
    /// Changes nothing without --fix.
    Doctor(DoctorArgs),
    /// Run a project's checklist, and say what does not hold
    ///
    /// Reads gvmr-check.toml: figures, and the limits that they must keep.
    Check(CheckArgs),
    /// Check installed versions against the checksum database
    Verify(VerifyArgs),
    /// Remove patch releases that a newer one replaces
    ///
    /// Keeps the default, the version that this directory needs, and versions in pins that gvmr wrote or installed for.
    Prune(PruneArgs),
    /// List newer patch releases of what is installed
    Outdated(OutdatedArgs),
    /// Install newer patch releases of what is installed
    ///
    /// The older releases stay. Exact pins and an exact default keep selecting them.
    #[command(alias = "update")]
    Upgrade(UpgradeArgs),
    /// Put the shim directory first on PATH in every session
    ///
    /// Edits the start-up files that shells read.
    Setup(SetupArgs),
    /// Print shell code for PATH, or explain Go's variables
    ///
    /// The shell code is for `eval` and for editors. With --why or names, show the variables of the next go, and where
    /// each value comes from.
    Env(EnvArgs),
    /// Copy Go versions that other tools installed
    ///
    /// Each one is verified like a download.
    Import(ImportArgs),
    /// Print the completion script of a shell
    #[command(alias = "completion")]
    Completions(CompletionsArgs),
    /// The shim calls this for a version that is not installed
    #[command(name = "shim-missing", hide = true)]
    ShimMissing(ShimMissingArgs),
    /// The shim calls this to compile rules, print notices or pass credentials first
    #[command(name = "shim-prepare", hide = true)]
    ShimPrepare(ShimPrepareArgs),
    /// Setup calls this in a session to print its PATH and the go there
    #[command(name = "session-seen", hide = true)]
    SessionSeen,
    /// Runs a command in a new session, without the terminal
    #[command(name = "session-start", hide = true)]
    SessionStart(SessionStartArgs),
    /// Runs a command and ends all that it started with it, or when stdin ends
    #[command(name = "session-watch", hide = true)]
    SessionWatch(SessionWatchArgs),
}

/// `gvmr install`.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// 1.23, 1.23.4, 1.24rc1, latest, oldstable, ">=1.21, <1.24", "~1.22", or an archive such as
    /// ./go1.23.4.linux-amd64.tar.gz
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Build from verified sources on this machine
    #[arg(long)]
    pub from_source: bool,
    /// Install versions that cannot run on this host too
    #[arg(long)]
    pub force: bool,
    /// Install builds that neither the checksum database nor an index knows; `gvmr list` marks them
    #[arg(long)]
    pub allow_unlogged: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Accepted for habit: install asks nothing
    #[arg(long, short, hide = true)]
    pub yes: bool,
}

/// `gvmr uninstall`.
#[derive(Debug, Args)]
pub struct UninstallArgs {
    /// Exact versions, or prefixes such as 1.22 that match one installed version
    #[arg(value_name = "VERSION", required = true)]
    pub versions: Vec<String>,
    /// Remove a version even if it is running or the default
    #[arg(long, short)]
    pub force: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr use`.
#[derive(Debug, Args)]
pub struct UseArgs {
    /// 1.23, 1.23.4, latest, "~1.22"; without one, print what is pinned and by which file
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Set the default instead of writing .go-version; in a shared home, your own
    #[arg(long, short)]
    pub global: bool,
    /// Write a version that no release can have
    #[arg(long)]
    pub force: bool,
}

/// `gvmr global`.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// 1.23, 1.23.4, latest, "~1.22"; without one, print the default
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Write a version that no release can have
    #[arg(long)]
    pub force: bool,
}

/// `gvmr list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Print what proved each version and where it came from
    #[arg(long, short)]
    pub long: bool,
    /// Print JSON, with each version's receipt
    #[arg(long)]
    pub json: bool,
}

/// `gvmr ls-remote`.
#[derive(Debug, Args)]
pub struct LsRemoteArgs {
    /// List only versions that match: 1.22, "~1.22", ">=1.21"
    #[arg(value_name = "VERSION")]
    pub filter: Option<String>,
    /// List every release, not only the newest of each minor version
    #[arg(long, short)]
    pub all: bool,
    /// List every release, betas and release candidates too
    #[arg(long, visible_alias = "pre")]
    pub prereleases: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr trust`.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// A gvmr.toml, its directory or a gvmr-check.toml; by default the nearest gvmr.toml, else the nearest gvmr-check.toml
    pub path: Option<PathBuf>,
    /// List trusted files
    #[arg(long, conflicts_with_all = ["path", "revoke"])]
    pub list: bool,
    /// Revoke the approval
    #[arg(long)]
    pub revoke: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr host`.
#[derive(Debug, Args)]
#[command(after_help = "Exits with 11 if a VERSION that you name cannot run here.")]
pub struct HostArgs {
    /// Versions such as 1.19 or 1.22.3; by default every known release and what is installed
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Exits with 1 if there is an error or a warning.")]
pub struct DoctorArgs {
    /// Only these checks: ids such as goroot.in-env-file, or areas such as host
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Print what these ids or areas mean, and check nothing
    #[arg(long, value_name = "CHECK", value_delimiter = ',', conflicts_with_all = ["only", "json", "fix", "report", "forget"])]
    pub explain: Vec<String>,
    /// Mend what can be mended: shows the changes, asks once, and looks again
    #[arg(long)]
    pub fix: bool,
    /// With --fix: do not ask
    #[arg(long, short, requires = "fix")]
    pub yes: bool,
    /// With --fix: show the changes, and write nothing
    #[arg(long, short = 'n', requires = "fix", conflicts_with = "yes")]
    pub dry_run: bool,
    /// With --fix: take the last run back
    #[arg(long, requires = "fix", conflicts_with_all = ["dry_run", "only"])]
    pub undo: bool,
    /// Delete the record of what --fix changed; then there is no undo
    #[arg(long, conflicts_with_all = ["fix", "undo", "only", "json"])]
    pub forget: bool,
    /// Write a report without names, addresses and secrets to a new file, to pass on
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fix", "forget"])]
    pub report: Option<PathBuf>,
    /// Ask no server and no name server
    #[arg(long)]
    pub no_network: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Installed versions; by default all of them
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr outdated`.
#[derive(Debug, Args)]
#[command(after_help = "Exits with 0, also if it lists versions; with --exit-code, with 1 if it lists any.")]
pub struct OutdatedArgs {
    /// Exit with 1 if a newer patch release is out
    #[arg(long)]
    pub exit_code: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr upgrade`.
#[derive(Debug, Args)]
pub struct UpgradeArgs {
    /// Minor versions such as 1.22; by default all that are installed
    #[arg(value_name = "VERSION")]
    pub versions: Vec<String>,
    /// Print what would be installed, and install nothing
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Remove the replaced releases that nothing asks for, as `gvmr prune` does
    #[arg(long)]
    pub prune: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Accepted for habit: upgrade asks nothing
    #[arg(long, short, hide = true)]
    pub yes: bool,
}

/// `gvmr prune`.
#[derive(Debug, Args)]
pub struct PruneArgs {
    /// Print what would be removed, and remove nothing
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Forget what release indexes listed before, and remove no version
    #[arg(long)]
    pub indexes: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
