//! Which files of one user make `go` the shim in all sessions that the user's own files can reach.
//!
//! Takes an account and its surroundings; gives the fewest edits. A file is created only if a session needs it. Creating
//! `.bash_profile` would hide `.profile`, so `.bash_profile` is edited only if it exists.

use super::kind::{Base, EditWhen, FileContent, SHELLS, ShellKind, StartUpFile};
use super::script::ScriptEntry;
use super::session::Sessions;
use super::{Account, BlockPosition, Edit, EditContent, ScriptError, environment_d};
use crate::store::machine_file;
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::Environment;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The largest file of the machine that is looked at, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// The default home of gvmr, below the user's home directory.
const DEFAULT_HOME: &str = ".local/share/gvmr";
/// What of a machine and an environment decides which files of a user are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Names of the shells that can be started here: `bash`, `zsh`.
    pub shells: BTreeSet<String>,
    /// Directories besides the home in which zsh looks for its files (`ZDOTDIR`).
    pub zsh_directories: Vec<PathBuf>,
    /// Whether a file of the machine puts other directories first in login sessions of zsh, after `.zshenv`.
    pub zsh_login_resets: bool,
    /// `$XDG_CONFIG_HOME`, or `.config` in the home. A session that starts before that variable is set reads the latter.
    pub config: PathBuf,
    /// Whether systemd runs here, which starts sessions without a shell.
    pub systemd: bool,
    /// The shared home of gvmr, if the machine has one. Its files put that one first.
    pub shared_home: Option<PathBuf>,
}

/// Which edits are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What is needed here and now.
    Needed,
    /// Everything that an earlier run may have edited, with other shells and files.
    Possible,
}

impl Surroundings {
    /// Looks at this machine, and asks zsh where it looks for its files.
    pub fn look(sessions: &Sessions<'_>, environment: &dyn Environment) -> Self {
        let account = sessions.account;
        let shells = sessions.shells();
        // Another user's directory does not count: `su -m` keeps such variables.
        let is_own = |path: &PathBuf| path.is_absolute() && owner(path) == Some(account.uid);
        let absolute = |name| environment.get(name).map(PathBuf::from).filter(is_own);
        let mut zsh_directories: Vec<_> = absolute("ZDOTDIR").into_iter().collect();
        zsh_directories.extend(shells.iter().filter_map(|shell| sessions.zsh_directory(shell)));
        zsh_directories
            .retain(|directory| *directory != account.home && directory.is_dir() && is_own(directory));
        zsh_directories.sort();
        zsh_directories.dedup();
        Self {
            shells: shells.into_iter().flat_map(|shell| [shell.also, vec![shell.name]].concat()).collect(),
            zsh_directories,
            zsh_login_resets: ["/etc/zsh/zprofile", "/etc/zprofile"]
                .iter()
                .any(|file| resets(Path::new(file))),
            config: absolute("XDG_CONFIG_HOME").unwrap_or_else(|| account.home.join(".config")),
            systemd: Path::new("/run/systemd/system").is_dir()
                || Path::new("/usr/lib/systemd/systemd").exists(),
            shared_home: bounded::read(&machine_file(Path::new("/")), MAX_BYTES)
                .ok()
                .flatten()
                .map(|line| PathBuf::from(OsStr::from_bytes(line.trim_ascii()))),
        }
    }

    fn has(&self, shell: &str) -> bool {
        self.shells.contains(shell)
    }
}

/// Whether a zsh file of the machine reads the machine's profile or reorders `PATH`.
fn resets(file: &Path) -> bool {
    let text = bounded::read(file, MAX_BYTES).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    lines.into_iter().any(|line| line.contains("/etc/profile") || line.contains("path_helper"))
}

impl ScriptEntry<'_> {
    /// The edits for one user.
    pub fn user_edits(
        &self,
        account: &Account,
        surroundings: &Surroundings,
        extent: Extent,
    ) -> Result<Vec<Edit>, ScriptError> {
        let mut list = UserEdits {
            entry: self,
            surroundings,
            home: &account.home,
            all: extent == Extent::Possible,
            last: surroundings.shared_home.as_deref().is_some_and(|home| home != self.home.root())
                && self.home.root() != account.home.join(DEFAULT_HOME), // which the machine's files leave first
            edits: Vec::new(),
        };
        for shell in SHELLS {
            list.shell(shell)?;
        }
        let configs = list.configs();
        if list.all || (surroundings.systemd && !self.environment_has_shims(Path::new("/etc/environment"))) {
            list.edits.extend(configs.into_iter().map(|config| Edit {
                path: config.join("environment.d/zz-gvmr.conf"),
                content: EditContent::Whole { bytes: self.environment_d(), mode: 0o644 },
                sessions: "what systemd starts for the user",
            }));
        }
        Ok(list.edits)
    }

    /// The file that systemd's user sessions read. The name sorts behind the machine's own.
    pub(super) fn environment_d(&self) -> Vec<u8> {
        let below = self.user_home.and_then(|user| self.home.root().strip_prefix(user).ok());
        let below = below.filter(|below| !below.as_os_str().is_empty());
        let path = match below {
            Some(below) => [b"${HOME}/".as_slice(), &environment_d::value(below.as_os_str())].concat(),
            None => environment_d::value(self.home.root().as_os_str()),
        };
        let mark = format!("# Written by {}. Puts gvmr's shim directory first on PATH.\n", EditContent::MARK);
        [mark.as_bytes(), b"PATH=", &path, b"/shims:$PATH\n"].concat()
    }

    /// Whether the file that sets every session's first `PATH` names the shim directory already.
    fn environment_has_shims(&self, file: &Path) -> bool {
        let text = bounded::read(file, MAX_BYTES).ok().flatten().unwrap_or_default();
        let shims = self.home.shims();
        let names_shims = |line: &[u8]| {
            let value = line.trim_ascii().strip_prefix(b"PATH=").unwrap_or_default();
            let bare = value.split(|byte| matches!(byte, b':' | b'"' | b'\''));
            bare.into_iter().any(|element| element == shims.as_os_str().as_bytes())
        };
        text.split(|byte| *byte == b'\n').any(names_shims)
    }
}

