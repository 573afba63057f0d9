//! What is known of each command that the files of a session ran, and what can be asked of all of them.

use crate::shell::FileLine;
use gvmr_core::sys::printable;
use std::path::{Path, PathBuf};

/// Before and behind what is told of a command.
pub(super) const MARK: &str = "@@gvmr@@";
/// The last command, behind all files.
pub(super) const LAST: &str = "gvmr_read_all";

/// A command of a start-up file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedStep {
    /// Where it stands; `None` for what stands in no file.
    pub place: Option<FileLine>,
    /// The variable's value before it.
    pub value: Vec<u8>,
    /// The command, as far as the shell shows it.
    pub text: String,
}

/// All that a session's files do.
#[derive(Clone, Debug, Default)]
pub struct SessionTrace {
    /// The commands, in order.
    pub steps: Vec<TracedStep>,
    /// Whether all files were read to an end.
    pub is_whole: bool,
    /// Lines that the shell could not parse.
    pub unparsed: Vec<FileLine>,
    /// What was printed besides, each line with the number of commands before it.
    pub(super) said: Vec<(usize, String)>,
}

impl SessionTrace {
    /// The last command of a file after which the value was so, and stayed so; `None` where it was so before all of them,
    /// or is not at the end.
    pub fn turned(&self, is_so: impl Fn(&[u8]) -> bool) -> Option<&TracedStep> {
        let (last, _) = self.steps.split_last()?;
        if !is_so(&last.value) {
            return None;
        }
        let mut pairs = self.steps.windows(2);
        let pair = pairs.rfind(|pair| !is_so(&pair[0].value) && is_so(&pair[1].value))?;
        // Some commands have no place of their own, such as those that `eval` reads.
        pair.first().filter(|step| step.place.is_some())
    }

    /// The last command that stands in a file, apart from those that a login shell reads when it has ended.
    pub fn last_in_file(&self) -> Option<&TracedStep> {
        self.steps.get(self.last_at()?)
    }

    /// The command before that one.
    pub fn before_last_in_file(&self) -> Option<&TracedStep> {
        self.steps.get(self.last_at()?.checked_sub(1)?)
    }

    fn last_at(&self) -> Option<usize> {
        let is_of_logout = |place: &FileLine| {
            let name = place.file.file_name().and_then(std::ffi::OsStr::to_str);
            name.is_some_and(|name| name.ends_with("logout"))
        };
        self.steps.iter().rposition(|step| step.place.as_ref().is_some_and(|place| !is_of_logout(place)))
    }

    /// The last command in this file.
    pub fn last_in(&self, file: &Path) -> Option<&TracedStep> {
        self.steps.iter().rfind(|step| step.place.as_ref().is_some_and(|place| place.file == file))
    }

    /// The files in which commands ran.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            self.steps.iter().filter_map(|step| Some(step.place.as_ref()?.file.clone())).collect();
        files.sort();
        files.dedup();
        files
    }

    /// The command that printed the first line of `noise`, which is shortened and escaped.
    pub fn printed(&self, noise: &str) -> Option<&TracedStep> {
        let (before, _) = self.said.iter().find(|(_, line)| {
            let line = printable::word(line.trim());
            !line.is_empty() && noise.starts_with(line.trim_end_matches('…'))
        })?;
        self.steps.get(..*before)?.iter().rfind(|step| step.place.is_some())
    }
}
