//! The real index, end to end, against a reading of its own.

use super::*;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

fn bytes() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/go-index.json.gz");
    let mut data = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut data).unwrap();
    data
}

#[test]
fn every_archive_of_the_real_index_is_found_as_it_is_listed() {
    let data = bytes();
    let releases: Vec<Value> = serde_json::from_slice(&data).unwrap();
    let mut fixture = Fixture::new(Reply::ok(&data).header("ETag", "\"real\""));
    for state in ["fresh", "unchanged", "gone"] {
        if state == "gone" {
            assert_eq!(fixture.server.as_ref().unwrap().requests().len(), 2);
            fixture.goes_away();
        }
        let start = Instant::now();
        let index = fixture.index();
        println!("{state}: {:?}", start.elapsed());
        assert_eq!(index.notes(), [""; 0], "{state}");
        let mut sums = 0;
        for release in &releases {
            let Some(version) = Version::from_toolchain(release["version"].as_str().unwrap()) else {
                continue;
            };
            for file in release["files"].as_array().unwrap() {
                let (os, arch, kind) =
                    (file["os"].as_str(), file["arch"].as_str().unwrap(), file["kind"].as_str());
                let found = match (os, arch, kind) {
                    (Some("linux"), "armv6l" | "arm6", Some("archive")) => index.file(&version, "arm"),
                    (Some("linux"), "arm", Some("archive")) => {
                        assert_eq!(version.as_str(), "1.21rc2"); // which has both, the usual one first
                        assert_eq!(
                            index.file(&version, "arm").unwrap().name,
                            "go1.21rc2.linux-armv6l.tar.gz"
                        );
                        continue;
                    }
                    (Some("linux"), arch, Some("archive")) => index.file(&version, arch),
                    (_, _, Some("source")) => index.source(&version),
                    _ => continue,
                };
                let found = found.unwrap_or_else(|| panic!("{state}: {file}"));
                assert_eq!(found.name, file["filename"].as_str().unwrap());
                assert_eq!(found.size.unwrap_or(0), file["size"].as_u64().unwrap());
                let hex = found
                    .sha256
                    .map(|sum| sum.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")));
                assert_eq!(hex.unwrap_or_default(), file["sha256"].as_str().unwrap(), "{}", found.name);
                sums += usize::from(found.sha256.is_some() && arch == "amd64");
            }
        }
        assert_eq!(sums, 341, "{state}: go1.9.2rc2 is no Go version"); // of 342
    }
}

#[test]
fn versions_of_the_real_index_are_those_of_the_table() {
    let fixture = Fixture::new(Reply::ok(bytes()));
    let index = fixture.index();
    for goarch in ["386", "amd64", "arm", "arm64", "loong64", "mips", "ppc64le", "riscv64", "s390x"] {
        let versions = index.versions(goarch);
        assert!(versions.is_sorted() && versions.len() > 90, "{goarch}");
        let spelled =
            |versions: &[Version]| versions.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(spelled(&versions), spelled(&gvmr::verify::known_versions(goarch)), "{goarch}");
    }
    assert_eq!(index.versions("bootstrap"), []);
    assert_eq!(index.versions("src"), []);
    let file = |text: &str| index.file(&version(text), "amd64").map(|file| file.name.as_str());
    assert_eq!(file("1.20"), Some("go1.20.linux-amd64.tar.gz"));
    assert_eq!(file("1.20.0"), Some("go1.20.linux-amd64.tar.gz"));
    assert_eq!(file("1.21.0"), Some("go1.21.0.linux-amd64.tar.gz"));
    assert_eq!(file("1.21"), None);
    assert_eq!(file("1"), None);
    assert_eq!(index.file(&version("1.6beta1"), "arm").unwrap().name, "go1.6beta1.linux-arm6.tar.gz");
}
