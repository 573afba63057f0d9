//! Makes a home the machine's: root keeps it, every user reads it and runs what is in it.
//!
//! Takes a path and the two programs; guarantees that only root can change anything on the way to the home or in
//! it, that every user can run all of it, and that a run that was ended anywhere is completed by the next. One line in
//! `/etc/gvmr/home` names it to every user's gvmr, and is written last. Takes nothing away: the undoing leaves every
//! toolchain where it is.

use super::error::StoreError;
use super::program_record::ProgramRecord;
use super::programs::Programs;
use super::replace::replace_for_all;
use super::shims::{ShimChanges, put_program};
use super::{Store, permissions, sync_directory};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use gvmr_core::sys::directory::lead_to_one;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Where a shared home is, unless root names another place.
pub const SHARED_HOME: &str = "/opt/gvmr";

/// What the mark in a shared home says to who reads it.
const MARK: &[u8] =
    b"All users of this machine share this gvmr home. It was made by `gvmr setup --system`.\n";

/// A home that is shared now.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The home, by its real path: no element of it is a link.
    pub home: Home,
    /// The programs as every user can run them: the home's own copies.
    pub programs: Programs,
    /// Whether anything of it was not so before.
    pub changed: bool,
}

/// The file that names the shared home of the machine whose files lie below `machine` (`/`): one line, its path.
pub fn machine_file(machine: &Path) -> PathBuf {
    machine.join("etc/gvmr/home")
}

/// Shares `home` with every user of the machine whose files lie below `machine` (`/`), creating it where it is missing.
/// Its copies of the programs are brought up to date. What is so already is not touched.
///
/// [`StoreError::NotRoot`]; [`StoreError::Exposed`] where a directory above the home is not root's alone, or closed to
/// users; [`StoreError::Strange`] where anything in the home is another user's or can be written to by one, since root
/// and all users would run it.
pub fn share(home: &Home, programs: &Programs, machine: &Path) -> Result<Shared, StoreError> {
    be_root()?;
    let home = Home::at(real(home.root(), machine)?);
    all_of_roots(home.root(), home.root())?;
    let mut changed = create_for_all(home.root())?;
    let store = Store::open(home.clone())?; // which refuses what is not this user's
    changed |= write_line(&home.shared_file(), MARK)?;
    changed |= create_for_all(&home.bin())?;
    root_alone(&home, &home.bin())?;
    drop(store);
    let store = Store::open(home.clone())?; // which by now lets everyone in
    permissions::admit_to_lines(&home)?;
    for toolchain in store.toolchains()?.into_iter().filter(|toolchain| toolchain.link.is_none()) {
        permissions::admit_to_tree(&toolchain.goroot)?;
    }
    let own = Programs::of_home(&home);
    let origin = origin_of(&home, programs);
    changed |= put_program(&programs.program, &own.program)?;
    changed |= put_program(&programs.shim, &own.shim)?;
    sync_directory(&home.bin())?;
    changed |= store.publish_copies(&own, &origin)? != ShimChanges::default();
    let file = machine_file(machine);
    if let Some(directory) = file.parent() {
        changed |= create_for_all(directory)?;
    }
    changed |= write_line(&file, &[home.root().as_os_str().as_bytes(), b"\n"].concat())?;
    Ok(Shared { home, programs: own, changed })
}

/// The program that the home's copies are made of: where the copies themselves are given, what they were made of before.
fn origin_of(home: &Home, programs: &Programs) -> PathBuf {
    let is_copy = programs.program == Programs::of_home(home).program;
    let before = ProgramRecord::read(home).and_then(|record| record.origin).filter(|_| is_copy);
    before.unwrap_or_else(|| programs.program.clone())
}

/// Takes back that `home` is the machine's; whether it was. All that is installed in it stays, and stays readable.
pub fn unshare(home: &Home, machine: &Path) -> Result<bool, StoreError> {
    be_root()?;
    let file = machine_file(machine);
    let named = bounded::read(&file, PIN_LIMIT).ok().flatten();
    let named = named.as_deref().and_then(|line| line.strip_suffix(b"\n")).map(OsStr::from_bytes);
    let is_this = named
        .is_some_and(|named| Path::new(named) == home.root() || lead_to_one(Path::new(named), home.root()));
    if is_this {
        remove(&file)?;
        let directory = file.with_file_name("");
        // Not ours to remove where it holds anything else.
        let _ = fs::remove_dir(&directory);
    }
    Ok(remove(&home.shared_file())? || is_this)
}

