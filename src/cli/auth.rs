//! The arguments of `gvmr auth`.

use clap::{Args, Subcommand};

/// `gvmr auth`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AuthArgs {
    /// What to do
    #[command(subcommand)]
    pub command: Option<AuthCommand>,
    /// The URL that the go command was refused; the go command calls this
    #[arg(hide = true)]
    pub url: Option<String>,
}

/// The commands of `gvmr auth`.
#[derive(Debug, Subcommand)]
pub enum AuthCommand {
    /// Store a login and its secret
    ///
    /// Asks for the secret, or reads it from stdin if that is not a terminal.
    #[command(alias = "add")]
    Set(AuthSetArgs),
    /// List machines with stored credentials
    #[command(visible_alias = "ls")]
    List(AuthListArgs),
    /// Remove stored credentials
    #[command(visible_alias = "rm", aliases = ["delete", "unset"])]
    Remove(AuthRemoveArgs),
}

/// `gvmr auth set`.
#[derive(Debug, Args)]
pub struct AuthSetArgs {
    /// git.corp.example, git.corp.example/team, or with --proxy proxy.corp.example:3128
    pub machine: String,
    /// Your login there
    #[arg(long, short)]
    pub user: String,
    /// The machine is an HTTP proxy
    #[arg(long)]
    pub proxy: bool,
    /// Store the secret in a file of mode 0600, even if a keyring runs
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
    /// The machine as `gvmr auth list` prints it
    pub machine: String,
    /// The machine is an HTTP proxy
    #[arg(long)]
    pub proxy: bool,
}

impl AuthArgs {
    /// Whether the subcommand was asked for JSON.
    pub fn json(&self) -> bool {
        matches!(&self.command, Some(AuthCommand::List(arguments)) if arguments.json)
    }
}
