//! The arguments of `gvmr auth`.

use clap::{Args, Subcommand};

/// `gvmr auth`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AuthArgs {
    /// What to do
    #[command(subcommand)]
    pub command: Option<AuthCommand>,
    /// Called by the go command: the URL that was refused
    #[arg(hide = true)]
    pub url: Option<String>,
}

/// The commands of `gvmr auth`.
#[derive(Debug, Subcommand)]
pub enum AuthCommand {
    /// Keep a login and a secret; the secret is asked for, or read from stdin where that is no terminal
    Set(AuthSetArgs),
    /// Show which machines credentials are kept for
    List(AuthListArgs),
    /// Forget them
    Remove(AuthRemoveArgs),
}

/// `gvmr auth set`.
#[derive(Debug, Args)]
pub struct AuthSetArgs {
    /// git.corp.example, git.corp.example/team, or with --proxy proxy.corp.example:3128
    pub machine: String,
    /// The user's name there
    #[arg(long, short)]
    pub user: String,
    /// They are for an HTTP proxy
    #[arg(long)]
    pub proxy: bool,
    /// Keep the secret in a file of mode 0600 even where a keyring runs
    #[arg(long)]
    pub file: bool,
}

/// `gvmr auth list`.
#[derive(Debug, Args)]
pub struct AuthListArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `gvmr auth remove`.
#[derive(Debug, Args)]
pub struct AuthRemoveArgs {
    /// As `gvmr auth list` shows it
    pub machine: String,
    /// They are for an HTTP proxy
    #[arg(long)]
    pub proxy: bool,
}
