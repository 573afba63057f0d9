//! Release archives become the trees of the modules of the same releases.

mod hostile;
mod mutations;
pub(crate) mod real_archives;

use crate::support::scratch;
use crate::support::slow;
use crate::support::tar::{Entry, GNU, Tar};
use crate::support::zip::{self, PREFIX, Zip};
use gvmr::unpack::{ArchiveLimits, Format, Limit, Staged, UnpackError, archive};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// A small archive: the files of the small module as they are called here, their directories, and files that no
/// module has.
fn small() -> Tar {
    let print = "package fmt // prints, prints and prints again\n".repeat(40);
    Tar::of(&[
        ("", b""),
        ("VERSION", b"go1.99.1\ntime 2024-11-27T20:27:20Z\n"),
        ("api/", b""),
        ("api/go1.txt", b"pkg archive/tar, const ErrHeader\n"),
        ("bin/", b""),
        ("bin/go", b"#!/bin/sh\necho go version go1.99.1 linux/amd64\n"),
        ("src/", b""),
        ("src/go.mod", b"module std\n\ngo 1.99\n"),
        ("src/empty", b""),
        ("src/fmt/print.go", print.as_bytes()),
        ("test/go.mod", b"module test\n"),
    ])
}

/// The h1 that the module of the small archive has.
fn module_h1() -> String {
    super::outcome(&super::small().bytes()).unwrap()
}

/// Unpacks `bytes` into the new directory `into`.
fn unpack(bytes: &[u8], format: Format, into: &Path) -> Result<Staged, UnpackError> {
    unpack_within(bytes, format, into, &ArchiveLimits::default())
}

fn unpack_within(
    mut bytes: &[u8],
    format: Format,
    into: &Path,
    limits: &ArchiveLimits,
) -> Result<Staged, UnpackError> {
    fs::create_dir(into).unwrap();
    archive(&mut bytes, format, PREFIX, into, limits)
}

/// Unpacks into a directory that is thrown away; the h1 of what came out.
fn outcome(bytes: &[u8], format: Format) -> Result<String, UnpackError> {
    let parent = scratch::tempdir().unwrap();
    unpack(bytes, format, &parent.path().join("tree")).map(|staged| staged.manifest().h1().to_string())
}

/// The archive with a header before its entry number `at`.
fn with(mut tar: Tar, at: usize, header: Entry) -> Tar {
    tar.entries.insert(at, header);
    tar
}

#[test]
fn every_format_gives_the_tree_and_the_hash_of_the_module() {
    let parent = scratch::tempdir().unwrap();
    let module = parent.path().join("module");
    super::unpack(&super::small().bytes(), &module).unwrap();
    for (format, bytes) in
        [(Format::TarGz, small().gz()), (Format::TarXz, small().xz()), (Format::Zip, small_zip().bytes())]
    {
        let tree = parent.path().join(format.extension());
        let staged = unpack(&bytes, format, &tree).unwrap();
        assert_eq!(staged.manifest().h1().to_string(), module_h1(), "{format:?}");
        assert_eq!((staged.files(), staged.directory()), (5, tree.as_path()));
        assert_eq!(staged.archive_sha256().unwrap()[..], Sha256::digest(&bytes)[..], "{format:?}");
        assert_same_tree(&tree, &module);
    }
}

/// The small archive as a zip: the same files below `go/`, no directories.
fn small_zip() -> Zip {
    let files = small().entries.into_iter().filter(|entry| entry.kind == b'0');
    Zip::with(
        files.map(|entry| zip::File::new(&String::from_utf8(entry.name).unwrap(), &entry.content)).collect(),
    )
}

/// Expects the same paths, modes and contents.
fn assert_same_tree(left: &Path, right: &Path) {
    let (one, other) = (tree(left), tree(right));
    let only: Vec<_> = one.iter().filter(|path| !other.contains(path)).collect();
    assert!(only.is_empty() && one.len() == other.len(), "{only:?}, {} and {}", one.len(), other.len());
    for (path, _) in one.iter().filter(|(path, _)| left.join(path).is_file()) {
        assert!(fs::read(left.join(path)).unwrap() == fs::read(right.join(path)).unwrap(), "{path}");
    }
}

