//! What one file is to hold.

use std::path::PathBuf;

/// What one file is to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The file, as shells know it: it may be a link, and it may not exist.
    pub path: PathBuf,
    /// The content.
    pub content: EditContent,
    /// Which sessions read it, for people: `bash, login`.
    pub sessions: &'static str,
}

/// What gvmr puts into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditContent {
    /// A marked block with these lines (each ends in a newline, none is a mark) in a user's file.
    Block {
        /// The lines between the marks.
        lines: Vec<u8>,
        /// Where the block stands.
        place: BlockPosition,
    },
    /// A file that is gvmr's alone; `bytes` hold [`EditContent::MARK`] in their first lines (within 512 bytes), and `#` begins
    /// a comment in them.
    Whole {
        /// All of it.
        bytes: Vec<u8>,
        /// Its mode: 0o644, 0o440. The umask takes from it, unless the directory is root's and open to everyone.
        mode: u32,
    },
    /// A symbolic link to this path; any other file in its place is refused.
    Link(PathBuf),
    /// Other lines in a file that is there. Everything else in it stays.
    Lines(Vec<ChangedLine>),
    /// What a file that is there held and which permissions it had before it was edited.
    Former {
        /// All of it.
        bytes: Vec<u8>,
        /// Its permissions.
        mode: u32,
    },
    /// No file, as before it was made; and without as many of the directories above it, as far as they are empty.
    Absent {
        /// How many were made for it.
        directories: usize,
    },
}

/// One line of a file, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedLine {
    /// Which line, counted from 1.
    pub number: usize,
    /// What it holds, without its newline. The edit is refused where it holds something else.
    pub old: Vec<u8>,
    /// What it is to hold; `None` removes it with its newline.
    pub new: Option<Vec<u8>>,
}

/// The position of a block in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockPosition {
    /// At the end, after whatever else changes `PATH`.
    End,
    /// At the end, and once more at the top, before a guard returns. A file that holds nothing else gets one.
    Both,
}

impl EditContent {
    /// What tells a file of gvmr's own from others.
    pub const MARK: &'static str = "gvmr setup";
}

impl Edit {
    pub(super) fn follows_links(&self) -> bool {
        !matches!(self.content, EditContent::Link(_))
    }
}
