//! New content for a file: whole or not at all, whatever happens meanwhile.
//!
//! The content is written beside the file, synced, and renamed over it. Owner, mode, access control lists and other extended
//! attributes stay what they were. A process that is killed leaves a temporary file at most, which the next one removes.

use super::directory::{HeldDirectory, set_mode};
use super::error::EditError;
use super::snapshot::Snapshot;
use super::target::EditTarget;
use super::temporary;
use rustix::fs::{self, Gid, Uid};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;

/// The largest extended attribute, and the largest list of their names.
const MAX_ATTRIBUTE_BYTES: usize = 64 << 10;
/// The access control list. It belongs to the permissions: a file that had none must not get the directory's default one.
const ACCESS_LIST: &str = "system.posix_acl_access";
/// Attributes that certify one content, and are wrong for another.
const CERTIFYING: [&[u8]; 3] = [b"security.ima", b"security.evm", b"security.capability"];

/// Puts `bytes` in the place of the file that was read as `old`, with the permissions `mode`.
pub(super) fn replace(target: &EditTarget, old: &Snapshot, bytes: &[u8], mode: u32) -> Result<(), EditError> {
    let path = target.path();
    let directory = &target.directory;
    let failed = |error: io::Error| EditError::io("write", &path, error);
    let new = temporary::create(directory, &target.name, 0o600)?;
    keep_owner(new.file(), old, mode).map_err(failed)?;
    new.write(bytes).map_err(failed)?;
    if !old.still_is(directory.look(&target.name)?.as_ref()) {
        return Err(EditError::Changed { path });
    }
    new.replace(Path::new(&target.name)).map_err(|error| EditError::io("replace", &path, error))?;
    directory.sync()
}

/// Makes a file called `name` with `bytes` and the permissions `mode`, less the umask unless the directory is shared by everyone.
pub(super) fn create(
    directory: &HeldDirectory,
    name: &OsStr,
    bytes: &[u8],
    mode: u32,
) -> Result<(), EditError> {
    let path = directory.path.join(name);
    let failed = |error: io::Error| EditError::io("write", &path, error);
    let new = temporary::create(directory, name, mode)?;
    directory.give_to_owner(new.file()).map_err(|error| failed(error.into()))?;
    if directory.is_shared {
        set_mode(new.file(), mode).map_err(|error| failed(error.into()))?;
    }
    new.write(bytes).map_err(failed)?;
    match new.rename_new(Path::new(name)) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Err(EditError::Changed { path }),
        Err(error) => return Err(EditError::io("create", &path, error)),
    }
    directory.sync()
}

/// Gives `new` the owner, the attributes and the permissions `mode`, as far as this user may.
fn keep_owner(new: &File, old: &Snapshot, mode: u32) -> io::Result<()> {
    let mut mode = mode;
    let now = fs::fstat(new)?;
    let me = rustix::process::geteuid();
    let keeps_owner = me.is_root() || old.owner == me.as_raw();
    if keeps_owner && now.st_uid != old.owner {
        fs::fchown(new, Some(Uid::from_raw(old.owner)), None)?;
    }
    if now.st_gid != old.group && fs::fchown(new, None, Some(Gid::from_raw(old.group))).is_err() {
        mode = mode & !0o070 | (mode & 0o007) << 3; // the other group gets no more than everyone has
    }
    copy_attributes(&old.file, new);
    // A copy of root's file runs nothing as its new owner.
    set_mode(new, if keeps_owner { mode } else { mode & 0o777 })?;
    Ok(())
}

/// Best effort: a file system may have none, and some are root's to give.
fn copy_attributes(old: &File, new: &File) {
    let mut names = vec![0; MAX_ATTRIBUTE_BYTES];
    let length = fs::flistxattr(old, &mut names[..]).unwrap_or_default();
    let names = names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let mut has_access_list = false;
    let mut value = vec![0; MAX_ATTRIBUTE_BYTES];
    for name in names.filter(|name| !CERTIFYING.contains(name)) {
        has_access_list |= name == ACCESS_LIST.as_bytes();
        if let Ok(length) = fs::fgetxattr(old, name, &mut value[..]) {
            let _ = fs::fsetxattr(new, name, &value[..length], fs::XattrFlags::empty());
        }
    }
    if !has_access_list {
        let _ = fs::fremovexattr(new, ACCESS_LIST);
    }
}
