//! Any JSON at all, and the real thing with pieces changed: read or refused, never a panic.

use super::*;
use proptest::prelude::*;
use proptest::sample::{Index as At, select};

/// Reads `bytes` as an index twice, the second time with a memory.
fn read(bytes: &[u8]) -> Option<Index> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("index.json");
    std::fs::write(&path, bytes).unwrap();
    let address = Url::from_file_path(&path).unwrap();
    let read = || Index::read(&client(&[]), &address, directory.path(), Naming::Official).ok();
    let first = read();
    let again = read();
    if let (Some(first), Some(again)) = (&first, &again) {
        assert_eq!(first.versions("amd64"), again.versions("amd64"));
        assert!(
            again.failure().is_none() && again.notes() == first.notes(),
            "{:?} {:?}",
            first.notes(),
            again.notes()
        );
    }
    first
}

fn checked(index: &Index) {
    for note in index.notes() {
        assert!(!note.chars().any(char::is_control), "{note:?}");
    }
    for version in index.versions("amd64") {
        let name = &index.file(&version, "amd64").unwrap().name;
        assert_eq!(*name, format!("go{version}.linux-amd64.tar.gz"));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = select(vec![
        "version",
        "files",
        "filename",
        "os",
        "arch",
        "sha256",
        "size",
        "kind",
        "linux",
        "archive",
        "source",
        "go1.22.10",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(word.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

/// A release in the right shape, of words that may be wrong.
fn release() -> impl Strategy<Value = Value> {
    let text = |right: &'static str| prop_oneof![4 => Just(right.to_owned()), 1 => any::<String>()];
    let sum = prop_oneof![Just(String::new()), "[0-9a-f]{64}", any::<String>()];
    let file = (
        text("go1.22.10.linux-amd64.tar.gz"),
        text("linux"),
        text("amd64"),
        text("go1.22.10"),
        sum,
        any::<u64>(),
        text("archive"),
    );
    let file = file.prop_map(|(filename, os, arch, version, sha256, size, kind)| {
        json!({ "filename": filename, "os": os, "arch": arch, "version": version, "sha256": sha256, "size": size, "kind": kind })
    });
    (text("go1.22.10"), prop::collection::vec(file, 0..4))
        .prop_map(|(version, files)| json!({ "version": version, "stable": true, "files": files }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&bytes).iter().for_each(checked);
    }

    #[test]
    fn any_values(value in any_json()) {
        read(value.to_string().as_bytes()).iter().for_each(checked);
    }

    #[test]
    fn releases_of_any_words(releases in prop::collection::vec(release(), 0..4)) {
        read(Value::from(releases).to_string().as_bytes()).iter().for_each(checked);
    }

    #[test]
    fn a_good_index_with_bytes_changed(
        changes in prop::collection::vec((any::<At>(), any::<u8>()), 1..4),
        cut in any::<At>(),
    ) {
        let mut bytes = list(&[("go1.90.0", &sum(1)), ("go1.22.10", &sum(2))]).to_string().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read(&bytes).iter().for_each(checked);
        bytes.truncate(cut.index(bytes.len()));
        read(&bytes).iter().for_each(checked);
    }
}
