//! Whose sessions are asked, of which shells, and how they start.

use crate::shell::Account;
use std::path::{Path, PathBuf};

/// A shell that sessions are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shell {
    /// What it is called: `bash`, `zsh`, `fish`, `dash`, `ash`, `ksh`, `mksh`, `sh`.
    pub name: String,
    /// What the same program is called besides: `sh`.
    pub also: Vec<String>,
    /// Its program.
    pub program: PathBuf,
}

/// How a session starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SessionKind {
    /// A terminal, a console, `ssh host`, `su -`.
    LoginInteractive,
    /// `bash -lc`, `su - user -c`.
    Login,
    /// A new window of a terminal.
    Interactive,
    /// `ssh host command`.
    SshCommand,
    /// `bash -c`, with the PATH that it inherits.
    Command,
}

impl SessionKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::LoginInteractive, Self::Login, Self::Interactive, Self::SshCommand, Self::Command];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LoginInteractive => "login",
            Self::Login => "login command",
            Self::Interactive => "new terminal",
            Self::SshCommand => "ssh command",
            Self::Command => "bare command",
        }
    }
}

/// Asks sessions of one account.
#[derive(Debug)]
pub struct Sessions<'a> {
    /// Whose sessions; this process runs as that user.
    pub account: &'a Account,
    /// This program, which the sessions start to tell what they see.
    pub gvmr: &'a Path,
}
