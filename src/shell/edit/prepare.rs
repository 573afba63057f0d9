//! Looks at a file and works out the change that an edit, or its undo, makes.

use super::block::{self, Stripped};
use super::change::{FileChange, Step};
use super::content::{BlockPosition, Edit, EditContent};
use super::error::EditError;
use super::lines;
use super::owned_file;
use super::rights::{self, Action};
use super::snapshot::{LIMIT, Snapshot};
use super::target::EditTarget;
use std::path::Path;

/// The mode of a file that did not exist.
const NEW_MODE: u32 = 0o644;

impl Edit {
    /// Looks at the file and works out the change that makes it hold the content. Nothing is written.
    pub fn prepare(&self) -> Result<FileChange, EditError> {
        settled(|| self.look())
    }

    fn look(&self) -> Result<FileChange, EditError> {
        let target = EditTarget::find(&self.path, self.follows_links())?;
        match &self.content {
            EditContent::Block { lines, place } => self.put_block(&target, lines, *place),
            EditContent::Whole { bytes, mode } => self.put_whole(&target, bytes, *mode),
            EditContent::Link(to) => self.put_link(&target, to),
            EditContent::Lines(lines) => self.change_lines(&target, lines),
            EditContent::Former { bytes, mode } => self.restore(&target, bytes, *mode),
            EditContent::Absent { directories } => self.remove(&target, *directories),
        }
    }

    /// The change that takes the content out again, whatever version of gvmr put it there. Where setup cannot have put
    /// anything (a directory, a FIFO, another program's file), there is nothing to do.
    pub fn prepare_undo(&self) -> Result<FileChange, EditError> {
        let undo = match settled(|| self.look_for_undo()) {
            Err(
                EditError::Directory { .. }
                | EditError::Special { .. }
                | EditError::NotADirectory { .. }
                | EditError::Dangling { .. }
                | EditError::Loop { .. },
            ) => {
                let (edit, real) = (self.clone(), self.path.clone());
                FileChange { edit, is_undo: true, real, old: None, step: Step::Nothing }
            }
            other => other?,
        };
        Ok(FileChange { is_undo: true, ..undo })
    }

    fn look_for_undo(&self) -> Result<FileChange, EditError> {
        let target = EditTarget::find(&self.path, self.follows_links())?;
        match &self.content {
            EditContent::Block { .. } => self.take_block(&target),
            EditContent::Whole { .. } => self.take_whole(&target),
            EditContent::Link(to) => self.take_link(&target, to),
            // Who made these knows what was there before.
            EditContent::Lines(_) | EditContent::Former { .. } | EditContent::Absent { .. } => {
                Ok(self.change(&target, None, Step::Nothing))
            }
        }
    }

    fn put_block(
        &self,
        target: &EditTarget,
        lines: &[u8],
        place: BlockPosition,
    ) -> Result<FileChange, EditError> {
        let old = Snapshot::read(target)?;
        let bare = match &old {
            Some(old) => Self::bare(target, old)?,
            None => Stripped { text: Vec::new(), made: Some(target.missing.len()) },
        };
        let bytes = block::with(&bare, lines, place);
        if old.as_ref().is_some_and(|old| old.bytes == bytes) {
            return Ok(self.change(target, old, Step::Nothing));
        }
        if bytes.len() as u64 > LIMIT {
            let size = bytes.len() as u64;
            return Err(EditError::TooLarge { path: target.path(), size, limit: LIMIT });
        }
        let doing = if old.is_some() { Action::Replacing } else { Action::Naming };
        let refused = rights::check(&self.path, target, old.as_ref(), doing, &self.by_hand());
        match refused {
            // The line that a person added by hand is enough.
            Err(_) if old.as_ref().is_some_and(|old| block::holds(&old.bytes, lines)) => {
                return Ok(self.change(target, old, Step::Nothing));
            }
            other => other?,
        }
        let mode = old.as_ref().map_or(NEW_MODE, |old| old.mode);
        Ok(self.change(target, old, Step::Write { bytes, mode }))
    }

    fn take_block(&self, target: &EditTarget) -> Result<FileChange, EditError> {
        let Some(old) = Snapshot::read(target)? else {
            return Ok(self.change(target, None, Step::Nothing));
        };
        let bare = Self::bare(target, &old)?;
        if bare.text == old.bytes {
            return Ok(self.change(target, Some(old), Step::Nothing));
        }
        let (step, doing) = match bare.made.filter(|_| bare.text.is_empty()) {
            Some(directories) => (Step::Remove { directories }, Action::Naming),
            None => (Step::Write { bytes: bare.text, mode: old.mode }, Action::Replacing),
        };
        let by_hand = "remove the lines from `# >>> gvmr >>>` to `# <<< gvmr <<<`";
        rights::check(&self.path, target, Some(&old), doing, by_hand)?;
        Ok(self.change(target, Some(old), step))
    }