/// The paths below `root` and their modes.
fn tree(root: &Path) -> BTreeSet<(String, u32)> {
    let mut found = BTreeSet::new();
    let mut left = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        for entry in fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()) {
            let below = entry.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.insert((below, super::mode(&entry)));
            if entry.is_dir() {
                left.push(entry);
            }
        }
    }
    found
}

#[test]
fn what_real_writers_write_is_read() {
    let long = format!("src/{}/x.go", "directory/".repeat(12).trim_end_matches('/'));
    let mut expected = Tar::of(&[("VERSION", b"v"), ("x", b"x")]);
    expected.entries[1].name = format!("go/{long}").into_bytes();
    let (directory, last) = (format!("go/{}", long.strip_suffix("/x.go").unwrap()), b"x.go".to_vec());
    // USTAR splits a long name.
    let mut split = expected.clone();
    (split.entries[1].prefix, split.entries[1].name) = (directory.into_bytes(), last);
    let wanted = outcome(&split.gz(), Format::TarGz).unwrap();

    let named = format!("go/{long}");
    let mut gnu = with(expected.clone(), 1, Entry::long_name(&named));
    for entry in &mut gnu.entries {
        (entry.magic, entry.user, entry.group) = (GNU, b"somebody".to_vec(), b"users".to_vec());
        (entry.mode, entry.uid, entry.mtime) =
            (b"0104777".to_vec(), b"0001750".to_vec(), b"00000000000".to_vec());
        entry.devices = [Vec::new(), Vec::new()];
    }
    gnu.end = vec![0; 10240];
    let mut huge_owner = gnu.clone();
    huge_owner.entries[0].uid = vec![0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff];
    let times =
        [("mtime", "1732739240.123456789"), ("atime", "-1.5"), ("ctime", "0"), ("uname", "some body")];
    let owner = [("path", named.as_str()), ("uid", "4294967296"), ("gid", "5"), ("gname", "\u{fc}ser")];
    let pax = with(expected.clone(), 1, Entry::pax(&owner));
    let pax_times = with(pax.clone(), 0, Entry::pax(&times));
    let mut no_slash = split.clone();
    no_slash.entries.insert(0, Entry::directory("go/src"));
    no_slash.entries.push(Entry::directory("go/empty/"));
    for (number, tar) in [gnu, huge_owner, pax, pax_times, no_slash].iter().enumerate() {
        assert_eq!(outcome(&tar.gz(), Format::TarGz).unwrap(), wanted, "number {number}");
    }
    let mut gzip = crate::support::tar::Gzip::of(&split.bytes());
    gzip.header = [&[0x1f, 0x8b, 8, 8, 0x68, 0x80, 0x47, 0x67, 0, 3][..], b"go.tar\0"].concat();
    assert_eq!(outcome(&gzip.bytes(), Format::TarGz).unwrap(), wanted);
}

#[test]
fn dropped_directories_may_hold_what_the_tree_may_not() {
    let name = "go/test/fixedbugs/issue27836.dir/\u{de}foo.go";
    for header in [Entry::pax(&[("path", name)]), Entry::long_name(name)] {
        let mut tar = small();
        tar.entries.extend([header, Entry::file("go/test/fixedbugs/cut", b"package foo\n")]);
        assert_eq!(outcome(&tar.gz(), Format::TarGz).unwrap(), module_h1());
    }
    let mut zip = small_zip();
    let mut file = zip::File::new(name, b"package foo\n");
    (file.local.flags, file.central.flags) = (0x808, 0x808);
    zip.files.push(file);
    zip.directory.push(zip.files.len() - 1);
    assert_eq!(outcome(&zip.bytes(), Format::Zip).unwrap(), module_h1());
}

