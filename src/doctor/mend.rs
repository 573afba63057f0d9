//! What `--fix` does about a finding. A check says what; it is shown, journaled, done and looked at again elsewhere.

use gvmr_core::gover::version::Version;
use std::path::PathBuf;

/// One mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// Lines of files change.
    Lines(Vec<LineMend>),
    /// A file or directory of the user's gets another mode.
    Mode {
        /// Which.
        file: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A directory is made, with those above it that are missing.
    Directory(PathBuf),
    /// What `gvmr setup` does.
    Setup {
        /// Whether start-up files that cannot be read move aside.
        repair: bool,
        /// Whether the crontab gets a PATH.
        crontab: bool,
    },
    /// The shims are written again.
    Shims,
    /// What interrupted commands left goes.
    Leftovers,
    /// The logins in the addresses of this line go to `gvmr auth`, then out of the line. The line's content may have a secret
    /// in it, so it is not here.
    MoveLogins {
        /// The file; a link is followed.
        file: PathBuf,
        /// Which line, counted from 1.
        line: usize,
    },
    /// This version becomes the default.
    Default(Version),
}

/// One line of a file, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineMend {
    /// The file; a link is followed.
    pub file: PathBuf,
    /// Which line, counted from 1.
    pub line: usize,
    /// The line as it was read, without its newline.
    pub old: Vec<u8>,
    /// What becomes of it.
    pub change: LineChange,
}

/// What becomes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineChange {
    /// Another text, without its newline.
    Replace(Vec<u8>),
    /// It goes, with its newline.
    Delete,
    /// It stays as a comment that names the run of doctor.
    CommentOut,
}
