//! Whether something may be changed, or a missing version installed, now.

use super::{Context, ContextError};
use crate::config::AutoInstall;

/// What the user says to installing a missing version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes, now or in the settings.
    Given,
    /// No, just now.
    Refused,
    /// No terminal to ask on, or the settings say never.
    NotAsked,
}

impl Context {
    /// Asks before a command changes something. Without a terminal the error says what that would be; `usual` is the answer
    /// of the Enter key.
    pub fn confirm(&self, question: &str, usual: bool, would: &str) -> Result<bool, ContextError> {
        if self.terminal.can_ask() {
            Ok(self.terminal.ask(question, usual))
        } else {
            Err(ContextError::CannotAsk(would.to_owned()))
        }
    }

    /// Whether a missing version may be installed now: by the settings, or asked once on a terminal.
    pub fn consent_to_install(&self, question: &str) -> Consent {
        match self.settings.auto_install {
            _ if self.settings.reads_only => Consent::NotAsked,
            AutoInstall::Always => Consent::Given,
            AutoInstall::Ask if self.terminal.can_ask() => {
                if self.terminal.ask(question, true) {
                    Consent::Given
                } else {
                    Consent::Refused
                }
            }
            AutoInstall::Ask | AutoInstall::Never => Consent::NotAsked,
        }
    }
}
