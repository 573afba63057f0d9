//! What a release says of itself: dist.json, its signature and SHA256SUMS.

use crate::support::distribution::{current, key, next};
use crate::support::skip;
use crate::support::sources::files;
use crate::support::world::names;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn sha256(bytes: &[u8]) -> String {
    gvmr::hexadecimal::digits(&Sha256::digest(bytes))
}

fn list(release: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(release.join("dist.json")).unwrap()).unwrap()
}

#[test]
fn dist_json_has_every_file_with_its_size_and_sum() {
    let release = current();
    let list = list(&release);
    assert_eq!(list["version"], env!("CARGO_PKG_VERSION"));
    let copy = release.join(format!("dist-{}.json", env!("CARGO_PKG_VERSION")));
    assert_eq!(std::fs::read(copy).unwrap(), std::fs::read(release.join("dist.json")).unwrap());
    let mut listed = BTreeSet::new();
    for entry in list["files"].as_array().unwrap() {
        let name = entry["name"].as_str().unwrap();
        let bytes = match name.split_once(".tar.gz/") {
            Some((archive, inside)) => {
                super::parts::unpacked_from(&release.join(format!("{archive}.tar.gz")), inside)
            }
            None => std::fs::read(release.join(name)).unwrap(),
        };
        assert_eq!(entry["sha256"], sha256(&bytes), "{name}");
        assert_eq!(entry["size"], bytes.len(), "{name}");
        listed.insert(name.split('/').next().unwrap().to_owned());
    }
    let mut there: BTreeSet<_> = names(&release).into_iter().collect();
    there.retain(|name| !name.starts_with("dist") && !name.starts_with("SHA256SUMS"));
    assert_eq!(listed, there);
}

#[test]
fn the_sums_cover_every_file_but_themselves_and_signatures() {
    let release = current();
    let sums = std::fs::read_to_string(release.join("SHA256SUMS")).unwrap();
    let line = |file: &Path| {
        format!("{}  {}", sha256(&std::fs::read(file).unwrap()), file.file_name().unwrap().to_str().unwrap())
    };
    let mut covered = files(&release);
    covered
        .retain(|file| !file.ends_with("SHA256SUMS") && file.extension().is_none_or(|end| end != "minisig"));
    assert_eq!(sums.lines().collect::<Vec<_>>(), covered.iter().map(|file| line(file)).collect::<Vec<_>>());
}

#[test]
fn the_key_signs_both_lists_of_both_releases_with_their_version() {
    if Command::new("minisign").arg("-v").output().is_err() {
        return skip("minisign is not installed");
    }
    let public = key().with_extension("pub");
    for release in [current(), next()] {
        let version = list(&release)["version"].as_str().unwrap().to_owned();
        for name in ["dist.json".to_owned(), format!("dist-{version}.json"), "SHA256SUMS".to_owned()] {
            let mut verify = Command::new("minisign");
            let output =
                verify.arg("-VQ").arg("-p").arg(&public).arg("-m").arg(release.join(&name)).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), format!("gvmr {version}"));
        }
    }
}
