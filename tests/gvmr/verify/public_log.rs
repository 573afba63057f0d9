//! The public log's real answers: every lookup verifies, in every order of heads.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gvmr::verify::{DEFAULT_SETTING, Database, LogClient};
use proptest::prelude::*;

use super::remote::{Scripted, fixture_path, lookup};

pub(super) const MODULE: &str = "golang.org/toolchain";
pub(super) const NEWEST: u64 = 71_848_828;

/// Module version and sum of all seventeen.
pub(crate) fn sums() -> BTreeMap<String, String> {
    let sums: BTreeMap<String, String> =
        serde_json::from_slice(&fs::read(fixture_path("toolchain-sums.json")).unwrap()).unwrap();
    assert_eq!(sums.len(), 17);
    sums
}

/// Remembers the fixture's `latest`, as a client that had seen it.
pub(crate) fn remember_latest(cache: &Path) {
    let directory = cache.join("sum.golang.org");
    fs::create_dir_all(&directory).unwrap();
    fs::copy(fixture_path("/latest"), directory.join("latest")).unwrap();
}

#[test]
fn each_lookup_verifies_from_an_empty_cache() {
    for (version, sum) in sums() {
        let cache = tempfile::tempdir().unwrap();
        let logged = lookup(DEFAULT_SETTING, &Scripted::fixture(), cache.path(), MODULE, &version).unwrap();
        assert_eq!(logged.h1().to_string(), sum, "{version}");
        assert!(logged.needed_network() && logged.warnings().is_empty());
        assert!(logged.record() < logged.tree_size() && logged.tree_size() <= NEWEST);
        let remembered = fs::read_to_string(cache.path().join("sum.golang.org/latest")).unwrap();
        assert!(remembered.contains(&format!("\n{}\n", logged.tree_size())));
    }
}

#[test]
fn each_lookup_verifies_below_the_remembered_newest_head() {
    for (version, sum) in sums() {
        let cache = tempfile::tempdir().unwrap();
        remember_latest(cache.path());
        let logged = lookup(DEFAULT_SETTING, &Scripted::fixture(), cache.path(), MODULE, &version).unwrap();
        assert_eq!(logged.h1().to_string(), sum, "{version}");
        assert_eq!(logged.tree_size(), NEWEST);
    }
}

#[test]
fn a_second_lookup_needs_no_network() {
    let cache = tempfile::tempdir().unwrap();
    for (version, sum) in sums() {
        lookup(DEFAULT_SETTING, &Scripted::fixture(), cache.path(), MODULE, &version).unwrap();
        let offline = Scripted::offline();
        let again = lookup(DEFAULT_SETTING, &offline, cache.path(), MODULE, &version).unwrap();
        assert_eq!(again.h1().to_string(), sum);
        assert!(!again.needed_network() && offline.asked().is_empty());
    }
}

#[test]
fn a_cold_lookup_asks_for_tiles_side_by_side_but_never_for_more_than_eight() {
    let cache = tempfile::tempdir().unwrap();
    remember_latest(cache.path());
    let slow = Scripted::new(|path| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::read(fixture_path(path)).ok()
    });
    lookup(DEFAULT_SETTING, &slow, cache.path(), MODULE, "v0.0.1-go1.22.10.linux-amd64").unwrap();
    assert!((2..=8).contains(&slow.most_at_once()), "{} at once", slow.most_at_once());
    assert!(slow.asked().len() <= 16, "{:#?}", slow.asked());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Heads come in any order, because proxies cache: older and newer than the one remembered.
    #[test]
    fn all_orders_of_heads_are_one_history(
        order in Just(sums().into_iter().collect::<Vec<_>>()).prop_shuffle(),
        warm in any::<bool>(),
    ) {
        let cache = tempfile::tempdir().unwrap();
        if warm {
            remember_latest(cache.path());
        }
        let remote = Scripted::fixture();
        let client = LogClient::new(Database::from_setting(DEFAULT_SETTING).unwrap(), &remote, cache.path());
        let mut newest = 0;
        for (version, sum) in order {
            let logged = client.lookup(MODULE, &version).unwrap();
            prop_assert_eq!(logged.h1().to_string(), sum);
            prop_assert!(logged.tree_size() >= newest);
            newest = logged.tree_size();
        }
        prop_assert!(newest <= NEWEST);
    }
}
