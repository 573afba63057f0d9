//! Files that are gvmr's alone: how they are told from others, and what they remember for undo.
//!
//! Takes bytes and gives bytes.

use super::block::{BEGIN, counted};
use super::content::EditContent;

/// The mark stands within this many bytes of the file's start.
const HEAD: usize = 512;
/// More directories than this are never made for a file.
const MAX_DIRECTORIES: usize = 64;

/// Whether gvmr wrote this file.
pub(super) fn is_ours(bytes: &[u8]) -> bool {
    let mark = EditContent::MARK.as_bytes();
    bytes[..bytes.len().min(HEAD)].windows(mark.len()).any(|window| window == mark)
}

/// Whether gvmr wrote anything into this file, as its own or as a block.
pub fn has_lines_of_ours(bytes: &[u8]) -> bool {
    let has = |mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
    has(BEGIN) || has(EditContent::MARK.as_bytes())
}

/// `bytes`, and a last line that remembers the directories that were made for the file.
pub(super) fn with_directories(bytes: &[u8], directories: usize) -> Vec<u8> {
    let mut new = bytes.to_vec();
    if directories > 0 {
        if !new.is_empty() && !new.ends_with(b"\n") {
            new.push(b'\n');
        }
        let counted = counted(directories, "directory", "directories");
        new.extend_from_slice(format!("# gvmr setup made {counted} for this file\n").as_bytes());
    }
    new
}

/// How many directories were made for the file, by its last line.
pub(super) fn directories_of(bytes: &[u8]) -> usize {
    let last = bytes.strip_suffix(b"\n").unwrap_or(bytes).rsplit(|byte| *byte == b'\n').next();
    let words = last.and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
    let count = words.trim_end().strip_prefix("# gvmr setup made ").and_then(|rest| {
        let (count, rest) = rest.split_once(' ')?;
        matches!(rest, "directory for this file" | "directories for this file").then_some(count)
    });
    count.and_then(|count| count.parse().ok()).map_or(0, |count: usize| count.min(MAX_DIRECTORIES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directories_made_for_a_file_are_read_back() {
        for bytes in [&b"# gvmr setup\nx\n"[..], b"# gvmr setup", b""] {
            for directories in [0, 1, 2, 64] {
                assert_eq!(directories_of(&with_directories(bytes, directories)), directories);
            }
        }
        for line in ["# gvmr setup made -1 directories for this file", "# gvmr setup made 2 things"] {
            assert_eq!(directories_of(line.as_bytes()), 0, "{line}");
        }
        assert_eq!(directories_of(b"# gvmr setup made 999 directories for this file\n"), MAX_DIRECTORIES);
        assert_eq!(directories_of(b"# gvmr setup made 2 directories for this file\nmore\n"), 0);
    }

    #[test]
    fn only_a_mark_near_the_start_makes_a_file_ours() {
        let far = [vec![b'x'; HEAD], EditContent::MARK.as_bytes().to_vec()].concat();
        assert!(
            is_ours(b"# written by gvmr setup\n") && !is_ours(&far) && !is_ours(b"") && !is_ours(b"gvmr")
        );
    }
}
