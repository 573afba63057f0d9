//! The rule about `PATH`: what the scripts do to it in a shell, done here to a value.
//!
//! The shim directory comes first, exactly once, in one spelling. The directory of `go install` is there once: where it
//! is already it stays, else it comes last. Nothing else is touched, empty elements included. Inside nix-shell and
//! direnv, which order `PATH` themselves, nothing changes once the shim directory is in it.

use super::{ScriptEntry, ScriptError};
use gvmr_core::sys::environment::Environment;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// Used for a `PATH` that is empty or unset: without one, shells find the usual programs, but not with ours alone.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

impl ScriptEntry<'_> {
    /// `PATH` as a session with this environment has it once it has read `<home>/env`.
    pub fn path_in(&self, environment: &dyn Environment) -> Result<OsString, ScriptError> {
        let paths = Paths::of(self)?;
        let path = environment.get("PATH").unwrap_or_else(|| OsString::from(DEFAULT_PATH));
        let elements: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b':').collect();
        let shims = paths.shims_in(environment);
        let ordered_elsewhere =
            ["IN_NIX_SHELL", "DIRENV_DIR"].iter().any(|name| environment.get(name).is_some());
        if ordered_elsewhere && elements.contains(&shims.as_bytes()) {
            return Ok(path);
        }
        let misspellings = paths.misspellings();
        let is_shims = |element: &[u8]| {
            without_slash(element) == shims.as_bytes()
                || misspellings.iter().any(|one| one.as_bytes() == element)
        };
        let go_bin = paths.go_bin_in(environment, &shims);
        let mut result = vec![shims.as_bytes()];
        let mut found = false;
        for element in elements.into_iter().filter(|element| !is_shims(element)) {
            match &go_bin {
                Some(directory) if without_slash(element) == directory.as_bytes() => {
                    if !std::mem::replace(&mut found, true) {
                        result.push(directory.as_bytes());
                    }
                }
                _ => result.push(element),
            }
        }
        result.extend(go_bin.iter().filter(|_| !found).map(|directory| directory.as_bytes()));
        Ok(OsString::from_vec(result.join(&b':')))
    }

    /// gvmr's home as such a session names it: below its `HOME` if a home of gvmr is there, else by its full path.
    pub fn home_in(&self, environment: &dyn Environment) -> Result<PathBuf, ScriptError> {
        Ok(Paths::of(self)?.home_in(environment).into())
    }

    /// Where `go install` puts programs in such a session; `None` if Go would not know, or if that is the shim
    /// directory.
    pub fn go_bin_in(&self, environment: &dyn Environment) -> Result<Option<PathBuf>, ScriptError> {
        let paths = Paths::of(self)?;
        Ok(paths.go_bin_in(environment, &paths.shims_in(environment)).map(PathBuf::from))
    }
}

/// What the scripts and the rule are made of.
pub(super) struct Paths {
    /// gvmr's home, without a final slash.
    pub(super) home: OsString,
    /// What to append to a user's home directory to name it, with its slash: `/.local/share/gvmr`.
    pub(super) below: Option<OsString>,
    /// `GOBIN` of the `go env -w` file, if it can be on `PATH`.
    pub(super) go_bin: Option<OsString>,
}

impl Paths {
    pub(super) fn of(entry: &ScriptEntry<'_>) -> Result<Self, ScriptError> {
        let shims = entry.home.shims();
        let bytes = shims.as_os_str().as_bytes();
        if shims.is_relative() || bytes.iter().any(|byte| matches!(byte, b':' | b'\n')) {
            return Err(ScriptError::Unfit { path: shims });
        }
        let home = bytes.strip_suffix(b"/shims").unwrap_or(bytes);
        let below = entry.user_home.filter(|user| user.is_absolute() && user.parent().is_some());
        let below = below.and_then(|user| entry.home.root().strip_prefix(user).ok());
        let below = below.filter(|below| !below.as_os_str().is_empty());
        let go_bin = entry.go_bin.map(|directory| without_slash(directory.as_os_str().as_bytes()));
        Ok(Self {
            home: OsString::from_vec(home.to_vec()),
            below: below.map(|below| join(OsStr::new("/"), below)),
            go_bin: go_bin
                .filter(|go_bin| is_element(go_bin))
                .map(|go_bin| OsString::from_vec(go_bin.to_vec())),
        })
    }

    /// The shim directory by its full path, whatever `HOME` a session has.
    pub(super) fn shims(&self) -> OsString {
        join(&self.home, "/shims")
    }

    /// What else a start-up file may have put on `PATH` for the shim directory, written relative to `HOME`.
    pub(super) fn misspellings(&self) -> Vec<OsString> {
        let Some(below) = &self.below else { return Vec::new() };
        let literal = [self.shims(), join(&self.shims(), "/")].into_iter();
        let unexpanded = ["~", "$HOME", "${HOME}"].map(|home| join(&join(OsStr::new(home), below), "/shims"));
        literal.chain(unexpanded).collect()
    }

    fn home_in(&self, environment: &dyn Environment) -> OsString {
        let moved = self.below.as_ref().zip(user_home(environment));
        let moved = moved.map(|(below, user)| join(&user, below));
        moved.filter(|home| Path::new(home).join("shims").is_dir()).unwrap_or_else(|| self.home.clone())
    }

    fn shims_in(&self, environment: &dyn Environment) -> OsString {
        join(&self.home_in(environment), "/shims")
    }

    /// As `go help environment` and `go help install` have it: `GOBIN` of the process, `GOBIN` of the file, the first
    /// directory of `GOPATH`, `$HOME/go`.
    fn go_bin_in(&self, environment: &dyn Environment, shims: &OsStr) -> Option<OsString> {
        let absolute = |name| environment.get(name).filter(|value| value.as_bytes().starts_with(b"/"));
        let of_process = absolute("GOBIN").filter(|value| is_element(value.as_bytes()) && value != "/");
        let of_go_path = || {
            let first = absolute("GOPATH")?.as_bytes().split(|byte| *byte == b':').next()?.to_vec();
            Some(join(OsStr::from_bytes(without_slash(&first)), "/bin"))
        };
        let directory = of_process
            .or_else(|| self.go_bin.clone())
            .or_else(of_go_path)
            .or_else(|| Some(join(&user_home(environment)?, "/go/bin")))?;
        let directory = OsStr::from_bytes(without_slash(directory.as_bytes())).to_owned();
        (directory != shims && directory != self.shims()).then_some(directory)
    }
}

/// `HOME` without a final slash, if a path below it can be on `PATH`.
fn user_home(environment: &dyn Environment) -> Option<OsString> {
    let home = environment.get("HOME").filter(|home| is_element(home.as_bytes()))?;
    Some(OsStr::from_bytes(without_slash(home.as_bytes())).to_owned())
}

/// Whether it is an absolute path that `PATH` can hold.
fn is_element(path: &[u8]) -> bool {
    path.starts_with(b"/") && !path.contains(&b':')
}

fn without_slash(path: &[u8]) -> &[u8] {
    path.strip_suffix(b"/").unwrap_or(path)
}

pub(super) fn join(first: &OsStr, second: impl AsRef<OsStr>) -> OsString {
    [first, second.as_ref()].into_iter().collect()
}
