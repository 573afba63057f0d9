//! The drop-in for sudo: its text on this machine, and its installation without breaking sudo.
//!
//! Takes the shim directory; gives the edit, or the reason why there is none. Asks sudo itself for the `PATH` of its commands, and
//! reads no sudoers. `visudo` checks the text before it is installed, and all of sudoers before and after. A drop-in that breaks
//! sudoers or does not change that `PATH` is undone at once.

mod change;
mod error;
mod probe;
mod programs;

pub use change::{DropInState, SudoPath};
pub use error::{NoDropIn, SudoError};

use super::{Edit, EditContent, FileChange};
use crate::store;
use gvmr_core::sys::bounded;
use programs::program;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The drop-in. sudo reads names in their order, so this one comes late, and skips names with a dot.
const DROP_IN: &str = "etc/sudoers.d/zz-gvmr";
/// The largest drop-in that can be restored, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// sudo skips files that others can write.
const MODE: u32 = 0o440;

/// sudo and its `visudo`, as they are installed.
#[derive(Clone, Debug)]
pub struct Sudo {
    sudo: PathBuf,
    visudo: PathBuf,
}

/// The edit whose undo removes the drop-in.
pub fn sudo_undo(root: &Path) -> Edit {
    edit(root, Vec::new())
}

fn edit(root: &Path, bytes: Vec<u8>) -> Edit {
    Edit {
        path: root.join(DROP_IN),
        content: EditContent::Whole { bytes, mode: MODE },
        sessions: "sudo COMMAND",
    }
}

/// The `PATH` in what sudo prints, for fuzzing.
#[cfg(fuzzing)]
pub fn path_in_sudos_answer(output: &[u8]) -> Option<std::ffi::OsString> {
    probe::answer(output)
}

impl Sudo {
    /// What this machine has.
    pub fn find() -> Result<Self, NoDropIn> {
        let sudo = program("sudo").ok_or(NoDropIn::NoSudo)?;
        Ok(Self { sudo, visudo: program("visudo").ok_or(NoDropIn::NoVisudo)? })
    }

    /// The drop-in for this machine, if its sudoers is valid and one is needed.
    pub fn drop_in(&self, shims: &Path) -> Result<Edit, NoDropIn> {
        self.check().map_err(NoDropIn::Invalid)?;
        let root = Path::new("/");
        let own = root.join(DROP_IN);
        let without = if own.exists() { probe::path_without(&self.sudo, &own).ok() } else { None };
        let is_known_without = without.is_some() || !own.exists();
        let path = match without {
            Some(path) => path,
            None => probe::path(&self.sudo).map_err(NoDropIn::Unanswered)?,
        };
        let path = path.ok_or(NoDropIn::KeepsPath)?;
        if is_known_without && has_first(&path, shims) {
            return Err(NoDropIn::AlreadyFirst);
        }
        Ok(edit(root, drop_in(shims, &path).ok_or(NoDropIn::Unfit)?))
    }

    /// Writes a drop-in by making `change`, which is `edit`'s. `scratch` is a directory that only root can change.
    pub fn apply(
        &self,
        edit: &Edit,
        change: FileChange,
        shims: &Path,
        scratch: &Path,
    ) -> Result<(), SudoError> {
        let EditContent::Whole { bytes, .. } = &edit.content else { return Ok(change.apply()?) };
        self.check_text(bytes, scratch)?;
        let before = bounded::read(&edit.path, MAX_BYTES).ok().flatten();
        change.apply()?;
        let Err(error) = self.verify(shims) else { return Ok(()) };
        match before {
            Some(bytes) => store::replace(&edit.path, &bytes, MODE)?,
            None => edit.prepare_undo()?.apply()?,
        }
        Err(error)
    }

    /// Whether sudoers is valid, and commands find the shims first.
    fn verify(&self, shims: &Path) -> Result<(), SudoError> {
        self.check().map_err(SudoError::Undone)?;
        match probe::path(&self.sudo).map_err(SudoError::Undone)? {
            Some(path) if !has_first(&path, shims) => Err(SudoError::NoEffect),
            _ => Ok(()),
        }
    }

