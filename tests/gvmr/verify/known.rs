//! The table of known releases against the index that it was made from, read here in another way.

use gvmr::verify::{known_since, known_sum, known_versions};
use gvmr_core::gover::version::Version;
use serde_json::Value;
use std::path::Path;

#[path = "../../../examples/releases.rs"]
#[allow(dead_code, unreachable_pub)] // its `main` has no part here
mod releases;

const TABLE: &str = include_str!("../../../src/verify/known.txt");

fn index() -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/go-index.json.gz");
    releases::content(&file).unwrap()
}

/// Every file of the index.
fn files() -> Vec<Value> {
    let releases: Vec<Value> = serde_json::from_slice(&index()).unwrap();
    releases.iter().flat_map(|release| release["files"].as_array().unwrap().clone()).collect()
}

fn hex(sum: [u8; 32]) -> String {
    sum.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn the_table_is_what_the_generator_makes_of_the_index() {
    assert_eq!(releases::merged("", &[index()]).unwrap(), (TABLE.to_owned(), Vec::new()));
    assert_eq!(releases::merged(TABLE, &[]).unwrap().0, TABLE);
    assert_eq!(releases::merged(TABLE, &[index(), index()]).unwrap(), (TABLE.to_owned(), Vec::new()));
}

#[test]
fn every_sum_of_the_index_is_known_and_no_other() {
    let (mut known, mut unknown, mut foreign) = (0, 0, 0);
    for file in files() {
        let name = file["filename"].as_str().unwrap();
        let sum = known_sum(name).map(hex);
        if file["os"] != "linux" && file["kind"] != "source" {
            assert_eq!(sum, None, "{name}");
            foreign += 1;
        } else if file["sha256"] == "" {
            assert_eq!(sum, None, "{name}");
            unknown += 1;
        } else {
            assert_eq!(sum.as_deref(), file["sha256"].as_str(), "{name}");
            known += 1;
        }
    }
    assert_eq!((known, unknown, foreign), (2987, 67, 5195));
}

#[test]
fn sums_that_were_published_elsewhere_too() {
    for (name, sum) in [
        // uploaded twice: this is the second and lasting one
        ("go1.15.12.linux-amd64.tar.gz", "bbdb935699e0b24d90e2451346da76121b2412d30930eabcd80907c230d098b7"),
        ("go1.26.8.linux-amd64.tar.gz", "d0f743b33e8d8945e6b1f432edd15785c70507121d6e2a723b21285eddf8b57b"),
        ("go1.21.0.linux-amd64.tar.gz", "d0398903a16ba2232b389fb31032ddf57cac34efda306a0eebac34f0965a0742"),
    ] {
        assert_eq!(known_sum(name).map(hex).as_deref(), Some(sum), "{name}");
    }
}

#[test]
fn names_are_those_of_the_files() {
    for known in ["go1.20.src.tar.gz", "go1.21rc2.linux-arm.tar.gz", "go1.9.2rc2.linux-amd64.tar.gz"] {
        assert!(known_sum(known).is_some(), "{known}");
    }
    for unknown in [
        "",
        "go.tar.gz",
        "go1.20",
        "go1.20.0.linux-amd64.tar.gz",
        "go1.21.linux-amd64.tar.gz",
        "1.22.10.linux-amd64.tar.gz",
        "go1.22.10.linux-amd64.zip",
        "go1.22.10.linux-amd64-musl.tar.gz",
        "go1.22.10.linux-arm.tar.gz",
        "go1.22.10.linux-src.tar.gz",
        "go1.22.10.linux-.tar.gz",
        "go1.22.10.amd64.tar.gz",
        "go1.22.10.darwin-amd64.tar.gz",
        "go1.22.10.linux-amd64=.tar.gz",
        "go1.22.10\n.linux-amd64.tar.gz",
        "go# as of.src.tar.gz",
        "go../1.22.10.src.tar.gz",
        "go1.4-bootstrap-20170518.tar.gz",
        "go1.22.10.linux-amd64.tar.gz ",
        "go1.2.2.linux-amd64.tar.gz", // listed without a sum
    ] {
        assert_eq!(known_sum(unknown), None, "{unknown:?}");
    }
}

#[test]
fn versions_are_listed_for_each_processor() {
    let texts = |goarch| known_versions(goarch).iter().map(ToString::to_string).collect::<Vec<_>>();
    for (goarch, words) in
        [("amd64", &["amd64"][..]), ("arm", &["armv6l", "arm6", "arm"]), ("riscv64", &["riscv64"])]
    {
        let mut expected: Vec<Version> = files()
            .iter()
            .filter(|file| file["os"] == "linux" && words.contains(&file["arch"].as_str().unwrap()))
            .filter_map(|file| Version::from_toolchain(file["version"].as_str().unwrap()))
            .collect();
        expected.sort();
        expected.dedup(); // go1.21rc2 has both linux-arm and linux-armv6l
        assert_eq!(texts(goarch), expected.iter().map(ToString::to_string).collect::<Vec<_>>(), "{goarch}");
    }
    let amd64 = texts("amd64");
    assert_eq!((amd64.len(), amd64[0].as_str(), amd64.last().unwrap().as_str()), (363, "1.2.2", "1.27.1"));
    let arm = texts("arm");
    for version in ["1.6beta1", "1.21rc2", "1.20.0", "1.21.0"] {
        assert!(arm.iter().any(|listed| listed == version), "{version}");
    }
    for never in ["src", "bootstrap", "", "armv6l=", "#", "of"] {
        assert_eq!(texts(never), [""; 0], "{never:?}");
    }
    assert_eq!(known_since(), "go1.27.1");
}

/// An index with one release for linux-amd64.
fn one(version: &str, sum: &str) -> Vec<u8> {
    let file = serde_json::json!({
        "filename": format!("{version}.linux-amd64.tar.gz"), "os": "linux", "arch": "amd64",
        "version": version, "sha256": sum, "size": 0, "kind": "archive",
    });
    serde_json::to_vec(&serde_json::json!([{ "version": version, "stable": true, "files": [file] }])).unwrap()
}

#[test]
fn what_is_known_is_neither_changed_nor_dropped() {
    let (one_sum, other_sum) = ("11".repeat(32), "22".repeat(32));
    let (table, _) = releases::merged("", &[one("go1.30.0", &one_sum), one("go1.30.1", "")]).unwrap();
    let lines: Vec<_> = table.lines().skip(1).collect();
    let encoded = "ERERERERERERERERERERERERERERERERERERERERERE";
    assert_eq!(lines, ["# as of go1.30.1", "1.30.1 amd64", &format!("1.30.0 amd64={encoded}")]);

    let error = releases::merged(&table, &[one("go1.30.0", &other_sum)]).unwrap_err().to_string();
    let expected = format!("go1.30.0.linux-amd64.tar.gz: known sha256 {one_sum}, got {other_sum}");
    assert_eq!(error, expected);

    let (later, kept) =
        releases::merged(&table, &[one("go1.30.1", &other_sum), one("go1.30.0", ""), one("go1.31rc1", "")])
            .unwrap();
    assert!(later.contains(&lines[2].to_owned()), "{later}");
    assert!(later.contains("\n# as of go1.30.1\n1.31rc1 amd64\n1.30.1 amd64=IiIi"), "{later}");
    assert_eq!(kept[0], "index 1 lacks known releases, which stay: 1.30.0");
    assert_eq!(kept[1], "index 2 lacks known releases, which stay: 1.30.1");

    for (version, sum) in
        [("go1.30.2", "11"), ("go1.30.2", &"zz".repeat(32)), ("go1/30", ""), ("go", ""), ("1.30", "")]
    {
        assert!(releases::merged(&table, &[one(version, sum)]).is_err(), "{version} {sum}");
    }
    let renamed = String::from_utf8(one("go1.30.2", "")).unwrap().replacen("go1.30.2", "go1.30.3", 1);
    assert!(releases::merged(&table, &[renamed.into_bytes()]).is_err());
}
