//! Module zips and release archives become trees: honest ones whole, all others not at all.

pub(crate) mod archive;
mod built;
mod hostile;
mod installed;
pub(crate) mod real_modules;

use crate::support::scratch;
use crate::support::slow;
use crate::support::zip::{File, PREFIX, Zip};
use gvmr::unpack::{ArchiveLimits, Staged, UnpackError, module_zip};
use proptest::prelude::*;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A small archive with everything that matters: a program, a renamed go.mod, an empty file, directories.
pub(crate) fn small() -> Zip {
    Zip::of(&[
        ("VERSION", b"go1.99.1\ntime 2024-11-27T20:27:20Z\n"),
        ("bin/go", b"#!/bin/sh\necho go version go1.99.1 linux/amd64\n"),
        ("src/_go.mod", b"module std\n\ngo 1.99\n"),
        ("src/empty", b""),
        ("src/fmt/print.go", "package fmt // prints, prints and prints again\n".repeat(40).as_bytes()),
    ])
}

/// Unpacks `bytes` into the new directory `into`.
pub(crate) fn unpack(bytes: &[u8], into: &Path) -> Result<Staged, UnpackError> {
    unpack_within(bytes, into, &ArchiveLimits::default())
}

fn unpack_within(mut bytes: &[u8], into: &Path, limits: &ArchiveLimits) -> Result<Staged, UnpackError> {
    fs::create_dir(into).unwrap();
    module_zip(&mut bytes, PREFIX, into, limits)
}

/// Unpacks into a directory that is thrown away; the h1 of what came out.
fn outcome(bytes: &[u8]) -> Result<String, UnpackError> {
    let parent = scratch::tempdir().unwrap();
    unpack(bytes, &parent.path().join("tree")).map(|staged| staged.manifest().h1().to_string())
}

#[test]
fn an_honest_archive_becomes_a_tree_with_modes_by_rule() {
    let parent = scratch::tempdir().unwrap();
    let tree = parent.path().join("tree");
    let staged = unpack(&small().bytes(), &tree).unwrap();
    assert_eq!((staged.files(), staged.directory()), (5, tree.as_path()));
    assert_eq!(fs::read(tree.join("src/go.mod")).unwrap(), b"module std\n\ngo 1.99\n");
    assert!(!tree.join("src/_go.mod").exists(), "renamed, not copied");
    assert_eq!(fs::read(tree.join("src/empty")).unwrap(), b"");
    let umask = 0o777 & !mode(&tree);
    assert_eq!(mode(&tree.join("bin/go")), 0o755 & !umask);
    assert_eq!(mode(&tree.join("bin")), 0o755 & !umask);
    assert_eq!(mode(&tree.join("VERSION")), 0o644 & !umask);
    let names: Vec<_> = staged.manifest().entries().map(|(name, _)| name.to_owned()).collect();
    assert!(names.contains(&format!("{PREFIX}src/_go.mod")), "the manifest keeps the module's names");
}

#[test]
fn stored_and_announced_content_is_read_too() {
    let plain = Zip::of(&[("a", b"one"), ("b/c", b"two")]);
    let files =
        vec![File::stored(&format!("{PREFIX}a"), b"one"), File::announced(&format!("{PREFIX}b/c"), b"two")];
    assert_eq!(outcome(&Zip::with(files).bytes()).unwrap(), outcome(&plain.bytes()).unwrap());
}

#[test]
fn files_larger_than_any_buffer_come_out_whole() {
    let mut large: Vec<u8> =
        (0..3_000_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 7).to_le_bytes()).collect();
    large.extend(vec![0; 1_000_000]);
    let files = vec![
        File::new(&format!("{PREFIX}deflated"), &large),
        File::stored(&format!("{PREFIX}stored"), &large),
        File::new(&format!("{PREFIX}last"), b"x"),
    ];
    let parent = scratch::tempdir().unwrap();
    unpack(&Zip::with(files).bytes(), &parent.path().join("tree")).unwrap();
    for name in ["deflated", "stored"] {
        assert!(fs::read(parent.path().join("tree").join(name)).unwrap() == large, "{name}");
    }
}

#[test]
fn every_cut_is_an_error() {
    let bytes = small().bytes();
    for length in 0..bytes.len() {
        let error = outcome(&bytes[..length]).unwrap_err();
        assert!(
            matches!(error, UnpackError::Truncated { offset } if offset <= length as u64),
            "{length}: {error}"
        );
    }
    outcome(&bytes).unwrap();
}

/// Two changes go unnoticed, since they change nothing that is used: the bits behind the end of a deflate stream in
/// its last byte, and the executable bits in the external attributes, because modes come from a rule.
#[test]
fn every_flipped_bit_is_noticed_but_for_those_that_mean_nothing() {
    const TEST: &str = "unpack::every_flipped_bit_is_noticed_but_for_those_that_mean_nothing";
    let zip = small();
    let bytes = zip.bytes();
    let expected = outcome(&bytes).unwrap();
    let mut unnoticed = Vec::new();
    let flips = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff, 0xa4 ^ 0xed];
    for at in 0..bytes.len() {
        for &flip in slow::first(TEST, 3, &flips) {
            let mut forged = bytes.clone();
            forged[at] ^= flip;
            if outcome(&forged).is_ok_and(|h1| h1 == expected) {
                unnoticed.push((at, flip));
            }
        }
    }
    let allowed = meaningless(&zip);
    let surprising: Vec<_> = unnoticed.iter().filter(|(at, flip)| !allowed.contains(&(*at, *flip))).collect();
    assert!(surprising.is_empty(), "{surprising:?} of {}", bytes.len());
}

