//! What a user may do in a home that another user shares with all: everything but change it.
//!
//! Commands that would change it are refused, with the command that may; what belongs to the user alone (the default, the
//! log's cache) lies in the user's own directories.

use super::{Context, ContextError};
use crate::explain::notices;
use crate::shell::quote;
use crate::store::{self, DefaultVersion, Store, StoreError, Toolchain};
use gvmr_core::env::notice::Notice;
use gvmr_core::gover::selector::Selector;
use gvmr_core::home::shared_home;
use gvmr_core::sys::environment::Process;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Whose default was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefaultOf {
    /// The user's, in a home of their own.
    Home,
    /// That of every user of a shared home who has none of their own.
    EveryUser,
    /// This user's, in this file, in a home that another user shares.
    User(PathBuf),
}

impl Context {
    /// Refuses the command that was typed where it would change another user's home, and names the one that may.
    pub fn may_change(&self) -> Result<(), ContextError> {
        self.may(|typed| self.next_step(typed))
    }

    /// The same for a command that removes: a home for this user alone would have nothing to remove.
    pub fn may_remove(&self) -> Result<(), ContextError> {
        self.may(|typed| format!("{} {typed}", shared_home::program(&self.settings.home)))
    }

    fn may(&self, next: impl Fn(&str) -> String) -> Result<(), ContextError> {
        if !self.settings.reads_only {
            return Ok(());
        }
        let refused = StoreError::Shared { home: self.settings.home.root().to_owned() };
        Err(ContextError::ReadOnly { refused, next: next(&typed()) })
    }

    /// The home for a command that asks sources or the log and changes nothing but the cache of their answers. One that
    /// cannot be written is read as it is.
    pub fn store_to_read(&self) -> Result<Store, StoreError> {
        if !self.settings.reads_only {
            return match self.store() {
                Err(error) if error.is_refused_write() => Ok(Store::to_read(self.settings.home.clone())),
                store => store,
            };
        }
        // Without the cache, answers are fetched again; who must have it reports that.
        let _ = DirBuilder::new().recursive(true).mode(0o700).create(&self.settings.cache);
        Ok(Store::to_read(self.settings.home.clone()))
    }

    /// The command line that makes `gvmr COMMAND` change this home: with sudo where it is shared.
    pub fn next_step(&self, command: &str) -> String {
        shared_home::next_step(&self.settings.home, command)
    }

    /// Sets the default: the home's, or, where another user shares that, this user's own.
    pub fn set_default(&self, default: &DefaultVersion) -> Result<DefaultOf, ContextError> {
        if !self.settings.reads_only {
            self.store()?.set_default(default)?;
            let is_shared = self.settings.home.shared_file().exists();
            return Ok(if is_shared { DefaultOf::EveryUser } else { DefaultOf::Home });
        }
        let file = shared_home::own_default_file(&Process).ok_or(ContextError::NoDefaultFile)?;
        match store::set_own_default(&file, default) {
            Ok(()) => Ok(DefaultOf::User(file)),
            Err(refused) => Err(ContextError::OwnDefault { refused, file }),
        }
    }

    /// Removes the home's default. A user's own beside a shared home stays: it would only give way to that of all.
    pub fn clear_default(&self) -> Result<(), ContextError> {
        self.may_change()?;
        Ok(self.store()?.clear_default()?)
    }

    /// Makes what was asked for the default where there is none: `latest` stays `latest`. What was installed is what it
    /// means now. Tells whether it did.
    pub fn suggest_default(&self, selector: &Selector, installed: &Toolchain) -> Result<bool, StoreError> {
        let default = DefaultVersion { selector: selector.clone(), now: installed.version.clone() };
        let is_new = self.store()?.set_default_if_none(&default)?;
        if is_new {
            let name = installed.version.toolchain_name();
            let default = match selector {
                Selector::Exact(_) => format!("{name} is the default now"),
                word => format!("the default is now {word}, which is {name}"),
            };
            self.terminal.note(format_args!("{default}; to change it, run `gvmr use --global VERSION`"));
        }
        Ok(is_new)
    }

    /// Warns once that the user's own default is ignored because another user owns the file.
    pub(super) fn warn_of_foreign_default(&self) {
        let Some((file, owner)) = shared_home::foreign_default(&self.settings.home, &Process) else { return };
        let notice = Notice::Config { file, owner };
        if let Some(words) = notices::words(&notice, Path::new("/"), &Process, None) {
            self.warn_once(&words);
        }
    }
}

/// This command as it was typed, behind the program's name.
fn typed() -> String {
    let words: Vec<_> = std::env::args_os().skip(1).map(|word| quote::where_needed(&word)).collect();
    words.join(" ")
}
