//! Which files of the machine make `go` the shim in every user's sessions.
//!
//! Takes a shared home and the machine's root directory; gives the edits, and undoes those of any earlier run. Only files that
//! shells or the user's systemd read when a session starts, `/etc/skel`, and names in `/usr/local/bin` that are free: no service, no daemon's
//! and no login program's own settings. Whose shell is not there gets no file.

mod error;
mod files;
mod links;
mod machine;

pub use error::SystemError;
pub use links::Taken;

use super::language::{FISH, POSIX};
use super::{BlockPosition, Edit, EditContent, ScriptEntry, ScriptError};
use files::{FILES, SystemFile, SystemFileKind};
use gvmr_core::home::paths::Home;
use machine::MachineFiles;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

impl ScriptEntry<'_> {
    /// The edits for the machine whose files lie below `root` (`/`, or a directory in tests).
    pub fn system_edits(&self, root: &Path) -> Result<Vec<Edit>, ScriptError> {
        let machine = MachineFiles::at(root, self.home.shims());
        let mut edits = self.edits(root, |file| (file.wanted)(&machine))?;
        edits.extend(links::free(root, self.home));
        Ok(edits)
    }

    /// All edits that any run of setup can have made there, for undo. Those that none made change nothing.
    pub fn system_undo(&self, root: &Path) -> Result<Vec<Edit>, ScriptError> {
        let mut edits = self.edits(root, |_| true)?;
        edits.extend(links::own(root, self.home));
        Ok(edits)
    }

    /// The names in `/usr/local/bin` that something else has. It stays, and sessions that read no start-up file find it.
    pub fn system_names_taken(&self, root: &Path) -> Vec<Taken> {
        links::taken(root, self.home)
    }

    fn edits(&self, root: &Path, is_meant: impl Fn(&SystemFile) -> bool) -> Result<Vec<Edit>, ScriptError> {
        let meant = FILES.iter().filter(|file| is_meant(file));
        meant
            .map(|file| {
                let content = self.content(file.kind)?;
                Ok(Edit { path: root.join(file.path), content, sessions: file.sessions })
            })
            .collect()
    }

    fn content(&self, kind: SystemFileKind) -> Result<EditContent, ScriptError> {
        let whole = |text: Vec<u8>| EditContent::Whole { bytes: [HEAD, &text[..]].concat(), mode: 0o644 };
        Ok(match kind {
            SystemFileKind::Script => whole(self.line(&POSIX)?),
            SystemFileKind::FishScript => whole(self.line(&FISH)?),
            SystemFileKind::Environment => EditContent::Whole { bytes: self.environment_d(), mode: 0o644 },
            SystemFileKind::Block(place) => EditContent::Block { lines: self.line(&POSIX)?, place },
            SystemFileKind::FishBlock => {
                EditContent::Block { lines: self.line(&FISH)?, place: BlockPosition::End }
            }
        })
    }
}

/// The first line of files that are gvmr's alone.
const HEAD: &[u8] = b"# Written by gvmr setup --system; gvmr setup --system --undo removes this file.\n";

/// The home at `path` by its real path, as sessions are to name it. Its end may not exist yet.
pub fn real_home(path: &Path) -> Home {
    let mut ancestors = path.ancestors().map(|above| (above, std::fs::canonicalize(above)));
    let real = ancestors.find_map(|(above, real)| Some((above, real.ok()?)));
    Home::at(real.map_or_else(
        || path.to_owned(),
        |(above, real)| match path.strip_prefix(above) {
            Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
            _ => real,
        },
    ))
}

/// Refuses a home whose path files of systemd and sudo cannot hold, and one in which users other than root can change `go`: each
/// existing directory from the shims up must be root's, and writable for root alone.
pub fn check_system_home(home: &Home) -> Result<(), SystemError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+@".contains(&byte);
    let path = home.root();
    if !path.is_absolute() || !path.as_os_str().as_bytes().iter().all(|byte| fits(*byte)) {
        return Err(SystemError::Unfit { path: path.to_owned() });
    }
    machine::roots_alone(&home.shims())
}
