//! The arguments of the commands that look at this machine.

use clap::Args;
use std::path::PathBuf;

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
