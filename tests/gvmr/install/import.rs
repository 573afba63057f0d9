//! Toolchains that other tools installed: found, copied with proof, and left as they were.

mod discovery;
mod fake_toolchains;
mod real_toolchains;

use crate::support::mirror::toolchain;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Lays a made-up toolchain out as an archive of it would be unpacked.
fn lay(goroot: &Path, version: &str) -> PathBuf {
    for (name, content) in toolchain(version) {
        put(&goroot.join(name.replace("_go.mod", "go.mod")), &content);
    }
    for program in ["bin/go", "bin/gofmt"] {
        fs::set_permissions(goroot.join(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    goroot.to_owned()
}

/// Writes a file, with the directories above it.
fn put(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Mode, modification time and content of everything below a directory; links as links.
fn snapshot(root: &Path) -> BTreeMap<PathBuf, (u32, SystemTime, String)> {
    let mut found = BTreeMap::new();
    let mut left = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let content = if metadata.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            "directory".to_owned()
        } else if metadata.is_file() {
            format!("{:?}", Sha256::digest(fs::read(&path).unwrap()))
        } else {
            format!("{:?}", fs::read_link(&path).ok())
        };
        found.insert(path, (metadata.mode(), metadata.modified().unwrap(), content));
    }
    found
}