#[test]
fn only_whole_names_of_directories_are_dropped() {
    let mut tar = small();
    let kept = ["go/apis/x", "go/API2/x", "go/src/test/x", "go/testing", "go/misc"];
    tar.entries.extend(kept.map(|name| Entry::file(name, b"x")));
    let parent = scratch::tempdir().unwrap();
    let staged = unpack(&tar.gz(), Format::TarGz, &parent.path().join("tree")).unwrap();
    assert_eq!(staged.files(), 10);
}

#[test]
fn files_larger_than_any_buffer_come_out_whole() {
    let mut large: Vec<u8> =
        (0..3_000_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 7).to_le_bytes()).collect();
    large.extend(vec![0; 1_000_001]);
    let tar = Tar::of(&[("first", &large[..262_143]), ("large", &large), ("last", b"x")]);
    for (format, bytes) in [(Format::TarGz, tar.gz()), (Format::TarXz, tar.xz())] {
        let parent = scratch::tempdir().unwrap();
        unpack(&bytes, format, &parent.path().join("tree")).unwrap();
        for entry in &tar.entries {
            let name = std::str::from_utf8(&entry.name).unwrap().strip_prefix("go/").unwrap();
            assert!(fs::read(parent.path().join("tree").join(name)).unwrap() == entry.content, "{name}");
        }
    }
}

#[test]
fn limits_end_what_is_too_large() {
    let parent = scratch::tempdir().unwrap();
    let tight: [(Limit, fn(&mut ArchiveLimits)); 7] = [
        (Limit::Archive, |limits| limits.archive = 300),
        (Limit::Unpacked, |limits| limits.unpacked = 100),
        (Limit::Entries, |limits| limits.entries = 6),
        (Limit::Directories, |limits| limits.directories = 4),
        (Limit::Names, |limits| limits.names = 40),
        (Limit::Path, |limits| limits.path = 10),
        (Limit::Depth, |limits| limits.depth = 2),
    ];
    for (number, (which, tighten)) in tight.into_iter().enumerate() {
        let mut limits = ArchiveLimits::default();
        tighten(&mut limits);
        let into = parent.path().join(number.to_string());
        let error = unpack_within(&small().gz(), Format::TarGz, &into, &limits).unwrap_err();
        assert!(matches!(&error, UnpackError::Limit { which: got, .. } if *got == which), "{which}: {error}");
    }
    let exact = ArchiveLimits { entries: 7, directories: 5, ..ArchiveLimits::default() };
    unpack_within(&small().gz(), Format::TarGz, &parent.path().join("exact"), &exact).unwrap();
}

#[test]
fn bombs_end_at_the_ratio_wherever_they_lie() {
    if slow::left_out("unpack::archive::bombs_end_at_the_ratio_wherever_they_lie") {
        return;
    }
    let zeros = vec![0; 40 << 20];
    let mut at_the_end = small();
    at_the_end.end.extend(&zeros);
    for tar in [Tar::of(&[("zeros", &zeros)]), Tar::of(&[("test/zeros", &zeros)]), at_the_end] {
        for (format, bytes) in [(Format::TarGz, tar.gz()), (Format::TarXz, tar.xz())] {
            let error = outcome(&bytes, format).unwrap_err();
            assert!(matches!(error, UnpackError::Limit { which: Limit::Ratio, .. }), "{error}");
        }
    }
}

#[test]
fn a_slow_body_is_left_as_soon_as_nobody_wants_it() {
    /// Gives one byte in 20 ms, and counts.
    struct Slow(Arc<AtomicUsize>);
    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(20));
            buffer[0] = 0;
            Ok(1)
        }
    }
    let parent = scratch::tempdir().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let first = vec![b'x'; 256 << 10]; // one window, which is looked at
    let mut body = (&first[..]).chain(Slow(Arc::clone(&count)));
    let error =
        archive(&mut body, Format::TarGz, PREFIX, parent.path(), &ArchiveLimits::default()).unwrap_err();
    assert!(error.to_string().contains("signature"), "{error}");
    assert!(count.load(Ordering::Relaxed) < 50, "{count:?}");
}
