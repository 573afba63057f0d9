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
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::chown;

    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn machine(line: &[u8]) -> tempfile::TempDir {
        let machine = tempfile::tempdir().unwrap();
        fs::create_dir_all(machine.path().join("etc/gvmr")).unwrap();
        fs::write(store::machine_file(machine.path()), line).unwrap();
        machine
    }

    #[test]
    fn what_is_named_goes_first_and_a_users_own_is_the_last_resort() {
        let nothing = tempfile::tempdir().unwrap();
        let own = Some(nothing.path().join("own"));
        let of = |environment: Vec<(&str, &str)>, own: &Option<PathBuf>| {
            home(&environment, own.clone(), nothing.path())
        };
        assert_eq!(of(vec![], &own).unwrap(), nothing.path().join("own"));
        assert_eq!(of(vec![("GVMR_HOME", "/srv/go")], &own).unwrap(), Path::new("/srv/go"));
        assert!(matches!(of(vec![], &None), Err(ConfigError::NoHome)));
        let share = |environment: Vec<(&str, &str)>| home_to_share(&environment, nothing.path()).unwrap();
        assert_eq!(share(vec![]), Path::new("/opt/gvmr"));
        assert_eq!(share(vec![("GVMR_HOME", "/srv/go")]), Path::new("/srv/go"));
    }

    #[test]
    fn a_home_that_no_path_can_hold_is_refused() {
        let nothing = tempfile::tempdir().unwrap();
        for (path, what) in [("/srv/a:b", "a colon"), ("/srv/a\nb", "a line break"), ("/:\n", "a colon")] {
            let named = vec![("GVMR_HOME", path)];
            let refusals = [
                home(&named, None, nothing.path()),
                home_to_share(&named, nothing.path()),
                home(&Vec::<(&str, &str)>::new(), Some(PathBuf::from(path)), nothing.path()),
            ];
            for refusal in refusals {
                assert!(matches!(&refusal, Err(ConfigError::OffPath { what: found, .. }) if *found == what));
            }
        }
        assert!(home(&vec![("GVMR_HOME", "/srv/a b;c'\\")], None, nothing.path()).is_ok());
    }

    #[test]
    fn a_machines_word_that_is_wrong_names_its_file() {
        for line in
            [&b"relative/home\n"[..], b"", b"/no/such/home\n", b"/\n/\n", b"/\r\n", b"/etc/passwd\n", b"\xff"]
        {
            let machine = machine(line);
            let error = home(&vec![("HOME", "/h")], None, machine.path()).unwrap_err().to_string();
            assert!(error.contains("etc/gvmr/home"), "{line:?}: {error}");
            // Where something else decides, the file is not read.
            let named = vec![("GVMR_HOME", "/srv/go")];
            assert_eq!(home(&named, None, machine.path()).unwrap(), Path::new("/srv/go"));
        }
    }

    #[test]
    fn only_roots_word_counts() {
        let word = machine(b"/\n");
        let file = store::machine_file(word.path());
        let ask = || home(&Vec::<(&str, &str)>::new(), None, word.path());
        if !rustix::process::geteuid().is_root() {
            assert!(ask().unwrap_err().to_string().contains("only root may set"));
            return;
        }
        assert_eq!(ask().unwrap(), Path::new("/"));
        fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
        assert!(ask().unwrap_err().to_string().contains("by users other than root"));
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        chown(&file, Some(65534), None).unwrap();
        assert!(ask().unwrap_err().to_string().contains("belongs to user 65534"));
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", &file).unwrap();
        assert!(ask().unwrap_err().to_string().contains("not a regular file"));
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert!(ask().unwrap_err().to_string().contains("not a regular file"));
    }
}
