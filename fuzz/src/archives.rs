//! Archives: each way in, and for tar a second reader as the judge of what was accepted.

use crate::scratch;
use flate2::Compression;
use flate2::write::GzEncoder;
use gvmr::unpack::{self, ArchiveLimits, Format, Staged, UnpackError};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const PREFIX: &str = "golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64/";

/// Far below the real ones, so that a bomb costs little.
fn limits() -> ArchiveLimits {
    ArchiveLimits { unpacked: 8 << 20, entries: 256, directories: 128, ..ArchiveLimits::default() }
}

fn emptied(name: &str) -> PathBuf {
    let tree = scratch(name).join("tree");
    match std::fs::remove_dir_all(&tree) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{}: {error}", tree.display()),
        _ => {}
    }
    std::fs::create_dir(&tree).expect("a tree");
    tree
}

fn unpacked(name: &str, data: &[u8], format: Option<Format>) -> Result<Staged, UnpackError> {
    let tree = emptied(name);
    let mut body = data;
    let staged = match format {
        Some(format) => unpack::archive(&mut body, format, PREFIX, &tree, &limits()),
        None => unpack::module_zip(&mut body, PREFIX, &tree, &limits()),
    };
    let outside = std::fs::read_dir(scratch(name)).expect("the scratch").count();
    assert_eq!(outside, 1, "nothing is written beside the tree");
    staged
}

/// A tar in a frame that changes nothing.
pub fn tar(data: &[u8]) {
    let mut framed = GzEncoder::new(Vec::new(), Compression::none());
    framed.write_all(data).expect("memory");
    let framed = framed.finish().expect("memory");
    let Ok(staged) = unpacked("tar", &framed, Some(Format::TarGz)) else { return };
    let theirs = other_reader(data);
    for (path, ours) in files(staged.directory()) {
        let name = PathBuf::from("go").join(path.strip_prefix(staged.directory()).expect("below"));
        assert_eq!(theirs.get(&name), Some(&ours), "{}", name.display());
    }
}

/// What the tar crate reads: the last content under each name.
fn other_reader(data: &[u8]) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut archive = tar::Archive::new(data);
    for entry in archive.entries().into_iter().flatten().map_while(Result::ok) {
        let mut entry = entry;
        let Ok(name) = entry.path().map(|path| path.into_owned()) else { continue };
        let mut content = Vec::new();
        if entry.header().entry_type().is_file() && entry.read_to_end(&mut content).is_ok() {
            found.insert(name, content);
        }
    }
    found
}

fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![directory.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry"))
        {
            let path = entry.path();
            if entry.file_type().expect("a type").is_dir() {
                left.push(path);
            } else {
                let content = std::fs::read(&path).expect("a file");
                found.push((path, content));
            }
        }
    }
    found
}

/// A gzip frame, whatever is in it.
pub fn gzip(data: &[u8]) {
    let _ = unpacked("gzip", data, Some(Format::TarGz));
}

/// An xz stream, whatever is in it.
pub fn xz(data: &[u8]) {
    let _ = unpacked("xz", data, Some(Format::TarXz));
}

/// A zip, as a module and as a release archive.
pub fn zip(data: &[u8]) {
    let _ = unpacked("zip", data, None);
    let _ = unpacked("zip", data, Some(Format::Zip));
}
