//! Makes the change of one file that was worked out before.

use super::change::{FileChange, Step};
use super::directory::{HeldDirectory, remove_empty};
use super::error::EditError;
use super::snapshot::Snapshot;
use super::target::EditTarget;
use super::{temporary, write};
use rustix::fs::{AtFlags, symlinkat, unlinkat};
use rustix::io::Errno;
use std::path::Path;

impl FileChange {
    /// Makes the change, completely or not at all. Refuses if the file is not what [`super::Edit::prepare`] saw,
    /// unless another process has made the edit meanwhile. Beside the file goes what a killed edit left there, in any case.
    pub fn apply(self) -> Result<(), EditError> {
        match self.attempt() {
            Err(EditError::Changed { .. }) if self.is_made()? => Ok(()),
            other => other,
        }
    }

    fn attempt(&self) -> Result<(), EditError> {
        let target = match EditTarget::find(&self.edit.path, self.edit.follows_links()) {
            Err(_) if !self.is_needed() => return Ok(()),
            target => target?,
        };
        if self.is_needed() && target.path() != self.real {
            return Err(self.changed());
        }
        if target.missing.is_empty() {
            temporary::sweep(&target.directory);
        }
        match &self.step {
            Step::Nothing => Ok(()),
            Step::Write { bytes, mode } => self.write(&target, bytes, *mode),
            Step::Remove { directories } => self.remove(&target, *directories),
            Step::Link { to } => self.link(&target, to),
            Step::Unlink { to } if target.is_link() && target.leads_to()? == *to => self.unlink(&target),
            Step::Unlink { .. } => Err(self.changed()),
        }
    }

    /// Whether the edit is made, or undone, by now.
    fn is_made(&self) -> Result<bool, EditError> {
        let now = if self.is_undo { self.edit.prepare_undo() } else { self.edit.prepare() };
        Ok(!now?.is_needed())
    }

    fn write(&self, target: &EditTarget, bytes: &[u8], mode: u32) -> Result<(), EditError> {
        if self.old.is_some() {
            let now = self.unchanged(target)?;
            return write::replace(target, &now, bytes, mode);
        }
        in_new_directories(target, |directory| write::create(directory, &target.name, bytes, mode))
    }

    fn remove(&self, target: &EditTarget, directories: usize) -> Result<(), EditError> {
        self.unchanged(target)?;
        for link in &target.links {
            std::fs::remove_file(link).map_err(|error| EditError::io("remove", link, error))?;
        }
        self.unlink(target)?;
        remove_empty(&target.directory.path, directories)
    }

    /// The file that the change was prepared for, read once more.
    fn unchanged(&self, target: &EditTarget) -> Result<Snapshot, EditError> {
        match (&self.old, Snapshot::read(target)?) {
            (Some(old), Some(now)) if old.bytes == now.bytes && old.still_is(target.found.as_ref()) => {
                Ok(now)
            }
            _ => Err(self.changed()),
        }
    }

    fn link(&self, target: &EditTarget, to: &Path) -> Result<(), EditError> {
        in_new_directories(target, |directory| match symlinkat(to, &directory.descriptor, &target.name) {
            Ok(()) => directory.sync(),
            Err(Errno::EXIST) => Err(self.changed()),
            Err(error) => Err(EditError::io("create", &self.real, error)),
        })
    }

    fn unlink(&self, target: &EditTarget) -> Result<(), EditError> {
        let gone = unlinkat(&target.directory.descriptor, &target.name, AtFlags::empty());
        gone.map_err(|error| EditError::io("remove", &self.real, error))?;
        target.directory.sync()
    }

    fn changed(&self) -> EditError {
        EditError::Changed { path: self.real.clone() }
    }
}

/// Does `what` in the directory that the target belongs into, made if it is missing and removed again if that fails.
fn in_new_directories(
    target: &EditTarget,
    what: impl Fn(&HeldDirectory) -> Result<(), EditError>,
) -> Result<(), EditError> {
    let Some(lowest) = target.directory.make(&target.missing)? else { return what(&target.directory) };
    let done = what(&lowest);
    if done.is_err() {
        let _ = remove_empty(&lowest.path, target.missing.len());
    }
    done
}
