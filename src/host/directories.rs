//! Where a loader looks for libraries by default.
//!
//! Takes an architecture and the configuration files of the loaders; gives directories.

use super::arch;
use super::root::Root;
use std::path::{Path, PathBuf};

/// glibc's: beside the loaders that were found, what `/etc/ld.so.conf` names, then the built-in ones.
pub(super) fn of_glibc(root: &Root, arch: &str, beside: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut directories = beside;
    directories.extend(configured(root));
    let multiarch = arch::of(arch).map_or(&[][..], |arch| arch.multiarch);
    for base in ["/lib", "/usr/lib"] {
        directories.extend(multiarch.iter().map(|name| Path::new(base).join(name)));
    }
    directories.extend(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(PathBuf::from));
    directories
}

/// musl's: what `/etc/ld-musl-ARCH.path` names, or else the built-in ones.
pub(super) fn of_musl(root: &Root, arch: &str) -> Vec<PathBuf> {
    let mut files = arch::musl_names(arch).iter().map(|name| format!("/etc/ld-musl-{name}.path"));
    match files.find_map(|file| root.text(file)) {
        Some(text) => text.split([':', '\n']).filter_map(directory).collect(),
        None => ["/lib", "/usr/local/lib", "/usr/lib"].map(PathBuf::from).to_vec(),
    }
}

/// The directories of `/etc/ld.so.conf` and of the files it includes.
fn configured(root: &Root) -> Vec<PathBuf> {
    let text = root.text("/etc/ld.so.conf").unwrap_or_default();
    text.lines()
        .flat_map(|line| match line.trim().strip_prefix("include") {
            Some(pattern) => included(root, pattern.trim()),
            None => line_directory(line).into_iter().collect(),
        })
        .collect()
}

/// The files that distributions include are `DIRECTORY/*.conf`, relative to `/etc`.
fn included(root: &Root, pattern: &str) -> Vec<PathBuf> {
    let Some(parent) = pattern.strip_suffix("/*.conf") else { return Vec::new() };
    let parent = Path::new("/etc").join(parent);
    let names = root.names(&parent).into_iter();
    names
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "conf"))
        .filter_map(|name| root.text(parent.join(name)))
        .flat_map(|text| text.lines().filter_map(line_directory).collect::<Vec<_>>())
        .collect()
}

fn line_directory(line: &str) -> Option<PathBuf> {
    directory(line.split('#').next()?)
}

fn directory(text: &str) -> Option<PathBuf> {
    Some(PathBuf::from(text.trim())).filter(|path| path.is_absolute())
}
