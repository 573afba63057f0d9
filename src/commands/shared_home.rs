//! What a user may do in a home that another user keeps for all: everything but change it.
//!
//! Commands that would change it are refused with the words that help; what belongs to the user alone (the default,
//! what is kept of the log) lies in the user's own directories.

use super::context::Context;
use crate::error::{Error, ErrorKind};
use crate::shell::quote;
use crate::store::{self, Store, StoreError};
use gvmr_core::home::shared_home;
use gvmr_core::sys::environment::Process;
use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

impl Context {
    /// Refuses the command that was typed where it would change another's home, and says who may run it.
    pub(super) fn may_change(&self) -> Result<(), Error> {
        if !self.settings.reads_only {
            return Ok(());
        }
        let refused = StoreError::Shared { home: self.settings.home.root().to_owned() };
        Err(Error::from(refused).hint(self.next_step(&typed())))
    }

    /// The home for a command that asks sources or the log and changes nothing but what is kept of their answers.
    pub(super) fn store_to_read(&self) -> Result<Store, Error> {
        if !self.settings.reads_only {
            return self.store();
        }
        // What cannot be kept is fetched again: whoever needs it to be kept says so.
        let _ = DirBuilder::new().recursive(true).mode(0o700).create(&self.settings.cache);
        Ok(Store::to_read(self.settings.home.clone()))
    }

    /// What to run so that `gvmr COMMAND` changes this home, in words.
    pub(super) fn next_step(&self, command: &str) -> String {
        shared_home::next_step(&self.settings.home, command)
    }

    /// Sets the default: the home's, or, where another user keeps that, this user's own.
    pub(super) fn set_default(&self, text: &str) -> Result<(), Error> {
        if !self.settings.reads_only {
            self.store()?.set_default(text)?;
            let whose = if self.settings.home.shared_file().exists() {
                "the default of every user without one of their own"
            } else {
                "the default"
            };
            self.terminal
                .note(format_args!("{whose} is {text} now, wherever nothing else asks for a version"));
            return Ok(());
        }
        let file = own_default()?;
        store::set_own_default(&file, text).map_err(|error| {
            Error::from(error).hint(format!("make {} yours to write, or remove it", file.display()))
        })?;
        self.terminal.note(format_args!(
            "your default is {text} now ({}), wherever nothing else asks for a version",
            file.display()
        ));
        Ok(())
    }

    /// Says once that the user's own default is passed over because it is someone else's.
    pub(super) fn warn_of_strangers_default(&self) {
        if !self.settings.reads_only {
            return;
        }
        let Some(file) = shared_home::own_default_file(&Process) else { return };
        let Some(owner) = shared_home::foreign_owner(&file) else { return };
        let note = format!("{} is ignored, since it belongs to user {owner}", file.display());
        if self.warn_once(&note) {
            self.terminal.warn(note);
        }
    }
}

fn own_default() -> Result<PathBuf, Error> {
    shared_home::own_default_file(&Process).ok_or_else(|| {
        Error::said(
            ErrorKind::Usage,
            "there is no place for your default: neither XDG_CONFIG_HOME nor HOME names one",
        )
        .hint("set HOME to your home directory")
    })
}

/// This command as it was typed, behind the program's name.
fn typed() -> String {
    let words: Vec<_> = std::env::args_os().skip(1).map(|word| quoted(&word)).collect();
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &OsStr) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-+/=:@%,".contains(byte);
    if !word.is_empty() && word.as_encoded_bytes().iter().all(is_plain) {
        return word.to_string_lossy().into_owned();
    }
    quote::posix(word).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_change_it() {
        for (word, expected) in [
            ("1.22", "1.22"),
            ("./go1.23.4.linux-amd64.tar.gz", "./go1.23.4.linux-amd64.tar.gz"),
            ("~1.22", "'~1.22'"),
            (">=1.21, <1.24", "'>=1.21, <1.24'"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
        ] {
            assert_eq!(quoted(OsStr::new(word)), expected);
        }
    }
}
