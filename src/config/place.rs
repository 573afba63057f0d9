//! Which home is used: the one that is set, a user's own, or the one that the machine's users share.
//!
//! Takes the environment and `/etc/gvmr/home`. That file counts only where root alone can have written it. It is read only
//! where it decides; a mistake in it is an error that names the file.

use super::error::ConfigError;
use super::paths::absolute;
use crate::store;
use directories::BaseDirs;
use gvmr_core::home::paths::Home;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The home: `GVMR_HOME`, else this user's `own` where something is installed in it, else the machine's, else `own`.
///
/// For root the shared one comes first: root manages it, and `sudo gvmr install` is meant for all users.
pub(super) fn home(
    environment: &dyn Environment,
    own: Option<PathBuf>,
    machine: &Path,
) -> Result<PathBuf, ConfigError> {
    on_path(home_of(environment, own, machine)?)
}

fn home_of(
    environment: &dyn Environment,
    own: Option<PathBuf>,
    machine: &Path,
) -> Result<PathBuf, ConfigError> {
    if let Some(named) = absolute(environment, "GVMR_HOME")? {
        return Ok(named);
    }
    let manages_shared = rustix::process::geteuid().is_root();
    let in_use = own.as_ref().filter(|own| own.is_absolute() && own.join("versions").is_dir());
    if let Some(own) = in_use.filter(|_| !manages_shared) {
        return Ok(own.clone());
    }
    match shared(machine)? {
        Some(shared) => Ok(shared),
        None => own.ok_or(ConfigError::NoHome),
    }
}

/// The home to share with all users of the machine whose files lie below `machine` (`/`): `GVMR_HOME`, else the one
/// that is shared already, else the usual place.
pub fn home_to_share(environment: &dyn Environment, machine: &Path) -> Result<PathBuf, ConfigError> {
    on_path(match absolute(environment, "GVMR_HOME")? {
        Some(named) => named,
        None => shared(machine)?.unwrap_or_else(|| PathBuf::from(store::SHARED_HOME)),
    })
}

/// Refuses a home whose shim directory cannot be an element of `PATH`.
fn on_path(home: PathBuf) -> Result<PathBuf, ConfigError> {
    let has = |byte: u8| home.as_os_str().as_bytes().contains(&byte);
    let what = match (has(b':'), has(b'\n')) {
        (true, _) => "a colon",
        (_, true) => "a line break",
        _ => return Ok(home),
    };
    Err(ConfigError::OffPath { home, what })
}

/// The home of this user alone, in the platform's data directory.
pub fn own_home() -> Option<Home> {
    BaseDirs::new().map(|directories| Home::at(directories.data_dir().join("gvmr")))
}

/// The shared home that the machine's file names; `None` where there is no such file.
fn shared(machine: &Path) -> Result<Option<PathBuf>, ConfigError> {
    let file = store::machine_file(machine);
    let wrong = |why: String| ConfigError::Machine { path: file.clone(), why };
    let found = match fs::symlink_metadata(&file) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(source) => return Err(ConfigError::Unreadable { path: file, source }),
    };
    if !found.is_file() {
        return Err(wrong("is not a regular file".to_owned()));
    }
    if found.uid() != 0 {
        return Err(wrong(format!("belongs to user {}, but only root may set the shared home", found.uid())));
    }
    if found.permissions().mode() & 0o022 != 0 {
        return Err(wrong("is writable by users other than root".to_owned()));
    }
    let text = bounded::read_owned(&file, PIN_LIMIT, &[0]).map_err(|refusal| wrong(refusal.to_string()))?;
    let text = text.unwrap_or_default();
    let line = Path::new(OsStr::from_bytes(text.strip_suffix(b"\n").unwrap_or(&text)));
    let is_roots = fs::metadata(line).is_ok_and(|home| home.is_dir() && home.uid() == 0);
    if line.is_absolute() && is_roots {
        return Ok(Some(line.to_owned()));
    }
    let line = printable::path(line);
    Err(wrong(format!("names \"{line}\"; expected the absolute path of a directory owned by root")))
}

#[cfg(test)]
mod tests;
