//! sudo's `PATH` in one run of setup: looked at, made, said.

use super::words;
use crate::commands::Context;
use crate::error::{Error, ErrorKind};
use crate::shell::{Change, DropIn, Edit, NoDropIn, Sudo, SudoError};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::path::Path;

/// What is done about it.
pub(super) enum SudoPath {
    /// Nothing, for this reason.
    Left(NoDropIn),
    /// A drop-in.
    DropIn(Sudo, Box<DropIn>, State),
}

/// How far the drop-in is.
pub(super) enum State {
    Unchanged,
    Needed(Box<Change>),
    Changed,
    Failed(SudoError),
}

impl SudoPath {
    pub(super) fn look(shims: &Path) -> Self {
        let found = Sudo::find().and_then(|sudo| Ok((sudo.drop_in(shims)?, sudo)));
        let (drop_in, sudo) = match found {
            Ok(found) => found,
            Err(reason) => return Self::Left(reason),
        };
        let state = match drop_in.edit.prepare() {
            Ok(change) if change.is_needed() => State::Needed(Box::new(change)),
            Ok(_) => State::Unchanged,
            Err(error) => State::Failed(error.into()),
        };
        Self::DropIn(sudo, Box::new(drop_in), state)
    }

    pub(super) fn is_needed(&self) -> bool {
        matches!(self, Self::DropIn(_, _, State::Needed(_)))
    }

    /// Whether there was nothing to do.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::Left(_) | Self::DropIn(_, _, State::Unchanged))
    }

    /// The file that is to be changed.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::DropIn(_, _, State::Needed(change)) => Some(change.path()),
            _ => None,
        }
    }

    pub(super) fn diff(&self) -> String {
        match self {
            Self::DropIn(_, _, State::Needed(change)) => change.diff(),
            _ => String::new(),
        }
    }

    /// Puts the drop-in in place, where one is needed. A first Ctrl-C waits for the end of it. `scratch` is a directory of root's.
    pub(super) fn apply(&mut self, context: &Context, scratch: &Path) {
        let Self::DropIn(sudo, drop_in, state) = self else { return };
        *state = match std::mem::replace(state, State::Unchanged) {
            State::Needed(change) => {
                match context.with_cleanup(|| sudo.apply(&drop_in.edit, *change, scratch)) {
                    Ok(()) => State::Changed,
                    Err(error) => State::Failed(error),
                }
            }
            other => other,
        };
    }

    /// Says what was done, and what sudo does where nothing was.
    pub(super) fn say(&self, home: &Home, context: &Context) {
        let terminal = &context.terminal;
        match self {
            Self::DropIn(_, drop_in, state) => {
                match state {
                    State::Changed => terminal.note(format_args!("wrote {}", shown(&drop_in.edit))),
                    State::Failed(error) => terminal.warn(words::with_hint(error, error.hint())),
                    State::Needed(_) | State::Unchanged => {}
                }
                drop_in.exceptions.iter().for_each(|setting| terminal.note(words::exception(setting)));
            }
            Self::Left(reason) if reason.is_failure() => {
                terminal.warn(words::with_hint(reason, reason.hint().map(str::to_owned)));
            }
            Self::Left(reason) if reason.finds_shims() => terminal.note(reason),
            Self::Left(reason) => {
                terminal.warn(format_args!("{reason}; {}", words::sudo_by_hand(home)));
            }
        }
    }

    pub(super) fn failure(&self) -> Option<Error> {
        match self {
            Self::Left(reason) if reason.is_failure() => {
                let message = "the PATH of sudo is as it was";
                let failure = Error::said(ErrorKind::Storage, message);
                Some(reason.hint().into_iter().fold(failure, Error::hint))
            }
            Self::DropIn(_, drop_in, State::Failed(error)) => {
                let message = format!("{} is as it was: it could not be edited", shown(&drop_in.edit));
                let failure = Error::said(ErrorKind::Storage, message);
                Some(error.hint().into_iter().fold(failure, Error::hint))
            }
            _ => None,
        }
    }

    /// For scripts: `state` is `unchanged`, `needed`, `changed`, `failed`, or `left` with the reason.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Left(reason) => json!({ "state": "left", "why": reason.to_string() }),
            Self::DropIn(_, drop_in, state) => {
                let (name, why) = match state {
                    State::Unchanged => ("unchanged", None),
                    State::Needed(_) => ("needed", None),
                    State::Changed => ("changed", None),
                    State::Failed(error) => ("failed", Some(error.to_string())),
                };
                json!({ "state": name, "path": shown(&drop_in.edit), "why": why })
            }
        }
    }
}

fn shown(edit: &Edit) -> String {
    printable::path(&edit.path)
}