fn be_root() -> Result<(), StoreError> {
    if rustix::process::geteuid().is_root() { Ok(()) } else { Err(StoreError::NotRoot) }
}

/// The real path of a home that may not exist yet, where root alone can change what is on the way to it.
fn real(root: &Path, machine: &Path) -> Result<PathBuf, StoreError> {
    let unfit = |path: &Path, why| StoreError::Exposed { home: root.to_owned(), path: path.to_owned(), why };
    if !root.is_absolute() || root.as_os_str().as_bytes().contains(&b'\n') {
        return Err(unfit(root, "is not an absolute path on one line"));
    }
    let look = |path: &Path| fs::canonicalize(path).map_err(|error| StoreError::io("access", path, error));
    let machine = look(machine)?;
    let there = root.ancestors().find(|path| fs::symlink_metadata(path).is_ok()).unwrap_or(Path::new("/"));
    let path = match root.strip_prefix(there) {
        Ok(rest) if !rest.as_os_str().is_empty() => look(there)?.join(rest),
        _ => look(there)?,
    };
    for above in path.ancestors().skip(1).filter(|above| above.starts_with(&machine)) {
        match fs::symlink_metadata(above) {
            Ok(found) => open_to_users(&found).map_err(|why| unfit(above, why))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::io("access", above, error)),
        }
    }
    Ok(path)
}

/// Refuses a directory in the home that others can change; who may pass through it is set later.
fn root_alone(home: &Home, path: &Path) -> Result<(), StoreError> {
    let found = fs::symlink_metadata(path).map_err(|error| StoreError::io("access", path, error))?;
    match open_to_users(&found) {
        Err(CLOSED) | Ok(()) => Ok(()),
        Err(why) => Err(StoreError::Exposed { home: home.root().to_owned(), path: path.to_owned(), why }),
    }
}

/// Refuses a home in which another user left anything, or can. Follows no link.
fn all_of_roots(path: &Path, home: &Path) -> Result<(), StoreError> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found.map_err(|error| StoreError::io("access", path, error))?,
    };
    let strange = |why| StoreError::Strange { home: home.to_owned(), path: path.to_owned(), why };
    if found.uid() != 0 {
        return Err(strange("is not owned by root"));
    }
    if !found.is_symlink() && found.mode() & 0o022 != 0 {
        return Err(strange("is writable by users other than root"));
    }
    if found.is_dir() {
        for entry in fs::read_dir(path).map_err(|error| StoreError::io("list", path, error))? {
            let entry = entry.map_err(|error| StoreError::io("list", path, error))?;
            all_of_roots(&entry.path(), home)?;
        }
    }
    Ok(())
}

const CLOSED: &str = "is not accessible to other users";

/// What is wrong with a directory on the way to a shared home.
fn open_to_users(found: &Metadata) -> Result<(), &'static str> {
    let mode = found.permissions().mode();
    if !found.is_dir() {
        Err("is not a directory")
    } else if found.uid() != 0 {
        Err("is not owned by root")
    } else if mode & 0o022 != 0 {
        Err("is writable by users other than root")
    } else if mode & 0o001 == 0 {
        Err(CLOSED)
    } else {
        Ok(())
    }
}

/// Creates a directory and what is missing above it, open to everyone whatever the umask; whether it had to.
fn create_for_all(path: &Path) -> Result<bool, StoreError> {
    let missing: Vec<_> = path.ancestors().take_while(|path| fs::symlink_metadata(path).is_err()).collect();
    for directory in missing.iter().rev() {
        let made = DirBuilder::new().mode(0o755).create(directory);
        let opened = made.and_then(|()| fs::set_permissions(directory, Permissions::from_mode(0o755)));
        opened.map_err(|error| StoreError::io("create", directory, error))?;
    }
    Ok(!missing.is_empty())
}

/// Writes a file that every user reads; whether it had to.
fn write_line(path: &Path, bytes: &[u8]) -> Result<bool, StoreError> {
    let readable = fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_file() && found.uid() == 0 && found.mode() & 0o777 == 0o644);
    if readable && bounded::read(path, PIN_LIMIT).is_ok_and(|old| old.as_deref() == Some(bytes)) {
        return Ok(false);
    }
    replace_for_all(path, bytes)?;
    Ok(true)
}

fn remove(path: &Path) -> Result<bool, StoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io("remove", path, error)),
    }
}
