//! The arguments of the commands that install, remove, choose and list versions.

use clap::Args;

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
