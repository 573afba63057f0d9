//! Changed bytes, cuts and noise; and GNU tar as a second reader of whatever is accepted.

use super::super::hostile::{kind_of, listing};
use super::{module_h1, outcome, small, unpack};
use crate::support::scratch;
use crate::support::skip;
use crate::support::slow;
use crate::support::tar::{Gzip, Tar};
use flate2::read::GzDecoder;
use gvmr::unpack::{Format, UnpackError};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

/// The time, the level and the system in a gzip header mean nothing.
const MEANINGLESS: std::ops::Range<usize> = 4..10;

/// Besides those, a flip goes unnoticed only where it is another spelling of the same bytes: behind the end of the
/// deflate stream in its last byte, or a copy of zeros from elsewhere.
#[test]
fn every_flipped_bit_of_a_gzip_is_an_error_or_means_nothing() {
    let (bytes, plain) = (small().gz(), small().bytes());
    let mut unnoticed = BTreeSet::new();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut forged = bytes.clone();
            forged[at] ^= 1 << bit;
            match outcome(&forged, Format::TarGz) {
                Ok(h1) => {
                    assert_eq!(h1, module_h1(), "byte {at}, bit {bit}");
                    let mut decoded = Vec::new();
                    GzDecoder::new(&forged[..]).read_to_end(&mut decoded).unwrap();
                    assert!(decoded == plain, "byte {at}, bit {bit}");
                    unnoticed.insert(at);
                }
                Err(error) => assert!(!matches!(error, UnpackError::Read(_) | UnpackError::Write { .. })),
            }
        }
    }
    let strange = unnoticed.iter().filter(|at| !MEANINGLESS.contains(at)).count();
    assert!(MEANINGLESS.into_iter().all(|at| unnoticed.contains(&at)) && strange < 10, "{unnoticed:?}");
}

#[test]
fn every_flipped_bit_of_an_xz_is_an_error() {
    const TEST: &str = "unpack::archive::mutations::every_flipped_bit_of_an_xz_is_an_error";
    let bytes = small().xz();
    for at in (0..bytes.len()).step_by(slow::rounds(TEST, 3, 1)) {
        for bit in 0..8 {
            let mut forged = bytes.clone();
            forged[at] ^= 1 << bit;
            assert!(outcome(&forged, Format::TarXz).is_err(), "byte {at}, bit {bit}");
        }
    }
}

/// Without the compression's checksum, the tar's own checksums notice what changes a header; contents are the h1's.
#[test]
fn every_changed_byte_of_a_header_is_noticed_or_means_nothing() {
    const TEST: &str =
        "unpack::archive::mutations::every_changed_byte_of_a_header_is_noticed_or_means_nothing";
    let tar = small();
    let plain = tar.bytes();
    let contents: Vec<_> = contents(&tar);
    let headers = (0..plain.len()).filter(|at| !contents.iter().any(|range| range.contains(at)));
    for at in headers.step_by(slow::rounds(TEST, 3, 1)) {
        for &flip in slow::first(TEST, 1, &[0x01, 0x20, 0x80, 0xff]) {
            let mut forged = plain.clone();
            forged[at] ^= flip;
            let result = outcome(&Gzip::of(&forged).bytes(), Format::TarGz);
            // A checksum's end may be a zero or a space.
            let terminator = matches!(at % 512, 154 | 155) && matches!(forged[at], 0 | b' ');
            assert!(result.is_err() || terminator, "byte {at} ^ {flip:#x}");
        }
    }
}

/// Where the contents lie.
fn contents(tar: &Tar) -> Vec<std::ops::Range<usize>> {
    let mut offset = 0;
    let mut ranges = Vec::new();
    for entry in &tar.entries {
        ranges.push(offset + 512..offset + 512 + entry.content.len());
        offset += 512 + entry.content.len().next_multiple_of(512);
    }
    ranges
}

