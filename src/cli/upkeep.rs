//! The arguments of the commands that look after what is installed.

use clap::Args;

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