/// The flips (offset, mask) that mean nothing.
fn meaningless(zip: &Zip) -> Vec<(usize, u8)> {
    let mut flips = Vec::new();
    let mut offset = 0;
    for file in &zip.files {
        let content = offset + 30 + file.local.name.len() + file.local.extra.len();
        offset = content + file.packed.len() + 16;
        flips.extend((0..8).map(|bit| (offset - 17, 1 << bit)));
    }
    for file in &zip.files {
        flips.push((offset + 40, 0xa4 ^ 0xed));
        offset += 46 + file.central.name.len() + file.central.extra.len();
    }
    flips
}

/// What a limit calls itself, and how to make it too small for the small archive.
type Tightening = (&'static str, fn(&mut ArchiveLimits));

#[test]
fn limits_end_what_is_too_large() {
    let parent = scratch::tempdir().unwrap();
    let bytes = small().bytes();
    let tight: [Tightening; 7] = [
        ("the size of the archive in bytes", |limits| limits.archive = 600),
        ("the size of all files in bytes", |limits| limits.unpacked = 100),
        ("the number of files", |limits| limits.entries = 4),
        ("the number of directories", |limits| limits.directories = 2),
        ("the size of all names in bytes", |limits| limits.names = 20),
        ("the length of a name in bytes", |limits| limits.path = 10),
        ("the depth of a name in elements", |limits| limits.depth = 2),
    ];
    for (number, (which, tighten)) in tight.into_iter().enumerate() {
        let mut limits = ArchiveLimits::default();
        tighten(&mut limits);
        let error = unpack_within(&bytes, &parent.path().join(number.to_string()), &limits).unwrap_err();
        assert!(
            matches!(&error, UnpackError::Limit { which: got, .. } if got.to_string() == which),
            "{which}: {error}"
        );
    }
}

#[test]
fn a_bomb_ends_at_the_ratio() {
    let error = outcome(&Zip::of(&[("zeros", &vec![0; 40 << 20])]).bytes()).unwrap_err();
    assert!(matches!(error, UnpackError::Limit { which: gvmr::unpack::Limit::Ratio, .. }), "{error}");
}

#[test]
fn an_error_of_the_body_comes_back_as_it_is() {
    struct Breaks<'a>(&'a [u8]);
    impl Read for Breaks<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() { Err(io::Error::other("the cable")) } else { self.0.read(buffer) }
        }
    }
    let bytes = small().bytes();
    for length in [0, 100, bytes.len()] {
        let parent = scratch::tempdir().unwrap();
        let limits = ArchiveLimits::default();
        let error = module_zip(&mut Breaks(&bytes[..length]), PREFIX, parent.path(), &limits).unwrap_err();
        assert!(matches!(&error, UnpackError::Read(source) if source.to_string() == "the cable"), "{error}");
    }
}

#[test]
fn a_body_of_single_bytes_is_read_all_the_same() {
    struct Single<'a>(&'a [u8]);
    impl Read for Single<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }
    let (bytes, parent) = (small().bytes(), scratch::tempdir().unwrap());
    let staged = module_zip(&mut Single(&bytes), PREFIX, parent.path(), &ArchiveLimits::default()).unwrap();
    assert_eq!(staged.manifest().h1().to_string(), outcome(&bytes).unwrap());
}

#[test]
fn a_directory_that_holds_something_is_refused() {
    let parent = scratch::tempdir().unwrap();
    fs::write(parent.path().join("planted"), b"").unwrap();
    let mut bytes = &small().bytes()[..];
    let error = module_zip(&mut bytes, PREFIX, parent.path(), &ArchiveLimits::default()).unwrap_err();
    assert!(
        matches!(&error, UnpackError::Write { source, .. } if source.kind() == io::ErrorKind::DirectoryNotEmpty)
    );
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
}

#[test]
fn a_staging_directory_that_is_a_link_is_refused() {
    let parent = scratch::tempdir().unwrap();
    fs::create_dir(parent.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", parent.path().join("tree")).unwrap();
    let mut bytes = &small().bytes()[..];
    let error =
        module_zip(&mut bytes, PREFIX, &parent.path().join("tree"), &ArchiveLimits::default()).unwrap_err();
    assert!(matches!(error, UnpackError::Write { .. }), "{error}");
    assert_eq!(fs::read_dir(parent.path().join("elsewhere")).unwrap().count(), 0);
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_an_error_and_nothing_worse(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(outcome(&bytes).is_err());
    }

    #[test]
    fn an_archive_with_a_scrambled_stretch_is_an_error_or_the_same(
        at in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let mut bytes = small().bytes();
        let expected = outcome(&bytes).unwrap();
        let at = at.index(bytes.len());
        for (byte, noise) in bytes[at..].iter_mut().zip(&noise) {
            *byte = *noise;
        }
        if let Ok(h1) = outcome(&bytes) {
            prop_assert_eq!(h1, expected);
        }
    }

    #[test]
    fn any_content_comes_out_as_it_went_in(
        contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5000), 1..20),
    ) {
        let names: Vec<_> = (0..contents.len()).map(|n| format!("d{}/f{n}", n % 3)).collect();
        let files: Vec<_> = names.iter().zip(&contents).map(|(name, content)| (name.as_str(), &content[..])).collect();
        let parent = scratch::tempdir().unwrap();
        unpack(&Zip::of(&files).bytes(), &parent.path().join("tree")).unwrap();
        for (name, content) in files {
            prop_assert_eq!(&fs::read(parent.path().join("tree").join(name)).unwrap(), content);
        }
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