/// Modes, owners, times: fields that may hold any number, under a checksum that is right.
#[test]
fn fields_that_mean_nothing_do_not_change_the_hash() {
    let forgeries: [fn(&mut crate::support::tar::Entry); 8] = [
        |entry| entry.mode = b"0007777".to_vec(),
        |entry| entry.mode = b"000000".to_vec(),
        |entry| entry.uid = b"0001750".to_vec(),
        |entry| entry.gid = b"7777777".to_vec(),
        |entry| entry.mtime = b"00000000000".to_vec(),
        |entry| entry.user = b"\xff\x1b[2J".to_vec(),
        |entry| entry.group = b"root".to_vec(),
        |entry| entry.devices = [Vec::new(), b"0".to_vec()],
    ];
    for (number, forge) in forgeries.iter().enumerate() {
        let mut tar = small();
        tar.entries.iter_mut().for_each(forge);
        assert_eq!(outcome(&tar.gz(), Format::TarGz).unwrap(), module_h1(), "forgery {number}");
    }
}

#[test]
fn every_cut_is_an_error_that_says_so() {
    for (format, bytes) in [(Format::TarGz, small().gz()), (Format::TarXz, small().xz())] {
        for length in 0..bytes.len() {
            let error = outcome(&bytes[..length], format).unwrap_err();
            let offset = matches!(error, UnpackError::Truncated { offset } if offset <= length as u64);
            assert!(offset, "{format:?} of {length} bytes: {error}");
        }
    }
}

#[test]
fn every_cut_of_the_tar_in_a_whole_gzip_is_an_error() {
    let plain = small().bytes();
    for length in (0..plain.len()).step_by(7).chain((0..plain.len()).step_by(512)) {
        let error = outcome(&Gzip::of(&plain[..length]).bytes(), Format::TarGz).unwrap_err();
        assert_eq!(kind_of(&error), "malformed", "{length} bytes: {error}");
    }
}

/// A change of one entry's field: which entry, which field, and what it becomes.
#[derive(Clone, Debug)]
struct Mutation {
    entry: prop::sample::Index,
    field: usize,
    value: Vec<u8>,
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let text = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..12),
        "[ 0-7]{0,12}".prop_map(String::into_bytes),
        "(go/)?[a-z./]{0,12}/?".prop_map(String::into_bytes),
        "[0-9]{1,2} (path|mtime|size|uid)=(go/)?[a-z0-9]{0,4}\n".prop_map(String::into_bytes),
        Just(b"go/VERSION".to_vec()),
        Just(b"go/src/".to_vec()),
    ];
    let one = (any::<prop::sample::Index>(), 0..14_usize, text).prop_map(|(entry, field, value)| Mutation {
        entry,
        field,
        value,
    });
    prop::collection::vec(one, 1..4)
}

fn mutate(tar: &mut Tar, mutation: &Mutation) {
    let at = mutation.entry.index(tar.entries.len());
    let (entry, value) = (&mut tar.entries[at], mutation.value.clone());
    let first = value.first().copied().unwrap_or_default();
    match mutation.field {
        0 => entry.name = value,
        1 => entry.mode = value,
        2 => entry.uid = value,
        3 => entry.size = value,
        4 => entry.mtime = value,
        5 => entry.kind = first,
        6 => entry.kind = b"05xLgK12"[usize::from(first) % 8],
        7 => entry.magic = crate::support::tar::GNU,
        8 => entry.prefix = value,
        9 => entry.link = value,
        10 => {
            entry.size = format!("{:011o}", value.len()).into_bytes();
            entry.content = value;
        }
        11 => entry.before = vec![first; 512],
        12 => {
            let twin = entry.clone();
            tar.entries.push(twin);
        }
        _ => drop(tar.entries.remove(at)),
    }
    if tar.entries.is_empty() {
        tar.entries = small().entries;
    }
}

/// Names and sizes of regular files.
type Files = BTreeSet<(String, u64)>;