/// The list as it grows.
struct UserEdits<'a> {
    entry: &'a ScriptEntry<'a>,
    surroundings: &'a Surroundings,
    home: &'a Path,
    /// Whether files count that are not needed now.
    all: bool,
    /// Whether the machine's files put another home first. Then the user's files that are read after them are needed.
    last: bool,
    edits: Vec<Edit>,
}

impl UserEdits<'_> {
    fn shell(&mut self, shell: &ShellKind) -> Result<(), ScriptError> {
        let language = shell.language;
        let line = self.entry.line(language)?;
        let is_config = |file: &StartUpFile| file.base == Base::Config;
        let bases = match shell.files.first().map(|file| file.base) {
            Some(Base::Config) => self.configs(),
            Some(Base::Zdotdir) => self.zsh_directories(),
            Some(Base::Home) | None => vec![self.home.to_owned()],
        };
        for base in bases {
            let traced = if shell.files.iter().any(is_config) { &base } else { self.home };
            let is_used = self.all
                || self.surroundings.has(shell.name)
                || shell.trace.is_some_and(|trace| is_there(&traced.join(trace)));
            for file in shell.files {
                let path = base.join(file.path);
                if self.wants(file.when, is_used, &path) && self.edits.iter().all(|edit| edit.path != path) {
                    self.edits.push(Edit {
                        content: content(file, &path, &line),
                        path,
                        sessions: file.sessions,
                    });
                }
            }
        }
        Ok(())
    }

    fn wants(&self, when: EditWhen, is_used: bool, path: &Path) -> bool {
        match when {
            EditWhen::Always => true,
            EditWhen::Used => is_used,
            EditWhen::Exists => self.all || is_there(path),
            EditWhen::ExistsOrLast => is_used && (self.all || self.last || is_there(path)),
            EditWhen::ZshLoginResets => is_used && self.surroundings.zsh_login_resets,
        }
    }

    /// The config directory, and the usual one: a session that starts before `XDG_CONFIG_HOME` is set reads that.
    fn configs(&self) -> Vec<PathBuf> {
        let usual = Some(self.home.join(".config")).filter(|usual| *usual != self.surroundings.config);
        [self.surroundings.config.clone()].into_iter().chain(usual).collect()
    }

    /// Where zsh may look for its files. One that inherits `ZDOTDIR` reads only what is there.
    fn zsh_directories(&self) -> Vec<PathBuf> {
        // Where most have ZDOTDIR, which may be set no longer.
        let usual = [".config/zsh", ".zsh"].map(|name| self.home.join(name));
        let usual = usual.into_iter().filter(|_| self.all);
        let own = self.surroundings.zsh_directories.iter().cloned();
        [self.home.to_owned()].into_iter().chain(own).chain(usual).collect()
    }
}

fn content(file: &StartUpFile, path: &Path, line: &[u8]) -> EditContent {
    let place = match file.content {
        FileContent::Own => {
            let mark = format!("# Written by {}.\n", EditContent::MARK);
            return EditContent::Whole { bytes: [mark.as_bytes(), line].concat(), mode: 0o644 };
        }
        FileContent::EndUnlessItReturns if may_return(path) => BlockPosition::Both,
        FileContent::End | FileContent::EndUnlessItReturns => BlockPosition::End,
        FileContent::Both => BlockPosition::Both,
    };
    EditContent::Block { lines: line.to_vec(), place }
}

/// Whether some sessions may stop reading the file early: `[ -n "$PS1" ] || return`. A wrong yes costs one block that changes
/// nothing.
fn may_return(path: &Path) -> bool {
    let text = bounded::read(path, MAX_BYTES).ok().flatten().unwrap_or_default();
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii_start().starts_with(b"#"));
    let mut words = lines.flat_map(|line| line.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_'));
    words.any(|word| word == b"return")
}

/// The owner of a directory, or of the deepest one above it that exists.
fn owner(path: &Path) -> Option<u32> {
    path.ancestors().find_map(|above| fs::metadata(above).ok()).map(|found| found.uid())
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
