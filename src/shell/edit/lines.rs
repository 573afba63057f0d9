//! Edits of single lines, and the way back from any edit.
//!
//! Takes lines by number and content; a file whose line holds something else is refused. What is restored was kept by who
//! made the edit.

use super::change::{FileChange, Step};
use super::content::{ChangedLine, Edit};
use super::error::EditError;
use super::rights::{self, Action};
use super::snapshot::Snapshot;
use super::target::EditTarget;

impl Edit {
    pub(super) fn change_lines(
        &self,
        target: &EditTarget,
        lines: &[ChangedLine],
    ) -> Result<FileChange, EditError> {
        let changed = || EditError::Changed { path: target.path() };
        let old = Snapshot::read(target)?.ok_or_else(changed)?;
        let bytes = with(&old.bytes, lines).ok_or_else(changed)?;
        rights::check(&self.path, target, Some(&old), Action::Replacing, &self.by_hand())?;
        let mode = old.mode;
        Ok(self.change(target, Some(old), Step::Write { bytes, mode }))
    }

    pub(super) fn restore(
        &self,
        target: &EditTarget,
        bytes: &[u8],
        mode: u32,
    ) -> Result<FileChange, EditError> {
        let changed = || EditError::Changed { path: target.path() };
        let old = Snapshot::read(target)?.ok_or_else(changed)?;
        if old.bytes == bytes && old.mode == mode {
            return Ok(self.change(target, Some(old), Step::Nothing));
        }
        rights::check(&self.path, target, Some(&old), Action::Replacing, &self.by_hand())?;
        Ok(self.change(target, Some(old), Step::Write { bytes: bytes.to_vec(), mode }))
    }

    pub(super) fn remove(&self, target: &EditTarget, directories: usize) -> Result<FileChange, EditError> {
        let Some(old) = Snapshot::read(target)? else {
            return Ok(self.change(target, None, Step::Nothing));
        };
        rights::check(&self.path, target, Some(&old), Action::Naming, "remove it")?;
        Ok(self.change(target, Some(old), Step::Remove { directories }))
    }
}

/// The text with these lines changed; `None` where one of them holds something else.
fn with(text: &[u8], lines: &[ChangedLine]) -> Option<Vec<u8>> {
    let mut new = Vec::with_capacity(text.len());
    let mut found = 0;
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let (bare, end) = match line.strip_suffix(b"\n") {
            Some(bare) => (bare, &b"\n"[..]),
            None => (line, &b""[..]),
        };
        let Some(change) = lines.iter().find(|change| change.number == index + 1) else {
            new.extend(line);
            continue;
        };
        if change.old != bare {
            return None;
        }
        found += 1;
        if let Some(line) = &change.new {
            new.extend(line);
            new.extend(end);
        }
    }
    (found == lines.len()).then_some(new)
}

/// How a person makes the edit.
pub(super) fn by_hand(lines: &[ChangedLine]) -> String {
    let numbers: Vec<_> = lines.iter().map(|line| line.number.to_string()).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    format!("change {word} {}", numbers.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: usize, old: &str, new: Option<&str>) -> ChangedLine {
        ChangedLine { number, old: old.into(), new: new.map(Into::into) }
    }

    #[test]
    fn only_the_named_lines_change_and_only_where_they_are_as_they_were() {
        let text = b"a\n\xff\r\nc";
        assert_eq!(with(text, &[line(1, "a", Some("b"))]).unwrap(), b"b\n\xff\r\nc");
        assert_eq!(with(text, &[line(3, "c", None), line(1, "a", None)]).unwrap(), b"\xff\r\n");
        assert_eq!(with(text, &[line(3, "c", Some("x"))]).unwrap(), b"a\n\xff\r\nx");
        for wrong in [line(1, "b", None), line(4, "", None), line(0, "a", None), line(3, "c\n", None)] {
            assert_eq!(with(text, &[wrong]), None);
        }
    }
}