    fn check_text(&self, text: &[u8], scratch: &Path) -> Result<(), SudoError> {
        let file = scratch.join(format!("sudoers.{}", std::process::id()));
        store::replace(&file, text, 0o600)?;
        let checked = self.visudo(&["-c".as_ref(), "-f".as_ref(), file.as_os_str()]);
        let _ = std::fs::remove_file(&file); // it holds no secret
        checked.map_err(SudoError::Rejected)
    }

    /// Whether sudoers and the files that it includes are valid; otherwise, what `visudo` reports.
    fn check(&self) -> Result<(), String> {
        self.visudo(&["-c".as_ref()])
    }

    fn visudo(&self, arguments: &[&OsStr]) -> Result<(), String> {
        probe::run(&self.visudo, arguments).map(drop)
    }
}

/// The drop-in that puts `shims` first in `secure_path`, which is `path` without it. `None` if a quoted value cannot hold
/// that.
fn drop_in(shims: &Path, path: &OsStr) -> Option<Vec<u8>> {
    let shims = shims.as_os_str().as_bytes();
    let others = path.as_bytes().split(|byte| *byte == b':').filter(|one| !is_directory(one, shims));
    let elements: Vec<_> = std::iter::once(shims).chain(others.filter(|one| !one.is_empty())).collect();
    let path = elements.join(&b':');
    if path.iter().any(|byte| matches!(byte, b'"' | b'\\') || byte.is_ascii_control()) {
        return None;
    }
    let head = b"# Written by gvmr setup --system. Commands that sudo starts find go in gvmr's shim directory.\n\
                 # The other directories are sudo's own. After a change of secure_path, run gvmr setup --system again.\n\
                 Defaults secure_path=\"";
    Some([&head[..], &path, b"\"\n"].concat())
}

/// Whether `shims` comes first in `path`.
fn has_first(path: &OsStr, shims: &Path) -> bool {
    let first = path.as_bytes().split(|byte| *byte == b':').next();
    first.is_some_and(|first| is_directory(first, shims.as_os_str().as_bytes()))
}

fn is_directory(element: &[u8], directory: &[u8]) -> bool {
    element.strip_suffix(b"/").unwrap_or(element) == directory
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIMS: &str = "/opt/gvmr/shims";

    fn line(path: &str) -> Option<String> {
        let text = String::from_utf8(drop_in(Path::new(SHIMS), OsStr::new(path))?).unwrap();
        assert!(text.starts_with("# ") && text.lines().next().unwrap().contains(EditContent::MARK));
        text.lines().find(|line| !line.starts_with('#')).map(str::to_owned)
    }

    #[test]
    fn the_shims_come_first_and_once() {
        for (path, expected) in [
            ("/usr/local/bin:/usr/bin:/bin", "/opt/gvmr/shims:/usr/local/bin:/usr/bin:/bin"),
            ("/a:/opt/gvmr/shims/:/b", "/opt/gvmr/shims:/a:/b"),
            ("/opt/gvmr/shims:/bin", "/opt/gvmr/shims:/bin"),
            ("/a b:/c,d=e#f::", "/opt/gvmr/shims:/a b:/c,d=e#f"),
        ] {
            assert_eq!(line(path).unwrap(), format!("Defaults secure_path=\"{expected}\""));
        }
        assert!(has_first(OsStr::new("/opt/gvmr/shims/:/bin"), Path::new(SHIMS)));
        assert!(!has_first(OsStr::new("/bin:/opt/gvmr/shims"), Path::new(SHIMS)));
    }

    #[test]
    fn what_a_quoted_value_cannot_hold_is_refused() {
        for path in ["/a\"b", "/a\\b", "/a\nb"] {
            assert_eq!(line(path), None, "{path:?}");
        }
    }
}