/// The regular files that GNU tar lists, or what it complains of.
fn listed_by_gnu_tar(plain: &[u8]) -> Result<Files, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(plain).unwrap();
    let options = ["--quoting-style=literal", "--numeric-owner", "-tvf"];
    let output = Command::new("tar").args(options).arg(file.path()).output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).unwrap();
    // -rw-r--r-- 0/0 50 2024-11-27 20:27 go/bin/go
    let fields = |line: &str| {
        let (before, name) = line.split_once(" go/").expect(line);
        (format!("go/{name}"), before.split_whitespace().nth(2).unwrap().parse().unwrap())
    };
    Ok(text.lines().filter(|line| !line.starts_with('d')).map(fields).collect())
}

fn has_gnu_tar() -> bool {
    let output = Command::new("tar").arg("--version").output();
    output.is_ok_and(|output| output.stdout.starts_with(b"tar (GNU tar)"))
}

/// The files of an unpacked tree, as the archive called them.
fn unpacked(tree: &Path) -> Files {
    let name = |path: &Path| format!("go/{}", path.strip_prefix(tree).unwrap().display());
    let files = super::super::installed::files(tree).into_iter();
    files.map(|path| (name(&path), fs::metadata(&path).unwrap().len())).collect()
}

#[test]
fn gnu_tar_sees_the_same_files_in_whatever_is_accepted() {
    const TEST: &str = "unpack::archive::mutations::gnu_tar_sees_the_same_files_in_whatever_is_accepted";
    if !has_gnu_tar() {
        return skip("GNU tar is not there");
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut accepted = 0;
    let rounds = slow::rounds(TEST, 1000, 3000);
    for _ in 0..rounds {
        let mut tar = small();
        let mutations = mutations().new_tree(&mut runner).unwrap().current();
        for mutation in &mutations {
            mutate(&mut tar, mutation);
        }
        let parent = scratch::tempdir().unwrap();
        let tree = parent.path().join("tree");
        if unpack(&tar.gz(), Format::TarGz, &tree).is_err() {
            continue;
        }
        accepted += 1;
        let listed =
            listed_by_gnu_tar(&tar.bytes()).unwrap_or_else(|complaint| panic!("{mutations:?}: {complaint}"));
        let dropped = ["go/api/", "go/doc/", "go/misc/", "go/test/"];
        let is_kept = |name: &str| !dropped.iter().any(|root| name.starts_with(root));
        let kept: Files = listed.into_iter().filter(|(name, _)| is_kept(name)).collect();
        assert_eq!(kept, unpacked(&tree), "{mutations:?}");
    }
    let plausible = rounds / 60..rounds * 29 / 30;
    assert!(plausible.contains(&accepted), "{accepted} of {rounds} were accepted");
}

/// Unpacks beside other things, which must stay as they are.
fn harms_nothing(bytes: &[u8], format: Format) -> Option<String> {
    let parent = scratch::tempdir().unwrap();
    fs::write(parent.path().join("kept"), b"kept").unwrap();
    let before = listing(parent.path());
    let tree = parent.path().join("tree");
    let result = unpack(bytes, format, &tree);
    fs::remove_dir_all(&tree).unwrap();
    assert_eq!(listing(parent.path()), before);
    result.ok().map(|staged| staged.manifest().h1().to_string())
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_an_error_and_nothing_worse(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        for format in [Format::TarGz, Format::TarXz, Format::Zip] {
            prop_assert!(harms_nothing(&bytes, format).is_none());
        }
        prop_assert!(harms_nothing(&Gzip::of(&bytes).bytes(), Format::TarGz).is_none());
    }

    #[test]
    fn mutated_archives_never_write_outside(mutations in mutations()) {
        let mut tar = small();
        for mutation in &mutations {
            mutate(&mut tar, mutation);
        }
        harms_nothing(&tar.gz(), Format::TarGz);
    }

    #[test]
    fn scrambled_compressed_bytes_are_an_error_or_the_same(
        at in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        for (format, mut bytes) in [(Format::TarGz, small().gz()), (Format::TarXz, small().xz())] {
            let at = at.index(bytes.len());
            for (byte, noise) in bytes[at..].iter_mut().zip(&noise) {
                *byte = *noise;
            }
            if let Some(h1) = harms_nothing(&bytes, format) {
                prop_assert_eq!(h1, module_h1());
            }
        }
    }
}