    fn bare(target: &EditTarget, old: &Snapshot) -> Result<Stripped, EditError> {
        block::without(&old.bytes).map_err(|source| EditError::Block { path: target.path(), source })
    }

    fn put_whole(&self, target: &EditTarget, bytes: &[u8], mode: u32) -> Result<FileChange, EditError> {
        let old = Snapshot::read(target)?;
        let step = match &old {
            None => Step::Write { bytes: owned_file::with_directories(bytes, target.missing.len()), mode },
            Some(old) if !owned_file::is_ours(&old.bytes) => {
                return Err(EditError::Foreign { path: target.path() });
            }
            Some(old) => {
                let bytes = owned_file::with_directories(bytes, owned_file::directories_of(&old.bytes));
                // Permissions that were removed from the file stay removed, unless all users read it.
                let mode = if target.directory.is_shared { mode } else { old.mode & mode };
                if old.bytes == bytes && old.mode == mode {
                    Step::Nothing
                } else {
                    Step::Write { bytes, mode }
                }
            }
        };
        if !matches!(step, Step::Nothing) {
            let doing = if old.is_some() { Action::Replacing } else { Action::Naming };
            rights::check(&self.path, target, old.as_ref(), doing, &self.by_hand())?;
        }
        Ok(self.change(target, old, step))
    }

    fn take_whole(&self, target: &EditTarget) -> Result<FileChange, EditError> {
        let old = Snapshot::read(target)?;
        let Some(ours) = old.as_ref().filter(|old| owned_file::is_ours(&old.bytes)) else {
            return Ok(self.change(target, old, Step::Nothing));
        };
        rights::check(&self.path, target, Some(ours), Action::Naming, "remove it")?;
        let step = Step::Remove { directories: owned_file::directories_of(&ours.bytes) };
        Ok(self.change(target, old, step))
    }

    fn put_link(&self, target: &EditTarget, to: &Path) -> Result<FileChange, EditError> {
        if target.found.is_none() {
            rights::check(&self.path, target, None, Action::Naming, &self.by_hand())?;
            return Ok(self.change(target, None, Step::Link { to: to.to_owned() }));
        }
        let found = match target.is_link().then(|| target.leads_to()).transpose()? {
            Some(leads_to) if leads_to == to => return Ok(self.change(target, None, Step::Nothing)),
            Some(leads_to) => format!("a link to {}", gvmr_core::sys::printable::path(&leads_to)),
            None if target.kind() == Some(rustix::fs::FileType::Directory) => "a directory".to_owned(),
            None => "a file".to_owned(),
        };
        Err(EditError::Occupied { path: target.path(), found, target: to.to_owned() })
    }

    fn take_link(&self, target: &EditTarget, to: &Path) -> Result<FileChange, EditError> {
        if !target.is_link() || target.leads_to()? != to {
            return Ok(self.change(target, None, Step::Nothing));
        }
        rights::check(&self.path, target, None, Action::Naming, "remove it")?;
        Ok(self.change(target, None, Step::Unlink { to: to.to_owned() }))
    }

    pub(super) fn change(&self, target: &EditTarget, old: Option<Snapshot>, step: Step) -> FileChange {
        FileChange { edit: self.clone(), is_undo: false, real: target.path(), old, step }
    }

    /// How to make the edit by hand, to follow a colon.
    pub(super) fn by_hand(&self) -> String {
        match &self.content {
            EditContent::Block { lines, place } => {
                let place =
                    if *place == BlockPosition::Both { "at its top and at its end" } else { "at its end" };
                format!("add this {place}: {}", String::from_utf8_lossy(lines).trim_end())
            }
            EditContent::Lines(lines) => lines::by_hand(lines),
            EditContent::Whole { .. } | EditContent::Former { .. } | EditContent::Absent { .. } => {
                "make the directory writable, then run it again".to_owned()
            }
            EditContent::Link(to) => format!("make it a link to {}", gvmr_core::sys::printable::path(to)),
        }
    }
}

/// What `look` sees once no other process replaces the file meanwhile, or after a few tries.
fn settled(look: impl Fn() -> Result<FileChange, EditError>) -> Result<FileChange, EditError> {
    let mut seen = look();
    for _ in 0..8 {
        if !matches!(seen, Err(EditError::Changed { .. })) {
            break;
        }
        seen = look();
    }
    seen
}
