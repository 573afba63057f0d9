//! The command line: names, arguments and help.
//!
//! Takes words; gives typed arguments, or clap's error and the answer to a word of another tool. Runs nothing.

mod auth;
mod check;
mod habits;
mod help;
mod hidden;
mod itself;
mod machine;
mod run;
mod setup;
mod tips;
mod upkeep;
mod versions;

pub use auth::{AuthArgs, AuthCommand, AuthListArgs, AuthRemoveArgs, AuthSetArgs};
pub use check::CheckArgs;
pub use habits::{Answer, answer};
pub use help::COMMAND_GROUPS;
pub use hidden::{SessionStartArgs, SessionWatchArgs, ShimMissingArgs, ShimPrepareArgs};
pub use itself::{SelfArgs, SelfCommand, SelfUninstallArgs, SelfUpdateArgs};
pub use machine::{DoctorArgs, HostArgs};
pub use run::{CurrentArgs, EachArgs, ExecArgs, WhereArgs, WhichArgs};
pub use setup::{CompletionsArgs, EnvArgs, ImportArgs, SetupArgs};
pub use upkeep::{OutdatedArgs, PruneArgs, UpgradeArgs, VerifyArgs};
pub use versions::{GlobalArgs, InstallArgs, ListArgs, LsRemoteArgs, UninstallArgs, UseArgs};

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
    /// Reads gvmr-check.toml: figures, and the limits that they must keep. Without one, it checks a Go project: toolchain,
    /// modules, tests, programs and secrets.
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
    /// Update or remove gvmr itself
    #[command(name = "self")]
    Itself(SelfArgs),
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
