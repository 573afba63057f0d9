//! The directory hash: vectors from outside, and a real toolchain.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::process::Command;

use gvmr::verify::{H1, Manifest, ManifestError, copy_hashed};
use proptest::prelude::*;

use super::go;

pub(super) type Tree = BTreeMap<String, String>;

/// Small trees whose names sort, or nearly collide, in interesting ways. `oracle` has Go hash them too.
pub(super) fn trees() -> Vec<Tree> {
    let tree = |files: &[(&str, &str)]| {
        files.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())).collect()
    };
    vec![
        tree(&[]),
        tree(&[("m@v1/a", "")]),
        tree(&[("m@v1/a", "x"), ("m@v1/b", "x")]),
        tree(&[("m@v1/a/b", "1"), ("m@v1/a-b", "2"), ("m@v1/a.b", "3"), ("m@v1/a", "4")]),
        tree(&[("m@v1/Z", "1"), ("m@v1/a", "2"), ("m@v1/\u{e9}", "3"), ("m@v1/\u{10348}", "4")]),
        tree(&[("m@v1/_go.mod", "module m\n"), ("m@v1/go.mod", "module m\n"), ("m@v1/a  b", "two spaces")]),
        tree(&[("m@v1/long", &"0123456789".repeat(20_000))]),
    ]
}

pub(super) fn manifest(tree: &Tree) -> Manifest {
    let mut manifest = Manifest::new();
    for (name, content) in tree {
        let (sha256, bytes) = copy_hashed(&mut content.as_bytes(), &mut io::sink()).unwrap();
        assert_eq!(bytes, content.len() as u64);
        manifest.add(name.clone(), sha256).unwrap();
    }
    manifest
}

#[test]
fn vectors_made_with_sha256sum() {
    // sha256sum of the empty input, then of the lines of sha256sum itself.
    let of = |index: usize| manifest(&trees()[index]).h1().to_string();
    assert_eq!(of(0), "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(of(1), "h1:QyIfPN4LYf5RSrR3IeD31lrHIwafiatOv/70+44O5UI=");
    assert_eq!(of(3), "h1:jbTEfQxKPwfaneUtzvF959zdTBhLdEx3VI4ALWMD6G8=");
}

#[test]
fn a_name_enters_once_and_on_one_line() {
    let mut manifest = Manifest::new();
    assert!(manifest.is_empty());
    manifest.add("m@v1/a".to_owned(), [0; 32]).unwrap();
    let again = manifest.add("m@v1/a".to_owned(), [1; 32]);
    assert_eq!(again, Err(ManifestError::Duplicate("m@v1/a".to_owned())));
    let newline = manifest.add("m@v1/b\nx".to_owned(), [1; 32]);
    assert_eq!(newline, Err(ManifestError::Newline("m@v1/b\nx".to_owned())));
    assert_eq!(manifest.len(), 1);
    assert_eq!(manifest.entries().collect::<Vec<_>>(), [("m@v1/a", &[0; 32])]);
}

#[test]
fn only_the_canonical_text_is_a_hash() {
    let text = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    assert_eq!(text.parse::<H1>().unwrap().to_string(), text);
    for wrong in [
        "",
        "h1:",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "h2:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=", // the same 32 bytes to a careless reader
        "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= ",
        "h1:47DEQpj8HBSa+_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
        "h1:AAAA",
    ] {
        assert!(wrong.parse::<H1>().is_err(), "{wrong}");
    }
}

#[test]
fn an_interrupted_read_is_not_an_end() {
    struct Interrupted(u32);
    impl Read for Interrupted {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 | 3 => Err(io::ErrorKind::Interrupted.into()),
                2 | 4 => {
                    buffer[0] = b'x';
                    Ok(1)
                }
                _ => Ok(0),
            }
        }
    }
    let mut written = Vec::new();
    let (sha256, bytes) = copy_hashed(&mut Interrupted(0), &mut written).unwrap();
    assert_eq!((bytes, written.as_slice()), (2, b"xx".as_slice()));
    assert_eq!(sha256, copy_hashed(&mut b"xx".as_slice(), &mut io::sink()).unwrap().0);
}

#[test]
fn a_real_toolchain_has_the_sum_that_go_found() {
    const VERSION: &str = "v0.0.1-go1.22.10.linux-amd64";
    const WALK: &str = "import hashlib, sys, zipfile\n\
        module = zipfile.ZipFile(sys.argv[1])\n\
        for name in module.namelist(): print(hashlib.sha256(module.read(name)).hexdigest(), name)";
    let case = "the hash of a real toolchain's zip";
    if !go::is_here("1.21", case) {
        return;
    }
    let download = Command::new("go")
        .args(["mod", "download", "-json", &format!("golang.org/toolchain@{VERSION}")])
        .env("GOTOOLCHAIN", "local")
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let download: serde_json::Value = serde_json::from_slice(&download.stdout).unwrap_or_default();
    let (Some(zip), Some(sum)) = (download["Zip"].as_str(), download["Sum"].as_str()) else {
        return go::skip(case, "the module cannot be downloaded");
    };
    let Ok(walked) = Command::new("python3").args(["-c", WALK, zip]).output() else {
        return go::skip(case, "needs python3 to walk the zip");
    };
    assert!(walked.status.success(), "{}", String::from_utf8_lossy(&walked.stderr));
    let mut manifest = Manifest::new();
    for line in String::from_utf8(walked.stdout).unwrap().lines() {
        let (sha256, name) = line.split_once(' ').unwrap();
        let byte = |index: usize| u8::from_str_radix(&sha256[2 * index..2 * index + 2], 16).unwrap();
        manifest.add(name.to_owned(), std::array::from_fn(byte)).unwrap();
    }
    assert_eq!(manifest.len(), 9548);
    assert_eq!(manifest.h1().to_string(), sum);
    assert_eq!(sum, super::public_log::sums()[VERSION]);
}

proptest! {
    /// The order in which files come does not matter; every name and every content does.
    #[test]
    fn each_name_and_content_counts(
        files in prop::collection::btree_map("[a-c./ -]{1,6}", prop::array::uniform32(any::<u8>()), 1..12),
        seed in any::<prop::sample::Index>(),
        byte in 0_usize..32,
    ) {
        let of = |files: &[(String, [u8; 32])]| {
            let mut manifest = Manifest::new();
            for (name, sha256) in files {
                manifest.add(name.clone(), *sha256).unwrap();
            }
            manifest.h1()
        };
        let files: Vec<_> = files.into_iter().collect();
        let honest = of(&files);
        let mut reversed = files.clone();
        reversed.reverse();
        prop_assert_eq!(of(&reversed), honest);

        let chosen = seed.index(files.len());
        let mut changed = files.clone();
        changed[chosen].1[byte] ^= 1;
        prop_assert_ne!(of(&changed), honest);
        let mut renamed = files.clone();
        renamed[chosen].0.push('x');
        prop_assert_ne!(of(&renamed), honest);
        let mut shorter = files;
        shorter.remove(chosen);
        prop_assert_ne!(of(&shorter), honest);
    }
}
