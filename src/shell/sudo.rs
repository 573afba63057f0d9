//! sudo's drop-in: what it is to be on this machine, and putting it in place without ever breaking sudo.
//!
//! Takes the shim directory; gives the edit, or the reason why there is none. `visudo` checks the text before it is anywhere near
//! sudo, and the whole of sudoers before and after: a sudoers that is broken is not touched, and a drop-in with which the whole is
//! not in order is taken back at once.

mod change;

pub use change::{DropInState, SudoPath};

use super::sudoers::{DROP_IN, SecurePath, Setting, SudoersError, drop_in, has_first};
use super::{Change, Content, Edit, EditError};
use crate::store::{self, StoreError};
use gvmr_core::sys::bounded;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where programs of root's are, whoever asks.
const DIRECTORIES: [&str; 6] =
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
/// What `sudo -V` says before the value that it was built with.
const BUILT_IN: &[u8] = b"Value to override user's $PATH with: ";
/// The largest drop-in that is kept to be put back, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// sudo passes over files that others can read or write.
const MODE: u32 = 0o440;

/// sudo and its `visudo`, as they are installed.
#[derive(Clone, Debug)]
pub struct Sudo {
    sudo: PathBuf,
    visudo: PathBuf,
}

/// What puts the shims first for commands that sudo starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropIn {
    /// The drop-in.
    pub edit: Edit,
    /// Settings for some users, hosts or commands only, which win where they apply.
    pub exceptions: Vec<Setting>,
}

/// Why there is no drop-in.
#[derive(Debug, thiserror::Error)]
pub enum NoDropIn {
    /// There is no sudo whose `PATH` could be set.
    #[error("sudo is not installed")]
    NoSudo,
    /// Without `visudo` nobody can tell that sudo will still work.
    #[error("visudo is not installed, so sudoers stays as it is")]
    NoVisudo,
    /// Commands keep the caller's `PATH`, which has the shims.
    #[error("sudo keeps the PATH of its caller here{}", at(.0.as_ref()))]
    KeepsPath(Option<Setting>),
    /// Somebody else has done it.
    #[error("secure_path has the shims first already{}", at(Some(.0)))]
    AlreadyFirst(Setting),
    /// The drop-in's directory is not included.
    #[error("sudoers does not include /etc/sudoers.d, so sudo does not find go in the shims")]
    NotIncluded,
    /// A line that is obeyed later sets the value.
    #[error("secure_path is set after the files of /etc/sudoers.d{}, so sudo does not find go in the shims", at(Some(.0)))]
    SetLater(Setting),
    /// The value holds a quote, a backslash or a control character.
    #[error("secure_path has characters that gvmr does not write into sudoers{}", at(.0.as_ref()))]
    Unfit(Option<Setting>),
    /// A file of sudoers cannot be read.
    #[error(transparent)]
    Unreadable(#[from] SudoersError),
    /// sudoers is broken as it is.
    #[error("sudoers is not in order, so it stays as it is: {0}")]
    Broken(String),
}

impl NoDropIn {
    /// Whether the drop-in is wanted, and could not be made.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Unreadable(_))
    }

    /// The next step, where it is a failure.
    pub fn hint(&self) -> Option<&'static str> {
        self.is_failure().then_some("correct it with visudo, then run this again")
    }

    /// Whether commands find the shims without it, as far as they can find anything.
    pub fn finds_shims(&self) -> bool {
        matches!(self, Self::NoSudo | Self::KeepsPath(_) | Self::AlreadyFirst(_))
    }
}

/// Why the drop-in is not in place.
#[derive(Debug, thiserror::Error)]
pub enum SudoError {
    /// The text is refused; nothing was changed.
    #[error("visudo refuses the drop-in, so it was not put in place: {0}")]
    Refused(String),
    /// With the drop-in the whole is refused; what was there before is there again.
    #[error("visudo refuses sudoers with the drop-in, so it was taken back: {0}")]
    TakenBack(String),
    /// The drop-in could not be written, or not be taken back.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The text could not be written to be checked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SudoError {
    /// The next step, where there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Edit(error) => error.hint(),
            Self::Refused(_) | Self::TakenBack(_) => Some("see what visudo -c says".to_owned()),
            Self::Store(_) => None,
        }
    }
}

fn at(setting: Option<&Setting>) -> impl fmt::Display {
    setting.map_or_else(String::new, |setting| format!(" ({setting})"))
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}

