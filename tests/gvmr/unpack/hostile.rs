//! Archives made to harm: each must be an error of the right kind, and nothing outside the staging directory may
//! change.

use super::{small, unpack};
use crate::support::zip::{File, PREFIX, Zip};
use gvmr::unpack::{Staged, UnpackError};
use std::fs;
use std::path::Path;

/// A name for the case, the kind of error, a word of its text, and the forgery.
type Case = (&'static str, &'static str, &'static str, fn(&mut Zip));

/// Names that no entry may have, below the prefix.
pub(super) const NAMES: &[(&str, &str)] = &[
    ("", "empty"),
    ("src/", "directories"),
    ("/etc/passwd", "absolute"),
    ("..", ". or .."),
    ("../outside/planted", ". or .."),
    ("src/../../outside/planted", ". or .."),
    ("src/./x", ". or .."),
    (".", ". or .."),
    ("src//x", "empty element"),
    ("src/x.", "dot"),
    ("src/...", "dot"),
    ("src\\x", "character"),
    ("C:x", "character"),
    ("src/x\0y", "character"),
    ("src/x\ny", "character"),
    ("src/x\x1b[2Jy", "character"),
    ("src/\"x\"", "character"),
    ("src/x*", "character"),
    ("src/caf\u{e9}", "character"),
    ("src/con", "device"),
    ("src/NUL.txt", "device"),
    ("lpt9/x", "device"),
    ("COM1.tar.gz", "device"),
    ("PROGRA~1/x", "short name"),
    ("src/LONGFI~12.TXT", "short name"),
    ("go.mod", "go.mod"),
    ("src/go.mod", "go.mod"),
    ("src/GO.MOD", "go.mod"),
    ("src/_GO.mod", "lower case"),
    (".gvmr-receipt.json", "reserved"),
    (".GVMR-receipt.json", "reserved"),
];

/// Second names that cannot stand beside `src/fmt/print.go` and the others of the small archive.
pub(super) const CLASHES: &[(&str, &str)] = &[
    ("src/fmt/print.go", "two files"),
    ("src/fmt/PRINT.go", "case"),
    ("SRC/other.go", "case"),
    ("src/Fmt/other.go", "case"),
    ("src/fmt", "file and a directory"),
    ("src/fmt/print.go/x", "file and a directory"),
    ("src/FMT", "case"),
    ("bin/go/x", "file and a directory"),
    ("VERSION/x", "file and a directory"),
];

const FORGERIES: &[Case] = &[
    ("no entries", "malformed", "first signature", |zip| (zip.files, zip.directory) = Default::default()),
    ("bytes before", "malformed", "first signature", |zip| zip.before = b"#!/bin/sh\n".to_vec()),
    ("an archive before", "malformed", "after the end", |zip| zip.before = small().bytes()),
    ("bytes after", "malformed", "after the end", |zip| zip.after = vec![0]),
    ("an archive after", "malformed", "after the end", |zip| zip.after = small().bytes()),
    ("a gap between files", "malformed", "signature", |zip| zip.files[1].gap = vec![0; 4]),
    ("a file that is not listed", "malformed", "signature", |zip| zip.directory.truncate(4)),
    ("the first file not listed", "malformed", "central", |zip| zip.directory = vec![1, 2, 3, 4]),
    ("a file listed twice", "malformed", "signature", |zip| zip.directory.push(4)),
    ("another order", "malformed", "central", |zip| zip.directory.swap(1, 3)),
    ("a gap before the directory", "malformed", "signature", |zip| zip.before_directory = vec![0; 3]),
    ("a gap before the end", "malformed", "signature", |zip| zip.before_end = vec![0; 3]),
    ("zip64", "refused", "zip64", |zip| zip.before_end = [&b"PK\x06\x06"[..], &[0; 72]].concat()),
    ("zip64 locator", "malformed", "signature", |zip| {
        zip.before_end = [&b"PK\x06\x07"[..], &[0; 16]].concat();
    }),
    ("an archive comment", "malformed", "comment", |zip| zip.end.comment = b"PK".to_vec()),
    ("a disk number", "malformed", "disk", |zip| zip.end.disk = 1),
    ("a directory's disk", "malformed", "disk", |zip| zip.end.directory_disk = 1),
    ("fewer entries", "malformed", "entries", |zip| zip.end.entries = u16::MAX),
    ("fewer entries here", "malformed", "entries", |zip| zip.end.entries_here = u16::MAX),
    ("a wrong directory size", "malformed", "size of the central", |zip| zip.end.size = 1),
    ("a wrong directory offset", "malformed", "offset of the central", |zip| zip.end.offset = 1),
    ("a zip64 entry count", "malformed", "entries", |zip| zip.end.entries = 0xffff - 5),
    ("an entry's offset", "malformed", "offset", |zip| zip.files[2].offset = 1),
    ("an entry's comment", "malformed", "comment", |zip| zip.files[2].comment = b"x".to_vec()),
    ("an entry's disk", "malformed", "disk", |zip| zip.files[2].disk = 1),
    ("internal attributes", "malformed", "internal", |zip| zip.files[2].internal = 1),
    ("a link", "refused", "links", |zip| zip.files[2].external = 0o120_777 << 16),
    ("a directory's mode", "refused", "directories", |zip| zip.files[2].external = 0o040_755 << 16),
    ("a character device", "refused", "devices", |zip| zip.files[2].external = 0o020_666 << 16),
    ("a block device", "refused", "devices", |zip| zip.files[2].external = 0o060_666 << 16),
    ("a FIFO", "refused", "devices", |zip| zip.files[2].external = 0o010_666 << 16),
    ("a socket", "refused", "devices", |zip| zip.files[2].external = 0o140_666 << 16),
    ("setuid", "malformed", "attributes", |zip| zip.files[1].external = 0o104_755 << 16),
    ("world-writable", "malformed", "attributes", |zip| zip.files[1].external = 0o100_666 << 16),
    ("an MS-DOS directory", "malformed", "attributes", |zip| zip.files[1].external |= 0x10),
    ("made by NTFS", "malformed", "origin", |zip| zip.files[1].made_by = 0x0a14),
    ("encrypted", "refused", "encrypted", |zip| both(zip, |header| header.flags |= 1)),
    ("strongly encrypted", "malformed", "flags", |zip| both(zip, |header| header.flags |= 0x40)),
    ("UTF-8 names", "malformed", "flags", |zip| both(zip, |header| header.flags |= 0x800)),
    ("a masked directory", "malformed", "flags", |zip| both(zip, |header| header.flags |= 0x2000)),
    ("bzip2", "malformed", "method", |zip| both(zip, |header| header.method = 12)),
    ("deflate64", "malformed", "method", |zip| both(zip, |header| header.method = 9)),
    ("zstd", "malformed", "method", |zip| both(zip, |header| header.method = 93)),
    ("stored of unknown size", "refused", "announce", |zip| both(zip, |header| header.method = 0)),
    ("version 4.5", "malformed", "version", |zip| both(zip, |header| header.needed = 45)),
    ("version in the directory", "malformed", "version", |zip| zip.files[1].central.needed = 10),
    ("flags in the directory", "malformed", "flags", |zip| zip.files[1].central.flags = 0),
    ("method in the directory", "malformed", "method", |zip| zip.files[1].central.method = 0),
    ("time in the directory", "malformed", "time", |zip| zip.files[1].central.time += 1),
    ("date in the directory", "malformed", "time", |zip| zip.files[1].central.date += 1),
    ("checksum in the directory", "malformed", "checksum", |zip| zip.files[1].central.crc ^= 1),
    ("packed size in the directory", "malformed", "packed size", |zip| zip.files[1].central.packed += 1),
    ("size in the directory", "malformed", "size", |zip| zip.files[1].central.size += 1),
    ("name in the directory", "malformed", "central name", |zip| {
        *zip.files[1].central.name.last_mut().unwrap() = b'x';
    }),
    ("longer name in the directory", "malformed", "central name", |zip| zip.files[1].central.name.push(b'x')),
    ("extra in the directory", "malformed", "extra", |zip| {
        *zip.files[1].central.extra.last_mut().unwrap() ^= 1;
    }),
    ("no extra in the directory", "malformed", "extra", |zip| zip.files[1].central.extra.clear()),
    ("checksum announced too", "malformed", "checksum", |zip| {
        zip.files[1].local.crc = zip.files[1].central.crc;
    }),
    ("size announced too", "malformed", "size", |zip| zip.files[1].local.size = zip.files[1].central.size),
    ("packed size announced too", "malformed", "packed", |zip| zip.files[1].local.packed = 7),
    ("an extra field of Unix", "malformed", "extra", |zip| {
        zip.files[1].extra(b"ux\x0b\x00\x01\x04\0\0\0\0\x04\0\0\0\0");
    }),
    ("a zip64 extra field", "malformed", "extra", |zip| zip.files[1].extra(&[1, 0, 5, 0, 0, 0, 0, 0, 0])),
    ("a Unicode path", "malformed", "extra", |zip| zip.files[1].extra(b"up\x05\x00\x01\0\0\0\0")),
    ("two time stamps", "malformed", "extra", |zip| zip.files[1].extra(&b"UT\x05\x00\x01\0\0\0\0".repeat(2))),
    ("an access time", "malformed", "extra", |zip| zip.files[1].extra(b"UT\x05\x00\x02\0\0\0\0")),
    ("no descriptor", "malformed", "descriptor", |zip| zip.files[1].descriptor = None),
    ("descriptor without signature", "malformed", "descriptor", |zip| {
        descriptor(zip, |what, _| *what = [0; 4]);
    }),
    ("descriptor's checksum", "malformed", "checksum", |zip| descriptor(zip, |_, fields| fields[0] ^= 1)),
    ("descriptor's packed size", "malformed", "packed size", |zip| {
        descriptor(zip, |_, fields| fields[1] += 1);
    }),
    ("descriptor's size", "malformed", "size", |zip| descriptor(zip, |_, fields| fields[2] += 1)),
    ("checksum everywhere", "malformed", "checksum", |zip| {
        descriptor(zip, |_, fields| fields[0] ^= 1);
        zip.files[1].central.crc ^= 1;
    }),
    ("no deflate data", "malformed", "content", |zip| zip.files[1].packed = vec![0xff; 40]),
    ("data after the stream", "malformed", "descriptor", |zip| zip.files[1].packed.push(0)),
    ("announced too short", "malformed", "content", |zip| announced(zip, |header| header.packed -= 1)),
    ("announced too long", "malformed", "packed size", |zip| announced(zip, |header| header.packed += 1)),
    ("announced larger", "malformed", "size", |zip| announced(zip, |header| header.size += 1)),
    ("announced checksum", "malformed", "checksum", |zip| announced(zip, |header| header.crc ^= 1)),
    ("stored with two sizes", "malformed", "size", |zip| stored(zip, |header| header.size += 1)),
    ("stored checksum", "malformed", "checksum", |zip| stored(zip, |header| header.crc ^= 1)),
    ("another module", "refused", "must begin with", |zip| {
        zip.files[1].rename(b"example.org/x@v1.0.0/bin/go");
    }),
    ("another version", "refused", "must begin with", |zip| {
        zip.files[1].rename(b"golang.org/toolchain@v0.0.2/bin/go");
    }),
    ("no prefix", "refused", "must begin with", |zip| zip.files[1].rename(b"bin/go")),
    ("an empty name", "refused", "must begin with", |zip| zip.files[1].rename(b"")),
    ("a name of 65535 bytes", "limit", "length", |zip| zip.files[1].rename(&[b'x'; 65535])),
    ("an element of 256 bytes", "refused", "255 bytes", |zip| {
        zip.files[1].rename(format!("{PREFIX}src/{}/x", "d".repeat(256)).as_bytes());
    }),
    ("a deep name", "limit", "depth", |zip| {
        zip.files[1].rename(format!("{PREFIX}{}x", "d/".repeat(40)).as_bytes());
    }),
];

/// Changes both headers of the second file.
fn both(zip: &mut Zip, forge: fn(&mut crate::support::zip::Header)) {
    forge(&mut zip.files[1].local);
    forge(&mut zip.files[1].central);
}

fn descriptor(zip: &mut Zip, forge: fn(&mut [u8; 4], &mut [u32; 3])) {
    let (signature, fields) = zip.files[1].descriptor.as_mut().unwrap();
    forge(signature, fields);
}

fn announced(zip: &mut Zip, forge: fn(&mut crate::support::zip::Header)) {
    zip.files[1] = File::announced(&format!("{PREFIX}bin/go"), b"some content, some content");
    both(zip, forge);
}

fn stored(zip: &mut Zip, forge: fn(&mut crate::support::zip::Header)) {
    zip.files[1] = File::stored(&format!("{PREFIX}bin/go"), b"some content, some content");
    both(zip, forge);
}

#[test]
fn forged_archives_are_errors() {
    for (case, kind, word, forge) in FORGERIES {
        let mut zip = small();
        forge(&mut zip);
        refuses(case, kind, word, &zip);
    }
}

#[test]
fn forbidden_names_are_errors() {
    for (name, word) in NAMES {
        let mut zip = small();
        zip.files[1].rename(format!("{PREFIX}{name}").as_bytes());
        refuses(name, "refused", word, &zip);
    }
}

#[test]
fn clashing_names_are_errors_in_either_order() {
    for (name, word) in CLASHES {
        let mut zip = small();
        zip.files.push(File::new(&format!("{PREFIX}{name}"), b"other"));
        zip.directory.push(5);
        refuses(name, "refused", word, &zip);
        zip.files.swap(5, 0);
        refuses(name, "refused", word, &zip);
    }
}

#[test]
fn the_corpus_is_large_and_its_base_is_honest() {
    let parent = tempfile::tempdir().unwrap();
    unpack(&small().bytes(), &parent.path().join("tree")).unwrap();
    assert!(FORGERIES.len() + NAMES.len() + CLASHES.len() >= 120);
}

fn refuses(case: &str, kind: &str, word: &str, zip: &Zip) {
    refuses_all(case, kind, word, |tree| unpack(&zip.bytes(), tree));
}

/// Unpacks beside other things, which must stay as they are, and expects an error, and neither links nor devices.
pub(super) fn refuses_all(
    case: &str,
    kind: &str,
    word: &str,
    unpack: impl FnOnce(&Path) -> Result<Staged, UnpackError>,
) {
    let parent = tempfile::tempdir().unwrap();
    fs::create_dir_all(parent.path().join("outside")).unwrap();
    fs::create_dir(parent.path().join("staging")).unwrap();
    fs::write(parent.path().join("outside/kept"), b"kept").unwrap();
    let before = listing(parent.path());
    let error = unpack(&parent.path().join("staging/tree")).expect_err(case);
    for (path, _) in listing(&parent.path().join("staging/tree")) {
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        assert!(kind.is_file() || kind.is_dir(), "{case:?}: {path} is {kind:?}");
    }
    fs::remove_dir_all(parent.path().join("staging/tree")).unwrap();
    assert_eq!(listing(parent.path()), before, "{case:?}");
    assert_eq!(kind_of(&error), kind, "{case:?}: {error}");
    assert!(error.to_string().contains(word), "{case:?}: {error} does not say {word:?}");
    assert!(!error.to_string().contains(|c: char| c.is_control()), "{case:?}: {error:?}");
}

pub(super) fn kind_of(error: &UnpackError) -> &'static str {
    match error {
        UnpackError::Read(_) => "read",
        UnpackError::Truncated { .. } => "truncated",
        UnpackError::Write { .. } => "write",
        UnpackError::Unreadable { .. } => "unreadable",
        UnpackError::Malformed { .. } => "malformed",
        UnpackError::Refused { .. } => "refused",
        UnpackError::Limit { .. } => "limit",
    }
}

/// Every path below `root` with its content.
pub(super) fn listing(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        let kind = fs::symlink_metadata(&path).unwrap();
        let content = if kind.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        found.push((path.display().to_string(), content));
        if kind.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found.sort();
    found
}
