//! The change of sudo's `PATH` in one run of setup: worked out, then made.

use super::{NoDropIn, Sudo, SudoError};
use crate::shell::{Edit, FileChange};
use std::path::Path;

/// What setup does about sudo's `PATH`.
#[derive(Debug)]
pub enum SudoPath {
    /// Nothing, for this reason.
    Left(NoDropIn),
    /// A drop-in.
    DropIn(Sudo, Edit, DropInState),
}

/// How far the drop-in is.
#[derive(Debug)]
pub enum DropInState {
    /// It is in place.
    Unchanged,
    /// It has to be written.
    Needed(Box<FileChange>),
    /// It was written.
    Changed,
    /// It is not in place.
    Failed(SudoError),
}

impl SudoPath {
    /// Asks the sudo of this machine.
    pub fn look(shims: &Path) -> Self {
        let found = Sudo::find().and_then(|sudo| Ok((sudo.drop_in(shims)?, sudo)));
        let (drop_in, sudo) = match found {
            Ok(found) => found,
            Err(reason) => return Self::Left(reason),
        };
        let state = match drop_in.prepare() {
            Ok(change) if change.is_needed() => DropInState::Needed(Box::new(change)),
            Ok(_) => DropInState::Unchanged,
            Err(error) => DropInState::Failed(error.into()),
        };
        Self::DropIn(sudo, drop_in, state)
    }

    /// Whether the drop-in still has to be written.
    pub fn is_needed(&self) -> bool {
        matches!(self, Self::DropIn(_, _, DropInState::Needed(_)))
    }

    /// Whether nothing had to be changed.
    pub fn is_unchanged(&self) -> bool {
        matches!(self, Self::Left(_) | Self::DropIn(_, _, DropInState::Unchanged))
    }

    /// The drop-in, if it still has to be written.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::DropIn(_, _, DropInState::Needed(change)) => Some(change.path()),
            _ => None,
        }
    }

    /// The diff of the drop-in, if it still has to be written.
    pub fn diff(&self) -> String {
        match self {
            Self::DropIn(_, _, DropInState::Needed(change)) => change.diff(),
            _ => String::new(),
        }
    }

    /// Writes the drop-in, if one is needed. Must not be interrupted. `scratch` is a directory that only root can change.
    pub fn apply(&mut self, shims: &Path, scratch: &Path) {
        let Self::DropIn(sudo, edit, state) = self else { return };
        let change = match std::mem::replace(state, DropInState::Unchanged) {
            DropInState::Needed(change) => change,
            other => {
                *state = other;
                return;
            }
        };
        match sudo.apply(edit, *change, shims, scratch) {
            Ok(()) => *state = DropInState::Changed,
            Err(SudoError::NoEffect) => *self = Self::Left(NoDropIn::NoEffect),
            Err(error) => *state = DropInState::Failed(error),
        }
    }
}