/// What puts `shims` first for commands that sudo starts, as the sudoers below `root` stands. `built_in` is the value that
/// holds where no line sets one.
pub fn sudo_drop_in(root: &Path, shims: &Path, built_in: Option<&OsStr>) -> Result<DropIn, NoDropIn> {
    let said = SecurePath::read(root)?;
    let value = match &said.setting {
        Some(setting) => setting.value.as_deref(),
        None => built_in,
    };
    let Some(value) = value else { return Err(NoDropIn::KeepsPath(said.setting)) };
    if let Some(setting) = said.setting.as_ref().filter(|_| has_first(value, shims)) {
        return Err(NoDropIn::AlreadyFirst(setting.clone()));
    }
    if !said.reads_drop_in {
        return Err(NoDropIn::NotIncluded);
    }
    if let Some(later) = said.later {
        return Err(NoDropIn::SetLater(later));
    }
    match drop_in(shims, value) {
        Some(bytes) => Ok(DropIn { edit: edit(root, bytes), exceptions: said.scoped }),
        None => Err(NoDropIn::Unfit(said.setting)),
    }
}

/// The edit whose undo takes the drop-in away.
pub fn sudo_undo(root: &Path) -> Edit {
    edit(root, Vec::new())
}

fn edit(root: &Path, bytes: Vec<u8>) -> Edit {
    Edit { path: root.join(DROP_IN), content: Content::Whole { bytes, mode: MODE }, sessions: "sudo COMMAND" }
}

impl Sudo {
    /// What this machine has.
    pub fn find() -> Result<Self, NoDropIn> {
        let find = |name| DIRECTORIES.iter().map(|at| Path::new(at).join(name)).find(|path| path.is_file());
        let sudo = find("sudo").ok_or(NoDropIn::NoSudo)?;
        Ok(Self { sudo, visudo: find("visudo").ok_or(NoDropIn::NoVisudo)? })
    }

    /// The drop-in for this machine, where its sudoers is in order as it is.
    pub fn drop_in(&self, shims: &Path) -> Result<DropIn, NoDropIn> {
        self.check().map_err(NoDropIn::Broken)?;
        sudo_drop_in(Path::new("/"), shims, self.built_in().as_deref())
    }

    /// Puts a drop-in in place by making `change`, which is `edit`'s. `scratch` is a directory that only root can change.
    pub fn apply(&self, edit: &Edit, change: Change, scratch: &Path) -> Result<(), SudoError> {
        let Content::Whole { bytes, .. } = &edit.content else { return Ok(change.apply()?) };
        self.check_text(bytes, scratch)?;
        let before = bounded::read(&edit.path, MAX_BYTES).ok().flatten();
        change.apply()?;
        let Err(why) = self.check() else { return Ok(()) };
        match before {
            Some(bytes) => store::replace(&edit.path, &bytes, MODE)?,
            None => edit.prepare_undo()?.apply()?,
        }
        Err(SudoError::TakenBack(why))
    }

    fn check_text(&self, text: &[u8], scratch: &Path) -> Result<(), SudoError> {
        let file = scratch.join(format!("sudoers.{}", std::process::id()));
        store::replace(&file, text, 0o600)?;
        let checked = self.visudo(&["-c".as_ref(), "-f".as_ref(), file.as_os_str()]);
        let _ = std::fs::remove_file(&file); // it says nothing that nobody may know
        checked.map_err(SudoError::Refused)
    }

    /// Whether sudoers and all that it includes are in order; what is not, as `visudo` says it.
    fn check(&self) -> Result<(), String> {
        self.visudo(&["-c".as_ref()])
    }

    fn visudo(&self, arguments: &[&OsStr]) -> Result<(), String> {
        match run(&self.visudo, arguments) {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(said(&output)),
            Err(error) => Err(format!("{}: {error}", self.visudo.display())),
        }
    }

    /// The value that sudo was built with, which holds where no line sets one.
    fn built_in(&self) -> Option<OsString> {
        let output = run(&self.sudo, &["-V".as_ref()]).ok()?;
        let value =
            output.stdout.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(BUILT_IN))?;
        Some(OsString::from_vec(value.to_owned()))
    }
}

fn run(program: &Path, arguments: &[&OsStr]) -> std::io::Result<Output> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).current_dir("/");
    command.env_clear().env("PATH", DIRECTORIES.join(":")).env("LC_ALL", "C").output()
}

/// The first line that a program said, with what it was about.
fn said(output: &Output) -> String {
    let text =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    first.map_or_else(|| output.status.to_string(), |line| line.chars().take(200).collect())
}
