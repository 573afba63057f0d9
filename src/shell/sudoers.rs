//! The `PATH` that sudo gives to commands, as sudoers and the files it includes say it.
//!
//! Takes the machine's root directory; reads the lines that set `secure_path`, in the order in which sudo obeys them, and where among
//! them gvmr's own drop-in stands. Gives the value that holds without the drop-in, and what the drop-in is to say. It reads no
//! other setting, writes nothing and starts nothing.

mod lines;

use gvmr_core::sys::bounded;
use lines::{Line, lines};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// The drop-in. Later names are obeyed later; sudo passes over names with a dot.
pub(super) const DROP_IN: &str = "etc/sudoers.d/zz-gvmr";
/// The main file, and where a vendor's stands until the machine has its own.
const MAIN: [&str; 2] = ["etc/sudoers", "usr/etc/sudoers"];
/// The largest of these files that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// How deep includes may nest, as in sudo.
const MAX_DEPTH: usize = 128;
/// How many files are read before this is taken for a loop.
const MAX_FILES: usize = 4096;

/// What sudoers says about commands' `PATH`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurePath {
    /// The setting that holds without gvmr's drop-in. `value` is `None` where it is switched off.
    pub setting: Option<Setting>,
    /// Whether sudo reads the drop-in at all.
    pub reads_drop_in: bool,
    /// A setting that comes behind the drop-in, so that it would win.
    pub later: Option<Setting>,
    /// Settings for some users, hosts or commands only, which win where they apply.
    pub scoped: Vec<Setting>,
}

/// One line that sets `secure_path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it is set to; `None` for `!secure_path`.
    pub value: Option<OsString>,
    /// The file that says so, as sudo names it.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
}

/// Why sudoers cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SudoersError {
    /// A file that is included cannot be read.
    #[error("cannot read {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Files include each other without an end.
    #[error("{} is included too deep or too often", path.display())]
    Loop {
        /// The file that is not read any more.
        path: PathBuf,
    },
}

impl SecurePath {
    /// Reads sudoers of the machine whose files lie below `root`. Without a sudoers file nothing is set and nothing is read.
    pub fn read(root: &Path) -> Result<Self, SudoersError> {
        let mut reader = Reader { root, found: Self::default(), files: 0 };
        if let Some(main) = MAIN.iter().find(|main| root.join(main).exists()) {
            reader.file(&Path::new("/").join(main), 0)?;
        }
        Ok(reader.found)
    }
}

/// What the drop-in says so that `shims` comes first in `secure_path`, which is `value` without it. `None` where a quoted value cannot
/// hold that.
pub(super) fn drop_in(shims: &Path, value: &OsStr) -> Option<Vec<u8>> {
    let shims = shims.as_os_str().as_bytes();
    let others = value.as_bytes().split(|byte| *byte == b':').filter(|one| !is_directory(one, shims));
    let elements: Vec<_> = std::iter::once(shims).chain(others.filter(|one| !one.is_empty())).collect();
    let path = elements.join(&b':');
    if path.iter().any(|byte| matches!(byte, b'"' | b'\\') || byte.is_ascii_control()) {
        return None;
    }
    let head =
        b"# Written by gvmr setup --system: sudo finds go in the shims of gvmr too.\n# The other directories are those of secure_path as it was then: run it again when that has changed.\nDefaults secure_path=\"";
    Some([&head[..], &path, b"\"\n"].concat())
}

/// Whether `shims` comes first in `value`.
pub(super) fn has_first(value: &OsStr, shims: &Path) -> bool {
    let first = value.as_bytes().split(|byte| *byte == b':').next();
    first.is_some_and(|first| is_directory(first, shims.as_os_str().as_bytes()))
}

fn is_directory(element: &[u8], directory: &[u8]) -> bool {
    element.strip_suffix(b"/").unwrap_or(element) == directory
}

struct Reader<'a> {
    root: &'a Path,
    found: SecurePath,
    files: usize,
}

impl Reader<'_> {
    /// Reads one file by the path that sudo has for it.
    fn file(&mut self, path: &Path, depth: usize) -> Result<(), SudoersError> {
        self.files += 1;
        if depth > MAX_DEPTH || self.files > MAX_FILES {
            return Err(SudoersError::Loop { path: path.to_owned() });
        }
        let unreadable = |why: String| SudoersError::Unreadable { path: path.to_owned(), why };
        let text =
            bounded::read(&self.real(path), MAX_BYTES).map_err(|refusal| unreadable(refusal.to_string()))?;
        let text = text.unwrap_or_default();
        for (line, text) in lines(&text) {
            match Line::parse(text) {
                Line::Other => {}
                Line::Setting { value, scoped } => {
                    self.setting(Setting { value, file: path.to_owned(), line }, scoped);
                }
                Line::Include(name) => self.file(&Self::included(path, &name), depth + 1)?,
                Line::IncludeDirectory(name) => self.directory(&Self::included(path, &name), depth + 1)?,
            }
        }
        Ok(())
    }

    fn setting(&mut self, setting: Setting, scoped: bool) {
        if scoped {
            self.found.scoped.push(setting);
            return;
        }
        if self.found.reads_drop_in {
            self.found.later = Some(setting.clone());
        }
        self.found.setting = Some(setting);
    }

    /// Reads a directory's files in the order of their names, passing over what sudo passes over. The drop-in's place is its
    /// name's, whether it is there or not.
    fn directory(&mut self, path: &Path, depth: usize) -> Result<(), SudoersError> {
        let real = self.real(path);
        let listed: io::Result<Vec<_>> = std::fs::read_dir(&real)
            .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
        let mut names = match listed {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(), // sudo passes over it too
            Err(error) => {
                return Err(SudoersError::Unreadable { path: path.to_owned(), why: error.to_string() });
            }
        };
        let own = Path::new("/").join(DROP_IN);
        let is_its_place = own.parent() == Some(path);
        names.retain(|name| !is_its_place || own.file_name() != Some(name.as_os_str()));
        names.extend(own.file_name().filter(|_| is_its_place).map(OsStr::to_owned));
        names.sort();
        for name in names {
            let file = path.join(&name);
            if file == own {
                self.found.reads_drop_in = true;
                self.found.later = None;
            } else if !is_passed_over(&name) && real.join(&name).is_file() {
                self.file(&file, depth)?;
            }
        }
        Ok(())
    }

    /// What an include in `file` names: a relative name is one beside the file.
    fn included(file: &Path, name: &[u8]) -> PathBuf {
        let name = if name.windows(2).any(|two| two == b"%h") { with_host(name) } else { name.to_owned() };
        file.with_file_name(OsString::from_vec(name))
    }

    /// Where this process finds a file of the machine's.
    fn real(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }
}

/// `%h` stands for the host's name without its domain.
fn with_host(name: &[u8]) -> Vec<u8> {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let short = host.split('.').next().unwrap_or_default();
    String::from_utf8_lossy(name).replace("%h", short).into_bytes()
}

fn is_passed_over(name: &OsStr) -> bool {
    let name = name.as_bytes();
    name.contains(&b'.') || name.ends_with(b"~")
}
