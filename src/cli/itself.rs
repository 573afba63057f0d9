//! The arguments of the commands that update and remove gvmr itself.

use clap::{Args, Subcommand};
use semver::Version;

/// `gvmr self`.
#[derive(Debug, Args)]
pub struct SelfArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: SelfCommand,
}

/// What to do with gvmr itself.
#[derive(Debug, Subcommand)]
pub enum SelfCommand {
    /// Install the newest gvmr release in place of this one
    ///
    /// Reads the signed list of releases where gvmr is published, or at the URL in `GVMR_DIST`. Refuses where a package
    /// manager installed gvmr, and prints its command.
    #[command(alias = "upgrade")]
    Update(SelfUpdateArgs),
    /// Revert setup and remove gvmr
    ///
    /// Lists what installed versions and settings take, and keeps them without --purge.
    #[command(alias = "remove")]
    Uninstall(SelfUninstallArgs),
    /// Bring the shared home and this user's up to this gvmr; packages call it
    #[command(hide = true)]
    Refresh,
}

/// `gvmr self update`.
#[derive(Debug, Args)]
pub struct SelfUpdateArgs {
    /// The release to install, which may be an older one; by default the newest
    #[arg(value_name = "VERSION", value_parser = release)]
    pub release: Option<Version>,
    /// The same
    #[arg(long = "version", value_name = "VERSION", value_parser = release, conflicts_with = "release", hide = true)]
    pub version: Option<Version>,
    /// Print what would be installed, and install nothing
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr self uninstall`.
#[derive(Debug, Args)]
pub struct SelfUninstallArgs {
    /// Also remove installed Go versions, settings, credentials and caches
    #[arg(long)]
    pub purge: bool,
    /// Print what would be removed, and remove nothing
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl SelfUpdateArgs {
    /// The release that was asked for.
    pub fn wanted(&self) -> Option<&Version> {
        self.release.as_ref().or(self.version.as_ref())
    }
}

impl SelfCommand {
    /// Whether JSON is asked for.
    pub fn json(&self) -> bool {
        match self {
            Self::Update(arguments) => arguments.json,
            Self::Uninstall(arguments) => arguments.json,
            Self::Refresh => false,
        }
    }
}

/// A release of gvmr: `0.2.0`, `v0.2.0`.
fn release(text: &str) -> Result<Version, String> {
    let plain = text.strip_prefix('v').unwrap_or(text);
    Version::parse(plain).map_err(|_| "expected a release of gvmr such as 0.2.0".to_owned())
}
